/* power.h — powers of doubles as a straight line of arithmetic, for vector instructions.
 *
 * |a|^b = exp(b log |a|), the logarithm and its product with b each as two doubles, so that what
 * the exponential makes large is known: results are within 0.6 units in the last place, and exact
 * where the power is.  What is odd about 0, 1, infinity, NaN and negative bases is IEEE 754's
 * (section 9.2.1, pow), chosen at the end.
 */
#ifndef GD_RUNTIME_KERNELS_POWER_H
#define GD_RUNTIME_KERNELS_POWER_H

#include "runtime/kernels/exponential.h"
#include "runtime/kernels/logarithm.h"

/* size^b for size > 0; a b beyond 2^65 does to every size but 1 what 2^65 does. */
static inline double power_of_size(double size, double b) {
  double inside = b < -0x1p65 ? -0x1p65 : b, rest, first = logarithm_long(size, &rest);
  inside = inside > 0x1p65 ? 0x1p65 : inside;
  double product = inside * first, below = fma_f64(inside, first, -product) + inside * rest,
         far = __builtin_fabs(product);
  return exponential_scaled(product, far < 800 ? below : 0, 0);
}
static inline double power_f64(double a, double b) {
  double size = __builtin_fabs(a), result = power_of_size(size, b);
  double at_0 = b < 0 ? HUGE_VAL : 0, at_inf = b < 0 ? 0 : HUGE_VAL;
  result = size == 0 ? at_0 : result;
  result = size == HUGE_VAL ? at_inf : result;
  /* a negative base gives a number to a whole power only, or where it is 0 or infinite */
  double half = 0.5 * b;
  bool whole = __builtin_rint(b) == b, even = __builtin_rint(half) == half, open = size == HUGE_VAL;
  double other = whole || open ? result : (double)NAN;
  result = a < 0 ? other : result;
  double odd = __builtin_copysign(result, a);
  result = whole && !even ? odd : result;
  result = a != a ? a : result;
  result = b != b ? b : result;
  return a == 1 || b == 0 ? 1 : result;
}

#endif
