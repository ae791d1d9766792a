/* range.h — the interval arithmetic of a plan's bounds analysis: see range.c.  For sure.c and the
 * tests of this folder. */
#ifndef GD_RUNTIME_PLAN_RANGE_H
#define GD_RUNTIME_PLAN_RANGE_H

#include "runtime/plan/internal.h"

/* The limits of step number `self`, of kind SAME or OP, from those of the steps before it. */
Range range_work(const RangeStep *step, const Range *values, int32_t self);
/* of a value that lies between these; wild when they are not finite */
Range range_given(double low, double high, Dtype dtype, int32_t self);
/* what is known of the old value of a store */
Limits *range_limits(const Plan *plan, int64_t binding);
/* 1: a sum, -1: a difference, 0: neither */
int range_sum(const RangeStep *step);
/* have all new values, and all watched ones that wait, limits? */
bool range_all_bounded(const Plan *plan, const Range *values);
double range_scalar(const RangeStep *step); /* the value of a SCALAR */

#endif
