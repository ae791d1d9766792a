/* saved.c — see saved.h.
 *
 * The fields, by name; numbers are f64, a "series" one axis of them:
 *   epoch row steps     whole numbers: complete epochs, rows used of the current one, updates
 *   halved              with `on_divergence: "back_off"`, how often the rates were halved
 *   paths               the letters of each target's and buffer's, and 10 (joins.c)
 *   joins.O.targets     the positions there of those of an objective, in the order in which they
 *          .buffers     joined it
 *   joins.O.since       steps of its optimizer before the first of each target, if one joined late
 *   epoch.rows          rows of each update of the current epoch: they add up to `row`, and with
 *                       the last of history.step_loss they give the mean loss so far
 *   key data            two halves of 64 bits: the key of the training's draws (0 where it draws
 *                       nothing), the digest of its data
 *   grad_norm           within an epoch, of its last update: with the last of history.lr what
 *                       `keep:`, `each_epoch:` and `stop:` see if only the validation is left
 *   seconds             of all sittings
 *   evaluations         of the loss, by optimizers of the whole vector
 *   history.…           one value an epoch or a step; where an epoch had no validation, NaN
 *   keep.best .epoch    the lowest so far and its epoch, 0 and 0 if there is none; keep.values: the
 *                       values of `keep:`, by epoch
 *   stalled.…           one value for each `stalled(…)`: its position in `stop:`, and its state
 *   optimizer.O         steps made before this training, in it but not by it, and by now
 *   hyper.given.O .now  if a block has set one: the numbers of its hyperparameters and of its inner
 *                       optimizers', before the first step and by now
 *   stop.saw            empty, or what `stop:` saw when it ended the run
 *   stop.broke          two halves of 64 bits: the digest of the block whose `break` ended the run,
 *                       and of what it names; 0 where none did
 *   stop.method         empty, or the letters of why a method ended the run by itself
 *   average.count       of how many values the means of `average:` are, after which step or epoch
 *     .after mean.N     they began, and the mean of each target and buffer
 *   target.N best.N     elements of the targets and buffers, and of their best values for `keep:`
 *   state.O.T.S         of optimizers: objective, target, state
 *   metric.N            the collected values of the current epoch's metrics (measure.h)
 *     metrics.epoch     and, if only the validation of the epoch is left, their values
 *   metrics             or, where one update is the epoch and the validation after it was cut
 *                       short, their values
 *   block.NAME          a variable that the clauses assign (stored_value.c), or the elements of a
 *                       param that the blocks have changed (block_state.c)
 *
 * Nothing is trusted.  A count is compared with what it counts, an index with what it indexes, and
 * each with redundant data if there is some: the length of a history, the sum of rows, the lowest
 * value of `keep:`.  Missing and extra fields are refused too.  Elements of weights and of
 * histories may have any finite value.  A value that is not finite is accepted only if the script
 * itself has the same value there (a mask of -inf), because a training stores no other.  A variable
 * may have any value.  A `block.NAME` may be missing, as in the checkpoints of older versions, and
 * one that no block changes any more is reported.
 *
 * To add a field: one line in saved_place or saved_rest.
 */
#include "lang/train/saved.h"

#include "lang/machine/read_set.h"
#include "lang/optimizers/draws.h"
#include "lang/optimizers/hyper.h"
#include "lang/optimizers/states.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/train/back_off.h"
#include "lang/train/block_state.h"
#include "lang/train/ending.h"
#include "lang/train/joins.h"
#include "lang/train/stored_value.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double WHOLE_MOST = 9007199254740992.0; /* 2^53 */
static const double SECONDS_MOST = 1e11;             /* three thousand years */

/* The valid values of an element. */
typedef struct Bounds {
  double least, most;
  bool whole, nan; /* whole numbers only; NaN allowed */
} Bounds;

static const Bounds FINITE = {-DBL_MAX, DBL_MAX, false, false},
                    ANY = {-(double)INFINITY, (double)INFINITY, false, true};

static Bounds whole(double least, double most) { return (Bounds){least, most, true, false}; }

/* ---- failing ---- */

const Ast *saved_clause(const TrainRun *run) {
  for (uint32_t i = 0; i < run->ast->clause_count; i++)
    if (run->ast->clauses[i]->text && !strcmp(run->ast->clauses[i]->text, "checkpoint"))
      return run->ast->clauses[i]->a;
  return run->ast;
}

void saved_fail(const TrainRun *run, const char *help, const char *format, ...) {
  char message[640];
  va_list values;
  va_start(values, format);
  text_print_list(message, sizeof message, format, values);
  va_end(values);
  Diag diag = {0};
  file_fail(&diag, STATUS_MALFORMED, run->checkpoint, "%s", message);
  if (help) diag_help(&diag, "%s", help);
  diag.span = saved_clause(run)->span;
  raise_diag(run->vm, &diag);
}

static void show(double number, char into[40]) {
  Text text = {0};
  text_number(&text, number);
  text_print(into, 40, "%s", text.data);
  text_free(&text);
}

