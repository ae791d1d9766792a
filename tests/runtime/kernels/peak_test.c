/* peak_test.c — what the machine can do: something, whatever the machine; never how much. */
#include "runtime/kernels/peak.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <math.h>

Test(peak, measures_something_on_every_team) {
  for (int threads = 1; threads <= 4; threads *= 2) {
    Peak peak;
    size_t before = mem_used_bytes();
    team_start(threads);
    peak_measure(&peak, 3e6);
    cr_assert_eq(peak.threads, threads);
    cr_assert_eq(mem_used_bytes(), before);
    for (int i = 0; i < 2; i++) cr_assert(peak.operations[i] > 0 && isfinite(peak.operations[i]));
    cr_assert_eq(peak.sets, 3, "sets up to 2 MiB");
    for (int i = 0; i < peak.sets; i++)
      cr_assert(peak.bandwidth[i] > 0 && isfinite(peak.bandwidth[i]));
  }
  team_stop();
}

Test(peak, a_bandwidth_is_that_of_a_set_as_large) {
  Peak peak = {.sets = 3, .bandwidth = {30, 20, 10}};
  cr_assert_eq(peak_bandwidth(&peak, 0), 30);
  cr_assert_eq(peak_bandwidth(&peak, (double)peak_set(1) - 1), 30);
  cr_assert_eq(peak_bandwidth(&peak, (double)peak_set(1)), 20);
  cr_assert_eq(peak_bandwidth(&peak, 1e12), 10, "what is larger than any set measured");
}

Test(peak, what_the_budget_does_not_grant_is_not_measured) {
  Peak peak;
  mem_budget((size_t)peak_set(2));
  peak_measure(&peak, 1e9);
  cr_assert_eq(peak.sets, 3);
  mem_budget(1);
  peak_measure(&peak, 1e9);
  cr_assert_eq(peak.sets, 1);
  cr_assert_gt(peak.bandwidth[0], 0);
}
