/* beside.h — one elementwise operation on numbers beside a point. */
#ifndef GD_RUNTIME_PLAN_BESIDE_H
#define GD_RUNTIME_PLAN_BESIDE_H

#include "runtime/graph/graph.h"
#include "runtime/plan/series.h"

/* What is not known of an operation is not known of its result. */
Series beside_map(Op op, const Series *a, const Series *b, const Series *c);
Series beside_cast(Dtype from, Dtype to, const Series *a);

#endif
