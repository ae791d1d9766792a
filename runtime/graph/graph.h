/* graph.h — a computation as data: nodes with inputs, attributes, a type and a place in the script.
 *
 * A node is one row of ops.def applied to earlier nodes.  `graph_emit` is the only way
 * in: it infers the type (dtype, shape), reports what does not fit as a Diag, and
 * returns the node that is already there when the same one was emitted before
 * (hash-consing: common subexpressions never exist twice, and the hash of the whole
 * graph comes for nothing).  Inputs come before their users, so ascending ids are a
 * topological order.
 *
 * Three things build graphs, all through the same functions: the surface builders of
 * ops.def (build.c), the gradient rules (gradient.c), and the script's tracer
 * (lang/tensors/trace.c).  Outside a traced region the tracer builds a graph of one or a few
 * nodes and evaluates it at once.
 *
 * A *weak* node is a number of the script: rank 0, f64, and it never widens a tensor
 * (LANGUAGE.md section 2).
 */
#ifndef GD_RUNTIME_GRAPH_GRAPH_H
#define GD_RUNTIME_GRAPH_GRAPH_H

#include "runtime/tensor/tensor.h"

typedef uint16_t Op;     /* a row of ops.def: OP_ADD …, whose names are in opcodes.h, for those who name one */

typedef uint32_t NodeId; /* 0: no node (an error was reported, or absent) */

typedef struct Type {
  Dtype dtype;
  bool weak;   /* a number of the script: rank 0, f64 */
  Shape shape;
} Type;

typedef enum Leaf { LEAF_NONE, LEAF_INPUT, LEAF_CONST } Leaf;

typedef struct Node {
  Op op;
  uint16_t input_count;
  int32_t attr_count;    /* a PATCH of thousands has many */
  Type type;
  const NodeId *inputs;  /* in the graph's `kept` */
  const int64_t *attrs;  /* likewise; the layout for each op stands in ops.def; doubles as bits */
  Span span;             /* the expression that made it first */
  uint8_t leaf;          /* a Leaf: told without the name of its op */
  bool varies;           /* real, and made of an INPUT or IDENTITY that no STOP is before */
  uint64_t hash;         /* of op, attrs, type and the inputs' hashes */
} Node;

/* How the graph was built the last time, when it is built again and again: recall.c. */
typedef struct Recalled Recalled;
typedef struct Recall {
  bool on;               /* graph_remember was called */
  bool following;        /* every call since graph_reset was the one of last time; `at` is the next */
  bool lost;             /* one was not: the next graph_reset forgets everything */
  int depth;             /* calls under way */
  Recalled *calls;       /* in order; owned */
  uint32_t count, capacity, at;
} Recall;

/* What an INPUT node stands for is the owner's business (a parameter, a minibatch, a scheduled
 * rate); the graph only numbers them.  attrs of INPUT: {binding}. */
typedef struct Graph {
  Arena arena;           /* for whoever builds, until graph_reset */
  Arena kept;            /* inputs, attrs */
  Node *nodes;           /* nodes[0] is unused, and one stands behind the last for a node that is being made; owned */
  uint32_t count;        /* nodes in use, with nodes[0] */
  uint32_t capacity;     /* nodes there is room for, without the one behind */
  uint64_t *table;       /* hash table, open addressing: the upper half of a node's hash, and its id; owned */
  uint32_t table_mask;
  Recall recall;
  bool customs;          /* there are CUSTOM nodes */
  bool again;            /* gradients taken now will be differentiated: gradient() then says where they have kinks */
  NodeId derived;        /* nodes before it were there when a derivative was made that is a function now: places among them are steps */
  Dtype real;            /* the default float: f32, or f64 after precision(f64); graph_forget before it changes */
  Span span;             /* stamped on nodes emitted now */
  /* Called by gradient() at a CUSTOM node: gives the gradients of its arguments (inputs[1..]) from
   * inputs[0] = y and dy into `into`; false after filling diag.  0 stands for a zero gradient. */
  bool (*custom)(void *context, struct Graph *graph, int64_t hook, const NodeId *args, int arg_count, NodeId y, NodeId dy, NodeId *into, Diag *diag);
  void *custom_context;
} Graph;

