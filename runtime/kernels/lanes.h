/* lanes.h — convolution with an image to each lane, where images are too narrow for vectors. */
#ifndef GD_RUNTIME_KERNELS_LANES_H
#define GD_RUNTIME_KERNELS_LANES_H

#include "runtime/kernels/conv.h"

/* Each computes y or dx if the convolution is of its kind, and returns whether it did: with the
 * bits of the slides of direct.c, which asks for it. */
bool lanes_forward(const Conv *conv);
bool lanes_input(const Conv *conv);
/* The same for dw: into how many runs of images it is cut at most, of whole vectors of them; 0
 * where it is not of that kind. */
int64_t lanes_weight_runs(const Conv *conv);
void lanes_weight(const Conv *conv);

#endif
