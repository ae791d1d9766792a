/* jacobian.c — jacobian(f) and hessian(f): all derivatives of all elements.
 *
 * There are two ways.  By rows: one product of each unit vector of the result with the derivative.
 * By columns, if the argument has fewer elements: one product with each unit vector of the
 * argument.  One pass from a seed is recorded, and the rules of `vmap` (graph/batching.h) make it
 * that of all unit vectors at once.
 *
 * A seed that is a variable loses one rule of a constant unit vector: that its zeros win over an
 * infinite derivative.  So this is done only if all operations have finite derivatives where their
 * values are finite (slopes_finite), and, if the result will be differentiated again, only if there
 * was no kink.  Otherwise each element of the result has its own backward pass.
 */
#include "lang/gradients/jacobian.h"
#include "lang/eval/native.h"
#include "lang/gradients/point.h"
#include "lang/machine/call_site.h"

extern const Op OP_EQ;

/* ---- all products at once ---- */

/* The identity matrix whose rows have the shape of `type`: [n, its shape...]. */
static NodeId units(Maker *maker, const Type *type) {
  int64_t n = shape_count(&type->shape);
  Shape down = shape_of(2, (int64_t[]){n, 1}), across = shape_of(2, (int64_t[]){1, n}),
        whole = {.rank = type->shape.rank + 1, .dim = {n}};
  for (int i = 0; i < type->shape.rank; i++) whole.dim[i + 1] = type->shape.dim[i];
  NodeId places = make_iota(maker, n, DTYPE_I32);
  NodeId here = make2(maker, OP_EQ, make_reshape(maker, places, &down),
                      make_reshape(maker, places, &across));
  return make_reshape(maker, make_cast(maker, here, type->dtype), &whole);
}

/* `product` was made with `seed`, in which it is linear: that of each unit in the place of the
 * seed, as a matrix with a row each.  The seed's value is no number known when the graph is made,
 * so that it is no structural zero. */
static NodeId of_units(Point *point, NodeId seed, NodeId product, Diag *diag) {
  Maker maker = point_maker(point, diag);
  Graph *graph = maker.graph;
  const Type of_seed = *make_type(&maker, seed);
  int64_t n = shape_count(&of_seed.shape), each = shape_count(&make_type(&maker, product)->shape);
  const BatchingInput input = {seed, units(&maker, &of_seed)};
  const BatchingSpec spec = {.rows = n, .inputs = &input, .input_count = 1, .first = seed};
  Shape matrix = shape_of(2, (int64_t[]){n, each});
  NodeId all;
  if (!input.all || !batching_run(graph, &spec, &product, 1, &all, diag)) return 0;
  return make_reshape(&maker, all, &matrix);
}

/* Can one pass be made for all units?  Its zeros are those of a seed that is a variable, so it must
 * not be that a zero of one unit has to win over something infinite, and no gradient of the
 * script's own is in the way. */
static bool at_once(const Point *point, NodeId y) {
  const Graph *graph = &point->trace->graph;
  return !graph->customs &&
         make_type(&(Maker){&point->trace->graph, NULL}, y)->shape.rank + 1 < RANK_MOST &&
         slopes_finite(graph, point->x, y);
}

/* The backward pass from a seed, a node of its own; 0 where it met a kink that a product cannot
 * see. */
static NodeId seeded(Point *point, NodeId y, NodeId seed) {
  NodeId first = point->trace->graph.count;
  bool again = point->again;
  point->again |= slopes_taken(&point->trace->graph, point->x, y);
  NodeId backward = point_slope(point, y, seed, point->x);
  point->again = again;
  return slopes_kinked(&point->trace->graph, first) ? 0 : backward;
}

/* The columns d y / d x[i], as a matrix: the backward pass from a seed u is linear in u, and its
 * gradient in u is the product of the derivative with what it starts from.  Returns 0 when rows
 * must be used. */
static NodeId by_columns(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  const Type of_y = *make_type(&maker, y), of_x = *make_type(&maker, point->x);
  int64_t rows = shape_count(&of_y.shape), columns = shape_count(&of_x.shape);
  if (columns == 0 || columns >= rows || !at_once(point, y)) return 0;
  NodeId u = point_identity(point, make_zeros(&maker, &of_y), &diag);
  NodeId v = batching_stand_in(maker.graph, &of_x, &diag);
  if (!u || !v) point_fail(point, &diag);
  NodeId backward = seeded(point, y, u);
  if (!backward) return 0;
  NodeId all = of_units(point, v, point_slope(point, backward, v, u), &diag);
  all = all ? make_cast(&maker, make_transpose(&maker, all), of_x.dtype) : 0;
  if (!all) point_fail(point, &diag);
  return all;
}

/* The rows d y[i] / d x, as a matrix, from one backward pass; 0 where each must have its own. */
static NodeId rows_at_once(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  const Type of_y = *make_type(&maker, y);
  if (shape_count(&of_y.shape) < 2 || !at_once(point, y)) return 0;
  NodeId u = batching_stand_in(maker.graph, &of_y, &diag);
  if (!u) point_fail(point, &diag);
  NodeId backward = seeded(point, y, u);
  NodeId all = backward ? of_units(point, u, backward, &diag) : 0;
  if (diag.status) point_fail(point, &diag);
  return all;
}

/* ---- by rows ---- */

/* A gradient for each element of y.  All elements are taken before the first gradient: a pass
 * treats derivatives among the nodes below its own as functions to differentiate. */
static NodeId by_rows(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  const Shape of_y = make_type(&maker, y)->shape;
  const Type of_x = *make_type(&maker, point->x);
  int64_t rows = shape_count(&of_y), columns = shape_count(&of_x.shape);
  Shape flat = shape_of(1, &rows), row = shape_of(2, (int64_t[]){1, columns});
  const Type nothing = {.dtype = of_x.dtype, .shape = shape_of(2, (int64_t[]){rows, columns})};
  NodeId all = rows_at_once(point, y);
  if (all) return all;
  NodeId line = make_reshape(&maker, y, &flat);
  NodeId *parts = arena_alloc(&point->trace->graph.arena, (size_t)(rows + 1) * sizeof(NodeId));
  for (int64_t i = 0; i < rows; i++) {
    int64_t one[3] = {i, 1, 1};
    parts[i] = make_reshape(&maker, make_slice(&maker, line, one), &(Shape){0});
    if (!parts[i]) point_fail(point, &diag);
  }
  for (int64_t i = 0; i < rows; i++)
    parts[i] = make_reshape(&maker, point_slope(point, parts[i], 0, point->x), &row);
  all = rows == 0 ? make_zeros(&maker, &nothing) : make_concat(&maker, parts, (int)rows, 0);
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
