/* reach.h — finds the variables that the recorded steps of a run may read (machine/read_set.h). */
#ifndef GD_LANG_REACH_H
#define GD_LANG_REACH_H

#include "lang/run/run.h"

/* Adds them to those of the Vm; nothing if that was done and none of them may read others now. */
void reach_find(TrainRun *run);

#endif
