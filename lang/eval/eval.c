/* eval.c — runs the tree.
 *
 * Each kind of node has a function, RUNNERS[kind]. resolve.c has resolved names to places, so a
 * variable is one load; numbers are passed in registers; the cases for numbers come first and make
 * no call.  So a node costs its loads and one indirect call.
 *
 * Jumps.  `break`, `continue` and `return` unwind as values of KIND_FLOW. The code that evaluates
 * an operand checks its kind anyway (is it a number?), so a flow is detected only where the fast
 * case fails, and passed on.
 *
 * Ownership.  The caller owns what `run` returns.  A frame's slots own their values; a block
 * releases its variables at its end, so each round of a loop has new ones, and a captured variable
 * has a new cell.  A captured variable's cell is created by its `let`, or earlier by a closure that
 * captures it.
 *
 * Left-leaning sums of many terms are run over the list made by resolve.c, not by recursion.
 *
 * To add a kind of node: its row in ast.def, its case in resolve.c where more than its parts are to
 * be resolved, its function here.
 */
#include "lang/eval/eval.h"
#include "lang/eval/assign.h"
#include "lang/eval/check.h"

#include "lang/eval/call.h"
#include "lang/eval/loop.h"
#include "lang/eval/module.h"
#include "lang/eval/standard_value.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/heap.h"
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/raise.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/names/standard.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/index.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace.h"
#include "lang/values/plain.h"
#include "lang/values/text_value.h"

#include <math.h>
#include <string.h>

static const Value NONE = {.kind = KIND_NONE};
static const Value UNKNOWN = {.kind = KIND_UNKNOWN};

/* ---- leaves ---- */

static Value run_number(Vm *vm, Frame *frame, const Ast *ast) {
  (void)vm;
  (void)frame;
  return value_number(ast->number);
}
static Value run_true(Vm *vm, Frame *frame, const Ast *ast) {
  (void)vm;
  (void)frame;
  (void)ast;
  return value_bool(true);
}
static Value run_false(Vm *vm, Frame *frame, const Ast *ast) {
  (void)vm;
  (void)frame;
  (void)ast;
  return value_bool(false);
}
static Value run_none(Vm *vm, Frame *frame, const Ast *ast) {
  (void)vm;
  (void)frame;
  (void)ast;
  return NONE;
}

static Value run_string(Vm *vm, Frame *frame, const Ast *ast) {
  (void)frame;
  vm->current_span = ast->span;
  return value_string(vm, ast->text, ast->length);
}

static NORETURN void raise_early(Vm *vm, const Ast *name) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, name->span, "`%.64s` is used before its `let`", name->text);
  diag_label(&diag, "it has no value yet");
  raise_diag(vm, &diag);
}

Value *variable_peek(Vm *vm, Frame *frame, const Ast *name) {
  Value *place = NULL;
  switch ((Place)name->place) {
    case PLACE_LOCAL: place = &frame->slots[name->slot]; break;
    case PLACE_CELL: place = &frame->slots[name->slot]; break;
    case PLACE_CAPTURE: place = &frame->closure->cells[name->slot]->value; break;
    case PLACE_GLOBAL: place = &frame->module->globals[name->slot]; break;
    case PLACE_STANDARD: place = standard_value(vm, name->slot); break;
    case PLACE_UNRESOLVED: break;
  }
  if (name->place == PLACE_CELL) place = place->kind == KIND_CELL ? &place->cell->value : NULL;
  return !place || place->kind == KIND_UNSET ? NULL : place;
}

Value *variable_at(Vm *vm, Frame *frame, const Ast *name) {
  Value *place = variable_peek(vm, frame, name);
  if (!place) raise_early(vm, name);
  return place;
}

/* A value that a NAME or FIELD refers to, as an owned one. */
static inline Value referred(Vm *vm, const Ast *ast, Value value) {
  if (LIKELY(value.kind != KIND_PARAM)) return value_retain(value);
  return vm->registry->learning->param_read(vm, ast, value.param);
}

static Value run_name(Vm *vm, Frame *frame, const Ast *ast) {
  if (LIKELY(ast->place == PLACE_LOCAL)) {
    Value value = frame->slots[ast->slot];
    if (LIKELY(value.kind != KIND_UNSET)) return referred(vm, ast, value);
  } else if (ast->place == PLACE_GLOBAL) {
    Value value = frame->module->globals[ast->slot];
    if (LIKELY(value.kind != KIND_UNSET)) return referred(vm, ast, value);
  } else if (ast->place == PLACE_STANDARD && ast->slot == STANDARD_TRAINING) {
    return value_bool(vm->training && !vm->inferring);
  }
  return referred(vm, ast, *variable_at(vm, frame, ast));
}

