/* bell.h — the error function of doubles and what is made of it, for vector instructions.
 *
 * erfc(x) = exp(-x^2) P(v) / (x + 4) for x from 0.45 on, where P is a polynomial in
 * v = x / (x + 4): smooth, of order 1, and right to 1e-17 up to 27.5, where erfc vanishes.
 * Below 0.5 erf is an odd polynomial.  The last terms of quotient, polynomial and product are kept
 * apart until the end, and what x^2 lost goes to the exponent's remainder, so erf and erfc are
 * within 3 units of the last place, gelu within 4.  gelu(x) = max(x, 0) - |x| erfc(|x| / sqrt(2))
 * / 2. Multiply-adds are fused only where the code calls fma_f64.
 */
#ifndef GD_RUNTIME_KERNELS_BELL_H
#define GD_RUNTIME_KERNELS_BELL_H

#include "runtime/kernels/exponential.h"

/* erf(x) / x for |x| < 0.5, of t = x^2 */
static inline double bell_near(double t) {
  double p = -1.45546838694242809e-07;
  p = fma_f64(t, p, 1.63640532714331571e-06);
  p = fma_f64(t, p, -1.49226800024830997e-05);
  p = fma_f64(t, p, 1.20552783790928394e-04);
  p = fma_f64(t, p, -8.54832640089578702e-04);
  p = fma_f64(t, p, 5.22397762111562539e-03);
  p = fma_f64(t, p, -2.68661706449584078e-02);
  p = fma_f64(t, p, 1.12837916709547750e-01);
  p = fma_f64(t, p, -3.76126389031837483e-01);
  return fma_f64(t, p, 1.12837916709551256e+00);
}

/* exp(x^2) erfc(x), and in *rest what it lacks, for x from 0.45 to 27.5 */
static inline double bell_beyond(double x, double *rest) {
  double above = x + 4, lost = x > 4 ? (x - above) + 4 : (4 - above) + x, share = 1 / above;
  double v = x * share, w = fma_f64(fma_f64(-v, lost, fma_f64(-v, above, x)), share, v - 0.5625),
         t = w * w;
  double even = -1.25874992614582650e-02, odd = -1.50880124709869366e-02;
  even = fma_f64(t, even, 2.26408657169747292e-02), odd = fma_f64(t, odd, 2.21008104796986925e-02);
  even = fma_f64(t, even, -4.78749263672334988e-02),
  odd = fma_f64(t, odd, -7.72749248240986539e-03);
  even = fma_f64(t, even, 9.45504769271434675e-02), odd = fma_f64(t, odd, -7.57492881319770522e-02);
  even = fma_f64(t, even, -1.09469042026060712e-01), odd = fma_f64(t, odd, 3.11441239269247827e-01);
  even = fma_f64(t, even, -2.30366969671836480e-01),
  odd = fma_f64(t, odd, -3.59614073160861469e-01);
  even = fma_f64(t, even, 1.41616027916740261e+00), odd = fma_f64(t, odd, -2.62510694600445627e+00);
  even = fma_f64(t, even, 3.57854611080894580e+00), odd = fma_f64(t, odd, -3.99106566989297784e+00);
  even = fma_f64(t, even, 3.81275305770719308e+00), odd = fma_f64(t, odd, -3.19878873895167137e+00);
  even = fma_f64(t, even, 2.39308266137316661e+00), odd = fma_f64(t, odd, -1.61242681934487053e+00);
  double slope = fma_f64(w, even, odd), p = fma_f64(w, slope, 9.85027843780011514e-01);
  double p_rest = fma_f64(w, slope, 9.85027843780011514e-01 - p) + 4.689441789846462e-17,
         result = p * share, share_rest = fma_f64(-share, above, 1) - share * lost;
  *rest = fma_f64(p, share, -result) + fma_f64(result, share_rest, p_rest * share);
  return result;
}

/* exp(-x) (a + rest) for x from 0 to 760, of which `behind` more lies behind the last place */
static inline double bell_falling(double x, double behind, double a, double rest) {
  double part;
  uint64_t n;
  double root = exponential_root(-x, 0, &n, &part), whole = root * a,
         whole_rest = fma_f64(root, rest, fma_f64(root, a, -whole));
  part = part - behind - part * behind;
  double low = double_of((int64_t)((n >> 1) << 52)),
         high = double_of((int64_t)((n - (n >> 1)) << 52));
  return (whole + fma_f64(whole, part, whole_rest)) * low * high;
}

/* erfc(x) for x from 0.45 on */
static inline double bell_tail(double x) {
  double inside = x > 27.5 ? 27.5 : x, square = inside * inside, rest,
         beyond = bell_beyond(inside, &rest);
  return bell_falling(square, fma_f64(inside, inside, -square), beyond, rest);
}

static inline double erf_f64(double a) {
  double size = __builtin_fabs(a), near = a * bell_near(a * a), far = 1 - bell_tail(size);
  return size < 0.5 ? near : __builtin_copysign(far, a);
}
static inline double erfc_f64(double a) {
  double near = fma_f64(-a, bell_near(a * a), 1), tail = bell_tail(__builtin_fabs(a));
  double far = a < 0 ? 2 - tail : tail;
  return __builtin_fabs(a) < 0.5 ? near : far;
}

/* |a| and, as often as a bell lies beyond it, the two parts of it; what is behind z^2 / 2 */
static inline double gelu_f64(double a) {
  double size = __builtin_fabs(a), z = size > 38.8 ? 38.8 : size, half = 0.5 * z, square = half * z,
         x = z * 0.70710678118654757, rest;
  double beyond = bell_beyond(x, &rest), tail = beyond * half,
         tail_rest = fma_f64(beyond, half, -tail) + rest * half;
  double far = (a < 0 ? 0 : a) - bell_falling(square, fma_f64(half, z, -square), tail, tail_rest);
  double near = a * fma_f64(0.5 * 0.70710678118654757 * a, bell_near(0.5 * a * a), 0.5);
  return size < 0.7 ? near : far;
}

/* gelu's derivative: P(below x) + x times the density at x. */
static inline double gelu_slope_f64(double a) {
  double size = __builtin_fabs(a), z = size > 38.8 ? 38.8 : size, half = 0.5 * z, square = half * z,
         x = z * 0.70710678118654757, rest;
  double beyond = 0.5 * bell_beyond(x, &rest) - z * 0.3989422804014327,
         below = bell_falling(square, fma_f64(half, z, -square), beyond, 0.5 * rest);
  double bell = bell_falling(square, 0, 0.3989422804014327, 0),
         near = fma_f64(a, fma_f64(0.5 * 0.70710678118654757, bell_near(square), bell), 0.5);
  return size < 0.7 ? near : a < 0 ? below : 1 - below;
}

#endif
