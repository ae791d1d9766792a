/* update_statement.h — the statement `update`. */
#ifndef GD_LANG_UPDATE_STATEMENT_H
#define GD_LANG_UPDATE_STATEMENT_H

#include "lang/step/step.h"

/* Makes one step; returns its loss, or none with `gradient:`.  Raises as a step of `train` does. */
Value update_statement(Vm *vm, Frame *frame, const Ast *ast);

#endif
