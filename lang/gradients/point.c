/* point.c — see point.h.
 *
 * The point's tensor becomes an IDENTITY node of its own, so that "with respect to" means this
 * argument and not every use of an equal tensor.  A param is differentiated by identity, so every
 * use of it by a captured name counts, but not that as another argument, which gets a copy of its
 * own (apart).  If it is part of the vector of a tree, has such a copy, is the value of an
 * expression, or was read before in an outer recording, it is staged (trace_stage) while f runs.
 * Frozen params count as constants: their derivatives are 0.
 */
#include "lang/gradients/point.h"

#include "lang/eval/call.h"
#include "lang/gradients/custom.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/models/model.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/dump.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

#include <string.h>

extern const Op OP_CHAIN;

void point_fail(Point *point, Diag *diag) {
  if (!diag->span.file) diag->span = point->site->span;
  raise_diag(point->vm, diag);
}

Maker point_maker(Point *point, Diag *diag) { return (Maker){&point->trace->graph, diag}; }

NodeId point_identity(Point *point, NodeId node, Diag *diag) {
  Maker maker = point_maker(point, diag);
  return make_named(&maker, node);
}

/* ---- the argument as f sees it ---- */

static void want_floats(const Point *point, const Type *type) {
  if (type->weak || dtype_floats(type->dtype)) return;
  raise_help(point->vm, point->site->span, "convert it: f32(x)",
             "a gradient is taken in floats, the argument is %s", dtype_name(type->dtype));
}

/* A tensor's or number's own node; a number is an f64. */
static NodeId own_node(Point *point, Value value) {
  Type type = trace_type(point->vm, value, point->site->span);
  want_floats(point, &type);
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  NodeId node = value.kind == KIND_NUMBER
                    ? graph_constant(&point->trace->graph, value.number, DTYPE_F64)
                    : trace_operand(point->trace, value, point->site->span);
  if (type.weak) node = make_cast(&maker, node, DTYPE_F64);
  node = make_named(&maker, node);
  if (!node) point_fail(point, &diag);
  return node;
}

static NodeId leaf_node(Point *point, const TreeLeaf *leaf) {
  return leaf->param ? trace_param(point->trace, leaf->param) : own_node(point, leaf->value);
}

/* The nodes of the leaves as parts of one vector: tensors to be given to f, params staged. */
static void part_leaves(Point *point) {
  const Leaves *leaves = point->leaves;
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  bool lone = point->at.kind == KIND_PARAM; /* it keeps its shape */
  NodeId all = lone ? point->nodes[0] : leaves_join(&maker, DTYPE_F64, point->nodes, leaves->count);
  point->x = all ? point_identity(point, all, &diag) : 0;
  if (!point->x) point_fail(point, &diag);
  int64_t from = 0;
  for (int i = 0; i < leaves->count; i++) {
    const NodeId own = point->nodes[i];
    const Type type = *make_type(&maker, own);
    const TreeLeaf *leaf = &leaves->items[i];
    point->nodes[i] = lone ? point->x : leaves_part(&maker, point->x, from, &type);
    from += shape_count(&type.shape);
    if (!point->nodes[i]) point_fail(point, &diag);
    probable_same(point->trace, point->nodes[i], own);
    if (!leaf->param || leaf->param->frozen) continue;
    point->before[i] = trace_staged(point->trace, leaf->param);
    trace_stage(point->trace, leaf->param, point->nodes[i]);
  }
}

/* Is a param the value of an expression here?  The graph reads a reshape of a reshape from what was
 * reshaped first, and equal expressions are one node, so f would not go by the param's. */
static bool is_assigned(const Point *point) {
  for (int i = 0; i < point->leaves->count; i++) {
    const ParamObject *param = point->leaves->items[i].param;
    if (param && !param->frozen && (param->lent || trace_staged(point->trace, param))) return true;
  }
  return false;
}

/* Has an outer recording made something of a param already?  It may be a tensor that f reads, which
 * is a constant to f, as it is where nothing is recorded outside; but it may also equal what f
 * makes of the param, and equal expressions are one node. */
static bool is_used(const Point *point) {
  const Graph *graph = &point->trace->graph;
  if (point->own) return false;
  bool *param = mem_zero(graph->count * sizeof *param), used = false;
  for (int i = 0; i < point->leaves->count; i++)
    if (point->leaves->items[i].param && !point->leaves->items[i].param->frozen)
      param[point->nodes[i]] = true;
  for (NodeId id = 1; id < graph->count && !used; id++) {
    const Node *node = graph_node(graph, id);
    for (int i = 0; i < node->input_count; i++) used |= param[node->inputs[i]];
  }
  mem_free(param);
  return used;
}

