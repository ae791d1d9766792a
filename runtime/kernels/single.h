/* single.h — one element at a time: rows of the table applied to numbers of the script.
 *
 * A loop in a script that takes square roots should not pay for a graph.  These functions run the
 * same loop that a tensor of one element would run, so the bits are the same (but for subnormal
 * numbers, which tensor kernels flush and numbers keep: callers that stand for tensors of rank 0
 * leave those to the kernels).
 */
#ifndef GD_RUNTIME_KERNELS_SINGLE_H
#define GD_RUNTIME_KERNELS_SINGLE_H

#include "runtime/graph/graph.h"

/* How many numbers a row takes that gives a number of them; 0 when it is no such row (a reduction,
 * a comparison). */
int single_arity(Op op);
/* The value of the row for those numbers, computed in f64, or in f32 from and to doubles that are
 * floats. */
double single_apply(Op op, Dtype dtype, const double *args);

#endif
