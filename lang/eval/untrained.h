/* untrained.h — which statements of a file `gd test` skips: trainings that no test needs. */
#ifndef GD_LANG_UNTRAINED_H
#define GD_LANG_UNTRAINED_H

#include "lang/machine/object.h"

/* A byte for each statement of a resolved top level of which those before `ran` have run: 1 if it
 * is skipped.  NULL when all run.  *trainings: how many statements that train are skipped.  Returns
 * new memory. */
uint8_t *untrained_statements(Vm *vm, const ModuleObject *module, const Ast *body, uint32_t ran,
                              int *trainings);

#endif
