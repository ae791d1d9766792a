/* trace.h — a recording: a graph under construction and what its INPUTs stand for.
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
 * Traced tensors that outlive their trace are computed when it closes.  trace_value.h has the ways
 * from values to nodes and back, trace_param.h what a param is in a recording.
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
  /* `train … on row in data`, where the data has one part: the minibatch (or 0), its name, and
   * where a number first took one of its rows, which may be meant for a part */
  NodeId minibatch;
  const char *minibatch_name;
  Span row_taken;
  /* nodes that stand for one row inside `vmap`: a value that depends on one cannot be read; owned
   */
  NodeId *stand_ins;
  int stand_in_count, stand_in_capacity;
  /* TensorObject.probable by node, of the first bounds_count, found when asked; owned */
  float *bounds;
  uint32_t bounds_count, bounds_capacity;
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
/* That of an operation: what is recorded, if an operand is not computed yet. */
static inline Trace *trace_for(Vm *vm, bool pending) {
  return pending && vm->trace ? vm->trace : trace_eager(vm);
}

/* ---- beginning and end ---- */

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
void trace_clear(Trace *trace); /* every node and binding */
/* The operation of trace_for is done, its result taken: the eager trace is cleared. */
static inline void trace_done(Trace *trace) {
  if (trace == trace_eager(trace->vm)) trace_clear(trace);
}

/* ---- bindings ---- */

/* An INPUT of this type for what the binding holds; takes it.  number: gets its place in
 * Trace.bindings, or is NULL. */
NodeId trace_bind(Trace *trace, Binding binding, const Type *type, int *number);
/* of an INPUT */
static inline Binding *trace_binding(Trace *trace, NodeId node) {
  return &trace->bindings[graph_node(&trace->graph, node)->attrs[0]];
}
/* a tensor that changes between runs (a minibatch) */
NodeId trace_tensor_input(Trace *trace, const Tensor *tensor, int *binding);
/* a tensor with elements that stay the same: one INPUT, however often it is used */
NodeId trace_constant(Trace *trace, const TensorObject *object);
/* a number that changes between runs: its INPUT */
NodeId trace_number(Trace *trace, double value, int *binding);
/* gd check: an INPUT that is never computed */
NodeId trace_abstract(Trace *trace, const Type *type);
/* keeps a gradient of the script's own (retains it); returns its number, for CUSTOM */
int64_t trace_custom_gradient(Trace *trace, Value gradient);
/* the arguments of plan_run and plan_run_known, for all bindings; limits may be NULL */
void trace_pointers(const Trace *trace, void **pointers, Limits **limits);

/* ---- rows of vmap ---- */

/* A node that stands for one row of what `vmap` maps over, until trace_rows_end. */
NodeId trace_row_placeholder(Trace *trace, const Type *type);
/* `vmap` ends: drops all but the first `count` stand-ins.  Tensors made after the first `made` ones
 * of the recording that depend on them and are still referred to lose their value. */
void trace_rows_end(Trace *trace, int count, int made);
/* Is it one row of what `vmap` maps over, or computed from one?  It has no elements. */
bool trace_is_row(const Vm *vm, const TensorObject *object);
bool trace_node_is_row(const Trace *trace, NodeId node);

/* ---- decisions ---- */

/* something outside the trace was changed or printed: the recording is valid for this step only */
void trace_effect(Vm *vm);
/* The script reads the value of a node, so the recording is valid for this step only, as after
 * trace_effect.  Raises where there is none to read: in a row of vmap, in a metric of the epoch
 * (which is told the node, Trace.asked). */
void trace_ask(Trace *trace, NodeId node, Span span);
/* The value of a node, of the trace; raises the error of a kernel. */
const Tensor *trace_compute(Trace *trace, NodeId node);
/* of a tensor or param (`what`) whose recording has ended without computing it */
NORETURN void raise_ended_step(Vm *vm, Span span, const char *what);

/* ---- gd check ---- */

/* the value depends on numbers not known before running */
NORETURN void raise_unknown(Vm *vm);
/* gd check: a text or list that grows beyond this is unknown, so that it costs no more than that */
enum { CHECKED_TEXT = 1 << 20, CHECKED_ITEMS = 100000 };
static inline void check_bounded(Vm *vm, size_t size, size_t most) {
  if (UNLIKELY(vm->checking) && size > most) raise_unknown(vm);
}
bool diag_unknown(const Diag *diag);
/* the program ends here, by `error` or `exit` */
NORETURN void raise_ended(Vm *vm);
bool diag_ended(const Diag *diag);

/* ---- places reported once, however often a loop runs them ---- */

bool trace_was_reported(const Vm *vm, Span span);
/* Marks it as reported; true the first time. */
bool trace_mark_reported(Vm *vm, Span span);
/* A new line at a prompt, whose text may have the number of one that is gone. */
void trace_forget_reports(Vm *vm);

#endif
