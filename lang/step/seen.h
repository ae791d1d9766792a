/* seen.h — causes visible before a step that diverged, for the error message. */
#ifndef GD_LANG_SEEN_H
#define GD_LANG_SEEN_H

#include "lang/step/step.h"

/* Adds notes without a place: values, data or a rate that are out of proportion; the rate, which
 * takes some gradients to judge, only if it has had an effect: a step before, or this update. */
void seen_note(Vm *vm, const Step *step, const StepContext *context, bool stepped, Diag *diag);

#endif
