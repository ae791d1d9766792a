/* member.c — help for `x.word` when x has no such part, and for `module.word` of other tools.
 *
 * In other tools an operation on a value is a member of it.  In gd it is a function: most often of
 * the same name (`x.mean()` is `mean(x)`), or of a similar one (synonym.c), or written in another
 * way (habit.c).
 */
#include "lang/names/member.h"
#include "lang/names/standard.h"
#include "lang/syntax/foreign.h"
#include "lang/syntax/habit.h"
#include "lang/syntax/nearest.h"

#include <string.h>

enum { SHOWN_MOST = 40 };

/* The text of the expression before the point, or x where it is long. */
static void base_text(const Vm *vm, const Ast *field, char text[SHOWN_MOST + 1]) {
  const Span span = field->a->span;
  const Source *source = span.file ? source_at(vm->sources, span.file) : NULL;
  size_t length = span.end - span.start;
  strcpy(text, "x");
  if (!source || length > SHOWN_MOST || memchr(source->text + span.start, '\n', length)) return;
  memcpy(text, source->text + span.start, length);
  text[length] = 0;
}

/* Our function of that name, or of what that name is elsewhere; `best` NULL when there is none. */
static Nearest function_for(const Vm *vm, const char *word) {
  Nearest nearest = nearest_to(word);
  if (standard_is(vm, word)) {
    nearest.best = word;
    return nearest;
  }
  standard_offer(vm, &nearest);
  if (nearest.how != NEAREST_SYNONYM && nearest.how != NEAREST_CASE) nearest.best = NULL;
  return nearest;
}

/* `(…)` as the script goes on after the word: what stands in a call besides the value. */
static const char *arguments(const Vm *vm, const Ast *field) {
  const Source *source = source_at(vm->sources, field->span.file);
  const char *after = source->text + field->span.end;
  return after[0] == '(' && after[1] != ')' ? ", …" : "";
}

bool member_help(Vm *vm, const Ast *field, Diag *diag) {
  char base[SHOWN_MOST + 1];
  Text text = {0};
  if (!field->text || !field->span.file) return false;
  base_text(vm, field, base);
  bool told = habit_member(field->text, base, &text);
  const Nearest function = function_for(vm, field->text);
  const char *advice = nearest_advice(&function);
  if (!told && advice) text_string(&text, advice);
  else if (!told && function.best)
    text_format(&text, "a function comes before its argument: `%s(%s%s)`", function.best, base,
                arguments(vm, field));
  told = text.length > 0;
  if (told) diag_help(diag, "%s", text.data);
  text_free(&text);
  return told;
}

void member_none(Vm *vm, const Ast *field, const AstFunction *model, Diag *diag) {
  Nearest nearest = nearest_to(field->text);
  Text parts = {0};
  for (int i = 0; i < model->member_count; i++) {
    nearest_offer(&nearest, model->members[i].name);
    if (parts.length < 200)
      text_format(&parts, "%s%.64s", parts.length ? ", " : "", model->members[i].name);
  }
  diag_fail(diag, STATUS_FAILED, field->op_span.file ? field->op_span : field->span,
            "the model %s has no part `%.64s`", model->name, field->text);
  if (!nearest_tell(&nearest, "", diag) && parts.length)
    diag_label(diag, "its parts are %s", parts.data);
  member_help(vm, field, diag);
  text_free(&parts);
  diag_note(diag, model->head_span, "%s is declared here", model->name);
}

bool member_of_module(Vm *vm, const Ast *field, Diag *diag) {
  Text text = {0};
  const Nearest function = function_for(vm, field->text);
  const char *foreign = foreign_name(field->text), *advice = nearest_advice(&function);
  if (foreign || advice) diag_help(diag, "%s", foreign ? foreign : advice);
  else if (habit_member(field->text, "x", &text)) diag_help(diag, "%s", text.data);
  else if (function.best == field->text)
    diag_help(diag, "standard names need no module: `%s`", function.best);
  else if (function.best)
    diag_help(diag, "in gd, `%.64s` is called `%s`", field->text, function.best);
  bool told = foreign || function.best || text.length;
  text_free(&text);
  return told;
}
