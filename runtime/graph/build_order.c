/* build_order.c — names that go by the order of elements: argsort, sort, topk, median, quantile,
 * and searchsorted.
 *
 * All but the last are an ARGSORT and a PICK of the places wanted, so that a gradient goes back to
 * the elements that were taken, and only to those.
 */
#include <math.h>

#include "runtime/graph/build.h"

extern const Op OP_ADD, OP_AND, OP_ARGSORT, OP_CUMSUM, OP_FLOOR, OP_GE, OP_ISINF, OP_ISNAN, OP_LE,
    OP_LT, OP_MINIMUM, OP_MUL, OP_OR, OP_PORTION, OP_STOP, OP_SUB, OP_WHERE;

Builder build_argsort, build_sort, build_topk, build_median, build_quantile, build_searchsorted;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

/* The places of the k greatest, the greatest first. */
static NodeId greatest(Maker *maker, NodeId x, int axis, int64_t k) {
  const int64_t attrs[3] = {axis, true, k};
  return x ? graph_emit(maker->graph, OP_ARGSORT, &x, 1, attrs, 3, maker->diag) : 0;
}

static NodeId argsort(Maker *maker, NodeId x, int axis, bool descending) {
  const int64_t attrs[2] = {axis, descending};
  return x ? graph_emit(maker->graph, OP_ARGSORT, &x, 1, attrs, 2, maker->diag) : 0;
}

int build_argsort(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_node(maker, &args[0]);
  int axis;
  if (!x || !arg_axis(maker, &args[1], shape_at(maker, x).rank, -1, &axis)) return 0;
  return build_one(argsort(maker, x, axis, arg_bool(&args[2], false)), results);
}

int build_sort(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_node(maker, &args[0]);
  int axis;
  if (!x || !arg_axis(maker, &args[1], shape_at(maker, x).rank, -1, &axis)) return 0;
  return build_one(make_pick(maker, x, argsort(maker, x, axis, arg_bool(&args[2], false)), axis),
                   results);
}

int build_topk(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_node(maker, &args[0]);
  int axis;
  int64_t k;
  if (!x || !arg_axis(maker, &args[2], shape_at(maker, x).rank, -1, &axis)) return 0;
  Shape shape = shape_at(maker, x);
  if (!arg_whole(maker, &args[1], "k", 0, shape.dim[axis], 0, &k)) return 0;
  results[1] = greatest(maker, x, axis, k);
  results[0] = make_pick(maker, x, results[1], axis);
  return results[0] && results[1] ? 2 : 0;
}

/* ---- places in what is sorted ---- */

static NodeId in_dtype(Maker *maker, NodeId x, Dtype dtype) {
  NodeId cast = make_cast(maker, x, dtype);
  return cast ? graph_emit(maker->graph, OP_STOP, &cast, 1, NULL, 0, maker->diag) : 0;
}

/* Both in one dtype that holds their elements; a number takes that of floats.  A count is a step,
 * as a comparison is: no gradient goes through it, and none is missed. */
static bool alike(Maker *maker, NodeId *sorted, NodeId *values) {
  if (!*sorted || !*values) return false;
  const Type of = *make_type(maker, *sorted), *to = make_type(maker, *values);
  bool same = to->weak ? dtype_floats(of.dtype) : to->dtype == of.dtype;
  *sorted = in_dtype(maker, *sorted, same ? of.dtype : DTYPE_F64);
  *values = in_dtype(maker, *values, same ? of.dtype : DTYPE_F64);
  return *sorted && *values;
}

/* A vector, of which no element is less than the one before it; NaN is greater than any number. */
static NodeId require_sorted(Maker *maker, NodeId x) {
  int64_t n = shape_at(maker, x).dim[0];
  if (n < 2) return x;
  NodeId parts[2] = {make_run(maker, x, 0, 0, 1, 1), make_run(maker, x, 0, 0, n - 1, 1)};
  NodeId rises = make2(maker, OP_GE, x, make_concat(maker, parts, 2, 0));
  if (dtype_floats(make_type(maker, x)->dtype))
    rises = make2(maker, OP_OR, rises, make1(maker, OP_ISNAN, x));
  return make_require(maker, x, rises, "`searchsorted` needs sorted numbers: `sort(x)` sorts them");
}

/* All in one order, the values before equal ones, or behind them: in it the sorted ones before a
 * value are counted. */
