/* trail.h — what a message tells of the way there: the layer, the calls. */
#ifndef GD_LANG_TRAIL_H
#define GD_LANG_TRAIL_H

#include "lang/value.h"

/* A call of a model under way: a link on the C stack, from vm->calling outwards. */
typedef struct Calling {
  const ModelObject *model;
  const Frame *frame;       /* that called it */
  struct Calling *outer;
} Calling;

/* Points a mistake that is about to be raised into the script, and adds the layer and the calls that led to it; once for each Diag. */
void trail_add(const Vm *vm, Diag *diag);

#endif
