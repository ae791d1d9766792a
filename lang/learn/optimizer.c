/* optimizer.c — see optimizer.h.
 *
 * The body of the declaration runs for each target of each traced step, and `state` statements get
 * their value here.  The first time their expression is evaluated and stored (a number fills a
 * tensor of the target's shape).  In the trace the stored tensor is always an INPUT.
 *
 * Rules.  The body itself restricts its hyperparameters: `assert(lr >= 0, "…")` is a rule
 * (rules.c), checked when the optimizer is created, when a hyperparameter is set, and before a step
 * for which a schedule changes a value.  If it does not hold, the error points to the line that
 * created the optimizer or set the value, with a note at the rule.  A tensor of rank 0 passed for a
 * number is that number; a param is read again for each step, as a schedule is.
 *
 * An optimizer given to another is stepped by it: `inner.step(p, g)` inside its `step` runs the
 * inner one's body and step for the same target and gives the new p.  The states of the inner one
 * belong to the outer one's memory, behind its own, so checkpoints, messages and counts need not
 * know; its steps are the outer one's.
 */
#include "lang/learn/optimizer.h"

#include "lang/eval/call.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/eval/rules.h"
#include "lang/eval/standard_value.h"
#include "lang/learn/ahead.h"
#include "lang/learn/nested.h"
#include "lang/learn/shared.h"
#include "lang/learn/sparse.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/operation.h"
#include "lang/values/show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Is it a schedule?  A function of more than the step number is a setting like any other. */
bool optimizer_schedules(Value value) {
  if (value.kind != KIND_CLOSURE) return value.kind == KIND_NATIVE;
  const AstFunction *function = value.closure->function;
  return function->param_count < 2 || function->params[1].fallback || function->params[1].rest;
}

/* `auto`, a text: its number is found when a train begins (auto_rate.c). */
static bool is_auto(Value argument) {
  return argument.kind == KIND_STRING && !strcmp(argument.string->data, "auto");
}

static bool is_rate(const OptimizerObject *optimizer, int index) {
  const AstFunction *function = optimizer->made_by->function;
  return index < function->param_count && !strcmp(function->params[index].name, "lr");
}

/* Can its number change from step to step? */
static bool moves(Value argument) {
  return optimizer_schedules(argument) || argument.kind == KIND_PARAM;
}

static uint64_t moving(const OptimizerObject *optimizer) {
  uint64_t bits = 0;
  for (int i = 0; i < optimizer->count; i++)
    if (moves(optimizer->arguments[i]) || is_auto(optimizer->arguments[i])) bits |= rule_bit(i);
  return bits;
}

/* ---- rules ---- */

typedef struct Asking {
  const OptimizerObject *optimizer;
  const Value *values;    /* by parameter */
  uint64_t asked, hidden; /* arguments of vm_ask_rules */
  Span at;                /* what created the optimizer or set the values */
} Asking;

static void ask_body(Vm *vm, void *context) {
  const Asking *asking = context;
  vm_ask_rules(vm, &asking->at, asking->optimizer->made_by, asking->values, asking->asked,
               asking->hidden);
}