static NORETURN void fail_element(const Saved *saved, const char *name, int64_t count,
                                  int64_t index, double found, Bounds rule) {
  char here[40], least[40], most[40], at[32] = "";
  show(found, here);
  show(rule.least, least);
  show(rule.most, most);
  if (count > 1) snprintf(at, sizeof at, "[%lld]", (long long)index);
  if (rule.least == -DBL_MAX && rule.most == DBL_MAX)
    saved_fail(saved->run, NULL, "`%s`%s is %s, a finite number is expected", name, at, here);
  if (rule.least == rule.most)
    saved_fail(saved->run, NULL, "`%s`%s is %s, %s is expected", name, at, here, least);
  saved_fail(saved->run, NULL, "`%s`%s is %s, a %snumber from %s to %s is expected", name, at, here,
             rule.whole ? "whole " : "", least, most);
}

static bool obeys(double found, Bounds rule) {
  if (isnan(found)) return rule.nan;
  return found >= rule.least && found <= rule.most && !(rule.whole && found != floor(found));
}

/* ---- one field ---- */

static void put(const Saved *saved, const char *name, Tensor tensor) {
  named_add(&saved->file->tensors, name, strlen(name), tensor);
}

static void put_numbers(const Saved *saved, const char *name, const double *numbers,
                        int64_t count) {
  Tensor tensor;
  Diag diag = {0};
  Shape shape = shape_of(1, &count);
  if (!tensor_new(&tensor, DTYPE_F64, &shape, &diag)) raise_diag(saved->run->vm, &diag);
  if (count) memcpy(tensor_data(&tensor), numbers, (size_t)count * sizeof(double));
  put(saved, name, tensor);
}

static const Tensor *find(const Saved *saved, const char *name) {
  const Named *named = named_find(&saved->file->tensors, name, strlen(name));
  if (!named) saved_fail(saved->run, NULL, "there is no `%s` in the checkpoint", name);
  saved->visited[named - saved->file->tensors.items] = true;
  return &named->tensor;
}

/* A tensor of that dtype and shape; a dimension of -1 matches any. */
static const Tensor *take(const Saved *saved, const char *name, Dtype dtype, const Shape *shape) {
  const Tensor *tensor = find(saved, name);
  bool fits = tensor->dtype == dtype && tensor->shape.rank == shape->rank;
  for (int i = 0; fits && i < shape->rank; i++)
    fits = shape->dim[i] < 0 || shape->dim[i] == tensor->shape.dim[i];
  if (fits) return tensor;
  char found[200], wanted[200] = "[any]";
  if (!(shape->rank == 1 && shape->dim[0] < 0)) shape_show(shape, wanted);
  saved_fail(saved->run, NULL, "`%s` is %s%s, %s%s is expected", name, dtype_name(tensor->dtype),
             shape_show(&tensor->shape, found), dtype_name(dtype), wanted);
}

static const double *take_numbers(const Saved *saved, const char *name, int64_t *count,
                                  const char *of, Bounds rule) {
  int64_t any = -1;
  Shape shape = shape_of(1, &any);
  const Tensor *tensor = take(saved, name, DTYPE_F64, &shape);
  int64_t found = tensor->shape.dim[0];
  if (*count >= 0 && found != *count)
    saved_fail(saved->run, NULL, "`%s` holds %lld numbers, %lld are expected%s%s", name,
               (long long)found, (long long)*count, of ? ", by " : "", of ? of : "");
  *count = found;
  const double *numbers = tensor_data(tensor);
  for (int64_t i = 0; i < found; i++)
    if (!obeys(numbers[i], rule)) fail_element(saved, name, found, i, numbers[i], rule);
  return numbers;
}

static void numbers(Saved *saved, const char *name, double *at, int64_t count, Bounds rule) {
  if (!saved->reading) put_numbers(saved, name, at, count);
  else memcpy(at, take_numbers(saved, name, &count, NULL, rule), (size_t)count * sizeof(double));
}

static void integer(Saved *saved, const char *name, int64_t *at, double least, double most) {
  double number = (double)*at;
  numbers(saved, name, &number, 1, whole(least, most));
  *at = (int64_t)number;
}

static void word(Saved *saved, const char *name, uint64_t *at) {
  double halves[2] = {(double)(uint32_t)*at, (double)(*at >> 32)};
  numbers(saved, name, halves, 2, whole(0, UINT32_MAX));
  *at = (uint64_t)halves[0] | (uint64_t)halves[1] << 32;
}

/* count: the required number, -1 for any; of: the field that determines it. */
static void series(Saved *saved, const char *name, Series *at, int64_t count, const char *of,
                   Bounds rule) {
  if (!saved->reading) {
    put_numbers(saved, name, at->at, at->count);
    return;
  }
  const double *from = take_numbers(saved, name, &count, of, rule);
  at->count = 0;
  for (int64_t i = 0; i < count; i++) series_push(at, from[i]);
}

