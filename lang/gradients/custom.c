/* custom.c — custom_gradient(f, g): a function whose gradient the script defines.
 *
 * The call records f.  A node CUSTOM with the arguments stands over its result and has the same
 * value.  The backward pass calls g when it reaches that node.
 *
 * Where an argument or the result is a tree (leaves.h), the node's arguments are the leaves of all
 * arguments and its value the vector of the result's leaves.  The gradient is then a native that
 * assembles the trees, calls g and takes its trees apart again; it holds g and a tuple:
 *   0  the arguments, with 0 in place of tensors and numbers
 *   1  the result, with 0 in place of the leaves in the vector
 *   2  for each leaf of the result none, or, if it is in the vector, the numbers of its type
 */
#include "lang/gradients/custom.h"
#include "lang/eval/call.h"
#include "lang/eval/native.h"
#include "lang/gradients/recompute.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/raise.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/models/leaves.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/trace_value.h"

#include <string.h>

/* ---- trees ---- */

static Value type_numbers(Vm *vm, const Type *type) {
  Value numbers = value_tuple(vm, 1 + type->shape.rank);
  numbers.tuple->items[0] = value_number(type->dtype);
  for (int axis = 0; axis < type->shape.rank; axis++)
    numbers.tuple->items[1 + axis] = value_number((double)type->shape.dim[axis]);
  return numbers;
}

static Type type_of_numbers(const TupleObject *numbers) {
  Type type = {.dtype = (Dtype)numbers->items[0].number, .shape.rank = numbers->count - 1};
  for (int axis = 0; axis < type.shape.rank; axis++)
    type.shape.dim[axis] = (int64_t)numbers->items[1 + axis].number;
  return type;
}

static Value *zeros_for(Trace *trace, int count) {
  Value *zeros = arena_alloc(&trace->graph.arena, (size_t)(count + 1) * sizeof *zeros);
  for (int i = 0; i < count; i++) zeros[i] = value_number(0);
  return zeros;
}

/* The parts of a vector: those of `types`, in the places of a tree like `form`; elsewhere is what
 * is in `form` (or, of a gradient, 0). */
typedef struct Joined {
  Value form;
  const TupleObject *types;
  NodeId vector;
  const Leaves *of; /* the leaves that were joined, or NULL: not known */
  bool gradient;
} Joined;

static Value from_vector(Vm *vm, const Joined *parts, Span span) {
  Trace *trace = vm->trace;
  Diag diag;
  diag_clear(&diag);
  trace->graph.span = trace_span(vm, span);
  Maker maker = {&trace->graph, &diag};
  Leaves *leaves = leaves_of(vm, parts->form);
  Value *values = zeros_for(trace, leaves->count);
  int64_t at = 0;
  for (int i = 0; i < leaves->count; i++) {
    if (parts->types->items[i].kind == KIND_NONE) {
      if (!parts->gradient) values[i] = value_retain(leaves->items[i].value);
      continue;
    }
    Type type = type_of_numbers(parts->types->items[i].tuple);
    NodeId part = leaves_part(&maker, parts->vector, at, &type);
    if (!part) raise_diag(vm, &diag);
    if (parts->of)
      probable_same(trace, part, trace_operand(trace, parts->of->items[i].value, span));
    values[i] = trace_result(trace, part);
    at += shape_count(&type.shape);
  }
  Value tree = leaves_put(vm, leaves, values, parts->gradient ? INTO_SLOPES : INTO_NEW);
  for (int i = 0; i < leaves->count; i++) value_release(vm, values[i]);
  leaves_free(vm, leaves);
  return tree;
}

/* The arguments that g is called with, from the leaves of all; returns their number. */
static int put_arguments(Vm *vm, const TupleObject *forms, Value *leaf_values, Value *into) {
  int next = 0;
  for (int i = 0; i < forms->count; i++) {
    Leaves *leaves = leaves_of(vm, forms->items[i]);
    into[i] = leaves_put(vm, leaves, leaf_values + next, INTO_NEW);
    next += leaves->count;
    leaves_free(vm, leaves);
  }
  return forms->count;
}

