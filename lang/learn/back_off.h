/* back_off.h — on_divergence: "back_off" halves the rates for the step that diverged. */
#ifndef GD_LANG_BACK_OFF_H
#define GD_LANG_BACK_OFF_H

#include "lang/learn/train.h"

enum { BACK_OFF_MOST = 10 };

/* the rates of all its optimizers are what is given, halved so often */
void back_off_set(TrainRun *run, int64_t halvings);
/* Halves them once more; false where it is not asked for, or was done often enough. */
bool back_off(TrainRun *run);
/* the message of a divergence, with what was seen before it */
void back_off_why(const Diag *diag, Text *why);

#endif
