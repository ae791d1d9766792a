/* role.h — role(p), layer_of(p) and belongs(p, parts) inside an optimizer's step: the role of
 * the tensor p.
 */
#ifndef GD_LANG_ROLE_H
#define GD_LANG_ROLE_H

#include "lang/optimizers/declaration.h"

/* The roles of the targets, by `forward`; in the trace's arena. */
const uint8_t *role_study(const OptimizerStep *step);
Value native_role(Vm *vm, const CallSite *site, Value *args, int count);
Value native_layer_of(Vm *vm, const CallSite *site, Value *args, int count);
Value native_belongs(Vm *vm, const CallSite *site, Value *args, int count);

#endif
