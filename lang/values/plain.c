/* plain.c — operators and indexing on values other than tensors: numbers, strings, lists, tuples,
 * ranges.
 *
 * Numbers are IEEE doubles: no operation on them fails (1 % 0 is NaN), unlike the whole dtypes of
 * tensors.  Strings are indexed by code points.  A pure ASCII string, which nearly every one is, is
 * indexed directly: StringObject.points caches the number of code points.
 *
 * `==` and `!=` of values of different kinds are false and true, never an error.  Tuples and lists
 * are compared item by item, a list and a tensor row by row.  They are values and cannot contain
 * themselves, but may be nested deeply, so the C stack is checked.  There is one rule of equality:
 * items compare as `==` of the two values (a number beside an f32 is rounded to f32, so 0.1 is in
 * [0.1]), and `in` looks for an equal item.
 */

#include "lang/values/plain.h"
#include "lang/machine/call_site.h"
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/names/member.h"
#include "lang/names/standard.h"
#include "lang/syntax/nearest.h"
#include "lang/tensors/index.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"
#include "lang/values/text_value.h"

#include <math.h>
#include <string.h>

extern const Op OP_POW;

/* ---- numbers ---- */

/* The remainder with the sign of the divisor. */
double number_mod(double a, double b) {
  double rest = fmod(a, b);
  if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
  return rest == 0 ? copysign(0.0, b) : rest;
}

/* As of a tensor's element. */
static double number_pow(double a, double b) {
  return b == 2 ? a * a : single_apply(OP_POW, DTYPE_F64, (double[]){a, b});
}

Value number_binary(Vm *vm, const Ast *ast, int op, double a, double b) {
  switch ((BinaryOp)op) {
    case BINARY_ADD: return value_number(a + b);
    case BINARY_SUB: return value_number(a - b);
    case BINARY_MUL: return value_number(a * b);
    case BINARY_DIV: return value_number(a / b);
    case BINARY_MOD: return value_number(number_mod(a, b));
    case BINARY_POW: return value_number(number_pow(a, b));
    case BINARY_EQ: return value_bool(a == b);
    case BINARY_NE: return value_bool(a != b);
    case BINARY_LT: return value_bool(a < b);
    case BINARY_LE: return value_bool(a <= b);
    case BINARY_GT: return value_bool(a > b);
    case BINARY_GE: return value_bool(a >= b);
    case BINARY_MATMUL: break;
  }
  raise_help(vm, ast->op_span.file ? ast->op_span : ast->span, "`*` multiplies numbers",
             "`@` is the matrix product: it needs tensors, these are numbers");
}

/* ---- tensors of rank 0 ---- */

/* A number, or a float of rank 0 with its element; false for anything else.  Subnormal elements are
 * left to the kernels. */
static bool scalar_of(Value value, double *element, Dtype *dtype) {
  if (value.kind == KIND_NUMBER) {
    *element = value.number;
    *dtype = DTYPE_BOOL; /* does not affect the promotion */
    return true;
  }
  if (value.kind != KIND_TENSOR) return false;
  const Tensor *tensor = &value.tensor->tensor;
  if (!tensor->buffer || tensor->shape.rank || value.tensor->weak ||
      (tensor->dtype != DTYPE_F32 && tensor->dtype != DTYPE_F64))
    return false;
  *element = tensor_get(tensor, 0);
  *dtype = tensor->dtype;
  return true;
}

static bool subnormal(Dtype dtype, double x) {
  return x != 0 &&
         fabs(x) < (dtype == DTYPE_F32 ? 1.1754943508222875e-38 : 2.2250738585072014e-308);
}

static bool compare_scalars(int op, double a, double b) {
  switch ((BinaryOp)op) {
    case BINARY_EQ: return a == b;
    case BINARY_NE: return a != b;
    case BINARY_LT: return a < b;
    case BINARY_LE: return a <= b;
    case BINARY_GT: return a > b;
    default: return a >= b;
  }
}

