/* update.c — see update.h. */
#include "lang/learn/update.h"

#include "lang/learn/back_off.h"
#include "lang/learn/ending.h"
#include "lang/learn/feed.h"
#include "lang/learn/history.h"
#include "lang/learn/shards.h"
#include "lang/learn/steps.h"

#include <string.h>

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

/* Undoes an incomplete update: restores what its first plans replaced, and the run's position. */
static void back(TrainRun *run, int64_t at_row) {
  shards_back(run);
  undo_back(run->vm, &run->undo);
  for (int i = 0; i < run->objective_count; i++) step_clear_sums(&run->objectives[i]);
  if (run->accumulate > 1 || run->shards) measure_back(&run->measure);
  run->at_row = at_row;
}

/* The minibatches of one update: its losses and rows; false: interrupted. */
static bool minibatches(TrainRun *run, double total, Sums *sums, StepOutcome *outcome) {
  Tensor columns[8];
  for (int64_t i = 0; i < run->accumulate; i++) {
    int64_t rows = 0;
    if (run->rows && (rows = feed_next(run, columns)) == 0) break;
    bool last = sums->rows + (double)rows >= total || !run->rows;
    StepRole role = run->accumulate == 1 ? STEP_WHOLE : last ? STEP_LAST : STEP_GATHER;
    steps_minibatch(run, columns, role, rows, i, total, outcome);
    if (outcome->interrupted) return false;
    sums_add(sums, outcome->loss, rows ? (double)rows : 1);
    if (last) break;
  }
  return true;
}

/* Makes one update; false when the rows of the epoch are used up. */
bool update_make(TrainRun *run) {
  int64_t at_row = run->at_row;
  undo_begin(run->vm, &run->undo);
  if (run->accumulate > 1 || run->shards) measure_mark(&run->measure);
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
  run->effects = run->vm->effects;
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
    vm->run = run;
    back(run, at_row);
    steps_free(run); /* its recording was left in the middle, and has the old rate */
    if (back_off(run)) continue;
    Text why = {0};
    back_off_why(&diag, &why);
    ending_cut_short(run, "diverged", why.data);
    text_free(&why);
    return false;
  }
}
