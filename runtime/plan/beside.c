/* beside.c — the elementwise rows of the table on numbers beside a point.
 *
 * A comparison is decided by the first power that differs.  Rows without a form here (those of the
 * gamma function) give "not known".
 */
#include "runtime/plan/beside.h"
#include "runtime/opcodes.h"

#include <math.h>

static Series plus(const Series *a, double number) {
  Series b = series_number(number);
  return series_add(a, &b);
}

static Series square(const Series *a) { return series_multiply(a, a); }

static Series negative(const Series *a) { return series_scale(a, -1); }

/* By a sign: `above` where it is above 0. */
static Series by_sign(int sign, const Series *above, const Series *else_) {
  return sign == 2 ? series_unknown() : sign > 0 ? *above : *else_;
}

static Series greater(const Series *a, const Series *b) {
  return by_sign(series_compare(a, b), a, b);
}
static Series smaller(const Series *a, const Series *b) {
  return by_sign(series_compare(a, b), b, a);
}
static Series within(const Series *a, double low, double high) {
  Series from = series_number(low), to = series_number(high), most = greater(a, &from);
  return smaller(&most, &to);
}

static Series truth(int sign, bool less, bool equal, bool more) {
  return sign == 2 ? series_unknown() : series_number(sign < 0 ? less : sign ? more : equal);
}

static Series both(const Series *a, const Series *b, bool either) {
  int p = series_sign(a), q = series_sign(b);
  if (p == 2 || q == 2) return series_unknown();
  return series_number(either ? p || q : p && q);
}

static Series magnitude(const Series *a) {
  Series minus = negative(a);
  return by_sign(series_sign(a), a, &minus);
}

/* ---- functions ---- */

static Series sigmoid(const Series *a) {
  Series half = series_scale(a, 0.5), r = series_tanh(&half);
  r = series_scale(&r, 0.5);
  r.of[SERIES_ZERO] = 1 / (1 + exp(-a->of[SERIES_ZERO]));
  return r;
}

static Series expm1_of(const Series *a) {
  Series r = series_exp(a);
  r.of[SERIES_ZERO] = expm1(a->of[SERIES_ZERO]);
  return r;
}

static Series softplus(const Series *a) {
  double x = a->of[SERIES_ZERO];
  Series slope = sigmoid(a);
  return series_along(a, &slope, (x > 0 ? x : 0) + log1p(exp(-fabs(x))));
}

/* With the slope factor exp(-a^2). */
static Series bell(const Series *a, double factor, double value) {
  Series r = square(a);
  r = negative(&r);
  r = series_exp(&r);
  r = series_scale(&r, factor);
  return series_along(a, &r, value);
}

static Series erfc_of(const Series *a) {
  return bell(a, -1.1283791670955126, erfc(a->of[SERIES_ZERO]));
}

static Series gelu(const Series *a) {
  Series r = series_scale(a, -0.7071067811865476);
  r = erfc_of(&r);
  r = series_scale(&r, 0.5);
  return series_multiply(a, &r);
}

/* With the slope (2 - a^2) times the density at a. */
static Series gelu_slope(const Series *a) {
  const double x = a->of[SERIES_ZERO], value = 0.5 * erfc(-0.7071067811865476 * x) +
                                               0.3989422804014327 * x * exp(-0.5 * x * x);
  Series slope = square(a), density;
  density = series_scale(&slope, -0.5);
  density = series_exp(&density);
  density = series_scale(&density, 0.3989422804014327);
  slope = negative(&slope);
  slope = plus(&slope, 2);
  slope = series_multiply(&slope, &density);
  return series_along(a, &slope, value);
}

static Series mish(const Series *a) {
  Series r = softplus(a);
  r = series_tanh(&r);
  return series_multiply(a, &r);
}

/* With the slope factor (p + q a^2)^power. */
static Series inverse(const Series *a, double p, double q, double power, double factor,
                      double value) {
  Series r = square(a);
  r = series_scale(&r, q);
  r = plus(&r, p);
  r = series_power(&r, power);
  r = series_scale(&r, factor);
  return series_along(a, &r, value);
}

