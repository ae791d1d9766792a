/* plan.c — making a plan, pass by pass, and running it.
 *
 * A run sets the pointers that follow the caller's memory (only those that changed), runs the steps of the first half, looks at the
 * watched values, and runs the second half.  Nothing is allocated but results that are asked to be new.
 * Before the second half nothing of the caller's has changed except results, so a fault, an interrupt or a
 * NaN found by then has stored nothing; the second half is float arithmetic and copies, which cannot fail.
 */
#include "runtime/plan/making.h"

#include <string.h>
#include <time.h>

/* What only the making needs. */
static void free_scratch(Plan *plan) {
  lookup_free(&plan->spread_of);
  mem_free(plan->watch_of);
  mem_free(plan->reg_of);
  plan->watch_of = plan->reg_of = NULL;
}

Plan *plan_make(const PlanSpec *spec, Diag *diag) {
  Plan *plan = mem_zero(sizeof *plan);
  plan_copy(plan, spec);
  plan_need(plan);
  plan_fuse(plan);
  plan_order(plan);
  plan_place(plan);
  bool good = plan_build(plan, diag);
  free_scratch(plan);
  if (good) return plan;
  plan_free(plan);
  return NULL;
}

void plan_free(Plan *plan) {
  if (!plan) return;
  for (int64_t b = 0; plan->bindings && b < plan->binding_count; b++) mem_free(plan->bindings[b].fixups);
  for (int k = 0; plan->result_at && k < plan->result_count; k++) mem_free(plan->result_at[k].fixups);
  for (int i = 0; i < plan->spread_count; i++) mem_free(plan->spreads[i].at);
  mem_free(plan->bindings);
  mem_free(plan->result_at);
  mem_free(plan->spreads);
  mem_give64(plan->slab, plan->slab_bytes + SLAB_PAD);
  mem_free(plan->registers);
  mem_free(plan->graph.nodes);
  mem_release(plan->reserved);
  arena_free(&plan->arena);
  mem_free(plan);
}

size_t plan_slab_bytes(const Plan *plan) { return plan->slab_bytes; }

static void forget_times(Plan *plan) {
  plan->run_seconds = plan->check_seconds = 0;
  for (int i = 0; i < plan->step_count; i++) plan->steps[i].seconds = 0;
}

void plan_timing(Plan *plan, bool on) {
  plan->timing = on;
  plan->runs = 0;
  forget_times(plan);
}

/* ---- running ---- */

static void follow(FixupList *list, void *memory) {
  if (LIKELY(list->bound == memory)) return;
  list->bound = memory;
  for (int i = 0; i < list->count; i++) {
    char *at = (char *)memory + list->fixups[i].offset;
    memcpy(list->fixups[i].slot, &at, sizeof at);
  }
}

static bool bind_results(Plan *plan, Tensor *results, Diag *diag) {
  for (int k = 0; k < plan->result_count; k++) {
    const Type *type = &graph_node(&plan->graph, plan->results[k])->type;
    if (!results[k].buffer && !tensor_new(&results[k], type->dtype, &type->shape, diag)) return false;
    follow(&plan->result_at[k], tensor_data(&results[k]));
  }
  return true;
}

void fault_tell(const Fault *fault, Span span, Diag *diag) {
  diag_fail(diag, fault->status, span, "%s", fault->message);
}

static bool tell_trouble(Plan *plan, const Step *program, MapFault *fault, Diag *diag) {
  plan->fault.status = STATUS_FAILED;
  map_explain(&program->program, fault, &program->works[fault->step], plan->fault.message, sizeof plan->fault.message);
  fault_tell(&plan->fault, graph_node(&plan->graph, program->program.steps[fault->step].tag)->span, diag);
  return false;
}

static bool run_step(Plan *plan, Step *step, Diag *diag) {
  if (step->kind == STEP_COPY) {
    memmove(step->to, step->from, step->bytes);
    return true;
  }
  MapFault fault = {0, 0, 0};
  if (step->kind == STEP_PROGRAM) {
    if (step->taken) return true;
    map_run(&step->program, &fault);
    return LIKELY(!fault.trouble) || tell_trouble(plan, step, &fault, diag);
  }
  if (step->then || step->bad) follow_run(step, &fault);
  else step->kernel(&step->call);
  if (UNLIKELY(fault.trouble)) return tell_trouble(plan, step->then, &fault, diag);
  if (LIKELY(!plan->fault.status)) return true;
  fault_tell(&plan->fault, graph_node(&plan->graph, step->node)->span, diag);
  return false;
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool run_timed(Plan *plan, Step *step, Diag *diag) {
  double start = seconds_now();
  bool good = run_step(plan, step, diag);
  step->seconds += seconds_now() - start;
  return good;
}

static RunOutcome run_steps(Plan *plan, int from, int to, Diag *diag) {
  for (int i = from; i < to; i++) {
    Step *step = &plan->steps[i];
    if (step->batch && !plan->timing) { /* what is timed runs one by one */
      batch_run(step->batch);
      i += step->batch->count - 1;
      continue;
    }
    if (UNLIKELY(!(plan->timing ? run_timed(plan, step, diag) : run_step(plan, step, diag)))) return RUN_FAULT;
    if (UNLIKELY(kernels_interrupted) && i < plan->half_step) return RUN_INTERRUPTED;
  }
  return RUN_DONE;
}

static bool is_finite(Watched *watched) {
  if (watched->within) return !watched->bad;
  if (watched->steady && watched->seen == watched->at) return true;
  if (!map_all_finite(watched->at, watched->dtype, watched->count)) return false;
  watched->seen = watched->at;
  return true;
}

static bool all_finite(Plan *plan, int *which) {
  for (int i = 0; i < plan->watch_count; i++) {
    if (LIKELY(is_finite(&plan->watched[i]))) continue;
    if (which) *which = i;
    return false;
  }
  return true;
}

static RunOutcome run_halves(Plan *plan, int *which, Diag *diag) {
  RunOutcome outcome = run_steps(plan, 0, plan->half_step, diag);
  if (outcome != RUN_DONE) return outcome;
  double start = plan->timing ? seconds_now() : 0;
  bool finite = all_finite(plan, which);
  if (plan->timing) plan->check_seconds += seconds_now() - start;
  if (!finite) return RUN_NOT_FINITE;
  kernels_shield(1); /* from here on values are replaced: all or none */
  outcome = run_steps(plan, plan->half_step, plan->step_count, diag);
  kernels_shield(-1);
  return outcome;
}

static RunOutcome run_clocked(Plan *plan, int *which, Diag *diag) {
  if (plan->runs++ == 1) forget_times(plan); /* the first run waited for pages and woke the team: it counts only until there is another */
  double start = seconds_now();
  RunOutcome outcome = run_halves(plan, which, diag);
  plan->run_seconds += seconds_now() - start;
  return outcome;
}

RunOutcome plan_run(Plan *plan, void *const *bindings, Tensor *results, int *which, Diag *diag) {
  for (int64_t b = 0; b < plan->binding_count; b++) follow(&plan->bindings[b], bindings[b]);
  if (!bind_results(plan, results, diag)) return RUN_FAULT;
  plan->fault.status = 0;
  for (int i = 0; i < plan->watch_count; i++) plan->watched[i].bad = 0;
  unsigned mode = kernels_enter();
  RunOutcome outcome = UNLIKELY(plan->timing) ? run_clocked(plan, which, diag) : run_halves(plan, which, diag);
  kernels_leave(mode);
  return outcome;
}
