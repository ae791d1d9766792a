/* operation.h — what operation.c offers beyond the evaluator's needs in value.h. */
#ifndef GD_LANG_OPERATION_H
#define GD_LANG_OPERATION_H

#include "lang/trace.h"

/* The Philox key of draw number `count` since seed(`seed`): ops.def, DRAW. */
void draw_key(int32_t key[4], uint64_t seed, uint64_t count);

#endif