/* Raises a rule's error at the line that gave the value; `step`: of a schedule, or 0. */
static NORETURN void raise_rule(Vm *vm, const Asking *asking, Diag *diag, int64_t step) {
  static const char prefix[] = "assertion failed: ";
  const char *name = asking->optimizer->made_by->function->name, *said = diag->message;
  Diag moved = *diag;
  char at[48] = "", of[80] = "";
  if (!strncmp(said, prefix, sizeof prefix - 1)) said += sizeof prefix - 1;
  else snprintf(of, sizeof of, "%.60s: ", name);
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

/* ---- making ---- */

/* A tensor of rank 0 becomes its number (in `gd check` it stays as it is when its element is
 * unknown). */
static Value as_argument(Vm *vm, Span span, Value value) {
  if (value.kind != KIND_TENSOR) return value_retain(value);
  Type type = trace_type(vm, value, span);
  bool known = !vm->checking || value.tensor->tensor.buffer;
  if (type.shape.rank || !known) return value_retain(value);
  return type.dtype == DTYPE_BOOL ? value_bool(value_truth(vm, span, value))
                                  : value_number(value_as_number(vm, span, value));
}

/* Does its step take the loss too? */
static bool steps_whole(const AstFunction *function) {
  for (uint32_t i = 0; i < function->body->count; i++) {
    const Ast *item = function->body->items[i];
    if (item->kind == AST_FN && !strcmp(item->function->name, "step"))
      return item->function->param_count == 3;
  }
  return false;
}

Value optimizer_new(Vm *vm, const CallSite *site, ClosureObject *made_by, const Value *args) {
  const AstFunction *function = made_by->function;
  rules_find(made_by);
  OptimizerObject *optimizer = object_new(
      vm, KIND_OPTIMIZER, sizeof *optimizer + (size_t)function->param_count * sizeof(Value));
  optimizer->made_by = made_by;
  made_by->head.refs++;
  optimizer->span = trace_span(vm, site->span); /* of groups the script's line */
  optimizer->count = function->param_count;
  optimizer->whole = steps_whole(function);
  nested_check(vm, site, function, args);
  for (int i = 0; i < function->param_count; i++) {
    bool rate = !strcmp(function->params[i].name, "lr");
    if (is_auto(args[i]) && !rate)
      raise_at(vm, site->span, "`auto` is for `lr`: `%.64s` is given a number",
               function->params[i].name);
    bool stands_in = is_auto(args[i]) && vm->checking; /* in `gd check` any rate will do */
    optimizer->finds |= stands_in;
    optimizer->arguments[i] = stands_in ? value_number(1e-3) : as_argument(vm, site->span, args[i]);
  }
  optimizer->memory = mem_zero(sizeof *optimizer->memory);
  optimizer->memory->state_count = optimizer_states(optimizer);
  optimizer->memory->now = mem_zero(((size_t)function->param_count + 1) * sizeof(double));
  ask(vm, &(Asking){optimizer, optimizer->arguments, ~UINT64_C(0), moving(optimizer), site->span},
      0);
  return value_of(KIND_OPTIMIZER, optimizer);
}

/* A value in which every optimizer is one of its own. */
static Value apart(Vm *vm, Value value) {
  if (value.kind == KIND_OPTIMIZER) return optimizer_copy(vm, value.optimizer);
  if (value.kind != KIND_LIST && value.kind != KIND_TUPLE) return value_retain(value);
  bool list = value.kind == KIND_LIST;
  int64_t count = list ? value.list->count : value.tuple->count;
  Value made = list ? value_list(vm, count) : value_tuple(vm, (int)count);
  for (int64_t i = 0; i < count; i++) {
    Value item = apart(vm, list ? value.list->items[i] : value.tuple->items[i]);
    if (list) list_push(vm, made.list, item);
    else made.tuple->items[i] = item;
  }
  return made;
}

Value optimizer_copy(Vm *vm, const OptimizerObject *optimizer) {
  stack_check(vm, optimizer->span);
  Value args = value_list(vm, optimizer->count);
  for (int i = 0; i < optimizer->count; i++)
    list_push(vm, args.list, apart(vm, optimizer->arguments[i]));
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  Value copy = optimizer_new(vm, &site, optimizer->made_by, args.list->items);
  copy.optimizer->finds = optimizer->finds;
  value_release(vm, args);
  return copy;
}

static int own_states(const OptimizerObject *optimizer) {
  const AstFunction *function = optimizer->made_by->function;
  int states = 0;
  for (int i = 0; i < function->member_count; i++)
    states += function->members[i].kind == MEMBER_STATE;
  return states;
}

int optimizer_states(const OptimizerObject *optimizer) {
  int states = own_states(optimizer);
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      states += optimizer_states(optimizer->arguments[i].optimizer);
  return states;
}

const char *optimizer_state_name(const OptimizerObject *optimizer, int index, const char **of) {
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < function->member_count; i++) {
    if (function->members[i].kind != MEMBER_STATE || index-- > 0) continue;
    *of = function->name;
    return function->members[i].name;
  }
  for (int i = 0; i < optimizer->count; i++) {
    if (optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
    int states = optimizer_states(optimizer->arguments[i].optimizer);
    if (index < states) return optimizer_state_name(optimizer->arguments[i].optimizer, index, of);
    index -= states;
  }
  return NULL;
}

static NORETURN void raise_no_hyperparameter(Vm *vm, const Ast *ast,
                                             const OptimizerObject *optimizer, const char *name) {
  const AstFunction *function = optimizer->made_by->function;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->op_span.file ? ast->op_span : ast->span,
            "the optimizer %s has no hyperparameter `%.64s`", function->name, name);
  diag_note(&diag, function->head_span, "%s is declared here", function->name);
  raise_diag(vm, &diag);
}

/* Which argument of the optimizer whose step is traced now this one is, or -1. */
static int inner_index(const StateQuery *query, const OptimizerObject *inner) {
  for (int i = 0; query && !query->declaring && i < query->optimizer->count; i++) {
    Value argument = query->optimizer->arguments[i];
    if (argument.kind == KIND_OPTIMIZER && argument.optimizer == inner) return i;
  }
  return -1;
}

static Value call_inner_step(Vm *vm, const CallSite *site, Value *args, int count);

