/* auto_rate.h — `lr: auto`: a range test before the first step, a schedule about what it found;
 * rates found on the way. */
#ifndef GD_LANG_AUTO_RATE_H
#define GD_LANG_AUTO_RATE_H

#include "lang/learn/train.h"

/* Finds the rates that are `auto`; update: makes one update, false when the rows are used up.
 * Everything is as before afterwards, but for the rates. */
void auto_rates(TrainRun *run, Update update);
/* At the end: tells of optimizers that find their own rate and have found none. */
void auto_rates_found(const TrainRun *run);

#endif
