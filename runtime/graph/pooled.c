/* pooled.c — the pattern that pooled.h speaks of. */
#include "runtime/graph/pooled.h"

extern const Op OP_ADD, OP_CONV2D, OP_CONV2D_INPUT, OP_POOL_MAX, OP_RELU;

static bool is_convolution(const Graph *graph, NodeId id) {
  const Op op = graph_node(graph, id)->op;
  return op == OP_CONV2D || op == OP_CONV2D_INPUT;
}

/* Has each channel of images at most one number? */
static bool is_level(const Shape *shape) {
  for (int axis = 0; axis < shape->rank; axis++)
    if (axis != shape->rank - 3 && shape->dim[axis] != 1) return false;
  return true;
}

bool pooled_find(const Graph *graph, NodeId pool, const uint32_t *uses, Pooled *pooled) {
  const Node *node = graph_node(graph, pool);
  if (node->op != OP_POOL_MAX) return false;
  pooled->relu = node->inputs[0];
  node = graph_node(graph, pooled->relu);
  if (node->op != OP_RELU || uses[pooled->relu] != 1) return false;
  pooled->sum = node->inputs[0];
  node = graph_node(graph, pooled->sum);
  if (node->op != OP_ADD || uses[pooled->sum] != 1) return false;
  const int side = is_convolution(graph, node->inputs[0]) ? 0 : 1;
  pooled->conv = node->inputs[side], pooled->bias = node->inputs[1 - side];
  const Type *conv = &graph_node(graph, pooled->conv)->type,
             *bias = &graph_node(graph, pooled->bias)->type;
  return is_convolution(graph, pooled->conv) && conv->dtype == bias->dtype &&
         conv->shape.rank == 4 && shape_equal(&conv->shape, &node->type.shape) &&
         is_level(&bias->shape);
}
