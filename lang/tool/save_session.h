/* save_session.h — the definitions of a session as a script. */
#ifndef GD_LANG_SAVE_SESSION_H
#define GD_LANG_SAVE_SESSION_H

#include "lang/lang.h"

/* Writes the script, and beside it a file for each model and large tensor.  Adds a summary to
 * `shown`.  Values that cannot be written are left out and reported; the exit status is then 1. */
int save_session_write(Session *session, const char *path, Text *shown);

#endif
