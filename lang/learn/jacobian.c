/* jacobian.c — jacobian(f) and hessian(f): all derivatives of all elements.
 *
 * By rows, a backward pass for each element of the result; or, where the argument has fewer, by
 * columns: one backward pass and a product with it for each of those.  The two multiply the same
 * derivatives from opposite ends, so they differ where an exact zero meets an infinite derivative:
 * by rows the zero comes from above and wins.  So columns are used only through operations whose
 * derivatives are finite where their values are (slopes_finite), and, if they will be
 * differentiated again, only if no kink was met: a column does not see its mark.
 */
#include "lang/learn/jacobian.h"
#include "lang/eval/native.h"
#include "lang/learn/point.h"
#include "lang/machine/call_site.h"
#include "lang/tensors/operation.h"

extern const Op OP_EQ;

/* ---- by columns ---- */

/* 1 at one element of a tensor, 0 elsewhere. */
static NodeId unit(Maker *maker, const Type *type, int64_t place) {
  NodeId places = make_iota(maker, shape_count(&type->shape), DTYPE_I32);
  NodeId here = places ? make2(maker, OP_EQ, places, make_number(maker, (double)place)) : 0;
  return here ? make_reshape(maker, make_cast(maker, here, type->dtype), &type->shape) : 0;
}

/* The columns d y / d x[i], as a matrix: the backward pass from a seed u is linear in u, and its
 * gradient in u is the product of the derivative with what it starts from.  u has the value 0,
 * which must not count as a structural zero.  Returns 0 when rows must be used. */
static NodeId by_columns(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  Graph *graph = maker.graph;
  const Type of_y = *make_type(&maker, y), of_x = *make_type(&maker, point->x);
  int64_t rows = shape_count(&of_y.shape), columns = shape_count(&of_x.shape);
  if (columns == 0 || columns >= rows || !slopes_finite(graph, point->x, y)) return 0;
  NodeId u = point_identity(point, make_zeros(&maker, &of_y), &diag);
  if (!u) point_fail(point, &diag);
  bool again = point->again;
  point->again |= slopes_taken(graph, point->x, y);
  NodeId backward = point_slope(point, y, u, point->x);
  point->again = again;
  if (slopes_kinked(graph, u + 1)) return 0;
  Shape column = shape_of(2, (int64_t[]){rows, 1});
  NodeId *parts = arena_alloc(&graph->arena, (size_t)columns * sizeof *parts);
  for (int64_t i = 0; i < columns; i++) {
    NodeId v = unit(&maker, &of_x, i);
    if (!v) point_fail(point, &diag);
    parts[i] = make_cast(&maker, make_reshape(&maker, point_slope(point, backward, v, u), &column),
                         of_x.dtype);
  }
  NodeId all = make_concat(&maker, parts, (int)columns, 1);
  if (!all) point_fail(point, &diag);
  return all;
}

/* ---- by rows ---- */

/* The rows d y[i] / d x, as a matrix: a gradient for each element of y.  All elements are taken
 * before the first gradient: a pass treats derivatives among the nodes below its own as functions
 * to differentiate. */
static NodeId by_rows(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  const Shape of_y = make_type(&maker, y)->shape;
  const Type of_x = *make_type(&maker, point->x);
  int64_t rows = shape_count(&of_y), columns = shape_count(&of_x.shape);
  Shape flat = shape_of(1, &rows), row = shape_of(2, (int64_t[]){1, columns});
  const Type nothing = {.dtype = of_x.dtype, .shape = shape_of(2, (int64_t[]){rows, columns})};
  NodeId line = make_reshape(&maker, y, &flat);
  NodeId *parts = arena_alloc(&point->trace->graph.arena, (size_t)(rows + 1) * sizeof(NodeId));
  for (int64_t i = 0; i < rows; i++) {
    int64_t one[3] = {i, 1, 1};
    parts[i] = make_reshape(&maker, make_slice(&maker, line, one), &(Shape){0});
    if (!parts[i]) point_fail(point, &diag);
  }
  for (int64_t i = 0; i < rows; i++)
    parts[i] = make_reshape(&maker, point_slope(point, parts[i], 0, point->x), &row);
  NodeId all = rows == 0 ? make_zeros(&maker, &nothing) : make_concat(&maker, parts, (int)rows, 0);
  if (!all) point_fail(point, &diag);
  return all;
}

/* ---- jacobian(f), hessian(f) ---- */

/* The derivatives of every element of y in every element of x, as one node of shape y.shape +
 * x.shape. */
static NodeId jacobian_node(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  const Shape of_y = make_type(&maker, y)->shape, of_x = make_type(&maker, point->x)->shape;
  if (of_y.rank + of_x.rank > RANK_MOST)
    raise_at(point->vm, point->site->span, "the derivative would have more than %d axes",
             RANK_MOST);
  Shape whole = {.rank = of_y.rank + of_x.rank};
  for (int i = 0; i < whole.rank; i++)
    whole.dim[i] = i < of_y.rank ? of_y.dim[i] : of_x.dim[i - of_y.rank];
  NodeId all = by_columns(point, y);
  all = make_reshape(&maker, all ? all : by_rows(point, y), &whole);
  if (!all) point_fail(point, &diag);
  return all;
}

static Value call_jacobian(Vm *vm, const CallSite *site, Value *args, int count) {
  Point point = point_record_self(vm, site, args, count, true);
  NodeId node = jacobian_node(&point, point.y);
  point_derives(&point, point.y, 0);
  Value value;
  point_values(&point, &node, 1, &value);
  value = point_as_given(&point, value);
  point_end(&point);
  return value;
}

static Value call_hessian(Vm *vm, const CallSite *site, Value *args, int count) {
  Point point = point_record_self(vm, site, args, count, true);
  point_want_scalar(&point);
  int nodes_count;
  point.again = true;
  NodeId slope = point_gradients(&point, point.y, 0, &nodes_count)[0];
  point_slope_made(&point);
  NodeId node = jacobian_node(&point, slope);
  point_derives(&point, slope, 0);
  Value value;
  point_values(&point, &node, 1, &value);
  value = point_as_given(&point, value);
  point_end(&point);
  return value;
}

static const Native MADE_JACOBIAN = {"jacobian(f)", NULL, call_jacobian, false, "", "", ""};
static const Native MADE_HESSIAN = {"hessian(f)", NULL, call_hessian, false, "", "", ""};

Value native_jacobian(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_JACOBIAN, args[0], args[1]);
}

Value native_hessian(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_HESSIAN, args[0], args[1]);
}
