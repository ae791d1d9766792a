/* trace.c — recording and computing; trace.h describes the three kinds of trace.
 *
 * How a tensor of the script finds its node: a traced TensorObject carries it; a tensor with
 * elements gets an INPUT of its own, looked up by buffer, offset and shape, so a constant used
 * twice is one binding (which keeps the structural hash, and so the plan, the same from step to
 * step); a param gets one INPUT per trace for its raw storage, followed by the nodes that map it
 * into its domain.
 *
 * Domains (LANGUAGE.md section 6): positive = softplus(raw), unit = sigmoid(raw), simplex =
 * softmax(raw) over the last axis; domain.c has them and their inverses.
 */
#include "lang/tensors/trace.h"

#include "lang/machine/heap.h"
#include "lang/machine/kind.h"
#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/syntax/ast.h"
#include "lang/tensors/probable.h"
#include "lang/text/source.h"

#include <assert.h>
#include <string.h>

enum { PLANS_KEPT = 256, DIAG_UNKNOWN = -1, DIAG_ENDED = -2 };
/* limit on the total nodes of spare traces, the newest excepted: about 20 MiB */
enum { SPARE_NODES = 1 << 16 };

static Tensor binding_tensor(void *context, int64_t number) {
  const Trace *trace = context;
  const Binding *binding = &trace->bindings[number];
  bool absent = trace->replay &&
                (binding->kind == BINDING_PARAM ? !trace->replay->steady : !binding->tensor.buffer);
  if (UNLIKELY(absent)) {
    Tensor found = binding->kind == BINDING_TENSOR ? trace->replay->fetch(trace->replay, number)
                                                   : (Tensor){0};
    if (!found.buffer) trace->replay->missing = binding->node;
    return found;
  }
  return tensor_retain(binding->kind == BINDING_PARAM ? &binding->param->value : &binding->tensor);
}

static void trace_start(Trace *trace, Vm *vm) {
  trace->vm = vm;
  graph_init(&trace->graph, vm->real);
  trace->values = (Values){.graph = &trace->graph, .binding = binding_tensor, .context = trace};
}

void trace_clear(Trace *trace) {
  Vm *vm = trace->vm;
  for (int i = 0; i < trace->binding_count; i++) {
    Binding *binding = &trace->bindings[i];
    if (binding->kind == BINDING_PARAM) {
      binding->param->trace = 0;
      value_release(vm, value_of(KIND_PARAM, binding->param));
    } else {
      tensor_release(&binding->tensor);
    }
  }
  for (int i = 0; i < trace->hook_count; i++) value_release(vm, trace->hooks[i]);
  for (int i = 0; i < trace->staged_count; i++)
    value_release(vm, value_of(KIND_PARAM, trace->staged[i].param));
  trace->binding_count = trace->hook_count = trace->staged_count = trace->guard_count = 0;
  lookup_clear(&trace->constants);
  trace->looked_up = 0;
  values_reset(&trace->values);
  graph_reset(&trace->graph);
}

static void trace_end(Trace *trace) {
  trace_clear(trace);
  values_free(&trace->values);
  lookup_free(&trace->constants);
  graph_free(&trace->graph);
  mem_free(trace->bindings);
  mem_free(trace->made);
  mem_free(trace->lent);
  mem_free(trace->guards);
  mem_free(trace->hooks);
  mem_free(trace->staged);
  mem_free(trace->stand_ins);
}

static void trace_free(Trace *trace) {
  trace_end(trace);
  mem_free(trace);
}

static void tracer_open(Vm *vm) {
  Tracer *tracer = vm->tracer = mem_zero(sizeof *tracer);
  trace_start(&tracer->eager, vm);
  tracer->plans = plan_cache_new(PLANS_KEPT);
}

static void tracer_close(Vm *vm) {
  Tracer *tracer = vm->tracer;
  trace_unwind(vm, NULL);
  trace_end(&tracer->eager);
  for (int i = 0; i < SPARE_TRACES; i++)
    if (tracer->spares[i]) trace_free(tracer->spares[i]);
  plan_cache_free(tracer->plans);
  lookup_free(&tracer->told);
  mem_free(tracer);
}

bool trace_was_reported(const Vm *vm, Span span) {
  const Lookup *told = &vm->tracer->told;
  uint32_t at = 0, start;
  while (lookup_next(told, span.file, &at, &start))
    if (start == span.start) return true;
  return false;
}

