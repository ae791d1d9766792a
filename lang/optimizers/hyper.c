/* hyper.c — see hyper.h.
 *
 * The body of the declaration restricts its hyperparameters: `assert(lr >= 0, "…")` is a rule
 * (rules.c), checked when the optimizer is created, when a hyperparameter is set, and before a step
 * for which a schedule changes a value.  If it does not hold, the error points to the line that
 * created the optimizer or set the value, with a note at the rule.
 */
#include "lang/optimizers/hyper.h"

#include "lang/optimizers/draws.h"

#include "lang/eval/call.h"
#include "lang/eval/rules.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/vm.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool hyper_schedules(const AstFunction *declaration, int index, Value value) {
  if (value.kind == KIND_NUMBER || declaration->called & rule_bit(index)) return false;
  if (value.kind != KIND_CLOSURE) return value.kind == KIND_NATIVE;
  const AstFunction *function = value.closure->function;
  return function->param_count < 2 || function->params[1].fallback || function->params[1].rest;
}

bool hyper_is_auto(Value argument) {
  return argument.kind == KIND_STRING && !strcmp(argument.string->data, "auto");
}

bool hyper_is_rate(const OptimizerObject *optimizer, int index) {
  const AstFunction *function = optimizer->made_by->function;
  return index < function->param_count && !strcmp(function->params[index].name, "lr");
}

/* Can its number change from step to step? */
static bool moves(const OptimizerObject *optimizer, int index, Value argument) {
  return argument.kind == KIND_PARAM ||
         hyper_schedules(optimizer->made_by->function, index, argument);
}

static bool moves_now(const OptimizerObject *optimizer, int index) {
  return moves(optimizer, index, optimizer->arguments[index]);
}

static uint64_t moving(const OptimizerObject *optimizer) {
  uint64_t bits = 0;
  for (int i = 0; i < optimizer->count; i++)
    if (moves_now(optimizer, i) || hyper_is_auto(optimizer->arguments[i])) bits |= rule_bit(i);
  return bits;
}

/* ---- rules ---- */

typedef struct Asking {
  const OptimizerObject *optimizer;
  const Value *values;    /* by parameter */
  uint64_t asked, hidden; /* arguments of rules_ask */
  Span at;                /* what created the optimizer or set the values */
} Asking;

static void ask_body(Vm *vm, void *context) {
  const Asking *asking = context;
  rules_ask(vm, &asking->at, asking->optimizer->made_by, asking->values, asking->asked,
            asking->hidden);
}

/* Which of the arguments that a rule asks about is no number, though its parameter is one; -1. */
static int no_number(const Asking *asking) {
  const OptimizerObject *optimizer = asking->optimizer;
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < optimizer->count; i++) {
    const Ast *fallback = function->params[i].fallback;
    bool wanted = hyper_is_rate(optimizer, i) || (fallback && fallback->kind == AST_NUMBER);
    const Value value = asking->values[i];
    bool number = value.kind == KIND_NUMBER || value.kind == KIND_TENSOR ||
                  moves(optimizer, i, value);
    if (wanted && asking->asked & rule_bit(i) && !number) return i;
  }
  return -1;
}

static NORETURN void raise_no_number(Vm *vm, const Asking *asking, int index) {
  const AstFunction *function = asking->optimizer->made_by->function;
  const char *name = function->params[index].name;
  const Value value = asking->values[index];
  char wanted[200], help[200];
  text_print(wanted, sizeof wanted, "`%.64s` of %.64s is a number or a schedule", name,
             function->name);
  text_print(help, sizeof help,
             value.kind == KIND_CLOSURE
                 ? "a schedule is called with its numbers: `%.64s: cosine(1e-3, steps: 1000)`"
                 : "`%.64s: 1e-3`, without quotes or brackets",
             name);
  raise_kind(vm, asking->at, value, wanted, help);
}

/* Raises a rule's error at the line that gave the value; `step`: of a schedule, or 0. */
static NORETURN void raise_rule(Vm *vm, const Asking *asking, Diag *diag, int64_t step) {
  static const char prefix[] = "assertion failed: ";
  const char *name = asking->optimizer->made_by->function->name, *said = diag->message;
  Diag moved = *diag;
  char at[48] = "", of[80] = "";
  bool holds_not = !strncmp(said, prefix, sizeof prefix - 1);
  int index = holds_not ? -1 : no_number(asking);
  if (index >= 0) raise_no_number(vm, asking, index);
  if (holds_not) said += sizeof prefix - 1;
  else text_print(of, sizeof of, "%.60s: ", name);
  if (step) snprintf(at, sizeof at, ", at step %lld", (long long)step);
  diag_fail(&moved, diag->status, diag->span, "%s%.600s%s", of, said, at);
  bool elsewhere = diag->span.file != asking->at.file || diag->span.start != asking->at.start;
  if (elsewhere) { /* a rule of the script's own: those of the library were moved already */
    diag_note(&moved, diag->span, "in `%.60s`: %s", name, diag->label[0] ? diag->label : "here");
    moved.label[0] = 0;
    moved.span = asking->at;
  }
  raise_diag(vm, &moved);
}

