/* direct.h — convolution without patches, where patches do not pay. */
#ifndef GD_RUNTIME_KERNELS_DIRECT_H
#define GD_RUNTIME_KERNELS_DIRECT_H

#include "runtime/kernels/conv.h"

/* Each computes y or dx if the convolution is of its kind, and returns whether it did. */
bool direct_forward(const Conv *conv);
bool direct_input(const Conv *conv);
/* The same for dw: into how many runs of images it is cut at most; 0 where it is not of its kind.
 * Writes to conv->partial where there is one (conv.c). */
int64_t direct_weight_runs(const Conv *conv);
void direct_weight(const Conv *conv);

#endif
