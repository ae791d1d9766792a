/* restarts.h — `restarts:` of `train`: the targets built again, the best of several runs. */
#ifndef GD_LANG_RESTARTS_H
#define GD_LANG_RESTARTS_H

#include "lang/train/block_state.h"
#include "lang/train/train.h"

/* The best run so far. */
typedef struct Restarts {
  Held held;    /* a raise frees them */
  double score; /* its last loss */
  int64_t made, diverged;
  bool live;               /* the runs redraw a plot of their curves */
  Kept best;               /* the values of the best, … */
  BlockKept before, left;  /* … what its blocks left, and what was there before the first run */
  OptimizerKept optimizer; /* that of the best */
  Value history;           /* of the best; held */
  Diag diag;               /* of the last run that diverged with an error */
} Restarts;

Restarts *restarts_new(Vm *vm);
/* A run has ended: keeps it if it is the best.  history: that of the run; retained. */
void restarts_take(Restarts *restarts, TrainRun *run, Value history);
/* The next run begins as this one did: its optimizers and what blocks change. */
void restarts_rewind(Restarts *restarts, TrainRun *run);
/* Gives the targets new initial values, but for what is frozen. */
void restarts_reinitialize(Vm *vm, Frame *frame, const Ast *ast);
/* Gives the params the best values; returns its history, a new holder.  Raises if all diverged. */
Value restarts_end(Vm *vm, Restarts *restarts);

#endif
