/* draw.h — the keys of random draws: of one made now, and of those that are part of a recording. */
#ifndef GD_LANG_DRAW_H
#define GD_LANG_DRAW_H

#include "lang/tensors/trace.h"

/* The Philox key of draw number `count` since seed(`seed`): ops.def, DRAW. */
void draw_key(int32_t key[4], uint64_t seed, uint64_t count);
/* The key of a draw made now, as an INPUT [4] of i32; counts it. */
NodeId draw_now(Vm *vm, Trace *trace);

/* While a recording has a key, draws are part of it.  Gives it one, unless it has one; returns the
 * argument for draw_record_end. */
NodeId draw_record(Vm *vm, Trace *trace);
void draw_record_end(Vm *vm, Trace *trace, NodeId before);

#endif
