/* undo.h — an update of several plans is made as a whole or not at all. */
#ifndef GD_LANG_UNDO_H
#define GD_LANG_UNDO_H

#include "lang/learn/optimizer.h"

struct Step;

enum { UPDATES_MOST = 16 /* in one train */ };

/* What an update has replaced so far, where it takes more than one plan: those of several `update`s in one train, of the minibatches of
 * `accumulate:`.  Should a later one fail, all goes back. */
typedef struct Undo {
  struct UndoEntry *entries; /* in the order of the replacing; owned, and used again */
  int count, capacity;
  OptimizerObject *stepped[UPDATES_MOST]; /* borrowed */
  int stepped_count;
  int64_t number;         /* of the update under way, from 1 */
} Undo;

void undo_begin(Vm *vm, Undo *undo);   /* an update begins */
void undo_note(Vm *vm, Undo *undo, struct Step *step); /* the step is about to store: keeps what it will replace */
void undo_back(Vm *vm, Undo *undo);    /* it failed, or was interrupted: gives everything back */
void undo_free(Vm *vm, Undo *undo);

#endif
