/* arguments.c — the arguments of a call: gathered, matched to parameters, bound.
 *
 *     f(a, b..., k: c)  ─ evaluated by call.c ─→  a, b, c
 *       ─ gather ─→  Arguments: values, names and places of each, spread ones taken apart
 *       ─ match ──→  for each argument the number of its parameter (signature.c)
 *       ─ enter ──→  the slots of a declaration's frame, or
 *       ─ bind ───→  the array that a function in C receives
 *
 * All of it lies on the value stack, in this order, and is given back by resetting vm->top, so a
 * call allocates nothing but the lists of rest parameters.  The fast path of run_call needs none of
 * this.
 *
 * Nothing here runs a node of the tree: call.c evaluates the arguments, and the defaults in the
 * callee's frame.  So this file is not part of the evaluator's recursion.
 */
#include "lang/eval/arguments.h"

#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/range.h"
#include "lang/machine/tuple.h"
#include "lang/names/scope.h"
#include "lang/tensors/index.h"

#include <string.h>

static int total_of(const Given *given) { return given->positional + given->named; }

/* ---- gathered ---- */

/* The number of values in a spread argument; -1 when it cannot be spread. */
static int64_t spread_count(Value value) {
  return value.kind == KIND_LIST    ? value.list->count
         : value.kind == KIND_TUPLE ? value.tuple->count
                                    : -1;
}

static Value spread_rows(Vm *vm, const Ast *argument, Value tensor) {
  int64_t rows = value_rows(vm, argument->span, tensor);
  if (rows > ARGUMENTS_MOST)
    raise_at(vm, argument->span, "a call has at most %d arguments, this tensor has %lld rows",
             ARGUMENTS_MOST, (long long)rows);
  Value tuple = value_tuple(vm, (int)rows);
  for (int64_t i = 0; i < rows; i++)
    tuple.tuple->items[i] = value_row(vm, argument->span, tensor, i);
  value_release(vm, tensor);
  return tuple;
}

static Value spread_range(Vm *vm, const Ast *argument, Value range) {
  double count = range_count(range.range);
  if (count > ARGUMENTS_MOST)
    raise_at(vm, argument->span, "a call has at most %d arguments, this range has %.0f numbers",
             ARGUMENTS_MOST, count);
  Value tuple = value_tuple(vm, (int)count);
  for (int i = 0; i < (int)count; i++)
    tuple.tuple->items[i] = value_number(range_at(range.range, i));
  value_release(vm, range);
  return tuple;
}

Value arguments_spread(Vm *vm, const Ast *argument, Value value) {
  if (value_is_tensor(value)) return spread_rows(vm, argument, value);
  return value.kind == KIND_RANGE ? spread_range(vm, argument, value) : value;
}

static int64_t count_values(Vm *vm, const Ast *call, const Value *values) {
  int64_t count = 0;
  for (uint32_t i = 0; i < call->count; i++) {
    const Ast *argument = call->items[i];
    if (!argument->op || values[i].kind == KIND_UNKNOWN) {
      count++;
      continue;
    }
    int64_t more = spread_count(values[i]);
    if (more < 0)
      raise_kind(vm, argument->span, values[i],
                 "only a list, a tuple, a range or a tensor can be spread", NULL);
    count += more;
  }
  if (count > ARGUMENTS_MOST)
    raise_at(vm, call->span, "a call has at most %d arguments, this one has %lld", ARGUMENTS_MOST,
             (long long)count);
  return count;
}

static void add_argument(Arguments *arguments, Value value, const Ast *argument) {
  int at = total_of(&arguments->given);
  arguments->values[at] = value;
  ((Span *)(uintptr_t)arguments->given.spans)[at] = argument->span;
  if (argument->text)
    ((const char **)(uintptr_t)arguments->given.names)[arguments->given.named++] = argument->text;
  else arguments->given.positional++;
}

