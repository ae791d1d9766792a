/* differentiate.c — grad, value_and_grad, vjp, jvp, hvp.
 *
 * Each records f at a point (point.c), calls gradient() to add nodes, and returns their values.
 *
 *   vjp   the gradient of sum(f(x) * u)
 *   jvp   the gradient is linear in u; differentiating it in u and contracting with v gives J v
 *         (the double-backward trick, Townsend 2017)
 *   hvp   the gradient of sum(grad f(x) * v) (Pearlmutter 1994)
 */
#include "lang/gradients/differentiate.h"
#include "lang/eval/native.h"
#include "lang/gradients/point.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/tuple.h"

#include <string.h>

/* ---- grad(f), value_and_grad(f): functions made of f ---- */

/* The loss of a step: by parts, and remembered (step/whole.c). */
static bool by_parts(Vm *vm, const CallSite *site, Value *args, int count, Value *loss,
                     Value *slope) {
  return count == 1 && !vm->checking &&
         vm->registry->learning->own_slope(vm, site, site->self->extra[0], args[0], loss, slope);
}

static Value call_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  Value loss, slope;
  if (by_parts(vm, site, args, count, &loss, &slope)) return slope;
  Point point = point_record_self(vm, site, args, count, false);
  point_want_scalar(&point);
  int nodes_count;
  NodeId *nodes = point_gradients(&point, point.y, 0, &nodes_count);
  Value *values = arena_alloc(&point.trace->graph.arena, (size_t)nodes_count * sizeof(Value));
  point_values(&point, nodes, nodes_count, values);
  Value result = point_shaped(&point, values, nodes_count);
  point_end(&point);
  return result;
}

static Value call_value_and_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  Value loss, slope;
  if (by_parts(vm, site, args, count, &loss, &slope)) {
    Value pair = value_tuple(vm, 2);
    pair.tuple->items[0] = loss;
    pair.tuple->items[1] = slope;
    return pair;
  }
  Point point = point_record_self(vm, site, args, count, false);
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
  pair.tuple->items[1] = point_shaped(&point, values + 1, nodes_count);
  point_end(&point);
  return pair;
}

static const Native MADE_GRAD = {"grad(f)", NULL, call_grad, false, "", "", ""};
static const Native MADE_VALUE_AND_GRAD = {
    "value_and_grad(f)", NULL, call_value_and_grad, false, "", "", ""};

bool native_is_gradient(Value f) {
  return f.kind == KIND_NATIVE &&
         (f.native->native == &MADE_GRAD || f.native->native == &MADE_VALUE_AND_GRAD);
}

Value native_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_GRAD, args[0], args[1]);
}

Value native_value_and_grad(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_VALUE_AND_GRAD, args[0], args[1]);
}

/* ---- products: jvp(f, x, v), vjp(f, x, u), hvp(f, x, v) ---- */

static Value product(Vm *vm, const CallSite *site, Value *args, bool along_result,
                     NodeId (*node_of)(Point *, Value)) {
  if (!native_callable(args[0]))
    raise_kind(vm, site->span, args[0], "the first argument must be a function", NULL);
  PointCall call = {.f = args[0],
                    .args = args + 1,
                    .count = 1,
                    .which = (int[]){0},
                    .which_count = 1,
                    .as_vector = true,
                    .any_result = true};
  Point point = point_record(vm, site, &call);
  NodeId node = node_of(&point, args[2]);
  Value value = point_value(&point, node, along_result);
  point_end(&point);
  return value;
}

static NodeId vjp_node(Point *point, Value u) {
  NodeId by = point_direction(point, u, true);
  NodeId node = point_slope(point, point->y, by, point->x);
  point_derives(point, point->y, by);
  return node;
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
  /* in u it is linear, with factors that may be zeros at this x alone */
  point->strict = slopes_taken(&point->trace->graph, point->x, point->y);
  point->again = !point->own || point->strict;
  if (!point->results) point_derives(point, point->y, 0);
  return point_slope(point, backward, point_direction(point, v, false), u);
}

static NodeId hvp_node(Point *point, Value v) {
  point_want_scalar(point);
  point->again = true;
  NodeId slope = point_slope(point, point->y, 0, point->x);
  point_slope_made(point);
  NodeId by = point_direction(point, v, false);
  NodeId node = point_slope(point, slope, by, point->x);
  point_derives(point, slope, by);
  return node;
}

Value native_jvp(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return product(vm, site, args, true, jvp_node);
}

Value native_vjp(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return product(vm, site, args, false, vjp_node);
}

Value native_hvp(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return product(vm, site, args, false, hvp_node);
}