bool scalar_binary(Vm *vm, const Ast *ast, int op, Value a, Value b, Value *result) {
  double args[2];
  Dtype left, right;
  if (vm->trace || op == BINARY_MATMUL || op == BINARY_POW || op == BINARY_MOD) return false;
  if (!scalar_of(a, &args[0], &left) || !scalar_of(b, &args[1], &right)) return false;
  Dtype dtype = dtype_promote(left, right);
  if (dtype == DTYPE_F32 && op < BINARY_EQ &&
      !(dtype_holds(dtype, args[0]) && dtype_holds(dtype, args[1])))
    return false; /* the operation reports what
                   * is wrong */
  for (int i = 0; i < 2; i++) {
    if (dtype == DTYPE_F32) args[i] = (double)(float)args[i]; /* a number never widens the dtype */
    if (subnormal(dtype, args[i])) return false;
  }
  if (op >= BINARY_EQ) {
    *result = value_tensor(vm, tensor_scalar(DTYPE_BOOL, compare_scalars(op, args[0], args[1])));
  } else {
    double value = single_apply(OPERATION_OPS[op], dtype, args);
    if (subnormal(dtype, value)) return false;
    *result = value_tensor(vm, tensor_scalar(dtype, value));
  }
  result->tensor->made = ast->span;
  return true;
}

/* ---- + and comparisons ---- */

static bool is_among(Vm *vm, const Ast *ast, Value a, Value b);

static bool is_sequence(Value value) { return value.kind == KIND_LIST || value.kind == KIND_TUPLE; }

static const Value *sequence(Value value, int64_t *count) {
  *count = value.kind == KIND_LIST ? value.list->count : value.tuple->count;
  return value.kind == KIND_LIST ? value.list->items : value.tuple->items;
}

Value list_copy(Vm *vm, const ListObject *list) {
  Value copy = value_list(vm, list->count + list->count / 2);
  for (int64_t i = 0; i < list->count; i++) list_push(vm, copy.list, value_retain(list->items[i]));
  return copy;
}

static void append_names(const char **names, const TupleObject *part) {
  for (int i = 0; part->names && i < part->count; i++) names[i] = part->names[i];
}

Value plain_join(Vm *vm, const Value *parts, int64_t count) {
  int64_t total = 0, have, at = 0;
  bool named = false;
  for (int64_t i = 0; i < count; i++) {
    sequence(parts[i], &have);
    total += have;
    named |= parts[i].kind == KIND_TUPLE && parts[i].tuple->names;
  }
  check_bounded(vm, (size_t)total, CHECKED_ITEMS);
  bool list = parts[0].kind == KIND_LIST;
  Value joined = list ? value_list(vm, total) : value_tuple(vm, (int)total);
  if (named) joined.tuple->names = mem_zero((size_t)(total + 1) * sizeof(char *));
  for (int64_t i = 0; i < count; i++) {
    const Value *items = sequence(parts[i], &have);
    if (named) append_names(joined.tuple->names + at, parts[i].tuple);
    for (int64_t k = 0; k < have; k++, at++) {
      if (list) list_push(vm, joined.list, value_retain(items[k]));
      else joined.tuple->items[at] = value_retain(items[k]);
    }
  }
  return joined;
}

static int compare_strings(Vm *vm, const StringObject *a, const StringObject *b) {
  size_t least = a->length < b->length ? a->length : b->length;
  int order = 0; /* the order of UTF-8 bytes is that of code points */
  for (size_t at = 0; order == 0 && at < least; at += POLL_BYTES) {
    vm_poll_signals(vm);
    order = memcmp(a->data + at, b->data + at, least - at < POLL_BYTES ? least - at : POLL_BYTES);
  }
  return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* Moves the item at `root` down the heap of the first `count`, until none below it comes later. */
static void sift(Vm *vm, Value *items, int64_t root, int64_t count, int sign) {
  for (int64_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count &&
        sign * compare_strings(vm, items[child].string, items[child + 1].string) < 0)
      child++;
    if (sign * compare_strings(vm, items[root].string, items[child].string) >= 0) return;
    const Value larger = items[child];
    items[child] = items[root], items[root] = larger;
  }
}

