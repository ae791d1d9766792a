/* store.h — models and values as files. */
#ifndef GD_LANG_STORE_H
#define GD_LANG_STORE_H

#include "lang/machine/vm.h"

NativeFunction native_save, native_load;

#endif
