/* differentiate.c — grad, value_and_grad, jacobian, hessian, jvp, vjp, hvp, custom_gradient,
 * check_gradient.
 *
 * All work in the same way: record f at a point, let gradient() add nodes, and return their values.
 * The point's tensor becomes an IDENTITY node of its own, so that "with respect to" means this
 * argument and not every use of an equal tensor.  Inside an open recording (a grad in a loss, a
 * grad of a grad) the nodes are added to it; otherwise a recording is opened, run as a plan and
 * closed.
 *
 *   vjp   the gradient of sum(f(x) * u)
 *   jvp   the gradient is linear in u; differentiating it in u and contracting with v gives J v
 *         (the double-backward trick, Townsend 2017)
 *   hvp   the gradient of sum(grad f(x) * v) (Pearlmutter 1994)
 *   jacobian, hessian   a vjp for each element of the result, or, where the argument has fewer, one
 *         backward pass and a jvp for each of those.  The two multiply the same derivatives from
 *         opposite ends, so they differ where an exact zero meets an infinite derivative: in a vjp
 *         the zero comes from above and wins.  So columns are used only through operations whose
 *         derivatives are finite where their values are (`tame`), and, if they will be
 *         differentiated again, only if no kink was met: a jvp does not see its mark.
 *
 * A derivative that will be differentiated again is made with Graph.again: at a kink the next
 * derivative is NaN, not the 0 of a subgradient (runtime/graph/gradient_live.c).
 */
#include "lang/learn/differentiate.h"
#include "runtime/opcodes.h"

#include "lang/eval/native.h"
#include "lang/learn/model.h"
#include "lang/learn/param.h"
#include "lang/learn/recompute.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/dump.h"
#include "lang/tensors/operation.h"

#include <math.h>
#include <string.h>

/* ---- a function recorded at a point ---- */

typedef struct Point {
  Vm *vm;
  const CallSite *site;
  Trace *trace;
  bool own;     /* the recording was opened here and must be closed */
  bool again;   /* the gradients taken now will be differentiated */
  Value at;     /* the argument as given; borrowed */
  bool number;  /* it was a number */
  Parts *parts; /* params of a model or a param; NULL for a tensor */
  NodeId x;     /* the node of a tensor argument */
  Value result; /* f's; owned */
  NodeId y;     /* its node */
} Point;

static NORETURN void fail(Point *point, Diag *diag) {
  if (!diag->span.file) diag->span = point->site->span;
  raise_diag(point->vm, diag);
}

static Maker maker_of(Point *point, Diag *diag) { return (Maker){&point->trace->graph, diag}; }

static NodeId identity(Point *point, NodeId node, Diag *diag) {
  Maker maker = maker_of(point, diag);
  return make_named(&maker, node);
}

/* The argument as passed to f: an owned value. */
static Value variable(Point *point) {
  Vm *vm = point->vm;
  Value at = point->at;
  if (at.kind == KIND_MODEL || at.kind == KIND_PARAM || at.kind == KIND_TUPLE ||
      at.kind == KIND_LIST) {
    point->parts = parts_of(vm, at, NULL);
    if (point->parts->count == 0)
      raise_at(vm, point->site->span,
               "there is nothing to differentiate in: the argument holds no params");
    return value_retain(at);
  }
  Type type = trace_type(vm, at, point->site->span);
  point->number = at.kind == KIND_NUMBER;
  if (!point->number && !dtype_floats(type.dtype)) {
    raise_help(vm, point->site->span, "convert it: f32(x)",
               "a gradient is taken in floats, the argument is %s", dtype_name(type.dtype));
  }
  Diag diag;
  diag_clear(&diag);
  Maker maker = maker_of(point, &diag);
  NodeId node = point->number ? graph_constant(&point->trace->graph, at.number, DTYPE_F64)
                              : trace_operand(point->trace, at, point->site->span);
  if (type.weak) node = make_cast(&maker, node, DTYPE_F64);
  point->x = identity(point, node, &diag);
  if (!point->x) fail(point, &diag);
  return trace_result(point->trace, point->x);
}

