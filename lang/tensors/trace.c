/* trace.c — recordings: their beginning and end, their bindings, what makes one valid only once.
 *
 * It owns the Tracer: the eager trace, the closed traces that are kept for reuse, the cache of
 * plans and the places that were reported.  trace.h describes the three kinds of trace.  What a
 * param is inside one is in trace_param.c, which value of the script belongs to which node in
 * trace_value.c; both call this file, and it calls neither.
 *
 * Bindings: what an INPUT stands for.  A tensor with elements gets one, looked up by buffer, offset
 * and shape, so a constant used twice is one binding (which keeps the structural hash, and so the
 * plan, the same from step to step).  A tensor or number that changes from run to run gets one of
 * its own each time.
 *
 * Decisions: when the script reads a number of the recording (trace_ask), what it records next is
 * right for this number only.  `decided` says so to the owner, which then records every step anew.
 * A row of vmap has no number to read, nor has a metric whose values are known at the end of an
 * epoch (`hollow`): there reading is an error.
 *
 * The end: tensors and params made of nodes are held by the trace (`made`, `lent`).  Those that
 * something else refers to as well get their elements when it closes.
 */
#include "lang/tensors/trace.h"

#include "lang/machine/heap.h"
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
  trace->bounds_count = 0;
  trace->minibatch = 0;
  trace->row_taken = (Span){0};
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
  mem_free(trace->bounds);
}

static void trace_free(Trace *trace) {
  trace_end(trace);
  mem_free(trace);
}

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

/* Params made of nodes, as settle does tensors. */
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

Span trace_span(const Vm *vm, Span span) {
  if (LIKELY(!source_is_library(vm->sources, span.file))) return span;
  for (const Frame *frame = vm->frame; frame; frame = frame->outer)
    if (frame->call && frame->call->file && !source_is_library(vm->sources, frame->call->file))
      return *frame->call;
  return span;
}

/* ---- bindings ---- */

NodeId trace_bind(Trace *trace, Binding binding, const Type *type, int *number) {
  if (trace->binding_count == trace->binding_capacity) {
    trace->binding_capacity = trace->binding_capacity ? 2 * trace->binding_capacity : 16;
    trace->bindings = mem_grow(trace->bindings, (size_t)trace->binding_capacity * sizeof(Binding));
  }
  int at = trace->binding_count++;
  trace->bindings[at] = binding;
  if (number) *number = at;
  return trace->bindings[at].node = binding.kind == BINDING_TENSOR
                                        ? graph_input_constant(&trace->graph, type, at)
                                        : graph_input(&trace->graph, type, at);
}

static bool same_tensor(const Tensor *a, const Tensor *b) {
  return a->buffer == b->buffer && a->offset == b->offset && a->dtype == b->dtype &&
         shape_equal(&a->shape, &b->shape);
}

NodeId trace_tensor_input(Trace *trace, const Tensor *tensor, int *binding) {
  Type type = {.dtype = tensor->dtype, .shape = tensor->shape};
  Binding held = {.kind = BINDING_TENSOR, .tensor = tensor_retain(tensor)};
  return trace_bind(trace, held, &type, binding);
}

static uint64_t tensor_hash(const Tensor *tensor) {
  uint64_t hash = hash_mix((uint64_t)(uintptr_t)tensor->buffer, (uint64_t)tensor->offset);
  for (int i = 0; i < tensor->shape.rank && !tensor->buffer; i++)
    hash = hash_mix(hash, (uint64_t)tensor->shape.dim[i]);
  return hash;
}

/* The last of the bindings that are found by hash, or -1. */
static int looked_up(const Trace *trace, const Tensor *tensor) {
  int found = -1;
  for (uint32_t at = 0, i; lookup_next(&trace->constants, tensor_hash(tensor), &at, &i);)
    if ((int)i > found && same_tensor(&trace->bindings[i].tensor, tensor)) found = (int)i;
  return found;
}

/* The last binding of this tensor, or -1: a linear search among the newest, then by hash among the
 * rest.  In `gd check` tensors have no elements, all of one type are the same, and one is enough.
 */
static int binding_of(Trace *trace, const Tensor *tensor) {
  int older = trace->binding_count > LOOKUP_FROM ? trace->binding_count - LOOKUP_FROM : 0;
  for (int i = trace->binding_count - 1; i >= older; i--)
    if (trace->bindings[i].kind == BINDING_TENSOR &&
        same_tensor(&trace->bindings[i].tensor, tensor))
      return i;
  for (; trace->looked_up < older; trace->looked_up++) {
    const Binding *binding = &trace->bindings[trace->looked_up];
    if (binding->kind == BINDING_TENSOR &&
        (binding->tensor.buffer || looked_up(trace, &binding->tensor) < 0))
      lookup_put(&trace->constants, tensor_hash(&binding->tensor), (uint32_t)trace->looked_up);
  }
  return older > 0 ? looked_up(trace, tensor) : -1;
}

