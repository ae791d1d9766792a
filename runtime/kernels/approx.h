/* approx.h — the real functions that rows of ops.def call as F(name), for float and for double.
 *
 * Every f has two forms, f_f32 and f_f64.  Most are written here, in arcs.h, bell.h,
 * exponential.h, logarithm.h, power.h and turns.h as straight lines of arithmetic without a branch,
 * so that the compiler turns the loops of loops.c into vector instructions (make vectors); each is
 * within 2 units in the last place (ulp) of the true value (tan, acosh and atanh of doubles a
 * twentieth more), exp, log, sin, cos and powers of doubles within 1, erf and erfc of doubles
 * within 3 and gelu within 4, as tests/runtime/kernels/approx_test.c shows.  Where they want a
 * fused multiply-add they say fma_f32 or fma_f64, which is one everywhere: an instruction with
 * AVX2, AVX-512 and on ARM, a call of the C library (right, but slow) on the x86 of before 2013.
 * The compiler itself fuses nothing, so all instruction sets give the same bits.
 *
 * Two ways are used.  exp, tanh, sigmoid and log stay in float: the argument is reduced to a small
 * interval (exp(x) = 2^n exp(r) with |r| <= ln 2 / 2; log(2^e m) = e ln 2 + log(m), m within a
 * factor sqrt(2) of 1) where a polynomial, fitted for the least greatest relative error (Remez's
 * exchange, Lawson's weights), does the rest.  tanh and sigmoid are made of exp(r) - 1, which is
 * small, and of 2^n, which is exact, so that 1 + exp(x) is rounded once.  The others go through
 * double, whose 29 spare bits make the error a matter of the last rounding alone: core_exp and
 * core_log are Taylor sums to about 1e-12; core_bell and core_beyond, of which erfc and gelu are
 * made, are fitted to 4e-10, core_atan and core_asin to 1e-10.  What is rare (far angles, gamma) is
 * left to the C library.
 *
 * Conditions are written `c ? x : y` over values already computed: a select, not a jump. NaN goes
 * through all of them; infinities give the limits.
 *
 * To add one: both forms here, a row in ops.def, a line in the test's table with its bound.
 */
#ifndef GD_RUNTIME_KERNELS_APPROX_H
#define GD_RUNTIME_KERNELS_APPROX_H

#include "runtime/kernels/arcs.h"
#include "runtime/kernels/bell.h"
#include "runtime/kernels/exponential.h"
#include "runtime/kernels/power.h"
#include "runtime/kernels/turns.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- plain ones ---- */
static inline float abs_f32(float a) { return __builtin_fabsf(a); }
static inline double abs_f64(double a) { return __builtin_fabs(a); }
static inline float sqrt_f32(float a) { return __builtin_sqrtf(a); }
static inline double sqrt_f64(double a) { return __builtin_sqrt(a); }
static inline float floor_f32(float a) { return __builtin_floorf(a); }
static inline double floor_f64(double a) { return __builtin_floor(a); }
static inline float ceil_f32(float a) { return __builtin_ceilf(a); }
static inline double ceil_f64(double a) { return __builtin_ceil(a); }
static inline float rint_f32(float a) { return __builtin_rintf(a); }
static inline double rint_f64(double a) { return __builtin_rint(a); }
static inline float trunc_f32(float a) { return __builtin_truncf(a); }
static inline double trunc_f64(double a) { return __builtin_trunc(a); }

/* IEEE 754-2019 maximum and minimum: NaN if either is, and -0 is below +0. */
static inline float maximum_f32(float a, float b) {
  float equal = bits_of(a) < 0 ? b : a;
  return a > b ? a : b > a ? b : a == b ? equal : a + b;
}
static inline double maximum_f64(double a, double b) {
  double equal = wide_bits_of(a) < 0 ? b : a;
  return a > b ? a : b > a ? b : a == b ? equal : a + b;
}
static inline float minimum_f32(float a, float b) {
  float equal = bits_of(a) < 0 ? a : b;
  return a < b ? a : b < a ? b : a == b ? equal : a + b;
}
static inline double minimum_f64(double a, double b) {
  double equal = wide_bits_of(a) < 0 ? a : b;
  return a < b ? a : b < a ? b : a == b ? equal : a + b;
}

