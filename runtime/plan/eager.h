/* eager.h — an elementwise operation on tensors with elements, computed at once, without a graph.
 */
#ifndef GD_RUNTIME_PLAN_EAGER_H
#define GD_RUNTIME_PLAN_EAGER_H

#include "runtime/graph/graph.h"

enum { EAGER_OPERANDS = 3 };

/* A tensor, or a number of the script. */
typedef struct EagerOperand {
  const Tensor *tensor; /* borrowed; NULL: it is the number */
  double number;
} EagerOperand;

/* Is it an operation of elements that eager_map may take? */
bool eager_maps(Op op);
/* For floats of one dtype, all of one shape or of rank 0, and numbers that the dtype holds: the
 * same bits as by a graph.  False, and no result, in every other case and wherever something is
 * wrong: the caller goes by a graph then, which reports it. */
bool eager_map(Op op, const EagerOperand *operands, int count, Tensor *result);

#endif
