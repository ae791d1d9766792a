/* load.h — models filled from files and dicts, and nets rebuilt from their files. */
#ifndef GD_LANG_LOAD_H
#define GD_LANG_LOAD_H

#include "lang/machine/vm.h"

NativeFunction native_load;

/* What the file of a net says about it. */
typedef struct NetFacts {
  char ends[40]; /* the function of tensors at the end of a chain, or "" */
  Dtype real;    /* the default float of the script that saved it */
} NetFacts;

/* The net of a file, rebuilt and loaded, each part in the dtype of the file; `path` is a string. */
Value load_net(Vm *vm, const CallSite *site, Value path, NetFacts *facts);

#endif
