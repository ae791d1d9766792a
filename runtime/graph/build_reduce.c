/* build_reduce.c — names that make fewer numbers of many.
 *
 * A reduction without `axis:` is over everything.  What a number of the script has no axes
 * for is the number itself.  Means and variances are sums and elementwise nodes, so they fuse;
 * what would lose digits or overflow that way (logsumexp, norm, softmax) has a row and a
 * kernel of its own.
 */
#include <math.h>

#include "runtime/graph/build.h"

extern const Op OP_ABS, OP_ALL, OP_ANY, OP_BEND, OP_DIV, OP_EQ, OP_GE, OP_GT, OP_ISINF,
    OP_LOGADDEXP, OP_LT, OP_MAX, OP_MAXIMUM, OP_MUL, OP_NORM2, OP_OR, OP_POW, OP_PROD, OP_SQRT,
    OP_SQUARE, OP_STOP, OP_SUB, OP_SUM, OP_WHERE;

Builder build_reduce, build_reduce_real, build_arg, build_cumsum, build_cumprod, build_logcumsumexp,
    build_softmax, build_mean, build_var, build_std, build_norm;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

/* ---- one node ---- */

static NodeId reduce(Maker *maker, Op op, NodeId x, uint32_t mask, bool keep) {
  if (!x || !mask) return x;
  const int64_t attrs[2] = {mask, keep};
  return graph_emit(maker->graph, op, &x, 1, attrs, 2, maker->diag);
}

/* What a reduction works on: sums of whole numbers are i32, any and all look at truth. */
static NodeId prepared(Maker *maker, Op op, NodeId x) {
  if (!x) return 0;
  Dtype dtype = make_type(maker, x)->dtype;
  if ((op == OP_SUM || op == OP_PROD) && dtype < DTYPE_I32) return make_cast(maker, x, DTYPE_I32);
  if (op == OP_ANY || op == OP_ALL) return make_cast(maker, x, DTYPE_BOOL);
  return x;
}

int build_reduce(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId x = prepared(maker, op, arg_node(maker, &args[0]));
  uint32_t mask;
  if (!x || !arg_axes(maker, &args[1], shape_at(maker, x).rank, &mask)) return 0;
  return build_one(reduce(maker, op, x, mask, arg_bool(&args[2], false)), results);
}

int build_reduce_real(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId x = arg_real(maker, &args[0]);
  uint32_t mask;
  if (!x || !arg_axes(maker, &args[1], shape_at(maker, x).rank, &mask)) return 0;
  return build_one(reduce(maker, op, x, mask, arg_bool(&args[2], false)), results);
}

/* Without an axis: the place in row-major order. */
int build_arg(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId x = arg_node(maker, &args[0]);
  if (!x) return 0;
  Shape shape = shape_at(maker, x), flat = {.rank = 1, .dim = {shape_count(&shape)}},
        ones = {.rank = shape.rank};
  bool keep = arg_bool(&args[2], false);
  int axis = 0;
  if (arg_given(&args[1])) {
    if (!arg_axis(maker, &args[1], shape.rank, 0, &axis)) return 0;
  } else {
    x = make_reshape(maker, x, &flat);
  }
  bool whole = !arg_given(&args[1]);
  const int64_t attrs[2] = {axis, keep && !whole};
  NodeId place = graph_emit(maker->graph, op, &x, 1, attrs, 2, maker->diag);
  for (int i = 0; i < ones.rank; i++) ones.dim[i] = 1;
  return build_one(keep && whole ? make_reshape(maker, place, &ones) : place, results);
}

/* ---- along an axis ---- */

/* x as it is if an axis is given, else as a vector; 0 after a failure. */
static NodeId along(Maker *maker, const Arg *arg, NodeId x, int *axis) {
  const Shape shape = shape_at(maker, x), flat = {.rank = 1, .dim = {shape_count(&shape)}};
  *axis = 0;
  if (!arg_given(arg)) return make_reshape(maker, x, &flat);
  return arg_axis(maker, arg, shape.rank, 0, axis) ? x : 0;
}

int build_cumsum(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId x = prepared(maker, OP_SUM, arg_node(maker, &args[0]));
  int axis;
  if (!x || !(x = along(maker, &args[1], x, &axis))) return 0;
  const int64_t attrs[2] = {axis, 0};
  return build_one(graph_emit(maker->graph, op, &x, 1, attrs, 2, maker->diag), results);
}

/* In f64, so that a stretch alone seldom overflows where all of it would not, and whole numbers are
 * exact. */
int build_cumprod(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = prepared(maker, OP_PROD, arg_tensor(maker, &args[0]));
  int axis;
  if (!x || !(x = along(maker, &args[1], x, &axis))) return 0;
  const Dtype dtype = make_type(maker, x)->dtype;
  x = make_running_products(maker, make_cast(maker, x, DTYPE_F64), axis);
  return build_one(make_cast(maker, x, dtype), results);
}

