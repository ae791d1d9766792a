/* node.c — what can be said of one node alone: whether it is another name for memory, what the
 * elementwise machine does for it.
 *
 * Aliases.  A reshape, a slice of whole leading rows, a transpose of axes of size 1 is another name
 * for memory that is there: no step, no bytes.  `root` and `offset` of its Facts say which.
 */
#include "runtime/plan/node.h"
#include "runtime/opcodes.h"

#include <string.h>

/* ---- aliases ---- */

/* A slice that is one run of elements: steps of 1, all axes whole behind the first that is cut, all
 * of size 1 before it. */
static bool slice_runs(const Node *node, const Shape *of, int64_t *first) {
  int64_t strides[RANK_MOST], start = 0;
  shape_strides(of, strides);
  bool cut = false;
  for (int axis = of->rank - 1; axis >= 0; axis--) {
    int64_t from = node->attrs[3 * axis], count = node->attrs[3 * axis + 1],
            step = node->attrs[3 * axis + 2];
    if (count > 1 && (step != 1 || cut)) return false;
    if (count != of->dim[axis]) cut = true;
    start += from * strides[axis];
  }
  *first = node_count(node) ? start : 0;
  return true;
}

/* Moves only axes of size 1. */
static bool permute_keeps(const Node *node, const Shape *of) {
  int64_t before = -1;
  for (int axis = 0; axis < of->rank; axis++) {
    int64_t from = node->attrs[axis];
    if (of->dim[from] == 1) continue;
    if (from < before) return false;
    before = from;
  }
  return true;
}

bool node_remark(const Node *node) { return node->op == OP_KINK || node->op == OP_BEND; }

bool node_expands(const Node *node) { return node->op == OP_EXPAND; }
bool node_requires(const Node *node) { return node->op == OP_REQUIRE; }

bool item_can_fault(const Plan *plan, const Item *item) {
  for (int n = 0; n < item->count; n++) {
    const Node *node = graph_node(&plan->graph, item->nodes[n]);
    if (node_requires(node) || (!dtype_floats(node->type.dtype) && node->type.dtype != DTYPE_BOOL))
      return true;
  }
  return false;
}

static bool renames(const Node *node) {
  return node->op == OP_RESHAPE || node->op == OP_STOP || node->op == OP_IDENTITY ||
         node->op == OP_CUSTOM || node_remark(node);
}

bool node_alias(const Graph *graph, const Node *node, int64_t *first) {
  *first = 0;
  if (renames(node)) return true;
  if (node->op != OP_SLICE && node->op != OP_PERMUTE && node->op != OP_EXPAND) return false;
  const Type *of = &graph_node(graph, node->inputs[0])->type;
  if (node->op == OP_SLICE) return slice_runs(node, &of->shape, first);
  if (node->op == OP_PERMUTE) return permute_keeps(node, &of->shape);
  return shape_count(&of->shape) == node_count(node);
}

/* Neighbouring axes are one where they step as one. */
static void add_axis(Pattern *pattern, int64_t dim, int64_t stride) {
  const int last = pattern->rank - 1;
  if (dim == 1) return;
  if (last >= 0 && pattern->stride[last] == stride * dim) {
    pattern->dim[last] *= dim;
    pattern->stride[last] = stride;
    return;
  }
  pattern->dim[pattern->rank] = dim;
  pattern->stride[pattern->rank++] = stride;
}

bool node_part(const Graph *graph, const Node *node, Pattern *pattern, int64_t *first) {
  int64_t strides[RANK_MOST];
  if ((node->op != OP_SLICE && node->op != OP_PERMUTE) || node_alias(graph, node, first))
    return false;
  const Shape *shape = &node->type.shape;
  shape_strides(&graph_node(graph, node->inputs[0])->type.shape, strides);
  *pattern = (Pattern){.kind = PATTERN_GENERAL};
  *first = 0;
  for (int axis = 0; axis < shape->rank; axis++) {
    const int64_t *cut = node->attrs + 3 * axis;
    if (node->op == OP_PERMUTE) {
      add_axis(pattern, shape->dim[axis], strides[node->attrs[axis]]);
      continue;
    }
    *first += cut[0] * strides[axis];
    add_axis(pattern, shape->dim[axis], shape->dim[axis] > 1 ? cut[2] * strides[axis] : 0);
  }
  return true;
}

/* ---- constants, work ---- */

static double const_value(const Node *node) {
  double value;
  memcpy(&value, &node->attrs[0], sizeof value);
  return value;
}

void node_write_constant(const Node *node, void *to) {
  double value = const_value(node);
  switch (node->type.dtype) {
    case DTYPE_BOOL: *(uint8_t *)to = value != 0; return;
    case DTYPE_U8: *(uint8_t *)to = (uint8_t)value; return;
    case DTYPE_I32: *(int32_t *)to = (int32_t)value; return;
    case DTYPE_BF16: *(uint16_t *)to = bf16_near(value); return;
    case DTYPE_F32: *(float *)to = (float)value; return;
    case DTYPE_F64: *(double *)to = value; return;
    case DTYPE_COUNT: return;
  }
}

static bool is_constant(const Graph *graph, NodeId id, double value) {
  const Node *node = graph_node(graph, id);
  return node->op == OP_CONST && const_value(node) == value;
}

MapWork node_work(const Graph *graph, const Node *node) {
  MapWork work = {.op = node->op, .output = node->type.dtype, .attrs = node->attrs};
  for (int i = 0; i < node->input_count && i < 3; i++)
    work.inputs[i] = graph_node(graph, node->inputs[i])->type.dtype;
  if (node->op == OP_POW && is_constant(graph, node->inputs[1], 2)) work.op = OP_SQUARE;
  return work;
}

MapWork node_copy_work(Dtype dtype) {
  return (MapWork){.op = OP_CAST, .output = dtype, .inputs = {dtype}};
}
