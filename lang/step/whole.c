/* whole.c — see whole.h.
 *
 * A step consists of: the loss and its gradient at the targets' values; the body of the declaration
 * and its `step` on the elements; the check that the results are finite; the step's own plan
 * (metrics, buffers); and the writing of the new values.  Nothing is written before everything is
 * checked, so the step is atomic.
 *
 * The loss at a vector.  The trained tensors are staged (trace_param.h): while the clause is
 * evaluated each stands for its part of the vector, in its own dtype and shape and inside its
 * domain.  So the clause may be any differentiable expression.  A gradient outside a recording is
 * computed by parts and joined, not through the slices, whose derivatives would cost a vector for
 * each tensor.
 *
 * An evaluation sees `training`, the minibatch and the draws of the step; its assignments to
 * buffers are discarded.
 *
 * The last evaluation is cached with the step: the next step begins where a line search ended, and
 * need not compute that loss and gradient again.  The cache is dropped when the rows change.
 */
#include "lang/step/whole.h"
#include "lang/optimizers/draws.h"
#include "lang/optimizers/states.h"

#include "lang/eval/assign.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/eval/standard_value.h"
#include "lang/gradients/custom.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/step/fault.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/draw.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/plain.h"
#include "runtime/opcodes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The last evaluation of a training's loss. */
struct Known {
  Tensor at, gradient; /* owned; without buffers: nothing is known */
  double loss;
};

static Whole *whole_now(const Vm *vm) { return (Whole *)(void *)vector_running(vm); }

/* ---- the vector ---- */

static Type vector_type(const Objective *objective) {
  Type type = {.dtype = DTYPE_F32};
  int64_t count = 0;
  for (int i = 0; i < objective->target_count; i++) {
    const Tensor *value = &objective->targets[i]->value;
    count += shape_count(&value->shape);
    if (value->dtype == DTYPE_F64) type.dtype = DTYPE_F64;
  }
  type.shape = shape_of(1, &count);
  return type;
}

Value whole_vector(Vm *vm, const Type *type) {
  Tensor tensor;
  Diag diag = {0};
  if (!tensor_new(&tensor, type->dtype, &type->shape, &diag)) raise_diag(vm, &diag);
  return value_tensor(vm, tensor);
}

static void copy_elements(Tensor *to, int64_t to_at, const Tensor *from, int64_t from_at,
                          int64_t count) {
  size_t bytes = dtype_bytes(to->dtype);
  if (to->dtype == from->dtype)
    memcpy((char *)tensor_data(to) + (size_t)to_at * bytes,
           (const char *)tensor_data(from) + (size_t)from_at * bytes, (size_t)count * bytes);
  else
    for (int64_t i = 0; i < count; i++) tensor_set(to, to_at + i, tensor_get(from, from_at + i));
}

Value whole_gather(const Whole *whole) {
  const Objective *objective = whole->step->objective;
  Value vector = whole_vector(whole->vm, &whole->vector.type);
  for (int64_t i = 0, at = 0; i < objective->target_count; i++) {
    const Tensor *value = &objective->targets[i]->value;
    int64_t count = tensor_count(value);
    copy_elements(&vector.tensor->tensor, at, value, 0, count);
    at += count;
  }
  return vector;
}

/* ---- the loss at a vector ---- */

/* The parts of the vector as nodes of the targets' types: what the targets stand for. */
static void stage_parts(Whole *whole, Trace *trace, Maker *maker, NodeId vector, NodeId *parts) {
  const Objective *objective = whole->step->objective;
  for (int64_t i = 0, at = 0; i < objective->target_count; i++) {
    ParamObject *param = objective->targets[i];
    int64_t count = shape_count(&param->value.shape), run[3] = {at, count, 1};
    NodeId part = make_cast(maker, make_slice(maker, vector, run), param->value.dtype);
    parts[i] = make_named(maker, make_reshape(maker, part, &param->value.shape));
    NodeId inside = parts[i] ? domain_inside(maker, parts[i], param->domain) : 0;
    if (!inside) raise_diag(whole->vm, maker->diag);
    trace_stage(trace, param, inside);
    at += count;
  }
}

