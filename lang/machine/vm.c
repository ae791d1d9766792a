/* vm.c — the machine: its memory, its limits, and how errors unwind.
 *
 * Errors.  `raise` is a longjmp to the nearest vm_protect, which restores the state of the Vm: the
 * top of the value stack, the frame, the call depth, the recording, `training`. trail.c moves the
 * place of an error inside the standard library to the call in the script.
 *
 * Depth.  Calls of the script use the C stack, a few frames each. vm_new raises the soft limit of
 * the stack as far as STACK_WANTED (the main thread's stack grows on demand, so this costs
 * nothing), and every call compares the address of its frame with `stack_low`.  So the C stack
 * never overflows: recursion ends at CALLS_MOST calls, or earlier where the system grants less
 * stack, with an error that names the call.
 *
 * Sweeping.  Reference counts free most garbage at once, and an error releases what the value stack
 * holds above its guard: slots of frames, arguments, operands, what functions in C push there.
 * Cycles of closures, and what only variables of C held when an error left them, are found by mark
 * and sweep from the globals, the stack and the modules.  It runs only
 * between top-level statements, when no C code holds a value.  Inside a statement (perhaps a loop
 * of a million rounds) vm_collect finds cycles by trial deletion: it subtracts the references that
 * objects hold to each other; an object whose count is still above zero is held from outside, by a
 * frame or by C code (D. F. Bacon, V. T. Rajan, Concurrent Cycle Collection in Reference Counted
 * Systems, 2001, in its synchronous form).  What variables of C held looks held and is left to the
 * sweep.  Both run when the number of objects has doubled, so the cost is at most two visits for
 * each object allocated.
 *
 * Limits.  Loops, calls and the updates of a training count down `fuel`; when it is spent, vm_poll
 * checks --max-steps and --max-time and refills it, so a round costs one subtraction.  The signal
 * flag, which --max-time's alarm sets too, is read every time.  For both a training ends by itself
 * after the current step; vm_poll stops only script code of a step that takes too long.
 */
#include "lang/machine/frame.h"
#include "lang/machine/heap.h"
#include "lang/machine/kind.h"
#include "lang/machine/read_set.h"
#include "lang/text/output.h"
#include "lang/text/source.h"
#include "runtime/files.h"
#include "runtime/peers/peers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#if defined(GD_HARSH)
enum { FUEL = 7, SWEEP_FIRST = 16 };
#else
enum { FUEL = 4096, SWEEP_FIRST = 10000 };
#endif
enum { STACK_WANTED = 100 << 20, STACK_SPARE = 48 << 10 };
/* slots of the value stack: 64 MiB of address space, committed as it is used */
enum { VALUES_MOST = 4 << 20 };

volatile int vm_signal;

/* ---- the C stack ---- */

/* Bytes that the stack may grow from here. */
static size_t bytes_left(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0) return 1 << 20;
  rlim_t before = limit.rlim_cur;
  if (before != RLIM_INFINITY && before < STACK_WANTED) {
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > STACK_WANTED
                         ? STACK_WANTED
                         : limit.rlim_max;
    if (setrlimit(RLIMIT_STACK, &limit) != 0) limit.rlim_cur = before;
  }
  rlim_t most = limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > STACK_WANTED ? STACK_WANTED
                                                                                 : limit.rlim_cur;
  /* argv and environ are above us */
  rlim_t arguments = before == RLIM_INFINITY || before > (8 << 20) ? 2 << 20 : before / 4;
  rlim_t room = most - most / 8;
  return (size_t)(room > arguments ? room - arguments : room / 2);
}

char *vm_stack_low(void) {
  char *top = __builtin_frame_address(0);
  size_t room = bytes_left();
  return top - (room > 2 * STACK_SPARE ? room - STACK_SPARE : room / 2);
}

void vm_too_deep(Vm *vm, Span span) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span, "calls are nested too deeply: %d are active", vm->depth);
  diag_label(&diag, "this call exceeds the limit");
  diag_help(&diag, "at most %d calls may be nested; a loop has no such limit", CALLS_MOST);
  raise_diag(vm, &diag);
}

/* ---- life ---- */

