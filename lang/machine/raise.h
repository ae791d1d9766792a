/* raise.h — the error of a value of another kind than is wanted. */
#ifndef GD_LANG_RAISE_H
#define GD_LANG_RAISE_H

#include "lang/machine/vm.h"

/* "WANTED, this is a string": wanted is a sentence without its end, help a way to mend it or NULL.
 */
NORETURN void raise_kind(Vm *vm, Span span, Value found, const char *wanted, const char *help);

#endif
