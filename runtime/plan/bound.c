/* bound.c — the least that a step must do: operations and bytes, and the time they take at the
 * machine's peak.
 *
 * Operations: a matrix product of [m, k] and [k, n] has 2mnk, a convolution 2 for each weight that
 * meets an element, attention that of its products of scores that count.  A program has one for
 * each element of each of its nodes, a logarithm counted like a sum, a sum one for each element
 * that it adds.  What only moves elements has none; any other kernel one for each element that it
 * reads or makes, a factorization n times as many for its n columns.  They are divided by the peak
 * of multiply-adds of the whole team, so a program, which multiplies and adds one by one, reaches
 * half of it at best, and less with a logarithm in it.
 *
 * Bytes: every operand is read once and every result written once, whatever repeats in the index
 * space; constants and what stays in a register of a program are not counted.  Of a table only the
 * rows that are read count.  They are divided by the bandwidth that the team has in a working set
 * of half as many bytes: a value that is written over in place is counted twice and in the set
 * once.
 *
 * The bound is the longer of the two times.  The costs of starting a step and of synchronizing
 * threads are not included, so small steps are far from the bound.  A step that beats its bound
 * found its data in a nearer cache than a set of that size usually is.
 */
#include "runtime/plan/bound.h"
#include "runtime/opcodes.h"
#include "runtime/plan/node.h"

static double least(double a, double b) { return a < b ? a : b; }

static const Node *input_of(const Plan *plan, const Node *node, int i) {
  return graph_node(&plan->graph, node->inputs[i]);
}

static double elements(const Node *node) { return (double)node_count(node); }

/* ---- bytes ---- */

static bool takes_part(Op op) {
  return op == OP_GATHER || op == OP_PICK || op == OP_SLICE || op == OP_DIAG_PART;
}

/* What one node reads of a root. */
static double bytes_read(const Plan *plan, NodeId id, NodeId root) {
  const Node *node = graph_node(&plan->graph, id);
  const Facts *facts = &plan->facts[id];
  double most = 0;
  for (int i = 0; i < node->input_count; i++) {
    NodeId source = facts->operand_count > i ? facts->operands[i].source
                                             : plan->facts[node->inputs[i]].root;
    if (source != root) continue;
    double bytes = least((double)node_bytes(input_of(plan, node, i)),
                         (double)plan->facts[root].bytes);
    if (i == 0 && takes_part(node->op)) bytes = least(bytes, (double)node_bytes(node));
    if (bytes > most) most = bytes;
  }
  return most;
}

/* What was made where it is joined is neither read nor written once more. */
static double bytes_of(const Plan *plan, const Item *item) {
  double bytes = 0;
  for (int r = 0; r < item->read_count; r++) {
    const Facts *read_facts = &plan->facts[item->reads[r]];
    if (read_facts->joined == item->nodes[0]) {
      bytes -= (double)read_facts->bytes;
      continue;
    }
    if (graph_node(&plan->graph, item->reads[r])->op == OP_CONST) continue;
    double most = 0;
    for (int n = 0; n < item->count; n++) {
      double read = bytes_read(plan, item->nodes[n], item->reads[r]);
      if (read > most) most = read;
    }
    bytes += most;
  }
  for (int n = 0; n < item->count; n++)
    if (plan->facts[item->nodes[n]].exported) bytes += (double)plan->facts[item->nodes[n]].bytes;
  return bytes;
}

/* ---- operations ---- */

/* Of a convolution or one of its gradients: each element of `images` meets the weights of its
 * filter. */
static double convolution(const Node *images, const Node *weights) {
  double filters = (double)weights->type.shape.dim[0];
  return filters > 0 ? 2 * elements(images) * elements(weights) / filters : 0;
}

static double terms(const Plan *plan, const Node *node) {
  const Shape *shape = &input_of(plan, node, 0)->type.shape;
  return (double)shape->dim[shape->rank - (node->attrs[0] ? 2 : 1)];
}

/* Scores that count, of attention or its shares. */
static double scores(const Plan *plan, const Node *node) {
  const Shape *q = &input_of(plan, node, 0)->type.shape, *k = &input_of(plan, node, 1)->type.shape;
  double rows = 1, queries = (double)q->dim[q->rank - 2], keys = (double)k->dim[k->rank - 2];
  for (int axis = 0; axis < q->rank - 1; axis++) rows *= (double)q->dim[axis];
  if (!node->attrs[0]) return rows * keys;
  /* the last query sees all keys, each before it one less */
  double first = keys - queries + 1;
  double seen = first < 1 ? keys * (keys + 1) / 2 : queries * (first + keys) / 2;
  return queries > 0 ? rows / queries * seen : 0;
}