int build_searchsorted(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId sorted = arg_node(maker, &args[0]), values = arg_node(maker, &args[1]);
  bool right = arg_bool(&args[2], false);
  if (!sorted || !values) return 0;
  const Shape shape = shape_at(maker, values), axis = shape_at(maker, sorted);
  if (axis.rank != 1)
    return arg_fail(maker, &args[0], "`searchsorted` needs a vector; this has %d axes", axis.rank);
  if (!alike(maker, &sorted, &values)) return 0;
  int64_t n = axis.dim[0], m = shape_count(&shape);
  const Shape flat = {.rank = 1, .dim = {m}};
  NodeId known = require_sorted(maker, sorted), asked = make_reshape(maker, values, &flat);
  NodeId parts[2] = {right ? known : asked, right ? asked : known};
  NodeId order = argsort(maker, make_concat(maker, parts, 2, 0), 0, false);
  NodeId end = make_number(maker, (double)(right ? n : m));
  NodeId counts = make_cast(maker, make2(maker, right ? OP_LT : OP_GE, order, end), DTYPE_I32);
  const int64_t attrs[2] = {0, 0};
  NodeId upto = counts ? graph_emit(maker->graph, OP_CUMSUM, &counts, 1, attrs, 2, maker->diag) : 0;
  NodeId places = make_run(maker, argsort(maker, order, 0, false), 0, right ? n : 0, m, 1);
  return build_one(make_reshape(maker, make_gather(maker, upto, places, 0), &shape), results);
}

/* ---- quantiles ---- */

/* A reduction by order: the reduced axes as one, the last. */
typedef struct Lines {
  NodeId x, order; /* [.., n]; the places of x in rising order */
  int64_t n;
  Shape rest, kept; /* of a result, and that with the reduced axes kept as 1 */
} Lines;

static bool read_lines(Maker *maker, const Arg *x_arg, const Arg *axis, Lines *lines) {
  NodeId x = arg_wide(maker, x_arg);
  uint32_t mask;
  if (!x || !arg_axes(maker, axis, shape_at(maker, x).rank, &mask)) return false;
  Shape shape = shape_at(maker, x);
  int order[RANK_MOST], at = 0;
  lines->n = 1;
  lines->rest = (Shape){0};
  lines->kept = shape;
  for (int i = 0; i < shape.rank; i++) {
    if (mask >> i & 1) lines->n *= shape.dim[i], lines->kept.dim[i] = 1;
    else order[at++] = i, lines->rest.dim[lines->rest.rank++] = shape.dim[i];
  }
  for (int i = 0; i < shape.rank; i++)
    if (mask >> i & 1) order[at++] = i;
  Shape merged = lines->rest;
  merged.dim[merged.rank++] = lines->n;
  if (merged.rank > RANK_MOST)
    return arg_fail(maker, x_arg, "a tensor has at most %d axes", RANK_MOST);
  lines->x = make_reshape(maker, make_permute(maker, x, order), &merged);
  lines->order = argsort(maker, lines->x, merged.rank - 1, false);
  return lines->order != 0;
}

/* The values at some places of the order, [.., count]. */
static NodeId ranked(Maker *maker, const Lines *lines, int64_t start, int64_t count) {
  int last = lines->rest.rank;
  return make_pick(maker, lines->x, make_run(maker, lines->order, last, start, count, 1), last);
}

/* A NaN, which is the last in order, is the result wherever there is one. */
static NodeId unless_nan(Maker *maker, const Lines *lines, NodeId value) {
  NodeId last = ranked(maker, lines, lines->n - 1, 1);
  return make3(maker, OP_WHERE, make1(maker, OP_ISNAN, last), last, value);
}

static NodeId nan_of(Maker *maker, const Lines *lines, const Shape *shape) {
  return graph_full(maker->graph, NAN, make_type(maker, lines->x)->dtype, shape, maker->diag);
}

int build_median(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Lines lines;
  if (!read_lines(maker, &args[0], &args[1], &lines)) return 0;
  const Shape *shape = arg_bool(&args[2], false) ? &lines.kept : &lines.rest;
  NodeId value;
  if (lines.n == 0) {
    value = nan_of(maker, &lines, shape);
  } else if (lines.n % 2) {
    value = unless_nan(maker, &lines, ranked(maker, &lines, lines.n / 2, 1));
  } else { /* halves first: their sum fits */
    NodeId pair = ranked(maker, &lines, lines.n / 2 - 1, 2);
    NodeId halves = make2(maker, OP_MUL, pair, make_number(maker, 0.5));
    value = unless_nan(maker, &lines, make_sum(maker, halves, 1u << lines.rest.rank, true));
  }
  return build_one(arg_of_floats(maker, &args[0], make_reshape(maker, value, shape)), results);
}

