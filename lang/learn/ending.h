/* ending.h — what ends a run: its conditions, blocks, limits and signals, and what these see. */
#ifndef GD_LANG_ENDING_H
#define GD_LANG_ENDING_H

#include "lang/learn/train.h"

/* The names of the run that its blocks and conditions use, as they are now; of the epoch, or of the
 * step just made. */
void ending_watched(TrainRun *run, bool epoch);
/* `stop:` is evaluated, and ends the run where it holds. */
void ending_check(TrainRun *run, bool epoch);
/* `each_step:` or `each_epoch:`, or NULL. */
void ending_block(TrainRun *run, const Ast *block, bool epoch);
/* Ends it.  why: the rule with its numbers; NULL: it is there already. */
void ending_set(TrainRun *run, const char *stopped, const char *why);
/* Ends it by the number of steps or epochs made. */
void ending_at(TrainRun *run, const char *stopped, int64_t made);
/* Ended by a signal or a limit.  The rest of the epoch is left to a sitting that continues from the
 * checkpoint. */
void ending_cut_short(TrainRun *run, const char *stopped, const char *why);
/* Checks signals and limits, after a step and during a validation. */
void ending_look(TrainRun *run);
/* Heeds signals and limits that ended it: raises, or the script goes on. */
void ending_heed(Vm *vm, Span span);

#endif
