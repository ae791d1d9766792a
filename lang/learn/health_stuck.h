/* health_stuck.h — why a training goes no further, or blows up, by its matrices and curvature. */
#ifndef GD_LANG_HEALTH_STUCK_H
#define GD_LANG_HEALTH_STUCK_H

#include "lang/learn/health.h"

/* A matrix that is used again and again in one step, and grows what passes through it.  ended: the
 * run is over; else only its first gradient is looked at. */
void health_recurrent(TrainRun *run, bool ended);
/* The loss has stayed where it is: a saddle, a plateau, a minimum? */
void health_stuck(TrainRun *run);
/* Bare params: a combination of them that the loss does not depend on. */
void health_unidentified(TrainRun *run);

#endif
