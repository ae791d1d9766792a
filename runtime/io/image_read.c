/* image_read.c — space for the pixels of a picture, before anything of it is unpacked. */
#include "runtime/io/image_read.h"

enum { SIDE_MOST = 1 << 20 };

bool image_reserve(Image *image, const Files *files, const char *path, Diag *diag) {
  int64_t most = files && files->unpacked ? files->unpacked : FILE_UNPACKED_MOST, samples = 0;
  bool fits = image->width <= SIDE_MOST && image->height <= SIDE_MOST &&
              size_mul(image->width, image->height * image->channels, &samples) && samples <= most;
  if (!fits)
    return file_fail_byte(diag, path, 0,
                          "a picture of %lld x %lld pixels: at most %lld samples are unpacked",
                          (long long)image->width, (long long)image->height, (long long)most);
  Shape shape = shape_of(3, (int64_t[]){image->height, image->width, image->channels});
  return tensor_zeros(&image->pixels, DTYPE_F32, &shape, diag);
}
