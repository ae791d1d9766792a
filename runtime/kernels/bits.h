/* bits.h — floats as whole numbers and back, for functions that are made of both, and what rounds
 * in a way of its own. */
#ifndef GD_RUNTIME_KERNELS_BITS_H
#define GD_RUNTIME_KERNELS_BITS_H

#include <stdint.h>
#include <string.h>

static inline float float_of(int32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static inline int32_t bits_of(float x) {
  int32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
static inline double double_of(int64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static inline int64_t wide_bits_of(double x) {
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* A product and a sum, rounded once (IEEE 754, fusedMultiplyAdd). */
static inline float fma_f32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double fma_f64(double a, double b, double c) { return __builtin_fma(a, b, c); }

/* Adding and taking away 1.5 * 2^23 (2^52) rounds to the nearest whole number, which then stands in
 * the low bits. */
#define ROUNDER_F32 12582912.0f
#define ROUNDER_F64 6755399441055744.0

#endif
