/* trace_value.c — values of the script as nodes of a graph, and nodes as values.
 *
 * A traced tensor carries its node (TensorObject.node, of the recording TensorObject.trace); one
 * with elements is a constant of the recording, a number and a bool are constants of the graph, and
 * a param is whatever it is there (trace_param.c).  The other way, a node of the eager trace is
 * computed at once; one of a recording becomes a tensor without elements, held by the trace until
 * it closes.
 *
 * `gd check` computes operations on small tensors with elements too (shapes are often computed); a
 * large or random result becomes a tensor without elements.
 *
 * Taking elements out of a recording has two consequences.  The recording is valid for them only
 * (trace.c, decisions); the exception is a condition on numbers that change from run to run, which
 * becomes a guard: the recording is right whenever the guards have the same outcomes.  And
 * gradients count what was read as a constant: the place is noted in the graph, and told if a
 * gradient is taken that would have passed through.
 */
#include "lang/tensors/trace_value.h"

#include "lang/machine/heap.h"
#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/trace_param.h"

enum { CHECK_ELEMENTS = 4096 }; /* gd check computes no result with more elements */

/* ---- to a node ---- */

static NORETURN void raise_absent(Trace *trace, const TensorObject *object, Span span) {
  Vm *vm = trace->vm;
  if (object->trace == trace->serial)
    raise_help(vm, span, "return it from the function: vmap stacks the results",
               "this tensor stands for one row inside `vmap`, which has ended");
  if (vm->checking && vm->trace) raise_unknown(vm);
  raise_ended_step(vm, span, "tensor");
}

static NodeId pending_node(Trace *trace, const TensorObject *object, Span span) {
  if (object->node && object->trace == trace->serial) return object->node;
  raise_absent(trace, object, span);
}

NodeId trace_operand(Trace *trace, Value value, Span span) {
  switch (value.kind) {
    case KIND_NUMBER: return graph_number(&trace->graph, value.number);
    case KIND_BOOL: return graph_constant(&trace->graph, (double)value.truth, DTYPE_BOOL);
    case KIND_PARAM: return trace_param(trace, value.param);
    case KIND_TENSOR:
      if (value.tensor->tensor.buffer) return trace_constant(trace, value.tensor);
      return pending_node(trace, value.tensor, span);
    case KIND_UNKNOWN: raise_unknown(trace->vm);
    default: raise_no_tensor(trace->vm, span, value, "a tensor or a number is expected here", NULL);
  }
}

/* ---- from a node ---- */

static Value result_pending(Trace *trace, NodeId node) {
  const Node *made = graph_node(&trace->graph, node);
  TensorObject *object = object_new(trace->vm, KIND_TENSOR, sizeof *object);
  object->tensor.dtype = made->type.dtype;
  shape_fill(&object->tensor.shape, &made->type.shape);
  object->weak = made->type.weak;
  object->node = node;
  object->trace = trace->serial;
  object->made = trace->graph.span;
  if (trace->made_count == trace->made_capacity) {
    trace->made_capacity = trace->made_capacity ? 2 * trace->made_capacity : 64;
    trace->made = mem_grow(trace->made, (size_t)trace->made_capacity * sizeof(TensorObject *));
  }
  object->head.refs++;
  trace->made[trace->made_count++] = object;
  return value_of(KIND_TENSOR, object);
}

Value trace_result(Trace *trace, NodeId node) {
  Vm *vm = trace->vm;
  if (trace != trace_eager(vm)) return result_pending(trace, node);
  Diag diag;
  diag_clear(&diag);
  const Tensor *value = values_get(&trace->values, node, &diag);
  if (!value) {
    if (!diag.span.file) diag.span = graph_node(&trace->graph, node)->span;
    raise_diag(vm, &diag);
  }
  bool weak = graph_node(&trace->graph, node)->type.weak;
  if (weak) return value_number(tensor_get(value, 0));
  Value made = value_tensor(vm, tensor_retain(value));
  made.tensor->made = trace->graph.span;
  made.tensor->probable = probable_node(trace, node);
  return made;
}

Value trace_outcome(Trace *trace, NodeId node, bool random) {
  Vm *vm = trace->vm;
  if (trace == trace_eager(vm) && vm->checking) {
    const Type type = graph_node(&trace->graph, node)->type;
    if (random || shape_count(&type.shape) > CHECK_ELEMENTS) {
      NodeId abstract = trace_abstract(vm->trace, &type);
      vm->trace->graph.span = trace->graph.span;
      return trace_result(vm->trace, abstract);
    }
  }
  return trace_result(trace, node);
}

Value trace_placeholder(Vm *vm, Dtype dtype, const Shape *shape, Span span) {
  Type type = {.dtype = dtype, .shape = *shape};
  vm->trace->graph.span = span;
  return trace_result(vm->trace, trace_abstract(vm->trace, &type));
}

/* ---- types and elements ---- */

bool trace_pending(Vm *vm, Value value) {
  if (value.kind == KIND_PARAM) return vm->trace != NULL;
  return value.kind == KIND_TENSOR && !value.tensor->tensor.buffer;
}

