/* team.c — the threads of the process, and how a kernel's blocks reach them.
 *
 * There is one team.  Its workers are made when a kernel first has more than one block, and then
 * wait for work: they spin for some microseconds, because the next kernel of a training step comes
 * soon, then yield to whoever else wants the processor, for as long as a step's small operations
 * last that run on the caller alone, and then sleep, so that an idle REPL uses no processor.  A job
 * is a task, a context and a number of blocks; each free thread takes the next block.  Which thread
 * gets which block is chance, so results must not depend on it: kernels cut their work by size
 * alone and combine parts in block order.
 *
 * The central state is one 64-bit word, the *ticket*: the number of the job in the upper half, the
 * blocks not yet taken in the lower.  A thread takes a block in one compare-and-swap, the caller
 * from the front and workers from the back, so that of two jobs over the same memory each thread
 * finds in its own cache what it wrote in the first; that can only succeed while the job is open,
 * and a job is over only when every block taken is done, so a thread that holds a block may read
 * the job without a lock.  A worker that wakes late finds no blocks left, and no thread waits for
 * it: a synchronization costs a microsecond, not a wake-up.
 *
 * If a thread cannot be made, the team runs with fewer (FAULTS.md, E9).  A second thread of the
 * program that calls while the team is at work, and a task that calls team_run itself, run their
 * blocks themselves, in order.  After fork the child has no workers; its first job makes new ones.
 * Workers take no signals and compute in the floating-point mode of the caller.
 */
#include "runtime/kernels/team.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/kernels.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
  TEAM_MOST = 64,
  STACK_BYTES = 2 << 20,
  SPIN_NANOSECONDS = 30000,
  YIELD_NANOSECONDS = 200000, /* from the first spin on */
  SPINS_BETWEEN_CLOCKS = 32
};
/* in one job: two such numbers are the lower half of the ticket */
enum { BLOCKS_MOST = UINT16_MAX };

typedef struct Team {
  pthread_mutex_t calling; /* held by the one caller whose job the team is doing */
  pthread_mutex_t lock;    /* for sleeping and waking only */
  pthread_cond_t work;     /* workers sleep here */
  pthread_cond_t finished; /* the caller sleeps here when its last blocks take long */
  /* threads with the caller; 0: as many as there are processors, counted when first asked */
  _Atomic int wanted;
  _Atomic int workers; /* threads that run */
  pthread_t threads[TEAM_MOST];
  _Atomic bool refused; /* the system would not give more threads: do not ask for each job */
  /* job number << 32 | blocks taken from the front << 16 | blocks not taken yet */
  _Atomic uint64_t ticket;
  _Atomic int64_t done;  /* blocks finished of this job */
  _Atomic int sleepers;  /* workers in or near cond_wait */
  _Atomic bool waiting;  /* the caller is in or near cond_wait */
  _Atomic bool stopping; /* workers shall end */
  void (*task)(void *context, int64_t block);
  void *context;
  int64_t first, blocks; /* of this job */
  unsigned mode;         /* the caller's floating-point mode */
} Team;

static Team team = {.calling = PTHREAD_MUTEX_INITIALIZER,
                    .lock = PTHREAD_MUTEX_INITIALIZER,
                    .work = PTHREAD_COND_INITIALIZER,
                    .finished = PTHREAD_COND_INITIALIZER};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local bool inside; /* this thread is running a task */
static _Thread_local bool rests;  /* and this one calls nobody */
static _Thread_local bool beside; /* nor this one, in a task of team_beside */

