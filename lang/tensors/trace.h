/* trace.h — where tensors of the script become nodes of a graph, and nodes become numbers.
 *
 * A Trace is a graph under construction with its bindings: what each INPUT stands for.  There are three sorts.
 *   eager     one operation (or one row's few nodes) of operands that have elements: built, worked out, forgotten.
 *             The Tracer keeps one of these and uses it again and again.
 *   recorded  vm->trace inside `grad`, `update`, `train`: evaluating the script emits nodes; what is made stands for a
 *             node (TensorObject.node).  When the script asks for a number (a condition, print, an index) the node is worked out
 *             from the bindings of now, and `decided` remembers that this trace holds for these numbers only.
 *   abstract  `gd check`: recorded, but no node is ever worked out; asking for a number raises "unknown",
 *             which eval.c turns into KIND_UNKNOWN.
 * Operands that all have elements are computed at once even while recording: they are constants of the trace.  A param
 * is never a constant while recording, it is an INPUT.
 *
 * Traced tensors that outlive their trace are worked out when it closes.
 *
 * A closed trace waits for the next recording of the same step in the same place: its graph remembers how it was built, and as long as the
 * script asks for the same, nothing is built anew (graph/recall.c).
 */
#ifndef GD_LANG_TRACE_H
#define GD_LANG_TRACE_H

#include "lang/tensors/domain.h"
#include "lang/machine/kind.h"

typedef enum BindingKind {
  BINDING_TENSOR,  /* a tensor with elements, held */
  BINDING_PARAM,   /* the storage of a param, held */
  BINDING_NUMBER   /* a number that changes from run to run: the storage is here */
} BindingKind;

typedef struct Binding {
  BindingKind kind;
  Tensor tensor;        /* TENSOR, NUMBER (rank 0, f64): held */
  ParamObject *param;   /* PARAM: held */
  NodeId node;
  bool constant;        /* of a TENSOR: it stays what it is as long as the trace lives */
} Binding;

/* A buffer assigned in a recording: from there on it has this value there; its storage keeps the old one. */
typedef struct Staged {
  ParamObject *param;   /* held */
  NodeId node;          /* of the storage's type */
} Staged;

typedef struct Trace {
  Vm *vm;
  uint64_t site;           /* what opened it: a closed trace is used again there, where it is likely to be the same */
  Graph graph;
  uint32_t serial;         /* of this recording; TensorObject.trace */
  bool abstract;           /* gd check */
  bool hollow;             /* a metric of the epoch is recorded: a decision cannot be taken (measure.c) … */
  NodeId asked;            /* … and this is what it would be taken from */
  struct Replay *replay;   /* such a metric is worked out over the rows of an epoch, or NULL */
  bool decided;            /* a value was looked at, or something outside was changed: holds for this step only */
  Binding *bindings;       /* owned */
  int binding_count, binding_capacity;
  Lookup constants;        /* the tensors among the first `looked_up` bindings */
  int looked_up;
  Values values;           /* worked out on demand */
  TensorObject **made;     /* every traced tensor made, held until the trace closes; owned */
  int made_count, made_capacity;
  Value *hooks;            /* custom gradients: closures held, by CUSTOM's attribute; owned */
  int hook_count, hook_capacity;
  NodeId key;              /* the key of random draws, or 0: draws are made at once and counted by the vm */
  int64_t place;           /* of the next draw under that key */
  bool drew;               /* something was drawn under it */
  Staged *staged;          /* buffers assigned in this trace; owned */
  int staged_count, staged_capacity;
  struct Trace *outer;     /* vm->trace of before */
} Trace;

/* What a recording over the rows of an epoch may look at. */
typedef struct Replay {
  void (*ready)(struct Replay *replay, Trace *trace, NodeId asked); /* before a value is worked out: sets those that were kept */
  Tensor (*fetch)(struct Replay *replay, int64_t number); /* the elements of an INPUT that has none: of a column, or nothing */
  bool steady;             /* params are what they were when the rows were met */
  NodeId missing;          /* an INPUT that was needed and is not there, or 0 */
} Replay;

enum { SPARE_TRACES = 16 };

