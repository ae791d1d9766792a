/* compute.h — the values of nodes of a recording, computed together as one plan. */
#ifndef GD_LANG_TENSORS_COMPUTE_H
#define GD_LANG_TENSORS_COMPUTE_H

#include "lang/tensors/trace.h"

/* A plan for these nodes, from the Vm's cache.  span: of an error without a place. */
Plan *compute_plan(Vm *vm, Trace *trace, Span span, const NodeId *nodes, int count);
/* into: owned tensors.  Raises what a kernel found, or that the user interrupted it. */
void compute_run(Vm *vm, Trace *trace, Span span, Plan *plan, int count, Value *into);

#endif