/* Between limits that are numbers and not 0 of a sign; NaN stays. */
static inline float within_f32(float a, float lo, float hi) {
  return a < lo ? lo : a > hi ? hi : a;
}
static inline double within_f64(double a, double lo, double hi) {
  return a < lo ? lo : a > hi ? hi : a;
}

/* NaN stays; adding 0 turns the -0 of relu(-0) into 0. */
static inline float relu_f32(float a) { return (0.0f > a ? 0.0f : a) + 0.0f; }
static inline double relu_f64(double a) { return (0.0 > a ? 0.0 : a) + 0.0; }

/* The remainder with the sign of the divisor (LANGUAGE.md section 3). */
static inline double mod_f64(double a, double b) {
  double rest = fmod(a, b);
  if (rest == 0) return copysign(0, b);
  return (rest < 0) != (b < 0) ? rest + b : rest;
}
/* Where the quotient of two floats is below 2^28, its double is never rounded up to a whole number
 * that it is not (it is at least 2^-24 away), so its floor is right: no jump is needed. */
static inline bool mod_near_f32(float a, float b) {
  return abs_f32(a) < abs_f32(b) * 0x1p28f && abs_f32(b) <= FLT_MAX;
}
static inline double floor_quotient(float a, float b) { return floor_f64((double)a / (double)b); }
static inline float mod_beside_f32(float a, float b) {
  return copysignf((float)((double)a - floor_quotient(a, b) * (double)b), b);
}
static inline float idiv_beside_f32(float a, float b) { return (float)floor_quotient(a, b); }
static inline float mod_f32(float a, float b) {
  if (mod_near_f32(a, b)) return mod_beside_f32(a, b);
  float rest = fmodf(a, b);
  if (rest == 0) return copysignf(0, b);
  return (rest < 0) != (b < 0) ? rest + b : rest;
}
/* The quotient without what mod leaves, so it is whole but for a rounding; by an infinite b it is
 * 0, or -1. */
static inline double idiv_f64(double a, double b) {
  if (b == 0 || a - a != 0) return a / b * (a - a == 0 ? 1 : NAN);
  if (isinf(b)) return a != 0 && (a < 0) != (b < 0) ? -1 : a / b;
  return copysign(rint((a - mod_f64(a, b)) / b), a / b); /* -0 too */
}
static inline float idiv_f32(float a, float b) {
  return mod_near_f32(a, b) ? idiv_beside_f32(a, b) : (float)idiv_f64((double)a, (double)b);
}

/* ---- the cores in double, for arguments and results in the range of float ---- */

/* exp(x) to 1e-12; beyond the range of float it is 0 or infinite once it is one. */
static inline double core_exp(double x) {
  double inside = x < -160 ? -160 : x;
  inside = inside > 130 ? 130 : inside;
  double shifted = fma_f64(inside, 1.4426950408889634, ROUNDER_F64);
  double n = shifted - ROUNDER_F64;
  double r = fma_f64(n, -1.90821492927058770002e-10,
                     fma_f64(n, -6.93147180369123816490e-01, inside));
  double square = r * r;
  double high = fma_f64(r, fma_f64(r, 1.0 / 3628800, 1.0 / 362880), 1.0 / 40320);
  double middle = fma_f64(r, fma_f64(r, 1.0 / 5040, 1.0 / 720), 1.0 / 120);
  double low = fma_f64(r, fma_f64(r, 1.0 / 24, 1.0 / 6), 0.5);
  double p = fma_f64(square * r, fma_f64(square * r, high, middle), low);
  p = 1 + fma_f64(square, p, r);
  uint64_t power = (uint64_t)wide_bits_of(shifted) - (uint64_t)wide_bits_of(ROUNDER_F64) + 1023;
  return p * double_of((int64_t)(power << 52));
}

