/* optimizer.h — optimizers as the script declares them (LANGUAGE.md section 8), traced into a
 * training step.
 *
 * An OptimizerObject stores the number of its steps and, for each trained tensor, its states.
 * Tracing a step runs the declared body once for each target with nodes for `p`, `g`, `t`, the
 * states and the scheduled hyperparameters; the new values are those of `p` and the states at the
 * end.  A hyperparameter that is a plain number is a constant of the plan; one with a schedule is
 * an INPUT whose number is computed before each step.
 */
#ifndef GD_LANG_OPTIMIZER_H
#define GD_LANG_OPTIMIZER_H

#include "lang/learn/param.h"

typedef struct OptimizerObject {
  Object head;
  ClosureObject *made_by;         /* held */
  Span span;                      /* where it was made */
  int64_t steps;                  /* steps so far: t - 1 */
  struct OptimizerMemory *memory; /* states by target: optimizer.c; owned */
  bool whole;                     /* its step takes all tensors as one vector */
  bool finds;                     /* its `lr` was `auto`: each train finds it */
  int count;                      /* of arguments */
  Value arguments[];              /* held: hyperparameters by parameter */
} OptimizerObject;

typedef struct TargetMemory {
  ParamObject *param;          /* held */
  Tensor *states;              /* by STATE statement in order; owned */
  struct SparseMemory *sparse; /* of updates by rows (sparse.h), or NULL; owned */
  int64_t elements; /* of the whole vector of the states, whose first tensor `param` is; else 0 */
} TargetMemory;

typedef struct OptimizerMemory {
  TargetMemory *targets; /* owned */
  int count, capacity;
  Lookup places;       /* of the params */
  int state_count;     /* of the declaration */
  double *now;         /* by argument: the last values of schedules and params; owned */
  int64_t settled_for; /* … for this step number, from 0 */
  double scale;        /* of `lr`, halved by `on_divergence: "back_off"`; 0: as it is */
  bool settled;        /* `now` is valid, and the rules hold for it */
} OptimizerMemory;

/* The numbers that change from step to step, in one trace. */
typedef struct OptimizerInputs {
  int t; /* binding of the step number */
  /* binding of each scheduled hyperparameter, -1 for the others; in the trace's arena */
  int *arguments;
  /* by argument: its value in the body; owned until optimizer_inputs_release */
  Value *values;
  Value t_value;
  /* by argument: of the optimizers among them; in the trace's arena */
  struct OptimizerInputs *inner;
} OptimizerInputs;

/* A step of the whole vector (whole.h begins with it). */
typedef struct Vector {
  Type type;
  ParamObject *first; /* the first target: the states are kept with it */
  CellObject **cells; /* by member; owned by the caller */
  Value *states;      /* by STATE statement: its value after the step, held */
} Vector;

/* A step of all targets while it is traced; arrays in the trace's arena. */
typedef struct OptimizerStep {
  Trace *trace;
  OptimizerObject *optimizer;
  const OptimizerInputs *inputs;
  ParamObject *const *targets;
  const NodeId *gradients; /* by target */
  int count;               /* of targets */
  NodeId loss;             /* the step's, over all of its minibatches */
  NodeId forward;          /* the loss of the recording, which the params lead to */
  Value loss_value;        /* held */
  Value *values, *slopes;  /* by target: p and g; held; NULL before it is filled */
  NodeId **nodes;          /* by target, by state: its INPUT, 0 before it is asked for */
  NodeId *shared;          /* by state: of a shared one its node of now, else 0 … */
  NodeId *shared_before;   /* … and its INPUT */
  NodeId drawn;            /* the slope of layer_of(p, drawn: true); 0 before it is asked for */
  uint8_t *roles;          /* by target; NULL before they are asked for (role.c) */
} OptimizerStep;

/* One target's step of one optimizer: on the Vm while its body, its `total`, `once`, `ahead` or
 * `step` run. */
typedef struct StateQuery {
  Trace *trace;
  OptimizerObject *optimizer;
  const OptimizerInputs *inputs; /* of it */
  TargetMemory *memory;          /* of the outermost optimizer */
  NodeId *nodes;                 /* by state of the memory: its INPUT; 0: not asked for yet */
  int first;                     /* the optimizer's own states begin here */
  int next;                      /* the next STATE statement */
  bool declaring;                /* the body runs, not `step` */
  bool once;                     /* for all tensors together: `once` */
  uint64_t stepped;              /* arguments that are optimizers and made their step */
  Value target;                  /* p */
  Vector *vector;                /* a step of the whole vector, on elements, or NULL */
  const OptimizerStep *all;      /* the step of all targets */
  Store *stores;                 /* of the outermost; appended to */
  int *stored;
} StateQuery;

