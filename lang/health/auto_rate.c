/* auto_rate.c — see auto_rate.h.
 *
 * The range test of Smith ("Cyclical Learning Rates for Training Neural Networks", 2017, section
 * 3.3): updates with rates that rise geometrically around the declared one until the loss blows up.
 * The effect of a rate shows in the loss of the next update, so each loss is attributed to the rate
 * before it.
 *
 * So few updates, each over other rows, find the edge only to a factor of three or so.  Where an
 * update moves all elements by equal amounts, as the first of Adam and its kin, a second estimate
 * costs nothing: the rate at which an update is MOVE of the size of the values that it moves.  The
 * relative size of an update is what bounds the change of a net's output (Bernstein et al., "On the
 * Distance between Two Neural Networks and the Stability of Learning", 2020), so it accounts for
 * the width and the scale of the init.  The rate is the geometric mean, the estimate of size
 * counting twice, with the edge between the rate of half of the fall and that of the lowest loss.
 *
 * Other updates follow the gradient, whose size at the start says little of later: there the test
 * decides alone.  A rate is stable if the smoothed loss stays below its first value by at least
 * HELD of its largest fall, also if the loss was higher in between.  The edge is the geometric mean
 * of the rate of the lowest loss and the largest stable one.  What a loss shows is not one update
 * at its rate: the updates before it, each `step` times lower, have moved the values too.  Together
 * they are worth 1 + 1/step + 1/step^2 + … = 1 / (1 - 1/step) updates at the last rate, 1.4 for a
 * test of 8 and 3.7 for one of 30.  The same edge says more about a constant rate the finer the
 * test is, so the rate chosen is PART of the edge for each of them.
 *
 * The test cycles through a few minibatches and compares the loss of each with its own loss at the
 * first, tiny, rates: losses differ more between minibatches than a few updates change them, and on
 * a single minibatch the test would measure how fast it is memorised.  If the first rates already
 * blow up, or none of them lowers the loss, lower ones are tried.  The test takes a twentieth of
 * the training's updates, at most TEST_MOST; a training too short for it gets the default rate of
 * the optimizer's declaration.
 *
 * A rate can be too high without a trace: the ones before it have brought the loss to almost
 * nothing, and a multiple of that is still nothing.  If they have, a few more updates at the rate
 * found begin from the first values, and it is halved until the loss does not explode.
 *
 * A constant rate of that size would leave the values oscillating around the minimum, and a first
 * step at that rate would meet curvature that the slow rise of the test avoided.  So the rate rises
 * over RISE of the training and then falls linearly to 0 at its end.  That is worst-case optimal
 * for a known length (Defazio et al., "Optimal Linear Decay Learning Rate Schedules and Further
 * Refinements", 2023), and it tolerates a rate that is too high: the harm done early is repaired
 * during the fall.  If the length is not known, the rate is constant, KEPT of that peak.
 *
 * The momentum goes the other way: the memory of the running mean, 1 / (1 - beta1) steps, shortens
 * to 1/BRISK at the peak of the rate and is the declared one at the end (Smith, "A Disciplined
 * Approach to Neural Network Hyper-Parameters", 2018, section 4.3: 0.95 to 0.85, a third).  A beta1
 * that the call gives stays.
 *
 * Several rates are found one after the other, in the order of the updates and of the optimizers in
 * them; meanwhile those to come are the declared ones.  Together their tests take a twentieth.
 *
 * An optimizer that finds its step itself (DoG, Prodigy) keeps the rate 1 of its declaration,
 * without a test.
 *
 * The test uses copies of the optimizers, and restores values, counters and draws, so the training
 * is the one with the schedules written out, `lr: rise_and_fall(rate, steps: n), beta1:
 * rise_and_fall(0.7, steps: n, ends: 0.9)`.  Each train finds `auto` anew.  One that resumes from a
 * checkpoint repeats the test from the same first values.
 *
 * Prodigy and D-Adaptation find their rate during training: the gradients raise a state `d`, which
 * begins at the tiny `d0`.  If the gradients never raise it, nothing is learned; a warning says so
 * when the training ends.
 */