/* exp(x) - 1 with all its digits near 0, and at most 2^130. */
static inline double core_expm1(double x) {
  double inside = x < -160 ? -160 : x;
  inside = inside > 130 ? 130 : inside;
  double shifted = inside * 1.4426950408889634 + ROUNDER_F64;
  double n = shifted - ROUNDER_F64;
  double r = (inside - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  double p = 1.0 / 6 +
             r * (1.0 / 24 +
                  r * (1.0 / 120 +
                       r * (1.0 / 720 +
                            r * (1.0 / 5040 +
                                 r * (1.0 / 40320 + r * (1.0 / 362880 + r * (1.0 / 3628800)))))));
  p = r + r * r * (0.5 + r * p);
  uint64_t power = (uint64_t)wide_bits_of(shifted) - (uint64_t)wide_bits_of(ROUNDER_F64) + 1023;
  double scale = double_of((int64_t)(power << 52));
  return scale * p + (scale - 1);
}

/* log(x) to 1e-12, of 0 and doubles that are not subnormal.  With s = f / (2 + f), log(1 + f) = 2
 * atanh(s). */
static inline double core_log(double x) {
  uint64_t bits = (uint64_t)wide_bits_of(x);
  /* biased; m in [sqrt(1/2), sqrt(2)) */
  uint64_t exponent = (bits + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu)) >> 52;
  double e = double_of((int64_t)(0x4330000000000000u | exponent)) - (4503599627370496.0 + 1023);
  double f = double_of((int64_t)(bits - ((exponent - 1023) << 52))) - 1;
  double s = f / (2 + f), z = s * s;
  double p = 2.0 / 3 +
             z * (2.0 / 5 +
                  z * (2.0 / 7 + z * (2.0 / 9 + z * (2.0 / 11 + z * (2.0 / 13 + z * (2.0 / 15))))));
  double result = e * 0.6931471805599453 + (2 * s + s * z * p);
  result = x == HUGE_VAL ? HUGE_VAL : result;
  result = x == 0 ? -HUGE_VAL : result;
  return x >= 0 ? result : (double)NAN;
}

/* log(1 + x) with all its digits near 0. */
static inline double core_log1p(double x) {
  double near = x - x * x * (0.5 - x * (1.0 / 3)), far = core_log(1 + x);
  return abs_f64(x) < 1e-4 ? near : far;
}

/* exp(-z^2 / 2) for z >= 0 to 1e-10; as a float it is 0 from 14.5 on.  r is -2 times what is left
 * of the exponent, and the coefficients are those of exp times powers of -1/2.  The power of 2 is
 * added to the exponent's bits. */
static inline double core_bell(double z) {
  double square = z * z, shifted = fma_f64(square, -0.7213475204444817, ROUNDER_F64);
  double r = fma_f64(shifted - ROUNDER_F64, 1.3862943611198906, square);
  double p = fma_f64(r, -1.97903464318616005e-04 / 128, 1.39446602563858806e-03 / 64);
  p = fma_f64(r, p, -8.33349706934267270e-03 / 32);
  p = fma_f64(r, p, 4.16662949368928823e-02 / 16);
  p = fma_f64(r, p, -1.66666658689359842e-01 / 8);
  p = fma_f64(r, p, 5.00000006768584027e-01 / 4);
  p = fma_f64(r, fma_f64(r, p, -0.5), 1);
  return double_of((int64_t)((uint64_t)wide_bits_of(p) + ((uint64_t)wide_bits_of(shifted) << 52)));
}

/* exp(z^2 / 2) times the probability that a standard normal is beyond z, for z from 0 to 15, to
 * 4e-10: times z + 4.625 it is smooth and of order 1, a polynomial in u = (z - 4.625) / (z +
 * 4.625). */
static inline double core_beyond(double z) {
  double above = z + 4.625, near = (double)(1 / ((float)z + 4.625f)),
         share = fma_f64(near, fma_f64(-above, near, 1), near); /* 1 / above, by Newton's step */
  double u = fma_f64(-9.25, share, 1), v = u * u;
  double even = fma_f64(v, 1.12360707304092156e-04, -1.09736324949781831e-03);
  double odd = fma_f64(v, 1.20521422226070439e-04, 1.10612381077057750e-03);
  even = fma_f64(v, even, 7.56103866742630169e-03);
  odd = fma_f64(v, odd, -4.19944434170044997e-02);
  even = fma_f64(v, even, 1.24706959825936339e-01);
  odd = fma_f64(v, odd, -2.68869955776081970e-01);
  even = fma_f64(v, even, 4.59569144640647687e-01);
  odd = fma_f64(v, odd, -6.47130895093677383e-01);
  even = fma_f64(v, even, 7.64879211140713000e-01);
  return fma_f64(u, odd, even) * share;
}

