/* repl.h — the session at a terminal (lines in, values out), or a script from a pipe. */
#ifndef GD_LANG_REPL_H
#define GD_LANG_REPL_H

#include "lang/lang.h"

int repl_run(Session *session); /* runs until the end of input; returns the exit status */

#endif