#include "lang/health/auto_rate.h"

#include "lang/eval/eval.h"
#include "lang/eval/standard_value.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/optimizers/declaration.h"
#include "lang/optimizers/hyper.h"
#include "lang/optimizers/states.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/run/kept.h"
#include "lang/run/steps.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TEST_LEAST = 8, TEST_MOST = 30, TRIES_MOST = 3, TURNS_MOST = 8, TURNS_EACH = 8 };
enum { STEADY = 8, HALVINGS_MOST = 8 };
/* the rates beside the declared one, how much lower they are tried again, and the most chosen */
static const double LOW = 0.3, HIGH = 3000, LOWER = 1e-3, CHOSEN_MOST = 150;
static const double RISE = 0.05, BRISK = 3, PART = 0.1, KEPT = 0.2, SMOOTH = 0.3;
static const double FLAT = 0.02, HALF = 0.5, HELD = 0.2;
/* Elements move by equal amounts if the square of their mean step is EVEN of the mean square, over
 * those that move by at least CLEAR of the largest step: the others follow only the decay. */
enum { MOVED_LEAST = 16 };
static const double MOVE = 0.2, EVEN = 0.9, CLEAR = 0.1;
/* The test ends where the loss is so much above its first. */
static const double BLOWN = 3;
/* A rate at which the loss rises to so many times its first is not taken. */
static const double EXPLODED = 300, NOTHING = 0.9;

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
  Update update;
  bool made;
  const Objective *objective; /* whose rate it is */
  const Kept *start;          /* the values before the test */
  int turns;                  /* minibatches that take turns */
  double first[TURNS_MOST];   /* the first loss of each */
} Test;

static void update_body(Vm *vm, void *context) {
  (void)vm;
  Test *test = context;
  test->made = test->update(test->run);
}

/* Of an update; 0: there are no rows. */
static int64_t rows_of_update(const TrainRun *run) {
  if (!run->rows) return 0;
  return run->batch ? run->batch * run->accumulate : run->rows;
}

/* One update at a rate: the loss before it, or infinity where it is not finite. */
static double loss_at(Test *test, ParamObject *rate, double number, int turn) {
  TrainRun *run = test->run;
  Vm *vm = run->vm;
  Diag diag = {0};
  tensor_set(&rate->value, 0, number);
  run->at_row = turn * rows_of_update(run);
  bool fine = vm_protect(vm, update_body, test, &diag);
  vm->run = &run->base;
  if (!fine && !diag.diverged) raise_diag(vm, &diag);
  return fine && test->made ? run->last.loss : (double)INFINITY;
}

/* Falls of the smoothed loss below the first, by rate. */
typedef struct Falls {
  double rate[TEST_MOST], fall[TEST_MOST];
  double size; /* of the first losses */
  double step; /* from a rate to the next */
  double unit; /* rate of an update as large as the values that it moves; 0: unknown */
  int count;
} Falls;

/* What an update did to the elements that it moved clearly. */
typedef struct Moved {
  double size, squares, values; /* sums of |step|, of step^2, of the squared values before it */
  double count;
  double largest; /* the largest |step| */
} Moved;

/* The values of a target before the test; NULL: it came later. */
static const Tensor *before_test(const Test *test, const ParamObject *target) {
  for (int k = 0; k < test->start->count; k++)
    if (test->start->params[k] == target) return &test->start->values[k];
  return NULL;
}

static void add_moved(const Tensor *before, const Tensor *after, Moved *moved) {
  for (int64_t j = 0, count = tensor_count(before); j < count; j++) {
    double was = tensor_get(before, j), step = fabs(tensor_get(after, j) - was);
    if (!(step > 0 && step >= CLEAR * moved->largest)) continue;
    moved->size += step;
    moved->squares += step * step;
    moved->values += was * was;
    moved->count++;
  }
}

