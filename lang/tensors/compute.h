/* compute.h — the values of nodes of a recording, computed together as one plan. */
#ifndef GD_LANG_TENSORS_COMPUTE_H
#define GD_LANG_TENSORS_COMPUTE_H

#include "lang/tensors/trace.h"

/* A plan for these nodes, from the Vm's cache.  span: of an error without a place. */
Plan *compute_plan(Vm *vm, Trace *trace, Span span, const NodeId *nodes, int count);
/* into: owned tensors.  Raises what a kernel found, or that the user interrupted it. */
void compute_run(Vm *vm, Trace *trace, Span span, Plan *plan, int count, Value *into);
/* `values` are those of ask.results, derivatives in ask.wrt (the rest is filled in): a derivative
 * of a derivative is NaN at a kink, and where the function is smooth all the same it gets the value
 * it tends to. */
void compute_mend(Trace *trace, LimitAsk ask, Value *values);

#endif
