/* gather.h — the state of a step while it is recorded, and the sums of its minibatches.  Shared by
 * gather.c, watch.c, forward.c, backward.c and record.c; each calls only those before it.
 */
#ifndef GD_LANG_GATHER_H
#define GD_LANG_GATHER_H

#include "lang/optimizers/declaration.h"
#include "lang/step/step.h"

typedef struct Tracing {
  Vm *vm;
  Step *step;
  const StepContext *context;
  Trace *trace;
  NodeId loss;
  NodeId step_loss;             /* over all minibatches of the update */
  NodeId metrics[METRICS_MOST]; /* the step's own, if any */
  Recorded recorded;            /* the nodes for the metrics of the epoch, if there is a measure */
  NodeId norm;
  OptimizerStep all; /* its arrays are set once the optimizer's `ahead` was traced */
  NodeId *gradients; /* by target; arena */
  NodeId *sums;      /* STEP_FIRST: values for the accumulators, by target, then the loss; arena */
  NodeId weight,
      sum_loss; /* the same: the number of rows, and the loss times it, which is differentiated */
  NodeId *watched; /* arena */
  bool *steady;    /* arena; by watched node: is it a constant of the trace? */
  int watched_count;
  Store *stores; /* arena */
  int store_count;
} Tracing;

NORETURN void gather_fail(const Tracing *tracing, Diag *diag, Span span);
/* STEP_FIRST: the loss times its rows; the step stores the gradients of that. */
NodeId gather_weighted_loss(Tracing *tracing, Maker *maker);
/* The values that a minibatch stores in the accumulators. */
void gather_sums(Tracing *tracing);
/* STEP_APPLY: the gradients and the loss of an update, from the sums in the accumulators. */
void gather_take(Tracing *tracing);

#endif