/* The recording that a traced tensor belongs to, or NULL: it has ended. */
static Trace *recording_of(const Vm *vm, const TensorObject *object) {
  Trace *trace = vm->trace;
  while (trace && trace->serial != object->trace) trace = trace->outer;
  return trace;
}

static const Tensor *pending_elements(Vm *vm, TensorObject *object, Span span) {
  if (vm->checking && !(vm->trace && vm->trace->hollow)) raise_unknown(vm);
  Trace *trace = recording_of(vm, object);
  if (!trace) raise_absent(trace_for(vm, true), object, span);
  trace_ask(trace, object->node, span);
  if (trace->replay) trace->replay->ready(trace->replay, trace, object->node);
  return trace_compute(trace, object->node);
}

Tensor trace_elements(Vm *vm, Value value, Span span) {
  switch (value.kind) {
    case KIND_NUMBER: return tensor_scalar(DTYPE_F64, value.number);
    case KIND_BOOL: return tensor_scalar(DTYPE_BOOL, (double)value.truth);
    case KIND_PARAM: return trace_param_elements(vm, value.param);
    case KIND_UNKNOWN: raise_unknown(vm);
    case KIND_TENSOR:
      if (value.tensor->tensor.buffer) return tensor_retain(&value.tensor->tensor);
      return tensor_retain(pending_elements(vm, value.tensor, span));
    default: raise_no_tensor(vm, span, value, "a tensor or a number is expected here", NULL);
  }
}

Type trace_type(Vm *vm, Value value, Span span) {
  switch (value.kind) {
    case KIND_NUMBER: return (Type){.dtype = DTYPE_F64, .weak = true};
    case KIND_BOOL: return (Type){.dtype = DTYPE_BOOL};
    case KIND_PARAM: return trace_param_type(vm, value.param);
    case KIND_TENSOR:
      return (Type){.dtype = value.tensor->tensor.dtype,
                    .weak = value.tensor->weak,
                    .shape = value.tensor->tensor.shape};
    case KIND_UNKNOWN: raise_unknown(vm);
    default: raise_no_tensor(vm, span, value, "a tensor or a number is expected here", NULL);
  }
}

/* ---- values taken out of a recording ---- */

void trace_read_constant(Vm *vm, Value value, Span span) {
  if (!vm->trace || vm->checking || !trace_pending(vm, value)) return;
  Trace *trace = value.kind == KIND_TENSOR ? recording_of(vm, value.tensor) : vm->trace;
  if (trace) graph_read(&trace->graph, trace_operand(trace, value, span), trace_span(vm, span));
}

void trace_tell_lost(Trace *trace) {
  Vm *vm = trace->vm;
  if (!vm_warns(vm) || vm->clinic) return;
  for (uint32_t i = 0; i < trace->graph.read_count; i++) {
    const NumberRead *read = &trace->graph.reads[i];
    if (!read->lost || !trace_mark_reported(vm, read->span)) continue;
    Diag diag = {0};
    diag_fail(&diag, STATUS_FAILED, read->span,
              "a value that depends on what is differentiated is read here: the gradient counts "
              "it as a constant");
    diag_help(&diag,
              "compute with the tensor itself; stop_gradient(x) says that a constant is meant");
    vm_warn(vm, &diag);
  }
}

/* ---- branches on numbers ---- */

/* Depends a node on constants and numbers of the recording alone? */
static bool numbers_only(const Trace *trace, NodeId id, int depth) {
  const Node *node = graph_node(&trace->graph, id);
  if (depth > 64 || node->type.shape.rank) return false;
  if (node->leaf == LEAF_INPUT) {
    for (int i = 0; i < trace->binding_count; i++)
      if (trace->bindings[i].node == id) return trace->bindings[i].kind == BINDING_NUMBER;
    return false;
  }
  if (node->input_count == 0) return node->leaf == LEAF_CONST;
  for (int i = 0; i < node->input_count; i++)
    if (!numbers_only(trace, node->inputs[i], depth + 1)) return false;
  return true;
}

bool trace_guard(Vm *vm, const TensorObject *object, bool *truth) {
  Trace *trace = vm->trace;
  if (!trace || vm->checking || trace->hollow || !object->node || object->trace != trace->serial ||
      trace_is_row(vm, object) || !numbers_only(trace, object->node, 0))
    return false;
  *truth = tensor_get(trace_compute(trace, object->node), 0) != 0;
  if (trace->guard_count == trace->guard_capacity) {
    trace->guard_capacity = trace->guard_capacity ? 2 * trace->guard_capacity : 8;
    trace->guards = mem_grow(trace->guards, (size_t)trace->guard_capacity * sizeof(TraceGuard));
  }
  trace->guards[trace->guard_count++] = (TraceGuard){object->node, *truth};
  return true;
}

bool trace_guards_hold(Trace *trace) {
  values_reset(&trace->values);
  for (int i = 0; i < trace->guard_count; i++) {
    Diag diag;
    diag_clear(&diag);
    const Tensor *value = values_get(&trace->values, trace->guards[i].node, &diag);
    if (!value || (tensor_get(value, 0) != 0) != trace->guards[i].truth) return false;
  }
  return true;
}
