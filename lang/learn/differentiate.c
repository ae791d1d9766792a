/* differentiate.c — grad, value_and_grad, vjp, jvp, hvp.
 *
 * Each records f at a point (point.c), lets gradient() add nodes, and returns their values.
 *
 *   vjp   the gradient of sum(f(x) * u)
 *   jvp   the gradient is linear in u; differentiating it in u and contracting with v gives J v
 *         (the double-backward trick, Townsend 2017)
 *   hvp   the gradient of sum(grad f(x) * v) (Pearlmutter 1994)
 */
#include "lang/learn/differentiate.h"
#include "lang/eval/native.h"
#include "lang/learn/model.h"
#include "lang/learn/point.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/operation.h"

#include <string.h>

/* ---- gradients in the shape of the argument ---- */

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
  if (!point->parts) return point_as_given(point, values[0]);
  Value result = mirror(point, point->at, values);
  for (int i = 0; i < count; i++) value_release(point->vm, values[i]);
  return result;
}

/* ---- grad(f), value_and_grad(f): functions made of f ---- */

static Value call_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  Point point = point_record_self(vm, site, args, count);
  point_want_scalar(&point);
  int nodes_count;
  NodeId *nodes = point_gradients(&point, point.y, 0, &nodes_count);
  Value *values = arena_alloc(&point.trace->graph.arena, (size_t)nodes_count * sizeof(Value));
  point_values(&point, nodes, nodes_count, values);
  Value result = shaped(&point, values, nodes_count);
  point_end(&point);
  return result;
}

static Value call_value_and_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  Point point = point_record_self(vm, site, args, count);
  point_want_scalar(&point);
  int nodes_count;
  NodeId *nodes = point_gradients(&point, point.y, 0, &nodes_count);
  NodeId *all = arena_alloc(&point.trace->graph.arena, (size_t)(nodes_count + 1) * sizeof(NodeId));
  Value *values = arena_alloc(&point.trace->graph.arena, (size_t)(nodes_count + 1) * sizeof(Value));
  all[0] = point.y;
  memcpy(all + 1, nodes, (size_t)nodes_count * sizeof(NodeId));
  point_values(&point, all, nodes_count + 1, values);
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = point_as_given(&point, values[0]);
  pair.tuple->items[1] = shaped(&point, values + 1, nodes_count);
  point_end(&point);
  return pair;
}

static const Native MADE_GRAD = {"grad(f)", NULL, call_grad, false, "", "", ""};
static const Native MADE_VALUE_AND_GRAD = {
    "value_and_grad(f)", NULL, call_value_and_grad, false, "", "", ""};

Value native_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_GRAD, args[0], args[1]);
}

Value native_value_and_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_VALUE_AND_GRAD, args[0], args[1]);
}

/* ---- products: jvp(f, x, v), vjp(f, x, u), hvp(f, x, v) ---- */

/* v or u as a node of the type of `like`. */
static NodeId direction(Point *point, Value value, NodeId like) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  const Type type = *make_type(&maker, like);
  NodeId node = make_cast(&maker, trace_operand(point->trace, value, point->site->span),
                          type.dtype);
  if (!node) point_fail(point, &diag);
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
  Point point = point_record(vm, site, args[0], args + 1, NULL, 1, 0);
  point_want_tensor(&point, "a product");
  NodeId node = node_of(&point, args[2]);
  Value value = point_value(&point, node);
  point_end(&point);
  return value;
}

static NodeId vjp_node(Point *point, Value u) {
  return point_slope(point, point->y, direction(point, u, point->y), point->x);
}

static NodeId jvp_node(Point *point, Value v) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = point_maker(point, &diag);
  const Type type = *make_type(&maker, point->y);
  NodeId u = point_identity(point, make_zeros(&maker, &type), &diag);
  if (!u) point_fail(point, &diag);
  point->again = true;
  NodeId backward = point_slope(point, point->y, u, point->x);
  point->again = !point->own;
  return point_slope(point, backward, direction(point, v, point->x), u);
}

static NodeId hvp_node(Point *point, Value v) {
  point_want_scalar(point);
  point->again = true;
  NodeId slope = point_slope(point, point->y, 0, point->x);
  point_slope_made(point);
  return point_slope(point, slope, direction(point, v, point->x), point->x);
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
