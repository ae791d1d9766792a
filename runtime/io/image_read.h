/* image_read.h — inside this room: a picture's bytes as rows of samples. */
#ifndef GD_RUNTIME_IO_IMAGE_READ_H
#define GD_RUNTIME_IO_IMAGE_READ_H

#include "runtime/io/image.h"

/* A picture as its library gives it: rows of samples from 0 to 1, channels side by side. */
typedef struct Image {
  int64_t width, height;
  int channels;  /* 1 to 4: grey, grey and alpha, colours, colours and alpha */
  Tensor pixels; /* f32 [height, width, channels]; held, once its size is known */
} Image;

/* Makes space for the pixels; 65 where they are more than a packed file may become, 71 budget. */
bool image_reserve(Image *image, const Files *files, const char *path, Diag *diag);

/* Each fills an Image from the bytes of a file, or a Diag. */
bool image_png(const Bytes *bytes, const Files *files, const char *path, Image *image, Diag *diag);
bool image_jpeg(const Bytes *bytes, const Files *files, const char *path, Image *image, Diag *diag);
bool image_pnm(const Bytes *bytes, const Files *files, const char *path, Image *image, Diag *diag);

/* The heads alone; of the first bytes of a file.  *more: the head goes beyond them. */
bool image_png_head(const Bytes *bytes, const char *path, ImageHead *head, Diag *diag);
bool image_jpeg_head(const Bytes *bytes, const char *path, ImageHead *head, bool *more, Diag *diag);
bool image_pnm_head(const Bytes *bytes, const char *path, ImageHead *head, Diag *diag);

#endif
