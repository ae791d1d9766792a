/* alone_test.c — a short plan goes the way that was faster; and whoever rested before rests after.
 */
#include "runtime/kernels/team.h"
#include "runtime/plan/internal.h"

#include <criterion/criterion.h>
#include <time.h>

enum { TRIAL = 22, AGAIN = 4096 };

static void wait_for(double seconds) {
  struct timespec from, now;
  clock_gettime(CLOCK_MONOTONIC, &from);
  do clock_gettime(CLOCK_MONOTONIC, &now);
  while ((double)(now.tv_sec - from.tv_sec) + 1e-9 * (double)(now.tv_nsec - from.tv_nsec) <
         seconds);
}

/* Runs that take so long on the team, and so long without it; was the last one alone? */
static bool run(Alone *alone, int runs, double together, double apart) {
  bool rested = false;
  for (int i = 0; i < runs; i++) {
    const bool before = alone_begin(alone);
    rested = team_size() == 1;
    wait_for(rested ? apart : together);
    alone_end(alone, before);
    cr_assert_eq(team_size(), 2);
  }
  return rested;
}

Test(alone, chooses_what_was_faster) {
  Alone one = {0}, other = {0}, quiet = {0};
  team_start(2);
  run(&one, TRIAL, 3e-4, 1e-4);
  cr_assert(run(&one, 1, 0, 0), "on its own");
  run(&other, TRIAL, 1e-4, 3e-4);
  cr_assert_not(run(&other, 1, 0, 0), "with the team");
  run(&one, AGAIN - TRIAL - 1, 0, 0); /* then it is tried again */
  run(&one, TRIAL, 1e-4, 3e-4);
  cr_assert_not(run(&one, 1, 0, 0), "it has changed");
  team_rest(true); /* a caller that rests goes on to */
  const bool before = alone_begin(&quiet);
  cr_assert(before);
  alone_end(&quiet, before);
  cr_assert_eq(team_size(), 1);
  team_rest(false);
  team_stop();
}

Test(alone, long_plans_are_not_tried) {
  Alone alone = {0};
  team_start(2);
  cr_assert_not(run(&alone, 12, 2e-3, 0), "eleven runs tell");
  cr_assert_not(run(&alone, TRIAL, 0, 0));
  cr_assert_not(alone.chosen);
  team_stop();
}
