/* branch.h — a step with branches on its number: selects the valid recording. */
#ifndef GD_LANG_BRANCH_H
#define GD_LANG_BRANCH_H

#include "lang/step/step.h"

/* Moves the recording whose branches are those of the next step to the front.  If there is none,
 * the step has no recording then, and a new one will be made beside the others. */
void branch_choose(Vm *vm, Step *step);

#endif
