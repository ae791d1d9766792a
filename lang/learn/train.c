/* train.c — the loop of a `train`: minibatches, steps, epochs, conditions, interrupts.
 *
 * A step: the next minibatch (or several, accumulated into one update), each objective's step in
 * order, then `stop:` and `each_step:`.  An epoch: steps until the rows are used up (without data a
 * step is an epoch), then validation, `keep:`, `each_epoch:`, the checkpoint.  The first limit
 * reached ends the run.
 *
 * Steps are traced once for each size of minibatch and each role, and kept.  If the trace branched
 * on data, or a block changed a variable that the trace may have read, they are traced again, and
 * their plan is looked up by its structure.
 *
 * Signals: the first SIGINT ends the run after the current step with `stopped == "interrupted"`;
 * SIGTERM writes the checkpoint and ends the program with 143.
 */
#include "lang/learn/train.h"
#include "lang/learn/auto_rate.h"
#include "lang/learn/back_off.h"
#include "lang/learn/best.h"
#include "lang/learn/cost.h"
#include "lang/learn/health.h"
#include "lang/learn/hyper.h"
#include "lang/learn/plotted.h"
#include "lang/learn/rate_look.h"
#include "lang/learn/restarts.h"
#include "lang/learn/runlog.h"
#include "lang/learn/runpage.h"
#include "lang/learn/shards.h"
#include "lang/learn/states.h"
#include "lang/learn/whole.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/frame.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/dump.h"
#include "lang/tensors/operation.h"
#include "lang/text/output.h"
#include "lang/text/source.h"

#include "runtime/peers/peers.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what blocks and conditions see ---- */

static double metric_now(const TrainRun *run, const char *name, bool epoch) {
  bool val = !strncmp(name, "val_", 4);
  for (int i = 0; i < run->metric_count; i++) {
    if (!strcmp(name, run->metrics[i].name))
      return epoch ? run->epoch_metrics[i] : run->last.metrics[i];
    if (val && !strcmp(name + 4, run->metrics[i].name)) return run->val_metrics[i];
  }
  return (double)NAN;
}

static double watched_now(const TrainRun *run, const char *name, bool epoch) {
  if (!strcmp(name, "loss")) return epoch ? epoch_loss(run) : run->last.loss;
  if (!strcmp(name, "val_loss")) return run->val_loss;
  if (!strcmp(name, "step")) return (double)run->total_steps;
  if (!strcmp(name, "epoch")) return (double)run->history.epochs + (epoch ? 0 : 1);
  if (!strcmp(name, "grad_norm")) return run->last.grad_norm;
  if (!strcmp(name, "lr")) return run->rate;
  if (!strcmp(name, "seconds")) return train_seconds(run);
  return metric_now(run, name, epoch);
}

static void set_watched(TrainRun *run, bool epoch) {
  for (int i = 0; i < run->ast->watched_count; i++) {
    const Watched *watched = &run->ast->watched[i];
    frame_set(run->vm, run->frame, watched->place, watched->slot,
              value_number(watched_now(run, watched->name, epoch)));
  }
}

static bool condition(TrainRun *run, bool epoch) {
  if (!run->stop) return false;
  set_watched(run, epoch);
  Value value = eval(run->vm, run->frame, run->stop);
  bool truth = value_truth(run->vm, run->stop->span, value);
  value_release(run->vm, value);
  return truth;
}

/* `why`: the rule with its numbers; NULL: it is there already. */
static void end(TrainRun *run, const char *stopped, const char *why) {
  run->over = true;
  if (run->history.stopped) return;
  run->history.stopped = stopped;
  if (why) snprintf(run->history.why, sizeof run->history.why, "%.600s", why);
}

static void end_at(TrainRun *run, const char *stopped, int64_t made) {
  char why[80];
  snprintf(why, sizeof why, "%s: %lld made", stopped, (long long)made);
  end(run, stopped, why);
}

