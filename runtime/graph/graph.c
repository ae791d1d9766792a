/* graph.c — the nodes: their storage, and the table that finds an equal one again.
 *
 * Nodes stand in one growing array and are never moved in order or taken out; inputs and
 * attributes live in the graph's arena `kept`, so pointers to them stay good while the array
 * moves.  (A `Node *` does not: copy the node, or fetch it again, after an emit.)
 *
 * Hash-consing.  The hash of a node mixes its op, its attributes and the *hashes* of its
 * inputs, so it names the whole expression below it and is the same in any graph: the
 * plan cache relies on that.  Equality within one graph is decided by the ids of the inputs,
 * which is exact because equal inputs are the same node already.  The table is open
 * addressing with linear probing, at most half full; beside the id it holds half of the hash, so
 * that a probe looks at a node only when it is the one, nearly always.
 *
 * A node is written directly after the last one and becomes part of the graph only when no equal
 * node was found: a traced step emits hundreds, and copying a node of two cache lines for each
 * would be slow.  An emit that finds its node costs a hash and a probe; only a new node is
 * inferred.  So a step traced a second time into a graph that was reset pays for inference again,
 * and a common subexpression never does; unless the graph remembers (recall.c).
 */
#include "runtime/graph/infer_type.h"
#include "runtime/graph/recall.h"
#include "runtime/graph/table.h"
#include "runtime/opcodes.h"

#include <assert.h>
#include <string.h>

#if defined(GD_HARSH)
enum { NODES_FIRST = 2 };
#else
enum { NODES_FIRST = 64 }; /* capacity of a new graph */
#endif
enum {
  TYPES_LOCAL = 8,     /* inputs whose types need no memory of their own */
  INPUTS_MOST = 65535, /* what Node.input_count can say */
};

static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* Bytes that a graph of that capacity is counted for: its array, its table, and what nodes have in
 * the arena and in recall on average. */
static size_t footprint(uint32_t capacity) {
  return capacity * (sizeof(Node) + 2 * sizeof(uint64_t) + 112);
}

void graph_init(Graph *graph, Dtype real) {
  *graph = (Graph){.count = 1, .capacity = NODES_FIRST, .real = real};
  graph->nodes = mem_alloc((NODES_FIRST + 1) * sizeof *graph->nodes);
  memset(&graph->nodes[0], 0, sizeof graph->nodes[0]);
  table_make(graph, 2 * NODES_FIRST);
  mem_charge(footprint(NODES_FIRST));
}

void graph_clear(Graph *graph) {
  table_empty(graph);
  graph->count = 1;
  arena_reset(&graph->arena);
  arena_reset(&graph->kept);
  graph->customs = false;
  graph->read_count = 0;
  graph->again = graph->strict = false;
  graph->derived = 0;
  graph->recall.count = 0;
  graph->recall.lost = false;
  recall_reset(graph);
}

void graph_reset(Graph *graph) {
  if (!graph->recall.on || graph->recall.lost) {
    graph_clear(graph);
    return;
  }
  graph->count = 1; /* the nodes stay where they are, for recall.c */
  graph->customs = false;
  graph->read_count = 0;
  graph->again = graph->strict = false;
  graph->derived = 0;
  arena_reset(&graph->arena);
  recall_reset(graph);
}

void graph_free(Graph *graph) {
  mem_release(footprint(graph->capacity));
  mem_free(graph->nodes);
  mem_free(graph->table);
  mem_free(graph->reads);
  recall_free(graph);
  arena_free(&graph->arena);
  arena_free(&graph->kept);
  *graph = (Graph){0};
}

void graph_read(Graph *graph, NodeId node, Span span) {
  if (graph->read_count == graph->read_capacity) {
    graph->read_capacity = graph->read_capacity ? 2 * graph->read_capacity : 8;
    graph->reads = mem_grow(graph->reads, graph->read_capacity * sizeof *graph->reads);
  }
  graph->reads[graph->read_count++] = (NumberRead){.node = node, .span = span};
}

/* ---- room ---- */

/* A script that records without end (FAULTS.md, E3) fails here, at the line that exceeds the
 * budget. */
static bool has_room(const Graph *graph, Diag *diag) {
  if (graph->count < graph->capacity) return true;
  if (mem_reserve(footprint(graph->capacity))) {
    mem_release(footprint(graph->capacity)); /* this was only a check: grow() does the counting */
    return true;
  }
  return diag_fail(diag, STATUS_MEMORY, graph->span,
                   "the computation recorded here takes more than the allowed memory, %zu MiB",
                   mem_budget_bytes() >> 20);
}

