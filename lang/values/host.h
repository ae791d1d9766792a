/* host.h — operators, indexing and fields of values other than tensors: numbers, strings, lists,
 * tuples, ranges. */
#ifndef GD_LANG_HOST_H
#define GD_LANG_HOST_H

#include "lang/machine/sub.h"
#include "lang/machine/vm.h"

Value host_binary(Vm *vm, const Ast *ast, int op, Value a, Value b);    /* strings, lists, tuples, equality */
bool scalar_binary(Vm *vm, const Ast *ast, int op, Value a, Value b, Value *result); /* a number and a tensor of rank 0, or two such tensors, without a
                                                                                      * graph */
Value host_in(Vm *vm, const Ast *ast, Value a, Value b);
Value host_index(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count);
Value host_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count, Value value); /* takes base, returns the new one */
int64_t host_place(Vm *vm, const Sub *sub, int64_t count, const char *what); /* a checked index, counted from the start */
typedef struct HostSlice { int64_t start, step, count; } HostSlice;
HostSlice host_slice(Vm *vm, const Sub *sub, int64_t count);
Value list_copy(Vm *vm, const ListObject *list);                         /* returns a new one with the same items */
Value number_binary(Vm *vm, const Ast *ast, int op, double a, double b);
double number_mod(double a, double b);
Value host_field(Vm *vm, const Ast *ast, Value base);                    /* base.name, base.0 */
Value host_item(Vm *vm, const Ast *ast, Value base, const Value *items, int64_t count); /* base.0 of these items; raises when there is no such item */
bool value_equal(Vm *vm, const Site *site, Value a, Value b);            /* `==` of values that do not compare elementwise */

#endif
