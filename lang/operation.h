/* operation.h — what operation.c offers beyond the evaluator's needs in value.h. */
#ifndef GD_LANG_OPERATION_H
#define GD_LANG_OPERATION_H

#include "lang/trace.h"

NORETURN void raise_unheld(Vm *vm, Span span, Dtype dtype, double value); /* a value that the dtype cannot hold */
/* A tensor of a number, a bool, or a collection of them or of tensors of one shape, as the brackets would make it; with site->exact in f64. */
Value tensor_of(Vm *vm, const Site *site, Value value);

/* The Philox key of draw number `count` since seed(`seed`): ops.def, DRAW. */
void draw_key(int32_t key[4], uint64_t seed, uint64_t count);

#endif