/* The clause with the targets' values staged; draws are those of the step in each evaluation. */
static NodeId clause_at(Whole *whole, Trace *trace) {
  Vm *vm = whole->vm;
  const StepContext *context = whole->context;
  bool training = vm->training;
  uint64_t draws = vm->draws;
  NodeId key = trace->key;
  int64_t place = trace->place;
  Frame *frame = vm->frame;
  vm->training = true;
  vm->frame = context->frame;
  trace->place = (int64_t)whole->step->objective->number << 32;
  if (context->keyed && !vm->checking) {
    Tensor words;
    Diag diag = {0};
    Shape shape = shape_of(1, (int64_t[]){4});
    if (!tensor_new(&words, DTYPE_I32, &shape, &diag)) raise_diag(vm, &diag);
    draw_key(tensor_data(&words), context->key_seed, context->key_number);
    trace->key = trace_tensor_input(trace, &words, NULL);
    tensor_release(&words);
  } else {
    vm->draws = whole->draws;
  }
  Value value = eval(vm, context->frame, whole->expression);
  NodeId node = trace_operand(trace, value, whole->expression->span);
  value_release(vm, value);
  vm->draws = draws;
  vm->frame = frame;
  vm->training = training;
  trace->key = key;
  trace->place = place;
  return node;
}

static void want_vector(const Whole *whole, const Maker *maker, NodeId vector, Span span) {
  const Type *type = make_type(maker, vector);
  if (shape_equal(&type->shape, &whole->vector.type.shape) && dtype_floats(type->dtype)) return;
  char have[200], want[200];
  raise_at(whole->vm, span, "f takes all trained tensors as one vector, %s: this has the shape %s",
           shape_show(&whole->vector.type.shape, want), shape_show(&type->shape, have));
}

/* Records the clause at a vector: the residuals flat, or (when `sums`) the loss. */
NodeId whole_record(Whole *whole, Trace *trace, NodeId vector, NodeId *parts, bool sums,
                    Span span) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  want_vector(whole, &maker, vector, span);
  int before = trace->staged_count;
  trace->graph.custom = custom_backward;
  trace->graph.custom_context = whole->vm;
  if (!parts)
    parts = arena_alloc(&trace->graph.arena,
                        (size_t)whole->step->objective->target_count * sizeof(NodeId));
  stage_parts(whole, trace, &maker, vector, parts);
  whole->evaluations++;
  NodeId node = clause_at(whole, trace);
  trace_rollback(trace, before);
  const Type type = *make_type(&maker, node);
  if (type.weak || !dtype_floats(type.dtype)) node = make_cast(&maker, node, whole->vm->real);
  if (!whole->step->objective->residuals) return node;
  int64_t count = shape_count(&type.shape);
  Shape flat = shape_of(1, &count);
  node = make_reshape(&maker, node, &flat);
  if (count == 0)
    raise_at(whole->vm, whole->expression->span,
             "the residuals are empty: there is nothing to fit");
  if (whole->residual_count >= 0 && whole->residual_count != count)
    raise_help(whole->vm, whole->expression->span,
               "leave out a row by a weight of 0, not by removing it",
               "the number of residuals must not change: there were %lld, now there are %lld",
               (long long)whole->residual_count, (long long)count);
  if (!whole->vm->checking) whole->residual_count = count;
  if (sums) node = make_sum(&maker, make1(&maker, OP_SQUARE, node), ~0u, false);
  if (!node) raise_diag(whole->vm, &diag);
  return node;
}

static void run_nodes(Whole *whole, Trace *trace, const NodeId *nodes, int count, Value *into) {
  Vm *vm = whole->vm;
  Span span = whole->step->objective->span;
  compute_run(vm, trace, span, compute_plan(vm, trace, span, nodes, count), count, into);
}

/* ---- what is known of it ---- */

