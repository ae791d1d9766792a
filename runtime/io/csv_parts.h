/* csv_parts.h — inside this room: the files that a pattern names. */
#ifndef GD_RUNTIME_IO_CSV_PARTS_H
#define GD_RUNTIME_IO_CSV_PARTS_H

#include "runtime/io/file.h"

/* The files that `path` names, in the arena: itself, or, with `*` or `?` in it and no file of just
 * this name, those that fit, sorted by bytes.  66 where none does. */
bool csv_parts_find(Arena *arena, const Files *files, const char *path, char ***paths, int *count,
                    Diag *diag);

#endif