/* A node of its own for each param, so that only f's uses of it count. */
static void name_params(Point *point) {
  Diag diag;
  diag_clear(&diag);
  for (int i = 0; i < point->leaves->count; i++) {
    ParamObject *param = point->leaves->items[i].param;
    if (!param || param->frozen) continue;
    point->nodes[i] = point_identity(point, point->nodes[i], &diag);
    if (!point->nodes[i]) point_fail(point, &diag);
    point->before[i] = trace_staged(point->trace, param);
    trace_stage(point->trace, param, point->nodes[i]);
  }
}

/* What f has assigned stays. */
static void unstage(Point *point) {
  for (int i = 0; point->before && i < point->leaves->count; i++) {
    ParamObject *param = point->leaves->items[i].param;
    if (!param || param->frozen || trace_staged(point->trace, param) != point->nodes[i]) continue;
    if (point->before[i]) trace_stage(point->trace, param, point->before[i]);
    else trace_unstage(point->trace, param);
  }
}

static Value tree_variable(Point *point, bool as_vector, bool copied) {
  Vm *vm = point->vm;
  Leaves *leaves = point->leaves = leaves_of(vm, point->at);
  if (leaves->count == 0)
    raise_at(vm, point->site->span,
             "there is nothing to differentiate by: the argument holds no params and no tensors");
  size_t count = (size_t)leaves->count;
  point->nodes = arena_alloc(&point->trace->graph.arena, count * sizeof(NodeId));
  for (int i = 0; i < leaves->count; i++) point->nodes[i] = leaf_node(point, &leaves->items[i]);
  const bool named = !as_vector && (copied || is_assigned(point) || is_used(point));
  if (as_vector || named)
    point->before = arena_alloc(&point->trace->graph.arena, count * sizeof(NodeId));
  if (as_vector) part_leaves(point);
  else if (named) name_params(point);
  Value values = value_list(vm, leaves->count);
  for (int i = 0; i < leaves->count; i++)
    list_push(vm, values.list,
              leaves->items[i].param ? value_none() : trace_result(point->trace, point->nodes[i]));
  Value given = leaves_put(vm, leaves, values.list->items, INTO_TENSORS);
  value_release(vm, values);
  return given;
}

/* The argument as passed to f: an owned value.  copied: a param of it is another argument too. */
static Value variable(Point *point, bool as_vector, bool copied) {
  if (value_is_tree(point->at) || point->at.kind == KIND_PARAM)
    return tree_variable(point, as_vector, copied);
  point->number = point->at.kind == KIND_NUMBER;
  point->x = own_node(point, point->at);
  return trace_result(point->trace, point->x);
}

/* ---- one param as several arguments ---- */

static bool share_params(Vm *vm, Value a, Value b) {
  Leaves *left = leaves_of(vm, a), *right = leaves_of(vm, b);
  bool share = false;
  for (int i = 0; i < left->count && !share; i++) {
    const ParamObject *param = left->items[i].param;
    share = param &&
            lookup_place(&right->params, right->items, sizeof(TreeLeaf), right->count, param) >= 0;
  }
  leaves_free(vm, right);
  leaves_free(vm, left);
  return share;
}

/* A copy of an argument with the same values: a param becomes a tensor, a model a new one. */
static Value apart(Point *point, Value arg) {
  Vm *vm = point->vm;
  Leaves *leaves = leaves_of(vm, arg);
  Value values = value_list(vm, leaves->count);
  Diag diag;
  diag_clear(&diag);
  for (int i = 0; i < leaves->count; i++) {
    const TreeLeaf *leaf = &leaves->items[i];
    NodeId node = leaf->param ? trace_param(point->trace, leaf->param) : 0;
    if (node && !(node = point_identity(point, node, &diag))) point_fail(point, &diag);
    list_push(vm, values.list, node ? trace_result(point->trace, node) : value_retain(leaf->value));
  }
  Value copy = leaves_put(vm, leaves, values.list->items, INTO_NEW);
  value_release(vm, values);
  leaves_free(vm, leaves);
  return copy;
}

/* The arguments, into slots of the value stack: as copies those that share a param with one of
 * `wrt:`, of which the first keeps it.  Are there such? */
