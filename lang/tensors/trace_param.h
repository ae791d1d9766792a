/* trace_param.h — a param inside a recording: its storage, what is assigned to it, its elements. */
#ifndef GD_LANG_TRACE_PARAM_H
#define GD_LANG_TRACE_PARAM_H

#include "lang/tensors/trace.h"

NodeId trace_param(Trace *trace, ParamObject *param); /* the value inside its domain */
/* the trained storage itself; for a buffer its old value */
NodeId trace_stored(Trace *trace, ParamObject *param);

/* Returns a new param whose value is a node of the recording: a part of `net - 0.1 * g` inside a
 * gradient.  It gets its elements when the recording ends, if it is still referred to then and they
 * can be computed. */
Value trace_node_param(Trace *trace, NodeId node);
/* Inside `vmap`, of a param that is a row there: its value now, as a constant for gradients; 0 for
 * any other, which has elements. */
NodeId trace_row_copy(Vm *vm, ParamObject *param);
/* From here on the storage of a param that was made in the recording is this node. */
void trace_lend(Trace *trace, ParamObject *param, NodeId node);
/* Raises when its recording has ended and it has no elements. */
void trace_require_elements(Vm *vm, const ParamObject *param);

/* Buffers, and params from outside.  The owner of the recording decides what happens to the new
 * values: a step stores them, a validation discards them, grad and the like assign them at the end.
 */
void trace_stage(Trace *trace, ParamObject *param, NodeId value);
NodeId trace_staged(const Trace *trace, const ParamObject *param); /* its new value, or 0 */
void trace_unstage(Trace *trace, ParamObject *param);              /* it has its old value again */
/* from here on they have their old values; returns the argument for trace_rollback */
int trace_savepoint(Trace *trace);
/* discards later assignments: they get back the values from before trace_savepoint */
void trace_rollback(Trace *trace, int count);
void trace_commit(Vm *vm, Trace *trace); /* computes the new values and assigns them */

/* The current value inside its domain, computed if needed: a tensor to release.  In `gd check`
 * raises unknown. */
Tensor trace_param_elements(Vm *vm, ParamObject *param);
/* dtype and shape; of a param that `vmap` maps over: of one row */
Type trace_param_type(Vm *vm, const ParamObject *param);
/* Applies `way`, domain_inside or domain_outside, to one tensor, eagerly.  A tensor to release. */
Tensor trace_through(Vm *vm, const Tensor *from, Domain domain,
                     NodeId (*way)(Maker *, NodeId, Domain));

#endif
