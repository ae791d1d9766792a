/* build_draw.c — random draws, and the initial values made of them.
 *
 * Each call draws once: a DRAW node named by the key and the place that the caller appended
 * as the last two arguments (ops.def).  The same key, place and sizes are the same node, hence the
 * same numbers, which is what makes `net(x)` in `loss` and in `metrics` share one dropout mask.
 *
 * Invalid parameters of a distribution (low above high, a deviation below 0, a probability of 2,
 * logits of NaN) are refused: numbers of the script here, at the argument; values known only at run
 * time by a REQUIRE, at the line of the call.
 */
#include <assert.h>
#include <float.h>
#include <math.h>

#include "runtime/graph/build.h"
#include "runtime/graph/build_linear.h"

extern const Op OP_ADD, OP_AND, OP_ARGMAX, OP_ARGSORT, OP_DRAW, OP_EQ, OP_GE, OP_GT, OP_LE, OP_LOG,
    OP_LT, OP_MAX, OP_MUL, OP_NE, OP_NEG, OP_OR, OP_QR, OP_SUB;

Builder build_draw_rand, build_draw_randn, build_draw_randint, build_draw_permutation,
    build_draw_bernoulli, build_draw_categorical, build_draw_normal, build_draw_uniform,
    build_draw_xavier_normal, build_draw_xavier_uniform, build_draw_he_normal,
    build_draw_he_uniform, build_draw_orthogonal;

enum { DRAW_UNIFORM, DRAW_NORMAL, DRAW_WHOLE }; /* kinds, as in ops.def */

/* The key and the place, behind the arguments of the signature. */
typedef struct Ticket {
  NodeId key;
  int64_t place;
} Ticket;

static Ticket ticket(const Arg *args, int arg_count) {
  assert(arg_count >= 2 && args[arg_count - 2].kind == ARG_NODE &&
         args[arg_count - 1].kind == ARG_NUMBER);
  return (Ticket){args[arg_count - 2].node, (int64_t)args[arg_count - 1].number};
}

static NodeId draw(Maker *maker, Ticket from, int kind, Dtype dtype, int64_t lo, int64_t hi,
                   const Shape *shape) {
  int64_t attrs[5 + RANK_MOST] = {kind, dtype, from.place, lo, hi};
  for (int axis = 0; axis < shape->rank; axis++) attrs[5 + axis] = shape->dim[axis];
  return graph_emit(maker->graph, OP_DRAW, &from.key, 1, attrs, 5 + shape->rank, maker->diag);
}

static NodeId draw_real(Maker *maker, Ticket from, int kind, const Shape *shape) {
  return draw(maker, from, kind, maker->graph->real, 0, 1, shape);
}

/* "a probability is from 0 to 1, not 2" */
static int refuse(Maker *maker, const Arg *arg, double value, const char *wanted) {
  Text text = {0};
  text_number(&text, value);
  arg_fail(maker, arg, "%s, not %s", wanted, text.data);
  text_free(&text);
  return 0;
}

/* ---- plain distributions ---- */

static int plain(Maker *maker, const Arg *args, int arg_count, int kind, NodeId *results) {
  Shape shape;
  if (!arg_shape(maker, &args[0], NULL, &shape)) return 0;
  return build_one(draw_real(maker, ticket(args, arg_count), kind, &shape), results);
}

int build_draw_rand(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  return plain(maker, args, arg_count, DRAW_UNIFORM, results);
}

int build_draw_randn(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  return plain(maker, args, arg_count, DRAW_NORMAL, results);
}

int build_draw_randint(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  int64_t lo, hi;
  Shape shape;
  bool good = arg_whole(maker, &args[0], "`lo`", INT32_MIN, INT32_MAX, 0, &lo) &&
              arg_whole(maker, &args[1], "`hi`", INT32_MIN, (int64_t)INT32_MAX + 1, 0, &hi) &&
              arg_shape(maker, &args[2], NULL, &shape);
  if (!good) return 0;
  if (lo >= hi)
    return arg_fail(maker, &args[1],
                    "`randint` has no numbers to draw from: %lld up to, not including, %lld",
                    (long long)lo, (long long)hi);
  return build_one(draw(maker, ticket(args, arg_count), DRAW_WHOLE, DTYPE_I32, lo, hi, &shape),
                   results);
}