static bool is_known(const Whole *whole, const Tensor *at) {
  const struct Known *known = whole->step->known;
  return known && known->at.buffer && known->at.dtype == at->dtype &&
         shape_equal(&known->at.shape, &at->shape) &&
         !memcmp(tensor_data(&known->at), tensor_data(at), tensor_bytes(at));
}

void whole_forget(Step *step) {
  if (!step->known) return;
  tensor_release(&step->known->at);
  tensor_release(&step->known->gradient);
  mem_free(step->known);
  step->known = NULL;
}

static void keep_known(Whole *whole, const Tensor *at, double loss, const Tensor *gradient) {
  whole_forget(whole->step);
  struct Known *known = whole->step->known = mem_zero(sizeof *known);
  known->at = tensor_retain(at);
  known->gradient = tensor_retain(gradient);
  known->loss = loss;
}

/* The next step has the same loss as this one: no draws, no buffers, all rows as they are. */
static bool lasts(const Whole *whole) {
  const StepContext *context = whole->context;
  const RowSource *source = context->source;
  if (whole->step->draws || whole->step->decided || whole->step->trace->staged_count) return false;
  return !source || (source->first == 0 && !source->order && !source->keyed &&
                     context->columns[0].shape.dim[0] == source->columns[0].shape.dim[0]);
}

/* What belongs to each part as one vector. */
NodeId whole_join(const Whole *whole, Maker *maker, const NodeId *parts, NodeId *slopes) {
  int count = whole->step->objective->target_count;
  for (int i = 0; i < count; i++) {
    const Type type = *make_type(maker, parts[i]);
    int64_t elements = shape_count(&type.shape);
    Shape flat = shape_of(1, &elements);
    if (!slopes[i]) slopes[i] = make_zeros(maker, &type);
    slopes[i] = make_cast(maker, make_reshape(maker, slopes[i], &flat), whole->vector.type.dtype);
  }
  return count == 1 ? slopes[0] : make_concat(maker, slopes, count, 0);
}

/* The loss and its gradient in each part, joined.  at: a value with elements. */
static void slope_at(Whole *whole, Value at, Value *loss, Value *gradient_of) {
  Vm *vm = whole->vm;
  const Objective *objective = whole->step->objective;
  if (is_known(whole, &at.tensor->tensor)) {
    *loss = value_number(whole->step->known->loss);
    *gradient_of = value_tensor(vm, tensor_retain(&whole->step->known->gradient));
    return;
  }
  Trace *trace = trace_open(vm, whole->expression->span, NULL);
  int count = objective->target_count;
  NodeId *parts = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId)),
         *slopes = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  NodeId vector = trace_operand(trace, at, objective->span);
  NodeId nodes[2] = {whole_record(whole, trace, vector, parts, true, objective->span), 0};
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  if (!gradient(&trace->graph, nodes[0], 0, parts, count, slopes, &diag)) raise_diag(vm, &diag);
  nodes[1] = whole_join(whole, &maker, parts, slopes);
  if (!nodes[1]) raise_diag(vm, &diag);
  Value values[2];
  run_nodes(whole, trace, nodes, 2, values);
  trace_close(vm, trace);
  *loss = value_number(tensor_get(&values[0].tensor->tensor, 0));
  value_release(vm, values[0]);
  *gradient_of = values[1];
  keep_known(whole, &at.tensor->tensor, loss->number, &values[1].tensor->tensor);
}

/* ---- f, f.residuals, f.least_squares, f.rounding ---- */

static Value call_loss(Vm *vm, const CallSite *site, Value *args, int count);
static Value call_residuals(Vm *vm, const CallSite *site, Value *args, int count);

static const Native STEP_LOSS = {"f(q)", NULL, call_loss, false, "", "", ""};
static const Native STEP_RESIDUALS = {"f.residuals(q)", NULL, call_residuals, false, "", "", ""};

static Whole *whole_of(Vm *vm, const NativeObject *f, Span span) {
  Whole *whole = whole_now(vm);
  if (!whole || !(whole->serial == f->extra[0].number))
    raise_at(vm, span,
             "this is the loss of a step that has ended: it can be called only inside `step`");
  return whole;
}

