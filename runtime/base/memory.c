/* memory.c — allocation that succeeds or ends the process, and the budget of what scripts make.
 *
 * The `mem_*` allocators never give NULL.  A caller that has to undo half its work when a small
 * record cannot be allocated has an untested path; so the failure is handled here, in one place: a
 * sentence on standard error and status 71.  Files are whole at that moment, since they are written
 * under temporary names and renamed (runtime/io/file.c).
 *
 * What a script can make large on purpose is handled differently.  `mem_reserve` is asked first and
 * may say no, and `mem_try64` gives NULL where the system refuses; both lead to a Diag with a
 * source line.  The check comes *before* the allocation because Linux grants memory that it does
 * not have, and takes it back by killing the process.
 *
 * There is one budget for the process, since memory belongs to the process.  It is atomic.  The
 * budget, the count of allocations and the few large blocks kept for reuse are the only mutable
 * state here.  Unless it is set, it is three quarters of the least of: the machine's memory, the
 * control group's limit, and what a limit on address space leaves.
 *
 * Every allocation is counted, in every build, so that "this allocates nothing" can be tested.
 */
#include "runtime/base/base.h"
#include "runtime/base/isa.h"

#include <fcntl.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* Large pieces lie on large pages where the system has them: a new tensor of ten million elements
 * then takes 20 page faults instead of 10,000, which took longer than computing it.  In a virtual
 * machine the system's own policy decides.  There, a large page may be mapped by the host in small
 * ones, all of which it forgets from time to time: training GPT-2 took twice as long with the hint
 * under one hypervisor (PVM), and the steps of small models took the same with it as without. */
enum { HUGE_PAGE = 2 << 20, HUGE_FROM = 4 << 20 };

static _Atomic size_t used;          /* bytes reserved now */
static _Atomic size_t budget;        /* most bytes; 0: not decided yet */
static _Atomic uint64_t allocations; /* asked of the system since the process began */

uint64_t mem_allocations(void) { return atomic_load_explicit(&allocations, memory_order_relaxed); }

/* A load and a store: one atomic step makes work on small tensors 2.5 % slower.  When two threads
 * allocate at the same moment one may go uncounted, but the count always grows. */
static void count_one(void) {
  atomic_store_explicit(&allocations, atomic_load_explicit(&allocations, memory_order_relaxed) + 1,
                        memory_order_relaxed);
}

/* Reports that memory is out and ends the process.  Nothing here allocates: no stdio on standard
 * error, and a second call (from an exit handler that allocates) exits at once. */
void mem_out(void) {
  static atomic_flag ending = ATOMIC_FLAG_INIT;
  static const char words[] = "error: out of memory: the system has no more memory\n";
  if (atomic_flag_test_and_set(&ending)) _Exit(71);
  if (write(STDERR_FILENO, words, sizeof words - 1) < 0) _Exit(71);
  exit(71);
}

void *mem_alloc(size_t bytes) {
  count_one();
  void *memory = malloc(bytes ? bytes : 1);
  if (!memory) mem_out();
  return memory;
}

void *mem_zero(size_t bytes) {
  count_one();
  void *memory = calloc(1, bytes ? bytes : 1);
  if (!memory) mem_out();
  return memory;
}

void *mem_grow(void *old, size_t bytes) {
  count_one();
  void *memory = realloc(old, bytes ? bytes : 1);
  if (!memory) mem_out();
  return memory;
}

void mem_free(void *memory) { free(memory); }

size_t mem_size(void *memory) {
#if defined(__GLIBC__)
  return memory ? malloc_usable_size(memory) + sizeof(size_t) : 0;
#else
  (void)memory;
  return 0;
#endif
}

/* The C library gives the end of its heap back as soon as that is larger than anything freed so
 * far, and asks for it again a moment later: a loop over tensors of 400 kB then took 200 page
 * faults a round, which took ten times as long as the arithmetic.  These are the values that its
 * own adaptation ends with, from the start. */
