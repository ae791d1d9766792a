/* resolve.c — one walk over the tree that gives every name its place, before anything runs.
 *
 * A block is walked in two steps.  First its declarations are collected: functions, models, losses
 * and optimizers are visible in the whole block, a `let` only from its line on.  Then its
 * statements are walked in order.  resolve_name.c looks up a single name.
 *
 * Also checked here: the arguments of calls whose target cannot change (call_check), jumps outside
 * a loop or function, params and states outside their bodies.  All errors of a file go into one
 * Report.
 *
 * Long sums.  `1 + 1 + …` is a left-leaning tree, and a hundred thousand terms must not need a
 * hundred thousand C frames.  So the nodes of a long left spine are listed, from the bottom up, in
 * the top node's `items`, and both this walk and the evaluator loop over that list.  Other depths
 * are bounded by the parser and by the check of the C stack's address.
 */
#include "lang/machine/kind.h"
#include "lang/machine/module_value.h"
#include "lang/names/held.h"
#include "lang/names/notice.h"
#include "lang/names/signature.h"
#include "lang/names/standard.h"
#include "lang/names/warn.h"

enum { SPINE_LONG = 24 };

static bool is_declaration(const Ast *ast) {
  return ast->kind == AST_FN || ast->kind == AST_LOSS || ast->kind == AST_MODEL ||
         ast->kind == AST_OPTIMIZER;
}

void resolve_items(Resolver *resolver, Ast **items, uint32_t count) {
  for (uint32_t i = 0; i < count && !stop_wanted(); i++) resolve(resolver, items[i]);
}

/* ---- patterns ---- */

void resolve_pattern(Resolver *resolver, Ast *pattern, VariableKind kind, bool declared) {
  if (!pattern->text) {
    for (uint32_t i = 0; i < pattern->count; i++)
      resolve_pattern(resolver, pattern->items[i], kind, declared);
    return;
  }
  if (name_is_blank(pattern->text)) return;
  Variable *variable = declare(resolver, pattern->text, pattern->span, kind);
  variable->declared = declared;
  variable_patch(resolver, variable, &pattern->place, &pattern->slot);
}

static void pattern_declared(Resolver *resolver, const Ast *pattern) {
  if (!pattern->text) {
    for (uint32_t i = 0; i < pattern->count; i++) pattern_declared(resolver, pattern->items[i]);
    return;
  }
  Variable *variable = variable_in_block(resolver, pattern->text);
  if (variable) variable->declared = true;
}

/* ---- blocks ---- */

static void declare_named(Resolver *resolver, Ast *ast, VariableKind kind) {
  const AstFunction *body_of = resolver->block->body_of;
  Variable *variable = declare(resolver, ast->text, ast->op_span, kind);
  variable->in_model = body_of != NULL;
  variable_patch(resolver, variable, &ast->place, &ast->slot);
  FunctionKind home = kind == VARIABLE_STATE ? FUNCTION_OPTIMIZER : FUNCTION_MODEL;
  if (body_of && body_of->kind == home) return;
  const char *word = kind == VARIABLE_STATE ? "state" : kind == VARIABLE_PARAM ? "param" : "buffer";
  Diag *diag = report_error(resolver->report, ast->span, "`%s` is outside the body of %s", word,
                            home == FUNCTION_MODEL ? "a model" : "an optimizer");
  if (body_of && body_of->kind == FUNCTION_OPTIMIZER)
    diag_help(diag, "`state %.100s = …` is kept from step to step, for each tensor", ast->text);
  else if (kind == VARIABLE_PARAM)
    diag_help(diag, "`let %.100s = param(…)` makes a trained tensor outside any model", ast->text);
}

static void declare_function(Resolver *resolver, Ast *ast) {
  AstFunction *function = ast->function;
  Variable *variable = declare(resolver, function->name, function->name_span, VARIABLE_FUNCTION);
  variable->function = function;
  variable->declared = true;
  variable->in_model = resolver->block->body_of != NULL;
  variable_patch(resolver, variable, &ast->place, &ast->slot);
}

