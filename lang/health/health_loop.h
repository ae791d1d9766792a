/* health_loop.h — `gd doctor` and loops that a script writes itself, around `update`.
 *
 * A statement `update` is watched as a training of its own; each execution is a step.
 */
#ifndef GD_LANG_HEALTH_LOOP_H
#define GD_LANG_HEALTH_LOOP_H

#include "lang/health/health_tell.h"

/* Do nothing unless a doctor watches. */
void health_loop_before(Vm *vm, Frame *frame, const Ast *ast, Objective *objective);
void health_loop_after(Vm *vm, const Ast *ast, const Objective *objective,
                       const StepOutcome *outcome);
void health_loop_failed(Vm *vm, const Ast *ast, const Diag *diag);
/* After the script: the verdicts on its loops. */
void health_loops_end(Vm *vm);
void health_loops_free(Clinic *clinic);

#endif
