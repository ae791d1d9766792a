/* probable.h — which tensors are probabilities: those that a sigmoid or a softmax made, also after
 * an index, a reshape, a cast, a join, a clamp, `1 - p`, and means of them.
 *
 * A metric takes such scores as they are, and others for logits.  A tensor with elements carries
 * the answer (TensorObject.probable: 0, or a bound of its elements, which are not negative either);
 * of a traced one the graph is asked, whose INPUTs know it of what they stand for
 * (Binding.probable).  So it is the same inside a recording and outside.  Nothing is asked in a
 * step: the answer is part of its recording.
 */
#ifndef GD_LANG_PROBABLE_H
#define GD_LANG_PROBABLE_H

#include "lang/tensors/trace.h"

bool probable_value(Vm *vm, Value value);
/* Is it known to be logarithms of probabilities, made by log_sigmoid, log_softmax or log(p)? */
bool probable_logarithm(Vm *vm, Value value);
/* TensorObject.probable, also of a traced tensor or a param */
float probable_bound(Vm *vm, Value value);
/* … of a node */
float probable_node(Trace *trace, NodeId node);
/* `node` has the elements of `as`, by a way that the graph does not show (parts of a vector, all
 * rows for one). */
void probable_same(Trace *trace, NodeId node, NodeId as);
/* that of the result of an elementwise operation on tensors with elements */
float probable_result(Op op, const Value *args, int count);

#endif
