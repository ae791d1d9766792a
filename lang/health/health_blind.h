/* health_blind.h — is anything learned from the inputs? */
#ifndef GD_LANG_HEALTH_BLIND_H
#define GD_LANG_HEALTH_BLIND_H

#include "lang/health/health.h"

/* In gd doctor: trains a copy on the same rows with the targets shuffled. */
void health_blind(TrainRun *run, Update update);

#endif
