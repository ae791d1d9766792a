/* trace_value.h — values of the script as nodes of a trace, nodes as values, and their elements. */
#ifndef GD_LANG_TRACE_VALUE_H
#define GD_LANG_TRACE_VALUE_H

#include "lang/tensors/trace.h"

/* A value as a node of a trace; raises when it is not a tensor, number or bool. */
NodeId trace_operand(Trace *trace, Value value, Span span);
/* returns a new traced tensor (for an eager trace a computed one) */
Value trace_result(Trace *trace, NodeId node);
/* The same for the result of an operation of the script; random: it differs from run to run. */
Value trace_outcome(Trace *trace, NodeId node, bool random);
/* gd check: a tensor without elements, made at `span` */
Value trace_placeholder(Vm *vm, Dtype dtype, const Shape *shape, Span span);

Type trace_type(Vm *vm, Value value, Span span); /* dtype and shape; computes nothing */
/* Is the value not computed yet: a traced tensor, or (while recording) a param? */
bool trace_pending(Vm *vm, Value value);
/* The elements of a tensor, a param, a number or a bool: a tensor to release.  Computes what is
 * traced; in `gd check` raises unknown. */
Tensor trace_elements(Vm *vm, Value value, Span span);

/* The values are taken out of the recording, as a number or as elements: they are constants to its
 * gradients … */
void trace_read_constant(Vm *vm, Value value, Span span);
/* … and the gradient was taken: warns, once for each place, where it would have passed through. */
void trace_tell_lost(Trace *trace);

/* The truth of a traced bool that depends on numbers of the recording alone (trace_number): such a
 * branch is a guard (Trace.guards).  False when it depends on more. */
bool trace_guard(Vm *vm, const TensorObject *object, bool *truth);
/* Do the conditions hold with the current numbers? */
bool trace_guards_hold(Trace *trace);

#endif
