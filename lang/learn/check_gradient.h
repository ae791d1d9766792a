/* check_gradient.h — check_gradient(f, x), a test of gradients. */
#ifndef GD_LANG_CHECK_GRADIENT_H
#define GD_LANG_CHECK_GRADIENT_H

#include "lang/machine/vm.h"

Value native_check_gradient(Vm *vm, const CallSite *site, Value *args, int count);

#endif
