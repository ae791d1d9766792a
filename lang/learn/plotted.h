/* plotted.h — `plot:` of `train` and `race`. */
#ifndef GD_LANG_PLOTTED_H
#define GD_LANG_PLOTTED_H

#include "lang/learn/train.h"

/* Its value, a new holder: none where nothing is drawn.  Raises on what it cannot be, and on a file
 * that cannot be written, before hours of training. */
Value plotted_read(Vm *vm, Frame *frame, const Ast *ast);
bool plotted_is_live(Value plot);
/* `plot: "live"`, on a terminal: after an epoch, at most a few times a second, and at the end
 * (last). */
void plotted_live(TrainRun *run, bool last);
/* Draws a history, or the result of a race, as it says. */
void plotted_draw(Vm *vm, const Ast *ast, Value plot, Value history);

#endif
