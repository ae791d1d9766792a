/* sure.c — will everything that the second half stores be finite?
 *
 * Asked between the halves, when all that may still fail is the arithmetic of the update.  Where
 * interval arithmetic (range.c) proves it, the second half writes in place.  Where it cannot,
 * because values are huge, a divisor may be 0, or an operation is not supported, the plan takes the
 * careful way (plan.c): the same instructions write new values to separate memory; they are
 * checked, and only then copied.
 *
 * What is known of stored memory is kept with its buffer (Limits), shared by plans: one parameter
 * may have several, for a shorter minibatch or another update.  Limits computed from earlier limits
 * grow wider from step to step: a sum of intervals does not know that the values go up and down.
 * When they are too wide to prove anything, the memory is scanned once for its exact limits, and
 * the proof is tried again.  Adam's first and second means never need it; its parameters once in
 * some thousands of steps; Adadelta, whose steps multiply by themselves, once in ten.  A fresh
 * parameter, or one that other code has written to, is scanned before its first step.
 *
 * A proof takes some hundred nanoseconds a tensor, which is much for a step of a small net, so it
 * is made to hold for many runs where possible (lease.c).
 *
 * Elements that were NaN or infinite before, by the user's own values, are not the update's fault.
 * There are no limits then: the plan takes the careful way, which checks only elements that were
 * finite before.
 */
#include "runtime/kernels/magnitude.h"
#include "runtime/plan/range.h"

#include <assert.h>
#include <float.h>
#include <math.h>

static Range unknown(const RangeStep *step, int32_t self) {
  return range_given(0, (double)INFINITY, step->dtype, self);
}

/* Memory that no plan stores to: what is in it may have changed since the last run. */
static Range seen(const RangeStep *step, int32_t self) {
  double low, high;
  switch (step->dtype) {
    case DTYPE_BOOL: return range_given(0, 1, step->dtype, self);
    case DTYPE_U8: return range_given(0, UINT8_MAX, step->dtype, self);
    case DTYPE_I32: return range_given(INT32_MIN, INT32_MAX, step->dtype, self);
    default:
      return magnitude_limits(step->at, step->dtype, step->count, &low, &high)
                 ? range_given(low, high, step->dtype, self)
                 : unknown(step, self);
  }
}

static Range looked(const RangeStep *step, const Watched *watched, int32_t self) {
  if (!magnitude_finite(watched->most, watched->dtype)) return unknown(step, self);
  double most = magnitude_value(watched->most, watched->dtype);
  return range_given(-most, most, step->dtype, self);
}

static Range stored(const Plan *plan, const RangeStep *step, int32_t self) {
  const Limits *limits = range_limits(plan, step->index);
  return limits->known ? range_given(limits->low, limits->high, step->dtype, self)
                       : unknown(step, self);
}

/* The part of the analysis that is the same for repeated calls in a run. */
static void reckon_given(Plan *plan) {
  for (int32_t i = 0; i < plan->range_count; i++) {
    const RangeStep *step = &plan->ranges[i];
    Range *value = &plan->range_values[i];
    if (step->kind == RANGE_CONST) *value = range_given(step->value, step->value, step->dtype, i);
    else if (step->kind == RANGE_SCALAR)
      *value = range_given(range_scalar(step), range_scalar(step), step->dtype, i);
    else if (step->kind == RANGE_LOOK) *value = looked(step, &plan->watched[step->index], i);
    else if (step->kind == RANGE_SEEN) *value = seen(step, i);
  }
}

static bool reckon(Plan *plan) {
  for (int32_t i = 0; i < plan->range_count; i++) {
    const RangeStep *step = &plan->ranges[i];
    if (step->kind == RANGE_STORED) plan->range_values[i] = stored(plan, step, i);
    if (step->kind == RANGE_SAME || step->kind == RANGE_OP)
      plan->range_values[i] = range_work(step, plan->range_values, i);
  }
  return range_all_bounded(plan, plan->range_values);
}

/* Scans memory whose limits are unknown or only computed; false when there was none.
 */
static bool look_again(Plan *plan, bool unknown_only) {
  bool some = false;
  for (int32_t i = 0; i < plan->range_count; i++) {
    const RangeStep *step = &plan->ranges[i];
    if (step->kind != RANGE_STORED) continue;
    Limits *limits = range_limits(plan, step->index);
    if (limits->exact || (unknown_only && limits->known)) continue;
    *limits = (Limits){0};
    limits->exact = limits->known = magnitude_limits(plan->memory[step->index], step->dtype,
                                                     step->count, &limits->low, &limits->high);
    some = true;
    plan->looks++;
  }
  return some;
}

#if defined(GD_HARSH)
/* Asserts that no element is outside of its known limits. */
static void doubt(const Plan *plan) {
  for (int32_t i = 0; i < plan->range_count; i++) {
    const RangeStep *step = &plan->ranges[i];
    if (step->kind != RANGE_STORED) continue;
    const Limits *limits = range_limits(plan, step->index);
    double low = 0, high = 0;
    bool finite = magnitude_limits(plan->memory[step->index], step->dtype, step->count, &low,
                                   &high);
    /* what is smaller counts as 0 */
    double tiny = step->dtype == DTYPE_F32 ? (double)FLT_MIN : DBL_MIN;
    assert(!limits->known || (finite && low >= limits->low - tiny && high <= limits->high + tiny));
    (void)finite;
  }
}
#else
static void doubt(const Plan *plan) { (void)plan; }
#endif

bool plan_sure(Plan *plan) {
  if (plan->range_count == 0) return true;
  doubt(plan);
  if (LIKELY(plan_leased(plan))) return true;
  plan->lease_left = 0;
  reckon_given(plan);
  look_again(plan, true);
  return reckon(plan) || (look_again(plan, false) && reckon(plan));
}

void plan_stored(Plan *plan) {
  if (plan->range_count == 0 || plan->lease_left > 0 || plan_lease(plan)) return;
  for (int k = 0; k < plan->store_count; k++) {
    if (plan->range_of[k] < 0) continue;
    const Range *range = &plan->range_values[plan->range_of[k]];
    *range_limits(plan, plan->stores[k].binding) =
        (Limits){.low = range->low, .high = range->high, .known = true};
  }
}

/* A lease lasts as long as its limits do. */
void plan_wrote(Limits *limits, const Tensor *part) {
  double low, high;
  limits->exact = false;
  if (!magnitude_limits(tensor_data(part), part->dtype, tensor_count(part), &low, &high))
    *limits = (Limits){0};
  if (!limits->known) return;
  low = fmin(low, 0), high = fmax(high, 0);
  if (limits->low <= low && high <= limits->high) return;
  limits->by = NULL;
  limits->low = fmin(limits->low, low);
  limits->high = fmax(limits->high, high);
}
