/* saved.h — the fields of a checkpoint and their valid values, defined once for writing and
 * reading.
 *
 * saved.c walks them.  When writing, a field is added to the file; when reading, it is looked up,
 * its dtype, shape and elements are checked against what they count or index, and it is stored in
 * the TrainRun.  A TrainRun is discarded when the walk fails; changes to what outlives it (params,
 * buffers, optimizers) are recorded, and made by saved_install when everything has been checked.
 */
#ifndef GD_LANG_SAVED_H
#define GD_LANG_SAVED_H

#include "lang/train/train.h"
#include "runtime/files.h"

/* Elements to install when everything has been checked. */
typedef struct Install {
  ParamObject *param; /* borrowed: the destination; or NULL, … */
  Tensor *storage;    /* … and this is the destination, borrowed */
  const Tensor *from; /* in the file, borrowed */
} Install;

/* A value to give to a variable when everything has been checked. */
typedef struct BlockValue {
  Value *at;   /* borrowed */
  Value value; /* held */
} BlockValue;

typedef struct Saved {
  TrainRun *run;
  Checkpoint *file;
  bool reading;
  bool *visited;     /* reading: by tensor of the file; owned */
  Install *installs; /* reading; owned */
  int install_count;
  BlockValue *values; /* reading: of variables that blocks assign, held until installed; owned */
  Text field;         /* the name of a field of the blocks */
  int value_count;
  int64_t steps[UPDATES_MOST]; /* reading: of the objectives' optimizers */
  /* by objective: the steps of its optimizer before the first of each target; owned; reading: to be
   * installed, or empty */
  Series since[UPDATES_MOST];
  /* by objective: hyperparameters as the script gave them, and as they are; reading: those to
   * install, NaN for the others, or empty; owned */
  Series given[UPDATES_MOST], now[UPDATES_MOST];
} Saved;

void saved_place(Saved *saved); /* the position of the run: needs only the clauses */
/* the targets and buffers in their order; reading: what had joined joins again, as far as the
 * script still has it */
void saved_joins(Saved *saved);
/* reading: does the file hold the metrics of an epoch whose only update has been made? */
bool saved_measured(const Saved *saved);
/* everything else: needs the first step traced (steps_prepare) */
void saved_rest(Saved *saved);
/* reading, at the end: changes what outlives the run */
void saved_install(Saved *saved);
void saved_free(Saved *saved);

/* Raises with status 65 about the checkpoint's file, at its clause. */
NORETURN void saved_fail(const TrainRun *run, const char *help, const char *format, ...)
    PRINTF_LIKE(3, 4);
const Ast *saved_clause(const TrainRun *run); /* `checkpoint:`'s value */

#endif
