/* pool.h — pooling of images [N, C, H, W].  Attributes and layouts stand in ops.def. */
#ifndef GD_RUNTIME_KERNELS_POOL_H
#define GD_RUNTIME_KERNELS_POOL_H

#include "runtime/kernels/kernel.h"

Kernel kernel_pool_argmax, kernel_pool_max, kernel_pool_max_input, kernel_pool_sum,
    kernel_pool_sum_input;

#endif
