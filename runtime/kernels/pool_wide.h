/* pool_wide.h — windows of 2 x 2 of floats, sixteen at a time; what is where: pool_wide.c. */
#ifndef GD_RUNTIME_KERNELS_POOL_WIDE_H
#define GD_RUNTIME_KERNELS_POOL_WIDE_H

#include "runtime/base/base.h"

/* Has this processor the instructions? */
bool pool_wide(void);

/* `rows` rows of `count` windows side by side, over twice as many rows of x, `width` apart: the
 * greatest of each into y [rows, count]; the first of equals, or the first NaN if there is one. */
void pool_wide_max(const float *x, int64_t width, int64_t rows, int64_t count, float *y);

/* The transpose: each of dy [rows, count] into dx where its window's greatest is, 0 at the other
 * three places. */
void pool_wide_max_input(const float *dy, const float *x, int64_t width, int64_t rows,
                         int64_t count, float *dx);

#endif