static void ask(Vm *vm, const Asking *asking, int64_t step) {
  if (asking->optimizer->made_by->function->rule_count == 0) return;
  Diag diag = {0};
  if (vm_protect(vm, ask_body, (void *)(uintptr_t)asking, &diag) || diag_unknown(&diag)) return;
  bool ends = diag.status != STATUS_FAILED && diag.status != STATUS_MALFORMED;
  if (ends) raise_diag(vm, &diag);
  raise_rule(vm, asking, &diag, step);
}

void hyper_check(Vm *vm, const OptimizerObject *optimizer, Span at) {
  ask(vm, &(Asking){optimizer, optimizer->arguments, ~UINT64_C(0), moving(optimizer), at}, 0);
}

/* Room for the arguments on the value stack, which does not own them. */
static Value *borrowed(Vm *vm, const OptimizerObject *optimizer) {
  return stack_take_raw(vm, (size_t)optimizer->count * sizeof(Value));
}

void hyper_check_one(Vm *vm, const OptimizerObject *optimizer, int index, Value value, Span at) {
  Value *top = vm->top, *values = borrowed(vm, optimizer);
  for (int i = 0; i < optimizer->count; i++)
    values[i] = i == index ? value : optimizer->arguments[i];
  uint64_t bit = rule_bit(index), others = moving(optimizer) & ~bit;
  ask(vm,
      &(Asking){optimizer, values, bit, moves(optimizer, index, value) ? others | bit : others, at},
      0);
  vm->top = top;
}

/* ---- as a list ---- */

/* Does a step see a number? */
static bool is_number(const OptimizerObject *optimizer, int index) {
  return optimizer->arguments[index].kind == KIND_NUMBER || moves_now(optimizer, index);
}

void hyper_list(const OptimizerObject *optimizer, Series *numbers) {
  for (int i = 0; i < optimizer->count; i++) {
    Value argument = optimizer->arguments[i];
    if (argument.kind == KIND_OPTIMIZER) hyper_list(argument.optimizer, numbers);
    else series_push(numbers, argument.kind == KIND_NUMBER ? argument.number : (double)NAN);
  }
}

int64_t hyper_list_check(Vm *vm, const OptimizerObject *optimizer, const double *to, Span at) {
  Value *top = vm->top, *values = borrowed(vm, optimizer);
  uint64_t changed = 0;
  int64_t read = 0;
  for (int i = 0; i < optimizer->count; i++) {
    values[i] = optimizer->arguments[i];
    if (values[i].kind == KIND_OPTIMIZER) {
      read += hyper_list_check(vm, values[i].optimizer, to + read, at);
      continue;
    }
    double number = to[read++];
    if (isnan(number) || !is_number(optimizer, i)) continue;
    values[i] = value_number(number);
    changed |= rule_bit(i);
  }
  if (changed) ask(vm, &(Asking){optimizer, values, changed, moving(optimizer) & ~changed, at}, 0);
  vm->top = top;
  return read;
}

int64_t hyper_list_set(Vm *vm, OptimizerObject *optimizer, const double *to) {
  int64_t read = 0;
  for (int i = 0; i < optimizer->count; i++) {
    Value argument = optimizer->arguments[i];
    if (argument.kind == KIND_OPTIMIZER) {
      read += hyper_list_set(vm, argument.optimizer, to + read);
      continue;
    }
    double number = to[read++];
    if (isnan(number) || !is_number(optimizer, i)) continue;
    value_release(vm, argument);
    optimizer->arguments[i] = value_number(number);
    optimizer->finds &= !hyper_is_rate(optimizer, i);
    optimizer->memory->settled = false;
  }
  return read;
}

typedef struct Allowing {
  const OptimizerObject *optimizer;
  int index;
  double number;
} Allowing;

static void allow_body(Vm *vm, void *context) {
  const Allowing *of = context;
  hyper_check_one(vm, of->optimizer, of->index, value_number(of->number), of->optimizer->span);
}

bool hyper_allows(Vm *vm, const OptimizerObject *optimizer, int index, double number) {
  Allowing allowing = {optimizer, index, number};
  Diag diag = {0};
  if (vm_protect(vm, allow_body, &allowing, &diag)) return true;
  if (diag_ended(&diag)) raise_diag(vm, &diag);
  return false;
}

/* ---- rates ---- */

int hyper_auto(const OptimizerObject *optimizer) {
  for (int i = 0; i < optimizer->count; i++)
    if (hyper_is_rate(optimizer, i) && (optimizer->finds || hyper_is_auto(optimizer->arguments[i])))
      return i;
  return -1;
}

