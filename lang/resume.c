/* resume.c — the checkpoint of a training: everything a later sitting needs to go on bit for bit.
 *
 * Tensors of the file, by name:
 *   target.N          the trained storage of each target and buffer, in the order of the objectives
 *   state.O.T.S       optimizer states: objective, target, state
 *   sum.O.T           accumulated gradients do not occur: a checkpoint falls between updates
 *   best.N            what `keep:` holds
 *   history.…         the series so far (f64)
 *   place             numbers: where the run is (the order is PLACE_… below)
 *   metric.N          what the metrics of the epoch under way have kept (measure.h): doubles, or rows
 *   stalled           four numbers for each `stalled(…)`
 * The note lists the targets' names and shapes, so that another model is refused by name.
 *
 * The training's key is part of `place`: a script that draws otherwise before its `train` is another run, and refused.
 */
#include "lang/train.h"


#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  PLACE_KEY_LOW, PLACE_KEY_HIGH, PLACE_DIGEST_LOW, PLACE_DIGEST_HIGH, PLACE_EPOCH, PLACE_AT_ROW, PLACE_STEPS, PLACE_DRAWS, PLACE_SUM_ROWS,
  PLACE_SUM_LOSS, PLACE_VAL_LOSS, PLACE_BEST, PLACE_BEST_EPOCH, PLACE_SECONDS, PLACE_EPOCHS, PLACE_HAS_BEST, PLACE_COUNT
};


static const Ast *checkpoint_clause(const TrainRun *run) {
  for (uint32_t i = 0; i < run->ast->clause_count; i++)
    if (run->ast->clauses[i]->text && !strcmp(run->ast->clauses[i]->text, "checkpoint")) return run->ast->clauses[i]->a;
  return run->ast;
}

static NORETURN void fail(TrainRun *run, Diag *diag) {
  if (!diag->span.file) diag->span = checkpoint_clause(run)->span;
  raise_diag(run->vm, diag);
}

/* ---- what is kept ---- */

static void kept_add(TrainRun *run, ParamObject *param, const char *name) {
  for (int i = 0; i < run->kept_count; i++)
    if (run->kept[i] == param) return;
  size_t count = (size_t)run->kept_count + 1;
  run->kept = mem_grow(run->kept, count * sizeof(ParamObject *));
  run->kept_names = mem_grow(run->kept_names, count * sizeof(char *));
  value_retain(value_of(KIND_PARAM, param));
  run->kept[count - 1] = param;
  run->kept_names[count - 1] = mem_text(name, strlen(name));
  run->kept_count++;
  if (!run->best_values) return;
  run->best_values = mem_grow(run->best_values, (count + 1) * sizeof(Tensor)); /* a buffer that only a later step assigns */
  Diag diag = {0};
  if (!tensor_copy(&run->best_values[count - 1], &param->value, &diag)) fail(run, &diag);
}

void kept_collect(TrainRun *run) {
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    for (int i = 0; i < objective->target_count; i++) kept_add(run, objective->targets[i], objective->target_names[i]);
    for (int i = 0; i < objective->buffer_count; i++) kept_add(run, objective->buffers[i], objective->buffer_names[i]);
  }
}

/* Which params a loss reaches is known once it was traced. */
static void trace_first(TrainRun *run) {
  for (int o = 0; o < run->objective_count; o++) {
    if (run->objectives[o].targets_given) continue;
    Tensor columns[8];
    feed_epoch(run);
    int64_t rows = run->rows ? feed_next(run, columns) : 0;
    run->at_row = 0;
    StepContext context = {.frame = run->frame, .pattern = run->pattern, .columns = columns, .column_count = run->column_count, .keyed = true, .key_seed = run->key_seed};
    Step step = {.objective = &run->objectives[o], .role = STEP_WHOLE, .rows = rows};
    step_prepare(run->vm, &step, &context);
    step_free(run->vm, &step);
  }
}

/* ---- writing ---- */

static void add(Checkpoint *checkpoint, const char *name, Tensor tensor) { named_add(&checkpoint->tensors, name, strlen(name), tensor); }

static void add_numbers(TrainRun *run, Checkpoint *checkpoint, const char *name, const double *numbers, int64_t count) {
  Tensor tensor;
  Diag diag = {0};
  Shape shape = shape_of(1, &count);
  if (!tensor_new(&tensor, DTYPE_F64, &shape, &diag)) fail(run, &diag);
  if (count) memcpy(tensor_data(&tensor), numbers, (size_t)count * sizeof(double));
  add(checkpoint, name, tensor);
}