static double largest_step(const Tensor *before, const Tensor *after) {
  double largest = 0;
  for (int64_t j = 0, count = tensor_count(before); j < count; j++)
    largest = fmax(largest, fabs(tensor_get(after, j) - tensor_get(before, j)));
  return largest;
}

static Moved moved_by(const Test *test) {
  Moved moved = {0};
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < test->objective->target_count; i++) {
      const ParamObject *target = test->objective->targets[i];
      const Tensor *before = before_test(test, target);
      if (!before) continue;
      if (pass) add_moved(before, &target->value, &moved);
      else moved.largest = fmax(moved.largest, largest_step(before, &target->value));
    }
  return moved;
}

/* The rate at which an update would be as large as the values, after one at `rate`; 0 where its
 * elements did not move by equal amounts. */
static double unit_rate(const Test *test, double rate) {
  Moved moved = moved_by(test);
  bool even = moved.size * moved.size >= EVEN * moved.count * moved.squares;
  return moved.count >= MOVED_LEAST && even ? rate * sqrt(moved.values / moved.squares) : 0;
}

/* Rates from low to high, until the loss blows up. */
static void rise(Test *test, ParamObject *held, double low, double high, int updates,
                 Falls *falls) {
  double mean = 0, weight = 0, total = 0;
  falls->step = pow(high / low, 1.0 / (updates - 1));
  for (falls->count = 0; falls->count < updates;) {
    int k = falls->count, turn = k % test->turns;
    double rate = low * pow(falls->step, k), loss = loss_at(test, held, rate, turn);
    if (!isfinite(loss)) break;
    if (!k) falls->unit = unit_rate(test, rate);
    if (k < test->turns) test->first[turn] = loss, total += fabs(loss);
    falls->size = total / (k < test->turns ? k + 1 : test->turns);
    mean = SMOOTH * mean + (1 - SMOOTH) * (test->first[turn] - loss);
    weight = SMOOTH * weight + (1 - SMOOTH);
    double fall = mean / weight;
    if (fall < -BLOWN * falls->size) break;
    falls->rate[k] = k ? falls->rate[k] : rate;
    falls->fall[k] = fall;
    if (++falls->count < updates) falls->rate[falls->count] = rate; /* what the next loss shows */
  }
}

/* The rate that the test finds; 0: no rate lowered the loss. */
static double chosen(const Falls *falls) {
  double most = 0, half = 0, lowest = 0, borne = 0;
  for (int i = 0; i < falls->count; i++) {
    most = fmax(most, falls->fall[i]);
    if (most > 0 && falls->fall[i] >= HELD * most) borne = falls->rate[i];
  }
  if (!(most > 0)) return 0;
  for (int i = 0; i < falls->count; i++) {
    if (!(half > 0) && falls->fall[i] >= HALF * most) half = falls->rate[i];
    if (falls->fall[i] >= (1 - FLAT) * most) lowest = falls->rate[i];
  }
  double sized = MOVE * falls->unit;
  return sized > 0 ? cbrt(sqrt(half * lowest) * sized * sized)
                   : PART / (1 - 1 / falls->step) * sqrt(lowest * borne);
}

/* The optimizers are as they were made. */
static void forget(const TrainRun *run) {
  for (int i = 0; i < run->objective_count; i++) {
    states_release(run->vm, run->objectives[i].optimizer, 0);
    optimizer_go_on(run->objectives[i].optimizer, 0);
  }
}

/* How many minibatches take turns: each comes several times. */
static int turns_of(const TrainRun *run, int updates) {
  int64_t rows = rows_of_update(run), whole = rows ? run->rows / rows : 1;
  double most = fmin((double)whole, fmin(updates / (double)TURNS_EACH, TURNS_MOST));
  return most > 1 ? (int)most : 1;
}

