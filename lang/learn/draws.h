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

#include "lang/learn/train.h"

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
void draws_take(TrainRun *run);

/* Between them the program draws from the sequence of that drawer and step.  Nested ones count as
 * part of the outer; false: it is nested, and nothing is to be ended. */
bool draws_begin(TrainRun *run, Drawer drawer, uint64_t number);
/* also after a raise that skipped it */
void draws_end(TrainRun *run);
/* The number, for DRAWER_SCHEDULE, of a schedule of one of its optimizers. */
uint64_t draws_schedule(const TrainRun *run, const OptimizerObject *optimizer, int index,
                        int64_t step);

#endif