/* The condition as it is written, and what it saw. */
static void end_at_stop(TrainRun *run) {
  const Source *source = source_at(run->vm->sources, run->stop->span.file);
  Text why = {0};
  text_string(&why, "stop: ");
  Span span = run->stop->span;
  if (source && span.end <= source->length)
    text_escaped(&why, source->text + span.start,
                 span.end - span.start < 160 ? span.end - span.start : 160);
  for (int i = 0; i < run->ast->watched_count; i++) {
    const char *name = run->ast->watched[i].name;
    size_t length = strlen(name);
    const char *found = source
                            ? memmem(source->text + span.start, span.end - span.start, name, length)
                            : NULL;
    if (!found) continue;
    text_format(&why, ", %s is ", name);
    text_digits(&why, watched_now(run, name, run->epoch_over), 6);
  }
  end(run, "stop", why.data);
  text_free(&why);
}

/* each_step: and each_epoch:.  A `break` in it ends the run. */
static void run_block(TrainRun *run, const Ast *block, bool epoch) {
  if (!block) return;
  set_watched(run, epoch);
  uint64_t effects = run->vm->effects;
  Value value = RUNNERS[block->kind](run->vm, run->frame, block);
  if (is_flow(value) && value.detail == FLOW_BREAK)
    end(run, "stop", epoch ? "stop: break in each_epoch" : "stop: break in each_step");
  else if (is_flow(value) && value.detail == FLOW_ENDED) raise_ended(run->vm);
  else value_release(run->vm, value);
  if (ast_assigns(block) || run->vm->effects != effects) run->retrace = true;
}

/* Ended by a signal or a limit.  The rest of the epoch is left to a sitting that continues from the
 * checkpoint. */
void train_cut_short(TrainRun *run, const char *stopped, const char *why) {
  if (run->over) return;
  run->cut_short = true;
  end(run, stopped, why);
}

void train_look_outside(TrainRun *run) {
  bool together = peers_count() > 1 && run->shards; /* they end after the same step */
  const char *limit = vm_limit(run->vm);
  if (together && (!limit || !strcmp(limit, "time"))) limit = run->heard_late ? "time" : NULL;
  if (together ? run->heard_asks : vm_asked())
    train_cut_short(run, "interrupted", "interrupted: a signal");
  else if (limit)
    train_cut_short(run, limit, strcmp(limit, "time") ? "steps: --max-steps" : "time: --max-time");
}

/* ---- steps ---- */

/* part: index of the minibatch in its update; draws are keyed by both. */
static StepContext context_of(TrainRun *run, Tensor *columns, int count, uint64_t part) {
  /* every field, or the whole is cleared first */
  return (StepContext){.frame = run->frame,
                       .pattern = run->pattern,
                       .columns = columns,
                       .column_count = count,
                       .metrics = NULL,
                       .metric_count = 0,
                       .measure = NULL,
                       .update = NULL,
                       .wants_metrics = false,
                       .keyed = true,
                       .key_seed = run->key_seed,
                       .key_number = hash_mix((uint64_t)run->total_steps, part),
                       .source = NULL,
                       .total_rows = 0,
                       .times = run->report != NULL,
                       .made = NULL,
                       .made_for = NULL,
                       .undo = NULL};
}

/* Only a training that shuffles or draws uses a number of the seed. */
static void take_number(TrainRun *run) {
  if (run->drawn) return;
  run->drawn = true;
  run->vm->draws++;
}

static void free_steps(TrainRun *run) {
  for (int i = 0; i < run->objective_count; i++) {
    for (int k = 0; k < run->step_count[i]; k++) step_free(run->vm, &run->steps[i][k]);
    run->step_count[i] = 0;
  }
  for (int i = 0; i < run->objective_count; i++) {
    for (int k = 0; k < run->look_count[i]; k++) step_free(run->vm, &run->looks[i][k]);
    run->look_count[i] = 0;
  }
  measure_reset_recording(run->vm, &run->measure);
  measure_reset_recording(run->vm, &run->val_measure);
  measure_reset_recording(run->vm, &run->update_measure);
  run->retrace = false;
}

static Step *step_for(TrainRun *run, Step *steps, int *count, Objective *objective, StepRole role,
                      int64_t rows) {
  for (int i = 0; i < *count; i++)
    if (steps[i].rows == rows && steps[i].role == role) return &steps[i];
  if (*count == STEPS_KEPT) step_free(run->vm, &steps[--*count]);
  steps[*count] = (Step){.objective = objective, .role = role, .rows = rows};
  return &steps[(*count)++];
}

