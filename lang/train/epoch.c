/* epoch.c — see epoch.h. */
#include "lang/train/epoch.h"

#include "lang/health/health.h"
#include "lang/optimizers/hyper.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/text/output.h"
#include "lang/train/best.h"
#include "lang/train/ending.h"
#include "lang/train/path.h"
#include "lang/train/plotted.h"
#include "lang/train/progress.h"
#include "lang/train/resume.h"
#include "lang/train/runlog.h"
#include "lang/train/update.h"
#include "lang/train/validate.h"

#include <math.h>
#include <string.h>

static void after_update(TrainRun *run) {
  const OptimizerObject *first = run->objectives[0].optimizer;
  run->rate = hyper_rate(run->vm, run->objectives[0].optimizer, first->steps - 1);
  series_push(&run->history.step_loss, run->last.loss);
  series_push(&run->history.lr, run->rate);
  run->history.steps = run->total_steps;
  path_add(run);
  average_step(run);
  if (run->watch) health_step(run);
  ending_block(run, run->each_step, false);
  if (!(run->waits_for_epoch && run->history.epochs == 0)) ending_check(run, false);
  if (run->converged == run->objective_count) ending_by_method(run);
  if (run->steps_most && run->total_steps >= run->steps_most)
    ending_at(run, "steps", run->total_steps);
  runlog_step(run);
  run->vm->fuel--; /* an update counts as a step */
  ending_poll(run);
  progress_step(run);
}

void epoch_measure(TrainRun *run) {
  if (!run->metric_count || run->sums.rows <= 0) return;
  const Measure *measure = &run->measure;
  const bool worked_out = measure->valued == measure->met;
  if (!measure->on) memcpy(run->epoch_metrics, run->last.metrics, sizeof run->epoch_metrics);
  else if (measure->whole || worked_out)
    memcpy(run->epoch_metrics, measure_values(run->vm, &run->measure), sizeof run->epoch_metrics);
  else /* an update that failed took the recording with it */
    for (int i = 0; i < run->metric_count; i++) run->epoch_metrics[i] = (double)NAN;
}

/* Every so many epochs.  Without data an epoch is one step, often of microseconds: then at most
 * once a second. */
static bool checkpoint_due(const TrainRun *run) {
  if (!run->checkpoint || run->over || run->block_cut) return false;
  if (run->history.epochs % run->checkpoint_every) return false;
  return run->column_count || clock_seconds() - run->checkpoint_written >= 1;
}

/* Also of an epoch whose last step reached a limit: `stalled` counts it, for a later sitting. */
static void check_epoch(TrainRun *run) {
  if (!run->waits_for_epoch || (run->over && feed_has_rows(run))) return;
  run->epoch_over = true;
  ending_check(run, true);
  run->epoch_over = false;
}

static void after_epoch(TrainRun *run) {
  feed_check(run);
  epoch_measure(run);
  average_epoch(run);
  average_show(run);
  bool whole = validate_run(run);
  if (whole) {
    history_epoch(run);
    if (run->keep) ending_set_variables(run, true);
    best_keep(run);
  }
  average_hide(run);
  if (!whole) return;
  ending_block(run, run->each_epoch, true);
  check_epoch(run);
  progress_epoch(run);
  runlog_epoch(run);
  plotted_live(run, false);
  run->sums = (Sums){0};
  run->epoch_rows.count = 0;
  measure_clear(&run->measure);
  run->epoch++;
  run->at_row = 0;
  if (run->epochs_most && run->history.epochs >= run->epochs_most)
    ending_at(run, "epochs", run->history.epochs);
  if (!checkpoint_due(run)) return;
  runlog_flush(run);
  resume_write(run);
}

static bool pauses(const TrainRun *run) {
  return run->pause_at && run->history.epochs >= run->pause_at;
}

void epoch_run(TrainRun *run) {
  while (!run->over && !pauses(run)) {
    output_settle();
    vm_poll(run->vm);
    feed_epoch(run);
    bool cut = false;
    do {
      bool made = update_try(run);
      cut = !made && run->over && run->rows && feed_has_rows(run); /* the update was abandoned */
      if (!made) break;
      after_update(run);
      cut = run->over && run->rows && feed_has_rows(run);
    } while (!run->over && run->rows && feed_has_rows(run));
    if (cut) return; /* in the middle of an epoch: the checkpoint continues there */
    if (run->sums.rows > 0) after_epoch(run);
  }
}

/* An epoch that was cut short counts with the rows seen; the checkpoint, written before, continues
 * in its middle. */
void epoch_close(TrainRun *run) {
  if (run->sums.rows > 0 && run->cut_short) {
    run->val_loss = (double)NAN;
    for (int i = 0; i < run->metric_count; i++) run->val_metrics[i] = (double)NAN;
    history_epoch(run);
  } else if (run->sums.rows > 0) after_epoch(run);
  run->history.seconds = history_seconds(run);
}
