/* progress.h — the progress line of a run. */
#ifndef GD_LANG_PROGRESS_H
#define GD_LANG_PROGRESS_H

#include "lang/train/train.h"

void progress_start(TrainRun *run);
void progress_step(TrainRun *run);
void progress_epoch(TrainRun *run);
void progress_end(TrainRun *run);
void progress_clear(TrainRun *run); /* erases the line, before something else is written */

#endif
