/* builtin_value.c — standard functions for single values: shape, kind, conversions. */
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/names/scope.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/trace.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <string.h>

/* The type of a number, bool, tensor or param. */
static Type shaped(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_NUMBER || value.kind == KIND_BOOL)
    return (Type){.dtype = DTYPE_F64, .weak = true};
  if (!value_is_tensor(value))
    raise_kind(vm, site_at(site, 0), value, "a tensor is expected here",
               "len(x) counts the items of a list, tuple or string");
  return trace_type(vm, value, site_at(site, 0));
}

Value native_shape(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Type type = shaped(vm, site, args[0]);
  Value tuple = value_tuple(vm, type.shape.rank);
  for (int i = 0; i < type.shape.rank; i++)
    tuple.tuple->items[i] = value_number((double)type.shape.dim[i]);
  return tuple;
}

Value native_rank(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return value_number(shaped(vm, site, args[0]).shape.rank);
}

Value native_size(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Type type = shaped(vm, site, args[0]);
  return value_number((double)shape_count(&type.shape));
}

Value native_dtype(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const Type type = shaped(vm, site, args[0]);
  const char *name = dtype_name(args[0].kind == KIND_BOOL ? DTYPE_BOOL : type.dtype);
  return value_string(vm, name, strlen(name));
}

Value native_len(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return value_number((double)items_count(vm, site_at(site, 0), args[0]));
}

Value native_type(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)site;
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  const char *name = kind_type(args[0]);
  return value_string(vm, name, strlen(name));
}

/* ---- tensor(list) ---- */

Value native_tensor(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value value = tensor_of(vm, site, args[0]);
  if (value.kind == KIND_NUMBER) {
    Dtype dtype = site->exact ? DTYPE_F64 : vm->real;
    if (!dtype_holds(dtype, value.number)) raise_unheld(vm, site_at(site, 0), dtype, value.number);
    return value_tensor(vm, tensor_scalar(dtype, value.number));
  }
  if (value.kind == KIND_BOOL) return value_tensor(vm, tensor_scalar(DTYPE_BOOL, value.truth != 0));
  return value;
}

/* ---- numbers and text ---- */

Value native_number(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_BOOL) return value_number(args[0].truth != 0);
  if (args[0].kind != KIND_STRING)
    return value_number(value_as_number(vm, site_at(site, 0), args[0]));
  const char *text = args[0].string->data;
  size_t length = args[0].string->length;
  while (length && strchr(" \t\r\n", text[0])) text++, length--;
  while (length && strchr(" \t\r\n", text[length - 1])) length--;
  double number;
  if (number_parse(text, length, &number)) return value_number(number);
  char buffer[NAME_SIZE];
  raise_at(vm, site_at(site, 0), "`%s` is not a number", name_shown(text, length, buffer));
}

Value native_str(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Text text = {0};
  value_show_safe(vm, args[0], false, &text, site->span);
  return string_take(vm, &text);
}
