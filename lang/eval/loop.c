/* loop.c — while, for over everything that can be iterated, and comprehensions.
 *
 * A loop adds little to its body: a `for` over a range makes no object and keeps its number in the
 * loop variable's slot, and a body of one statement is run without its block.  Each round counts as
 * a step (vm_step), which checks signals and limits.
 *
 * A loop's variables are new each round: one captured by a closure is in a cell, and each round
 * makes its own.  The iterated value is held while the loop runs; a body that changes the variable
 * it came from changes a copy.
 *
 * A comprehension is a `for` whose body, a GATHER, adds its item to a list in a slot of the frame;
 * at the end the rule of brackets turns the list into a tensor where it can.
 *
 * In `gd check` a loop ends after enough rounds (check_enough), and the variables it assigns are
 * then unknown.
 */
#include "lang/eval/loop.h"
#include "lang/eval/assign.h"
#include "lang/eval/call.h"
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/frame.h"
#include "lang/machine/kind.h"
#include "lang/machine/known.h"
#include "lang/machine/list.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/index.h"
#include "lang/tensors/scalar.h"

#include <math.h>

static const Value NONE = {.kind = KIND_NONE};
static const Value UNKNOWN = {.kind = KIND_UNKNOWN};

/* ---- conditions and ranges ---- */

int run_condition_slow(Vm *vm, Frame *frame, const Ast *ast, Value *other) {
  Value value = run(vm, frame, ast);
  if (LIKELY(value.kind == KIND_BOOL)) return value.truth != 0;
  if (is_flow(value) || value_unknown(vm, value)) {
    *other = value;
    return -1;
  }
  return condition_value(vm, ast->span, value);
}

/* One end of a range as a number; false when it is a flow or unknown, which is then the result. */
static bool range_part(Vm *vm, Frame *frame, const Ast *ast, double *number, Value *instead) {
  Value value = run_leaf(vm, frame, ast);
  if (value.kind == KIND_NUMBER) {
    *number = value.number;
    return true;
  }
  *instead = value;
  if (is_flow(value) || value_unknown(vm, value)) return false;
  Value *kept = stack_push(vm, value);
  *number = value_as_number(vm, ast->span, value);
  stack_drop(vm, kept);
  return true;
}

bool range_parts(Vm *vm, Frame *frame, const Ast *ast, RangeObject *range, Value *instead) {
  range->step = 1;
  if (!range_part(vm, frame, ast->a, &range->first, instead) ||
      !range_part(vm, frame, ast->b, &range->last, instead))
    return false;
  if (ast->c && !range_part(vm, frame, ast->c, &range->step, instead)) return false;
  if (range->step == 0 || !isfinite(range->step))
    raise_at(vm, ast->c->span, "the step of a range must not be 0 or infinite");
  if (!isfinite(range->first) || !isfinite(range->last))
    raise_at(vm, ast->span, "the ends of a range must be finite");
  return true;
}

/* ---- rounds ---- */

/* After a round: true when the loop continues; else *value is the loop's result. */
static inline bool round_done(Vm *vm, Value *value) {
  if (LIKELY(value->kind <= KIND_NUMBER)) return true;
  if (!is_flow(*value)) {
    value_release(vm, *value);
    return true;
  }
  if (value->detail == FLOW_CONTINUE) return true;
  if (value->detail == FLOW_BREAK) *value = NONE;
  return false;
}

static Value while_rounds(Vm *vm, Frame *frame, const Ast *ast) {
  const Ast *body = bare(vm, ast->b);
  for (;;) {
    vm_step(vm, &ast->span);
    Value value;
    int truth = run_condition(vm, frame, ast->a, &value);
    if (UNLIKELY(truth < 0)) {
      if (is_flow(value)) return value;
      check_loop_gives_up(vm);
      check_body(vm, frame, ast->b);
      return NONE;
    }
    if (!truth) return NONE;
    if (UNLIKELY(vm->checking) && check_enough(vm)) {
      check_loop_gives_up(vm);
      return NONE;
    }
    value = run(vm, frame, body);
    if (!round_done(vm, &value)) return value;
    if (UNLIKELY(vm->checking) && check_loop_unsure(vm)) return NONE;
  }
}

Value run_while(Vm *vm, Frame *frame, const Ast *ast) {
  return UNLIKELY(vm->checking) ? check_loop(vm, frame, ast, while_rounds)
                                : while_rounds(vm, frame, ast);
}

