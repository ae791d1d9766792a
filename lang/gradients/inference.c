/* inference.c — see inference.h.
 *
 * Only the name `training` is concerned (Vm.inferring), and only while f runs: the step stays a
 * training step, so what must not depend on its data (the number of rows of a mask) stays an error,
 * and gradients pass through f.  A raise restores it (vm_protect); a training inside f begins with
 * `training` true again (run_train).
 */
#include "lang/gradients/inference.h"

#include "lang/eval/call.h"
#include "lang/eval/native.h"
#include "lang/machine/call_site.h"

static Value call_inferring(Vm *vm, const CallSite *site, Value *args, int count) {
  bool before = vm->inferring;
  vm->inferring = true;
  Value y = vm_call_named(vm, site, site->self->extra[0], args, site->names, count);
  vm->inferring = before;
  return y;
}

static const Native MADE_INFERRING = {"inference(f)", NULL, call_inferring, false, "", "", ""};

Value native_inference(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_INFERRING, args[0], value_none());
}