/* Does the loss stay finite, and below a large multiple of its first value, for some updates at
 * that rate?  Nets bear a rise at first. */
static bool holds(Test *test, ParamObject *held, double rate, double size) {
  double first[TURNS_MOST] = {0};
  forget(test->run);
  for (int k = 0; k < STEADY; k++) {
    int turn = k % test->turns;
    double loss = loss_at(test, held, rate, turn);
    if (k < test->turns) first[turn] = loss;
    if (!isfinite(loss) || loss - first[turn] > EXPLODED * size) return false;
  }
  return true;
}

/* Did the rates that rise bring the loss to almost nothing? */
static bool came_to_nothing(const Falls *falls) {
  double most = 0;
  for (int i = 0; i < falls->count; i++) most = fmax(most, falls->fall[i]);
  return most > NOTHING * falls->size;
}

/* The momentum at the peak of the rate. */
static double brisk(double momentum) { return fmax(0, 1 - BRISK * (1 - momentum)); }

/* Gives the momentum its default again; index of the one that goes with the rate, or -1. */
static int rest_momentum(Vm *vm, OptimizerObject *optimizer) {
  int index = hyper_auto_momentum(optimizer);
  if (index < 0) return -1;
  hyper_auto_momentum_rest(vm, optimizer);
  double peak = brisk(hyper_declared(optimizer, index));
  return hyper_allows(vm, optimizer, index, peak) ? index : -1;
}

/* The rate, or 0. */
static double search(Test *test, int updates) {
  Vm *vm = test->run->vm;
  Value zero = value_number(0),
        held = param_new(vm, test->optimizer->span, zero, (Domain){0}, false);
  double declared = hyper_declared(test->optimizer, test->index), found = 0;
  value_release(vm, test->optimizer->arguments[test->index]);
  test->optimizer->arguments[test->index] = held;
  int momentum = rest_momentum(vm, test->optimizer);
  if (momentum >= 0) {
    Value *argument = &test->optimizer->arguments[momentum];
    *argument = value_number(brisk(argument->number));
  }
  steps_prepare(test->run); /* buffers are known */
  Saved *saved = save(test->run);
  test->start = &saved->kept;
  feed_epoch(test->run);
  test->turns = turns_of(test->run, updates);
  if (!(declared > 0)) declared = 1e-3;
  Falls falls = {.count = 0};
  for (int tries = 0; tries < TRIES_MOST && (falls.count < 4 || !(found > 0)); tries++) {
    if (tries) forget(test->run);
    rise(test, held.param, LOW * declared, HIGH * declared, updates, &falls);
    found = fmin(chosen(&falls), CHOSEN_MOST * declared);
    declared *= LOWER;
    kept_give(vm, &saved->kept);
  }
  bool unsure = found > 0 && came_to_nothing(&falls);
  for (int halvings = 0; unsure && halvings < HALVINGS_MOST; halvings++) {
    unsure = !holds(test, held.param, found, falls.size);
    kept_give(vm, &saved->kept);
    if (unsure) found /= 2;
  }
  kept_release(vm, &saved->kept);
  vm_drop(vm, &saved->held);
  return found;
}

static double declared_rate(TrainRun *run, const OptimizerObject *optimizer, int index) {
  double declared = hyper_declared(optimizer, index);
  if (!(declared > 0))
    raise_at(run->vm, optimizer->span, "this training is too short for `lr: auto`: give a number");
  return declared;
}

/* ---- the whole ---- */

typedef struct Found {
  double rate, momentum; /* momentum: at the peak; NaN: it stays */
  int updates;           /* of the test; 0: none was made */
  double total;          /* steps of the training; 0: unknown */
  bool itself;           /* the optimizer finds its step */
} Found;

