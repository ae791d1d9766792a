/* block_state.h — what the blocks of a training change besides its targets: a target network that
 * `each_step:` moves, a weight that `each_epoch:` anneals.
 *
 * A checkpoint stores the variables that the blocks, or functions called from there, assign, and
 * the params that they have changed; saved.c has the fields.
 */
#ifndef GD_LANG_BLOCK_STATE_H
#define GD_LANG_BLOCK_STATE_H

#include "lang/optimizers/states.h"
#include "lang/run/kept.h"
#include "lang/train/train.h"

/* What the blocks change, at one time: each run of a `race` or of `restarts:` begins with the same,
 * and what the best run left stays. */
typedef struct BlockKept {
  Value **places;            /* of variables; borrowed; owned array */
  Value *values;             /* theirs; held; owned array */
  Kept params;               /* of params and buffers besides those that the run trains */
  OptimizerKept *optimizers; /* besides its own; owned */
  int count, optimizer_count;
} BlockKept;

/* replaces its contents; the run may be one whose clauses are not read yet */
void block_kept_take(TrainRun *run, BlockKept *kept);
void block_kept_give(Vm *vm, const BlockKept *kept);
void block_kept_release(Vm *vm, BlockKept *kept);
void block_kept_free(BlockKept *kept); /* its memory alone, after a raise: the objects are swept */

/* A variable of the script that is assigned somewhere in the clauses. */
typedef struct BlockVariable {
  char *name; /* owned; unique */
  Value *at;  /* borrowed: valid until the script goes on */
  bool whole; /* assigned itself, not only an item or field of it */
} BlockVariable;

/* A param or buffer below something that a block names. */
typedef struct BlockParam {
  char *name;         /* owned; its path, unique */
  ParamObject *param; /* held */
  Tensor start;       /* its elements before the first block, shared until it is changed; owned */
  bool read;          /* it was in the checkpoint: it stays in it */
} BlockParam;

/* An optimizer that a block names: it may step it. */
typedef struct BlockOptimizer {
  OptimizerObject *optimizer; /* held */
  int64_t steps;              /* before the first block */
} BlockOptimizer;

typedef struct BlockState {
  BlockVariable *variables;   /* owned */
  BlockParam *params;         /* owned; found once, before the first block */
  BlockOptimizer *optimizers; /* likewise */
  int variable_count, param_count, optimizer_count;
  bool started, told;
} BlockState;

/* Does the loss of an objective read a variable that the clauses of its training assign?  (Of the
 * current run.) */
bool block_loss_varies(Vm *vm, const Frame *frame, const Objective *objective);
/* Does the loss of an `update`, which is made again and again, choose among several ways? */
bool block_update_varies(Vm *vm, const Frame *frame, const Objective *objective);
void block_state_open(TrainRun *run); /* makes run->block_state, with the variables */
void block_state_start(
    TrainRun *run);                   /* finds the params; nothing without a checkpoint, or again */
void block_state_find(TrainRun *run); /* finds the variables again, where they are now */
bool block_state_assigns(const TrainRun *run, const Value *at);
bool block_state_changed(const TrainRun *run, const BlockParam *param);
/* warns, once a training, of what is changed and not stored */
void block_state_tell(TrainRun *run, const char *name);
void block_state_tell_optimizers(TrainRun *run);
void block_state_free(TrainRun *run);

#endif
