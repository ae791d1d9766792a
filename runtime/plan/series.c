/* series.c — sums of powers of an infinitely small t.
 *
 * A product is the product of polynomials; only orders that both factors determine are kept. Powers
 * and elementary functions follow from their differential equations, coefficient by coefficient
 * (Knuth, The Art of Computer Programming 2, 4.7).  What is left of a sum by rounding alone counts
 * as 0: else every cancelled pole would stay one.
 */
#include "runtime/plan/series.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { ZERO = SERIES_ZERO, TERMS = SERIES_TERMS };

double series_settle(double sum, double size) {
  return fabs(sum) <= 32 * DBL_EPSILON * size ? 0 : sum;
}

Series series_number(double value) {
  Series r = {{0}};
  if (!isfinite(value)) return series_unknown();
  r.of[ZERO] = value;
  return r;
}

static void forget(Series *a, int from) {
  for (int k = from; k < TERMS; k++) a->of[k] = NAN;
}

Series series_unknown(void) {
  Series r;
  forget(&r, 0);
  return r;
}

/* Nothing is known behind what is not. */
static Series closed(Series r) {
  for (int k = 0; k < TERMS; k++) {
    if (isfinite(r.of[k])) continue;
    forget(&r, k);
    break;
  }
  return r;
}

/* The first coefficient that is not 0; TERMS if there is none. */
static int lead(const Series *a) {
  int k = 0;
  while (k < TERMS && a->of[k] == 0) k++;
  return k;
}

static bool infinite(const Series *a) { return lead(a) < ZERO; }

int series_sign(const Series *a) {
  int k = lead(a);
  return k == TERMS ? 0 : isnan(a->of[k]) ? 2 : a->of[k] > 0 ? 1 : -1;
}

int series_compare(const Series *a, const Series *b) {
  Series d = series_subtract(a, b);
  return series_sign(&d);
}

double series_limit(const Series *a) { return infinite(a) ? NAN : a->of[ZERO]; }

/* ---- arithmetic ---- */

Series series_add(const Series *a, const Series *b) {
  Series r;
  for (int k = 0; k < TERMS; k++)
    r.of[k] = series_settle(a->of[k] + b->of[k], fabs(a->of[k]) + fabs(b->of[k]));
  return closed(r);
}

Series series_scale(const Series *a, double factor) {
  Series r = {{0}};
  if (factor == 0) return r;
  for (int k = 0; k < TERMS; k++) r.of[k] = a->of[k] * factor;
  return closed(r);
}

Series series_subtract(const Series *a, const Series *b) {
  Series minus = series_scale(b, -1);
  return series_add(a, &minus);
}

Series series_multiply(const Series *a, const Series *b) {
  int first_a = lead(a), first_b = lead(b), start = first_a + first_b - ZERO;
  Series r = {{0}};
  if (isnan(a->of[0]) || isnan(b->of[0])) return series_unknown(); /* beside a 0 too */
  if (first_a == TERMS || first_b == TERMS) return r;
  if (start < 0) return series_unknown();
  for (int k = start; k < TERMS; k++) {
    int last_a = k + ZERO - first_b, last_b = k + ZERO - first_a;
    double sum = 0, size = 0;
    if (last_a >= TERMS || last_b >= TERMS) {
      forget(&r, k);
      break;
    }
    for (int i = first_a; i <= last_a; i++) {
      double part = a->of[i] * b->of[k + ZERO - i];
      sum += part;
      size += fabs(part);
    }
    r.of[k] = series_settle(sum, size);
  }
  return closed(r);
}

Series series_divide(const Series *a, const Series *b) {
  Series inverse = series_power(b, -1);
  return lead(a) == TERMS && lead(b) < TERMS ? series_number(0) : series_multiply(a, &inverse);
}

