/* bracket.h — tensors made of items, by brackets or out of a collection. */
#ifndef GD_LANG_BRACKET_H
#define GD_LANG_BRACKET_H

#include "lang/machine/vm.h"

/* true and a tensor if the items make one, else false: a list */
bool bracket_tensor(Vm *vm, const Ast *ast, const Value *items, int count, Value *result);
Value bracket_numbers(Vm *vm, const Ast *ast); /* the tensor of a NUMBERS node */
/* A tensor from a number, a bool, or a collection of them or of tensors of one shape, as brackets
 * make it; with site->exact in f64. */
Value tensor_of(Vm *vm, const CallSite *site, Value value);
/* a value that the dtype cannot hold */
NORETURN void raise_unheld(Vm *vm, Span span, Dtype dtype, double value);

#endif
