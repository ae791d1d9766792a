/* kernel.h — what a kernel is given and what it owes.
 *
 * A kernel computes one node: `void kernel(Call *call)`.  Its inputs and its output are
 * contiguous row-major arrays whose types were inferred before, so it checks nothing but
 * the *values* it must (an index, an i32 that overflows, a singular matrix), and tells
 * those through `kernel_fault`, before it has written out of bounds.  The output never
 * overlaps an input unless the kernel's row says it may (elementwise ones: exactly equal addresses).
 *
 * Bits do not depend on the number of threads: a kernel cuts its work into blocks by size alone and
 * hands them to `team_run`; partial results are combined in block order.  A kernel that needs room asks
 * `team_scratch`, which allocates only while it grows.
 *
 * Every kernel that is more than a loop has a plain twin named `..._plain` used in tests and without the library.
 * Subnormals: the executor turns on flush-to-zero around kernels (`kernels_enter`, `kernels_leave`).
 */
#ifndef GD_RUNTIME_KERNELS_KERNEL_H
#define GD_RUNTIME_KERNELS_KERNEL_H

#include "runtime/base/stop.h"
#include "runtime/graph/graph.h"

typedef struct View {
  void *data;
  Dtype dtype;
  Shape shape;
} View;

typedef struct Fault {
  int status;          /* 0 while nothing is wrong */
  int input;           /* where the refused value stands: this input, or -1: the output … */
  int64_t place;       /* … and 1 + its element; 0: that is not known */
  char message[400];   /* "index 12 is out of range for axis 0 of size 10" */
} Fault;

typedef struct Call {
  Op op;
  int input_count;
  View *inputs;         /* borrowed */
  View output;
  const int64_t *attrs; /* as in ops.def */
  int attr_count;
  Fault *fault;         /* where a mistake in the values is told */
} Call;

typedef void Kernel(Call *call);

Kernel *kernel_of(Op op);  /* NULL for INPUT and the aliases (RESHAPE, STOP, CUSTOM) */
void kernel_fault(Call *call, const char *format, ...) PRINTF_LIKE(2, 3); /* the first wins; safe from any thread of the team */
void kernel_fault_at(Call *call, int input, int64_t element); /* after it, on the caller's thread: where the value stands */

/* ---- the team: one set of threads for the process ---- */
void team_start(int threads);   /* 1 to 64, 0: as many as there are processors (the default); threads that cannot be had are done without.  Called again, it changes the size */
int team_size(void);
/* Runs task(context, block) for every block in 0..blocks-1, on the caller and the team, and returns when all are done.  Once the kernels are
 * told to stop the blocks not yet begun are passed over.
 * Within a task it runs the blocks in order on the thread it is on; so does a caller who finds the team at work for another. */
void team_run(int64_t blocks, void (*task)(void *context, int64_t block), void *context);
void *team_scratch(size_t bytes);  /* the calling thread's own, 64-byte aligned, until its next team_scratch or the end of the kernel
                                      (of the task, inside one: a task's scratch is apart from its kernel's) */
void *team_scratch_leave(void);    /* what the latest team_scratch gave is the caller's from now on, to be freed by mem_free */
void team_stop(void);              /* ends the threads and frees all scratch */

unsigned kernels_enter(void);        /* sets flush-to-zero, gives the mode of before */
void kernels_leave(unsigned mode);

/* Interrupts (base/stop.h): the team asks stop_wanted before each block, a kernel whose blocks run long at least once in 20 ms, and returns early. */

/* The kernels, as the table names them: kernel_sum, kernel_softmax …; all elementwise rows share kernel_map. */
Kernel kernel_map;
#define MAP(ID, ...)
#define OP(ID, signature, kinds, infer, gradient, kernel, ...) Kernel kernel_##kernel;
#define FORM(ID, ...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM

/* How many calls of that library are still at work though nobody waits for them any longer (apart.h): the process must not take the
 * library down under them. */
int apart_left(void);

/* Which library serves the factorizations: "OpenBLAS 0.3.21 (SkylakeX)", or "" when there is none.  Loads it.  Matrix products are our own. */
const char *linear_library(void);

#endif