/* The metrics are the first objective's. */
static void with_metrics(TrainRun *run, StepContext *context, Measure *measure) {
  context->metrics = run->metrics;
  context->metric_count = run->metric_count;
  context->measure = measure->on && !run->vm->checking ? measure : NULL;
  if (measure != &run->measure) return;
  context->update = run->update_measure.on && !run->vm->checking ? &run->update_measure : NULL;
  context->wants_metrics = !context->update && run->wants_metrics;
}

static void keep_of(Measure *measure, const Step *step, int at, int64_t rows) {
  if (measure->on) measure_add(measure, step->results + at, rows);
}

/* What an optimizer of the whole vector says of its step. */
static void note_method(TrainRun *run, const StepOutcome *outcome) {
  run->history.evaluations += outcome->evaluations;
  if (!outcome->converged[0]) return;
  run->converged++;
  snprintf(run->history.why, sizeof run->history.why, "%s", outcome->converged);
}

void train_drew(TrainRun *run) { take_number(run); }

void train_begin(TrainRun *run) {
  if (run->retrace) free_steps(run);
  run->converged = 0;
}

static Step *step_asked(TrainRun *run, int number, Tensor *columns, const StepAsked *asked,
                        StepContext *context) {
  bool data = asked->role != STEP_APPLY;
  *context = context_of(run, columns, data ? run->column_count : 0, asked->part);
  if (!data) context->pattern = NULL;
  context->total_rows = asked->total;
  context->source = run->rows && data ? &run->source : NULL;
  if (number == 0 && data) with_metrics(run, context, &run->measure);
  context->undo = asked->undo;
  context->made = asked->made;
  context->made_for = asked->made_for;
  return step_for(run, run->steps[number], &run->step_count[number], &run->objectives[number],
                  asked->role, asked->rows);
}

const Step *train_first_step(TrainRun *run, Tensor columns[8], StepContext *context) {
  int64_t at_row = run->at_row;
  run->at_row = 0;
  train_begin(run);
  feed_epoch(run);
  int64_t rows = run->rows ? feed_next(run, columns) : 0;
  run->at_row = at_row;
  const StepAsked asked = {.role = STEP_WHOLE, .rows = rows, .total = rows ? (double)rows : 1};
  Step *step = step_asked(run, 0, columns, &asked, context);
  step_prepare(run->vm, step, context);
  return step;
}

Step *train_step(TrainRun *run, int number, Tensor *columns, const StepAsked *asked,
                 StepOutcome *outcome) {
  StepContext context;
  Step *step = step_asked(run, number, columns, asked, &context);
  step_make(run->vm, step, &context, run->total_steps + 1, outcome);
  if (outcome->interrupted) return step;
  if (step->draws) take_number(run);
  note_method(run, outcome);
  return step;
}

void train_keep(TrainRun *run, const Step *step, int64_t rows) {
  if (run->vm->checking) return;
  keep_of(&run->measure, step, step->taken_at, rows);
  keep_of(&run->update_measure, step, step->update_at, rows);
}

/* Runs one minibatch through every objective; the outcome's loss is their sum. */
static void minibatch(TrainRun *run, Tensor *columns, StepRole role, int64_t rows, int64_t part,
                      double total_rows, StepOutcome *sum) {
  const Step *first = NULL;
  double loss = 0, length = 0;
  train_begin(run);
  for (int i = 0; i < run->objective_count; i++) {
    bool follows = role == STEP_GATHER || i + 1 < run->objective_count;
    const StepAsked asked = {.role = role,
                             .rows = rows,
                             .part = (uint64_t)part,
                             .total = total_rows,
                             .undo = follows ? &run->undo : NULL};
    const Step *step = train_step(run, i, columns, &asked, sum);
    if (sum->interrupted) return;
    if (i == 0) first = step;
    loss += sum->loss;
    length = i ? hypot(length, sum->grad_norm) : sum->grad_norm;
  }
  sum->loss = loss;
  sum->grad_norm = length;
  train_keep(run, first, rows);
}

/* The metrics of a step; of one with several minibatches, over all their rows. */
static void step_metrics(TrainRun *run, const StepOutcome *outcome) {
  const double *metrics = run->update_measure.on ? measure_values(run->vm, &run->update_measure)
                                                 : outcome->metrics;
  memcpy(run->last.metrics, metrics, (size_t)run->metric_count * sizeof(double));
}

