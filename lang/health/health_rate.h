/* health_rate.h — is another rate better?  Reported only after a trial. */
#ifndef GD_LANG_HEALTH_RATE_H
#define GD_LANG_HEALTH_RATE_H

#include "lang/health/health.h"

/* Tries other rates if the losses suggest that the rate is too high or too low. */
void health_rate_judge(TrainRun *run, Update update);
/* Tries lower rates. */
void health_rate_lower(TrainRun *run, Update update);
/* … after a run that blew up; if none does better, reports that it blew up. */
void health_rate_blew_up(TrainRun *run, Update update);
void health_rate_blown(TrainRun *run);
/* The noise of minibatches keeps the loss from falling; with a tenth of the rate it falls. */
void health_rate_noise(TrainRun *run, Update update);
/* Do the losses not fall, fall slowly, or oscillate? */
bool health_rate_suspect(const TrainRun *run);

#endif
