/* build_index.c — names that repeat elements or take them by an index: tile, repeat, gather,
 * scatter, windows.
 *
 * What is repeated evenly is an EXPAND of a new axis of size 1, made one with its neighbour
 * afterwards.
 */
#include "runtime/graph/build.h"
#include "runtime/graph/promote.h"
#include "runtime/graph/put.h"

#include <math.h>
#include <string.h>

extern const Op OP_ADD, OP_DROP, OP_EXPAND, OP_MUL, OP_SCATTER;

Builder build_tile, build_repeat, build_gather, build_scatter, build_scatter_add, build_windows;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

/* ---- over and over ---- */

/* The elements before an axis, and behind it, that are counted together. */
static int64_t product(const Shape *shape, int from, int to) {
  int64_t count = 1;
  for (int i = from; i < to; i++) count *= shape->dim[i];
  return count;
}

/* x with an axis `times` as long: each stretch of `inner` elements is repeated. */
static NodeId repeated(Maker *maker, const Arg *arg, NodeId x, int axis, int64_t inner,
                       int64_t times) {
  if (!x || times == 1) return x;
  Shape shape = shape_at(maker, x), longer = shape;
  if (!size_mul(shape.dim[axis], times, &longer.dim[axis]))
    return arg_fail(maker, arg, "axis %d of the result would be too long", axis);
  int64_t count = shape_count(&shape), outer = inner ? count / inner : 0;
  Shape apart = {3, {outer, 1, inner}}, wide = {3, {outer, times, inner}};
  if (count == 0) {
    const Type empty = {.dtype = make_type(maker, x)->dtype, .shape = longer};
    return make_zeros(maker, &empty);
  }
  return make_reshape(maker, make_expand(maker, make_reshape(maker, x, &apart), &wide), &longer);
}

int build_tile(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  if (!x) return 0;
  const double *numbers = args[1].kind == ARG_NUMBERS ? args[1].numbers : &args[1].number;
  int count = args[1].kind == ARG_NUMBERS ? args[1].count
              : arg_given(&args[1])       ? 1
                                          : 0,
      rank = shape_at(maker, x).rank;
  if (count == 0) {
    arg_fail(maker, &args[0], "`tile` needs a number of times");
    diag_help(maker->diag, "as in `tile(x, 2)`, or one number for each axis: `tile(x, 2, 3)`");
    return 0;
  }
  if (count > RANK_MOST)
    return arg_fail(maker, &args[1], "a tensor has at most %d axes, not %d", RANK_MOST, count);
  if (count > rank) { /* new axes in front */
    Shape shape = shape_at(maker, x), longer = {.rank = count};
    for (int i = 0; i < count; i++)
      longer.dim[i] = i < count - rank ? 1 : shape.dim[i - (count - rank)];
    x = make_reshape(maker, x, &longer);
    rank = count;
  }
  for (int i = count - 1; i >= 0; i--) {
    const Arg one = {.kind = ARG_NUMBER, .span = args[1].span, .number = numbers[i]};
    int axis = rank - count + i;
    int64_t times;
    if (!x || !arg_whole(maker, &one, "a number of times", 0, INT64_MAX, 1, &times)) return 0;
    Shape shape = shape_at(maker, x);
    x = repeated(maker, &args[1], x, axis, product(&shape, axis, rank), times);
  }
  return build_one(x, results);
}

