/* vm.h — the machine that runs a program: its memory, its limits, and how errors unwind.
 *
 * `raise` is a longjmp to the nearest `vm_protect`, which releases what the value stack owns above
 * it.  A script may catch a million errors in one statement, so what a function in C owns across a
 * call that may raise it pushes there (stack_push).  What it forgets is lost only until the next
 * top-level statement: every object is in the Vm's ring, and `vm_sweep`, run between those when
 * due, marks from the globals and frees what is not reached.  That includes cycles of closures,
 * which vm_collect also finds within a long statement.  Memory that is not an object is held
 * across a call that may raise only as a Held, which the raise frees; an open file never is.
 */
#ifndef GD_LANG_VM_H
#define GD_LANG_VM_H

#include "lang/machine/object.h"

#include <setjmp.h>

#if defined(GD_HARSH)
enum { CALLS_MOST = 1000 };
#else
enum { CALLS_MOST = 20000 }; /* nested calls; the error explains the limit */
#endif

/* Bits of Options.dump. */
/* in the order of read_dump (command.c) */
enum {
  DUMP_TOKENS = 1,
  DUMP_AST = 2,
  DUMP_NAMES = 4,
  DUMP_GRAPH = 8,
  DUMP_GRAD = 16,
  DUMP_PLAN = 32,
  DUMP_MEMORY = 64,
  DUMP_TIME = 128
};

/* Free list of objects of one size (heap.c). */
typedef struct Spares {
  Object *first; /* linked by `next`; owned */
  int count;
} Spares;
enum { SPARE_UNIT = 16, SPARE_SIZES = 16 };

typedef struct Frame {
  Value *slots;
  ClosureObject *closure; /* borrowed; NULL at a module's top level */
  ModuleObject *module;   /* borrowed */
  struct Frame *outer;    /* the caller's frame, or NULL: for messages */
  const Span *call;       /* the call that made this frame, or NULL */
} Frame;

typedef struct Options {
  int threads;
  bool seed_given;
  uint64_t seed;
  double max_steps, max_seconds, max_memory; /* 0: none */
  const char *root;                          /* or NULL */
  int workers;                               /* processes; 0: not given */
  double peer_seconds;                       /* timeout for a process that sends nothing; 0: 60 */
  bool force, json, quiet_progress;
  bool cost;         /* gd check: estimates what each training takes */
  bool strict;       /* gd check: warns of more */
  uint32_t until;    /* the script ends after the statement of this line; 0: at its end */
  int color;         /* 0 never, 1 always, 2 auto; of what goes to standard error */
  bool color_output; /* of what goes to standard output */
  unsigned dump;     /* DUMP_ bits */
  int arg_count;
  char **args; /* the script's */
} Options;

/* Memory that is not an object, held across calls that may raise: its holder frees it with vm_drop,
 * or the raise that skips the holder.  First member of what is held. */
typedef struct Held {
  struct Held *below;
  void (*free_whole)(struct Held *held);
} Held;

typedef struct Guard { /* what vm_protect saves and restores */
  jmp_buf place;
  struct Guard *outer;
  Value *top;
  Frame *frame;
  int depth;
  struct Trace *trace;
  struct Training *run;
  struct StateQuery *state_query;
  struct Calling *calling;
  Held *held;
  bool training, inferring;
  Diag *diag;
} Guard;

/* What hears of a model call after it: the arguments and the result are borrowed. */
typedef void ModelHeard(Vm *vm, const struct ModelObject *model, const Value *args, int count,
                        Value result);

/* A model call in progress: a list on the C stack, from vm->calling outwards. */
typedef struct Calling {
  const struct ModelObject *model;
  const Frame *frame; /* the calling frame */
  struct Calling *outer;
} Calling;

