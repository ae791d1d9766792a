/* put.c — values put at the places that an index names, made of rows that are there.
 *
 * LAST says for each place which of the values is put there, of several the last; it is taken, and
 * where there is none, x.  All of this but the index has a gradient: what was overwritten gets
 * none.
 */
#include "runtime/graph/put.h"
#include "runtime/graph/simplify.h"

extern const Op OP_ADD, OP_GE, OP_LAST, OP_LT, OP_MAXIMUM, OP_WHERE;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

NodeId make_from_start(Maker *maker, NodeId index, int64_t size) {
  if (!index) return 0;
  NodeId zero = graph_constant(maker->graph, 0, DTYPE_I32),
         n = graph_constant(maker->graph, (double)size, DTYPE_I32);
  return make3(maker, OP_WHERE, make2(maker, OP_LT, index, zero), make2(maker, OP_ADD, index, n),
               index);
}

/* Which of the values at each place, and whether there is one. */
typedef struct Chosen {
  NodeId which, hit;
} Chosen;

static Chosen choose(Maker *maker, NodeId index, int axis, int64_t size) {
  const int64_t attrs[2] = {axis, size};
  NodeId last = graph_emit(maker->graph, OP_LAST, &index, 1, attrs, 2, maker->diag),
         zero = graph_constant(maker->graph, 0, DTYPE_I32);
  return (Chosen){make2(maker, OP_MAXIMUM, last, zero), make2(maker, OP_GE, last, zero)};
}

NodeId make_put(Maker *maker, NodeId x, NodeId index, NodeId values, int axis) {
  if (!x || !index || !values) return 0;
  if (shape_at(maker, index).dim[axis] == 0) return x;
  Chosen at = choose(maker, index, axis, shape_at(maker, x).dim[axis]);
  return make3(maker, OP_WHERE, at.hit, make_pick(maker, values, at.which, axis), x);
}

NodeId make_put_slices(Maker *maker, NodeId x, NodeId index, NodeId values, int axis) {
  if (!x || !index || !values) return 0;
  if (shape_at(maker, index).dim[0] == 0) return x;
  Shape shape = shape_at(maker, x), column = {.rank = shape.rank - axis};
  Chosen at = choose(maker, index, 0, shape.dim[axis]);
  for (int i = 0; i < column.rank; i++) column.dim[i] = 1;
  column.dim[0] = shape.dim[axis];
  return make3(maker, OP_WHERE, make_reshape(maker, at.hit, &column),
               make_gather(maker, values, at.which, axis), x);
}