extern const KindRow OPTIMIZER_KIND;

/* arguments in order of the parameters */
Value optimizer_new(Vm *vm, const CallSite *site, ClosureObject *made_by, const Value *args);
/* Returns a new one with the same hyperparameters, and no steps made; so are the optimizers that it
 * was given. */
Value optimizer_copy(Vm *vm, const OptimizerObject *optimizer);
/* The hyperparameters as numbers of the next step, on the value stack: the caller releases them and
 * resets vm->top. */
Value *optimizer_arguments(Vm *vm, OptimizerObject *optimizer);
/* its `step`, with the states' cells */
ClosureObject *optimizer_step_function(Vm *vm, const OptimizerObject *optimizer,
                                       CellObject **cells);
/* the current value of a STATE statement */
Value optimizer_state(Vm *vm, Frame *frame, const Ast *ast);

void optimizer_inputs(Vm *vm, Trace *trace, OptimizerObject *optimizer, OptimizerInputs *inputs);
void optimizer_inputs_release(Vm *vm, OptimizerObject *optimizer, OptimizerInputs *inputs);
/* Sets them for the next step (number optimizer->steps + 1). */
void optimizer_set(Vm *vm, Trace *trace, OptimizerObject *optimizer, const OptimizerInputs *inputs);
/* Fills what is not given of the step, and traces `ahead` for each target; norm: of all gradients,
 * or 0. */
void optimizer_look_ahead(Vm *vm, OptimizerStep *step, NodeId norm, NodeId *into);
/* Fills what is not given of the step, and traces what it does over all targets, if anything:
 * appends to `stores` (capacity state_count) and returns how many. */
int optimizer_begin(Vm *vm, OptimizerStep *step, Store *stores);
/* Traces one target: emits the new values and appends to `stores` (capacity 1 + state_count);
 * returns how many. */
int optimizer_trace(Vm *vm, const OptimizerStep *step, int target, Store *stores);
void optimizer_end(Vm *vm, OptimizerStep *step);
/* Is it a schedule?  A function of more than the step number is a setting like any other. */
bool optimizer_schedules(Value value);
/* The value of a schedule or a param for step number `step` (from 0). */
double optimizer_number(Vm *vm, const OptimizerObject *optimizer, int index, int64_t step);
/* `lr` at step number `step` (from 0); NaN when there is none */
double optimizer_rate(Vm *vm, OptimizerObject *optimizer, int64_t step);
/* From here on `lr` is that part of what is given, by a schedule too, and so it is of the
 * optimizers that it was given; 1 ends that. */
void optimizer_scale(OptimizerObject *optimizer, double factor);
/* which of its arguments is an `lr` that is `auto`, or was until a train found it; or -1 */
int optimizer_auto(const OptimizerObject *optimizer);
/* what a train found for it; takes over the value */
void optimizer_auto_set(Vm *vm, OptimizerObject *optimizer, int index, Value value);
/* does it, or one that it was given, have an `lr`? */
bool optimizer_has_rate(const OptimizerObject *optimizer);
/* STATE statements of the declaration, and of the optimizers that it was given */
int optimizer_states(const OptimizerObject *optimizer);
/* the name of one of these states, and of the optimizer that declares it */
const char *optimizer_state_name(const OptimizerObject *optimizer, int index, const char **of);
/* borrows; NULL before its first step */
TargetMemory *optimizer_target(OptimizerObject *optimizer, ParamObject *param);
/* For checkpoints: the step number from which it continues; and the release of targets that a
 * failed reading added, down to `count`. */
void optimizer_go_on(OptimizerObject *optimizer, int64_t steps);
void optimizer_release_targets(Vm *vm, OptimizerObject *optimizer, int count);
TargetMemory *optimizer_target_new(Vm *vm, OptimizerObject *optimizer, ParamObject *param);

/* ---- for shared.c, ahead.c, role.c ---- */

/* The body with the query's target; cells: by member, held. */
void optimizer_declare(Vm *vm, StateQuery *query, CellObject **cells);
void optimizer_release(Vm *vm, const StateQuery *query, CellObject **cells);
/* one of its functions; NULL when it has none of the name */
ClosureObject *optimizer_function(const StateQuery *query, CellObject **cells, const char *name);
/* the first of the states of the argument `index`, an optimizer */
int optimizer_inner_states(const StateQuery *query, int index);
/* A new value as a node of the storage's type. */
NodeId optimizer_new_value(Vm *vm, Trace *trace, Value value, const Tensor *storage,
                           const char *name, Span span);
void optimizer_store(StateQuery *query, NodeId old, NodeId node);

#endif
