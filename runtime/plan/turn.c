/* turn.c — heads of attention that are read and written where a layer's product has them.
 *
 * A layer makes the rows of all its heads as one matrix, [batch, places, heads, n] as it lies, and
 * attention is defined on [batch, heads, places, n]: a permutation of each operand, and one of the
 * result.  The kernel goes by strides just as well (kernels/attention.h).  So a permutation that
 * only attention reads, and one that alone reads what attention makes, become other names for
 * memory: the node keeps its shape, the call is told in a second attribute that the memory lies
 * otherwise.
 *
 * Rows of one element stay: a product takes a column that lies in a row for a vector, and adds in
 * another order.
 *
 * The first axis stays, so a strip's rows stay where they are (strip.c): hence the four axes.
 */
#include "runtime/kernels/attention.h"
#include "runtime/plan/node.h"

extern const Op OP_ATTENTION, OP_ATTENTION_SHARES, OP_PERMUTE;

static bool attends(const Node *node) {
  return node->op == OP_ATTENTION || node->op == OP_ATTENTION_SHARES;
}
static int heads_of(const Node *node) { return node->op == OP_ATTENTION ? 3 : 4; }

/* A permutation that exchanges the two axes before the last, behind another. */
static bool swaps(const Node *node) {
  const int rank = node->type.shape.rank;
  if (node->op != OP_PERMUTE || rank < 4 || node->type.shape.dim[rank - 1] < 2) return false;
  for (int axis = 0; axis < rank; axis++) {
    const int from = axis == rank - 3 ? rank - 2 : axis == rank - 2 ? rank - 3 : axis;
    if (node->attrs[axis] != from) return false;
  }
  return true;
}

/* Marks what is read otherwise than permutation by attention, or attention by permutation. */
static void mark_others(const Plan *plan, bool *other) {
  for (int i = 0; i < plan->result_count; i++) other[plan->results[i]] = true;
  for (int i = 0; i < plan->watch_count; i++) other[plan->watched[i].node] = true;
  for (int i = 0; i < plan->store_count; i++) other[plan->stores[i].node] = true;
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    for (int i = 0; i < node->input_count; i++) {
      const bool operand = attends(node) && i < heads_of(node);
      const Node *input = graph_node(&plan->graph, node->inputs[i]);
      other[node->inputs[i]] |= !(operand && swaps(input)) &&
                                !(input->op == OP_ATTENTION && swaps(node));
    }
  }
}

void plan_turn(Plan *plan) {
  if (!FUSES) return;
  bool *other = mem_zero(plan->graph.count * sizeof *other);
  mark_others(plan, other);
  for (NodeId id = 1; id < plan->graph.count; id++) {
    Node *node = &plan->graph.nodes[id];
    const NodeId from = node->input_count ? node->inputs[0] : 0;
    if (swaps(node))
      plan->facts[id].turned = graph_node(&plan->graph, from)->op == OP_ATTENTION ? !other[from]
                                                                                  : !other[id];
    if (!attends(node)) continue;
    int64_t *attrs = arena_alloc(&plan->arena, 2 * sizeof *attrs);
    attrs[0] = node->attrs[0];
    if (node->op == OP_ATTENTION && !other[id]) attrs[1] |= ATTENTION_TURNS;
    for (int i = 0; i < heads_of(node); i++) {
      const Node *input = graph_node(&plan->graph, node->inputs[i]);
      const bool made = swaps(input) &&
                        graph_node(&plan->graph, input->inputs[0])->op == OP_ATTENTION;
      if (plan->facts[node->inputs[i]].turned && !made) attrs[1] |= INT64_C(1) << i;
    }
    node->attrs = attrs;
    node->attr_count = 2;
  }
  mem_free(other);
}