void mem_keep(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

void mem_settle(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

/* ---- freed large blocks, kept for reuse ----
 *
 * New memory of the system's is cleared page by page when it is first touched, which takes longer
 * than most arithmetic on it: a gradient of 40 MB called in a loop spent half its time so.  At most
 * an eighth of the budget waits. */
typedef struct Waiting {
  void *memory;
  size_t bytes; /* whole pages */
} Waiting;

#if defined(__SANITIZE_ADDRESS__)
enum { WAITING_MOST = 0 }; /* the sanitizer must see every use of freed memory */
#else
enum { WAITING_MOST = 4 };
#endif
enum { WAITING_FROM = HUGE_FROM };

static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;
static Waiting waiting[WAITING_MOST + 1];
static int waiting_count;

/* Whole large pages, unless the last would be filled so little that the rest of it counts: a model
 * of many weights of 9 MiB would take a tenth more than they are. */
static size_t whole_pages(size_t bytes) {
  enum { WASTE = 16 }; /* at most one part of so many */
  size_t large = (bytes + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
  if (bytes >= HUGE_FROM && (large - bytes) * WASTE <= bytes) return large;
  return bytes ? (bytes + 63) & ~(size_t)63 : 64;
}

size_t mem_taken(size_t bytes) { return whole_pages(bytes); }

/* Uninitialized, or NULL. */
static void *take_new(size_t unit, size_t bytes) {
  void *memory = NULL;
  return posix_memalign(&memory, unit, bytes) == 0 ? memory : NULL;
}

static void *remove_waiting(int i) {
  void *memory = waiting[i].memory;
  waiting[i] = waiting[--waiting_count];
  return memory;
}

/* The smallest that has the bytes and not half as many again. */
static void *take_waiting(size_t bytes) {
  int best = -1;
  pthread_mutex_lock(&waiting_lock);
  for (int i = 0; i < waiting_count; i++)
    if (waiting[i].bytes >= bytes && waiting[i].bytes <= bytes / 2 * 3 &&
        (best < 0 || waiting[i].bytes < waiting[best].bytes))
      best = i;
  void *memory = best < 0 ? NULL : remove_waiting(best);
  pthread_mutex_unlock(&waiting_lock);
  return memory;
}

static bool free_waiting(void) {
  pthread_mutex_lock(&waiting_lock);
  bool any = waiting_count > 0;
  while (waiting_count > 0) free(remove_waiting(0));
  pthread_mutex_unlock(&waiting_lock);
  return any;
}

void mem_free64(void *memory, size_t bytes) {
  size_t whole = whole_pages(bytes), kept = whole;
  bool keep = memory && whole >= WAITING_FROM;
  if (keep) {
    pthread_mutex_lock(&waiting_lock);
    for (int i = 0; i < waiting_count; i++) kept += waiting[i].bytes;
    keep = waiting_count < WAITING_MOST && kept <= mem_budget_bytes() / 8;
    if (keep) waiting[waiting_count++] = (Waiting){memory, whole};
    pthread_mutex_unlock(&waiting_lock);
  }
  if (!keep) free(memory);
}

void *mem_try64(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return NULL;
  size_t unit = bytes >= HUGE_FROM ? HUGE_PAGE : 64, whole = whole_pages(bytes);
  void *memory = whole >= WAITING_FROM ? take_waiting(whole) : NULL;
  if (memory) return memory;
  count_one();
  memory = take_new(unit, whole);
  if (!memory && free_waiting()) memory = take_new(unit, whole);
#if defined(MADV_HUGEPAGE)
  /* only a hint: a refusal is no error */
  if (unit == HUGE_PAGE && memory && !isa_virtual())
    madvise(memory, whole & ~(size_t)(HUGE_PAGE - 1), MADV_HUGEPAGE);
#endif
  return memory;
}

void *mem_align64(size_t bytes) {
  void *memory = mem_try64(bytes);
  if (!memory) mem_out();
  return memory;
}

char *mem_text(const char *text, size_t length) {
  char *copy = mem_alloc(length + 1);
  if (length) memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

/* The memory limit of the control group we are in, as containers set it; SIZE_MAX if none. */
static size_t group_limit(void) {
  int file = open("/sys/fs/cgroup/memory.max", O_RDONLY | O_CLOEXEC);
  if (file < 0) return SIZE_MAX;
  char text[32];
  ssize_t got = read(file, text, sizeof text);
  close(file);
  size_t limit = 0;
  ssize_t i = 0;
  for (; i < got && text[i] >= '0' && text[i] <= '9' && limit < SIZE_MAX / 16; i++)
    limit = limit * 10 + (size_t)(text[i] - '0');
  return i > 0 && limit > 0 ? limit : SIZE_MAX; /* "max" has no digits */
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Of this process: what is mapped, or what of it is resident. */
static size_t process_bytes(bool resident) {
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC); /* size, resident, … in pages */
  if (file < 0) return 0;
  char text[64], *end;
  ssize_t got = read(file, text, sizeof text - 1);
  close(file);
  text[got > 0 ? got : 0] = 0;
  size_t pages = strtoul(text, &end, 10);
  if (resident) pages = strtoul(end, NULL, 10);
  long page = sysconf(_SC_PAGESIZE);
  return page > 0 ? pages * (size_t)page : 0;
}

/* What a limit on address space leaves to scripts: gd and its stacks are in it already.  A part
 * at least: a limit may be lower than what was mapped before it was set. */
static size_t space_left(size_t limit) {
  size_t mapped = least(process_bytes(false), limit);
  return limit - least(mapped, limit / 16 * 15);
}

static size_t default_budget(void) {
  long pages = sysconf(_SC_PHYS_PAGES);
  long page = sysconf(_SC_PAGESIZE);
  size_t bytes = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : (size_t)1 << 30;
  bytes = least(bytes, group_limit());
  struct rlimit space;
  if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY)
    bytes = least(bytes, space_left((size_t)space.rlim_cur));
  return bytes / 4 * 3;
}

void mem_budget(size_t bytes) { atomic_store(&budget, bytes ? bytes : default_budget()); }

size_t mem_budget_bytes(void) {
  size_t bytes = atomic_load_explicit(&budget, memory_order_relaxed);
  if (UNLIKELY(!bytes)) {
    mem_budget(0);
    bytes = atomic_load(&budget);
  }
  return bytes;
}

size_t mem_resident(void) { return process_bytes(true); }

size_t mem_used_bytes(void) { return atomic_load_explicit(&used, memory_order_relaxed); }

bool mem_reserve(size_t bytes) {
  size_t most = mem_budget_bytes();
  size_t before = atomic_load_explicit(&used, memory_order_relaxed);
  do {
    if (before > most || bytes > most - before) return false;
  } while (!atomic_compare_exchange_weak_explicit(&used, &before, before + bytes,
                                                  memory_order_relaxed, memory_order_relaxed));
  return true;
}

void mem_charge(size_t bytes) { atomic_fetch_add_explicit(&used, bytes, memory_order_relaxed); }

void mem_release(size_t bytes) { atomic_fetch_sub_explicit(&used, bytes, memory_order_relaxed); }