static void add_place(TrainRun *run, Checkpoint *checkpoint) {
  double place[PLACE_COUNT + METRICS_MOST * 2 + UPDATES_MOST] = {0};
  uint64_t digest = run->rows ? feed_digest(run) : 0;
  place[PLACE_KEY_LOW] = (double)(uint32_t)run->key_seed;
  place[PLACE_KEY_HIGH] = (double)(run->key_seed >> 32);
  place[PLACE_DIGEST_LOW] = (double)(uint32_t)digest;
  place[PLACE_DIGEST_HIGH] = (double)(digest >> 32);
  place[PLACE_EPOCH] = (double)run->epoch;
  place[PLACE_AT_ROW] = (double)run->at_row;
  place[PLACE_STEPS] = (double)run->total_steps;
  place[PLACE_DRAWS] = (double)run->draws;
  place[PLACE_SUM_ROWS] = run->sums.rows;
  place[PLACE_SUM_LOSS] = run->sums.loss;
  place[PLACE_VAL_LOSS] = run->val_loss;
  place[PLACE_BEST] = run->best;
  place[PLACE_BEST_EPOCH] = (double)run->best_epoch;
  place[PLACE_SECONDS] = run->seconds_before + clock_seconds() - run->started;
  place[PLACE_EPOCHS] = (double)run->history.epochs;
  place[PLACE_HAS_BEST] = run->best_values != NULL;
  double *more = place + PLACE_COUNT;
  for (int i = 0; i < METRICS_MOST; i++) {
    more[i] = run->epoch_metrics[i];
    more[METRICS_MOST + i] = run->val_metrics[i];
  }
  for (int i = 0; i < run->objective_count; i++) more[2 * METRICS_MOST + i] = (double)run->objectives[i].optimizer->steps;
  add_numbers(run, checkpoint, "place", place, COUNT_OF(place));
}

static void add_series(TrainRun *run, Checkpoint *checkpoint) {
  const History *history = &run->history;
  add_numbers(run, checkpoint, "history.loss", history->loss.at, history->loss.count);
  add_numbers(run, checkpoint, "history.val_loss", history->val_loss.at, history->val_loss.count);
  add_numbers(run, checkpoint, "history.step_loss", history->step_loss.at, history->step_loss.count);
  add_numbers(run, checkpoint, "history.lr", history->lr.at, history->lr.count);
  for (int i = 0; i < run->metric_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "history.metric.%d", i);
    add_numbers(run, checkpoint, name, history->metrics[i].at, history->metrics[i].count);
    snprintf(name, sizeof name, "history.val_metric.%d", i);
    add_numbers(run, checkpoint, name, history->val_metrics[i].at, history->val_metrics[i].count);
  }
  double stalled[4 * STALLED_MOST];
  for (int i = 0; i < run->stalled_count; i++) {
    stalled[4 * i] = (double)run->stalled[i].place;
    stalled[4 * i + 1] = run->stalled[i].best;
    stalled[4 * i + 2] = (double)run->stalled[i].since;
    stalled[4 * i + 3] = (double)run->stalled[i].epoch;
  }
  add_numbers(run, checkpoint, "stalled", stalled, 4 * run->stalled_count);
}

static void add_values(TrainRun *run, Checkpoint *checkpoint) {
  char name[64];
  for (int i = 0; i < run->kept_count; i++) {
    snprintf(name, sizeof name, "target.%d", i);
    add(checkpoint, name, tensor_retain(&run->kept[i]->value));
    if (!run->best_values) continue;
    snprintf(name, sizeof name, "best.%d", i);
    add(checkpoint, name, tensor_retain(&run->best_values[i]));
  }
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    int states = optimizer_states(objective->optimizer);
    for (int t = 0; t < objective->target_count; t++) {
      const TargetMemory *memory = optimizer_target(objective->optimizer, objective->targets[t]);
      for (int s = 0; memory && s < states; s++) {
        if (!memory->states[s].buffer) continue;
        snprintf(name, sizeof name, "state.%d.%d.%d", o, t, s);
        add(checkpoint, name, tensor_retain(&memory->states[s]));
      }
    }
  }
}

static void describe(const TrainRun *run, Text *text) {
  text_format(text, "metrics %d\n", run->metric_count);
  for (int i = 0; i < run->kept_count; i++) {
    char shape[200];
    text_format(text, "%s %s%s\n", run->kept_names[i], dtype_name(run->kept[i]->value.dtype), shape_show(&run->kept[i]->value.shape, shape));
  }
  for (int i = 0; i < run->objective_count; i++) text_format(text, "optimizer %s\n", run->objectives[i].optimizer->made_by->function->name);
}

