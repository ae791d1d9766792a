/* before.h — the state of a session before a line: an error in the line restores it, an interrupt
 * does not. */
#ifndef GD_LANG_BEFORE_H
#define GD_LANG_BEFORE_H

#include "lang/machine/kind.h"

typedef struct Before Before;

/* Returns a new one; what changes in place from here on can be restored.  Only between top-level
 * statements. */
Before *before_take(Vm *vm, ModuleObject *module);
typedef enum BeforeEnd {
  BEFORE_DONE,       /* the line has run */
  BEFORE_RESTORED,   /* it failed: none of it has happened */
  BEFORE_INTERRUPTED /* what it has done stays; a name that has no value yet was not declared */
} BeforeEnd;
/* Takes `before`. */
void before_end(Vm *vm, Before *before, BeforeEnd end);
/* during a sweep: marks what it holds */
void before_mark(Vm *vm, const Before *before);

#endif
