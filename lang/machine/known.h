/* known.h — is a value known before the script runs? */
#ifndef GD_LANG_KNOWN_H
#define GD_LANG_KNOWN_H

#include "lang/machine/vm.h"

/* gd check: does it depend on numbers that are not known before running? */
bool value_unknown(const Vm *vm, Value v);

#endif
