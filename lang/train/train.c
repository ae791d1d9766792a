/* train.c — a `train` from its clauses to its end: opened, made to go on, closed; restarts.
 *
 * A step: the next minibatch (or several, accumulated into one update), each objective's step in
 * order (steps.c, update.c), then `stop:` and `each_step:` (ending.c).  An epoch (epoch.c): steps
 * until the rows are used up (without data a step is an epoch), then validation, `keep:`,
 * `each_epoch:`, the checkpoint.  The first limit reached ends the run.
 */
#include "lang/train/train.h"
#include "lang/health/auto_rate.h"
#include "lang/health/health.h"
#include "lang/health/rate_look.h"
#include "lang/optimizers/draws.h"
#include "lang/optimizers/hyper.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/run/shards.h"
#include "lang/run/steps.h"
#include "lang/train/best.h"
#include "lang/train/block_state.h"
#include "lang/train/clause.h"
#include "lang/train/cost.h"
#include "lang/train/ending.h"
#include "lang/train/epoch.h"
#include "lang/train/fit.h"
#include "lang/train/joins.h"
#include "lang/train/path.h"
#include "lang/train/plotted.h"
#include "lang/train/progress.h"
#include "lang/train/restarts.h"
#include "lang/train/resume.h"
#include "lang/train/runlog.h"
#include "lang/train/runpage.h"
#include "lang/train/update.h"

#include "lang/eval/check.h"
#include "lang/machine/frame.h"
#include "lang/machine/read_set.h"
#include "lang/tensors/dump.h"
#include "lang/text/output.h"
#include "runtime/peers/peers.h"

#include <math.h>
#include <string.h>

/* ---- gd check ---- */

/* Refuses metrics that cannot be computed over an epoch where training would. */
static void check_metrics(TrainRun *run, Tensor *columns, int64_t rows) {
  StepContext context = steps_context(run, columns, run->column_count, 0);
  context.metrics = run->metrics;
  context.metric_count = run->metric_count;
  rows = steps_fewer(run, columns, rows);
  if (run->measure.on && rows > 0) measure_check(run->vm, &run->measure, &context, rows);
  context.columns = run->validate;
  context.probable = run->validate_probable;
  if (run->val_measure.on) measure_check(run->vm, &run->val_measure, &context, run->batch);
}

/* The step of each objective. */
static void check_steps(TrainRun *run, Tensor *columns, const StepAsked *asked) {
  StepOutcome outcome;
  for (int i = 0; i < run->objective_count; i++) steps_make(run, i, columns, asked, &outcome);
}

/* The plans of an update that takes several: those of its minibatches or parts, and the last. */
static void check_parts(TrainRun *run, Tensor *columns, int64_t rows) {
  double total = rows ? (double)rows : 1;
  if (run->shards) {
    int64_t part = cost_part(run, rows);
    feed_part(run, 0, part, columns);
    check_steps(run, columns, &(StepAsked){.role = STEP_FIRST, .rows = part, .total = total});
    check_steps(run, NULL, &(StepAsked){.role = STEP_APPLY, .total = total});
  } else if (run->accumulate > 1) {
    total *= (double)run->accumulate;
    check_steps(run, columns, &(StepAsked){.role = STEP_GATHER, .rows = rows, .total = total});
    check_steps(run, columns, &(StepAsked){.role = STEP_LAST, .rows = rows, .total = total});
  }
}

static void check_cost(TrainRun *run, Tensor *update, int64_t update_rows) {
  check_parts(run, update, update_rows);
  cost_training(run);
}

/* The loss and the metrics of the first minibatch of the validation, for their errors. */
static void try_validation(TrainRun *run) {
  Tensor columns[8];
  Looked look;
  int64_t rows = run->validate_count ? feed_validate(run, 0, columns) : 0;
  if (rows) steps_look(run, columns, rows, &look);
  for (int i = 0; i < run->metric_count; i++) run->val_metrics[i] = (double)NAN; /* of no epoch */
}

static void try_body(Vm *vm, void *context) {
  (void)vm;
  try_validation(context);
}

/* The first column whose rows have another shape in `validate:` than in the data, or -1. */
static int other_column(const TrainRun *run) {
  for (int i = 0; i < run->validate_count; i++) {
    const Shape *a = &run->columns[i].shape, *b = &run->validate[i].shape;
    if (a->rank != b->rank) return i;
    for (int axis = 1; axis < a->rank; axis++)
      if (a->dim[axis] != b->dim[axis]) return i;
  }
  return -1;
}