static const Native INNER_STEP = {"step(p, g)", NULL, call_inner_step, false, "", "", ""};

static Value inner_step(Vm *vm, const Ast *ast, Value optimizer) {
  if (inner_index(vm->state_query, optimizer.optimizer) < 0)
    raise_help(vm, ast->op_span.file ? ast->op_span : ast->span,
               "optimizer Mine(inner) { fn step(p, g) { p = inner.step(p, g) } }",
               "an optimizer is stepped by one that it was given to, inside its `step`");
  return native_bound(vm, &INNER_STEP, optimizer, value_none());
}

/* Inside a step, of an inner optimizer's schedule its number there. */
static Value optimizer_field(Vm *vm, const Ast *ast, Value of) {
  const OptimizerObject *optimizer = of.optimizer;
  const StateQuery *query = vm->state_query;
  int inner = query && !query->vector ? inner_index(query, optimizer) : -1;
  const OptimizerInputs *inputs = inner < 0 ? NULL : &query->inputs->inner[inner];
  int index = nested_hyperparameter(&optimizer, &inputs, ast->text);
  if (index >= 0 && inputs) return value_retain(inputs->values[index]);
  if (index >= 0 && vm->checking && optimizer->finds && is_rate(optimizer, index))
    return (Value){.kind = KIND_UNKNOWN}; /* a number or, once it is found, a schedule */
  if (index >= 0) return value_retain(optimizer->arguments[index]);
  if (!strcmp(ast->text, "step")) return inner_step(vm, ast, of);
  if (!strcmp(ast->text, "steps")) return value_number((double)optimizer->steps);
  raise_no_hyperparameter(vm, ast, optimizer, ast->text);
}

static void optimizer_field_set(Vm *vm, const Ast *ast, Value of, Value value) {
  const OptimizerObject *has = of.optimizer;
  int index = nested_hyperparameter(&has, NULL, ast->text);
  OptimizerObject *optimizer = (OptimizerObject *)(uintptr_t)has;
  if (index < 0) raise_no_hyperparameter(vm, ast, optimizer, ast->text);
  if (value.kind == KIND_OPTIMIZER || optimizer->arguments[index].kind == KIND_OPTIMIZER)
    raise_at(vm, ast->span, "an inner optimizer is given when the outer one is made: %s(…)",
             optimizer->made_by->function->name);
  Value *values = stack_take(vm, (uint32_t)optimizer->count),
        set = as_argument(vm, ast->span, value);
  for (int i = 0; i < optimizer->count; i++) values[i] = i == index ? set : optimizer->arguments[i];
  uint64_t bit = rule_bit(index), others = moving(optimizer) & ~bit;
  ask(vm, &(Asking){optimizer, values, bit, moves(set) ? others | bit : others, ast->span}, 0);
  value_release(vm, optimizer->arguments[index]);
  optimizer->arguments[index] = set;
  optimizer->finds &= !is_rate(optimizer, index);
  optimizer->memory->settled = false;
  vm->top = values;
  trace_effect(vm);
}

/* ---- the kind ---- */

static size_t optimizer_bytes(const Object *object) {
  return sizeof(OptimizerObject) +
         (size_t)((const OptimizerObject *)(const void *)object)->count * sizeof(Value);
}

static void optimizer_parts(Vm *vm, Object *object, Visit *visit) {
  const OptimizerObject *optimizer = (const OptimizerObject *)(const void *)object;
  visit_values(vm, optimizer->arguments, optimizer->count, visit);
  if (optimizer->made_by) visit(vm, value_of(KIND_CLOSURE, optimizer->made_by));
}

static void optimizer_free_own(Vm *vm, Object *object) {
  OptimizerMemory *memory = ((OptimizerObject *)(void *)object)->memory;
  if (!memory) return;
  for (int i = 0; i < memory->count; i++) {
    for (int k = 0; k < memory->state_count; k++) tensor_release(&memory->targets[i].states[k]);
    mem_free(memory->targets[i].states);
    sparse_forget(memory->targets[i].sparse);
    value_release(vm, value_of(KIND_PARAM, memory->targets[i].param));
  }
  mem_free(memory->targets);
  lookup_free(&memory->places);
  mem_free(memory->now);
  mem_free(memory);
}

static void optimizer_mark(Vm *vm, Object *object) {
  const OptimizerMemory *memory = ((const OptimizerObject *)(const void *)object)->memory;
  for (int i = 0; memory && i < memory->count; i++)
    vm_mark(vm, value_of(KIND_PARAM, memory->targets[i].param));
}

