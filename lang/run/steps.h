/* steps.h — the steps of a run: recorded once for each size of minibatch and each role, and cached.
 *
 * If a recording branched on data, or the script changed a variable that it may have read, they are
 * recorded again, and their plan is looked up by its structure.
 */
#ifndef GD_LANG_STEPS_H
#define GD_LANG_STEPS_H

#include "lang/run/run.h"

/* The parameters of one objective's step (steps_make). */
typedef struct StepAsked {
  StepRole role;
  int64_t rows;
  uint64_t part; /* of the update: keys the draws */
  double total;  /* rows of the update */
  Undo *undo;    /* saves what it replaces, or NULL */
  SumMade *made; /* STEP_FIRST: as in StepContext, with … */
  void *made_for;
} StepAsked;

/* The number of the draws of a part of the update in hand. */
uint64_t steps_draws(const TrainRun *run, uint64_t part);
void steps_begin(TrainRun *run); /* call it before the steps of an update */
/* One objective's step on some rows; columns NULL: without data.  Returns it, borrowed. */
Step *steps_make(TrainRun *run, int number, Tensor *columns, const StepAsked *asked,
                 StepOutcome *outcome);
/* The same step if it is recorded, borrowed; NULL: it is not. */
Step *steps_recorded(TrainRun *run, int number, StepRole role, int64_t rows);
/* The context with which steps_make makes it. */
StepContext steps_context_for(TrainRun *run, int number, Tensor *columns, const StepAsked *asked);
/* The first objective's step on the epoch's first minibatch, recorded and planned before the
 * training begins, which reuses it; borrowed.  Fills the context, with the columns. */
const Step *steps_first(TrainRun *run, Tensor columns[8], StepContext *context);
/* After an update: raises as a step does if its minibatch has no finite loss any more; false:
 * interrupted. */
bool steps_look_back(TrainRun *run, int number, Tensor *columns, const StepAsked *asked);
/* The result of a minibatch of the validation set. */
typedef struct Looked {
  double loss; /* of all objectives */
  Step *step;  /* of the first objective, with the values for the metrics; borrowed */
} Looked;
/* Evaluates one minibatch; false: interrupted. */
bool steps_look(TrainRun *run, Tensor *columns, int64_t rows, Looked *look);
/* adds the values for the metrics, among these results of the first objective's step */
void steps_keep(TrainRun *run, const Step *step, const Tensor *results, int64_t rows);
/* How metrics combine over rows is found by comparing a recording of some rows with one of all.  If
 * the minibatch has all rows, makes the columns a part of it.  Returns how many they have then. */
int64_t steps_fewer(TrainRun *run, Tensor *columns, int64_t rows);
/* records the first step, so that buffers, states and draws are known */
void steps_prepare(TrainRun *run);
/* The context of a step.  part: of its minibatch in its update; draws are keyed by both. */
StepContext steps_context(TrainRun *run, Tensor *columns, int count, uint64_t part);
void steps_free(TrainRun *run); /* frees all cached steps */

#endif
