/* before.h — the state of a session before a line, which a failing line restores. */
#ifndef GD_LANG_BEFORE_H
#define GD_LANG_BEFORE_H

#include "lang/machine/kind.h"

typedef struct Before Before;

/* Returns a new one; what changes in place from here on can be restored.  Only between top-level
 * statements. */
Before *before_take(Vm *vm, ModuleObject *module);
/* Restores the state if `back`; takes `before`. */
void before_end(Vm *vm, Before *before, bool back);
/* during a sweep: marks what it holds */
void before_mark(Vm *vm, const Before *before);

#endif