/* Records f(args) with argument `which` as the variable. */
static Point record(Vm *vm, const CallSite *site, Value f, const Value *args,
                    const char *const *names, int count, int which) {
  Point point = {.vm = vm, .site = site, .at = args[which]};
  point.own = vm->trace == NULL;
  point.again = !point.own;
  point.trace = point.own ? trace_open(vm, site->span,
                                       f.kind == KIND_CLOSURE ? f.closure->function : NULL)
                          : vm->trace;
  point.trace->graph.custom = custom_backward;
  point.trace->graph.custom_context = vm;
  point.trace->graph.span = trace_span(vm, site->span);
  Value given[64];
  if (count > COUNT_OF(given))
    raise_at(vm, site->span, "at most %d arguments here", COUNT_OF(given));
  for (int i = 0; i < count; i++) given[i] = args[i];
  given[which] = variable(&point);
  point.result = vm_call_named(vm, site, f, given, names, count);
  value_release(vm, given[which]);
  point.y = trace_operand(point.trace, point.result, site->span);
  return point;
}

static void finish(Point *point) {
  value_release(point->vm, point->result);
  if (point->parts) parts_free(point->vm, point->parts);
  if (point->own && !point->vm->checking) trace_commit(point->vm, point->trace);
  if (point->own) trace_close(point->vm, point->trace);
}

static void want_scalar(Point *point) {
  const Shape *shape = &graph_node(&point->trace->graph, point->y)->type.shape;
  if (shape->rank == 0) return;
  char text[200];
  raise_help(point->vm, point->site->span,
             "sum(…) or mean(…) makes one number; jacobian(f) differentiates many",
             "grad needs a function that gives one number, this one gives %s",
             shape_show(shape, text));
}

/* Values of nodes: traced tensors inside an outer recording, elements otherwise.  `into` gets owned
 * values. */
static void hand_out(Point *point, const NodeId *nodes, int count, Value *into) {
  Vm *vm = point->vm;
  point->trace->graph.again = false;
  if (!point->own || vm->checking) {
    /* later nodes may be functions of it */
    point->trace->graph.derived = point->trace->graph.count;
    for (int i = 0; i < count; i++) into[i] = trace_result(point->trace, nodes[i]);
    return;
  }
  Plan *plan = compute_plan(vm, point->trace, point->site->span, nodes, count);
  dump_graph(vm, DUMP_GRAPH, "graph of the function", &point->trace->graph, &point->y, 1);
  dump_graph(vm, DUMP_GRAD, "graph of the derivative", &point->trace->graph, nodes, count);
  dump_plan(vm, plan);
  compute_run(vm, point->trace, point->site->span, plan, count, into);
}

/* Numbers in, numbers out. */
static Value as_given(Point *point, Value value) {
  if (!point->number || trace_pending(point->vm, value) || value.kind != KIND_TENSOR ||
      value.tensor->tensor.shape.rank)
    return value;
  double number = tensor_get(&value.tensor->tensor, 0);
  value_release(point->vm, value);
  return value_number(number);
}

/* ---- gradients in the shape of the argument ---- */

/* The first derivative is made, and will be differentiated. */
static void slope_made(Point *point) {
  point->again = !point->own;
  point->trace->graph.derived = point->trace->graph.count;
}

static NodeId or_zeros(Point *point, NodeId node, NodeId like, Diag *diag) {
  Maker maker = maker_of(point, diag);
  if (node) return node;
  const Type type = *make_type(&maker, like);
  return make_zeros(&maker, &type);
}

/* The node to differentiate by: a param inside its domain, a buffer before f assigned it. */
static NodeId part_node(Point *point, ParamObject *param) {
  return param->buffer ? trace_raw(point->trace, param) : trace_param(point->trace, param);
}

/* Gradients of y in every node of the argument (one for a tensor, one per param for a model), in an
 * arena array. */