bool trace_mark_reported(Vm *vm, Span span) {
  bool told = trace_was_reported(vm, span);
  if (!told) lookup_put(&vm->tracer->told, span.file, span.start);
  return !told;
}

void trace_forget_reports(Vm *vm) { lookup_clear(&vm->tracer->told); }

/* Removes spare number `index`; the others move up. */
static Trace *take_spare(Tracer *tracer, int index) {
  Trace *trace = tracer->spares[index];
  for (int i = index; i + 1 < SPARE_TRACES; i++) tracer->spares[i] = tracer->spares[i + 1];
  tracer->spares[SPARE_TRACES - 1] = NULL;
  return trace;
}

/* The spare that was opened at this site, or NULL. */
static Trace *spare_of(Tracer *tracer, uint64_t site) {
  for (int i = 0; i < SPARE_TRACES && tracer->spares[i]; i++)
    if (tracer->spares[i]->site == site) return take_spare(tracer, i);
  return NULL;
}

Trace *trace_open(Vm *vm, Span span, const AstFunction *function) {
  Tracer *tracer = vm->tracer;
  uint64_t site = hash_mix((uint64_t)span.file << 32 | span.start,
                           (uint64_t)(uintptr_t)function ^ span.end);
  Trace *trace = spare_of(tracer, site);
  /* many sites take turns: the one unused longest gives its memory */
  if (!trace && tracer->spares[SPARE_TRACES - 1]) {
    trace = take_spare(tracer, SPARE_TRACES - 1);
    graph_clear(&trace->graph);
  }
  if (!trace) {
    trace = mem_zero(sizeof *trace);
    trace_start(trace, vm);
    if (!vm->checking) recall_start(&trace->graph); /* `gd check` runs each site once */
  }
  if (trace->graph.real != vm->real) graph_clear(&trace->graph);
  trace->site = site;
  trace->graph.real = vm->real;
  trace->graph.custom = NULL;
  trace->graph.custom_context = NULL;
  trace->serial = ++tracer->serial;
  trace->abstract = vm->checking;
  trace->decided = trace->copied = trace->hollow = false;
  trace->stand_in_count = 0;
  trace->replay = NULL;
  trace->key = 0;
  trace->place = 0;
  trace->outer = vm->trace;
  vm->trace = trace;
  return trace;
}

/* The same for params made of nodes. */
static void settle_lent(Trace *trace, bool work_out) {
  Vm *vm = trace->vm;
  for (int i = 0; i < trace->lent_count; i++) {
    ParamObject *param = trace->lent[i];
    if (work_out && param->head.refs > 1 && !trace->abstract && param->node) {
      Diag diag;
      diag_clear(&diag);
      Tensor copy;
      const Tensor *value = values_get(&trace->values, param->node, &diag);
      if (value && tensor_copy(&copy, value, &diag)) {
        param->value = copy;
        param->lent = false;
      }
    }
    if (!trace->abstract) param->trace = 0;
    value_release(vm, value_of(KIND_PARAM, param));
  }
  trace->lent_count = 0;
}

/* Traced tensors that are still referred to are computed now.  Where that is impossible (an
 * abstract trace, a fault in the data, a recording ended by an error) they stay types without
 * elements, and using them later is an error that says so. */
static void settle(Trace *trace, bool work_out) {
  Vm *vm = trace->vm;
  for (int i = 0; i < trace->made_count; i++) {
    TensorObject *object = trace->made[i];
    if (work_out && object->head.refs > 1 && !trace->abstract && !object->tensor.buffer &&
        object->node) {
      Diag diag;
      diag_clear(&diag);
      const Tensor *value = values_get(&trace->values, object->node, &diag);
      if (value) {
        object->tensor = tensor_retain(value);
        object->probable = probable_node(trace, object->node);
      }
    }
    if (!trace->abstract) object->node = 0;
    value_release(vm, value_of(KIND_TENSOR, object));
  }
  trace->made_count = 0;
  settle_lent(trace, work_out);
}

void trace_detach(Vm *vm, Trace *trace) {
  assert(vm->trace == trace);
  settle(trace, true);
  vm->trace = trace->outer;
  trace->outer = NULL;
}