/* Each slice along the axis as often as its number says. */
static NodeId repeat_each(Maker *maker, const Arg *times, NodeId x, int axis) {
  Shape shape = shape_at(maker, x);
  if (times->count != shape.dim[axis])
    return arg_fail(maker, times,
                    "`repeat` needs one number of times, or one for each of the %lld along axis "
                    "%d, not %d",
                    (long long)shape.dim[axis], axis, times->count);
  NodeId *parts = arena_alloc(&maker->graph->arena, (size_t)(times->count + 1) * sizeof *parts);
  int found = 0;
  for (int i = 0; i < times->count; i++) {
    const Arg one = {.kind = ARG_NUMBER, .span = times->span, .number = times->numbers[i]};
    Shape wide = shape;
    if (!arg_whole(maker, &one, "a number of times", 0, INT32_MAX, 1, &wide.dim[axis])) return 0;
    if (wide.dim[axis] == 0) continue;
    parts[found] = make_expand(maker, make_run(maker, x, axis, i, 1, 1), &wide);
    if (!parts[found++]) return 0;
  }
  return found ? make_concat(maker, parts, found, axis) : make_run(maker, x, axis, 0, 0, 1);
}

int build_repeat(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  int axis = 0;
  int64_t times;
  if (!x) return 0;
  if (!arg_given(&args[2])) {
    Shape shape = shape_at(maker, x), flat = {.rank = 1, .dim = {shape_count(&shape)}};
    x = make_reshape(maker, x, &flat);
  } else if (!arg_axis(maker, &args[2], shape_at(maker, x).rank, 0, &axis)) {
    return 0;
  }
  if (args[1].kind == ARG_NUMBERS && args[1].count != 1)
    return build_one(repeat_each(maker, &args[1], x, axis), results);
  if (!arg_whole(maker, &args[1], "the number of times", 0, INT64_MAX, 1, &times)) return 0;
  Shape shape = shape_at(maker, x);
  return build_one(repeated(maker, &args[1], x, axis, product(&shape, axis + 1, shape.rank), times),
                   results);
}

/* ---- by an index ---- */

/* x and an index as `gather` wants them: of as many axes, equal but along the axis. */
typedef struct Indexed {
  NodeId x, index; /* the index is i32 and in range */
  int axis;
} Indexed;

static bool misfit(Maker *maker, const Arg *arg, const char *name, const Shape *x,
                   const Shape *index) {
  char a[200], b[200];
  arg_fail(maker, arg, "`%s` needs an index with the axes of x", name);
  diag_label(maker->diag, "x is %s, the index %s", shape_show(x, a), shape_show(index, b));
  return false;
}

/* What is written for whole rows. */
static const char *help_axes(const char *name, int axis, const Shape *x, const Shape *index) {
  if (index->rank > x->rank) return "`x[index]` takes whole rows, in the shape of the index";
  if (axis || index->rank != 1)
    return "`index[:, none]` has an axis more; `x[index]` takes whole rows";
  if (strcmp(name, "scatter_add") == 0)
    return "without `axis:` it adds to whole rows: `scatter_add(x, index, values)`";
  return strcmp(name, "scatter") == 0
             ? "`x[index] = values` sets whole rows; `index[:, none]` has an axis more"
             : "`x[index]` takes whole rows; `index[:, none]` has an axis more";
}

/* Only of a vector the axis goes without saying. */
static bool read_indexed(Maker *maker, const Arg *args, const Arg *axis, const char *name,
                         Indexed *at) {
  at->x = arg_tensor(maker, &args[0]);
  at->index = arg_tensor(maker, &args[1]);
  if (!at->x || !at->index) return false;
  Shape x = shape_at(maker, at->x), index = shape_at(maker, at->index);
  if (!arg_given(axis) && x.rank > 1) {
    arg_fail(maker, &args[0], "`%s` needs `axis:`, the axis that the index counts along", name);
    return diag_help(maker->diag, "as in `%s(x, index, axis: 1)`", name);
  }
  if (!arg_axis(maker, axis, x.rank, 0, &at->axis)) return false;
  if (x.rank != index.rank) {
    misfit(maker, &args[1], name, &x, &index);
    return diag_help(maker->diag, "%s", help_axes(name, at->axis, &x, &index));
  }
  Shape from = x, by = index;
  for (int i = 0; i < x.rank; i++) {
    if (i == at->axis || x.dim[i] == index.dim[i]) continue;
    if (x.dim[i] != 1 && index.dim[i] != 1) {
      misfit(maker, &args[1], name, &x, &index);
      return diag_help(maker->diag, "on axis %d both must be equal, or one of them 1", i);
    }
    from.dim[i] = by.dim[i] = x.dim[i] == 1 ? index.dim[i] : x.dim[i];
  }
  int64_t size = x.dim[at->axis];
  at->x = make_expand(maker, at->x, &from);
  at->index = make_expand(maker, make_index(maker, at->index, -size, size), &by);
  return at->x && at->index;
}