static Series hyperbolic(const Series *a, double sign, double value) {
  Series r = series_exp(a), other = negative(a);
  other = series_exp(&other);
  other = series_scale(&other, sign);
  r = series_add(&r, &other);
  r = series_scale(&r, 0.5);
  r.of[SERIES_ZERO] = value;
  return r;
}

static Series power(const Series *a, const Series *b) {
  Series plain = series_number(b->of[SERIES_ZERO]);
  if (series_compare(&plain, b) == 0) return series_power(a, b->of[SERIES_ZERO]);
  Series r = series_log(a);
  r = series_multiply(&r, b);
  return series_exp(&r);
}

static Series hypotenuse(const Series *a, const Series *b) {
  Series p = square(a), q = square(b);
  p = series_add(&p, &q);
  return series_power(&p, 0.5);
}

/* log(exp(a) + exp(b)) = a + softplus(b - a). */
static Series logaddexp(const Series *a, const Series *b) {
  Series r = series_subtract(b, a);
  r = softplus(&r);
  return series_add(a, &r);
}

static Series quotient_floor(const Series *a, const Series *b) {
  Series r = series_divide(a, b);
  return series_floor(&r);
}

static Series modulo(const Series *a, const Series *b) {
  Series r = quotient_floor(a, b);
  r = series_multiply(&r, b);
  return series_subtract(a, &r);
}

static Series tangent(const Series *a) {
  Series s = series_sin(a, false), c = series_sin(a, true);
  return series_divide(&s, &c);
}

static Series log1p_of(const Series *a) {
  Series r = plus(a, 1);
  r = series_log(&r);
  r.of[SERIES_ZERO] = log1p(a->of[SERIES_ZERO]);
  return r;
}

static Series log_to(const Series *a, double base) {
  Series r = series_log(a);
  return series_scale(&r, 1 / log(base));
}

static Series leaky(const Series *a, const Series *slope) {
  Series low = series_multiply(slope, a);
  return by_sign(series_sign(a), a, &low);
}

static Series elu(const Series *a, const Series *alpha, double scale) {
  Series low = expm1_of(a);
  low = series_multiply(alpha, &low);
  low = by_sign(series_sign(a), a, &low);
  return series_scale(&low, scale);
}

static Series softsign(const Series *a) {
  Series r = magnitude(a);
  r = plus(&r, 1);
  return series_divide(a, &r);
}

static Series sigmoid_slope(const Series *a) {
  Series r = series_scale(a, 0.5);
  r = series_tanh_slope(&r);
  return series_scale(&r, 0.25);
}

static bool is_zero(const Series *a) { return series_sign(a) == 0; }

static Series arithmetic(Op op, const Series *a, const Series *b, const Series *c) {
  switch (op) {
    case OP_ADD: return series_add(a, b);
    case OP_SUB: return series_subtract(a, b);
    case OP_PORTION:
    case OP_MUL: return series_multiply(a, b);
    case OP_DIV: return series_divide(a, b);
    case OP_CHAIN: return is_zero(a) ? *a : series_multiply(a, b);
    case OP_CHAIN_DIV: return is_zero(a) ? *a : series_divide(a, b);
    case OP_NEG: return negative(a);
    case OP_MOD: return modulo(a, b);
    case OP_IDIV: return quotient_floor(a, b);
    case OP_POW: return power(a, b);
    case OP_SQUARE: return square(a);
    case OP_SQRT: return series_power(a, 0.5);
    case OP_RSQRT: return series_power(a, -0.5);
    case OP_ABS: return magnitude(a);
    case OP_FLOOR: return series_floor(a);
    case OP_MINIMUM: return smaller(a, b);
    case OP_MAXIMUM: return greater(a, b);
    case OP_CLAMP: {
      Series most = greater(a, b);
      return smaller(&most, c);
    }
    case OP_WHERE: return by_sign(series_sign(a), b, c);
    case OP_REQUIRE: return *b;
    case OP_EQ: return truth(series_compare(a, b), false, true, false);
    case OP_NE: return truth(series_compare(a, b), true, false, true);
    case OP_LT: return truth(series_compare(a, b), true, false, false);
    case OP_LE: return truth(series_compare(a, b), true, true, false);
    case OP_GT: return truth(series_compare(a, b), false, false, true);
    case OP_GE: return truth(series_compare(a, b), false, true, true);
    case OP_AND: return both(a, b, false);
    case OP_OR: return both(a, b, true);
    case OP_NOT: return truth(series_sign(a), false, true, false);
    case OP_ISNAN:
    case OP_ISINF: return isnan(series_limit(a)) ? series_unknown() : series_number(false);
    case OP_ISFINITE: return isnan(series_limit(a)) ? series_unknown() : series_number(true);
    default: return series_unknown();
  }
}

