/* probable.c — see probable.h. */
#include "lang/tensors/probable.h"

#include "lang/machine/tensor_value.h"

#include <string.h>

extern const Op OP_ADD, OP_AFTER, OP_CAST, OP_CLAMP, OP_CONCAT, OP_CUSTOM, OP_DIV, OP_EXP,
    OP_EXPAND, OP_GATHER, OP_HARDSIGMOID, OP_IDENTITY, OP_LOG, OP_LOG_SIGMOID, OP_LOG_SOFTMAX,
    OP_MAXIMUM, OP_MINIMUM, OP_MUL, OP_PERMUTE, OP_REQUIRE, OP_RESHAPE, OP_SIGMOID, OP_SLICE,
    OP_SOFTMAX, OP_STOP, OP_SUB, OP_SUM;

static const float BOUND_MOST = 1.00001F; /* of a probability: means are rounded */

/* 1 / (1 + exp(x)) is a sigmoid written out: what it is on the way, which is no bound */
static const float IS_EXP = -1, IS_EXP_AND_1 = -2;

/* logarithms of probabilities, which are no bound either */
static const float LOGARITHM = -3;

static bool makes(Op op) { return op == OP_SIGMOID || op == OP_SOFTMAX || op == OP_HARDSIGMOID; }

/* Its elements are those of its first input, in other places or another dtype. */
static bool passes(Op op) {
  return op == OP_RESHAPE || op == OP_SLICE || op == OP_GATHER || op == OP_PERMUTE ||
         op == OP_EXPAND || op == OP_CAST || op == OP_IDENTITY || op == OP_STOP ||
         op == OP_CUSTOM || op == OP_AFTER;
}

static float sum_of(float a, float b) { return a > 0 && b > 0 ? a + b : 0; }

static float scaled(float bound, double factor) {
  return bound > 0 && factor > 0 && factor <= 1e6 ? bound * (float)factor : 0;
}

static bool is_probable(float bound) { return bound > 0 && bound <= BOUND_MOST; }

/* ---- of one operation ---- */

/* What is known of an operand: a number of the script, or the bound of a tensor. */
typedef struct Part {
  float bound;
  bool is_number;
  double number;
} Part;

static bool is_one(Part part) { return part.is_number && part.number == 1; }

static bool cuts(Op op) { return op == OP_CLAMP || op == OP_MAXIMUM || op == OP_MINIMUM; }

/* Of an end where elements of `bound` are cut: those cut there are its value. */
static bool keeps(float bound, Part end) {
  if (bound == LOGARITHM) return (end.is_number && end.number <= 0) || end.bound == LOGARITHM;
  return end.is_number ? end.number >= 0 && end.number <= (double)bound
                       : end.bound > 0 && end.bound <= bound;
}

/* `p` and its ends, of which a maximum or minimum has one, in either order. */
static float cut(Op op, const Part *parts) {
  bool second = parts[0].is_number || (!parts[1].is_number && parts[1].bound > parts[0].bound);
  int of = op != OP_CLAMP && second;
  float bound = parts[of].bound;
  if (!(bound > 0) && bound != LOGARITHM) return 0;
  for (int i = 0; i < (op == OP_CLAMP ? 3 : 2); i++)
    if (i != of && !keeps(bound, parts[i])) return 0;
  return bound;
}

/* p + 1e-9, which has a logarithm at 0, too. */
static bool is_rounding(Part part) {
  return part.is_number && part.number >= 0 && part.number <= (double)BOUND_MOST - 1;
}

static float combined(Op op, const Part *parts) {
  Part a = parts[0], b = parts[1];
  if (makes(op)) return 1;
  if (op == OP_LOG_SIGMOID || op == OP_LOG_SOFTMAX) return LOGARITHM;
  if (op == OP_LOG) return is_probable(a.bound) ? LOGARITHM : 0;
  if (op == OP_EXP) return a.bound == LOGARITHM ? 1 : IS_EXP;
  if (passes(op)) return a.bound;
  if (op == OP_ADD && (is_one(a) ? b : a).bound == IS_EXP && (is_one(a) || is_one(b)))
    return IS_EXP_AND_1;
  if (op == OP_ADD && is_probable(a.bound) && is_rounding(b)) return a.bound;
  if (op == OP_ADD && is_probable(b.bound) && is_rounding(a)) return b.bound;
  if (op == OP_ADD) return sum_of(a.bound, b.bound);
  if (op == OP_SUB) return is_one(a) && is_probable(b.bound) ? 1 : 0;
  if (op == OP_DIV && is_one(a) && b.bound == IS_EXP_AND_1) return 1;
  if (op == OP_DIV) return b.is_number ? scaled(a.bound, 1 / b.number) : 0;
  if (op == OP_MUL && b.is_number) return scaled(a.bound, b.number);
  if (op == OP_MUL && a.is_number) return scaled(b.bound, a.number);
  return cuts(op) ? cut(op, parts) : 0;
}