/* Rows of the next update, over its minibatches. */
static double update_rows(const TrainRun *run) {
  int64_t left = run->rows - run->at_row, batch = run->batch ? run->batch : run->rows;
  int64_t whole = run->accumulate > left / batch + 1 ? left : batch * run->accumulate;
  if (run->drop_last && run->batch) left -= left % batch;
  return (double)(whole < left ? whole : left);
}

/* Undoes an incomplete update: restores what its first plans replaced, and the run's position. */
static void take_back_update(TrainRun *run, int64_t at_row) {
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
    minibatch(run, columns, role, rows, i, total, outcome);
    if (outcome->interrupted) return false;
    sums_add(sums, outcome->loss, rows ? (double)rows : 1);
    if (last) break;
  }
  return true;
}

/* Makes one update; false when the rows of the epoch are used up. */
static bool make_update(TrainRun *run) {
  int64_t at_row = run->at_row;
  undo_begin(run->vm, &run->undo);
  if (run->accumulate > 1 || run->shards) measure_mark(&run->measure);
  measure_clear(&run->update_measure);
  Sums sums = {0};
  double total = run->rows ? update_rows(run) : 1;
  StepOutcome outcome;
  step_no_outcome(&outcome);
  if (run->shards ? !shards_update(run, total, &sums, &outcome)
                  : !minibatches(run, total, &sums, &outcome)) {
    take_back_update(run, at_row);
    vm_poll_files(run->vm);
    train_cut_short(run, "interrupted", "interrupted: a signal");
    return false;
  }
  undo_begin(run->vm, &run->undo); /* it is atomic */
  if (sums.rows == 0) return false;
  run->last.loss = sums.loss / sums.rows;
  run->last.grad_norm = outcome.grad_norm;
  step_metrics(run, &outcome);
  sums_add(&run->sums, run->last.loss, sums.rows);
  series_push(&run->epoch_rows, sums.rows);
  run->total_steps++;
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
  trying->made = make_update(trying->run);
}

/* As make_update; one that is not finite counts nowhere, and ends the run or is made again with
 * half the rate, where `on_divergence:` says so. */
static bool try_update(TrainRun *run) {
  if (run->on_divergence == DIVERGENCE_ERROR) return make_update(run);
  Vm *vm = run->vm;
  int64_t at_row = run->at_row;
  for (;;) {
    Trying trying = {run, false};
    Diag diag = {0};
    if (vm_protect(vm, try_body, &trying, &diag)) return trying.made;
    if (!diag.diverged) raise_diag(vm, &diag);
    vm->run = run;
    take_back_update(run, at_row);
    free_steps(run); /* its recording was left in the middle, and has the old rate */
    if (back_off(run)) continue;
    Text why = {0};
    back_off_why(&diag, &why);
    train_cut_short(run, "diverged", why.data);
    text_free(&why);
    return false;
  }
}

static void after_update(TrainRun *run) {
  const OptimizerObject *first = run->objectives[0].optimizer;
  run->rate = hyper_rate(run->vm, run->objectives[0].optimizer, first->steps - 1);
  series_push(&run->history.step_loss, run->last.loss);
  series_push(&run->history.lr, run->rate);
  run->history.steps = run->total_steps;
  path_add(run);
  average_step(run);
  if (run->watch) health_step(run);
  run_block(run, run->each_step, false);
  if (run->stop && !(run->waits_for_epoch && run->history.epochs == 0) && condition(run, false))
    end_at_stop(run);
  if (run->converged == run->objective_count) end(run, "converged", NULL);
  if (run->steps_most && run->total_steps >= run->steps_most)
    end_at(run, "steps", run->total_steps);
  runlog_step(run);
  run->vm->fuel--; /* an update counts as a step */
  train_look_outside(run);
  progress_step(run);
}

