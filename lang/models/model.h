/* model.h — operations on whole models: copy, assign, freeze, list, count.
 *
 * A model is its cells (closure.h); its methods are closures over those cells, so a copy makes new
 * cells and new closures over them.  Every walk over the parts of a model uses parts_of
 * (param.h).
 */
#ifndef GD_LANG_MODEL_H
#define GD_LANG_MODEL_H

#include "lang/eval/call.h"
#include "lang/models/param.h"

/* Is this member the model's rest parameter?  Its items are the model's numbered parts: `net.0`. */
bool model_rest(const AstFunction *function, const Member *member);
const ListObject *model_items(const ModelObject *model); /* borrows; NULL when it has none */

extern const KindRow MODEL_KIND;

/* returns a new one with params of its own; other values are shared */
Value model_copy(Vm *vm, Value value);
/* Returns the function; one of the library has copies of the variables that it captures: its state.
 */
Value model_copy_schedule(Vm *vm, ClosureObject *schedule);
/* The same with params from `part`, a new holder for each param once; UNSET: a copy as above. */
Value model_copy_with(Vm *vm, Value value, Value (*part)(Vm *vm, void *context, ParamObject *param),
                      void *context);

Value native_param(Vm *vm, const CallSite *site, Value *args, int count);
Value native_copy(Vm *vm, const CallSite *site, Value *args, int count);
Value native_assign(Vm *vm, const CallSite *site, Value *args, int count);
Value native_freeze(Vm *vm, const CallSite *site, Value *args, int count);
Value native_unfreeze(Vm *vm, const CallSite *site, Value *args, int count);
Value native_parameters(Vm *vm, const CallSite *site, Value *args, int count);
Value native_count(Vm *vm, const CallSite *site, Value *args, int count);

#endif