/* Elements of a target or buffer.  `own`: the script's present value. */
static const Tensor *elements(Saved *saved, const char *name, const Tensor *own) {
  if (!saved->reading) {
    put(saved, name, tensor_retain(own));
    return NULL;
  }
  const Tensor *from = take(saved, name, own->dtype, &own->shape);
  int64_t count = dtype_floats(own->dtype) ? tensor_count(from) : 0;
  for (int64_t i = 0; i < count; i++) {
    double found = tensor_get(from, i), mine = tensor_get(own, i);
    if (!isfinite(found) && !(found == mine) && !(isnan(found) && isnan(mine)))
      fail_element(saved, name, count, i, found, FINITE);
  }
  return from;
}

/* f64 elements, all finite. */
static const Tensor *take_finite(Saved *saved, const char *name, const Shape *shape) {
  const Tensor *from = take(saved, name, DTYPE_F64, shape);
  for (int64_t i = 0, count = tensor_count(from); i < count; i++) {
    double found = tensor_get(from, i);
    if (!isfinite(found)) fail_element(saved, name, count, i, found, FINITE);
  }
  return from;
}

static void install_later(Saved *saved, ParamObject *param, Tensor *storage, const Tensor *from) {
  if (!from) return;
  if ((saved->install_count & (saved->install_count - 1)) == 0)
    saved->installs =
        mem_grow(saved->installs,
                 (size_t)(saved->install_count ? 2 * saved->install_count : 1) * sizeof(Install));
  saved->installs[saved->install_count++] = (Install){param, storage, from};
}

/* ---- the fields ---- */

/* Of a training that backs off; one that does not any more has the rates as they are given. */
static void halvings(Saved *saved) {
  TrainRun *run = saved->run;
  static const char name[] = "halved";
  bool backs_off = run->on_divergence == DIVERGENCE_BACK_OFF;
  int64_t halved = run->backed_off;
  if (saved->reading ? !named_find(&saved->file->tensors, name, strlen(name)) : !backs_off) return;
  integer(saved, name, &halved, 0, BACK_OFF_MOST);
  if (saved->reading && backs_off) back_off_set(run, halved);
}

void saved_place(Saved *saved) {
  TrainRun *run = saved->run;
  integer(saved, "epoch", &run->epoch, 0, WHOLE_MOST);
  integer(saved, "row", &run->at_row, 0,
          (double)run->rows); /* all of them, if the validation after them was cut short */
  integer(saved, "steps", &run->total_steps, 0, WHOLE_MOST);
  halvings(saved);
  series(saved, "epoch.rows", &run->epoch_rows, -1, NULL, whole(1, (double)run->rows));
  double sum = 0;
  for (int64_t i = 0; i < run->epoch_rows.count; i++) sum += run->epoch_rows.at[i];
  if (sum != (double)run->at_row)
    saved_fail(run, NULL, "`epoch.rows` add up to %.0f, and `row` is %lld", sum,
               (long long)run->at_row);
}

static bool is_there(const Saved *saved, const char *name) {
  return named_find(&saved->file->tensors, name, strlen(name)) != NULL;
}

/* There is a path for each target and buffer, and they are numbered from 0. */
static void check_paths(const Saved *saved) {
  const int count = saved->run->joins->found_count;
  char last[64], next[64];
  snprintf(last, sizeof last, "target.%d", count - 1);
  snprintf(next, sizeof next, "target.%d", count);
  if (count && !is_there(saved, last))
    saved_fail(saved->run, NULL, "`paths` has %d names, and there is no `%s`", count, last);
  if (is_there(saved, next))
    saved_fail(saved->run, NULL, "`paths` has %d names, and there is a `%s`", count, next);
}

void saved_joins(Saved *saved) {
  TrainRun *run = saved->run;
  Joins *joins = run->joins;
  if (saved->reading && !is_there(saved, "paths") && !is_there(saved, "joins.0.targets")) return;
  if (!saved->reading) joins_note(run);
  series(saved, "paths", &joins->paths, -1, NULL, whole(1, UINT8_MAX));
  if (saved->reading) joins_find(run), check_paths(saved);
  for (int o = 0; o < run->objective_count; o++) {
    char name[64];
    snprintf(name, sizeof name, "joins.%d.targets", o);
    series(saved, name, &joins->targets[o], -1, NULL, whole(0, joins->found_count - 1));
    snprintf(name, sizeof name, "joins.%d.buffers", o);
    series(saved, name, &joins->buffers[o], -1, NULL, whole(0, joins->found_count - 1));
  }
  if (saved->reading) joins_again(run);
}

static void identity(Saved *saved) {
  TrainRun *run = saved->run;
  uint64_t key = run->base.drawn ? run->base.key_seed : 0, data = run->digest;
  word(saved, "data", &data);
  word(saved, "key", &key);
  if (saved->reading && key && (key == run->base.key_seed || run->vm->options.force))
    draws_take(run->vm, &run->base); /* what runs beside the steps drew */
  if (!saved->reading || run->vm->options.force) {
    if (run->base.drawn && key) run->base.key_seed = key;
    return;
  }
  if (data != run->digest)
    saved_fail(run, "--force continues with the changed data",
               "the data is not that of the checkpoint (`data` is another digest)");
  /* a loss that no longer draws, or draws only now, is reported */
  bool known = (key != 0) == run->base.drawn || !run->settings_changed;
  if (known && key != (run->base.drawn ? run->base.key_seed : 0))
    saved_fail(
        run, "--force continues with the checkpoint's",
        "the seed, or the draws before this training, are not those of the checkpoint (`key`)");
}

