/* draws.h — the random draws of a training (LANGUAGE.md section 11).
 *
 * A training that draws takes one number of the seed's sequence, from which its key is made.
 * Shuffles are keyed by the epoch, what a step draws by the step (steps.c).  What runs beside the
 * steps, blocks, conditions and schedules, draws from a sequence of its own: keyed by the step and
 * by what draws.  So after a resume each draws what it would have drawn, and what follows the
 * training too.
 */
#ifndef GD_LANG_DRAWS_H
#define GD_LANG_DRAWS_H

#include "lang/optimizers/optimizer.h"
#include "lang/tensors/trace.h"

/* The sequence of draws that is set aside while another one is in use. */
typedef struct DrawsAside {
  bool on;
  uint64_t seed, draws; /* of the Vm, before */
  uint64_t own;         /* the other seed */
  Trace *trace;         /* borrowed: the recording in progress, or NULL, … */
  NodeId key;           /* … and its key */
} DrawsAside;

/* What the rooms below lang/run know of a training in progress: its draws.  First member of
 * TrainRun; vm->run points to it. */
typedef struct Training {
  Held held; /* by train_run: an error after the training frees it */
  struct Training *outer;
  uint64_t key_seed, key_number; /* of this train's draws */
  bool drawn;                    /* it shuffles or draws: it has used the seed's next number */
  DrawsAside aside;              /* while a block, condition or schedule draws */
} Training;

/* What draws beside the steps; one may follow another after the same step. */
typedef enum Drawer {
  DRAWER_STEP_BLOCK,
  DRAWER_EPOCH_BLOCK,
  DRAWER_STOP,
  DRAWER_KEEP,
  DRAWER_OPTIMIZER, /* the body of one that steps all tensors as one vector */
  DRAWER_SCHEDULE
} Drawer;

/* The training draws: it takes its number, unless it has done so. */
void draws_take(Vm *vm, Training *run);

/* Between them the program draws from the sequence of that drawer and step.  Nested ones count as
 * part of the outer; false: it is nested, and nothing is to be ended. */
bool draws_begin(Vm *vm, Training *run, Drawer drawer, uint64_t number);
/* also after a raise that skipped it */
void draws_end(Vm *vm, Training *run);
/* Numbers an optimizer of a training and those inside it; *place is the number of the last. */
void draws_place(OptimizerObject *optimizer, int *place);
/* The number, for DRAWER_SCHEDULE, of the schedule that is this argument. */
uint64_t draws_schedule(const OptimizerObject *optimizer, int index, int64_t step);

#endif
