/* rules.c — the statements of an optimizer's body that restrict its hyperparameters.
 *
 * `assert(beta1 >= 0 and beta1 < 1, "…")` in the body of an optimizer is a rule: it runs when the
 * optimizer is created, and again whenever one of the values it reads changes (LANGUAGE.md section
 * 8), not each time the body is traced for a tensor.  A rule is any statement of the body that
 * declares and assigns nothing and depends on hyperparameters alone: not on `t`, the tensor, its
 * states, nor on a `let` made of these.  What depends on them stays in the body and runs with it.
 *
 * This walk finds the rules once, when the first optimizer of the declaration is created, with the
 * `let`s and functions they need and the hyperparameters each depends on, so a schedule of the rate
 * runs only the rate's rule.  Names are compared by their text: an inner name that hides a member
 * counts as the member, which at worst leaves a rule in the body.
 *
 * Rules run in a frame of their own, without the rest of the body.  The body runs without them
 * (call.c).
 */
#include "lang/eval/rules.h"

#include "lang/eval/eval.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/known.h"
#include "lang/machine/module_value.h"
#include "lang/names/scope.h"

#include <string.h>

/* What a statement or a member depends on. */
typedef struct Reads {
  uint64_t arguments; /* one bit each */
  bool moves;         /* differs from tensor to tensor or from step to step */
  bool assigns;
} Reads;

typedef struct Finder {
  AstFunction *function;
  Reads *members; /* by member */
  bool changed;
  bool *wanted; /* by member: does a rule need it?  NULL while this is not computed */
} Finder;

uint64_t rule_bit(int index) { return UINT64_C(1) << (index < 63 ? index : 63); }

static int member_of(const Finder *finder, const char *name) {
  for (int i = 0; i < finder->function->member_count; i++)
    if (finder->function->members[i].name == name) return i;
  return -1;
}

static void read(Finder *finder, const Ast *ast, Reads *reads);

/* The body of a function that a rule calls is needed too. */
static void want(Finder *finder, int member, Reads *reads) {
  const Ast *body = finder->function->body;
  if (finder->wanted[member]) return;
  finder->wanted[member] = true;
  for (uint32_t i = 0; i < body->count; i++) {
    if (!body->items[i]->function ||
        body->items[i]->function->name != finder->function->members[member].name)
      continue;
    finder->function->rules_hoist = true;
    read(finder, body->items[i], reads);
  }
}

static void read_name(Finder *finder, const char *name, Reads *reads) {
  int member = member_of(finder, name);
  if (member < 0) return;
  if (finder->wanted) want(finder, member, reads);
  reads->arguments |= finder->members[member].arguments;
  reads->moves |= finder->members[member].moves;
}

static void grow(Finder *finder, const char *name, const Reads *by) {
  int member = name ? member_of(finder, name) : -1;
  if (member < 0) return;
  Reads *at = &finder->members[member], before = *at;
  at->arguments |= by->arguments;
  at->moves |= by->moves;
  finder->changed |= at->arguments != before.arguments || at->moves != before.moves;
}

static void read_function(Finder *finder, const AstFunction *function, Reads *reads) {
  for (int i = 0; i < function->param_count; i++) read(finder, function->params[i].fallback, reads);
  read(finder, function->body, reads);
}

/* A variable that is assigned in the body may differ from its `let`. */
static void read_assigned(Finder *finder, const Ast *target, Reads *reads) {
  const Ast *root = target;
  for (uint32_t i = 0; root->kind == AST_TUPLE && i < root->count; i++)
    read_assigned(finder, root->items[i], reads);
  while (root->kind == AST_INDEX || root->kind == AST_FIELD) root = root->a;
  reads->assigns = true;
  if (root->kind == AST_NAME) grow(finder, root->text, &(Reads){.moves = true});
}

static void read(Finder *finder, const Ast *ast, Reads *reads) {
  if (!ast) return;
  if (ast->kind == AST_NAME) read_name(finder, ast->text, reads);
  if (ast->kind == AST_ASSIGN || ast->kind == AST_OPASSIGN) read_assigned(finder, ast->a, reads);
  if (ast->function) read_function(finder, ast->function, reads);
  if (ast->kind == AST_BINARY && (ast->flags & BINARY_SPINE)) {
    read(finder, ast->items[0]->a, reads);
    for (uint32_t i = 0; i < ast->count; i++) read(finder, ast->items[i]->b, reads);
    return;
  }
  read(finder, ast->a, reads);
  read(finder, ast->b, reads);
  read(finder, ast->c, reads);
  for (uint32_t i = 0; i < ast->count; i++) read(finder, ast->items[i], reads);
  for (uint32_t i = 0; i < ast->clause_count; i++) read(finder, ast->clauses[i], reads);
}

static Reads reads_of(Finder *finder, const Ast *item) {
  Reads reads = {0};
  read(finder, item, &reads);
  return reads;
}

/* ---- members ---- */

static void begin_members(Finder *finder) {
  const AstFunction *function = finder->function;
  for (int i = 0; i < function->member_count; i++) {
    MemberKind kind = function->members[i].kind;
    finder->members[i].moves = kind == MEMBER_STATE || kind == MEMBER_T || kind == MEMBER_TARGET ||
                               kind == MEMBER_LOSS;
    for (int k = 0; k < function->param_count && kind == MEMBER_ARGUMENT; k++)
      if (function->params[k].name == function->members[i].name)
        finder->members[i].arguments = rule_bit(k);
  }
}