/* The mean loss of the current epoch, from its steps, added up in their order. */
static void sum_up(TrainRun *run) {
  int64_t count = run->epoch_rows.count, first = run->history.step_loss.count - count;
  if (first < 0)
    saved_fail(run, NULL, "`epoch.rows` holds %lld steps of an epoch, and `steps` is %lld",
               (long long)count, (long long)run->total_steps);
  for (int64_t i = 0; i < count; i++)
    sums_add(&run->sums, run->history.step_loss.at[first + i], run->epoch_rows.at[i]);
}

static void histories(Saved *saved) {
  TrainRun *run = saved->run;
  History *history = &run->history;
  series(saved, "history.step_loss", &history->step_loss, run->total_steps, "`steps`", FINITE);
  series(saved, "history.lr", &history->lr, run->total_steps, "`steps`",
         (Bounds){-DBL_MAX, DBL_MAX, false, true});
  if (run->path_width)
    series(saved, "history.path", &history->path, run->path_width * (run->total_steps + 1),
           "`steps`", FINITE);
  series(saved, "history.loss", &history->loss, run->epoch, "`epoch`", FINITE);
  series(saved, "history.val_loss", &history->val_loss, run->epoch, "`epoch`", ANY);
  for (int i = 0; i < run->metric_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "history.metric.%d", i);
    series(saved, name, &history->metrics[i], run->epoch, "`epoch`", ANY);
    snprintf(name, sizeof name, "history.val_metric.%d", i);
    series(saved, name, &history->val_metrics[i], run->epoch, "`epoch`", ANY);
    if (!saved->reading) continue;
    run->epoch_metrics[i] = series_last(&history->metrics[i]);
    run->val_metrics[i] = run->validate_count ? series_last(&history->val_metrics[i]) : (double)NAN;
  }
  if (!saved->reading) return;
  history->steps = run->total_steps;
  history->epochs = run->epoch;
  run->val_loss = run->validate_count ? series_last(&history->val_loss) : (double)NAN;
  sum_up(run);
}

/* What a sitting that has only to judge the epoch, after a validation that was cut short, sees of
 * the update before it. */
static void last_update(Saved *saved) {
  TrainRun *run = saved->run;
  if (run->at_row == 0) return;
  numbers(saved, "grad_norm", &run->last.grad_norm, 1, (Bounds){0, (double)INFINITY, false, true});
  if (!saved->reading) return;
  run->last.loss = series_last(&run->history.step_loss);
  run->rate = series_last(&run->history.lr);
}

/* The best value is the lowest of those of `keep:`; of equal ones the first. */
static void check_best(const TrainRun *run) {
  double best = 0;
  int64_t epoch = 0;
  for (int64_t i = 0; i < run->keep_values.count; i++) {
    double value = run->keep_values.at[i];
    if (isnan(value) || (epoch && !(value < best))) continue;
    best = value;
    epoch = i + 1;
  }
  if (run->best == best && run->best_epoch == epoch) return;
  char found[40], lowest[40];
  show(run->best, found);
  show(best, lowest);
  saved_fail(
      run, NULL,
      "`keep.best` is %s and `keep.epoch` %lld, the lowest in `keep.values` is %s, of epoch %lld",
      found, (long long)run->best_epoch, lowest, (long long)epoch);
}

static void kept_best(Saved *saved) {
  TrainRun *run = saved->run;
  integer(saved, "keep.epoch", &run->best_epoch, 0, (double)run->epoch);
  numbers(saved, "keep.best", &run->best, 1,
          (Bounds){-(double)INFINITY, (double)INFINITY, false, false});
  series(saved, "keep.values", &run->keep_values, run->epoch, "`epoch`", ANY);
  if (saved->reading) check_best(run);
  if (run->best_epoch && saved->reading)
    run->best_values = mem_zero((size_t)(run->kept_count + 1) * sizeof(Tensor));
  for (int i = 0; run->best_epoch && i < run->kept_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "best.%d", i);
    const Tensor *from = elements(saved, name,
                                  saved->reading ? &run->kept[i]->value : &run->best_values[i]);
    if (from) run->best_values[i] = tensor_retain(from);
  }
}

/* The mean is of every step or epoch since it began: at its start, or at a resume since.  That of
 * epochs may be of the one in hand too, if the run was ended during its validation. */
static void check_average(const TrainRun *run) {
  const Average *average = &run->average;
  int64_t now = average->kind == AVERAGE_SWA ? run->epoch : run->total_steps,
          start = average_start(run),
          wanted = average->kind && now > average->after ? now - average->after : 0;
  bool in_hand = average->kind == AVERAGE_SWA && run->at_row > 0 && now >= average->after;
  bool begins = average->after == start || (average->after > start && average->after <= now);
  if (run->average_changed ||
      ((average->count == wanted || (in_hand && average->count == wanted + 1)) && begins))
    return;
  saved_fail(run, NULL, "`average.count` is %lld and `average.after` %lld, where %lld %s were made",
             (long long)average->count, (long long)average->after, (long long)now,
             average->kind == AVERAGE_SWA ? "epochs" : "steps");
}

