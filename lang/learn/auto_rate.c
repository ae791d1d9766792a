/* auto_rate.c — see auto_rate.h.
 *
 * The range test of Smith ("Cyclical Learning Rates for Training Neural Networks", 2017, section
 * 3.3): updates with rates that rise geometrically about the declared one until the loss blows up.
 * Chosen is a part of the rate at which the smoothed loss was lowest; the update that follows it
 * shows what that rate did, so each loss is told of the rate before.  All are made on the
 * training's first minibatch: from one to the next losses differ by more than so few updates
 * change, and the lowest would be that of the luckiest rows.  Where the first rates blow up
 * already, lower ones are tried.  The test is a twentieth of the training's updates, at most
 * TEST_MOST; a training too short for it gets the rate that the optimizer's declaration has.
 * Values, states, counters and draws are put back, so the training is what it would be with that
 * rate written out.  A training that goes on from a checkpoint makes the test again, from the same
 * first values.
 *
 * Prodigy and D-Adaptation find their rate as they go: a state `d`, which begins at the tiny `d0`,
 * is raised by what the gradients show.  Where they show nothing it stays, and nothing is learned;
 * that is told when the training ends.
 */
#include "lang/learn/auto_rate.h"

#include "lang/eval/eval.h"
#include "lang/machine/closure.h"
#include "lang/tensors/operation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TEST_LEAST = 8, TEST_MOST = 100, TRIES_MOST = 3 };
/* the rates beside the declared one, and how much lower they are tried again */
static const double LOW = 1e-2, HIGH = 1e3, LOWER = 1e-4;
static const double PART = 0.2, BLOWN = 3, SMOOTH = 0.3;

/* ---- what is put back ---- */

typedef struct Saved {
  Held held; /* a raise frees them */
  Kept kept;
} Saved;

static void free_whole(Held *held) {
  Saved *saved = (Saved *)(void *)held;
  kept_free(&saved->kept);
  mem_free(saved);
}

static Saved *save(TrainRun *run) {
  Saved *saved = mem_zero(sizeof *saved);
  saved->held.free_whole = free_whole;
  vm_hold(run->vm, &saved->held);
  kept_take(run, &saved->kept);
  return saved;
}

/* ---- the test ---- */

typedef struct Test {
  TrainRun *run;
  OptimizerObject *optimizer;
  int index; /* of its rate */
  bool (*update)(TrainRun *run);
  bool made;
} Test;

static void update_body(Vm *vm, void *context) {
  (void)vm;
  Test *test = context;
  test->made = test->update(test->run);
}

/* One update at a rate: the loss before it, or infinity where it is not finite. */
static double loss_at(Test *test, ParamObject *rate, double number) {
  TrainRun *run = test->run;
  Vm *vm = run->vm;
  Diag diag = {0};
  tensor_set(&rate->value, 0, number);
  run->at_row = 0; /* the first minibatch again */
  bool fine = vm_protect(vm, update_body, test, &diag);
  vm->run = run;
  if (!fine && !diag.diverged) raise_diag(vm, &diag);
  return fine && test->made ? run->last.loss : (double)INFINITY;
}

/* How many updates the training will make; 0: not known. */
static double updates_of(const TrainRun *run) {
  double each = 1, steps = run->steps_most ? (double)run->steps_most : (double)INFINITY;
  if (run->rows) {
    double batch = run->batch ? (double)run->batch : (double)run->rows;
    each = ceil(ceil((double)run->rows / batch) / (double)run->accumulate);
  }
  double epochs = run->epochs_most ? (double)run->epochs_most * each : (double)INFINITY;
  double most = fmin(steps, epochs);
  return isfinite(most) ? most : 0;
}

/* A hyperparameter's default in the declaration, if it is a plain number; else 0. */
static double declared_number(const OptimizerObject *optimizer, int index) {
  const Ast *fallback = optimizer->made_by->function->params[index].fallback;
  return fallback && fallback->kind == AST_NUMBER ? fallback->number : 0;
}

/* Rates from low to high: that of the lowest loss, 0 where there is none; `made`: of how many the
 * loss was seen before it blew up. */
static double rise(Test *test, ParamObject *held, double low, double high, int updates, int *made) {
  double mean = 0, weight = 0, lowest = (double)INFINITY, found = 0, rate = low;
  for (*made = 0; *made < updates; ++*made) {
    double loss = loss_at(test, held, low * pow(high / low, (double)*made / (updates - 1)));
    if (!isfinite(loss)) break;
    mean = SMOOTH * mean + (1 - SMOOTH) * loss;
    weight = SMOOTH * weight + (1 - SMOOTH);
    double smooth = mean / weight;
    if (smooth - lowest > BLOWN * fmax(fabs(lowest), 1e-12)) break;
    if (smooth < lowest) lowest = smooth, found = rate;
    rate = tensor_get(&held->value, 0);
  }
  return found;
}

/* The optimizers are as they were made. */
static void forget(const TrainRun *run) {
  for (int i = 0; i < run->objective_count; i++) {
    optimizer_release_targets(run->vm, run->objectives[i].optimizer, 0);
    optimizer_go_on(run->objectives[i].optimizer, 0);
  }
}