static NodeId *gradients(Point *point, NodeId y, NodeId seed, int *count) {
  Diag diag;
  diag_clear(&diag);
  point->trace->graph.again = point->again;
  int wrt_count = point->parts ? point->parts->count : 1;
  NodeId *wrt = arena_alloc(&point->trace->graph.arena, (size_t)wrt_count * sizeof(NodeId));
  NodeId *into = arena_alloc(&point->trace->graph.arena, (size_t)wrt_count * sizeof(NodeId));
  for (int i = 0; i < wrt_count; i++)
    wrt[i] = point->parts ? part_node(point, point->parts->items[i].param) : point->x;
  if (!gradient(&point->trace->graph, y, seed, wrt, wrt_count, into, &diag)) fail(point, &diag);
  for (int i = 0; i < wrt_count; i++) into[i] = or_zeros(point, into[i], wrt[i], &diag);
  *count = wrt_count;
  return into;
}

static Value of_part(Point *point, ParamObject *param, const Value *values) {
  int place = parts_place(point->parts, param);
  return place < 0 ? value_none() : value_retain(values[place]);
}

static bool holds_params(Vm *vm, Value value) {
  Parts *parts = parts_of(vm, value, NULL);
  bool some = parts->count > 0;
  parts_free(vm, parts);
  return some;
}

/* The gradients in the form of the argument: of a model a tuple with the model's field names (and,
 * as the model itself, indexed by the items of its rest parameter), of a tuple or list one of the
 * same form. */
static Value mirror(Point *point, Value value, const Value *values) {
  Vm *vm = point->vm;
  if (value.kind == KIND_PARAM) return of_part(point, value.param, values);
  if (value.kind == KIND_MODEL) {
    const AstFunction *function = value.model->made_by->function;
    int kept = 0;
    for (int i = 0; i < function->member_count; i++)
      kept += function->members[i].kind != MEMBER_FN && value.model->cells[i] &&
              holds_params(vm, value.model->cells[i]->value);
    Value tuple = value_tuple(vm, kept);
    tuple.tuple->names = mem_zero((size_t)(kept + 1) * sizeof(char *));
    for (int i = 0, k = 0; i < function->member_count; i++) {
      if (function->members[i].kind == MEMBER_FN || !value.model->cells[i] ||
          !holds_params(vm, value.model->cells[i]->value))
        continue;
      tuple.tuple->names[k] = function->members[i].name;
      tuple.tuple->items[k++] = mirror(point, value.model->cells[i]->value, values);
      if (model_rest(function, &function->members[i]) &&
          tuple.tuple->items[k - 1].kind == KIND_TUPLE)
        tuple.tuple->through = k;
    }
    return tuple;
  }
  if (value.kind == KIND_TUPLE || value.kind == KIND_LIST) {
    int count = value.kind == KIND_TUPLE ? value.tuple->count : (int)value.list->count;
    Value tuple = value_tuple(vm, count);
    for (int i = 0; i < count; i++)
      tuple.tuple->items[i] = mirror(
          point, value.kind == KIND_TUPLE ? value.tuple->items[i] : value.list->items[i], values);
    return tuple;
  }
  return value_none();
}

static Value shaped(Point *point, Value *values, int count) {
  if (!point->parts) return as_given(point, values[0]);
  Value result = mirror(point, point->at, values);
  for (int i = 0; i < count; i++) value_release(point->vm, values[i]);
  return result;
}

/* ---- grad(f), value_and_grad(f), jacobian(f), hessian(f): functions made of f ---- */

/* The index of the argument named by wrt: 1 or wrt: "w". */
static int which_argument(Vm *vm, const CallSite *site, Value f, Value wrt, int count) {
  const AstFunction *function = f.kind == KIND_CLOSURE ? f.closure->function : NULL;
  const char *name = NULL;
  int position = 0;
  if (wrt.kind == KIND_STRING) {
    name = wrt.string->data;
    position = -1;
    for (int i = 0; function && i < function->param_count; i++)
      if (!strcmp(function->params[i].name, name)) position = i;
    if (position < 0)
      raise_at(vm, site->span, "the function has no argument `%.64s` to differentiate in", name);
  } else if (wrt.kind != KIND_UNSET && wrt.kind != KIND_NONE) {
    position = (int)value_as_index(vm, site->span, wrt);
  }
  if (function && position >= 0 && position < function->param_count)
    name = function->params[position].name;
  for (int i = 0; i < count; i++)
    if (site->names && site->names[i] && name && !strcmp(site->names[i], name)) return i;
  bool positional = position >= 0 && position < count && !(site->names && site->names[position]);
  if (!positional)
    raise_at(vm, site->span, "the argument to differentiate in, number %d, was not given",
             position);
  return position;
}

