/* bound.h — the least that a step of a plan must do, and how long the machine needs for it at least.  For --dump=time. */
#ifndef GD_RUNTIME_PLAN_BOUND_H
#define GD_RUNTIME_PLAN_BOUND_H

#include "runtime/kernels/peak.h"
#include "runtime/plan/internal.h"

typedef struct Cost {
  double operations[2];  /* on floats of 32 bits and on all that is narrower; on floats of 64 bits */
  double bytes;          /* read and written */
} Cost;

Cost step_cost(const Plan *plan, const Instruction *instruction);
Cost check_cost(const Plan *plan);                  /* of looking whether the watched values are finite */
double cost_set(const Cost *cost);                  /* the working set whose bandwidth counts, in bytes */
/* Seconds; *moving when the bytes take longer than the operations. */
double cost_bound(const Cost *cost, const Peak *peak, bool *moving);

#endif
