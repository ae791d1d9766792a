/* resolve.c — one walk over the tree that gives every name its place, before anything runs.
 *
 * A block is walked in two steps.  First its declarations are collected: functions, models, losses
 * and optimizers are visible in the whole block, a `let` only from its line on.  Then its
 * statements are walked in order.  A name is looked up from the inside out among the visible names,
 * then among the standard names.  If none matches, a `let` further down is considered: inside a
 * function body, which may run later, it is that variable (eval.c reports when it runs too early);
 * elsewhere it is an error that shows both positions.
 *
 * So `let mean = mean(x)` uses the standard mean and hides it from the next line on, as in Rust.
 *
 * Also checked here: the arguments of calls whose target cannot change (call_check), jumps outside
 * a loop or function, params and states outside their bodies, what may be assigned.  All errors of
 * a file go into one Report.
 *
 * Long sums.  `1 + 1 + …` is a left-leaning tree, and a hundred thousand terms must not need a
 * hundred thousand C frames.  So the nodes of a long left spine are listed, from the bottom up, in
 * the top node's `items`, and both this walk and the evaluator loop over that list.  Other depths
 * are bounded by the parser and by the check of the C stack's address.
 */
#include "lang/names/resolve.h"
#include "lang/machine/kind.h"
#include "lang/machine/module_value.h"
#include "lang/names/member.h"
#include "lang/names/signature.h"
#include "lang/names/standard.h"
#include "lang/syntax/explain.h"
#include "lang/syntax/habit.h"

#include <string.h>

enum { SPINE_LONG = 24 };

static bool is_declaration(const Ast *ast) {
  return ast->kind == AST_FN || ast->kind == AST_LOSS || ast->kind == AST_MODEL ||
         ast->kind == AST_OPTIMIZER;
}

/* ---- names ---- */

/* Is the name called, or piped to?  Another tool's name for a function is no hint for a
 * variable. */
static bool looks_called(const Resolver *resolver, const Ast *name) {
  const Source *source = source_at(resolver->vm->sources, name->span.file);
  uint32_t before = name->span.start;
  while (before > 0 && (source->text[before - 1] == ' ' || source->text[before - 1] == '\n'))
    before--;
  return source->text[name->span.end] == '(' ||
         (before > 1 && source->text[before - 1] == '>' && source->text[before - 2] == '|');
}

bool say_waiting(Resolver *resolver, Span span, WaitingKind kind, const char *name,
                 const char *mark) {
  char buffer[NAME_SIZE];
  if (!waiting_sentence(kind, name)) return false;
  diag_label(report_error(resolver->report, span, "`%s%s` is not there yet",
                          shown_name(name, buffer), mark),
             "this version of gd does not have it");
  return true;
}

static void say_unknown(Resolver *resolver, const Ast *name) {
  char buffer[NAME_SIZE];
  if (say_waiting(resolver, name->span, WAITING_NAME, name->text, "")) return;
  if (name_is_blank(name->text)) {
    diag_label(report_error(resolver->report, name->span, "`_` has no value"),
               "it takes what is not wanted; a name keeps it");
    return;
  }
  Diag *diag = report_error(resolver->report, name->span, "unknown name `%s`",
                            shown_name(name->text, buffer));
  Nearest nearest = nearest_to(name->text);
  offer_names(resolver, &nearest);
  standard_offer(resolver->vm, &nearest);
  if (nearest.how == NEAREST_SYNONYM && !looks_called(resolver, name))
    nearest = nearest_to(name->text);
  const char *foreign = nearest.how < NEAREST_SPELLING ? NULL : foreign_name(name->text);
  Text habit = {0};
  bool called = !foreign && !nearest.best && looks_called(resolver, name) &&
                habit_member(name->text, "x", &habit);
  if (foreign || called) diag_help(diag, "%s", foreign ? foreign : habit.data);
  text_free(&habit);
  if (foreign || !nearest_tell(&nearest, "", diag))
    diag_label(diag, "nothing of this name is in scope");
}

/* `np.concatenate`, `torch.nn.Linear`: of a module of another tool, which is no name here, the
 * member is told. */
static bool say_module(Resolver *resolver, const Ast *field) {
  const Ast *root = field;
  Variable *later = NULL;
  while (root->kind == AST_FIELD && root->text) root = root->a;
  if (root->kind != AST_NAME || !field->text || !habit_module(root->text) ||
      standard_is(resolver->vm, root->text) || variable_find(resolver, root->text, &later) || later)
    return false;
  Diag *diag = report_error(resolver->report, root->span, "unknown name `%s`", root->text);
  diag_label(diag, "nothing of this name is in scope");
  if (!member_of_module(resolver->vm, field, diag))
    diag_help(diag, "standard names need no module: `zeros(3)`, `exp(x)`");
  return true;
}

