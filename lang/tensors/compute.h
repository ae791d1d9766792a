/* compute.h — the values of nodes of a recording, computed together as one plan. */
#ifndef GD_LANG_TENSORS_COMPUTE_H
#define GD_LANG_TENSORS_COMPUTE_H

#include "lang/tensors/trace.h"

/* A plan for these nodes, from the Vm's cache.  span: of an error without a place. */
Plan *compute_plan(Vm *vm, Trace *trace, Span span, const NodeId *nodes, int count);
/* into: owned tensors.  Raises the error of a kernel, or when the user interrupts it. */
void compute_run(Vm *vm, Trace *trace, Span span, Plan *plan, int count, Value *into);
/* `values` are those of ask.results, derivatives with respect to ask.wrt; the other fields of `ask`
 * are set here.  A second derivative is NaN at a possible kink; where the function is smooth after
 * all, the NaN is replaced by the limit. */
void compute_limits(Trace *trace, LimitAsk ask, Value *values);

#endif
