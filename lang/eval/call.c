/* call.c — calling: closures, models, optimizers, natives, rows.
 *
 * The common call, a declared function with positional arguments, takes the fast path in run_call:
 * the arguments are evaluated directly into the slots of the new frame, which is on the value
 * stack, and nothing is allocated.  `AstFunction.plain` and CALL_PLAIN say in advance that the fast
 * path applies.
 *
 * Every other call gathers its arguments and matches them to the parameters (arguments.c).  What is
 * left for a declaration happens in the callee's frame: defaults are evaluated, after the
 * parameters before them, and shapes are checked (annotate.c).
 *
 * Calling a model's declaration runs its body and keeps the cells of its names; calling the model
 * calls its `forward`.
 *
 * A local function that calls itself is a cycle: its cell holds the closure, the closure the cell.
 * frame_leave_slot detects this cycle when the frame is released and breaks it; other cycles are
 * left to the sweep.
 */
#include "lang/eval/call.h"

#include "lang/eval/activation.h"
#include "lang/eval/annotate.h"
#include "lang/eval/arguments.h"
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/rules.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/heap.h"
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/string.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/names/scope.h"
#include "lang/names/standard.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"

#include <string.h>

static const Value NONE = {.kind = KIND_NONE};
static const Value UNKNOWN = {.kind = KIND_UNKNOWN};

/* ---- functions and their bodies ---- */

/* Runs the body of a function in its frame. */
static inline Value run_body(Vm *vm, Frame *frame, const Ast *body) {
  Frame *outer = vm->frame;
  vm->frame = frame;
  vm->depth++;
  vm_step(vm, frame->call);
  Value result = UNLIKELY(vm->checking) ? check_function(vm, frame, body) : run(vm, frame, body);
  vm->depth--;
  vm->frame = outer;
  if (result.kind == KIND_FLOW) {
    result = vm->returned;
    vm->returned = (Value){0};
  }
  return result;
}

Value closure_new(Vm *vm, Frame *frame, AstFunction *function) {
  int count = function->capture_count;
  ClosureObject *closure = object_new(vm, KIND_CLOSURE,
                                      sizeof *closure + (size_t)count * sizeof(CellObject *));
  closure->function = function;
  closure->module = frame->module;
  closure->module->head.refs++;
  closure->cell_count = count;
  for (int i = 0; i < count; i++) {
    const Capture *from = &function->captures[i];
    if (from->place == PLACE_CAPTURE) {
      closure->cells[i] = frame->closure->cells[from->slot];
    } else {
      Value *slot = &frame->slots[from->slot];
      /* its `let` has not run yet */
      if (slot->kind != KIND_CELL)
        *slot = value_of(KIND_CELL, object_new(vm, KIND_CELL, sizeof(CellObject)));
      closure->cells[i] = slot->cell;
    }
    closure->cells[i]->head.refs++;
  }
  return value_of(KIND_CLOSURE, closure);
}

/* ---- binding ---- */

static Value missing_value(Vm *vm, Frame *frame, const AstParam *param) {
  if (param->rest) return value_list(vm, 0);
  if (!param->fallback) return NONE;
  Frame *outer = vm->frame;
  vm->frame = frame;
  Value value = eval(vm, frame, param->fallback);
  vm->frame = outer;
  return value;
}

/* Binds borrowed values to the parameters of the frame's closure. */
static void bind(Vm *vm, Frame *frame, const Given *given, const Value *values) {
  const AstFunction *function = frame->closure->function;
  const int *target = arguments_enter(vm, frame, given, values);
  bool shapes = function->result != NULL;
  for (int i = 0; i < function->param_count; i++) {
    const AstParam *param = &function->params[i];
    Value value = frame->slots[param->slot];
    if (value.kind == KIND_UNSET) value = missing_value(vm, frame, param);
    frame_settle(vm, frame, param->place, param->slot, value);
    if (!param->shape) continue;
    shapes = true;
    const Span span = arguments_span(given, target, i);
    Value tensor;
    if (annotate_list(vm, param->shape, value, span, &tensor))
      frame_set(vm, frame, param->place, param->slot, value = tensor);
    annotate_check(vm, frame, function, i, value, span, false);
  }
  for (int i = 0; shapes && i < function->param_count; i++) {
    const AstParam *param = &function->params[i];
    Value value = frame->slots[param->slot];
    if (value.kind == KIND_CELL) value = value.cell->value;
    if (param->shape)
      annotate_check(vm, frame, function, i, value, arguments_span(given, target, i), true);
  }
}