/* A heapsort: it needs no memory, so an interrupt leaves nothing behind. */
Value plain_sort(Vm *vm, const ListObject *list, bool descending) {
  for (int64_t i = 0; i < list->count; i++)
    if (list->items[i].kind != KIND_STRING) return (Value){0};
  Value sorted = value_list(vm, list->count);
  for (int64_t i = 0; i < list->count; i++)
    list_push(vm, sorted.list, value_retain(list->items[i]));
  Value *items = sorted.list->items;
  const int sign = descending ? -1 : 1;
  for (int64_t i = list->count / 2; i-- > 0;) sift(vm, items, i, list->count, sign);
  for (int64_t left = list->count; left-- > 1;) {
    const Value last = items[0];
    items[0] = items[left], items[left] = last;
    sift(vm, items, 0, left, sign);
  }
  return sorted;
}

static const char STRING_OF_ANY[] =
    "\"{value}\" makes a string of any value, and so does str(value)";

static NORETURN void refuse(Vm *vm, const Ast *ast, int op, Value a, Value b) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->op_span.file ? ast->op_span : ast->span,
            "`%s` does not take %s and %s", binary_name(op), kind_name(a), kind_name(b));
  bool text = a.kind == KIND_STRING || b.kind == KIND_STRING;
  if (text && op == BINARY_ADD) diag_help(&diag, "%s", STRING_OF_ANY);
  else if (a.kind == KIND_STRING && op == BINARY_MOD)
    diag_help(&diag, "a string holds values in braces: \"{x}\", \"{x:.2f}\"");
  else if (a.kind == KIND_LIST || b.kind == KIND_LIST)
    diag_help(&diag, "arithmetic needs tensors: tensor(list) makes one of numbers");
  else if (a.kind == KIND_NONE || b.kind == KIND_NONE)
    diag_help(&diag, "none is not a number; `x == none` tests for it");
  else diag_help_range(&diag, a, b);
  raise_diag(vm, &diag);
}

/* An equality or `in`, for check_call: unknown items make it unknown. */
typedef struct Asking {
  const Ast *ast;
  Value a, b;
  bool among; /* a in b; else a == b */
} Asking;

static Value answer(Vm *vm, void *context) {
  const Asking *asking = context;
  CallSite site = {.span = asking->ast->span, .callee = asking->ast->op_span};
  return value_bool(asking->among ? is_among(vm, asking->ast, asking->a, asking->b)
                                  : value_equal(vm, &site, asking->a, asking->b));
}

static Value ask(Vm *vm, Asking asking) {
  return UNLIKELY(vm->checking) ? vm->registry->check_call(vm, answer, &asking)
                                : answer(vm, &asking);
}

Value plain_in(Vm *vm, const Ast *ast, Value a, Value b) {
  return ask(vm, (Asking){ast, a, b, true});
}

Value plain_binary(Vm *vm, const Ast *ast, int op, Value a, Value b) {
  if (op == BINARY_EQ || op == BINARY_NE) {
    Value equal = ask(vm, (Asking){ast, a, b, false});
    return equal.kind == KIND_BOOL && op == BINARY_NE ? value_bool(!equal.truth) : equal;
  }
  if (op == BINARY_ADD && a.kind == KIND_STRING && b.kind == KIND_STRING)
    return string_join(vm, a.string, b.string);
  if (a.kind == KIND_STRING && b.kind == KIND_STRING) {
    int order = compare_strings(vm, a.string, b.string);
    if (op == BINARY_LT) return value_bool(order < 0);
    if (op == BINARY_LE) return value_bool(order <= 0);
    if (op == BINARY_GT) return value_bool(order > 0);
    if (op == BINARY_GE) return value_bool(order >= 0);
  }
  refuse(vm, ast, op, a, b);
}

