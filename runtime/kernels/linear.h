/* linear.h — the kernels of linear algebra.  Attributes and layouts stand in ops.def. */
#ifndef GD_RUNTIME_KERNELS_LINEAR_H
#define GD_RUNTIME_KERNELS_LINEAR_H

#include "runtime/kernels/kernel.h"

void kernel_matmul(Call *call);
void kernel_solve(Call *call);
void kernel_inverse(Call *call);
void kernel_det(Call *call);
void kernel_cholesky(Call *call);
void kernel_trisolve(Call *call);
void kernel_qr(Call *call);
void kernel_svd(Call *call);
void kernel_eigh(Call *call);

/* kernel_matmul with a hook: works out the product in any case.  True: finish has been called as product_run_then says, where the rows are those of the
 * output along its last axis, all leading axes taken together.  False: it has not been called, the call being a batch of several
 * products, of whole numbers, or empty; the caller finishes himself. */
bool matmul_then(Call *call, void (*finish)(void *context, int64_t row, int64_t rows), void *context);

/* The same without the library and without our own fast loops. */
void kernel_matmul_plain(Call *call);
void kernel_solve_plain(Call *call);
void kernel_inverse_plain(Call *call);
void kernel_det_plain(Call *call);
void kernel_cholesky_plain(Call *call);
void kernel_trisolve_plain(Call *call);
void kernel_qr_plain(Call *call);
void kernel_svd_plain(Call *call);
void kernel_eigh_plain(Call *call);

#endif
