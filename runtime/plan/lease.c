/* lease.c — a bounds analysis that holds for many runs.
 *
 * The bounds analysis (sure.c) shows that this run's update stays finite.  Its cost does not depend
 * on the size of tensors, so in a small net it would cost as much as the products.  But little
 * changes from one step to the next.  So, after an analysis that succeeded, it is repeated with a
 * margin: scalars up to four times as large or small, gradients up to four times as large, and for
 * each stored value a box (an interval) that it does not leave.  If that holds, the plan has a
 * *lease*: for some thousand runs it is enough to check that scalars and gradients are within their
 * margin, and that no other code has written to the stored values (Limits.by), a few comparisons a
 * tensor.
 *
 * Let X be the boxes of all stored values, and suppose that at the beginning of a run all lie in
 * them.  A stored value stays in its box
 *   - if its new value, bounded over all of X, lies in it: a running mean, a second moment, a
 *     momentum;
 *   - or if it is its old value and something more, x + u: with u bounded over all of X, after n
 *     runs it lies in x0 + n u, so that for LEASE runs the box x0 + LEASE u does: a parameter,
 *     Adagrad's sum.
 * By induction all stay in X for the length of the lease, and what is in X was shown to be finite
 * after one more run.  Boxes are found by trying: begin with what is known, and where a box is left
 * make it larger; after a few rounds it holds or there is no lease.  A parameter with weight decay
 * is of the second kind, and u contains a multiple of x itself, so only shorter leases are possible
 * there.
 *
 * The analysis that a lease begins with was of the values before the run just made: that run counts
 * as its first.  Every box holds 0, and x0 is taken to be between itself and 0, so that memory may
 * be cleared meanwhile (the gradients that `accumulate:` gathers).
 *
 * While a lease lasts the limits noted with the buffers are the boxes, which hold at any time for
 * any other plan that comes along.
 */
#include "runtime/plan/range.h"

#include <math.h>
#include <string.h>

#if defined(GD_HARSH)
static const int64_t LENGTHS[] = {5, 2};
#else
static const int64_t LENGTHS[] = {8192, 128};
#endif
enum { ROUNDS = 8, PAUSE_MOST = 1024, CHAIN_MOST = 16 };
/* the relative change by rounding in a run, at most */
static const double ROOM = 4, ROUNDED = 1e-6;

/* ---- while it lasts ---- */

static bool is_ours(const Plan *plan, int from, int to) {
  for (int g = from; g < to; g++) {
    const Limits *limits = plan->limits[plan->ranges[plan->givens[g]].index];
    if (limits->by != plan || limits->lease != plan->lease_number) return false;
  }
  return true;
}

static bool no_longer(const Plan *plan, int from, int to) {
  for (int g = from; g < to; g++) {
    const RangeStep *step = &plan->ranges[plan->givens[g]];
    if (plan->watched[step->index].most > step->room) return false;
  }
  return true;
}

static double larger(double a, double b) { return fabs(a) > fabs(b) ? fabs(a) : fabs(b); }

static bool in_room(const Plan *plan, int from, int to) {
  for (int g = from; g < to; g++) {
    RangeStep *step = &plan->ranges[plan->givens[g]];
    const Range *room = &plan->lease[plan->givens[g]];
    double value = range_scalar(step);
    if (value >= room->low && value <= room->high) continue;
    if (fabs(value) < larger(room->low, room->high)) step->loose = true;
    return false;
  }
  return true;
}

bool plan_leased(Plan *plan) {
  if (plan->lease_left == 0 || !plan->limits) return false;
  const int *ends = plan->given_ends;
  if (!is_ours(plan, 0, ends[0]) || !no_longer(plan, ends[0], ends[1]) ||
      !in_room(plan, ends[1], ends[2]))
    return false;
  plan->lease_left--;
  return plan->lease_left > 0;
}

/* ---- taking one ---- */

/* Most scalars keep their sign and are often divisors.  One that has left its margin towards 0 may
 * have either sign: a gradient. */
static void give_room(Plan *plan, bool loose) {
  for (int32_t i = 0; i < plan->range_count; i++) {
    const RangeStep *step = &plan->ranges[i];
    const Range *now = &plan->range_values[i];
    Range *room = &plan->lease[i];
    *room = *now;
    if (step->kind == RANGE_STORED)
      *room = range_given(fmin(now->low, 0), fmax(now->high, 0), step->dtype, i);
    if (step->kind == RANGE_LOOK)
      *room = range_given(ROOM * now->low, ROOM * now->high, step->dtype, i);
    if (step->kind == RANGE_SCALAR && now->low > 0)
      *room = range_given(now->low / ROOM, now->high * ROOM, step->dtype, i);
    if (step->kind == RANGE_SCALAR && now->high < 0)
      *room = range_given(now->low * ROOM, now->high / ROOM, step->dtype, i);
    if (step->kind == RANGE_SCALAR && step->loose && loose)
      *room = range_given(-ROOM * fabs(now->low), ROOM * fabs(now->high), step->dtype, i);
    if (room->wild) *room = *now; /* too large for a margin */
  }
}

static void reckon_room(Plan *plan) {
  for (int32_t i = 0; i < plan->range_count; i++)
    if (plan->ranges[i].kind == RANGE_SAME || plan->ranges[i].kind == RANGE_OP)
      plan->lease[i] = range_work(&plan->ranges[i], plan->lease, i);
}

