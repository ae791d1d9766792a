/* made_data.h — synthetic data sets. */
#ifndef GD_LANG_MADE_DATA_H
#define GD_LANG_MADE_DATA_H

#include "lang/data/data.h"

NativeFunction native_moons, native_spirals, native_rings, native_blobs, native_line_data,
    native_digits;

#endif