/* Sorts random keys of 53 bits, so that even of a million two are alike only once in twenty
 * thousand times. */
int build_draw_permutation(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  int64_t n;
  if (!arg_whole(maker, &args[0], "n", 0, INT32_MAX, 0, &n)) return 0;
  Shape shape = shape_of(1, &n);
  NodeId keys = draw(maker, ticket(args, arg_count), DRAW_UNIFORM, DTYPE_F64, 0, 1, &shape);
  const int64_t attrs[2] = {0, 0};
  return build_one(graph_emit(maker->graph, OP_ARGSORT, &keys, 1, attrs, 2, maker->diag), results);
}

static NodeId number(Maker *maker, double value) { return make_number(maker, value); }

int build_draw_bernoulli(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  NodeId p = arg_real(maker, &args[0]);
  Shape shape;
  if (!p || !arg_shape(maker, &args[1], NULL, &shape)) return 0;
  double known;
  if (!arg_constant(maker, &args[0], &known)) {
    NodeId inside = make2(maker, OP_AND, make2(maker, OP_GE, p, number(maker, 0)),
                          make2(maker, OP_LE, p, number(maker, 1)));
    p = make_require(maker, p, inside, "`bernoulli`: a probability must be from 0 to 1");
    if (!p) return 0;
  } else if (!(known >= 0 && known <= 1)) {
    return refuse(maker, &args[0], known, "a probability must be from 0 to 1");
  }
  bool none = !arg_given(&args[1]) || (args[1].kind == ARG_NUMBERS && args[1].count == 0);
  if (none) shape = make_type(maker, p)->shape;
  NodeId hit = make2(maker, OP_LT, draw_real(maker, ticket(args, arg_count), DRAW_UNIFORM, &shape),
                     p);
  return build_one(make_cast(maker, hit, maker->graph->real), results);
}

/* By element: is it a number, in a row that has more than -inf, and if inf, the only one there? */
static NodeId can_choose(Maker *maker, NodeId logits, int axis) {
  const int64_t attrs[2] = {INT64_C(1) << axis, true};
  NodeId inf = number(maker, HUGE_VAL),
         most = graph_emit(maker->graph, OP_MAX, &logits, 1, attrs, 2, maker->diag);
  NodeId alone = make2(maker, OP_LE,
                       make_sum(maker, make2(maker, OP_EQ, logits, inf), 1u << axis, true),
                       number(maker, 1));
  NodeId clear = make2(maker, OP_OR, make2(maker, OP_NE, logits, inf), alone);
  NodeId some = make2(maker, OP_AND, make2(maker, OP_NE, most, number(maker, -HUGE_VAL)), clear);
  return make2(maker, OP_AND, make2(maker, OP_EQ, logits, logits), some);
}

/* The greatest of logit + Gumbel noise is class k with probability softmax(logits)[k] (Gumbel
 * 1954).  In f64: f32 has no uniform number so near 1 that a class of probability 1e-8 would ever
 * win. */
int build_draw_categorical(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  NodeId logits = make_cast(maker, arg_node(maker, &args[0]), DTYPE_F64);
  if (!logits) return 0;
  Shape shape = make_type(maker, logits)->shape;
  if (shape.rank == 0)
    return arg_fail(maker, &args[0],
                    "`categorical` needs the logits of several classes along its last axis");
  if (shape.dim[shape.rank - 1] == 0)
    return arg_fail(maker, &args[0],
                    "`categorical` has no class to choose from: the last axis has size 0");
  logits = make_require(
      maker, logits, can_choose(maker, logits, shape.rank - 1),
      "`categorical`: the logits of a row must not be NaN, not all -inf, and at most one inf");
  if (!logits) return 0;
  NodeId even = draw(maker, ticket(args, arg_count), DRAW_UNIFORM, DTYPE_F64, 0, 1, &shape);
  NodeId spread = make1(maker, OP_LOG, make1(maker, OP_NEG, make1(maker, OP_LOG, even)));
  NodeId noisy = make2(maker, OP_SUB, logits, spread);
  const int64_t attrs[2] = {shape.rank - 1, 0};
  return build_one(graph_emit(maker->graph, OP_ARGMAX, &noisy, 1, attrs, 2, maker->diag), results);
}