static void tell(const TrainRun *run, const OptimizerObject *optimizer, const Found *found) {
  Vm *vm = run->vm;
  if (run->quiet || !vm_warns(vm)) return;
  Diag diag = {0};
  char how[80] = "as declared, since the training is too short for a test";
  char falls[80] = "", momentum[48] = "";
  if (found->itself) snprintf(how, sizeof how, "as declared: it finds the length of its steps");
  if (found->updates) snprintf(how, sizeof how, "by %d updates on a copy", found->updates);
  if (found->updates && found->total > 0)
    snprintf(falls, sizeof falls, "; it rises to that, and falls to 0 at step %.0f", found->total);
  if (!isnan(found->momentum))
    snprintf(momentum, sizeof momentum, "; beta1 is %.3g at the peak", found->momentum);
  diag_fail(&diag, STATUS_FAILED, optimizer->span, "`lr: auto` of %.64s is %.3g, %s%s%s",
            optimizer->made_by->function->name, found->rate, how, falls, momentum);
  vm_warn(vm, &diag);
}

/* Of the optimizer and those that it was given, the one of that number, from 0, whose `lr` is
 * `auto`; NULL. */
static OptimizerObject *find_auto(OptimizerObject *optimizer, int *number, int *index) {
  if (!optimizer) return NULL;
  *index = hyper_auto(optimizer);
  if (*index >= 0 && (*number)-- == 0) return optimizer;
  OptimizerObject *found = NULL;
  for (int k = 0; k < optimizer->count && !found; k++)
    if (optimizer->arguments[k].kind == KIND_OPTIMIZER)
      found = find_auto(optimizer->arguments[k].optimizer, number, index);
  return found;
}

/* NULL too for an optimizer that an earlier update has. */
static OptimizerObject *auto_of(const TrainRun *run, int update, int number, int *index) {
  for (int i = 0; i < update; i++)
    if (run->objectives[i].optimizer == run->objectives[update].optimizer) return NULL;
  return find_auto(run->objectives[update].optimizer, &number, index);
}

static int count_autos(const TrainRun *run) {
  int count = 0, index;
  for (int i = 0; i < run->objective_count; i++)
    for (int k = 0; auto_of(run, i, k, &index); k++) count++;
  return count;
}

/* Each update gets a copy of its optimizer; updates that share one go on doing so. */
static void lend_copies(TrainRun *run, OptimizerObject **originals) {
  for (int i = 0; i < run->objective_count; i++) {
    originals[i] = run->objectives[i].optimizer;
    int same = 0;
    while (originals[same] != originals[i]) same++;
    Value copy = same < i ? value_retain(value_of(KIND_OPTIMIZER, run->objectives[same].optimizer))
                          : optimizer_copy(run->vm, originals[i]);
    run->objectives[i].optimizer = copy.optimizer;
  }
}

static void take_copies_back(TrainRun *run, OptimizerObject **originals) {
  for (int i = 0; i < run->objective_count; i++) {
    value_release(run->vm, value_of(KIND_OPTIMIZER, run->objectives[i].optimizer));
    run->objectives[i].optimizer = originals[i];
  }
}

/* Gives the rates that are found after this one the numbers of their declarations. */
static void declare_later(TrainRun *run, int update, int number) {
  int index;
  OptimizerObject *later;
  for (int i = update; i < run->objective_count; i++)
    for (int k = i == update ? number + 1 : 0; (later = auto_of(run, i, k, &index)); k++) {
      double declared = hyper_declared(later, index);
      hyper_auto_set(run->vm, later, index, value_number(declared > 0 ? declared : 1e-3));
    }
}

/* The rate of that number of an update's optimizer, or 0. */
static double tested(TrainRun *run, int objective, int number, int updates, Update update) {
  OptimizerObject *originals[UPDATES_MOST];
  int64_t steps = run->total_steps, at_row = run->at_row, rows = run->epoch_rows.count;
  Sums sums = run->sums;
  lend_copies(run, originals);
  Test test = {.run = run, .update = update, .objective = &run->objectives[objective]};
  declare_later(run, objective, number);
  test.optimizer = auto_of(run, objective, number, &test.index);
  run->retrace = true; /* recordings belong to an optimizer, and read the rate anew each step */
  double found = search(&test, updates);
  measure_clear(&run->measure);
  run->retrace = true;
  run->total_steps = steps;
  run->at_row = at_row;
  run->sums = sums;
  run->epoch_rows.count = rows;
  take_copies_back(run, originals);
  return found;
}