static void grow(Graph *graph) {
  mem_charge(footprint(graph->capacity));
  graph->capacity *= 2;
  graph->nodes = mem_grow(graph->nodes, ((size_t)graph->capacity + 1) * sizeof *graph->nodes);
  table_make(graph, 2 * graph->capacity);
}

/* ---- finding, keeping ---- */

static bool same_type(const Type *a, const Type *b) {
  return a->dtype == b->dtype && a->weak == b->weak && shape_equal(&a->shape, &b->shape);
}

static bool same_node(const Node *a, const Node *b, const Type *type) {
  if (a->hash != b->hash || a->op != b->op || a->input_count != b->input_count ||
      a->attr_count != b->attr_count)
    return false;
  for (int i = 0; i < a->input_count; i++)
    if (a->inputs[i] != b->inputs[i]) return false;
  for (int i = 0; i < a->attr_count; i++)
    if (a->attrs[i] != b->attrs[i]) return false;
  return !type || same_type(&a->type, type);
}

/* `type` is compared for leaves that bring their own (INPUT); NULL where op, attributes and inputs
 * decide it.  0, and where in the table it belongs, if there is none. */
static NodeId find(const Graph *graph, const Node *wanted, const Type *type, uint32_t *place) {
  uint32_t slot = (uint32_t)wanted->hash & graph->table_mask;
  for (uint64_t entry; (entry = graph->table[slot]) != 0; slot = (slot + 1) & graph->table_mask) {
    NodeId id = (NodeId)entry;
    if (entry == table_entry(wanted->hash, id) && same_node(&graph->nodes[id], wanted, type))
      return id;
  }
  *place = slot;
  return 0;
}

static uint64_t hash_of(const Graph *graph, const Node *node) {
  uint64_t hash = hash_mix(node->op,
                           (uint64_t)node->input_count << 32 | (uint64_t)node->attr_count);
  for (int i = 0; i < node->input_count; i++)
    hash = hash_mix(hash, graph->nodes[node->inputs[i]].hash);
  for (int i = 0; i < node->attr_count; i++) hash = hash_mix(hash, (uint64_t)node->attrs[i]);
  return hash;
}

static uint64_t hash_type(uint64_t hash, const Type *type) {
  hash = hash_mix(hash, (uint64_t)type->dtype << 8 | (uint64_t)type->weak << 4 |
                            (uint64_t)type->shape.rank);
  for (int i = 0; i < type->shape.rank; i++) hash = hash_mix(hash, (uint64_t)type->shape.dim[i]);
  return hash;
}

/* The node behind the last, with all but its type and hash; inputs and attrs are the caller's until
 * it is kept. */
static Node *draft(Graph *graph, Op op, const NodeId *inputs, int input_count, const int64_t *attrs,
                   int attr_count) {
  Node *node = &graph->nodes[graph->count];
  node->op = op;
  node->leaf = op == OP_INPUT ? LEAF_INPUT : op == OP_CONST ? LEAF_CONST : LEAF_NONE;
  node->input_count = (uint16_t)input_count;
  node->attr_count = attr_count;
  node->inputs = inputs;
  node->attrs = attrs;
  return node;
}

static bool varies(const Graph *graph, const Node *node) {
  if (!dtype_floats(node->type.dtype) || node->op == OP_STOP) return false;
  if (node->op == OP_INPUT) return !node->attrs[1];
  if (node->op == OP_IDENTITY) return true;
  for (int i = 0; i < node->input_count; i++)
    if (graph->nodes[node->inputs[i]].varies) return true;
  return false;
}

/* Counts the draft in; `place` is what find gave. */
static NodeId keep(Graph *graph, uint32_t place) {
  NodeId id = graph->count++;
  Node *node = &graph->nodes[id];
  node->span = graph->span;
  node->varies = varies(graph, node);
  size_t attr_bytes = (size_t)node->attr_count * sizeof(int64_t),
         input_bytes = node->input_count * sizeof(NodeId);
  if (attr_bytes + input_bytes) {
    char *memory = arena_take(&graph->kept, attr_bytes + input_bytes);
    if (attr_bytes) memcpy(memory, node->attrs, attr_bytes);
    if (input_bytes) memcpy(memory + attr_bytes, node->inputs, input_bytes);
    node->attrs = (const int64_t *)(void *)memory;
    node->inputs = (const NodeId *)(void *)(memory + attr_bytes);
  }
  graph->table[place] = table_entry(node->hash, id);
  if (graph->count > graph->capacity) grow(graph);
  return id;
}

