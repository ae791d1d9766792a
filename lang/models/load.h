/* load.h — models filled from files and dicts, and nets rebuilt from their files. */
#ifndef GD_LANG_LOAD_H
#define GD_LANG_LOAD_H

#include "lang/machine/vm.h"

NativeFunction native_load;

/* The net of a file, rebuilt and loaded, each part in the dtype of the file; `path` is a string.
 * `real` gets the default float of the script that saved it. */
Value load_net(Vm *vm, const CallSite *site, Value path, Dtype *real);

#endif