static bool own_arguments(Point *point, const PointCall *call, Value *into) {
  Vm *vm = point->vm;
  bool copied = false;
  for (int i = 0; i < call->count; i++) into[i] = value_retain(call->args[i]);
  for (int i = 0; i < call->count && call->count > 1; i++) {
    if (!value_is_tree(into[i]) && into[i].kind != KIND_PARAM) continue;
    bool shared = false;
    for (int k = 0; k < call->which_count && !shared && call->which[k] != i; k++)
      shared = share_params(vm, into[i], call->args[call->which[k]]);
    if (!shared) continue;
    value_release(vm, into[i]);
    into[i] = (Value){0};
    into[i] = apart(point, call->args[i]);
    copied = true;
  }
  return copied;
}

/* ---- the call ---- */

static void take_result(Point *point, bool any) {
  Vm *vm = point->vm;
  if (!any || !value_is_tree(point->result)) {
    point->y = trace_operand(point->trace, point->result, point->site->span);
    return;
  }
  point->results = leaves_of(vm, point->result);
  int count = point->results->count;
  if (count == 0)
    raise_at(vm, point->site->span, "the function gives %s without numbers or tensors",
             kind_name(point->result));
  NodeId *nodes = arena_alloc(&point->trace->graph.arena, (size_t)count * sizeof(NodeId));
  point->result_nodes = nodes;
  for (int i = 0; i < count; i++)
    nodes[i] = trace_operand(point->trace, point->results->items[i].value, point->site->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  point->y = leaves_join(&maker, vm->real, nodes, count);
  if (!point->y) point_fail(point, &diag);
}

typedef struct Running {
  Point *point;
  const PointCall *call;
  const Value *given;
} Running;

/* The result may be a param that is staged as long as f runs. */
static void run_body(Vm *vm, void *context) {
  Running *running = context;
  const PointCall *call = running->call;
  Point *point = running->point;
  point->result = point->kept[1] = vm_call_named(vm, point->site, call->f, running->given,
                                                 call->names, call->count);
  take_result(point, call->any_result);
}

/* Staged params must not stay staged when f raises and the script catches it. */
static void run(Point *point, Running *running) {
  Vm *vm = point->vm;
  if (!point->before) {
    run_body(vm, running);
    return;
  }
  Diag diag = {0};
  bool fine = vm_protect(vm, run_body, running, &diag);
  unstage(point);
  if (!fine) raise_diag(vm, &diag);
}

static Value point_at(Vm *vm, const PointCall *call, const Value *args) {
  if (!call->several) return value_retain(args[call->which[0]]);
  Value tuple = value_tuple(vm, call->which_count);
  for (int i = 0; i < call->which_count; i++)
    tuple.tuple->items[i] = value_retain(args[call->which[i]]);
  return tuple;
}

Point point_record(Vm *vm, const CallSite *site, const PointCall *call) {
  if (call->count > POINT_ARGUMENTS)
    raise_at(vm, site->span, "at most %d arguments here", POINT_ARGUMENTS);
  Point point = {.vm = vm, .site = site};
  point.own = vm->trace == NULL;
  point.again = !point.own;
  const AstFunction *function = call->f.kind == KIND_CLOSURE ? call->f.closure->function : NULL;
  point.trace = point.own ? trace_open(vm, site->span, function) : vm->trace;
  point.trace->graph.custom = custom_backward;
  point.trace->graph.custom_context = vm;
  point.trace->graph.span = trace_span(vm, site->span);
  point.kept = stack_take(vm, 2);
  Value given[POINT_ARGUMENTS], *args = stack_take(vm, (uint32_t)call->count);
  bool copied = own_arguments(&point, call, args);
  point.at = point.kept[0] = point_at(vm, call, args);
  Value moving = *stack_push(vm, variable(&point, call->as_vector, copied));
  memcpy(given, args, (size_t)call->count * sizeof *given);
  for (int i = 0; i < call->which_count; i++)
    given[call->which[i]] = call->several ? moving.tuple->items[i] : moving;
  Running running = {&point, call, given};
  run(&point, &running);
  stack_drop(vm, args);
  return point;
}

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
      raise_at(vm, site->span, "the function has no argument `%.64s` to differentiate by", name);
  } else if (wrt.kind != KIND_UNSET && wrt.kind != KIND_NONE) {
    position = (int)value_as_index(vm, site->span, wrt);
  }
  if (function && position >= 0 && position < function->param_count)
    name = function->params[position].name;
  for (int i = 0; i < count; i++)
    if (site->names && site->names[i] && name && !strcmp(site->names[i], name)) return i;
  bool positional = position >= 0 && position < count && !(site->names && site->names[position]);
  if (!positional)
    raise_at(vm, site->span, "the argument to differentiate by, number %d, was not given",
             position);
  return position;
}