/* erf(x) for |x| <= 1; beyond, something. */
static inline double core_erf(double x) {
  double z = x * x;
  double p = 1.19573312836697765e-04 + z * (-1.39140677361380733e-05 + z * 1.06011936619537278e-06);
  p = -2.68661340129999343e-02 +
      z * (5.22378653061045511e-03 + z * (-8.54270308659118628e-04 + z * p));
  return x * (1.12837916709471298e+00 +
              z * (-3.76126388900992648e-01 + z * (1.12837913183375896e-01 + z * p)));
}

/* atan(small / big) for 0 <= small <= big, not both 0, to 1e-10: above tan(pi / 8) what is more
 * than pi / 4. */
static inline double core_atan(double small, double big) {
  bool above = small > 0.41421356237309503 * big;
  double t = (above ? small - big : small) / (above ? small + big : big), z = t * t;
  double p = 1.10713545712013514e-01 + z * (-8.62459821519612618e-02 + z * 5.04793743204009077e-02);
  p = -3.33333332792245418e-01 +
      z * (1.99999772482335303e-01 + z * (-1.42841506297302884e-01 + z * p));
  return (above ? 0.78539816339744828 : 0) + (t + t * (z * p));
}

/* asin(sqrt(z)), s being sqrt(z), for z from 0 to 1/4. */
static inline double core_asin(double s, double z) {
  double p = 2.36118170088917521e-02 + z * (1.05744155169129085e-02 + z * 3.09745403713550735e-02);
  p = 4.46476638881348475e-02 + z * (3.02691387285891830e-02 + z * p);
  return s + s * (z * (1.66666666860856433e-01 + z * (7.49999240440183818e-02 + z * p)));
}

/* ---- exponentials ---- */
static inline double exp_f64(double a) { return exponential_f64(a); }

/* exp(x) = 2^n (1 + what this gives), for x from -104 to 89; *shifted is n + bias, in the lowest
 * bits of its significand. ln 2 is subtracted in two parts; n times the first is exact. */
static inline float exp_reduced(float x, float bias, float *shifted) {
  *shifted = fma_f32(x, 1.44269504f, ROUNDER_F32 + bias);
  float n = *shifted - (ROUNDER_F32 + bias);
  float r = fma_f32(n, -1.42860677e-6f, fma_f32(n, -0.693145752f, x));
  float square = r * r,
        high = fma_f32(square, 1.393792219e-03f, fma_f32(r, 8.366555907e-03f, 4.166643322e-02f));
  return fma_f32(fma_f32(square, high, fma_f32(r, 1.666654348e-01f, 0.5f)), square, r);
}
/* The same with *power = 2^n, for x from -88 (where 2^n is taken to be 0) to 88. */
static inline float exp_parts(float x, float *power) {
  float shifted, p = exp_reduced(x, 127.0f, &shifted);
  *power = float_of((int32_t)((uint32_t)bits_of(shifted) << 23));
  return p;
}
/* x times a power of 2 that may be subnormal: in two steps. */
static inline float scale_f32(float x, int32_t whole) {
  int32_t half = whole >> 1;
  float low = float_of((int32_t)((uint32_t)(half + 127) << 23)),
        high = float_of((int32_t)((uint32_t)(whole - half + 127) << 23));
  return x * low * high;
}
static inline float exp_f32(float a) {
  float inside = a < -104.0f ? -104.0f : a, shifted;
  float p = exp_reduced(inside > 89.0f ? 89.0f : inside, 0.0f, &shifted);
  return scale_f32(1.0f + p, (int32_t)((uint32_t)bits_of(shifted) - 0x4b400000u));
}

