/* softmax.h — softmax of rows, for other kernels. */
#ifndef GD_RUNTIME_KERNELS_SOFTMAX_H
#define GD_RUNTIME_KERNELS_SOFTMAX_H

#include "runtime/kernels/kernel.h"

/* softmax of each row of x [rows, n] into y, which does not overlap it; f32 or f64.  On the calling
 * thread, with the bits of SOFTMAX along the last axis. */
void softmax_rows(Dtype dtype, const void *x, void *y, int64_t rows, int64_t n);
/* softmax of one line x [n] whose exponentials have no sum, since it has NaN or infinities; its
 * elements are `stride` apart, and y's. */
void softmax_odd(Dtype dtype, const void *x, void *y, int64_t n, int64_t stride);

#endif
