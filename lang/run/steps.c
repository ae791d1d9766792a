/* steps.c — see steps.h. */
#include "lang/run/steps.h"
#include "lang/machine/read_set.h"

#include "lang/optimizers/draws.h"
#include "lang/run/feed.h"
#include "lang/run/reach.h"
#include "lang/step/fault.h"

#include <math.h>
#include <stdio.h>

uint64_t steps_draws(const TrainRun *run, uint64_t part) {
  return hash_mix((uint64_t)run->total_steps, part);
}

/* part: index of the minibatch in its update; draws are keyed by both. */
StepContext steps_context(TrainRun *run, Tensor *columns, int count, uint64_t part) {
  /* every field, or the whole is cleared first */
  return (StepContext){.frame = run->frame,
                       .pattern = run->pattern,
                       .columns = columns,
                       .column_count = count,
                       .probable = run->probable,
                       .metrics = NULL,
                       .metric_count = 0,
                       .measure = NULL,
                       .update = NULL,
                       .wants_metrics = false,
                       .keyed = true,
                       .key_seed = run->base.key_seed,
                       .key_number = steps_draws(run, part),
                       .source = NULL,
                       .total_rows = 0,
                       .times = run->report != NULL,
                       .made = NULL,
                       .made_for = NULL,
                       .undo = NULL};
}

void steps_free(TrainRun *run) {
  for (int i = 0; i < run->objective_count; i++) {
    for (int k = 0; k < run->step_count[i]; k++) step_free(run->vm, &run->steps[i][k]);
    run->step_count[i] = 0;
  }
  for (int i = 0; i < run->objective_count; i++) {
    for (int k = 0; k < run->val_step_count[i]; k++) step_free(run->vm, &run->val_steps[i][k]);
    run->val_step_count[i] = 0;
  }
  measure_reset_recording(run->vm, &run->measure);
  measure_reset_recording(run->vm, &run->val_measure);
  measure_reset_recording(run->vm, &run->update_measure);
  run->retrace = false;
}

