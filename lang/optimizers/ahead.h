/* ahead.h — optimizers whose gradient is taken at another point than p (`fn ahead(p, g, norm)`). */
#ifndef GD_LANG_AHEAD_H
#define GD_LANG_AHEAD_H

#include "lang/optimizers/declaration.h"

/* The number of arguments of the optimizer's `ahead`, or of the `ahead` of its inner optimizer; the
 * step's gradient is then taken at ahead(p, g, norm).  0: there is none.  Raises when there are
 * two. */
int ahead_arguments(Vm *vm, const OptimizerObject *optimizer);
/* Traces `ahead` for a target; norm: the norm of all gradients, or 0. */
NodeId ahead_of(Vm *vm, const OptimizerStep *step, int target, NodeId norm);

#endif