/* Parts as a vector of f64, each from 0 to 1. */
static NodeId read_parts(Maker *maker, const Arg *arg, Shape *parts) {
  double known;
  NodeId q = arg_node(maker, arg);
  if (!q) return 0;
  *parts = shape_at(maker, q);
  if (parts->rank > 1)
    return arg_fail(maker, arg, "`q` of `quantile` must be a number or a vector; it has %d axes",
                    parts->rank);
  if (arg_constant(maker, arg, &known) && !(known >= 0 && known <= 1)) {
    arg_fail(maker, arg, "`q` of `quantile` must be from 0 to 1, not %g",
             isnan(known) ? (double)NAN : known);
    if (known > 1 && known <= 100) diag_help(maker->diag, "%g percent is %g", known, known / 100);
    return 0;
  }
  NodeId zero = make_number(maker, 0), one = make_number(maker, 1);
  Shape vector = {1, {parts->rank ? parts->dim[0] : 1}};
  q = make_reshape(maker, make_cast(maker, q, DTYPE_F64), &vector);
  return make_require(
      maker, q, make2(maker, OP_AND, make2(maker, OP_GE, q, zero), make2(maker, OP_LE, q, one)),
      "`q` of `quantile` must be from 0 to 1");
}

/* a + share (b - a); of infinite ones a and b weighted, where what has no weight counts nothing. */
static NodeId between(Maker *maker, NodeId a, NodeId b, NodeId share) {
  NodeId rest = make2(maker, OP_SUB, make_number(maker, 1), share);
  NodeId near = make2(maker, OP_ADD, a, make2(maker, OP_MUL, share, make2(maker, OP_SUB, b, a)));
  NodeId far = make2(maker, OP_ADD, make2(maker, OP_PORTION, rest, a),
                     make2(maker, OP_PORTION, share, b));
  NodeId infinite = make2(maker, OP_OR, make1(maker, OP_ISINF, a), make1(maker, OP_ISINF, b));
  return make3(maker, OP_WHERE, infinite, far, near);
}

/* The parts come last, and are moved to the front. */
static NodeId in_front(Maker *maker, NodeId value, const Shape *shape, const Shape *parts) {
  if (!value) return 0;
  int rank = shape_at(maker, value).rank, order[RANK_MOST];
  Shape result = {.rank = parts->rank + shape->rank};
  if (result.rank > RANK_MOST) {
    arg_fail(maker, &(Arg){0}, "the result of `quantile` would have %d axes; the limit is %d",
             result.rank, RANK_MOST);
    return 0;
  }
  for (int i = 0; i < rank; i++) order[i] = i ? i - 1 : rank - 1;
  if (parts->rank) result.dim[0] = parts->dim[0];
  for (int i = 0; i < shape->rank; i++) result.dim[parts->rank + i] = shape->dim[i];
  return make_reshape(maker, make_permute(maker, value, order), &result);
}

int build_quantile(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Lines lines;
  Shape parts;
  NodeId q = read_parts(maker, &args[1], &parts);
  if (!q || !read_lines(maker, &args[0], &args[2], &lines)) return 0;
  const Shape *shape = arg_bool(&args[3], false) ? &lines.kept : &lines.rest;
  Shape wide = lines.rest;
  wide.dim[wide.rank++] = shape_at(maker, q).dim[0];
  NodeId value = lines.n ? 0 : nan_of(maker, &lines, &wide);
  if (lines.n) {
    Dtype dtype = make_type(maker, lines.x)->dtype;
    int last = lines.rest.rank;
    NodeId place = make2(maker, OP_MUL, q, make_number(maker, (double)(lines.n - 1)));
    NodeId low = make1(maker, OP_FLOOR, place), end = make_number(maker, (double)(lines.n - 1)),
           high = make2(maker, OP_MINIMUM, make2(maker, OP_ADD, low, make_number(maker, 1)), end);
    NodeId share = make_cast(maker, make2(maker, OP_SUB, place, low), dtype), ends[2];
    for (int i = 0; i < 2; i++) {
      NodeId at = make_cast(maker, i ? high : low, DTYPE_I32);
      ends[i] = make_pick(maker, lines.x, make_gather(maker, lines.order, at, last), last);
    }
    value = unless_nan(maker, &lines, between(maker, ends[0], ends[1], share));
  }
  return build_one(arg_of_floats(maker, &args[0], in_front(maker, value, shape, &parts)), results);
}