/* ---- operators ---- */

/* `d["c"] == "u"`, which is false for a text column too, a tensor of class numbers. */
static void tell_never_equal(Vm *vm, const Ast *ast, int op, Value a, Value b) {
  bool equality = op == BINARY_EQ || op == BINARY_NE;
  bool apart = (value_is_tensor(a) && b.kind == KIND_STRING) ||
               (value_is_tensor(b) && a.kind == KIND_STRING);
  if (!equality || !apart || source_is_library(vm->sources, ast->span.file)) return;
  if (!vm_warns(vm) || vm->clinic || (vm->checking && !check_sure(vm))) return;
  if (!trace_mark_reported(vm, ast->span)) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->span, "a tensor never equals a string: this is %s",
            op == BINARY_EQ ? "false" : "true");
  diag_help(&diag, "a text column c is class numbers, of which k is the name d.classes[\"c\"][k]: "
                   "compare with the number, or `d[\"c=name\"] == 1`");
  vm_warn(vm, &diag);
}

Value binary_slow(Vm *vm, const Ast *ast, int op, Value a, Value b) {
  if (a.kind == KIND_UNKNOWN || b.kind == KIND_UNKNOWN) return UNKNOWN;
  if (a.kind == KIND_NUMBER && b.kind == KIND_NUMBER)
    return number_binary(vm, ast, op, a.number, b.number);
  Value quick;
  if (scalar_binary(vm, ast, op, a, b, &quick)) return quick;
  bool tensors = value_is_tensor(a) || value_is_tensor(b);
  bool elementwise = (value_is_tensor(a) || a.kind == KIND_NUMBER || a.kind == KIND_BOOL) &&
                     (value_is_tensor(b) || b.kind == KIND_NUMBER || b.kind == KIND_BOOL);
  vm->current_span = ast->span;
  if (!elementwise && (value_is_tree(a) || value_is_tree(b)))
    return vm->registry->learning->tree_binary(vm, ast, op, a, b);
  if (tensors && elementwise) return operation_binary(vm, ast, op, a, b);
  if (tensors) tell_never_equal(vm, ast, op, a, b);
  return plain_binary(vm, ast, op, a, b);
}

/* Owns and releases both operands. */
static Value binary_of(Vm *vm, const Ast *ast, Value a, Value b) {
  if (is_flow(b)) {
    value_release(vm, a);
    return b;
  }
  Value *kept = stack_push(vm, a);
  stack_push(vm, b);
  Value result = binary_slow(vm, ast, ast->op, a, b);
  vm->top = kept;
  value_release(vm, a);
  value_release(vm, b);
  return result;
}

/* The second operand, while the stack holds the first. */
static inline Value run_second(Vm *vm, Frame *frame, Value first, const Ast *second) {
  if (!value_object(first)) return run_leaf(vm, frame, second);
  Value *kept = stack_push(vm, first), value = run_leaf(vm, frame, second);
  vm->top = kept;
  return value;
}

static inline Value numbers_quick(Vm *vm, const Ast *ast, double a, double b) {
  switch ((BinaryOp)ast->op) {
    case BINARY_ADD: return value_number(a + b);
    case BINARY_SUB: return value_number(a - b);
    case BINARY_MUL: return value_number(a * b);
    case BINARY_DIV: return value_number(a / b);
    case BINARY_EQ: return value_bool(a == b);
    case BINARY_NE: return value_bool(a != b);
    case BINARY_LT: return value_bool(a < b);
    case BINARY_LE: return value_bool(a <= b);
    case BINARY_GT: return value_bool(a > b);
    case BINARY_GE: return value_bool(a >= b);
    default: return number_binary(vm, ast, ast->op, a, b);
  }
}

static inline Value binary_quick(Vm *vm, const Ast *ast, Value a, Value b) {
  if (LIKELY(a.kind == KIND_NUMBER && b.kind == KIND_NUMBER))
    return numbers_quick(vm, ast, a.number, b.number);
  return binary_of(vm, ast, a, b);
}

