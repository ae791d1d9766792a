/* value.h — what a variable of the language holds, and the machine that runs a program.
 *
 * A Value is 16 bytes, passed in registers: a kind and a number, a bool or an object.  Objects are counted.  Ownership in one
 * sentence: what a function returns is the caller's to release, what it is given is borrowed, and a word *takes* in a
 * comment marks the exceptions.
 *
 * Errors leave by `raise`, a longjmp to the nearest `vm_protect`; counts that such a leap skips are
 * not lost: every object hangs in the Vm's list, and `vm_sweep`, run between top-level statements when
 * there is reason to, marks from the globals and frees what nothing reaches (cycles of closures too; those alone are also looked for within a
 * long statement, by vm_collect).  So code
 * between two raises needs no clean-up, but must not hold malloc'ed memory or an open file across a call that may raise.
 *
 * Tensors, tuples, lists and strings are values: an object that several names share is copied before it is
 * changed (`refs == 1` means it may be changed in place).  Params, models, optimizers, closures are shared.
 *
 * A tensor of the script is a TensorObject: it has elements (`tensor.buffer`), or stands for a node of the graph that is
 * being traced (`node`), and then only its type is known until trace.c is asked for its value.
 */
#ifndef GD_LANG_VALUE_H
#define GD_LANG_VALUE_H

#include "lang/ast.h"

#include <setjmp.h>

typedef enum Kind {
  KIND_UNSET,     /* no value yet; an argument that was left out */
  KIND_NONE,
  KIND_BOOL,
  KIND_NUMBER,
  KIND_FLOW,      /* inside eval.c only: break, continue or return is on its way out */
  KIND_UNKNOWN,   /* `gd check` only: a value that depends on numbers not there */
  /* objects from here on */
  KIND_STRING,
  KIND_TENSOR,
  KIND_PARAM,     /* a trained tensor, or a model's buffer */
  KIND_TUPLE,
  KIND_LIST,
  KIND_RANGE,
  KIND_CLOSURE,   /* a function, loss, model or optimizer declared in the language (function->kind) */
  KIND_NATIVE,    /* a standard function in C, or a row of the table */
  KIND_MODEL,     /* made by calling a model */
  KIND_OPTIMIZER, /* made by calling an optimizer */
  KIND_DATASET,
  KIND_BATCHES,   /* what batches(d, n) gives */
  KIND_MODULE,
  KIND_CELL,      /* a variable that a closure shares */
  KIND_COUNT
} Kind;

typedef struct Object {
  uint32_t refs;
  uint8_t kind;            /* a Kind */
  uint8_t mark;            /* vm_sweep's */
  uint8_t flags;
  uint8_t room;            /* its memory in units of SPARE_UNIT bytes, when it may wait for the next object of that size; else 0 */
  struct Object *next, *previous; /* the Vm's list of all objects */
} Object;

typedef struct Value {
  uint32_t kind;
  uint32_t detail;         /* KIND_FLOW: which */
  union {
    double number;
    int64_t truth;         /* KIND_BOOL: 0 or 1 */
    Object *object;
    struct StringObject *string;
    struct TensorObject *tensor;
    struct ParamObject *param;
    struct TupleObject *tuple;
    struct ListObject *list;
    struct RangeObject *range;
    struct ClosureObject *closure;
    struct NativeObject *native;
    struct ModelObject *model;
    struct OptimizerObject *optimizer;
    struct DatasetObject *dataset;
    struct ModuleObject *module;
    struct CellObject *cell;
  };
} Value;

typedef struct Vm Vm;

/* Memory of objects of one size that were freed, kept for the next ones (value.c). */
typedef struct Spares {
  Object *first;           /* linked by `next`; owned */
  int count;
} Spares;
enum { SPARE_UNIT = 16, SPARE_SIZES = 16 };

typedef struct StringObject {
  Object head;
  size_t length;           /* bytes */
  char *data;              /* UTF-8, with a final NUL; owned */
  size_t capacity;         /* bytes at `data`, with the NUL: a string that only one name holds grows in place */
  int64_t points;          /* code points, -1 while nobody asked */
  size_t *marks;           /* of a string that is not ASCII: where each 64th code point begins, as far as somebody asked; owned */
  int64_t mark_count, mark_capacity;
} StringObject;