Step *steps_recorded(TrainRun *run, int number, StepRole role, int64_t rows) {
  Step *steps = run->steps[number];
  for (int i = 0; i < run->step_count[number]; i++)
    if (steps[i].rows == rows && steps[i].role == role && steps[i].trace &&
        steps[i].target_count == run->objectives[number].target_count)
      return &steps[i];
  return NULL;
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

static void keep_of(Measure *measure, const Tensor *taken, int64_t rows) {
  if (measure->on) measure_add(measure, taken, rows);
}

/* What an optimizer of the whole vector says of its step. */
static void note_method(TrainRun *run, const StepOutcome *outcome) {
  run->history.evaluations += outcome->evaluations;
  if (!outcome->converged[0]) return;
  run->converged++;
  text_print(run->history.why, sizeof run->history.why, "%s", outcome->converged);
}

void steps_begin(TrainRun *run) {
  if (run->retrace || run->changes != run->vm->read_set->changes) steps_free(run);
  reach_find(run);
  run->changes = run->vm->read_set->changes;
  run->converged = 0;
}

StepContext steps_context_for(TrainRun *run, int number, Tensor *columns, const StepAsked *asked) {
  bool data = asked->role != STEP_APPLY;
  StepContext context = steps_context(run, columns, data ? run->column_count : 0, asked->part);
  if (!data) context.pattern = NULL;
  context.total_rows = asked->total;
  context.source = run->rows && data ? &run->source : NULL;
  if (number == 0 && data) with_metrics(run, &context, &run->measure);
  context.undo = asked->undo;
  context.made = asked->made;
  context.made_for = asked->made_for;
  return context;
}

static Step *step_asked(TrainRun *run, int number, Tensor *columns, const StepAsked *asked,
                        StepContext *context) {
  *context = steps_context_for(run, number, columns, asked);
  return step_for(run, run->steps[number], &run->step_count[number], &run->objectives[number],
                  asked->role, asked->rows);
}

const Step *steps_first(TrainRun *run, Tensor columns[8], StepContext *context) {
  int64_t at_row = run->at_row;
  run->at_row = 0;
  steps_begin(run);
  feed_epoch(run);
  int64_t rows = run->rows ? feed_next(run, columns) : 0;
  run->at_row = at_row;
  const StepAsked asked = {.role = STEP_WHOLE, .rows = rows, .total = rows ? (double)rows : 1};
  Step *step = step_asked(run, 0, columns, &asked, context);
  step_prepare(run->vm, step, context);
  return step;
}

Step *steps_make(TrainRun *run, int number, Tensor *columns, const StepAsked *asked,
                 StepOutcome *outcome) {
  StepContext context;
  Step *step = step_asked(run, number, columns, asked, &context);
  step_make(run->vm, step, &context, run->total_steps + 1, outcome);
  if (outcome->interrupted) return step;
  if (step->draws) draws_take(run->vm, &run->base);
  note_method(run, outcome);
  return step;
}

bool steps_look_back(TrainRun *run, int number, Tensor *columns, const StepAsked *asked) {
  StepContext context = steps_context(run, columns, run->column_count, asked->part);
  context.source = run->rows ? &run->source : NULL;
  Step *step = step_for(run, run->steps[number], &run->step_count[number], &run->objectives[number],
                        STEP_LOOK, asked->rows);
  StepOutcome outcome;
  step_look(run->vm, step, &context, &outcome);
  if (!outcome.interrupted && !isfinite(outcome.loss))
    fault_not_finite(run->vm, step, &context, 0, run->total_steps + 2);
  return !outcome.interrupted;
}

void steps_keep(TrainRun *run, const Step *step, const Tensor *results, int64_t rows) {
  if (run->vm->checking) return;
  keep_of(&run->measure, results + step->taken_at, rows);
  keep_of(&run->update_measure, results + step->update_at, rows);
}

int64_t steps_fewer(TrainRun *run, Tensor *columns, int64_t rows) {
  if (!run->measure.on || rows < 2 || rows != run->measure.rows) return rows;
  int64_t parts = run->shards > 1 ? run->shards : 2, fewer = (rows + parts - 1) / parts;
  feed_part(run, 0, fewer, columns);
  return fewer;
}

void steps_prepare(TrainRun *run) {
  Tensor columns[8];
  int64_t at_row = run->at_row;
  run->at_row = 0;
  feed_epoch(run);
  int64_t rows = run->rows ? feed_next(run, columns) : 0;
  rows = steps_fewer(run, columns, rows);
  for (int i = 0; i < run->objective_count; i++) {
    StepContext context = steps_context(run, columns, run->column_count, 0);
    context.source = run->rows ? &run->source : NULL;
    if (i == 0) with_metrics(run, &context, &run->measure);
    Step step = {.objective = &run->objectives[i], .role = STEP_WHOLE, .rows = rows};
    step_prepare(run->vm, &step, &context);
    if (step.draws) draws_take(run->vm, &run->base);
    step_free(run->vm, &step);
  }
  run->at_row = at_row;
}

bool steps_look(TrainRun *run, Tensor *columns, int64_t rows, Looked *look) {
  look->loss = 0;
  look->step = NULL;
  for (int i = 0; i < run->objective_count; i++) {
    Step *step = step_for(run, run->val_steps[i], &run->val_step_count[i], &run->val_objectives[i],
                          STEP_WHOLE, rows);
    StepContext context = steps_context(run, columns, run->validate_count, 0);
    context.key_seed = ~run->base.key_seed;
    context.source = &run->val_source;
    context.probable = run->validate_probable;
    if (i == 0) with_metrics(run, &context, &run->val_measure);
    StepOutcome outcome;
    step_look(run->vm, step, &context, &outcome);
    if (outcome.interrupted) return false;
    if (run->vm->checking) continue;
    look->loss += objective_term(step->objective, outcome.loss, rows, (double)run->validate_rows);
    if (i > 0) continue;
    look->step = step;
    for (int k = 0; k < step->metric_count; k++) run->val_metrics[k] = outcome.metrics[k];
  }
  return true;
}
