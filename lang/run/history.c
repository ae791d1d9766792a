/* history.c — the history of a training, its time, and the tuple that `train` returns. */
#include "lang/run/history.h"

#include "lang/machine/call_site.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/run/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double history_seconds(const TrainRun *run) {
  return run->seconds_before + clock_seconds() - run->started;
}

void sums_add(Sums *sums, double loss, double rows) {
  sums->rows += rows;
  sums->loss += loss * rows;
}

double history_epoch_loss(const TrainRun *run) {
  return run->sums.rows > 0 ? run->sums.loss / run->sums.rows : (double)NAN;
}

/* What makes a metric of the library NaN or infinite. */
static const char *reason_of(const Ast *metric) {
  static const struct {
    const char *name, *reason;
  } reasons[] = {{"auc", "all rows are of one class, and it compares two"},
                 {"average_precision", "no row is of class 1"}};
  const Ast *called = metric->kind == AST_CALL ? metric->a : NULL;
  if (!called || called->kind != AST_NAME || called->place != PLACE_STANDARD) return NULL;
  for (int i = 0; i < COUNT_OF(reasons); i++)
    if (!strcmp(called->text, reasons[i].name)) return reasons[i].reason;
  return NULL;
}

/* A metric that is NaN or infinite over an epoch, once each. */
static void tell_not_finite(TrainRun *run, int metric, double value, bool validated) {
  Vm *vm = run->vm;
  const Metric *of = &run->metrics[metric];
  if (run->quiet || !vm_warns(vm) || vm->clinic) return;
  if (!trace_mark_reported(vm, of->expression->span)) return;
  const char *reason = reason_of(of->expression);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, of->expression->span, "`%s%.64s` is %s in epoch %lld%s%s",
            validated ? "val_" : "", of->name, isnan(value) ? "NaN" : "infinite",
            (long long)run->history.epochs + 1, reason ? ": " : "", reason ? reason : "");
  vm_warn(vm, &diag);
}

void history_epoch(TrainRun *run) {
  History *history = &run->history;
  series_push(&history->loss, history_epoch_loss(run));
  for (int i = 0; i < run->metric_count; i++)
    series_push(&history->metrics[i], run->epoch_metrics[i]);
  /* an epoch without validation has NaN: another sitting may have validated, or will */
  bool validated = run->validate_count > 0;
  series_push(&history->val_loss, validated ? run->val_loss : (double)NAN);
  for (int i = 0; i < run->metric_count; i++) {
    series_push(&history->val_metrics[i], validated ? run->val_metrics[i] : (double)NAN);
    double held = validated && !run->cut_short ? run->val_metrics[i] : 0;
    if (!isfinite(run->epoch_metrics[i])) tell_not_finite(run, i, run->epoch_metrics[i], false);
    else if (!isfinite(held)) tell_not_finite(run, i, held, true);
  }
  history->epochs++;
}

/* ---- shown ---- */

/* `, accuracy 0.5 → 0.98`: the first and last of a series by epoch. */
static void show_series(const char *name, Value value, Text *text) {
  const Tensor *tensor = value.kind == KIND_TENSOR ? &value.tensor->tensor : NULL;
  int64_t count = tensor && tensor->buffer && tensor->shape.rank == 1 ? shape_count(&tensor->shape)
                                                                      : 0;
  if (count == 0) return;
  text_format(text, ", %s ", name);
  text_digits(text, tensor_get(tensor, 0), 4);
  if (count == 1) return;
  text_string(text, " → ");
  text_digits(text, tensor_get(tensor, count - 1), 4);
}

static Value field_of(const TupleObject *history, const char *name) {
  for (int i = 0; i < history->count; i++)
    if (strcmp(history->names[i], name) == 0) return history->items[i];
  return (Value){0};
}

static void show_count(Text *text, double count, const char *what) {
  text_number(text, count);
  text_format(text, " %s%s", what, count == 1 ? "" : "s");
}

static void history_show(const TupleObject *history, Text *text) {
  Value epochs = field_of(history, "epochs"), steps = field_of(history, "steps"),
        seconds = field_of(history, "seconds"), stopped = field_of(history, "stopped");
  if (epochs.kind == KIND_NUMBER) show_count(text, epochs.number, "epoch");
  if (steps.kind == KIND_NUMBER && steps.number != epochs.number) {
    text_string(text, " (");
    show_count(text, steps.number, "step");
    text_char(text, ')');
  }
  bool fit = field_of(history, "covariance").kind ==
             KIND_TENSOR; /* then `errors` is by parameter */
  for (int i = 0; i < history->count; i++)
    if (strcmp(history->names[i], "step_loss") != 0 && strcmp(history->names[i], "lr") != 0 &&
        !(fit && strcmp(history->names[i], "errors") == 0))
      show_series(history->names[i], history->items[i], text);
  if (seconds.kind == KIND_NUMBER) {
    text_string(text, ", ");
    text_rounded(text, seconds.number, 2);
    text_string(text, " s");
  }
  if (stopped.kind == KIND_STRING) text_format(text, ", stopped by %s", stopped.string->data);
}