/* By doubling: after a step each element has the sum of twice as many.  That is a sum of few terms
 * for each, and neither it nor its derivatives overflow, as a running sum of exp(x) would. */
int build_logcumsumexp(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_wide(maker, &args[0]);
  int axis;
  if (!x || !(x = along(maker, &args[1], x, &axis))) return 0;
  const int64_t length = shape_at(maker, x).dim[axis];
  for (int64_t far = 1; x && far < length; far *= 2)
    x = make2(maker, OP_LOGADDEXP, x, make_moved(maker, x, axis, far, -INFINITY));
  return build_one(arg_of_floats(maker, &args[0], x), results);
}

int build_softmax(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId x = arg_real(maker, &args[0]);
  int axis;
  if (!x || !arg_axis(maker, &args[1], shape_at(maker, x).rank, -1, &axis)) return 0;
  const int64_t attr = axis;
  return build_one(graph_emit(maker->graph, op, &x, 1, &attr, 1, maker->diag), results);
}

/* ---- mean and spread ---- */

/* How many elements meet in one result. */
static double met(const Shape *shape, uint32_t mask) {
  double count = 1;
  for (int axis = 0; axis < shape->rank; axis++) {
    if (mask >> axis & 1) count *= (double)shape->dim[axis];
  }
  return count;
}

static NodeId mean(Maker *maker, NodeId x, uint32_t mask, bool keep) {
  if (!x || !mask) return x;
  Shape shape = shape_at(maker, x);
  return make2(maker, OP_DIV, make_sum(maker, x, mask, keep),
               make_number(maker, met(&shape, mask)));
}

int build_mean(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_wide(maker, &args[0]);
  uint32_t mask;
  if (!x || !arg_axes(maker, &args[1], shape_at(maker, x).rank, &mask)) return 0;
  return build_one(arg_of_floats(maker, &args[0], mean(maker, x, mask, arg_bool(&args[2], false))),
                   results);
}

static bool is_number(const Maker *maker, NodeId node, double *value) {
  const Arg arg = {.kind = ARG_NODE, .node = node};
  return arg_constant(maker, &arg, value);
}

static NodeId root_of(Maker *maker, NodeId node) {
  double value;
  return node && is_number(maker, node, &value) ? make_number(maker, sqrt(value))
                                                : make1(maker, OP_SQRT, node);
}

/* The arguments that var and std share. */
typedef struct Spread {
  NodeId apart; /* x less its mean */
  uint32_t mask;
  bool keep;
  NodeId divisor; /* n - ddof, at least 0 */
} Spread;

/* n - ddof, at least 0; NaN and what is below 0 are refused. */
static NodeId divisor_of(Maker *maker, const Arg *ddof, double count, Dtype dtype) {
  double known = 0;
  NodeId less = arg_setting(maker, ddof, 0, dtype);
  if (!less) return 0;
  if (!arg_given(ddof) || arg_constant(maker, ddof, &known)) {
    if (!(known >= 0)) return (NodeId)arg_fail(maker, ddof, "`ddof` must not be negative");
    return make_number(maker, fmax(count - known, 0));
  }
  NodeId zero = make_number(maker, 0);
  less = make_require(maker, less, make2(maker, OP_GE, less, zero), "`ddof` must not be negative");
  return make2(maker, OP_MAXIMUM, make2(maker, OP_SUB, make_number(maker, count), less), zero);
}

static bool read_spread(Maker *maker, const Arg *args, Spread *spread) {
  NodeId x = arg_wide(maker, &args[0]);
  if (!x || !arg_axes(maker, &args[1], shape_at(maker, x).rank, &spread->mask)) return false;
  const Type type = *make_type(maker, x);
  spread->keep = arg_bool(&args[2], false);
  spread->divisor = divisor_of(maker, &args[3], met(&type.shape, spread->mask), type.dtype);
  spread->apart = make2(maker, OP_SUB, x, mean(maker, x, spread->mask, true));
  return spread->apart && spread->divisor;
}

int build_var(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Spread spread;
  if (!read_spread(maker, args, &spread)) return 0;
  NodeId squares = make_sum(maker, make1(maker, OP_SQUARE, spread.apart), spread.mask, spread.keep);
  return build_one(arg_of_floats(maker, &args[0], make2(maker, OP_DIV, squares, spread.divisor)),
                   results);
}

/* By the norm, whose gradient at 0 is 0: a constant column has no deviation and no NaN. */
int build_std(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Spread spread;
  if (!read_spread(maker, args, &spread)) return 0;
  NodeId length = spread.mask ? reduce(maker, OP_NORM2, spread.apart, spread.mask, spread.keep)
                              : make1(maker, OP_ABS, spread.apart);
  return build_one(
      arg_of_floats(maker, &args[0], make2(maker, OP_DIV, length, root_of(maker, spread.divisor))),
      results);
}