static inline double expm1_f64(double a) { return exponential_less_1(a); }
static inline float expm1_f32(float a) { return a == 0 ? a : (float)core_expm1((double)a); }

/* e / (1 + e) or 1 / (1 + e) with e = exp(-|a|); what the sum lost is made good. */
static inline double sigmoid_f64(double a) {
  double e = exp_f64(-abs_f64(a)), sum = 1 + e, lost = e - (sum - 1);
  double result = (a < 0 ? e : 1) / sum;
  return result - result * lost;
}
static inline float sigmoid_parts(float a, float *e) {
  float power, down = -abs_f32(a), p = exp_parts(down < -88.0f ? -88.0f : down, &power);
  *e = fma_f32(power, p, power);
  float sum = 1.0f + *e, lost = *e - (sum - 1.0f);
  float above = a < 0 ? *e : 1.0f, result = above / sum;
  return fma_f32(-result, lost, result);
}
static inline float sigmoid_f32(float a) {
  float e;
  return sigmoid_parts(a, &e);
}

/* e / (1 + e)^2 with e = exp(-|a|), where 1 / (1 + e) is y above 0 and 1 - y below: y (1 - y), with
 * the digits that 1 - y lost. */
static inline float sigmoid_slope_of(float a, float y, float e) {
  float greater = a > 0 ? y : 1.0f - y;
  return e * greater * greater;
}
static inline float sigmoid_slope_f32(float a, float y) {
  float e;
  (void)sigmoid_parts(a, &e);
  return sigmoid_slope_of(a, y, e);
}
static inline double sigmoid_slope_f64(double a, double y) {
  double e = exp_f64(-abs_f64(a));
  return a > 0 ? e * y * y : y * (1 - y);
}

/* (1 - e) / (1 + e) with e = exp(-2 |a|); near 0, where 2^n is 1, the numerator has all its digits.
 */
static inline double tanh_f64(double a) {
  double power, part = exponential_apart(-2 * abs_f64(a), &power);
  return copysign(((1 - power) - part) / ((1 + power) + part), a);
}
/* (1 - e) / (1 + e) with e = exp(-2 |a|).  Near 0, where 2^n is 1, the numerator is -p, with all
 * its digits. */
static inline float tanh_parts(float a, float *e) {
  float power, down = -2.0f * abs_f32(a), p = exp_parts(down < -88.0f ? -88.0f : down, &power);
  *e = fma_f32(power, p, power);
  /* -0 too */
  return copysignf(fma_f32(power, -p, 1.0f - power) / fma_f32(power, p, 1.0f + power), a);
}
static inline float tanh_f32(float a) {
  float e;
  return tanh_parts(a, &e);
}

/* 1 - y^2 = e (1 + |y|)^2 with e = exp(-2 |a|), which is as exact where y is 1.  Two multiply-adds:
 * as few as 1 - y^2 has. */
static inline float tanh_slope_of(float y, float e) {
  float size = abs_f32(y), once = fma_f32(e, size, e);
  return fma_f32(once, size, once);
}
static inline float tanh_slope_f32(float a, float y) {
  float e;
  (void)tanh_parts(a, &e);
  return tanh_slope_of(y, e);
}
static inline double tanh_slope_f64(double a, double y) {
  double greater = 1 + abs_f64(y), e = exp_f64(-2 * abs_f64(a));
  return abs_f64(a) < 1 ? (1 - abs_f64(y)) * greater : e * greater * greater;
}

/* For functions of the library that take a number apart by its bits, and so would see a subnormal:
 * arithmetic flushes it, where the mode says so. */
static inline double flushed(double a) { return copysign(a + 0.0, a); }

static inline double sinh_f64(double a) { return exponential_odd(a); }
/* (e - 1 / e) / 2 with e = exp(|a|), of which e - 1 is known with all its digits near 0. */
static inline float sinh_f32(float a) {
  double less = core_expm1((double)abs_f32(a));
  return copysignf((float)(0.5 * (less + less / (less + 1))), a);
}
static inline double cosh_f64(double a) { return exponential_even(a); }
static inline float cosh_f32(float a) {
  return (float)(0.5 * (core_exp((double)a) + core_exp(-(double)a)));
}

