/* winograd.h — 3 x 3 convolutions by fewer multiplications, where there are enough channels. */
#ifndef GD_RUNTIME_KERNELS_WINOGRAD_H
#define GD_RUNTIME_KERNELS_WINOGRAD_H

#include "runtime/kernels/conv.h"

/* Each works y, dx or dw out if the convolution is of its kind and the result is finite, and says
 * whether it did. */
bool winograd_forward(const Conv *conv);
bool winograd_input(const Conv *conv);
bool winograd_weight(const Conv *conv);

#endif
