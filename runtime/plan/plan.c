/* plan.c — making a plan, pass by pass, and running it.
 *
 * A run sets the pointers that follow the caller's memory (only those that changed), runs the steps
 * of the first half, looks at the watched values, and runs the second half.  Nothing is allocated
 * but results that are asked to be new (and, once, space for the careful way).  Before the second
 * half nothing of the caller's has changed except results, so a fault, an interrupt or a NaN found
 * by then has stored nothing; the second half is float arithmetic and copies, which cannot fail.
 * Before it begins, sure.c proves that its results will be finite; where it cannot, new values are
 * first written to separate memory.
 */
#include "runtime/base/clock.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/magnitude.h"
#include "runtime/plan/node.h"
#include "runtime/plan/range.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

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
  plan_block(plan);
  plan_order(plan);
  plan_strips(plan);
  plan_bundles(plan);
  plan_place(plan);
  bool good = plan_build(plan, diag);
  free_scratch(plan);
  if (good) return plan;
  plan_free(plan);
  return NULL;
}

void plan_free(Plan *plan) {
  if (!plan) return;
  for (int64_t b = 0; plan->bindings && b < plan->binding_count; b++) {
    mem_free(plan->bindings[b].fixups);
    mem_free(plan->written[b].fixups);
  }
  for (int64_t b = 0; plan->shadows && b < plan->binding_count; b++)
    mem_free64(plan->shadows[b], plan->shadow_bytes[b]);
  mem_free(plan->shadows);
  mem_free(plan->shadow_bytes);
  mem_free(plan->written);
  mem_free(plan->own_limits);
  for (int k = 0; plan->result_at && k < plan->result_count; k++)
    mem_free(plan->result_at[k].fixups);
  for (int i = 0; i < plan->spread_count; i++) mem_free(plan->spreads[i].at);
  mem_free(plan->bindings);
  mem_free(plan->result_at);
  mem_free(plan->spreads);
  mem_free64(plan->slab, plan->slab_bytes + SLAB_PAD);
  mem_free(plan->registers);
  mem_free(plan->graph.nodes);
  mem_release(plan->reserved);
  arena_free(&plan->arena);
  mem_free(plan);
}

size_t plan_slab_bytes(const Plan *plan) { return plan->slab_bytes; }

static void reset_times(Plan *plan) {
  plan->run_seconds = plan->check_seconds = 0;
  for (int i = 0; i < plan->instruction_count; i++) plan->instructions[i].seconds = 0;
}

void plan_timing(Plan *plan, bool on) {
  plan->timing = on;
  plan->runs = 0;
  reset_times(plan);
}

void plan_reset(Plan *plan) {
  /* another's memory may lie at the same address */
  for (int i = 0; i < plan->look_count; i++) plan->watched[i].seen = NULL;
  /* their numbers go on: old limits must not look like new ones */
  plan->lease_left = plan->lease_pause = plan->lease_wait = 0;
  plan->leases = plan->looks = plan->careful_runs = 0;
  plan->limits = NULL;
  plan->memory = NULL;
  plan->made = NULL;
  for (int64_t b = 0; plan->shadows && b < plan->binding_count; b++) {
    if (!plan->shadows[b]) continue;
    mem_free64(plan->shadows[b], plan->shadow_bytes[b]);
    mem_release(plan->shadow_bytes[b]);
    plan->reserved -= plan->shadow_bytes[b];
    plan->shadows[b] = NULL;
  }
  plan_timing(plan, false);
}

/* ---- which results are made when ---- */

/* The instruction after which result k is in its place: what makes it there, or else the copies at
 * the end of the half. */
static int made_by(const Plan *plan, int k) {
  const Facts *facts = &plan->facts[plan->results[k]];
  bool direct = facts->place.kind == STORAGE_RESULT && facts->place.index == k && facts->item >= 0;
  return direct ? plan->items[facts->item].position : plan->half_instruction - 1;
}

