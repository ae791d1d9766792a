/* store.h — models and values as files. */
#ifndef GD_LANG_STORE_H
#define GD_LANG_STORE_H

#include "lang/machine/vm.h"

NativeFunction native_save, native_load;
/* The net of a file, made anew and loaded; `path` is a string.  `ends` gets the function of tensors
 * that a chain ends in, or "". */
Value store_net(Vm *vm, const CallSite *site, Value path, char ends[40]);

#endif