/* ---- moved and scaled ---- */

static bool is_zero(const Maker *maker, const Arg *arg) {
  double value;
  return !arg_given(arg) || (arg_constant(maker, arg, &value) && value == 0);
}

/* The deviation, which is not negative, NaN or infinite; 0 after filling diag. */
static NodeId deviation(Maker *maker, const Arg *arg) {
  NodeId std = arg_node(maker, arg);
  double known;
  if (arg_constant(maker, arg, &known))
    return known >= 0 && known < HUGE_VAL
               ? std
               : (NodeId)refuse(maker, arg, known,
                                "`std` of `normal` must be at least 0 and finite");
  NodeId inside = make2(maker, OP_AND, make2(maker, OP_GE, std, number(maker, 0)),
                        make2(maker, OP_LT, std, number(maker, HUGE_VAL)));
  return make_require(maker, std, inside, "`normal`: `std` must be at least 0 and finite");
}

int build_draw_normal(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  Shape shape;
  if (!arg_shape(maker, &args[0], NULL, &shape)) return 0;
  NodeId value = draw_real(maker, ticket(args, arg_count), DRAW_NORMAL, &shape);
  if (arg_given(&args[2])) value = make2(maker, OP_MUL, value, deviation(maker, &args[2]));
  if (!is_zero(maker, &args[1])) value = make2(maker, OP_ADD, value, arg_node(maker, &args[1]));
  return build_one(value, results);
}

/* high - low, which must be above 0 and finite; 0 after filling diag. */
static NodeId width(Maker *maker, const Arg *args, NodeId low, NodeId high) {
  double from = 0, to = 1, most = maker->graph->real == DTYPE_F32 ? (double)FLT_MAX : DBL_MAX;
  bool known = (!arg_given(&args[1]) || arg_constant(maker, &args[1], &from)) &&
               (!arg_given(&args[2]) || arg_constant(maker, &args[2], &to));
  NodeId span = make2(maker, OP_SUB, high, low);
  if (!known) {
    NodeId inside = make2(maker, OP_AND, make2(maker, OP_GT, span, number(maker, 0)),
                          make2(maker, OP_LT, span, number(maker, HUGE_VAL)));
    return make_require(maker, span, inside,
                        "`uniform` needs `low` below `high`, both finite and not too far apart; "
                        "of `high - low`");
  }
  if (to > from && to - from <= most) return span;
  Text text = {0};
  text_string(&text, "`low` is ");
  text_number(&text, from);
  text_string(&text, ", `high` is ");
  text_number(&text, to);
  if (to > from && isfinite(from) && isfinite(to))
    text_format(&text, ", and %s does not hold their distance", dtype_name(maker->graph->real));
  arg_fail(maker, arg_given(&args[1]) ? &args[1] : &args[2],
           "`uniform` needs `low` below `high`, both finite and not too far apart: %s", text.data);
  text_free(&text);
  return 0;
}

int build_draw_uniform(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  Shape shape;
  if (!arg_shape(maker, &args[0], NULL, &shape)) return 0;
  NodeId value = draw_real(maker, ticket(args, arg_count), DRAW_UNIFORM, &shape);
  NodeId low = arg_given(&args[1]) ? arg_node(maker, &args[1]) : number(maker, 0);
  NodeId high = arg_given(&args[2]) ? arg_node(maker, &args[2]) : number(maker, 1);
  value = make2(maker, OP_MUL, value, width(maker, args, low, high));
  if (!is_zero(maker, &args[1])) value = make2(maker, OP_ADD, value, low);
  /* rounding may reach `high`, once in some millions; from 0 to 1 it does not */
  if (arg_given(&args[1]) || arg_given(&args[2]))
    value = make_where(maker, make2(maker, OP_LT, value, high), value, low);
  return build_one(value, results);
}

