/* slopes.c — a study of the nodes between a variable and a function of it. */
#include "runtime/graph/slopes.h"
#include "runtime/opcodes.h"

/* Is the derivative of an operation finite wherever its value is, so that no zero factor needs to
 * override an infinite one?  Division is tame if the divisor does not depend on the variable.  exp
 * is unbounded, and tanh has derivative 0 there: see slopes_finite. */
static bool tame(const Node *node, const bool *moves, bool *grows, bool *flattens) {
  switch (node->op) {
    case OP_DIV: return !moves[node->inputs[1]];
    case OP_EXP: return *grows = true;
    case OP_TANH:
    case OP_SIGMOID:
    case OP_SOFTPLUS:
    case OP_LOG_SIGMOID:
    case OP_ERF:
    case OP_ATTENTION:
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

/* tanh of an overflown exp has the derivative 0 by rows only. */
bool slopes_finite(const Graph *graph, NodeId x, NodeId y) {
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

bool slopes_taken(const Graph *graph, NodeId x, NodeId y) {
  for (NodeId id = x + 1; id <= y; id++) {
    Op op = graph->nodes[id].op;
    if (op == OP_CHAIN || op == OP_CHAIN_DIV || op == OP_KINK) return true;
  }
  return false;
}

bool slopes_kinked(const Graph *graph, NodeId from) {
  for (NodeId id = from; id < graph->count; id++)
    if (graph->nodes[id].op == OP_KINK || graph->nodes[id].op == OP_BEND) return true;
  return false;
}