void train_prepare(TrainRun *run) {
  Tensor columns[8];
  int64_t at_row = run->at_row;
  run->at_row = 0;
  feed_epoch(run);
  int64_t rows = run->rows ? feed_next(run, columns) : 0;
  for (int i = 0; i < run->objective_count; i++) {
    StepContext context = context_of(run, columns, run->column_count, 0);
    context.source = run->rows ? &run->source : NULL;
    if (i == 0) with_metrics(run, &context, &run->measure);
    Step step = {.objective = &run->objectives[i], .role = STEP_WHOLE, .rows = rows};
    step_prepare(run->vm, &step, &context);
    if (step.draws) take_number(run);
    step_free(run->vm, &step);
  }
  run->at_row = at_row;
}

/* ---- epochs ---- */

bool train_look(TrainRun *run, Tensor *columns, int64_t rows, Looked *look) {
  look->loss = 0;
  look->step = NULL;
  for (int i = 0; i < run->objective_count; i++) {
    Step *step = step_for(run, run->looks[i], &run->look_count[i], &run->looking[i], STEP_WHOLE,
                          rows);
    StepContext context = context_of(run, columns, run->validate_count, 0);
    context.key_seed = ~run->key_seed;
    context.source = &run->val_source;
    if (i == 0) with_metrics(run, &context, &run->val_measure);
    StepOutcome outcome;
    step_look(run->vm, step, &context, &outcome);
    if (outcome.interrupted) return false;
    if (run->vm->checking) continue;
    look->loss += outcome.loss;
    if (i > 0) continue;
    look->step = step;
    for (int k = 0; k < step->metric_count; k++) run->val_metrics[k] = outcome.metrics[k];
  }
  return true;
}

void metrics_close(TrainRun *run) {
  if (!run->metric_count || run->sums.rows <= 0) return;
  if (!run->measure.on) memcpy(run->epoch_metrics, run->last.metrics, sizeof run->epoch_metrics);
  else if (run->measure.whole)
    memcpy(run->epoch_metrics, measure_values(run->vm, &run->measure), sizeof run->epoch_metrics);
}

/* Every so many epochs.  Without data an epoch is one step, often of microseconds: then at most
 * once a second. */
static bool checkpoint_due(const TrainRun *run) {
  if (!run->checkpoint || run->over || run->history.epochs % run->checkpoint_every) return false;
  return run->column_count || clock_seconds() - run->checkpoint_written >= 1;
}

static void after_epoch(TrainRun *run) {
  feed_check(run);
  metrics_close(run);
  average_epoch(run);
  average_show(run);
  bool whole = train_validate(run);
  if (whole) {
    history_epoch(run);
    if (run->keep) set_watched(run, true);
    best_keep(run);
  }
  average_hide(run);
  if (!whole) return;
  run_block(run, run->each_epoch, true);
  run->epoch_over = true;
  if (run->waits_for_epoch && !run->over && condition(run, true)) end_at_stop(run);
  run->epoch_over = false;
  progress_epoch(run);
  runlog_epoch(run);
  plotted_live(run, false);
  run->sums = (Sums){0};
  run->epoch_rows.count = 0;
  measure_clear(&run->measure);
  run->epoch++;
  run->at_row = 0;
  if (run->epochs_most && run->history.epochs >= run->epochs_most)
    end_at(run, "epochs", run->history.epochs);
  if (!checkpoint_due(run)) return;
  runlog_flush(run);
  resume_write(run);
}

static bool rows_left(const TrainRun *run) {
  int64_t left = run->rows - run->at_row;
  return run->drop_last && run->batch ? left >= run->batch : left > 0;
}

static bool pauses(const TrainRun *run) {
  return run->pause_at && run->history.epochs >= run->pause_at;
}

static void run_epochs(TrainRun *run) {
  while (!run->over && !pauses(run)) {
    output_settle();
    vm_poll(run->vm);
    feed_epoch(run);
    bool cut = false;
    do {
      bool made = try_update(run);
      cut = !made && run->over && run->rows && rows_left(run); /* the update was abandoned */
      if (!made) break;
      after_update(run);
      cut = run->over && run->rows && rows_left(run);
    } while (!run->over && run->rows && rows_left(run));
    if (cut) return; /* in the middle of an epoch: the checkpoint continues there */
    if (run->sums.rows > 0) after_epoch(run);
  }
}

/* ---- the whole ---- */

