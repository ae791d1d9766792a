/* health_loop.c — see health_loop.h.
 *
 * A loop around `update` is treated as a training that has only the clauses of `update`.  Health is
 * examined at steps 1, 2, 4, 8 …, since it is not known in advance which step is the last; the last
 * examination counts.  No other rate can be tried from inside the loop, so here a rate is only
 * suspected.  The verdict is reported if the doctor's copy of the script did better with another
 * rate (lang/tool/doctor.c).  If several updates alternate, as in a GAN, a loss that does not fall
 * says nothing about its rate.
 *
 * Between steps only names, places and shapes are kept, never objects of the script, which may be
 * gone when the verdict is made.
 */
#include "lang/health/health_loop.h"

#include "lang/health/health_data.h"
#include "lang/health/health_judge.h"
#include "lang/health/health_look.h"
#include "lang/health/health_tell.h"
#include "lang/run/history.h"

#include <string.h>

struct ClinicLoop {
  const Ast *ast;
  TrainRun run;
  Objective shadow; /* names of targets, and params without values; owned */
};

static ClinicLoop *loop_of(const Vm *vm, const Ast *ast) {
  for (int i = 0; i < vm->clinic->loop_count; i++)
    if (vm->clinic->loops[i]->ast == ast) return vm->clinic->loops[i];
  return NULL;
}

static ClinicLoop *loop_new(Vm *vm, const Ast *ast) {
  Clinic *clinic = vm->clinic;
  ClinicLoop *loop = mem_zero(sizeof *loop);
  clinic->loops = mem_grow(clinic->loops, (size_t)(clinic->loop_count + 1) * sizeof(ClinicLoop *));
  clinic->loops[clinic->loop_count++] = loop;
  loop->ast = ast;
  loop->run = (TrainRun){.vm = vm, .ast = ast, .accumulate = 1, .training = ++vm->trainings};
  if (!clinic->watched) loop->run.watch = mem_zero(sizeof(Health));
  return loop;
}

static bool is_power_of_two(int64_t count) { return (count & (count - 1)) == 0; }

typedef struct LoopLook {
  TrainRun *run;
  bool first;
} LoopLook;

static void look_body(Vm *vm, void *context) {
  (void)vm;
  const LoopLook *look = context;
  TrainRun *run = look->run;
  Health *health = run->watch;
  health_look(run, look->first ? &health->first : &health->last, look->first);
  if (!look->first) return;
  health_data_alone(run, &health->first);
  health_judge_first(run);
  health->last = health->first;
}

void health_loop_before(Vm *vm, Frame *frame, const Ast *ast, Objective *objective) {
  if (!vm->clinic || vm->run) return; /* within a training it is that one's matter */
  ClinicLoop *loop = loop_of(vm, ast);
  if (!loop) loop = loop_new(vm, ast);
  TrainRun *run = &loop->run;
  if (!run->watch || !is_power_of_two(run->total_steps)) return;
  run->frame = frame;
  run->base.key_seed = hash_mix(vm->seed, vm->draws);
  run->objectives[0] = *objective;
  run->objective_count = 1;
  LoopLook look = {run, run->total_steps == 0};
  health_look_apart(run, look_body, &look);
  vm->run = NULL;
  *objective = run->objectives[0]; /* with what a recording has added to it */
  run->objectives[0] = loop->shadow;
}

/* The targets may be known only after the first step. */
static void take_shadow(ClinicLoop *loop, const Objective *objective) {
  Objective *shadow = &loop->shadow;
  if (shadow->target_count) return;
  *shadow = (Objective){.span = objective->span, .target_count = objective->target_count};
  shadow->targets = mem_zero((size_t)shadow->target_count * sizeof *shadow->targets);
  shadow->target_names = mem_zero((size_t)shadow->target_count * sizeof *shadow->target_names);
  for (int i = 0; i < shadow->target_count; i++) {
    shadow->targets[i] = mem_zero(sizeof *shadow->targets[i]);
    shadow->targets[i]->span = objective->targets[i]->span;
    shadow->targets[i]->value.shape = objective->targets[i]->value.shape;
    const char *name = objective->target_names[i];
    shadow->target_names[i] = mem_text(name, strlen(name));
  }
  loop->run.objectives[0] = *shadow;
}

static void free_shadow(Objective *shadow) {
  for (int i = 0; i < shadow->target_count; i++) {
    mem_free(shadow->targets[i]);
    mem_free(shadow->target_names[i]);
  }
  mem_free(shadow->targets);
  mem_free(shadow->target_names);
}

/* A copy of the script that is watched ends with the steps that were asked for. */
static void end_watched(ClinicLoop *loop) {
  TrainRun *run = &loop->run;
  Clinic *clinic = run->vm->clinic;
  if (!clinic->watched || clinic->watched != run->training) return;
  if (run->total_steps < clinic->steps) return;
  health_keep_course(run);
  health_end_program(run);
}

void health_loop_after(Vm *vm, const Ast *ast, const Objective *objective,
                       const StepOutcome *outcome) {
  ClinicLoop *loop = vm->clinic && !vm->run ? loop_of(vm, ast) : NULL;
  if (!loop) return;
  TrainRun *run = &loop->run;
  double clip = objective->clip_norm;
  run->total_steps++;
  run->last = *outcome;
  series_push(&run->history.step_loss, outcome->loss);
  if (run->watch) {
    run->watch->steps++;
    run->watch->clipped += clip > 0 && outcome->grad_norm > clip;
  }
  take_shadow(loop, objective);
  end_watched(loop);
}

void health_loop_failed(Vm *vm, const Ast *ast, const Diag *diag) {
  ClinicLoop *loop = vm->clinic && !vm->run ? loop_of(vm, ast) : NULL;
  if (!loop || !diag->diverged) return;
  loop->run.history.stopped = "diverged";
  if (vm->clinic->watched == loop->run.training) health_keep_course(&loop->run);
}

void health_loops_end(Vm *vm) {
  Clinic *clinic = vm->clinic;
  for (int i = 0; i < clinic->loop_count; i++) {
    TrainRun *run = &clinic->loops[i]->run;
    if (!run->total_steps && !run->history.stopped) continue;
    if (!run->history.stopped) run->history.stopped = "steps";
    run->history.steps = run->total_steps;
    health_keep_course(run);
    if (!run->watch || clinic->watched) continue;
    health_judge_loop(run, clinic->loop_count > 1);
  }
}

void health_loops_free(Clinic *clinic) {
  for (int i = 0; i < clinic->loop_count; i++) {
    ClinicLoop *loop = clinic->loops[i];
    free_shadow(&loop->shadow);
    history_free(&loop->run.history);
    if (loop->run.watch) text_free(&loop->run.watch->verdicts);
    mem_free(loop->run.watch);
    mem_free(loop);
  }
  mem_free(clinic->loops);
  clinic->loops = NULL;
  clinic->loop_count = 0;
}
