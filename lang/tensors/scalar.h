/* scalar.h — one bool, number or index out of a value of the script. */
#ifndef GD_LANG_SCALAR_H
#define GD_LANG_SCALAR_H

#include "lang/machine/vm.h"

/* a condition: rank 0, computed if pending; raises otherwise */
bool value_truth(Vm *vm, Span span, Value v);
double value_as_number(Vm *vm, Span span, Value v); /* a number or rank 0; raises otherwise */
int64_t value_as_index(Vm *vm, Span span, Value v); /* a whole number, below 2^53 */
/* as value_as_number, where gradients do not depend on it or pass another way */
double value_number_now(Vm *vm, Span span, Value v);

#endif
