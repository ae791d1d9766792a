/* build_make.c — tensors made of nothing but a few numbers: zeros, arange, eye, one_hot …
 *
 * They are repeated constants and counting (IOTA) with elementwise nodes around, so they
 * take part in fusion and cost no memory where they are used in a larger expression.
 */
#include <math.h>
#include <string.h>

#include "runtime/graph/build.h"

extern const Op OP_ADD, OP_DIV, OP_EQ, OP_LT, OP_MUL, OP_SUB, OP_WHERE;

Builder build_zeros, build_ones, build_full, build_zeros_like, build_ones_like, build_meshgrid,
    build_arange, build_linspace, build_eye, build_one_hot;

static int filled(Maker *maker, const Arg *shape_arg, double value, NodeId *results) {
  Shape shape;
  if (!arg_shape(maker, shape_arg, NULL, &shape)) return 0;
  return build_one(graph_full(maker->graph, value, maker->graph->real, &shape, maker->diag),
                   results);
}

int build_zeros(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return filled(maker, &args[0], 0, results);
}

int build_ones(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return filled(maker, &args[0], 1, results);
}

int build_full(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Shape shape;
  if (!arg_given(&args[1])) {
    arg_fail(maker, &args[0], "`full` needs `value:`");
    diag_help(maker->diag, "as in `full(2, 3, value: 7)`");
    return 0;
  }
  NodeId value = arg_node(maker, &args[1]);
  if (!value || !arg_shape(maker, &args[0], NULL, &shape)) return 0;
  if (make_type(maker, value)->weak) value = make_cast(maker, value, maker->graph->real);
  return build_one(make_expand(maker, value, &shape), results);
}

static int like(Maker *maker, const Arg *arg, double value, NodeId *results) {
  NodeId x = arg_tensor(maker, arg);
  if (!x) return 0;
  const Type type = *make_type(maker, x);
  return build_one(graph_full(maker->graph, value, type.dtype, &type.shape, maker->diag), results);
}

int build_zeros_like(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return like(maker, &args[0], 0, results);
}

int build_ones_like(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return like(maker, &args[0], 1, results);
}

/* ---- counting ---- */

static NodeId recorded(Maker *maker, const Arg *arg, double absent) {
  return arg->node ? make_cast(maker, arg->node, maker->graph->real)
                   : make_number(maker, arg_number(arg, absent));
}

/* start + step * i, leaving out what does nothing. */
static NodeId progression(Maker *maker, NodeId index, const Arg *start, const Arg *step) {
  NodeId scaled = make2(maker, OP_MUL, index, recorded(maker, step, 1));
  if (!start || (start->number == 0 && !start->node)) return scaled;
  return make2(maker, OP_ADD, scaled, recorded(maker, start, 0));
}

int build_arange(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  double start = 0, stop = args[0].number, step = arg_number(&args[2], 1);
  const Arg *from = arg_given(&args[1]) ? &args[0] : NULL;
  if (from) start = stop, stop = args[1].number;
  if (!isfinite(start) || !isfinite(stop) || !isfinite(step))
    return arg_fail(maker, &args[0], "`arange` needs finite numbers");
  if (step == 0) return arg_fail(maker, &args[2], "the step of `arange` must not be 0");
  double count = ceil((stop - start) / step);
  if (count < 0) count = 0;
  if (count > 9007199254740992.0)
    return arg_fail(maker, &args[0], "`arange` would have too many elements");
  NodeId index = make_iota(maker, (int64_t)count, maker->graph->real);
  return build_one(progression(maker, index, from, &args[2]), results);
}

/* From a forwards in the first half, from b backwards in the second, so that both ends are exact.
 */
int build_linspace(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId a = arg_real(maker, &args[0]), b = arg_real(maker, &args[1]);
  int64_t n;
  if (!a || !b || !arg_whole(maker, &args[2], "n", 0, INT64_MAX, 0, &n)) return 0;
  for (int i = 0; i < 2; i++) {
    if (make_type(maker, i ? b : a)->shape.rank)
      return arg_fail(maker, &args[i], "each end of `linspace` must be one number");
  }
  NodeId index = make_iota(maker, n, maker->graph->real);
  NodeId step = make2(maker, OP_DIV, make2(maker, OP_SUB, b, a),
                      make_number(maker, n > 1 ? (double)(n - 1) : 1));
  NodeId forwards = make2(maker, OP_ADD, make2(maker, OP_MUL, index, step), a);
  NodeId left = make2(maker, OP_SUB, make_number(maker, (double)(n - 1)), index);
  NodeId backwards = make2(maker, OP_SUB, b, make2(maker, OP_MUL, left, step));
  NodeId early = make2(maker, OP_LT, index, make_number(maker, (double)n / 2));
  return build_one(make3(maker, OP_WHERE, early, forwards, backwards), results);
}