void resume_write(TrainRun *run) {
  kept_collect(run);
  Checkpoint checkpoint = {0};
  describe(run, &checkpoint.note);
  add_place(run, &checkpoint);
  add_series(run, &checkpoint);
  add_values(run, &checkpoint);
  measure_save(run->vm, &run->measure, &checkpoint.tensors);
  Diag diag = {0};
  bool fine = checkpoint_write(&run->vm->files, run->checkpoint, &checkpoint, &diag);
  checkpoint_free(&checkpoint);
  if (!fine) fail(run, &diag);
}

/* ---- reading ---- */

static const Tensor *tensor_of(TrainRun *run, const Checkpoint *checkpoint, const char *name, const Shape *shape, Dtype dtype) {
  const Named *named = named_find(&checkpoint->tensors, name);
  bool fits = named && named->tensor.dtype == dtype && (!shape || shape_equal(&named->tensor.shape, shape));
  if (fits) return &named->tensor;
  Diag diag = {0};
  diag_fail(&diag, STATUS_MALFORMED, checkpoint_clause(run)->span, "the checkpoint does not hold what this training needs: `%s`", name);
  fail(run, &diag);
}

static void read_series(TrainRun *run, const Checkpoint *checkpoint, const char *name, Series *series) {
  const Tensor *tensor = tensor_of(run, checkpoint, name, NULL, DTYPE_F64);
  int64_t count = tensor_count(tensor);
  for (int64_t i = 0; i < count; i++) series_push(series, tensor_get(tensor, i));
}

static void read_all_series(TrainRun *run, const Checkpoint *checkpoint) {
  History *history = &run->history;
  read_series(run, checkpoint, "history.loss", &history->loss);
  read_series(run, checkpoint, "history.val_loss", &history->val_loss);
  read_series(run, checkpoint, "history.step_loss", &history->step_loss);
  read_series(run, checkpoint, "history.lr", &history->lr);
  for (int i = 0; i < run->metric_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "history.metric.%d", i);
    read_series(run, checkpoint, name, &history->metrics[i]);
    snprintf(name, sizeof name, "history.val_metric.%d", i);
    read_series(run, checkpoint, name, &history->val_metrics[i]);
  }
  const Tensor *stalled = tensor_of(run, checkpoint, "stalled", NULL, DTYPE_F64);
  run->stalled_count = (int)(tensor_count(stalled) / 4);
  for (int i = 0; i < run->stalled_count && i < STALLED_MOST; i++)
    run->stalled[i] = (Stalled){(uint32_t)tensor_get(stalled, 4 * i), tensor_get(stalled, 4 * i + 1), (int64_t)tensor_get(stalled, 4 * i + 2), (int64_t)tensor_get(stalled, 4 * i + 3)};
}

static void read_place(TrainRun *run, const Checkpoint *checkpoint) {
  const Tensor *tensor = tensor_of(run, checkpoint, "place", NULL, DTYPE_F64);
  const double *place = tensor_data(tensor);
  if (tensor_count(tensor) != PLACE_COUNT + METRICS_MOST * 2 + UPDATES_MOST) raise_at(run->vm, checkpoint_clause(run)->span, "this checkpoint was written by another version of gd");
  uint64_t key = (uint64_t)place[PLACE_KEY_LOW] | (uint64_t)place[PLACE_KEY_HIGH] << 32;
  uint64_t digest = (uint64_t)place[PLACE_DIGEST_LOW] | (uint64_t)place[PLACE_DIGEST_HIGH] << 32;
  Diag diag = {0};
  if (run->rows && digest != feed_digest(run) && !run->vm->options.force) {
    diag_fail(&diag, STATUS_MALFORMED, checkpoint_clause(run)->span, "the data is not that of the checkpoint");
    diag_help(&diag, "--force goes on with the changed data");
    fail(run, &diag);
  }
  if (key != run->key_seed && !run->vm->options.force) {
    diag_fail(&diag, STATUS_MALFORMED, checkpoint_clause(run)->span, "the seed, or the draws before this training, are not those of the checkpoint");
    diag_help(&diag, "--force goes on with the checkpoint's");
    fail(run, &diag);
  }
  run->key_seed = key;
  run->epoch = (int64_t)place[PLACE_EPOCH];
  run->at_row = (int64_t)place[PLACE_AT_ROW];
  run->total_steps = run->history.steps = (int64_t)place[PLACE_STEPS];
  run->draws = (int64_t)place[PLACE_DRAWS];
  run->sums.rows = place[PLACE_SUM_ROWS];
  run->sums.loss = place[PLACE_SUM_LOSS];
  run->val_loss = place[PLACE_VAL_LOSS];
  run->best = place[PLACE_BEST];
  run->best_epoch = (int64_t)place[PLACE_BEST_EPOCH];
  run->seconds_before = place[PLACE_SECONDS];
  run->history.epochs = (int64_t)place[PLACE_EPOCHS];
  if (place[PLACE_HAS_BEST] != 0) run->best_values = mem_zero((size_t)(run->kept_count + 1) * sizeof(Tensor));
  const double *more = place + PLACE_COUNT;
  for (int i = 0; i < METRICS_MOST; i++) {
    run->epoch_metrics[i] = more[i];
    run->val_metrics[i] = more[METRICS_MOST + i];
  }
  for (int i = 0; i < run->objective_count; i++) run->objectives[i].optimizer->steps = (int64_t)more[2 * METRICS_MOST + i];
}