/* ---- equality ---- */

/* The dtype in which two values of rank 0 are compared by `==`: an element and an element, or an
 * element and a number. */
typedef struct Comparison {
  Dtype dtype; /* F32, F64: both are rounded to it; others: exact */
} Comparison;

static Comparison comparison_of(Type a, Type b) {
  Dtype dtype = a.weak && b.weak ? DTYPE_F64
                : a.weak         ? b.dtype
                : b.weak         ? a.dtype
                                 : dtype_promote(a.dtype, b.dtype);
  return (Comparison){dtype};
}

/* Kernels flush subnormal values to 0. */
static double brought_to(Dtype dtype, double x) {
  if (dtype_wide(dtype) == DTYPE_F32) x = (double)(float)x;
  return dtype_floats(dtype) && subnormal(dtype_wide(dtype), x) ? 0 : x;
}

static bool same(Comparison in, double a, double b) {
  return brought_to(in.dtype, a) == brought_to(in.dtype, b);
}

static bool is_scalar(Value value) { return value.kind == KIND_NUMBER || value.kind == KIND_BOOL; }

/* Two tensors, numbers or bools, at least one a tensor. */
static bool tensors_equal(Vm *vm, const CallSite *site, Value a, Value b) {
  Comparison in = comparison_of(trace_type(vm, a, site->span), trace_type(vm, b, site->span));
  Tensor left = trace_elements(vm, a, site->span), right = trace_elements(vm, b, site->span);
  bool equal = shape_equal(&left.shape, &right.shape);
  for (int64_t i = 0, count = tensor_count(&left); equal && i < count && !vm_stops(vm); i++)
    equal = same(in, tensor_get(&left, i), tensor_get(&right, i));
  tensor_release(&left);
  tensor_release(&right);
  vm_poll_signals(vm);
  return equal;
}

static bool items_equal(Vm *vm, const CallSite *site, Value a, Value b) {
  int64_t count, others;
  const Value *left = sequence(a, &count), *right = sequence(b, &others);
  stack_check(vm, site->span);
  if (count != others) return false;
  for (int64_t i = 0; i < count; i++)
    if (!value_equal(vm, site, left[i], right[i])) return false;
  return true;
}

/* A list and a tensor: each item with its row. */
static bool rows_equal(Vm *vm, const CallSite *site, Value list, Value tensor) {
  Type type = trace_type(vm, tensor, site->span);
  stack_check(vm, site->span);
  if (type.shape.rank == 0 || type.shape.dim[0] != list.list->count) return false;
  bool equal = true;
  for (int64_t i = 0; i < list.list->count && equal; i++) {
    Value row = value_row(vm, site->span, tensor, i);
    equal = value_equal(vm, site, list.list->items[i], row);
    value_release(vm, row);
  }
  return equal;
}

bool value_equal(Vm *vm, const CallSite *site, Value a, Value b) {
  vm_poll_signals(vm);
  bool left = value_is_tensor(a), right = value_is_tensor(b);
  if (a.kind == KIND_UNKNOWN || b.kind == KIND_UNKNOWN) raise_unknown(vm);
  if ((left || is_scalar(a)) && (right || is_scalar(b)) && (left || right))
    return tensors_equal(vm, site, a, b);
  if (left && b.kind == KIND_LIST) return rows_equal(vm, site, b, a);
  if (right && a.kind == KIND_LIST) return rows_equal(vm, site, a, b);
  if (a.kind != b.kind) return false;
  switch ((Kind)a.kind) {
    case KIND_NONE: return true;
    case KIND_NUMBER: return a.number == b.number;
    case KIND_BOOL: return a.truth == b.truth;
    case KIND_STRING:
      return a.string->length == b.string->length && compare_strings(vm, a.string, b.string) == 0;
    case KIND_TUPLE:
    case KIND_LIST: return items_equal(vm, site, a, b);
    case KIND_DICT: return dict_equal(vm, site, a.dict, b.dict);
    case KIND_RANGE:
      return a.range->first == b.range->first && a.range->last == b.range->last &&
             a.range->step == b.range->step;
    case KIND_NATIVE:
      return a.object == b.object || (a.native->native == b.native->native &&
                                      a.native->row == b.native->row && !a.native->extra[0].kind);
    default: return a.object == b.object;
  }
}