static Value recorded(Vm *vm, const CallSite *site, Value *args, int count, bool sums) {
  Whole *whole = whole_of(vm, site->self, site->span);
  if (count != 1 || (site->names && site->names[0]))
    raise_at(vm, site->span, "f takes one argument, the whole vector: f(q)");
  if (vm->trace) {
    NodeId vector = trace_operand(vm->trace, args[0], site->span);
    return trace_result(vm->trace, whole_record(whole, vm->trace, vector, NULL, sums, site->span));
  }
  bool asked = sums && args[0].kind == KIND_TENSOR && args[0].tensor->tensor.buffer;
  if (asked && is_known(whole, &args[0].tensor->tensor))
    return value_number(whole->step->known->loss);
  Trace *trace = trace_open(vm, site->span, NULL);
  NodeId vector = trace_operand(trace, args[0], site->span);
  NodeId node = whole_record(whole, trace, vector, NULL, sums, site->span);
  Value value;
  run_nodes(whole, trace, &node, 1, &value);
  trace_close(vm, trace);
  if (!sums) return value;
  double loss = tensor_get(&value.tensor->tensor, 0);
  value_release(vm, value);
  return value_number(loss);
}

static Value call_loss(Vm *vm, const CallSite *site, Value *args, int count) {
  return recorded(vm, site, args, count, true);
}

static Value call_residuals(Vm *vm, const CallSite *site, Value *args, int count) {
  return recorded(vm, site, args, count, false);
}

/* The trained tensors as the script sees them, inside their domains, flat and joined. */
static Value call_values(Vm *vm, const CallSite *site, Value *args, int count) {
  Whole *whole = whole_of(vm, site->self, site->span);
  if (count != 1 || !vm->trace)
    raise_at(vm, site->span, "differentiate f.values: jacobian(f.values)(p)");
  const Objective *objective = whole->step->objective;
  Trace *trace = vm->trace;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId vector = trace_operand(trace, args[0], site->span);
  int parts = objective->target_count, before = trace->staged_count;
  NodeId *nodes = arena_alloc(&trace->graph.arena, (size_t)parts * sizeof(NodeId));
  want_vector(whole, &maker, vector, site->span);
  stage_parts(whole, trace, &maker, vector, nodes);
  for (int i = 0; i < parts; i++) {
    const Shape *shape = &objective->targets[i]->value.shape;
    int64_t elements = shape_count(shape);
    Shape flat = shape_of(1, &elements);
    NodeId inside = trace_staged(trace, objective->targets[i]);
    nodes[i] = make_cast(&maker, make_reshape(&maker, inside, &flat), whole->vector.type.dtype);
  }
  trace_rollback(trace, before);
  NodeId all = parts == 1 ? nodes[0] : make_concat(&maker, nodes, parts, 0);
  if (!all) raise_diag(vm, &diag);
  return trace_result(trace, all);
}

static const Native STEP_VALUES = {"f.values(q)", NULL, call_values, false, "", "", ""};

/* Half of the last place of the numbers that the loss is computed in: of the coarsest of what is
 * trained and the loss itself. */
static double rounding(const Whole *whole) {
  static const double halves[DTYPE_COUNT] = {
      [DTYPE_BF16] = 0x1p-9, [DTYPE_F32] = 0x1p-24, [DTYPE_F64] = 0x1p-53};
  const Step *step = whole->step;
  double most = step->result_count ? halves[step->results[0].dtype] : 0;
  for (int i = 0; i < step->objective->target_count; i++)
    most = fmax(most, halves[step->objective->targets[i]->value.dtype]);
  return most;
}

