/* ending.h — the conditions, blocks, limits and signals that may end a run, and their variables. */
#ifndef GD_LANG_ENDING_H
#define GD_LANG_ENDING_H

#include "lang/train/train.h"

/* Sets the variables that blocks and conditions use to the current values: those of the epoch, or
 * of the step just made. */
void ending_set_variables(TrainRun *run, bool epoch);
/* Evaluates `stop:`, and ends the run if it is true. */
void ending_check(TrainRun *run, bool epoch);
/* After a resume: ends a run again that `stop:`, a `break` or its method had ended, unless what
 * decided it has changed. */
void ending_again(TrainRun *run);
int64_t ending_saw_count(const TrainRun *run); /* numbers in `run->stop_saw` of such a run */
/* Runs `each_step:` or `each_epoch:`, or NULL. */
void ending_block(TrainRun *run, const Ast *block, bool epoch);
/* Ends the run.  why: the rule with its numbers; NULL: it is set already. */
void ending_set(TrainRun *run, const char *stopped, const char *why);
/* Ends the run because its optimizers stopped by themselves; history.why says how. */
void ending_by_method(TrainRun *run);
/* Ends the run if the number of steps or epochs is reached. */
void ending_at(TrainRun *run, const char *stopped, int64_t made);
/* Ends the run because of a signal or a limit.  The rest of the epoch is left to a run that resumes
 * from the checkpoint. */
void ending_cut_short(TrainRun *run, const char *stopped, const char *why);
/* Checks signals and limits, after a step and during a validation. */
void ending_poll(TrainRun *run);
/* After a signal or limit ended a run: raises, or returns if the script may continue.  `cut`: the
 * run was cut short, which the training around it, if there is one, has to know. */
void ending_raise(Vm *vm, Span span, bool cut);

#endif
