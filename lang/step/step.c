/* step.c — running a training step; see step.h.
 *
 * record.c records and plans it.  An update of several plans saves what each replaces (undo.c), so
 * it is atomic as one of a single plan is.  That costs one copy of what all but the last of them
 * store; an update of one plan needs no copy.
 */
#include "lang/step/step.h"

#include "lang/optimizers/states.h"
#include "lang/step/backward.h"
#include "lang/step/branch.h"
#include "lang/step/fault.h"
#include "lang/step/forward.h"
#include "lang/step/record.h"
#include "lang/step/replica.h"
#include "lang/step/whole.h"
#include "lang/tensors/draw.h"
#include "lang/tensors/dump.h"
#include "lang/tensors/trace.h"

#include <math.h>
#include <string.h>

/* ---- running ---- */

void step_free(Vm *vm, Step *step) {
  if (step->others) {
    step_free(vm, step->others);
    mem_free(step->others);
    step->others = NULL;
  }
  replica_free_all(vm, step);
  if (step->plan) dump_time(vm, step->plan);
  if (step->own_plan && step->plan) plan_release(vm->tracer->plans, step->plan_key, step->plan);
  for (int i = 0; i < step->result_count; i++) tensor_release(&step->results[i]);
  mem_free(step->results);
  mem_free(step->pointers);
  mem_free(step->limits);
  if (step->trace) trace_recycle(vm, step->trace);
  step->trace = NULL;
  step->plan = NULL;
  step->constants_hash = 0;
  step->results = NULL;
  step->pointers = NULL;
  step->limits = NULL;
  step->sum_inputs = NULL;
  step->sum_count = 0;
  step->sparse = NULL;
  step->sparse_count = 0;
  step->logged = 0;
  step->spec = NULL;
  whole_forget(step);
  step->result_count = 0;
}

static void discard_plan(Vm *vm, Step *step) {
  if (!step->own_plan || !step->plan) return;
  dump_time(vm, step->plan);
  plan_free(step->plan);
  step->plan = NULL;
}

static void set_number(Trace *trace, int binding, double number) {
  if (binding >= 0) *(double *)tensor_data(&trace->bindings[binding].tensor) = number;
}

static void follow_one(Tensor *own, const Tensor *sum) {
  if (own->buffer == sum->buffer && own->offset == sum->offset) return;
  tensor_release(own);
  *own = tensor_retain(sum);
}

/* The accumulators may lie elsewhere than in the last step (shards.c). */
static void follow_sums(Step *step) {
  const Objective *objective = step->objective;
  for (int i = 0; i < step->sum_count; i++)
    follow_one(&step->results[step->sums_at + i], &objective->accumulators[i]);
  for (int i = 0; step->sum_inputs && i <= step->target_count; i++)
    follow_one(&step->trace->bindings[step->sum_inputs[i]].tensor, &objective->accumulators[i]);
}

void step_bind(Vm *vm, Step *step, const StepContext *context) {
  Trace *trace = step->trace;
  if (step->key >= 0)
    draw_key(tensor_data(&trace->bindings[step->key].tensor), context->key_seed,
             context->key_number);
  for (int i = 0; i < context->column_count && context->pattern; i++) {
    Tensor *bound = &trace->bindings[step->columns[i]].tensor;
    if (bound->buffer == context->columns[i].buffer && bound->offset == context->columns[i].offset)
      continue;
    tensor_release(bound);
    *bound = tensor_retain(&context->columns[i]);
  }
  const Objective *objective = step->objective;
  bool adds = objective->residuals != NULL; /* a sum of squares, not a mean over rows */
  set_number(trace, step->weight, adds ? 1 : (double)step->rows);
  set_number(trace, step->total, adds ? 1 : context->total_rows);
  follow_sums(step);
  bool steps = step->role != STEP_LOOK && (!step_gathers(step->role) || step->ahead);
  if (objective->optimizer && !objective->optimizer->whole && steps) {
    hyper_set(vm, trace, objective->optimizer, &step->inputs);
    for (int i = 0; i < objective->target_count; i++) param_own(vm, objective->targets[i]);
    states_keep(vm, objective->optimizer);
  }
  for (int i = 0; i < trace->staged_count; i++) param_own(vm, trace->staged[i].param);
  trace_pointers(trace, step->pointers, step->limits);
}

/* ---- making it ---- */

void step_read(const Step *step, const Tensor *results, StepOutcome *outcome) {
  outcome->loss = tensor_get(&results[0], 0);
  for (int i = 0; i < step->metric_count; i++) outcome->metrics[i] = tensor_get(&results[1 + i], 0);
  if (step->taken_at > 1 + step->metric_count)
    outcome->grad_norm = tensor_get(&results[1 + step->metric_count], 0);
}

void step_no_outcome(StepOutcome *outcome) {
  outcome->loss = 0;
  outcome->grad_norm = (double)NAN;
  outcome->interrupted = false;
  outcome->evaluations = 0;
  outcome->converged[0] = 0;
}

