/* promote.h — inside this room: operands of different dtypes brought to one. */
#ifndef GD_RUNTIME_GRAPH_PROMOTE_H
#define GD_RUNTIME_GRAPH_PROMOTE_H

#include "runtime/graph/maker.h"

/* The common cases, decided quickly: a float among the operands decides alone, whatever numbers
 * stand beside it, and numbers among themselves stay numbers.  False where it takes more than that;
 * *dtype: the float, or DTYPE_COUNT for numbers alone. */
bool promote_plain(const Maker *maker, const NodeId *inputs, int count, Dtype *dtype);
/* Casts the operands of an elementwise row to the dtype on which it works. */
bool promote_operands(Maker *maker, Op op, NodeId *inputs, int count);
/* the dtype of one tensor with elements of all of them: a fraction among whole ones makes floats */
Dtype promote_joined(const Maker *maker, const NodeId *inputs, int count);

#endif
