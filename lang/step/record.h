/* record.h — records and plans a step. */
#ifndef GD_LANG_RECORD_H
#define GD_LANG_RECORD_H

#include "lang/step/gather.h"

/* The trace in which a step is recorded. */
Trace *record_open(Vm *vm, Span place);
/* Plans the recording and stores the plan in the step; in `gd check` only estimates. */
void record_keep(Tracing *tracing);
/* Records the whole step and stores the recording in it. */
void record_step(Vm *vm, Step *step, const StepContext *context);

#endif