static Value loss_field(Vm *vm, const Ast *ast, Value of) {
  static const char *const names[] = {"residuals", "least_squares", "values", "rounding"};
  bool known = false;
  for (int i = 0; i < COUNT_OF(names); i++) known |= !strcmp(ast->text, names[i]);
  if (of.native->native != &STEP_LOSS || !known) plain_no_field(vm, ast, of);
  bool asks = !strcmp(ast->text, "least_squares"), values = !strcmp(ast->text, "values");
  if (values) return native_bound(vm, &STEP_VALUES, of.native->extra[0], value_none());
  const Whole *whole = whole_of(vm, of.native, ast->op_span.file ? ast->op_span : ast->span);
  const Objective *objective = whole->step->objective;
  if (asks) return value_bool(objective->residuals != NULL);
  if (!strcmp(ast->text, "rounding")) return value_number(rounding(whole));
  if (!objective->residuals)
    raise_help(vm, objective->span, "residuals: net(x) - y, for instance",
               "%.64s needs residuals: give `residuals:` instead of `loss:`",
               objective->optimizer->made_by->function->name);
  return native_bound(vm, &STEP_RESIDUALS, of.native->extra[0], value_none());
}

static size_t native_bytes(const Object *object) {
  (void)object;
  return sizeof(NativeObject);
}

const KindRow NATIVE_KIND = {.bytes = native_bytes, .field = loss_field};

bool whole_slope(Vm *vm, const CallSite *site, Value f, Value at, Value *loss, Value *gradient) {
  if (f.kind != KIND_NATIVE || f.native->native != &STEP_LOSS || vm->trace) return false;
  Whole *whole = whole_of(vm, f.native, site->span);
  Type type = trace_type(vm, at, site->span);
  if (type.dtype != whole->vector.type.dtype ||
      !shape_equal(&type.shape, &whole->vector.type.shape)) {
    char have[200], want[200];
    raise_at(vm, site->span, "the vector of a step is %s%s: this is %s%s",
             dtype_name(whole->vector.type.dtype), shape_show(&whole->vector.type.shape, want),
             dtype_name(type.dtype), shape_show(&type.shape, have));
  }
  Value vector = value_tensor(vm, trace_elements(vm, at, site->span));
  slope_at(whole, vector, loss, gradient);
  value_release(vm, vector);
  return true;
}

/* ---- converged ---- */

/* Why a method stops by itself: the rule, and how its numbers read. */
static const struct {
  const char *name, *reads;
} RULES[] = {
    {"gradient", "the largest element of the gradient"},
    {"angle", "the cosine of the angle between the residuals and what a step can change"},
    {"loss", "the relative change of the loss"},
    {"step", "the relative length of the step"},
    {"radius", "the relative radius of trust"},
    {"search", "what the line search can still gain, relative to the loss"},
    {"target", "the loss"},
};

static NORETURN void raise_rule(Vm *vm, Span span) {
  Text text = {0};
  for (int i = 0; i < COUNT_OF(RULES); i++)
    text_format(&text, "%s\"%s\"", i ? ", " : "", RULES[i].name);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span, "the rules of `converged` are %s", text.data);
  text_free(&text);
  raise_diag(vm, &diag);
}

Value native_converged(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Whole *whole = whole_now(vm);
  if (!whole)
    raise_at(vm, site->span,
             "converged(rule, value, limit) is for the `step(p, g, f)` of an "
             "optimizer of the whole vector");
  const StringObject *rule = arg_string(vm, site, args, 0);
  int found = -1;
  for (int i = 0; i < COUNT_OF(RULES); i++)
    if (!strcmp(rule->data, RULES[i].name)) found = i;
  if (found < 0) raise_rule(vm, site_at(site, 0));
  double value = value_as_number(vm, site_at(site, 1), args[1]),
         limit = value_as_number(vm, site_at(site, 2), args[2]);
  if (!(value <= limit))
    raise_at(vm, site->span, "converged(rule, value, limit): the value is at most the limit");
  Text text = {0};
  text_format(&text, "%s: %s, ", rule->data, RULES[found].reads);
  text_digits(&text, value, 4);
  text_string(&text, ", is at most ");
  text_digits(&text, limit, 4);
  text_print(whole->outcome->converged, sizeof whole->outcome->converged, "%s", text.data);
  text_free(&text);
  return value_none();
}

