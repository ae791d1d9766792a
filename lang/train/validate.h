/* validate.h — loss and metrics over the validation set. */
#ifndef GD_LANG_VALIDATE_H
#define GD_LANG_VALIDATE_H

#include "lang/train/train.h"

/* Evaluates the whole validation set; of several processes each evaluates a range of the
 * minibatches.  False if it was cut short: then the epoch is not over, and a run that resumes from
 * the checkpoint validates again. */
bool validate_run(TrainRun *run);

#endif