/* One round of a `for`: takes the item, binds it, runs the body, releases the loop's variables. */
static inline bool for_round(Vm *vm, Frame *frame, const Ast *ast, Value item, Value *value) {
  Value *kept = stack_push(vm, item);
  vm_step(vm, &ast->span);
  if (UNLIKELY(vm->checking) && check_enough(vm)) {
    stack_drop(vm, kept);
    check_loop_gives_up(vm);
    *value = NONE;
    return false;
  }
  const Ast *pattern = ast->pattern;
  if (LIKELY(pattern->text && pattern->place == PLACE_LOCAL)) {
    Value *slot = &frame->slots[pattern->slot];
    Value old = *slot;
    *slot = item;
    vm->top = kept; /* moved */
    value_release(vm, old);
  } else {
    block_leave(vm, frame, ast); /* a captured variable is new each round */
    eval_bind(vm, frame, pattern, item);
    stack_drop(vm, kept);
  }
  *value = run(vm, frame, ast->b);
  if (!round_done(vm, value)) return false;
  if (LIKELY(!vm->checking) || !check_loop_unsure(vm)) return true;
  *value = NONE;
  return false;
}

/* The loop over numbers whose variable no closure captures. */
static Value for_numbers(Vm *vm, Frame *frame, const Ast *ast, const RangeObject *range,
                         double count) {
  const Ast *body = bare(vm, ast->b);
  Value *slot = &frame->slots[ast->pattern->slot];
  bool whole = range->step == 1 && range->first == floor(range->first);
  for (double k = 0; k < count; k++) {
    vm_step(vm, &ast->span);
    value_release(vm, *slot); /* the body may have assigned it */
    *slot = value_number(whole ? range->first + k : range_at(range, k));
    Value value = run(vm, frame, body);
    if (!round_done(vm, &value)) return value;
  }
  return NONE;
}

static Value for_range(Vm *vm, Frame *frame, const Ast *ast, const RangeObject *range) {
  double count = range_count(range);
  Value value = NONE;
  if (LIKELY(ast->pattern->text && ast->pattern->place == PLACE_LOCAL && !vm->checking))
    return for_numbers(vm, frame, ast, range, count);
  for (double k = 0; k < count; k++)
    if (!for_round(vm, frame, ast, value_number(range_at(range, k)), &value)) return value;
  return NONE;
}

static Value for_items(Vm *vm, Frame *frame, const Ast *ast, Value list) {
  Value value = NONE;
  int64_t count = list.kind == KIND_LIST ? list.list->count : list.tuple->count;
  for (int64_t i = 0; i < count; i++) {
    const Value *items = list.kind == KIND_LIST ? list.list->items : list.tuple->items;
    if (!for_round(vm, frame, ast, value_retain(items[i]), &value)) return value;
  }
  return NONE;
}

static Value for_string(Vm *vm, Frame *frame, const Ast *ast, const StringObject *string) {
  Value value = NONE;
  for (size_t at = 0; at < string->length;) {
    uint32_t code;
    size_t size = text_decode(string->data + at, string->length - at, &code);
    size = size ? size : 1;
    if (!for_round(vm, frame, ast, value_string(vm, string->data + at, size), &value)) return value;
    at += size;
  }
  return NONE;
}

/* Several names for a batch of one tensor would be its rows, whenever there are as many. */
static void want_columns(Vm *vm, const Ast *pattern, Value from, Value item) {
  if (pattern->text || from.kind != KIND_BATCHES || !value_is_tensor(item)) return;
  raise_help(vm, pattern->span, "batches(dataset(x, y), 32) has two",
             "the pattern has %u name%s, each of these batches is one tensor", pattern->count,
             pattern->count == 1 ? "" : "s");
}

static Value for_rows(Vm *vm, Frame *frame, const Ast *ast, Value from) {
  Value value = NONE;
  Span span = ast->a->span;
  int64_t count = value_rows(vm, span, from);
  for (int64_t i = 0; i < count; i++) {
    Value *kept = stack_push(vm, value_row(vm, span, from, i)), row = *kept;
    want_columns(vm, ast->pattern, from, row);
    vm->top = kept;
    if (!for_round(vm, frame, ast, row, &value)) return value;
  }
  return NONE;
}

static Value for_unknown(Vm *vm, Frame *frame, const Ast *ast) {
  check_loop_gives_up(vm);
  eval_bind(vm, frame, ast->pattern, UNKNOWN);
  check_body(vm, frame, ast->b);
  return NONE;
}

