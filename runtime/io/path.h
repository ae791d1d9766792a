/* path.h — shared by file.c and write.c alone: is an opened file inside the root? */
#ifndef GD_RUNTIME_IO_PATH_H
#define GD_RUNTIME_IO_PATH_H

#include "runtime/io/file.h"

/* The descriptor's true place against files->root; 77 when it lies outside. */
bool path_allowed(const Files *files, int file, const char *path, Diag *diag);

#endif