/* ---- functions and losses ---- */

/* `reduce: "none"` of a loss of the library gives a value a row or an element. */
static bool gives_each(const Vm *vm, const Frame *frame) {
  const AstFunction *function = frame->closure->function;
  if (!source_is_library(vm->sources, function->head_span.file)) return false;
  for (int i = 0; i < function->param_count; i++) {
    if (strcmp(function->params[i].name, "reduce") != 0) continue;
    Value value = frame->slots[function->params[i].slot];
    if (value.kind == KIND_CELL) value = value.cell->value;
    return value.kind == KIND_UNKNOWN ||
           (value.kind == KIND_STRING && !strcmp(value.string->data, "none"));
  }
  return false;
}

static void check_scalar(Vm *vm, const AstFunction *function, Value result, const Span *call) {
  if (result.kind == KIND_NUMBER || result.kind == KIND_UNKNOWN) return;
  Span span = function->body->kind == AST_BLOCK ? function->head_span : function->body->span;
  Diag diag = {0};
  char shape[200];
  if (value_is_tensor(result)) {
    Type type = trace_type(vm, result, span);
    bool truth = type.shape.rank == 0 && type.dtype == DTYPE_BOOL;
    if (type.shape.rank == 0 && !truth) return;
    diag_fail(&diag, STATUS_FAILED, span, "the loss `%.64s` must give one number, it gives a %s%s",
              function->name, truth ? "bool" : "tensor ",
              truth ? "" : shape_show(&type.shape, shape));
    if (!truth) diag_help(&diag, "mean(…) or sum(…) reduces it to one number");
  } else {
    diag_fail(&diag, STATUS_FAILED, span, "the loss `%.64s` must give one number, it gives %s",
              function->name, kind_name(result));
  }
  if (call && call->file) diag_note(&diag, *call, "called here");
  raise_diag(vm, &diag);
}

static Value finish(Vm *vm, Frame *frame, Value result) {
  const AstFunction *function = frame->closure->function;
  Value *kept = stack_push(vm, result);
  if (function->result) {
    Span span = function->body->kind == AST_BLOCK ? function->result->span : function->body->span;
    Value tensor;
    if (annotate_list(vm, function->result, result, span, &tensor)) {
      value_release(vm, result);
      *kept = result = tensor;
    }
    annotate_check(vm, frame, function, -1, result, span, false);
    annotate_check(vm, frame, function, -1, result, span, true);
  }
  if (function->kind == FUNCTION_LOSS && !gives_each(vm, frame))
    check_scalar(vm, function, result, frame->call);
  vm->top = kept;
  return result;
}

static Value closure_call(Vm *vm, ClosureObject *closure, const Given *given, const Value *values) {
  Frame frame = frame_open(vm, closure, &given->span);
  bind(vm, &frame, given, values);
  Value result = finish(vm, &frame, run_body(vm, &frame, closure->function->body));
  frame_leave(vm, frame.slots, closure->function->frame_size);
  return result;
}

Value call_step(Vm *vm, const CallSite *site, ClosureObject *closure, const Value *args, int count,
                Value *finals) {
  Given given = {
      .span = site->span, .callee = site->callee, .positional = count, .spans = site->args};
  Frame frame = frame_open(vm, closure, &given.span);
  bind(vm, &frame, &given, args);
  Value result = finish(vm, &frame, run_body(vm, &frame, closure->function->body));
  for (int i = 0; i < closure->function->param_count; i++) {
    Value value = frame.slots[closure->function->params[i].slot];
    finals[i] = value_retain(value.kind == KIND_CELL ? value.cell->value : value);
  }
  frame_leave(vm, frame.slots, closure->function->frame_size);
  return result;
}

