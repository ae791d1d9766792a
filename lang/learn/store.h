/* store.h — models and values as files. */
#ifndef GD_LANG_STORE_H
#define GD_LANG_STORE_H

#include "lang/machine/vm.h"

NativeFunction native_save, native_load;
/* The net of a file, rebuilt and loaded; `path` is a string.  `ends` gets the name of the function
 * of tensors at the end of a chain, or "". */
Value store_net(Vm *vm, const CallSite *site, Value path, char ends[40]);

#endif
