/* health_depth.h — what the sizes of gradients and of the loss at the first values tell. */
#ifndef GD_LANG_HEALTH_DEPTH_H
#define GD_LANG_HEALTH_DEPTH_H

#include "lang/learn/health.h"

/* Gradients that fade or grow from the last matrix to the first. */
void health_depth(TrainRun *run);
/* At the end, of a loss that stayed: gradients that fade less than that would prove. */
void health_faded(TrainRun *run);
/* The loss begins far above that of who knows nothing of the inputs. */
void health_size(TrainRun *run);
/* A penalty on the params, in the loss, that leaves nothing to the data. */
void health_penalty(TrainRun *run);

#endif