/* ---- logarithms ---- */
static inline double log_f64(double a) { return logarithm_f64(a); }
static inline float log_f32(float a) {
  float scaled = a < FLT_MIN ? a * 8388608.0f : a; /* subnormals: by 2^23 */
  uint32_t bits = (uint32_t)bits_of(scaled);
  int32_t exponent = (int32_t)(bits - 0x3f3504f3u) >> 23; /* m in [sqrt(1/2), sqrt(2)) */
  float e = (float)exponent - (a < FLT_MIN ? 23.0f : 0.0f);
  float f = float_of((int32_t)(bits - ((uint32_t)exponent << 23))) - 1.0f;
  float z = f * f;
  float p = fma_f32(fma_f32(fma_f32(f, 6.746641801e-02f, -1.167565180e-01f), f, 1.188816165e-01f),
                    f, -1.240558889e-01f);
  float q = fma_f32(fma_f32(f, 1.421955245e-01f, -1.666799586e-01f), f, 2.000211865e-01f);
  p = fma_f32(fma_f32(fma_f32(p, z * f, q), f, -2.500000960e-01f), f, 3.333331260e-01f);
  float low = fma_f32(f * z, p, e * -2.12194440e-4f); /* ln 2 in two parts, as in exp */
  float result = fma_f32(e, 0.693359375f, fma_f32(z, -0.5f, low) + f);
  result = a == HUGE_VALF ? HUGE_VALF : result;
  result = a == 0 ? -HUGE_VALF : result;
  return a >= 0 ? result : (float)NAN;
}

static inline double log1p_f64(double a) { return logarithm_beside_1(a); }
static inline float log1p_f32(float a) { return a == 0 ? a : (float)core_log1p((double)a); }
static inline double log2_f64(double a) { return logarithm_to_2(a); }
static inline float log2_f32(float a) { return (float)(core_log((double)a) * 1.4426950408889634); }
static inline double log10_f64(double a) { return logarithm_to_10(a); }
static inline float log10_f32(float a) { return (float)(core_log((double)a) * 0.4342944819032518); }

/* log(1 + exp(-size)) for size >= 0 */
static inline double log1p_exp_f64(double size) {
  double e = exp_f64(-size), sum = 1 + e, lost = e - (sum - 1);
  return logarithm_inside(sum) + lost / sum;
}
static inline float log1p_exp_f32(float size) { return (float)core_log1p(core_exp(-(double)size)); }

/* log(1 + exp(x)), from the side where nothing overflows. */
static inline double softplus_f64(double a) { return relu_f64(a) + log1p_exp_f64(abs_f64(a)); }
static inline float softplus_f32(float a) {
  return (float)((double)(a < 0 ? 0 : a) + core_log1p(core_exp(-(double)abs_f32(a))));
}
static inline double log_sigmoid_f64(double a) { return -softplus_f64(-a); }
static inline float log_sigmoid_f32(float a) { return -softplus_f32(-a); }

/* Powers of 0, 1, 2, 3 and -1 are what multiplying gives, so that x^2 may be computed as x * x.
 */
static inline double pow_f64(double a, double b) {
  double result = power_f64(a, b);
  result = b == 2 ? a * a : result;
  result = b == 3 ? a * a * a : result;
  result = b == 1 ? a : result;
  return b == -1 ? 1 / a : result;
}
static inline float pow_f32(float a, float b) {
  double size = core_exp((double)b * core_log((double)abs_f32(a)));
  /* 1 to an infinite power: 0 times infinity stands in the exponent */
  float result = abs_f32(a) == 1 ? 1.0f : (float)size;
  /* of a negative base, a whole power only */
  float half = b * 0.5f, signless = rint_f32(b) == b ? result : (float)NAN;
  result = a < 0 ? signless : result;
  result = a == -HUGE_VALF ? (float)size : result;
  float odd = rint_f32(half) == half ? result : copysignf(result, a);
  result = rint_f32(b) == b ? odd : result;
  result = a != a ? a : result;
  result = b != b ? b : result;
  result = a == 1 ? 1.0f : result;
  result = b == 0 ? 1.0f : result;
  result = b == 2 ? a * a : result;
  result = b == 3 ? a * a * a : result;
  result = b == 1 ? a : result;
  return b == -1 ? 1 / a : result;
}

