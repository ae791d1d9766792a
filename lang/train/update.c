/* update.c — see update.h. */
#include "lang/train/update.h"
#include "lang/machine/read_set.h"

#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/run/shards.h"
#include "lang/run/steps.h"
#include "lang/train/back_off.h"
#include "lang/train/ending.h"

#include <math.h>
#include <string.h>

static const double GROWN = 1.1; /* times its largest element before */

/* The metrics of a step; of one with several minibatches, over all their rows. */
static void take_metrics(TrainRun *run, const StepOutcome *outcome) {
  const double *metrics = run->update_measure.on ? measure_values(run->vm, &run->update_measure)
                                                 : outcome->metrics;
  memcpy(run->last.metrics, metrics, (size_t)run->metric_count * sizeof(double));
}

/* Rows of the next update, over its minibatches. */
static double rows_next(const TrainRun *run) {
  int64_t left = run->rows - run->at_row, batch = run->batch ? run->batch : run->rows;
  int64_t whole = run->accumulate > left / batch + 1 ? left : batch * run->accumulate;
  if (run->drop_last && run->batch) left -= left % batch;
  return (double)(whole < left ? whole : left);
}

/* Can it be undone when a part of it is made? */
static bool has_parts(const TrainRun *run) {
  return run->accumulate > 1 || run->shards || run->objective_count > 1 ||
         run->on_divergence == DIVERGENCE_BACK_OFF;
}

/* With "back_off" an update counts if its loss can be computed after it: when the next step finds
 * that it cannot, no rate mends it.  That is looked at if a param has grown, since without it the
 * loss cannot leave the range of its numbers at once; a look takes a third of a step. */
static bool look_back(TrainRun *run, int number, Tensor *columns, const StepAsked *asked) {
  const bool looks = run->on_divergence == DIVERGENCE_BACK_OFF && !run->vm->checking &&
                     !run->objectives[number].optimizer->whole;
  return !looks || !undo_grew(&run->undo, GROWN) || steps_look_back(run, number, columns, asked);
}

/* Undoes an incomplete update: restores what its first plans replaced, and the run's position. */
static void back(TrainRun *run, int64_t at_row) {
  shards_back(run);
  undo_back(run->vm, &run->undo);
  for (int i = 0; i < run->objective_count; i++) step_clear_sums(&run->objectives[i]);
  if (has_parts(run)) measure_back(&run->measure);
  run->at_row = at_row;
}

/* The minibatches of an update, and the one in hand. */
typedef struct Minibatches {
  Tensor columns[8];
  int64_t rows; /* 0 without data */
  double total; /* rows of the update */
  Sums *sums;   /* its losses and rows */
} Minibatches;

/* All of them through one objective; false: interrupted. */
static bool minibatches_through(TrainRun *run, int number, Minibatches *all, StepOutcome *outcome) {
  const bool first = number == 0, next = first || run->accumulate > 1;
  double seen = 0;
  StepAsked asked;
  for (int64_t i = 0; i < run->accumulate; i++) {
    if (run->rows && next && (all->rows = feed_next(run, all->columns)) == 0) break;
    const double rows = all->rows ? (double)all->rows : 1;
    const bool last = seen + rows >= all->total || !run->rows;
    asked = (StepAsked){
        .role = STEP_WHOLE, .rows = all->rows, .part = (uint64_t)i, .total = all->total};
    if (run->accumulate > 1) asked.role = last ? STEP_LAST : STEP_GATHER;
    if (!last || number + 1 < run->objective_count || run->on_divergence == DIVERGENCE_BACK_OFF)
      asked.undo = &run->undo;
    const Step *step = steps_make(run, number, all->columns, &asked, outcome);
    if (outcome->interrupted) return false;
    if (first) steps_keep(run, step, step->results, all->rows);
    seen += rows;
    all->sums->loss += rows * objective_term(&run->objectives[number], outcome->loss, all->rows,
                                             all->total);
    if (last) break;
  }
  if (first) all->sums->rows = seen;
  return seen <= 0 || look_back(run, number, all->columns, &asked);
}

/* Each objective takes all of them before the next one begins, which sees what it has trained;
 * false: interrupted. */
static bool minibatches(TrainRun *run, double total, Sums *sums, StepOutcome *outcome) {
  Minibatches all = {.total = total, .sums = sums};
  const int64_t at_row = run->at_row;
  double length = (double)NAN;
  if (total <= 0) return true; /* the epoch is over: its recording is still to give the metrics */
  steps_begin(run);
  for (int i = 0; i < run->objective_count; i++) {
    if (run->accumulate > 1) run->at_row = at_row;
    if (!minibatches_through(run, i, &all, outcome)) return false;
    if (sums->rows <= 0) return true; /* the epoch is over */
    length = i ? hypot(length, outcome->grad_norm) : outcome->grad_norm;
  }
  outcome->grad_norm = length;
  return true;
}

/* Makes one update; false when the rows of the epoch are used up. */
bool update_make(TrainRun *run) {
  int64_t at_row = run->at_row;
  undo_begin(run->vm, &run->undo);
  if (has_parts(run)) measure_mark(&run->measure);
  measure_clear(&run->update_measure);
  Sums sums = {0};
  double total = run->rows ? rows_next(run) : 1;
  StepOutcome outcome;
  step_no_outcome(&outcome);
  if (run->shards ? !shards_update(run, total, &sums, &outcome)
                  : !minibatches(run, total, &sums, &outcome)) {
    back(run, at_row);
    vm_poll_files(run->vm);
    ending_cut_short(run, "interrupted", "interrupted: a signal");
    return false;
  }
  undo_begin(run->vm, &run->undo); /* it is atomic */
  if (sums.rows == 0) return false;
  run->last.loss = sums.loss / sums.rows;
  run->last.grad_norm = outcome.grad_norm;
  take_metrics(run, &outcome);
  sums_add(&run->sums, run->last.loss, sums.rows);
  series_push(&run->epoch_rows, sums.rows);
  run->total_steps++;
  run->changes = run->vm->read_set->changes;
  for (int i = 0; i < run->objective_count; i++) run->objectives[i].remembers = true;
  return true;
}

/* ---- divergence ---- */

typedef struct Trying {
  TrainRun *run;
  bool made;
} Trying;

static void try_body(Vm *vm, void *context) {
  (void)vm;
  Trying *trying = context;
  trying->made = update_make(trying->run);
}

/* As update_make; one that is not finite counts nowhere, and ends the run or is made again with
 * half the rate, where `on_divergence:` says so. */
bool update_try(TrainRun *run) {
  if (run->on_divergence == DIVERGENCE_ERROR) return update_make(run);
  Vm *vm = run->vm;
  int64_t at_row = run->at_row;
  for (;;) {
    Trying trying = {run, false};
    Diag diag = {0};
    if (vm_protect(vm, try_body, &trying, &diag)) return trying.made;
    if (!diag.diverged) raise_diag(vm, &diag);
    vm->run = &run->base;
    back(run, at_row);
    if (back_off(run)) {
      steps_free(run); /* its recording was left in the middle, and has the old rate */
      continue;
    }
    Text why = {0};
    back_off_why(&diag, &why);
    ending_cut_short(run, "diverged", why.data);
    text_free(&why);
    return false;
  }
}
