/* health.c — see health.h: when a training is looked at.
 *
 * Recordings (health_look.c) are made once before the first update and once after the last.  Data
 * (health_data.c) is examined before the first.  Losses are in the history anyway.  So between the
 * first and the last update a training with health does nothing more than one without, except to
 * count clipped steps.
 *
 * Cost is counted in the unit of plan_work, never by a clock.  With `health: true` it is limited to
 * a share of the run's own work (health_trial.c), so a short run has few trials or none, and only a
 * sample of large data is read.  `gd doctor` makes as many steps as the run, up to a limit for each
 * trial.  A run that blew up always has its trials: they take a few steps.
 */
#include "lang/health/health.h"

#include "lang/health/health_blind.h"
#include "lang/health/health_data.h"
#include "lang/health/health_depth.h"
#include "lang/health/health_judge.h"
#include "lang/health/health_look.h"
#include "lang/health/health_rate.h"
#include "lang/health/health_stuck.h"
#include "lang/health/health_tell.h"
#include "lang/health/health_trial.h"
#include "lang/machine/vm.h"
#include "lang/optimizers/draws.h"
#include "lang/run/feed.h"
#include "lang/run/kept.h"
#include "lang/run/steps.h"

#include <math.h>
#include <string.h>

/* In units of plan_work: of reading an element of the data; fitted as health_trial.c's are. */
static const double ELEMENT_WORK = 300;
static const double READ_SHARE = 0.012; /* of the run's work, for reading data at the start */
static const double ELEMENTS_LEAST = 3e4, ELEMENTS_DOCTOR = 4e6;
static const double STEPS_UNKNOWN = 100; /* of a run without `epochs:` or `steps:` */

/* ---- before the first update ---- */

/* The minibatches that the clauses allow. */
static double minibatches_of(const TrainRun *run) {
  double updates = feed_updates(run);
  return updates > 0 ? updates * (double)run->accumulate : STEPS_UNKNOWN;
}

/* of its data */
static double run_elements(const TrainRun *run) {
  double sum = 0;
  for (int i = 0; i < run->column_count; i++) sum += (double)shape_count(&run->columns[i].shape);
  return sum;
}

static void start_body(Vm *vm, void *context) {
  (void)vm;
  TrainRun *run = context;
  Health *health = run->watch;
  health_look(run, &health->first, true);
  if (run->objective_count > 1) steps_prepare(run); /* the buffers of all, in their order */
  kept_take(run, &health->values);
  health->run_work = minibatches_of(run) * health_step_work(run);
  health->spent = health_record_work(run) + health->first.work;
  double read = READ_SHARE * health->run_work / ELEMENT_WORK;
  health->elements = fmax(read, run->vm->clinic ? ELEMENTS_DOCTOR : ELEMENTS_LEAST);
  health->spent += fmin(read, run_elements(run)) * ELEMENT_WORK;
  health_data(run, &health->first);
  health_judge_first(run);
}

/* ---- after the last ---- */

typedef struct Ending {
  TrainRun *run;
  Update update;
} Ending;

/* The rate first: one that is too large leaves dead and saturated units behind. */
static void judge_end(TrainRun *run, Update update) {
  Health *health = run->watch;
  health->run_work = (double)(run->total_steps * run->accumulate) * health_step_work(run);
  bool looks = health_spend(run, health_record_work(run) + health->first.work);
  if (looks) health_look(run, &health->last, false);
  else health->last = health->first;
  if (looks) health_judge_decay(run);
  if (looks) health_penalty(run);
  health_judge_clipping(run);
  bool cause = health->cause_told;
  if (!cause) health_judge_validation(run);
  health->cause_told = cause; /* overfitting is the cause of nothing else */
  health_judge_alike(run);
  health_judge_targets_far(run);
  if (!health->cause_told) health_rate_judge(run, update);
  if (looks && !health->cause_told && health_judge_at_limits(&health->last))
    health_rate_lower(run, update);
  if (looks) health_judge_activations(run, &health->last, "at the end");
  health_judge_learning(run);
  health_faded(run);
  if (looks) health_stuck(run);
  if (looks) health_unidentified(run);
  if (!health->cause_told && !health->rate_told) health_rate_noise(run, update);
  if (!health->cause_told && !health->rate_told) health_blind(run, update);
}

static void end_body(Vm *vm, void *context) {
  (void)vm;
  const Ending *ending = context;
  TrainRun *run = ending->run;
  if (!health_blew_up(run)) {
    judge_end(run, ending->update);
    return;
  }
  if (!run->total_steps && !health_judge_finite(&run->watch->first)) return; /* no rate did it */
  health_recurrent(run, true);
  if (!run->watch->cause_told) health_rate_blew_up(run, ending->update);
}

/* ---- when ---- */

void health_look_apart(TrainRun *run, void (*body)(Vm *vm, void *context), void *context) {
  Vm *vm = run->vm;
  uint64_t draws = vm->draws;
  bool drawn = run->base.drawn;
  Diag diag = {0};
  vm_protect(vm, body, context, &diag);
  vm->run = &run->base;
  draws_end(run->vm, &run->base);
  vm->draws = draws;
  run->base.drawn = drawn;
}

/* Nothing of the program after the training that is tried matters. */
static void clinic_end(TrainRun *run) {
  Vm *vm = run->vm;
  if (!vm->clinic || vm->clinic->watched != run->training || !vm->clinic->met) return;
  health_end_program(run);
}

void health_start(TrainRun *run) {
  Clinic *clinic = run->vm->clinic;
  if (!run->health && !clinic) return;
  run->training = ++run->vm->trainings;
  if (clinic && clinic->watched) {
    if (clinic->watched == run->training && (!run->steps_most || run->steps_most > clinic->steps))
      run->steps_most = clinic->steps;
    return;
  }
  if (run->over || run->watch) return;
  run->watch = mem_zero(sizeof *run->watch);
  Objective *objective = &run->objectives[0];
  if (clinic && objective->clip_value > 0) objective->wants_norm = true;
  health_look_apart(run, start_body, run);
  double count = 0; /* a norm beyond root * value: so is the root of the mean square */
  for (int i = 0; i < objective->target_count; i++)
    count += (double)shape_count(&objective->targets[i]->value.shape);
  run->watch->root = sqrt(count);
}

void health_step(TrainRun *run) {
  const Objective *objective = &run->objectives[0];
  run->watch->steps++;
  double bound = objective->clip_norm;
  if (objective->clip_value > 0) bound = objective->clip_value * run->watch->root;
  if (bound > 0) run->watch->clipped += run->last.grad_norm > bound;
}

void health_end(TrainRun *run, Update update) {
  if (run->watch && !vm_asked() && run->history.steps > 0)
    health_look_apart(run, end_body, &(Ending){run, update});
  health_keep_course(run);
  clinic_end(run);
}

void health_failed(TrainRun *run, const Diag *diag, Update update) {
  if (!diag->diverged) return;
  if (run->watch) health_look_apart(run, end_body, &(Ending){run, update});
  health_keep_course(run);
}

void health_free(TrainRun *run) {
  if (!run->watch) return;
  kept_release(run->vm, &run->watch->values);
  text_free(&run->watch->verdicts);
  mem_free(run->watch);
  run->watch = NULL;
}
