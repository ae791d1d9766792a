/* cost.c — what a run of a plan will take, before it runs (`gd check --cost`).
 *
 * Operations and bytes of each instruction are those of bound.c.  What a step takes is further from
 * that bound for some kinds of work than for others: an elementwise operation loads and stores, a
 * function of real numbers takes dozens of multiply-adds, a depthwise window waits for loads,
 * another over many channels is computed by fewer multiplications.  So operations are weighed by
 * kind, relative to those of a matrix product, and an instruction is estimated as
 *     weighed operations / (REACH of the peak) + weighed bytes / bandwidth + START.
 * A team's threads find a part of what they read in another core's cache, which counts as more
 * bytes, and some movers run on one thread.
 *
 * The weights were fitted on fourteen trainings (tests/bench/SPEED.md, tests/bench/cost.sh), on
 * one thread of an idle machine.  Peak and bandwidth are measured for each estimate, so the
 * estimate is as stable as the machine.
 */
#include "runtime/kernels/winograd.h"
#include "runtime/opcodes.h"
#include "runtime/plan/bound.h"
#include "runtime/plan/node.h"

#include <math.h>

static const double REACH = 0.87; /* of the peak, by a matrix product */
/* seconds: of an instruction, and of waking the team for one that pays */
static const double START = 0.15e-6, TEAM = 2e-6, TEAM_FROM = 3e-6;
/* of an operation that bound.c counts */
static const double WINOGRAD = 0.63, CHANNELS = 1.3, FEW_CHANNELS = 1.2, DEPTHWISE = 2.9,
                    ATTENTION = 1.3, FACTOR = 1.5;
/* in a product whose left operand ends with a ReLU: sparse.c leaves zeros out */
static const double HALF = 0.5;
/* of an element of a node: they are one operation for bound.c */
enum {
  SIMPLE = 6,
  QUOTIENT = 9,
  ADDED = 5, /* of what a sum, a product or a maximum reads */
  FUNCTION = 48,
  BELL = 100, /* gelu and its slope */
  SOFTMAX = 155,
  WINDOW = 113,      /* of the result, the greatest in its window; … */
  WINDOW_INPUT = 61, /* … of its gradient */
  CHOICE = 350,
  PICKED = 190 /* by an index of its own */
};
/* of a byte: read row by row, by an index; in pieces; from another core's cache */
static const double ROWS = 3.2, PIECES = 1.8, ACROSS = 2;
enum { OVERHEAD = 1000 }; /* operations of an instruction: in plan_work */
enum { ZEROS_FROM = 64 }; /* columns, of a product that leaves zeros out */

static double convolved(const Plan *plan, const Node *node) {
  const Node *window = node->op == OP_CONV2D_WEIGHT ? node
                                                    : graph_node(&plan->graph, node->inputs[1]);
  const Shape *shape = &window->type.shape;
  if (winograd_suits(node->type.dtype, shape, node->attrs)) return WINOGRAD;
  if (shape->dim[1] == 1 && node->attrs[8] > 1) return DEPTHWISE;
  return shape->dim[1] >= 8 && shape->dim[0] >= 8 * node->attrs[8] ? CHANNELS : FEW_CHANNELS;
}

/* Is about half of the value zero? */
static bool has_zeros(const Plan *plan, NodeId id) {
  const Node *node = graph_node(&plan->graph, plan->facts[id].root);
  if (node->op == OP_RELU) return true;
  if (node->op != OP_WHERE) return false;
  for (int i = 1; i < 3; i++)
    if (graph_node(&plan->graph, node->inputs[i])->leaf == LEAF_CONST) return true;
  return false;
}

static double multiplied(const Plan *plan, const Node *node) {
  const Shape *shape = &node->type.shape;
  bool wide = shape->dim[shape->rank - 1] >= ZEROS_FROM;
  return wide && has_zeros(plan, node->inputs[0]) ? HALF : 1;
}

