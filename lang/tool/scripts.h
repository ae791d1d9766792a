/* scripts.h — the .gd files named on the command line. */
#ifndef GD_LANG_SCRIPTS_H
#define GD_LANG_SCRIPTS_H

#include "lang/lang.h"

/* Calls `take` on each file; of a folder on every .gd file in it and below, in order of their
 * names, hidden ones left out.  Returns the first status that is not 0; a folder without such files
 * is STATUS_MISSING. */
int scripts_each(Session *session, char **words, int count,
                 int (*take)(Session *session, const char *path, void *context), void *context);

#endif
