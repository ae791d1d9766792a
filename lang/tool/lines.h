/* lines.h — frees the lines of a session that nothing refers to. */
#ifndef GD_LANG_LINES_H
#define GD_LANG_LINES_H

#include "lang/machine/object.h"

typedef struct Lines {
  uint32_t since; /* lines run since the last check */
  uint32_t kept;  /* lines that it kept */
} Lines;

/* Call it after a line has run and its value is released: frees unneeded lines when a check is due.
 * `module`: the session's names. */
void lines_free_unneeded(Vm *vm, Lines *lines, const ModuleObject *module);

#endif
