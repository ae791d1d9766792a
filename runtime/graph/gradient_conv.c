/* gradient_conv.c — gradients of convolution and pooling.
 *
 * y = CONV2D(x, w) is linear in x and in w, so the three rows CONV2D, CONV2D_INPUT and
 * CONV2D_WEIGHT are the three ways of contracting one trilinear form sum(y * conv(x, w)) with two
 * of its three arguments, and the gradients of each are the other two.  The same holds for POOL_SUM
 * and its transpose.
 *
 * The greatest of a window is a choice: POOL_MAX_INPUT puts each dy where its window's choice was,
 * and is linear in dy.  Where that is differentiated again, the choice is made once as places, so
 * that both are moves (DROP and PICK), for which gradient_live.c knows which zeros count.
 */
#include <string.h>

#include "runtime/graph/pooled.h"
#include "runtime/graph/reverse.h"

extern const Op OP_CONV2D, OP_CONV2D_INPUT, OP_CONV2D_WEIGHT, OP_DROP, OP_GT, OP_PICK,
    OP_POOL_ARGMAX, OP_RELU, OP_RESHAPE, OP_POOL_MAX_INPUT, OP_POOL_SUM, OP_POOL_SUM_INPUT;

GradientRule gradient_conv2d, gradient_conv2d_input, gradient_conv2d_weight, gradient_pool_max,
    gradient_pool_max_input, gradient_pool_sum, gradient_pool_sum_input;

/* op(a, b) with the geometry of `attrs` and, when `sized` has a shape, its last two sizes. */
static NodeId contract(Reverse *reverse, Op op, NodeId a, NodeId b, const int64_t *attrs,
                       const Shape *sized) {
  int64_t all[CONV_ATTRS + 2];
  memcpy(all, attrs, CONV_ATTRS * sizeof all[0]);
  if (sized) memcpy(all + CONV_ATTRS, &sized->dim[2], 2 * sizeof all[0]);
  const NodeId inputs[2] = {a, b};
  return graph_emit(reverse->maker.graph, op, inputs, 2, all, sized ? CONV_ATTRS + 2 : CONV_ATTRS,
                    reverse->maker.diag);
}

void gradient_conv2d(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  NodeId x = node.inputs[0], w = node.inputs[1];
  Shape images = reverse_shape(reverse, x), window = reverse_shape(reverse, w);
  if (reverse_wants(reverse, x))
    reverse_accumulate(reverse, x, contract(reverse, OP_CONV2D_INPUT, dy, w, node.attrs, &images));
  if (reverse_wants(reverse, w))
    reverse_accumulate(reverse, w, contract(reverse, OP_CONV2D_WEIGHT, x, dy, node.attrs, &window));
}

void gradient_conv2d_input(Reverse *reverse, NodeId id, NodeId dx) {
  const Node node = reverse_node(reverse, id);
  NodeId dy = node.inputs[0], w = node.inputs[1];
  Shape window = reverse_shape(reverse, w);
  if (reverse_wants(reverse, dy))
    reverse_accumulate(reverse, dy, contract(reverse, OP_CONV2D, dx, w, node.attrs, NULL));
  if (reverse_wants(reverse, w))
    reverse_accumulate(reverse, w,
                       contract(reverse, OP_CONV2D_WEIGHT, dx, dy, node.attrs, &window));
}

void gradient_conv2d_weight(Reverse *reverse, NodeId id, NodeId dw) {
  const Node node = reverse_node(reverse, id);
  NodeId x = node.inputs[0], dy = node.inputs[1];
  Shape images = reverse_shape(reverse, x);
  if (reverse_wants(reverse, x))
    reverse_accumulate(reverse, x, contract(reverse, OP_CONV2D_INPUT, dy, dw, node.attrs, &images));
  if (reverse_wants(reverse, dy))
    reverse_accumulate(reverse, dy, contract(reverse, OP_CONV2D, x, dw, node.attrs, NULL));
}

/* [N, C, H, W] as [N, C, H * W]: places in an image are counted through. */
static NodeId through(Maker *maker, NodeId a) {
  const Shape shape = make_type(maker, a)->shape,
              flat = {.rank = 3, .dim = {shape.dim[0], shape.dim[1], shape.dim[2] * shape.dim[3]}};
  return make_reshape(maker, a, &flat);
}

/* Where in x the greatest of each window is, and planes moved there (DROP) or from there (PICK), in
 * the shape `to`. */
