/* arcs.h — the arcs of doubles: atan2, and asin, acos and atan by it, as straight lines of
 * arithmetic, for vector instructions.
 *
 * atan(y / x) for 0 <= y <= x: with c the eighth nearest to y / x,
 * atan(y / x) = atan(c) + atan(t), t = (y - c x) / (x + c y), |t| <= 1/16 (up to 3/16 c is 0, so
 * that what t loses is small beside the result); atan(t) is an odd polynomial of least greatest
 * error (Chebyshev's), atan(c) a double of a table and the rest of it.  Octant by octant the others
 * follow.  asin(a) is the angle of (sqrt(1 - a^2), a), the root's argument rounded once.
 */
#ifndef GD_RUNTIME_KERNELS_ARCS_H
#define GD_RUNTIME_KERNELS_ARCS_H

#include "runtime/kernels/bits.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

/* atan(j / 8), what is near 1/8 being taken from 0; to 15, which NaN may ask for … */
static const double ARCS[16] = {0,
                                0,
                                0x1.f5b75f92c80ddp-3,
                                0x1.6f61941e4def1p-2,
                                0x1.dac670561bb4fp-2,
                                0x1.1e00babdefeb4p-1,
                                0x1.4978fa3269ee1p-1,
                                0x1.700a7c5784634p-1,
                                0x1.921fb54442d18p-1};
/* … and by which part the true value is greater */
static const double ARCS_REST[16] = {0,
                                     0,
                                     0x1.8ab6e3cf7afbdp-57,
                                     -0x1.c63aae6f6e918p-56,
                                     0x1.a2b7f222f65e2p-56,
                                     -0x1.928df287a668fp-58,
                                     0x1.2419a87f2a458p-56,
                                     -0x1.8c34d25aadef6p-56,
                                     0x1.1a62633145c07p-55};

/* atan(small / big) for 0 <= small <= big, big a normal number below 2^1000 */
static inline double arcs_of_ratio(double small, double big) {
  double shifted = 8 * (small / big) + ROUNDER_F64, k = shifted - ROUNDER_F64;
  uint64_t j = (uint64_t)wide_bits_of(shifted) & 15;
  double c = k == 1 ? 0 : 0.125 * k, t = fma_f64(-c, big, small) / fma_f64(c, small, big),
         z = t * t;
  double high = 1.1111110938699799e-01 +
                z * (-9.0908899358937305e-02 +
                     z * (7.6911488956586782e-02 +
                          z * (-6.6276268909072773e-02 + z * 5.1886181955263627e-02)));
  double low = z * (-3.3333333333333331e-01 +
                    z * (1.9999999999998710e-01 + z * (-1.4285714284950940e-01 + z * high)));
  return ARCS[j] + (ARCS_REST[j] + (t + t * low));
}
/* An infinity is a number greater than any other, so that two are as 1 to 1. */
static inline double arcs_of_two(double a, double b) {
  double y = __builtin_fabs(a), x = __builtin_fabs(b);
  y = y > DBL_MAX ? 1 : x > DBL_MAX ? 0 : y;
  x = x > DBL_MAX ? 1 : __builtin_fabs(a) > DBL_MAX ? 0 : x;
  bool steep = y > x;
  double small = steep ? x : y, big = steep ? y : x;
  double scale = big > 0x1p900 ? 0x1p-120 : big < 0x1p-900 ? 0x1p120 : 1;
  big = big == 0 ? 1 : big * scale;
  double turn = arcs_of_ratio(small * scale, big);
  turn = steep ? 0x1.921fb54442d18p+0 - (turn - 0x1.1a62633145c07p-54) : turn;
  turn = wide_bits_of(b) < 0 ? 0x1.921fb54442d18p+1 - (turn - 0x1.1a62633145c07p-53) : turn;
  return a == a && b == b ? __builtin_copysign(turn, a) : (double)NAN;
}
static inline double arcs_sin(double a) {
  return arcs_of_two(a, __builtin_sqrt(fma_f64(-a, a, 1)));
}
static inline double arcs_cos(double a) {
  return arcs_of_two(__builtin_sqrt(fma_f64(-a, a, 1)), a);
}

#endif