/* Refuses metrics that cannot be computed over an epoch where training would. */
static void check_metrics(TrainRun *run, Tensor *columns, int64_t rows) {
  StepContext context = context_of(run, columns, run->column_count, 0);
  context.metrics = run->metrics;
  context.metric_count = run->metric_count;
  if (run->measure.on && rows > 0) measure_check(run->vm, &run->measure, &context, rows);
  context.columns = run->validate;
  if (run->val_measure.on) measure_check(run->vm, &run->val_measure, &context, run->batch);
}

/* The validation is planned too. */
static void check_cost(TrainRun *run) {
  Tensor columns[8];
  Looked look;
  int64_t rows = run->validate_count ? feed_validate(run, 0, columns) : 0;
  if (rows) train_look(run, columns, rows, &look);
  cost_training(run);
}

static void check_only(TrainRun *run) {
  Tensor columns[8];
  int64_t rows = run->rows ? feed_next(run, columns) : 0;
  StepOutcome outcome;
  minibatch(run, columns, STEP_WHOLE, rows, 0, 1, &outcome);
  check_metrics(run, columns, rows);
  if (run->vm->options.cost) check_cost(run);
  for (int i = 0; i < run->ast->watched_count; i++) {
    const Watched *watched = &run->ast->watched[i];
    frame_set(run->vm, run->frame, watched->place, watched->slot, (Value){.kind = KIND_UNKNOWN});
  }
  const Ast *later[] = {run->each_step, run->stop, run->keep, run->each_epoch};
  Checker *checker = run->vm->checker;
  bool left = checker->may_have_left, unsure = checker->loop_unsure;
  for (int i = 0; i < COUNT_OF(later); i++) /* their number of runs and their values are unknown */
    if (later[i]) check_body(run->vm, run->frame, later[i]);
  checker->may_have_left = left; /* a `break` leaves only the training */
  checker->loop_unsure = unsure;
}

/* An epoch that was cut short counts with the rows seen; the checkpoint, written before, continues
 * in its middle. */
static void close_epoch(TrainRun *run) {
  if (run->sums.rows > 0 && run->cut_short) {
    run->val_loss = (double)NAN;
    for (int i = 0; i < run->metric_count; i++) run->val_metrics[i] = (double)NAN;
    history_epoch(run);
  } else if (run->sums.rows > 0) after_epoch(run);
  run->history.seconds = train_seconds(run);
}

/* If the metrics of a step are used, they are over the rows of all its minibatches. */
static void measure_updates(TrainRun *run) {
  int64_t rows = run->measure.rows;
  bool on = run->measure.on && (run->accumulate > 1 || run->shards) && run->wants_metrics;
  if (on && run->batch && run->accumulate <= rows / run->batch) rows = run->accumulate * run->batch;
  run->update_measure = (Measure){.on = on, .training = true, .rows = rows};
}

/* `0.5 a - b[1]`: a row of the combinations that residuals do not identify. */
static void show_loose(const TrainRun *run, const Tensor *loose, int64_t row, Text *text) {
  const Objective *objective = &run->objectives[0];
  int64_t at = row * loose->shape.dim[1];
  bool some = false;
  for (int i = 0; i < objective->target_count; i++) {
    const Shape *shape = &objective->targets[i]->value.shape;
    int64_t strides[RANK_MOST];
    shape_strides(shape, strides);
    for (int64_t k = 0; k < shape_count(shape); k++, at++) {
      double part = tensor_get(loose, at);
      if (fabs(part) < 0.01) continue;
      text_string(text, part < 0 ? (some ? " - " : "-") : some ? " + " : "");
      if (fabs(fabs(part) - 1) > 1e-4) {
        text_digits(text, fabs(part), 3);
        text_char(text, ' ');
      }
      text_format(text, "%.64s", objective->target_names[i]);
      for (int axis = 0; axis < shape->rank; axis++)
        text_format(text, "%s%lld%s", axis ? ", " : "[",
                    (long long)(k / strides[axis] % shape->dim[axis]),
                    axis + 1 == shape->rank ? "]" : "");
      some = true;
    }
  }
}