/* Is counting along the rows equal to `row`, a row of labels, or counting too? */
static NodeId along_axis(Maker *maker, NodeId a, int64_t count, bool column) {
  Shape shape = column ? (Shape){2, {count, 1}} : (Shape){2, {1, count}};
  return make_reshape(maker, a, &shape);
}

int build_eye(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  int64_t n, m;
  if (!arg_whole(maker, &args[0], "n", 0, INT32_MAX, 0, &n) ||
      !arg_whole(maker, &args[1], "m", 0, INT32_MAX, n, &m))
    return 0;
  NodeId rows = along_axis(maker, make_iota(maker, n, DTYPE_I32), n, true),
         columns = along_axis(maker, make_iota(maker, m, DTYPE_I32), m, false);
  return build_one(make_cast(maker, make2(maker, OP_EQ, rows, columns), maker->graph->real),
                   results);
}

/* [..] labels and the classes 0 … k - 1 along a new last axis, compared. */
int build_one_hot(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  int64_t k;
  NodeId labels = arg_node(maker, &args[0]);
  if (!labels || !arg_whole(maker, &args[1], "the number of classes", 1, INT32_MAX, 0, &k))
    return 0;
  labels = make_index(maker, labels, 0, k);
  if (!labels) return 0;
  Shape column = make_type(maker, labels)->shape, row = {0};
  if (column.rank == RANK_MOST)
    return arg_fail(maker, &args[0], "a tensor has at most %d axes; `one_hot` adds one", RANK_MOST);
  row.rank = column.rank + 1;
  for (int axis = 0; axis < column.rank; axis++) row.dim[axis] = 1;
  row.dim[column.rank] = k;
  column.dim[column.rank++] = 1;
  NodeId classes = make_reshape(maker, make_iota(maker, k, DTYPE_I32), &row);
  NodeId hot = make2(maker, OP_EQ, make_reshape(maker, labels, &column), classes);
  return build_one(make_cast(maker, hot, maker->graph->real), results);
}

/* ---- grids ---- */

/* Do the axes stand in the order of the vectors, and not the first two the other way round? */
static bool read_indexing(Maker *maker, const Arg *arg, bool *in_order) {
  const char *text = arg_given(arg) ? arg->text : "xy";
  *in_order = strcmp(text, "ij") == 0;
  return *in_order || strcmp(text, "xy") == 0 ||
         arg_fail(maker, arg, "`indexing:` of `meshgrid` must be \"xy\" or \"ij\", not \"%.40s\"",
                  text);
}

/* Each vector along its axis, repeated along the others. */
int build_meshgrid(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  const NodeId *given = args[0].kind == ARG_NODES ? args[0].nodes : &args[0].node;
  int count = args[0].kind == ARG_NODES ? args[0].count : args[0].kind == ARG_NODE;
  bool in_order;
  if (count < 2 || count > RANK_MOST)
    return arg_fail(maker, &args[0], "`meshgrid` needs 2 to %d vectors, not %d", RANK_MOST, count);
  if (!read_indexing(maker, &args[1], &in_order)) return 0;
  Shape grid = {.rank = count};
  for (int i = 0; i < count; i++) {
    if (!given[i]) return 0;
    Shape shape = make_type(maker, given[i])->shape;
    char text[200];
    if (shape.rank > 1)
      return arg_fail(maker, &args[0], "`meshgrid` needs vectors, not the shape %s",
                      shape_show(&shape, text));
    grid.dim[in_order || i > 1 ? i : 1 - i] = shape.rank ? shape.dim[0] : 1;
  }
  for (int i = 0; i < count; i++) {
    int axis = in_order || i > 1 ? i : 1 - i;
    Shape along = {.rank = count};
    for (int k = 0; k < count; k++) along.dim[k] = k == axis ? grid.dim[k] : 1;
    results[i] = make_expand(maker, make_reshape(maker, given[i], &along), &grid);
    if (!results[i]) return 0;
  }
  return count;
}