void trace_recycle(Vm *vm, Trace *trace) {
  Trace **spares = vm->tracer->spares;
  trace_clear(trace);
  if (spares[SPARE_TRACES - 1]) trace_free(take_spare(vm->tracer, SPARE_TRACES - 1));
  for (int i = SPARE_TRACES - 1; i > 0; i--) spares[i] = spares[i - 1];
  spares[0] = trace;
  uint64_t nodes = trace->graph.capacity;
  for (int i = 1; i < SPARE_TRACES && spares[i];) {
    nodes += spares[i]->graph.capacity;
    if (nodes <= SPARE_NODES) i++;
    else trace_free(take_spare(vm->tracer, i));
  }
}

void trace_close(Vm *vm, Trace *trace) {
  trace_detach(vm, trace);
  trace_recycle(vm, trace);
}

void trace_unwind(Vm *vm, Trace *keep) {
  trace_clear(trace_eager(vm));
  while (vm->trace && vm->trace != keep) {
    Trace *trace = vm->trace;
    settle(trace, false);
    vm->trace = trace->outer;
    trace->outer = NULL;
    trace_recycle(vm, trace);
  }
}

static void decide(Trace *trace) {
  trace->decided = true;
  trace->copied = false;
}

void trace_effect(Vm *vm) {
  if (vm->trace) decide(vm->trace);
}

Span trace_span(const Vm *vm, Span span) {
  if (LIKELY(!source_is_library(vm->sources, span.file))) return span;
  for (const Frame *frame = vm->frame; frame; frame = frame->outer)
    if (frame->call && frame->call->file && !source_is_library(vm->sources, frame->call->file))
      return *frame->call;
  return span;
}

/* ---- bindings ---- */

static int binding_new(Trace *trace, Binding binding) {
  if (trace->binding_count == trace->binding_capacity) {
    trace->binding_capacity = trace->binding_capacity ? 2 * trace->binding_capacity : 16;
    trace->bindings = mem_grow(trace->bindings, (size_t)trace->binding_capacity * sizeof(Binding));
  }
  trace->bindings[trace->binding_count] = binding;
  return trace->binding_count++;
}

static bool same_tensor(const Tensor *a, const Tensor *b) {
  return a->buffer == b->buffer && a->offset == b->offset && a->dtype == b->dtype &&
         shape_equal(&a->shape, &b->shape);
}

NodeId trace_tensor_input(Trace *trace, const Tensor *tensor, int *binding) {
  Type type = {.dtype = tensor->dtype, .shape = tensor->shape};
  int number = binding_new(trace,
                           (Binding){.kind = BINDING_TENSOR, .tensor = tensor_retain(tensor)});
  trace->bindings[number].node = graph_input(&trace->graph, &type, number);
  if (binding) *binding = number;
  return trace->bindings[number].node;
}

static uint64_t tensor_hash(const Tensor *tensor) {
  return hash_mix((uint64_t)(uintptr_t)tensor->buffer, (uint64_t)tensor->offset);
}

/* The last binding of this tensor, or -1: a linear search among the newest, then by hash among the
 * rest. */
static int binding_of(Trace *trace, const Tensor *tensor) {
  int older = trace->binding_count > LOOKUP_FROM ? trace->binding_count - LOOKUP_FROM : 0,
      found = -1;
  for (int i = trace->binding_count - 1; i >= older; i--)
    if (trace->bindings[i].kind == BINDING_TENSOR &&
        same_tensor(&trace->bindings[i].tensor, tensor))
      return i;
  for (; trace->looked_up < older; trace->looked_up++) {
    const Binding *binding = &trace->bindings[trace->looked_up];
    if (binding->kind == BINDING_TENSOR)
      lookup_put(&trace->constants, tensor_hash(&binding->tensor), (uint32_t)trace->looked_up);
  }
  for (uint32_t at = 0, i;
       older > 0 && lookup_next(&trace->constants, tensor_hash(tensor), &at, &i);)
    if ((int)i > found && same_tensor(&trace->bindings[i].tensor, tensor)) found = (int)i;
  return found;
}

static NodeId constant_tensor(Trace *trace, const Tensor *tensor) {
  int number = binding_of(trace, tensor);
  if (number >= 0) return trace->bindings[number].node;
  NodeId node = trace_tensor_input(trace, tensor, &number);
  trace->bindings[number].constant = true;
  return node;
}

NodeId trace_number(Trace *trace, double value, int *binding) {
  Type type = {.dtype = DTYPE_F64, .weak = true};
  int number = binding_new(
      trace, (Binding){.kind = BINDING_NUMBER, .tensor = tensor_scalar(DTYPE_F64, value)});
  trace->bindings[number].node = graph_input(&trace->graph, &type, number);
  if (binding) *binding = number;
  return trace->bindings[number].node;
}