static void grow_pattern(Finder *finder, const Ast *pattern, const Reads *by) {
  grow(finder, pattern->text, by);
  for (uint32_t i = 0; !pattern->text && i < pattern->count; i++)
    grow_pattern(finder, pattern->items[i], by);
}

/* What each `let` and function depends on, through what it reads, iterated to a fixed point:
 * functions may be used above their lines. */
static void settle_members(Finder *finder) {
  const Ast *body = finder->function->body;
  do {
    finder->changed = false;
    for (uint32_t i = 0; i < body->count; i++) {
      const Ast *item = body->items[i];
      Reads reads = reads_of(finder, item);
      if (item->kind == AST_LET) grow_pattern(finder, item->pattern, &reads);
      else if (item->function) grow(finder, item->function->name, &reads);
    }
  } while (finder->changed);
}

/* ---- rules ---- */

static bool declares(const Ast *item) {
  switch ((AstKind)item->kind) {
    case AST_LET:
    case AST_STATE:
    case AST_PARAM:
    case AST_BUFFER:
    case AST_FN:
    case AST_LOSS:
    case AST_MODEL:
    case AST_OPTIMIZER:
    case AST_IMPORT:
    case AST_TEST: return true;
    default: return false;
  }
}

static bool pattern_wanted(const Finder *finder, const Ast *pattern) {
  if (pattern->text) {
    int member = member_of(finder, pattern->text);
    return member >= 0 && finder->wanted[member];
  }
  bool any = false;
  for (uint32_t i = 0; i < pattern->count; i++) any |= pattern_wanted(finder, pattern->items[i]);
  return any;
}

/* From the last statement up: the rules, and the `let`s that they need. */
static void list_rules(Finder *finder, Rule *rules, bool *wanted) {
  AstFunction *function = finder->function;
  uint32_t at = function->body->count;
  for (uint32_t i = function->body->count; i-- > 0;) {
    const Ast *item = function->body->items[i];
    finder->wanted = NULL;
    Reads reads = reads_of(finder, item);
    finder->wanted = wanted;
    bool asks = !declares(item) && !reads.moves && !reads.assigns;
    if (!asks && !(item->kind == AST_LET && pattern_wanted(finder, item->pattern))) continue;
    reads_of(finder, item); /* marks what it needs */
    rules[--at] = (Rule){.statement = item, .reads = reads.arguments, .asks = asks};
  }
  function->rules = rules + at;
  function->rule_count = (int)(function->body->count - at);
}

/* The parameters that are called below a tree. */
static uint64_t calls_in(const AstFunction *function, const Ast *ast) {
  if (!ast) return 0;
  uint64_t bits = calls_in(function, ast->a) | calls_in(function, ast->b) |
                  calls_in(function, ast->c);
  if (ast->function) bits |= calls_in(function, ast->function->body);
  for (uint32_t i = 0; i < ast_below(ast); i++) bits |= calls_in(function, ast->items[i]);
  for (int i = 0; i < function->param_count && ast->kind == AST_CALL; i++)
    if (ast->a->kind == AST_NAME && ast->a->text == function->params[i].name) bits |= rule_bit(i);
  return bits;
}

void rules_find(ClosureObject *closure) {
  AstFunction *function = closure->function;
  if (function->rules) return;
  Arena *arena = &closure->module->scope->arena;
  size_t members = (size_t)function->member_count + 1;
  Finder finder = {.function = function, .members = arena_alloc(arena, members * sizeof(Reads))};
  bool *wanted = arena_alloc(arena, members * sizeof(bool));
  memset(finder.members, 0, members * sizeof(Reads));
  memset(wanted, 0, members * sizeof(bool));
  begin_members(&finder);
  settle_members(&finder);
  function->called = calls_in(function, function->body);
  list_rules(&finder, arena_alloc(arena, ((size_t)function->body->count + 1) * sizeof(Rule)),
             wanted);
}

/* ---- running them ---- */

static bool is_assertion(const Ast *ast) {
  return ast->kind == AST_CALL && (ast->flags & CALL_PLAIN) && ast->count &&
         ast->a->kind == AST_NAME && ast->a->place == PLACE_STANDARD &&
         !strcmp(ast->a->text, "assert");
}

/* The condition of an assertion runs first, on its own: its message is not evaluated when it
 * holds. */
static void run_rule(Vm *vm, Frame *frame, const Ast *ast) {
  if (is_assertion(ast)) {
    const Ast *condition = ast->items[0]->a;
    Value truth = run(vm, frame, condition);
    if (value_unknown(vm, truth) || condition_value(vm, condition->span, truth)) return;
  }
  value_release(vm, run(vm, frame, ast));
}

void rules_ask(Vm *vm, const Span *at, ClosureObject *made_by, const Value *params, uint64_t asked,
               uint64_t hidden) {
  const AstFunction *function = made_by->function;
  Frame frame = frame_open(vm, made_by, at);
  vm->frame = &frame;
  for (int i = 0; i < function->param_count; i++)
    frame_settle(vm, &frame, function->params[i].place, function->params[i].slot,
                 value_retain(params[i]));
  if (function->rules_hoist) block_hoist(vm, &frame, function->body);
  for (int i = 0; i < function->rule_count; i++) {
    const Rule *rule = &function->rules[i];
    if (rule->reads & hidden) continue;
    if (!rule->asks) value_release(vm, run(vm, &frame, rule->statement));
    else if (asked == ~UINT64_C(0) || (rule->reads & asked)) run_rule(vm, &frame, rule->statement);
  }
  vm->frame = frame.outer;
  frame_leave(vm, frame.slots, function->frame_size);
}
