/* turns.h — sine, cosine and tangent of what is not far from 0, as straight lines of arithmetic,
 * for vector instructions.
 *
 * The angle is reduced by whole quarter turns, n pi / 2, to at most pi / 4 (pi / 2 in parts of
 * which n times each is exact), and a polynomial of least greatest relative error (Remez's
 * exchange) does the rest: both sine and cosine are computed, and the quarter chooses.  Floats go
 * through double.  Far from 0 the parts would have to be many; such angles are rare, and the C
 * library's.  No multiply-add is fused, so all instruction sets give the same bits.
 */
#ifndef GD_RUNTIME_KERNELS_TURNS_H
#define GD_RUNTIME_KERNELS_TURNS_H

#include "runtime/kernels/bits.h"

#include <stdbool.h>

/* below these, 2^22 and 2^20, by size; the upper halves of their bits */
enum { TURNS_MOST_F32 = 0x4a800000, TURNS_MOST_F64 = 0x41300000 };
static inline bool turns_near_f32(float a) { return __builtin_fabsf(a) < 0x1p22f; }
static inline bool turns_near_f64(double a) { return __builtin_fabs(a) < 0x1p20; }

/* sin and cos of r + low, |r| <= pi / 4 and low below its last place: r + r^3 S(r^2) and
 * 1 - r^2 / 2 + r^4 C(r^2), S and C of least greatest error. */
static inline double turns_sin(double r, double low) {
  double z = r * r;
  double s = -1.66666666666666297e-01 +
             z * (8.33333333332211303e-03 +
                  z * (-1.98412698295847575e-04 +
                       z * (2.75573136196761347e-06 +
                            z * (-2.50507474873387874e-08 + z * 1.58962137445450666e-10))));
  return r + (low * (1 - 0.5 * z) + r * (z * s));
}
static inline double turns_cos(double r, double low) {
  /* r^2 / 2 in two parts, the first of them exact: rounded, it would cost a quarter of a place */
  double z = r * r, high = double_of(wide_bits_of(r) & (-((int64_t)1 << 27))),
         half = 0.5 * high * high, less = 0.5 * (r - high) * (r + high) + r * low, whole = 1 - half;
  double c = 4.16666666666665950e-02 +
             z * (-1.38888888888730492e-03 +
                  z * (2.48015872888465267e-05 +
                       z * (-2.75573141777627528e-07 +
                            z * (2.08757006283886062e-09 + z * -1.13585252078453074e-11))));
  return whole + (((1 - whole) - half) + (z * (z * c) - less));
}
/* a - b = *rest + what this gives, exactly (Knuth, The Art of Computer Programming, 4.2.2). */
static inline double turns_apart(double a, double b, double *rest) {
  double sum = a - b, part = sum - a;
  *rest = (a - (sum - part)) - (b + part);
  return sum;
}
/* For |x| < 2^20: n pi / 2 + r + low = x with |r| <= pi / 4; returns n mod 4.  pi / 2 is taken in
 * four parts, of which n times each of the first three is exact (Cody and Waite, Software Manual
 * for the Elementary Functions, 1980). */
static inline int64_t turns_reduce(double x, double *r, double *low) {
  double shifted = x * 6.36619772367581382e-01 + ROUNDER_F64, n = shifted - ROUNDER_F64;
  double first, second, left = x - n * 0x1.921fb544p+0;
  left = turns_apart(left, n * 0x1.0b4611a6p-34, &first);
  left = turns_apart(left, n * 0x1.3198a2ep-69, &second);
  second = (first + second) - n * 0x1.b839a252049c1p-104;
  *r = left + second;
  *low = (left - *r) + second;
  return wide_bits_of(shifted) & 3;
}
/* sin(x + turns pi / 2) */
static inline double turns_f64(double x, int64_t turns) {
  double r, low;
  int64_t at = turns_reduce(x, &r, &low) + turns;
  double s = turns_sin(r, low), c = turns_cos(r, low), y = at & 1 ? c : s;
  y = double_of(wide_bits_of(y) ^ (int64_t)((uint64_t)(at & 2) << 62));
  return turns == 0 && x == 0 ? x : y; /* -0 too */
}
static inline double turns_tangent_f64(double x) {
  double r, low;
  bool odd = turns_reduce(x, &r, &low) & 1;
  double s = turns_sin(r, low), c = turns_cos(r, low), y = (odd ? -c : s) / (odd ? s : c);
  return x == 0 ? x : y;
}
/* Of floats in double, where r alone has digits to spare: sin and cos of r; returns the quarter. */
static inline int64_t turns_parts_f32(float x, double *s, double *c) {
  double wide = (double)x, shifted = wide * 6.36619772367581382e-01 + ROUNDER_F64,
         n = shifted - ROUNDER_F64, r = (wide - n * 0x1.921fb54p+0) - n * 0x1.10b4611a62633p-30;
  double z = r * r;
  *s = r + r * (z * (-1.66666666407867176e-01 +
                     z * (8.33332930363684179e-03 +
                          z * (-1.98393118792395594e-04 + z * 2.71811788666485876e-06))));
  *c = 1 + z * (-0.5 + z * (4.16666666194729918e-02 +
                            z * (-1.38888834985034034e-03 +
                                 z * (2.47994597410699927e-05 + z * -2.72057200979343646e-07))));
  return wide_bits_of(shifted);
}
static inline float turns_f32(float x, int64_t turns) {
  double s, c;
  int64_t at = turns_parts_f32(x, &s, &c) + turns;
  double y = at & 1 ? c : s;
  y = double_of(wide_bits_of(y) ^ (int64_t)((uint64_t)(at & 2) << 62));
  return turns == 0 && x == 0 ? x : (float)y;
}
/* tan(x) */
static inline float turns_tangent_f32(float x) {
  double s, c;
  bool odd = turns_parts_f32(x, &s, &c) & 1;
  double y = (odd ? -c : s) / (odd ? s : c);
  return x == 0 ? x : (float)y;
}

#endif
