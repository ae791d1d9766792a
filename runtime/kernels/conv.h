/* conv.h — convolution of images [N, C, H, W].  Attributes and layouts stand in ops.def. */
#ifndef GD_RUNTIME_KERNELS_CONV_H
#define GD_RUNTIME_KERNELS_CONV_H

#include "runtime/kernels/kernel.h"

void kernel_conv2d(Call *call);
void kernel_conv2d_input(Call *call);
void kernel_conv2d_weight(Call *call);

/* Straight from the definition, for tests. */
void kernel_conv2d_plain(Call *call);
void kernel_conv2d_input_plain(Call *call);
void kernel_conv2d_weight_plain(Call *call);

#endif
