/* differentiate.h — grad and the other derivatives (LANGUAGE.md section 10): natives that
 * call gradient() of the graph. */
#ifndef GD_LANG_DIFFERENTIATE_H
#define GD_LANG_DIFFERENTIATE_H

#include "lang/machine/vm.h"

Value native_grad(Vm *vm, const CallSite *site, Value *args, int count);
Value native_value_and_grad(Vm *vm, const CallSite *site, Value *args, int count);
Value native_jvp(Vm *vm, const CallSite *site, Value *args, int count);
Value native_vjp(Vm *vm, const CallSite *site, Value *args, int count);
Value native_hvp(Vm *vm, const CallSite *site, Value *args, int count);
bool native_is_gradient(Value f); /* made by grad or value_and_grad; its `extra` is f and wrt */

#endif
