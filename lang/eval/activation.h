/* activation.h — an activation, or a tensor, that is given to a declaration of the library. */
#ifndef GD_LANG_ACTIVATION_H
#define GD_LANG_ACTIVATION_H

#include "lang/names/signature.h"

/* Raises when the call of a model's declaration passes a function, or the name of one, for a number
 * or a bool, `Dense(2, 16, relu)`, or when `|>` gives it a tensor before its own arguments,
 * `x |> Dense(2, 8)`. */
void activation_refuse(Vm *vm, const AstFunction *function, const Given *given,
                       const Value *values);

#endif
