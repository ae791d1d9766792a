/* recompute.h — checkpoint_gradients(f) (LANGUAGE.md section 10). */
#ifndef GD_LANG_RECOMPUTE_H
#define GD_LANG_RECOMPUTE_H

#include "lang/tensors/trace.h"

Value native_checkpoint_gradients(Vm *vm, const CallSite *site, Value *args, int count);

/* Is a hook of the recording (Trace.hooks) one that checkpoint_gradients made? */
bool recompute_is(Value hook);
/* Its gradient, for custom_backward: recomputes its part of the graph. */
bool recompute_backward(Trace *trace, Value hook, const NodeId *args, int arg_count, NodeId dy,
                        NodeId *into, Diag *diag);

#endif
