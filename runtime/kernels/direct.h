/* direct.h — convolution without patches, where these do not pay. */
#ifndef GD_RUNTIME_KERNELS_DIRECT_H
#define GD_RUNTIME_KERNELS_DIRECT_H

#include "runtime/kernels/conv.h"

/* Each works y or dx out if the convolution is of its kind, and says whether it was. */
bool direct_forward(const Conv *conv);
bool direct_input(const Conv *conv);
/* dw, of one whose kind it is; into conv->partial where there is one (conv.c). */
bool direct_fits_weight(const Conv *conv);
void direct_weight(const Conv *conv);

#endif
