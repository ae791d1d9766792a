/* check.c — `gd check`: the script is run with types in place of numbers.
 *
 * Nothing is printed, written or trained.  A tensor that would be large, random or read from a file has a shape and no
 * elements (trace.c); a value that depends on elements is KIND_UNKNOWN, and whatever is made of it is unknown too, silently.  So
 * what is reported is certain, and what is not known is not guessed.
 *
 *   statements  each is protected: its mistake is told to vm->hear and the names it would have set become unknown
 *   calls       protected against "unknown" only: such a call's value is unknown
 *   branches    on an unknown condition both run, and what they assign is unknown afterwards
 *   loops       with numbers run as they stand, up to CHECK_STEPS rounds and calls a top-level statement; then what
 *               they assign is unknown
 *   functions   with shapes on their parameters are called with placeholders, whether the script calls them or not:
 *               methods when their model is made, others at the end of the file
 */
#include "lang/call.h"
#include "lang/eval.h"
#include "lang/module.h"
#include "lang/trace.h"

#include <string.h>

enum { CHECK_STEPS = 100000, CHECK_DEPTH = 60, PLACES_MOST = 64 };

static const Value NONE = {.kind = KIND_NONE};
static const Value UNKNOWN = {.kind = KIND_UNKNOWN};

/* ---- telling ---- */

void check_report(Vm *vm, const Diag *diag) {
  if (diag_unknown(diag)) return;
  Checker *checker = module_checker(vm);
  for (int i = 0; i < checker->told; i++) /* a method may be checked for several models */
    if (checker->places[i].file == diag->span.file && checker->places[i].start == diag->span.start) return;
  if (checker->told == CHECKER_PLACES) return;
  checker->places[checker->told++] = diag->span;
  if (!diag->warning) checker->status = STATUS_MALFORMED;
  if (vm->hear) vm->hear(vm->hear_context, diag);
}

/* Errors that end the check itself. */
static bool ends_all(const Diag *diag) {
  if (diag_unknown(diag)) return false;
  return diag->status == STATUS_INTERRUPTED || diag->status == STATUS_TERMINATED || diag->status == STATUS_MEMORY || !diag->message[0];
}

/* ---- enough ---- */

static double steps(const Vm *vm) { return vm->steps_taken + (double)(vm->fuel_given - vm->fuel); }

void check_begin(Vm *vm) { module_checker(vm)->begun = steps(vm); }

bool check_enough(Vm *vm) { return steps(vm) - module_checker(vm)->begun > CHECK_STEPS; }

bool check_deep(Vm *vm) { return vm->depth > CHECK_DEPTH || check_enough(vm); }

bool check_unknown(Vm *vm, Value value) {
  if (value.kind == KIND_UNKNOWN) return true;
  if (!vm->checking) return false;
  if (value.kind == KIND_PARAM) return true;
  return value.kind == KIND_TENSOR && !value.tensor->tensor.buffer;
}

/* ---- names that become unknown ---- */

static void forget_name(Vm *vm, Frame *frame, const Ast *name) {
  if (name->place == PLACE_UNRESOLVED || name->place == PLACE_STANDARD) return;
  if (name->place == PLACE_CELL && frame->slots[name->slot].kind == KIND_CELL) { /* a `let` that ran; an assignment means this very cell */
    CellObject *cell = frame->slots[name->slot].cell;
    value_release(vm, cell->value);
    cell->value = UNKNOWN;
    return;
  }
  eval_set(vm, frame, name->place, name->slot, UNKNOWN);
}

static void forget_pattern(Vm *vm, Frame *frame, const Ast *pattern) {
  if (pattern->text) forget_name(vm, frame, pattern);
  for (uint32_t i = 0; !pattern->text && i < pattern->count; i++) forget_pattern(vm, frame, pattern->items[i]);
}

static void forget_items(Vm *vm, Frame *frame, Ast *const *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) check_forget(vm, frame, items[i]);
}

void check_forget(Vm *vm, Frame *frame, const Ast *ast) {
  if (!ast) return;
  stack_check(vm, ast->span);
  switch ((AstKind)ast->kind) {
    case AST_LET: forget_pattern(vm, frame, ast->pattern); break;
    case AST_PARAM: case AST_BUFFER: case AST_STATE: eval_set(vm, frame, ast->place, ast->slot, UNKNOWN); break;
    case AST_ASSIGN: case AST_OPASSIGN: {
      const Ast *root = ast->a;
      while (root->kind == AST_INDEX) root = root->a;
      if (root->kind == AST_NAME) forget_name(vm, frame, root);
      break;
    }
    case AST_FUNCTION: case AST_FN: case AST_LOSS: case AST_MODEL: case AST_OPTIMIZER: break; /* names of another frame */
    case AST_NAME: case AST_NUMBER: case AST_STRING: break;
    case AST_BINARY:
      if (ast->flags & BINARY_SPINE) break;
      check_forget(vm, frame, ast->a);
      check_forget(vm, frame, ast->b);
      break;
    default:
      check_forget(vm, frame, ast->a);
      check_forget(vm, frame, ast->b);
      check_forget(vm, frame, ast->c);
      forget_items(vm, frame, ast->items, ast->count);
      break;
  }
}