/* ---- initial values ---- */

/* How many numbers meet in one output, and where one input goes: weights are [inputs, outputs] as
 * in x @ W, or, with more axes, [outputs, inputs, window…] as in conv2d. */
typedef struct Fans {
  double in, out;
} Fans;

static Fans fans(const Shape *shape) {
  if (shape->rank == 0) return (Fans){1, 1};
  if (shape->rank == 1) return (Fans){(double)shape->dim[0], (double)shape->dim[0]};
  if (shape->rank == 2) return (Fans){(double)shape->dim[0], (double)shape->dim[1]};
  double window = 1;
  for (int axis = 2; axis < shape->rank; axis++) window *= (double)shape->dim[axis];
  return (Fans){(double)shape->dim[1] * window, (double)shape->dim[0] * window};
}

/* Normal with that variance, or even over the interval about 0 that has it.  `base` scales the
 * deviation by sqrt(base / inputs): the head of Yang et al., "Tensor Programs V", 2022, table 8. */
static int initial(Maker *maker, const Arg *args, int arg_count, bool he, bool normal,
                   NodeId *results) {
  Shape shape;
  if (!arg_shape(maker, &args[0], NULL, &shape)) return 0;
  Fans fan = fans(&shape);
  double variance = 2 / (he ? fan.in : fan.in + fan.out);
  if (arg_given(&args[1])) {
    double base = arg_number(&args[1], 1);
    if (!(base > 0 && base < HUGE_VAL))
      return arg_fail(maker, &args[1], "`base` is a width: it must be finite and above 0");
    variance *= base / fan.in;
  }
  Ticket from = ticket(args, arg_count);
  if (normal)
    return build_one(make2(maker, OP_MUL, draw_real(maker, from, DRAW_NORMAL, &shape),
                           make_number(maker, sqrt(variance))),
                     results);
  double bound = sqrt(3 * variance);
  NodeId centred = make2(maker, OP_SUB, draw_real(maker, from, DRAW_UNIFORM, &shape),
                         make_number(maker, 0.5));
  return build_one(make2(maker, OP_MUL, centred, make_number(maker, 2 * bound)), results);
}

int build_draw_xavier_normal(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  return initial(maker, args, arg_count, false, true, results);
}

int build_draw_xavier_uniform(Maker *maker, Op op, const Arg *args, int arg_count,
                              NodeId *results) {
  (void)op;
  return initial(maker, args, arg_count, false, false, results);
}

int build_draw_he_normal(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  return initial(maker, args, arg_count, true, true, results);
}

int build_draw_he_uniform(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  return initial(maker, args, arg_count, true, false, results);
}

/* The Q of a normal matrix, with the signs that make it evenly spread (Mezzadri 2007); a wide one
 * is the transpose of a tall one. */
int build_draw_orthogonal(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op;
  int64_t rows, columns;
  if (!arg_whole(maker, &args[0], "rows", 0, INT32_MAX, 0, &rows) ||
      !arg_whole(maker, &args[1], "columns", 0, INT32_MAX, 0, &columns))
    return 0;
  bool wide = rows < columns;
  Shape shape = {.rank = 2, .dim = {wide ? columns : rows, wide ? rows : columns}};
  const Arg tall = {.kind = ARG_NODE,
                    .node = draw_real(maker, ticket(args, arg_count), DRAW_NORMAL, &shape)};
  NodeId parts[RESULTS_MOST];
  if (!tall.node || !build_qr(maker, OP_QR, &tall, 1, parts)) return 0;
  NodeId q = wide ? make_transpose(maker, parts[0]) : parts[0];
  NodeId gain = arg_setting(maker, &args[2], 1, maker->graph->real);
  return build_one(make2(maker, OP_MUL, q, gain), results);
}
