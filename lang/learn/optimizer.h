/* optimizer.h — optimizers as the script declares them (LANGUAGE.md section 8), traced into a training step.
 *
 * An OptimizerObject remembers how many steps it made and, for each trained tensor, its states.  Tracing a step runs the
 * declared body once for each target with nodes for `p`, `g`, `t`, the states and the scheduled hyperparameters, and
 * takes as new values what `p` and the states are at the end.  A hyperparameter that is a plain number is a constant of the
 * plan; one with a schedule is an INPUT whose number is worked out before each step.
 */
#ifndef GD_LANG_OPTIMIZER_H
#define GD_LANG_OPTIMIZER_H

#include "lang/learn/param.h"

typedef struct OptimizerObject {
  Object head;
  ClosureObject *made_by;  /* held */
  Span span;               /* where it was made */
  int64_t steps;           /* made so far: t - 1 */
  struct OptimizerMemory *memory; /* states by target: optimizer.c; owned */
  int count;               /* of arguments */
  Value arguments[];       /* held: hyperparameters by parameter */
} OptimizerObject;

typedef struct TargetMemory {
  ParamObject *param;  /* held */
  Tensor *states;      /* by STATE statement in order; owned */
} TargetMemory;

typedef struct OptimizerMemory {
  TargetMemory *targets; /* owned */
  int count, capacity;
  Lookup places;         /* of the params */
  int state_count;       /* of the declaration */
  double *now;           /* by argument: what the moving ones gave last; owned */
  int64_t settled_for;   /* … for the step of this number, from 0 */
  bool settled;          /* `now` is there, and the rules hold for it */
} OptimizerMemory;

/* The numbers that change from step to step, in one trace. */
typedef struct OptimizerInputs {
  int t;                 /* binding of the step number */
  int *arguments;        /* binding of each scheduled hyperparameter, -1 for the others; in the trace's arena */
  Value *values;         /* what the body sees for each; owned until optimizer_inputs_release */
  Value t_value;
} OptimizerInputs;

extern const KindRow OPTIMIZER_KIND;

Value optimizer_new(Vm *vm, const Site *site, ClosureObject *made_by, const Value *args); /* arguments bound in order of the parameters */
Value optimizer_state(Vm *vm, Frame *frame, const Ast *ast);              /* the value of a STATE statement now */

void optimizer_inputs(Vm *vm, Trace *trace, OptimizerObject *optimizer, OptimizerInputs *inputs);
void optimizer_inputs_release(Vm *vm, OptimizerObject *optimizer, OptimizerInputs *inputs);
/* Sets them for the step about to be made (number optimizer->steps + 1). */
void optimizer_set(Vm *vm, Trace *trace, OptimizerObject *optimizer, const OptimizerInputs *inputs);
/* Traces one target: emits the new values and appends to `stores` (room for 1 + state_count), giving how many. */
int optimizer_trace(Vm *vm, Trace *trace, OptimizerObject *optimizer, const OptimizerInputs *inputs, ParamObject *param, NodeId gradient, Store *stores);
double optimizer_rate(Vm *vm, OptimizerObject *optimizer, int64_t step); /* `lr` at step number `step` (from 0); NaN when there is none */
int optimizer_states(const OptimizerObject *optimizer);                  /* STATE statements of the declaration */
TargetMemory *optimizer_target(OptimizerObject *optimizer, ParamObject *param); /* borrows; NULL before its first step */
/* For checkpoints: a hyperparameter in words (a schedule by what it gives at some steps); the step number from which it goes on; and what
 * a recording made for targets that it had not met before is let go of, down to `count` of them. */
void optimizer_describe(Vm *vm, OptimizerObject *optimizer, int index, Text *text);
void optimizer_go_on(OptimizerObject *optimizer, int64_t steps);
void optimizer_forget(Vm *vm, OptimizerObject *optimizer, int count);
TargetMemory *optimizer_target_new(Vm *vm, OptimizerObject *optimizer, ParamObject *param);

#endif
