/* declaration.h — the body of an optimizer's declaration, run for one tensor of a traced step.
 *
 * The body runs with nodes for `p`, `g`, `t`, the states and the scheduled hyperparameters; then
 * one of its functions is called: `step` (optimizer_step.c), `ahead` (ahead.c), `total` or `once`
 * (shared.c).
 */
#ifndef GD_LANG_DECLARATION_H
#define GD_LANG_DECLARATION_H

#include "lang/learn/hyper.h"

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

/* What the body needs to know while it runs, or one of its functions: on the Vm until then. */
typedef struct StateQuery {
  Trace *trace;
  OptimizerObject *optimizer;
  const OptimizerInputs *inputs; /* of it */
  struct TargetMemory *memory;   /* of the outermost optimizer */
  NodeId *nodes;                 /* by state of the memory: its INPUT; 0: not asked for yet */
  int first;                     /* the optimizer's own states begin here */
  int next;                      /* the next STATE statement */
  bool declaring;                /* the body runs, not `step` */
  bool once;                     /* for all tensors together: `once` */
  uint64_t stepped;              /* arguments that are optimizers and made their step */
  Value target;                  /* p */
  struct Vector *vector;         /* a step of the whole vector, on elements (vector.h), or NULL */
  const OptimizerStep *all;      /* the step of all targets */
  Store *stores;                 /* of the outermost; appended to */
  int *stored;
  struct StateQuery *outer; /* the one before it on the Vm, set by declaration_run */
} StateQuery;

/* the function of that name which an optimizer declares, or NULL */
const AstFunction *declaration_of(const AstFunction *declaration, const char *name);

/* Puts the query on the Vm and runs the body with its target.  Returns the members' cells, held, in
 * the trace's arena. */
CellObject **declaration_run(Vm *vm, StateQuery *query);
/* Takes the query off the Vm, and releases the cells. */
void declaration_release(Vm *vm, const StateQuery *query, CellObject **cells);
/* one of the functions among the cells; NULL when it has none of the name */
ClosureObject *declaration_function(const StateQuery *query, CellObject **cells, const char *name);
/* its `step`; raises when it has none, or one with other parameters than the step wants */
ClosureObject *declaration_step(Vm *vm, const OptimizerObject *optimizer, CellObject **cells);

/* A new value as a node of the storage's type. */
NodeId declaration_new_value(Vm *vm, Trace *trace, Value value, const Tensor *storage,
                             const char *name, Span span);
/* Appends to the query's stores that `node` replaces what the INPUT `old` is bound to. */
void declaration_store(StateQuery *query, NodeId old, NodeId node);

/* Which argument of the optimizer whose step is traced now `inner` is, or -1. */
int declaration_inner(const StateQuery *query, const OptimizerObject *inner);
/* the first of the states of the argument `index`, an optimizer */
int declaration_inner_states(const StateQuery *query, int index);

#endif
