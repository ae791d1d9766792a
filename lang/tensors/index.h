/* index.h — indexing of tensors, and iteration over their rows. */
#ifndef GD_LANG_INDEX_H
#define GD_LANG_INDEX_H

#include "lang/machine/sub.h"
#include "lang/machine/vm.h"

Value operation_index(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count);
/* takes base, returns the new one */
Value operation_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count,
                          Value value);
/* length of the first axis of a tensor or param, rows of a dataset, how many of batches(d, n) */
int64_t value_rows(Vm *vm, Span span, Value v);
/* tensor: index on axis 0; dataset: the row tuple; batches: the tuple of a batch */
Value value_row(Vm *vm, Span span, Value v, int64_t index);

#endif