static void order_results(Plan *plan) {
  size_t count = (size_t)plan->result_count + 1;
  plan->made_order = arena_alloc(&plan->arena, count * sizeof(int));
  plan->made_by = arena_alloc(&plan->arena, count * sizeof(int));
  for (int k = 0; k < plan->result_count; k++) {
    int by = made_by(plan, k), at = k;
    for (; at > 0 && plan->made_by[at - 1] > by; at--) {
      plan->made_by[at] = plan->made_by[at - 1];
      plan->made_order[at] = plan->made_order[at - 1];
    }
    plan->made_by[at] = by;
    plan->made_order[at] = k;
  }
}

void plan_tell(Plan *plan, PlanMade *made, void *context) {
  if (made && !plan->made_order) order_results(plan);
  plan->made = made;
  plan->made_context = context;
}

static void tell_made(Plan *plan, int instruction) {
  while (plan->told < plan->result_count && plan->made_by[plan->told] <= instruction)
    plan->made(plan->made_context, plan->made_order[plan->told++]);
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
    if (!results[k].buffer && !tensor_new(&results[k], type->dtype, &type->shape, diag))
      return false;
    follow(&plan->result_at[k], tensor_data(&results[k]));
  }
  return true;
}

static bool tell_trouble(Plan *plan, const Instruction *program, MapFault *fault, Diag *diag) {
  plan->fault_node = program->program.steps[fault->step].tag;
  const Node *node = graph_node(&plan->graph, plan->fault_node);
  plan->fault.status = STATUS_FAILED;
  map_explain(&program->program, fault, &program->works[fault->step], &node->type.shape,
              plan->fault.message, sizeof plan->fault.message);
  plan->fault.input = -1;
  plan->fault.place = fault->index + 1;
  return diag_fail(diag, STATUS_FAILED, node->span, "%s", plan->fault.message);
}

static bool run_step(Plan *plan, Instruction *instruction, Diag *diag) {
  if (instruction->kind == INSTRUCTION_COPY) {
    memmove(instruction->to, instruction->from, instruction->bytes);
    return true;
  }
  if (instruction->strip) { /* of which nothing can fail */
    if (!instruction->taken)
      strip_run(instruction->strip, (int)(instruction - instruction->strip->steps), 1);
    return true;
  }
  MapFault fault = {0, 0, 0};
  if (instruction->taken) return true;
  if (instruction->kind == INSTRUCTION_PROGRAM) {
    map_run(&instruction->program, &fault);
    return LIKELY(!fault.trouble) || tell_trouble(plan, instruction, &fault, diag);
  }
  if (instruction->then || instruction->most || instruction->ready) follow_run(instruction, &fault);
  else instruction->kernel(&instruction->call);
  if (UNLIKELY(fault.trouble)) return tell_trouble(plan, instruction->then, &fault, diag);
  if (LIKELY(!plan->fault.status)) return true;
  plan->fault_node = instruction->node;
  diag_fail(diag, plan->fault.status, graph_node(&plan->graph, instruction->node)->span, "%s",
            plan->fault.message);
  return false;
}

static bool run_timed(Plan *plan, Instruction *instruction, Diag *diag) {
  double start = clock_seconds();
  bool good = run_step(plan, instruction, diag);
  instruction->seconds += clock_seconds() - start;
  return good;
}

static RunOutcome run_steps(Plan *plan, int from, int to, Diag *diag) {
  for (int i = from; i < to; i++) {
    Instruction *instruction = &plan->instructions[i];
    if (instruction->batch && !plan->timing) { /* what is timed runs one by one */
      batch_run(instruction->batch);
      i += instruction->batch->count - 1;
      continue;
    }
    bool good = true;
    if (instruction->bundle && !plan->timing) {
      i += bundle_run(instruction->bundle) - 1;
    } else if (instruction->strip && !plan->timing) {
      strip_run(instruction->strip, 0, instruction->strip->count);
      i += instruction->strip->count - 1;
    } else {
      good = plan->timing ? run_timed(plan, instruction, diag) : run_step(plan, instruction, diag);
    }
    /* what was found wrong with half a value is not */
    if (UNLIKELY(stop_asked) && i < plan->half_instruction) return RUN_INTERRUPTED;
    if (UNLIKELY(!good)) return RUN_FAULT;
    if (UNLIKELY(plan->made)) tell_made(plan, i);
  }
  return RUN_DONE;
}

