/* team_test.c — every block once, whatever the number of threads, callers and sleeps. */
#include "runtime/base/stop.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCKS = 5000 };

typedef struct Tally {
  _Atomic int times[BLOCKS]; /* how often each block ran */
} Tally;

static void count(void *context, int64_t block) {
  Tally *tally = context;
  atomic_fetch_add(&tally->times[block], 1);
}

static void expect_each_once(int64_t blocks) {
  static Tally tally;
  memset(&tally, 0, sizeof tally);
  team_run(blocks, count, &tally);
  for (int64_t i = 0; i < BLOCKS; i++)
    cr_assert_eq(tally.times[i], i < blocks, "block %ld of %ld", (long)i, (long)blocks);
}

static void nap(long microseconds) { nanosleep(&(struct timespec){0, microseconds * 1000}, NULL); }

Test(team, every_block_once) {
  for (int threads = 1; threads <= 4; threads++) {
    team_start(threads);
    cr_assert_eq(team_size(), threads);
    for (int64_t blocks = 0; blocks < 40; blocks++) expect_each_once(blocks);
    expect_each_once(BLOCKS);
  }
  team_stop();
}

/* More blocks than one ticket holds are several jobs. */
enum { MANY = 3 * UINT16_MAX + 7 };
static _Atomic uint8_t done[MANY];

static void mark(void *context, int64_t block) {
  (void)context;
  atomic_fetch_add(&done[block], 1);
}

Test(team, more_blocks_than_a_ticket_holds) {
  team_start(3);
  team_run(MANY, mark, NULL);
  for (int64_t i = 0; i < MANY; i++) cr_assert_eq(done[i], 1, "block %ld", (long)i);
  team_stop();
}

/* Many short jobs in a row, and jobs that find the workers asleep or about to be. */
Test(team, meets_again_and_again) {
  team_start(3);
  for (int i = 0; i < 3000; i++) expect_each_once(2 + i % 7);
  for (int i = 0; i < 40; i++) {
    nap(5 * i);
    expect_each_once(8);
  }
  team_stop();
}

static void doze(void *context, int64_t block) {
  if (block == 1) nap(2000); /* longer than the caller spins */
  count(context, block);
}

Test(team, waits_for_a_slow_block) {
  static Tally tally;
  team_start(2);
  for (int i = 0; i < 10; i++) {
    memset(&tally, 0, sizeof tally);
    team_run(2, doze, &tally);
    cr_assert(tally.times[0] == 1 && tally.times[1] == 1);
  }
  team_stop();
}

static void nest(void *context, int64_t block) {
  if (block == 0) team_run(100, count, context);
}

Test(team, a_task_may_run_tasks) {
  static Tally tally;
  team_start(4);
  team_run(20, nest, &tally);
  for (int i = 0; i < 100; i++) cr_assert_eq(tally.times[i], 1);
  team_stop();
}

/* Gives NULL when all was well. */
static void *call_often(void *failed) {
  static _Thread_local Tally tally;
  for (int i = 0; i < 300; i++) {
    memset(&tally, 0, sizeof tally);
    team_run(50, count, &tally);
    for (int k = 0; k < 50; k++) {
      if (tally.times[k] != 1) return failed;
    }
    memset(team_scratch(1000), i, 1000);
  }
  return NULL;
}

/* Two programs in one process: one has the team, the other does its blocks itself. */
Test(team, two_callers) {
  static int failure; /* its address says that something went wrong */
  pthread_t other;
  void *wrong;
  team_start(3);
  cr_assert_eq(pthread_create(&other, NULL, call_often, &failure), 0);
  cr_assert_null(call_often(&failure));
  pthread_join(other, &wrong);
  cr_assert_null(wrong);
  team_stop();
}

static void use_scratch(void *context, int64_t block) {
  unsigned char *mine = team_scratch((size_t)block * 100 + 1);
  memset(mine, (int)block, (size_t)block * 100 + 1);
  cr_assert_eq((uintptr_t)mine % 64, 0);
  cr_assert_eq(mine[block * 100], (unsigned char)block);
  (void)context;
}

Test(team, scratch_of_a_task_is_apart) {
  team_start(2);
  char *kernels = team_scratch(100);
  memset(kernels, 'k', 100);
  for (int i = 0; i < 5; i++) team_run(200, use_scratch, NULL);
  for (int i = 0; i < 100; i++) cr_assert_eq(kernels[i], 'k');
  team_run(1, use_scratch, NULL); /* inline, yet inside a task */
  for (int i = 0; i < 100; i++) cr_assert_eq(kernels[i], 'k');
  team_stop();
}

/* A program beside others: it is a team of one, its kernels have scratch that their tasks leave
 * alone, and nothing of it is left when it ends. */