static void declare_item(Resolver *resolver, Ast *item) {
  switch (item->kind) {
    case AST_LET: {
      Variable *last = resolver->block->last;
      resolve_pattern(resolver, item->pattern, VARIABLE_LET, false);
      for (Variable *made = last ? last->next : resolver->block->first; made; made = made->next)
        made->in_model = resolver->block->body_of != NULL,
        made->used = !item->pattern->text; /* of a tuple taken apart no part is asked about */
      break;
    }
    case AST_PARAM: declare_named(resolver, item, VARIABLE_PARAM); break;
    case AST_BUFFER: declare_named(resolver, item, VARIABLE_BUFFER); break;
    case AST_STATE: declare_named(resolver, item, VARIABLE_STATE); break;
    /* loads the file: its names are known from here on */
    case AST_IMPORT: resolver->vm->registry->loader->import(resolver, item); break;
    case AST_FN:
    case AST_LOSS:
    case AST_MODEL:
    case AST_OPTIMIZER: declare_function(resolver, item); break;
    default: break;
  }
}

/* Walks the statements of the innermost block. */
void resolve_statements(Resolver *resolver, Ast *block) {
  for (uint32_t i = 0; i < block->count && !stop_wanted(); i++) {
    declare_item(resolver, block->items[i]);
    if (is_declaration(block->items[i])) block->flags |= BLOCK_HOISTS;
  }
  resolve_items(resolver, block->items, block->count);
  for (uint32_t i = 0; i + 1 < block->count; i++) /* the last may be the value of the block */
    warn_value(resolver, block->items[i]);
}

static void resolve_block(Resolver *resolver, Ast *block, AstFunction *body_of) {
  Block names;
  block_open(resolver, &names);
  names.body_of = body_of;
  resolve_statements(resolver, block);
  for (Variable *variable = names.first; body_of && variable; variable = variable->next)
    variable->captured = true;
  block_close(resolver, &block->slot, &block->length);
}

/* ---- expressions that need more than their parts ---- */

static void resolve_binary(Resolver *resolver, Ast *top) {
  uint32_t depth = 0;
  for (Ast *at = top; at->kind == AST_BINARY; at = at->a) depth++;
  if (depth < SPINE_LONG) {
    resolve(resolver, top->a);
    resolve(resolver, top->b);
    return;
  }
  top->items = resolver_alloc(resolver, depth * sizeof(Ast *));
  top->count = depth;
  top->flags |= BINARY_SPINE;
  for (Ast *at = top; depth > 0; at = at->a) top->items[--depth] = at;
  resolve(resolver, top->items[0]->a);
  for (uint32_t i = 0; i < top->count; i++) resolve(resolver, top->items[i]->b);
}

/* `x |> f(a)` becomes f(x, a), `x |> f` becomes f(x). */
static void turn_pipe(Resolver *resolver, Ast *ast) {
  bool calls = ast->b->kind == AST_CALL,
       value = calls && ast->b->span.start < ast->b->a->span.start; /* x |> (f(a)) is f(a)(x) */
  Ast *call = calls && !value ? ast->b : NULL;
  uint32_t more = call ? call->count : 0;
  Ast *first = resolver_alloc(resolver, sizeof *first);
  first->kind = AST_ARGUMENT;
  first->span = ast->a->span;
  first->a = ast->a;
  Ast **items = resolver_alloc(resolver, (more + 1) * sizeof(Ast *));
  items[0] = first;
  for (uint32_t i = 0; i < more; i++) items[i + 1] = call->items[i];
  ast->kind = AST_CALL;
  ast->a = call ? call->a : ast->b;
  ast->b = NULL;
  ast->items = items;
  ast->count = more + 1;
}

Formals declared_formals(const Resolver *resolver, const Ast *callee) {
  Formals formals = {0};
  if (callee->kind == AST_NAME && callee->place == PLACE_STANDARD) {
    standard_formals(resolver->vm, callee->slot, &formals);
  } else if (callee->kind == AST_NAME) {
    Variable *later = NULL, *variable = variable_find(resolver, callee->text, &later);
    if (!variable) variable = later;
    formals.function = variable ? variable->function : NULL;
  } else if (callee->kind == AST_FIELD && callee->text && callee->a->kind == AST_NAME) {
    Variable *later = NULL, *module = variable_find(resolver, callee->a->text, &later);
    Variable *member = module && module->module && module->kind == VARIABLE_IMPORT
                           ? scope_global(module->module->scope, callee->text)
                           : NULL;
    formals.function = member ? member->function : NULL;
  }
  return formals;
}