static void clear_outcome(const StepContext *context, StepOutcome *outcome) {
  step_no_outcome(outcome);
  for (int i = 0; i < context->metric_count; i++) outcome->metrics[i] = 0;
}

void step_clear_sums(const Objective *objective) {
  for (int i = 0; objective->accumulators && i <= objective->target_count; i++) {
    if (!objective->accumulators[i].buffer) continue;
    memset(tensor_data(&objective->accumulators[i]), 0, tensor_bytes(&objective->accumulators[i]));
    Limits *limits = &objective->accumulators[i].buffer->limits;
    if (!limits->by) *limits = (Limits){.known = true, .exact = true}; /* a lease allows this */
  }
}

void step_prepare(Vm *vm, Step *step, const StepContext *context) {
  if (step->trace && step->trace->guard_count && !vm->checking) branch_choose(vm, step);
  bool outgrown = step->trace && !step->decided && !sparse_holds(vm, step),
       fewer = step->target_count != step->objective->target_count,
       old = outgrown || (step->trace && (step->decided || fewer));
  if (outgrown) discard_plan(vm, step); /* nobody asks for one of its lengths again */
  if (old) step_free(vm, step);
  if (step->trace) return;
  record_step(vm, step, context);
  if (step->objective->optimizer && step->objective->optimizer->whole && !vm->checking)
    whole_declare(vm, step);
}

typedef struct Relay {
  const Step *step;
  const StepContext *context;
} Relay;

static void relay_made(void *context, int result) {
  const Relay *relay = context;
  int number = result - relay->step->sums_at;
  if (number >= 0 && number < relay->step->sum_count)
    relay->context->made(relay->context->made_for, number);
}

void step_run(Vm *vm, Step *step, const StepContext *context, int64_t step_number,
              StepOutcome *outcome) {
  sparse_begin(step, context->undo != NULL);
  step_bind(vm, step, context);
  if (context->undo) undo_note(vm, context->undo, step);
  Diag diag;
  diag_clear(&diag);
  int which = 0;
  Relay relay = {step, context};
  plan_tell(step->plan, context->made ? relay_made : NULL, &relay);
  RunOutcome how = plan_run_known(step->plan, step->pointers, step->limits, step->results, &which,
                                  &diag);
  plan_tell(step->plan, NULL, NULL);
  for (int i = 0; i < step->sum_count; i++)
    step->results[step->sums_at + i].buffer->limits = (Limits){0};
  switch (how) {
    case RUN_DONE: break;
    case RUN_FAULT: fault_met(vm, step, context, &diag, step_number);
    case RUN_NOT_FINITE: fault_not_finite(vm, step, context, which, step_number);
    case RUN_INTERRUPTED: outcome->interrupted = true; return;
  }
  step_read(step, step->results, outcome);
}

void step_make(Vm *vm, Step *step, const StepContext *context, int64_t step_number,
               StepOutcome *outcome) {
  uint64_t draws = vm->draws;
  step_prepare(vm, step, context);
  clear_outcome(context, outcome);
  if (step->objective->optimizer->whole) {
    whole_make(vm, step, context, step_number, draws, outcome);
    return;
  }
  if (vm->checking) return;
  step_run(vm, step, context, step_number, outcome);
  if (outcome->interrupted) return;
  if (step->role == STEP_LAST) step_clear_sums(step->objective);
  if (!step_gathers(step->role)) {
    OptimizerObject *optimizer = step->objective->optimizer;
    optimizer->steps++;
    if (context->undo) context->undo->stepped[context->undo->stepped_count++] = optimizer;
    sparse_store(vm, step, context->undo);
  }
}

void step_look(Vm *vm, Step *step, const StepContext *context, StepOutcome *outcome) {
  if (step->decided && step->trace) step_free(vm, step);
  step->weight = step->total = -1;
  step->narrow_at = 1; /* nothing is stored: the loss alone is watched */
  if (!step->trace) {
    Tracing tracing = {.vm = vm, .step = step, .context = context};
    tracing.trace = record_open(vm, step->objective->span);
    bool before = vm->training;
    vm->training = step->role == STEP_LOOK;
    forward_trace(&tracing);
    vm->training = before;
    record_keep(&tracing);
  }
  clear_outcome(context, outcome);
  if (vm->checking) return;
  step_bind(vm, step, context);
  Diag diag;
  diag_clear(&diag);
  int which = 0;
  RunOutcome how = plan_run(step->plan, step->pointers, step->results, &which, &diag);
  if (how == RUN_FAULT) fault_met(vm, step, context, &diag, 0);
  outcome->interrupted = how == RUN_INTERRUPTED;
  if (!outcome->interrupted) step_read(step, step->results, outcome);
}

void step_study(Vm *vm, Step *step, const StepContext *context, StepStudy *study) {
  Tracing tracing = {.vm = vm, .step = step, .context = context};
  tracing.trace = record_open(vm, step->objective->span);
  bool before = vm->training;
  vm->training = true;
  forward_trace(&tracing);
  backward_trace(&tracing);
  vm->training = before;
  study->run(study, tracing.trace, step, tracing.loss, tracing.gradients);
  trace_close(vm, tracing.trace);
}