/* For `gd check`: a tensor of this type that is never computed. */
NodeId trace_abstract(Trace *trace, const Type *type) {
  Tensor nothing = {.dtype = type->dtype, .shape = type->shape};
  int number = binding_new(trace, (Binding){.kind = BINDING_TENSOR, .tensor = nothing});
  return trace->bindings[number].node = graph_input(&trace->graph, type, number);
}

static NORETURN void raise_ended_step(Vm *vm, Span span, const char *what) {
  raise_help(
      vm, span,
      "return it from the function of vmap; of a training keep a number: read it in "
      "each_step: or each_epoch:, or from the history",
      "this %s belongs to a training step, or to a row of vmap, that has ended, and no longer "
      "has a value",
      what);
}

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

NodeId trace_stored(Trace *trace, ParamObject *param) {
  bool eager = trace == trace_eager(trace->vm);
  if (!eager && param->trace == trace->serial && param->node) return param->node;
  if (UNLIKELY(param->lent) && !trace->vm->checking)
    raise_ended_step(trace->vm, trace->vm->current_span, "param");
  Type type = {.dtype = param->value.dtype, .shape = param->value.shape};
  value_retain(value_of(KIND_PARAM, param));
  int number = binding_new(trace, (Binding){.kind = BINDING_PARAM, .param = param});
  NodeId node = graph_input(&trace->graph, &type, number);
  trace->bindings[number].node = node;
  if (!eager) {
    param->node = node;
    param->trace = trace->serial;
  }
  return node;
}

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

int64_t trace_custom_gradient(Trace *trace, Value gradient) {
  if (trace->hook_count == trace->hook_capacity) {
    trace->hook_capacity = trace->hook_capacity ? 2 * trace->hook_capacity : 8;
    trace->hooks = mem_grow(trace->hooks, (size_t)trace->hook_capacity * sizeof(Value));
  }
  trace->hooks[trace->hook_count] = value_retain(gradient);
  return trace->hook_count++;
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
  Diag diag;
  diag_clear(&diag);
  for (int i = 0; i < trace->staged_count; i++)
    if (!values_get(&trace->values, trace->staged[i].node, &diag)) raise_diag(vm, &diag);
  for (int i = 0; i < trace->staged_count; i++) {
    ParamObject *param = trace->staged[i].param;
    const Tensor *value = values_get(&trace->values, trace->staged[i].node, &diag);
    Tensor copy;
    if (!tensor_copy(&copy, value, &diag)) raise_diag(vm, &diag);
    tensor_release(&param->value);
    param->value = copy;
  }
}

void trace_pointers(const Trace *trace, void **pointers, Limits **limits) {
  for (int i = 0; i < trace->binding_count; i++) {
    const Binding *binding = &trace->bindings[i];
    const Tensor *tensor = binding->kind == BINDING_PARAM ? &binding->param->value
                                                          : &binding->tensor;
    pointers[i] = tensor_data(tensor);
    if (limits) limits[i] = &tensor->buffer->limits;
  }
}

/* ---- values to nodes and back ---- */

static NodeId pending_node(Trace *trace, const TensorObject *object, Span span) {
  if (object->node && object->trace == trace->serial) return object->node;
  Vm *vm = trace->vm;
  if (object->trace == trace->serial)
    raise_help(vm, span, "return it from the function: vmap stacks the results",
               "this tensor stands for one row inside `vmap`, which has ended");
  if (vm->checking && vm->trace) raise_unknown(vm);
  raise_ended_step(vm, span, "tensor");
}

static NodeId elements_node(Trace *trace, const TensorObject *object) {
  NodeId node = constant_tensor(trace, &object->tensor);
  trace->bindings[graph_node(&trace->graph, node)->attrs[0]].probable = object->probable;
  return node;
}

NodeId trace_operand(Trace *trace, Value value, Span span) {
  switch (value.kind) {
    case KIND_NUMBER: return graph_number(&trace->graph, value.number);
    case KIND_BOOL: return graph_constant(&trace->graph, (double)value.truth, DTYPE_BOOL);
    case KIND_PARAM: return trace_param(trace, value.param);
    case KIND_TENSOR:
      if (value.tensor->tensor.buffer) return elements_node(trace, value.tensor);
      return pending_node(trace, value.tensor, span);
    case KIND_UNKNOWN: raise_unknown(trace->vm);
    default: raise_no_tensor(trace->vm, span, value, "a tensor or a number is expected here", NULL);
  }
}

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

