/* path.h — `history.path`: the values of the targets before each step and at the end. */
#ifndef GD_LANG_PATH_H
#define GD_LANG_PATH_H

#include "lang/train/train.h"

void path_open(TrainRun *run);  /* decides the columns of a row */
void path_start(TrainRun *run); /* adds the first row, unless the run resumes another */
void path_add(TrainRun *run);   /* adds a row of the current values */

#endif