/* Where all lines along the axis have the same indices, as in `index[:, none]` and in a vector:
 * those, which then name slices.  Slices are moved whole, in the same order.  Else 0. */
static NodeId slices_of(Maker *maker, const Indexed *at) {
  const Node *node = graph_node(maker->graph, at->index);
  const NodeId source = node->op == OP_EXPAND ? node->inputs[0] : at->index;
  const Shape from = shape_at(maker, source), to = shape_at(maker, at->index);
  const int64_t count = to.dim[at->axis];
  const Shape line = {1, {count}};
  if (from.rank != to.rank || from.dim[at->axis] != count || shape_count(&from) != count) return 0;
  return make_reshape(maker, source, &line);
}

int build_gather(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Indexed at;
  if (!read_indexed(maker, args, &args[2], "gather", &at)) return 0;
  const NodeId slices = slices_of(maker, &at);
  return build_one(slices ? make_gather(maker, at.x, slices, at.axis)
                          : make_pick(maker, at.x, at.index, at.axis),
                   results);
}

/* The values in the shape wanted and the dtype of x. */
static NodeId read_values(Maker *maker, const Arg *arg, const char *name, bool slices, NodeId into,
                          Shape wanted) {
  NodeId values = arg_node(maker, arg);
  double known = 0;
  if (!values) return 0;
  const Type x = *make_type(maker, into), type = *make_type(maker, values);
  bool whole = !dtype_floats(x.dtype),
       fraction = arg_constant(maker, arg, &known) && known != floor(known);
  if (whole && (type.weak ? fraction : dtype_floats(type.dtype))) {
    if (type.weak)
      arg_fail(maker, arg, "%s does not fit into a tensor of %s",
               isnan(known) ? "NaN" : "a fraction", dtype_name(x.dtype));
    else
      arg_fail(maker, arg, "values of %s do not fit into a tensor of %s", dtype_name(type.dtype),
               dtype_name(x.dtype));
    diag_help(maker->diag, "make the tensor a float first: f32(x)");
    return 0;
  }
  bool fits = type.shape.rank == 0 || type.shape.rank == wanted.rank;
  for (int i = 0; fits && i < type.shape.rank; i++)
    fits = type.shape.dim[i] == wanted.dim[i] || type.shape.dim[i] == 1;
  if (!fits) {
    char a[200], b[200];
    const char *what = slices ? "x[index]" : "the index";
    arg_fail(maker, arg, "`%s` needs values in the shape of %s", name, what);
    diag_label(maker->diag, "%s is %s, the values %s", what, shape_show(&wanted, a),
               shape_show(&type.shape, b));
    return 0;
  }
  return make_expand(maker, make_cast(maker, values, x.dtype), &wanted);
}

int build_scatter(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Indexed at;
  if (!read_indexed(maker, args, &args[3], "scatter", &at)) return 0;
  NodeId values = read_values(maker, &args[2], "scatter", false, at.x, shape_at(maker, at.index));
  return build_one(make_put(maker, at.x, at.index, values, at.axis), results);
}

/* Without an axis, as in x[index]: of any shape, it names slices along axis 0.  wanted: gets the
 * shape of x[index]. */
