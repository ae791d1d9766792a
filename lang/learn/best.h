/* best.h — `keep:`: the values of the best epoch. */
#ifndef GD_LANG_BEST_H
#define GD_LANG_BEST_H

#include "lang/learn/train.h"

/* An epoch is over, and what `keep:` sees is set: keeps the values if it is the best so far. */
void best_keep(TrainRun *run);
/* At the end: the values of the best epoch are the targets' again. */
void best_restore(TrainRun *run);

#endif
