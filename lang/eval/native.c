/* native.c — arguments of standard functions with checked kinds, and functions made from others. */
#include "lang/eval/native.h"

#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace.h"

const StringObject *arg_string(Vm *vm, const CallSite *site, const Value *args, int index) {
  if (args[index].kind != KIND_STRING)
    raise_kind(vm, site_at(site, index), args[index], "a string is expected here", NULL);
  return args[index].string;
}

double arg_number(Vm *vm, const CallSite *site, const Value *args, int index, double absent) {
  return args[index].kind == KIND_UNSET ? absent
                                        : value_as_number(vm, site_at(site, index), args[index]);
}

bool arg_bool(Vm *vm, const CallSite *site, const Value *args, int index, bool absent) {
  return args[index].kind == KIND_UNSET ? absent
                                        : value_truth(vm, site_at(site, index), args[index]);
}

int64_t arg_integer(Vm *vm, const CallSite *site, const Value *args, int index, int64_t absent,
                    int64_t least, int64_t most) {
  if (args[index].kind == KIND_UNSET) return absent;
  int64_t whole = value_as_index(vm, site_at(site, index), args[index]);
  if (whole < least || whole > most)
    raise_at(vm, site_at(site, index), "%lld is not between %lld and %lld", (long long)whole,
             (long long)least, (long long)most);
  return whole;
}

bool native_callable(Value f) {
  return f.kind == KIND_CLOSURE || f.kind == KIND_NATIVE || f.kind == KIND_MODEL;
}

Value native_bound(Vm *vm, const Native *native, Value first, Value second) {
  NativeObject *object = object_new(vm, KIND_NATIVE, sizeof *object);
  object->native = native;
  object->extra[0] = value_retain(first);
  object->extra[1] = value_retain(second);
  return value_of(KIND_NATIVE, object);
}

Value native_made(Vm *vm, const CallSite *site, const Native *native, Value f, Value other) {
  if (f.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (!native_callable(f))
    raise_kind(vm, site->span, f, "a function is expected here",
               "write grad(f)(x), or grad(fn(x) = …)(x)");
  return native_bound(vm, native, f, other);
}
