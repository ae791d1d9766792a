/* inference.h — inference(f): f as it runs outside a training. */
#ifndef GD_LANG_INFERENCE_H
#define GD_LANG_INFERENCE_H

#include "lang/machine/vm.h"

Value native_inference(Vm *vm, const CallSite *site, Value *args, int count);

#endif
