/* limit.h — what a derivative tends to where it cannot be computed at the point itself. */
#ifndef GD_RUNTIME_PLAN_LIMIT_H
#define GD_RUNTIME_PLAN_LIMIT_H

#include "runtime/plan/plan.h"

typedef struct LimitAsk {
  const Graph *graph;
  Values *values; /* of the point; computes what does not move */
  const NodeId *wrt;
  int wrt_count;
  NodeId from; /* the function whose derivatives in wrt the results are */
  const NodeId *results;
  int result_count;
} LimitAsk;

/* Puts the true values where a derivative of something with kinks is NaN in `tensors`, the values
 * of the results: its limit, if that is the same from every side and so is that of the function.
 * Others stay as they are. */
void limit_replace_nan(const LimitAsk *ask, Tensor *tensors);

#endif