/* A long sum: the spine from the bottom up. */
static Value run_spine(Vm *vm, Frame *frame, const Ast *ast) {
  Value sum = run(vm, frame, ast->items[0]->a);
  for (uint32_t i = 0; i < ast->count && !is_flow(sum); i++)
    sum = binary_quick(vm, ast->items[i], sum, run_second(vm, frame, sum, ast->items[i]->b));
  return sum;
}

static NOINLINE Value run_binary_parts(Vm *vm, Frame *frame, const Ast *ast) {
  if (UNLIKELY(ast->flags & BINARY_SPINE)) return run_spine(vm, frame, ast);
  Value a = run_leaf(vm, frame, ast->a);
  if (is_flow(a)) return a;
  return binary_quick(vm, ast, a, run_second(vm, frame, a, ast->b));
}

static Value run_binary(Vm *vm, Frame *frame, const Ast *ast) {
  double a, b;
  if (quick_number(frame, ast->a, &a) && quick_number(frame, ast->b, &b))
    return numbers_quick(vm, ast, a, b);
  return run_binary_parts(vm, frame, ast);
}

static Value run_unary(Vm *vm, Frame *frame, const Ast *ast) {
  Value a = run_leaf(vm, frame, ast->a);
  if (ast->op == UNARY_MINUS && a.kind == KIND_NUMBER) return value_number(-a.number);
  if (ast->op == UNARY_NOT && a.kind == KIND_BOOL) return value_bool(!a.truth);
  if (is_flow(a) || a.kind == KIND_UNKNOWN) return a;
  Value result, *kept = stack_push(vm, a);
  if (value_is_tensor(a)) {
    result = operation_unary(vm, ast, a);
  } else {
    if (ast->op != UNARY_MINUS) raise_kind(vm, ast->span, a, "`not` needs a bool", NULL);
    if (!value_is_tree(a))
      raise_no_tensor(vm, ast->span, a, "`-` needs a number or a tensor", NULL);
    vm->current_span = ast->span;
    result = vm->registry->learning->tree_minus(vm, ast, a);
  }
  stack_drop(vm, kept);
  return result;
}

static Value run_transpose(Vm *vm, Frame *frame, const Ast *ast) {
  stack_check(vm, ast->span);
  Value a = run(vm, frame, ast->a);
  if (is_flow(a) || a.kind == KIND_UNKNOWN) return a;
  Value *kept = stack_push(vm, a);
  if (!value_is_tensor(a))
    raise_no_tensor(vm, ast->span, a, "`'` swaps the last two axes of a tensor", NULL);
  Value result = operation_transpose(vm, ast, a);
  stack_drop(vm, kept);
  return result;
}

bool condition_value(Vm *vm, Span span, Value value) {
  if (LIKELY(value.kind == KIND_BOOL)) return value.truth != 0;
  Value *kept = stack_push(vm, value);
  bool truth = value_truth(vm, span, value);
  stack_drop(vm, kept);
  return truth;
}

/* Does the left side of `and` (`or`) decide?  A traced bool does not: both sides become part of the
 * trace. */
static bool decides(Vm *vm, const Ast *ast, Value a, bool is_or) {
  if (a.kind == KIND_BOOL) return (a.truth != 0) == is_or;
  if (!value_is_tensor(a))
    raise_at(vm, ast->a->span, "`%s` needs bools, this is %s", is_or ? "or" : "and", kind_name(a));
  bool ready = a.kind == KIND_TENSOR && a.tensor->tensor.buffer && a.tensor->tensor.shape.rank == 0;
  return ready && (tensor_get(&a.tensor->tensor, 0) != 0) == is_or;
}

static Value run_logic(Vm *vm, Frame *frame, const Ast *ast) {
  bool is_or = ast->kind == AST_OR;
  stack_check(vm, ast->span);
  Value a = run(vm, frame, ast->a);
  if (is_flow(a) || a.kind == KIND_UNKNOWN) return a;
  Value *kept = stack_push(vm, a);
  if (decides(vm, ast, a, is_or)) {
    vm->top = kept;
    return a;
  }
  Value b = run(vm, frame, ast->b);
  Value result = b;
  bool plain = b.kind == KIND_BOOL && a.kind == KIND_BOOL;
  if (!plain && !is_flow(b) && b.kind != KIND_UNKNOWN) {
    stack_push(vm, b);
    if (b.kind != KIND_BOOL && !value_is_tensor(b))
      raise_at(vm, ast->b->span, "`%s` needs bools, this is %s", is_or ? "or" : "and",
               kind_name(b));
    result = operation_logic(vm, ast, a, b, is_or);
  }
  stack_drop(vm, kept);
  return result;
}

