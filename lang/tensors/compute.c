/* compute.c — runs the nodes of a recording that nothing further will be added to (grad, vmap).
 *
 * Equal recordings give equal plans, so a function that is differentiated in a loop is planned
 * once.  Interrupts are polled by the kernels; here they become the script's error.
 */
#include "lang/tensors/compute.h"
#include "lang/machine/tensor_value.h"

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
  trace_pointers(trace, pointers);
  Tensor *results = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(Tensor));
  int which = 0;
  RunOutcome outcome = plan_run(plan, pointers, results, &which, &diag);
  if (outcome == RUN_INTERRUPTED) {
    vm_poll(vm);
    raise_at(vm, span, "interrupted");
  }
  if (outcome != RUN_DONE) fail(vm, span, &diag);
  for (int i = 0; i < count; i++) into[i] = value_tensor(vm, results[i]);
}
