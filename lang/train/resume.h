/* resume.h — the checkpoint file of a run: its lock, reading and writing. */
#ifndef GD_LANG_RESUME_H
#define GD_LANG_RESUME_H

#include "lang/train/train.h"

/* takes the lock, and checks that the file can be written */
void resume_open(TrainRun *run);
/* true when there was one and the run continues from it */
bool resume_read(TrainRun *run);
void resume_write(TrainRun *run);
void resume_close(TrainRun *run);

#endif
