/* shared.h — the parts of an optimizer that concern all tensors: `total`, `once`, `state d: shared`
 * (LANGUAGE.md, section 8). */
#ifndef GD_LANG_SHARED_H
#define GD_LANG_SHARED_H

#include "lang/optimizers/declaration.h"

/* Has it, or an inner optimizer, a `once`? */
bool shared_has_once(const OptimizerObject *optimizer);
/* Traces `total` for each target and then `once`, of the optimizer and of its inner ones; appends
 * their stores. */
void shared_trace(Vm *vm, const OptimizerStep *step, Store *stores, int *stored);

/* the value of a shared STATE statement */
Value shared_state(Vm *vm, Frame *frame, const Ast *ast, StateQuery *query, int index);
/* raises when a step assigned it */
void shared_kept(Vm *vm, const StateQuery *query, int index, const Member *member, Value value);

#endif