/* As the call that makes it. */
static void optimizer_show(struct Showing *showing, Value value) {
  const OptimizerObject *optimizer = value.optimizer;
  const AstFunction *function = optimizer->made_by->function;
  bool some = false;
  text_format(showing->text, "%s(", function->name);
  for (int i = 0; i < optimizer->count && i < function->param_count; i++)
    show_argument(showing, function->params[i].name, optimizer->arguments[i], &some);
  text_char(showing->text, ')');
}

static bool optimizer_fields(Value of, VisitField *visit, void *context) {
  const AstFunction *function = of.optimizer->made_by->function;
  for (int i = 0; i < of.optimizer->count; i++)
    if (visit(context, function->params[i].name, -1, of.optimizer->arguments[i])) return true;
  return visit(context, "steps", -1, value_number((double)of.optimizer->steps));
}

static Span optimizer_made(const Object *object) {
  return ((const OptimizerObject *)(const void *)object)->span;
}

const KindRow OPTIMIZER_KIND = {.bytes = optimizer_bytes,
                                .parts = optimizer_parts,
                                .free_own = optimizer_free_own,
                                .mark = optimizer_mark,
                                .show = optimizer_show,
                                .field = optimizer_field,
                                .field_set = optimizer_field_set,
                                .fields = optimizer_fields,
                                .made = optimizer_made};

/* ---- memory by target ---- */

TargetMemory *optimizer_target(OptimizerObject *optimizer, ParamObject *param) {
  OptimizerMemory *memory = optimizer->memory;
  int place = lookup_place(&memory->places, memory->targets, sizeof(TargetMemory), memory->count,
                           param);
  return place < 0 ? NULL : &memory->targets[place];
}

TargetMemory *optimizer_target_new(Vm *vm, OptimizerObject *optimizer, ParamObject *param) {
  (void)vm;
  OptimizerMemory *memory = optimizer->memory;
  if (memory->count == memory->capacity) {
    memory->capacity = memory->capacity ? 2 * memory->capacity : 8;
    memory->targets = mem_grow(memory->targets, (size_t)memory->capacity * sizeof(TargetMemory));
  }
  TargetMemory *target = &memory->targets[memory->count++];
  value_retain(value_of(KIND_PARAM, param));
  target->param = param;
  target->sparse = NULL;
  target->states = mem_zero((size_t)(memory->state_count + 1) * sizeof(Tensor));
  return target;
}

/* The initial value of a state, in storage of its own. */
static Tensor first_state(Vm *vm, const Ast *ast, Value value, const Type *like) {
  Tensor state;
  Diag diag = {0};
  Type type = trace_type(vm, value, ast->span);
  bool fills = type.weak || value.kind == KIND_BOOL;
  /* of a bf16 param it gathers in f32 */
  Dtype dtype = fills || !dtype_floats(type.dtype) ? dtype_wide(like->dtype) : type.dtype;
  bool decided = vm->trace && vm->trace->decided;
  Tensor from = trace_elements(vm, value, ast->span);
  /* an initial value comes from before the trace and does not restrict it */
  if (vm->trace) vm->trace->decided = decided;
  if (!tensor_new(&state, dtype, fills ? &like->shape : &type.shape, &diag)) {
    tensor_release(&from);
    diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  bool fine = true;
  for (int64_t i = 0, count = tensor_count(&from); i < count && fine; i++) {
    double start = tensor_get(&from, i);
    fine = dtype_holds(dtype, start) || dtype_refuse(&diag, ast->span, dtype, start);
    if (fine) tensor_fill(&state, i, fills ? tensor_count(&state) : 1, start);
  }
  tensor_release(&from);
  if (fine) return state;
  tensor_release(&state);
  raise_diag(vm, &diag);
}

Value optimizer_state(Vm *vm, Frame *frame, const Ast *ast) {
  StateQuery *query = vm->state_query;
  if (!query || !query->declaring)
    raise_at(vm, ast->span, "a state belongs into the body of an optimizer");
  int index = query->first + query->next++;
  if (ast->b && query->vector)
    raise_at(vm, ast->span,
             "a step of the whole vector has its states for itself: without `shared`");
  if (ast->b) return shared_state(vm, frame, ast, query, index);
  if (!query->vector && query->nodes[index]) { /* `total` saw it before */
    query->trace->graph.span = trace_span(vm, ast->span);
    return trace_result(query->trace, query->nodes[index]);
  }
  Tensor *state = &query->memory->states[index];
  const Tensor *param = &query->memory->param->value;
  Type like = query->vector ? query->vector->type
                            : (Type){.dtype = param->dtype, .shape = param->shape};
  if (vm->checking) {
    Value value = eval(vm, frame, ast->a);
    Type type = trace_type(vm, value, ast->span);
    bool fills = type.weak || value.kind == KIND_BOOL;
    value_release(vm, value);
    if (fills) type = (Type){.dtype = dtype_wide(like.dtype), .shape = like.shape};
    *state = (Tensor){.dtype = type.dtype, .shape = type.shape};
    if (query->vector) return trace_placeholder(vm, type.dtype, &type.shape, ast->span);
    query->nodes[index] = trace_abstract(query->trace, &type);
    return trace_result(query->trace, query->nodes[index]);
  }
  if (!state->buffer) {
    Value value = eval(vm, frame, ast->a);
    *state = first_state(vm, ast, value, &like);
    value_release(vm, value);
  }
  if (query->vector) { /* the storage is written in place */
    Tensor copy;
    Diag diag = {0};
    if (!tensor_copy(&copy, state, &diag)) raise_diag(vm, &diag);
    return value_tensor(vm, copy);
  }
  query->nodes[index] = trace_tensor_input(query->trace, state, NULL);
  query->trace->graph.span = trace_span(vm, ast->span);
  return trace_result(query->trace, query->nodes[index]);
}

/* ---- the numbers of a step ---- */

int optimizer_auto(const OptimizerObject *optimizer) {
  for (int i = 0; i < optimizer->count; i++)
    if (is_rate(optimizer, i) && (optimizer->finds || is_auto(optimizer->arguments[i]))) return i;
  return -1;
}

void optimizer_auto_set(Vm *vm, OptimizerObject *optimizer, int index, Value value) {
  value_release(vm, optimizer->arguments[index]);
  optimizer->arguments[index] = value;
  optimizer->finds = true;
  optimizer->memory->settled = false;
}

void optimizer_scale(OptimizerObject *optimizer, double factor) {
  OptimizerMemory *memory = optimizer->memory;
  memory->scale = factor == 1 ? 0 : factor;
  memory->settled = false;
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      optimizer_scale(optimizer->arguments[i].optimizer, factor);
}

bool optimizer_has_rate(const OptimizerObject *optimizer) {
  for (int i = 0; i < optimizer->count; i++) {
    if (is_rate(optimizer, i)) return true;
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER &&
        optimizer_has_rate(optimizer->arguments[i].optimizer))
      return true;
  }
  return false;
}