static Point record_self(Vm *vm, const CallSite *site, Value *args, int count) {
  Value f = site->self->extra[0];
  return record(vm, site, f, args, site->names, count,
                which_argument(vm, site, f, site->self->extra[1], count));
}

static Value call_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  Point point = record_self(vm, site, args, count);
  want_scalar(&point);
  int nodes_count;
  NodeId *nodes = gradients(&point, point.y, 0, &nodes_count);
  Value *values = arena_alloc(&point.trace->graph.arena, (size_t)nodes_count * sizeof(Value));
  hand_out(&point, nodes, nodes_count, values);
  Value result = shaped(&point, values, nodes_count);
  finish(&point);
  return result;
}

static Value call_value_and_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  Point point = record_self(vm, site, args, count);
  want_scalar(&point);
  int nodes_count;
  NodeId *nodes = gradients(&point, point.y, 0, &nodes_count);
  NodeId *all = arena_alloc(&point.trace->graph.arena, (size_t)(nodes_count + 1) * sizeof(NodeId));
  Value *values = arena_alloc(&point.trace->graph.arena, (size_t)(nodes_count + 1) * sizeof(Value));
  all[0] = point.y;
  memcpy(all + 1, nodes, (size_t)nodes_count * sizeof(NodeId));
  hand_out(&point, all, nodes_count + 1, values);
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = as_given(&point, values[0]);
  pair.tuple->items[1] = shaped(&point, values + 1, nodes_count);
  finish(&point);
  return pair;
}

static NodeId slope_of(Point *point, NodeId y, NodeId seed, NodeId wrt) {
  Diag diag;
  diag_clear(&diag);
  NodeId slope = 0;
  point->trace->graph.again = point->again;
  if (!gradient(&point->trace->graph, y, seed, &wrt, 1, &slope, &diag)) fail(point, &diag);
  slope = or_zeros(point, slope, wrt, &diag);
  if (!slope) fail(point, &diag);
  return slope;
}

/* Is the derivative of an operation finite wherever its value is, so that no zero above must win
 * over an infinite one?  Division is tame if the divisor does not depend on the variable.  exp is
 * unbounded, and tanh has derivative 0 there: see tame_between. */
static bool tame(const Node *node, const bool *moves, bool *grows, bool *flattens) {
  switch (node->op) {
    case OP_DIV: return !moves[node->inputs[1]];
    case OP_EXP: return *grows = true;
    case OP_TANH:
    case OP_SIGMOID:
    case OP_SOFTPLUS:
    case OP_LOG_SIGMOID:
    case OP_ERF:
    case OP_SOFTMAX: return *flattens = true;
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_NEG:
    case OP_SQUARE:
    case OP_SIN:
    case OP_COS:
    case OP_ABS:
    case OP_RELU:
    case OP_MINIMUM:
    case OP_MAXIMUM:
    case OP_WHERE:
    case OP_CAST:
    case OP_IDENTITY:
    case OP_EXPAND:
    case OP_RESHAPE:
    case OP_PERMUTE:
    case OP_SLICE:
    case OP_PLACE:
    case OP_CONCAT:
    case OP_SUM:
    case OP_MIN:
    case OP_MAX:
    case OP_MATMUL: return true;
    default: return false;
  }
}

/* Is everything between x and y tame?  tanh of an overflown exp has the derivative 0 by rows
 * only. */
static bool tame_between(const Graph *graph, NodeId x, NodeId y) {
  bool *moves = mem_zero((size_t)y + 1), *below = mem_zero((size_t)y + 1), grows = false,
       flattens = false, good = x <= y;
  if (good) moves[x] = below[y] = true;
  for (NodeId id = x + 1; id <= y; id++) {
    const Node *node = &graph->nodes[id];
    for (int i = 0; i < node->input_count && node->op != OP_STOP && node->type.dtype != DTYPE_BOOL;
         i++)
      moves[id] |= moves[node->inputs[i]];
  }
  for (NodeId id = y; id > x && good; id--) {
    const Node *node = &graph->nodes[id];
    if (!below[id] || !moves[id]) continue;
    good = dtype_floats(node->type.dtype) && tame(node, moves, &grows, &flattens);
    for (int i = 0; i < node->input_count; i++) below[node->inputs[i]] = true;
  }
  good = good && moves[y] && !(grows && flattens);
  mem_free(moves);
  mem_free(below);
  return good;
}

