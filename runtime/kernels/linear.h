/* linear.h — the kernels of linear algebra.  Attributes and layouts stand in ops.def. */
#ifndef GD_RUNTIME_KERNELS_LINEAR_H
#define GD_RUNTIME_KERNELS_LINEAR_H

#include "runtime/kernels/product.h"

Kernel kernel_matmul, kernel_solve, kernel_inverse, kernel_det, kernel_log_det, kernel_cofactor,
    kernel_cholesky, kernel_trisolve, kernel_qr, kernel_svd, kernel_eigh;

/* kernel_matmul with a callback: computes the product in any case.  True: finish has been called as
 * product_run_then says, where the rows are those of the output along its last axis, all leading
 * axes taken together.  False: it has not been called, the call being a batch of several products,
 * of whole numbers, or empty; the caller finishes the rows itself. */
bool linear_matmul_then(Call *call, void (*finish)(void *context, int64_t row, int64_t rows),
                        void *context);

/* The product of the first two matrices of the call: all of it, where it has no leading axes. */
void linear_product(const Call *call, Product *product);

/* Is the call, whose views have types but maybe no data yet, one product that can be made ready? */
bool linear_ready(Call *call, ReadyProduct *ready);

/* The same without the library and without our own fast loops. */
Kernel kernel_matmul_plain, kernel_solve_plain, kernel_inverse_plain, kernel_det_plain,
    kernel_log_det_plain, kernel_cholesky_plain, kernel_trisolve_plain, kernel_qr_plain,
    kernel_svd_plain, kernel_eigh_plain;

#endif