/* From `ends` to the peak and back within the training, as the library has it. */
static Value swing(const TrainRun *run, const OptimizerObject *outer, Span span, double peak,
                   double total, double ends) {
  Value args[] = {value_number(peak), value_number(total), value_number(RISE),
                  value_number((double)outer->steps), value_number(ends)};
  CallSite site = {.span = span, .callee = span};
  return standard_library_call(run->vm, &site, "rise_and_fall", args, COUNT_OF(args));
}

/* The momentum at the peak, or NaN: none goes with the rate. */
static double swing_momentum(const TrainRun *run, const OptimizerObject *outer,
                             OptimizerObject *optimizer, int index, double total) {
  if (index < 0) return (double)NAN;
  double declared = hyper_declared(optimizer, index), peak = brisk(declared);
  Value set = swing(run, outer, optimizer->span, peak, total, declared);
  value_release(run->vm, optimizer->arguments[index]);
  optimizer->arguments[index] = set;
  return peak;
}

/* Does it find its step itself?  Its rate is then a factor of that, declared as 1, and a test of so
 * few updates would see only how the step grows. */
static bool finds_itself(const OptimizerObject *optimizer, int index) {
  return hyper_declared(optimizer, index) == 1 &&
         declaration_of(optimizer->made_by->function, "once") != NULL;
}

static bool find_one(TrainRun *run, int objective, int number, int autos, Update update) {
  OptimizerObject *outer = run->objectives[objective].optimizer;
  int index = -1;
  OptimizerObject *optimizer = auto_of(run, objective, number, &index);
  if (!optimizer) return false;
  double total = feed_updates(run), rate = 0;
  int updates = total > 0 ? (int)fmin(total / 20 / autos, TEST_MOST) : TEST_MOST;
  if (updates >= TEST_LEAST && !finds_itself(optimizer, index))
    rate = tested(run, objective, number, updates, update);
  Found found = {rate, (double)NAN, rate > 0 ? updates : 0, total, finds_itself(optimizer, index)};
  if (!(rate > 0)) found.rate = declared_rate(run, optimizer, index);
  else if (!(total > 0)) found.rate = KEPT * rate;
  int momentum = rest_momentum(run->vm, optimizer);
  Value set = value_number(found.rate);
  if (rate > 0 && total > 0) {
    set = swing(run, outer, optimizer->span, found.rate, total, 0);
    found.momentum = swing_momentum(run, outer, optimizer, momentum, total);
  }
  hyper_auto_set(run->vm, optimizer, index, set);
  tell(run, optimizer, &found);
  return true;
}

void auto_rates(TrainRun *run, Update update) {
  int autos = count_autos(run);
  for (int i = 0; i < run->objective_count && autos; i++)
    for (int k = 0; find_one(run, i, k, autos, update);) k++;
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
  if (run->quiet || !vm_warns(vm)) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, optimizer->span,
            "`d` of %.64s is still at its start value, %g, after %lld steps: it has found no rate",
            optimizer->made_by->function->name, d, (long long)run->total_steps);
  diag_help(&diag, "try a larger d0, such as %g; or the gradients are 0 or only noise", 100 * d);
  vm_warn(vm, &diag);
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
    state += states_count(optimizer->arguments[i].optimizer);
  }
}

void auto_rates_found(const TrainRun *run) {
  for (int i = 0; i < run->objective_count && run->total_steps >= STEPS_TO_RISE; i++)
    if (run->objectives[i].optimizer)
      look_at_found(run, run->objectives[i].optimizer, run->objectives[i].optimizer, 0);
}
