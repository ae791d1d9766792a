/* reach.h — finds the variables that the recorded steps of a run may read (machine/read_set.h), and
 * the params that its losses may reach. */
#ifndef GD_LANG_REACH_H
#define GD_LANG_REACH_H

#include "lang/run/run.h"

/* Adds them to those of the Vm; nothing if that was done and none of them may read others now, or
 * if the script can assign nothing between two steps. */
void reach_find(TrainRun *run);

/* A param or buffer, and its path from a name of the script. */
typedef void (*ReachedParam)(void *context, ParamObject *param, const char *path);
/* Visits those that the losses of the run could reach, on any branch, perhaps more than once: in an
 * order that is the same in each run of the script up to here. */
void reach_params(TrainRun *run, ReachedParam visit, void *context);

#endif
