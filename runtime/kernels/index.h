/* index.h — some rows of a scatter alone. */
#ifndef GD_RUNTIME_KERNELS_INDEX_H
#define GD_RUNTIME_KERNELS_INDEX_H

#include "runtime/kernels/kernel.h"

/* Of a SCATTER along axis 0 to a matrix of f32 or f64, whose indices are known to be within it: the
 * rows from `row` on, with the bits of the whole. */
void index_scatter_rows(const Call *call, int64_t row, int64_t rows, void *to);

#endif
