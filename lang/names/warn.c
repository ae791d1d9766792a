/* warn.c — warnings of `gd check`, found while names are resolved.
 *
 * A local `let` that nothing uses is most often a mistake: a result that was meant to be used, or a
 * name that was misspelled below.  Exempt are names of the top level (other files may import them),
 * names of a model (they are its parts), names of a tuple's pattern, and names that begin with `_`,
 * which marks them as unwanted.  A comparison as a statement was most likely meant as an assignment
 * (`x <- 3` of R compares x and -3).  Warnings that only some people want need --strict.  The
 * library's own files are not checked.
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

void warn_compares(const Resolver *resolver, const Ast *statement) {
  bool compares = statement->kind == AST_BINARY && statement->op >= BINARY_EQ &&
                  statement->op <= BINARY_GE;
  if (!compares || !asked(resolver, statement->span)) return;
  Diag *diag = report_warning(resolver->report, statement->op_span,
                              "this compares, and its value is not used");
  diag_help(diag, "`x = …` assigns, `assert(x == …)` tests");
}

void warn_unvalidated(const Resolver *resolver, const Ast *train) {
  if (!resolver->vm->options.strict || !train->pattern || !asked(resolver, train->span)) return;
  for (uint32_t i = 0; i < train->clause_count; i++)
    if (train->clauses[i]->text && strcmp(train->clauses[i]->text, "validate") == 0) return;
  Diag *diag = report_warning(resolver->report, train->span, "this training has no `validate:`");
  diag_label(diag, "nothing shows whether it overfits");
  diag_help(diag, "let (rest, held) = split(shuffle(data), 0.8), then `validate: held`");
}