/* ---- of nodes ---- */

static Part part_of(const Trace *trace, NodeId id) {
  const Node *node = graph_node(&trace->graph, id);
  Part part = {.bound = trace->bounds[id], .is_number = node->leaf == LEAF_CONST};
  if (part.is_number) memcpy(&part.number, &node->attrs[0], sizeof part.number);
  return part;
}

static float joined(const Trace *trace, const Node *node) {
  float most = trace->bounds[node->inputs[0]];
  for (int i = 0; i < node->input_count; i++) {
    float bound = trace->bounds[node->inputs[i]];
    if (most == LOGARITHM ? bound != LOGARITHM : !(bound > 0)) return 0;
    most = bound > most ? bound : most;
  }
  return most;
}

static float summed(const Trace *trace, const Node *node) {
  const Shape *from = &graph_node(&trace->graph, node->inputs[0])->type.shape;
  int64_t elements = shape_count(from), sums = shape_count(&node->type.shape);
  if (!elements || !sums) return 0;
  return scaled(trace->bounds[node->inputs[0]], (double)elements / (double)sums);
}

/* From the bounds of its inputs. */
static float bound_of(const Trace *trace, const Node *node) {
  if (node->leaf == LEAF_INPUT) return trace->bindings[node->attrs[0]].probable;
  if (node->leaf || !node->input_count) return 0;
  if (node->op == OP_REQUIRE) return trace->bounds[node->inputs[1]];
  if (node->op == OP_CONCAT) return joined(trace, node);
  if (node->op == OP_SUM) return summed(trace, node);
  Part parts[3] = {{0}};
  for (int i = 0; i < node->input_count && i < 3; i++) parts[i] = part_of(trace, node->inputs[i]);
  return combined(node->op, parts);
}

/* Those of all nodes so far: inputs come before what is made of them. */
static void find_bounds(Trace *trace) {
  const Graph *graph = &trace->graph;
  if (trace->bounds_capacity < graph->count) {
    trace->bounds_capacity = graph->capacity > graph->count ? graph->capacity : graph->count;
    trace->bounds = mem_grow(trace->bounds, trace->bounds_capacity * sizeof *trace->bounds);
  }
  for (NodeId id = trace->bounds_count ? trace->bounds_count : 1; id < graph->count; id++)
    trace->bounds[id] = bound_of(trace, graph_node(graph, id));
  trace->bounds_count = graph->count;
}

float probable_node(Trace *trace, NodeId node) {
  if (trace->bounds_count <= node) find_bounds(trace);
  return trace->bounds[node];
}

void probable_same(Trace *trace, NodeId node, NodeId as) {
  float bound = probable_node(trace, as);
  if (bound != 0 && probable_node(trace, node) == 0) trace->bounds[node] = bound;
}

/* ---- of values ---- */

static Part part_of_value(Value value) {
  return (Part){.bound = value.kind == KIND_TENSOR ? value.tensor->probable : 0,
                .is_number = value.kind == KIND_NUMBER,
                .number = value.number};
}

float probable_result(Op op, const Value *args, int count) {
  Part parts[3] = {{0}};
  for (int i = 0; i < count && i < 3; i++) parts[i] = part_of_value(args[i]);
  return combined(op, parts);
}

float probable_bound(Vm *vm, Value value) {
  if (value.kind == KIND_PARAM) {
    DomainKind domain = value.param->domain.kind;
    return domain == DOMAIN_UNIT || domain == DOMAIN_SIMPLEX ? 1 : 0;
  }
  if (value.kind != KIND_TENSOR) return 0;
  const TensorObject *object = value.tensor;
  if (object->tensor.buffer) return object->probable;
  for (Trace *trace = vm->trace; trace; trace = trace->outer)
    if (object->node && object->trace == trace->serial) return probable_node(trace, object->node);
  return 0;
}

bool probable_value(Vm *vm, Value value) { return is_probable(probable_bound(vm, value)); }

bool probable_logarithm(Vm *vm, Value value) { return probable_bound(vm, value) == LOGARITHM; }