/* Checks a call whose target is known. */
static void check_call(Resolver *resolver, Ast *call) {
  Formals formals = declared_formals(resolver, call->a);
  if (formals.function || formals.signature)
    call_check(resolver->vm, resolver->report, call, formals);
}

bool resolve_too_deep(Resolver *resolver, const Ast *ast) {
  char here;
  if (LIKELY(&here > resolver->vm->stack_low)) return false;
  if (!resolver->deep)
    report_error(resolver->report, ast->span, "the program is nested too deeply here");
  return resolver->deep = true;
}

static void resolve_call(Resolver *resolver, Ast *call) {
  resolve(resolver, call->a);
  call->flags = CALL_PLAIN;
  bool named = false;
  for (uint32_t i = 0; i < call->count; i++) {
    Ast *argument = call->items[i];
    resolve(resolver, argument->a);
    if (argument->text || argument->op) call->flags &= (uint8_t)~CALL_PLAIN;
    if (named && !argument->text)
      report_error(resolver->report, argument->span, "a positional argument follows a named one");
    named = named || argument->text;
  }
  check_call(resolver, call);
  held_use(resolver, call);
  check_number_called(resolver, call);
  note_hidden_rule(resolver, call);
  notice_arguments(resolver, call);
  warn_draws_none(resolver, call);
}

static void resolve_index(Resolver *resolver, Ast *index) {
  resolve(resolver, index->a);
  resolve_items(resolver, index->items, index->count);
  notice_index(resolver, index);
}

/* Checks a field of an imported module. */
static void check_member(Resolver *resolver, const Ast *field) {
  if (!field->text || field->a->kind != AST_NAME) return;
  Variable *later = NULL, *variable = variable_find(resolver, field->a->text, &later);
  if (!variable || variable->kind != VARIABLE_IMPORT || !variable->module) return;
  if (scope_global(variable->module->scope, field->text)) return;
  resolver->vm->registry->loader->no_member(resolver->report, variable->module, field);
}

/* A chain of fields: the name at its root is asked about once, not once for each field. */
static void resolve_field(Resolver *resolver, Ast *field) {
  if (say_foreign_module(resolver, field)) return;
  while (field->text && field->a->kind == AST_FIELD && field->a->text) field = field->a;
  resolve(resolver, field->a);
  check_member(resolver, field);
  held_use(resolver, field);
}

static void resolve_loop_body(Resolver *resolver, Ast *body) {
  resolver->unit->loops++, resolver->unit->repeats++;
  resolve(resolver, body);
  resolver->unit->loops--, resolver->unit->repeats--;
  warn_value(resolver, body);
}

static void resolve_for(Resolver *resolver, Ast *ast) {
  resolve(resolver, ast->a);
  Block names;
  block_open(resolver, &names);
  resolve_pattern(resolver, ast->pattern, VARIABLE_LOOP, true);
  resolve_loop_body(resolver, ast->b);
  block_close(resolver, &ast->slot, &ast->length);
}

/* The list is in a slot without a name, outside those of the pattern, which are new each round. */
static void resolve_comprehension(Resolver *resolver, Ast *ast) {
  Ast *gather = ast->b;
  resolve(resolver, ast->a);
  Block whole, names;
  block_open(resolver, &whole);
  variable_patch(resolver, declare(resolver, NULL, ast->span, VARIABLE_LOOP), &gather->place,
                 &gather->slot);
  block_open(resolver, &names);
  resolve_pattern(resolver, ast->pattern, VARIABLE_LOOP, true);
  int loops = resolver->unit->loops;
  resolver->unit->loops = 0; /* break and continue cannot leave it */
  resolver->unit->repeats++;
  resolve(resolver, gather->b);
  resolve(resolver, gather->a);
  resolver->unit->repeats--;
  resolver->unit->loops = loops;
  block_close(resolver, &ast->slot, &ast->length);
  block_close(resolver, NULL, NULL);
}

static void check_jump(Resolver *resolver, const Ast *ast) {
  const Unit *unit = resolver->unit;
  bool leaves = ast->kind == AST_RETURN;
  const AstFunction *function = unit->function;
  bool body = function &&
              (function->kind == FUNCTION_MODEL || function->kind == FUNCTION_OPTIMIZER);
  const char *word = leaves ? "return" : ast->kind == AST_BREAK ? "break" : "continue";
  if (leaves ? function && !body && !unit->clause : unit->loops > 0) return;
  report_error(resolver->report, ast->span, "`%s` is outside of %s", word,
               leaves ? "a function" : "a loop");
}