static void say_too_early(Resolver *resolver, const Ast *name, const Variable *later) {
  char buffer[NAME_SIZE];
  Diag *diag = report_error(resolver->report, name->span, "`%s` is used above its `let`",
                            shown_name(name->text, buffer));
  diag_label(diag, "used here");
  diag_note(diag, later->span, "declared here");
}

static void resolve_name(Resolver *resolver, Ast *name) {
  Variable *later = NULL;
  Variable *variable = variable_find(resolver, name->text, &later);
  if (variable) {
    variable_use(resolver, variable, name);
    return;
  }
  int standard = standard_find(resolver->vm, name->text, name->span.file, resolver->report);
  if (standard >= 0) {
    name->place = PLACE_STANDARD;
    name->slot = standard;
  } else if (standard == STANDARD_BROKEN) {
    name->place = PLACE_UNRESOLVED; /* the file's own errors are reported */
  } else if (later && later->unit != resolver->unit && (later->unit || resolver->unit->function)) {
    variable_use(resolver, later, name);
  } else if (later) {
    say_too_early(resolver, name, later);
  } else {
    say_unknown(resolver, name);
  }
}

static void resolve_items(Resolver *resolver, Ast **items, uint32_t count) {
  for (uint32_t i = 0; i < count && !stop_wanted(); i++) resolve(resolver, items[i]);
}

/* ---- what may be assigned ---- */

static void refuse(Resolver *resolver, const Ast *name, const Variable *variable, const char *what,
                   const char *help) {
  char buffer[NAME_SIZE];
  Diag *diag = report_error(resolver->report, name->span, "`%s` cannot be assigned: it is %s",
                            shown_name(name->text, buffer), what);
  if (variable) diag_note(diag, variable->span, "declared here");
  if (help) diag_help(diag, "%s", help);
}

/* Why a variable cannot be assigned here; NULL when it can. */
static const char *constant_because(const Resolver *resolver, const Variable *variable,
                                    const char **help) {
  switch (variable->kind) {
    case VARIABLE_FUNCTION: return "a declaration";
    case VARIABLE_IMPORT: return "an imported module";
    case VARIABLE_WATCHED: return "a value of the training";
    case VARIABLE_DIMENSION: return "a size of a shape";
    case VARIABLE_STEP: return "the number of the step";
    case VARIABLE_PARAM: *help = "assign(param, value) sets a param"; return "a param";
    default: break;
  }
  bool method = variable->in_model && variable->unit != resolver->unit;
  if (!method || variable->kind == VARIABLE_BUFFER || variable->kind == VARIABLE_STATE) return NULL;
  *help = "what methods change is declared with `buffer` (in an optimizer, `state`)";
  return "a constant of its model or optimizer";
}

static void resolve_assigned(Resolver *resolver, Ast *name) {
  Variable *later = NULL;
  Variable *variable = variable_find(resolver, name->text, &later);
  if (!variable) variable = later && later->unit != resolver->unit ? later : NULL;
  char buffer[NAME_SIZE];
  if (variable) {
    const char *help = NULL, *because = constant_because(resolver, variable, &help);
    if (because) refuse(resolver, name, variable, because, help);
    variable_use(resolver, variable, name);
    name->flags = variable->kind == VARIABLE_BUFFER ? NAME_BUFFER : 0;
  } else if (later) {
    say_too_early(resolver, name, later);
  } else if (standard_is(resolver->vm, name->text)) {
    refuse(resolver, name, NULL, "a standard name",
           "`let` makes a variable of your own that hides it");
  } else {
    Diag *diag = report_error(resolver->report, name->span, "`%s` was never declared",
                              shown_name(name->text, buffer));
    Nearest nearest = nearest_to(name->text);
    offer_names(resolver, &nearest);
    if (!nearest_tell(&nearest, "", diag)) diag_label(diag, "an assignment needs a variable");
    if (!diag->help[0])
      diag_help(diag, "`let %s = …` declares one", shown_name(name->text, buffer));
  }
}

/* The variable at the root of `d.x = v`.  It changes where it holds a dict, and does not where it
 * holds an optimizer, so whether it may be assigned is asked when it runs. */
