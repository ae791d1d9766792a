/* call.h — calling a value. */
#ifndef GD_LANG_CALL_H
#define GD_LANG_CALL_H

#include "lang/machine/vm.h"
#include "lang/names/signature.h"

typedef struct ModelObject {
  Object head;
  Span made;              /* the call that made it; in the script, if it was made by the library */
  ClosureObject *made_by; /* held */
  int count;              /* made_by->function->member_count */
  int32_t stacked;     /* as many models in one (stack_models), 0: it is one; -1: stacks of them */
  CellObject *cells[]; /* held; by member */
} ModelObject;

/* positional; borrows all */
Value vm_call(Vm *vm, const CallSite *site, Value callee, const Value *args, int count);
Value vm_call_named(Vm *vm, const CallSite *site, Value callee, const Value *args,
                    const char *const *names, int count);
/* Calls a closure and also returns the final values of its parameters (owned, into finals): an
 * optimizer's step. */
Value call_step(Vm *vm, const CallSite *site, ClosureObject *closure, const Value *args, int count,
                Value *finals);

Value run_call(Vm *vm, Frame *frame, const Ast *ast);
/* Evaluates the ARGUMENT nodes of a CALL; their values go on the value stack in order (spread ones
 * as one value).  NULL when one is a flow. */
Value *call_arguments(Vm *vm, Frame *frame, const Ast *call, Value *flow);
/* Calls with these values, which are the last on the value stack; takes them, not the callee. */
Value call_gathered(Vm *vm, const Ast *call, Value callee, Value *whole);
/* returns a new one over the frame's cells */
Value closure_new(Vm *vm, Frame *frame, AstFunction *function);

/* ---- the bodies of models and optimizers ---- */
/* Runs the body of a model or optimizer with its parameters bound (in order, all of them); returns
 * a cell for each member, held, in cells[member_count].  STATE statements call
 * optimizer_step_state() for their value; implicit members start as passed. */
void call_body(Vm *vm, const CallSite *site, ClosureObject *made_by, const Value *params, Value t,
               Value target, CellObject **cells);
/* a member of a model by name; borrows */
Value member_find(ModelObject *model, const char *interned_name, bool *found);

#endif