int hyper_auto_momentum(const OptimizerObject *optimizer) {
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < optimizer->count; i++)
    if (!strcmp(function->params[i].name, "beta1") && optimizer->left & rule_bit(i) &&
        hyper_declared(optimizer, i) > 0)
      return i;
  return -1;
}

void hyper_auto_momentum_rest(Vm *vm, OptimizerObject *optimizer) {
  int index = hyper_auto_momentum(optimizer);
  if (index < 0) return;
  value_release(vm, optimizer->arguments[index]);
  optimizer->arguments[index] = value_number(hyper_declared(optimizer, index));
}

double hyper_declared(const OptimizerObject *optimizer, int index) {
  const Ast *fallback = optimizer->made_by->function->params[index].fallback;
  return fallback && fallback->kind == AST_NUMBER ? fallback->number : 0;
}

void hyper_auto_set(Vm *vm, OptimizerObject *optimizer, int index, Value value) {
  value_release(vm, optimizer->arguments[index]);
  optimizer->arguments[index] = value;
  optimizer->finds = true;
  optimizer->memory->settled = false;
}

void hyper_scale(OptimizerObject *optimizer, double factor) {
  OptimizerMemory *memory = optimizer->memory;
  memory->scale = factor == 1 ? 0 : factor;
  memory->settled = false;
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      hyper_scale(optimizer->arguments[i].optimizer, factor);
}

bool hyper_has_rate(const OptimizerObject *optimizer) {
  for (int i = 0; i < optimizer->count; i++) {
    if (hyper_is_rate(optimizer, i)) return true;
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER &&
        hyper_has_rate(optimizer->arguments[i].optimizer))
      return true;
  }
  return false;
}

/* The factor of a hyperparameter: 1 but for a rate that was backed off. */
static double scale_of(const OptimizerObject *optimizer, int index) {
  double scale = optimizer->memory->scale;
  return scale > 0 && hyper_is_rate(optimizer, index) ? scale : 1;
}

/* ---- the numbers of a step ---- */

/* A hyperparameter that does not move, as a step sees it; a new holder. */
static Value still_argument(const OptimizerObject *optimizer, int index) {
  Value value = optimizer->arguments[index];
  return value.kind == KIND_NUMBER ? value_number(value.number * scale_of(optimizer, index))
                                   : value_retain(value);
}

double hyper_number(Vm *vm, const OptimizerObject *optimizer, int index, int64_t step) {
  Value argument = optimizer->arguments[index], number = value_number((double)step);
  double scale = scale_of(optimizer, index);
  if (!hyper_schedules(optimizer->made_by->function, index, argument))
    return scale * value_as_number(vm, optimizer->span, argument);
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  Training *run = vm->run;
  bool aside = run && draws_begin(vm, run, DRAWER_SCHEDULE, draws_schedule(optimizer, index, step));
  Value value = vm_call(vm, &site, argument, &number, 1);
  if (aside) draws_end(vm, run);
  if (value.kind != KIND_NUMBER && value.kind != KIND_UNKNOWN && !value_is_tensor(value)) {
    char wanted[120];
    text_print(wanted, sizeof wanted, "the schedule of `%.64s` must give a number",
               optimizer->made_by->function->params[index].name);
    raise_kind(vm, optimizer->span, value, wanted, NULL);
  }
  double result = value_as_number(vm, optimizer->span, value);
  value_release(vm, value);
  return scale * result;
}

static NORETURN void raise_nan(Vm *vm, const OptimizerObject *optimizer, int index) {
  const AstFunction *function = optimizer->made_by->function;
  Value argument = optimizer->arguments[index];
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, optimizer->span, "%s `%.64s` of %.64s is NaN at step %lld",
            argument.kind == KIND_PARAM ? "the param given as" : "the schedule of",
            function->params[index].name, function->name, (long long)optimizer->steps + 1);
  if (argument.kind == KIND_CLOSURE)
    diag_note(&diag, argument.closure->function->head_span,
              "the schedule, which gets the step number, from 0: %lld",
              (long long)optimizer->steps);
  raise_diag(vm, &diag);
}

/* Computes the numbers of the next step, and checks the rules about those that changed. */
static void settle(Vm *vm, OptimizerObject *optimizer) {
  OptimizerMemory *memory = optimizer->memory;
  uint64_t changed = 0;
  for (int i = 0; i < optimizer->count; i++) {
    if (!moves_now(optimizer, i)) continue;
    double number = hyper_number(vm, optimizer, i, optimizer->steps);
    if (isnan(number)) raise_nan(vm, optimizer, i);
    if (!memory->settled || !(number == memory->now[i])) changed |= rule_bit(i);
    memory->now[i] = number;
  }
  memory->settled = true;
  memory->settled_for = optimizer->steps;
  if (!changed) return;
  Value *top = vm->top, *values = borrowed(vm, optimizer);
  for (int i = 0; i < optimizer->count; i++)
    values[i] = moves_now(optimizer, i) ? value_number(memory->now[i]) : optimizer->arguments[i];
  memory->settled = false; /* if a rule raises, it is checked again */
  ask(vm, &(Asking){optimizer, values, changed, 0, optimizer->span}, optimizer->steps + 1);
  memory->settled = true;
  vm->top = top;
}

