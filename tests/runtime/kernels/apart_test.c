/* apart_test.c — calls on a thread of their own: what they give, and what is left when nobody waits
 * any longer. */
#include "runtime/base/stop.h"
#include "runtime/kernels/apart.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

typedef struct Sum {
  const double *at;
  int64_t count;
} Sum;

static int64_t sum_up(void *job) {
  const Sum *sum = job;
  double total = 0;
  for (int64_t i = 0; i < sum->count; i++) total += sum->at[i];
  return (int64_t)total;
}

Test(apart, gives_what_the_call_gives) {
  double *at = team_scratch(1000 * sizeof *at);
  for (int i = 0; i < 1000; i++) at[i] = i;
  cr_assert_eq(apart_run(sum_up, &(Sum){at, 1000}, sizeof(Sum)), 499500);
  cr_assert_eq(apart_left(), 0);
  team_stop();
}

/* In the caller's mode: a subnormal is zero inside kernels, and itself outside. */
static int64_t keeps_subnormals(void *job) {
  volatile float smallest = *(const float *)job;
  return smallest * 1.0f != 0;
}

Test(apart, computes_in_the_mode_of_the_caller) {
  float subnormal = 1e-42f;
  unsigned mode = kernels_enter();
  cr_assert_eq(apart_run(keeps_subnormals, &subnormal, sizeof subnormal),
               keeps_subnormals(&subnormal));
  kernels_leave(mode);
  cr_assert_eq(apart_run(keeps_subnormals, &subnormal, sizeof subnormal), 1);
}

static _Atomic bool may_end;

static int64_t wait_and_write(void *job) {
  const Sum *sum = job;
  while (!may_end) nanosleep(&(struct timespec){0, 1000000}, NULL);
  for (int64_t i = 0; i < sum->count; i++) ((double *)(uintptr_t)sum->at)[i] = 7;
  return 1;
}

/* The thread goes on with the scratch it was given; the caller's next scratch is another. */
Test(apart, one_that_nobody_waits_for_keeps_its_memory, .timeout = 600) {
  double *at = team_scratch(1000 * sizeof *at);
  stop_asked = 1;
  cr_assert_eq(apart_run(wait_and_write, &(Sum){at, 1000}, sizeof(Sum)), 0);
  cr_assert_eq(apart_left(), 1);
  stop_asked = 0;
  double *next = team_scratch(1000 * sizeof *next);
  cr_assert_neq(next, at);
  for (int i = 0; i < 1000; i++) next[i] = i;
  cr_assert_eq(apart_run(sum_up, &(Sum){next, 1000}, sizeof(Sum)), 499500);
  may_end = true;
  while (apart_left()) nanosleep(&(struct timespec){0, 1000000}, NULL);
  for (int i = 0; i < 1000; i++) cr_assert_eq(next[i], (double)i);
  team_stop();
}
