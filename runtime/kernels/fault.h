/* fault.h — how a kernel reports a wrong value: an index out of range, an i32 that overflows, a
 * singular matrix. */
#ifndef GD_RUNTIME_KERNELS_FAULT_H
#define GD_RUNTIME_KERNELS_FAULT_H

#include "runtime/kernels/kernel.h"

/* the first report wins; safe from any thread of the team */
void fault_report(Call *call, const char *format, ...) PRINTF_LIKE(2, 3);
/* after it, on the caller's thread: where the value stands */
void fault_at(Call *call, int input, int64_t element);

/* Counts workspace against the budget before it is allocated; false: the fault is filled, with
 * STATUS_MEMORY.  Return it with mem_release. */
bool fault_reserve(Call *call, const char *what, size_t bytes);

#endif
