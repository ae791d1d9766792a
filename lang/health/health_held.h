/* health_held.h — validation rows that are copies of training rows, or distributed differently.
 */
#ifndef GD_LANG_HEALTH_HELD_H
#define GD_LANG_HEALTH_HELD_H

#include "lang/health/health.h"

void health_held(TrainRun *run);

#endif
