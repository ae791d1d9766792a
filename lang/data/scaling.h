/* scaling.h — scales columns of a data set to mean 0 and deviation 1. */
#ifndef GD_LANG_SCALING_H
#define GD_LANG_SCALING_H

#include "lang/data/data.h"

NativeFunction native_standardize;

#endif
