/* apart.c — a call into a library, on a thread that the caller can abandon: see apart.h.
 *
 * LAPACK cannot be asked to stop, and the singular values of a matrix of some thousand rows take it
 * half a minute.  So the call runs on its own thread, and the caller checks every few milliseconds
 * for an interrupt.  An abandoned call keeps a processor and its memory until it ends; nothing else
 * is affected.
 */
#include "runtime/kernels/apart.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/team.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { LOOK_NANOSECONDS = 5000000 }; /* between two checks for an interrupt */

typedef struct Apart {
  pthread_mutex_t lock;
  pthread_cond_t over;
  bool done;     /* by the thread */
  bool left;     /* set by the caller: it has stopped waiting */
  unsigned mode; /* the caller's floating-point mode */
  void *scratch; /* the caller's; owned by the thread once it is abandoned */
  int64_t result;
  int64_t (*run)(void *job);
  void *job;
} Apart;

static _Atomic int left_at_work;

int apart_left(void) { return atomic_load(&left_at_work); }

static void apart_free(Apart *apart) {
  pthread_mutex_destroy(&apart->lock);
  pthread_cond_destroy(&apart->over);
  mem_free(apart->job);
  mem_free(apart);
}

static void *work(void *context) {
  Apart *apart = context;
  kernels_leave(apart->mode);
  int64_t result = apart->run(apart->job);
  pthread_mutex_lock(&apart->lock);
  apart->result = result;
  apart->done = true;
  bool left = apart->left;
  pthread_cond_signal(&apart->over);
  pthread_mutex_unlock(&apart->lock);
  if (!left) return NULL;
  mem_free(apart->scratch);
  apart_free(apart);
  atomic_fetch_sub(&left_at_work, 1);
  return NULL;
}

/* True when the call is done; false when it was abandoned. */
static bool wait_for(Apart *apart) {
  pthread_mutex_lock(&apart->lock);
  while (!apart->done && !apart->left) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_NANOSECONDS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&apart->over, &apart->lock, &until);
    if (apart->done || !stop_wanted()) continue;
    apart->left = true;
    apart->scratch = team_scratch_leave();
    atomic_fetch_add(&left_at_work, 1);
  }
  bool done = apart->done;
  pthread_mutex_unlock(&apart->lock);
  return done;
}

static Apart *apart_new(int64_t (*run)(void *job), const void *job, size_t bytes) {
  Apart *apart = mem_zero(sizeof *apart);
  pthread_condattr_t clock;
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  pthread_mutex_init(&apart->lock, NULL);
  pthread_cond_init(&apart->over, &clock);
  pthread_condattr_destroy(&clock);
  apart->mode = kernels_enter();
  kernels_leave(apart->mode);
  apart->run = run;
  apart->job = mem_alloc(bytes);
  memcpy(apart->job, job, bytes);
  return apart;
}

/* Signals go to the main thread only. */
static bool start(Apart *apart, pthread_t *thread) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool good = pthread_create(thread, NULL, work, apart) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return good;
}

int64_t apart_run(int64_t (*run)(void *job), const void *job, size_t bytes) {
  Apart *apart = apart_new(run, job, bytes);
  pthread_t thread;
  int64_t result = 0;
  if (!start(apart, &thread)) {
    result = run(apart->job);
  } else if (wait_for(apart)) {
    pthread_join(thread, NULL);
    result = apart->result;
  } else {
    pthread_detach(thread); /* what it holds is its own now */
    return 0;
  }
  apart_free(apart);
  return result;
}