/* The factor of a hyperparameter: 1 but for a rate that was backed off. */
static double scale_of(const OptimizerObject *optimizer, int index) {
  double scale = optimizer->memory->scale;
  return scale > 0 && is_rate(optimizer, index) ? scale : 1;
}

/* A hyperparameter that does not move, as a step sees it; a new holder. */
static Value still_argument(const OptimizerObject *optimizer, int index) {
  Value value = optimizer->arguments[index];
  return value.kind == KIND_NUMBER ? value_number(value.number * scale_of(optimizer, index))
                                   : value_retain(value);
}

/* The value of a schedule or a param for step number `step` (from 0). */
double optimizer_number(Vm *vm, const OptimizerObject *optimizer, int index, int64_t step) {
  Value argument = optimizer->arguments[index], number = value_number((double)step);
  double scale = scale_of(optimizer, index);
  if (!optimizer_schedules(argument)) return scale * value_as_number(vm, optimizer->span, argument);
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  Value value = vm_call(vm, &site, argument, &number, 1);
  if (value.kind != KIND_NUMBER && value.kind != KIND_UNKNOWN && !value_is_tensor(value)) {
    char wanted[120];
    snprintf(wanted, sizeof wanted, "the schedule of `%.64s` must give a number",
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
    if (!moves(optimizer->arguments[i])) continue;
    double number = optimizer_number(vm, optimizer, i, optimizer->steps);
    if (isnan(number)) raise_nan(vm, optimizer, i);
    if (!memory->settled || !(number == memory->now[i])) changed |= rule_bit(i);
    memory->now[i] = number;
  }
  memory->settled = true;
  memory->settled_for = optimizer->steps;
  if (!changed) return;
  Value *values = stack_take(vm, (uint32_t)optimizer->count);
  for (int i = 0; i < optimizer->count; i++)
    values[i] = moves(optimizer->arguments[i]) ? value_number(memory->now[i])
                                               : optimizer->arguments[i];
  memory->settled = false; /* if a rule raises, it is checked again */
  ask(vm, &(Asking){optimizer, values, changed, 0, optimizer->span}, optimizer->steps + 1);
  memory->settled = true;
  vm->top = values;
}

static void settle_body(Vm *vm, void *context) { settle(vm, context); }

/* `gd check` evaluates a schedule for the first step, if it can be. */
static void settle_checked(Vm *vm, OptimizerObject *optimizer) {
  Diag diag = {0};
  if (!vm_protect(vm, settle_body, optimizer, &diag) && !diag_unknown(&diag)) raise_diag(vm, &diag);
}

void optimizer_inputs(Vm *vm, Trace *trace, OptimizerObject *optimizer, OptimizerInputs *inputs) {
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
    if (optimizer_schedules(optimizer->arguments[i])) {
      inputs->values[i] = trace_result(
          trace, trace_number(trace, optimizer->memory->now[i], &inputs->arguments[i]));
    } else {
      inputs->values[i] = still_argument(optimizer, i);
      if (optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
      OptimizerObject *inner = optimizer->arguments[i].optimizer;
      inner->steps = optimizer->steps;
      optimizer_inputs(vm, trace, inner, &inputs->inner[i]);
    }
  }
  inputs->t_value = trace_result(trace,
                                 trace_number(trace, (double)(optimizer->steps + 1), &inputs->t));
}

void optimizer_inputs_release(Vm *vm, OptimizerObject *optimizer, OptimizerInputs *inputs) {
  for (int i = 0; i < optimizer->count; i++) {
    value_release(vm, inputs->values[i]);
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      optimizer_inputs_release(vm, optimizer->arguments[i].optimizer, &inputs->inner[i]);
  }
  value_release(vm, inputs->t_value);
  inputs->values = NULL;
}

static void set_number(Trace *trace, int binding, double number) {
  *(double *)tensor_data(&trace->bindings[binding].tensor) = number;
}

void optimizer_set(Vm *vm, Trace *trace, OptimizerObject *optimizer,
                   const OptimizerInputs *inputs) {
  set_number(trace, inputs->t, (double)(optimizer->steps + 1));
  for (int i = 0; i < optimizer->count; i++) {
    if (optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
    optimizer->arguments[i].optimizer->steps = optimizer->steps;
    optimizer_set(vm, trace, optimizer->arguments[i].optimizer, &inputs->inner[i]);
  }
  if (!moving(optimizer)) return;
  settle(vm, optimizer);
  for (int i = 0; i < optimizer->count; i++)
    if (inputs->arguments[i] >= 0)
      set_number(trace, inputs->arguments[i], optimizer->memory->now[i]);
}

double optimizer_rate(Vm *vm, OptimizerObject *optimizer, int64_t step) {
  const OptimizerMemory *memory = optimizer->memory;
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < function->param_count; i++) {
    if (!is_rate(optimizer, i)) continue;
    if (!moves(optimizer->arguments[i]))
      return optimizer->arguments[i].kind == KIND_NUMBER
                 ? optimizer->arguments[i].number * scale_of(optimizer, i)
                 : (double)NAN;
    return memory->settled && memory->settled_for == step
               ? memory->now[i]
               : optimizer_number(vm, optimizer, i, step);
  }
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      return optimizer_rate(vm, optimizer->arguments[i].optimizer, step);
  return (double)NAN;
}

Value *optimizer_arguments(Vm *vm, OptimizerObject *optimizer) {
  if (vm->checking) settle_checked(vm, optimizer);
  else if (moving(optimizer)) settle(vm, optimizer);
  Value *values = stack_take(vm, (uint32_t)optimizer->count + 1);
  for (int i = 0; i < optimizer->count; i++)
    values[i] = optimizer_schedules(optimizer->arguments[i])
                    ? value_number(optimizer->memory->now[i])
                    : still_argument(optimizer, i);
  return values;
}

/* ---- tracing one target ---- */

ClosureObject *optimizer_step_function(Vm *vm, const OptimizerObject *optimizer,
                                       CellObject **cells) {
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < function->member_count; i++) {
    const Member *member = &function->members[i];
    if (member->kind != MEMBER_FN || strcmp(member->name, "step")) continue;
    ClosureObject *step = cells[i]->value.closure;
    if (step->function->param_count == 3 && !vm->state_query->vector)
      raise_at(vm, optimizer->span,
               "%.64s steps all tensors as one vector: it cannot be given to another optimizer",
               function->name);
    if (step->function->param_count != (vm->state_query->vector ? 3 : 2)) {
      Diag diag = {0};
      diag_fail(
          &diag, STATUS_MALFORMED, step->function->head_span,
          "the step of an optimizer has two parameters, the tensor and its gradient: step(p, g)");
      raise_diag(vm, &diag);
    }
    return step;
  }
  Diag diag = {0};
  diag_fail(&diag, STATUS_MALFORMED, function->head_span, "the optimizer %s has no fn step(p, g)",
            function->name);
  raise_diag(vm, &diag);
}

