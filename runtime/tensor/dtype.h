/* dtype.h — the types of elements. */
#ifndef GD_RUNTIME_TENSOR_DTYPE_H
#define GD_RUNTIME_TENSOR_DTYPE_H

#include "runtime/base/diag.h"

/* In order of promotion (LANGUAGE.md section 2; bf16 may come between i32 and f32). */
typedef enum Dtype { DTYPE_BOOL, DTYPE_U8, DTYPE_I32, DTYPE_F32, DTYPE_F64, DTYPE_COUNT } Dtype;

static inline size_t dtype_bytes(Dtype dtype) {
  static const uint8_t bytes[DTYPE_COUNT] = {1, 1, 4, 4, 8};
  return bytes[dtype];
}
static inline bool dtype_floats(Dtype dtype) { return dtype >= DTYPE_F32; }
const char *dtype_name(Dtype dtype); /* "f32" */
bool dtype_parse(const char *name, Dtype *dtype);
static inline Dtype dtype_promote(Dtype a, Dtype b) { return a > b ? a : b; }
/* Can the dtype hold the value at all?  A float rounds, but never to infinity; a whole dtype drops
 * the fraction; a bool takes everything. */
bool dtype_holds(Dtype dtype, double value);
/* fills diag for one that it does not hold; false */
bool dtype_refuse(Diag *diag, Span span, Dtype dtype, double value);

#endif