typedef struct TensorObject {
  Object head;
  Tensor tensor;           /* buffer NULL: the type only */
  NodeId node;             /* in the graph of trace number `trace`, when it has no elements */
  uint32_t trace;
  Span made;               /* the expression that made it; file 0: not known */
  bool weak;               /* the node is a number of the script (gradient of a number, a scheduled rate) */
} TensorObject;

typedef enum Domain { DOMAIN_REAL, DOMAIN_POSITIVE, DOMAIN_UNIT, DOMAIN_SIMPLEX } Domain;

typedef struct ParamObject {
  Object head;
  Tensor value;            /* the trained (unconstrained) storage; its buffer is written in place by training */
  const char *name;        /* interned; the declared name, or NULL */
  Span span;               /* where it was made */
  uint8_t domain;          /* a Domain */
  bool frozen;
  bool buffer;             /* kept and saved, not trained */
  NodeId node;             /* its INPUT in trace number `trace` */
  uint32_t trace;
  int staged;              /* which of the buffers assigned in trace number `staging` … */
  uint32_t staging;        /* … 0: none */
} ParamObject;

typedef struct TupleObject {
  Object head;
  int count;
  int through;             /* 1 + the item that numbers ask, as a chain's number its parts: of its gradient both g.parts.0 and g.0; 0: the items themselves */
  void (*show)(const struct TupleObject *tuple, Text *text); /* as one line of its own kind (what `train` gave); NULL: as a tuple */
  const char **names;      /* NULL, or an interned name or NULL for each; owned array */
  Value items[];           /* held */
} TupleObject;
/* What an index of the tuple counts. */
static inline const TupleObject *tuple_counted(const TupleObject *tuple) { return tuple->through ? tuple->items[tuple->through - 1].tuple : tuple; }

typedef struct ListObject {
  Object head;
  int64_t count, capacity;
  Value *items;            /* held; owned array */
} ListObject;

typedef struct RangeObject {
  Object head;
  double first, last, step; /* both ends included; step > 0 or < 0 */
} RangeObject;

typedef struct CellObject {
  Object head;
  Value value;
} CellObject;

typedef struct ModuleObject {
  Object head;
  const char *name;        /* "blocks" */
  Ast *body;
  struct Scope *scope;     /* names of its top level, scope.c's */
  Value *globals;          /* held; by slot; owned array */
  int global_count, global_capacity;
} ModuleObject;

typedef struct ClosureObject {
  Object head;
  AstFunction *function;
  ModuleObject *module;    /* held */
  int cell_count;
  CellObject *cells[];     /* held; by capture */
} ClosureObject;

/* An argument of a call, with its place for messages. */
typedef struct Site {
  Span span;               /* the whole call */
  Span callee;             /* what is called */
  const Span *args;        /* a span for each bound argument; NULL when not known */
  struct NativeObject *self; /* the native called, for one that was made (grad(f)); NULL otherwise */
  const char *const *names;  /* for a native whose signature is NULL: the names of the arguments as they were written, NULL for positional */
  bool exact;                /* the numbers among the arguments are to keep their value: in f64 (scope.h, EXACT) */
} Site;

/* A native gets its arguments bound to its signature, KIND_UNSET where one was left out (a rest argument is a list). */
typedef Value NativeFunction(Vm *vm, const Site *site, Value *args, int count);

typedef struct Native {
  const char *name;
  const char *signature;   /* NULL: takes whatever is written, unbound, with site->names (grad(f)(x, w: 2)); else "csv(path, target: none, header: true, missing: \"error\")": after `:` by name only, after `=` either way */
  NativeFunction *function;
  bool ends;               /* it ends the program: `gd check` runs it though its arguments are not known */
  const char *sentence;    /* what it does: documentation */
  const char *example;     /* runnable, or "" */
  const char *prints;
} Native;

struct Signature; /* call.h: a native's or row's parameters */
typedef struct NativeObject {
  Object head;
  const struct Signature *signature; /* NULL until the first call */
  const Native *native;    /* or NULL */
  const Row *row;          /* or NULL: a row of the table, built by operation.c */
  Value extra[2];          /* held: what a made native remembers (grad(f) keeps f and its wrt) */
} NativeObject;