/* ---- a step ---- */

static Value new_loss(Whole *whole) {
  static double serial;
  whole->serial = ++serial;
  return native_bound(whole->vm, &STEP_LOSS, value_number(whole->serial), value_none());
}

static bool is_finite(const Tensor *tensor) {
  for (int64_t i = 0, count = tensor_count(tensor); i < count; i++)
    if (!isfinite(tensor_get(tensor, i))) return false;
  return true;
}

/* The target whose part of a vector is not finite first. */
static int ruined_part(const Objective *objective, const Tensor *vector) {
  int64_t at = 0;
  for (int i = 0; i < objective->target_count; i++)
    for (int64_t k = 0, n = tensor_count(&objective->targets[i]->value); k < n; k++)
      if (!isfinite(tensor_get(vector, at++))) return i;
  return 0;
}

/* Raises if the loss or its gradient at the current values is not finite. */
static void want_finite(Whole *whole, double loss, const Tensor *slope) {
  const Objective *objective = whole->step->objective;
  if (!isfinite(loss)) {
    whole_forget(whole->step);
    step_run(whole->vm, whole->step, whole->context, whole->number, whole->outcome);
    fault_whole(whole->vm, whole->step, whole->context, "the loss is", whole->number);
  }
  if (is_finite(slope)) return;
  char what[160];
  text_print(what, sizeof what, "a gradient (of `%.64s`) is",
             objective->target_names[ruined_part(objective, slope)]);
  fault_whole(whole->vm, whole->step, whole->context, what, whole->number);
}

/* The new value as elements of the storage's type: a new holder. */
static Value settled(Whole *whole, Value value, const Type *type, const char *name, Span span) {
  Vm *vm = whole->vm;
  Type of = trace_type(vm, value, span);
  bool fills = of.shape.rank == 0 && type->shape.rank;
  if (!fills && !shape_equal(&of.shape, &type->shape)) {
    char have[200], want[200];
    raise_at(vm, span, "a step must keep shapes: %s was %s and became %s", name,
             shape_show(&type->shape, want), shape_show(&of.shape, have));
  }
  if (vm->checking) return value_none();
  Value from = value_tensor(vm, trace_elements(vm, value, span)), made = whole_vector(vm, type);
  int64_t count = tensor_count(&made.tensor->tensor);
  if (fills) tensor_fill(&made.tensor->tensor, 0, count, tensor_get(&from.tensor->tensor, 0));
  else copy_elements(&made.tensor->tensor, 0, &from.tensor->tensor, 0, count);
  value_release(vm, from);
  return made;
}

/* Runs the declaration; returns the new vector, and leaves the states in whole->vector.states. */
static Value run_method(Whole *whole, Value p, Value g) {
  Vm *vm = whole->vm;
  OptimizerObject *optimizer = whole->step->objective->optimizer;
  const AstFunction *function = optimizer->made_by->function;
  Value f = new_loss(whole);
  Value next = vector_step(vm, optimizer, &whole->vector, (Value[3]){p, g, f});
  value_release(vm, f);
  if (next.kind == KIND_UNKNOWN) return next;
  Value made = settled(whole, next, &whole->vector.type, "p", declaration_assigned(optimizer, "p"));
  value_release(vm, next);
  const TargetMemory *memory = states_of(optimizer, whole->step->objective->targets[0]);
  for (int i = 0, k = 0; i < function->member_count; i++) {
    if (function->members[i].kind != MEMBER_STATE) continue;
    const Tensor *storage = &memory->states[k];
    Type type = {.dtype = storage->dtype, .shape = storage->shape};
    Value value = whole->vector.states[k].kind == KIND_UNKNOWN
                      ? value_none()
                      : settled(whole, whole->vector.states[k], &type, function->members[i].name,
                                declaration_assigned(optimizer, function->members[i].name));
    value_release(vm, whole->vector.states[k]);
    whole->vector.states[k++] = value;
  }
  return made;
}

