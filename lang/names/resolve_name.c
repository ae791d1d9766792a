/* resolve_name.c — the place of a name that is used or assigned, and the errors for unknown names.
 *
 * A name is looked up from the inside out among the visible names, then among the standard names.
 * If none matches, a `let` further down is considered: inside a function body, which may run later,
 * it is that variable (eval.c reports when it runs too early); elsewhere it is an error that shows
 * both positions.
 *
 * So `let mean = mean(x)` uses the standard mean and hides it from the next line on, as in Rust.
 */
#include "lang/machine/module_value.h"
#include "lang/names/member.h"
#include "lang/names/resolve.h"
#include "lang/names/standard.h"
#include "lang/syntax/foreign.h"
#include "lang/syntax/habit.h"

#include <stdio.h>
#include <string.h>

/* ---- what is looked up ---- */

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

/* `x <- 3` as a statement of R, of which gd sees `x < -3`. */
static bool say_arrow(const Resolver *resolver, const Ast *name, Diag *diag) {
  const char *text = source_at(resolver->vm->sources, name->span.file)->text, *at;
  for (at = text + name->span.end; *at == ' ';) at++;
  const char *before = text + name->span.start;
  while (before > text && before[-1] == ' ') before--;
  if (strncmp(at, "<-", 2) != 0 || (before > text && !strchr("\n;{", before[-1]))) return false;
  char buffer[NAME_SIZE];
  const char *shown = shown_name(name->text, buffer);
  diag_label(diag, "nothing of this name is in scope");
  diag_help(diag, "`let %s = …` declares a name, `%s = …` assigns; `<-` compares with a negative",
            shown, shown);
  return true;
}

/* `ReLU()` in a chain: here the function itself is the part. */
static bool say_part(const Resolver *resolver, const Ast *name, const Nearest *nearest,
                     Diag *diag) {
  const char *after = source_at(resolver->vm->sources, name->span.file)->text + name->span.end;
  bool capital = name->text[0] >= 'A' && name->text[0] <= 'Z';
  bool other = nearest->how == NEAREST_CASE || nearest->how == NEAREST_SYNONYM;
  if (!capital || !other || !ops_find(nearest->best) || strncmp(after, "()", 2) != 0) return false;
  diag_label(diag, "nothing of this name is in scope");
  diag_help(diag, "a function is a part of a chain by its name, without parentheses: `%s`",
            nearest->best);
  return true;
}

/* The number of the step, where a clause that is evaluated before the step asks for it. */
static bool say_number_of_step(const Resolver *resolver, const char *name, Diag *diag) {
  bool epoch = strcmp(name, "epoch") == 0;
  if (!resolver->clause || (!epoch && strcmp(name, "step") != 0)) return false;
  diag_label(diag, "known in `stop:`, `keep:`, `each_step:` and `each_epoch:`");
  if (strcmp(resolver->clause, "optimizer") == 0)
    diag_help(diag,
              "a schedule is a function of the number of steps made: `lr: fn(t) = 0.1 / (1 + t)`");
  else
    diag_help(
        diag,
        "`let now = 0` before the training and `each_%s: { now = %s }` in it: `%s:` reads `now`",
        name, name, resolver->clause);
  return true;
}

/* Names are reported as unknown or never declared once. */
static bool was_said(const Resolver *resolver, const char *name) {
  for (const SaidName *said = resolver->said; said; said = said->next)
    if (said->name == name) return true;
  return false;
}

static void note_said(Resolver *resolver, const char *name) {
  SaidName *said = resolver_alloc(resolver, sizeof *said);
  *said = (SaidName){name, resolver->said};
  resolver->said = said;
}

/* The name of an imported file without the file's: `halfer` for `blocks.halfer`, also misspelt. */
static bool say_imported(const Resolver *resolver, const char *name, bool exactly, Diag *diag) {
  Nearest nearest = nearest_among_few(name);
  const Variable *file = NULL;
  for (const Variable *at = resolver->scope->first; at; at = at->next) {
    if (at->kind != VARIABLE_IMPORT || !at->module) continue;
    const char *before = nearest.best;
    const Variable *same = scope_global(at->module->scope, name);
    for (const Variable *of = at->module->scope->first; of && !exactly; of = of->next)
      if (of->name && of->kind != VARIABLE_IMPORT) nearest_offer(&nearest, of->name);
    if (same) nearest.best = same->name;
    if (nearest.best != before) file = at;
    if (same) break;
  }
  if (!nearest.best) return false;
  diag_label(diag, "did you mean `%.64s.%.64s`?", file->name, nearest.best);
  if (exactly) diag_help(diag, "a name of an imported file follows the file's");
  return true;
}