static void own_copy(TrainRun *run, Tensor *to, const Tensor *from) {
  Diag diag = {0};
  tensor_release(to);
  if (!tensor_copy(to, from, &diag)) fail(run, &diag);
}

static void read_values(TrainRun *run, const Checkpoint *checkpoint) {
  char name[64];
  for (int i = 0; i < run->kept_count; i++) {
    Tensor *value = &run->kept[i]->value;
    snprintf(name, sizeof name, "target.%d", i);
    own_copy(run, value, tensor_of(run, checkpoint, name, &value->shape, value->dtype));
    if (!run->best_values) continue;
    snprintf(name, sizeof name, "best.%d", i);
    own_copy(run, &run->best_values[i], tensor_of(run, checkpoint, name, &value->shape, value->dtype));
  }
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    int states = optimizer_states(objective->optimizer);
    for (int t = 0; t < objective->target_count; t++) {
      TargetMemory *memory = optimizer_target(objective->optimizer, objective->targets[t]);
      if (!memory) memory = optimizer_target_new(run->vm, objective->optimizer, objective->targets[t]);
      for (int s = 0; s < states; s++) {
        snprintf(name, sizeof name, "state.%d.%d.%d", o, t, s);
        const Named *named = named_find(&checkpoint->tensors, name);
        if (named) own_copy(run, &memory->states[s], &named->tensor);
      }
    }
  }
}

/* Another model, another optimizer: told line by line. */
static void compare_notes(TrainRun *run, const Checkpoint *checkpoint) {
  Text now = {0};
  describe(run, &now);
  bool same = checkpoint->note.length == now.length && !memcmp(checkpoint->note.data, now.data, now.length);
  if (same) {
    text_free(&now);
    return;
  }
  const char *a = checkpoint->note.data ? checkpoint->note.data : "", *b = now.data;
  while (*a && *a == *b) a++, b++;
  while (a > checkpoint->note.data && a[-1] != '\n') a--, b--;
  Diag diag = {0};
  diag_fail(&diag, STATUS_MALFORMED, checkpoint_clause(run)->span, "the checkpoint is of another training: it has `%.*s` where this has `%.*s`", (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
  text_free(&now);
  fail(run, &diag);
}

static void read_from(TrainRun *run, Checkpoint *checkpoint) {
  trace_first(run);
  kept_collect(run);
  compare_notes(run, checkpoint);
  read_place(run, checkpoint);
  read_all_series(run, checkpoint);
  read_values(run, checkpoint);
  if (run->at_row == 0 || !run->metric_count) return;
  if (!run->measure.on || run->measure.rows < run->rows) run->measure.rows = run->rows; /* another `batch:` or `drop_last:` may leave other rows out */
  run->measure.on = true;
  measure_restore(&run->measure, &checkpoint->tensors, (int64_t)run->sums.rows);
}

typedef struct ReadJob {
  TrainRun *run;
  Checkpoint checkpoint;
} ReadJob;

static void read_job(Vm *vm, void *context) {
  (void)vm;
  ReadJob *job = context;
  read_from(job->run, &job->checkpoint);
}

bool resume_read(TrainRun *run) {
  if (!checkpoint_exists(&run->vm->files, run->checkpoint)) return false;
  ReadJob job = {.run = run};
  Diag diag = {0}, warning = {0};
  if (!checkpoint_read(&run->vm->files, run->checkpoint, &job.checkpoint, &warning, &diag)) fail(run, &diag);
  if (warning.status && run->vm->hear) {
    warning.warning = true;
    run->vm->hear(run->vm->hear_context, &warning);
  }
  bool fine = vm_protect(run->vm, read_job, &job, &diag);
  checkpoint_free(&job.checkpoint);
  if (!fine) raise_diag(run->vm, &diag);
  return true;
}

/* ---- the lock ---- */

void resume_open(TrainRun *run) {
  if (!run->checkpoint) return;
  Diag diag = {0};
  if (!file_path_check(run->checkpoint, strlen(run->checkpoint), &diag) || !file_probe(&run->vm->files, run->checkpoint, &diag)) fail(run, &diag);
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