/* A new value as a node of the storage's type. */
NodeId optimizer_new_value(Vm *vm, Trace *trace, Value value, const Tensor *storage,
                           const char *name, Span span) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId node = make_cast(&maker, trace_operand(trace, value, span), storage->dtype);
  if (node && make_type(&maker, node)->shape.rank == 0 && storage->shape.rank)
    node = make_expand(&maker, node, &storage->shape);
  if (node && !shape_equal(&make_type(&maker, node)->shape, &storage->shape)) {
    char have[200], want[200];
    diag_fail(&diag, STATUS_FAILED, span, "a step must keep shapes: %s was %s and became %s", name,
              shape_show(&storage->shape, want), shape_show(&make_type(&maker, node)->shape, have));
    raise_diag(vm, &diag);
  }
  if (!node) raise_diag(vm, &diag);
  return node;
}

void optimizer_store(StateQuery *query, NodeId old, NodeId node) {
  int64_t binding = graph_node(&query->trace->graph, old)->attrs[0];
  query->stores[(*query->stored)++] = (Store){binding, node};
}

static void store_states(Vm *vm, StateQuery *query, CellObject **cells) {
  const AstFunction *function = query->optimizer->made_by->function;
  for (int i = 0, index = query->first; i < function->member_count; i++) {
    if (function->members[i].kind != MEMBER_STATE) continue;
    NodeId old = query->nodes[index];
    if (!old) {
      shared_kept(vm, query, index++, &function->members[i], cells[i]->value);
      continue;
    }
    Tensor *storage = &query->memory->states[index++];
    NodeId node = optimizer_new_value(vm, query->trace, cells[i]->value, storage,
                                      function->members[i].name, function->members[i].span);
    if (node != old) optimizer_store(query, old, node);
  }
}

