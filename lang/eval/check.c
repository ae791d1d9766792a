/* check.c — `gd check`: runs the script with types in place of numbers.
 *
 * Nothing is printed, written or trained.  A tensor that would be large, random or read from a file
 * has a shape and no elements (trace.c).  A value that depends on elements is KIND_UNKNOWN, and so
 * is, silently, every value computed from it.  So every reported error is certain, and nothing is
 * guessed.
 *
 *   statements  each is protected: its error goes to vm->on_diag and the names it would have set
 *               become unknown
 *   calls       protected against "unknown" only: the value of such a call is unknown
 *   branches    on an unknown condition both run, each from the same state; afterwards a variable
 *               has the value that both give it, or is unknown where they differ (region.c).  A
 *               branch that ends in `error` or `exit` is left out: what follows has come from the
 *               other.  After one that returns, breaks or continues it is uncertain whether the
 *               rest of the function or loop runs: it is checked as if it ran, but its assignments
 *               may not have happened
 *   loops       with known numbers run as usual, up to CHECK_STEPS rounds and calls for each
 *               top-level statement; then, and where the number of rounds is unknown, the variables
 *               they assign become unknown
 *   the world   arguments, the environment, the clock, whether a file exists, the results of `read`
 *               and the like and of trainings are unknown; a data file gives its shape, unless the
 *               script writes that file itself; a missing one is a warning.  With --cost arguments,
 *               the environment and files are those of the moment
 *   functions   with shapes on their parameters are called with placeholders, whether the script
 *               calls them or not: methods when their model is created, others at the end of the
 *               file
 */
#include "lang/eval/check.h"
#include "lang/eval/annotate.h"
#include "lang/eval/call.h"
#include "lang/eval/eval.h"
#include "lang/eval/module.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/module_value.h"
#include "lang/tensors/trace.h"

#include <string.h>

enum { CHECK_STEPS = 100000, CHECK_DEPTH = 60, PLACES_MOST = 64 };

static const Value NONE = {.kind = KIND_NONE};
static const Value UNKNOWN = {.kind = KIND_UNKNOWN};

/* ---- telling ---- */

void check_report(Vm *vm, const Diag *diag) {
  if (diag_unknown(diag) || diag_ended(diag)) return;
  Checker *checker = vm->checker;
  if (checker->silent) return;
  if (checker->heard) {
    heard_add(checker->heard, &checker->made, diag);
    return;
  }
  for (int i = 0; i < checker->reported; i++) /* a method may be checked for several models */
    if (checker->places[i].file == diag->span.file && checker->places[i].start == diag->span.start)
      return;
  if (checker->reported == CHECKER_PLACES) return;
  checker->messages[checker->reported] = names_intern(vm->names, diag->message,
                                                      strlen(diag->message));
  checker->places[checker->reported++] = diag->span;
  if (!diag->warning) checker->status = STATUS_MALFORMED;
  if (vm->on_diag) vm->on_diag(vm->on_diag_context, diag);
}

/* Errors that end the check itself. */
static bool ends_all(const Diag *diag) {
  if (diag_unknown(diag) || diag_ended(diag)) return false;
  return diag->status == STATUS_INTERRUPTED || diag->status == STATUS_TERMINATED ||
         diag->status == STATUS_LIMIT || diag->status == STATUS_MEMORY || diag->silent;
}

/* ---- enough ---- */

static double steps(const Vm *vm) { return vm->steps_taken + (double)(vm->fuel_given - vm->fuel); }

void check_begin(Vm *vm) { vm->checker->begun = steps(vm); }

bool check_enough(Vm *vm) { return steps(vm) - vm->checker->begun > CHECK_STEPS; }

bool check_deep(Vm *vm) { return vm->depth > CHECK_DEPTH || check_enough(vm); }

/* ---- names that become unknown ---- */

static void unknown_name(Vm *vm, Frame *frame, const Ast *name) {
  if (name->place == PLACE_UNRESOLVED || name->place == PLACE_STANDARD) return;
  check_writes(vm, frame, name);
  /* a `let` that ran; an assignment means this cell */
  if (name->place == PLACE_CELL && frame->slots[name->slot].kind == KIND_CELL) {
    CellObject *cell = frame->slots[name->slot].cell;
    value_release(vm, cell->value);
    cell->value = UNKNOWN;
    return;
  }
  frame_set(vm, frame, name->place, name->slot, UNKNOWN);
}

