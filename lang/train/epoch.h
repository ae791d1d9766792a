/* epoch.h — the epochs of a run: updates, then validation, blocks and the checkpoint. */
#ifndef GD_LANG_EPOCH_H
#define GD_LANG_EPOCH_H

#include "lang/train/train.h"

/* Runs epochs until the run ends or pauses. */
void epoch_run(TrainRun *run);
/* Closes the last epoch, which may have been cut short. */
void epoch_close(TrainRun *run);
void epoch_measure(TrainRun *run); /* computes the metrics of the epoch so far */

#endif