/* ---- the error function and what is made of it ---- */

/* The smaller of two that are not below 0, by their bits: of a conditional, the compiler would
 * compute what follows of the constant too and choose there, often.  Of NaN and b it is b. */
static inline float least_f32(float a, float b) {
  int32_t one = bits_of(a), other = bits_of(b);
  return float_of(one < other ? one : other);
}
/* erfc(size) for size >= 0. */
static inline double core_erfc(float size) {
  /* as a float it is 0 from there on */
  double z = 1.4142135623730951 * (double)least_f32(size, 10.2f);
  return 2 * core_beyond(z) * core_bell(z);
}
static inline float erf_f32(float a) {
  float size = abs_f32(a);
  double near = core_erf((double)size), far = 1 - core_erfc(size);
  return a != a ? a : copysignf((float)(size < 1 ? near : far), a);
}
static inline float erfc_f32(float a) {
  double tail = core_erfc(abs_f32(a));
  tail = abs_f32(a) > 10.2f ? 0 : tail;
  return a != a ? a : (float)(a < 0 ? 2 - tail : tail);
}
/* x P(below x) = max(x, 0) - |x| P(beyond |x|). */
static inline float gelu_f32(float a) {
  double z = (double)least_f32(abs_f32(a), 15); /* in float: half as many vectors */
  double wide = (double)a, above = wide < 0 ? 0 : wide;
  return (float)(above - z * core_beyond(z) * core_bell(z));
}
static inline float gelu_slope_f32(float a) {
  double z = (double)least_f32(abs_f32(a), 15);
  double beyond = fma_f64(z, -0.3989422804014327, core_beyond(z)) * core_bell(z);
  double slope = (double)a < 0 ? beyond : 1 - beyond;
  return a != a ? a : (float)slope;
}

/* ---- trigonometry: sine and cosine near 0, else the C library's ---- */
static inline double sin_f64(double a) { return turns_near_f64(a) ? turns_f64(a, 0) : sin(a); }
static inline float sin_f32(float a) {
  return turns_near_f32(a) ? turns_f32(a, 0) : (float)sin((double)a);
}
static inline double cos_f64(double a) { return turns_near_f64(a) ? turns_f64(a, 1) : cos(a); }
static inline float cos_f32(float a) {
  return turns_near_f32(a) ? turns_f32(a, 1) : (float)cos((double)a);
}
static inline double tan_f64(double a) { return turns_near_f64(a) ? turns_tangent_f64(a) : tan(a); }
static inline float tan_f32(float a) {
  return turns_near_f32(a) ? turns_tangent_f32(a) : (float)tan((double)a);
}
/* Above 1/2 from the other end: 2 asin(sqrt((1 - |a|) / 2)) is how much is left to pi / 2. */
static inline double asin_f64(double a) { return arcs_sin(a); }
static inline float asin_f32(float a) {
  double size = (double)abs_f32(a), z = size > 0.5 ? 0.5 * (1 - size) : size * size;
  double arc = core_asin(size > 0.5 ? sqrt_f64(z) : size, z);
  return copysignf((float)(size > 0.5 ? 1.5707963267948966 - 2 * arc : arc), a);
}
static inline double acos_f64(double a) { return arcs_cos(a); }
static inline float acos_f32(float a) {
  double size = (double)abs_f32(a), z = size > 0.5 ? 0.5 * (1 - size) : size * size;
  double arc = core_asin(size > 0.5 ? sqrt_f64(z) : size, z);
  double near = 1.5707963267948966 - (a < 0 ? -arc : arc),
         far = a < 0 ? 3.1415926535897932 - 2 * arc : 2 * arc;
  return (float)(size > 0.5 ? far : near);
}
/* An infinity is a number greater than any other, so that two are as 1 to 1. */
static inline double atan2_f64(double a, double b) { return arcs_of_two(a, b); }
static inline float atan2_f32(float a, float b) {
  double y = abs_f32(a) > FLT_MAX ? 1e300 : (double)abs_f32(a),
         x = abs_f32(b) > FLT_MAX ? 1e300 : (double)abs_f32(b);
  bool steep = y > x;
  double small = steep ? x : y, big = steep ? y : x;
  double turn = core_atan(small, big == 0 ? 1 : big);
  turn = steep ? 1.5707963267948966 - turn : turn;
  turn = bits_of(b) < 0 ? 3.1415926535897932 - turn : turn;
  return a == a && b == b ? copysignf((float)turn, a) : (float)NAN;
}
static inline double atan_f64(double a) { return arcs_of_two(a, 1); }
static inline float atan_f32(float a) { return atan2_f32(a, 1); }

