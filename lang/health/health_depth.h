/* health_depth.h — verdicts from the sizes of gradients and of the loss at the first values. */
#ifndef GD_LANG_HEALTH_DEPTH_H
#define GD_LANG_HEALTH_DEPTH_H

#include "lang/health/health.h"

/* Gradients that vanish or explode from the last matrix to the first. */
void health_depth(TrainRun *run);
/* At the end, if the loss did not fall: gradients that vanish, with a lower threshold. */
void health_faded(TrainRun *run);
/* A loss that begins far above that of a prediction without inputs. */
void health_size(TrainRun *run);
/* A penalty on the params that dominates the loss of the data. */
void health_penalty(TrainRun *run);

#endif