void arguments_gather(Vm *vm, const Ast *call, Value *whole, Arguments *arguments) {
  *arguments = (Arguments){
      .given = {.span = call->span, .callee = call->a->span, .exact = (call->flags & EXACT) != 0},
      .top = whole};
  vm->current_span = call->span;
  size_t count = (size_t)count_values(vm, call, whole);
  arguments->values = call->flags & CALL_PLAIN ? whole : stack_take(vm, (uint32_t)count);
  arguments->given.spans = stack_take_raw(vm, count * sizeof(Span));
  arguments->given.names = stack_take_raw(vm, count * sizeof(char *));
  for (uint32_t i = 0; i < call->count; i++) {
    const Ast *argument = call->items[i];
    if (!argument->op || whole[i].kind == KIND_UNKNOWN) {
      Value value = whole[i];
      whole[i] = (Value){0}; /* moved */
      add_argument(arguments, value, argument);
      continue;
    }
    const Value *items = whole[i].kind == KIND_LIST ? whole[i].list->items : whole[i].tuple->items;
    for (int64_t k = 0; k < spread_count(whole[i]); k++)
      add_argument(arguments, value_retain(items[k]), argument);
    value_release(vm, whole[i]);
    whole[i] = (Value){0};
  }
}

void arguments_release(Vm *vm, Arguments *arguments) {
  for (int i = 0; i < total_of(&arguments->given); i++) value_release(vm, arguments->values[i]);
  vm->top = arguments->top;
}

/* ---- matched ---- */

const int *arguments_match(Vm *vm, Formals formals, const Given *given) {
  int *target = stack_take_raw(vm, ((size_t)total_of(given) + 1) * sizeof(int));
  Diag diag;
  diag_clear(&diag);
  if (!formals_match(formals, given, false, target, &diag)) raise_diag(vm, &diag);
  return target;
}

Span arguments_span(const Given *given, const int *target, int formal) {
  for (int i = 0; given->spans && i < total_of(given); i++)
    if (target[i] == formal) return given->spans[i];
  return given->span;
}

const Span *arguments_places(Vm *vm, const AstFunction *function, const Given *given) {
  Span *places = stack_take_raw(vm, (uint32_t)function->param_count * sizeof *places);
  const int *target = arguments_match(vm, (Formals){.function = function}, given);
  memset(places, 0, (size_t)function->param_count * sizeof *places);
  for (int i = 0; i < total_of(given); i++)
    places[target[i]] = arguments_span(given, target, target[i]);
  return places;
}

const char *const *arguments_names(Vm *vm, const Given *given) {
  const char **names = stack_take_raw(vm, ((size_t)total_of(given) + 1) * sizeof(char *));
  for (int i = 0; i < total_of(given); i++)
    names[i] = i < given->positional ? NULL : given->names[i - given->positional];
  return names;
}

/* ---- bound ---- */

const int *arguments_enter(Vm *vm, Frame *frame, const Given *given, const Value *values) {
  const AstFunction *function = frame->closure->function;
  const int *target = arguments_match(vm, (Formals){.function = function}, given);
  for (int i = 0, total = total_of(given); i < total; i++) {
    const AstParam *param = &function->params[target[i]];
    Value *slot = &frame->slots[param->slot];
    if (!param->rest) {
      *slot = value_retain(values[i]);
    } else {
      if (slot->kind == KIND_UNSET) *slot = value_list(vm, total - i);
      list_push(vm, slot->list, value_retain(values[i]));
    }
  }
  return target;
}

Value *arguments_bind(Vm *vm, const Signature *signature, const Given *given, const Value *values,
                      const Span **spans) {
  const int *target = arguments_match(vm, (Formals){.signature = signature}, given);
  Value *args = stack_take_raw(vm, (size_t)signature->count * sizeof(Value));
  Span *places = stack_take_raw(vm, (size_t)signature->count * sizeof(Span));
  for (int i = 0; i < signature->count; i++) {
    args[i] = (Value){0};
    if (signature->formals[i].kind == FORMAL_REST)
      args[i] = *stack_push(vm, value_list(vm, 0)); /* the only ones that are owned */
    places[i] = given->span;
  }
  for (int i = 0; i < total_of(given); i++) {
    int at = target[i];
    bool rest = signature->formals[at].kind == FORMAL_REST;
    if (rest) list_push(vm, args[at].list, value_retain(values[i]));
    else args[at] = values[i];
    if (!given->spans) continue;
    bool more = rest && args[at].list->count > 1;
    places[at] = more ? span_join(places[at], given->spans[i]) : given->spans[i];
  }
  *spans = places;
  return args;
}

void arguments_unbind(Vm *vm, const Signature *signature, Value *args) {
  for (int i = 0; i < signature->count; i++)
    if (signature->formals[i].kind == FORMAL_REST) value_release(vm, args[i]);
}
