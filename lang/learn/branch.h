/* branch.h — a step with branches on its number: which of its recordings is valid. */
#ifndef GD_LANG_BRANCH_H
#define GD_LANG_BRANCH_H

#include "lang/learn/step.h"

/* Brings the recording whose branches are those of the next step to the front; if there is none,
 * the step has none, and is recorded beside the others. */
void branch_choose(Vm *vm, Step *step);

#endif
