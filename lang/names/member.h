/* member.h — help for `x.word` when x has no such part, and for `module.word` of other tools. */
#ifndef GD_LANG_MEMBER_H
#define GD_LANG_MEMBER_H

#include "lang/machine/vm.h"
#include "lang/syntax/ast.h"

/* Adds what to write in gd instead of the member; false if that is not known. */
bool member_help(Vm *vm, const Ast *field, Diag *diag);
/* The error that a model has no such part. */
void member_none(Vm *vm, const Ast *field, const AstFunction *model, Diag *diag);
/* The same as member_help for a member of another tool's module: `np.concatenate`. */
bool member_of_module(Vm *vm, const Ast *field, Diag *diag);

#endif
