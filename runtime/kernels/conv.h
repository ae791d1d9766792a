/* conv.h — convolution of images [N, C, H, W].  Attributes and layouts stand in ops.def. */
#ifndef GD_RUNTIME_KERNELS_CONV_H
#define GD_RUNTIME_KERNELS_CONV_H

#include "runtime/kernels/kernel.h"

Kernel kernel_conv2d, kernel_conv2d_input, kernel_conv2d_weight;

/* Straight from the definition, for tests. */
Kernel kernel_conv2d_plain, kernel_conv2d_input_plain, kernel_conv2d_weight_plain;

#endif
