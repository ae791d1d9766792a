/* resolve_function.c — the parameters, shapes and bodies of functions, models and optimizers.
 *
 * A function has a Unit: its own frame, whose first slots are the parameters.  The names in a
 * model's or optimizer's body and its parameters are its members, each in a cell, which outlives
 * the call that makes the model.
 */
#include "lang/names/resolve.h"

#include <string.h>

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

void resolve_shape(Resolver *resolver, Ast *shape) {
  if (!shape) return;
  resolve(resolver, shape->a); /* the ends of a domain */
  resolve(resolver, shape->b);
  for (uint32_t i = 0; i < shape->count; i++) {
    Ast *dimension = shape->items[i];
    resolver->size = true;
    if (dimension->op == 0 && dimension->a->kind != AST_NAME) resolve(resolver, dimension->a);
    resolver->size = false;
  }
}

/* ---- the word before a shape ---- */

static bool names_domain(const char *word) {
  static const char *const domains[] = {
#define DOMAIN(KIND, name, wanted, axes) name,
#include "lang/syntax/domain.def"
#undef DOMAIN
  };
  for (int i = 0; i < COUNT_OF(domains); i++)
    if (strcmp(domains[i], word) == 0) return true;
  return false;
}

static void offer_shape_words(Nearest *nearest, bool domains) {
  for (int i = 0; i < DTYPE_COUNT; i++) nearest_offer(nearest, dtype_name((Dtype)i));
#define DOMAIN(KIND, name, wanted, axes) \
  if (domains) nearest_offer(nearest, name);
#include "lang/syntax/domain.def"
#undef DOMAIN
}

/* Other languages' words for kinds of numbers; as functions some of them are other names of gd's.
 */
static const char *dtype_elsewhere(const char *word) {
  static const char *const words[][2] = {
      {"float", "f32"},    {"int", "i32"},     {"double", "f64"},  {"half", "bf16"}, {"byte", "u8"},
      {"boolean", "bool"}, {"Float32", "f32"}, {"Float64", "f64"}, {"Int", "i32"}};
  for (int i = 0; i < COUNT_OF(words); i++)
    if (strcmp(words[i][0], word) == 0) return words[i][1];
  return NULL;
}

static void say_no_dtype(Resolver *resolver, const Ast *shape, bool declared) {
  char buffer[NAME_SIZE];
  const char *word = shown_name(shape->text, buffer), *other = dtype_elsewhere(shape->text);
  Diag *diag =
      report_error(resolver->report, shape->op_span,
                   declared ? "`%s` is neither a dtype nor a domain" : "`%s` is not a dtype", word);
  Nearest nearest = nearest_to(shape->text);
  offer_shape_words(&nearest, declared);
  if (other) diag_label(diag, "did you mean `%s`?", other);
  else if (nearest_tell(&nearest, "", diag)) return;
  else if (declared)
    diag_help(diag, "the domains are positive, unit, between(a, b), simplex, ordered and cholesky; "
                    "a shape is in brackets: [3, 2]");
  else
    diag_help(diag, "a shape is in brackets, x: [N, 2], with a dtype before it if needed: i32[N]; "
                    "other conditions are an assert(…) in the body");
}

void resolve_shape_word(Resolver *resolver, const Ast *shape, bool declared) {
  Dtype dtype;
  if (!shape || !shape->text || dtype_parse(shape->text, &dtype)) return;
  if (!names_domain(shape->text)) {
    say_no_dtype(resolver, shape, declared);
  } else if (!declared) {
    diag_help(report_error(resolver->report, shape->span, "a domain is for a `param` of a model"),
              "for an argument: assert(x > 0 and x < 1, \"…\") in the body");
  } else if (!shape->a && strcmp(shape->text, "between") == 0) {
    diag_help(report_error(resolver->report, shape->span,
                           "`between` takes two numbers, the bounds of the param"),
              "param a: between(0, 1) = 0.5");
  }
}

/* ---- parameters ---- */

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
  for (int i = 0; i < function->param_count; i++) {
    resolve_shape(resolver, function->params[i].shape);
    resolve_shape_word(resolver, function->params[i].shape, false);
  }
  resolve_shape(resolver, function->result);
  resolve_shape_word(resolver, function->result, false);
  for (Variable *at = resolver->block->first; at; at = at->next)
    at->declared = at->kind == VARIABLE_DIMENSION;
  /* the parameters are the first variables of the block, in their order */
  Variable *variable = resolver->block->first;
  for (int i = 0; i < function->param_count; i++, variable = variable->next) {
    AstParam *param = &function->params[i];
    if (param->fallback) resolve(resolver, param->fallback);
    if (param->rest && i + 1 < function->param_count)
      report_error(resolver->report, param->span,
                   "a parameter that takes all further arguments must be the last");
    variable->declared = true;
  }
}

/* ---- bodies ---- */

/* Is the name assigned somewhere in the tree?  No recursion along `a`, the left spine. */
static bool is_assigned(const Ast *ast, const char *name) {
  for (; ast; ast = ast->a) {
    bool assigns = ast->kind == AST_ASSIGN || ast->kind == AST_OPASSIGN;
    for (const Ast *at = assigns ? ast->a : NULL; at; at = at->kind == AST_INDEX ? at->a : NULL) {
      if (at->kind == AST_NAME && !strcmp(at->text, name)) return true;
      for (uint32_t i = 0; at->kind == AST_TUPLE && i < at->count; i++)
        if (at->items[i]->kind == AST_NAME && !strcmp(at->items[i]->text, name)) return true;
    }
    if ((ast->kind == AST_FN || ast->kind == AST_FUNCTION) &&
        is_assigned(ast->function->body, name))
      return true;
    if (is_assigned(ast->b, name) || is_assigned(ast->c, name)) return true;
    for (uint32_t i = 0; i < ast_below(ast) && ast->kind != AST_NUMBERS; i++)
      if (is_assigned(ast->items[i], name)) return true;
  }
  return false;
}

/* A step that assigns nothing to the tensor would train nothing, without a word.  One of the whole
 * vector may end the run instead, and one of the library only say that it cannot be run. */
static void check_assigned(Resolver *resolver, const AstFunction *function,
                           const AstFunction *step) {
  const char *name = step->params[0].name;
  bool other = step->param_count > 2 ||
               source_is_library(resolver->vm->sources, step->head_span.file);
  if (other || is_assigned(function->body, name)) return;
  Diag *diag = report_error(resolver->report, step->head_span,
                            "`step` never assigns `%.64s`, so it would train nothing", name);
  diag_help(diag, "`%.64s = %.64s - lr * g`: what it returns is not used", name, name);
}

/* The implicit names of an optimizer's body: `t`, `loss`, and the target, under the name of step's
 * first parameter. */
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
  check_assigned(resolver, function, step);
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
  const char *loss = names_intern(resolver->vm->names, "loss", 4);
  if (!variable_in_block(resolver, loss)) {
    Variable *value = declare(resolver, loss, function->name_span, VARIABLE_LOSS);
    value->declared = value->captured = value->in_model = true;
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
    case VARIABLE_LOSS: *kind = MEMBER_LOSS; return true;
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

void resolve_function(Resolver *resolver, AstFunction *function) {
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