/* What a model's or optimizer's body declares, in order (AstFunction.members). */
typedef enum MemberKind { MEMBER_ARGUMENT, MEMBER_PARAM, MEMBER_BUFFER, MEMBER_LET, MEMBER_FN, MEMBER_STATE, MEMBER_T, MEMBER_TARGET } MemberKind;
typedef struct Member {
  const char *name;        /* interned */
  MemberKind kind;         /* MEMBER_T: the step number `t`, MEMBER_TARGET: the name of step's first parameter, for `state slow = p`; both implicit in an optimizer */
  int32_t slot;            /* of the body's frame; always a cell */
  Span span;
} Member;

/* A statement of an optimizer's body that says what hyperparameters may be, or a `let` that such a one needs (rules.c). */
typedef struct Rule {
  const Ast *statement;
  uint64_t reads;          /* the parameters it depends on: rule_bit of each */
  bool asks;               /* false: the `let` */
} Rule;
uint64_t rule_bit(int parameter);
void rules_find(ClosureObject *optimizer); /* of a declaration, once; into its module's arena */

typedef struct ModelObject {
  Object head;
  Span made;               /* the call in the script that made it, or led the library to */
  ClosureObject *made_by;  /* held */
  int count;               /* made_by->function->member_count */
  CellObject *cells[];     /* held; by member */
} ModelObject;

typedef struct OptimizerObject {
  Object head;
  ClosureObject *made_by;  /* held */
  Span span;               /* where it was made */
  int64_t steps;           /* made so far: t - 1 */
  struct OptimizerMemory *memory; /* states by target: optimizer.c; owned */
  int count;               /* of arguments */
  Value arguments[];       /* held: hyperparameters by parameter */
} OptimizerObject;

typedef struct DatasetObject {
  Object head;
  int count;               /* columns: 2 for (x, y) */
  const char *fields[8];   /* interned: "x", "y" */
  Value columns[8];        /* held: tensors with the same first axis */
  Value names;             /* held: a list of strings, or none */
  Value classes;           /* held: a tuple of lists by column name, or none */
  const char *source;      /* interned: the file it came from, or NULL */
  Value lines;             /* held: the line of each row there, a tensor i32, or none */
  int64_t batch;           /* KIND_BATCHES: rows a batch, else 0 */
} DatasetObject;

/* ---- making and holding ---- */
static inline bool value_object(Value v) { return v.kind >= KIND_STRING; }
static inline Value value_none(void) { return (Value){.kind = KIND_NONE}; }
static inline Value value_number(double x) { return (Value){.kind = KIND_NUMBER, .number = x}; }
static inline Value value_bool(bool b) { return (Value){.kind = KIND_BOOL, .truth = b}; }
static inline Value value_of(Kind kind, void *object) { return (Value){.kind = kind, .object = (Object *)object}; }
static inline Value value_retain(Value v) {
  if (value_object(v)) v.object->refs++;
  return v;
}
void object_free(Vm *vm, Object *object);  /* the last holder let go */
void objects_forget_spares(Vm *vm);        /* frees the memory kept for new objects */
static inline void value_release(Vm *vm, Value v) {
  if (value_object(v) && --v.object->refs == 0) object_free(vm, v.object);
}

enum { OBJECT_DOOMED = 0x80 };                                         /* in Object.flags: it is being freed */
void object_each_part(Vm *vm, Object *object, void (*visit)(Vm *vm, Value value)); /* every object that it holds */
void visit_values(Vm *vm, const Value *values, int64_t count, void (*visit)(Vm *vm, Value value)); /* those that are objects */
void visit_cells(Vm *vm, CellObject *const *cells, int count, void (*visit)(Vm *vm, Value value)); /* NULLs are passed over */
void objects_discard(Vm *vm, Object **objects, size_t count);           /* frees exactly these, whoever holds them (vm.c) */
double range_count(const RangeObject *range);                          /* values in it, whole */
double range_at(const RangeObject *range, double index);

