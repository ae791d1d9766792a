/* ahead.c — optimizers whose gradient is taken elsewhere than at p: `fn ahead(p, g, norm)`.
 *
 * `ahead` returns the point at which the step evaluates the loss for its gradient.  If `ahead`
 * takes g (or the norm of all gradients), the loss is evaluated at p first, to compute g; the loss
 * that the step reports is the one at p.  This is sharpness-aware minimisation (SAM).  If `ahead`
 * takes p alone, the loss is evaluated at that point only.  This is Schedule-Free, where p is the
 * average that everything but the gradient uses.
 */
#include "lang/optimizers/ahead.h"

#include "lang/eval/call.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/optimizers/states.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

static const AstFunction *declared(const OptimizerObject *optimizer) {
  return declaration_of(optimizer->made_by->function, "ahead");
}

/* How many of them have an `ahead`; *with: the last. */
static int find(const OptimizerObject *optimizer, const AstFunction **with) {
  const AstFunction *own = declared(optimizer);
  int count = own != NULL;
  if (own) *with = own;
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      count += find(optimizer->arguments[i].optimizer, with);
  return count;
}

static int inner_count(const OptimizerObject *optimizer) {
  int count = 0;
  for (int i = 0; i < optimizer->count; i++)
    count += optimizer->arguments[i].kind == KIND_OPTIMIZER;
  return count;
}

int ahead_arguments(Vm *vm, const OptimizerObject *optimizer) {
  const AstFunction *with = NULL;
  int count = find(optimizer, &with);
  if (count == 0) return 0;
  if (count > 1)
    raise_at(vm, optimizer->span,
             "at most one optimizer may have `ahead`, which sets where the gradient is taken for "
             "all tensors");
  if (!declared(optimizer) && inner_count(optimizer) > 1)
    raise_help(vm, optimizer->span, "SAM can stand around all of them: SAM(groups(…))",
               "an optimizer with `ahead`, which sets where the gradient is taken for all tensors, "
               "cannot be one of several");
  if (with->param_count < 1 || with->param_count > 3) {
    Diag diag = {0};
    diag_fail(
        &diag, STATUS_MALFORMED, with->head_span,
        "`ahead` takes the tensor, its gradient and the norm of all gradients: ahead(p, g, norm)");
    raise_diag(vm, &diag);
  }
  return with->param_count;
}

/* The query of the optimizer that has it. */
static void descend(StateQuery *query) {
  while (!declared(query->optimizer)) {
    int inner = 0;
    while (query->optimizer->arguments[inner].kind != KIND_OPTIMIZER) inner++;
    query->first = declaration_inner_states(query, inner);
    query->inputs = &query->inputs->inner[inner];
    query->optimizer = query->optimizer->arguments[inner].optimizer;
  }
}

NodeId ahead_of(Vm *vm, const OptimizerStep *step, int target, NodeId norm) {
  ParamObject *param = step->targets[target];
  StateQuery query = {.trace = step->trace,
                      .optimizer = step->optimizer,
                      .inputs = step->inputs,
                      .memory = states_of(step->optimizer, param),
                      .nodes = step->nodes[target],
                      .target = step->values[target],
                      .all = step};
  descend(&query);
  CellObject **cells = declaration_run(vm, &query);
  ClosureObject *ahead = declaration_function(&query, cells, "ahead");
  Span span = ahead->function->head_span;
  CallSite site = {.span = span, .callee = span};
  Value given[3] = {query.target, step->slopes[target],
                    norm ? trace_result(step->trace, norm) : value_none()};
  Value value = vm_call(vm, &site, value_of(KIND_CLOSURE, ahead), given,
                        ahead->function->param_count);
  NodeId node = value.kind == KIND_UNKNOWN
                    ? trace_stored(step->trace, param)
                    : declaration_new_value(vm, step->trace, value, &param->value,
                                            (Assigned){.name = "ahead(p)", .span = span});
  value_release(vm, value);
  value_release(vm, given[2]);
  declaration_release(vm, &query);
  return node;
}