/* Which arguments `wrt:` names: one, or each of a tuple. */
static int which_of(Vm *vm, const CallSite *site, Value f, Value wrt, int count, int *which) {
  bool list = wrt.kind == KIND_LIST, several = list || wrt.kind == KIND_TUPLE;
  if (!several) {
    which[0] = which_argument(vm, site, f, wrt, count);
    return 1;
  }
  int64_t many = list ? wrt.list->count : wrt.tuple->count;
  const Value *items = list ? wrt.list->items : wrt.tuple->items;
  if (many == 0 || many > POINT_ARGUMENTS)
    raise_at(vm, site->span, "`wrt:` must name one argument or more, this names %lld",
             (long long)many);
  for (int i = 0; i < many; i++) {
    which[i] = which_argument(vm, site, f, items[i], count);
    for (int k = 0; k < i; k++)
      if (which[k] == which[i])
        raise_at(vm, site->span, "`wrt:` names an argument twice, number %d", which[i]);
  }
  return (int)many;
}

Point point_record_self(Vm *vm, const CallSite *site, Value *args, int count, bool as_vector) {
  Value f = site->self->extra[0], wrt = site->self->extra[1];
  int which[POINT_ARGUMENTS];
  PointCall call = {.f = f,
                    .args = args,
                    .names = site->names,
                    .count = count,
                    .which = which,
                    .which_count = which_of(vm, site, f, wrt, count, which),
                    .several = wrt.kind == KIND_TUPLE || wrt.kind == KIND_LIST,
                    .as_vector = as_vector};
  return point_record(vm, site, &call);
}

void point_end(Point *point) {
  Vm *vm = point->vm;
  if (point->results) leaves_free(vm, point->results);
  if (point->leaves) leaves_free(vm, point->leaves);
  stack_drop(vm, point->kept);
  if (point->own && !vm->checking) trace_commit(vm, point->trace);
  if (point->own) trace_close(vm, point->trace);
}

void point_want_scalar(Point *point) {
  const Shape *shape = &graph_node(&point->trace->graph, point->y)->type.shape;
  if (shape->rank == 0) return;
  char text[200];
  raise_help(point->vm, point->site->span,
             "sum(…) or mean(…) makes one number; jacobian(f) differentiates many",
             "grad needs a function that gives one number, this one gives %s",
             shape_show(shape, text));
}

/* ---- gradients ---- */

static NodeId or_zeros(Point *point, NodeId node, NodeId like, Diag *diag) {
  Maker maker = point_maker(point, diag);
  if (node) return node;
  const Type type = *make_type(&maker, like);
  return make_zeros(&maker, &type);
}

NodeId *point_gradients(Point *point, NodeId y, NodeId seed, int *count) {
  Diag diag;
  diag_clear(&diag);
  point->trace->graph.again = point->again;
  bool leaves = point->leaves && !point->x;
  int wrt_count = leaves ? point->leaves->count : 1;
  const NodeId *wrt = leaves ? point->nodes : &point->x;
  NodeId *into = arena_alloc(&point->trace->graph.arena, (size_t)wrt_count * sizeof(NodeId));
  if (!gradient(&point->trace->graph, y, seed, wrt, wrt_count, into, &diag))
    point_fail(point, &diag);
  trace_tell_lost(point->trace);
  for (int i = 0; i < wrt_count; i++) {
    const ParamObject *param = leaves ? point->leaves->items[i].param : NULL;
    into[i] = or_zeros(point, param && param->frozen ? 0 : into[i], wrt[i], &diag);
    if (!into[i]) point_fail(point, &diag);
  }
  *count = point->wrt_count = wrt_count;
  point->wrt = wrt;
  point->from = y;
  return into;
}

void point_derives(Point *point, NodeId from, NodeId u) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  point->from = u ? make_sum(&maker, make2(&maker, OP_CHAIN, u, from), ~0u, false) : from;
  if (!point->from) point_fail(point, &diag);
  point->wrt = &point->x;
  point->wrt_count = 1;
}

NodeId point_slope(Point *point, NodeId y, NodeId seed, NodeId wrt) {
  Diag diag;
  diag_clear(&diag);
  NodeId slope = 0;
  Graph *graph = &point->trace->graph;
  graph->again = point->again;
  graph->strict = point->strict;
  bool good = gradient(graph, y, seed, &wrt, 1, &slope, &diag);
  graph->strict = false;
  if (!good) point_fail(point, &diag);
  trace_tell_lost(point->trace);
  slope = or_zeros(point, slope, wrt, &diag);
  if (!slope) point_fail(point, &diag);
  return slope;
}

