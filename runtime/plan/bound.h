/* bound.h — the least that a step of a plan must do, and how long the machine needs for it at
 * least.  For --dump=time. */
#ifndef GD_RUNTIME_PLAN_BOUND_H
#define GD_RUNTIME_PLAN_BOUND_H

#include "runtime/kernels/peak.h"
#include "runtime/plan/internal.h"

typedef struct Cost {
  /* on floats of 32 bits and on all that is narrower; on floats of 64 bits */
  double operations[2];
  double bytes; /* read and written */
} Cost;

/* Is it a factorization of matrices, or made by one? */
bool node_factorizes(const Node *node);
double node_operations(const Plan *plan, const Node *node);
Cost step_cost(const Plan *plan, const Instruction *instruction);
/* of looking whether the watched values are finite */
Cost check_cost(const Plan *plan);
/* the working set whose bandwidth counts, in bytes */
double cost_set(const Cost *cost);
/* Seconds; *moving when the bytes take longer than the operations. */
double cost_bound(const Cost *cost, const Peak *peak, bool *moving);

#endif
