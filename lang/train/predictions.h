/* predictions.h — the predictions of a trained net beside the true values. */
#ifndef GD_LANG_PREDICTIONS_H
#define GD_LANG_PREDICTIONS_H

#include "lang/train/train.h"

/* Adds the predictions for the validation data (for the training data if there is none) as the
 * members `result` and `names` of a JSON object, each with a comma before it; nothing if the loss
 * does not show what is predicted. */
void predictions_add(TrainRun *run, Text *text);

#endif
