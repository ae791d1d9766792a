/* gather.h — a step while it is recorded: what gather.c, watch.c, forward.c, backward.c and
 * record.c share of it, and what minibatches leave for it.  Each of them calls only those before
 * it.
 */
#ifndef GD_LANG_GATHER_H
#define GD_LANG_GATHER_H

#include "lang/learn/declaration.h"
#include "lang/learn/step.h"

typedef struct Tracing {
  Vm *vm;
  Step *step;
  const StepContext *context;
  Trace *trace;
  NodeId loss;
  NodeId step_loss;             /* over all minibatches of the update */
  NodeId metrics[METRICS_MOST]; /* the step's own, if any */
  Recorded recorded;            /* the nodes for those of the epoch, if there is a measure */
  NodeId norm;
  OptimizerStep all; /* with its arrays once the optimizer looked ahead */
  NodeId *gradients; /* by target; arena */
  NodeId *sums; /* STEP_FIRST: what goes to the accumulators, by target, then the loss; arena */
  NodeId weight,
      sum_loss;    /* of it: the rows, and the loss times them, where its gradient is taken */
  NodeId *watched; /* arena */
  bool *steady;    /* arena; by watched: is it a constant of the trace? */
  int watched_count;
  Store *stores; /* arena */
  int store_count;
} Tracing;

NORETURN void gather_fail(const Tracing *tracing, Diag *diag, Span span);
/* STEP_FIRST: the loss times its rows, whose gradients are what it leaves. */
NodeId gather_weighted_loss(Tracing *tracing, Maker *maker);
/* What minibatches leave in the accumulators. */
void gather_sums(Tracing *tracing);
/* STEP_APPLY: the gradients and the loss of an update whose parts are in the accumulators. */
void gather_take(Tracing *tracing);

#endif