/* ---- in: is it equal to one of them? ---- */

static bool in_range(Vm *vm, const CallSite *site, Value a, const RangeObject *range) {
  if (value_is_tensor(a) && trace_type(vm, a, site->span).shape.rank) return false;
  if (a.kind != KIND_NUMBER && !value_is_tensor(a)) return false;
  double place = round((value_as_number(vm, site->span, a) - range->first) / range->step);
  if (!(place >= 0 && place < range_count(range))) return false;
  return value_equal(vm, site, a, value_number(range_at(range, place)));
}

static bool in_elements(Vm *vm, const CallSite *site, Value a, Value b) {
  Comparison in = comparison_of(trace_type(vm, a, site->span), trace_type(vm, b, site->span));
  Tensor wanted = trace_elements(vm, a, site->span), tensor = trace_elements(vm, b, site->span);
  bool found = false;
  for (int64_t i = 0, count = tensor_count(&tensor); !found && i < count && !vm_stops(vm); i++)
    found = same(in, tensor_get(&tensor, i), tensor_get(&wanted, 0));
  tensor_release(&wanted);
  tensor_release(&tensor);
  vm_poll_signals(vm);
  return found;
}

/* Is a number among the elements, or a tensor (or a list equal to one) among the rows? */
static bool in_tensor(Vm *vm, const CallSite *site, Span span, Value a, Value b) {
  bool scalar = is_scalar(a) || (value_is_tensor(a) && trace_type(vm, a, span).shape.rank == 0);
  if (scalar) return in_elements(vm, site, a, b);
  if (!value_is_tensor(a) && a.kind != KIND_LIST) return false;
  bool found = false;
  for (int64_t i = 0, rows = value_rows(vm, span, b); i < rows && !found; i++) {
    Value row = value_row(vm, span, b, i);
    found = value_equal(vm, site, a, row);
    value_release(vm, row);
  }
  return found;
}

static bool is_among(Vm *vm, const Ast *ast, Value a, Value b) {
  CallSite site = {.span = ast->span, .callee = ast->op_span};
  if (b.kind == KIND_RANGE) return in_range(vm, &site, a, b.range);
  if (is_sequence(b)) {
    int64_t count;
    const Value *items = sequence(b, &count);
    for (int64_t i = 0; i < count; i++)
      if (value_equal(vm, &site, a, items[i])) return true;
    return false;
  }
  if (b.kind == KIND_STRING) {
    if (a.kind != KIND_STRING)
      raise_kind(vm, ast->a->span, a, "only a string can be in a string", STRING_OF_ANY);
    return string_find(vm, b.string->data, b.string->length, a.string) != NULL;
  }
  if (b.kind == KIND_DICT) return dict_has(vm, ast->a->span, b.dict, a);
  if (value_is_tensor(b)) return in_tensor(vm, &site, ast->a->span, a, b);
  raise_kind(vm, ast->b->span, b, "`in` searches ranges, lists, tuples, dicts, strings and tensors",
             NULL);
}

/* ---- indexing ---- */

int64_t plain_place(Vm *vm, const Sub *sub, int64_t count, const char *what) {
  int64_t index = value_as_index(vm, sub->span, sub->value);
  if (index >= -count && index < count) return index < 0 ? index + count : index;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, sub->span, "index %lld is out of range: %s of %lld",
            (long long)index, what, (long long)count);
  if (count > 0)
    diag_label(&diag, "0 to %lld, or -1 to -%lld from the end", (long long)count - 1,
               (long long)count);
  else diag_label(&diag, "it is empty");
  raise_diag(vm, &diag);
}