static void averages(Saved *saved) {
  TrainRun *run = saved->run;
  Average *average = &run->average;
  double most = average->kind || run->average_changed ? (double)run->total_steps : 0;
  integer(saved, "average.count", &average->count, 0, most);
  integer(saved, "average.after", &average->after, 0, WHOLE_MOST);
  if (saved->reading) check_average(run);
  if (average->count == 0) return;
  if (!saved->reading) average_grow(run); /* an update that was undone may have reached more */
  if (saved->reading) {
    average->values = mem_grow(average->values, (size_t)(run->kept_count + 1) * sizeof(Tensor));
    average->aside = mem_grow(average->aside, (size_t)(run->kept_count + 1) * sizeof(Tensor));
  }
  for (int i = 0; i < run->kept_count; i++) {
    const Tensor *value = &run->kept[i]->value;
    char name[64];
    snprintf(name, sizeof name, "mean.%d", i);
    Tensor mean = {0};
    if (!saved->reading) {
      if (average->values[i].buffer) put(saved, name, tensor_retain(&average->values[i]));
      continue;
    }
    if (dtype_floats(value->dtype)) mean = tensor_retain(take_finite(saved, name, &value->shape));
    average->values[i] = mean;
    average->aside[i] = (Tensor){0};
    average->size = i + 1;
  }
}

/* Is one of the `stalled(…)` in the tree at that position, counted from `start`?  If there are none
 * in it, they are in a function called from there. */
static bool stalled_stands(const Ast *ast, uint32_t start, int64_t place, bool *any) {
  if (!ast) return false;
  bool call = ast->kind == AST_CALL && ast->a->kind == AST_NAME && !strcmp(ast->a->text, "stalled");
  *any |= call;
  bool found = call && (int64_t)ast->span.start - (int64_t)start == place;
  const Ast *const parts[] = {ast->a, ast->b, ast->c};
  /* no short circuit: each is noted */
  for (int i = 0; i < COUNT_OF(parts); i++) found |= stalled_stands(parts[i], start, place, any);
  for (uint32_t i = 0; i < ast_below(ast); i++)
    found |= stalled_stands(ast->items[i], start, place, any);
  return found;
}

/* One number for each `stalled(…)`: as many as in the first of these fields, -1 until then. */
static void few(Saved *saved, const char *name, double *at, int64_t *count, Bounds bounds) {
  if (!saved->reading) {
    put_numbers(saved, name, at, *count);
    return;
  }
  const double *from = take_numbers(saved, name, count, "`stalled.place`", bounds);
  if (*count > STALLED_MOST)
    saved_fail(saved->run, NULL, "`%s` holds %lld numbers, at most %d are expected", name,
               (long long)*count, STALLED_MOST);
  memcpy(at, from, (size_t)*count * sizeof(double));
}

static void stalls(Saved *saved) {
  TrainRun *run = saved->run;
  double place[STALLED_MOST] = {0}, best[STALLED_MOST], since[STALLED_MOST], epoch[STALLED_MOST];
  for (int i = 0; i < run->stalled_count; i++) {
    const Stalled *stalled = &run->stalled[i];
    place[i] = (double)stalled->place, best[i] = stalled->best, since[i] = (double)stalled->since,
    epoch[i] = (double)stalled->epoch;
  }
  int64_t items = saved->reading ? -1 : run->stalled_count;
  few(saved, "stalled.place", place, &items, whole(-(double)UINT32_MAX, UINT32_MAX));
  few(saved, "stalled.best", best, &items,
      (Bounds){-(double)INFINITY, (double)INFINITY, false, false});
  few(saved, "stalled.epoch", epoch, &items, whole(0, (double)run->epoch));
  few(saved, "stalled.since", since, &items, whole(0, (double)run->epoch));
  run->stalled_count = (int)items;
  for (int i = 0; i < items && saved->reading && run->stop; i++) {
    bool any = false,
         stands = stalled_stands(run->stop, run->stop->span.start, (int64_t)place[i], &any);
    if (any && !stands && !run->stop_changed)
      saved_fail(run, NULL,
                 "`stalled.place`[%d] is %.0f, and there is no `stalled` there in `stop:`", i,
                 place[i]);
    if (since[i] > epoch[i])
      fail_element(saved, "stalled.since", items, i, since[i], whole(0, epoch[i]));
    run->stalled[i] = (Stalled){(int64_t)place[i], best[i], (int64_t)since[i], (int64_t)epoch[i]};
  }
}