static Value run_in(Vm *vm, Frame *frame, const Ast *ast) {
  Value a = run(vm, frame, ast->a);
  if (is_flow(a)) return a;
  Value b = run_second(vm, frame, a, ast->b);
  if (is_flow(b)) {
    value_release(vm, a);
    return b;
  }
  Value *kept = stack_push(vm, a);
  stack_push(vm, b);
  bool unknown = a.kind == KIND_UNKNOWN || b.kind == KIND_UNKNOWN;
  Value result = unknown ? UNKNOWN : plain_in(vm, ast, a, b);
  stack_drop(vm, kept);
  return result;
}

static Value run_range(Vm *vm, Frame *frame, const Ast *ast) {
  RangeObject parts;
  Value instead;
  if (!range_parts(vm, frame, ast, &parts, &instead)) {
    if (!is_flow(instead)) value_release(vm, instead);
    return is_flow(instead) ? instead : UNKNOWN;
  }
  RangeObject *range = object_new(vm, KIND_RANGE, sizeof *range);
  range->first = parts.first;
  range->last = parts.last;
  range->step = parts.step;
  return value_of(KIND_RANGE, range);
}

/* ---- made of parts ---- */

enum { ITEMS_FEW = 1000 }; /* if these do not fit on the stack, calls are nested too deeply */

/* Evaluates nodes onto the value stack; NULL when one is a flow, which is then *flow. */
static Value *run_items(Vm *vm, Frame *frame, Ast *const *items, uint32_t count, Value *flow) {
  if (UNLIKELY(count > ITEMS_FEW && (size_t)(vm->limit - vm->top) < count))
    raise_help(vm, items[0]->span, "data of this size is read from a file: csv, json, npy",
               "%u items are too many for one bracket", (unsigned)count);
  Value *values = stack_room(vm, count);
  for (uint32_t i = 0; i < count; i++) {
    Value value = run_leaf(vm, frame, items[i]);
    if (is_flow(value)) {
      *flow = value;
      stack_drop(vm, values);
      return NULL;
    }
    values[i] = value;
    vm->top = &values[i + 1];
  }
  return values;
}

static Value run_tuple(Vm *vm, Frame *frame, const Ast *ast) {
  Value flow;
  Value *values = run_items(vm, frame, ast->items, ast->count, &flow);
  if (!values) return flow;
  vm->current_span = ast->span;
  Value tuple = value_tuple(vm, (int)ast->count);
  if (ast->count) memcpy(tuple.tuple->items, values, ast->count * sizeof(Value));
  if (ast->names) {
    tuple.tuple->names = mem_alloc(ast->count * sizeof(char *));
    memcpy((void *)tuple.tuple->names, (const void *)ast->names, ast->count * sizeof(char *));
  }
  vm->top = values;
  return tuple;
}

static Value run_bracket(Vm *vm, Frame *frame, const Ast *ast) {
  Value flow, result;
  Value *values = run_items(vm, frame, ast->items, ast->count, &flow);
  if (!values) return flow;
  vm->current_span = ast->span;
  bool unknown = false;
  for (uint32_t i = 0; i < ast->count; i++) unknown = unknown || values[i].kind == KIND_UNKNOWN;
  if (unknown) {
    result = UNKNOWN;
  } else if (!bracket_tensor(vm, ast, values, (int)ast->count, &result)) {
    result = value_list(vm, ast->count);
    if (ast->count) memcpy(result.list->items, values, ast->count * sizeof(Value));
    result.list->count = ast->count;
    vm->top = values; /* moved */
  }
  stack_drop(vm, values);
  return result;
}

static Value run_numbers(Vm *vm, Frame *frame, const Ast *ast) {
  (void)frame;
  vm->current_span = ast->span;
  Value whole = bracket_numbers(vm, ast);
  bool split = ast->flags & (ast->numbers->rank > 1 ? BRACKET_ITEMS : BRACKET_SCALARS);
  if (!split) return whole;
  Value *kept = stack_push(vm, whole);
  Value items = *stack_push(vm, value_list(vm, ast->numbers->dim[0]));
  for (int64_t i = 0; i < ast->numbers->dim[0]; i++)
    list_push(vm, items.list, value_row(vm, ast->span, whole, i));
  vm->top = kept;
  value_release(vm, whole);
  return items;
}