/* A bound of a slice, clipped to [low, high]. */
static int64_t slice_bound(Vm *vm, const Sub *sub, Value value, int64_t absent, int64_t count,
                           int64_t low, int64_t high) {
  if (value.kind == KIND_UNSET || value.kind == KIND_NONE) return absent;
  int64_t at = value_as_index(vm, sub->span, value);
  if (at < 0) at += count;
  return at < low ? low : at > high ? high : at;
}

PlainSlice plain_slice(Vm *vm, const Sub *sub, int64_t count) {
  int64_t step = sub->step.kind == KIND_UNSET ? 1 : value_as_index(vm, sub->span, sub->step);
  if (step == 0) raise_at(vm, sub->span, "the step of a slice must not be 0");
  if (step > count) step = count + 1; /* the same items, without overflow below */
  if (step < -count) step = -count - 1;
  int64_t low = step > 0 ? 0 : -1, high = step > 0 ? count : count - 1;
  int64_t start = slice_bound(vm, sub, sub->start, step > 0 ? 0 : count - 1, count, low, high);
  int64_t stop = slice_bound(vm, sub, sub->stop, step > 0 ? count : -1, count, low, high);
  int64_t room = step > 0 ? stop - start : start - stop, pace = step > 0 ? step : -step;
  return (PlainSlice){start, step, room > 0 ? (room + pace - 1) / pace : 0};
}

/* names[[2, 0]], names[scores > 0.5]: the items at these places, or where it is true. */
static Value list_gather(Vm *vm, const Sub *sub, const ListObject *list) {
  trace_read_constant(vm, sub->value, sub->span);
  Value *kept = stack_push(vm, value_tensor(vm, trace_elements(vm, sub->value, sub->span)));
  const Tensor *where = &kept->tensor->tensor;
  bool mask = where->dtype == DTYPE_BOOL;
  int64_t count = tensor_count(where);
  char shape[200];
  if (where->shape.rank != 1 || (mask && count != list->count))
    raise_at(vm, sub->span, "a list of %lld is indexed by a tensor of shape %s",
             (long long)list->count, shape_show(&where->shape, shape));
  Value *made = stack_push(vm, value_list(vm, 0)), result;
  for (int64_t i = 0; i < count; i++) {
    double element = tensor_get(where, i);
    const Sub one = {.kind = SUB_VALUE, .span = sub->span, .value = value_number(element)};
    if (mask && element == 0) continue;
    int64_t place = mask ? i : plain_place(vm, &one, list->count, "a list");
    list_push(vm, made->list, value_retain(list->items[place]));
  }
  result = value_retain(*made);
  stack_drop(vm, kept);
  return result;
}

static Value list_index(Vm *vm, const Sub *sub, const ListObject *list) {
  bool several = sub->kind == SUB_VALUE && value_is_tensor(sub->value) &&
                 trace_type(vm, sub->value, sub->span).shape.rank > 0;
  if (several) return list_gather(vm, sub, list);
  if (sub->kind == SUB_VALUE)
    return value_retain(list->items[plain_place(vm, sub, list->count, "a list")]);
  PlainSlice slice = plain_slice(vm, sub, list->count);
  Value part = value_list(vm, slice.count);
  for (int64_t i = 0; i < slice.count; i++)
    list_push(vm, part.list, value_retain(list->items[slice.start + i * slice.step]));
  return part;
}

/* Of a training, not the standings of a race. */
static bool is_history(Value base) {
  if (base.kind != KIND_TUPLE || !base.tuple->show) return false;
  for (int i = 0; i < base.tuple->count; i++)
    if (base.tuple->names[i] && !strcmp(base.tuple->names[i], "loss")) return true;
  return false;
}