/* Of a rule that has changed nothing is left. */
static void stop_saw(Saved *saved) {
  TrainRun *run = saved->run;
  word(saved, "stop.broke", &run->broke);
  static const char name[] = "stop.saw";
  series(saved, name, &run->stop_saw, -1, NULL, ANY);
  int64_t wanted = ending_saw_count(run), count = run->stop_saw.count;
  if (!saved->reading || count == 0) return;
  if (count != wanted)
    saved_fail(run, NULL, "`%s` holds %lld numbers, 0 or %lld are expected", name, (long long)count,
               (long long)wanted);
  if (run->stop_changed || !run->stop) run->stop_saw.count = 0;
}

static void method_why(Saved *saved) {
  TrainRun *run = saved->run;
  const int64_t most = (int64_t)sizeof run->history.why - 1;
  series(saved, "stop.method", &run->method_why, -1, NULL, whole(1, 255));
  if (run->method_why.count > most)
    saved_fail(run, NULL, "`stop.method` holds %lld letters, at most %lld are expected",
               (long long)run->method_why.count, (long long)most);
}

/* Each update steps its optimizer once; further steps made by blocks are counted separately. */
static void optimizer_steps(Saved *saved, int number) {
  TrainRun *run = saved->run;
  Objective *objective = &run->objectives[number];
  double before = (double)objective->steps_before, now = (double)objective->optimizer->steps,
         updates = 0;
  for (int i = 0; i < run->objective_count; i++)
    if (run->objectives[i].optimizer == objective->optimizer) updates += (double)run->total_steps;
  double steps[3] = {before, now - before - updates, now};
  char name[64];
  snprintf(name, sizeof name, "optimizer.%d", number);
  numbers(saved, name, steps, 3, whole(0, WHOLE_MOST));
  if (!saved->reading) return;
  double wanted = steps[0] + steps[1] + updates;
  if (steps[2] != wanted || wanted > WHOLE_MOST)
    fail_element(saved, name, 3, 2, steps[2], whole(wanted, wanted));
  objective->steps_before = (int64_t)steps[0];
  saved->steps[number] = (int64_t)steps[2];
}

typedef struct NewNumbers {
  const Saved *saved;
  int number;
} NewNumbers;

static void check_rules(Vm *vm, void *context) {
  const NewNumbers *numbers = context;
  hyper_list_check(vm, numbers->saved->run->objectives[numbers->number].optimizer,
                   numbers->saved->now[numbers->number].at,
                   saved_clause(numbers->saved->run)->span);
}

static bool is_same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static bool alike(const Series *a, const Series *b) {
  bool same = a->count == b->count;
  for (int64_t i = 0; same && i < a->count; i++) same = is_same(a->at[i], b->at[i]);
  return same;
}

/* Leaves in `now` what is to be set: where the script gives the number that it gave then, and a
 * block had set another. */
static void leave_set_by_blocks(Saved *saved, int number, const char *given_name,
                                const char *now_name) {
  TrainRun *run = saved->run;
  const Series *own = &run->hyper_given[number], *given = &saved->given[number];
  Series *now = &saved->now[number];
  if (!alike(own, given) && !run->settings_changed)
    saved_fail(run, NULL, "`%s` is not what the script gives", given_name);
  if (own->count != given->count) now->count = 0; /* another inner optimizer */
  for (int64_t i = 0; i < now->count; i++) {
    if (isinf(now->at[i]) && now->at[i] != given->at[i])
      fail_element(saved, now_name, now->count, i, now->at[i], FINITE);
    if (!is_same(given->at[i], own->at[i]) || now->at[i] == given->at[i]) now->at[i] = (double)NAN;
  }
  Diag diag = {0};
  if (!now->count || vm_protect(run->vm, check_rules, &(NewNumbers){saved, number}, &diag)) return;
  saved_fail(run, NULL, "`%s` breaks a rule: %.400s", now_name, diag.message);
}

/* Two fields where a block has set something, none elsewhere. */
static void hyperparameters(Saved *saved, int number) {
  TrainRun *run = saved->run;
  char given[64], now[64];
  snprintf(given, sizeof given, "hyper.given.%d", number);
  snprintf(now, sizeof now, "hyper.now.%d", number);
  Series *is = &saved->now[number], *was = &saved->given[number];
  if (!saved->reading) {
    hyper_list(run->objectives[number].optimizer, is);
    if (alike(is, &run->hyper_given[number])) return;
    put_numbers(saved, given, run->hyper_given[number].at, run->hyper_given[number].count);
    put_numbers(saved, now, is->at, is->count);
  } else if (named_find(&saved->file->tensors, now, strlen(now))) {
    series(saved, given, was, -1, NULL, ANY);
    series(saved, now, is, was->count, given, ANY);
    leave_set_by_blocks(saved, number, given, now);
  }
}

/* Of an optimizer some of whose targets joined after its first step here. */
static void joined_since(Saved *saved, int number) {
  const Objective *objective = &saved->run->objectives[number];
  Series *since = &saved->since[number];
  bool late = false;
  char name[64];
  snprintf(name, sizeof name, "joins.%d.since", number);
  for (int i = 0; i < objective->target_count && !saved->reading; i++) {
    const TargetMemory *memory = states_at(objective->optimizer, objective->targets[i]);
    series_push(since, memory ? (double)memory->before : 0);
    late |= memory && memory->before > objective->steps_before;
  }
  if (saved->reading ? is_there(saved, name) : late)
    series(saved, name, since, objective->target_count, "targets",
           whole(0, (double)saved->steps[number]));
}

