/* point.c — a function recorded at a point, its gradients, and their values.
 *
 * The point's tensor becomes an IDENTITY node of its own, so that "with respect to" means this
 * argument and not every use of an equal tensor.  Inside an open recording (a grad in a loss, a
 * grad of a grad) the nodes are added to it; otherwise a recording is opened, run as a plan and
 * closed.
 *
 * A derivative that will be differentiated again is made with Graph.again: at a kink the next
 * derivative is NaN, not the 0 of a subgradient (runtime/graph/gradient_live.c).
 */
#include "lang/learn/point.h"
#include "lang/eval/call.h"
#include "lang/learn/custom.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/dump.h"
#include "lang/tensors/operation.h"

#include <string.h>

/* ---- the point ---- */

void point_fail(Point *point, Diag *diag) {
  if (!diag->span.file) diag->span = point->site->span;
  raise_diag(point->vm, diag);
}

Maker point_maker(Point *point, Diag *diag) { return (Maker){&point->trace->graph, diag}; }

NodeId point_identity(Point *point, NodeId node, Diag *diag) {
  Maker maker = point_maker(point, diag);
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
  Maker maker = point_maker(point, &diag);
  NodeId node = point->number ? graph_constant(&point->trace->graph, at.number, DTYPE_F64)
                              : trace_operand(point->trace, at, point->site->span);
  if (type.weak) node = make_cast(&maker, node, DTYPE_F64);
  point->x = point_identity(point, node, &diag);
  if (!point->x) point_fail(point, &diag);
  return trace_result(point->trace, point->x);
}

Point point_record(Vm *vm, const CallSite *site, Value f, const Value *args,
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

Point point_record_self(Vm *vm, const CallSite *site, Value *args, int count) {
  Value f = site->self->extra[0];
  return point_record(vm, site, f, args, site->names, count,
                      which_argument(vm, site, f, site->self->extra[1], count));
}

void point_end(Point *point) {
  value_release(point->vm, point->result);
  if (point->parts) parts_free(point->vm, point->parts);
  if (point->own && !point->vm->checking) trace_commit(point->vm, point->trace);
  if (point->own) trace_close(point->vm, point->trace);
}

/* ---- what is wanted ---- */

void point_want_scalar(Point *point) {
  const Shape *shape = &graph_node(&point->trace->graph, point->y)->type.shape;
  if (shape->rank == 0) return;
  char text[200];
  raise_help(point->vm, point->site->span,
             "sum(…) or mean(…) makes one number; jacobian(f) differentiates many",
             "grad needs a function that gives one number, this one gives %s",
             shape_show(shape, text));
}

void point_want_tensor(Point *point, const char *what) {
  if (point->parts)
    raise_at(point->vm, point->site->span,
             "%s is taken in a tensor or a number, not in a model or param", what);
}

/* ---- results ---- */

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
}

Value point_as_given(Point *point, Value value) {
  if (!point->number || trace_pending(point->vm, value) || value.kind != KIND_TENSOR ||
      value.tensor->tensor.shape.rank)
    return value;
  double number = tensor_get(&value.tensor->tensor, 0);
  value_release(point->vm, value);
  return value_number(number);
}

Value point_value(Point *point, NodeId node) {
  Value value;
  point_values(point, &node, 1, &value);
  return point_as_given(point, value);
}

/* ---- gradients ---- */

static NodeId or_zeros(Point *point, NodeId node, NodeId like, Diag *diag) {
  Maker maker = point_maker(point, diag);
  if (node) return node;
  const Type type = *make_type(&maker, like);
  return make_zeros(&maker, &type);
}

void point_slope_made(Point *point) {
  point->again = !point->own;
  point->trace->graph.derived = point->trace->graph.count;
}

/* The node to differentiate by: a param inside its domain, a buffer before f assigned it. */
static NodeId part_node(Point *point, ParamObject *param) {
  return param->buffer ? trace_raw(point->trace, param) : trace_param(point->trace, param);
}

NodeId *point_gradients(Point *point, NodeId y, NodeId seed, int *count) {
  Diag diag;
  diag_clear(&diag);
  point->trace->graph.again = point->again;
  int wrt_count = point->parts ? point->parts->count : 1;
  NodeId *wrt = arena_alloc(&point->trace->graph.arena, (size_t)wrt_count * sizeof(NodeId));
  NodeId *into = arena_alloc(&point->trace->graph.arena, (size_t)wrt_count * sizeof(NodeId));
  for (int i = 0; i < wrt_count; i++)
    wrt[i] = point->parts ? part_node(point, point->parts->items[i].param) : point->x;
  if (!gradient(&point->trace->graph, y, seed, wrt, wrt_count, into, &diag))
    point_fail(point, &diag);
  for (int i = 0; i < wrt_count; i++) into[i] = or_zeros(point, into[i], wrt[i], &diag);
  *count = wrt_count;
  return into;
}

NodeId point_slope(Point *point, NodeId y, NodeId seed, NodeId wrt) {
  Diag diag;
  diag_clear(&diag);
  NodeId slope = 0;
  point->trace->graph.again = point->again;
  if (!gradient(&point->trace->graph, y, seed, &wrt, 1, &slope, &diag)) point_fail(point, &diag);
  slope = or_zeros(point, slope, wrt, &diag);
  if (!slope) point_fail(point, &diag);
  return slope;
}