bool trace_pending(Vm *vm, Value value) {
  if (value.kind == KIND_PARAM) return vm->trace != NULL;
  return value.kind == KIND_TENSOR && !value.tensor->tensor.buffer;
}

static NORETURN void raise_decision(Trace *trace, NodeId asked, Span span) {
  Vm *vm = trace->vm;
  trace->asked = asked;
  raise_help(vm, span, "where(c, a, b) chooses for each element without branching",
             "a metric over minibatches cannot read its values: they are known only at the end of "
             "the epoch");
}

/* ---- values taken out of a recording ---- */

/* The recording that a traced tensor belongs to, or NULL: it has ended. */
static Trace *recording_of(const Vm *vm, const TensorObject *object) {
  Trace *trace = vm->trace;
  while (trace && trace->serial != object->trace) trace = trace->outer;
  return trace;
}

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

static bool is_row(const Trace *trace, NodeId node, int from) {
  return trace->stand_in_count > from &&
         batching_depends(&trace->graph, node, trace->stand_ins + from,
                          trace->stand_in_count - from);
}

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
      is_row(trace, object->node, 0) || !numbers_only(trace, object->node, 0))
    return false;
  Diag diag;
  diag_clear(&diag);
  const Tensor *value = values_get(&trace->values, object->node, &diag);
  if (!value) raise_diag(vm, &diag);
  *truth = tensor_get(value, 0) != 0;
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

/* ---- rows of vmap ---- */

NodeId trace_row_placeholder(Trace *trace, const Type *type) {
  Diag diag;
  diag_clear(&diag);
  NodeId node = batching_stand_in(&trace->graph, type, &diag);
  if (!node) raise_diag(trace->vm, &diag);
  if (trace->stand_in_count == trace->stand_in_capacity) {
    trace->stand_in_capacity = trace->stand_in_capacity ? 2 * trace->stand_in_capacity : 8;
    trace->stand_ins = mem_grow(trace->stand_ins,
                                (size_t)trace->stand_in_capacity * sizeof(NodeId));
  }
  trace->stand_ins[trace->stand_in_count++] = node;
  return node;
}

void trace_rows_end(Trace *trace, int count, int made) {
  for (int i = made; i < trace->made_count; i++) {
    TensorObject *object = trace->made[i];
    if (object->head.refs > 1 && object->node && is_row(trace, object->node, count))
      object->node = 0;
  }
  for (int i = 0; i < trace->lent_count; i++)
    if (trace->lent[i]->node && is_row(trace, trace->lent[i]->node, count))
      trace->lent[i]->node = 0;
  trace->stand_in_count = count;
}

static void check_readable(Trace *trace, NodeId node, Span span) {
  if (LIKELY(trace->stand_in_count == 0) || !is_row(trace, node, 0)) return;
  raise_help(
      trace->vm, span, "where(c, a, b) chooses for each element without branching",
      "inside `vmap` this value differs from row to row: it cannot be read or used as a condition");
}

bool trace_is_row(const Vm *vm, const TensorObject *object) {
  const Trace *trace = vm->trace;
  return trace && object->node && object->trace == trace->serial && is_row(trace, object->node, 0);
}

static const Tensor *pending_elements(Vm *vm, TensorObject *object, Span span) {
  if (vm->checking && !(vm->trace && vm->trace->hollow)) raise_unknown(vm);
  Trace *trace = recording_of(vm, object);
  if (!trace) pending_node(vm->trace ? vm->trace : trace_eager(vm), object, span);
  if (trace->hollow) raise_decision(trace, object->node, span);
  check_readable(trace, object->node, span);
  decide(trace);
  if (trace->replay) trace->replay->ready(trace->replay, trace, object->node);
  Diag diag;
  diag_clear(&diag);
  const Tensor *value = values_get(&trace->values, object->node, &diag);
  if (!value) raise_diag(vm, &diag);
  return value;
}

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

