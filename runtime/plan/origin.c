/* origin.c — which row of the data a refused value came from.
 *
 * A kernel that refuses a value reports its element in a minibatch, whose rows are shuffled.  From
 * that element the graph is followed upwards, to the elements or rows that it was made of, until
 * one is in an INPUT that the caller names.  The path crosses only operations in which an element
 * depends on one element of the input, or a row on one row; a value with another origin has no row,
 * and none is reported.
 *
 * The first path wins: where a value is made of two rows (all pairs of a batch), the row of the
 * first operand is reported.
 */
#include "runtime/opcodes.h"
#include "runtime/plan/internal.h"

/* An element of a node, or a row. */
typedef struct Spot {
  NodeId node;
  int64_t element; /* of a row the first */
  bool row;
} Spot;

typedef struct Way {
  const Graph *graph;
  const int *bindings; /* whose rows are wanted; borrowed */
  int count;
  bool *seen;  /* by node; owned */
  Spot *spots; /* still to be followed; owned */
  uint32_t depth;
} Way;

static int64_t count_of(const Node *node) { return shape_count(&node->type.shape); }

static int64_t row_size(const Node *node) {
  int64_t rows = node->type.shape.rank ? node->type.shape.dim[0] : 0;
  return rows ? count_of(node) / rows : 0;
}

/* The element of a smaller operand that meets `element` of what it is broadcast to. */
static int64_t broadcast_from(const Shape *from, const Shape *to, int64_t element) {
  int64_t strides[RANK_MOST], at = 0;
  shape_strides(from, strides);
  for (int axis = to->rank - 1; axis >= 0; axis--) {
    int64_t place = element % to->dim[axis];
    int mine = axis - (to->rank - from->rank);
    element /= to->dim[axis];
    if (mine >= 0 && from->dim[mine] != 1) at += place * strides[mine];
  }
  return at;
}

static int64_t sliced_from(const Node *node, const Node *input, int64_t element) {
  int64_t strides[RANK_MOST], at = 0;
  const Shape *to = &node->type.shape;
  shape_strides(&input->type.shape, strides);
  for (int axis = to->rank - 1; axis >= 0; axis--) {
    at += (node->attrs[3 * axis] + element % to->dim[axis] * node->attrs[3 * axis + 2]) *
          strides[axis];
    element /= to->dim[axis];
  }
  return at;
}

static int64_t permuted_from(const Node *node, const Node *input, int64_t element) {
  int64_t strides[RANK_MOST], at = 0;
  const Shape *to = &node->type.shape;
  shape_strides(&input->type.shape, strides);
  for (int axis = to->rank - 1; axis >= 0; axis--) {
    at += element % to->dim[axis] * strides[node->attrs[axis]];
    element /= to->dim[axis];
  }
  return at;
}

/* The first element of the same row, of an operation by rows. */
static int64_t row_from(const Node *node, const Node *input, int64_t element) {
  int64_t size = row_size(node);
  if (!size || !input->type.shape.rank || input->type.shape.dim[0] != node->type.shape.dim[0])
    return -1;
  return element / size * row_size(input);
}

/* Is each row of the result made of the same row of the first input? */
static bool by_rows(const Node *node, const Node *input) {
  switch (node->op) {
    case OP_SUM:
    case OP_PROD:
    case OP_MIN:
    case OP_MAX:
    case OP_ANY:
    case OP_ALL:
    case OP_LOGSUMEXP:
    case OP_NORM2: return !(node->attrs[0] & 1);
    case OP_ARGMIN:
    case OP_ARGMAX:
    case OP_CUMSUM:
    case OP_LAST:
    case OP_RECUR:
    case OP_RESAMPLE:
    case OP_SOFTMAX:
    case OP_LOG_SOFTMAX:
    case OP_ARGSORT:
    case OP_PICK: return node->attrs[0] != 0;
    case OP_MATMUL: return !node->attrs[0] || input->type.shape.rank > 2;
    case OP_ATTENTION: return input->type.shape.rank > 2;
    case OP_CONV2D:
    case OP_POOL_ARGMAX:
    case OP_POOL_MAX:
    case OP_POOL_SUM: return true;
    default: return false;
  }
}

