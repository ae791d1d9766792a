/* update.h — one update of a run, and its action on divergence. */
#ifndef GD_LANG_UPDATE_H
#define GD_LANG_UPDATE_H

#include "lang/train/train.h"

/* Makes one; false: the rows of the epoch are used up, or it was interrupted and undone. */
bool update_make(TrainRun *run);
/* The same, with the action of `on_divergence:`. */
bool update_try(TrainRun *run);

#endif
