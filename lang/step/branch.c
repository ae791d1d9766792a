/* branch.c — see branch.h.
 *
 * An optimizer may branch on the step number or on a schedule (`if t % 10 == 0`): a condition on
 * numbers that the training sets before each step.  A recording remembers the outcomes of these
 * conditions (Trace.guards) and is valid while they are the same.  A step keeps its other
 * recordings in a list, with the one in use first.
 */
#include "lang/step/branch.h"

#include "lang/optimizers/hyper.h"
#include "lang/tensors/trace_value.h"

void branch_choose(Vm *vm, Step *step) {
  enum { BRANCHES_MOST = 16 };
  OptimizerObject *optimizer = step->objective->optimizer;
  Step *other = step;
  int count = 0;
  for (; other; other = other->others, count++) {
    hyper_set(vm, other->trace, optimizer, &other->inputs);
    if (trace_guards_hold(other->trace)) break;
  }
  if (other == step) return;
  Step first = *step, *rest = first.others;
  if (other) {
    Step chosen = *other;
    *step = chosen;
    step->others = rest;
    struct Step *next = other->others;
    *other = first;
    other->others = next;
    return;
  }
  if (count >= BRANCHES_MOST) { /* a loop of `t` rounds, say: it is recorded each time */
    step_free(vm, step);
    return;
  }
  Step *kept = mem_zero(sizeof *kept);
  *kept = first;
  *step =
      (Step){.objective = first.objective, .role = first.role, .rows = first.rows, .others = kept};
}
