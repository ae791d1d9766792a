/* declaration.h — the body of an optimizer's declaration, run for one tensor of a traced step.
 *
 * The body runs with nodes for `p`, `g`, `t`, the states and the scheduled hyperparameters; then
 * one of its functions is called: `step` (optimizer_step.c), `ahead` (ahead.c), `total` or `once`
 * (shared.c).
 */
#ifndef GD_LANG_DECLARATION_H
#define GD_LANG_DECLARATION_H

#include "lang/optimizers/hyper.h"

/* A step of all targets while it is traced; arrays in the trace's arena. */
typedef struct OptimizerStep {
  Trace *trace;
  OptimizerObject *optimizer;
  const OptimizerInputs *inputs;
  ParamObject *const *targets;
  const NodeId *gradients; /* by target */
  int count;               /* of targets */
  NodeId loss;             /* of the step, over all of its minibatches */
  NodeId forward;          /* the loss of the recording, computed from the params */
  Value loss_value;        /* held */
  Value *values, *slopes;  /* by target: p and g; held; NULL before it is filled */
  NodeId **nodes;          /* by target, by state: its INPUT; 0: not used yet */
  NodeId *shared;          /* by state: the current node of a shared one, else 0 … */
  NodeId *shared_before;   /* … and its INPUT */
  NodeId drawn;            /* the slope of layer_of(p, drawn: true); 0: not used yet */
  const uint8_t *roles;    /* by target; NULL: not used yet (role.c) */
  bool of_one;             /* the recording has the whole loss of the update: of one minibatch */
} OptimizerStep;

/* The context of the body, or of one of its functions, while it runs; it is on the Vm meanwhile. */
typedef struct StateQuery {
  Trace *trace;
  OptimizerObject *optimizer;
  const OptimizerInputs *inputs; /* of it */
  struct TargetMemory *memory;   /* of the outermost optimizer */
  NodeId *nodes;                 /* by state of the memory: its INPUT; 0: not used yet */
  int first;                     /* the optimizer's own states begin here */
  int next;                      /* the next STATE statement */
  bool declaring;                /* the body runs, not `step` */
  bool once;                     /* for all tensors together: `once` */
  uint64_t stepped;              /* bits of arguments that are optimizers and made their step */
  Value target;                  /* p */
  struct Vector *vector;         /* a step of the whole vector, on elements (vector.h), or NULL */
  const OptimizerStep *all;      /* the step of all targets */
  Store *stores;                 /* of the outermost; appended to */
  int *stored;
  struct StateQuery *outer; /* the previous one on the Vm, set by declaration_run */
  Value *kept;              /* … the cells on the value stack, so that an error releases them */
} StateQuery;

/* the function `name` of an optimizer's declaration, or NULL */
const AstFunction *declaration_of(const AstFunction *declaration, const char *name);

/* Puts the query on the Vm and runs the body with its target.  Returns the members' cells, held, in
 * the trace's arena. */
CellObject **declaration_run(Vm *vm, StateQuery *query);
/* Takes the query off the Vm, and releases the cells. */
void declaration_release(Vm *vm, const StateQuery *query);
/* Puts the members' cells, which it takes, on the value stack; returns where they begin. */
Value *cells_keep(Vm *vm, const AstFunction *function, CellObject *const *cells);
/* the function `name` among the cells, or NULL */
ClosureObject *declaration_function(const StateQuery *query, CellObject **cells, const char *name);
/* its `step`; raises if there is none, or if its parameters are not those of a step */
ClosureObject *declaration_step(Vm *vm, const OptimizerObject *optimizer, CellObject **cells);

/* What is assigned, for an error. */
typedef struct Assigned {
  const char *name;
  const OptimizerObject *optimizer; /* whose `step` assigns it; or NULL */
  Span span;                        /* without one */
} Assigned;
/* A new value as a node of the storage's type. */
NodeId declaration_new_value(Vm *vm, Trace *trace, Value value, const Tensor *storage,
                             Assigned assigned);
/* Where `step` last assigns to the name; the head of the optimizer's declaration if nowhere. */
Span declaration_assigned(const OptimizerObject *optimizer, const char *name);
/* Appends to the query's stores that `node` replaces what the INPUT `old` is bound to. */
void declaration_store(StateQuery *query, NodeId old, NodeId node);

/* The index of `inner` among the arguments of the optimizer whose step is being traced, or -1. */
int declaration_inner(const StateQuery *query, const OptimizerObject *inner);
/* the index of the first state of argument `index`, an optimizer */
int declaration_inner_states(const StateQuery *query, int index);

#endif
