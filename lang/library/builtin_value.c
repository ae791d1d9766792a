/* builtin_value.c — standard functions for single values: shape, kind, conversions. */
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/names/scope.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The type of a number, bool, tensor or param. */
static Type shaped(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_NUMBER || value.kind == KIND_BOOL)
    return (Type){.dtype = DTYPE_F64, .weak = true};
  if (!value_is_tensor(value))
    raise_no_tensor(vm, site_at(site, 0), value, "a tensor is expected here",
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

/* Values from 0 to 1, not all of them 0 or 1, of which no sign divides the classes: a column, or
 * rows that sum to 1. */
static bool looks_probable(const Tensor *tensor) {
  const Shape *shape = &tensor->shape;
  int64_t count = tensor_count(tensor), classes = shape->rank > 1 ? shape->dim[shape->rank - 1] : 1;
  bool between = false;
  double sum = 0;
  for (int64_t i = 0; i < count; i++) {
    double value = tensor_get(tensor, i);
    if (!(value >= 0 && value <= 1)) return false;
    between |= value > 0 && value < 1;
    sum = i % classes ? sum + value : value;
    if (classes > 1 && i % classes == classes - 1 && fabs(sum - 1) > 1e-3) return false;
  }
  return between && count > 1;
}

static void warn_probable(Vm *vm, const CallSite *site, Value scores, Value name) {
  Span span = trace_span(vm, site->span);
  if (scores.kind != KIND_TENSOR || !scores.tensor->tensor.buffer || vm->checking ||
      !dtype_floats(scores.tensor->tensor.dtype) || !looks_probable(&scores.tensor->tensor))
    return;
  if (!vm_warns(vm) || !trace_mark_reported(vm, span)) return;
  const Shape *shape = &scores.tensor->tensor.shape;
  int64_t classes = shape->rank > 1 ? shape->dim[shape->rank - 1] : 1;
  Diag diag = {0};
  diag_fail(
      &diag, STATUS_FAILED, span,
      "%.64s takes these scores for logits, but they look like probabilities: all are from 0 to "
      "1%s",
      name.string->data, classes > 1 ? ", rows sum to 1" : "");
  diag_help(&diag, "give the logits, or what a sigmoid or softmax returns; for a threshold of 0.5 "
                   "subtract it, log(p) are logits of classes");
  vm_warn(vm, &diag);
}

Value native_is_probability(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[2].kind == KIND_BOOL && args[2].truth)
    return value_bool(probable_logarithm(vm, args[0]));
  bool known = probable_value(vm, args[0]);
  if (!known && args[1].kind == KIND_STRING) warn_probable(vm, site, args[0], args[1]);
  return value_bool(known);
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

/* What `str` writes of a number that is not finite. */
static bool read_special(const char *text, size_t length, double *number) {
  static const struct {
    const char *text;
    double number;
  } specials[] = {{"inf", (double)INFINITY}, {"-inf", -(double)INFINITY}, {"nan", (double)NAN}};
  for (int i = 0; i < COUNT_OF(specials); i++)
    if (strlen(specials[i].text) == length && !memcmp(text, specials[i].text, length)) {
      *number = specials[i].number;
      return true;
    }
  return false;
}

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
  if (read_special(text, length, &number) || number_parse(text, length, &number))
    return value_number(number);
  char buffer[NAME_SIZE];
  char *end;
  bool beyond = strpbrk(text, "0123456789") && isinf(strtod(text, &end)) && end == text + length;
  raise_at(vm, site_at(site, 0), "`%s` is %s", name_shown(text, length, buffer),
           beyond ? "beyond the largest number, 1.8e308" : "not a number");
}

Value native_str(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Text text = {0};
  value_show_safe(vm, args[0], false, &text, site->span);
  return string_take(vm, &text);
}
