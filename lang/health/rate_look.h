/* rate_look.h — compares a rate with the curvature, before the training. */
#ifndef GD_LANG_RATE_LOOK_H
#define GD_LANG_RATE_LOOK_H

#include "lang/run/run.h"

/* Before the first step of a run: warns of a fixed rate above the bound for the curvature of the
 * first minibatch. */
void rate_look(TrainRun *run);

#endif
