/* raise.h — the error for a value of the wrong kind. */
#ifndef GD_LANG_RAISE_H
#define GD_LANG_RAISE_H

#include "lang/machine/vm.h"

/* "WANTED, this is a string": wanted is the beginning of the sentence; help says how to fix it, or
 * is NULL. */
NORETURN void raise_kind(Vm *vm, Span span, Value found, const char *wanted, const char *help);

#endif