/* ---- bodies: models and optimizers ---- */

static CellObject *member_cell(Vm *vm, Frame *frame, const Member *member) {
  Value *slot = &frame->slots[member->slot];
  if (slot->kind != KIND_CELL)
    *slot = value_of(KIND_CELL, object_new(vm, KIND_CELL, sizeof(CellObject)));
  return slot->cell;
}

/* Runs the statements of an optimizer's body except its rules, which run separately. */
static void run_statements(Vm *vm, Frame *frame) {
  const AstFunction *function = frame->closure->function;
  const Ast *body = function->body;
  if (body->flags & BLOCK_HOISTS) block_hoist(vm, frame, body);
  for (uint32_t i = 0, rule = 0; i < body->count; i++) {
    bool found = rule < (uint32_t)function->rule_count &&
                 function->rules[rule].statement == body->items[i];
    if (found && function->rules[rule++].asks) continue;
    Value value;
    if (vm->checking) check_statement(vm, frame, body->items[i], &value);
    else value = run(vm, frame, body->items[i]);
    value_release(vm, value);
  }
}

/* Runs the body in a frame with bound parameters and returns the cells of its members. */
static void run_members(Vm *vm, Frame *frame, CellObject **cells) {
  const AstFunction *function = frame->closure->function;
  if (function->rule_count) {
    Frame *outer = vm->frame;
    vm->frame = frame;
    run_statements(vm, frame);
    vm->frame = outer;
  } else {
    value_release(vm, run_body(vm, frame, function->body));
  }
  for (int i = 0; i < function->member_count; i++) {
    cells[i] = member_cell(vm, frame, &function->members[i]);
    cells[i]->head.refs++;
  }
}

void call_body(Vm *vm, const CallSite *site, ClosureObject *made_by, const Value *params, Value t,
               Value target, CellObject **cells) {
  const AstFunction *function = made_by->function;
  Frame frame = frame_open(vm, made_by, &site->span);
  for (int i = 0; i < function->param_count; i++)
    frame_settle(vm, &frame, function->params[i].place, function->params[i].slot,
                 value_retain(params[i]));
  for (int i = 0; i < function->member_count; i++) {
    const Member *member = &function->members[i];
    if (member->kind != MEMBER_T && member->kind != MEMBER_TARGET) continue;
    member_cell(vm, &frame, member)->value = value_retain(member->kind == MEMBER_T ? t : target);
  }
  run_members(vm, &frame, cells);
  frame_leave(vm, frame.slots, function->frame_size);
}

static Value model_made(Vm *vm, ClosureObject *closure, const Given *given, const Value *values) {
  const AstFunction *function = closure->function;
  activation_refuse(vm, function, given, values);
  Frame frame = frame_open(vm, closure, &given->span);
  bind(vm, &frame, given, values);
  ModelObject *model = object_new(
      vm, KIND_MODEL, sizeof *model + (size_t)function->member_count * sizeof(CellObject *));
  model->made_by = closure;
  closure->head.refs++;
  model->count = function->member_count;
  model->made = trace_span(vm, given->span);
  Value value = *stack_push(vm, value_of(KIND_MODEL, model));
  run_members(vm, &frame, model->cells);
  frame_leave(vm, frame.slots, function->frame_size);
  if (vm->checking) check_model(vm, value);
  return value;
}

typedef struct Making {
  ClosureObject *closure;
  const Given *given;
  const Value *values;
  Value made;
} Making;

static void make_body(Vm *vm, void *context) {
  Making *making = context;
  making->made = model_made(vm, making->closure, making->given, making->values);
}

/* A tensor that is given to the declaration was often meant for a model made by it: an error that
 * finds this tensor where something else belongs says so. */