static bool is_finite(Watched *watched) {
  bool known = watched->within || (watched->steady && watched->seen == watched->at);
  if (!known) watched->most = magnitude_of(watched->at, watched->dtype, watched->count);
  bool finite = magnitude_finite(watched->most, watched->dtype);
  watched->seen = finite ? watched->at : NULL;
  return finite;
}

/* The first watched value that is not, of those that the first half makes (or that wait); or -1. */
static int first_wrong(Plan *plan, bool waits) {
  int wrong = -1;
  for (int i = 0; i < plan->look_count && wrong < 0; i++)
    if (plan->watched[i].waits == waits && UNLIKELY(!is_finite(&plan->watched[i])) &&
        i < plan->watch_count)
      wrong = i;
  return wrong;
}

/* Is there one that waits and is named before that one? */
static bool waits_before(const Plan *plan, int wrong) {
  for (int i = 0; i < wrong; i++)
    if (plan->watched[i].waits) return true;
  return false;
}

/* ---- the careful way: new values are written to separate memory, checked, and copied when all are
 * finite ---- */

static bool make_shadow(Plan *plan, const Store *store, Diag *diag) {
  size_t bytes = node_bytes(graph_node(&plan->graph, store->node)) + SLAB_PAD;
  if (!plan->shadows) plan->shadows = mem_zero((size_t)plan->binding_count * sizeof(char *));
  if (!plan->shadow_bytes)
    plan->shadow_bytes = mem_zero((size_t)plan->binding_count * sizeof(size_t));
  if (plan->shadows[store->binding]) return true;
  bool fits = mem_reserve(bytes);
  if (fits) plan->reserved += bytes;
  plan->shadows[store->binding] = fits ? mem_try64(bytes) : NULL;
  plan->shadow_bytes[store->binding] = bytes;
  if (plan->shadows[store->binding]) return true;
  diag_fail(diag, STATUS_MEMORY, (Span){0, 0, 0},
            "not enough memory to check the values of an update before they replace the old ones: "
            "%zu bytes more are needed",
            bytes);
  diag_help(diag, "--max-memory raises the budget");
  return false;
}

/* Is some element not finite now that was finite before?  Elements that were already NaN or
 * infinite are not the update's fault. */
static bool spoilt(const void *new, const void *old, Dtype dtype, int64_t count) {
  if (!dtype_computes(dtype) || magnitude_all_finite(new, dtype, count)) return false;
  for (int64_t i = 0; i < count; i++) {
    double now = dtype == DTYPE_F32 ? (double)((const float *)new)[i] : ((const double *)new)[i];
    double before = dtype == DTYPE_F32 ? (double)((const float *)old)[i] : ((const double *)old)[i];
    if (!isfinite(now) && isfinite(before)) return true;
  }
  return false;
}

static bool shadows_fine(const Plan *plan, int *which) {
  for (int k = 0; k < plan->store_count; k++) {
    const Store *store = &plan->stores[k];
    const Node *node = graph_node(&plan->graph, store->node);
    if (!plan->written[store->binding].count ||
        !spoilt(plan->shadows[store->binding], plan->memory[store->binding], node->type.dtype,
                node_count(node)))
      continue;
    if (which) *which = plan->watch_count + k;
    return false;
  }
  return true;
}

static void copy_shadows(Plan *plan) {
  for (int k = 0; k < plan->store_count; k++) {
    const Store *store = &plan->stores[k];
    const Node *node = graph_node(&plan->graph, store->node);
    if (!plan->written[store->binding].count) continue;
    memcpy(plan->memory[store->binding], plan->shadows[store->binding], node_bytes(node));
    Limits *limits = range_limits(plan, store->binding);
    *limits = (Limits){0};
    limits->exact = limits->known = magnitude_limits(plan->memory[store->binding], node->type.dtype,
                                                     node_count(node), &limits->low, &limits->high);
  }
}

