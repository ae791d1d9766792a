/* seen.h — causes visible before a step that diverged, for the error message. */
#ifndef GD_LANG_SEEN_H
#define GD_LANG_SEEN_H

#include "lang/step/step.h"

/* Adds notes without a place: values, data or a rate that are out of proportion. */
void seen_note(Vm *vm, const Step *step, const StepContext *context, Diag *diag);

#endif