static Value for_each(Vm *vm, Frame *frame, const Ast *ast, Value from) {
  switch ((Kind)from.kind) {
    case KIND_RANGE: return for_range(vm, frame, ast, from.range);
    case KIND_LIST:
    case KIND_TUPLE: return for_items(vm, frame, ast, from);
    case KIND_STRING: return for_string(vm, frame, ast, from.string);
    case KIND_TENSOR:
    case KIND_PARAM: return for_rows(vm, frame, ast, from);
    case KIND_UNKNOWN: return for_unknown(vm, frame, ast);
    default:
      if (kind_row(vm, from) && kind_row(vm, from)->at) return for_rows(vm, frame, ast, from);
      raise_help(
          vm, ast->a->span,
          from.kind == KIND_NUMBER
              ? "a range has two ends: 0..9"
              : "ranges, lists, tuples, dicts, strings, tensors, datasets and batches can be",
          "%s cannot be iterated over", kind_name(from));
  }
}

static Value for_rounds(Vm *vm, Frame *frame, const Ast *ast) {
  Value result, *kept = vm->top;
  if (ast->a->kind == AST_RANGE) { /* the commonest loop makes no object */
    RangeObject range;
    if (range_parts(vm, frame, ast->a, &range, &result)) result = for_range(vm, frame, ast, &range);
    else if (!is_flow(result)) result = for_unknown(vm, frame, ast);
  } else {
    Value from = run(vm, frame, ast->a);
    if (is_flow(from)) return from;
    stack_push(vm, from);
    result = for_each(vm, frame, ast, from);
  }
  block_leave(vm, frame, ast);
  stack_drop(vm, kept);
  return result;
}

Value run_for(Vm *vm, Frame *frame, const Ast *ast) {
  return UNLIKELY(vm->checking) ? check_loop(vm, frame, ast, for_rounds)
                                : for_rounds(vm, frame, ast);
}

/* ---- comprehensions ---- */

static void gather_unknown(Vm *vm, Frame *frame, const Ast *ast) {
  frame_set(vm, frame, PLACE_LOCAL, ast->slot, UNKNOWN);
}

/* gd check: the item of a condition that is not known. */
static Value gather_maybe(Vm *vm, Frame *frame, const Ast *ast, Value condition) {
  if (is_flow(condition)) return condition;
  value_release(vm, condition);
  gather_unknown(vm, frame, ast);
  return check_aside(vm, frame, ast->a);
}

Value run_gather(Vm *vm, Frame *frame, const Ast *ast) {
  Value other;
  int truth = ast->b ? run_condition(vm, frame, ast->b, &other) : 1;
  if (UNLIKELY(truth < 0)) return gather_maybe(vm, frame, ast, other);
  if (!truth) return NONE;
  Value item = run_leaf(vm, frame, ast->a), list = frame->slots[ast->slot];
  if (is_flow(item)) return item;
  if (LIKELY(list.kind == KIND_LIST && item.kind != KIND_UNKNOWN)) {
    list_push(vm, list.list, item);
    return NONE;
  }
  gather_unknown(vm, frame, ast);
  value_release(vm, item);
  return NONE;
}

/* A tensor where the rule of brackets makes one of the items, else the list; takes it. */
static Value gathered(Vm *vm, const Ast *ast, Value list) {
  Value tensor;
  if (list.kind != KIND_LIST) return list;
  vm->current_span = ast->span;
  Value *kept = stack_push(vm, list);
  if (list.list->count > INT32_MAX)
    raise_at(vm, ast->span, "%lld items are too many", (long long)list.list->count);
  bool made = bracket_tensor(vm, ast, list.list->items, (int)list.list->count, &tensor);
  vm->top = kept;
  if (!made) return list;
  value_release(vm, list);
  return tensor;
}

Value run_comprehension(Vm *vm, Frame *frame, const Ast *ast) {
  stack_check(vm, ast->span);
  vm->current_span = ast->span;
  int32_t slot = ast->b->slot;
  frame_set(vm, frame, PLACE_LOCAL, slot, value_list(vm, 0));
  Value value = run_for(vm, frame, ast), list = frame->slots[slot];
  frame->slots[slot] = (Value){0};
  if (!is_flow(value)) return gathered(vm, ast, list);
  value_release(vm, list);
  return value;
}
