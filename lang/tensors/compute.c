/* compute.c — runs the nodes of a finished recording (grad, vmap).
 *
 * Equal recordings give equal plans, so a function that is differentiated in a loop is planned
 * once.  Interrupts are polled by the kernels; here they become the script's error.
 */
#include "lang/tensors/compute.h"
#include "lang/machine/tensor_value.h"

#include <math.h>

static NORETURN void fail(Vm *vm, Span span, Diag *diag) {
  if (!diag->span.file) diag->span = span;
  raise_diag(vm, diag);
}

Plan *compute_plan(Vm *vm, Trace *trace, Span span, const NodeId *nodes, int count) {
  Diag diag;
  diag_clear(&diag);
  PlanSpec spec = {.graph = &trace->graph, .results = nodes, .result_count = count};
  Plan *plan = plan_find(vm->tracer->plans, &spec, &diag);
  if (!plan) fail(vm, span, &diag);
  return plan;
}

void compute_run(Vm *vm, Trace *trace, Span span, Plan *plan, int count, Value *into) {
  Diag diag;
  diag_clear(&diag);
  void **pointers = arena_alloc(&trace->graph.arena,
                                (size_t)(trace->binding_count + 1) * sizeof(void *));
  trace_pointers(trace, pointers, NULL);
  Tensor *results = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(Tensor));
  int which = 0;
  RunOutcome outcome = plan_run(plan, pointers, results, &which, &diag);
  for (int i = 0; i < count && outcome != RUN_DONE; i++) tensor_release(&results[i]);
  if (outcome == RUN_INTERRUPTED) {
    vm_poll(vm);
    raise_at(vm, span, "interrupted");
  }
  if (outcome != RUN_DONE) fail(vm, span, &diag);
  for (int i = 0; i < count; i++) into[i] = value_tensor(vm, results[i]);
}

static bool any_nan(const Value *values, int count) {
  for (int i = 0; i < count; i++) {
    const Tensor *tensor = &values[i].tensor->tensor;
    for (int64_t k = 0, all = tensor_count(tensor); k < all; k++)
      if (isnan(tensor_get(tensor, k))) return true;
  }
  return false;
}

void compute_limits(Trace *trace, LimitAsk ask, Value *values) {
  Graph *graph = &trace->graph;
  NodeId least = ask.from;
  for (int i = 0; i < ask.wrt_count; i++)
    if (ask.wrt[i] < least) least = ask.wrt[i];
  if (!ask.wrt_count || !slopes_taken(graph, least, ask.from) || !any_nan(values, ask.result_count))
    return;
  Tensor *tensors = arena_alloc(&graph->arena, (size_t)ask.result_count * sizeof *tensors);
  for (int i = 0; i < ask.result_count; i++) tensors[i] = values[i].tensor->tensor;
  ask.graph = graph;
  ask.values = &trace->values;
  limit_replace_nan(&ask, tensors);
}