static NORETURN void raise_no_name(Vm *vm, Span span, Value base, const char *name,
                                   const Ast *field) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span, "%s has no field `%.64s`", kind_name(base), name);
  Nearest nearest = nearest_to(name);
  Text fields = {0};
  for (int i = 0; base.kind == KIND_TUPLE && base.tuple->names && i < base.tuple->count; i++) {
    if (!base.tuple->names[i]) continue;
    nearest_offer(&nearest, base.tuple->names[i]);
    if (fields.length < 200)
      text_format(&fields, "%s%.64s", fields.length ? ", " : "", base.tuple->names[i]);
  }
  if (!nearest_tell(&nearest, "", &diag)) {
    if (fields.length) diag_label(&diag, "its fields are %s", fields.data);
    if (is_history(base) && standard_is(vm, name))
      diag_help(&diag, "the clause `metrics: %.64s(…)` of the training puts it there", name);
    else if (field) member_help(vm, field, &diag);
  }
  text_free(&fields);
  raise_diag(vm, &diag);
}

/* t["name"] */
static Value tuple_named(Vm *vm, const Sub *sub, const TupleObject *tuple) {
  const char *name = sub->value.string->data;
  for (int i = 0; tuple->names && i < tuple->count; i++)
    if (tuple->names[i] && strcmp(tuple->names[i], name) == 0) return value_retain(tuple->items[i]);
  raise_no_name(vm, sub->span, value_of(KIND_TUPLE, (void *)(uintptr_t)tuple), name, NULL);
}

static Value tuple_index(Vm *vm, const Sub *sub, const TupleObject *tuple) {
  if (sub->kind == SUB_VALUE)
    return value_retain(tuple->items[plain_place(vm, sub, tuple->count, "a tuple")]);
  PlainSlice slice = plain_slice(vm, sub, tuple->count);
  Value part = value_tuple(vm, (int)slice.count);
  if (tuple->names) part.tuple->names = mem_zero((size_t)slice.count * sizeof(char *) + 1);
  for (int64_t i = 0; i < slice.count; i++) {
    int64_t from = slice.start + i * slice.step;
    part.tuple->items[i] = value_retain(tuple->items[from]);
    if (tuple->names) part.tuple->names[i] = tuple->names[from];
  }
  return part;
}

static Value range_index(Vm *vm, const Ast *ast, const Sub *sub, const RangeObject *range) {
  double count = range_count(range);
  if (count > 9e15) raise_at(vm, ast->span, "the range is too long to be indexed");
  if (sub->kind == SUB_VALUE)
    return value_number(range_at(range, (double)plain_place(vm, sub, (int64_t)count, "a range")));
  PlainSlice slice = plain_slice(vm, sub, (int64_t)count);
  Value part = value_list(vm, slice.count);
  for (int64_t i = 0; i < slice.count; i++)
    list_push(vm, part.list, value_number(range_at(range, (double)(slice.start + i * slice.step))));
  return part;
}

static void check_one_index(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count) {
  if (count != 1) raise_at(vm, ast->span, "%s has one index, %d are given", kind_name(base), count);
  if (subs->kind == SUB_NEW_AXIS)
    raise_help(vm, subs->span, "`x[none]` gives a tensor one more axis",
               "%s cannot be indexed by none", kind_name(base));
}

Value plain_index(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count) {
  bool can = base.kind == KIND_LIST || base.kind == KIND_TUPLE || base.kind == KIND_STRING ||
             base.kind == KIND_RANGE;
  if (!can) raise_at(vm, ast->span, "%s cannot be indexed", kind_name(base));
  check_one_index(vm, ast, base, subs, count);
  if (subs->kind == SUB_VALUE && subs->value.kind == KIND_RANGE)
    raise_help(vm, subs->span, "x[2:5] takes a part", "%s cannot be indexed by a range",
               kind_name(base));
  vm->current_span = ast->span;
  switch ((Kind)base.kind) {
    case KIND_LIST: return list_index(vm, subs, base.list);
    case KIND_TUPLE:
      if (subs->kind == SUB_VALUE && subs->value.kind == KIND_STRING)
        return tuple_named(vm, subs, base.tuple);
      return tuple_index(vm, subs, tuple_counted(base.tuple));
    case KIND_RANGE: return range_index(vm, ast, subs, base.range);
    default: return string_index(vm, subs, base.string);
  }
}

