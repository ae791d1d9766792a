/* pool.h — pooling of images [N, C, H, W].  Attributes and layouts stand in ops.def. */
#ifndef GD_RUNTIME_KERNELS_POOL_H
#define GD_RUNTIME_KERNELS_POOL_H

#include "runtime/kernels/kernel.h"

void kernel_pool_argmax(Call *call);
void kernel_pool_sum(Call *call);
void kernel_pool_sum_input(Call *call);

#endif
