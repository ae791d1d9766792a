/* border.c — see border.h. */
#include "runtime/kernels/border.h"
#include "runtime/base/isa.h"

#include <string.h>

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

#define REAL float
#define NAMED(name) name##_f32
#define EVENS(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODDS(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define APART_LOW(a, zero) __builtin_shufflevector(a, zero, 0, 8, 1, 8, 2, 8, 3, 8)
#define APART_HIGH(a, zero) __builtin_shufflevector(a, zero, 4, 8, 5, 8, 6, 8, 7, 8)
#include "runtime/kernels/border.inc"

#define REAL double
#define NAMED(name) name##_f64
#define EVENS(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define ODDS(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7)
#define APART_LOW(a, zero) __builtin_shufflevector(a, zero, 0, 4, 1, 4)
#define APART_HIGH(a, zero) __builtin_shufflevector(a, zero, 2, 4, 3, 4)
#include "runtime/kernels/border.inc"

void border_fill(Dtype dtype, const Border *border, const void *image, void *into) {
  (dtype == DTYPE_F32 ? border_f32 : border_f64)(border, image, into);
}

void border_spread(Dtype dtype, const Border *border, const int64_t step[2], const void *image,
                   void *into) {
  (dtype == DTYPE_F32 ? spread_border_f32 : spread_border_f64)(border, step, image, into);
}

void border_add(Dtype dtype, const Border *border, const void *from, void *image) {
  (dtype == DTYPE_F32 ? add_border_f32 : add_border_f64)(border, from, image);
}
