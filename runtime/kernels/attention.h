/* attention.h — attention of some matrices of keys, for strips of a plan (plan/strip.c). */
#ifndef GD_RUNTIME_KERNELS_ATTENTION_H
#define GD_RUNTIME_KERNELS_ATTENTION_H

#include "runtime/kernels/kernel.h"

/* Are the shares of so many matrices of keys each made by one thread, without sums of parts? */
bool attention_whole(int64_t groups);
/* What a call of ATTENTION, or of whole ATTENTION_SHARES, makes of the matrices of keys from
 * `first` to before `end`, on this thread. */
void attention_some(Call *call, int64_t first, int64_t end);

#endif
