/* custom.h — custom_gradient(f, g), and the callback of the backward pass for it. */
#ifndef GD_LANG_CUSTOM_H
#define GD_LANG_CUSTOM_H

#include "lang/tensors/trace.h"

Value native_custom_gradient(Vm *vm, const CallSite *site, Value *args, int count);

/* The callback graph->custom of every recording: calls the gradient defined by the script. */
bool custom_backward(void *context, Graph *graph, int64_t hook, const NodeId *args, int arg_count,
                     NodeId y, NodeId dy, NodeId *into, Diag *diag);

#endif
