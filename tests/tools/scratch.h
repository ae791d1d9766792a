/* scratch.h — a new folder for what a test writes: in $TMPDIR (scratch.sh says which), or /tmp. */
#ifndef GD_TESTS_SCRATCH_H
#define GD_TESTS_SCRATCH_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* $TMPDIR is used up to this length, and if a shell takes it as it is */
enum { SCRATCH_PATH = 48, SCRATCH_BASE = 20 };

/* Makes it, with `name` in its own name, and writes its path; false: errno says why. */
static inline bool scratch_make(char path[SCRATCH_PATH], const char *name) {
  const char *base = getenv("TMPDIR");
  size_t length = base ? strlen(base) : 0;
  if (!length || length > SCRATCH_BASE || strpbrk(base, " \t\n'\"\\$`*?[]{}()<>|&;~#!"))
    base = "/tmp";
  snprintf(path, SCRATCH_PATH, "%.20s/gd-%.16s-XXXXXX", base, name);
  return mkdtemp(path) != NULL;
}

#endif
