/* annotate.h — shapes of parameters and results. */
#ifndef GD_LANG_ANNOTATE_H
#define GD_LANG_ANNOTATE_H

#include "lang/machine/vm.h"

void annotate_clear(Vm *vm, Frame *frame, const AstFunction *function);
/* Checks the value of parameter `index` (or, -1, the result) against its shape, binding names.
 * `computed`: checks the dimensions that are expressions instead, once all names are bound. */
/* Where a tensor is declared, a list stands for the one that a bracket makes of its items, as where
 * an operation wants one: true and that tensor, a new holder.  `span`: where it is given. */
bool annotate_list(Vm *vm, const Ast *shape, Value list, Span span, Value *tensor);
void annotate_check(Vm *vm, Frame *frame, const AstFunction *function, int index, Value value,
                    Span given, bool computed);
/* gd check: a tensor that fits the shape of a parameter, with made-up sizes for names without one;
 * KIND_UNKNOWN when the shape says too little. */
Value annotate_placeholder(Vm *vm, Frame *frame, const AstFunction *function, int index);

#endif