/* 1 at one element of a tensor, 0 elsewhere. */
static NodeId unit(Maker *maker, const Type *type, int64_t place) {
  const int64_t attrs[2] = {shape_count(&type->shape), DTYPE_I32};
  NodeId places = graph_emit(maker->graph, OP_IOTA, NULL, 0, attrs, 2, maker->diag);
  NodeId here = places ? make2(maker, OP_EQ, places, make_number(maker, (double)place)) : 0;
  return here ? make_reshape(maker, make_cast(maker, here, type->dtype), &type->shape) : 0;
}

/* Was a derivative taken between x and y?  Then a backward pass recognises structural zeros by the
 * values of nodes that are not variables. */
static bool derived_between(const Graph *graph, NodeId x, NodeId y) {
  for (NodeId id = x + 1; id <= y; id++) {
    Op op = graph->nodes[id].op;
    if (op == OP_CHAIN || op == OP_CHAIN_DIV || op == OP_KINK) return true;
  }
  return false;
}

/* The columns d y / d x[i], as a matrix: the backward pass from a seed u is linear in u, and its
 * gradient in u is the product of the derivative with what it starts from.  u has the value 0,
 * which must not count as a structural zero.  Returns 0 when rows must be used. */
static NodeId by_columns(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = maker_of(point, &diag);
  Graph *graph = maker.graph;
  const Type of_y = *make_type(&maker, y), of_x = *make_type(&maker, point->x);
  int64_t rows = shape_count(&of_y.shape), columns = shape_count(&of_x.shape), axis = 1;
  if (columns == 0 || columns >= rows || !tame_between(graph, point->x, y)) return 0;
  NodeId u = identity(point, make_zeros(&maker, &of_y), &diag);
  if (!u) fail(point, &diag);
  bool again = point->again;
  point->again |= derived_between(graph, point->x, y);
  NodeId backward = slope_of(point, y, u, point->x);
  point->again = again;
  for (NodeId id = u + 1; id < graph->count; id++)
    if (graph->nodes[id].op == OP_KINK || graph->nodes[id].op == OP_BEND) return 0;
  Shape column = shape_of(2, (int64_t[]){rows, 1});
  NodeId *parts = arena_alloc(&graph->arena, (size_t)columns * sizeof *parts);
  for (int64_t i = 0; i < columns; i++) {
    NodeId v = unit(&maker, &of_x, i);
    if (!v) fail(point, &diag);
    parts[i] = make_cast(&maker, make_reshape(&maker, slope_of(point, backward, v, u), &column),
                         of_x.dtype);
  }
  NodeId all = columns == 1 ? parts[0]
                            : graph_emit(graph, OP_CONCAT, parts, (int)columns, &axis, 1, &diag);
  if (!all) fail(point, &diag);
  return all;
}

/* The rows d y[i] / d x, as a matrix: a gradient for each element of y.  All elements are taken
 * before the first gradient: a pass treats derivatives among the nodes below its own as functions
 * to differentiate. */
