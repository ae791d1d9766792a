/* beside.h — one elementwise operation on numbers beside a point. */
#ifndef GD_RUNTIME_PLAN_BESIDE_H
#define GD_RUNTIME_PLAN_BESIDE_H

#include "runtime/graph/graph.h"
#include "runtime/plan/series.h"

/* If an operand or the operation is not known, neither is the result. */
Series beside_map(Op op, const Series *a, const Series *b, const Series *c);
Series beside_cast(Dtype from, Dtype to, const Series *a);

#endif
