/* record.h — a step recorded and planned. */
#ifndef GD_LANG_RECORD_H
#define GD_LANG_RECORD_H

#include "lang/learn/gather.h"

/* The trace that a step is recorded in. */
Trace *record_open(Vm *vm, Span place);
/* Plans what is recorded and keeps it in the step; with `gd check` only estimates. */
void record_keep(Tracing *tracing);
/* Records the whole step and keeps it. */
void record_step(Vm *vm, Step *step, const StepContext *context);

#endif
