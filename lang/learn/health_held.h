/* health_held.h — what the validation data is beside the training data: copies, or of another kind.
 */
#ifndef GD_LANG_HEALTH_HELD_H
#define GD_LANG_HEALTH_HELD_H

#include "lang/learn/health.h"

void health_held(TrainRun *run);

#endif
