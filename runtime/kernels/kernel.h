/* kernel.h — the contract of a kernel.
 *
 * A kernel computes one node: `void kernel(Call *call)`.  Its inputs and its output are contiguous
 * row-major arrays whose types were inferred before, so it checks only *values* (an index, an i32
 * that overflows, a singular matrix), and reports a wrong one through `fault_report`, before it has
 * written out of bounds.  The output never overlaps an input unless the kernel's row says it may
 * (elementwise ones: exactly equal addresses).
 *
 * Bits do not depend on the number of threads: a kernel cuts its work into blocks by size alone and
 * hands them to `team_run`; partial results are combined in block order.  A kernel that needs
 * workspace calls `team_scratch`, which allocates only while it grows.
 *
 * Interrupts (base/stop.h): the team asks stop_wanted before each block, a kernel whose blocks run
 * long at least once in 20 ms, and returns early.
 *
 * The kernels of a file are declared at its head or in its header, and all of them in kernel.c, by
 * ops.def: no other file names them.
 *
 * Every kernel that is more than a loop has a plain twin named `..._plain` used in tests and
 * without the library.  Subnormals: the executor turns on flush-to-zero around kernels
 * (`kernels_enter`, `kernels_leave`).
 */
#ifndef GD_RUNTIME_KERNELS_KERNEL_H
#define GD_RUNTIME_KERNELS_KERNEL_H

#include "runtime/graph/graph.h"

typedef struct View {
  void *data;
  Dtype dtype;
  Shape shape;
} View;

typedef struct Fault {
  int status;        /* 0 while nothing is wrong */
  int input;         /* where the refused value stands: this input, or -1: the output … */
  int64_t place;     /* … and 1 + its element; 0: that is not known */
  char message[400]; /* "index 12 is out of range for axis 0 of size 10" */
} Fault;

typedef struct Call {
  Op op;
  int input_count;
  View *inputs; /* borrowed */
  View output;
  const int64_t *attrs; /* as in ops.def */
  int attr_count;
  Fault *fault; /* where a wrong value is reported */
} Call;

typedef void Kernel(Call *call);

Kernel *kernel_of(Op op); /* NULL for INPUT and the aliases (RESHAPE, STOP, CUSTOM) */

#endif
