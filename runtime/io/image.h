/* image.h — pictures as tensors: PNG, JPEG and PNM, recognized by their first bytes.
 *
 * PNG goes through libpng and JPEG through libjpeg, which are loaded when first needed; PNM is read
 * here.  A picture's size and channels are in its head, which is read without a library; an
 * excessive size is refused before anything is allocated.  Elements are from 0 to 1, [C, H, W];
 * 16-bit ones keep their precision.  Transparency is a channel only where 4 (or 2) are asked for.
 */
#ifndef GD_RUNTIME_IO_IMAGE_H
#define GD_RUNTIME_IO_IMAGE_H

#include "runtime/io/file.h"
#include "runtime/tensor/tensor.h"

typedef struct ImageHead {
  int64_t width, height;
  int channels; /* 1 grey, 3 colours; without transparency */
  bool alpha;   /* there is some (of a PNG: as far as its first chunks say) */
} ImageHead;

/* How pictures are wanted; 0: as they are. */
typedef struct ImageForm {
  int64_t height, width;
  int channels; /* 1 grey, 2 and transparency, 3 colours, 4 and transparency */
} ImageForm;

bool image_head(const Files *files, const char *path, ImageHead *head, Diag *diag);
/* Writes the picture in that form (nothing 0) into a float tensor, from element `first` on. */
bool image_fill(const Files *files, const char *path, const ImageForm *form, Tensor *tensor,
                int64_t first, Diag *diag);

/* The pictures of a folder: of its folders, which are the classes, or its own. */
typedef struct ImageFolder {
  char **paths;   /* in order of class, then of name */
  int32_t *class; /* of each; NULL: there are no classes */
  int64_t count;
  char **names; /* of the classes, sorted */
  int64_t class_count;
  int64_t passed; /* files that are no pictures by their name */
  Arena arena;    /* has all of it */
} ImageFolder;

bool image_folder(const Files *files, const char *path, ImageFolder *folder, Diag *diag);
void image_folder_free(ImageFolder *folder);

#endif