Value run_interpolation_from(Vm *vm, Frame *frame, const Ast *ast, uint32_t first) {
  Value *values = stack_take(vm, ast->count);
  for (uint32_t i = first; i < ast->count; i++) {
    const Ast *piece = ast->items[i];
    Value value = piece->kind == AST_FORMAT ? run_leaf(vm, frame, piece->a) : NONE;
    if (is_flow(value)) {
      stack_drop(vm, values);
      return value;
    }
    values[i] = value;
  }
  Value result = string_interpolate(vm, ast, values, first);
  stack_drop(vm, values);
  return result;
}

static Value run_interpolation(Vm *vm, Frame *frame, const Ast *ast) {
  return run_interpolation_from(vm, frame, ast, 0);
}

static Value run_function(Vm *vm, Frame *frame, const Ast *ast) {
  vm->current_span = ast->span;
  return closure_new(vm, frame, ast->function);
}

/* ---- index and field ---- */

/* Evaluates one part of a subscript; an omitted one is KIND_UNSET. */
static bool run_part(Vm *vm, Frame *frame, const Ast *ast, Value *value, Value *flow) {
  *value = (Value){0};
  if (!ast) return true;
  Value got = run_leaf(vm, frame, ast);
  if (is_flow(got)) {
    *flow = got;
    return false;
  }
  *value = got;
  return true;
}

/* A Sub on the value stack is five values: one that is no object, and its parts. */
_Static_assert(sizeof(Sub) == 5 * sizeof(Value) && offsetof(Sub, value) == sizeof(Value) &&
                   (int)SUB_NEW_AXIS < (int)KIND_FLOW,
               "the value stack reads a Sub as values");

/* The subscripts of an INDEX node, on the value stack.  NULL when a part is a flow. */
Sub *run_subscripts(Vm *vm, Frame *frame, const Ast *ast, Value *flow) {
  Sub *subs = (Sub *)(void *)stack_take(vm, 5 * ast->count);
  for (uint32_t i = 0; i < ast->count; i++) {
    const Ast *part = ast->items[i];
    subs[i].span = part->span;
    bool slice = part->op == 1;
    bool axis = !slice && part->a->kind == AST_NONE;
    subs[i].kind = slice ? SUB_SLICE : axis ? SUB_NEW_AXIS : SUB_VALUE;
    bool fine = slice ? run_part(vm, frame, part->a, &subs[i].start, flow) &&
                            run_part(vm, frame, part->b, &subs[i].stop, flow) &&
                            run_part(vm, frame, part->c, &subs[i].step, flow)
                      : axis || run_part(vm, frame, part->a, &subs[i].value, flow);
    if (!fine) return NULL;
  }
  return subs;
}

bool subs_unknown(const Sub *subs, int count) {
  for (int i = 0; i < count; i++)
    if (subs[i].value.kind == KIND_UNKNOWN || subs[i].start.kind == KIND_UNKNOWN ||
        subs[i].stop.kind == KIND_UNKNOWN || subs[i].step.kind == KIND_UNKNOWN)
      return true;
  return false;
}

Value index_value(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count) {
  if (base.kind == KIND_UNKNOWN || subs_unknown(subs, count)) return UNKNOWN;
  if (value_is_tensor(base)) return operation_index(vm, ast, base, subs, count);
  const KindRow *row = kind_row(vm, base);
  if (row && row->index) return row->index(vm, ast, base, subs, count);
  return plain_index(vm, ast, base, subs, count);
}

static Value run_index(Vm *vm, Frame *frame, const Ast *ast) {
  stack_check(vm, ast->span);
  Value base = run(vm, frame, ast->a), flow;
  if (is_flow(base)) return base;
  Value *kept = stack_push(vm, base);
  Sub *subs = run_subscripts(vm, frame, ast, &flow);
  Value result = subs ? index_value(vm, ast, base, subs, (int)ast->count) : flow;
  stack_drop(vm, kept);
  return result;
}

static Value run_field(Vm *vm, Frame *frame, const Ast *ast) {
  stack_check(vm, ast->span);
  Value base = run(vm, frame, ast->a);
  if (is_flow(base)) return base;
  Value *kept = stack_push(vm, base);
  Value part = base.kind == KIND_UNKNOWN ? UNKNOWN : plain_field(vm, ast, base);
  vm->top = kept;
  value_release(vm, base);
  if (LIKELY(part.kind != KIND_PARAM)) return part;
  Value result = referred(vm, ast, part);
  value_release(vm, part);
  return result;
}