static void resolve_statement_let(Resolver *resolver, Ast *ast) {
  resolve(resolver, ast->a);
  held_let(resolver, ast);
  pattern_declared(resolver, ast->pattern);
}

static void resolve_declared(Resolver *resolver, Ast *ast) {
  resolve_shape(resolver, ast->b);
  if (ast->kind != AST_STATE) resolve_shape_word(resolver, ast->b, true); /* of a state: `shared` */
  if (ast->b) /* a param's shape binds nothing: its names are variables */
    for (uint32_t i = 0; i < ast->b->count; i++)
      if (ast->b->items[i]->op == 0 && ast->b->items[i]->a->kind == AST_NAME)
        resolve(resolver, ast->b->items[i]->a);
  resolve(resolver, ast->a);
  Variable *variable = variable_in_block(resolver, ast->text);
  if (variable) variable->declared = true;
}

static void resolve_test(Resolver *resolver, Ast *ast) {
  Unit *unit = resolver->unit;
  bool clause = unit->clause;
  unit->clause = true;
  resolve(resolver, ast->b);
  unit->clause = clause;
}

void resolve(Resolver *resolver, Ast *ast) {
  if (!ast || resolve_too_deep(resolver, ast)) return;
  switch ((AstKind)ast->kind) {
    case AST_NAME: resolve_name(resolver, ast); break;
    case AST_BINARY: resolve_binary(resolver, ast); break;
    case AST_PIPE:
      turn_pipe(resolver, ast);
      resolve_call(resolver, ast);
      break;
    case AST_CALL: resolve_call(resolver, ast); break;
    case AST_INDEX: resolve_index(resolver, ast); break;
    case AST_FIELD: resolve_field(resolver, ast); break;
    case AST_FUNCTION:
    case AST_FN:
    case AST_LOSS:
    case AST_MODEL:
    case AST_OPTIMIZER: resolve_function(resolver, ast->function); break;
    case AST_BLOCK: resolve_block(resolver, ast, NULL); break;
    case AST_TRAIN:
    case AST_RACE: resolve_train(resolver, ast); break;
    case AST_UPDATE: resolve_update(resolver, ast); break;
    case AST_LET: resolve_statement_let(resolver, ast); break;
    case AST_PARAM:
    case AST_BUFFER:
    case AST_STATE: resolve_declared(resolver, ast); break;
    case AST_ASSIGN:
      resolve(resolver, ast->b);
      resolve_target(resolver, ast->a);
      notice_growth(ast);
      break;
    case AST_OPASSIGN:
      resolve(resolver, ast->b);
      resolve_target(resolver, ast->a);
      break;
    case AST_FOR: resolve_for(resolver, ast); break;
    case AST_COMPREHENSION: resolve_comprehension(resolver, ast); break;
    case AST_WHILE:
      resolve(resolver, ast->a);
      resolve_loop_body(resolver, ast->b);
      break;
    case AST_RETURN:
      resolve(resolver, ast->a);
      check_jump(resolver, ast);
      break;
    case AST_BREAK:
    case AST_CONTINUE: check_jump(resolver, ast); break;
    case AST_TEST: resolve_test(resolver, ast); break;
    default: /* the parts, in order */
      resolve(resolver, ast->a);
      resolve(resolver, ast->b);
      resolve(resolver, ast->c);
      resolve_items(resolver, ast->items, ast->count);
      break;
  }
}

bool scope_resolve(Vm *vm, ModuleObject *module, Ast *body, Report *report) {
  Resolver resolver = {.vm = vm, .module = module, .scope = module->scope, .report = report};
  Unit unit;
  Block names;
  unit_open(&resolver, &unit, NULL);
  block_open(&resolver, &names);
  int before = report->errors;
  resolve_statements(&resolver, body);
  if (!module->scope->session) warn_value(&resolver, body);
  held_check(&resolver);
  module->scope->frame_size = unit.slots;
  body->slot = 0;
  body->length = 0;
  return report->errors == before && !stop_wanted();
}