/* ---- protected running ---- */

typedef struct Running {
  Frame *frame;
  const Ast *ast;
  Value value;
} Running;

static void run_one(Vm *vm, void *context) {
  Running *running = context;
  running->value = run(vm, running->frame, running->ast);
}

bool check_statement(Vm *vm, Frame *frame, const Ast *ast, Value *value) {
  Running running = {frame, ast, NONE};
  Diag diag = {0};
  if (vm_protect(vm, run_one, &running, &diag)) {
    *value = running.value;
    return true;
  }
  if (ends_all(&diag)) raise_diag(vm, &diag);
  check_report(vm, &diag);
  check_forget(vm, frame, ast);
  *value = UNKNOWN;
  return false;
}

Value check_block(Vm *vm, Frame *frame, const Ast *ast) {
  Value value = NONE;
  for (uint32_t i = 0; i < ast->count; i++) {
    value_release(vm, value);
    check_statement(vm, frame, ast->items[i], &value);
    if (value.kind == KIND_FLOW) break;
  }
  if (ast->length) block_leave(vm, frame, ast);
  return value;
}

typedef struct Calling {
  Value (*call)(Vm *vm, void *context);
  void *context;
  Value value;
} Calling;

static void call_one(Vm *vm, void *context) {
  Calling *calling = context;
  calling->value = calling->call(vm, calling->context);
}

Value check_call(Vm *vm, Value (*call)(Vm *vm, void *context), void *context) {
  Calling calling = {call, context, NONE};
  Diag diag = {0};
  if (vm_protect(vm, call_one, &calling, &diag)) return calling.value;
  if (!diag_unknown(&diag)) raise_diag(vm, &diag);
  return UNKNOWN;
}

void check_body(Vm *vm, Frame *frame, const Ast *body) {
  Value value;
  if (!check_enough(vm)) {
    check_statement(vm, frame, body, &value);
    if (value.kind == KIND_FLOW) {
      value_release(vm, vm->returned);
      vm->returned = (Value){0};
    } else {
      value_release(vm, value);
    }
  }
  check_forget(vm, frame, body);
}

Value check_if(Vm *vm, Frame *frame, const Ast *ast, Value condition) {
  value_release(vm, condition);
  check_body(vm, frame, ast->b);
  if (ast->c) check_body(vm, frame, ast->c);
  return UNKNOWN;
}

/* ---- functions with shapes ---- */

static bool has_shapes(const AstFunction *function) {
  bool some = false;
  for (int i = 0; i < function->param_count; i++) some = some || (function->params[i].shape && function->params[i].shape->op);
  return some;
}

static void call_with_placeholders(Vm *vm, void *context) {
  ClosureObject *closure = context;
  const AstFunction *function = closure->function;
  Value *top = vm->top, *args = stack_take(vm, (uint32_t)function->param_count);
  /* A frame to work the sizes out in. */
  Value *slots = stack_take(vm, (uint32_t)function->frame_size);
  memset((void *)slots, 0, (size_t)function->frame_size * sizeof(Value));
  Frame frame = {slots, closure, closure->module, vm->frame, &function->head_span};
  int count = 0;
  for (; count < function->param_count && !function->params[count].rest; count++) args[count] = annotate_placeholder(vm, &frame, function, count);
  Site site = {.span = function->head_span, .callee = function->name_span};
  value_release(vm, vm_call(vm, &site, value_of(KIND_CLOSURE, closure), args, count));
  for (int i = 0; i < count; i++) value_release(vm, args[i]);
  vm->top = top;
}

static void check_closure(Vm *vm, Value value) {
  Diag diag = {0};
  FunctionKind kind = value.closure->function->kind;
  if ((kind != FUNCTION_PLAIN && kind != FUNCTION_LOSS) || !has_shapes(value.closure->function) || check_deep(vm)) return;
  if (module_is_shelf(vm, value.closure->function->head_span.file)) return; /* the library is checked by its own tests */
  if (vm_protect(vm, call_with_placeholders, value.closure, &diag)) return;
  if (ends_all(&diag)) raise_diag(vm, &diag);
  check_report(vm, &diag);
}

void check_model(Vm *vm, Value model) {
  for (int i = 0; i < model.model->count; i++) {
    Value member = model.model->cells[i]->value;
    if (member.kind == KIND_CLOSURE) check_closure(vm, member);
  }
}

void check_functions(Vm *vm, ModuleObject *module) {
  for (int i = 0; i < module->global_count; i++)
    if (module->globals[i].kind == KIND_CLOSURE) check_closure(vm, module->globals[i]);
}

Value vm_placeholder(Vm *vm, Dtype dtype, const Shape *shape, Span span) {
  Type type = {.dtype = dtype, .shape = *shape};
  vm->trace->graph.span = span;
  return trace_result(vm->trace, trace_abstract(vm->trace, &type));
}
