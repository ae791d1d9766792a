/* cost.c — what a run of a plan will take, before it runs (`gd check --cost`).
 *
 * Operations, bytes and the bound of each instruction are those of bound.c.  A step reaches its
 * bound only in part, and not all operations are alike: an elementwise one loads and stores, so it
 * takes the time of several multiply-adds, and a function of real numbers that of dozens.  So the
 * estimate of an instruction's seconds is
 *     bound of the weighed operations or of the bytes / REACH + START
 * with constants fitted on nine trainings (tests/bench/SPEED.md), of which it predicted all but one
 * within a factor of two.  The peak is measured for each estimate, so the estimate is as stable as
 * the machine.
 */
#include "runtime/kernels/winograd.h"
#include "runtime/opcodes.h"
#include "runtime/plan/bound.h"
#include "runtime/plan/node.h"

#include <math.h>

static const double REACH = 0.6, REACH_MOVING = 0.9; /* parts of the bound */
/* seconds: of an instruction, and of waking the team for one that pays */
static const double START = 0.15e-6, TEAM = 1.5e-6, TEAM_FROM = 3e-6;
/* in multiply-adds: of one element, beside the one that bound.c counts */
enum { SIMPLE = 4, FUNCTION = 24, CHOICE = 250, GREATEST = 60 };
enum { OVERHEAD = 1000 }; /* the same, of an instruction: in plan_work */

/* Of a convolution's operations, those beyond the counted ones: few channels keep no vector busy,
 * many are a product, and some windows go by fewer multiplications. */
static double convolved(const Plan *plan, const Node *node) {
  const Node *window = node->op == OP_CONV2D_WEIGHT ? node
                                                    : graph_node(&plan->graph, node->inputs[1]);
  const Shape *shape = &window->type.shape;
  if (winograd_suits(node->type.dtype, shape, node->attrs)) return -0.6;
  return shape->dim[1] >= 8 && shape->dim[0] >= 8 * node->attrs[8] ? -0.1 : 0.5;
}

/* Operations of a node beyond those that bound.c counts, which are `counted` for its instruction.
 */
static double weight(const Plan *plan, const Node *node, double counted) {
  double elements = (double)node_count(node);
  switch (node->op) {
    case OP_CONV2D:
    case OP_CONV2D_INPUT:
    case OP_CONV2D_WEIGHT: return convolved(plan, node) * counted;
    case OP_ATTENTION:
    case OP_ATTENTION_SHARES: return counted;
    case OP_POOL_ARGMAX:
    case OP_PICK:
    case OP_DROP: return CHOICE * elements;
    case OP_POOL_MAX:
    case OP_POOL_MAX_INPUT: return GREATEST * elements;
    case OP_DIV:
    case OP_CHAIN:
    case OP_CHAIN_DIV:
    case OP_SQRT: return SIMPLE * elements;
    default: break;
  }
  OpClass class = op_class(node->op);
  return class == CLASS_REAL ? FUNCTION * elements : class ? SIMPLE * elements : 0;
}

/* The cost of an instruction with its operations weighed. */
static Cost weighed(const Plan *plan, const Instruction *instruction) {
  Cost cost = step_cost(plan, instruction);
  double counted = cost.operations[0] + cost.operations[1];
  for (int i = 0; i < instruction->node_count; i++) {
    const Node *node = graph_node(&plan->graph, instruction->nodes[i]);
    cost.operations[node->type.dtype == DTYPE_F64] += weight(plan, node, counted);
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

static double seconds_of(const Cost *cost, const Peak *peak) {
  bool moving;
  double bound = cost_bound(cost, peak, &moving);
  return bound / (moving ? REACH_MOVING : REACH) + START + (bound > TEAM_FROM ? TEAM : 0);
}

static void count(PlanCost *total, const Cost *cost) {
  total->operations += cost->operations[0] + cost->operations[1];
  total->bytes += cost->bytes;
}

PlanCost plan_cost(const Plan *plan) {
  PlanCost total = {.memory = plan_slab_bytes(plan)};
  double largest = 0;
  for (int i = 0; i < plan->instruction_count; i++) {
    Cost cost = step_cost(plan, &plan->instructions[i]);
    count(&total, &cost);
    largest = fmax(largest, cost_set(&cost));
  }
  Peak peak;
  peak_measure(&peak, largest);
  for (int i = 0; i < plan->instruction_count; i++) {
    Cost cost = weighed(plan, &plan->instructions[i]);
    total.seconds += seconds_of(&cost, &peak);
  }
  if (plan->watch_count == 0) return total;
  Cost look = check_cost(plan);
  count(&total, &look);
  total.seconds += seconds_of(&look, &peak);
  return total;
}
