/* failing.c — a library to be preloaded that makes one call of a program fail: the Nth allocation,
 * or the Nth of the calls that touch files.
 *
 *   FAILING_ALLOC=N    the Nth malloc, calloc, realloc, aligned_alloc, posix_memalign gives NULL
 *   FAILING_IO=N       the Nth open, read, write, fsync, rename, close, unlink, mkdir (and their
 *                      …at forms) fails …
 *   FAILING_ERRNO=E    … with this number (28, ENOSPC)
 *   FAILING_SHORT=1    … or, a read or write of several bytes, does half of it
 *   FAILING_STICKY=1   and all that come after
 *   FAILING_TERMINAL=1 reads of descriptor 0 count too
 *   FAILING_REPORT=F   writes "ALLOCS IOS FIRED LIVE TYPED" to F at the end: calls of each sort,
 * how often one failed, blocks never freed, how many that failed read descriptor 0
 *
 * Descriptors 0 to 2 are left alone otherwise: what the C library's streams do inside never comes
 * by here.  A close that fails closes, as on Linux.  Allocations go to the C library's inner names,
 * since looking up the outer ones allocates; so this needs glibc.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *old, size_t bytes);
extern void *__libc_memalign(size_t unit, size_t bytes);
extern void __libc_free(void *memory);

static atomic_long allocs, ios, fired, live, typed;
static long alloc_at, io_at, why, sticky, halves, terminal;
static int awake; /* the environment was read: what came before is the loader's */

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? atol(text) : otherwise;
}

__attribute__((constructor)) static void wake(void) {
  alloc_at = number("FAILING_ALLOC", 0);
  io_at = number("FAILING_IO", 0);
  why = number("FAILING_ERRNO", ENOSPC);
  sticky = number("FAILING_STICKY", 0);
  halves = number("FAILING_SHORT", 0);
  terminal = number("FAILING_TERMINAL", 0);
  awake = 1;
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("FAILING_REPORT");
  awake = 0;
  int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600)
                  : -1;
  if (file < 0) return;
  char line[120];
  int length = snprintf(line, sizeof line, "%ld %ld %ld %ld %ld\n", (long)allocs, (long)ios,
                        (long)fired, (long)live, (long)typed);
  syscall(SYS_write, file, line, (size_t)length);
  syscall(SYS_close, file);
}

static int fails(atomic_long *count, long at) {
  if (!awake) return 0;
  long now = atomic_fetch_add(count, 1) + 1;
  if (!at || now < at || (now > at && !sticky)) return 0;
  atomic_fetch_add(&fired, 1);
  return 1;
}

/* ---- memory ---- */

static void *given(void *memory) {
  if (memory && awake) atomic_fetch_add(&live, 1);
  return memory;
}

static int no_memory(void) {
  if (!fails(&allocs, alloc_at)) return 0;
  errno = ENOMEM;
  return 1;
}

void *malloc(size_t bytes) { return no_memory() ? NULL : given(__libc_malloc(bytes)); }
void *calloc(size_t count, size_t bytes) {
  return no_memory() ? NULL : given(__libc_calloc(count, bytes));
}
void *aligned_alloc(size_t unit, size_t bytes) {
  return no_memory() ? NULL : given(__libc_memalign(unit, bytes));
}

void *realloc(void *old, size_t bytes) {
  if (no_memory()) return NULL;
  void *memory = __libc_realloc(old, bytes);
  if (!old) given(memory);
  return memory;
}

int posix_memalign(void **memory, size_t unit, size_t bytes) {
  if (no_memory()) return ENOMEM;
  *memory = given(__libc_memalign(unit, bytes));
  return *memory ? 0 : ENOMEM;
}

void free(void *memory) {
  if (memory && awake) atomic_fetch_sub(&live, 1);
  __libc_free(memory);
}

/* ---- files ---- */

static int no_file(void) {
  if (!fails(&ios, io_at) || halves) return 0; /* there is no half of these */
  errno = (int)why;
  return 1;
}

static int open_mode(int folder, const char *path, int flags, mode_t mode) {
  return no_file() ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE(last)                     \
  mode_t mode = 0;                     \
  if (flags & (O_CREAT | O_TMPFILE)) { \
    va_list rest;                      \
    va_start(rest, last);              \
    mode = va_arg(rest, mode_t);       \
    va_end(rest);                      \
  }

int open(const char *path, int flags, ...) {
  MODE(flags) return open_mode(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags) return open_mode(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
  MODE(flags) return open_mode(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
  MODE(flags) return open_mode(folder, path, flags, mode);
}

/* -1: the call fails; else how many bytes of it are done. */
static ssize_t part(int file, size_t bytes) {
  bool key = terminal && file == 0;
  if ((file < 3 && !key) || !fails(&ios, io_at)) return (ssize_t)bytes;
  if (key) atomic_fetch_add(&typed, 1);
  if (halves) return bytes > 1 ? (ssize_t)(bytes / 2) : (ssize_t)bytes;
  errno = (int)why;
  return -1;
}

ssize_t read(int file, void *to, size_t bytes) {
  ssize_t most = part(file, bytes);
  return most < 0 ? -1 : syscall(SYS_read, file, to, (size_t)most);
}

ssize_t pread(int file, void *to, size_t bytes, off_t at) {
  ssize_t most = part(file, bytes);
  return most < 0 ? -1 : syscall(SYS_pread64, file, to, (size_t)most, at);
}

ssize_t write(int file, const void *from, size_t bytes) {
  ssize_t most = part(file, bytes);
  return most < 0 ? -1 : syscall(SYS_write, file, from, (size_t)most);
}

int close(int file) {
  int fault = file > 2 && no_file();
  int code = (int)syscall(SYS_close, file);
  if (fault) errno = (int)why;
  return fault ? -1 : code;
}

int fsync(int file) { return no_file() ? -1 : (int)syscall(SYS_fsync, file); }
int fdatasync(int file) { return no_file() ? -1 : (int)syscall(SYS_fdatasync, file); }
int rename(const char *from, const char *to) {
  return no_file() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int a, const char *from, int b, const char *to) {
  return no_file() ? -1 : (int)syscall(SYS_renameat2, a, from, b, to, 0);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
  return no_file() ? -1 : (int)syscall(SYS_linkat, a, from, b, to, flags);
}
int unlink(const char *path) {
  return no_file() ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
int unlinkat(int folder, const char *path, int flags) {
  return no_file() ? -1 : (int)syscall(SYS_unlinkat, folder, path, flags);
}
int mkdir(const char *path, mode_t mode) {
  return no_file() ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