Vm *vm_new(const Options *options, const Registry *registry) {
  Vm *vm = mem_zero(sizeof *vm);
  vm->registry = registry;
  vm->options = *options;
  if (options->max_memory > 0) mem_budget((size_t)options->max_memory);
  vm->files = (Files){
      .root = options->root, .unpacked = (int64_t)options->max_memory, .silent = peers_rank() > 0};
  vm->names = names_new();
  vm->read_set = read_set_new();
  vm->sources = sources_new();
  vm->objects.next = vm->objects.previous = &vm->objects;
  vm->sweep_at = SWEEP_FIRST;
  vm->real = DTYPE_F32;
  vm->seed = options->seed_given ? options->seed : 0;
  vm->stack_low = vm_stack_low();
  vm->started = clock_seconds();
  size_t bytes = (size_t)VALUES_MOST * sizeof(Value);
  void *stack = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  while (stack == MAP_FAILED && bytes > 65536) {
    bytes /= 2; /* little address space: a smaller stack */
    stack = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                 -1, 0);
  }
  if (stack == MAP_FAILED) {
    bytes = 65536;
    stack = mem_zero(bytes); /* fails with a message */
    vm->stack_from_heap = true;
  }
  vm->stack = vm->top = stack;
  vm->limit = vm->stack + bytes / sizeof(Value);
  for (const VmPart *const *part = registry->parts; *part; part++)
    if ((*part)->open) (*part)->open(vm);
  return vm;
}

static void close_parts(Vm *vm) {
  int count = 0;
  while (vm->registry->parts[count]) count++;
  while (count-- > 0)
    if (vm->registry->parts[count]->close) vm->registry->parts[count]->close(vm);
}

static void free_everything(Vm *vm) {
  vm->freeing = true; /* releases in between free nothing: each object is freed here, once */
  close_parts(vm);
  while (vm->doomed) { /* back into the ring, so that one list has all objects */
    Object *object = vm->doomed;
    vm->doomed = object->next;
    object->previous = &vm->objects;
    object->next = vm->objects.next;
    object->next->previous = object;
    vm->objects.next = object;
  }
  size_t count = 0;
  Object **all = mem_alloc(((size_t)vm->object_count + 1) * sizeof(Object *));
  for (Object *object = vm->objects.next; object != &vm->objects; object = object->next)
    all[count++] = object;
  objects_free(vm, all, count);
  mem_free(all);
  heap_free_spares(vm);
  if (vm->uncounted < 0) mem_release((size_t)-vm->uncounted);
}

void vm_free(Vm *vm) {
  if (!vm) return;
  free_everything(vm);
  if (vm->stack_from_heap) mem_free(vm->stack);
  else munmap(vm->stack, (size_t)(vm->limit - vm->stack) * sizeof(Value));
  sources_free(vm->sources);
  names_free(vm->names);
  read_set_free(vm->read_set);
  mem_free(vm);
}

/* ---- sweeping ---- */

typedef struct Gray {
  /* owned: marked objects whose parts are not visited yet; one slot for each object */
  Object **items;
  size_t count;
} Gray;

void vm_mark(Vm *vm, Value value) {
  if (!value_object(value) || value.object->mark) return;
  value.object->mark = 1;
  vm->gray->items[vm->gray->count++] = value.object;
}

static void mark_roots(Vm *vm) {
  for (Value *at = vm->stack; at < vm->top; at++) {
    if (at->kind == KIND_FLOW) at += at->truth;
    else vm_mark(vm, *at);
  }
  vm_mark(vm, vm->returned);
  for (const VmPart *const *part = vm->registry->parts; *part; part++)
    if ((*part)->mark) (*part)->mark(vm);
}

static void mark_all(Vm *vm, Object **objects, void (*roots)(Vm *vm)) {
  Gray gray = {objects, 0};
  vm->gray = &gray;
  roots(vm);
  while (gray.count) {
    Object *object = gray.items[--gray.count];
    object_each_part(vm, object, vm_mark);
    const KindRow *row = vm->registry->kinds[object->kind];
    if (row && row->mark) row->mark(vm, object);
  }
  vm->gray = NULL;
}

static void uncount_part(Vm *vm, Value value) {
  (void)vm;
  /* an object that stays loses a reference; one that goes too is freed in its turn */
  value.object->refs--;
}

/* Frees unmarked objects, and clears the marks. */
static void free_unmarked(Vm *vm, Object **objects) {
  size_t count = 0;
  for (Object *object = vm->objects.next; object != &vm->objects; object = object->next) {
    if (object->mark) object->mark = 0;
    else objects[count++] = object;
  }
  for (size_t i = 0; i < count; i++) object_each_part(vm, objects[i], uncount_part);
  objects_free(vm, objects, count);
  if (vm->uncounted < 0) vm_count(vm, 0);
  vm->sweep_at = 2 * vm->object_count > SWEEP_FIRST ? 2 * vm->object_count : SWEEP_FIRST;
}

void vm_sweep(Vm *vm) {
  Object **objects = mem_alloc(((size_t)vm->object_count + 1) * sizeof(Object *));
  mark_all(vm, objects, mark_roots);
  free_unmarked(vm, objects);
  mem_free(objects);
}

