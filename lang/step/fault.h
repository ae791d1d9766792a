/* fault.h — raises the error of a failed step. */
#ifndef GD_LANG_FAULT_H
#define GD_LANG_FAULT_H

#include "lang/step/step.h"

/* step_number: from 1; 0 for a validation. */
NORETURN void fault_not_finite(Vm *vm, const Step *step, const StepContext *context, int which,
                               int64_t step_number); /* `which` as returned by
                                                      * plan_run */
/* an error of a kernel */
NORETURN void fault_met(Vm *vm, const Step *step, const StepContext *context, Diag *diag,
                        int64_t step_number);

/* A step of the whole vector: `what` is NaN or infinite ("the loss is"). */
NORETURN void fault_whole(Vm *vm, const Step *step, const StepContext *context, const char *what,
                          int64_t step_number);

#endif