/* The gradient in one argument, leaf by leaf: none for each, if it is none. */
static int take_apart(Vm *vm, Span span, Value form, Value gradient, Value *into) {
  Leaves *of_form, *given = NULL;
  if (gradient.kind == KIND_NONE) of_form = leaves_of(vm, form);
  else leaves_match(vm, span, form, gradient, &of_form, &given);
  int count = of_form->count;
  for (int i = 0; i < count; i++)
    into[i] = given ? value_retain(given->items[i].value) : value_none();
  if (given) leaves_free(vm, given);
  leaves_free(vm, of_form);
  return count;
}

static const TupleObject *gradients_of(Vm *vm, Span span, const Value *result, int arg_count) {
  int given = result->kind == KIND_TUPLE ? result->tuple->count : 1;
  if (result->kind != KIND_TUPLE || given != arg_count)
    raise_at(vm, span, "a gradient for each of the %d arguments is expected, the function gave %d",
             arg_count, given);
  return result->tuple;
}

/* The leaves of the arguments, y and dy as vectors: the gradients of the leaves. */
static Value call_with_leaves(Vm *vm, const CallSite *site, Value *args, int count) {
  const TupleObject *held = site->self->extra[1].tuple, *forms = held->items[0].tuple;
  Trace *trace = vm->trace;
  int arg_count = forms->count;
  Value *values = arena_alloc(&trace->graph.arena, (size_t)(arg_count + 2) * sizeof *values);
  put_arguments(vm, forms, args, values);
  for (int i = 0; i < 2; i++) {
    const Joined parts = {.form = held->items[1],
                          .types = held->items[2].tuple,
                          .vector = trace_operand(trace, args[count - 2 + i], site->span),
                          .gradient = i == 1};
    values[arg_count + i] = from_vector(vm, &parts, site->span);
  }
  Value result = vm_call(vm, site, site->self->extra[0], values, arg_count + 2);
  const Value *each = &result;
  if (arg_count > 1) each = gradients_of(vm, site->span, &result, arg_count)->items;
  Value flat = value_tuple(vm, count - 2);
  for (int i = 0, next = 0; i < arg_count; i++)
    next += take_apart(vm, site->span, forms->items[i], each[i], flat.tuple->items + next);
  for (int i = 0; i < arg_count + 2; i++) value_release(vm, values[i]);
  value_release(vm, result);
  if (count != 3) return flat;
  Value only = value_retain(flat.tuple->items[0]);
  value_release(vm, flat);
  return only;
}

static const Native MADE_WITH_LEAVES = {
    "custom_gradient(f, g)", NULL, call_with_leaves, false, "", "", ""};

/* ---- the call ---- */

typedef struct Custom {
  Vm *vm;
  const CallSite *site;
  Trace *trace;
  NodeId *inputs; /* the value, then the arguments */
  int count, capacity;
} Custom;

static void add_input(Custom *custom, Value value) {
  if (custom->count == custom->capacity) {
    size_t bytes = (size_t)custom->count * sizeof(NodeId);
    NodeId *more = arena_alloc(&custom->trace->graph.arena, 2 * bytes);
    memcpy(more, custom->inputs, bytes);
    custom->inputs = more;
    custom->capacity *= 2;
  }
  custom->inputs[custom->count++] = trace_operand(custom->trace, value, custom->site->span);
}

static NodeId custom_node(const Custom *custom, Value gradient) {
  Diag diag;
  diag_clear(&diag);
  Graph *graph = &custom->trace->graph;
  graph->span = trace_span(custom->vm, custom->site->span);
  int64_t hook = trace_custom_gradient(custom->trace, gradient);
  NodeId node = make_custom(&(Maker){graph, &diag}, custom->inputs, custom->count, hook);
  if (!node) raise_diag(custom->vm, &diag);
  return node;
}

/* Adds the leaves of an argument; returns the argument with 0 in place of its tensors. */
static Value add_leaves(Custom *custom, Value arg) {
  Vm *vm = custom->vm;
  Leaves *leaves = leaves_of(vm, arg);
  for (int i = 0; i < leaves->count; i++) add_input(custom, leaves->items[i].value);
  Value form = leaves_put(vm, leaves, zeros_for(custom->trace, leaves->count), INTO_TENSORS);
  leaves_free(vm, leaves);
  return form;
}

