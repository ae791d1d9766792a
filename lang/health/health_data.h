/* health_data.h — what the data of a training shows before it runs. */
#ifndef GD_LANG_HEALTH_DATA_H
#define GD_LANG_HEALTH_DATA_H

#include "lang/health/health.h"

void health_data(TrainRun *run, const HealthLook *look);
/* the same for the data that one `update` of a loop reads */
void health_data_alone(TrainRun *run, HealthLook *look);
/* Do the inputs say anything about the targets?  Reports it if they do not. */
bool health_data_fits(TrainRun *run);
/* the deviation of the targets, one a row, and their mean; 0 of others */
double health_data_targets(const TrainRun *run, double *mean);
/* the loss of a prediction without inputs: the entropy of the classes in nats, or the variance of
 * numeric targets */
double health_data_blind(const TrainRun *run, const HealthLook *look);

#endif
