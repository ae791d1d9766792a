/* runlog.h — `log:` of `train` and `race`: a file of the run, one JSON object for each line. */
#ifndef GD_LANG_RUNLOG_H
#define GD_LANG_RUNLOG_H

#include "lang/train/train.h"

/* Reads the clause; raises where the file cannot be written.  Before the first step. */
void runlog_read(TrainRun *run);
/* Begins the file, or continues one that an earlier run or another entry of the race wrote.  Call
 * it after the checkpoint was read. */
void runlog_open(TrainRun *run);
void runlog_step(TrainRun *run);
void runlog_epoch(TrainRun *run);
/* Writes buffered lines: before a checkpoint, a pause, and at the end. */
void runlog_flush(TrainRun *run);
/* error: the message of the error that ended the run, or NULL; with one, nothing is raised here */
void runlog_close(TrainRun *run, const char *error);
void runlog_free(TrainRun *run);

#endif
