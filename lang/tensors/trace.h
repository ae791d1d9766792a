/* trace.h — turns tensors of the script into nodes of a graph, and nodes into numbers.
 *
 * A Trace is a graph under construction with its bindings: what each INPUT stands for.  There are
 * three kinds.
 *   eager     one operation (or one row's few nodes) on operands with elements: built, computed,
 *             cleared.  The Tracer has one of these and reuses it.
 *   recorded  vm->trace inside `grad`, `update`, `train`: evaluating the script emits nodes; a
 *             result is a node (TensorObject.node). When the script needs a number (a condition,
 *             print, an index) the node is computed from the current bindings, and `decided`
 *             records that this trace is valid for these numbers only.
 *   abstract  `gd check`: recorded, but no node is ever computed; asking for a number raises
 *             "unknown", which check.c turns into KIND_UNKNOWN.
 * Operations on operands with elements are computed at once even while recording: the results are
 * constants of the trace.  A param is never a constant while recording but an INPUT.
 *
 * Traced tensors that outlive their trace are computed when it closes.
 *
 * A closed trace is kept for the next recording at the same site.  Its graph remembers how it was
 * built, and as long as the script makes the same calls, nothing is rebuilt (graph/recall.c).
 */
#ifndef GD_LANG_TRACE_H
#define GD_LANG_TRACE_H

#include "lang/machine/kind.h"
#include "lang/tensors/domain.h"

typedef enum BindingKind {
  BINDING_TENSOR, /* a tensor with elements, held */
  BINDING_PARAM,  /* the storage of a param, held */
  BINDING_NUMBER  /* a number that changes from run to run, stored here */
} BindingKind;

typedef struct Binding {
  BindingKind kind;
  Tensor tensor;      /* TENSOR, NUMBER (rank 0, f64): held */
  ParamObject *param; /* PARAM: held */
  NodeId node;
  bool constant;  /* of a TENSOR: it does not change during the life of the trace */
  float probable; /* of a TENSOR: TensorObject.probable */
} Binding;

/* A buffer or param assigned in a recording: later uses in the trace see `node`; its storage keeps
 * the old value. */
typedef struct Staged {
  ParamObject *param; /* held */
  NodeId node;        /* of the storage's type */
} Staged;

typedef struct TraceGuard {
  NodeId node; /* a bool of rank 0 */
  bool truth;
} TraceGuard;

typedef struct Trace {
  Vm *vm;
  /* what opened it: a closed trace is reused at the same site, where it is likely to match */
  uint64_t site;
  Graph graph;
  uint32_t serial; /* number of this recording; TensorObject.trace */
  bool abstract;   /* gd check */
  /* a metric of the epoch is recorded: no value can be computed (measure.c) … */
  bool hollow;
  NodeId asked;          /* … and this is the node whose value was needed */
  struct Replay *replay; /* such a metric is computed over the rows of an epoch, or NULL */
  /* a value was read, or something outside was changed: valid for this step only */
  bool decided;
  bool copied; /* decided, but only by copies of params (copy(w)) */
  /* conditions on numbers that change from run to run (`t % 10 == 0` in an optimizer): the
   * recording is valid while their outcomes are the same; owned */
  struct TraceGuard *guards;
  int guard_count, guard_capacity;
  Binding *bindings; /* owned */
  int binding_count, binding_capacity;
  Lookup constants; /* the tensors among the first `looked_up` bindings */
  int looked_up;
  Values values;       /* computed on demand */
  TensorObject **made; /* every traced tensor made, held until the trace closes; owned */
  int made_count, made_capacity;
  ParamObject **lent; /* params made of nodes (trace_node_param), held until then; owned */
  int lent_count, lent_capacity;
  Value *hooks; /* custom gradients: closures held, by CUSTOM's attribute; owned */
  int hook_count, hook_capacity;
  /* the key of random draws, or 0: draws are computed at once and counted by the vm */
  NodeId key;
  int64_t place;  /* of the next draw under that key */
  bool drew;      /* something was drawn with it */
  Staged *staged; /* buffers and params from outside, assigned in this trace; owned */
  int staged_count, staged_capacity;
  /* nodes that stand for one row inside `vmap`: a value that depends on one cannot be read; owned
   */
  NodeId *stand_ins;
  int stand_in_count, stand_in_capacity;
  struct Trace *outer; /* the previous vm->trace */
} Trace;

/* The values available to a recording over the rows of an epoch. */
typedef struct Replay {
  /* called before a value is computed: sets the values that were kept */
  void (*ready)(struct Replay *replay, Trace *trace, NodeId asked);
  /* callback for an INPUT without elements: its column, or nothing */
  Tensor (*fetch)(struct Replay *replay, int64_t number);
  bool steady;    /* params have not changed since the rows were collected */
  NodeId missing; /* an INPUT that was needed and is not available, or 0 */
} Replay;

enum { SPARE_TRACES = 16 };

typedef struct Tracer {
  Trace eager;
  PlanCache *plans; /* for update, grad and the like */
  uint32_t serial;  /* the last one used */
  Trace *abstract;  /* gd check's one trace, or NULL */
  Lookup told;      /* places that have been reported once, by file */
  /* closed traces, the last one first: their memory, and what their graphs remember, is reused */
  Trace *spares[SPARE_TRACES];
} Tracer;

extern const VmPart TRACER_PART;

