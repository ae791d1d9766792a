/* put.c — values put at the places that an index names, made of rows that are there.
 *
 * SCATTER and DROP add up what meets; so all but the last at each place is made 0 first.  Which is
 * the last is found by sorting the index, which keeps equal ones in order: it is the one before
 * another place.  Where something was put it is taken, elsewhere x.  All of this but the index has
 * a gradient: what was overwritten gets none.
 */
#include "runtime/graph/put.h"
#include "runtime/graph/simplify.h"

extern const Op OP_ADD, OP_ARGSORT, OP_DROP, OP_LT, OP_NE, OP_SCATTER, OP_WHERE;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

NodeId make_from_start(Maker *maker, NodeId index, int64_t size) {
  if (!index) return 0;
  NodeId zero = graph_constant(maker->graph, 0, DTYPE_I32),
         n = graph_constant(maker->graph, (double)size, DTYPE_I32);
  return make3(maker, OP_WHERE, make2(maker, OP_LT, index, zero), make2(maker, OP_ADD, index, n),
               index);
}

static NodeId argsort(Maker *maker, NodeId x, int axis) {
  const int64_t attrs[2] = {axis, 0};
  return x ? graph_emit(maker->graph, OP_ARGSORT, &x, 1, attrs, 2, maker->diag) : 0;
}

/* Is each the last of those that name its place? */
static NodeId is_last(Maker *maker, NodeId index, int axis) {
  Shape shape = shape_at(maker, index), one = shape;
  int64_t count = shape.dim[axis];
  one.dim[axis] = count < 1 ? count : 1;
  NodeId truth = graph_full(maker->graph, 1, DTYPE_BOOL, &one, maker->diag);
  if (count <= 1) return truth;
  NodeId order = argsort(maker, index, axis), sorted = make_pick(maker, index, order, axis);
  NodeId changes = make2(maker, OP_NE, make_run(maker, sorted, axis, 0, count - 1, 1),
                         make_run(maker, sorted, axis, 1, count - 1, 1));
  if (!changes || !truth) return 0;
  NodeId parts[2] = {changes, truth};
  return make_pick(maker, make_concat(maker, parts, 2, axis), argsort(maker, order, axis), axis);
}

static NodeId collect(Maker *maker, Op op, NodeId values, NodeId index, int axis, int64_t size) {
  bool narrow = values && make_type(maker, values)->dtype == DTYPE_BF16;
  const NodeId inputs[2] = {make_wide(maker, values), index};
  const int64_t attrs[2] = {axis, size};
  NodeId sums = values ? graph_emit(maker->graph, op, inputs, 2, attrs, 2, maker->diag) : 0;
  return make_narrow(maker, sums, narrow);
}

/* Of the values those that count, 0 elsewhere. */
static NodeId only(Maker *maker, NodeId last, NodeId values) {
  Dtype dtype = make_type(maker, values)->dtype;
  return make3(maker, OP_WHERE, last, values, graph_constant(maker->graph, 0, dtype));
}

NodeId make_put(Maker *maker, NodeId x, NodeId index, NodeId values, int axis) {
  if (!x || !index || !values) return 0;
  int64_t size = shape_at(maker, x).dim[axis];
  NodeId last = is_last(maker, index, axis);
  if (!last) return 0;
  NodeId put = collect(maker, OP_DROP, only(maker, last, values), index, axis, size);
  return make3(maker, OP_WHERE, collect(maker, OP_DROP, last, index, axis, size), put, x);
}

NodeId make_put_slices(Maker *maker, NodeId x, NodeId index, NodeId values, int axis) {
  if (!x || !index || !values) return 0;
  Shape shape = shape_at(maker, x), column = {.rank = shape.rank - axis};
  int64_t size = shape.dim[axis];
  NodeId last = is_last(maker, index, 0);
  if (!last) return 0;
  for (int i = 0; i < column.rank; i++) column.dim[i] = 1;
  column.dim[0] = shape_at(maker, index).dim[0];
  NodeId kept = only(maker, make_reshape(maker, last, &column), values),
         put = collect(maker, OP_SCATTER, kept, index, axis, size);
  column.dim[0] = size;
  NodeId hit = make_reshape(maker, collect(maker, OP_SCATTER, last, index, 0, size), &column);
  return make3(maker, OP_WHERE, hit, put, x);
}
