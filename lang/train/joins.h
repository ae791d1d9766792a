/* joins.h — how a checkpoint names the targets and buffers of a training, so that a resumed run has
 * those that a step before it was the first to reach.
 */
#ifndef GD_LANG_JOINS_H
#define GD_LANG_JOINS_H

#include "lang/train/train.h"

/* A param or buffer that the losses may reach. */
typedef struct Join {
  ParamObject *param; /* held; first, for lookup_place */
  char *path;         /* owned; unique */
} Join;

typedef struct Joins {
  Join *items; /* owned */
  int count;
  Lookup params, names; /* of the items; of their paths, by hash */
  /* as a checkpoint has them: the letters of the paths, one a line, of what the run keeps
   * (run/kept.h); the positions there of the targets and buffers of an objective, in the order in
   * which they joined it; owned */
  Series paths, targets[UPDATES_MOST], buffers[UPDATES_MOST];
  ParamObject **found; /* by position; NULL: it was not found; owned */
  int found_count;
  Text missing; /* the path of the first that was not found; owned */
} Joins;

void joins_open(TrainRun *run); /* before the first step; makes run->joins */
void joins_note(TrainRun *run); /* fills what a checkpoint has */
void joins_find(TrainRun *run); /* fills `found`, by `paths` */
/* What was found joins again, in its order; raises where that has one twice.  Until joins_settle a
 * recording lets nothing else join that may come later. */
void joins_again(TrainRun *run);
/* raises if one is missing: it was made after the first step, or the loss cannot reach it */
void joins_settle(TrainRun *run);
void joins_free(TrainRun *run);

#endif
