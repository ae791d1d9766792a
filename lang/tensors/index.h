/* index.h — indexing of tensors, and iteration over their rows. */
#ifndef GD_LANG_INDEX_H
#define GD_LANG_INDEX_H

#include "lang/machine/sub.h"
#include "lang/machine/vm.h"

Value operation_index(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count);
Value operation_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count, Value value); /* takes base, returns the new one */
int64_t value_rows(Vm *vm, Span span, Value v);    /* length of the first axis of a tensor or param, rows of a dataset, how many of batches(d, n) */
Value value_row(Vm *vm, Span span, Value v, int64_t index); /* tensor: index on axis 0; dataset: the row tuple; batches: the tuple of a batch */

#endif