static void unknown_pattern(Vm *vm, Frame *frame, const Ast *pattern) {
  if (pattern->text) unknown_name(vm, frame, pattern);
  for (uint32_t i = 0; !pattern->text && i < pattern->count; i++)
    unknown_pattern(vm, frame, pattern->items[i]);
}

static void unknown_items(Vm *vm, Frame *frame, Ast *const *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) check_set_unknown(vm, frame, items[i]);
}

static void unknown_target(Vm *vm, Frame *frame, const Ast *target) {
  for (uint32_t i = 0; target->kind == AST_TUPLE && i < target->count; i++)
    unknown_target(vm, frame, target->items[i]);
  bool fields = false;
  for (; target->kind == AST_INDEX || target->kind == AST_FIELD; target = target->a)
    fields = fields || target->kind == AST_FIELD;
  if (target->kind != AST_NAME || name_is_blank(target->text)) return;
  const Value *value = fields ? variable_peek(vm, frame, target) : NULL;
  bool held = value && (value->kind == KIND_DICT || value->kind == KIND_LIST);
  if (!fields || (held && !(target->flags & NAME_FIXED))) unknown_name(vm, frame, target);
}

void check_set_unknown(Vm *vm, Frame *frame, const Ast *ast) {
  if (!ast) return;
  stack_check(vm, ast->span);
  switch ((AstKind)ast->kind) {
    /* the value may contain assignments too: `let h = train … { each_step: { seen = step } }` */
    case AST_LET:
      check_set_unknown(vm, frame, ast->a);
      unknown_pattern(vm, frame, ast->pattern);
      break;
    case AST_PARAM:
    case AST_BUFFER:
    case AST_STATE:
      check_set_unknown(vm, frame, ast->a);
      frame_set(vm, frame, ast->place, ast->slot, UNKNOWN);
      break;
    case AST_ASSIGN:
    case AST_OPASSIGN:
      check_set_unknown(vm, frame, ast->b);
      unknown_target(vm, frame, ast->a);
      break;
    case AST_GATHER:
      if (ast->place == PLACE_UNRESOLVED) break; /* nested too deeply */
      frame_set(vm, frame, ast->place, ast->slot, UNKNOWN);
      check_set_unknown(vm, frame, ast->a);
      check_set_unknown(vm, frame, ast->b);
      break;
    /* names of another frame */
    case AST_FUNCTION:
    case AST_FN:
    case AST_LOSS:
    case AST_MODEL:
    case AST_OPTIMIZER: break;
    case AST_NAME:
    case AST_NUMBER:
    case AST_STRING: break;
    case AST_BINARY:
      if (ast->flags & BINARY_SPINE) break;
      check_set_unknown(vm, frame, ast->a);
      check_set_unknown(vm, frame, ast->b);
      break;
    default:
      check_set_unknown(vm, frame, ast->a);
      check_set_unknown(vm, frame, ast->b);
      check_set_unknown(vm, frame, ast->c);
      unknown_items(vm, frame, ast->items, ast->count);
      unknown_items(vm, frame, ast->clauses, ast->clause_count);
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
  Standing standing = check_stand(vm);
  Diag diag = {0};
  if (vm_protect(vm, run_one, &running, &diag)) {
    Checker *checker = vm->checker;
    if (UNLIKELY(checker->on_let != NULL) && ast->kind == AST_LET)
      checker->on_let(checker->on_let_context, vm, frame, ast);
    *value = running.value;
    return true;
  }
  if (ends_all(&diag)) raise_diag(vm, &diag);
  check_stand_back(vm, &standing);
  if (diag_ended(&diag)) {
    *value = (Value){.kind = KIND_FLOW, .detail = FLOW_ENDED};
    return true;
  }
  check_report(vm, &diag);
  check_set_unknown(vm, frame, ast);
  *value = UNKNOWN;
  return false;
}

Value check_block(Vm *vm, Frame *frame, const Ast *ast) {
  Checker *checker = vm->checker;
  bool left = checker->may_have_left, doubtful = false;
  Region rest = {0};
  Value value = NONE;
  for (uint32_t i = 0; i < ast->count; i++) {
    value_release(vm, value);
    check_statement(vm, frame, ast->items[i], &value);
    if (value.kind == KIND_FLOW) break;
    if (!checker->may_have_left || left || doubtful) continue;
    doubtful = true; /* from here on the block may have been left */
    rest = region_open(vm);
    checker->unsure++;
  }
  if (doubtful) {
    region_close(vm, &rest, REGION_MAYBE_RUN);
    checker->unsure--;
  }
  if (ast->length) block_leave(vm, frame, ast);
  return value;
}

typedef struct Guarded {
  Value (*call)(Vm *vm, void *context);
  void *context;
  Value value;
} Guarded;

static void call_one(Vm *vm, void *context) {
  Guarded *guarded = context;
  guarded->value = guarded->call(vm, guarded->context);
}

Value check_call(Vm *vm, Value (*call)(Vm *vm, void *context), void *context) {
  Guarded guarded = {call, context, NONE};
  Standing standing = check_stand(vm);
  Diag diag = {0};
  if (vm_protect(vm, call_one, &guarded, &diag)) return guarded.value;
  if (!diag_unknown(&diag)) raise_diag(vm, &diag);
  check_stand_back(vm, &standing);
  return UNKNOWN;
}

/* ---- branches ---- */

/* The result of a branch that was run and undone. */
typedef struct Outcome {
  Value value;    /* held; a KIND_FLOW: execution does not continue after it */
  Value returned; /* held: the value that a return returns */
  Changes *changes;
} Outcome;

static bool has_flow(const Outcome *outcome, uint32_t which) {
  return outcome->value.kind == KIND_FLOW && outcome->value.detail == which;
}

/* Runs a branch (NULL: a missing `else`). */
static Outcome run_branch(Vm *vm, Frame *frame, const Ast *body) {
  Checker *checker = vm->checker;
  Outcome outcome = {.value = NONE};
  Region region = region_open(vm);
  checker->unsure++;
  if (body && check_enough(vm)) check_set_unknown(vm, frame, body);
  else if (body) check_statement(vm, frame, body, &outcome.value);
  checker->unsure--;
  if (has_flow(&outcome, FLOW_RETURN)) {
    outcome.returned = vm->returned;
    vm->returned = (Value){0};
  }
  outcome.changes = region_take_back(vm, &region);
  return outcome;
}

/* The branch may have been taken and does not continue: its return, break or continue takes effect
 * elsewhere. */
static void leave_by(Vm *vm, Outcome *gone) {
  Checker *checker = vm->checker;
  if (has_flow(gone, FLOW_ENDED)) return;
  checker->may_have_left = true;
  if (!has_flow(gone, FLOW_RETURN)) {
    checker->loop_unsure = true;
    return;
  }
  Value before = checker->returned;
  checker->returned = before.kind == KIND_UNSET ? gone->returned
                                                : check_join(vm, before, gone->returned);
  if (before.kind != KIND_UNSET) value_release(vm, gone->returned);
  value_release(vm, before);
  gone->returned = (Value){0};
}

/* Neither branch continues: one outcome stands for both. */
static Value both_left(Vm *vm, Outcome *yes, Outcome *no) {
  Outcome *stays = has_flow(yes, FLOW_ENDED) ? no : yes, *gone = stays == yes ? no : yes;
  if (has_flow(yes, FLOW_RETURN) && has_flow(no, FLOW_RETURN)) {
    vm->returned = check_join(vm, yes->returned, no->returned);
    return yes->value;
  }
  leave_by(vm, gone);
  if (has_flow(stays, FLOW_RETURN)) {
    vm->returned = stays->returned;
    stays->returned = (Value){0};
  }
  return stays->value;
}

static Value both_values(Vm *vm, Outcome *yes, Outcome *no) {
  Value joined = check_join(vm, yes->value, no->value);
  value_release(vm, yes->value);
  value_release(vm, no->value);
  return joined;
}

Value check_if(Vm *vm, Frame *frame, const Ast *ast, Value condition) {
  value_release(vm, condition);
  Outcome yes = run_branch(vm, frame, ast->b), no = run_branch(vm, frame, ast->c);
  bool first = yes.value.kind != KIND_FLOW, second = no.value.kind != KIND_FLOW;
  Value value;
  if (first == second) {
    value = first ? both_values(vm, &yes, &no) : both_left(vm, &yes, &no);
    changes_join(vm, yes.changes, no.changes);
  } else {
    leave_by(vm, first ? &no : &yes);
    value = first ? yes.value : no.value;
    changes_make(vm, first ? yes.changes : no.changes, false);
  }
  Outcome *both[2] = {&yes, &no};
  for (int i = 0; i < 2; i++) {
    value_release(vm, both[i]->returned);
    changes_free(vm, both[i]->changes);
  }
  return value;
}

void check_body(Vm *vm, Frame *frame, const Ast *body) {
  Outcome once = run_branch(vm, frame, body);
  if (once.value.kind == KIND_FLOW) leave_by(vm, &once);
  else value_release(vm, once.value);
  value_release(vm, once.returned);
  changes_make(vm, once.changes, true);
  changes_free(vm, once.changes);
  check_set_unknown(vm, frame, body);
}

Value check_aside(Vm *vm, Frame *frame, const Ast *body) {
  Outcome once = run_branch(vm, frame, body);
  if (once.value.kind != KIND_FLOW) value_release(vm, once.value);
  value_release(vm, once.returned);
  changes_free(vm, once.changes);
  return NONE;
}

bool check_sure(Vm *vm) { return vm->checker->unsure == 0; }

/* Errors raised by the library are reported, as those of operations are, if all conditions of the
 * call are known. */
bool check_library_error(Vm *vm, Span span, Value message) {
  const Checker *checker = vm->checker;
  return message.kind == KIND_STRING && source_is_library(vm->sources, span.file) &&
         checker->unsure == checker->library_unsure;
}

/* ---- loops and functions ---- */

bool check_loop_unsure(Vm *vm) { return vm->checker->loop_unsure; }

void check_loop_gives_up(Vm *vm) { vm->checker->loop_unsure = true; }

Value check_loop(Vm *vm, Frame *frame, const Ast *ast, Runner *rounds) {
  Checker *checker = vm->checker;
  bool outer = checker->loop_unsure, left = checker->may_have_left,
       returned = checker->returned.kind != KIND_UNSET;
  checker->loop_unsure = false;
  Region region = region_open(vm);
  Value value = rounds(vm, frame, ast);
  bool unsure = checker->loop_unsure;
  region_close(vm, &region, unsure ? REGION_UNKNOWN : REGION_RUN);
  if (unsure) check_set_unknown(vm, frame, ast->b);
  checker->loop_unsure = outer;
  /* a break leaves only the loop */
  checker->may_have_left = left || (checker->returned.kind != KIND_UNSET && !returned);
  return value;
}

Value check_function(Vm *vm, Frame *frame, const Ast *body) {
  Checker *checker = vm->checker;
  bool left = checker->may_have_left, unsure = checker->loop_unsure;
  Value outer = checker->returned;
  int library = checker->library_unsure;
  if (source_is_library(vm->sources, body->span.file) &&
      !source_is_library(vm->sources, frame->call->file))
    checker->library_unsure = checker->unsure;
  checker->may_have_left = checker->loop_unsure = false;
  checker->returned = (Value){0};
  Value result = run(vm, frame, body), may = checker->returned;
  checker->may_have_left = left;
  checker->loop_unsure = unsure;
  checker->returned = outer;
  checker->library_unsure = library;
  bool ends = is_flow(result) && result.detail == FLOW_ENDED;
  if (ends && may.kind == KIND_UNSET) raise_ended(vm);
  if (ends || may.kind == KIND_UNSET) return ends ? may : result;
  if (is_flow(result)) {
    result = vm->returned;
    vm->returned = (Value){0};
  }
  Value joined = check_join(vm, result, may);
  value_release(vm, result);
  value_release(vm, may);
  return joined;
}

/* ---- the world ---- */

bool check_leaves_open(const Vm *vm) { return vm->checking && !vm->options.cost; }

void check_wrote(Vm *vm, const char *path) {
  Checker *checker = vm->checker;
  if (checker->wrote_count < CHECKER_PATHS)
    checker->wrote[checker->wrote_count++] = names_intern(vm->names, path, strlen(path));
}

bool check_writes_file(Vm *vm, const char *path) {
  const Checker *checker = vm->checker;
  const char *name = names_intern(vm->names, path, strlen(path));
  for (int i = 0; i < checker->wrote_count; i++)
    if (checker->wrote[i] == name) return true;
  return false;
}

void check_missing(Vm *vm, Diag *diag) {
  diag->warning = true;
  diag_help(diag, "its uses cannot be checked now");
  check_report(vm, diag);
}

/* ---- functions with shapes ---- */

static bool has_shapes(const AstFunction *function) {
  bool some = false;
  for (int i = 0; i < function->param_count; i++)
    some = some || (function->params[i].shape && function->params[i].shape->op);
  return some;
}

static void call_with_placeholders(Vm *vm, void *context) {
  ClosureObject *closure = context;
  const AstFunction *function = closure->function;
  Value *args = stack_take(vm, (uint32_t)function->param_count);
  /* A frame in which the sizes are evaluated. */
  Value *slots = stack_take(vm, (uint32_t)function->frame_size);
  Frame frame = {slots, closure, closure->module, vm->frame, &function->head_span};
  int count = 0;
  for (; count < function->param_count && !function->params[count].rest; count++)
    args[count] = annotate_placeholder(vm, &frame, function, count);
  CallSite site = {.span = function->head_span, .callee = function->name_span};
  value_release(vm, vm_call(vm, &site, value_of(KIND_CLOSURE, closure), args, count));
  stack_drop(vm, args);
}

/* Was it said of a call of the function? */
static bool was_said(Vm *vm, const Diag *diag) {
  const char *message = names_intern(vm->names, diag->message, strlen(diag->message));
  for (int i = 0; i < vm->checker->reported; i++)
    if (vm->checker->messages[i] == message) return true;
  return false;
}

/* One call, with sizes of a kind. */
static void hear(Vm *vm, ClosureObject *closure, int kind) {
  Checker *checker = vm->checker;
  Diag diag = {0};
  checker->heard->kind = kind;
  checker->heard->calls[kind].count = 0;
  checker->made = (MadeSizes){.kind = kind};
  Standing standing = check_stand(vm);
  if (vm_protect(vm, call_with_placeholders, closure, &diag)) return;
  if (ends_all(&diag)) raise_diag(vm, &diag);
  check_stand_back(vm, &standing);
  if (!was_said(vm, &diag)) check_report(vm, &diag);
}

/* With each kind in turn, until nothing is left to report. */
static void hear_all(Vm *vm, void *context) {
  Checker *checker = vm->checker;
  hear(vm, context, 0);
  checker->on_let = NULL; /* an editor's hints are those of the first call */
  for (int kind = 1; kind < MADE_KINDS && heard_some(checker->heard) && !check_deep(vm); kind++)
    hear(vm, context, kind);
}

static void check_closure(Vm *vm, Value value) {
  FunctionKind kind = value.closure->function->kind;
  if ((kind != FUNCTION_PLAIN && kind != FUNCTION_LOSS) || !has_shapes(value.closure->function) ||
      check_deep(vm))
    return;
  /* the library has tests of its own */
  if (source_is_library(vm->sources, value.closure->function->head_span.file)) return;
  Checker *checker = vm->checker;
  Heard *outer = checker->heard, *heard = checker->heard = mem_alloc(sizeof *heard);
  MadeSizes made = checker->made;
  void (*on_let)(void *, Vm *, Frame *, const Ast *) = checker->on_let;
  heard->count = 0;
  Diag diag = {0};
  bool fine = vm_protect(vm, hear_all, value.closure, &diag);
  checker->made = made;
  checker->heard = outer;
  checker->on_let = on_let;
  for (int i = 0; fine && i < heard->count; i++)
    if (heard_stands(heard, heard->diags[i].span)) check_report(vm, &heard->diags[i]);
  mem_free(heard);
  if (!fine) raise_diag(vm, &diag);
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
