/* optimizer_step.h — a step of an optimizer, traced for all of its targets.
 *
 * The new values are those of `p` and of the states after the body and `step` have run. */
#ifndef GD_LANG_OPTIMIZER_STEP_H
#define GD_LANG_OPTIMIZER_STEP_H

#include "lang/optimizers/declaration.h"

/* Fills the remaining fields of the step, and traces `ahead` for each target; norm: the norm of all
 * gradients, or 0. */
void optimizer_step_ahead(Vm *vm, OptimizerStep *step, NodeId norm, NodeId *into);
/* Fills the remaining fields of the step, and traces the part that runs once for all targets, if
 * there is one.  Appends to `stores` (capacity state_count) and returns how many. */
int optimizer_step_begin(Vm *vm, OptimizerStep *step, Store *stores);
/* Traces one target: emits the new values and appends to `stores` (capacity 1 + state_count);
 * returns how many. */
int optimizer_step_trace(Vm *vm, const OptimizerStep *step, int target, Store *stores);
void optimizer_step_end(Vm *vm, OptimizerStep *step);

/* the current value of a STATE statement */
Value optimizer_step_state(Vm *vm, Frame *frame, const Ast *ast);
/* inner.step, inside the step of its outer optimizer, as a function */
Value optimizer_step_bound(Vm *vm, const Ast *ast, Value optimizer);

#endif