static inline bool value_is_tensor(Value v) { return v.kind == KIND_TENSOR || v.kind == KIND_PARAM; }
bool value_unknown(const Vm *vm, Value v);                             /* gd check: does it depend on numbers that are not there? */
void *object_new(Vm *vm, Kind kind, size_t bytes);                     /* returns a new one, cleared, refs 1 */
Value value_string(Vm *vm, const char *text, size_t length);            /* returns a new one */
Value value_tuple(Vm *vm, int count);                                   /* returns a new one, items none */
Value value_list(Vm *vm, int64_t capacity);                             /* returns a new one, empty */
void list_push(Vm *vm, ListObject *list, Value item);                   /* takes item; list must be the caller's own */
Value value_tensor(Vm *vm, Tensor tensor);                              /* takes the tensor */
const char *kind_name(Value v);                                          /* "a number", "a tensor f32[2, 3]"-like words for messages: kind only */
void value_show(Vm *vm, Value v, bool quoted, Text *text);              /* as print shows it; strings quoted inside tuples and lists; forces traced tensors */
void value_show_safe(Vm *vm, Value v, bool quoted, Text *text, Span span); /* the same; frees `text` before it raises */
bool value_equal(Vm *vm, const Site *site, Value a, Value b);            /* `==` of anything that is not elementwise */

/* ---- the machine ---- */
typedef struct Frame {
  Value *slots;
  ClosureObject *closure;  /* borrowed; NULL at a module's top level */
  ModuleObject *module;    /* borrowed */
  struct Frame *outer;     /* the frame that called, or NULL: for messages */
  const Span *call;        /* the call that made this frame, or NULL */
} Frame;

typedef struct Options {
  int threads;
  bool seed_given; uint64_t seed;
  double max_steps, max_seconds, max_memory; /* 0: none */
  const char *root;        /* or NULL */
  bool force, json, quiet_progress;
  int color;               /* 0 never, 1 always, 2 auto */
  unsigned dump;           /* bits, lang.h */
  int arg_count; char **args; /* the script's */
} Options;

typedef struct Guard {     /* what vm_protect saves and restores */
  jmp_buf place;
  struct Guard *outer;
  Value *top;
  Frame *frame;
  int depth;
  struct Trace *trace;
  struct TrainRun *run;
  struct Calling *calling;
  bool training;
  Diag *diag;
} Guard;

/* A call of a model under way: a link on the C stack, from vm->calling outwards. */
typedef struct Calling {
  const ModelObject *model;
  const Frame *frame;       /* that called it */
  struct Calling *outer;
} Calling;

struct Vm {
  const struct Registry *registry; /* what the rooms above do (kind.h) */
  Names *names;
  struct Sources *sources;
  Options options;
  Files files;                 /* what the program may touch, and how much it may unpack */
  Value *stack, *top, *limit;  /* one fixed stretch of address space; frames are cut from it */
  Frame *frame;                /* the newest */
  struct Calling *calling;     /* the newest call of a model (trail.h) */
  int depth;                   /* calls under way */
  char *stack_low;             /* the C stack must not grow below this address */
  Value returned;              /* what a `return` on its way out brings */
  Guard *guard;                /* the nearest vm_protect */
  Object objects;              /* head of the ring of all objects */
  Object *doomed;              /* objects whose last holder let go, waiting to be freed one by one (linked by `next`) */
  bool freeing;                /* they are being freed */
  Spares spares[SPARE_SIZES];  /* by Object.room */
  struct Gray *gray;           /* vm_sweep's: objects whose parts are still to be marked */
  bool stack_from_heap;        /* `stack` is malloc's, not mmap's */
  int64_t object_count, sweep_at; /* objects there are; as many as lead to the next sweep */
  int64_t uncounted;           /* bytes not yet told to the memory budget */
  Span at;                     /* the construct at work, for errors that know no better place (memory) */
  /* the state of section 2 and 11 */
  Dtype real;                  /* precision() */
  uint64_t seed; uint64_t draws;
  bool training;               /* the word `training` */
  bool checking;               /* `gd check`: types only, nothing runs */
  struct Trace *trace;         /* NULL outside a traced region (trace.h) */
  struct Tracer *tracer;       /* trace.h's long-lived things: the eager graph, the plan cache */
  Value *standard_values;      /* by the slot of PLACE_STANDARD; KIND_UNSET until first used */
  struct Standard *standard;   /* builtin.c's: standard names met so far */
  struct Modules *modules;     /* module.c's */
  struct Checker *checker;     /* check.h's */
  struct TrainRun *run;        /* the train under way, or NULL */
  struct StateQuery *state_query; /* optimizer.c: the target whose states a body asks for; NULL between bodies, and after a raise */
  void (*hear_model)(Vm *vm, const ModelObject *model, Value result); /* NULL, or told of every call of a model: summary(net, x) */
  struct Summary *summary;     /* hear_model's */
  struct Recorded *outputs;    /* likewise, of measure.c */
  uint64_t effects;            /* assignments to variables outside the function at work, so far: train.c sees that a block changed something */
  double steps_taken;          /* loop rounds, calls and updates until `fuel` was last given, for --max-steps */
  int64_t fuel;                /* rounds and calls until vm_poll looks at the limits again */
  int64_t fuel_given;          /* what `fuel` was at that time */
  const char *word_forward;    /* "forward", interned */
  uint64_t writes;             /* assignments to variables so far: a recorded step holds only while what it read stays (train.c) */
  double started;              /* seconds on the monotonic clock, for --max-time */
  int64_t tests_run, tests_failed;
  bool testing;                /* `gd test`: run TEST blocks */
  int exit_status;             /* 130 after an interrupted train, else 0 */
  bool exited;                 /* exit(n) was called */
  void (*hear)(void *context, const Diag *diag); void *hear_context; /* warnings, and errors of check */
};