static void check_left(Whole *whole, const Tensor *next) {
  const Objective *objective = whole->step->objective;
  const OptimizerObject *optimizer = objective->optimizer;
  char what[240];
  if (!is_finite(next)) {
    text_print(what, sizeof what, "the update makes `%.64s`",
               objective->target_names[ruined_part(objective, next)]);
    fault_whole(whole->vm, whole->step, whole->context, what, whole->number);
  }
  for (int k = 0; k < optimizer->memory->state_count; k++) {
    const char *of, *name = states_name(optimizer, k, &of);
    if (is_finite(&whole->vector.states[k].tensor->tensor)) continue;
    text_print(what, sizeof what, "the update makes the state `%.64s` of %.64s", name, of);
    fault_whole(whole->vm, whole->step, whole->context, what, whole->number);
  }
}

/* Writes what was checked: cannot fail but for memory, before anything is written. */
static void commit(Whole *whole, const Tensor *next) {
  Vm *vm = whole->vm;
  const Objective *objective = whole->step->objective;
  OptimizerObject *optimizer = objective->optimizer;
  TargetMemory *memory = states_of(optimizer, objective->targets[0]);
  if (whole->context->undo) undo_note_objective(vm, whole->context->undo, objective);
  for (int i = 0; i < objective->target_count; i++) param_own(vm, objective->targets[i]);
  states_keep(vm, optimizer);
  for (int64_t i = 0, at = 0; i < objective->target_count; i++) {
    Tensor *value = &objective->targets[i]->value;
    int64_t count = tensor_count(value);
    copy_elements(value, 0, next, at, count);
    value->buffer->limits = (Limits){0};
    at += count;
  }
  for (int k = 0; k < optimizer->memory->state_count; k++) {
    const Tensor *from = &whole->vector.states[k].tensor->tensor;
    copy_elements(&memory->states[k], 0, from, 0, tensor_count(from));
    memory->states[k].buffer->limits = (Limits){0};
  }
}

static double length_of(const Tensor *tensor) {
  double length = 0;
  for (int64_t i = 0, count = tensor_count(tensor); i < count; i++)
    length = hypot(length, tensor_get(tensor, i));
  return length;
}

/* The names of the pattern are the minibatch's elements. */
void whole_rows(const Whole *whole) {
  const StepContext *context = whole->context;
  Vm *vm = whole->vm;
  if (!context->pattern) return;
  Value row = value_tuple(vm, context->column_count);
  for (int i = 0; i < context->column_count; i++) {
    row.tuple->items[i] = value_tensor(vm, tensor_retain(&context->columns[i]));
    row.tuple->items[i].tensor->probable = context->probable[i];
  }
  Value only = context->column_count == 1 ? value_retain(row.tuple->items[0]) : value_retain(row);
  value_release(vm, row);
  eval_bind(vm, context->frame, context->pattern, only);
  value_release(vm, only);
}

static void make_body(Vm *vm, void *context) {
  Whole *whole = context;
  StepOutcome *outcome = whole->outcome;
  if (!lasts(whole)) whole_forget(whole->step);
  whole_rows(whole);
  Value p = whole_gather(whole), loss, g;
  slope_at(whole, p, &loss, &g);
  want_finite(whole, loss.number, &g.tensor->tensor);
  Value next = run_method(whole, p, g);
  check_left(whole, &next.tensor->tensor);
  const Step *step = whole->step;
  if (step->result_count > 1 || step->store_count)
    step_run(vm, whole->step, whole->context, whole->number, outcome);
  if (!outcome->interrupted) commit(whole, &next.tensor->tensor);
  outcome->loss = loss.number;
  if (step->objective->wants_norm) outcome->grad_norm = length_of(&g.tensor->tensor);
  value_release(vm, next);
  value_release(vm, g);
  value_release(vm, p);
  for (int k = 0; k < step->objective->optimizer->memory->state_count; k++)
    value_release(vm, whole->vector.states[k]);
}