/* ---- emitting ---- */

static bool infer_node(Graph *graph, Node *node, Diag *diag) {
  const Type *local[TYPES_LOCAL];
  const Type **types = local;
  if (node->input_count > TYPES_LOCAL) types = mem_alloc(node->input_count * sizeof *types);
  for (int i = 0; i < node->input_count; i++) types[i] = &graph->nodes[node->inputs[i]].type;
  bool good = infer_type(graph, node->op, types, node->input_count, node->attrs, node->attr_count,
                         &node->type, diag);
  if (types != local) mem_free(types);
  return good;
}

NodeId graph_emit(Graph *graph, Op op, const NodeId *inputs, int input_count, const int64_t *attrs,
                  int attr_count, Diag *diag) {
  assert(input_count >= 0 && input_count <= INPUTS_MOST && attr_count >= 0);
  for (int i = 0; i < input_count; i++) {
    if (!inputs[i]) return 0;
  }
  if (op == OP_CUSTOM) graph->customs = true;
  NodeId known = recall_node(graph, op, inputs, input_count, attrs, attr_count, NULL);
  if (known) return known;
  Node *node = draft(graph, op, inputs, input_count, attrs, attr_count);
  node->hash = hash_of(graph, node);
  uint32_t place;
  NodeId found = find(graph, node, NULL, &place);
  if (found) return recall_node_done(graph, found);
  bool good = !diag->status && infer_node(graph, node, diag) && has_room(graph, diag);
  return recall_node_done(graph, good ? keep(graph, place) : 0);
}

static NodeId input(Graph *graph, const Type *type, int64_t binding, bool constant) {
  const int64_t attrs[2] = {binding, constant};
  NodeId known = recall_node(graph, OP_INPUT, NULL, 0, attrs, 2, type);
  if (known) return known;
  Node *node = draft(graph, OP_INPUT, NULL, 0, attrs, 2);
  node->type = *type;
  node->hash = hash_type(hash_of(graph, node), type);
  uint32_t place;
  NodeId found = find(graph, node, type, &place);
  return recall_node_done(graph, found ? found : keep(graph, place));
}

NodeId graph_input(Graph *graph, const Type *type, int64_t binding) {
  return input(graph, type, binding, false);
}

NodeId graph_input_constant(Graph *graph, const Type *type, int64_t binding) {
  return input(graph, type, binding, true);
}

static NodeId constant(Graph *graph, double value, Dtype dtype, bool weak) {
  const int64_t attrs[3] = {(int64_t)bits_of(value), dtype, weak};
  NodeId known = recall_node(graph, OP_CONST, NULL, 0, attrs, 3, NULL);
  if (known) return known;
  Node *node = draft(graph, OP_CONST, NULL, 0, attrs, 3);
  node->type = (Type){.dtype = dtype, .weak = weak};
  node->hash = hash_of(graph, node);
  uint32_t place;
  NodeId found = find(graph, node, NULL, &place);
  return recall_node_done(graph, found ? found : keep(graph, place));
}

NodeId graph_constant(Graph *graph, double value, Dtype dtype) {
  if (dtype == DTYPE_BF16) value = (double)bf16_value(bf16_near(value));
  return constant(graph, dtype == DTYPE_F32 ? (double)(float)value : value, dtype, false);
}

NodeId graph_number(Graph *graph, double value) { return constant(graph, value, DTYPE_F64, true); }

NodeId graph_full(Graph *graph, double value, Dtype dtype, const Shape *shape, Diag *diag) {
  NodeId scalar = graph_constant(graph, value, dtype);
  if (shape->rank == 0) return scalar;
  return graph_emit(graph, OP_EXPAND, &scalar, 1, shape->dim, shape->rank, diag);
}

/* ---- asking ---- */

int graph_value_inputs(const Node *node) {
  return node->op == OP_CUSTOM || node->op == OP_KINK || node->op == OP_BEND ? 1
                                                                             : node->input_count;
}

bool *graph_reached(const Graph *graph, NodeId from) {
  bool *reached = mem_zero((size_t)from + 1);
  reached[from] = true;
  for (NodeId id = from; id > 0; id--) {
    const Node *user = &graph->nodes[id];
    for (int i = 0, count = reached[id] ? user->input_count : 0; i < count; i++)
      reached[user->inputs[i]] = true;
  }
  return reached;
}
