/* plotted.h — `plot:` of `train` and `race`. */
#ifndef GD_LANG_PLOTTED_H
#define GD_LANG_PLOTTED_H

#include "lang/train/train.h"

/* The value of the clause, a new holder; none if nothing is to be drawn.  Raises for an invalid
 * value and a file that cannot be written: before the training, not after hours of it. */
Value plotted_read(Vm *vm, Frame *frame, const Ast *ast);
bool plotted_is_live(Value plot);
/* `plot: "live"`, on a terminal: after an epoch, at most a few times a second, and at the end
 * (last). */
void plotted_live(TrainRun *run, bool last);
/* Draws a history, or the result of a race, as `plot` says. */
void plotted_draw(Vm *vm, const Ast *ast, Value plot, Value history);

#endif
