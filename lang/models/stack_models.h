/* stack_models.h — many models of one form as one model for vmap (LANGUAGE.md section 10). */
#ifndef GD_LANG_LEARN_STACK_MODELS_H
#define GD_LANG_LEARN_STACK_MODELS_H

#include "lang/machine/kind.h"

/* Makes n of a new model: its params are to be loaded.  Raises at the call. */
void stack_alike(Vm *vm, const CallSite *site, Value model, int32_t n);

Value native_stack_models(Vm *vm, const CallSite *site, Value *args, int count);

#endif
