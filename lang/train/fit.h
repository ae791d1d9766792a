/* fit.h — the uncertainty of a fit by `residuals:`. */
#ifndef GD_LANG_FIT_H
#define GD_LANG_FIT_H

#include "lang/train/train.h"

/* Sets the covariance at the end of a run whose only objective is `residuals:`. */
void fit_measure(TrainRun *run);

#endif
