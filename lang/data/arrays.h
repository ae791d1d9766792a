/* arrays.h — files of arrays and of text as tensors. */
#ifndef GD_LANG_ARRAYS_H
#define GD_LANG_ARRAYS_H

#include "lang/data/data.h"

NativeFunction native_idx, native_npy, native_npz, native_safetensors, native_text;

#endif