/* A run that made no step may not have met its targets yet: their states are those declared. */
static bool states_not_met(const Saved *saved, const char *name) {
  return saved->reading && saved->run->total_steps == 0 &&
         !named_find(&saved->file->tensors, name, strlen(name));
}

static void optimizers(Saved *saved) {
  TrainRun *run = saved->run;
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    int states = states_count(objective->optimizer);
    optimizer_steps(saved, o);
    joined_since(saved, o);
    hyperparameters(saved, o);
    for (int t = 0; t < objective->target_count; t++) {
      const TargetMemory *memory = states_of(objective->optimizer, objective->targets[t]);
      for (int s = 0; memory && s < states; s++) {
        char name[64];
        if (!memory->states[s].buffer) continue;
        snprintf(name, sizeof name, "state.%d.%d.%d", o, t, s);
        if (states_not_met(saved, name)) continue;
        install_later(saved, NULL, &memory->states[s], elements(saved, name, &memory->states[s]));
      }
    }
  }
}

static const char METRICS[] = "metrics";

bool saved_measured(const Saved *saved) {
  return saved->run->epoch_rows.count == 1 &&
         named_find(&saved->file->tensors, METRICS, strlen(METRICS)) != NULL;
}

/* The values of the metrics where the only update of the epoch has been made. */
static void measured(Saved *saved) {
  TrainRun *run = saved->run;
  numbers(saved, METRICS, run->last.metrics, run->metric_count, ANY);
  if (saved->reading) measure_known(&run->measure, run->last.metrics, run->at_row);
}

/* Those of an epoch of which only the validation is left: the blocks of its last step may have
 * changed since what the metrics read. */
static void epoch_metrics(Saved *saved) {
  TrainRun *run = saved->run;
  static const char name[] = "metrics.epoch";
  double values[METRICS_MOST];
  const bool has_rows = feed_has_rows(run);
  memcpy(values, run->epoch_metrics, sizeof values);
  if (saved->reading ? !named_find(&saved->file->tensors, name, strlen(name))
                     : has_rows || !run->metric_count)
    return;
  numbers(saved, name, values, run->metric_count, ANY);
  if (saved->reading && !has_rows) measure_known(&run->measure, values, run->at_row);
}

static void metrics(Saved *saved) {
  TrainRun *run = saved->run;
  Measure *measure = &run->measure;
  bool once = run->at_row > 0 && run->metric_count && !measure->on;
  if (saved->reading ? saved_measured(saved) : once) {
    measured(saved);
    return;
  }
  for (int i = 0; run->at_row > 0 && i < measure->count; i++) {
    char name[64];
    snprintf(name, sizeof name, "metric.%d", i);
    if (!saved->reading) {
      put(saved, name, measure_kept(run->vm, measure, i));
      continue;
    }
    Type type = measure_kept_type(measure, i, run->at_row);
    measure_take_up(measure, i, take(saved, name, type.dtype, &type.shape), run->at_row);
  }
  if (run->at_row == 0 || !measure->on) return;
  if (saved->reading) measure_go_on(measure, run->at_row);
  epoch_metrics(saved);
}

static const char BLOCK[] = "block.";

/* The name of a field of the blocks, in saved->field; true unless it is read and not there. */
static bool is_block_field(Saved *saved, const char *name) {
  Text *field = &saved->field;
  field->length = 0;
  text_format(field, "%s%s", BLOCK, name);
  return !saved->reading || named_find(&saved->file->tensors, field->data, field->length);
}

static void put_variable(Saved *saved, const BlockVariable *variable, const char *field) {
  Series numbers = {0};
  bool fine = stored_value_put(saved->run->vm, *variable->at, &numbers);
  if (fine) put_numbers(saved, field, numbers.at, numbers.count);
  else if (variable->whole) block_state_tell(saved->run, variable->name);
  mem_free(numbers.at);
}

static void take_variable(Saved *saved, const BlockVariable *variable, const char *field) {
  int64_t count = -1;
  BlockValue *at = &saved->values[saved->value_count];
  const double *numbers = take_numbers(saved, field, &count, NULL, ANY);
  bool fine = stored_value_take(saved->run->vm, numbers, count, &at->value);
  at->at = variable->at;
  saved->value_count++;
  if (!fine)
    saved_fail(saved->run, NULL, "`%.100s` holds %lld numbers that are no value", field,
               (long long)count);
}

static void block_variables(Saved *saved) {
  block_state_find(saved->run);
  const BlockState *state = saved->run->block_state;
  saved->values = mem_zero((size_t)(state->variable_count + 1) * sizeof(BlockValue));
  for (int i = 0; i < state->variable_count; i++) {
    const BlockVariable *variable = &state->variables[i];
    if (!is_block_field(saved, variable->name)) continue;
    if (saved->reading) take_variable(saved, variable, saved->field.data);
    else put_variable(saved, variable, saved->field.data);
  }
}

