/* predictions.h — what a trained net says of the data, beside what is true. */
#ifndef GD_LANG_PREDICTIONS_H
#define GD_LANG_PREDICTIONS_H

#include "lang/learn/train.h"

/* What the trained values say of the validation data (of the training data where
 * there is none), as the members `result` and `names` of a JSON object, each with a comma before
 * it; nothing where the loss does not tell what is predicted. */
void predictions_add(TrainRun *run, Text *text);

#endif
