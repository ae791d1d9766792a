/* store_named.h — save of tensors by name: npz, safetensors, csv. */
#ifndef GD_LANG_STORE_NAMED_H
#define GD_LANG_STORE_NAMED_H

#include "lang/machine/vm.h"

/* Is it a dict, or a tuple with names (a history)? */
bool store_has_names(Value value);
/* Writes them in the format of the path's ending, one of the three; raises. */
void store_named(Vm *vm, const CallSite *site, Value value, const char *path);

#endif