static NodeId by_places(Reverse *reverse, Op op, NodeId from, NodeId x, const int64_t *attrs,
                        const Shape *to) {
  Maker *maker = &reverse->maker;
  NodeId place = graph_emit(maker->graph, OP_POOL_ARGMAX, &x, 1, attrs, POOL_ATTRS, maker->diag);
  if (!place || !from) return 0;
  const NodeId inputs[2] = {through(maker, from), through(maker, place)};
  const int64_t axis[2] = {2, to->dim[2] * to->dim[3]};
  return make_reshape(
      maker, graph_emit(maker->graph, op, inputs, 2, axis, op == OP_DROP ? 2 : 1, maker->diag), to);
}

/* The greatest of windows of relu(a), itself maybe reshaped: the RELU, or 0. */
static NodeId relu_below(const Reverse *reverse, NodeId x) {
  Node node = reverse_node(reverse, x);
  if (node.op == OP_RESHAPE) x = node.inputs[0], node = reverse_node(reverse, x);
  return node.op == OP_RELU && reverse_wants(reverse, node.inputs[0]) && !reverse_asked(reverse, x)
             ? x
             : 0;
}

/* How often nodes between the first that matters and the last read each. */
static const uint32_t *uses_of(Reverse *reverse) {
  if (reverse->uses) return reverse->uses;
  reverse->uses = mem_zero(((size_t)reverse->last + 1) * sizeof *reverse->uses);
  for (NodeId id = reverse->first; id <= reverse->last; id++) {
    const Node *node = graph_node(reverse->maker.graph, id);
    for (int i = 0; i < node->input_count; i++) reverse->uses[node->inputs[i]]++;
  }
  return reverse->uses;
}

/* Each dy where the greatest of its window in x is, added to the gradient of `to`. */
static void pass_greatest(Reverse *reverse, NodeId x, NodeId dy, NodeId to, const Node *pool) {
  const NodeId inputs[2] = {dy, x};
  const Shape shape = reverse_shape(reverse, to);
  NodeId dx = graph_emit(reverse->maker.graph, OP_POOL_MAX_INPUT, inputs, 2, pool->attrs,
                         POOL_ATTRS, reverse->maker.diag);
  reverse_accumulate(reverse, to, make_reshape(&reverse->maker, dx, &shape));
}

/* What the greatest of a window gets passes a relu below if the greatest is above 0: asked of each
 * window, in place of each place, the gradient of relu's argument has the same bits.  Below a relu
 * of a convolution's sum with its bias the greatest is that of the convolution (pooled.h). */
void gradient_pool_max(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  const Node node = reverse_node(reverse, id);
  const NodeId x = node.inputs[0];
  if (reverse->again || reverse->strict) {
    Shape images = reverse_shape(reverse, x);
    reverse_accumulate(reverse, x, by_places(reverse, OP_DROP, dy, x, node.attrs, &images));
    return;
  }
  const NodeId relu = relu_below(reverse, x);
  if (relu)
    dy = make_where(maker, make2(maker, OP_GT, id, make_number(maker, 0)), dy,
                    make_number(maker, 0));
  Pooled pooled;
  if (relu == x && pooled_find(maker->graph, id, uses_of(reverse), &pooled) &&
      !reverse_asked(reverse, pooled.sum)) {
    if (reverse_wants(reverse, pooled.conv))
      pass_greatest(reverse, pooled.conv, dy, pooled.conv, &node);
    if (reverse_wants(reverse, pooled.bias)) reverse_accumulate(reverse, pooled.bias, dy);
    return;
  }
  pass_greatest(reverse, x, dy, relu ? reverse_node(reverse, relu).inputs[0] : x, &node);
}

void gradient_pool_max_input(Reverse *reverse, NodeId id, NodeId dx) {
  const Node node = reverse_node(reverse, id);
  Shape windows = reverse_shape(reverse, node.inputs[0]);
  reverse_accumulate(reverse, node.inputs[0],
                     by_places(reverse, OP_PICK, dx, node.inputs[1], node.attrs, &windows));
}

void gradient_pool_sum(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  Shape images = reverse_shape(reverse, node.inputs[0]);
  int64_t attrs[POOL_ATTRS + 2];
  memcpy(attrs, node.attrs, POOL_ATTRS * sizeof attrs[0]);
  memcpy(attrs + POOL_ATTRS, &images.dim[2], 2 * sizeof attrs[0]);
  reverse_accumulate(reverse, node.inputs[0],
                     graph_emit(reverse->maker.graph, OP_POOL_SUM_INPUT, &dy, 1, attrs,
                                POOL_ATTRS + 2, reverse->maker.diag));
}

void gradient_pool_sum_input(Reverse *reverse, NodeId id, NodeId dx) {
  const Node node = reverse_node(reverse, id);
  reverse_accumulate(reverse, node.inputs[0],
                     graph_emit(reverse->maker.graph, OP_POOL_SUM, &dx, 1, node.attrs, POOL_ATTRS,
                                reverse->maker.diag));
}