/* Are new values stored?  `gd check` stores nothing, but for an estimate of what a run would. */
static bool stores(const Vm *vm, Value value) {
  return !vm->checking || (vm->options.cost && value.kind != KIND_UNKNOWN);
}

void optimizer_declare(Vm *vm, StateQuery *query, CellObject **cells) {
  const OptimizerObject *optimizer = query->optimizer;
  const AstFunction *function = optimizer->made_by->function;
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  query->declaring = true;
  query->next = 0;
  call_body(vm, &site, optimizer->made_by, query->inputs->values, query->inputs->t_value,
            query->target, cells);
  query->declaring = false;
  for (int i = 0; i < function->member_count; i++)
    if (function->members[i].kind == MEMBER_LOSS)
      cells[i]->value = value_retain(query->all->loss_value);
}

void optimizer_release(Vm *vm, const StateQuery *query, CellObject **cells) {
  const AstFunction *function = query->optimizer->made_by->function;
  for (int i = 0; i < function->member_count; i++) value_release(vm, value_of(KIND_CELL, cells[i]));
}

ClosureObject *optimizer_function(const StateQuery *query, CellObject **cells, const char *name) {
  const AstFunction *function = query->optimizer->made_by->function;
  for (int i = 0; i < function->member_count; i++)
    if (function->members[i].kind == MEMBER_FN && !strcmp(function->members[i].name, name))
      return cells[i]->value.closure;
  return NULL;
}

/* Runs the body, then `step` with p and g; stores the states.  Returns the new p. */
static Value step_once(Vm *vm, StateQuery *query, Value gradient) {
  const OptimizerObject *optimizer = query->optimizer;
  const AstFunction *function = optimizer->made_by->function;
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  CellObject **cells = arena_alloc(&query->trace->graph.arena,
                                   (size_t)(function->member_count + 1) * sizeof(CellObject *));
  Value pair[2] = {query->target, gradient}, finals[2];
  StateQuery *outer = vm->state_query;
  vm->state_query = query;
  optimizer_declare(vm, query, cells);
  Value result = call_step(vm, &site, optimizer_step_function(vm, optimizer, cells), pair, 2,
                           finals);
  if (stores(vm, finals[0])) store_states(vm, query, cells);
  vm->state_query = outer;
  value_release(vm, result);
  value_release(vm, finals[1]);
  optimizer_release(vm, query, cells);
  return finals[0];
}

/* The arrays of a step, and memory for every target. */
static void fill_step(Vm *vm, OptimizerStep *step) {
  Arena *arena = &step->trace->graph.arena;
  size_t count = (size_t)step->count + 1, states = (size_t)step->optimizer->memory->state_count + 1;
  step->values = arena_alloc(arena, count * sizeof(Value));
  step->slopes = arena_alloc(arena, count * sizeof(Value));
  step->nodes = arena_alloc(arena, count * sizeof(NodeId *));
  step->shared = arena_alloc(arena, states * sizeof(NodeId));
  step->shared_before = arena_alloc(arena, states * sizeof(NodeId));
  memset(step->shared, 0, states * sizeof(NodeId));
  memset(step->shared_before, 0, states * sizeof(NodeId));
  step->loss_value = trace_result(step->trace, step->loss);
  for (int i = 0; i < step->count; i++) {
    if (!optimizer_target(step->optimizer, step->targets[i]))
      optimizer_target_new(vm, step->optimizer, step->targets[i]);
    step->values[i] = trace_result(step->trace, trace_raw(step->trace, step->targets[i]));
    step->slopes[i] = trace_result(step->trace, step->gradients[i]);
    step->nodes[i] = arena_alloc(arena, states * sizeof(NodeId));
    memset(step->nodes[i], 0, states * sizeof(NodeId));
  }
}

