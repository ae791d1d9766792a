/* operation.h — operators and table operations on tensors. */
#ifndef GD_LANG_OPERATION_H
#define GD_LANG_OPERATION_H

#include "lang/machine/vm.h"

extern const Op OPERATION_OPS[]; /* by BinaryOp */
/* Operands are tensors, params, numbers or bools, at least one a tensor or param */
/* ast gives the spans of the operands and the operator */
Value operation_binary(Vm *vm, const Ast *ast, int binary_op, Value a, Value b);
Value operation_logic(Vm *vm, const Ast *ast, Value a, Value b, bool is_or);
Value operation_unary(Vm *vm, const Ast *ast, Value a); /* minus, not */
Value operation_transpose(Vm *vm, const Ast *ast, Value a);
/* a call of a row, arguments bound to its signature */
Value operation_call(Vm *vm, const CallSite *site, const OpRow *row, Value *args, int count);
/* where a tensor or param was made; no file: it is neither, or nobody knows */
Span operation_made(Value value);

#endif
