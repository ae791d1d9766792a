/* fit.h — the uncertainty of a fit by `residuals:`. */
#ifndef GD_LANG_FIT_H
#define GD_LANG_FIT_H

#include "lang/learn/train.h"

/* Its covariance, at the end of the run, where it is one of residuals alone. */
void fit_measure(TrainRun *run);

#endif
