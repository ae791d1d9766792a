/* jacobian.h — jacobian(f), hessian(f): functions made from f. */
#ifndef GD_LANG_JACOBIAN_H
#define GD_LANG_JACOBIAN_H

#include "lang/machine/vm.h"

Value native_jacobian(Vm *vm, const CallSite *site, Value *args, int count);
Value native_hessian(Vm *vm, const CallSite *site, Value *args, int count);

#endif
