/* health_trial.c — see health_trial.h.
 *
 * A rate is blamed only if another one did better.  A copy of the optimizer with the rate times a
 * tenth, ten or a hundred makes some steps over the run's own first minibatches, from its first
 * values.  The means of its last losses are compared with those of the run at the same steps.  Then
 * values, position and optimizers are restored.
 */
#include "lang/health/health_trial.h"

#include "lang/machine/vm.h"
#include "lang/optimizers/hyper.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/run/kept.h"

#include <math.h>
#include <string.h>

static const double SHARE = 0.03; /* of the run's work, that may be spent */
/* In units of plan_work, for a step beside its operations and for recording a node; fitted on a net
 * of 80 numbers, digits, a CNN and an LSTM. */
static const double STEP_WORK = 4e5, NODE_WORK = 2.5e5;
enum { TRIAL_LEAST = 5, TRIAL_GOOD = 12, TRIAL_MOST = 200 };

/* ---- what it may cost ---- */

double health_step_work(const TrainRun *run) { return run->watch->first.work + STEP_WORK; }

double health_record_work(const TrainRun *run) { return run->watch->first.nodes * NODE_WORK; }

double health_left(const TrainRun *run) {
  const Health *health = run->watch;
  return run->vm->clinic ? (double)INFINITY : SHARE * health->run_work - health->spent;
}

bool health_spend(TrainRun *run, double work) {
  if (work > health_left(run)) return false;
  run->watch->spent += work;
  return true;
}

/* ---- trials ---- */

typedef struct Trial {
  TrainRun *run;
  Update update;
  double factor;
  int64_t steps;
  double loss; /* the mean of the last quarter of its losses; infinite where it blew up */
} Trial;

static void trial_body(Vm *vm, void *context) {
  (void)vm;
  Trial *trial = context;
  TrainRun *run = trial->run;
  double sum = 0;
  int64_t counted = 0;
  for (int64_t i = 0; i < trial->steps; i++) {
    bool made = trial->update(run);
    if (!made && !run->over && run->rows) {
      run->epoch++;
      run->at_row = 0;
      feed_epoch(run);
      made = trial->update(run);
    }
    if (!made) return;
    if (4 * (i + 1) <= 3 * trial->steps) continue;
    sum += run->last.loss;
    counted++;
  }
  trial->loss = sum / (double)counted;
}

/* What a trial moves of the run. */
typedef struct Position {
  int64_t epoch, at_row, total_steps, epoch_rows;
  Sums sums;
  StepOutcome last;
  bool over, measures;
  int metric_count, converged;
  OptimizerObject *optimizers[UPDATES_MOST];
} Position;

static void leave(TrainRun *run, Position *at) {
  *at = (Position){.epoch = run->epoch,
                   .at_row = run->at_row,
                   .total_steps = run->total_steps,
                   .epoch_rows = run->epoch_rows.count,
                   .sums = run->sums,
                   .last = run->last,
                   .over = run->over,
                   .measures = run->measure.on,
                   .metric_count = run->metric_count,
                   .converged = run->converged};
  run->epoch = run->at_row = run->total_steps = 0;
  run->over = run->measure.on = false;
  run->metric_count = 0;
  run->retrace = true;
}

static void come_back(TrainRun *run, const Position *at) {
  run->epoch = at->epoch;
  run->at_row = at->at_row;
  run->total_steps = at->total_steps;
  run->epoch_rows.count = at->epoch_rows;
  run->sums = at->sums;
  run->last = at->last;
  run->over = at->over;
  run->measure.on = at->measures;
  run->metric_count = at->metric_count;
  run->converged = at->converged;
  run->retrace = true;
}

double health_trial(TrainRun *run, Update update, double factor, int64_t steps, bool from_now) {
  Vm *vm = run->vm;
  Position at;
  Kept now = {0};
  health_spend(run, (double)steps * health_step_work(run) + health_record_work(run));
  run->watch->tried += steps;
  Trial trial = {run, update, factor, steps, (double)INFINITY};
  kept_take(run, &now);
  leave(run, &at);
  if (!from_now) kept_give(vm, &run->watch->values);
  for (int i = 0; i < run->objective_count; i++) {
    at.optimizers[i] = run->objectives[i].optimizer;
    run->objectives[i].optimizer = optimizer_copy(vm, at.optimizers[i]).optimizer;
    hyper_scale(run->objectives[i].optimizer, factor);
  }
  feed_epoch(run);
  Diag diag = {0};
  bool fine = vm_protect(vm, trial_body, &trial, &diag);
  vm->run = &run->base;
  undo_back(vm, &run->undo);
  for (int i = 0; i < run->objective_count; i++) {
    value_release(vm, value_of(KIND_OPTIMIZER, run->objectives[i].optimizer));
    run->objectives[i].optimizer = at.optimizers[i];
  }
  kept_give(vm, &now);
  kept_release(vm, &now);
  come_back(run, &at);
  if (!fine && !diag.diverged) return (double)INFINITY;
  return trial.loss;
}

bool health_can_try(const TrainRun *run) {
  if (run->backed_off || vm_asked() || vm_limit(run->vm)) return false;
  for (int i = 0; i < run->objective_count; i++) {
    const OptimizerObject *optimizer = run->objectives[i].optimizer;
    if (!hyper_has_rate(optimizer) || optimizer->whole || run->objectives[i].steps_before)
      return false;
  }
  return true;
}

/* Of each of so many trials; 0: there is no room for them. */
int64_t health_trial_steps(const TrainRun *run, int trials) {
  double made = (double)run->total_steps;
  if (!run->vm->clinic)
    made = fmin(made,
                (health_left(run) / trials - health_record_work(run)) / health_step_work(run));
  else made /= trials;
  return made < TRIAL_LEAST ? 0 : made > TRIAL_MOST ? TRIAL_MOST : (int64_t)made;
}

/* So many of the trials, the first ones, have room: few good ones before many short ones. */
int health_trials_with_room(const TrainRun *run, int trials) {
  while (trials > 2 && health_trial_steps(run, trials) < TRIAL_GOOD) trials--;
  return trials > 1 && !health_trial_steps(run, trials) ? 1 : trials;
}

/* Over the steps that a trial makes: the mean of the last quarter, and its standard error. */
double health_own_loss(const TrainRun *run, int64_t steps, double *spread) {
  double sum = 0, squares = 0;
  int64_t counted = 0;
  const Series *losses = &run->history.step_loss;
  for (int64_t i = 0; i < steps && i < losses->count; i++) {
    if (4 * (i + 1) <= 3 * steps) continue;
    sum += losses->at[i];
    squares += losses->at[i] * losses->at[i];
    counted++;
  }
  if (!counted) return (double)NAN;
  double mean = sum / (double)counted;
  if (spread) *spread = sqrt(fmax(squares / (double)counted - mean * mean, 0) / (double)counted);
  return mean;
}

/* A run that ended with a loss or value that is not finite. */
bool health_blew_up(const TrainRun *run) {
  return !run->history.stopped || !strcmp(run->history.stopped, "diverged");
}