/* The covariance of a fit; what it does not identify is told in `why`. */
static void measure_fit(TrainRun *run) {
  Objective *objective = &run->objectives[0];
  if (run->objective_count != 1 || !objective->residuals || !objective->target_count) return;
  Step step = {.objective = objective, .rows = run->rows};
  StepContext context = context_of(run, run->columns, run->column_count, 0);
  run->fit = whole_uncertainty(run->vm, &step, &context);
  if (run->fit.kind != KIND_TUPLE) return;
  const Tensor *loose = &run->fit.tuple->items[3].tensor->tensor;
  Text text = {0};
  for (int64_t row = 0; row < loose->shape.dim[0]; row++) {
    text_string(&text, row ? ", " : "; the residuals do not identify ");
    show_loose(run, loose, row, &text);
  }
  size_t used = strlen(run->history.why);
  if (text.length)
    snprintf(run->history.why + used, sizeof run->history.why - used, "%s", text.data);
  text_free(&text);
}

void train_open(TrainRun *run) {
  Vm *vm = run->vm;
  clauses_read(run);
  path_open(run);
  runlog_read(run);
  runpage_read(run);
  vm->run = run;
  run->started = clock_seconds();
  run->val_loss = (double)NAN;
  run->key_seed = vm->seed;
  run->key_number = vm->draws;
  run->key_seed = hash_mix(run->key_seed, run->key_number + 1);
  for (int i = 0; i < run->objective_count; i++)
    run->objectives[i].steps_before = run->objectives[i].optimizer->steps;
  if (vm->checking) {
    check_only(run);
    return;
  }
  output_settle();
  if (feed_shuffles(run)) take_number(run);
  auto_rates(run, make_update);
  resume_open(run);
  if (run->resume && resume_read(run)) {
    if (run->epochs_most && run->history.epochs >= run->epochs_most)
      end_at(run, "epochs", run->history.epochs);
    if (run->steps_most && run->total_steps >= run->steps_most)
      end_at(run, "steps", run->total_steps);
  }
  path_start(run);
  runlog_open(run);
  health_start(run);
  measure_updates(run);
  rate_look(run);
  progress_start(run);
}

void train_go_on(TrainRun *run) {
  run->vm->run = run;
  run->started = clock_seconds();
  run_epochs(run);
  runlog_flush(run);
  run->seconds_before += clock_seconds() - run->started;
}

void train_close(TrainRun *run) {
  run->vm->run = run;
  run->started = clock_seconds();
  shards_close(run);
  metrics_close(run);
  if (run->checkpoint) resume_write(run);
  close_epoch(run);
  if (!run->best_values) average_leave(run);
  best_restore(run);
  measure_fit(run);
  runlog_close(run, NULL);
  plotted_live(run, true);
  progress_end(run);
  auto_rates_found(run);
  health_end(run, make_update);
  runpage_write(run);
  dump_training(run->vm, run->total_steps, run->history.seconds);
}

static void train_body(Vm *vm, void *context) {
  TrainRun *run = context;
  train_open(run);
  if (vm->checking) return;
  train_go_on(run);
  train_close(run);
}

double train_score(const TrainRun *run) {
  const Series *losses = run->validate_count ? &run->history.val_loss : &run->history.loss;
  int64_t at = run->best_values && run->best_epoch ? run->best_epoch : losses->count;
  return at > 0 && at <= losses->count ? losses->at[at - 1] : (double)NAN;
}

void train_free(TrainRun *run) {
  Vm *vm = run->vm;
  free_steps(run);
  health_free(run);
  average_free(run);
  feed_close(run);
  value_release(vm, run->fit);
  undo_free(vm, &run->undo);
  shards_free(run);
  measure_free(vm, &run->measure);
  measure_free(vm, &run->val_measure);
  measure_free(vm, &run->update_measure);
  for (int i = 0; i < run->objective_count && run->backed_off; i++)
    hyper_scale(run->objectives[i].optimizer, 1); /* the next training has the rate as given */
  for (int i = 0; i < run->objective_count; i++) objective_free(vm, &run->objectives[i]);
  for (int i = 0; i < run->kept_count; i++) {
    if (run->best_values) tensor_release(&run->best_values[i]);
    value_release(vm, value_of(KIND_PARAM, run->kept[i]));
    mem_free(run->kept_names[i]);
  }
  mem_free(run->best_values);
  mem_free(run->kept);
  mem_free(run->kept_names);
  mem_free(run->checkpoint);
  resume_close(run);
  runlog_free(run);
  mem_free(run->report);
  text_free(&run->settings);
  text_free(&run->note);
  mem_free(run->epoch_rows.at);
  mem_free(run->keep_values.at);
  history_free(&run->history);
  mem_free(run);
}

