/* resume.c — the checkpoint of a training: everything that a later sitting needs to continue bit
 * for bit.
 *
 * saved.c defines the fields and their valid values, once for writing and reading; settings.c the
 * note about the script.  This file has the order of steps.  Reading is all or nothing.  The file
 * is read (checkpoint.c checks its digest) and the position of the run is checked.  What had
 * joined joins again (joins.c), and the first step is recorded, so that buffers, states and draws
 * are known.  The note is compared, and every other field is checked.  Only then are params,
 * buffers and optimizers changed.  Until then only the TrainRun changes, which is discarded on
 * failure, and optimizers' memory of new targets, which is released.
 *
 * A damaged file is skipped, with a warning, for the previous one.  A missing file is not damage:
 * the training starts from the beginning, whatever other files exist.  An undamaged file with an
 * impossible value is refused with exit status 65 and the field's name; `.previous` is not tried,
 * since no accident of writing makes such a file.
 */
#include "lang/train/resume.h"

#include "lang/optimizers/hyper.h"
#include "lang/optimizers/states.h"
#include "lang/run/feed.h"
#include "lang/run/kept.h"
#include "lang/run/steps.h"
#include "lang/train/block_state.h"
#include "lang/train/joins.h"
#include "lang/train/saved.h"
#include "lang/train/settings.h"
#include "runtime/files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static NORETURN void fail(TrainRun *run, Diag *diag) {
  if (!diag->span.file) diag->span = saved_clause(run)->span;
  raise_diag(run->vm, diag);
}

/* ---- writing ---- */

static void write_job(Vm *vm, void *context) {
  Saved *saved = context;
  (void)vm;
  saved_place(saved);
  saved_joins(saved);
  saved_rest(saved);
}

void resume_write(TrainRun *run) {
  kept_collect(run);
  Checkpoint checkpoint = {0};
  Saved saved = {.run = run, .file = &checkpoint};
  settings_describe(run, &checkpoint.note);
  Diag diag = {0};
  bool fine = vm_protect(run->vm, write_job, &saved, &diag) &&
              checkpoint_write(&run->vm->files, run->checkpoint, &checkpoint, &diag);
  checkpoint_free(&checkpoint);
  saved_free(&saved);
  if (!fine) fail(run, &diag);
  run->checkpoint_written = clock_seconds();
}

/* ---- reading ---- */

/* The metrics of an epoch continued in its middle are over all its rows, whatever the minibatches
 * from here on. */
static void measure_middle(const Saved *saved) {
  TrainRun *run = saved->run;
  if (run->at_row == 0 || !run->metric_count || saved_measured(saved)) return;
  /* another `batch:` or `drop_last:` may leave other rows out */
  if (!run->measure.on || run->measure.rows < run->rows) run->measure.rows = run->rows;
  run->measure.on = true;
}

/* Resets what belongs to conditions that have changed. */
static void reset_changed(TrainRun *run) {
  if (run->stop_changed) run->stalled_count = 0;
  if (run->average_changed) average_restart(run);
  if (!run->keep_changed) return;
  for (int64_t i = 0; i < run->keep_values.count; i++) run->keep_values.at[i] = (double)NAN;
  if (!run->best_values) return;
  for (int i = 0; i < run->kept_count; i++) tensor_release(&run->best_values[i]);
  mem_free(run->best_values);
  run->best_values = NULL;
  run->best = 0;
  run->best_epoch = 0;
}

static void read_job(Vm *vm, void *context) {
  Saved *saved = context;
  TrainRun *run = saved->run;
  saved_place(saved);
  measure_middle(saved);
  saved_joins(saved);
  steps_prepare(run);
  kept_collect(run);
  joins_settle(run);
  block_state_start(run);
  settings_compare(run, &saved->file->note);
  saved_rest(saved);
  reset_changed(run);
  saved_install(saved);
  run->source.end = run->at_row;
  (void)vm;
}

/* The number of targets in each optimizer's memory, so that those added by reading can be
 * released. */
static void targets_met(const TrainRun *run, int counts[UPDATES_MOST]) {
  for (int i = 0; i < run->objective_count; i++)
    counts[i] = run->objectives[i].optimizer->memory->count;
}

static bool read_whole(TrainRun *run, Checkpoint *checkpoint, Diag *diag) {
  Saved saved = {.run = run,
                 .file = checkpoint,
                 .reading = true,
                 .visited = mem_zero((size_t)checkpoint->tensors.count + 1)};
  int met[UPDATES_MOST];
  uint64_t draws = run->vm->draws;
  targets_met(run, met);
  bool fine = vm_protect(run->vm, read_job, &saved, diag);
  for (int i = 0; !fine && i < run->objective_count; i++)
    states_release(run->vm, run->objectives[i].optimizer, met[i]);
  if (fine) settings_report_changes(run, &checkpoint->note);
  else run->vm->draws = draws;
  saved_free(&saved);
  return fine;
}

bool resume_read(TrainRun *run) {
  if (!checkpoint_exists(&run->vm->files, run->checkpoint)) return false;
  Checkpoint checkpoint;
  Diag diag = {0}, warning = {0};
  if (!checkpoint_read(&run->vm->files, run->checkpoint, &checkpoint, &warning, &diag))
    fail(run, &diag);
  if (warning.status && run->vm->on_diag) run->vm->on_diag(run->vm->on_diag_context, &warning);
  bool fine = read_whole(run, &checkpoint, &diag);
  checkpoint_free(&checkpoint);
  if (!fine) raise_diag(run->vm, &diag);
  return true;
}

/* ---- the lock ---- */

void resume_open(TrainRun *run) {
  if (!run->checkpoint) return;
  block_state_open(run);
  joins_open(run);
  if (!run->settings.length) settings_note(run);
  for (int i = 0; i < run->objective_count; i++)
    hyper_list(run->objectives[i].optimizer, &run->hyper_given[i]);
  run->blocks[0] = settings_block(run, run->each_step);
  run->blocks[1] = settings_block(run, run->each_epoch);
  run->digest = feed_digest(run->columns, run->column_count);
  Diag diag = {0};
  if (!file_path_check(run->checkpoint, strlen(run->checkpoint), &diag) ||
      !file_check_writable(&run->vm->files, run->checkpoint, &diag))
    fail(run, &diag);
  run->lock = mem_zero(sizeof *run->lock);
  run->lock->file = run->lock->folder = -1;
  if (!file_lock(run->lock, &run->vm->files, run->checkpoint, &diag)) {
    mem_free(run->lock);
    run->lock = NULL;
    fail(run, &diag);
  }
}

void resume_close(TrainRun *run) {
  if (!run->lock) return;
  file_unlock(run->lock);
  mem_free(run->lock);
  run->lock = NULL;
}
