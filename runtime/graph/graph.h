/* graph.h — a computation as data: nodes with inputs, attributes, a type and a place in the script.
 *
 * A node is one row of ops.def applied to earlier nodes.  `graph_emit` is the only way in: it
 * infers the type (dtype, shape), reports what does not fit as a Diag, and returns the existing
 * node when the same one was emitted before (hash-consing: common subexpressions never exist twice,
 * and the hash of the whole graph is free).  Inputs come before their users, so ascending ids are a
 * topological order.
 *
 * Three things build graphs, all through the same functions: the builders of the names in
 * ops.def (build.c), the gradient rules (gradient.c), and the script's tracer
 * (lang/tensors/trace.c).  Outside a traced region the tracer builds a graph of one or a few
 * nodes and evaluates it at once.
 *
 * A *weak* node is a number of the script: rank 0, f64, and it never widens a tensor
 * (LANGUAGE.md section 2).
 */
#ifndef GD_RUNTIME_GRAPH_GRAPH_H
#define GD_RUNTIME_GRAPH_GRAPH_H

#include "runtime/graph/op.h"
#include "runtime/tensor/tensor.h"

typedef uint32_t NodeId; /* 0: no node (an error was reported, or absent) */

typedef struct Type {
  Dtype dtype;
  bool weak; /* a number of the script: rank 0, f64 */
  Shape shape;
} Type;

typedef enum Leaf { LEAF_NONE, LEAF_INPUT, LEAF_CONST } Leaf;

typedef struct Node {
  Op op;
  uint16_t input_count;
  int32_t attr_count; /* a PATCH of thousands has many */
  Type type;
  const NodeId *inputs; /* in the graph's `kept` */
  const int64_t *attrs; /* likewise; the layout for each op stands in ops.def; doubles as bits */
  Span span;            /* the expression that made it first */
  uint8_t leaf;         /* a Leaf: messages omit the name of its op */
  bool varies;          /* real, of an IDENTITY or an INPUT not constant, no STOP between */
  uint64_t hash;        /* of op, attrs, type and the inputs' hashes */
} Node;

/* How the graph was built the last time, when it is built again and again: recall.c. */
typedef struct Recalled Recalled;
typedef struct Recall {
  bool on; /* recall_start was called */
  /* every call since graph_reset equals that of last time; `at` is the next */
  bool following;
  bool lost;       /* one call differed: the next graph_reset clears everything */
  int depth;       /* calls under way */
  Recalled *calls; /* in order; owned */
  uint32_t count, capacity, at;
} Recall;

/* The owner decides what an INPUT node stands for (a parameter, a minibatch, a scheduled rate); the
 * graph only numbers them.  attrs of INPUT: {binding}. */
/* A value that the script took out of the graph, as a number or elements: a constant to every
 * gradient. */
typedef struct NumberRead {
  NodeId node;
  Span span;
  bool lost; /* set by gradient(): it would have passed through the node */
} NumberRead;

typedef struct Graph {
  Arena arena; /* scratch for builders, until graph_reset */
  Arena kept;  /* inputs, attrs */
  /* nodes[0] is unused, and one stands behind the last for a node that is being made; owned */
  Node *nodes;
  uint32_t count;    /* nodes in use, with nodes[0] */
  uint32_t capacity; /* nodes there is space for, without the one behind */
  /* hash table, open addressing: the upper half of a node's hash, and its id; owned */
  uint64_t *table;
  uint32_t table_mask;
  Recall recall;
  NumberRead *reads; /* owned */
  uint32_t read_count, read_capacity;
  bool customs; /* there are CUSTOM nodes */
  /* gradients taken now will be differentiated: gradient() then says where they have kinks */
  bool again;
  /* gradients taken now are of derivatives, even where none of their rows depends on the variable
   */
  bool strict;
  /* nodes before it were there when a derivative was made that is a function now: places among them
   * are steps */
  NodeId derived;
  /* the default float: f32, or f64 after precision(f64); graph_clear before it changes */
  Dtype real;
  Span span; /* stamped on nodes emitted now */
  /* Called by gradient() at a CUSTOM node: gives the gradients of its arguments (inputs[1..]) from
   * y, the node, and dy into `into`; false after filling diag.  0 stands for a zero gradient. */
  bool (*custom)(void *context, struct Graph *graph, int64_t hook, const NodeId *args,
                 int arg_count, NodeId y, NodeId dy, NodeId *into, Diag *diag);
  void *custom_context;
} Graph;

void graph_init(Graph *graph, Dtype real);
void graph_reset(Graph *graph); /* no nodes any more; keeps the memory */
/* graph_reset, and the next building is not compared with this one (recall.h) */
void graph_clear(Graph *graph);
void graph_free(Graph *graph);
static inline const Node *graph_node(const Graph *graph, NodeId id) { return &graph->nodes[id]; }

/* Emits one node; 0 after filling `diag` when the inputs do not fit.  If an input is 0 the result
 * is 0, without a message: this poison keeps one mistake from being reported twice. */
NodeId graph_emit(Graph *graph, Op op, const NodeId *inputs, int input_count, const int64_t *attrs,
                  int attr_count, Diag *diag);

/* Leaves. */
/* always a new binding's node; same binding, same node */
NodeId graph_input(Graph *graph, const Type *type, int64_t binding);
/* the same for data: no gradient is ever taken by it, only by an IDENTITY of it */
NodeId graph_input_constant(Graph *graph, const Type *type, int64_t binding);
/* rank 0, of a dtype */
NodeId graph_constant(Graph *graph, double value, Dtype dtype);
NodeId graph_number(Graph *graph, double value); /* rank 0, weak */
NodeId graph_full(Graph *graph, double value, Dtype dtype, const Shape *shape, Diag *diag);

/* Says that the script takes the node's value out of the graph. */
void graph_read(Graph *graph, NodeId node, Span span);

/* Of how many inputs, from the first on, its value is made: CUSTOM, KINK and BEND are their first,
 * the others are for gradients. */
int graph_value_inputs(const Node *node);

/* By id, up to `from`: is it reachable from there, going to inputs?  Returns new memory, for
 * mem_free. */
bool *graph_reached(const Graph *graph, NodeId from);

#endif
