/* health_stuck.h — why a loss does not fall, or blows up: recurrent matrices and curvature. */
#ifndef GD_LANG_HEALTH_STUCK_H
#define GD_LANG_HEALTH_STUCK_H

#include "lang/health/health.h"

/* A matrix that is used many times in one step and amplifies the values that pass through it.
 * ended: the run is over; otherwise only its first gradient is examined. */
void health_recurrent(TrainRun *run, bool ended);
/* A loss that did not fall: is it a saddle, a plateau or a minimum? */
void health_stuck(TrainRun *run);
/* Params outside models: a combination of them on which the loss does not depend. */
void health_unidentified(TrainRun *run);

#endif
