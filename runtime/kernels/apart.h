/* apart.h — a long call into a library that cannot be asked to stop. */
#ifndef GD_RUNTIME_KERNELS_APART_H
#define GD_RUNTIME_KERNELS_APART_H

#include "runtime/base/base.h"

/* Runs run(job) for a copy of the `bytes` bytes at `job` on a thread of its own, in the caller's
 * floating-point mode, waits for it and returns its result.  All memory that it works on must lie
 * in the caller's latest team_scratch.  On an interrupt it returns 0 at once, and the thread goes
 * on alone: it then owns the scratch and frees it.  If no thread can be made, the caller runs the
 * job. */
int64_t apart_run(int64_t (*run)(void *job), const void *job, size_t bytes);

/* The number of abandoned calls that are still running: the process must not unload the library
 * while there are any. */
int apart_left(void);

#endif