/* Operations of a node, weighed. */
static double weighed_node(const Plan *plan, const Node *node) {
  double elements = (double)node_count(node), counted = node_operations(plan, node);
  if (node_factorizes(node)) return FACTOR * counted;
  switch (node->op) {
    case OP_MATMUL: return multiplied(plan, node) * counted;
    case OP_CONV2D:
    case OP_CONV2D_INPUT:
    case OP_CONV2D_WEIGHT: return convolved(plan, node) * counted;
    case OP_ATTENTION:
    case OP_ATTENTION_SHARES: return ATTENTION * counted;
    case OP_POOL_ARGMAX:
    case OP_LAST: return CHOICE * elements;
    case OP_PICK: return PICKED * elements;
    case OP_DROP: /* of what is added; zeros are bytes */
      return CHOICE * (double)node_count(graph_node(&plan->graph, node->inputs[1]));
    case OP_POOL_MAX: return WINDOW * elements;
    case OP_POOL_MAX_INPUT: return WINDOW_INPUT * elements;
    case OP_SOFTMAX:
    case OP_LOG_SOFTMAX:
    case OP_LOGSUMEXP: return SOFTMAX * counted;
    case OP_GELU:
    case OP_GELU_SLOPE: return BELL * elements;
    case OP_DIV:
    case OP_CHAIN_DIV:
    case OP_SQRT: return QUOTIENT * elements;
    case OP_POW: return (dtype_floats(node->type.dtype) ? FUNCTION : SIMPLE) * elements;
    default: break;
  }
  OpClass class = op_class(node->op);
  if (class) return (class == CLASS_REAL ? FUNCTION : SIMPLE) * elements;
  return ADDED * counted;
}

/* Bytes of an instruction, weighed: of one that only moves. */
static double moved(const Plan *plan, const Instruction *instruction, int threads) {
  if (instruction->kind != INSTRUCTION_KERNEL) return 1;
  switch (graph_node(&plan->graph, instruction->node)->op) {
    case OP_GATHER:
    case OP_SCATTER: return ROWS;
    case OP_EXPAND:
    case OP_PERMUTE:
    case OP_SLICE:
    case OP_PLACE:
    case OP_PATCH:
    case OP_CONCAT:
    case OP_PAD: return threads > 1 ? 2 * PIECES : PIECES;
    default: return 1;
  }
}

/* The cost of an instruction with its operations weighed. */
static Cost weighed(const Plan *plan, const Instruction *instruction) {
  Cost cost = {{0}, step_cost(plan, instruction).bytes};
  for (int i = 0; i < instruction->node_count; i++) {
    const Node *node = graph_node(&plan->graph, instruction->nodes[i]);
    cost.operations[node->type.dtype == DTYPE_F64] += weighed_node(plan, node);
  }
  return cost;
}

double plan_work(const Plan *plan) {
  double work = 0;
  for (int i = 0; i < plan->instruction_count; i++) {
    Cost cost = weighed(plan, &plan->instructions[i]);
    work += cost.operations[0] + cost.operations[1] + cost.bytes / 4 + OVERHEAD;
  }
  return work;
}

/* `moving`: the weight of its bytes. */
static double seconds_of(const Cost *cost, double moving, const Peak *peak) {
  double seconds = 0, across = peak->threads > 1 ? ACROSS : 1;
  for (int i = 0; i < COUNT_OF(cost->operations); i++)
    seconds += cost->operations[i] / (REACH * peak->operations[i]);
  seconds += across * moving * cost->bytes / peak_bandwidth(peak, cost_set(cost));
  return seconds + START + (peak->threads > 1 && seconds > TEAM_FROM ? TEAM : 0);
}

/* Bytes of scratch that a thread keeps from one of the instructions. */
static size_t scratch_of(const Plan *plan, const Instruction *instruction) {
  const Node *node = graph_node(&plan->graph, instruction->node);
  if (instruction->kind != INSTRUCTION_KERNEL || node->op != OP_CONV2D_WEIGHT ||
      !winograd_suits(node->type.dtype, &node->type.shape, node->attrs))
    return 0;
  return winograd_scratch(&node->type.shape);
}

static void count(PlanCost *total, const Cost *cost) {
  total->operations += cost->operations[0] + cost->operations[1];
  total->bytes += cost->bytes;
}

PlanCost plan_cost(const Plan *plan) {
  PlanCost total = {.memory = mem_taken(plan_slab_bytes(plan) + SLAB_PAD)};
  double largest = 0;
  for (int i = 0; i < plan->instruction_count; i++) {
    const size_t scratch = scratch_of(plan, &plan->instructions[i]);
    if (scratch > total.scratch) total.scratch = scratch;
    Cost cost = step_cost(plan, &plan->instructions[i]);
    count(&total, &cost);
    largest = fmax(largest, cost_set(&cost));
  }
  Peak peak;
  peak_measure(&peak, largest);
  for (int i = 0; i < plan->instruction_count; i++) {
    const Instruction *instruction = &plan->instructions[i];
    Cost cost = weighed(plan, instruction);
    total.seconds += seconds_of(&cost, moved(plan, instruction, peak.threads), &peak);
  }
  if (plan->watch_count == 0) return total;
  Cost look = check_cost(plan);
  count(&total, &look);
  total.seconds += seconds_of(&look, 1, &peak);
  return total;
}
