/* csv_parts.c — the files that a pattern names: `part-*.csv`.
 *
 * A file whose own name has the signs of a pattern is itself.  Whether a file may be read is
 * decided where it is opened.
 */
#include "runtime/io/csv_parts.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MOST = 100000 };

static int compare_paths(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool one(Arena *arena, const char *path, char ***paths, int *count) {
  *paths = arena_alloc(arena, sizeof **paths);
  (*paths)[0] = arena_text(arena, path, strlen(path));
  *count = 1;
  return true;
}

bool csv_parts_find(Arena *arena, const Files *files, const char *path, char ***paths, int *count,
                    Diag *diag) {
  glob_t found = {0};
  Diag unseen = {0};
  if (!strpbrk(path, "*?") || file_exists(files, path, &unseen))
    return one(arena, path, paths, count);
  int status = glob(path, GLOB_NOSORT | GLOB_NOESCAPE, NULL, &found);
  if (status != 0 || found.gl_pathc == 0) {
    globfree(&found);
    return file_fail(diag, STATUS_MISSING, path, "no file's name fits this pattern");
  }
  if (found.gl_pathc > PARTS_MOST) {
    globfree(&found);
    return file_fail(diag, STATUS_MALFORMED, path, "more than %d files fit this pattern",
                     PARTS_MOST);
  }
  qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, compare_paths);
  *count = (int)found.gl_pathc;
  *paths = arena_alloc(arena, found.gl_pathc * sizeof **paths);
  for (int i = 0; i < *count; i++)
    (*paths)[i] = arena_text(arena, found.gl_pathv[i], strlen(found.gl_pathv[i]));
  globfree(&found);
  return true;
}
