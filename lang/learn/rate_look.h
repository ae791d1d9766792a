/* rate_look.h — a rate beside the curvature, before the training. */
#ifndef GD_LANG_RATE_LOOK_H
#define GD_LANG_RATE_LOOK_H

#include "lang/learn/train.h"

/* Before the first step of a run: tells of a fixed rate that is above what the curvature of the
 * first minibatch bears. */
void rate_look(TrainRun *run);

#endif
