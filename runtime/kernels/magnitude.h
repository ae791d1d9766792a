/* magnitude.h — how large the elements of an array are.
 *
 * A magnitude is the bits of an absolute value read as a whole number (of an f64 their upper half).
 * It orders floats by size, with an infinity above all numbers and NaN above that.  So one maximum
 * tells whether all elements are finite and how large they are.
 */
#ifndef GD_RUNTIME_KERNELS_MAGNITUDE_H
#define GD_RUNTIME_KERNELS_MAGNITUDE_H

#include "runtime/tensor/tensor.h"

static inline bool magnitude_finite(int most, Dtype dtype) {
  return most < (dtype == DTYPE_F32 ? 0x7f800000 : 0x7ff00000);
}
/* the greatest value that has this magnitude, which is finite */
double magnitude_value(int most, Dtype dtype);

/* the greater of the two, from any thread */
void magnitude_grow(_Atomic int *most, int magnitude);
/* the greatest magnitude; 0 of whole dtypes */
int magnitude_of(const void *data, Dtype dtype, int64_t count);
bool magnitude_all_finite(const void *data, Dtype dtype, int64_t count);
/* The least and the greatest element of floats; false if one is NaN or infinite, or there are none.
 */
bool magnitude_limits(const void *data, Dtype dtype, int64_t count, double *low, double *high);

#endif