static void say_unknown(Resolver *resolver, const Ast *name) {
  char buffer[NAME_SIZE];
  if (was_said(resolver, name->text)) return;
  if (name_is_blank(name->text)) {
    diag_label(report_error(resolver->report, name->span, "`_` has no value"),
               "it discards a value; a name keeps it");
    return;
  }
  bool shown = !report_full(resolver->report);
  Diag *diag = report_error(resolver->report, name->span, "unknown name `%s`",
                            shown_name(name->text, buffer));
  /* of the thousands behind those that are shown nothing is sought: each would look through every
   * name in scope */
  if (!shown) return;
  note_said(resolver, name->text);
  if (say_arrow(resolver, name, diag) || say_number_of_step(resolver, name->text, diag) ||
      say_imported(resolver, name->text, true, diag))
    return;
  Nearest nearest = nearest_to(name->text);
  offer_names(resolver, &nearest);
  bool own = nearest.best != NULL;
  standard_offer(resolver->vm, &nearest);
  if (nearest.how == NEAREST_SYNONYM && !looks_called(resolver, name))
    nearest = nearest_to(name->text);
  if (say_part(resolver, name, &nearest, diag)) return;
  const char *foreign = nearest.how < NEAREST_SYNONYM ? NULL : foreign_name(name->text);
  Text habit = {0};
  /* a word of another tool is meant rather than a standard name that is spelled like it */
  bool far = !nearest.best || (nearest.how == NEAREST_SPELLING && !own);
  bool call = !foreign && far && looks_called(resolver, name);
  if (call) foreign = foreign_call(name->text);
  bool called = call && !foreign && habit_member(name->text, "x", &habit);
  if (foreign || called) diag_help(diag, "%s", foreign ? foreign : habit.data);
  text_free(&habit);
  if (!foreign && !called && !nearest.best && say_imported(resolver, name->text, false, diag))
    return;
  if (foreign || called || !nearest_tell(&nearest, "", diag))
    diag_label(diag, "%s",
               resolver->size ? "a size has its name from an axis that is the name alone"
                              : "nothing of this name is in scope");
}

/* `np.concatenate`, `torch.nn.Linear`: of a module of another tool, which is no name here, the
 * member is told. */
bool say_foreign_module(Resolver *resolver, const Ast *field) {
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

void resolve_name(Resolver *resolver, Ast *name) {
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
    case VARIABLE_WATCHED:
    case VARIABLE_SETTING: return "a value of the training";
    case VARIABLE_DIMENSION: return "a size of a shape";
    case VARIABLE_STEP: return "the number of the step";
    case VARIABLE_LOSS: return "the loss of the step";
    case VARIABLE_PARAM: *help = "assign(param, value) sets a param"; return "a param";
    default: break;
  }
  bool method = variable->in_model && variable->unit != resolver->unit;
  if (!method || variable->kind == VARIABLE_BUFFER || variable->kind == VARIABLE_STATE) return NULL;
  *help = "declare what methods change with `buffer` (in an optimizer, `state`)";
  return "a constant of its model or optimizer";
}

/* In the body of a model, what is trained is a part of it. */
static void help_declare(const Resolver *resolver, const char *name, Diag *diag) {
  const AstFunction *function = resolver->unit->function;
  if (function && function->kind == FUNCTION_MODEL)
    diag_help(diag, "`param %s = …` declares a trained part, `let %s = …` another", name, name);
  else diag_help(diag, "`let %s = …` declares one", name);
}

static void resolve_assigned(Resolver *resolver, Ast *name) {
  Variable *later = NULL;
  Variable *variable = variable_find(resolver, name->text, &later);
  if (!variable) variable = later && later->unit != resolver->unit ? later : NULL;
  char buffer[NAME_SIZE];
  if (variable) {
    const char *help = NULL, *because = constant_because(resolver, variable, &help);
    if (because) refuse(resolver, name, variable, because, help);
    variable->assigned = true;
    variable_use(resolver, variable, name);
    name->flags = variable->kind == VARIABLE_BUFFER  ? NAME_BUFFER
                  : variable->kind == VARIABLE_STATE ? NAME_STATE
                                                     : 0;
  } else if (later) {
    say_too_early(resolver, name, later);
  } else if (standard_is(resolver->vm, name->text)) {
    refuse(resolver, name, NULL, "a standard name",
           "`let` makes a variable of your own that hides it");
  } else {
    note_said(resolver, name->text);
    Diag *diag = report_error(resolver->report, name->span, "`%s` was never declared",
                              shown_name(name->text, buffer));
    Nearest nearest = nearest_to(name->text);
    offer_names(resolver, &nearest);
    if (!nearest_tell(&nearest, "", diag)) diag_label(diag, "an assignment needs a variable");
    if (!diag->help[0]) help_declare(resolver, shown_name(name->text, buffer), diag);
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
void resolve_target(Resolver *resolver, Ast *target) {
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
  diag_help(diag, "assign(param, value) sets a param; a tuple cannot be changed: make a new one");
}