/* The place for nodes made now.  Inside the standard library it is the call in the script, so that
 * a fault or a NaN found later is reported where the script's author can mend it. */
Span trace_span(const Vm *vm, Span span);

/* The trace for immediate operations; its floats are those of precision(). */
static inline Trace *trace_eager(Vm *vm) {
  vm->tracer->eager.graph.real = vm->real;
  return &vm->tracer->eager;
}

/* A place is reported once, however often a loop runs it.  Was it? */
bool trace_was_reported(const Vm *vm, Span span);
/* Marks it as reported; true the first time. */
bool trace_mark_reported(Vm *vm, Span span);

/* A new line at a prompt, whose text may have the number of one that is gone. */
void trace_forget_reports(Vm *vm);

/* A node that stands for one row of what `vmap` maps over, until trace_rows_end. */
NodeId trace_row_placeholder(Trace *trace, const Type *type);
/* `vmap` ends: drops all but the first `count` stand-ins.  Tensors made after the first `made` ones
 * of the recording that depend on them and are still referred to lose their value. */
void trace_rows_end(Trace *trace, int count, int made);

/* The truth of a traced bool that depends on numbers of the recording alone (trace_number): such a
 * branch is a guard (Trace.guards).  False when it depends on more. */
bool trace_guard(Vm *vm, const TensorObject *object, bool *truth);
/* Do the conditions hold with the current numbers? */
bool trace_guards_hold(Trace *trace);
/* Begins a recording for the construct at `site` and, if not NULL, the function that it calls;
 * vm->trace is the new trace until trace_close.  Returns a new one.  After a raise vm_protect
 * unwinds it. */
Trace *trace_open(Vm *vm, Span site, const AstFunction *function);
void trace_close(Vm *vm, Trace *trace); /* takes; computes what outlives it */
/* ends the recording but keeps the trace, its graph and bindings */
void trace_detach(Vm *vm, Trace *trace);
void trace_recycle(Vm *vm, Trace *trace); /* takes a detached trace */
/* closes recordings until vm->trace is `keep` */
void trace_unwind(Vm *vm, Trace *keep);

/* A value as a node of a trace; raises when it is not a tensor, number or bool. */
NodeId trace_operand(Trace *trace, Value value, Span span);
/* returns a new traced tensor (for an eager trace a computed one) */
Value trace_result(Trace *trace, NodeId node);
/* a number that changes between runs: its INPUT */
NodeId trace_number(Trace *trace, double value, int *binding);
/* a tensor that changes between runs (a minibatch) */
NodeId trace_tensor_input(Trace *trace, const Tensor *tensor, int *binding);
/* gd check: an INPUT that is never computed */
NodeId trace_abstract(Trace *trace, const Type *type);
/* gd check: a tensor without elements, made at `span` */
Value trace_placeholder(Vm *vm, Dtype dtype, const Shape *shape, Span span);
NodeId trace_param(Trace *trace, ParamObject *param); /* the value inside its domain */
/* Returns a new param whose value is a node of the recording: a part of `net - 0.1 * g` inside a
 * gradient.  It gets its elements when the recording ends, if it is still referred to then and they
 * can be computed. */
Value trace_node_param(Trace *trace, NodeId node);
/* From here on the storage of a param that was made in the recording is this node. */
void trace_lend(Trace *trace, ParamObject *param, NodeId node);
/* Raises when its recording has ended and it has no elements. */
void trace_require_elements(Vm *vm, const ParamObject *param);
/* the trained storage itself; for a buffer its old value */
NodeId trace_stored(Trace *trace, ParamObject *param);
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
/* keeps a gradient of the script's own (retains it); returns its number, for CUSTOM */
int64_t trace_custom_gradient(Trace *trace, Value gradient);
/* the arguments of plan_run and plan_run_known, for all bindings; limits may be NULL */
void trace_pointers(const Trace *trace, void **pointers, Limits **limits);
/* clears the eager trace after an operation: every node and binding */
void trace_clear(Trace *trace);
/* something outside the trace was changed or printed: the recording is valid for this step only */
void trace_effect(Vm *vm);

/* Is the value not computed yet: a traced tensor, or (while recording) a param? */
bool trace_pending(Vm *vm, Value value);
/* The values are taken out of the recording, as a number or as elements: they are constants to its
 * gradients … */
void trace_read_constant(Vm *vm, Value value, Span span);
/* … and the gradient was taken: warns, once for each place, where it would have passed through. */
void trace_tell_lost(Trace *trace);
/* The elements of a tensor, a param, a number or a bool: a tensor to release.  Computes what is
 * traced; in `gd check` raises unknown. */
Tensor trace_elements(Vm *vm, Value value, Span span);
/* Is it one row of what `vmap` maps over, or computed from one?  It has no elements. */
bool trace_is_row(const Vm *vm, const TensorObject *object);
/* Applies `way`, domain_inside or domain_outside, to one tensor, eagerly.  A tensor to release. */
Tensor trace_through(Vm *vm, const Tensor *from, Domain domain,
                     NodeId (*way)(Maker *, NodeId, Domain));
Type trace_type(Vm *vm, Value value, Span span); /* dtype and shape; computes nothing */
/* gd check: the value depends on numbers not known before running */
NORETURN void raise_unknown(Vm *vm);
bool diag_unknown(const Diag *diag);
/* gd check: the program ends here, by `error` or `exit` */
NORETURN void raise_ended(Vm *vm);
bool diag_ended(const Diag *diag);

#endif
