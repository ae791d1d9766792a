/* back_off.h — on_divergence: "back_off" halves the rates for the step that diverged. */
#ifndef GD_LANG_BACK_OFF_H
#define GD_LANG_BACK_OFF_H

#include "lang/train/train.h"

enum { BACK_OFF_MOST = 10 };

/* sets the rates of all its optimizers to the given ones, halved `halvings` times */
void back_off_set(TrainRun *run, int64_t halvings);
/* Halves them once more; false without the clause, or after BACK_OFF_MOST halvings. */
bool back_off(TrainRun *run);
/* the message of a divergence, with the notes of seen.c */
void back_off_why(const Diag *diag, Text *why);

#endif
