/* operation.h — operators and table operations on tensors; numbers from tensors. */
#ifndef GD_LANG_OPERATION_H
#define GD_LANG_OPERATION_H

#include "lang/tensors/trace.h"

/* a value that the dtype cannot hold */
NORETURN void raise_unheld(Vm *vm, Span span, Dtype dtype, double value);
/* A tensor from a number, a bool, or a collection of them or of tensors of one shape, as brackets
 * make it; with site->exact in f64. */
Value tensor_of(Vm *vm, const CallSite *site, Value value);

/* The Philox key of draw number `count` since seed(`seed`): ops.def, DRAW. */
void draw_key(int32_t key[4], uint64_t seed, uint64_t count);

/* While a recording has a key, draws are part of it.  Gives it one, unless it has one; returns the
 * argument for operation_key_end. */
NodeId operation_key(Vm *vm, Trace *trace);
void operation_key_end(Vm *vm, Trace *trace, NodeId before);

extern const Op OPERATION_OPS[]; /* by BinaryOp */
/* Operands are tensors, params, numbers or bools, at least one a tensor or param */
/* ast gives the spans of the operands and the operator */
Value operation_binary(Vm *vm, const Ast *ast, int binary_op, Value a, Value b);
Value operation_logic(Vm *vm, const Ast *ast, Value a, Value b, bool is_or);
Value operation_unary(Vm *vm, const Ast *ast, Value a); /* minus, not */
Value operation_transpose(Vm *vm, const Ast *ast, Value a);
Value operation_numbers(Vm *vm, const Ast *ast); /* the tensor of a NUMBERS node */
bool operation_bracket(Vm *vm, const Ast *ast, const Value *items, int count,
                       Value *result); /* true and a tensor if the items make one, else false: a
                                        * list */
/* a call of a row, arguments bound to its signature */
Value operation_call(Vm *vm, const CallSite *site, const OpRow *row, Value *args, int count);
/* where a tensor or param was made; no file: it is neither, or nobody knows */
Span operation_made(Value value);
/* a condition: rank 0, computed if pending; raises otherwise */
bool value_truth(Vm *vm, Span span, Value v);
double value_as_number(Vm *vm, Span span, Value v); /* a number or rank 0; raises otherwise */
int64_t value_as_index(Vm *vm, Span span, Value v); /* a whole number */

#endif