/* Of a param made of a node: computed from its recording. */
static Tensor lent_elements(Vm *vm, ParamObject *param) {
  Trace *trace = lender(vm, param);
  if (trace->hollow) raise_decision(trace, param->node, vm->current_span);
  check_readable(trace, param->node, vm->current_span);
  decide(trace);
  Diag diag;
  diag_clear(&diag);
  const Tensor *value = values_get(&trace->values, param->node, &diag);
  if (!value) raise_diag(vm, &diag);
  if (!param->domain.kind) return tensor_retain(value);
  return trace_through(vm, value, param->domain, domain_inside);
}

/* The current value of a param inside its domain, computed by the eager trace if needed. */
static Tensor param_elements(Vm *vm, ParamObject *param) {
  if (vm->checking && !param->value.buffer) raise_unknown(vm);
  if (UNLIKELY(param->lent)) return lent_elements(vm, param);
  if (vm->trace && vm->trace->hollow)
    raise_decision(vm->trace, trace_param(vm->trace, param), vm->current_span);
  if (vm->trace && vm->trace->replay && !vm->trace->replay->steady) {
    vm->trace->replay->missing = trace_stored(vm->trace, param);
    raise_at(vm, vm->current_span, "this param has changed since these rows were computed");
  }
  if (vm->trace) decide(vm->trace);
  const Staged *staged = vm->trace ? staged_in(vm->trace, param) : NULL;
  if (staged) {
    check_readable(vm->trace, staged->node, vm->current_span);
    Diag diag;
    diag_clear(&diag);
    const Tensor *value = values_get(&vm->trace->values, staged->node, &diag);
    if (!value) raise_diag(vm, &diag);
    return tensor_retain(value);
  }
  if (!param->domain.kind) return tensor_retain(&param->value);
  return trace_through(vm, &param->value, param->domain, domain_inside);
}

Tensor trace_elements(Vm *vm, Value value, Span span) {
  switch (value.kind) {
    case KIND_NUMBER: return tensor_scalar(DTYPE_F64, value.number);
    case KIND_BOOL: return tensor_scalar(DTYPE_BOOL, (double)value.truth);
    case KIND_PARAM: return param_elements(vm, value.param);
    case KIND_UNKNOWN: raise_unknown(vm);
    case KIND_TENSOR:
      if (value.tensor->tensor.buffer) return tensor_retain(&value.tensor->tensor);
      return tensor_retain(pending_elements(vm, value.tensor, span));
    default: raise_no_tensor(vm, span, value, "a tensor or a number is expected here", NULL);
  }
}

/* Of a param that `vmap` maps over: of one row. */
static Type param_type(Vm *vm, const ParamObject *param) {
  const Staged *staged = vm->trace ? staged_in(vm->trace, param) : NULL;
  if (UNLIKELY(staged)) return graph_node(&vm->trace->graph, staged->node)->type;
  return (Type){.dtype = param->value.dtype, .shape = param->value.shape};
}

Type trace_type(Vm *vm, Value value, Span span) {
  switch (value.kind) {
    case KIND_NUMBER: return (Type){.dtype = DTYPE_F64, .weak = true};
    case KIND_BOOL: return (Type){.dtype = DTYPE_BOOL};
    case KIND_PARAM: return param_type(vm, value.param);
    case KIND_TENSOR:
      return (Type){.dtype = value.tensor->tensor.dtype,
                    .weak = value.tensor->weak,
                    .shape = value.tensor->tensor.shape};
    case KIND_UNKNOWN: raise_unknown(vm);
    default: raise_no_tensor(vm, span, value, "a tensor or a number is expected here", NULL);
  }
}

void raise_unknown(Vm *vm) {
  Diag diag = {.status = DIAG_UNKNOWN};
  raise_diag(vm, &diag);
}

bool diag_unknown(const Diag *diag) { return diag->status == DIAG_UNKNOWN; }

void raise_ended(Vm *vm) {
  Diag diag = {.status = DIAG_ENDED};
  raise_diag(vm, &diag);
}

bool diag_ended(const Diag *diag) { return diag->status == DIAG_ENDED; }

Value trace_placeholder(Vm *vm, Dtype dtype, const Shape *shape, Span span) {
  Type type = {.dtype = dtype, .shape = *shape};
  vm->trace->graph.span = span;
  return trace_result(vm->trace, trace_abstract(vm->trace, &type));
}

static void tracer_unwind(Vm *vm, const Guard *guard) { trace_unwind(vm, guard->trace); }

const VmPart TRACER_PART = {.open = tracer_open, .unwind = tracer_unwind, .close = tracer_close};
