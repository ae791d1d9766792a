/* probable.c — see probable.h. */
#include "lang/tensors/probable.h"

#include "lang/machine/tensor_value.h"

#include <string.h>

extern const Op OP_ADD, OP_CAST, OP_CLAMP, OP_CONCAT, OP_DIV, OP_EXP, OP_EXPAND, OP_GATHER,
    OP_HARDSIGMOID, OP_IDENTITY, OP_LOG_SIGMOID, OP_MAXIMUM, OP_MINIMUM, OP_MUL, OP_PERMUTE,
    OP_REQUIRE, OP_RESHAPE, OP_SIGMOID, OP_SLICE, OP_SOFTMAX, OP_SUB, OP_SUM;

enum { NODES_MOST = 200 };         /* that are looked at; beyond them it is not known */
static const float LOGARITHM = -1; /* in the place of a bound: of logarithms of probabilities */
static const float BOUND_MOST = 1.00001F; /* of a probability: means are rounded */

static bool makes(Op op) { return op == OP_SIGMOID || op == OP_SOFTMAX || op == OP_HARDSIGMOID; }

static bool cuts(Op op) { return op == OP_CLAMP || op == OP_MAXIMUM || op == OP_MINIMUM; }

/* Its elements are those of its first input, in other places or another dtype. */
static bool passes(Op op) {
  return op == OP_RESHAPE || op == OP_SLICE || op == OP_GATHER || op == OP_PERMUTE ||
         op == OP_EXPAND || op == OP_CAST || op == OP_IDENTITY;
}

static float sum_of(float a, float b) { return a > 0 && b > 0 ? a + b : 0; }

static float scaled(float bound, double factor) {
  return bound > 0 && factor > 0 && factor <= 1e6 ? bound * (float)factor : 0;
}

static bool is_probable(float bound) { return bound > 0 && bound <= BOUND_MOST; }

/* 1 - p */
static float rest_of(float bound) { return is_probable(bound) ? 1 : 0; }

/* ---- of nodes ---- */

static bool is_number(const Graph *graph, NodeId id, double *value) {
  const Node *node = graph_node(graph, id);
  if (node->leaf == LEAF_CONST) memcpy(value, &node->attrs[0], sizeof *value);
  return node->leaf == LEAF_CONST;
}

static bool is_one(const Graph *graph, NodeId id) {
  double value;
  return is_number(graph, id, &value) && value == 1;
}

/* 1 / (1 + exp(x)), a sigmoid written out */
static bool written_out(const Graph *graph, const Node *node) {
  if (node->op != OP_DIV || !is_one(graph, node->inputs[0])) return false;
  const Node *sum = graph_node(graph, node->inputs[1]);
  if (sum->op != OP_ADD) return false;
  bool first = is_one(graph, sum->inputs[0]);
  return (first || is_one(graph, sum->inputs[1])) &&
         graph_node(graph, sum->inputs[first])->op == OP_EXP;
}

static float bound_of(const Trace *trace, NodeId id, int *left);

static float joined(const Trace *trace, const Node *node, int *left) {
  float most = 0;
  for (int i = 0; i < node->input_count; i++) {
    float bound = bound_of(trace, node->inputs[i], left);
    if (!(bound > 0)) return 0;
    most = bound > most ? bound : most;
  }
  return most;
}

static float summed(const Trace *trace, const Node *node, int *left) {
  const Shape *from = &graph_node(&trace->graph, node->inputs[0])->type.shape;
  int64_t elements = shape_count(from), sums = shape_count(&node->type.shape);
  if (!elements || !sums) return 0;
  return scaled(bound_of(trace, node->inputs[0], left), (double)elements / (double)sums);
}

static float bounded(const Trace *trace, const Node *node, int *left) {
  const Graph *graph = &trace->graph;
  const NodeId *in = node->inputs;
  double value;
  if (node->op == OP_CONCAT) return joined(trace, node, left);
  if (node->op == OP_SUM) return summed(trace, node, left);
  if (node->op == OP_REQUIRE) return bound_of(trace, in[1], left);
  if (node->op == OP_ADD) return sum_of(bound_of(trace, in[0], left), bound_of(trace, in[1], left));
  if (node->op == OP_DIV && is_number(graph, in[1], &value))
    return scaled(bound_of(trace, in[0], left), 1 / value);
  if (node->op == OP_MUL && is_number(graph, in[1], &value))
    return scaled(bound_of(trace, in[0], left), value);
  if (node->op == OP_MUL && is_number(graph, in[0], &value))
    return scaled(bound_of(trace, in[1], left), value);
  if (node->op == OP_SUB && is_one(graph, in[0])) return rest_of(bound_of(trace, in[1], left));
  return passes(node->op) || cuts(node->op) ? bound_of(trace, in[0], left) : 0;
}

static float bound_of(const Trace *trace, NodeId id, int *left) {
  const Node *node = graph_node(&trace->graph, id);
  if (makes(node->op) || written_out(&trace->graph, node)) return 1;
  if (node->op == OP_LOG_SIGMOID) return LOGARITHM;
  if (node->leaf == LEAF_INPUT) return trace->bindings[node->attrs[0]].probable;
  return node->leaf || (*left)-- <= 0 ? 0 : bounded(trace, node, left);
}

float probable_node(const Trace *trace, NodeId node) {
  int left = NODES_MOST;
  return bound_of(trace, node, &left);
}

/* ---- of values ---- */

static float carried(Value value) { return value.kind == KIND_TENSOR ? value.tensor->probable : 0; }

float probable_result(Op op, const Value *args, int count) {
  if (makes(op)) return 1;
  if (op == OP_LOG_SIGMOID) return LOGARITHM;
  if (count < 2) return 0;
  float a = carried(args[0]), b = carried(args[1]);
  bool first = args[0].kind == KIND_NUMBER, last = args[1].kind == KIND_NUMBER;
  if (op == OP_ADD) return sum_of(a, b);
  if (op == OP_SUB) return first && args[0].number == 1 ? rest_of(b) : 0;
  if (op == OP_DIV) return last ? scaled(a, 1 / args[1].number) : 0;
  if (op == OP_MUL) return last ? scaled(a, args[1].number) : first ? scaled(b, args[0].number) : 0;
  return cuts(op) ? a : 0;
}

static float bound_of_tensor(const Vm *vm, const TensorObject *object) {
  if (object->tensor.buffer) return object->probable;
  for (const Trace *trace = vm->trace; trace; trace = trace->outer)
    if (object->node && object->trace == trace->serial) return probable_node(trace, object->node);
  return 0;
}

bool probable_value(Vm *vm, Value value) {
  if (value.kind == KIND_PARAM)
    return value.param->domain.kind == DOMAIN_UNIT || value.param->domain.kind == DOMAIN_SIMPLEX;
  return value.kind == KIND_TENSOR && is_probable(bound_of_tensor(vm, value.tensor));
}

bool probable_logarithm(const Vm *vm, Value value) {
  return value.kind == KIND_TENSOR && bound_of_tensor(vm, value.tensor) < 0;
}
