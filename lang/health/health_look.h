/* health_look.h — findings in one recorded minibatch, and proofs from its graph. */
#ifndef GD_LANG_HEALTH_LOOK_H
#define GD_LANG_HEALTH_LOOK_H

#include "lang/health/health.h"
#include "lang/step/curvature.h"

/* Records the next minibatch with the current values; proves: also reports what the graph proves.
 */
void health_look(TrainRun *run, HealthLook *look, bool proves);

/* The ends of the Hessian's spectrum on the epoch's first minibatch, with the current values;
 * false if they cannot be computed. */
bool health_ends(TrainRun *run, HessianEnds *ends);

#endif