static void resolve_holder(Resolver *resolver, Ast *name) {
  const char *help = NULL;
  Variable *later = NULL, *variable = variable_find(resolver, name->text, &later);
  resolve_name(resolver, name);
  if (!variable) variable = later;
  name->flags = !variable || constant_because(resolver, variable, &help) ? NAME_FIXED : 0;
}

/* The target of an assignment: a name, an item or field of one, or a tuple of such. */
static void resolve_target(Resolver *resolver, Ast *target) {
  Ast *root = target;
  if (root->kind == AST_TUPLE) {
    for (uint32_t i = 0; i < root->count; i++) resolve_target(resolver, root->items[i]);
    return;
  }
  bool fields = false;
  if (root->kind == AST_NAME && name_is_blank(root->text)) return; /* takes nothing */
  for (; root->kind == AST_INDEX || (root->kind == AST_FIELD && (root->text || root != target));
       root = root->a) {
    if (root->kind == AST_INDEX) resolve_items(resolver, root->items, root->count);
    fields = fields || root->kind == AST_FIELD;
  }
  if (root->kind == AST_NAME) {
    if (fields) resolve_holder(resolver, root);
    else resolve_assigned(resolver, root);
    return;
  }
  if (fields) {
    resolve(resolver, root);
    return;
  }
  Diag *diag = report_error(resolver->report, target->span, "this cannot be assigned");
  if (root->kind != AST_FIELD) return;
  diag_label(diag, "a part of something else");
  diag_help(diag, "assign(param, value) sets a param; a tuple cannot be changed, only made anew");
}

/* `xs = push(xs, v)`: the list can grow in place. */
static void notice_push(Ast *assign) {
  Ast *call = assign->b, *name = assign->a;
  if (name->kind != AST_NAME || call->kind != AST_CALL || !(call->flags & CALL_PLAIN) ||
      call->count != 2)
    return;
  const Ast *callee = call->a, *first = call->items[0]->a;
  if (callee->kind != AST_NAME || callee->place != PLACE_STANDARD ||
      strcmp(callee->text, "push") != 0)
    return;
  if (first->kind == AST_NAME && first->text == name->text) assign->flags |= CALL_PUSH;
}

enum { GROWTH_MOST = 64 }; /* operands of one assignment */