/* a = c t^e (1 + h), so a^p = c^p t^(e p) (1 + h)^p, if e p is whole. */
Series series_power(const Series *a, double exponent) {
  int first = lead(a);
  Series r = {{0}};
  if (exponent == 0) return series_number(1);
  if (first == TERMS) return exponent > 0 ? r : series_unknown();
  double c = a->of[first], order = (first - ZERO) * exponent, start = ZERO + order;
  if (isnan(c) || order != floor(order) || (c < 0 && exponent != floor(exponent)) || start < 0)
    return series_unknown();
  if (start >= TERMS) return r;
  for (int n = 0; (int)start + n < TERMS; n++) {
    double sum = n == 0, size = 0;
    if (first + n >= TERMS) {
      forget(&r, (int)start + n);
      break;
    }
    for (int k = 1; k <= n; k++) {
      double part = (k * exponent - (n - k)) * a->of[first + k] / c * r.of[(int)start + n - k];
      sum += part / n;
      size += fabs(part / n);
    }
    r.of[(int)start + n] = n ? series_settle(sum, size) : 1;
  }
  return series_scale(&r, pow(c, exponent));
}

/* ---- functions ---- */

Series series_along(const Series *a, const Series *slope, double value) {
  Series rise = {{0}}, r = series_number(value);
  if (infinite(a)) return series_unknown();
  for (int k = 0; k + 1 < TERMS; k++) rise.of[k] = (k + 1 - ZERO) * a->of[k + 1];
  rise.of[TERMS - 1] = lead(&rise) == TERMS ? 0 : NAN;
  Series both = series_multiply(&rise, slope);
  if (both.of[ZERO - 1] != 0) return series_unknown(); /* a logarithm of t */
  for (int k = 0; k < TERMS; k++)
    if (k != ZERO) r.of[k] = k ? both.of[k - 1] / (k - ZERO) : 0;
  return closed(r);
}

Series series_exp(const Series *a) {
  Series r = {{0}};
  if (infinite(a)) return series_unknown();
  const double *g = a->of + ZERO;
  double *y = r.of + ZERO;
  y[0] = exp(g[0]);
  for (int n = 1; n <= ZERO; n++) {
    double sum = 0, size = 0;
    for (int k = 1; k <= n; k++) {
      double part = k * g[k] * y[n - k] / n;
      sum += part;
      size += fabs(part);
    }
    y[n] = series_settle(sum, size);
  }
  return closed(r);
}

Series series_log(const Series *a) {
  if (lead(a) != ZERO || !(a->of[ZERO] > 0)) return series_unknown();
  Series slope = series_power(a, -1);
  return series_along(a, &slope, log(a->of[ZERO]));
}

/* tanh, and its slope 1 - tanh^2, each from what is known of the other. */
static void hyperbolic(const Series *a, Series *tangent, Series *slope) {
  const double *g = a->of + ZERO;
  double *y = tangent->of + ZERO, *q = slope->of + ZERO, c = cosh(g[0]);
  *tangent = *slope = series_number(0);
  y[0] = tanh(g[0]);
  q[0] = 1 / (c * c);
  for (int n = 1; n <= ZERO; n++) {
    for (int k = 1; k <= n; k++) y[n] += k * g[k] * q[n - k] / n;
    for (int k = 0; k <= n; k++) q[n] -= y[k] * y[n - k];
  }
  *tangent = closed(*tangent);
  *slope = closed(*slope);
}

Series series_tanh(const Series *a) {
  Series tangent, slope;
  if (infinite(a)) return series_unknown();
  hyperbolic(a, &tangent, &slope);
  return tangent;
}

Series series_tanh_slope(const Series *a) {
  Series tangent, slope;
  if (infinite(a)) return series_unknown();
  hyperbolic(a, &tangent, &slope);
  return slope;
}

Series series_sin(const Series *a, bool cosine) {
  Series s = series_number(0), c = series_number(0);
  if (infinite(a)) return series_unknown();
  const double *g = a->of + ZERO;
  s.of[ZERO] = sin(g[0]);
  c.of[ZERO] = cos(g[0]);
  for (int n = 1; n <= ZERO; n++) {
    for (int k = 1; k <= n; k++) {
      s.of[ZERO + n] += k * g[k] * c.of[ZERO + n - k] / n;
      c.of[ZERO + n] -= k * g[k] * s.of[ZERO + n - k] / n;
    }
  }
  return closed(cosine ? c : s);
}

Series series_floor(const Series *a) {
  if (infinite(a) || isnan(a->of[ZERO])) return series_unknown();
  double whole = floor(a->of[ZERO]);
  Series at = series_number(whole);
  int side = series_compare(a, &at);
  return side == 2 ? series_unknown() : series_number(side < 0 ? whole - 1 : whole);
}