/* Set by signal handlers.  The lower two bits say what was asked for, the bit above that the time given is up. */
enum { SIGNAL_ASKED = 1 /* SIGINT */, SIGNAL_INSISTED = 2 /* a second */, SIGNAL_ENDS = 3 /* SIGTERM, SIGHUP */, SIGNAL_LATE = 4 /* --max-time */ };
extern volatile int vm_signal;
static inline int vm_asked(void) { return vm_signal & 3; }

Vm *vm_new(const Options *options, const struct Registry *registry); /* returns a new one; borrows the registry */
char *vm_stack_low(void);             /* raises the limit of the main stack; the lowest address that C code on it should reach, with room to spare */
void vm_free(Vm *vm);
void vm_sweep(Vm *vm);                /* frees what the globals do not reach; only between top-level statements */
void vm_collect(Vm *vm);              /* frees cycles that nothing holds; anywhere between two steps */
void vm_mark(Vm *vm, Value value);    /* during a sweep: this value is reached (for what C code holds: optimizer_mark) */
void vm_count(Vm *vm, int64_t bytes); /* bytes taken (or, negative, given back) by an object; raises 71 at vm->at when the budget says no; heeds signals */
/* What the C library takes for so many bytes: a small string is mostly its keeping. */
static inline int64_t heap_bytes(size_t bytes) { return bytes <= 24 ? 32 : (int64_t)((bytes + 8 + 15) & ~(size_t)15); }
bool vm_full(const Vm *vm, int64_t bytes);            /* would vm_count of so many raise? */

NORETURN void vm_too_deep(Vm *vm, Span span);
static inline void stack_check(Vm *vm, Span span) {
  char here;
  if (UNLIKELY(&here < vm->stack_low)) vm_too_deep(vm, span);
}
/* Takes values off the value stack; not cleared.  Give them back by resetting vm->top. */
static inline Value *stack_take(Vm *vm, uint32_t count) {
  Value *values = vm->top;
  if (UNLIKELY((size_t)(vm->limit - values) < count)) vm_too_deep(vm, vm->at);
  vm->top = values + count;
  return values;
}

/* ---- errors ---- */
NORETURN void raise_diag(Vm *vm, const Diag *diag);
NORETURN void raise_at(Vm *vm, Span span, const char *format, ...) PRINTF_LIKE(3, 4);      /* status 1 */
NORETURN void raise_help(Vm *vm, Span span, const char *help, const char *format, ...) PRINTF_LIKE(4, 5);
/* Runs body(vm, context); true when it came back, false after it raised, with diag filled in.  exit(n) of a script raises a Diag with
 * status n and an empty message. */
bool vm_protect(Vm *vm, void (*body)(Vm *vm, void *context), void *context, Diag *diag);

