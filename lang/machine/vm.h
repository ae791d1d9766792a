/* vm.h — the machine that runs a program: its memory, its limits, the one way out of an error.
 *
 * Errors leave by `raise`, a longjmp to the nearest `vm_protect`; counts that such a leap skips are
 * not lost: every object hangs in the Vm's list, and `vm_sweep`, run between top-level statements when
 * there is reason to, marks from the globals and frees what nothing reaches (cycles of closures too; those alone are also looked for within a
 * long statement, by vm_collect).  So code between two raises needs no clean-up, but must not hold malloc'ed memory or an open file across
 * a call that may raise.
 */
#ifndef GD_LANG_VM_H
#define GD_LANG_VM_H

#include "lang/machine/value.h"

#include <setjmp.h>

#if defined(GD_HARSH)
enum { CALLS_MOST = 1000 };
#else
enum { CALLS_MOST = 20000 };  /* calls under way; documented in language terms by the error itself */
#endif

/* Bits of Options.dump. */
enum { DUMP_TOKENS = 1, DUMP_AST = 2, DUMP_NAMES = 4, DUMP_GRAPH = 8, DUMP_GRAD = 16, DUMP_PLAN = 32, DUMP_MEMORY = 64, DUMP_TIME = 128 }; /* in the order of read_dump (command.c) */

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
  const struct ModelObject *model;
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
  void (*hear_model)(Vm *vm, const struct ModelObject *model, Value result); /* NULL, or told of every call of a model: summary(net, x) */
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

#endif