void graph_init(Graph *graph, Dtype real);
void graph_reset(Graph *graph);  /* no nodes any more; keeps the memory */
void graph_remember(Graph *graph); /* from now on, what is built after graph_reset just as before it costs next to nothing */
void graph_forget(Graph *graph); /* graph_reset, and the next building is not compared with this one */
void graph_free(Graph *graph);
static inline const Node *graph_node(const Graph *graph, NodeId id) { return &graph->nodes[id]; }

/* Emits one node; 0 after filling `diag` when the inputs do not fit.  If an input is 0 the result is 0, silently:
 * the poison that keeps one mistake from being told twice. */
NodeId graph_emit(Graph *graph, Op op, const NodeId *inputs, int input_count, const int64_t *attrs, int attr_count, Diag *diag);

/* Leaves. */
NodeId graph_input(Graph *graph, const Type *type, int64_t binding);           /* always a new binding's node; same binding, same node */
NodeId graph_constant(Graph *graph, double value, Dtype dtype);                /* rank 0, of a dtype */
NodeId graph_number(Graph *graph, double value);                               /* rank 0, weak */
NodeId graph_full(Graph *graph, double value, Dtype dtype, const Shape *shape, Diag *diag);

/* How an elementwise op treats dtypes (ops.def, MAP); CLASS_NONE for any other op. */
typedef enum OpClass { CLASS_NONE, CLASS_REAL, CLASS_ARITH, CLASS_KEEP, CLASS_COMPARE, CLASS_LOGIC, CLASS_SELECT } OpClass;
OpClass op_class(Op op);

/* The type of op(inputs), or false after filling diag: infer.c, from the rule named in the row. */
bool infer_type(const Graph *graph, Op op, const Type *const *inputs, int input_count, const int64_t *attrs, int attr_count, Type *result, Diag *diag);

/* Reverse mode, graph to graph: emits the gradients of the scalar `y` (or of sum(y * seed) when
 * seed != 0) with respect to each of `wrt` into `into`; 0 where y does not depend on it.  The new nodes carry the
 * spans of the nodes they differentiate, so that a NaN in a gradient is told by source line. */
bool gradient(Graph *graph, NodeId y, NodeId seed, const NodeId *wrt, int wrt_count, NodeId *into, Diag *diag);

/* Of how many inputs, from the first on, its value is made: CUSTOM, KINK and BEND are their first, the others are for gradients. */
int graph_value_inputs(const Node *node);

/* By id, up to `from`: is it reachable from there, going to inputs?  Returns new memory, for mem_free. */
bool *graph_reached(const Graph *graph, NodeId from);

/* One line a node: `%7 = matmul %3 %5 : f32[64, 10]   digits.gd:12` — for --dump=graph,grad (print.c).  `place` may be NULL. */
void graph_print(const Graph *graph, const NodeId *roots, int root_count, void (*place)(void *context, Span span, Text *text), void *context, Text *text);
/* Is the graph legal: inputs before users, types as inferred, attrs of the right count?  For tests and the harsh build (verify.c). */
bool graph_verify(const Graph *graph, Diag *diag);

/* ---- shorthand for builders, gradient rules, optimizers; poison in, poison out; they fill graph-wide `diag` given ---- */
typedef struct Maker {
  Graph *graph;
  Diag *diag;   /* the first error wins */
} Maker;

/* The elementwise makers promote their arguments as LANGUAGE.md section 2 says, then emit; x * 1 and the like are x. */
NodeId make1(Maker *maker, Op op, NodeId a);                         /* an elementwise op of one argument */
NodeId make2(Maker *maker, Op op, NodeId a, NodeId b);
NodeId make3(Maker *maker, Op op, NodeId a, NodeId b, NodeId c);
NodeId make_add(Maker *maker, NodeId a, NodeId b);
NodeId make_where(Maker *maker, NodeId condition, NodeId a, NodeId b);
NodeId make_number(Maker *maker, double value);
NodeId make_cast(Maker *maker, NodeId a, Dtype dtype);
NodeId make_expand(Maker *maker, NodeId a, const Shape *shape);
NodeId make_reshape(Maker *maker, NodeId a, const Shape *shape);
/* With axes of size 1 before its own, so that it meets what has more; a number stays one. */
NodeId make_with_rank(Maker *maker, NodeId a, int rank);
NodeId make_permute(Maker *maker, NodeId a, const int *order);
NodeId make_transpose(Maker *maker, NodeId a);                       /* swaps the last two axes */
NodeId make_sum(Maker *maker, NodeId a, uint32_t axes, bool keep);   /* axes: a bit mask; all: ~0u */
NodeId make_norm(Maker *maker, NodeId a);                            /* the Euclidean length of all elements of a float node; its squares do not overflow */
NodeId make_matmul(Maker *maker, NodeId a, NodeId b, bool a_transposed, bool b_transposed);
NodeId make_index(Maker *maker, NodeId a, int64_t lo, int64_t hi);   /* an index or labels as i32, floats of whole values too: a value not in lo … hi - 1
                                                                        is a fault; INT32_MIN, INT32_MAX + 1: any */
