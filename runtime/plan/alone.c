/* alone.c — does a short plan run faster without the team?
 *
 * Waking a thread takes as long as tens of microseconds of work, and what another core has written
 * is slow to read.  So a step of a small net may take longer on two threads than on one.  Which,
 * depends on the machine and on what else it does: it is measured.  A plan that takes less than
 * RUN_MOST is now and then run some times with the team and some times on the caller's thread
 * alone, and goes on in the way that was faster.  Bits do not depend on it, for they depend on no
 * number of threads.
 */
#include "runtime/base/clock.h"
#include "runtime/kernels/team.h"
#include "runtime/plan/internal.h"

#include <string.h>

enum {
  WARM = 3,   /* runs of each way that do not count, */
  TRIED = 8,  /* and that do … */
  COUNTED = 4 /* … of which the shortest are added up */
};
enum { AGAIN = 4096 }; /* runs till the next trial */
static const double RUN_MOST = 1e-3;

/* Keeps the shortest, in order. */
static void note(double *shortest, double seconds) {
  int at = COUNTED;
  while (at > 0 && (shortest[at - 1] == 0 || shortest[at - 1] > seconds)) at--;
  if (at == COUNTED) return;
  memmove(&shortest[at + 1], &shortest[at], (size_t)(COUNTED - 1 - at) * sizeof *shortest);
  shortest[at] = seconds;
}

static double sum(const double *shortest) {
  double total = 0;
  for (int i = 0; i < COUNTED; i++) total += shortest[i];
  return total;
}

/* Of a run within the trial: which way, and does it count? */
static bool is_alone(int64_t run) { return run >= WARM + TRIED; }
static bool counts(int64_t run) { return run % (WARM + TRIED) >= WARM; }

bool alone_begin(Alone *alone) {
  if (team_size() == 1) return team_rest(true); /* there is no other way */
  if (alone->run >= 2 * (WARM + TRIED)) {       /* decided */
    if (++alone->run == AGAIN) *alone = (Alone){.chosen = alone->chosen};
    return team_rest(alone->chosen);
  }
  if (counts(alone->run)) alone->start = clock_seconds();
  return team_rest(is_alone(alone->run));
}

void alone_end(Alone *alone, bool rested) {
  team_rest(rested);
  if (team_size() == 1 || alone->run >= 2 * (WARM + TRIED)) return;
  const int64_t run = alone->run++;
  if (!counts(run)) return;
  double *shortest = alone->shortest[is_alone(run)];
  note(shortest, clock_seconds() - alone->start);
  if (run + 1 == WARM + TRIED && shortest[0] > RUN_MOST) {
    alone->run = 2 * (WARM + TRIED); /* long enough for the team */
    alone->chosen = false;
  } else if (run + 1 == 2 * (WARM + TRIED)) {
    alone->chosen = sum(shortest) < sum(alone->shortest[0]);
  }
}
