/* standard_value.h — the values of standard names. */
#ifndef GD_LANG_STANDARD_VALUE_H
#define GD_LANG_STANDARD_VALUE_H

#include "lang/machine/object.h"

Value *standard_value(Vm *vm, int slot);          /* borrows */
Value value_native(Vm *vm, const Native *native); /* returns a new one */
/* Calls the library's function of that name (for natives that share its name). */
Value standard_library_call(Vm *vm, const CallSite *site, const char *name, const Value *args,
                            int count);

#endif