/* ---- running (eval.c) ---- */
Value eval(Vm *vm, Frame *frame, const Ast *ast);              /* returns an owned value, never KIND_FLOW */
void eval_bind(Vm *vm, Frame *frame, const Ast *pattern, Value value); /* `let pattern = value`; borrows value */
Value vm_call(Vm *vm, const Site *site, Value callee, const Value *args, int count);   /* positional; borrows all */
Value vm_call_named(Vm *vm, const Site *site, Value callee, const Value *args, const char *const *names, int count);
/* Calls a closure and also hands out the values its parameters have at the end (owned, into finals): an optimizer's step. */
Value vm_call_finals(Vm *vm, const Site *site, ClosureObject *closure, const Value *args, int count, Value *finals);
/* Runs the body of a model or optimizer with its parameters bound (in order, all of them), giving a cell for each member, held, into
 * cells[member_count].  STATE statements ask optimizer_state() for their value; implicit members start as given. */
void vm_run_body(Vm *vm, const Site *site, ClosureObject *made_by, const Value *params, Value t, Value target, CellObject **cells);
/* Asks the rules of an optimizer that depend on a parameter in `asked` (bits; ~0: all) and on none in `hidden`, whose values are not known.
 * A rule that does not hold raises; `at` is what the library's errors are moved to. */
void vm_ask_rules(Vm *vm, const Span *at, ClosureObject *made_by, const Value *params, uint64_t asked, uint64_t hidden);
void vm_poll(Vm *vm);   /* raises on a signal or a spent limit (--max-steps, --max-time); inside a train both wait for the end of its step */
const char *vm_limit(const Vm *vm); /* "time" or "steps" when that limit is spent, else NULL */
NORETURN void vm_stop_at_limit(Vm *vm, Span span);
static inline void vm_step(Vm *vm, const Span *at) {   /* at loop rounds and calls; `at` is what a message points at */
  if (LIKELY(!(vm_signal | (--vm->fuel < 0)))) return;
  vm->at = *at;
  vm_poll(vm);
}
/* In C code that goes through many items or bytes: raises, as vm_poll does, on a signal or when the time is up.  It is no step.  Whatever makes
 * objects, pushes items or compares values does it already; code that holds what a leap would lose breaks off on vm_stops, lets go, then heeds. */
NORETURN void vm_stop(Vm *vm);
bool vm_stops_now(const Vm *vm);
static inline bool vm_stops(const Vm *vm) { return UNLIKELY(vm_signal) && vm_stops_now(vm); }
static inline void vm_heed(Vm *vm) {
  if (vm_stops(vm)) vm_stop(vm);
}
enum { HEED_BYTES = 4 << 20 }; /* as many bytes may be copied or looked at between */

/* ---- what eval.c asks of the rooms that know tensors ---- */
typedef enum SubKind { SUB_VALUE, SUB_SLICE, SUB_NEW_AXIS } SubKind;
typedef struct Sub {
  SubKind kind;
  Span span;
  Value value;               /* SUB_VALUE: a number, range, tensor or list */
  Value start, stop, step;   /* SUB_SLICE: KIND_UNSET where left out */
} Sub;
/* operation.c; operands are anything that is a tensor, a param, a number or a bool, at least one being a tensor or param */
Value operation_binary(Vm *vm, const Ast *ast, int binary_op, Value a, Value b);  /* ast gives spans of both operands and the operator */
Value operation_logic(Vm *vm, const Ast *ast, Value a, Value b, bool is_or);
Value operation_unary(Vm *vm, const Ast *ast, Value a);                            /* minus, not */
Value operation_transpose(Vm *vm, const Ast *ast, Value a);
Value operation_index(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count);
Value operation_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count, Value value); /* takes base, returns the new one */
bool operation_bracket(Vm *vm, const Ast *ast, const Value *items, int count, Value *result); /* a tensor when the items make one, else false: a list */
Value operation_row(Vm *vm, const Site *site, const Row *row, Value *args, int count);  /* a call of a row, arguments bound to its signature */
bool value_truth(Vm *vm, Span span, Value v);      /* a condition; forces rank 0; an error otherwise */
double value_as_number(Vm *vm, Span span, Value v);/* a number or rank 0; an error otherwise */
int64_t value_as_index(Vm *vm, Span span, Value v);/* a whole one */
int64_t value_rows(Vm *vm, Span span, Value v);    /* length of the first axis of a tensor or param, rows of a dataset, how many of batches(d, n) */
Value value_row(Vm *vm, Span span, Value v, int64_t index); /* tensor: index on axis 0; dataset: the row tuple; batches: the tuple of a batch */
/* model.c, optimizer.c, train.c */

#endif
