/* plain.h — operators, indexing and fields of values other than tensors: numbers, strings, lists,
 * tuples, ranges. */
#ifndef GD_LANG_PLAIN_H
#define GD_LANG_PLAIN_H

#include "lang/machine/sub.h"
#include "lang/machine/vm.h"

/* strings, lists, tuples, equality */
Value plain_binary(Vm *vm, const Ast *ast, int op, Value a, Value b);
bool scalar_binary(Vm *vm, const Ast *ast, int op, Value a, Value b,
                   Value *result); /* a number and a tensor of rank 0, or two such tensors, without
                                    * a graph */
Value plain_in(Vm *vm, const Ast *ast, Value a, Value b);
Value plain_index(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count);
/* takes base, returns the new one */
Value plain_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count, Value value);
/* a checked index, counted from the start */
int64_t plain_place(Vm *vm, const Sub *sub, int64_t count, const char *what);
typedef struct PlainSlice {
  int64_t start, step, count;
} PlainSlice;
PlainSlice plain_slice(Vm *vm, const Sub *sub, int64_t count);
/* returns a new one with the same items */
Value list_copy(Vm *vm, const ListObject *list);
/* lists one after the other, or tuples with their names; all of one kind, at least one */
Value plain_join(Vm *vm, const Value *parts, int64_t count);

/* A list of strings in order; UNSET if another item is among them. */
Value plain_sort(Vm *vm, const ListObject *list, bool descending);
Value number_binary(Vm *vm, const Ast *ast, int op, double a, double b);
double number_mod(double a, double b);
Value plain_field(Vm *vm, const Ast *ast, Value base); /* base.name, base.0 */
/* raises that base has no such field */
NORETURN void plain_no_field(Vm *vm, const Ast *ast, Value base);
/* base.0 of these items; raises when there is no such item */
Value plain_item(Vm *vm, const Ast *ast, Value base, const Value *items, int64_t count);
/* `==` of values that do not compare elementwise */
bool value_equal(Vm *vm, const CallSite *site, Value a, Value b);

#endif