static double search(Test *test, int updates) {
  Vm *vm = test->run->vm;
  Value zero = value_number(0),
        held = param_new(vm, test->optimizer->span, zero, (Domain){0}, false);
  Value before = test->optimizer->arguments[test->index];
  test->optimizer->arguments[test->index] = value_retain(held);
  train_prepare(test->run); /* buffers are known */
  Saved *saved = save(test->run);
  feed_epoch(test->run);
  double declared = declared_number(test->optimizer, test->index), found = 0;
  if (!(declared > 0)) declared = 1e-3;
  for (int tries = 0, made = 0; tries < TRIES_MOST && made < 4; tries++) {
    if (tries) forget(test->run);
    found = rise(test, held.param, LOW * declared, HIGH * declared, updates, &made);
    declared *= LOWER;
    kept_give(vm, &saved->kept);
  }
  kept_release(vm, &saved->kept);
  vm_drop(vm, &saved->held);
  value_release(vm, test->optimizer->arguments[test->index]);
  test->optimizer->arguments[test->index] = before;
  value_release(vm, held);
  return PART * found;
}

static double declared_rate(TrainRun *run, const OptimizerObject *optimizer, int index) {
  double declared = declared_number(optimizer, index);
  if (!(declared > 0))
    raise_at(run->vm, optimizer->span, "this training is too short for `lr: auto`: give a number");
  return declared;
}

/* ---- the whole ---- */

static void tell(const TrainRun *run, const OptimizerObject *optimizer, double rate, int updates) {
  Vm *vm = run->vm;
  if (vm->options.quiet_progress || run->quiet || !vm->on_diag) return;
  Diag diag = {0};
  char how[80] = "as declared, since the training is too short for a test";
  if (updates) snprintf(how, sizeof how, "by %d updates on a copy", updates);
  diag_fail(&diag, STATUS_FAILED, optimizer->span, "`lr: auto` of %.64s is %.3g, %s",
            optimizer->made_by->function->name, rate, how);
  diag.warning = true;
  vm->on_diag(vm->on_diag_context, &diag);
}

static void find_one(TrainRun *run, OptimizerObject *optimizer, int index,
                     bool (*update)(TrainRun *run)) {
  Vm *vm = run->vm;
  double total = updates_of(run), rate = 0;
  int updates = total > 0 ? (int)fmin(total / 20, TEST_MOST) : TEST_MOST;
  if (updates >= TEST_LEAST) {
    Test test = {run, optimizer, index, update, false};
    int64_t steps = run->total_steps, at_row = run->at_row;
    Sums sums = run->sums;
    int64_t rows = run->epoch_rows.count;
    rate = search(&test, updates);
    measure_clear(&run->measure);
    run->retrace = true; /* its recordings read the rate anew each step */
    run->total_steps = steps;
    run->at_row = at_row;
    run->sums = sums;
    run->epoch_rows.count = rows;
    forget(run);
  }
  bool tested = rate > 0;
  if (!tested) rate = declared_rate(run, optimizer, index);
  value_release(vm, optimizer->arguments[index]);
  optimizer->arguments[index] = value_number(rate);
  tell(run, optimizer, rate, tested ? updates : 0);
}

void auto_rates(TrainRun *run, bool (*update)(TrainRun *run)) {
  for (int i = 0; i < run->objective_count; i++) {
    OptimizerObject *optimizer = run->objectives[i].optimizer;
    int index;
    while (optimizer && (index = optimizer_auto(optimizer)) < 0) {
      OptimizerObject *inner = NULL;
      for (int k = 0; k < optimizer->count && !inner; k++)
        if (optimizer->arguments[k].kind == KIND_OPTIMIZER)
          inner = optimizer->arguments[k].optimizer;
      optimizer = inner;
    }
    if (!optimizer) continue;
    find_one(run, optimizer, index, update);
  }
}

/* ---- rates that an optimizer finds ---- */

enum { STEPS_TO_RISE = 20 };

static double hyperparameter(const OptimizerObject *optimizer, const char *name) {
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < function->param_count; i++)
    if (!strcmp(function->params[i].name, name) && optimizer->arguments[i].kind == KIND_NUMBER)
      return optimizer->arguments[i].number;
  return (double)NAN;
}

/* A shared state of `outer`; NaN before its first step. */
static double shared_number(const OptimizerObject *outer, int state) {
  for (int i = 0; i < outer->memory->count; i++)
    if (outer->memory->targets[i].states[state].buffer)
      return tensor_get(&outer->memory->targets[i].states[state], 0);
  return (double)NAN;
}

static void tell_at_start(const TrainRun *run, const OptimizerObject *optimizer, double d) {
  Vm *vm = run->vm;
  if (run->quiet || vm->options.quiet_progress || !vm->on_diag) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, optimizer->span,
            "`d` of %.64s is where it began, %g, after %lld steps: it has found no rate",
            optimizer->made_by->function->name, d, (long long)run->total_steps);
  diag_help(&diag, "a larger d0, such as %g; or the gradients are 0, or nothing but noise",
            100 * d);
  diag.warning = true;
  vm->on_diag(vm->on_diag_context, &diag);
}

/* first: of the optimizer's own states among those of `outer` */
static void look_at_found(const TrainRun *run, const OptimizerObject *outer,
                          const OptimizerObject *optimizer, int first) {
  const AstFunction *function = optimizer->made_by->function;
  double start = hyperparameter(optimizer, "d0");
  int state = first;
  for (int i = 0; i < function->member_count; i++) {
    if (function->members[i].kind != MEMBER_STATE) continue;
    if (!strcmp(function->members[i].name, "d") && shared_number(outer, state) == start)
      tell_at_start(run, optimizer, start);
    state++;
  }
  for (int i = 0; i < optimizer->count; i++) {
    if (optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
    look_at_found(run, outer, optimizer->arguments[i].optimizer, state);
    state += optimizer_states(optimizer->arguments[i].optimizer);
  }
}

void auto_rates_found(const TrainRun *run) {
  for (int i = 0; i < run->objective_count && run->total_steps >= STEPS_TO_RISE; i++)
    if (run->objectives[i].optimizer)
      look_at_found(run, run->objectives[i].optimizer, run->objectives[i].optimizer, 0);
}