typedef struct Tracer {
  Trace eager;
  PlanCache *plans;        /* of update, grad and their kin */
  uint32_t serial;         /* the last given */
  Trace *abstract;         /* gd check's one trace, or NULL */
  Trace *spares[SPARE_TRACES]; /* closed, the last one first: their memory, and what their graphs remember, is used again */
} Tracer;

extern const VmPart TRACER_PART;

/* The place that nodes made now are to carry: inside the standard library, the call in the script that led there, so that a fault or a
 * NaN found later is told where its author can mend it. */
Span trace_span(const Vm *vm, Span span);

/* The trace for what is worked out at once; its floats are those of precision() now. */
static inline Trace *trace_eager(Vm *vm) {
  vm->tracer->eager.graph.real = vm->real;
  return &vm->tracer->eager;
}

/* A recording begins, for what stands at `site` and, if not NULL, the function that it calls: vm->trace is the new one until trace_close.
 * Returns a new one.  A raise in between leaves it to vm_protect, which unwinds. */
Trace *trace_open(Vm *vm, Span site, const AstFunction *function);
void trace_close(Vm *vm, Trace *trace);               /* takes; works out what outlives it */
void trace_detach(Vm *vm, Trace *trace);              /* the recording ends but the trace, its graph and bindings, is kept */
void trace_drop(Vm *vm, Trace *trace);                /* takes a detached trace */
void trace_unwind(Vm *vm, Trace *keep);               /* closes recordings until vm->trace is `keep` */

/* A value as a node of a trace; raises when it is not a tensor, number or bool. */
NodeId trace_operand(Trace *trace, Value value, Span span);
Value trace_result(Trace *trace, NodeId node);        /* returns a new traced tensor (or, for an eager trace, worked out) */
NodeId trace_number(Trace *trace, double value, int *binding); /* a number that changes between runs: its INPUT */
NodeId trace_tensor_input(Trace *trace, const Tensor *tensor, int *binding);   /* a tensor that changes between runs (a minibatch) */
NodeId trace_abstract(Trace *trace, const Type *type);  /* gd check: an INPUT that nobody will ever work out */
Value trace_placeholder(Vm *vm, Dtype dtype, const Shape *shape, Span span); /* gd check: a tensor without elements, made at `span` */
NodeId trace_param(Trace *trace, ParamObject *param); /* the value inside its domain */
NodeId trace_raw(Trace *trace, ParamObject *param);   /* the trained storage itself, for a buffer the value of before */
/* Buffers.  What records decides what becomes of the new values: a step stores them, a validation forgets them, grad and its kin
 * assign them when they are done. */
void trace_stage(Trace *trace, ParamObject *buffer, NodeId value);
int trace_aside(Trace *trace);              /* from here on buffers have the values of before; gives what trace_again wants */
void trace_again(Trace *trace, int count);  /* forgets what was assigned since then; buffers have the values of then */
void trace_commit(Vm *vm, Trace *trace);    /* works the new values out and assigns them */
void trace_pointers(const Trace *trace, void **pointers); /* what plan_run wants, for all bindings */
void trace_limits(const Trace *trace, Limits **limits);   /* and plan_run_known */
void trace_forget(Trace *trace);  /* the eager trace, after an operation: every node and binding goes */
void trace_effect(Vm *vm);   /* something outside the trace was changed or shown: the recording holds for this step only */

/* Is the value still to be worked out: a traced tensor, or (while recording) a param? */
bool trace_pending(Vm *vm, Value value);
/* The elements of a tensor, a param, a number or a bool: a tensor to release.  Works out what is traced; in `gd check` raises unknown. */
Tensor trace_elements(Vm *vm, Value value, Span span);
/* Works one node out over one tensor, eagerly: `way` is domain_inside or domain_outside.  A tensor to release. */
Tensor trace_through(Vm *vm, const Tensor *from, Domain domain, NodeId (*way)(Maker *, NodeId, Domain));
Type trace_type(Vm *vm, Value value, Span span);      /* dtype and shape, never forcing */
NORETURN void raise_unknown(Vm *vm);                  /* gd check: it depends on numbers that are not there */
bool diag_unknown(const Diag *diag);
NORETURN void raise_ended(Vm *vm);                    /* gd check: the program ends here, by `error` or `exit` */
bool diag_ended(const Diag *diag);

#endif