static void be_beside(void *context, int64_t index) {
  _Atomic int *wrong = context;
  Tally tally = {0};
  if (team_size() != 1) (*wrong)++;
  char *kernels = team_scratch(100);
  memset(kernels, (int)index, 100);
  team_run(50, use_scratch, NULL);
  team_run(50, count, &tally);
  for (int i = 0; i < 100; i++) *wrong += kernels[i] != (char)index;
  for (int i = 0; i < 50; i++) *wrong += tally.times[i] != 1;
}

Test(team, programs_beside_each_other) {
  _Atomic int wrong = 0;
  team_start(3);
  for (int i = 0; i < 50; i++) team_beside(7, be_beside, &wrong);
  cr_assert_eq(wrong, 0);
  cr_assert_eq(team_size(), 3);
  cr_assert(!team_rest(false));
  team_stop();
}

static void meet(void *context, int64_t block) {
  _Atomic int *arrived = context;
  atomic_fetch_add(arrived, 1);
  while (atomic_load(arrived) < 3) nap(100);
  (void)block;
}

/* The address sanitizer takes no locks for a fork: one of its own that a thread holds while it
 * starts would never be let go in the child.  So every thread has started before. */
Test(team, a_child_of_fork_starts_its_own) {
  _Atomic int arrived = 0;
  team_start(3);
  team_run(3, meet, &arrived);
  expect_each_once(100);
  pid_t child = fork();
  if (child == 0) {
    static Tally tally;
    alarm(60);
    team_run(100, count, &tally);
    for (int i = 0; i < 100; i++) {
      if (tally.times[i] != 1) _exit(1);
    }
    team_stop();
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  expect_each_once(100);
  team_stop();
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* FAULTS.md E9: no thread to be had.  The address space is what is limited here: a limit on
 * processes does not bind root.  (The sanitizers need address space themselves.) */
Test(team, does_without_threads_it_cannot_have) {
  struct rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = RLIM_INFINITY};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = 1 << 20;
  setrlimit(RLIMIT_AS, &limit);
  team_start(8);
  expect_each_once(100);
  cr_assert_lt(team_size(), 8);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_AS, &limit);
  team_stop();
}
#endif

Test(team, stops_twice_and_starts_again) {
  team_stop();
  team_stop();
  team_start(1000);
  cr_assert_eq(team_size(), 64);
  team_start(2);
  expect_each_once(10);
  team_stop();
  expect_each_once(10);
  team_start(0);
  cr_assert_geq(team_size(), 1);
  team_stop();
}

static void read_mode(void *context, int64_t block) {
  volatile float tiny = 1e-38f;
  ((float *)context)[block] = tiny * 0.5f;
}

Test(team, workers_compute_as_the_caller_does) {
  static float plain[64], flushed[64];
  team_start(2);
  team_run(64, read_mode, plain);
  unsigned mode = kernels_enter();
  team_run(64, read_mode, flushed);
  kernels_leave(mode);
  for (int i = 0; i < 64; i++) cr_assert_gt(plain[i], 0);
#if defined(__x86_64__) || defined(__aarch64__)
  for (int i = 0; i < 64; i++) cr_assert_eq(flushed[i], 0);
#endif
  team_run(64, read_mode, plain);
  for (int i = 0; i < 64; i++) cr_assert_gt(plain[i], 0);
  team_stop();
}

Test(team, an_idle_team_uses_no_processor) {
  struct timespec before, after;
  team_start(4);
  expect_each_once(1000);
  double used = 1;
  /* workers that wait for a processor have yet to fall idle */
  for (int i = 0; i < 400 && used >= 0.005; i++) {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    nap(50000);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    used = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) * 1e-9;
  }
  cr_assert_lt(used, 0.005);
  team_stop();
}

/* What must not be left half done is not stopped, whatever is pressed; two executors may be at it.
 */
Test(team, a_shield_holds_interrupts_off) {
  cr_assert(!stop_wanted());
  stop_asked = 1;
  cr_assert(stop_wanted());
  stop_shield(1);
  stop_shield(1);
  stop_shield(-1);
  cr_assert(!stop_wanted());
  stop_shield(-1);
  cr_assert(stop_wanted());
  stop_asked = 0;
  cr_assert(!stop_wanted());
}

static void count_block(void *context, int64_t block) {
  atomic_fetch_add((_Atomic int64_t *)context, 1);
  if (block == 0) stop_asked = 1;
}

/* Blocks not yet begun are passed over once somebody wants to stop, unless what runs is shielded.
 */
Test(team, blocks_not_begun_are_passed_over) {
  for (int threads = 1; threads <= 4; threads *= 2)
    for (int shield = 0; shield < 2; shield++) {
      _Atomic int64_t count = 0;
      team_start(threads);
      stop_shield(shield);
      team_run(100000, count_block, &count);
      stop_shield(-shield);
      stop_asked = 0;
      if (shield) cr_assert_eq(count, 100000);
      else cr_assert_lt(count, 100000);
    }
  team_stop();
}
