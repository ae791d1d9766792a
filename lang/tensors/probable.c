/* probable.c — see probable.h. */
#include "lang/tensors/probable.h"

#include "lang/machine/tensor_value.h"

#include <string.h>

extern const Op OP_ADD, OP_CAST, OP_CLAMP, OP_CONCAT, OP_DIV, OP_EXP, OP_EXPAND, OP_GATHER,
    OP_HARDSIGMOID, OP_IDENTITY, OP_MAXIMUM, OP_MINIMUM, OP_PERMUTE, OP_REQUIRE, OP_RESHAPE,
    OP_SIGMOID, OP_SLICE, OP_SOFTMAX, OP_SUB;

static bool makes(Op op) { return op == OP_SIGMOID || op == OP_SOFTMAX || op == OP_HARDSIGMOID; }

static bool cuts(Op op) { return op == OP_CLAMP || op == OP_MAXIMUM || op == OP_MINIMUM; }

/* Its elements are those of its first input, in other places or another dtype. */
static bool passes(Op op) {
  return op == OP_RESHAPE || op == OP_SLICE || op == OP_GATHER || op == OP_PERMUTE ||
         op == OP_EXPAND || op == OP_CAST || op == OP_IDENTITY;
}

static bool is_one(const Graph *graph, NodeId id) {
  const Node *node = graph_node(graph, id);
  double value = 0;
  if (node->leaf == LEAF_CONST) memcpy(&value, &node->attrs[0], sizeof value);
  return value == 1;
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

bool probable_node(const Trace *trace, NodeId id) {
  const Graph *graph = &trace->graph;
  for (;;) {
    const Node *node = graph_node(graph, id);
    if (makes(node->op) || written_out(graph, node)) return true;
    if (node->leaf == LEAF_INPUT) return trace->bindings[node->attrs[0]].probable;
    if (node->op == OP_CONCAT) {
      for (int i = 1; i < node->input_count; i++)
        if (!probable_node(trace, node->inputs[i])) return false;
      id = node->inputs[0];
    } else if (node->op == OP_REQUIRE || (node->op == OP_SUB && is_one(graph, node->inputs[0]))) {
      id = node->inputs[1];
    } else if (passes(node->op) || cuts(node->op)) {
      id = node->inputs[0];
    } else {
      return false;
    }
  }
}

static bool carries(Value value) { return value.kind == KIND_TENSOR && value.tensor->probable; }

bool probable_result(Op op, const Value *args, int count) {
  if (makes(op)) return true;
  if (op == OP_SUB) return args[0].kind == KIND_NUMBER && args[0].number == 1 && carries(args[1]);
  return cuts(op) && count > 0 && carries(args[0]);
}

bool probable_value(Vm *vm, Value value) {
  if (value.kind == KIND_PARAM)
    return value.param->domain.kind == DOMAIN_UNIT || value.param->domain.kind == DOMAIN_SIMPLEX;
  if (value.kind != KIND_TENSOR) return false;
  const TensorObject *object = value.tensor;
  if (object->tensor.buffer) return object->probable;
  for (const Trace *trace = vm->trace; trace; trace = trace->outer)
    if (object->node && object->trace == trace->serial) return probable_node(trace, object->node);
  return false;
}
