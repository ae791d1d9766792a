/* optimizer.c — see optimizer.h.
 *
 * A tensor of rank 0 that is passed for a number counts as that number.  A param is read again for
 * each step, as a schedule is.
 */
#include "lang/optimizers/optimizer.h"

#include "lang/eval/rules.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/vm.h"
#include "lang/models/model.h"
#include "lang/optimizers/declaration.h"
#include "lang/optimizers/hyper.h"
#include "lang/optimizers/nested.h"
#include "lang/optimizers/optimizer_step.h"
#include "lang/optimizers/states.h"
#include "lang/syntax/habit.h"
#include "lang/syntax/nearest.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/show.h"

#include <string.h>

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

Value optimizer_new(Vm *vm, const CallSite *site, ClosureObject *made_by, const Value *args) {
  const AstFunction *function = made_by->function;
  rules_find(made_by);
  OptimizerObject *optimizer = object_new(
      vm, KIND_OPTIMIZER, sizeof *optimizer + (size_t)function->param_count * sizeof(Value));
  optimizer->made_by = made_by;
  made_by->head.refs++;
  Value *kept = stack_push(vm, value_of(KIND_OPTIMIZER, optimizer));
  optimizer->span = trace_span(vm, site->span); /* of groups the script's line */
  optimizer->count = function->param_count;
  const AstFunction *step = declaration_of(function, "step");
  optimizer->whole = step && step->param_count == 3;
  nested_check(vm, site, function, args);
  for (int i = 0; i < function->param_count; i++) {
    bool rate = !strcmp(function->params[i].name, "lr");
    if (hyper_is_auto(args[i]) && !rate)
      raise_at(vm, site->span, "`auto` is only for `lr`: `%.64s` needs a number",
               function->params[i].name);
    bool stands_in = hyper_is_auto(args[i]) && vm->checking; /* in `gd check` any rate will do */
    optimizer->finds |= stands_in;
    if (site->args && !site->args[i].file) optimizer->left |= rule_bit(i);
    optimizer->arguments[i] = stands_in ? value_number(1e-3) : as_argument(vm, site->span, args[i]);
  }
  optimizer->memory = mem_zero(sizeof *optimizer->memory);
  optimizer->memory->state_count = states_count(optimizer);
  optimizer->memory->now = mem_zero(((size_t)function->param_count + 1) * sizeof(double));
  hyper_check(vm, optimizer, site->span);
  vm->top = kept;
  return value_of(KIND_OPTIMIZER, optimizer);
}

/* A value in which every optimizer, and every schedule of the library, is one of its own. */
static Value apart(Vm *vm, Value value) {
  if (value.kind == KIND_OPTIMIZER) return optimizer_copy(vm, value.optimizer);
  if (value.kind == KIND_CLOSURE) return model_copy_schedule(vm, value.closure);
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
  copy.optimizer->left = optimizer->left;
  copy.optimizer->place = optimizer->place;
  value_release(vm, args);
  return copy;
}

void optimizer_go_on(OptimizerObject *optimizer, int64_t steps) {
  optimizer->steps = steps;
  optimizer->memory->settled = false;
}

/* ---- fields ---- */

/* Is it, or what it wraps, a group of optimizers? */
static bool holds_several(const OptimizerObject *optimizer) {
  int count = 0;
  const OptimizerObject *inner = NULL;
  for (int i = 0; i < optimizer->count; i++) {
    if (optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
    inner = optimizer->arguments[i].optimizer;
    count++;
  }
  return count > 1 || (count == 1 && holds_several(inner));
}

static NORETURN void raise_of_several(Vm *vm, Span span, const char *name) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span,
            "groups has no single `%.64s`: each of its optimizers has its own", name);
  diag_help(&diag,
            "read or set it in the optimizer that was given; what wraps one and needs its "
            "`%.64s`, as Proximal, goes around each of them",
            name);
  raise_diag(vm, &diag);
}

static NORETURN void raise_no_hyperparameter(Vm *vm, const Ast *ast,
                                             const OptimizerObject *optimizer, const char *name) {
  const AstFunction *function = optimizer->made_by->function;
  Diag diag = {0};
  Span at = ast->op_span.file ? ast->op_span : ast->span;
  if (holds_several(optimizer)) raise_of_several(vm, at, name);
  diag_fail(&diag, STATUS_FAILED, at, "the optimizer %s has no hyperparameter `%.64s`",
            function->name, name);
  Nearest nearest = nearest_to(name);
  Text all = {0};
  for (int i = 0; i < function->param_count; i++) {
    nearest_offer(&nearest, function->params[i].name);
    text_format(&all, "%s%.64s", i ? ", " : "", function->params[i].name);
  }
  bool near = nearest_tell(&nearest, "", &diag);
  if (!near && all.length) diag_label(&diag, "it has %s", all.data);
  text_free(&all);
  Text habit = {0};
  if (!near && habit_member(name, "x", &habit)) diag_help(&diag, "%s", habit.data);
  text_free(&habit);
  diag_note(&diag, function->head_span, "%s is declared here", function->name);
  raise_diag(vm, &diag);
}

/* Inside a step, of an inner optimizer's schedule its number there. */
static Value optimizer_field(Vm *vm, const Ast *ast, Value of) {
  const OptimizerObject *optimizer = of.optimizer;
  const StateQuery *query = vm->state_query;
  int inner = query && !query->vector ? declaration_inner(query, optimizer) : -1;
  const OptimizerInputs *inputs = inner < 0 ? NULL : &query->inputs->inner[inner];
  int index = nested_hyperparameter(&optimizer, &inputs, ast->text);
  if (index >= 0 && inputs) return value_retain(inputs->values[index]);
  bool found = vm->checking && optimizer->finds;
  if (found && index >= 0 &&
      (hyper_is_rate(optimizer, index) || index == hyper_auto_momentum(optimizer)))
    return (Value){.kind = KIND_UNKNOWN}; /* a number or, once it is found, a schedule */
  if (index >= 0) return value_retain(optimizer->arguments[index]);
  if (!strcmp(ast->text, "step")) return optimizer_step_bound(vm, ast, of);
  if (!strcmp(ast->text, "steps")) return value_number((double)optimizer->steps);
  raise_no_hyperparameter(vm, ast, optimizer, ast->text);
}

static void optimizer_field_set(Vm *vm, const Ast *ast, Value of, Value value) {
  const OptimizerObject *has = of.optimizer;
  int index = nested_hyperparameter(&has, NULL, ast->text);
  OptimizerObject *optimizer = (OptimizerObject *)(uintptr_t)has;
  if (index < 0) raise_no_hyperparameter(vm, ast, optimizer, ast->text);
  if (value.kind == KIND_OPTIMIZER || optimizer->arguments[index].kind == KIND_OPTIMIZER)
    raise_at(vm, ast->span, "an inner optimizer is passed when the outer one is made: %s(…)",
             optimizer->made_by->function->name);
  Value set = as_argument(vm, ast->span, value);
  hyper_check_one(vm, optimizer, index, set, ast->span);
  if (optimizer->finds && hyper_is_rate(optimizer, index)) hyper_auto_momentum_rest(vm, optimizer);
  optimizer->left &= ~rule_bit(index);
  value_release(vm, optimizer->arguments[index]);
  optimizer->arguments[index] = set;
  optimizer->finds &= !hyper_is_rate(optimizer, index);
  optimizer->memory->settled = false;
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
  states_free(vm, memory);
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

static Value optimizer_copied(Vm *vm, Value of) { return optimizer_copy(vm, of.optimizer); }

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
                                .copy = optimizer_copied,
                                .made = optimizer_made,
                                .keep = states_memento};
