/* health_trial.h — steps made on trial, beside a training, and what all of its health may cost. */
#ifndef GD_LANG_HEALTH_TRIAL_H
#define GD_LANG_HEALTH_TRIAL_H

#include "lang/learn/health.h"

/* Spends so much, if the run's work allows it; `gd doctor` may always. */
bool health_spend(TrainRun *run, double work);
double health_left(const TrainRun *run); /* what may still be spent */
double health_step_work(const TrainRun *run);
double health_record_work(const TrainRun *run); /* of recording a step anew */

/* Did it end with a loss or value that is not finite? */
bool health_blew_up(const TrainRun *run);
bool health_can_try(const TrainRun *run);
/* How many steps each of so many trials may make; 0: there is no room for them. */
int64_t health_trial_steps(const TrainRun *run, int trials);
/* So many of the trials, the first ones, have room: few good ones before many short ones. */
int health_trials_with_room(const TrainRun *run, int trials);
/* The loss after some steps with the rate times a factor, from the first values, or from those of
 * now: the mean of the last quarter; infinite where it blew up. */
double health_trial(TrainRun *run, Update update, double factor, int64_t steps, bool from_now);
/* The run's own there: the mean of the last quarter, and its standard error; spread: or NULL. */
double health_own_loss(const TrainRun *run, int64_t steps, double *spread);

#endif