static NodeId by_rows(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = maker_of(point, &diag);
  const Shape of_y = make_type(&maker, y)->shape;
  const Type of_x = *make_type(&maker, point->x);
  int64_t rows = shape_count(&of_y), columns = shape_count(&of_x.shape), axis = 0;
  Shape flat = shape_of(1, &rows), row = shape_of(2, (int64_t[]){1, columns});
  const Type nothing = {.dtype = of_x.dtype, .shape = shape_of(2, (int64_t[]){rows, columns})};
  NodeId line = make_reshape(&maker, y, &flat);
  NodeId *parts = arena_alloc(&point->trace->graph.arena, (size_t)(rows + 1) * sizeof(NodeId));
  for (int64_t i = 0; i < rows; i++) {
    int64_t one[3] = {i, 1, 1};
    parts[i] = make_reshape(&maker, make_slice(&maker, line, one), &(Shape){0});
    if (!parts[i]) fail(point, &diag);
  }
  for (int64_t i = 0; i < rows; i++)
    parts[i] = make_reshape(&maker, slope_of(point, parts[i], 0, point->x), &row);
  NodeId all = rows == 0 ? make_zeros(&maker, &nothing)
               : rows == 1
                   ? parts[0]
                   : graph_emit(&point->trace->graph, OP_CONCAT, parts, (int)rows, &axis, 1, &diag);
  if (!all) fail(point, &diag);
  return all;
}

/* The derivatives of every element of y in every element of x, as one node of shape y.shape +
 * x.shape. */
static NodeId jacobian_node(Point *point, NodeId y) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = maker_of(point, &diag);
  const Shape of_y = make_type(&maker, y)->shape, of_x = make_type(&maker, point->x)->shape;
  if (of_y.rank + of_x.rank > RANK_MOST)
    raise_at(point->vm, point->site->span, "the derivative would have more than %d axes",
             RANK_MOST);
  Shape whole = {.rank = of_y.rank + of_x.rank};
  for (int i = 0; i < whole.rank; i++)
    whole.dim[i] = i < of_y.rank ? of_y.dim[i] : of_x.dim[i - of_y.rank];
  NodeId all = by_columns(point, y);
  all = make_reshape(&maker, all ? all : by_rows(point, y), &whole);
  if (!all) fail(point, &diag);
  return all;
}

static void want_tensor(Point *point, const char *what) {
  if (point->parts)
    raise_at(point->vm, point->site->span,
             "%s is taken in a tensor or a number, not in a model or param", what);
}

static Value call_jacobian(Vm *vm, const CallSite *site, Value *args, int count) {
  Point point = record_self(vm, site, args, count);
  want_tensor(&point, "jacobian");
  NodeId node = jacobian_node(&point, point.y);
  Value value;
  hand_out(&point, &node, 1, &value);
  value = as_given(&point, value);
  finish(&point);
  return value;
}

static Value call_hessian(Vm *vm, const CallSite *site, Value *args, int count) {
  Point point = record_self(vm, site, args, count);
  want_tensor(&point, "hessian");
  want_scalar(&point);
  int nodes_count;
  point.again = true;
  NodeId slope = gradients(&point, point.y, 0, &nodes_count)[0];
  slope_made(&point);
  NodeId node = jacobian_node(&point, slope);
  Value value;
  hand_out(&point, &node, 1, &value);
  value = as_given(&point, value);
  finish(&point);
  return value;
}

static Value call_custom(Vm *vm, const CallSite *site, Value *args, int count);

static const Native MADE_GRAD = {"grad(f)", NULL, call_grad, false, "", "", ""};
static const Native MADE_VALUE_AND_GRAD = {
    "value_and_grad(f)", NULL, call_value_and_grad, false, "", "", ""};
static const Native MADE_JACOBIAN = {"jacobian(f)", NULL, call_jacobian, false, "", "", ""};
static const Native MADE_HESSIAN = {"hessian(f)", NULL, call_hessian, false, "", "", ""};
static const Native MADE_CUSTOM = {"custom_gradient(f, g)", NULL, call_custom, false, "", "", ""};

Value native_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_GRAD, args[0], args[1]);
}

Value native_value_and_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_VALUE_AND_GRAD, args[0], args[1]);
}

Value native_jacobian(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_JACOBIAN, args[0], args[1]);
}

Value native_hessian(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_HESSIAN, args[0], args[1]);
}

/* ---- products: jvp(f, x, v), vjp(f, x, u), hvp(f, x, v) ---- */

/* v or u as a node of the type of `like`. */
static NodeId direction(Point *point, Value value, NodeId like) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = maker_of(point, &diag);
  const Type type = *make_type(&maker, like);
  NodeId node = make_cast(&maker, trace_operand(point->trace, value, point->site->span),
                          type.dtype);
  if (!node) fail(point, &diag);
  if (!shape_equal(&make_type(&maker, node)->shape, &type.shape)) {
    char a[200], b[200];
    raise_at(point->vm, point->site->span, "the vector must have the shape %s, this has %s",
             shape_show(&type.shape, a), shape_show(&make_type(&maker, node)->shape, b));
  }
  return node;
}

