/* undo.h — makes an update of several plans atomic, and one that "back_off" takes back. */
#ifndef GD_LANG_UNDO_H
#define GD_LANG_UNDO_H

#include "lang/optimizers/optimizer.h"

struct Step;
struct Objective;

enum { UPDATES_MOST = 16 /* in one train */ };

/* The undo log of an update of more than one plan (that of several `update`s in one train, or of
 * the minibatches of `accumulate:`), and of any with `on_divergence: "back_off"`.  If a later plan
 * fails, or the loss is not finite after it, everything is restored. */
typedef struct Undo {
  struct UndoEntry *entries; /* in order; owned, and reused */
  int count, capacity;
  OptimizerObject *stepped[UPDATES_MOST]; /* borrowed */
  int stepped_count;
  int64_t number; /* of the current update, from 1 */
} Undo;

void undo_begin(Vm *vm, Undo *undo); /* call it at the beginning of an update */
/* call it before the step stores: saves what it will replace */
void undo_note(Vm *vm, Undo *undo, struct Step *step);
/* call it before rows of a param's storage or of a state (param NULL) are replaced; rows: i32 */
void undo_rows(Vm *vm, Undo *undo, ParamObject *param, const Tensor *storage, const Tensor *rows);
/* the same for one param or buffer */
void undo_param(Vm *vm, Undo *undo, ParamObject *param);
/* the param of entry `index` in the order of saving, borrowed; NULL: a state */
ParamObject *undo_param_at(const Undo *undo, int index);
/* the same for the targets and states of a step of the whole vector */
void undo_note_objective(Vm *vm, Undo *undo, const struct Objective *objective);
/* Did the update make the largest element of a param more than `factor` times as large? */
bool undo_grew(const Undo *undo, double factor);
/* the update failed or was interrupted: restores everything */
void undo_back(Vm *vm, Undo *undo);
void undo_free(Vm *vm, Undo *undo);

#endif
