/* cost.c — what a run of a plan will take, before it runs (`gd check --cost`).
 *
 * Operations, bytes and the bound of each instruction are those of bound.c.  A step reaches its
 * bound only in part, and starting an instruction takes time of its own, so the estimate is
 *     seconds = sum over instructions of (bound / REACH + START)
 * with constants measured on the workloads of tests/bench (SPEED.md has them).  It is meant to be
 * right within a factor of two.
 */
#include "runtime/plan/bound.h"

#include <math.h>

static const double REACH = 0.6, START = 1.5e-6 /* seconds, the meeting of the team included */;

static void add(PlanCost *total, const Cost *cost, const Peak *peak) {
  bool moving;
  total->operations += cost->operations[0] + cost->operations[1];
  total->bytes += cost->bytes;
  total->seconds += cost_bound(cost, peak, &moving) / REACH + START;
}

PlanCost plan_cost(const Plan *plan) {
  double largest = 0;
  for (int i = 0; i < plan->instruction_count; i++) {
    Cost cost = step_cost(plan, &plan->instructions[i]);
    largest = fmax(largest, cost_set(&cost));
  }
  Peak peak;
  peak_measure(&peak, largest);
  PlanCost total = {.memory = plan_slab_bytes(plan)};
  for (int i = 0; i < plan->instruction_count; i++) {
    Cost cost = step_cost(plan, &plan->instructions[i]);
    add(&total, &cost, &peak);
  }
  Cost look = check_cost(plan);
  if (plan->watch_count > 0) add(&total, &look, &peak);
  return total;
}
