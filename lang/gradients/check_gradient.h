/* check_gradient.h — check_gradient(f, x), a test of gradients. */
#ifndef GD_LANG_CHECK_GRADIENT_H
#define GD_LANG_CHECK_GRADIENT_H

#include "lang/machine/vm.h"

enum { CHECK_GRADIENT_REST = 7 };

/* Compares the gradient of f in its first argument, at `count` arguments (at most 1 +
 * CHECK_GRADIENT_REST), with central differences in f64; raises where they disagree. */
void check_gradient_at(Vm *vm, const CallSite *site, Value f, const Value *args, int count);

Value native_check_gradient(Vm *vm, const CallSite *site, Value *args, int count);

#endif
