/* bracket.c — tensors made of items: `[1, 2, 3]`, `[a, b]`, tensor(list).
 *
 * Brackets make a tensor when their items are all numbers, all bools, all tensors of one shape, or
 * scalars mixed with numbers; else a list (LANGUAGE.md section 2).  Numbers and bools are written
 * into a new tensor without a graph; as soon as one item is a tensor or param, the items are
 * operands of the operation `stack`, so gradients pass through.
 *
 * A bracket of many numbers is one node of the tree (AST_NUMBERS), filled in parts, with a look at
 * the user's interrupt between them.
 *
 * A value that the dtype cannot hold is an error at its item, never rounded to infinity or wrapped.
 */
#include "lang/tensors/bracket.h"

#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/range.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/names/scope.h"
#include "lang/tensors/trace_value.h"

#include <math.h>

typedef struct BracketKinds {
  bool numbers, bools, tensors; /* which of these are among the items */
  bool scalars;                 /* every tensor has rank 0 */
  bool other;
} BracketKinds;

static BracketKinds look(Vm *vm, const Value *items, int count) {
  BracketKinds kinds = {.scalars = true};
  for (int i = 0; i < count; i++) {
    Value item = items[i];
    if (item.kind == KIND_NUMBER) kinds.numbers = true;
    else if (item.kind == KIND_BOOL) kinds.bools = true;
    else if (value_is_tensor(item)) {
      kinds.tensors = true;
      kinds.scalars &= trace_type(vm, item, (Span){0}).shape.rank == 0;
    } else kinds.other = true;
  }
  return kinds;
}

static bool same_shapes(Vm *vm, const Value *items, int count) {
  Type first = trace_type(vm, items[0], (Span){0});
  for (int i = 1; i < count; i++) {
    Type type = trace_type(vm, items[i], (Span){0});
    if (!shape_equal(&type.shape, &first.shape)) return false;
  }
  return first.shape.rank < RANK_MOST;
}

/* ---- numbers and bools ---- */

void raise_unheld(Vm *vm, Span span, Dtype dtype, double value) {
  Diag diag = {0};
  dtype_refuse(&diag, span, dtype, value);
  raise_diag(vm, &diag);
}

/* The float dtype of a bracket: f64 inside a conversion, which holds every whole number of the
 * script exactly. */
static Dtype bracket_real(const Vm *vm, const Ast *ast) {
  return ast->flags & EXACT ? DTYPE_F64 : vm->real;
}

