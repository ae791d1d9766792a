/* attention.h — what plans ask of attention beyond its definition: operands that lie otherwise
 * (plan/turn.c), and some matrices of keys alone, for strips (plan/strip.c). */
#ifndef GD_RUNTIME_KERNELS_ATTENTION_H
#define GD_RUNTIME_KERNELS_ATTENTION_H

#include "runtime/kernels/kernel.h"

/* A second attribute of a call, of a plan's alone: bit i says that input i [.., H, T, n] lies in
 * memory as [.., T, H, n], and this one that the result of ATTENTION shall. */
enum { ATTENTION_TURNS = 16 };

/* Are the shares of so many matrices of keys each made by one thread, without sums of parts? */
bool attention_whole(int64_t groups);
/* What a call of ATTENTION, or of whole ATTENTION_SHARES, makes of the matrices of keys from
 * `first` to before `end`, on this thread. */
void attention_some(Call *call, int64_t first, int64_t end);

#endif