Series beside_map(Op op, const Series *a, const Series *b, const Series *c) {
  double x = a->of[SERIES_ZERO];
  Series one = series_number(1), minus = negative(a), alpha = series_number(1.6732632423543772);
  switch (op) {
    case OP_SIGN:
      one = series_number(-1), minus = series_number(1);
      return is_zero(a) ? *a : by_sign(series_sign(a), &minus, &one);
    case OP_CEIL: minus = series_floor(&minus); return negative(&minus);
    case OP_EXP: return series_exp(a);
    case OP_EXPM1: return expm1_of(a);
    case OP_LOG: return series_log(a);
    case OP_LOG1P: return log1p_of(a);
    case OP_LOG2: return log_to(a, 2);
    case OP_LOG10: return log_to(a, 10);
    case OP_LOGADDEXP: return logaddexp(a, b);
    case OP_SIN: return series_sin(a, false);
    case OP_COS: return series_sin(a, true);
    case OP_TAN: return tangent(a);
    case OP_ASIN: return inverse(a, 1, -1, -0.5, 1, asin(x));
    case OP_ACOS: return inverse(a, 1, -1, -0.5, -1, acos(x));
    case OP_ATAN: return inverse(a, 1, 1, -1, 1, atan(x));
    case OP_SINH: return hyperbolic(a, -1, sinh(x));
    case OP_COSH: return hyperbolic(a, 1, cosh(x));
    case OP_TANH: return series_tanh(a);
    case OP_ASINH: return inverse(a, 1, 1, -0.5, 1, asinh(x));
    case OP_ACOSH: return inverse(a, -1, 1, -0.5, 1, acosh(x));
    case OP_ATANH: return inverse(a, 1, -1, -1, 1, atanh(x));
    case OP_HYPOT: return hypotenuse(a, b);
    case OP_ERF: return bell(a, 1.1283791670955126, erf(x));
    case OP_ERFC: return erfc_of(a);
    case OP_SIGMOID: return sigmoid(a);
    case OP_LOG_SIGMOID: minus = softplus(&minus); return negative(&minus);
    case OP_RELU: minus = series_number(0); return greater(a, &minus);
    case OP_LEAKY_RELU: return leaky(a, b);
    case OP_ELU: return elu(a, b, 1);
    case OP_SELU: return elu(a, &alpha, 1.0507009873554805);
    case OP_GELU: return gelu(a);
    case OP_SILU: minus = sigmoid(a); return series_multiply(a, &minus);
    case OP_MISH: return mish(a);
    case OP_SOFTPLUS: return softplus(a);
    case OP_SOFTSIGN: return softsign(a);
    case OP_HARDTANH: return within(a, -1, 1);
    case OP_HARDSIGMOID:
      minus = plus(a, 3);
      minus = series_scale(&minus, 1.0 / 6);
      return within(&minus, 0, 1);
    case OP_TANH_SLOPE: return series_tanh_slope(a);
    case OP_SIGMOID_SLOPE: return sigmoid_slope(a);
    case OP_GELU_SLOPE: return gelu_slope(a);
    default: return arithmetic(op, a, b, c);
  }
}

Series beside_cast(Dtype from, Dtype to, const Series *a) {
  if (to == DTYPE_BOOL && from != DTYPE_BOOL) return truth(series_sign(a), true, false, true);
  if (dtype_floats(to) || !dtype_floats(from)) return *a;
  Series minus = negative(a), up = series_floor(a), down = series_floor(&minus);
  down = negative(&down);
  return is_zero(a) ? *a : by_sign(series_sign(a), &up, &down); /* towards 0 */
}