static void count_part(Vm *vm, Value value) {
  (void)vm;
  value.object->refs++;
}

/* Marks what is held from outside objects.  Calls in progress only borrow their callee. */
static void mark_held(Vm *vm) {
  for (Object *object = vm->objects.next; object != &vm->objects; object = object->next)
    if (object->refs) vm_mark(vm, value_of((Kind)object->kind, object));
  for (const Frame *frame = vm->frame; frame; frame = frame->outer) {
    if (frame->closure) vm_mark(vm, value_of(KIND_CLOSURE, frame->closure));
    if (frame->module) vm_mark(vm, value_of(KIND_MODULE, frame->module));
  }
  for (const Calling *calling = vm->calling; calling; calling = calling->outer)
    vm_mark(vm, value_of(KIND_MODEL, (void *)(uintptr_t)calling->model));
}

void vm_collect(Vm *vm) {
  Object **objects = mem_alloc(((size_t)vm->object_count + 1) * sizeof(Object *));
  for (Object *object = vm->objects.next; object != &vm->objects; object = object->next)
    object_each_part(vm, object, uncount_part);
  mark_all(vm, objects, mark_held);
  for (Object *object = vm->objects.next; object != &vm->objects; object = object->next)
    object_each_part(vm, object, count_part);
  free_unmarked(vm, objects);
  mem_free(objects);
}

/* ---- errors ---- */

static void tell_limit(const Vm *vm, Diag *diag, Span span) {
  if (!strcmp(vm_limit(vm), "time"))
    diag_fail(diag, STATUS_LIMIT, span, "the time limit of --max-time is reached");
  else
    diag_fail(diag, STATUS_LIMIT, span, "stopped after %.0f steps (--max-steps)",
              vm->options.max_steps);
}

/* Says what stopped a kernel: the kernel itself does not know. */
static void tell_what_stopped(const Vm *vm, Diag *diag) {
  Span span = diag->span;
  if (vm_signal & SIGNAL_LOST) {
    diag_clear(diag);
    mapped_lost(diag);
    diag->span = span;
  } else if (vm_asked() == SIGNAL_ENDS) {
    diag_clear(diag);
    diag_fail(diag, STATUS_TERMINATED, span, "terminated");
  } else if (!vm_asked() && vm_limit(vm)) {
    diag_clear(diag);
    tell_limit(vm, diag, span);
  }
}

void raise_diag(Vm *vm, const Diag *diag) {
  Guard *guard = vm->guard;
  if (!guard) {
    fprintf(stderr, "gd: an error outside any protection: %s\n", diag->message);
    abort();
  }
  *guard->diag = *diag;
  if (diag->status == STATUS_INTERRUPTED) tell_what_stopped(vm, guard->diag);
  for (const VmPart *const *part = vm->registry->parts; *part; part++)
    if ((*part)->aim) (*part)->aim(vm, guard->diag);
  longjmp(guard->place, 1);
}

static NORETURN PRINTF_LIKE(4, 0) void raise_list(Vm *vm, Span span, const char *help,
                                                  const char *format, va_list values) {
  Diag diag = {0};
  diag_fail_list(&diag, STATUS_FAILED, span, format, values);
  if (help) diag_help(&diag, "%s", help);
  raise_diag(vm, &diag);
}

void raise_at(Vm *vm, Span span, const char *format, ...) {
  va_list values;
  va_start(values, format);
  raise_list(vm, span, NULL, format, values);
}

void raise_help(Vm *vm, Span span, const char *help, const char *format, ...) {
  va_list values;
  va_start(values, format);
  raise_list(vm, span, help, format, values);
}

void vm_hold(Vm *vm, Held *held) {
  held->below = vm->held;
  vm->held = held;
}

void vm_drop(Vm *vm, Held *held) {
  Held **link = &vm->held;
  while (*link != held) link = &(*link)->below;
  *link = held->below;
  held->free_whole(held);
}

void stack_drop(Vm *vm, Value *from) {
  Value *end = vm->top;
  for (Value *at = from; at < end; at++) {
    if (at->kind == KIND_FLOW) at += at->truth;
    else if (value_object(*at)) frame_leave_slot(vm, *at);
  }
  vm->top = from;
}

/* Restores the state of the Vm at the time when the guard was set. */
static void unwind(Vm *vm, const Guard *guard) {
  vm->frame = guard->frame;
  vm->calling = guard->calling;
  vm->depth = guard->depth;
  vm->training = guard->training;
  vm->inferring = guard->inferring;
  vm->freeing = false;
  vm->run = guard->run;
  vm->state_query = guard->state_query;
  while (vm->held != guard->held) vm_drop(vm, vm->held);
  value_release(vm, vm->returned);
  vm->returned = (Value){0};
  stack_drop(vm, guard->top);
  for (const VmPart *const *part = vm->registry->parts; *part; part++)
    if ((*part)->unwind) (*part)->unwind(vm, guard);
}

