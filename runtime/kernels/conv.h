/* conv.h — convolution of images [N, C, H, W].  Attributes and layouts stand in ops.def. */
#ifndef GD_RUNTIME_KERNELS_CONV_H
#define GD_RUNTIME_KERNELS_CONV_H

#include "runtime/kernels/kernel.h"

/* Everything about one convolution; for conv.c and direct.c. */
typedef struct Conv {
  Call *call;
  Dtype dtype;
  size_t size;                             /* bytes of an element */
  int64_t images, channels, height, width; /* of x */
  int64_t filters, out_height, out_width;  /* of y */
  int64_t kernel_height, kernel_width;
  /* vertically, horizontally; the padding is that above and to the left: what is below and to the
   * right follows from the sizes */
  int64_t stride[2], pad[2], dilation[2], groups;
  int64_t group_channels, group_filters;
  int64_t rows, pixels;           /* of the patches of one image and group */
  int64_t plane;                  /* height * width */
  const char *x, *w, *y;          /* whichever are inputs */
  char *out;                      /* the result */
  int64_t tile_rows, tile_pixels; /* of a tile of patches */
  int64_t tile_images;            /* whose patches are side by side in a tile; 1: parts of one */
  int64_t units, per_block;       /* of one block of the team */
  int64_t row_runs;               /* of the weight gradient: runs of rows and of images */
  int64_t image_runs;
  char *partial; /* a dw for each run of images; NULL when there is one */
} Conv;

/* Are the patches the image itself? */
static inline bool conv_is_pointwise(const Conv *conv) {
  return conv->kernel_height == 1 && conv->kernel_width == 1 && conv->stride[0] == 1 &&
         conv->stride[1] == 1 && conv->pad[0] == 0 && conv->pad[1] == 0;
}

Kernel kernel_conv2d, kernel_conv2d_input, kernel_conv2d_weight;

/* Straight from the definition, for tests. */
Kernel kernel_conv2d_plain, kernel_conv2d_input_plain, kernel_conv2d_weight_plain;

#endif