/* The vector of the leaves that are not computed yet, as the value of the node, with the types of
 * these; f64 holds whatever dtypes they have.  0 if there are none. */
static NodeId join_result(Custom *custom, const Leaves *leaves, TupleObject *types) {
  Trace *trace = custom->trace;
  Diag diag;
  diag_clear(&diag);
  trace->graph.span = trace_span(custom->vm, custom->site->span);
  Maker maker = {&trace->graph, &diag};
  NodeId *nodes = arena_alloc(&trace->graph.arena, (size_t)(leaves->count + 1) * sizeof *nodes);
  int count = 0;
  bool mixed = false;
  for (int i = 0; i < leaves->count; i++) {
    types->items[i] = value_none();
    if (!trace_pending(custom->vm, leaves->items[i].value)) continue;
    nodes[count] = trace_operand(trace, leaves->items[i].value, custom->site->span);
    const Type *type = make_type(&maker, nodes[count++]);
    mixed |= type->dtype != make_type(&maker, nodes[0])->dtype;
    types->items[i] = type_numbers(custom->vm, type);
  }
  for (int i = 0; i < count && mixed; i++) nodes[i] = make_cast(&maker, nodes[i], DTYPE_F64);
  NodeId vector = count ? leaves_join(&maker, DTYPE_F64, nodes, count) : 0;
  if (count && !vector) raise_diag(custom->vm, &diag);
  return vector;
}

static Value call_trees(Custom *custom, Value y, Value *args, int count) {
  Vm *vm = custom->vm;
  Leaves *leaves = leaves_of(vm, y);
  Value held = value_tuple(vm, 3);
  Value *parts = held.tuple->items;
  parts[2] = value_tuple(vm, leaves->count);
  NodeId vector = join_result(custom, leaves, parts[2].tuple);
  custom->inputs[custom->count++] = vector;
  parts[0] = value_tuple(vm, count);
  for (int i = 0; i < count; i++) parts[0].tuple->items[i] = add_leaves(custom, args[i]);
  Value *values = zeros_for(custom->trace, leaves->count);
  for (int i = 0; i < leaves->count; i++)
    if (parts[2].tuple->items[i].kind == KIND_NONE) values[i] = leaves->items[i].value;
  parts[1] = leaves_put(vm, leaves, values, INTO_TENSORS);
  Value result = value_retain(y);
  if (vector) {
    Value gradient = native_bound(vm, &MADE_WITH_LEAVES, custom->site->self->extra[1], held);
    NodeId node = custom_node(custom, gradient);
    value_release(vm, gradient);
    value_release(vm, result);
    const Joined all = {.form = parts[1], .types = parts[2].tuple, .vector = node, .of = leaves};
    result = from_vector(vm, &all, custom->site->span);
  }
  leaves_free(vm, leaves);
  value_release(vm, held);
  return result;
}

static Value call_custom(Vm *vm, const CallSite *site, Value *args, int count) {
  Value y = vm_call_named(vm, site, site->self->extra[0], args, site->names, count);
  Trace *trace = vm->trace;
  bool pending = trace_pending(vm, y), trees = value_is_tree(y);
  for (int i = 0; i < count; i++) {
    pending |= trace_pending(vm, args[i]);
    trees |= value_is_tree(args[i]);
  }
  if (!trace || (!pending && !trees)) return y;
  NodeId *inputs = arena_alloc(&trace->graph.arena, (size_t)(count + 1) * sizeof *inputs);
  Custom custom = {vm, site, trace, inputs, 0, count + 1};
  Value result;
  if (trees) {
    result = call_trees(&custom, y, args, count);
  } else {
    add_input(&custom, y);
    for (int i = 0; i < count; i++) add_input(&custom, args[i]);
    result = trace_result(trace, custom_node(&custom, site->self->extra[1]));
  }
  value_release(vm, y);
  return result;
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
  const Value *each = &result;
  if (job->arg_count > 1) each = gradients_of(vm, span, &result, job->arg_count)->items;
  for (int i = 0; i < job->arg_count; i++) one_gradient(job, each[i], i, span);
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
