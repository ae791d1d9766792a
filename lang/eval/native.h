/* native.h — for the standard functions in C: arguments with checked kinds, and functions made from
 * others. */
#ifndef GD_LANG_NATIVE_H
#define GD_LANG_NATIVE_H

#include "lang/machine/kind.h"

const StringObject *arg_string(Vm *vm, const CallSite *site, const Value *args, int index);
double arg_number(Vm *vm, const CallSite *site, const Value *args, int index, double absent);
bool arg_bool(Vm *vm, const CallSite *site, const Value *args, int index, bool absent);
int64_t arg_integer(Vm *vm, const CallSite *site, const Value *args, int index, int64_t absent,
                    int64_t least, int64_t most);

bool native_callable(Value f);
/* A function made from another (grad(f), vmap(f)), which `native` runs: f and `other` are its
 * NativeObject.extra.  Raises when f is not a function. */
Value native_made(Vm *vm, const CallSite *site, const Native *native, Value f, Value other);
/* The same for any two values. */
Value native_bound(Vm *vm, const Native *native, Value first, Value second);

#endif
