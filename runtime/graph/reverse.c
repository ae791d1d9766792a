/* reverse.c — giving a share of a gradient to a node.
 *
 * A rule gives each input what its formula says; here that is brought to the input's own shape and
 * dtype: summed over the axes that were broadcast, cast back.  Broadcasts are undone here and
 * nowhere else.  Shares are added up in the order of visits, so the bits of a gradient depend on
 * the graph alone.
 */
#include "runtime/graph/reverse.h"

#include <assert.h>

/* Sums a share over the axes along which the node was broadcast into it. */
static NodeId unbroadcast(Maker *maker, NodeId share, const Shape *shape) {
  Shape wide = make_type(maker, share)->shape;
  if (shape_equal(&wide, shape)) return share;
  int lead = wide.rank - shape->rank;
  uint32_t mask = 0;
  for (int axis = 0; axis < wide.rank; axis++) {
    if (axis < lead || (shape->dim[axis - lead] == 1 && wide.dim[axis] != 1)) mask |= 1u << axis;
  }
  assert(lead >= 0);
  return make_reshape(maker, make_sum(maker, share, mask, false), shape);
}

/* A share may also be narrower, when a formula gave a constant: then it is the same at each place.
 */
static bool is_narrower(const Shape *share, const Shape *shape) {
  if (share->rank != shape->rank) return share->rank < shape->rank;
  for (int axis = 0; axis < shape->rank; axis++) {
    if (share->dim[axis] == 1 && shape->dim[axis] != 1) return true;
  }
  return false;
}

/* The share in the shape and dtype of the node that it belongs to; of a bf16 in f32, so that what
 * is added up is not rounded each time. */
static NodeId fitted(Maker *maker, NodeId id, NodeId share) {
  Type type = *make_type(maker, id);
  type.dtype = dtype_wide(type.dtype);
  Shape given = make_type(maker, share)->shape;
  share = is_narrower(&given, &type.shape) ? make_expand(maker, share, &type.shape)
                                           : unbroadcast(maker, share, &type.shape);
  if (share && !(make_type(maker, share)->weak && type.weak))
    share = make_cast(maker, share, type.dtype);
  return share;
}

void reverse_accumulate(Reverse *reverse, NodeId id, NodeId share) {
  Maker *maker = &reverse->maker;
  if (!share || !reverse_wants(reverse, id)) return;
  const Type *type = make_type(maker, id), *given = make_type(maker, share);
  bool fits = dtype_wide(type->dtype) == given->dtype && type->weak == given->weak &&
              shape_equal(&type->shape, &given->shape);
  if (!fits && !(share = fitted(maker, id, share))) return;
  NodeId *sum = &reverse->adjoint[id - reverse->first];
  *sum = *sum ? make_add(maker, *sum, share) : share;
}

NodeId reverse_restore_axes(Maker *maker, NodeId a, const Shape *shape, uint32_t mask) {
  Shape kept = *shape;
  for (int axis = 0; axis < kept.rank; axis++) {
    if (mask >> axis & 1) kept.dim[axis] = 1;
  }
  return make_reshape(maker, a, &kept);
}

void reverse_refuse(Reverse *reverse, NodeId id) {
  const Node node = reverse_node(reverse, id);
  if (!reverse->maker.diag->status)
    diag_fail(reverse->maker.diag, STATUS_FAILED, node.span, "`%s` cannot be differentiated",
              op_name(node.op));
}