NodeId trace_constant(Trace *trace, const TensorObject *object) {
  int number = binding_of(trace, &object->tensor);
  if (number < 0) {
    trace_tensor_input(trace, &object->tensor, &number);
    trace->bindings[number].constant = true;
  }
  trace->bindings[number].probable = object->probable;
  return trace->bindings[number].node;
}

NodeId trace_number(Trace *trace, double value, int *binding) {
  Type type = {.dtype = DTYPE_F64, .weak = true};
  Binding held = {.kind = BINDING_NUMBER, .tensor = tensor_scalar(DTYPE_F64, value)};
  return trace_bind(trace, held, &type, binding);
}

NodeId trace_abstract(Trace *trace, const Type *type) {
  Tensor nothing = {.dtype = type->dtype, .shape = type->shape};
  Binding held = {.kind = BINDING_TENSOR, .tensor = nothing};
  return trace_bind(trace, held, type, NULL);
}

int64_t trace_custom_gradient(Trace *trace, Value gradient) {
  if (trace->hook_count == trace->hook_capacity) {
    trace->hook_capacity = trace->hook_capacity ? 2 * trace->hook_capacity : 8;
    trace->hooks = mem_grow(trace->hooks, (size_t)trace->hook_capacity * sizeof(Value));
  }
  trace->hooks[trace->hook_count] = value_retain(gradient);
  return trace->hook_count++;
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

/* ---- rows of vmap ---- */

static bool is_row(const Trace *trace, NodeId node, int from) {
  return trace->stand_in_count > from &&
         batching_depends(&trace->graph, node, trace->stand_ins + from,
                          trace->stand_in_count - from);
}

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

bool trace_is_row(const Vm *vm, const TensorObject *object) {
  const Trace *trace = vm->trace;
  return trace && object->node && object->trace == trace->serial && is_row(trace, object->node, 0);
}

bool trace_node_is_row(const Trace *trace, NodeId node) { return is_row(trace, node, 0); }

/* ---- decisions ---- */

static void decide(Trace *trace) {
  trace->decided = true;
  trace->copied = false;
}

void trace_effect(Vm *vm) {
  if (vm->trace) decide(vm->trace);
}

static NORETURN void raise_unasked(Trace *trace, NodeId asked, Span span) {
  trace->asked = asked;
  raise_help(trace->vm, span, "where(c, a, b) chooses for each element without branching",
             "a metric over minibatches cannot read its values: they are known only at the end of "
             "the epoch");
}

void trace_ask(Trace *trace, NodeId node, Span span) {
  if (trace->hollow) raise_unasked(trace, node, span);
  if (UNLIKELY(trace->stand_in_count > 0) && is_row(trace, node, 0))
    raise_help(trace->vm, span, "where(c, a, b) chooses for each element without branching",
               "inside `vmap` this value differs from row to row: it cannot be read or used as a "
               "condition");
  decide(trace);
}

const Tensor *trace_compute(Trace *trace, NodeId node) {
  Diag diag;
  diag_clear(&diag);
  const Tensor *value = values_get(&trace->values, node, &diag);
  if (!value) raise_diag(trace->vm, &diag);
  return value;
}

void raise_ended_step(Vm *vm, Span span, const char *what) {
  raise_help(
      vm, span,
      "return it from the function of vmap; of a training keep a number: read it in "
      "each_step: or each_epoch:, or from the history",
      "this %s belongs to a training step, or to a row of vmap, that has ended, and no longer "
      "has a value",
      what);
}

/* ---- gd check ---- */

void raise_unknown(Vm *vm) {
  Diag diag = {.status = DIAG_UNKNOWN, .silent = true};
  raise_diag(vm, &diag);
}

bool diag_unknown(const Diag *diag) { return diag->status == DIAG_UNKNOWN; }

void raise_ended(Vm *vm) {
  Diag diag = {.status = DIAG_ENDED, .silent = true};
  raise_diag(vm, &diag);
}

bool diag_ended(const Diag *diag) { return diag->status == DIAG_ENDED; }

/* ---- places reported once ---- */

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

/* ---- the tracer, a part of the Vm ---- */

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

static void tracer_unwind(Vm *vm, const Guard *guard) { trace_unwind(vm, guard->trace); }

const VmPart TRACER_PART = {.open = tracer_open, .unwind = tracer_unwind, .close = tracer_close};
