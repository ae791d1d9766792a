/* dtype.h — the types of elements. */
#ifndef GD_RUNTIME_TENSOR_DTYPE_H
#define GD_RUNTIME_TENSOR_DTYPE_H

#include "runtime/base/diag.h"

#include <assert.h>
#include <string.h>

/* In order of promotion (LANGUAGE.md section 2).  BF16, the upper half of an f32, is for storage:
 * its values are moved and converted, and computed with as f32. */
typedef enum Dtype {
  DTYPE_BOOL,
  DTYPE_U8,
  DTYPE_I32,
  DTYPE_BF16,
  DTYPE_F32,
  DTYPE_F64,
  DTYPE_COUNT
} Dtype;

static inline size_t dtype_bytes(Dtype dtype) {
  static const uint8_t bytes[DTYPE_COUNT] = {1, 1, 4, 2, 4, 8};
  return bytes[dtype];
}
static inline bool dtype_floats(Dtype dtype) { return dtype >= DTYPE_BF16; }
/* a float that kernels compute with */
static inline bool dtype_computes(Dtype dtype) { return dtype >= DTYPE_F32; }
/* what its values are computed with */
static inline Dtype dtype_wide(Dtype dtype) { return dtype == DTYPE_BF16 ? DTYPE_F32 : dtype; }
/* The upper half of an f32, rounded to the nearest, ties to even; NaN stays NaN. */
static inline uint16_t bf16_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (value != value) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
/* Rounded once: where rounding to f32 produced a tie, it is broken towards the original value. */
static inline uint16_t bf16_near(double value) {
  float near = (float)value;
  uint32_t bits;
  memcpy(&bits, &near, sizeof bits);
  bool tie = (bits & 0xffff) == 0x8000 && (double)near != value && value - value == 0;
  bool beyond = (near < 0 ? -(double)near : (double)near) > (value < 0 ? -value : value);
  if (tie) bits = beyond ? bits - 1 : bits + 1;
  memcpy(&near, &bits, sizeof near);
  return bf16_of(near);
}
static inline float bf16_value(uint16_t half) {
  uint32_t bits = (uint32_t)half << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
/* element `index` of an array, as a double */
static inline double dtype_element(Dtype dtype, const void *data, int64_t index) {
  switch (dtype) {
    case DTYPE_BOOL:
    case DTYPE_U8: return ((const uint8_t *)data)[index];
    case DTYPE_I32: return ((const int32_t *)data)[index];
    case DTYPE_BF16: return (double)bf16_value(((const uint16_t *)data)[index]);
    case DTYPE_F32: return (double)((const float *)data)[index];
    case DTYPE_F64: return ((const double *)data)[index];
    case DTYPE_COUNT: break;
  }
  assert(false);
  return 0;
}
const char *dtype_name(Dtype dtype); /* "f32" */
bool dtype_parse(const char *name, Dtype *dtype);
static inline Dtype dtype_promote(Dtype a, Dtype b) { return a > b ? a : b; }
/* Can the dtype represent the value?  A float rounds, but never to infinity; a whole dtype drops
 * the fraction; a bool takes everything. */
bool dtype_holds(Dtype dtype, double value);
/* fills diag for one that it does not hold; false */
bool dtype_refuse(Diag *diag, Span span, Dtype dtype, double value);

#endif