static bool read_slices(Maker *maker, const Arg *args, Indexed *at, Shape *wanted) {
  at->x = arg_tensor(maker, &args[0]);
  at->index = arg_tensor(maker, &args[1]);
  at->axis = 0;
  if (!at->x || !at->index) return false;
  const Shape x = shape_at(maker, at->x);
  *wanted = shape_at(maker, at->index);
  if (x.rank == 0) return arg_fail(maker, &args[0], "`scatter_add` needs an axis to count along");
  if (wanted->rank + x.rank - 1 > RANK_MOST)
    return arg_fail(maker, &args[1], "a tensor has at most %d axes; the values would have %d",
                    RANK_MOST, wanted->rank + x.rank - 1);
  for (int i = 1; i < x.rank; i++) wanted->dim[wanted->rank++] = x.dim[i];
  at->index = make_index(maker, at->index, -x.dim[0], x.dim[0]);
  return at->index != 0;
}

/* x in the dtype of its sum with the values, where both are floats. */
static bool widen(Maker *maker, const Arg *values, NodeId *x) {
  const NodeId both[2] = {*x, arg_node(maker, values)};
  if (!both[1]) return false;
  if (!make_type(maker, both[1])->weak && dtype_floats(make_type(maker, both[1])->dtype))
    *x = make_cast(maker, *x, promote_joined(maker, both, 2));
  return *x != 0;
}

/* Whole numbers give i32, as in `+`; they are added in f64, so that what does not fit is an error
 * of the cast. */
int build_scatter_add(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Indexed at;
  Shape wanted;
  const bool slices = !arg_given(&args[3]);
  if (slices ? !read_slices(maker, args, &at, &wanted)
             : !read_indexed(maker, args, &args[3], "scatter_add", &at))
    return 0;
  if (!slices) wanted = shape_at(maker, at.index);
  const bool whole = !dtype_floats(make_type(maker, at.x)->dtype);
  if (whole) at.x = make_cast(maker, at.x, DTYPE_I32);
  else if (!widen(maker, &args[2], &at.x)) return 0;
  const int64_t attrs[2] = {at.axis, shape_at(maker, at.x).dim[at.axis]};
  NodeId values = read_values(maker, &args[2], "scatter_add", slices, at.x, wanted), x = at.x;
  if (whole) x = make_cast(maker, x, DTYPE_F64), values = make_cast(maker, values, DTYPE_F64);
  if (!values) return 0;
  const NodeId shared = slices ? 0 : slices_of(maker, &at);
  const NodeId inputs[2] = {values, shared ? shared : at.index};
  NodeId sums = graph_emit(maker->graph, slices || shared ? OP_SCATTER : OP_DROP, inputs, 2, attrs,
                           2, maker->diag);
  x = make2(maker, OP_ADD, x, sums);
  return build_one(whole ? make_cast(maker, x, DTYPE_I32) : x, results);
}

/* Of T rows a window of n begins at each place 0, step, 2 step … where it still fits. */
int build_windows(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  int64_t n, step;
  if (!x) return 0;
  Shape shape = shape_at(maker, x);
  if (shape.rank == 0)
    return arg_fail(maker, &args[0], "`windows` are cut along axis 0; the operand has no axes");
  if (!arg_whole(maker, &args[1], "`n` of `windows`", 1, INT32_MAX, 1, &n) ||
      !arg_whole(maker, &args[2], "`step` of `windows`", 1, INT32_MAX, 1, &step))
    return 0;
  if (n > shape.dim[0])
    return arg_fail(maker, &args[1], "windows of %lld do not fit: axis 0 has %lld", (long long)n,
                    (long long)shape.dim[0]);
  int64_t count = (shape.dim[0] - n) / step + 1;
  Shape column = {2, {count, 1}}, row = {2, {1, n}};
  NodeId from = make2(maker, OP_MUL, make_iota(maker, count, DTYPE_I32),
                      make_number(maker, (double)step));
  NodeId at = make2(maker, OP_ADD, make_reshape(maker, from, &column),
                    make_reshape(maker, make_iota(maker, n, DTYPE_I32), &row));
  return build_one(make_gather(maker, x, at, 0), results);
}
