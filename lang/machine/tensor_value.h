/* tensor_value.h — the layout of a tensor of the script.
 *
 * It has elements (`tensor.buffer`), or it stands for a node of the graph that is being traced
 * (`node`).  Then only its type is known until trace.c computes it.
 */
#ifndef GD_LANG_TENSOR_VALUE_H
#define GD_LANG_TENSOR_VALUE_H

#include "lang/machine/object.h"

struct TensorObject {
  Object head;
  Tensor tensor; /* buffer NULL: the type only */
  NodeId node;   /* in the graph of trace number `trace`, when it has no elements */
  uint32_t trace;
  Span made;      /* the expression that made it; file 0: not known */
  bool weak;      /* the node takes the dtype of its other operand, as a number of the
                   * script does (gradient of a number, a scheduled rate) */
  float probable; /* 0, or a bound of sums of probabilities (probable.h) */
};

Value value_tensor(Vm *vm, Tensor tensor); /* takes the tensor */

#endif