/* `s = s + a + b`, `s = "{s}…"`: if s is a string with no other owner, it can grow in place. */
static void notice_growth(Ast *assign) {
  const Ast *name = assign->a, *value = assign->b;
  if (name->kind != AST_NAME) return;
  int operands = 0;
  for (; value->kind == AST_BINARY && value->op == BINARY_ADD; value = value->a) operands++;
  if (operands && operands <= GROWTH_MOST && value->kind == AST_NAME && value->text == name->text) {
    assign->flags |= ASSIGN_GROWS;
    assign->slot = operands;
  }
  if (operands || value->kind != AST_INTERPOLATION) return;
  uint32_t first = 0;
  while (first < value->count && value->items[first]->kind == AST_STRING &&
         value->items[first]->length == 0)
    first++;
  const Ast *piece = first < value->count ? value->items[first] : value;
  if (piece->kind != AST_FORMAT || piece->length || piece->a->kind != AST_NAME ||
      piece->a->text != name->text)
    return;
  assign->flags |= ASSIGN_GROWS;
  assign->slot = (int32_t)first + 1;
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
  if (kind == VARIABLE_PARAM)
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
        made->in_model = resolver->block->body_of != NULL;
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
static void resolve_statements(Resolver *resolver, Ast *block) {
  for (uint32_t i = 0; i < block->count && !stop_wanted(); i++) {
    declare_item(resolver, block->items[i]);
    if (is_declaration(block->items[i])) block->flags |= BLOCK_HOISTS;
  }
  resolve_items(resolver, block->items, block->count);
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

/* ---- shapes ---- */

/* The size of this name, if the declaration has already bound it. */
static Variable *size_of_name(const Block *parameters, const char *name) {
  for (Variable *at = parameters->first; at; at = at->next)
    if (at->kind == VARIABLE_DIMENSION && at->alias == name) return at;
  return NULL;
}

/* A dimension that is a plain name.  If there is a variable of that name, it may turn out to be a
 * number, which is then the size.  Otherwise the name binds the size, in a slot that cannot be
 * named, so that the body still sees the variable. */
static void resolve_dimension(Resolver *resolver, Ast *dimension) {
  Ast *name = dimension->a;
  Variable *size = size_of_name(resolver->block, name->text);
  Variable *later = NULL, *variable = variable_find(resolver, name->text, &later);
  bool maybe = variable && variable != size && variable->kind != VARIABLE_FUNCTION &&
               variable->kind != VARIABLE_IMPORT;
  dimension->flags = maybe ? DIMENSION_BINDS | DIMENSION_MAYBE : DIMENSION_BINDS;
  if (!size) {
    size = declare(resolver, maybe ? NULL : name->text, name->span, VARIABLE_DIMENSION);
    size->alias = name->text;
    size->declared = true;
  }
  variable_patch(resolver, size, &dimension->place, &dimension->slot);
  variable_use(resolver, maybe ? variable : size, name);
}

static void bind_dimensions(Resolver *resolver, Ast *shape) {
  if (!shape) return;
  for (uint32_t i = 0; i < shape->count; i++) {
    Ast *dimension = shape->items[i];
    if (dimension->op == 0 && dimension->a->kind == AST_NAME)
      resolve_dimension(resolver, dimension);
  }
}

static void resolve_shape(Resolver *resolver, Ast *shape) {
  if (!shape) return;
  for (uint32_t i = 0; i < shape->count; i++) {
    Ast *dimension = shape->items[i];
    if (dimension->op == 0 && dimension->a->kind != AST_NAME) resolve(resolver, dimension->a);
  }
}

/* ---- functions ---- */

static void declare_parameter(Resolver *resolver, AstParam *param, int index, bool in_model) {
  const char *name = name_is_blank(param->name) ? NULL : param->name;
  Variable *variable = declare(resolver, name, param->span, VARIABLE_PARAMETER);
  variable->slot = index;
  variable->in_model = in_model;
  variable_patch(resolver, variable, &param->place, &param->slot);
}

static void resolve_parameters(Resolver *resolver, AstFunction *function) {
  bool body = function->kind == FUNCTION_MODEL || function->kind == FUNCTION_OPTIMIZER;
  for (int i = 0; i < function->param_count; i++)
    declare_parameter(resolver, &function->params[i], i, body);
  resolver->unit->slots = function->param_count;
  /* A shape may use any parameter, a default only those before its own. */
  for (Variable *at = resolver->block->first; at; at = at->next) at->declared = true;
  for (int i = 0; i < function->param_count; i++)
    bind_dimensions(resolver, function->params[i].shape);
  bind_dimensions(resolver, function->result);
  for (int i = 0; i < function->param_count; i++)
    resolve_shape(resolver, function->params[i].shape);
  resolve_shape(resolver, function->result);
  for (Variable *at = resolver->block->first; at; at = at->next)
    at->declared = at->kind == VARIABLE_DIMENSION;
  for (int i = 0; i < function->param_count; i++) {
    AstParam *param = &function->params[i];
    if (param->fallback) resolve(resolver, param->fallback);
    if (param->rest && i + 1 < function->param_count)
      report_error(resolver->report, param->span,
                   "a parameter that takes the rest must be the last");
    for (Variable *at = resolver->block->first; at; at = at->next)
      if (at->name == param->name) at->declared = true; /* `_` stays without a name */
  }
}

/* The implicit names of an optimizer's body: `t`, and the target, under the name of step's first
 * parameter. */
static void declare_implicit(Resolver *resolver, AstFunction *function) {
  const AstFunction *step = NULL;
  for (uint32_t i = 0; i < function->body->count; i++) {
    const Ast *item = function->body->items[i];
    if (item->kind == AST_FN && strcmp(item->function->name, "step") == 0) step = item->function;
  }
  if (!step || step->param_count < 2 || step->param_count > 3) {
    Diag *diag = report_error(resolver->report, step ? step->head_span : function->name_span,
                              "an optimizer needs `fn step(p, g)`");
    diag_help(diag, "step runs for each trained tensor p with its gradient g and assigns p; a "
                    "third parameter is the loss as a function");
    return;
  }
  const char *t = names_intern(resolver->vm->names, "t", 1);
  if (!variable_in_block(resolver, t)) {
    Variable *count = declare(resolver, t, function->name_span, VARIABLE_STEP);
    count->declared = count->captured = count->in_model = true;
  }
  if (!variable_in_block(resolver, step->params[0].name)) {
    Variable *target = declare(resolver, step->params[0].name, step->params[0].span,
                               VARIABLE_TARGET);
    target->declared = target->captured = target->in_model = true;
  }
}

static bool member_kind(const Variable *variable, MemberKind *kind) {
  switch (variable->kind) {
    case VARIABLE_PARAMETER: *kind = MEMBER_ARGUMENT; return true;
    case VARIABLE_PARAM: *kind = MEMBER_PARAM; return true;
    case VARIABLE_BUFFER: *kind = MEMBER_BUFFER; return true;
    case VARIABLE_LET: *kind = MEMBER_LET; return true;
    case VARIABLE_FUNCTION: *kind = MEMBER_FN; return true;
    case VARIABLE_STATE: *kind = MEMBER_STATE; return true;
    case VARIABLE_STEP: *kind = MEMBER_T; return true;
    case VARIABLE_TARGET: *kind = MEMBER_TARGET; return true;
    default: return false;
  }
}

static int list_members(const Variable *first, Member *members, int count) {
  MemberKind kind;
  for (const Variable *variable = first; variable; variable = variable->next) {
    if (!member_kind(variable, &kind)) continue;
    if (members) members[count] = (Member){variable->name, kind, variable->slot, variable->span};
    count++;
  }
  return count;
}

/* The body of a model or optimizer: its names and its parameters are members, each in a cell. */
static void resolve_body(Resolver *resolver, AstFunction *function) {
  Block *outer = resolver->block;
  if (function->kind == FUNCTION_OPTIMIZER) declare_implicit(resolver, function);
  for (Variable *variable = outer->first; variable; variable = variable->next)
    variable->captured = true;
  Block names;
  block_open(resolver, &names);
  names.body_of = function;
  resolve_statements(resolver, function->body);
  for (Variable *variable = names.first; variable; variable = variable->next)
    variable->captured = true;
  /* not released at the block's end: call_body takes the cells */
  block_close(resolver, NULL, NULL);
  function->body->slot = 0;
  function->body->length = 0;
  Block *parameters = resolver->block;
  block_close(resolver, NULL, NULL);
  int count = list_members(names.first, NULL, list_members(parameters->first, NULL, 0));
  function->members = resolver_alloc(resolver, (size_t)count * sizeof(Member) + 1);
  function->member_count = list_members(names.first, function->members,
                                        list_members(parameters->first, function->members, 0));
}

static bool is_plain(const AstFunction *function) {
  if (function->kind != FUNCTION_PLAIN || function->result) return false;
  for (int i = 0; i < function->param_count; i++)
    if (function->params[i].rest || function->params[i].shape ||
        function->params[i].place != PLACE_LOCAL)
      return false;
  return true;
}

static void resolve_function(Resolver *resolver, AstFunction *function) {
  Unit unit;
  Block parameters;
  unit_open(resolver, &unit, function);
  block_open(resolver, &parameters);
  resolve_parameters(resolver, function);
  if (function->kind == FUNCTION_MODEL || function->kind == FUNCTION_OPTIMIZER) {
    resolve_body(resolver, function);
  } else {
    resolve(resolver, function->body);
    block_close(resolver, NULL, NULL);
  }
  unit_close(resolver);
  function->plain = is_plain(function);
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
  Ast *call = ast->b->kind == AST_CALL ? ast->b : NULL;
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

/* Checks a call whose target is known: `function` or `standard`. */
static void check_call(Resolver *resolver, Ast *call) {
  const Ast *callee = call->a;
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
  if (formals.function || formals.signature)
    call_check(resolver->vm, resolver->report, call, formals);
}

static bool deep(Resolver *resolver, const Ast *ast) {
  char here;
  if (LIKELY(&here > resolver->vm->stack_low)) return false;
  if (!resolver->deep)
    report_error(resolver->report, ast->span, "the program is nested too deeply here");
  return resolver->deep = true;
}

/* ---- numbers that keep their value ---- */

static bool standard_among(const Ast *name, const char *const *names, int count) {
  if (name->kind != AST_NAME || name->place != PLACE_STANDARD) return false;
  for (int i = 0; i < count; i++)
    if (!strcmp(name->text, names[i])) return true;
  return false;
}

static bool is_bracket(const Ast *ast) {
  return ast->kind == AST_BRACKET || ast->kind == AST_NUMBERS || ast->kind == AST_COMPREHENSION;
}

/* Marks what makes tensors from numbers in an expression whose value is converted to another dtype
 * than the default: a literal would be rounded to f32 before i32 sees it.  Arguments of operations
 * in the table are marked too, since the result is computed from them; arguments of other functions
 * are not. */
static void mark_exact(Resolver *resolver, Ast *ast) {
  static const char *const makers[] = {"tensor", "full", "arange", "linspace", "ones", "zeros"};
  static const char *const conversions[] = {"f32", "f64", "i32", "u8", "bool"};
  if (!ast || deep(resolver, ast)) return;
  switch ((AstKind)ast->kind) {
    case AST_NUMBERS: ast->flags |= EXACT; break;
    case AST_BRACKET:
      ast->flags |= EXACT;
      for (uint32_t i = 0; i < ast->count; i++) mark_exact(resolver, ast->items[i]);
      break;
    case AST_COMPREHENSION:
      ast->flags |= EXACT;
      mark_exact(resolver, ast->b->a);
      break;
    case AST_CALL: {
      bool maker = standard_among(ast->a, makers, COUNT_OF(makers));
      bool row = ast->a->kind == AST_NAME && ast->a->place == PLACE_STANDARD &&
                 ops_find(ast->a->text) != NULL;
      if (maker) ast->flags |= EXACT;
      /* its own arguments are marked already */
      if (standard_among(ast->a, conversions, COUNT_OF(conversions))) break;
      for (uint32_t i = 0; (maker || row) && i < ast->count; i++)
        mark_exact(resolver, ast->items[i]->a);
      break;
    }
    case AST_BINARY:
      for (; ast->kind == AST_BINARY; ast = ast->a) mark_exact(resolver, ast->b);
      mark_exact(resolver, ast);
      break;
    case AST_UNARY:
    case AST_TRANSPOSE:
    case AST_INDEX: mark_exact(resolver, ast->a); break;
    default: break;
  }
}

/* Calls with arguments that must be whole or f64: bit i stands for argument i. */
static void mark_arguments(Resolver *resolver, Ast *call) {
  static const char *const conversions[] = {"f64", "i32", "u8", "bool", "f32"},
                           *const indexing[] = {"one_hot", "gather", "scatter"};
  bool converts = standard_among(call->a, conversions, COUNT_OF(conversions)),
       indexes = standard_among(call->a, indexing, COUNT_OF(indexing));
  for (uint32_t i = 0; (converts || indexes) && i < call->count; i++) {
    Ast *value = call->items[i]->a;
    bool label = !strcmp(call->a->text, "one_hot") ? i == 0 : i == 1;
    if (converts || (label && is_bracket(value))) mark_exact(resolver, value);
  }
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
  mark_arguments(resolver, call);
}

static void resolve_index(Resolver *resolver, Ast *index) {
  resolve(resolver, index->a);
  resolve_items(resolver, index->items, index->count);
  for (uint32_t i = 0; i < index->count; i++)
    if (index->items[i]->a && is_bracket(index->items[i]->a))
      mark_exact(resolver, index->items[i]->a);
}

/* Checks a field of an imported module. */
static void check_member(Resolver *resolver, const Ast *field) {
  if (!field->text || field->a->kind != AST_NAME) return;
  Variable *later = NULL, *variable = variable_find(resolver, field->a->text, &later);
  if (!variable || variable->kind != VARIABLE_IMPORT || !variable->module) return;
  if (scope_global(variable->module->scope, field->text)) return;
  resolver->vm->registry->loader->no_member(resolver->report, variable->module, field);
}

static void resolve_loop_body(Resolver *resolver, Ast *body) {
  resolver->unit->loops++;
  resolve(resolver, body);
  resolver->unit->loops--;
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
  resolve(resolver, gather->b);
  resolve(resolver, gather->a);
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
  pattern_declared(resolver, ast->pattern);
}

static void resolve_declared(Resolver *resolver, Ast *ast) {
  resolve_shape(resolver, ast->b);
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
  if (!ast || deep(resolver, ast)) return;
  switch ((AstKind)ast->kind) {
    case AST_NAME: resolve_name(resolver, ast); break;
    case AST_BINARY: resolve_binary(resolver, ast); break;
    case AST_PIPE:
      turn_pipe(resolver, ast);
      resolve_call(resolver, ast);
      break;
    case AST_CALL: resolve_call(resolver, ast); break;
    case AST_INDEX: resolve_index(resolver, ast); break;
    case AST_FIELD:
      if (say_module(resolver, ast)) break;
      resolve(resolver, ast->a);
      check_member(resolver, ast);
      break;
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
      notice_push(ast);
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
  module->scope->frame_size = unit.slots;
  body->slot = 0;
  body->length = 0;
  return report->errors == before && !stop_wanted();
}
