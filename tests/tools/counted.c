/* counted.c — linked into a gd whose every basic block calls here (MODE=counted,
 * -fsanitize-coverage=trace-pc): the work of a program, counted.
 *
 * A counter in each loop would count the loops that somebody thought of; this counts all of them,
 * those that come later too.  What the C library does to memory has no blocks of ours: --wrap
 * counts it, a unit for each 32 bytes.  When the program ends, the count is written to the file
 * that GD_WORK names.  One thread: gd is run with --threads 1.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t work;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void) { work++; }

#define WRAP(TYPE, NAME, PARAMS, ARGS, BYTES) \
  TYPE __real_##NAME PARAMS;                  \
  TYPE __wrap_##NAME PARAMS;                  \
  TYPE __wrap_##NAME PARAMS {                 \
    work += 1 + (BYTES) / 32;                 \
    return __real_##NAME ARGS;                \
  }

WRAP(void *, memset, (void *to, int byte, size_t bytes), (to, byte, bytes), bytes)
WRAP(void *, memcpy, (void *to, const void *from, size_t bytes), (to, from, bytes), bytes)
WRAP(void *, memmove, (void *to, const void *from, size_t bytes), (to, from, bytes), bytes)
WRAP(int, memcmp, (const void *a, const void *b, size_t bytes), (a, b, bytes), bytes)
WRAP(void *, calloc, (size_t count, size_t bytes), (count, bytes), count *bytes)
WRAP(void *, realloc, (void *old, size_t bytes), (old, bytes), bytes)

__attribute__((destructor)) static void tell(void) {
  const char *name = getenv("GD_WORK");
  FILE *file = name ? fopen(name, "w") : NULL;
  if (!file) return;
  fprintf(file, "%llu\n", (unsigned long long)work);
  fclose(file);
}