static Value product(Vm *vm, const CallSite *site, Value *args, NodeId (*node_of)(Point *, Value)) {
  if (!native_callable(args[0]))
    raise_at(vm, site->span, "a function is wanted first, this is %s", kind_name(args[0]));
  Point point = record(vm, site, args[0], args + 1, NULL, 1, 0);
  want_tensor(&point, "a product");
  NodeId node = node_of(&point, args[2]);
  Value value;
  hand_out(&point, &node, 1, &value);
  value = as_given(&point, value);
  finish(&point);
  return value;
}

static NodeId vjp_node(Point *point, Value u) {
  return slope_of(point, point->y, direction(point, u, point->y), point->x);
}

static NodeId jvp_node(Point *point, Value v) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = maker_of(point, &diag);
  const Type type = *make_type(&maker, point->y);
  NodeId u = identity(point, make_zeros(&maker, &type), &diag);
  if (!u) fail(point, &diag);
  point->again = true;
  NodeId backward = slope_of(point, point->y, u, point->x);
  point->again = !point->own;
  return slope_of(point, backward, direction(point, v, point->x), u);
}

static NodeId hvp_node(Point *point, Value v) {
  want_scalar(point);
  point->again = true;
  NodeId slope = slope_of(point, point->y, 0, point->x);
  slope_made(point);
  return slope_of(point, slope, direction(point, v, point->x), point->x);
}

Value native_jvp(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return product(vm, site, args, jvp_node);
}

Value native_vjp(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return product(vm, site, args, vjp_node);
}

Value native_hvp(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return product(vm, site, args, hvp_node);
}

/* ---- custom gradients ---- */

Value native_custom_gradient(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (!native_callable(args[1]))
    raise_at(vm, site->span, "the gradient must be a function of (x, y, dy), this is %s",
             kind_name(args[1]));
  return native_made(vm, site, &MADE_CUSTOM, args[0], args[1]);
}

static Value call_custom(Vm *vm, const CallSite *site, Value *args, int count) {
  Value y = vm_call_named(vm, site, site->self->extra[0], args, site->names, count);
  bool pending = trace_pending(vm, y);
  for (int i = 0; i < count; i++) pending |= trace_pending(vm, args[i]);
  Trace *trace = vm->trace;
  if (!trace || !pending) return y;
  NodeId inputs[17];
  if (count > COUNT_OF(inputs) - 1)
    raise_at(vm, site->span, "a function with a gradient of its own takes at most %d arguments",
             COUNT_OF(inputs) - 1);
  inputs[0] = trace_operand(trace, y, site->span);
  for (int i = 0; i < count; i++) inputs[i + 1] = trace_operand(trace, args[i], site->span);
  int64_t hook = trace_hook(trace, site->self->extra[1]);
  Diag diag;
  diag_clear(&diag);
  trace->graph.span = trace_span(vm, site->span);
  NodeId node = graph_emit(&trace->graph, OP_CUSTOM, inputs, count + 1, &hook, 1, &diag);
  value_release(vm, y);
  if (!node) raise_diag(vm, &diag);
  return trace_result(trace, node);
}

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
      raise_at(vm, span, "a gradient has the shape of its argument, %s; this function gave %s",
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

/* ---- check_gradient ---- */

static double value_at(Vm *vm, const CallSite *site, Value f, const Tensor *x) {
  Tensor copy;
  Diag diag = {0};
  if (!tensor_copy(&copy, x, &diag)) raise_diag(vm, &diag);
  Value arg = value_tensor(vm, copy);
  Value result = vm_call(vm, site, f, &arg, 1);
  double y = value_as_number(vm, site->span, result);
  value_release(vm, result);
  value_release(vm, arg);
  return y;
}

static NORETURN void raise_parted(Vm *vm, const CallSite *site, const Shape *shape, int64_t index,
                                  double analytic, double numeric) {
  Text text = {0};
  text_string(&text, "the gradient and central differences disagree");
  if (shape->rank) {
    int64_t strides[RANK_MOST];
    shape_strides(shape, strides);
    text_string(&text, " at [");
    for (int i = 0; i < shape->rank; i++)
      text_format(&text, "%s%lld", i ? ", " : "", (long long)(index / strides[i] % shape->dim[i]));
    text_string(&text, "]");
  }
  text_string(&text, ": ");
  text_digits(&text, analytic, 9);
  text_string(&text, " and ");
  text_digits(&text, numeric, 9);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, site->span, "%s", text.data);
  text_free(&text);
  raise_diag(vm, &diag);
}

