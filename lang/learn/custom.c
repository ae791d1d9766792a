/* custom.c — custom_gradient(f, g): a function whose gradient the script defines.
 *
 * The call records f.  A node CUSTOM with the arguments stands over its result and has the same
 * value.  The backward pass calls g when it reaches that node.
 */
#include "lang/learn/custom.h"
#include "lang/eval/call.h"
#include "lang/eval/native.h"
#include "lang/learn/recompute.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/raise.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/operation.h"

/* ---- the call ---- */

static Value call_custom(Vm *vm, const CallSite *site, Value *args, int count) {
  Value y = vm_call_named(vm, site, site->self->extra[0], args, site->names, count);
  bool pending = trace_pending(vm, y);
  for (int i = 0; i < count; i++) pending |= trace_pending(vm, args[i]);
  Trace *trace = vm->trace;
  if (!trace || !pending) return y;
  NodeId inputs[17];
  if (count > COUNT_OF(inputs) - 1)
    raise_at(vm, site->span, "a function with a custom gradient takes at most %d arguments",
             COUNT_OF(inputs) - 1);
  inputs[0] = trace_operand(trace, y, site->span);
  for (int i = 0; i < count; i++) inputs[i + 1] = trace_operand(trace, args[i], site->span);
  int64_t hook = trace_custom_gradient(trace, site->self->extra[1]);
  Diag diag;
  diag_clear(&diag);
  trace->graph.span = trace_span(vm, site->span);
  NodeId node = make_custom(&(Maker){&trace->graph, &diag}, inputs, count + 1, hook);
  value_release(vm, y);
  if (!node) raise_diag(vm, &diag);
  return trace_result(trace, node);
}

static const Native MADE_CUSTOM = {"custom_gradient(f, g)", NULL, call_custom, false, "", "", ""};

Value native_custom_gradient(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (!native_callable(args[1]))
    raise_kind(vm, site->span, args[1], "the gradient must be a function of (x, y, dy)", NULL);
  return native_made(vm, site, &MADE_CUSTOM, args[0], args[1]);
}

/* ---- the gradient ---- */

typedef struct Backward {
  Trace *trace;
  int64_t hook;
  const NodeId *args;
  int arg_count;
  NodeId y, dy, *into;
} Backward;

static void one_gradient(Backward *job, Value value, int index, Span span) {
  Vm *vm = job->trace->vm;
  if (value.kind == KIND_NONE) return;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&job->trace->graph, &diag};
  const Type want = *make_type(&maker, job->args[index]);
  NodeId node = trace_operand(job->trace, value, span);
  node = make_cast(&maker, node, want.dtype);
  if (node && !shape_equal(&make_type(&maker, node)->shape, &want.shape)) {
    char a[200], b[200];
    if (make_type(&maker, node)->shape.rank == 0) node = make_expand(&maker, node, &want.shape);
    else
      raise_at(vm, span,
               "a gradient must have the shape of its argument, %s; this function gave %s",
               shape_show(&want.shape, a), shape_show(&make_type(&maker, node)->shape, b));
  }
  if (!node) raise_diag(vm, &diag);
  job->into[index] = node;
}

static void backward(Vm *vm, void *context) {
  Backward *job = context;
  Value g = job->trace->hooks[job->hook];
  Span span = graph_node(&job->trace->graph, job->y)->span;
  CallSite site = {.span = span, .callee = span};
  Value *args = arena_alloc(&job->trace->graph.arena, (size_t)(job->arg_count + 2) * sizeof *args);
  for (int i = 0; i < job->arg_count; i++) args[i] = trace_result(job->trace, job->args[i]);
  args[job->arg_count] = trace_result(job->trace, job->y);
  args[job->arg_count + 1] = trace_result(job->trace, job->dy);
  Value result = vm_call(vm, &site, g, args, job->arg_count + 2);
  bool several = result.kind == KIND_TUPLE && job->arg_count > 1;
  if (several && result.tuple->count != job->arg_count)
    raise_at(vm, span, "a gradient for each of the %d arguments is expected, the function gave %d",
             job->arg_count, result.tuple->count);
  for (int i = 0; i < job->arg_count && (several || i == 0); i++)
    one_gradient(job, several ? result.tuple->items[i] : result, i, span);
  for (int i = 0; i < job->arg_count + 2; i++) value_release(vm, args[i]);
  value_release(vm, result);
}

bool custom_backward(void *context, Graph *graph, int64_t hook, const NodeId *args, int arg_count,
                     NodeId y, NodeId dy, NodeId *into, Diag *diag) {
  (void)graph;
  Vm *vm = context;
  for (int i = 0; i < arg_count; i++) into[i] = 0;
  Value made = vm->trace->hooks[hook];
  if (recompute_is(made))
    return recompute_backward(vm->trace, made, args, arg_count, dy, into, diag);
  Backward job = {vm->trace, hook, args, arg_count, y, dy, into};
  return vm_protect(vm, backward, &job, diag);
}
