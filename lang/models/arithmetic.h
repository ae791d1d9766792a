/* arithmetic.h — arithmetic on trees (LANGUAGE.md, section 6): `net - 0.1 * g`, dot, norm,
 * map_tree, flatten_tree. */
#ifndef GD_LANG_ARITHMETIC_H
#define GD_LANG_ARITHMETIC_H

#include "lang/machine/vm.h"

/* a op b, one of them a tree; borrows both, a new holder. */
Value tree_binary(Vm *vm, const Ast *ast, int op, Value a, Value b);
Value tree_minus(Vm *vm, const Ast *ast, Value a);
/* A call of `dot`, `norm` or `concat` with trees; UNSET for any other call. */
Value tree_call(Vm *vm, const CallSite *site, const OpRow *row, Value *args, int count);

Value native_map_tree(Vm *vm, const CallSite *site, Value *args, int count);
Value native_flatten_tree(Vm *vm, const CallSite *site, Value *args, int count);

#endif
