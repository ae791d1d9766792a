/* seen.h — what a step that diverged had before it, for the error message. */
#ifndef GD_LANG_SEEN_H
#define GD_LANG_SEEN_H

#include "lang/learn/step.h"

/* Notes without a place: what of the values, the data and the rate is out of proportion. */
void seen_note(Vm *vm, const Step *step, const StepContext *context, Diag *diag);

#endif
