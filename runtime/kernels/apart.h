/* apart.h — a long call into a library that cannot be asked to stop. */
#ifndef GD_RUNTIME_KERNELS_APART_H
#define GD_RUNTIME_KERNELS_APART_H

#include "runtime/base/base.h"

/* Runs run(job) for a copy of the `bytes` bytes at `job` on a thread of its own, in the caller's
 * floating-point mode, waits for it and gives what it gave.  All memory that it works on must lie
 * in the caller's latest team_scratch.  When the kernels are told to stop it gives 0 at once, and
 * the thread goes on by itself: the scratch is then its own, and freed by it.  Without a thread to
 * be had the caller runs it. */
int64_t apart_run(int64_t (*run)(void *job), const void *job, size_t bytes);

/* How many calls into the library are still at work though nobody waits for them any longer: the
 * process must not take the library down under them. */
int apart_left(void);

#endif