static inline void rest(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Spins until ready() or for some times as long as a sleep and a wake-up would cost. */
static bool spin(bool (*ready)(void)) {
  for (int64_t start = 0, turn = 1;; turn++) {
    if (ready()) return true;
    rest();
    if (turn % SPINS_BETWEEN_CLOCKS) continue;
    int64_t now = nanoseconds();
    if (!start) start = now;
    if (now - start > YIELD_NANOSECONDS || now < start) return false;
    if (now - start > SPIN_NANOSECONDS) sched_yield();
  }
}

/* ---- a job ---- */

static inline uint16_t blocks_left(uint64_t ticket) { return (uint16_t)ticket; }
static inline uint16_t blocks_begun(uint64_t ticket) { return (uint16_t)(ticket >> 16); }

static bool work_waits(void) {
  return blocks_left(atomic_load(&team.ticket)) != 0 || atomic_load(&team.stopping);
}

static bool all_done(void) { return atomic_load(&team.done) == team.blocks; }

/* Takes and does blocks until none is left: the first one left, or the last. */
static void do_blocks(bool from_front) {
  uint64_t ticket = atomic_load(&team.ticket);
  while (blocks_left(ticket) != 0) {
    if (!atomic_compare_exchange_weak(&team.ticket, &ticket,
                                      ticket - 1 + ((uint64_t)from_front << 16)))
      continue;
    int64_t blocks = team.blocks,
            block = blocks_begun(ticket) + (from_front ? 0 : blocks_left(ticket) - 1);
    kernels_leave(team.mode);
    if (!stop_wanted()) team.task(team.context, team.first + block);
    if (atomic_fetch_add(&team.done, 1) + 1 == blocks && atomic_load(&team.waiting)) {
      pthread_mutex_lock(&team.lock);
      pthread_cond_signal(&team.finished);
      pthread_mutex_unlock(&team.lock);
    }
    ticket = atomic_load(&team.ticket);
  }
}

static void *work(void *unused) {
  (void)unused;
  inside = true;
  for (;;) {
    if (!spin(work_waits)) {
      pthread_mutex_lock(&team.lock);
      atomic_fetch_add(&team.sleepers, 1);
      while (!work_waits()) pthread_cond_wait(&team.work, &team.lock);
      atomic_fetch_sub(&team.sleepers, 1);
      pthread_mutex_unlock(&team.lock);
    }
    if (atomic_load(&team.stopping)) return NULL;
    do_blocks(false);
  }
}

static void wait_for_the_rest(void) {
  if (spin(all_done)) return;
  pthread_mutex_lock(&team.lock);
  atomic_store(&team.waiting, true);
  while (!all_done()) pthread_cond_wait(&team.finished, &team.lock);
  atomic_store(&team.waiting, false);
  pthread_mutex_unlock(&team.lock);
}

static void do_job(int64_t first, int64_t blocks, void (*task)(void *context, int64_t block),
                   void *context) {
  team.task = task, team.context = context, team.first = first, team.blocks = blocks;
  atomic_store(&team.done, 0);
  uint64_t job = (atomic_load(&team.ticket) >> 32) + 1;
  atomic_store(&team.ticket, job << 32 | (uint64_t)blocks);
  if (atomic_load(&team.sleepers)) {
    pthread_mutex_lock(&team.lock);
    pthread_cond_broadcast(&team.work);
    pthread_mutex_unlock(&team.lock);
  }
  inside = true;
  do_blocks(true);
  inside = false;
  wait_for_the_rest();
}

/* ---- making and ending the workers ---- */

/* The child of a fork has one thread, whatever the locks say. */
static void forked(void) {
  pthread_mutex_init(&team.calling, NULL);
  pthread_mutex_init(&team.lock, NULL);
  pthread_cond_init(&team.work, NULL);
  pthread_cond_init(&team.finished, NULL);
  team.workers = 0;
  atomic_store(&team.ticket, 0);
  atomic_store(&team.sleepers, 0);
  atomic_store(&team.waiting, false);
  atomic_store(&team.stopping, false);
}

/* Processors this process may use, and no more than its group's quota of them (cgroup v2). */
static int processors(void) {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) ? (int)sysconf(_SC_NPROCESSORS_ONLN)
                                                     : CPU_COUNT(&set);
  FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
  if (file) {
    long quota, period;
    if (fscanf(file, "%ld %ld", &quota, &period) == 2 && period > 0 &&
        (quota + period - 1) / period < count)
      count = (int)((quota + period - 1) / period);
    fclose(file);
  }
  return count < 1 ? 1 : count > TEAM_MOST ? TEAM_MOST : count;
}

static void once_started(void);