static Value model_make(Vm *vm, ClosureObject *closure, const Given *given, const Value *values) {
  const AstFunction *function = closure->function;
  if (given->positional != 1 || given->named || values[0].kind != KIND_TENSOR)
    return model_made(vm, closure, given, values);
  Making making = {closure, given, values, {0}};
  Diag diag = {0};
  if (vm_protect(vm, make_body, &making, &diag)) return making.made;
  bool found = strstr(diag.message, kind_name(values[0])) != NULL;
  if (diag.status == STATUS_FAILED && found && !diag.help[0])
    diag_help(&diag, MADE_FIRST, function->name, function->param_count ? "…" : "");
  raise_diag(vm, &diag);
}

static Value optimizer_make(Vm *vm, ClosureObject *closure, const Given *given,
                            const Value *values) {
  const AstFunction *function = closure->function;
  Frame frame = frame_open(vm, closure, &given->span);
  bind(vm, &frame, given, values);
  Value *args = stack_take_raw(vm, (size_t)function->param_count * sizeof(Value));
  for (int i = 0; i < function->param_count; i++) {
    Value value = frame.slots[function->params[i].slot];
    args[i] = value.kind == KIND_CELL ? value.cell->value : value;
  }
  CallSite site = {.span = given->span, .callee = given->callee};
  site.args = arguments_places(vm, function, given);
  Value made = vm->registry->learning->optimizer(vm, &site, closure, args);
  frame_leave(vm, frame.slots, function->frame_size);
  return made;
}

Value member_find(ModelObject *model, const char *interned_name, bool *found) {
  const AstFunction *function = model->made_by->function;
  for (int i = 0; i < model->count; i++) {
    if (function->members[i].name != interned_name || !model->cells[i]) continue;
    *found = true;
    return model->cells[i]->value;
  }
  *found = false;
  return value_none();
}

/* ---- natives and rows ---- */

static const Signature *signature_of(Vm *vm, NativeObject *native) {
  if (!native->signature)
    native->signature = standard_signature(vm, native->row ? native->row->signature
                                                           : native->native->signature);
  return native->signature;
}

static bool holds_unknown(Value value) {
  if (value.kind == KIND_UNKNOWN) return true;
  for (int64_t i = 0; value.kind == KIND_DICT && i < value.dict->count; i++)
    if (dict_entries(value.dict)[i].value.kind == KIND_UNKNOWN) return true;
  bool list = value.kind == KIND_LIST;
  if (!list && value.kind != KIND_TUPLE) return false;
  int64_t count = list ? value.list->count : value.tuple->count;
  const Value *items = list ? value.list->items : value.tuple->items;
  for (int64_t i = 0; i < count; i++)
    if (items[i].kind == KIND_UNKNOWN) return true;
  return false;
}

/* A call in progress, for check_call. */
typedef struct Pending {
  NativeObject *native;
  const CallSite *site;
  Value *args;
  int count;
} Pending;

/* dot, norm, concat and sort take trees, among their first two arguments. */
static bool takes_trees(const Value *args, int count) {
  return value_is_tree(args[0]) || (count == 2 && value_is_tree(args[1]));
}

static Value native_run(Vm *vm, void *context) {
  const Pending *pending = context;
  const NativeObject *native = pending->native;
  if (native->row && pending->count && takes_trees(pending->args, pending->count)) {
    Value result = vm->registry->learning->tree_call(vm, pending->site, native->row, pending->args,
                                                     pending->count);
    if (result.kind != KIND_UNSET) return result;
  }
  if (native->row)
    return operation_call(vm, pending->site, native->row, pending->args, pending->count);
  return native->native->function(vm, pending->site, pending->args, pending->count);
}

static Value native_finish(Vm *vm, NativeObject *native, CallSite *site, Value *args, int count) {
  vm->current_span = site->span;
  site->self = native;
  Pending pending = {native, site, args, count};
  if (LIKELY(!vm->checking)) return native_run(vm, &pending);
  bool ends = native->native && native->native->ends;
  for (int i = 0; i < count; i++)
    if (holds_unknown(args[i]) && !ends) return UNKNOWN;
  return check_call(vm, native_run, &pending);
}