/* The element of input k that this one is made of; -1: that is not known. */
static int64_t element_of(const Way *way, const Node *node, int k, int64_t element) {
  const Node *input = graph_node(way->graph, node->inputs[k]);
  Op op = node->op;
  if (op_class(op) != CLASS_NONE || op == OP_EXPAND)
    return broadcast_from(&input->type.shape, &node->type.shape, element);
  switch (op) {
    case OP_CAST:
    case OP_WHOLE:
    case OP_RESHAPE:
    case OP_STOP:
    case OP_IDENTITY: return element;
    case OP_CUSTOM:
    case OP_AFTER:
    case OP_KINK:
    case OP_BEND: return k == 0 ? element : -1;
    case OP_SLICE: return sliced_from(node, input, element);
    case OP_PERMUTE: return permuted_from(node, input, element);
    case OP_GATHER:
      return k == 1 && node->attrs[0] == 0 && count_of(input)
                 ? element / (count_of(node) / count_of(input))
                 : -1;
    default: return k == 0 && by_rows(node, input) ? row_from(node, input, element) : -1;
  }
}

static void add_spot(Way *way, NodeId node, int64_t element, bool row) {
  if (element < 0 || way->seen[node]) return;
  way->seen[node] = true;
  way->spots[way->depth++] = (Spot){node, element, row};
}

/* Do rows stay rows, or are they cut up and turned? */
static bool keeps_rows(const Node *node, const Node *input) {
  bool same = node->type.shape.rank && input->type.shape.rank &&
              (node->op == OP_SLICE || node->type.shape.dim[0] == input->type.shape.dim[0]);
  if (node->op == OP_PERMUTE) return same && node->attrs[0] == 0;
  return same && (node->op == OP_RESHAPE || node->op == OP_GATHER ||
                  node->type.shape.rank == input->type.shape.rank || by_rows(node, input));
}

static void follow(Way *way, const Node *node, int k, Spot spot) {
  const Node *input = graph_node(way->graph, node->inputs[k]);
  int64_t element = element_of(way, node, k, spot.element);
  if (spot.row && !keeps_rows(node, input)) return;
  add_spot(way, node->inputs[k], element, spot.row || (k == 0 && by_rows(node, input)));
}

static bool is_wanted(const Way *way, const Node *node) {
  for (int i = 0; i < way->count && node->op == OP_INPUT; i++)
    if (node->attrs[0] == way->bindings[i]) return true;
  return false;
}

static bool find_row(Way *way, int64_t *row) {
  while (way->depth > 0) {
    Spot spot = way->spots[--way->depth];
    const Node *node = graph_node(way->graph, spot.node);
    int64_t size = row_size(node);
    if (is_wanted(way, node) && size) {
      *row = spot.element / size;
      return true;
    }
    for (int k = node->input_count; k-- > 0;) follow(way, node, k, spot);
  }
  return false;
}

bool plan_fault_row(const Plan *plan, const int *bindings, int count, int64_t *row) {
  const Fault *fault = &plan->fault;
  if (!fault->place || !count) return false;
  uint32_t nodes = plan->graph.count;
  Way way = {.graph = &plan->graph,
             .bindings = bindings,
             .count = count,
             .seen = mem_zero(nodes),
             .spots = mem_alloc(nodes * sizeof(Spot))};
  const Node *node = graph_node(&plan->graph, plan->fault_node);
  add_spot(&way, fault->input < 0 ? plan->fault_node : node->inputs[fault->input], fault->place - 1,
           false);
  bool found = find_row(&way, row);
  mem_free(way.seen);
  mem_free(way.spots);
  return found;
}
