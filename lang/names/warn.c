/* warn.c — warnings of `gd check`, found while names are resolved.
 *
 * A local `let` that nothing uses is most often a mistake: a result that was meant to be used, or a
 * name that was misspelled below.  Exempt are names of the top level (other files may import them),
 * names of a model (they are its parts), names of a tuple's pattern, and names that begin with `_`,
 * which marks them as unwanted.  A comparison as a statement was most likely meant as an assignment
 * (`x <- 3` of R compares x and -3).  A function that changes nothing, called as a statement, was
 * meant to change its argument (`push(xs, v)` gives a longer list).  Warnings that only some people
 * want need --strict.  The library's own files are not checked.
 */
#include "lang/names/warn.h"

#include <string.h>

static bool asked(const Resolver *resolver, Span span) {
  return resolver->vm->checking && !source_is_library(resolver->vm->sources, span.file);
}

void warn_unused(const Resolver *resolver, const Block *block) {
  if (!resolver->vm->checking || block->body_of) return;
  for (const Variable *variable = block->first; variable; variable = variable->next) {
    if (variable->kind != VARIABLE_LET || variable->used || !variable->name) continue;
    if (variable->name[0] == '_' || !asked(resolver, variable->span)) continue;
    char buffer[NAME_SIZE];
    Diag *diag = report_warning(resolver->report, variable->span, "`%s` is never used",
                                shown_name(variable->name, buffer));
    diag_help(diag, "leave it out, or begin its name with `_`");
  }
}

static bool of_training(const Variable *variable) {
  return variable->kind == VARIABLE_WATCHED || variable->kind == VARIABLE_SETTING;
}

void warn_hidden(const Resolver *resolver, const Variable *variable, const Variable *before) {
  if (!resolver->vm->options.strict || !before || of_training(before)) return;
  if (of_training(variable) || variable->kind == VARIABLE_DIMENSION) return;
  if (before->kind == VARIABLE_TARGET) return; /* it is named by the parameter of `step` */
  if (before->block == variable->block || !asked(resolver, variable->span)) return;
  char buffer[NAME_SIZE];
  Diag *diag = report_warning(resolver->report, variable->span, "`%s` hides another of this name",
                              shown_name(variable->name, buffer));
  diag_note(diag, before->span, "the other one is declared here");
}

static void warn_compares(const Resolver *resolver, const Ast *statement) {
  bool compares = statement->kind == AST_BINARY && statement->op >= BINARY_EQ &&
                  statement->op <= BINARY_GE;
  if (!compares || !asked(resolver, statement->span)) return;
  Diag *diag = report_warning(resolver->report, statement->op_span,
                              "this compares, and its value is not used");
  const char *sign = source_at(resolver->vm->sources, statement->op_span.file)->text +
                     statement->op_span.start;
  if (strncmp(sign, "<-", 2) == 0)
    diag_help(diag, "`x = …` assigns; `x <- …` asks whether x is below a negative");
  else diag_help(diag, "`x = …` assigns, `assert(x == …)` tests");
}

/* ---- values that nothing takes ---- */

/* Functions in C that only give a value: what operations of the table do is known without it. */
static bool is_pure(const char *name) {
  static const char *const names[] = {
      "push",      "remove",       "list",  "dict",    "zip",         "enumerate",
      "split",     "join",         "trim",  "upper",   "lower",       "replace",
      "unique",    "select",       "folds", "shuffle", "standardize", "copy",
      "inference", "stack_models", "grad",  "vmap",    "values",      "parameters"};
  if (strcmp(name, "require") == 0) return false; /* it may raise */
  for (int i = 0; i < COUNT_OF(names); i++)
    if (!strcmp(name, names[i])) return true;
  return ops_find(name) != NULL;
}

static void warn_unused_result(const Resolver *resolver, const Ast *call) {
  const Ast *callee = call->kind == AST_CALL ? call->a : NULL;
  if (!callee || callee->kind != AST_NAME || callee->place != PLACE_STANDARD) return;
  if (!is_pure(callee->text) || !asked(resolver, call->span)) return;
  const Ast *first = call->count && !call->items[0]->text ? call->items[0]->a : NULL;
  Diag *diag = report_warning(resolver->report, call->span, "the result of `%s` is not used",
                              callee->text);
  const char *more = call->count > 1 ? ", …" : "";
  if (first && first->kind == AST_NAME && first->place != PLACE_STANDARD)
    diag_help(diag, "`%.64s` stays as it is; `%.64s = %s(%.64s%s)` changes it", first->text,
              first->text, callee->text, first->text, more);
  else diag_help(diag, "`let y = %s(…)` keeps it", callee->text);
}

void warn_value(const Resolver *resolver, const Ast *statement) {
  if (!resolver->vm->checking || !statement) return;
  if (statement->kind == AST_IF) {
    warn_value(resolver, statement->b);
    warn_value(resolver, statement->c);
  } else if (statement->kind == AST_BLOCK) {
    if (statement->count) warn_value(resolver, statement->items[statement->count - 1]);
  } else {
    warn_compares(resolver, statement);
    warn_unused_result(resolver, statement);
  }
}

/* `normal(0, 1)` of R draws a number; here the arguments are sizes, and one of them is 0. */
void warn_draws_none(const Resolver *resolver, const Ast *call) {
  const Ast *callee = call->a;
  const OpRow *row = callee->kind == AST_NAME && callee->place == PLACE_STANDARD
                         ? ops_find(callee->text)
                         : NULL;
  const Ast *first = call->count && !call->items[0]->text ? call->items[0]->a : NULL;
  bool sizes = row && row->draws &&
               strncmp(row->signature + strlen(row->name), "(shape...", 9) == 0;
  if (!sizes || !first || first->kind != AST_NUMBER || first->number != 0) return;
  if (!asked(resolver, call->span)) return;
  Diag *diag = report_warning(resolver->report, call->span, "this draws no number: its size is 0");
  const char *named = strstr(row->signature, ", "); /* "normal(shape..., mean: 0, std: 1)" */
  diag_help(diag, "`%s(5%s`; the arguments without a name are sizes", row->name,
            named ? named : ")");
}

void warn_unvalidated(const Resolver *resolver, const Ast *train) {
  if (!resolver->vm->options.strict || !train->pattern || !asked(resolver, train->span)) return;
  for (uint32_t i = 0; i < train->clause_count; i++)
    if (train->clauses[i]->text && strcmp(train->clauses[i]->text, "validate") == 0) return;
  Diag *diag = report_warning(resolver->report, train->span, "this training has no `validate:`");
  diag_label(diag, "nothing shows whether it overfits");
  diag_help(diag, "let (rest, held) = split(shuffle(data), 0.8), then `validate: held`");
}