static void block_params(Saved *saved) {
  BlockState *state = saved->run->block_state;
  for (int i = 0; i < state->param_count; i++) {
    BlockParam *param = &state->params[i];
    if (!is_block_field(saved, param->name)) continue;
    if (!saved->reading && !block_state_changed(saved->run, param)) continue;
    param->read |= saved->reading;
    install_later(saved, param->param, NULL,
                  elements(saved, saved->field.data, &param->param->value));
  }
}

static void blocks(Saved *saved) {
  block_variables(saved);
  block_params(saved);
  if (!saved->reading) block_state_tell_optimizers(saved->run);
}

/* One that the blocks of then changed, and those of now do not. */
static bool is_of_block(const Saved *saved, const Named *named) {
  size_t length = sizeof BLOCK - 1;
  if (strncmp(named->name, BLOCK, length) != 0) return false;
  if (!vm_warns(saved->run->vm)) return true;
  Text name = {0};
  text_escaped(&name, named->name + length, strlen(named->name + length));
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, saved_clause(saved->run)->span,
            "`%.64s` is in the checkpoint, and no block changes it any more: it is as the script "
            "gives it",
            name.data ? name.data : "");
  text_free(&name);
  vm_warn(saved->run->vm, &diag);
  return true;
}

static void refuse_unknown(const Saved *saved) {
  const NamedList *tensors = &saved->file->tensors;
  for (int64_t i = 0; i < tensors->count; i++) {
    if (saved->visited[i] || is_of_block(saved, &tensors->items[i])) continue;
    char name[100];
    Text text = {0};
    text_escaped(&text, tensors->items[i].name, strlen(tensors->items[i].name));
    text_print(name, sizeof name, "%.90s", text.data ? text.data : "");
    text_free(&text);
    saved_fail(saved->run, NULL,
               "`%s` is in the checkpoint, and nothing of that name is in this training", name);
  }
}

void saved_rest(Saved *saved) {
  TrainRun *run = saved->run;
  identity(saved);
  histories(saved);
  last_update(saved);
  double seconds = history_seconds(run);
  numbers(saved, "seconds", &seconds, 1, (Bounds){0, SECONDS_MOST, false, false});
  run->seconds_before = saved->reading ? seconds : run->seconds_before;
  integer(saved, "evaluations", &run->history.evaluations, 0, WHOLE_MOST);
  kept_best(saved);
  averages(saved);
  stalls(saved);
  stop_saw(saved);
  method_why(saved);
  for (int i = 0; i < run->kept_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "target.%d", i);
    install_later(saved, run->kept[i], NULL, elements(saved, name, &run->kept[i]->value));
  }
  optimizers(saved);
  metrics(saved);
  blocks(saved);
  if (saved->reading) refuse_unknown(saved);
}

/* ---- at the end ---- */

static void install_since(const Saved *saved, int number) {
  const Objective *objective = &saved->run->objectives[number];
  const Series *since = &saved->since[number];
  for (int64_t i = 0; i < since->count; i++) {
    TargetMemory *memory = states_at(objective->optimizer, objective->targets[i]);
    if (memory) memory->before = (int64_t)since->at[i];
  }
}

/* Cannot fail once every param has storage of its own. */
void saved_install(Saved *saved) {
  TrainRun *run = saved->run;
  for (int i = 0; i < saved->install_count; i++)
    if (saved->installs[i].param) param_own(run->vm, saved->installs[i].param);
  for (int i = 0; i < saved->install_count; i++) {
    const Install *install = &saved->installs[i];
    Tensor *to = install->param ? &install->param->value : install->storage;
    memcpy(tensor_data(to), tensor_data(install->from), tensor_bytes(install->from));
    to->buffer->limits = (Limits){0};
  }
  for (int i = 0; i < saved->value_count; i++) {
    BlockValue *value = &saved->values[i];
    value_release(run->vm, *value->at);
    *value->at = value->value;
    run->retrace = true;
  }
  /* a training around this one may read them too */
  if (saved->value_count) read_set_changed(run->vm->read_set);
  saved->value_count = 0;
  for (int o = 0; o < run->objective_count; o++) {
    optimizer_go_on(run->objectives[o].optimizer, saved->steps[o]);
    install_since(saved, o);
    if (!saved->now[o].count) continue;
    hyper_list_set(run->vm, run->objectives[o].optimizer, saved->now[o].at);
    run->retrace = true; /* the recorded step holds the numbers of before */
  }
}

void saved_free(Saved *saved) {
  mem_free(saved->visited);
  mem_free(saved->installs);
  for (int i = 0; i < saved->value_count; i++)
    value_release(saved->run->vm, saved->values[i].value);
  mem_free(saved->values);
  text_free(&saved->field);
  for (int i = 0; i < UPDATES_MOST; i++) {
    mem_free(saved->since[i].at);
    mem_free(saved->given[i].at);
    mem_free(saved->now[i].at);
  }
}