static void check_body(Vm *vm, void *context) {
  Whole *whole = context;
  Span span = whole->step->objective->span;
  whole_rows(whole);
  Value p = trace_placeholder(vm, whole->vector.type.dtype, &whole->vector.type.shape, span),
        g = trace_placeholder(vm, whole->vector.type.dtype, &whole->vector.type.shape, span);
  value_release(vm, run_method(whole, p, g));
  value_release(vm, g);
  value_release(vm, p);
}

Whole whole_open(Vm *vm, Step *step, const StepContext *context) {
  const OptimizerObject *optimizer = step->objective->optimizer;
  Whole whole = {.vm = vm, .step = step, .context = context, .residual_count = -1};
  whole.vector.type = vector_type(step->objective);
  whole.vector.first = step->objective->targets[0];
  whole.expression = step->objective->loss ? step->objective->loss : step->objective->residuals;
  whole.vector.cells = mem_zero((size_t)(optimizer->made_by->function->member_count + 1) *
                                sizeof *whole.vector.cells);
  whole.vector.states =
      mem_zero((size_t)(optimizer->memory->state_count + 1) * sizeof *whole.vector.states);
  return whole;
}

void whole_close(const Whole *whole) {
  mem_free(whole->vector.cells);
  mem_free(whole->vector.states);
}

void whole_make(Vm *vm, Step *step, const StepContext *context, int64_t number, uint64_t draws,
                StepOutcome *outcome) {
  Whole whole = whole_open(vm, step, context);
  whole.number = number;
  whole.outcome = outcome;
  whole.draws = draws;
  Training *run = context->keyed ? vm->run : NULL;
  if (run) draws_begin(vm, run, DRAWER_OPTIMIZER, context->key_number);
  outcome->converged[0] = 0;
  Diag diag = {0};
  bool fine = vm_protect(vm, vm->checking ? check_body : make_body, &whole, &diag);
  whole_close(&whole);
  if (run) {
    step->draws |= vm->draws > 0;
    draws_end(vm, run);
  }
  outcome->evaluations = whole.evaluations;
  if (!fine && !vm->checking && vm_asked() && !diag_ended(&diag)) {
    outcome->interrupted = true; /* nothing was written */
    return;
  }
  if (!fine) raise_diag(vm, &diag);
  if (!vm->checking && !outcome->interrupted) step->objective->optimizer->steps++;
}

static void declare_body(Vm *vm, void *context) {
  const Whole *whole = context;
  Value p = whole_gather(whole);
  vector_declare(vm, whole->step->objective->optimizer, &whole->vector, p);
  value_release(vm, p);
}

void whole_declare(Vm *vm, Step *step) {
  Whole whole = whole_open(vm, step, NULL);
  Diag diag = {0};
  bool fine = vm_protect(vm, declare_body, &whole, &diag);
  whole_close(&whole);
  if (!fine) raise_diag(vm, &diag);
}

/* ---- after a fit ---- */

enum { ELEMENTS_MOST = 300 /* trained, for a covariance */ };

typedef struct Fit {
  Whole *whole;
  Value result; /* held */
} Fit;

static void fit_body(Vm *vm, void *context) {
  Fit *fit = context;
  Whole *whole = fit->whole;
  whole_rows(whole);
  Value args[2] = {new_loss(whole), whole_gather(whole)};
  fit->result = vector_call(vm, whole->step->objective->optimizer, &whole->vector, "uncertainty",
                            args, 2);
  value_release(vm, args[0]);
  value_release(vm, args[1]);
}

/* Values that cannot be computed (because they are not finite, say) are left out. */
Value whole_uncertainty(Vm *vm, Step *step, const StepContext *context) {
  Whole whole = whole_open(vm, step, context);
  Fit fit = {&whole, value_none()};
  uint64_t draws = vm->draws;
  whole.draws = draws;
  Diag diag = {0};
  if (whole.vector.type.shape.dim[0] <= ELEMENTS_MOST && !vm_protect(vm, fit_body, &fit, &diag))
    fit.result = value_none();
  vm->draws = draws;
  whole_close(&whole);
  return fit.result;
}
