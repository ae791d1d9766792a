/* repl.h — the session at a terminal (or from a pipe): lines in, values out. */
#ifndef GD_LANG_REPL_H
#define GD_LANG_REPL_H

#include "lang/lang.h"

int repl_run(Session *session);      /* until the end of its input; gives the exit status */
const char *repl_editor(void);       /* "GNU readline 8.2" or "plain" */

#endif
