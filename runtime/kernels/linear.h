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