/* A native without a signature takes any arguments. */
static Value native_unbound(Vm *vm, NativeObject *native, const Given *given, const Value *values) {
  const char *const *names = arguments_names(vm, given);
  CallSite site = {
      .span = given->span, .callee = given->callee, .args = given->spans, .names = names};
  return native_finish(vm, native, &site, (Value *)(uintptr_t)values,
                       given->positional + given->named);
}

static Value native_call(Vm *vm, NativeObject *native, const Given *given, const Value *values) {
  Value *top = vm->top;
  stack_check(vm, given->span);
  if (!native->row && signature_open(native->native->signature)) {
    Value result = native_unbound(vm, native, given, values);
    vm->top = top;
    return result;
  }
  const Signature *signature = signature_of(vm, native);
  const Span *spans;
  Value *args = arguments_bind(vm, signature, given, values, &spans);
  CallSite site = {
      .span = given->span, .callee = given->callee, .args = spans, .exact = given->exact};
  Value result = native_finish(vm, native, &site, args, signature->count);
  arguments_unbind(vm, signature, args);
  vm->top = top;
  return result;
}

/* ---- any value ---- */

static NORETURN void raise_not_callable(Vm *vm, const Given *given, Value callee) {
  Span span = given->callee.file ? given->callee : given->span;
  if (value_is_tensor(callee))
    raise_help(vm, span, "x[i] takes an element", "a tensor cannot be called");
  if (callee.kind == KIND_LIST)
    raise_help(vm, span, "`...` spreads a list of functions or layers: `chain(parts...)`",
               "a list cannot be called");
  if (callee.kind == KIND_MODEL)
    raise_at(vm, span, "the model `%.64s` has no `forward`: it cannot be called",
             callee.model->made_by->function->name);
  raise_at(vm, span, "%s cannot be called", kind_name(callee));
}

static Value call_value(Vm *vm, Value callee, const Given *given, const Value *values) {
  switch ((Kind)callee.kind) {
    case KIND_CLOSURE:
      if (callee.closure->function->kind == FUNCTION_MODEL)
        return model_make(vm, callee.closure, given, values);
      if (callee.closure->function->kind == FUNCTION_OPTIMIZER)
        return optimizer_make(vm, callee.closure, given, values);
      return closure_call(vm, callee.closure, given, values);
    case KIND_NATIVE: return native_call(vm, callee.native, given, values);
    case KIND_MODEL: {
      bool found;
      Value forward = member_find(callee.model, vm->word_forward, &found);
      if (!found || forward.kind == KIND_MODEL) raise_not_callable(vm, given, callee);
      Calling calling = {callee.model, vm->frame, vm->calling};
      vm->calling = &calling;
      Value result = call_value(vm, forward, given, values);
      vm->calling = calling.outer;
      if (UNLIKELY(vm->on_model_call != NULL)) {
        vm->current_span = given->span;
        vm->on_model_call(vm, callee.model, values, given->positional + given->named, result);
      }
      return result;
    }
    case KIND_UNKNOWN: return UNKNOWN;
    default: raise_not_callable(vm, given, callee);
  }
}

typedef struct Checked {
  Value callee;
  const Given *given;
  const Value *values;
} Checked;

static Value call_checked(Vm *vm, void *context) {
  const Checked *checked = context;
  return call_value(vm, checked->callee, checked->given, checked->values);
}

/* Calls a value; in gd check, a call that depends on unknown numbers returns an unknown value. */
static Value call_any(Vm *vm, Value callee, const Given *given, const Value *values) {
  if (LIKELY(!vm->checking)) return call_value(vm, callee, given, values);
  if (check_deep(vm)) return UNKNOWN;
  value_retain(callee);
  Value result = check_call(vm, call_checked, &(Checked){callee, given, values});
  value_release(vm, callee);
  return result;
}

Value vm_call(Vm *vm, const CallSite *site, Value callee, const Value *args, int count) {
  Given given = {.span = site->span, .callee = site->callee, .positional = count};
  return call_any(vm, callee, &given, args);
}

