/* fmt.h — `gd fmt`: formats files and folders in the one layout. */
#ifndef GD_LANG_FMT_H
#define GD_LANG_FMT_H

#include "lang/lang.h"

typedef struct Fmt {
  char **paths; /* files, folders, or `-`; borrowed */
  int count;    /* of them; 0: standard input */
  bool check;   /* lists the files that would change, changes none */
  bool diff;    /* shows the difference, changes none */
} Fmt;

/* Returns the exit status: 0, STATUS_FAILED where `check` found a file, or that of the first error.
 * A file with an error is reported and left as it is; the others are laid out. */
int fmt_run(Session *session, const Fmt *fmt);

#endif