struct Vm {
  const struct Registry *registry; /* the function tables of the rooms above (kind.h) */
  Names *names;
  struct Sources *sources;
  Options options;
  Files files;                /* which files the program may use, and how much it may unpack */
  Value *stack, *top, *limit; /* one fixed range of addresses; frames are cut from it */
  Frame *frame;               /* the innermost */
  struct Calling *calling;    /* the innermost model call (trail.h) */
  int depth;                  /* nested calls */
  char *stack_low;            /* the C stack must not grow below this address */
  Value returned;             /* the value of a `return` that is unwinding */
  Guard *guard;               /* the nearest vm_protect */
  Held *held;                 /* the last taken */
  Object objects;             /* head of the ring of all objects */
  /* objects whose count reached zero, to be freed one by one (linked by `next`) */
  Object *doomed;
  bool freeing;                   /* that list is being freed */
  Spares spares[SPARE_SIZES];     /* by Object.size_class */
  struct Gray *gray;              /* used by vm_sweep: objects whose parts are not marked yet */
  bool stack_from_heap;           /* `stack` is malloc's, not mmap's */
  int64_t object_count, sweep_at; /* number of objects; the number at which the next sweep is due */
  int64_t uncounted;              /* bytes not yet counted against the memory budget */
  /* the construct being run: the place of errors that have none of their own (memory) */
  Span current_span;
  /* the state of LANGUAGE.md sections 2 and 11 */
  Dtype real; /* precision() */
  uint64_t seed;
  uint64_t draws;
  bool training;             /* in a training step: the value of `training`, … */
  bool inferring;            /* … unless inference(f) runs f: then it is false */
  bool checking;             /* `gd check`: types only, nothing runs */
  struct Trace *trace;       /* NULL outside a traced region (trace.h) */
  struct Tracer *tracer;     /* owned by trace.c: the eager graph, the plan cache */
  Value *standard_values;    /* by the slot of PLACE_STANDARD; KIND_UNSET until first used */
  struct Standard *standard; /* owned by standard.c: the standard names used so far */
  struct Modules *modules;   /* owned by module.c */
  struct Checker *checker;   /* owned by check.c */
  struct Training *run;      /* the train in progress (optimizers/draws.h), or NULL */
  Span froze; /* the last `freeze(…)` or `unfreeze(…)`, for the block of a train */
  /* declaration.h: the context of an optimizer's body; NULL outside bodies */
  struct StateQuery *state_query;
  /* callback after every model call, or NULL: summary(net, x) */
  ModelHeard *on_model_call;
  struct Summary *summary;  /* context of that callback */
  struct Recorded *outputs; /* the same, of measure.c */
  /* assignments so far to variables outside the running function: a recording compares it to see
   * whether it made any (trace_effect) */
  uint64_t effects;
  /* what recorded steps of the running trainings may read (read_set.h); owned */
  struct ReadSet *read_set;
  struct Reach *reach; /* context of a visit by reach.c */
  /* loop rounds, calls and updates up to the last refill of `fuel`, for --max-steps */
  double steps_taken;
  int64_t fuel;             /* rounds and calls until vm_poll checks the limits again */
  int64_t fuel_given;       /* the last refill */
  const char *word_forward; /* "forward", interned */
  double started;           /* seconds on the monotonic clock, for --max-time */
  int64_t tests_run, tests_failed;
  int64_t tests_untrained; /* trainings that no test needed */
  int findings, trainings; /* of `health:` and gd doctor: verdicts, watched trainings */
  struct Clinic *clinic;   /* of gd doctor (health/health_tell.h), or NULL; borrowed */
  bool testing;            /* `gd test`: run TEST blocks */
  int exit_status;         /* 130 after an interrupted train, else 0 */
  bool exited;             /* exit(n) was called */
  /* callback for warnings, and for errors of `gd check` */
  void (*on_diag)(void *context, const Diag *diag);
  void *on_diag_context;
};

/* Set by signal handlers.  The lower two bits are the request, the next ones say that the time is
 * up and that a mapped file was truncated. */
enum {
  SIGNAL_ASKED = 1 /* SIGINT */,
  SIGNAL_INSISTED = 2 /* a second */,
  SIGNAL_ENDS = 3 /* SIGTERM, SIGHUP */,
  SIGNAL_LATE = 4 /* --max-time */,
  SIGNAL_LOST = 8 /* SIGBUS: a mapped file was truncated (runtime/io/mapped.h) */
};
extern volatile int vm_signal;
static inline int vm_asked(void) { return vm_signal & 3; }

/* returns a new one; borrows the registry */
Vm *vm_new(const Options *options, const struct Registry *registry);
/* raises the soft limit of the main stack; returns the lowest address for C code, with a margin */
char *vm_stack_low(void);
void vm_free(Vm *vm);
/* frees what the globals do not reach; only between top-level statements */
void vm_sweep(Vm *vm);
void vm_collect(Vm *vm); /* frees unreferenced cycles; anywhere between two steps */
/* during a sweep: marks a value held by C code (optimizer_mark) */
void vm_mark(Vm *vm, Value value);