static bool make_shadows(Plan *plan, Diag *diag) {
  for (int k = 0; k < plan->store_count; k++)
    if (plan->written[plan->stores[k].binding].count && !make_shadow(plan, &plan->stores[k], diag))
      return false;
  for (int64_t b = 0; plan->shadows && b < plan->binding_count; b++)
    if (plan->shadows[b]) follow(&plan->written[b], plan->shadows[b]);
  return true;
}

/* `wrong`: the first watched value of the first half that is not finite, or -1. */
static RunOutcome run_carefully(Plan *plan, int wrong, int *which, Diag *diag) {
  if (!make_shadows(plan, diag)) return RUN_FAULT;
  plan->careful_runs++;
  RunOutcome outcome = run_steps(plan, plan->half_instruction, plan->instruction_count, diag);
  if (outcome != RUN_DONE) return outcome;
  int late = first_wrong(plan, true);
  if (wrong < 0 || (late >= 0 && late < wrong)) wrong = late;
  if (wrong >= 0) {
    if (which) *which = wrong;
    return RUN_NOT_FINITE;
  }
  if (!shadows_fine(plan, which)) return RUN_NOT_FINITE;
  copy_shadows(plan);
  return RUN_DONE;
}

static RunOutcome run_halves(Plan *plan, int *which, Diag *diag) {
  RunOutcome outcome = run_steps(plan, 0, plan->half_instruction, diag);
  if (outcome != RUN_DONE) return outcome;
  double start = plan->timing ? clock_seconds() : 0;
  int wrong = first_wrong(plan, false);
  bool sure = wrong < 0 && plan_sure(plan);
  if (plan->timing) plan->check_seconds += clock_seconds() - start;
  if (wrong >= 0 && !waits_before(plan, wrong)) {
    if (which) *which = wrong;
    return RUN_NOT_FINITE;
  }
  stop_shield(1); /* from here on values are replaced: all or none */
  outcome = sure ? run_steps(plan, plan->half_instruction, plan->instruction_count, diag)
                 : run_carefully(plan, wrong, which, diag);
  if (sure) plan_stored(plan);
  stop_shield(-1);
  return outcome;
}

static RunOutcome run_clocked(Plan *plan, int *which, Diag *diag) {
  /* the first run waited for pages and woke the team: it counts only until there is another */
  if (plan->runs++ == 1) reset_times(plan);
  double start = clock_seconds();
  RunOutcome outcome = run_halves(plan, which, diag);
  plan->run_seconds += clock_seconds() - start;
  return outcome;
}

RunOutcome plan_run_known(Plan *plan, void *const *bindings, Limits *const *limits, Tensor *results,
                          int *which, Diag *diag) {
  for (int64_t b = 0; b < plan->binding_count; b++) {
    follow(&plan->bindings[b], bindings[b]);
    follow(&plan->written[b], bindings[b]);
  }
  for (int64_t b = 0; !limits && b < plan->binding_count; b++)
    plan->own_limits[b].known = plan->own_limits[b].exact = false;
  plan->memory = bindings;
  plan->limits = limits;
  if (!bind_results(plan, results, diag)) return RUN_FAULT;
  plan->fault.status = 0;
  plan->fault.place = 0;
  plan->told = 0;
  for (int i = 0; i < plan->look_count; i++)
    if (plan->watched[i].within)
      atomic_store_explicit(&plan->watched[i].most, 0, memory_order_relaxed);
  unsigned mode = kernels_enter();
  RunOutcome outcome;
  if (UNLIKELY(plan->timing)) {
    outcome = run_clocked(plan, which, diag);
  } else {
    const bool rested = alone_begin(&plan->alone);
    outcome = run_halves(plan, which, diag);
    alone_end(&plan->alone, rested);
  }
  kernels_leave(mode);
  return outcome;
}

RunOutcome plan_run(Plan *plan, void *const *bindings, Tensor *results, int *which, Diag *diag) {
  return plan_run_known(plan, bindings, NULL, results, which, diag);
}