void point_slope_made(Point *point) {
  point->again = !point->own;
  point->trace->graph.derived = point->trace->graph.count;
}

/* ---- values ---- */

void point_values(Point *point, const NodeId *nodes, int count, Value *into) {
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
  for (int i = 0; i < count; i++) into[i].tensor->probable = probable_node(point->trace, nodes[i]);
  const LimitAsk ask = {.wrt = point->wrt,
                        .wrt_count = point->wrt_count,
                        .from = point->from,
                        .results = nodes,
                        .result_count = count};
  compute_limits(point->trace, ask, into);
}

static Value as_number(const Point *point, Value value) {
  if (trace_pending(point->vm, value) || value.kind != KIND_TENSOR ||
      value.tensor->tensor.shape.rank)
    return value;
  double number = tensor_get(&value.tensor->tensor, 0);
  value_release(point->vm, value);
  return value_number(number);
}

Value point_as_given(const Point *point, Value value) {
  return point->number ? as_number(point, value) : value;
}

/* Values of leaves in the form of a tree; takes them. */
static Value shaped(Point *point, Leaves *leaves, Value *values) {
  for (int i = 0; i < leaves->count; i++)
    if (leaves->items[i].value.kind == KIND_NUMBER) values[i] = as_number(point, values[i]);
  Value result = leaves_put(point->vm, leaves, values, INTO_SLOPES);
  for (int i = 0; i < leaves->count; i++) value_release(point->vm, values[i]);
  return result;
}

Value point_shaped(Point *point, Value *values, int count) {
  (void)count;
  return point->leaves ? shaped(point, point->leaves, values) : point_as_given(point, values[0]);
}

Value point_value(Point *point, NodeId node, bool of_result) {
  Leaves *leaves = of_result ? point->results : point->leaves;
  if (!leaves || leaves->tree.kind == KIND_PARAM) {
    Value value;
    point_values(point, &node, 1, &value);
    return point_as_given(point, value);
  }
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  size_t count = (size_t)leaves->count;
  NodeId *parts = arena_alloc(&point->trace->graph.arena, count * sizeof(NodeId));
  Value *values = arena_alloc(&point->trace->graph.arena, count * sizeof(Value));
  int64_t from = 0;
  for (int i = 0; i < leaves->count; i++) {
    Type type = leaves_type(point->vm, leaves, i);
    parts[i] = leaves_part(&maker, node, from, &type);
    from += shape_count(&type.shape);
    if (!parts[i]) point_fail(point, &diag);
    if (node == point->y) probable_same(point->trace, parts[i], point->result_nodes[i]);
  }
  point_values(point, parts, leaves->count, values);
  return shaped(point, leaves, values);
}

/* The vector of a tree of the form of `like`; a number counts for each element. */
static NodeId joined_direction(Point *point, Value value, const Leaves *like) {
  Vm *vm = point->vm;
  Leaves *of_like, *leaves;
  leaves_match(vm, point->site->span, like->tree, value, &of_like, &leaves);
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  NodeId *nodes = arena_alloc(&point->trace->graph.arena,
                              (size_t)(leaves->count + 1) * sizeof(NodeId));
  for (int i = 0; i < leaves->count; i++) {
    Type type = leaves_type(vm, of_like, i);
    nodes[i] = trace_operand(point->trace, leaves->items[i].value, point->site->span);
    if (make_type(&maker, nodes[i])->shape.rank == 0 && type.shape.rank)
      nodes[i] = make_expand(&maker, nodes[i], &type.shape);
  }
  NodeId node = leaves_join(&maker, DTYPE_F64, nodes, leaves->count);
  if (!node) point_fail(point, &diag);
  leaves_free(vm, leaves);
  leaves_free(vm, of_like);
  return node;
}

NodeId point_direction(Point *point, Value value, bool of_result) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  const Leaves *leaves = of_result ? point->results : point->leaves;
  const Type type = *make_type(&maker, of_result ? point->y : point->x);
  bool tree = leaves && value_is_tree(value);
  NodeId node = tree ? joined_direction(point, value, leaves)
                     : trace_operand(point->trace, value, point->site->span);
  node = make_cast(&maker, node, type.dtype);
  if (!node) point_fail(point, &diag);
  if (!shape_equal(&make_type(&maker, node)->shape, &type.shape)) {
    char a[200], b[200];
    raise_at(point->vm, point->site->span, "the vector must have the shape %s, this has %s",
             shape_show(&type.shape, a), shape_show(&make_type(&maker, node)->shape, b));
  }
  return node;
}
