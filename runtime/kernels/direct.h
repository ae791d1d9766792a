/* direct.h — convolution without patches, where patches do not pay. */
#ifndef GD_RUNTIME_KERNELS_DIRECT_H
#define GD_RUNTIME_KERNELS_DIRECT_H

#include "runtime/kernels/conv.h"

/* Each computes y or dx if the convolution is of its kind, and returns whether it did. */
bool direct_forward(const Conv *conv);
bool direct_input(const Conv *conv);
/* The same for dw; writes to conv->partial where there is one (conv.c). */
bool direct_fits_weight(const Conv *conv);
void direct_weight(const Conv *conv);

#endif