/* A product for the scores and one for the result; of the shares each in two more, and the scores
 * again. */
static double attention(const Plan *plan, const Node *node) {
  const Shape *q = &input_of(plan, node, 0)->type.shape, *v = &input_of(plan, node, 2)->type.shape;
  double width = (double)q->dim[q->rank - 1], out = (double)v->dim[v->rank - 1];
  return 2 * scores(plan, node) * (node->op == OP_ATTENTION ? width + out : 3 * width + 2 * out);
}

static double largest(const Plan *plan, const Node *node) {
  double most = elements(node);
  for (int i = 0; i < node->input_count; i++)
    if (elements(input_of(plan, node, i)) > most) most = elements(input_of(plan, node, i));
  return most;
}

bool node_factorizes(const Node *node) {
  switch (node->op) {
    case OP_INVERSE:
    case OP_DET:
    case OP_LOG_DET:
    case OP_COFACTOR:
    case OP_CHOLESKY:
    case OP_SOLVE:
    case OP_TRISOLVE:
    case OP_QR:
    case OP_SVD:
    case OP_EIGH: return true;
    default: return false;
  }
}

double node_operations(const Plan *plan, const Node *node) {
  if (node_factorizes(node)) {
    const Node *matrix = input_of(plan, node, 0);
    return elements(matrix) * (double)matrix->type.shape.dim[matrix->type.shape.rank - 1];
  }
  switch (node->op) {
    case OP_MATMUL: return 2 * elements(node) * terms(plan, node);
    case OP_ATTENTION:
    case OP_ATTENTION_SHARES: return attention(plan, node);
    case OP_CONV2D: return convolution(node, input_of(plan, node, 1));
    case OP_CONV2D_INPUT: return convolution(input_of(plan, node, 0), input_of(plan, node, 1));
    case OP_CONV2D_WEIGHT: return convolution(input_of(plan, node, 1), node);
    case OP_PATCH: {
      double added = 0;
      for (int i = 0; i < node->input_count; i++) added += elements(input_of(plan, node, i));
      return added;
    }
    case OP_EXPAND:
    case OP_RESHAPE:
    case OP_PERMUTE:
    case OP_SLICE:
    case OP_PLACE:
    case OP_GATHER:
    case OP_PICK:
    case OP_CONCAT:
    case OP_PAD:
    case OP_TRIANGLE:
    case OP_DIAG_MATRIX:
    case OP_DIAG_PART:
    case OP_CONST: return 0;
    case OP_RECUR: return 2 * elements(node);
    case OP_RESAMPLE: return (node->attrs[2] ? 7 : 3) * largest(plan, node); /* taps and sums */
    default: return largest(plan, node);
  }
}

/* ---- the whole ---- */

Cost step_cost(const Plan *plan, const Instruction *instruction) {
  Cost cost = {{0}, 0};
  if (instruction->kind == INSTRUCTION_COPY) {
    cost.bytes = 2 * (double)instruction->bytes;
    return cost;
  }
  const Item *item = &plan->items[plan->facts[instruction->node].item];
  for (int n = 0; n < instruction->node_count; n++) {
    const Node *node = graph_node(&plan->graph, instruction->nodes[n]);
    cost.operations[node->type.dtype == DTYPE_F64] += node_operations(plan, node);
  }
  cost.bytes = bytes_of(plan, item);
  return cost;
}

Cost check_cost(const Plan *plan) {
  Cost cost = {{0}, 0};
  for (int i = 0; i < plan->watch_count; i++) {
    const Watched *watched = &plan->watched[i];
    if (watched->within || watched->steady) continue;
    cost.operations[watched->dtype == DTYPE_F64] += (double)watched->count;
    cost.bytes += (double)watched->count * (double)dtype_bytes(watched->dtype);
  }
  return cost;
}

double cost_set(const Cost *cost) { return cost->bytes / 2; }

double cost_bound(const Cost *cost, const Peak *peak, bool *moving) {
  double working = cost->operations[0] / peak->operations[0] +
                   cost->operations[1] / peak->operations[1];
  double reading = cost->bytes / peak_bandwidth(peak, cost_set(cost));
  *moving = reading > working;
  return *moving ? reading : working;
}
