/* health_trial.h — trial steps beside a training, and the budget of its health. */
#ifndef GD_LANG_HEALTH_TRIAL_H
#define GD_LANG_HEALTH_TRIAL_H

#include "lang/health/health.h"

/* Spends `work`, if the budget allows it; for `gd doctor` it always does. */
bool health_spend(TrainRun *run, double work);
double health_left(const TrainRun *run); /* what may still be spent */
double health_step_work(const TrainRun *run);
double health_record_work(const TrainRun *run); /* of recording a step again */

/* Did it end with a loss or value that is not finite? */
bool health_blew_up(const TrainRun *run);
bool health_can_try(const TrainRun *run);
/* The steps that each of `trials` trials may make; 0: the budget is too small. */
int64_t health_trial_steps(const TrainRun *run, int trials);
/* How many of the trials, from the first, the budget allows: few long ones, not many short ones. */
int health_trials_with_room(const TrainRun *run, int trials);
/* The loss after some steps with the rate times a factor, from the first or the current values: the
 * mean of the last quarter; infinite if it blew up. */
double health_trial(TrainRun *run, Update update, double factor, int64_t steps, bool from_now);
/* The loss of the run itself there: the mean of the last quarter; *spread (or NULL): its standard
 * error. */
double health_own_loss(const TrainRun *run, int64_t steps, double *spread);

#endif
