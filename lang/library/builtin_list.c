/* builtin_list.c — standard functions for collections: lists, tuples, ranges, and everything that
 * can be iterated.
 *
 * `map`, `filter` and `reduce` take the collection first, for pipes.  The other order means the
 * same, since a function is not a collection.
 *
 * `map`, `filter`, `zip` and `enumerate` return lists (LANGUAGE.md, section 12), for tensors too,
 * whose items are their rows.
 */
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/names/scope.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/index.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/text_value.h"

#include <math.h>
#include <string.h>

int64_t items_count(Vm *vm, Span span, Value from) {
  switch ((Kind)from.kind) {
    case KIND_LIST: return from.list->count;
    case KIND_TUPLE: return from.tuple->count;
    case KIND_STRING: return string_points(vm, from.string);
    case KIND_RANGE: return (int64_t)range_count(from.range);
    case KIND_TENSOR:
    case KIND_PARAM: return value_rows(vm, span, from);
    default:
      if (kind_row(vm, from) && kind_row(vm, from)->at) return value_rows(vm, span, from);
      raise_kind(vm, span, from,
                 "a list, tuple, dict, range, string, tensor, dataset or batches are expected here",
                 from.kind == KIND_MODEL ? "count(m) is the number of values in a model; its parts "
                                           "have lengths, such as len(v.table) of a Vocabulary"
                                         : NULL);
  }
}

Value items_at(Vm *vm, Span span, Value from, int64_t index) {
  vm_poll_signals(vm);
  Sub sub = {.kind = SUB_VALUE, .span = span, .value = value_number((double)index)};
  switch ((Kind)from.kind) {
    case KIND_LIST: return value_retain(from.list->items[index]);
    case KIND_TUPLE: return value_retain(from.tuple->items[index]);
    case KIND_STRING: return string_index(vm, &sub, from.string);
    case KIND_RANGE: return value_number(range_at(from.range, (double)index));
    default: return value_row(vm, span, from, index);
  }
}

Value native_list(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)vm;
  (void)site;
  (void)count;
  return value_retain(args[0]);
}

/* The dtype of elements and a number together (LANGUAGE.md, section 2): it widens no float, and a
 * fraction makes whole ones floats. */
static Dtype pushed_dtype(const Vm *vm, Dtype dtype, double number) {
  if (dtype_floats(dtype)) return dtype;
  if (number != floor(number)) return vm->real;
  return dtype == DTYPE_U8 && dtype_holds(DTYPE_U8, number) ? DTYPE_U8 : DTYPE_I32;
}

static Value push_element(Vm *vm, const CallSite *site, Value tensor, Value item) {
  Type type = trace_type(vm, tensor, site_at(site, 0));
  if (type.shape.rank != 1)
    raise_help(vm, site_at(site, 0), "concat(x, y) joins tensors along an axis",
               "a list or a tensor with one axis is expected here, this tensor has %d",
               type.shape.rank);
  Ast place = {.kind = AST_BRACKET, .span = site_at(site, 1), .flags = EXACT};
  Value one, *top = vm->top;
  if (!bracket_tensor(vm, &place, &item, 1, &one))
    raise_kind(vm, site_at(site, 1), item, "an element of a tensor must be a number or a bool",
               NULL);
  if (item.kind == KIND_NUMBER) {
    Value exact = *stack_push(vm, one);
    one = operation_call(vm, site, ops_find(dtype_name(pushed_dtype(vm, type.dtype, item.number))),
                         &exact, 1);
    stack_drop(vm, top);
  }
  Value both[2] = {*stack_push(vm, value_list(vm, 2))};
  list_push(vm, both[0].list, value_retain(tensor));
  list_push(vm, both[0].list, one);
  Value longer = operation_call(vm, site, ops_find("concat"), both, 2);
  value_release(vm, both[0]);
  vm->top = top;
  return longer;
}

/* `xs = push(xs, v)` of a list is done in place by assign.c instead. */
Value native_push(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (value_is_tensor(args[0])) return push_element(vm, site, args[0], args[1]);
  if (args[0].kind != KIND_LIST)
    raise_no_tensor(vm, site_at(site, 0), args[0],
                    "a list or a tensor with one axis is expected here", NULL);
  const ListObject *list = args[0].list;
  check_bounded(vm, (size_t)list->count + 1, CHECKED_ITEMS);
  Value longer = *stack_push(vm, value_list(vm, list->count + 1));
  for (int64_t i = 0; i < list->count; i++)
    list_push(vm, longer.list, value_retain(list->items[i]));
  list_push(vm, longer.list, value_retain(args[1]));
  return longer;
}

