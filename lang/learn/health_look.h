/* health_look.h — what one recorded minibatch shows, and what its graph proves. */
#ifndef GD_LANG_HEALTH_LOOK_H
#define GD_LANG_HEALTH_LOOK_H

#include "lang/learn/curvature.h"
#include "lang/learn/health.h"

/* Looks at the next minibatch with the values of now; proves: tells what the graph proves, too. */
void health_look(TrainRun *run, HealthLook *look, bool proves);

/* The ends of the Hessian's spectrum on the epoch's first minibatch, with the values of now; false
 * where they cannot be worked out. */
bool health_ends(TrainRun *run, HessianEnds *ends);

#endif
