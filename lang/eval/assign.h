/* assign.h — binding and assignment. */
#ifndef GD_LANG_ASSIGN_H
#define GD_LANG_ASSIGN_H

#include "lang/eval/eval.h"

/* `let pattern = value`; borrows value */
void eval_bind(Vm *vm, Frame *frame, const Ast *pattern, Value value);
Runner run_let, run_assign, run_opassign, run_declared;

#endif