NodeId make_require(Maker *maker, NodeId x, NodeId ok, const char *text); /* x, which is a fault with that text where `ok` is false */
NodeId make_slice(Maker *maker, NodeId a, const int64_t *start_count_step); /* three a axis */
NodeId make_zeros(Maker *maker, const Type *type);
static inline const Type *make_type(const Maker *maker, NodeId a) { return &maker->graph->nodes[a].type; }

/* ---- the surface: names of the language and how each is built ---- */

/* One bound argument of a call, as lang/ hands it over. */
typedef enum ArgKind { ARG_ABSENT, ARG_NONE, ARG_BOOL, ARG_NUMBER, ARG_NODE, ARG_TEXT, ARG_NUMBERS, ARG_NODES, ARG_DTYPE } ArgKind;

typedef struct Arg {
  ArgKind kind;
  Span span;
  double number;          /* ARG_NUMBER, and ARG_BOOL as 0 or 1 */
  NodeId node;            /* ARG_NODE */
  const char *text;       /* ARG_TEXT, borrowed */
  const double *numbers;  /* ARG_NUMBERS (a tuple or list of numbers), borrowed */
  const NodeId *nodes;    /* ARG_NODES (rest arguments, or a list of tensors), borrowed */
  int count;              /* of numbers, nodes */
  Dtype dtype;            /* ARG_DTYPE */
} Arg;

enum { RESULTS_MOST = 64 };

/* Builds the nodes for a call; gives how many results (1 is the plain case, more become a tuple), or 0 after filling diag. */
typedef int Builder(Maker *maker, Op op, const Arg *args, int arg_count, NodeId results[RESULTS_MOST]);

/* A name of the language that is made of operations.  `kinds` has a letter for each parameter of the signature:
 *   x  a tensor or a number (handed over as a node; a number as a weak constant)
 *   o  the same or none
 *   n  a number     i  an axis, a size, a shape: none, a number, numbers     b  a bool     s  text     d  a dtype or none
 *   X  the rest of the arguments, or one list or tuple of them: nodes        I  the rest, or one tuple: numbers (a shape)  */
typedef struct Row {
  Op op;                  /* OP_NONE for a FORM */
  const char *name;       /* "sum"; "" for one that has no name in the language */
  const char *signature;  /* "sum(x, axis: none, keep: false)"; what follows a `:` can be given by name only, what
                             follows `=` is a default too but may be given by position */
  const char *kinds;      /* "xib" */
  Builder *build;
  bool draws;             /* a random draw: the caller appends an argument of kind ARG_NODE, the key (ops.def, DRAW), and its place as ARG_NUMBER */
  const char *check;      /* an expression in the names of `domain`, for the gradient test; "" when it has no gradient */
  const char *domain;     /* gd statements that make the arguments of `check` */
  const char *sentence;   /* what it does */
  const char *example;    /* one runnable expression */
  const char *prints;     /* what print(example) prints */
} Row;

const Row *ops_find(const char *name);      /* borrows; NULL when there is none */
const Row *ops_row(int index);              /* every row with a name, in the order of the table; NULL past the end */
const char *op_name(Op op);                 /* for dumps and messages: "@", "sum", "log" */
bool op_converts(Op op);                    /* CAST: its attribute is a dtype */
const char *op_signature(Op op);            /* that of its row; "" when it has no name in the language */
bool op_differentiable(Op op);

#endif