/* ---- inverses of hyperbolic functions, made of log(1 + x) ---- */
/* Far from 0 they are log(2 |a|), and log(1 + x) with x = |a| - 1 is log |a|. */
static const double ARC_FAR = 0x1p28, LOG_OF_2 = 0x1.62e42fefa39efp-1;
static inline double asinh_f64(double a) {
  double size = abs_f64(a), square = size * size, near = size + square / (1 + sqrt_f64(square + 1));
  double result = log1p_f64(size > ARC_FAR ? size - 1 : near);
  return copysign(size > ARC_FAR ? result + LOG_OF_2 : result, a);
}
static inline float asinh_f32(float a) {
  double size = (double)abs_f32(a), square = size * size;
  double result = core_log1p(size + square / (1 + sqrt_f64(square + 1)));
  return abs_f32(a) > FLT_MAX ? a : copysignf((float)result, a);
}
static inline double acosh_f64(double a) {
  double above = a - 1, near = above + sqrt_f64(fma_f64(above, above, 2 * above));
  double result = log1p_f64(a > ARC_FAR ? above : near);
  result = a > ARC_FAR ? result + LOG_OF_2 : result;
  return a < 1 ? (double)NAN : result;
}
static inline float acosh_f32(float a) {
  double above = (double)a - 1;
  return a < 1 ? (float)NAN : (float)core_log1p(above + sqrt_f64(above * (above + 2)));
}
static inline double atanh_f64(double a) {
  double size = abs_f64(a);
  return copysign(0.5 * log1p_f64(2 * size / (1 - size)), a);
}
static inline float atanh_f32(float a) {
  double size = (double)abs_f32(a);
  return copysignf((float)(0.5 * core_log1p(2 * size / (1 - size))), a);
}
static inline double hypot_f64(double a, double b) {
  double one = abs_f64(a), other = abs_f64(b), big = one > other ? one : other;
  double scale = big > 0x1p500    ? 0x1p-600
                 : big < 0x1p-500 ? 0x1p600
                                  : 1,
         back = big > 0x1p500    ? 0x1p600
                : big < 0x1p-500 ? 0x1p-600
                                 : 1;
  one *= scale, other *= scale;
  double length = sqrt_f64(fma_f64(one, one, other * other)) * back;
  return abs_f64(a) > DBL_MAX || abs_f64(b) > DBL_MAX ? HUGE_VAL : length;
}
static inline float hypot_f32(float a, float b) {
  float length = (float)sqrt_f64((double)a * (double)a + (double)b * (double)b);
  return abs_f32(a) > FLT_MAX || abs_f32(b) > FLT_MAX ? HUGE_VALF : length;
}

/* ---- the gamma function's kin ---- */
static inline double lgamma_f64(double a) {
  int sign;
  return lgamma_r(flushed(a), &sign); /* plain lgamma writes a global */
}
static inline float lgamma_f32(float a) { return (float)lgamma_f64((double)a); }
double digamma_f64(double a);
static inline float digamma_f32(float a) { return (float)digamma_f64((double)a); }
double polygamma_f64(double order, double a); /* the order-th derivative of digamma; order 1, 2 … */
static inline float polygamma_f32(float order, float a) {
  return (float)polygamma_f64((double)order, (double)a);
}

#endif
