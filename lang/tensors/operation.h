/* operation.h — operators and rows of the table over tensors; numbers out of tensors. */
#ifndef GD_LANG_OPERATION_H
#define GD_LANG_OPERATION_H

#include "lang/tensors/trace.h"

NORETURN void raise_unheld(Vm *vm, Span span, Dtype dtype, double value); /* a value that the dtype cannot hold */
/* A tensor of a number, a bool, or a collection of them or of tensors of one shape, as the brackets would make it; with site->exact in f64. */
Value tensor_of(Vm *vm, const Site *site, Value value);

/* The Philox key of draw number `count` since seed(`seed`): ops.def, DRAW. */
void draw_key(int32_t key[4], uint64_t seed, uint64_t count);

/* Operands are anything that is a tensor, a param, a number or a bool, at least one being a tensor or param */
Value operation_binary(Vm *vm, const Ast *ast, int binary_op, Value a, Value b);  /* ast gives spans of both operands and the operator */
Value operation_logic(Vm *vm, const Ast *ast, Value a, Value b, bool is_or);
Value operation_unary(Vm *vm, const Ast *ast, Value a);                            /* minus, not */
Value operation_transpose(Vm *vm, const Ast *ast, Value a);
bool operation_bracket(Vm *vm, const Ast *ast, const Value *items, int count, Value *result); /* a tensor when the items make one, else false: a list */
Value operation_row(Vm *vm, const Site *site, const Row *row, Value *args, int count);  /* a call of a row, arguments bound to its signature */
bool value_truth(Vm *vm, Span span, Value v);      /* a condition; forces rank 0; an error otherwise */
double value_as_number(Vm *vm, Span span, Value v);/* a number or rank 0; an error otherwise */
int64_t value_as_index(Vm *vm, Span span, Value v);/* a whole one */

#endif