static void make_workers(void) {
  sigset_t all, before;
  pthread_attr_t attributes;
  pthread_once(&once, once_started);
  if (pthread_attr_init(&attributes)) return;
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (team.workers < team.wanted - 1 && !team.refused) {
    if (pthread_create(&team.threads[team.workers], &attributes, work, NULL)) team.refused = true;
    else team.workers++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
}

static void end_workers(void) {
  pthread_mutex_lock(&team.lock);
  atomic_store(&team.stopping, true);
  pthread_cond_broadcast(&team.work);
  pthread_mutex_unlock(&team.lock);
  while (team.workers > 0) pthread_join(team.threads[--team.workers], NULL);
  atomic_store(&team.stopping, false);
  team.refused = false;
}

void team_start(int threads) {
  pthread_mutex_lock(&team.calling);
  int wanted = threads < 1 ? 0 : threads > TEAM_MOST ? TEAM_MOST : threads;
  if (wanted != team.wanted) end_workers();
  team.wanted = wanted;
  pthread_mutex_unlock(&team.calling);
}

bool team_rest(bool now) {
  const bool before = rests;
  rests = now;
  return before;
}

int team_size(void) {
  if (rests || beside) return 1;
  if (!team.wanted) team.wanted = processors(); /* two threads that ask at once find the same */
  return team.refused ? team.workers + 1 : team.wanted;
}

void team_run(int64_t blocks, void (*task)(void *context, int64_t block), void *context) {
  int64_t block = 0;
  if (blocks > 1 && !inside && team_size() > 1 && pthread_mutex_trylock(&team.calling) == 0) {
    make_workers();
    team.mode = kernels_enter();
    kernels_leave(team.mode);
    for (int64_t part; team.workers > 0 && block < blocks; block += part) {
      part = blocks - block < BLOCKS_MOST ? blocks - block : BLOCKS_MOST;
      do_job(block, part, task, context);
    }
    pthread_mutex_unlock(&team.calling);
  }
  bool outer = inside;
  inside = true;
  for (; block < blocks && !stop_wanted(); block++) task(context, block);
  inside = outer;
}

void team_alone(void (*task)(void *context, int64_t index), void *context, int64_t index) {
  const bool was_inside = inside, was_beside = beside;
  inside = false;
  beside = true;
  task(context, index);
  beside = was_beside;
  inside = was_inside;
}

typedef struct Beside {
  void (*task)(void *context, int64_t index);
  void *context;
} Beside;

static void run_beside(void *context, int64_t index) {
  const Beside *what = context;
  team_alone(what->task, what->context, index);
}

void team_beside(int64_t tasks, void (*task)(void *context, int64_t index), void *context) {
  assert(!inside && !beside);
  Beside what = {task, context};
  team_run(tasks, run_beside, &what);
}

/* ---- scratch: two pieces a thread, one for the kernel and one for the task inside it ---- */

enum { SCRATCH_KEPT = 8 << 20 }; /* bytes that may stay with a thread, uncounted */

typedef struct Scratch {
  void *memory[2];
  size_t bytes[2];
} Scratch;

static _Thread_local Scratch scratch;
static pthread_key_t scratch_key; /* only so that scratch is freed when its thread ends */

static void free_scratch(void *of) {
  Scratch *old = of;
  for (int i = 0; i < 2; i++) mem_free(old->memory[i]);
  *old = (Scratch){0};
}

static void once_started(void) {
  pthread_atfork(NULL, NULL, forked);
  pthread_key_create(&scratch_key, free_scratch);
}

void *team_scratch(size_t bytes) {
  if (scratch.bytes[inside] < bytes) {
    pthread_once(&once, once_started);
    pthread_setspecific(scratch_key, &scratch);
    mem_free(scratch.memory[inside]);
    scratch.bytes[inside] = bytes < SCRATCH_KEPT ? bytes + bytes / 4 + 4096 : bytes;
    scratch.memory[inside] = mem_align64(scratch.bytes[inside]);
  }
  return scratch.memory[inside];
}

void team_scratch_trim(void) {
  if (scratch.bytes[inside] > 2 * SCRATCH_KEPT) mem_free(team_scratch_leave());
}

void *team_scratch_leave(void) {
  void *memory = scratch.memory[inside];
  scratch.memory[inside] = NULL;
  scratch.bytes[inside] = 0;
  return memory;
}

void team_stop(void) {
  pthread_mutex_lock(&team.calling);
  end_workers();
  pthread_mutex_unlock(&team.calling);
  free_scratch(&scratch);
}
