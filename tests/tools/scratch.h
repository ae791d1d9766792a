/* scratch.h — a new folder for what a test writes: in $TMPDIR (scratch.sh says which), or /tmp. */
#ifndef GD_TESTS_SCRATCH_H
#define GD_TESTS_SCRATCH_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_PATH = 48, SCRATCH_BASE = 20 /* the longest $TMPDIR that is used */ };

/* Makes it, with `name` in its own name, and writes its path; false: errno says why. */
static inline bool scratch_make(char path[SCRATCH_PATH], const char *name) {
  const char *base = getenv("TMPDIR");
  if (!base || !*base || strlen(base) > SCRATCH_BASE) base = "/tmp";
  snprintf(path, SCRATCH_PATH, "%.20s/gd-%.16s-XXXXXX", base, name);
  return mkdtemp(path) != NULL;
}

#endif
