/* probable.h — which tensors are probabilities: those that a sigmoid or a softmax made, also after
 * an index, a reshape, a cast, a join, a clamp, and `1 - p`.
 *
 * A metric takes such scores as they are, and others for logits.  A tensor with elements carries
 * the answer (TensorObject.probable); of a traced one the graph is asked.  Nothing is asked in a
 * step: the answer is part of its recording.
 */
#ifndef GD_LANG_PROBABLE_H
#define GD_LANG_PROBABLE_H

#include "lang/tensors/trace.h"

bool probable_value(Vm *vm, Value value);
/* of a node whose inputs are known by their bindings */
bool probable_node(const Trace *trace, NodeId node);
/* the result of an elementwise operation on tensors with elements */
bool probable_result(Op op, const Value *args, int count);

#endif