/* ---- blocks and branches ---- */

void block_leave(Vm *vm, Frame *frame, const Ast *ast) {
  Value *slots = frame->slots + ast->slot;
  for (uint32_t i = 0; i < ast->length; i++) {
    Value old = slots[i];
    slots[i] = (Value){0};
    if (value_object(old)) frame_leave_slot(vm, old);
  }
}

void block_hoist(Vm *vm, Frame *frame, const Ast *block) {
  for (uint32_t i = 0; i < block->count; i++) {
    const Ast *item = block->items[i];
    if (item->kind != AST_FN && item->kind != AST_LOSS && item->kind != AST_MODEL &&
        item->kind != AST_OPTIMIZER)
      continue;
    vm->current_span = item->function->head_span;
    frame_set(vm, frame, item->place, item->slot, closure_new(vm, frame, item->function));
  }
}

static Value run_block(Vm *vm, Frame *frame, const Ast *ast) {
  if (UNLIKELY(ast->flags & BLOCK_HOISTS)) block_hoist(vm, frame, ast);
  if (UNLIKELY(vm->checking)) return check_block(vm, frame, ast);
  Value value = NONE;
  uint32_t count = ast->count;
  for (uint32_t i = 0; i < count; i++) {
    const Ast *item = ast->items[i];
    value = run(vm, frame, item);
    if (LIKELY(i + 1 == count)) break;
    if (LIKELY(value.kind <= KIND_NUMBER)) continue;
    if (is_flow(value)) break;
    value_release(vm, value);
    value = NONE;
  }
  if (ast->length) block_leave(vm, frame, ast);
  return value;
}

static Value run_if(Vm *vm, Frame *frame, const Ast *ast) {
  Value other;
  int truth = run_condition(vm, frame, ast->a, &other);
  if (UNLIKELY(truth < 0)) return is_flow(other) ? other : check_if(vm, frame, ast, other);
  const Ast *taken = truth ? ast->b : ast->c;
  return taken ? run_leaf(vm, frame, bare(vm, taken)) : NONE;
}

static Value run_return(Vm *vm, Frame *frame, const Ast *ast) {
  Value value = ast->a ? run_leaf(vm, frame, ast->a) : NONE;
  if (is_flow(value)) return value;
  vm->returned = value;
  return (Value){.kind = KIND_FLOW, .detail = FLOW_RETURN};
}

static Value run_break(Vm *vm, Frame *frame, const Ast *ast) {
  (void)vm;
  (void)frame;
  return (Value){.kind = KIND_FLOW, .detail = ast->kind == AST_BREAK ? FLOW_BREAK : FLOW_CONTINUE};
}

/* ---- what other rooms do ---- */

static Value run_train(Vm *vm, Frame *frame, const Ast *ast) {
  bool inferring = vm->inferring;
  vm->current_span = ast->span;
  vm->inferring = false; /* a training is one, wherever it is called */
  Value value = ast->kind == AST_UPDATE ? vm->registry->learning->update(vm, frame, ast)
                                        : vm->registry->learning->train(vm, frame, ast);
  vm->inferring = inferring;
  if (ast->length) block_leave(vm, frame, ast);
  return value;
}

static Value run_misplaced(Vm *vm, Frame *frame, const Ast *ast) {
  (void)frame;
  raise_at(vm, ast->span, "%s cannot be run", ast_kind_name(ast->kind));
}

/* Declarations were made when their block was entered. */
static Value run_nothing(Vm *vm, Frame *frame, const Ast *ast) {
  (void)vm;
  (void)frame;
  (void)ast;
  return NONE;
}

Runner *const RUNNERS[AST_COUNT] = {
#define AST(KIND, role, runner, sentence) [AST_##KIND] = run_##runner,
#include "lang/syntax/ast.def"
#undef AST
};

Value eval(Vm *vm, Frame *frame, const Ast *ast) {
  Value value = run(vm, frame, ast);
  if (is_flow(value) && value.detail == FLOW_ENDED) raise_ended(vm);
  if (is_flow(value))
    raise_at(vm, ast->span, "a jump cannot leave this expression"); /* resolve.c reports them all */
  return value;
}
