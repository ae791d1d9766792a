/* auto_rate.h — `lr: auto`: a range test before the first step, and schedules of the rate and
 * of the momentum from its result;
 * optimizers that find their own rate. */
#ifndef GD_LANG_AUTO_RATE_H
#define GD_LANG_AUTO_RATE_H

#include "lang/run/run.h"

/* Finds the rates that are `auto`; update: makes one update, false when the rows are used up.
 * Everything but the rates is restored. */
void auto_rates(TrainRun *run, Update update);
/* At the end: warns of optimizers that find their own rate and found none. */
void auto_rates_found(const TrainRun *run);

#endif
