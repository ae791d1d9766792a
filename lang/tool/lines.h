/* lines.h — the lines of a session that nothing refers to any more are forgotten. */
#ifndef GD_LANG_LINES_H
#define GD_LANG_LINES_H

#include "lang/machine/value.h"

typedef struct Lines {
  uint32_t since;   /* lines run since the last look */
  uint32_t kept;    /* that it left */
} Lines;

/* After a line has run and its value is let go of: frees the lines whose time has come.  `module`: the session's names. */
void lines_forget(Vm *vm, Lines *lines, const ModuleObject *module);

#endif
