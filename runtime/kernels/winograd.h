/* winograd.h — 3 x 3 convolutions by fewer multiplications, where there are enough channels. */
#ifndef GD_RUNTIME_KERNELS_WINOGRAD_H
#define GD_RUNTIME_KERNELS_WINOGRAD_H

#include "runtime/kernels/conv.h"

/* Does a convolution with this window [O, C / groups, 3, 3] and these attributes (ops.def) use
 * Winograd, if its images are not tiny? */
bool winograd_suits(Dtype dtype, const Shape *window, const int64_t *attrs);
/* Bytes of scratch that a gradient in this window takes, at most. */
size_t winograd_scratch(const Shape *window);
/* Each computes y, dx or dw if the convolution is of its kind and the result is finite, and returns
 * whether it did. */
bool winograd_forward(const Conv *conv);
bool winograd_input(const Conv *conv);
bool winograd_weight(const Conv *conv);

#endif
