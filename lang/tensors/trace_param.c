/* trace_param.c — a param inside a recording: its storage, its assigned values, its elements.
 *
 * Three things can be meant by a param there.
 *   stored  its trained storage: one INPUT for each trace.  The nodes that map it into its domain
 *           follow (domain.c; LANGUAGE.md section 6), so a gradient is one of the storage.
 *   staged  the node that the script assigned to it.  The storage keeps the old elements, because
 *           whether the new value is kept is decided by the owner of the recording, at its end.
 *   lent    a param made inside the recording has no storage of its own: its value is a node, until
 *           the recording ends (trace.c, settle).
 * ParamObject.trace, .staging and .lent say which; a number of another recording counts as none.
 *
 * A savepoint hides what is staged, so that a clause can be evaluated from the old values; the list
 * itself stays, and a rollback shows it again.
 *
 * Elements of a param in a domain are computed by the eager trace, also while something else is
 * recorded.  Reading them is a decision (trace.c) like any other.
 */
#include "lang/tensors/trace_param.h"

#include "lang/machine/heap.h"

extern const Op OP_STOP;

/* ---- lent ---- */

Value trace_node_param(Trace *trace, NodeId node) {
  const Type *type = &graph_node(&trace->graph, node)->type;
  ParamObject *param = object_new(trace->vm, KIND_PARAM, sizeof *param);
  param->value = (Tensor){.dtype = type->dtype, .shape = type->shape};
  param->span = trace->graph.span;
  param->born = trace->serial;
  trace_lend(trace, param, node);
  return value_of(KIND_PARAM, param);
}

/* What has read the param keeps its elements of now. */
static void leave_elements(Trace *trace, ParamObject *param) {
  if (param->trace == trace->serial && param->node) {
    Binding *binding = &trace->bindings[graph_node(&trace->graph, param->node)->attrs[0]];
    *binding = (Binding){
        .kind = BINDING_TENSOR, .tensor = tensor_retain(&param->value), .node = param->node};
    value_release(trace->vm, value_of(KIND_PARAM, param));
  }
  Tensor type = {.dtype = param->value.dtype, .shape = param->value.shape};
  tensor_release(&param->value);
  param->value = type;
}

void trace_lend(Trace *trace, ParamObject *param, NodeId node) {
  bool listed = param->lent;
  if (!listed && param->value.buffer) leave_elements(trace, param);
  param->lent = true;
  param->node = node;
  param->trace = trace->serial;
  if (listed) return;
  if (trace->lent_count == trace->lent_capacity) {
    trace->lent_capacity = trace->lent_capacity ? 2 * trace->lent_capacity : 16;
    trace->lent = mem_grow(trace->lent, (size_t)trace->lent_capacity * sizeof(ParamObject *));
  }
  param->head.refs++;
  trace->lent[trace->lent_count++] = param;
}

/* The open recording that it belongs to. */
static Trace *lender(Vm *vm, const ParamObject *param) {
  Trace *trace = vm->trace;
  while (trace && trace->serial != param->trace) trace = trace->outer;
  if (!trace || !param->node) raise_ended_step(vm, vm->current_span, "param");
  return trace;
}

void trace_require_elements(Vm *vm, const ParamObject *param) { lender(vm, param); }

/* ---- stored ---- */

NodeId trace_stored(Trace *trace, ParamObject *param) {
  bool eager = trace == trace_eager(trace->vm);
  if (!eager && param->trace == trace->serial && param->node) return param->node;
  if (UNLIKELY(param->lent) && !trace->vm->checking)
    raise_ended_step(trace->vm, trace->vm->current_span, "param");
  Type type = {.dtype = param->value.dtype, .shape = param->value.shape};
  value_retain(value_of(KIND_PARAM, param));
  NodeId node = trace_bind(trace, (Binding){.kind = BINDING_PARAM, .param = param}, &type, NULL);
  if (!eager) {
    param->node = node;
    param->trace = trace->serial;
  }
  return node;
}

/* ---- staged ---- */

static Staged *staged_in(const Trace *trace, const ParamObject *param) {
  return param->staging == trace->serial && param->staging ? &trace->staged[param->staged] : NULL;
}

NodeId trace_param(Trace *trace, ParamObject *param) {
  const Staged *staged = staged_in(trace, param);
  if (staged) return staged->node;
  NodeId raw = trace_stored(trace, param);
  if (!param->domain.kind) return raw;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId inside = domain_inside(&maker, raw, param->domain);
  if (!inside) raise_diag(trace->vm, &diag);
  return inside;
}

void trace_stage(Trace *trace, ParamObject *param, NodeId value) {
  Staged *staged = staged_in(trace, param);
  if (staged) {
    staged->node = value;
    return;
  }
  if (trace->staged_count == trace->staged_capacity) {
    trace->staged_capacity = trace->staged_capacity ? 2 * trace->staged_capacity : 8;
    trace->staged = mem_grow(trace->staged, (size_t)trace->staged_capacity * sizeof(Staged));
  }
  value_retain(value_of(KIND_PARAM, param));
  param->staged = trace->staged_count;
  param->staging = trace->serial;
  trace->staged[trace->staged_count++] = (Staged){param, value};
}

