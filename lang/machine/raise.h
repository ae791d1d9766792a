/* raise.h — the error for a value of the wrong kind. */
#ifndef GD_LANG_RAISE_H
#define GD_LANG_RAISE_H

#include "lang/machine/vm.h"

/* "WANTED, this is a string": wanted is the beginning of the sentence; help says how to fix it, or
 * is NULL. */
NORETURN void raise_kind(Vm *vm, Span span, Value found, const char *wanted, const char *help);
/* The same where a tensor is wanted: of a range the help says how to make one of it. */
NORETURN void raise_no_tensor(Vm *vm, Span span, Value found, const char *wanted, const char *help);
/* That help alone; nothing when neither of the two is a range. */
void diag_help_range(Diag *diag, Value a, Value b);

#endif