/* The error is where the net is applied; its cause is `validate:`. */
static void blame_validation(const TrainRun *run, int column, const Diag *met, Diag *diag) {
  char here[200], there[200], name[NAME_SIZE];
  const Ast *pattern = run->pattern->text ? run->pattern : run->pattern->items[column];
  const char *called = pattern->text ? pattern->text : "the data";
  diag_fail(diag, met->status, clause_value(run->ast, "validate")->span,
            "`validate:` does not fit: its %s is %s, that of the training %s",
            name_shown(called, strlen(called), name),
            shape_show(&run->validate[column].shape, here),
            shape_show(&run->columns[column].shape, there));
  diag_note(diag, met->met.file ? met->met : met->span, "%.200s", met->message);
}

static void hear_first(void *context, const Diag *diag) {
  Diag *met = context;
  if (!diag->warning && !met->status) *met = *diag;
}

/* Rows of another shape than those of the data may not fit: better known before the first epoch
 * than after it.  `gd check` reports an error where it occurs and goes on, so it is heard. */
static void try_other_rows(TrainRun *run) {
  Vm *vm = run->vm;
  int column = other_column(run);
  Diag met = {0}, heard = {0}, diag = {0};
  if (column < 0) return;
  void (*on_diag)(void *, const Diag *) = vm->on_diag;
  void *context = vm->on_diag_context;
  if (vm->checking) vm->on_diag = hear_first, vm->on_diag_context = &heard;
  bool fine = vm_protect(vm, try_body, run, &met);
  vm->on_diag = on_diag;
  vm->on_diag_context = context;
  if (heard.status) met = heard;
  else if (fine) return;
  if (met.status == STATUS_FAILED || met.status == STATUS_MALFORMED)
    blame_validation(run, column, &met, &diag);
  raise_diag(run->vm, diag.status ? &diag : &met);
}

static void check_only(TrainRun *run) {
  Tensor columns[8];
  int64_t rows = run->rows ? feed_next(run, columns) : 0;
  steps_begin(run);
  check_steps(run, columns, &(StepAsked){.role = STEP_WHOLE, .rows = rows, .total = 1});
  try_other_rows(run);
  check_metrics(run, columns, rows);
  try_validation(run);
  if (run->vm->options.cost) check_cost(run, columns, rows);
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

/* ---- the whole ---- */

/* If the metrics of a step are used, they are over the rows of all its minibatches. */
static void measure_updates(TrainRun *run) {
  int64_t rows = run->measure.rows;
  bool on = run->measure.on && (run->accumulate > 1 || run->shards) && run->wants_metrics;
  if (on && run->batch && run->accumulate <= rows / run->batch) rows = run->accumulate * run->batch;
  run->update_measure = (Measure){.on = on, .training = true, .rows = rows};
}

void train_open(TrainRun *run) {
  Vm *vm = run->vm;
  clause_read_all(run);
  path_open(run);
  runlog_read(run);
  runpage_read(run);
  if (!vm->run) read_set_clear(vm->read_set);
  vm->run = &run->base;
  run->started = clock_seconds();
  run->val_loss = (double)NAN;
  run->base.key_seed = vm->seed;
  run->base.key_number = vm->draws;
  run->base.key_seed = hash_mix(run->base.key_seed, run->base.key_number + 1);
  int place = 0;
  for (int i = 0; i < run->objective_count; i++) {
    run->objectives[i].steps_before = run->objectives[i].optimizer->steps;
    run->objectives[i].varies = block_loss_varies;
    draws_place(run->objectives[i].optimizer, &place);
  }
  if (vm->checking) {
    check_only(run);
    return;
  }
  output_settle();
  try_other_rows(run);
  if (feed_shuffles(run)) draws_take(run->vm, &run->base);
  auto_rates(run, update_make);
  resume_open(run);
  if (run->resume && resume_read(run)) {
    run->resumed = true;
    for (int i = 0; i < run->objective_count; i++) run->objectives[i].remembers = true;
    ending_again(run);
    if (run->epochs_most && run->history.epochs >= run->epochs_most)
      ending_at(run, "epochs", run->history.epochs);
    if (run->steps_most && run->total_steps >= run->steps_most)
      ending_at(run, "steps", run->total_steps);
  }
  path_start(run);
  runlog_open(run);
  health_start(run);
  measure_updates(run);
  rate_look(run);
  progress_start(run);
}

void train_go_on(TrainRun *run) {
  run->vm->run = &run->base;
  run->started = clock_seconds();
  epoch_run(run);
  runlog_flush(run);
  run->seconds_before += clock_seconds() - run->started;
}

/* A target that the loss reached in no step, of a run that went to its end.  Of a part of a run (of
 * several sittings, or of one process among others) that is not known. */
static void refuse_unreached(const TrainRun *run) {
  const char *stopped = run->history.stopped;
  bool early = run->cut_short || (stopped && strcmp(stopped, "epochs") && strcmp(stopped, "steps"));
  if (early || run->resumed || peers_count() > 1) return;
  for (int i = 0; i < run->objective_count; i++) {
    const Objective *objective = &run->objectives[i];
    for (int k = 0; objective->reached && k < objective->target_count; k++) {
      if (objective->reached[k]) continue;
      Diag diag = {0};
      objective_unreached(objective, k,
                          "no step did: freeze it, leave it out of the targets, or use it in the "
                          "loss",
                          &diag);
      raise_diag(run->vm, &diag);
    }
  }
}

void train_close(TrainRun *run) {
  run->vm->run = &run->base;
  run->started = clock_seconds();
  refuse_unreached(run);
  shards_close(run);
  epoch_measure(run);
  if (run->checkpoint && !run->block_cut) resume_write(run);
  epoch_close(run);
  if (!run->best_values) average_leave(run);
  best_restore(run);
  fit_measure(run);
  runlog_close(run, NULL);
  plotted_live(run, true);
  progress_end(run);
  auto_rates_found(run);
  health_end(run, update_make);
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
  steps_free(run);
  if (!vm->run) read_set_clear(vm->read_set);
  mem_free(run->progress);
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
    tensor_release(&run->kept_first[i]);
  }
  mem_free(run->best_values);
  mem_free(run->kept);
  mem_free(run->kept_names);
  mem_free(run->kept_first);
  mem_free(run->checkpoint);
  block_state_free(run);
  joins_free(run);
  resume_close(run);
  runlog_free(run);
  mem_free(run->report);
  text_free(&run->settings);
  text_free(&run->note);
  mem_free(run->epoch_rows.at);
  mem_free(run->keep_values.at);
  mem_free(run->stop_saw.at);
  mem_free(run->method_why.at);
  for (int i = 0; i < UPDATES_MOST; i++) mem_free(run->hyper_given[i].at);
  history_free(&run->history);
  mem_free(run);
}