Value vm_call_named(Vm *vm, const CallSite *site, Value callee, const Value *args,
                    const char *const *names, int count) {
  Given given = {.span = site->span, .callee = site->callee};
  while (given.positional < count && !(names && names[given.positional])) given.positional++;
  given.named = count - given.positional;
  given.names = names ? names + given.positional : NULL;
  return call_any(vm, callee, &given, args);
}

/* ---- from the tree ---- */

/* An operation on numbers, as sqrt(2): computed at once, without a graph. */
static bool call_numbers(const NativeObject *native, const Value *values, uint32_t count,
                         Value *result) {
  if (!native->row || (uint32_t)single_arity(native->row->op) != count || count == 0) return false;
  double args[3];
  for (uint32_t i = 0; i < count; i++) {
    if (values[i].kind != KIND_NUMBER) return false;
    args[i] = values[i].number;
  }
  *result = value_number(single_apply(native->row->op, DTYPE_F64, args));
  return true;
}

Value *call_arguments(Vm *vm, Frame *frame, const Ast *call, Value *flow) {
  Value *values = stack_room(vm, call->count);
  for (uint32_t i = 0; i < call->count; i++) {
    Value value = run_leaf(vm, frame, call->items[i]->a);
    if (is_flow(value)) {
      *flow = value;
      stack_drop(vm, values);
      return NULL;
    }
    values[i] = value;
    vm->top = &values[i + 1];
    if (call->items[i]->op) values[i] = arguments_spread(vm, call->items[i], value);
  }
  return values;
}

Value call_gathered(Vm *vm, const Ast *call, Value callee, Value *whole) {
  Arguments arguments;
  arguments_gather(vm, call, whole, &arguments);
  Value result = call_any(vm, callee, &arguments.given, arguments.values);
  arguments_release(vm, &arguments);
  return result;
}

static Value call_slow(Vm *vm, Frame *frame, const Ast *ast, Value callee) {
  Value result, *kept = stack_push(vm, callee), *whole = call_arguments(vm, frame, ast, &result);
  bool quick = whole && callee.kind == KIND_NATIVE && (ast->flags & CALL_PLAIN) &&
               call_numbers(callee.native, whole, ast->count, &result);
  if (whole && !quick) result = call_gathered(vm, ast, callee, whole);
  vm->top = kept;
  value_release(vm, callee);
  return result;
}

Value run_call(Vm *vm, Frame *frame, const Ast *ast) {
  char here;
  const Value *known = ast->a->kind == AST_NAME ? quick_place(frame, ast->a) : NULL;
  Value callee = known && known->kind == KIND_CLOSURE ? value_retain(*known)
                                                      : run(vm, frame, ast->a);
  if (UNLIKELY(&here < vm->stack_low)) vm_too_deep(vm, ast->span);
  const AstFunction *function = callee.kind == KIND_CLOSURE ? callee.closure->function : NULL;
  bool quick = function && function->plain && (ast->flags & CALL_PLAIN) &&
               (int)ast->count == function->param_count;
  if (UNLIKELY(!quick || vm->checking))
    return is_flow(callee) ? callee : call_slow(vm, frame, ast, callee);
  int32_t size = function->frame_size;
  Value *kept = frame_room(vm, size + 1, ast->span), *slots = kept + 1;
  uint32_t count = ast->count;
  *kept = callee;
  vm->top = slots;
  for (uint32_t i = 0; i < count; i++) {
    Value value = run_leaf(vm, frame, ast->items[i]->a);
    if (is_flow(value)) { /* the frame under construction is abandoned */
      stack_drop(vm, kept);
      return value;
    }
    slots[i] = value;
    vm->top = &slots[i + 1];
  }
  for (int32_t i = (int32_t)count; i < size; i++) slots[i] = (Value){0};
  vm->top = slots + size;
  Frame inner = {slots, callee.closure, callee.closure->module, vm->frame, &ast->span};
  Value result = run_body(vm, &inner, function->body);
  frame_leave(vm, slots, size);
  vm->top = kept;
  value_release(vm, callee);
  return result;
}
