/* step.h — one training step: traced, compiled to a plan, run.
 *
 * A Step is an objective traced for one minibatch size and one role; it holds the trace's bindings
 * and the plan, and is reused as long as the trace did not branch on data.  Roles: WHOLE makes an
 * update from one minibatch; GATHER only adds its gradient to the accumulators; LAST adds its own
 * and makes the update from the sum (`accumulate:`); FIRST sets the accumulators to its gradient,
 * and APPLY makes the update from what is in them, without data (`shards:`); LOOK computes the loss
 * alone, as WHOLE does, and stores nothing (`on_divergence: "back_off"`).  Gradients are weighted
 * by rows, so that k minibatches are exactly one of k times the rows.
 */
#ifndef GD_LANG_STEP_H
#define GD_LANG_STEP_H

#include "lang/optimizers/hyper.h"
#include "lang/step/measure.h"
#include "lang/step/objective.h"
#include "lang/step/sparse.h"
#include "lang/step/undo.h"

typedef enum StepRole {
  STEP_WHOLE,
  STEP_GATHER,
  STEP_LAST,
  STEP_FIRST,
  STEP_APPLY,
  STEP_LOOK
} StepRole;

/* Does another step make the update? */
static inline bool step_gathers(StepRole role) { return role == STEP_GATHER || role == STEP_FIRST; }

typedef struct Step {
  Objective *objective; /* borrowed */
  StepRole role;
  int64_t rows;     /* of the minibatch it was traced for; 0 without data */
  int target_count; /* of its objective when it was recorded; with more it is recorded again */
  Trace *trace;     /* detached; NULL: not traced yet */
  /* borrowed from the cache; with own_plan lent by it, to be returned with this key */
  Plan *plan;
  bool own_plan;
  uint64_t plan_key;
  uint64_t loss_hash;      /* of the recorded loss, with its constants */
  int loss_bindings;       /* those that it may read: the first so many */
  uint64_t constants_hash; /* of tensors that it reads (process_message.c); 0: not known */
  bool decided;            /* it must be traced again each time */
  bool ahead;              /* its gradient is taken at a point that the optimizer computes */
  bool draws;              /* it draws random numbers */
  OptimizerInputs inputs;
  int key;                   /* binding of the key for draws, -1 if none */
  int weight, total;         /* bindings of this minibatch's weight and of the whole update's; -1 */
  int *columns;              /* bindings of the minibatch's columns, in the trace's arena */
  int metric_count;          /* the step's own, among the results */
  int taken_at, taken_count; /* values for the metrics of the epoch, among the results */
  int update_at, update_count; /* the same for those of an update of several minibatches */
  int sums_at, sum_count;      /* STEP_FIRST: what is in the accumulators then */
  int *sum_inputs;             /* bindings of the accumulators, in the trace's arena; NULL: none */
  Tensor *results;             /* loss, metrics…, grad_norm, taken…; written in place; owned */
  int result_count;
  void **pointers; /* argument of plan_run; owned */
  Limits **limits; /* the same; owned */
  Store *stores;   /* in the trace's arena */
  int store_count;
  int watched_count;    /* the loss, then the others that must be finite */
  int narrow_at;        /* of the watched: the new values of stores of bf16, in their order */
  SparseTarget *sparse; /* targets that are updated by rows; in the trace's arena */
  int sparse_count;
  PlanCost cost;            /* gd check --cost: the estimate of a run … */
  size_t stored;            /* … and the bytes of what it stores: params, buffers, states */
  const PlanSpec *spec;     /* STEP_FIRST: of the plan, in the trace's arena; or NULL */
  struct Replica *replicas; /* owned; see replica.c */
  int replica_count;
  struct Known *known; /* of the loss, by an optimizer of the whole vector: whole.c; owned */
  struct Step *others; /* the same step on other branches (`t % 10 == 0`), each with its recording;
                        * owned */
  int64_t logged;      /* number of the last update for which its stores were saved in an Undo */
} Step;

/* Callback: the accumulator of this number is set; the plan continues. */
typedef void SumMade(void *context, int number);

/* The context of a step. */
typedef struct StepContext {
  Frame *frame;
  const Ast *pattern; /* or NULL */
  Tensor *columns;    /* the minibatch, by column */
  int column_count;
  const float *probable; /* by column: TensorObject.probable */
  const Metric *metrics;
  int metric_count;
  Measure *measure;   /* of the epoch, or NULL: then the step is the whole epoch */
  Measure *update;    /* of an update of several minibatches, or NULL */
  bool wants_metrics; /* the step's own metrics are used too */
  bool keyed;         /* a train: draws are keyed by (seed, number) */
  uint64_t key_seed, key_number;
  const RowSource *source; /* origin of the minibatch's rows; NULL: no data */
  double total_rows;       /* of the whole update, when gradients are accumulated */
  bool times;              /* the plans measure the time of their instructions */
  SumMade *made;           /* STEP_FIRST: called for each accumulator as it is set; or NULL */
  void *made_for;
  /* saves what the step replaces; NULL: nothing of the update follows it */
  Undo *undo;
} StepContext;

typedef struct StepOutcome {
  double loss, grad_norm;
  bool interrupted;             /* nothing was stored */
  int64_t evaluations;          /* of the loss, by an optimizer of the whole vector */
  char converged[200];          /* the stopping rule of the optimizer that held, or empty */
  double metrics[METRICS_MOST]; /* only metric_count are set, to save time */
} StepOutcome;

/* The outcome before anything is made; metrics are not changed. */
void step_no_outcome(StepOutcome *outcome);

/* Makes the step, tracing it first if needed.  Raises on faults, and on a loss, gradient or new
 * value that is NaN or infinite; then nothing has been stored. */
/* traces only, if it is not traced yet */
void step_prepare(Vm *vm, Step *step, const StepContext *context);
void step_make(Vm *vm, Step *step, const StepContext *context, int64_t step_number,
               StepOutcome *outcome);
/* Sets all inputs of a recorded step. */
void step_bind(Vm *vm, Step *step, const StepContext *context);
/* What its plan made, of these results. */
void step_read(const Step *step, const Tensor *results, StepOutcome *outcome);
/* Clears the accumulators after an update was made or undone. */
void step_clear_sums(const Objective *objective);
void step_free(Vm *vm, Step *step);
/* Runs the plan of a prepared step and fills `outcome`.  Raises as step_make does. */
void step_run(Vm *vm, Step *step, const StepContext *context, int64_t step_number,
              StepOutcome *outcome);

/* The loss and metrics only; `training` is false, for validation, but in the role LOOK.  `step` is
 * traced for it once. */
void step_look(Vm *vm, Step *step, const StepContext *context, StepOutcome *outcome);

/* Records the loss and its gradient beside the training, with `training` true, and passes them to a
 * callback.  Nothing is stored, and the recording is closed afterwards. */
typedef struct StepStudy {
  void (*run)(struct StepStudy *study, Trace *trace, const Step *step, NodeId loss,
              const NodeId *gradients);
} StepStudy;
void step_study(Vm *vm, Step *step, const StepContext *context, StepStudy *study);

#endif
