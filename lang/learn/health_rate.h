/* health_rate.h — is another rate better?  Told only where it was tried. */
#ifndef GD_LANG_HEALTH_RATE_H
#define GD_LANG_HEALTH_RATE_H

#include "lang/learn/health.h"

/* Tries other rates where the losses look as if the rate were too high or too low. */
void health_rate_judge(TrainRun *run, Update update);
/* Tries lower ones. */
void health_rate_lower(TrainRun *run, Update update);
/* … after a run that blew up; where none does better, that it blew up is told. */
void health_rate_blew_up(TrainRun *run, Update update);
void health_rate_blown(TrainRun *run);
/* The loss falls no more since minibatches differ: with a tenth of the rate it does from there. */
void health_rate_noise(TrainRun *run, Update update);
/* Do the losses stay, fall slowly, or swing? */
bool health_rate_suspect(const TrainRun *run);

#endif