/* The step is the cube root of the rounding error, which balances truncation and rounding errors
 * (Nocedal and Wright, Numerical Optimization, 2nd ed., section 8.1). */
static void compare(Vm *vm, const CallSite *site, Value f, Tensor *x, const Tensor *slope) {
  int64_t count = tensor_count(x);
  double greatest = 1;
  for (int64_t i = 0; i < count; i++) greatest = fmax(greatest, fabs(tensor_get(slope, i)));
  for (int64_t i = 0; i < count; i++) {
    double at = tensor_get(x, i), step = 6.0554544523933395e-06 * fmax(1, fabs(at));
    tensor_set(x, i, at + step);
    double above = value_at(vm, site, f, x);
    tensor_set(x, i, at - step);
    double below = value_at(vm, site, f, x);
    tensor_set(x, i, at);
    double numeric = (above - below) / (2 * step), analytic = tensor_get(slope, i);
    bool close = fabs(numeric - analytic) <=
                 1e-6 * greatest + 1e-6 * fabs(numeric) + 1e-9 * (fabs(above) + fabs(below));
    if (!close) raise_parted(vm, site, &x->shape, i, analytic, numeric);
  }
}

/* Tensors here are held by values of the script: after a raise the sweep frees them. */
static Value check_at(Vm *vm, const CallSite *site, Value f, Value at) {
  Tensor given = trace_elements(vm, at, site->span), x;
  Diag diag = {0};
  bool fine = tensor_new(&x, DTYPE_F64, &given.shape, &diag);
  for (int64_t i = 0, n = tensor_count(&given); i < n && fine; i++)
    tensor_set(&x, i, tensor_get(&given, i));
  tensor_release(&given);
  if (!fine) raise_diag(vm, &diag);
  Value moving = value_tensor(vm, x);
  Tensor copy;
  if (!tensor_copy(&copy, &moving.tensor->tensor, &diag)) raise_diag(vm, &diag);
  Value point = value_tensor(vm, copy);
  Value grad = native_made(vm, site, &MADE_GRAD, f, value_none());
  Value slope = vm_call(vm, site, grad, &point, 1);
  if (slope.kind != KIND_TENSOR) {
    Value wrapped = value_tensor(vm, trace_elements(vm, slope, site->span));
    value_release(vm, slope);
    slope = wrapped;
  }
  compare(vm, site, f, &moving.tensor->tensor, &slope.tensor->tensor);
  value_release(vm, slope);
  value_release(vm, grad);
  value_release(vm, point);
  value_release(vm, moving);
  return value_bool(true);
}

typedef struct CheckJob {
  const CallSite *site;
  Value f, at;
} CheckJob;

static void check_job(Vm *vm, void *context) {
  CheckJob *job = context;
  check_at(vm, job->site, job->f, job->at);
}

Value native_check_gradient(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (!native_callable(args[0]))
    raise_at(vm, site->span, "a function is wanted first, this is %s", kind_name(args[0]));
  if (vm->checking) return value_bool(true);
  Dtype before = vm->real;
  uint64_t seed = vm->seed, draws = vm->draws;
  CheckJob job = {site, args[0], args[1]};
  Diag diag = {0};
  vm->real = DTYPE_F64;
  bool fine = vm_protect(vm, check_job, &job, &diag);
  vm->real = before;
  vm->seed = seed;
  vm->draws = draws;
  if (!fine) raise_diag(vm, &diag);
  return value_bool(true);
}