static NORETURN void refuse_set(Vm *vm, const Ast *ast, Value base) {
  const char *help = base.kind == KIND_TUPLE    ? "a tuple cannot be changed; a list can"
                     : base.kind == KIND_STRING ? "make a new string: s[0:2] + \"…\""
                                                : NULL;
  raise_help(vm, ast->span, help, "%s has no items that can be assigned", kind_name(base));
}

Value plain_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count, Value value) {
  if (base.kind != KIND_LIST) refuse_set(vm, ast, base);
  check_one_index(vm, ast, base, subs, count);
  PlainSlice slice = {0, 1, 1};
  bool several = subs->kind == SUB_SLICE;
  if (several) slice = plain_slice(vm, subs, base.list->count);
  else slice.start = plain_place(vm, subs, base.list->count, "a list");
  bool spread = several && value.kind == KIND_LIST;
  if (spread && value.list->count != slice.count)
    raise_at(vm, ast->span, "%lld items do not fit a slice of %lld", (long long)value.list->count,
             (long long)slice.count);
  vm->current_span = ast->span;
  Value target = base;
  if (base.object->refs > 1) {
    target = list_copy(vm, base.list);
    value_release(vm, base);
  }
  for (int64_t i = 0; i < slice.count; i++) {
    vm_poll_signals(vm);
    Value *at = &target.list->items[slice.start + i * slice.step], old = *at;
    *at = value_retain(spread ? value.list->items[i] : value);
    value_release(vm, old);
  }
  return target;
}

/* ---- fields ---- */

void plain_no_field(Vm *vm, const Ast *ast, Value base) {
  Diag diag = {0};
  if (!ast->text) {
    diag_fail(&diag, STATUS_FAILED, ast->span, "%s has no item %lld", kind_name(base),
              (long long)ast->number);
    if (base.kind == KIND_TUPLE) diag_label(&diag, "it has %d, counted from 0", base.tuple->count);
    raise_diag(vm, &diag);
  }
  raise_no_name(vm, ast->op_span.file ? ast->op_span : ast->span, base, ast->text, ast);
}

Value plain_item(Vm *vm, const Ast *ast, Value base, const Value *items, int64_t count) {
  double index = ast->number;
  if (!(index >= 0 && index < (double)count && index == floor(index)))
    plain_no_field(vm, ast, base);
  return value_retain(items[(int64_t)index]);
}

static Value tuple_field(Vm *vm, const Ast *ast, Value base) {
  const TupleObject *tuple = base.tuple;
  if (!ast->text)
    return plain_item(vm, ast, base, tuple_counted(tuple)->items, tuple_counted(tuple)->count);
  for (int i = 0; tuple->names && i < tuple->count; i++)
    if (tuple->names[i] == ast->text) return value_retain(tuple->items[i]);
  plain_no_field(vm, ast, base);
}

Value plain_field(Vm *vm, const Ast *ast, Value base) {
  if (base.kind == KIND_TUPLE) return tuple_field(vm, ast, base);
  if (base.kind == KIND_LIST && !ast->text)
    return plain_item(vm, ast, base, base.list->items, base.list->count);
  const KindRow *row = kind_row(vm, base);
  Value (*field)(Vm * vm, const Ast *ast, Value of) = row ? ast->text ? row->field : row->item
                                                          : NULL;
  if (!field) plain_no_field(vm, ast, base);
  return field(vm, ast, base);
}
