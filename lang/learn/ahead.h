/* ahead.h — optimizers whose gradient is taken elsewhere than at p (`fn ahead(p, g, norm)`). */
#ifndef GD_LANG_AHEAD_H
#define GD_LANG_AHEAD_H

#include "lang/learn/declaration.h"

/* How many arguments the optimizer's `ahead` has, or that of the only one that it was given which
 * has one: then the step's gradient is that at ahead(p, g, norm); 0: none.  Raises when there are
 * two. */
int ahead_arguments(Vm *vm, const OptimizerObject *optimizer);
/* Traces it for a target; norm: of all gradients, or 0. */
NodeId ahead_of(Vm *vm, const OptimizerStep *step, int target, NodeId norm);

#endif