bool vm_protect(Vm *vm, void (*body)(Vm *vm, void *context), void *context, Diag *diag) {
  Guard guard = {.outer = vm->guard,
                 .top = vm->top,
                 .frame = vm->frame,
                 .calling = vm->calling,
                 .depth = vm->depth,
                 .held = vm->held,
                 .trace = vm->trace,
                 .training = vm->training,
                 .inferring = vm->inferring,
                 .run = vm->run,
                 .state_query = vm->state_query,
                 .diag = diag};
  if (setjmp(guard.place)) {
    vm->guard = guard.outer;
    unwind(vm, &guard);
    return false;
  }
  vm->guard = &guard;
  body(vm, context);
  vm->guard = guard.outer;
  return true;
}

/* ---- limits ---- */

static NORETURN void stop(Vm *vm, int status, const char *message) {
  Diag diag = {0};
  diag_fail(&diag, status, vm->current_span, "%s", message);
  raise_diag(vm, &diag);
}

/* Rounds and calls so far: the last refill without the fuel that is left. */
static double steps_taken(const Vm *vm) {
  return vm->steps_taken + (double)(vm->fuel_given - vm->fuel);
}

const char *vm_limit(const Vm *vm) {
  const Options *options = &vm->options;
  if (options->max_steps > 0 && steps_taken(vm) >= options->max_steps) return "steps";
  bool late = options->max_seconds > 0 &&
              (vm_signal & SIGNAL_LATE || clock_seconds() - vm->started > options->max_seconds);
  return late ? "time" : NULL;
}

void vm_stop_at_limit(Vm *vm, Span span) {
  Diag diag = {0};
  tell_limit(vm, &diag, span);
  raise_diag(vm, &diag);
}

/* A train that ends after the current step may spend this much on script code of that step; then it
 * is stopped. */
enum { GRACE_STEPS = 1000000, GRACE_SECONDS = 1 };
static bool in_grace(const Vm *vm) {
  const Options *options = &vm->options;
  if (!vm->run) return false;
  if (options->max_steps > 0 && steps_taken(vm) >= options->max_steps + GRACE_STEPS) return false;
  return !(options->max_seconds > 0) ||
         clock_seconds() - vm->started < options->max_seconds + GRACE_SECONDS;
}

static void refuel(Vm *vm) {
  vm->steps_taken = steps_taken(vm);
  double left = vm->options.max_steps - vm->steps_taken;
  vm->fuel = vm->fuel_given = vm->options.max_steps > 0 && left > 0 && left < FUEL ? (int64_t)left
                                                                                   : FUEL;
}

/* Is a signal pending that must be handled now?  Between protections (a module is made, a line of
 * the prompt ends) it waits for the next one. */
static bool asked_now(const Vm *vm) {
  if (!vm->guard) return false;
  int asked = vm_asked();
  if (vm_signal & SIGNAL_LOST) return true;
  /* a train ends by itself after the current step */
  return asked == SIGNAL_INSISTED || (asked && !vm->run);
}

static bool late_now(const Vm *vm) { return vm->guard && vm_limit(vm) && !in_grace(vm); }

bool vm_stops_now(const Vm *vm) {
  return asked_now(vm) || (vm_signal & SIGNAL_LATE && late_now(vm));
}

static NORETURN void stop_lost(Vm *vm) {
  Diag diag = {0};
  if (!mapped_lost(&diag)) stop(vm, STATUS_IO, "a file changed while it was used");
  diag.span = vm->current_span;
  raise_diag(vm, &diag);
}

void vm_stop(Vm *vm) {
  if (vm_signal & SIGNAL_LOST) stop_lost(vm);
  if (!asked_now(vm)) vm_stop_at_limit(vm, vm->current_span);
  if (vm_asked() == SIGNAL_ENDS) stop(vm, STATUS_TERMINATED, "terminated");
  stop(vm, STATUS_INTERRUPTED, "interrupted");
}

void vm_poll(Vm *vm) {
  output_settle();
  if (asked_now(vm)) vm_stop(vm);
  if (vm->fuel >= 0 && !(vm_signal & SIGNAL_LATE)) return;
  refuel(vm);
  if (late_now(vm)) vm_stop_at_limit(vm, vm->current_span);
  if (vm->object_count > vm->sweep_at && !vm->trace && !vm->freeing && !vm->checking)
    vm_collect(vm);
}