/* What is added to the stored value `to` in the step `from`, (to + a) - b, at most downwards and
 * upwards.  False when the step is no such chain. */
static bool drift(const Plan *plan, int32_t from, int32_t to, int depth, double *down, double *up) {
  const RangeStep *step = &plan->ranges[from];
  if (from == to) return true;
  if (depth == CHAIN_MOST || step->kind != RANGE_OP || !range_sum(step) || !step->whole[0] ||
      !step->whole[1])
    return false;
  bool first = drift(plan, step->in[0], to, depth + 1, down, up);
  if (!first && (range_sum(step) < 0 || !drift(plan, step->in[1], to, depth + 1, down, up)))
    return false;
  const Range *more = &plan->lease[step->in[first]];
  bool plus = range_sum(step) > 0;
  *down += fmin(plus ? more->low : -more->high, 0);
  *up += fmax(plus ? more->high : -more->low, 0);
  return true;
}

/* Where the stored value lies after any number of runs of the lease, if all others stay in their
 * boxes. */
static Range whereabouts(const Plan *plan, int32_t stored, int32_t new, int64_t length) {
  const Range *start = &plan->range_values[stored], *box = &plan->lease[stored],
              *after = &plan->lease[new];
  double low = 0, high = 0, runs = (double)length;
  if (!drift(plan, new, stored, 0, &low, &high)) return *after;
  /* nothing where all that is added has one sign: rounding keeps the order */
  double lost = ROUNDED * (larger(box->low, box->high) + larger(low, high));
  return range_given(fmin(start->low, 0) + runs * (low < 0 ? low - lost : 0),
                     fmax(start->high, 0) + runs * (high > 0 ? high + lost : 0),
                     plan->ranges[stored].dtype, stored);
}

/* Makes the box hold what it must; 1: it did already, 0: it was made larger, -1: it cannot. */
static int widen(Range *box, const Range *held, double by, Dtype dtype, int32_t self) {
  if (held->wild) return -1;
  if (held->low >= box->low && held->high <= box->high) return 1;
  double low = fmin(held->low, box->low), high = fmax(held->high, box->high);
  *box = range_given(low < 0 ? by * low : low / by, high > 0 ? by * high : high / by, dtype, self);
  return box->wild ? -1 : 0;
}

static bool find_boxes(Plan *plan, int64_t length, bool loose) {
  const int32_t *old = plan->range_old;
  /* more in each round: a second moment of which little has come together yet has a long way to go
   */
  double by = 2;
  give_room(plan, loose);
  for (int round = 0; round < ROUNDS; round++, by *= ROOM) {
    bool holds = true;
    reckon_room(plan);
    if (!range_all_bounded(plan, plan->lease)) return false;
    for (int k = 0; k < plan->store_count; k++) {
      if (plan->range_of[k] < 0 || old[k] < 0) continue;
      Range held = whereabouts(plan, old[k], plan->range_of[k], length);
      int fits = widen(&plan->lease[old[k]], &held, by, plan->ranges[old[k]].dtype, old[k]);
      if (fits < 0) return false;
      holds &= fits == 1;
    }
    if (holds) return true;
  }
  return false;
}

/* The greatest magnitude whose values are all within the margin. */
static int room_of(const Range *room, Dtype dtype) {
  double high = room->high;
  float single = (float)high;
  uint64_t bits;
  int32_t whole;
  memcpy(&bits, &high, sizeof bits);
  memcpy(&whole, &single, sizeof whole);
  return dtype == DTYPE_F32 ? whole - ((double)single > high) : (int)(bits >> 32) - 1;
}

static void note_limits(Plan *plan) {
  const int32_t *old = plan->range_old;
  plan->lease_number++;
  for (int g = plan->given_ends[0]; g < plan->given_ends[1]; g++) {
    RangeStep *step = &plan->ranges[plan->givens[g]];
    step->room = room_of(&plan->lease[plan->givens[g]], step->dtype);
  }
  for (int k = 0; k < plan->store_count; k++) {
    if (plan->range_of[k] < 0) continue;
    const Range *range = &plan->lease[old[k] < 0 ? plan->range_of[k] : old[k]];
    *range_limits(plan, plan->stores[k].binding) = (Limits){.low = range->low,
                                                            .high = range->high,
                                                            .known = true,
                                                            .by = plan,
                                                            .lease = plan->lease_number};
  }
}

bool plan_lease(Plan *plan) {
  if (!plan->leasable || !plan->limits) return false;
  if (plan->lease_pause > 0) {
    plan->lease_pause--;
    return false;
  }
  for (int i = 0; i < COUNT_OF(LENGTHS) && plan->lease_left == 0; i++)
    if (find_boxes(plan, LENGTHS[i], true) || find_boxes(plan, LENGTHS[i], false))
      plan->lease_left = LENGTHS[i];
  if (plan->lease_left > 0) {
    note_limits(plan);
    plan->leases++;
    plan->lease_wait = 0;
  } else { /* no lease now: it is tried again after a while */
    plan->lease_wait = plan->lease_wait
                           ? plan->lease_wait < PAUSE_MOST ? 2 * plan->lease_wait : PAUSE_MOST
                           : 4;
    plan->lease_pause = plan->lease_wait;
  }
  return plan->lease_left > 0;
}
