/* save_session.h — what a session has defined, as a script. */
#ifndef GD_LANG_SAVE_SESSION_H
#define GD_LANG_SAVE_SESSION_H

#include "lang/lang.h"

/* Writes the script, and beside it a file for each model and large tensor.  Adds what was written
 * to `shown`.  What cannot be written is left out and reported; the exit status is then 1. */
int save_session_write(Session *session, const char *path, Text *shown);

#endif
