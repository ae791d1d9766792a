/* health_data.h — what the data of a training shows before it runs. */
#ifndef GD_LANG_HEALTH_DATA_H
#define GD_LANG_HEALTH_DATA_H

#include "lang/learn/health.h"

void health_data(TrainRun *run, const HealthLook *look);
/* the same of what one `update` of a loop reads */
void health_data_alone(TrainRun *run, HealthLook *look);
/* Do the inputs tell anything of the targets?  Where they do not, that is told. */
bool health_data_fits(TrainRun *run);
/* the loss of whoever knows only how often each class is, in nats; the variance of other targets */
double health_data_blind(const TrainRun *run, const HealthLook *look);

#endif
