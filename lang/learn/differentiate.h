/* differentiate.h — grad and the other derivatives (LANGUAGE.md section 10): natives over
 * gradient() of the graph. */
#ifndef GD_LANG_DIFFERENTIATE_H
#define GD_LANG_DIFFERENTIATE_H

#include "lang/tensors/trace.h"

Value native_grad(Vm *vm, const CallSite *site, Value *args, int count);
Value native_value_and_grad(Vm *vm, const CallSite *site, Value *args, int count);
Value native_jacobian(Vm *vm, const CallSite *site, Value *args, int count);
Value native_hessian(Vm *vm, const CallSite *site, Value *args, int count);
Value native_jvp(Vm *vm, const CallSite *site, Value *args, int count);
Value native_vjp(Vm *vm, const CallSite *site, Value *args, int count);
Value native_hvp(Vm *vm, const CallSite *site, Value *args, int count);
Value native_custom_gradient(Vm *vm, const CallSite *site, Value *args, int count);
Value native_check_gradient(Vm *vm, const CallSite *site, Value *args, int count);

/* Callback graph->custom of every recording: calls the script's own gradient. */
bool custom_backward(void *context, Graph *graph, int64_t hook, const NodeId *args, int arg_count,
                     NodeId y, NodeId dy, NodeId *into, Diag *diag);

#endif
