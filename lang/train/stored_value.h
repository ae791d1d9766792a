/* stored_value.h — a value of the script as a series of numbers, for a checkpoint. */
#ifndef GD_LANG_STORED_VALUE_H
#define GD_LANG_STORED_VALUE_H

#include "lang/machine/vm.h"
#include "lang/run/history.h"

/* Appends the value: none, a bool, a number, a string, a tensor, and lists, tuples and dicts of
 * them.  False, with a part of it appended, if it is or holds anything else. */
bool stored_value_put(Vm *vm, Value value, Series *into);
/* The value that these numbers are, a new holder; false when they are none. */
bool stored_value_take(Vm *vm, const double *numbers, int64_t count, Value *value);

#endif
