/* images.h — pictures as tensors and data sets. */
#ifndef GD_LANG_IMAGES_H
#define GD_LANG_IMAGES_H

#include "lang/data/data.h"

NativeFunction native_image, native_images;

#endif