void history_free(History *history) {
  mem_free(history->loss.at);
  mem_free(history->val_loss.at);
  mem_free(history->step_loss.at);
  mem_free(history->lr.at);
  mem_free(history->path.at);
  for (int i = 0; i < METRICS_MOST; i++) {
    mem_free(history->metrics[i].at);
    mem_free(history->val_metrics[i].at);
  }
  *history = (History){0};
}

/* ---- the tuple ---- */

typedef struct Fields {
  Vm *vm;
  Value tuple;
  int next;
} Fields;

static void field(Fields *fields, const char *name, Value value) {
  Vm *vm = fields->vm;
  fields->tuple.tuple->names[fields->next] = names_intern(vm->names, name, strlen(name));
  /* gd check: nothing was trained */
  fields->tuple.tuple->items[fields->next++] = vm->checking ? (Value){.kind = KIND_UNKNOWN} : value;
}

static Value of_series(Vm *vm, const Series *series) {
  Tensor tensor;
  Diag diag = {0};
  Shape shape = shape_of(1, &series->count);
  if (!tensor_new(&tensor, DTYPE_F64, &shape, &diag)) raise_diag(vm, &diag);
  if (series->count)
    memcpy(tensor_data(&tensor), series->at, (size_t)series->count * sizeof(double));
  return value_tensor(vm, tensor);
}

static Value path_value(Vm *vm, const Series *path, int64_t width) {
  Tensor tensor;
  Diag diag = {0};
  int64_t dims[2] = {path->count / width, width};
  Shape shape = shape_of(2, dims);
  if (!tensor_new(&tensor, DTYPE_F64, &shape, &diag)) raise_diag(vm, &diag);
  if (path->count) memcpy(tensor_data(&tensor), path->at, (size_t)path->count * sizeof(double));
  return value_tensor(vm, tensor);
}

Value history_value(TrainRun *run) {
  int width = run->path_width;
  Vm *vm = run->vm;
  History *history = &run->history;
  bool validated = run->validate_count > 0;
  bool whole = false;
  for (int i = 0; i < run->objective_count; i++) whole |= run->objectives[i].optimizer->whole;
  bool fit = run->objectives[0].residuals && run->objective_count == 1;
  int count = 8 + (width > 0) + whole + 3 * fit + run->metric_count +
              (validated ? 1 + run->metric_count : 0);
  Fields fields = {vm, value_tuple(vm, count), 0};
  fields.tuple.tuple->names = mem_zero((size_t)count * sizeof(char *));
  fields.tuple.tuple->show = history_show;
  field(&fields, "loss", of_series(vm, &history->loss));
  if (validated) field(&fields, "val_loss", of_series(vm, &history->val_loss));
  for (int i = 0; i < run->metric_count; i++)
    field(&fields, run->metrics[i].name, of_series(vm, &history->metrics[i]));
  for (int i = 0; i < run->metric_count && validated; i++) {
    char name[120];
    snprintf(name, sizeof name, "val_%s", run->metrics[i].name);
    field(&fields, name, of_series(vm, &history->val_metrics[i]));
  }
  field(&fields, "step_loss", of_series(vm, &history->step_loss));
  field(&fields, "lr", of_series(vm, &history->lr));
  if (width) field(&fields, "path", path_value(vm, &history->path, width));
  field(&fields, "steps", value_number((double)history->steps));
  field(&fields, "epochs", value_number((double)history->epochs));
  field(&fields, "seconds", value_number(history->seconds));
  const char *stopped = history->stopped ? history->stopped : "";
  static const char *const of_fit[] = {"covariance", "errors", "rank"};
  for (int i = 0; i < COUNT_OF(of_fit) && fit; i++)
    field(&fields, of_fit[i],
          run->fit.kind == KIND_TUPLE ? value_retain(run->fit.tuple->items[i]) : value_none());
  if (whole) field(&fields, "evaluations", value_number((double)history->evaluations));
  field(&fields, "why", value_string(vm, history->why, strlen(history->why)));
  field(&fields, "stopped", value_string(vm, stopped, strlen(stopped)));
  return fields.tuple;
}

Value native_epoch_losses(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)args;
  (void)count;
  const TrainRun *run = run_current(vm);
  const Series none = {0};
  const Series *losses = !run                  ? &none
                         : run->validate_count ? &run->history.val_loss
                                               : &run->history.loss;
  Shape shape = {.rank = 1, .dim = {losses->count}};
  Tensor tensor;
  Diag diag = {.span = site->span};
  if (!tensor_new(&tensor, DTYPE_F64, &shape, &diag)) raise_diag(vm, &diag);
  for (int64_t i = 0; i < losses->count; i++) tensor_set(&tensor, i, losses->at[i]);
  return value_tensor(vm, tensor);
}
