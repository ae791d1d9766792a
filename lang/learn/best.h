/* best.h — `keep:`: the values of the best epoch. */
#ifndef GD_LANG_BEST_H
#define GD_LANG_BEST_H

#include "lang/learn/train.h"

/* After an epoch, with the names of `keep:` set: keeps the values if it is the best so far. */
void best_keep(TrainRun *run);
/* At the end: gives the targets the values of the best epoch. */
void best_restore(TrainRun *run);

#endif