Value native_range_of(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t items = items_count(vm, site_at(site, 0), args[0]);
  RangeObject *range = object_new(vm, KIND_RANGE, sizeof *range);
  range->first = 0;
  range->last = (double)items - 1;
  range->step = 1;
  return value_of(KIND_RANGE, range);
}

/* The arguments of map, filter and reduce: the collection first, as in a pipe, or the function. */
typedef struct Over {
  Value items, function;
  Span span, function_span; /* where each is written */
  int64_t count;            /* of items */
} Over;

static bool is_function(Value value) {
  return value.kind == KIND_CLOSURE || value.kind == KIND_NATIVE || value.kind == KIND_MODEL;
}

static Over over_of(Vm *vm, const CallSite *site, const Value *args) {
  int first = is_function(args[0]) && !is_function(args[1]);
  Over over = {.items = args[first],
               .function = args[1 - first],
               .span = site_at(site, first),
               .function_span = site_at(site, 1 - first)};
  if (!is_function(over.function))
    raise_kind(vm, over.function_span, over.function, "a function is expected here",
               "map(xs, fn(x) = x + 1); xs |> map(f)");
  over.count = items_count(vm, over.span, over.items);
  return over;
}

Value native_map(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Over over = over_of(vm, site, args);
  Value list = *stack_push(vm, value_list(vm, 0));
  for (int64_t i = 0; i < over.count; i++) {
    vm_step(vm, &site->span);
    Value *item = stack_push(vm, items_at(vm, over.span, over.items, i));
    list_push(vm, list.list, vm_call(vm, site, over.function, item, 1));
    stack_drop(vm, item);
  }
  return list;
}

Value native_filter(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Over over = over_of(vm, site, args);
  Value list = *stack_push(vm, value_list(vm, 0));
  for (int64_t i = 0; i < over.count; i++) {
    vm_step(vm, &site->span);
    Value *item = stack_push(vm, items_at(vm, over.span, over.items, i));
    Value *keep = stack_push(vm, vm_call(vm, site, over.function, item, 1));
    if (value_truth(vm, over.function_span, *keep)) list_push(vm, list.list, value_retain(*item));
    stack_drop(vm, item);
  }
  return list;
}

Value native_reduce(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Over over = over_of(vm, site, args);
  int64_t first = 0;
  Value *pair = stack_take(vm, 2);
  pair[0] = value_retain(args[2]);
  if (args[2].kind == KIND_UNSET) {
    if (over.count == 0)
      raise_help(vm, over.span, "reduce(xs, f, start) also works for no items",
                 "there is nothing to reduce");
    pair[0] = items_at(vm, over.span, over.items, first++);
  }
  for (int64_t i = first; i < over.count; i++) {
    vm_step(vm, &site->span);
    pair[1] = items_at(vm, over.span, over.items, i);
    Value result = vm_call(vm, site, over.function, pair, 2);
    value_release(vm, pair[0]);
    value_release(vm, pair[1]);
    pair[0] = result;
    pair[1] = (Value){0};
  }
  return pair[0];
}

Value native_zip(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const ListObject *from = args[0].list;
  int64_t shortest = from->count ? INT64_MAX : 0;
  for (int64_t k = 0; k < from->count; k++) {
    int64_t items = items_count(vm, site_at(site, 0), from->items[k]);
    shortest = items < shortest ? items : shortest;
  }
  Value list = *stack_push(vm, value_list(vm, 0));
  for (int64_t i = 0; i < shortest; i++) {
    Value tuple = value_tuple(vm, (int)from->count);
    for (int64_t k = 0; k < from->count; k++)
      tuple.tuple->items[k] = items_at(vm, site_at(site, 0), from->items[k], i);
    list_push(vm, list.list, tuple);
  }
  return list;
}

Value native_enumerate(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t items = items_count(vm, site_at(site, 0), args[0]);
  Value list = *stack_push(vm, value_list(vm, 0));
  for (int64_t i = 0; i < items; i++) {
    Value pair = value_tuple(vm, 2);
    pair.tuple->items[0] = value_number((double)i);
    pair.tuple->items[1] = items_at(vm, site_at(site, 0), args[0], i);
    list_push(vm, list.list, pair);
  }
  return list;
}
