/* held.c — calls and parts of a value that is known before anything runs.
 *
 * After `let net = Net()` and `let area = fn(w, h) = w * h`, where nothing assigns the name again,
 * `net(x, y)`, `net.encode()`, `net.wieght` and `area(1)` can be checked like calls of a
 * declaration, also in a function that is never called; so can `Net()(x, y)`.  Whether a name is
 * assigned, and what a model declares further down, is known at the end of the file, so the uses
 * are listed on the way and checked there.  At the prompt a later line may assign the name: there
 * they are checked when they run.
 */
#include "lang/names/held.h"
#include "lang/names/member.h"

#include <string.h>

/* The model that a call makes, or the function that an expression is; NULL: not known. */
static const AstFunction *held_by(const Resolver *resolver, const Ast *value) {
  if (value->kind == AST_FUNCTION) return value->function;
  if (value->kind != AST_CALL) return NULL;
  const AstFunction *made = declared_formals(resolver, value->a).function;
  return made && made->kind == FUNCTION_MODEL ? made : NULL;
}

void held_let(const Resolver *resolver, const Ast *let) {
  if (!let->pattern->text || resolver->scope->session) return;
  Variable *variable = variable_in_block(resolver, let->pattern->text);
  if (variable) variable->held = held_by(resolver, let->a);
}

void held_use(Resolver *resolver, const Ast *node) {
  const Ast *base = node->a;
  if (resolver->scope->session || (node->kind == AST_FIELD && !node->text)) return;
  if (node->kind == AST_CALL && base->kind == AST_FIELD) base = base->text ? base->a : base;
  Variable *later = NULL, *variable = NULL;
  if (base->kind == AST_NAME && base->place != PLACE_STANDARD) {
    variable = variable_find(resolver, base->text, &later);
    if (!variable) variable = later;
    if (!variable || variable->kind != VARIABLE_LET) return;
  }
  const AstFunction *function = variable ? NULL : held_by(resolver, base);
  if (!variable && !function) return;
  HeldUse *use = resolver_alloc(resolver, sizeof *use);
  *use = (HeldUse){.node = node, .variable = variable, .function = function};
  if (resolver->last_use) resolver->last_use->next = use;
  else resolver->first_use = use;
  resolver->last_use = use;
}

static const AstFunction *method_of(const AstFunction *model, const char *name) {
  const Ast *body = model->body;
  for (uint32_t i = 0; i < body->count; i++)
    if (body->items[i]->kind == AST_FN && !strcmp(body->items[i]->function->name, name))
      return body->items[i]->function;
  return NULL;
}

static void check_part(Resolver *resolver, const Ast *field, const AstFunction *model) {
  for (int i = 0; i < model->member_count; i++)
    if (model->members[i].name == field->text) return;
  if (report_full(resolver->report)) return; /* what it finds would not be shown */
  Diag diag = {0};
  member_none(resolver->vm, field, model, &diag);
  diag.status = STATUS_MALFORMED;
  report_add(resolver->report, &diag);
}

void held_check(Resolver *resolver) {
  for (const HeldUse *use = resolver->first_use; use && !stop_wanted(); use = use->next) {
    const Ast *node = use->node;
    const AstFunction *holder = use->function;
    if (use->variable) holder = use->variable->assigned ? NULL : use->variable->held;
    if (!holder) continue;
    bool model = holder->kind == FUNCTION_MODEL;
    if (node->kind == AST_FIELD) {
      if (model) check_part(resolver, node, holder);
      continue;
    }
    bool method = node->a->kind == AST_FIELD;
    if (method && !model) continue;
    Formals formals = {.function = holder};
    if (model) formals.function = method_of(holder, method ? node->a->text : "forward");
    if (formals.function) call_check(resolver->vm, resolver->report, node, formals);
  }
}
