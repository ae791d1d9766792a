/* native.h — for the standard functions in C: the place of an argument, and its value with a
 * checked kind. */
#ifndef GD_LANG_NATIVE_H
#define GD_LANG_NATIVE_H

#include "lang/machine/kind.h"

Span site_at(const CallSite *site, int index);
const StringObject *arg_string(Vm *vm, const CallSite *site, const Value *args, int index);
double arg_number(Vm *vm, const CallSite *site, const Value *args, int index, double absent);
bool arg_bool(Vm *vm, const CallSite *site, const Value *args, int index, bool absent);
int64_t arg_integer(Vm *vm, const CallSite *site, const Value *args, int index, int64_t absent,
                    int64_t least, int64_t most);

bool native_callable(Value f);
/* A function made of another (grad(f), vmap(f)), which `native` runs: f and `other` are its
 * NativeObject.extra.  Raises when f is no function. */
Value native_made(Vm *vm, const CallSite *site, const Native *native, Value f, Value other);

#endif