TrainRun *train_new(Vm *vm, Frame *frame, const Ast *ast) {
  TrainRun *run = mem_zero(sizeof *run);
  run->vm = vm;
  run->frame = frame;
  run->ast = ast;
  run->base.outer = vm->run;
  return run;
}

static void free_held(Held *held) { train_free((TrainRun *)held); }

/* One training of `restarts:`; with NULL the only one.  Returns its history. */
static Value run_one(Vm *vm, Frame *frame, const Ast *ast, Restarts *restarts, int64_t *wanted) {
  TrainRun *run = train_new(vm, frame, ast);
  run->base.held.free_whole = free_held;
  vm_hold(vm, &run->base.held);
  run->log_goes_on = restarts->made > 0;
  run->live = restarts->live;
  Diag diag = {0};
  bool fine = vm_protect(vm, train_body, run, &diag);
  if (!fine && diag_unknown(&diag)) cost_none(vm, ast->span);
  /* signals to this run are handled when it is over: until then it may create values */
  vm->run = &run->base;
  if (!fine) {
    draws_end(run->vm, &run->base);
    shards_back(run);
    undo_back(vm, &run->undo);
    runlog_close(run, diag.message);
    progress_end(run);
    health_failed(run, &diag, update_make);
  }
  bool ends = vm_asked() == SIGNAL_ENDS || (vm_limit(vm) && !run->base.outer);
  Value history = fine && !ends ? history_value(run) : value_none();
  const bool cut = run->cut_short && strcmp(run->history.stopped, "diverged") != 0;
  *wanted = cut ? 1 : run->restarts;
  bool several = *wanted > 1 || restarts->made > 0;
  if (several && fine && !ends && !vm->checking) restarts_take(restarts, run, history);
  if (several && !vm->checking) restarts_rewind(restarts, run);
  bool failed = several && !fine && diag.diverged;
  if (failed) {
    restarts->diag = diag;
    restarts->made++;
  }
  vm->run = run->base.outer;
  vm_drop(vm, &run->base.held);
  if (!fine && !failed) raise_diag(vm, &diag);
  ending_raise(vm, ast->span, cut);
  return history;
}

static Value run_all(Vm *vm, Frame *frame, const Ast *ast, bool live) {
  Restarts *restarts = restarts_new(vm);
  if (!vm->checking && ast_clause(ast, "restarts")) {
    TrainRun *reader = train_new(vm, frame, ast);
    block_kept_take(reader, &restarts->before);
    train_free(reader);
  }
  restarts->live = live;
  int64_t wanted = 1;
  Value history = run_one(vm, frame, ast, restarts, &wanted);
  if (wanted <= 1 || vm->checking) {
    block_kept_release(vm, &restarts->before);
    vm_drop(vm, &restarts->held);
    return history;
  }
  value_release(vm, history);
  for (int64_t i = 1; i < wanted; i++) {
    restarts_reinitialize(vm, frame, ast);
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
