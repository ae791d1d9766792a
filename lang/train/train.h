/* train.h — the statement `train`: a run opened, continued, closed.
 *
 * train.c opens and closes the run, whose state is run/run.h.  clause.c reads the clauses; epoch.c
 * makes the epochs, update.c their updates; ending.c ends it; progress.c prints losses and metrics
 * during the run; resume.c writes and reads the checkpoint, saved.c its fields, settings.c its
 * note.  A TrainRun is released however the run ends.
 */
#ifndef GD_LANG_TRAIN_H
#define GD_LANG_TRAIN_H

#include "lang/run/run.h"

/* The life of a run, for race.c.  train_open reads the clauses (in `gd check` that is all);
 * train_go_on runs it until it ends or pauses.  Each raises as train does.  vm->run is this run
 * from train_open on. */
TrainRun *train_new(Vm *vm, Frame *frame, const Ast *ast);
void train_open(TrainRun *run);
void train_go_on(TrainRun *run);
void train_close(TrainRun *run);
void train_free(TrainRun *run);
/* its last loss, or `val_loss` if it validates; with `keep:`, that of the best epoch */
double train_score(const TrainRun *run);

Value train_run(Vm *vm, Frame *frame, const Ast *ast); /* the statement TRAIN */

#endif
