/* untrained.h — which statements of a file `gd test` skips: trainings that no test needs. */
#ifndef GD_LANG_UNTRAINED_H
#define GD_LANG_UNTRAINED_H

#include "lang/syntax/ast.h"

/* A byte for each statement of a resolved top level, 1 if it is skipped; NULL when all run.
 * Returns new memory. */
uint8_t *untrained_statements(const Ast *body);

#endif