/* After `ahead`: the gradient and loss are others. */
static void fill_again(Vm *vm, OptimizerStep *step) {
  for (int i = 0; i < step->count; i++) {
    value_release(vm, step->slopes[i]);
    step->slopes[i] = trace_result(step->trace, step->gradients[i]);
  }
  value_release(vm, step->loss_value);
  step->loss_value = trace_result(step->trace, step->loss);
}

void optimizer_look_ahead(Vm *vm, OptimizerStep *step, NodeId norm, NodeId *into) {
  fill_step(vm, step);
  for (int i = 0; i < step->count; i++) into[i] = ahead_of(vm, step, i, norm);
}

int optimizer_begin(Vm *vm, OptimizerStep *step, Store *stores_of) {
  int made = 0;
  if (step->values) fill_again(vm, step);
  else fill_step(vm, step);
  if (optimizer_has_once(step->optimizer)) optimizer_trace_once(vm, step, stores_of, &made);
  return made;
}

int optimizer_trace(Vm *vm, const OptimizerStep *step, int target, Store *stores_of) {
  int made = 0;
  ParamObject *param = step->targets[target];
  OptimizerObject *optimizer = step->optimizer;
  StateQuery query = {.trace = step->trace,
                      .optimizer = optimizer,
                      .inputs = step->inputs,
                      .memory = optimizer_target(optimizer, param),
                      .nodes = step->nodes[target],
                      .target = step->values[target],
                      .all = step,
                      .stores = stores_of,
                      .stored = &made};
  Value now = step_once(vm, &query, step->slopes[target]);
  if (stores(vm, now))
    optimizer_store(&query, trace_raw(step->trace, param),
                    optimizer_new_value(vm, step->trace, now, &param->value, "p",
                                        optimizer->made_by->function->head_span));
  value_release(vm, now);
  return made;
}

void optimizer_end(Vm *vm, OptimizerStep *step) {
  for (int i = 0; i < step->count; i++) {
    value_release(vm, step->values[i]);
    value_release(vm, step->slopes[i]);
  }
  value_release(vm, step->loss_value);
}

int optimizer_inner_states(const StateQuery *query, int index) {
  int first = query->first + own_states(query->optimizer);
  for (int i = 0; i < index; i++)
    if (query->optimizer->arguments[i].kind == KIND_OPTIMIZER)
      first += optimizer_states(query->optimizer->arguments[i].optimizer);
  return first;
}

/* inner.step(p, g) inside the step of the optimizer that it was given to. */
static Value call_inner_step(Vm *vm, const CallSite *site, Value *args, int count) {
  OptimizerObject *inner = site->self->extra[0].optimizer;
  StateQuery *outer = vm->state_query;
  int index = inner_index(outer, inner);
  if (index < 0)
    raise_at(vm, site->span, "an inner optimizer is stepped inside the outer's `step`");
  if (count != 2) raise_at(vm, site->span, "`step` takes two arguments: step(p, g)");
  if (outer->stepped & rule_bit(index))
    raise_at(vm, site->span, "an inner optimizer makes one step for each step of the outer one");
  if (outer->vector)
    raise_at(vm, site->span, "a step of the whole vector cannot step another optimizer");
  outer->stepped |= rule_bit(index);
  StateQuery query = *outer;
  query.optimizer = inner;
  query.inputs = &outer->inputs->inner[index];
  query.first = optimizer_inner_states(outer, index);
  query.next = 0;
  query.stepped = 0;
  query.target = args[0];
  return step_once(vm, &query, args[1]);
}

/* ---- steps made elsewhere ---- */

void optimizer_go_on(OptimizerObject *optimizer, int64_t steps) {
  optimizer->steps = steps;
  optimizer->memory->settled = false;
}

void optimizer_release_targets(Vm *vm, OptimizerObject *optimizer, int count) {
  OptimizerMemory *memory = optimizer->memory;
  while (memory->count > count) {
    TargetMemory *target = &memory->targets[--memory->count];
    for (int k = 0; k < memory->state_count; k++) tensor_release(&target->states[k]);
    mem_free(target->states);
    sparse_forget(target->sparse);
    value_release(vm, value_of(KIND_PARAM, target->param));
  }
  lookup_clear(&memory->places);
  memory->settled = false;
}