static Value literal(Vm *vm, const Ast *ast, const Value *items, int count, Dtype dtype) {
  for (int i = 0; i < count; i++) {
    Span span = (uint32_t)count == ast->count ? ast->items[i]->span : ast->span;
    if (items[i].kind == KIND_NUMBER && !dtype_holds(dtype, items[i].number))
      raise_unheld(vm, span, dtype, items[i].number);
  }
  Tensor tensor;
  Diag diag;
  diag_clear(&diag);
  Shape shape = shape_of(1, (int64_t[]){count});
  if (!tensor_new(&tensor, dtype, &shape, &diag)) {
    diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  for (int i = 0; i < count; i++)
    tensor_set(&tensor, i, items[i].kind == KIND_BOOL ? (double)items[i].truth : items[i].number);
  Value value = value_tensor(vm, tensor);
  value.tensor->made = ast->span;
  return value;
}

enum { NUMBERS_A_POLL = 1 << 16 };

/* The elements from `from` to before `to`; the first that the dtype cannot hold is returned, or
 * `to`. */
static uint32_t set_numbers(Tensor *tensor, const AstNumbers *numbers, uint32_t from, uint32_t to) {
  for (; from < to; from++) {
    if (!dtype_holds(tensor->dtype, numbers->items[from].value)) break;
    tensor_set(tensor, from, numbers->items[from].value);
  }
  return from;
}

Value bracket_numbers(Vm *vm, const Ast *ast) {
  const AstNumbers *numbers = ast->numbers;
  Tensor tensor;
  Diag diag;
  diag_clear(&diag);
  _Static_assert((int)NUMBERS_AXES == (int)RANK_MOST, "as many axes as a tensor has");
  Shape shape = {.rank = numbers->rank};
  for (int i = 0; i < shape.rank; i++) shape.dim[i] = numbers->dim[i];
  if (!tensor_new(&tensor, bracket_real(vm, ast), &shape, &diag)) {
    diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  Value value = value_tensor(vm, tensor);
  value.tensor->made = ast->span;
  for (uint32_t done = 0; done < numbers->count;) {
    uint32_t rest = numbers->count - done;
    uint32_t to = done + (rest < NUMBERS_A_POLL ? rest : NUMBERS_A_POLL);
    vm_poll_signals(vm);
    done = set_numbers(&tensor, numbers, done, to);
    if (done == to) continue;
    const AstNumber *bad = &numbers->items[done];
    raise_unheld(vm, (Span){ast->span.file, bad->start, bad->end}, tensor.dtype, bad->value);
  }
  return value;
}

/* ---- tensors ---- */

/* The dtype of a bracket of scalars: that of its tensors; the default float when there are only
 * numbers, or a fraction beside a whole dtype. */
static Dtype scalar_dtype(Vm *vm, const Value *items, int count, Dtype real) {
  Dtype dtype = DTYPE_BOOL;
  bool strong = false, fraction = false, number = false;
  for (int i = 0; i < count; i++) {
    Type type = trace_type(vm, items[i], (Span){0});
    if (items[i].kind == KIND_NUMBER) fraction |= items[i].number != floor(items[i].number);
    number |= type.weak;
    if (type.weak) continue;
    dtype = strong ? dtype_promote(dtype, type.dtype) : type.dtype;
    strong = true;
  }
  if (!strong || (number && dtype == DTYPE_BOOL) || (fraction && !dtype_floats(dtype))) return real;
  return dtype;
}

static Value stack(Vm *vm, const Ast *ast, const Value *items, int count, bool scalars) {
  bool pending = false;
  for (int i = 0; i < count; i++) pending |= trace_pending(vm, items[i]);
  Trace *trace = trace_for(vm, pending);
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId *nodes = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  Dtype dtype = scalars ? scalar_dtype(vm, items, count, bracket_real(vm, ast)) : vm->real;
  for (int i = 0; i < count; i++) {
    nodes[i] = trace_operand(trace, items[i], ast->span);
    if (scalars) nodes[i] = make_cast(&maker, nodes[i], dtype);
  }
  static const OpRow *row;
  if (!row) row = ops_find("stack");
  Arg args[2] = {{.kind = ARG_NODES, .span = ast->span, .nodes = nodes, .count = count},
                 {.kind = ARG_NUMBER, .span = ast->span, .number = 0}};
  NodeId results[RESULTS_MOST];
  if (!ops_build(&maker, row, args, 2, results)) raise_diag(vm, &diag);
  Value result = trace_outcome(trace, results[0], false);
  trace_done(trace);
  return result;
}

bool bracket_tensor(Vm *vm, const Ast *ast, const Value *items, int count, Value *result) {
  if (count == 0) return false;
  BracketKinds kinds = look(vm, items, count);
  bool joined = (ast->flags & BRACKET_ITEMS) != 0;
  if (kinds.other || ast->flags & BRACKET_SCALARS) return false;
  if (!kinds.tensors) {
    if (kinds.numbers && kinds.bools) return false;
    *result = literal(vm, ast, items, count, kinds.bools ? DTYPE_BOOL : bracket_real(vm, ast));
    return true;
  }
  if (kinds.bools) return false;
  if (!kinds.scalars && (kinds.numbers || joined || !same_shapes(vm, items, count))) return false;
  *result = stack(vm, ast, items, count, kinds.scalars);
  return true;
}

/* ---- of collections ---- */

/* The number of items in a list, tuple or range. */
static int64_t item_count(Value value) {
  if (value.kind == KIND_RANGE) return (int64_t)range_count(value.range);
  return value.kind == KIND_LIST ? value.list->count : value.tuple->count;
}

static Value item_at(Value value, int64_t index) {
  if (value.kind == KIND_RANGE) return value_number(range_at(value.range, (double)index));
  return value_retain(value.kind == KIND_LIST ? value.list->items[index]
                                              : value.tuple->items[index]);
}

static Value empty(Vm *vm) {
  Tensor tensor;
  Shape shape = {.rank = 1};
  Diag diag = {0};
  if (!tensor_zeros(&tensor, vm->real, &shape, &diag)) raise_diag(vm, &diag);
  return value_tensor(vm, tensor);
}

static Value tensor_of_items(Vm *vm, const CallSite *site, Value from) {
  int64_t count = item_count(from);
  if (count == 0) return empty(vm);
  if (count > INT32_MAX)
    raise_at(vm, site_at(site, 0), "%lld items are too many", (long long)count);
  Value items = value_list(vm, count), result;
  for (int64_t i = 0; i < count; i++) {
    Value item = item_at(from, i);
    list_push(vm, items.list, tensor_of(vm, site, item));
    value_release(vm, item);
  }
  Ast place = {.kind = AST_BRACKET, .span = site_at(site, 0), .flags = site->exact ? EXACT : 0};
  if (!bracket_tensor(vm, &place, items.list->items, (int)count, &result))
    raise_at(
        vm, site_at(site, 0),
        "the items do not make a tensor: all must be numbers, or all bools, or all of one shape");
  value_release(vm, items);
  return result;
}

Value tensor_of(Vm *vm, const CallSite *site, Value value) {
  stack_check(vm, site->span);
  if (value_is_tensor(value) || value.kind == KIND_NUMBER || value.kind == KIND_BOOL)
    return value_retain(value);
  if (value.kind == KIND_LIST || value.kind == KIND_TUPLE || value.kind == KIND_RANGE)
    return tensor_of_items(vm, site, value);
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  raise_at(vm, site_at(site, 0), "%s does not make a tensor", kind_name(value));
}