/* ---- norms ---- */

static NodeId bend(Maker *maker, NodeId v, NodeId d) {
  const NodeId inputs[2] = {v, d};
  return v && d ? graph_emit(maker->graph, OP_BEND, inputs, 2, NULL, 0, maker->diag) : 0;
}

/* The greatest magnitude, or 1 where that is 0 or infinite, or where there is none: a constant to
 * gradients. */
static NodeId scale_of(Maker *maker, NodeId size, uint32_t mask) {
  if (!size) return 0;
  Shape shape = shape_at(maker, size);
  if (met(&shape, mask) == 0) return make_number(maker, 1);
  NodeId found = reduce(maker, OP_MAX, size, mask, true), one = make_number(maker, 1);
  NodeId most = found ? graph_emit(maker->graph, OP_STOP, &found, 1, NULL, 0, maker->diag) : 0;
  NodeId useless = make2(maker, OP_OR, make2(maker, OP_EQ, most, make_number(maker, 0)),
                         make1(maker, OP_ISINF, most));
  return make3(maker, OP_WHERE, useless, one, most);
}

/* m (sum |x / m|^p)^(1/p), m the greatest |x|, so that no power overflows or vanishes; whatever m
 * is, the value is the same, so to gradients it is a constant.  A sum of 0 is kept away from the
 * outer power, whose slope there is infinite.  It has no second derivative where x is 0, nor, with
 * p below 2, where one element is. */
static NodeId power_norm(Maker *maker, NodeId x, NodeId p, uint32_t mask, bool keep) {
  double known;
  const bool fixed = is_number(maker, p, &known);
  NodeId zero = make_number(maker, 0), one = make_number(maker, 1);
  NodeId size = make1(maker, OP_ABS, x), scale = scale_of(maker, size, mask);
  size = make2(maker, OP_DIV, size, scale);
  NodeId safe = make3(maker, OP_WHERE, make2(maker, OP_EQ, size, zero), one, size);
  NodeId powers = make3(maker, OP_WHERE, make2(maker, OP_EQ, size, zero), zero,
                        make2(maker, OP_POW, safe, p));
  if (!fixed)
    powers = bend(maker, powers,
                  make3(maker, OP_WHERE, make2(maker, OP_LT, p, make_number(maker, 2)), x, one));
  else if (known < 2) powers = bend(maker, powers, x);
  NodeId sum = make_sum(maker, powers, mask, keep);
  if (sum && !keep && make_type(maker, scale)->shape.rank > 0) {
    Shape shape = shape_at(maker, sum);
    scale = make_reshape(maker, scale, &shape);
  }
  NodeId none = make2(maker, OP_EQ, sum, zero);
  NodeId root = make2(maker, OP_POW, make3(maker, OP_WHERE, none, one, sum),
                      fixed ? make_number(maker, 1 / known) : make2(maker, OP_DIV, one, p));
  return bend(maker, make2(maker, OP_MUL, scale, make3(maker, OP_WHERE, none, zero, root)),
              reduce(maker, OP_NORM2, x, mask, keep));
}

/* The orders that are known and have a form of their own; 0 for another. */
static NodeId plain_norm(Maker *maker, NodeId x, double p, uint32_t mask, bool keep) {
  if (p == 2) return reduce(maker, OP_NORM2, x, mask, keep);
  if (p == 1) return make_sum(maker, make1(maker, OP_ABS, x), mask, keep);
  return isinf(p) ? reduce(maker, OP_MAX, make1(maker, OP_ABS, x), mask, keep) : 0;
}

int build_norm(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  static const char *const above = "`p` of `norm` must be above 0";
  NodeId x = arg_real(maker, &args[0]);
  uint32_t mask;
  double known = 2;
  bool keep = arg_bool(&args[3], false);
  if (!x || !arg_axes(maker, &args[2], shape_at(maker, x).rank, &mask)) return 0;
  NodeId p = arg_setting(maker, &args[1], 2, make_type(maker, x)->dtype);
  if (!p || !mask) return build_one(p ? make1(maker, OP_ABS, x) : 0, results);
  if (!arg_given(&args[1]) || arg_constant(maker, &args[1], &known)) {
    if (!(known > 0)) return arg_fail(maker, &args[1], "%s", above);
    NodeId plain = plain_norm(maker, x, known, mask, keep);
    if (plain || maker->diag->status) return build_one(plain, results);
  } else {
    p = make_require(maker, p, make2(maker, OP_GT, p, make_number(maker, 0)), above);
  }
  return p ? build_one(power_norm(maker, x, p, mask, keep), results) : 0;
}