NORETURN void vm_too_deep(Vm *vm, Span span);
static inline void stack_check(Vm *vm, Span span) {
  char here;
  if (UNLIKELY(&here < vm->stack_low)) vm_too_deep(vm, span);
}
/* ---- the value stack ----
 * It owns its values: an error releases those that lie above its guard.  So what a function in C
 * owns across a call that may raise it pushes; what is moved out of a slot leaves KIND_UNSET there,
 * or the top is reset before anything can raise.  Slots that are not owned (borrowed arguments,
 * spans) lie behind a header that says how many they are: KIND_FLOW, which is no value of a slot.
 */
static inline Value *stack_room(Vm *vm, size_t count) { /* not taken yet */
  if (UNLIKELY((size_t)(vm->limit - vm->top) < count)) vm_too_deep(vm, vm->current_span);
  return vm->top;
}
/* Takes slots, cleared.  To return them, reset vm->top. */
static inline Value *stack_take(Vm *vm, uint32_t count) {
  Value *values = stack_room(vm, count);
  for (uint32_t i = 0; i < count; i++) values[i] = (Value){0};
  vm->top = values + count;
  return values;
}
/* The same for what is not owned; not cleared. */
static inline void *stack_take_raw(Vm *vm, size_t bytes) {
  size_t count = (bytes + sizeof(Value) - 1) / sizeof(Value);
  Value *header = stack_room(vm, count + 1);
  *header = (Value){.kind = KIND_FLOW, .truth = (int64_t)count};
  vm->top = header + 1 + count;
  return header + 1;
}
/* Takes the value; returns its slot. */
static inline Value *stack_push(Vm *vm, Value value) {
  Value *slot = stack_room(vm, 1);
  *slot = value;
  vm->top = slot + 1;
  return slot;
}
/* Returns the slots from `from` on, and releases what they own. */
void stack_drop(Vm *vm, Value *from);

/* ---- errors ---- */
NORETURN void raise_diag(Vm *vm, const Diag *diag);
/* status 1 */
NORETURN void raise_at(Vm *vm, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
NORETURN void raise_help(Vm *vm, Span span, const char *help, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Is anybody told of warnings?  Not by gd doctor, which has its own words, nor by a process that is
 * not the first. */
static inline bool vm_warns(const Vm *vm) { return vm->on_diag && !vm->options.quiet_progress; }
/* as a warning */
static inline void vm_warn(Vm *vm, Diag *diag) {
  diag->warning = true;
  vm->on_diag(vm->on_diag_context, diag);
}
/* Runs body(vm, context).  True when it returned; false when it raised, with diag filled in.  A
 * script's exit(n) raises a Diag with status n and an empty message. */
bool vm_protect(Vm *vm, void (*body)(Vm *vm, void *context), void *context, Diag *diag);

void vm_hold(Vm *vm, Held *held); /* takes it */
void vm_drop(Vm *vm, Held *held); /* frees it; in any order */

/* raises on a signal or an exceeded limit (--max-steps, --max-time); inside a train both wait for
 * the end of its step */
void vm_poll(Vm *vm);
const char *vm_limit(const Vm *vm); /* "time" or "steps" when that limit is exceeded, else NULL */
NORETURN void vm_stop_at_limit(Vm *vm, Span span);
/* at every loop round and call; a message points at `at` */
static inline void vm_step(Vm *vm, const Span *at) {
  if (LIKELY(!(vm_signal | (--vm->fuel < 0)))) return;
  vm->current_span = *at;
  vm_poll(vm);
}
/* For C loops over many items or bytes: raises, as vm_poll does, on a signal or when the time is
 * up, but counts no step.  Code that makes objects, pushes items or compares values polls already.
 * Code that holds memory which a longjmp would leak leaves its loop on vm_stops, frees, then calls
 * vm_poll_signals. */
NORETURN void vm_stop(Vm *vm);
/* Raises, also within a training, when a mapped file was truncated.  Call it before storing results
 * of that data. */
static inline void vm_poll_files(Vm *vm) {
  if (UNLIKELY(vm_signal & SIGNAL_LOST)) vm_stop(vm);
}
bool vm_stops_now(const Vm *vm);
static inline bool vm_stops(const Vm *vm) { return UNLIKELY(vm_signal) && vm_stops_now(vm); }
static inline void vm_poll_signals(Vm *vm) {
  if (vm_stops(vm)) vm_stop(vm);
}
enum { POLL_BYTES = 4 << 20 }; /* bytes to copy or scan between two polls */

#endif