static void settle_body(Vm *vm, void *context) { settle(vm, context); }

/* `gd check` evaluates a schedule for the first step, if it can be. */
static void settle_checked(Vm *vm, OptimizerObject *optimizer) {
  Diag diag = {0};
  if (!vm_protect(vm, settle_body, optimizer, &diag) && !diag_unknown(&diag)) raise_diag(vm, &diag);
}

Value *hyper_arguments(Vm *vm, OptimizerObject *optimizer) {
  if (vm->checking) settle_checked(vm, optimizer);
  else if (moving(optimizer)) settle(vm, optimizer);
  Value *values = stack_take(vm, (uint32_t)optimizer->count + 1);
  for (int i = 0; i < optimizer->count; i++)
    values[i] = moves_now(optimizer, i) ? value_number(optimizer->memory->now[i])
                                        : still_argument(optimizer, i);
  return values;
}

double hyper_rate(Vm *vm, OptimizerObject *optimizer, int64_t step) {
  const OptimizerMemory *memory = optimizer->memory;
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < function->param_count; i++) {
    if (!hyper_is_rate(optimizer, i)) continue;
    if (!moves_now(optimizer, i))
      return optimizer->arguments[i].kind == KIND_NUMBER
                 ? optimizer->arguments[i].number * scale_of(optimizer, i)
                 : (double)NAN;
    return memory->settled && memory->settled_for == step ? memory->now[i]
                                                          : hyper_number(vm, optimizer, i, step);
  }
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      return hyper_rate(vm, optimizer->arguments[i].optimizer, step);
  return (double)NAN;
}

/* ---- as inputs of a trace ---- */

void hyper_inputs(Vm *vm, Trace *trace, OptimizerObject *optimizer, OptimizerInputs *inputs) {
  inputs->arguments = arena_alloc(&trace->graph.arena,
                                  (size_t)(optimizer->count + 1) * sizeof(int));
  inputs->values = arena_alloc(&trace->graph.arena, (size_t)(optimizer->count + 1) * sizeof(Value));
  inputs->inner = arena_alloc(&trace->graph.arena,
                              (size_t)(optimizer->count + 1) * sizeof *inputs->inner);
  if (vm->checking) settle_checked(vm, optimizer);
  else if (moving(optimizer)) settle(vm, optimizer);
  trace->graph.span = optimizer->span;
  for (int i = 0; i < optimizer->count; i++) {
    inputs->arguments[i] = -1;
    if (moves_now(optimizer, i)) {
      inputs->values[i] = trace_result(
          trace, trace_number(trace, optimizer->memory->now[i], &inputs->arguments[i]));
    } else {
      inputs->values[i] = still_argument(optimizer, i);
      if (optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
      OptimizerObject *inner = optimizer->arguments[i].optimizer;
      inner->steps = optimizer->steps;
      hyper_inputs(vm, trace, inner, &inputs->inner[i]);
    }
  }
  inputs->t_value = trace_result(trace,
                                 trace_number(trace, (double)(optimizer->steps + 1), &inputs->t));
}

void hyper_inputs_release(Vm *vm, OptimizerObject *optimizer, OptimizerInputs *inputs) {
  for (int i = 0; i < optimizer->count; i++) {
    value_release(vm, inputs->values[i]);
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      hyper_inputs_release(vm, optimizer->arguments[i].optimizer, &inputs->inner[i]);
  }
  value_release(vm, inputs->t_value);
  inputs->values = NULL;
}

static void set_number(Trace *trace, int binding, double number) {
  *(double *)tensor_data(&trace->bindings[binding].tensor) = number;
}

void hyper_set(Vm *vm, Trace *trace, OptimizerObject *optimizer, const OptimizerInputs *inputs) {
  set_number(trace, inputs->t, (double)(optimizer->steps + 1));
  for (int i = 0; i < optimizer->count; i++) {
    if (optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
    optimizer->arguments[i].optimizer->steps = optimizer->steps;
    hyper_set(vm, trace, optimizer->arguments[i].optimizer, &inputs->inner[i]);
  }
  if (!moving(optimizer)) return;
  settle(vm, optimizer);
  for (int i = 0; i < optimizer->count; i++)
    if (inputs->arguments[i] >= 0)
      set_number(trace, inputs->arguments[i], optimizer->memory->now[i]);
}