/* After a first SIGINT the script continues and the program ends with 130.  SIGTERM and a limit end
 * it now, after the checkpoint; an enclosing train first ends its own step. */
void train_heed_outside(Vm *vm, Span span) {
  if (peers_lost()) {
    Diag lost = *peers_lost();
    lost.span = span;
    raise_diag(vm, &lost);
  }
  if (vm_asked() == SIGNAL_ENDS) {
    Diag diag = {.status = STATUS_TERMINATED};
    raise_diag(vm, &diag);
  }
  if (vm_asked()) vm->exit_status = STATUS_INTERRUPTED;
  vm_signal &= SIGNAL_LATE | SIGNAL_LOST;
  stop_asked = 0;
  if (vm_limit(vm) && !vm->run) vm_stop_at_limit(vm, span);
}

/* The optimizers begin anew: a restart is a training of its own. */
static void forget_optimizers(TrainRun *run) {
  for (int i = 0; i < run->objective_count; i++) {
    OptimizerObject *optimizer = run->objectives[i].optimizer;
    if (!optimizer) continue;
    states_release(run->vm, optimizer, 0);
    optimizer_go_on(optimizer, 0);
  }
}

TrainRun *train_new(Vm *vm, Frame *frame, const Ast *ast) {
  TrainRun *run = mem_zero(sizeof *run);
  run->vm = vm;
  run->frame = frame;
  run->ast = ast;
  run->outer = vm->run;
  return run;
}

/* One training of `restarts:`; with NULL the only one.  Returns its history. */
static Value run_one(Vm *vm, Frame *frame, const Ast *ast, Restarts *restarts, int64_t *wanted) {
  TrainRun *run = train_new(vm, frame, ast);
  run->log_goes_on = restarts->made > 0;
  run->live = restarts->live;
  Diag diag = {0};
  bool fine = vm_protect(vm, train_body, run, &diag);
  /* signals to this run are handled when it is over: until then it may create values */
  vm->run = run;
  if (!fine) {
    shards_back(run);
    undo_back(vm, &run->undo);
    runlog_close(run, diag.message);
    progress_end(run);
    health_failed(run, &diag, make_update);
  }
  bool ends = vm_asked() == SIGNAL_ENDS || (vm_limit(vm) && !run->outer);
  Value history = fine && !ends ? history_value(run) : value_none();
  *wanted = run->cut_short && strcmp(run->history.stopped, "diverged") ? 1 : run->restarts;
  bool several = *wanted > 1 || restarts->made > 0;
  if (several && fine && !ends && !vm->checking) restarts_take(restarts, run, history);
  if (several && !vm->checking) forget_optimizers(run);
  bool failed = several && !fine && diag.diverged;
  if (failed) {
    restarts->diag = diag;
    restarts->made++;
  }
  vm->run = run->outer;
  train_free(run);
  if (!fine && !failed) raise_diag(vm, &diag);
  train_heed_outside(vm, ast->span);
  return history;
}

static Value run_all(Vm *vm, Frame *frame, const Ast *ast, bool live) {
  Restarts *restarts = restarts_new(vm);
  restarts->live = live;
  int64_t wanted = 1;
  Value history = run_one(vm, frame, ast, restarts, &wanted);
  if (wanted <= 1 || vm->checking) {
    vm_drop(vm, &restarts->held);
    return history;
  }
  value_release(vm, history);
  for (int64_t i = 1; i < wanted; i++) {
    restarts_anew(vm, frame, ast);
    value_release(vm, run_one(vm, frame, ast, restarts, &wanted));
  }
  return restarts_end(vm, restarts);
}

Value train_run(Vm *vm, Frame *frame, const Ast *ast) {
  Value plot = plotted_read(vm, frame, ast);
  Value history = run_all(vm, frame, ast, plotted_is_live(plot));
  if (!vm->checking) plotted_draw(vm, ast, plot, history);
  value_release(vm, plot);
  return history;
}