NodeId trace_staged(const Trace *trace, const ParamObject *param) {
  const Staged *staged = staged_in(trace, param);
  return staged ? staged->node : 0;
}

void trace_unstage(Trace *trace, ParamObject *param) {
  if (!staged_in(trace, param)) return;
  for (int i = param->staged; i + 1 < trace->staged_count; i++) {
    trace->staged[i] = trace->staged[i + 1];
    trace->staged[i].param->staged = i;
  }
  trace->staged_count--;
  param->staging = 0;
  value_release(trace->vm, value_of(KIND_PARAM, param));
}

int trace_savepoint(Trace *trace) {
  for (int i = 0; i < trace->staged_count; i++) trace->staged[i].param->staging = 0;
  return trace->staged_count;
}

void trace_rollback(Trace *trace, int count) {
  while (trace->staged_count > count) {
    ParamObject *param = trace->staged[--trace->staged_count].param;
    param->staging = 0;
    value_release(trace->vm, value_of(KIND_PARAM, param));
  }
  for (int i = 0; i < count; i++) {
    trace->staged[i].param->staging = trace->serial;
    trace->staged[i].param->staged = i;
  }
}

/* All are computed before one is assigned: a new value may depend on old ones. */
void trace_commit(Vm *vm, Trace *trace) {
  for (int i = 0; i < trace->staged_count; i++) trace_compute(trace, trace->staged[i].node);
  for (int i = 0; i < trace->staged_count; i++) {
    ParamObject *param = trace->staged[i].param;
    Diag diag;
    diag_clear(&diag);
    Tensor copy;
    if (!tensor_copy(&copy, trace_compute(trace, trace->staged[i].node), &diag))
      raise_diag(vm, &diag);
    tensor_release(&param->value);
    param->value = copy;
  }
}

/* ---- elements and type ---- */

Tensor trace_through(Vm *vm, const Tensor *from, Domain domain,
                     NodeId (*way)(Maker *, NodeId, Domain)) {
  Trace *trace = trace_eager(vm);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId node = way(&maker, trace_tensor_input(trace, from, NULL), domain);
  const Tensor *value = node ? values_get(&trace->values, node, &diag) : NULL;
  Tensor result = value ? tensor_retain(value) : (Tensor){0};
  trace_unwind(vm, vm->trace);
  if (!value) raise_diag(vm, &diag);
  return result;
}

NodeId trace_row_copy(Vm *vm, ParamObject *param) {
  Trace *trace = vm->trace;
  if (!trace || !param->lent || param->trace != trace->serial || !trace->stand_in_count) return 0;
  NodeId now = trace_param(trace, param);
  if (!trace_node_is_row(trace, now)) return 0;
  Diag diag;
  diag_clear(&diag);
  NodeId copy = graph_emit(&trace->graph, OP_STOP, &now, 1, NULL, 0, &diag);
  if (!copy) raise_diag(vm, &diag);
  return copy;
}

/* Of a param made of a node: computed from its recording. */
static Tensor lent_elements(Vm *vm, ParamObject *param) {
  Trace *trace = lender(vm, param);
  trace_ask(trace, param->node, vm->current_span);
  const Tensor *value = trace_compute(trace, param->node);
  if (!param->domain.kind) return tensor_retain(value);
  return trace_through(vm, value, param->domain, domain_inside);
}

Tensor trace_param_elements(Vm *vm, ParamObject *param) {
  Trace *trace = vm->trace;
  if (vm->checking && !param->value.buffer) raise_unknown(vm);
  if (UNLIKELY(param->lent)) return lent_elements(vm, param);
  /* a hollow recording is told which node, and raises */
  if (trace && trace->hollow) trace_ask(trace, trace_param(trace, param), vm->current_span);
  if (trace && trace->replay && !trace->replay->steady) {
    trace->replay->missing = trace_stored(trace, param);
    raise_at(vm, vm->current_span, "this param has changed since these rows were computed");
  }
  trace_effect(vm);
  NodeId staged = trace ? trace_staged(trace, param) : 0;
  if (staged) {
    trace_ask(trace, staged, vm->current_span);
    return tensor_retain(trace_compute(trace, staged));
  }
  if (!param->domain.kind) return tensor_retain(&param->value);
  return trace_through(vm, &param->value, param->domain, domain_inside);
}

Type trace_param_type(Vm *vm, const ParamObject *param) {
  NodeId staged = vm->trace ? trace_staged(vm->trace, param) : 0;
  if (UNLIKELY(staged)) return graph_node(&vm->trace->graph, staged)->type;
  return (Type){.dtype = param->value.dtype, .shape = param->value.shape};
}
