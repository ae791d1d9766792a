/* uses.c — where a name is declared, where it is used, and renaming it.
 *
 * Uses are looked for in every text of the workspace that can mean the name: the one that declares
 * it and those that import that one.
 */
#include "lang/tool/uses.h"

#include "lang/syntax/lexer.h"
#include "lang/text/report.h"
#include "lang/tool/meaning.h"

#include <string.h>

/* ---- definitions and references ---- */

json_t *uses_definition(Workspace *workspace, Document *document, const json_t *params) {
  const Mention *mention = meaning_mention(document, meaning_place(document, params));
  if (!mention) return json_null();
  Meaning meaning = meaning_of(workspace, document, mention);
  if (!meaning.document) return json_null();
  Span span = {0};
  if (meaning.symbol >= 0) span = meaning.document->outline->symbols[meaning.symbol].span;
  json_t *found = meaning_location(meaning.document, span);
  workspace_return(workspace, meaning.document);
  return found;
}

/* Where a name is mentioned, in whichever text. */
typedef struct Uses {
  Meaning meaning;
  const char *name; /* of the symbol; interned by its own outline */
  const char *of;   /* it is a parameter of this function of the top level; or NULL */
  bool member;      /* it is declared in a model or optimizer: fields may mean it */
  void (*found)(struct Uses *uses, Document *document, const Mention *mention);
  json_t *all;
  const char *text;  /* the new name, where it is renamed */
  json_t *edits;     /* of the text in hand */
  const char *wrong; /* it cannot be renamed, and why */
  /* where the name means it though nothing binds it: the p of step(p, g) is the target in the whole
   * optimizer; empty: nowhere */
  Span implied;
} Uses;

/* The first parameter of an optimizer's step: the optimizer; else nothing. */
static Span implied_in(const Outline *outline, const Symbol *symbol) {
  const Symbol *step = symbol->container >= 0 ? &outline->symbols[symbol->container] : NULL,
               *around = step && step->container >= 0 ? &outline->symbols[step->container] : NULL;
  bool target = around && around->kind == SYMBOL_OPTIMIZER && step->function &&
                strcmp(step->name, "step") == 0 && step->function->param_count &&
                step->function->params[0].span.start == symbol->span.start;
  return target ? around->whole : (Span){0};
}

static Uses uses_of(Meaning meaning) {
  const Outline *outline = meaning.document->outline;
  const Symbol *symbol = &outline->symbols[meaning.symbol],
               *around = symbol->container >= 0 ? &outline->symbols[symbol->container] : NULL;
  bool part = around && (around->kind == SYMBOL_MODEL || around->kind == SYMBOL_OPTIMIZER);
  bool argument = around && symbol->kind == SYMBOL_PARAMETER && around->top;
  return (Uses){.meaning = meaning,
                .name = symbol->name,
                .of = argument ? around->name : NULL,
                .member = part && symbol->kind != SYMBOL_IMPORT,
                .implied = implied_in(outline, symbol),
                .all = json_array()};
}

/* Does a mention in another text mean the symbol? */
static bool means_from_outside(const Uses *uses, const Document *document, const Mention *mention) {
  const Outline *mine = uses->meaning.document->outline;
  if (mention->module < 0 || strcmp(mention->name, uses->name) != 0) return false;
  bool fits = uses->of ? mention->of && strcmp(mention->of, uses->of) == 0
                       : !mention->of && mine->symbols[uses->meaning.symbol].top;
  return fits && workspace_imports(document, &document->outline->symbols[mention->module],
                                   uses->meaning.document->path);
}

static bool imports_file(const Document *document, const char *path) {
  const Outline *outline = document->outline;
  for (int i = 0; i < outline->symbol_count; i++)
    if (outline->symbols[i].path && workspace_imports(document, &outline->symbols[i], path))
      return true;
  return false;
}

/* Does a mention in its own text mean the symbol? */
static bool means_inside(const Uses *uses, const Mention *mention) {
  if (mention->symbol >= 0) return mention->symbol == uses->meaning.symbol;
  return mention->span.start >= uses->implied.start && mention->span.end <= uses->implied.end &&
         !mention->field && !mention->argument && mention->module < 0 &&
         strcmp(mention->name, uses->name) == 0;
}

/* May it be the string of a `wrt:` whose function is not known? */
static bool may_mean(const Uses *uses, const Mention *mention) {
  return mention->quoted && mention->symbol < 0 && mention->module < 0 && !mention->of &&
         uses->meaning.document->outline->symbols[uses->meaning.symbol].kind == SYMBOL_PARAMETER &&
         strcmp(mention->name, uses->name) == 0;
}

static void each_use(void *context, Document *document) {
  Uses *uses = context;
  const Outline *outline = document_outline(document);
  if (!document->outlined) return;
  bool own = document == uses->meaning.document;
  if (!own && strcmp(document->uri, uses->meaning.document->uri) == 0) return; /* read once more */
  if (!own && !imports_file(document, uses->meaning.document->path)) return;
  for (int i = 0; i < outline->mention_count; i++) {
    const Mention *mention = &outline->mentions[i];
    bool field = uses->member && mention->field && strcmp(mention->name, uses->name) == 0;
    if (may_mean(uses, mention))
      uses->wrong = "a `wrt:` names an argument so, of a function that is known only at run time";
    if (own ? means_inside(uses, mention) || field
            : field || means_from_outside(uses, document, mention))
      uses->found(uses, document, mention);
  }
}

/* In the text itself, and in what may import it. */
static void find_uses(Workspace *workspace, Uses *uses) {
  const Symbol *symbol = &uses->meaning.document->outline->symbols[uses->meaning.symbol];
  const bool outside = symbol->top || uses->of || uses->member;
  if (!outside || uses->meaning.document->closed) each_use(uses, uses->meaning.document);
  if (outside) workspace_each(workspace, uses->name, each_use, uses);
}

static void add_reference(Uses *uses, Document *document, const Mention *mention) {
  json_array_append_new(uses->all, meaning_location(document, mention->span));
}

/* Mentions of a name that no text declares. */
static void find_alike(Document *document, const Mention *here, json_t *all,
                       json_t *(*make)(const Document *document, const Mention *mention)) {
  for (int i = 0; i < document->outline->mention_count; i++) {
    const Mention *mention = &document->outline->mentions[i];
    if (mention->symbol == here->symbol && mention->name == here->name &&
        mention->field == here->field && mention->module == here->module)
      json_array_append_new(all, make(document, mention));
  }
}

static json_t *reference(const Document *document, const Mention *mention) {
  return meaning_location(document, mention->span);
}

json_t *uses_references(Workspace *workspace, Document *document, const json_t *params) {
  const Mention *mention = meaning_mention(document, meaning_place(document, params));
  if (!mention) return json_array();
  Meaning meaning = meaning_of(workspace, document, mention);
  if (meaning.document && meaning.symbol >= 0) {
    Uses uses = uses_of(meaning);
    uses.found = add_reference;
    find_uses(workspace, &uses);
    workspace_return(workspace, meaning.document);
    return uses.all;
  }
  workspace_return(workspace, meaning.document);
  json_t *all = json_array();
  find_alike(document, mention, all, reference);
  return all;
}

static json_t *highlight(const Document *document, const Mention *mention) {
  return json_pack("{s:o,s:i}", "range",
                   document_range(document, mention->span.start, mention->span.end), "kind",
                   mention->written ? 3 : 2);
}

json_t *uses_highlights(Document *document, const json_t *params) {
  json_t *all = json_array();
  const Mention *mention = meaning_mention(document, meaning_place(document, params));
  if (mention) find_alike(document, mention, all, highlight);
  return all;
}

/* ---- renaming ---- */

/* Is this text one name, and not a word of the language? */
static bool is_name(const char *text) {
  Source source = {.text = mem_text(text, strlen(text)), .length = (uint32_t)strlen(text)};
  Report report = {0};
  Diag diag;
  Lexer *lexer = mem_alloc(sizeof *lexer);
  lexer_start(lexer, &source, 1, &report);
  bool fine = source_check(&source, 1, &diag);
  Token first = fine ? lexer_next(lexer) : (Token){0};
  fine = fine && first.kind == TOKEN_NAME && first.start == 0 && first.end == source.length &&
         !report.errors;
  report_clear(&report);
  mem_free(source.text);
  mem_free(lexer);
  return fine;
}

/* How many models and optimizers of a text declare a member of this name. */
static int declared_as_member(const Outline *outline, const char *name) {
  int count = 0;
  for (int i = 0; i < outline->symbol_count; i++) {
    const Symbol *symbol = &outline->symbols[i];
    SymbolKind around = symbol->container >= 0 ? outline->symbols[symbol->container].kind
                                               : SYMBOL_VARIABLE;
    count += (around == SYMBOL_MODEL || around == SYMBOL_OPTIMIZER) &&
             strcmp(symbol->name, name) == 0;
  }
  return count;
}

static void add_edit(Uses *uses, Document *document, const Mention *mention) {
  if (mention->field && declared_as_member(document->outline, uses->name) > 1)
    uses->wrong = "other models have a part of this name, and some fields may be of either";
  json_t *edits = json_object_get(uses->all, document->uri);
  if (!edits) {
    edits = json_array();
    json_object_set_new(uses->all, document->uri, edits);
  }
  json_t *range = document_range(document, mention->span.start, mention->span.end);
  json_array_append_new(edits, json_pack("{s:o,s:s}", "range", range, "newText", uses->text));
}

/* Would the new name mean something else there, or what has it already? */
static bool is_taken(const Meaning *meaning, const char *name) {
  const Outline *outline = meaning->document->outline;
  const Symbol *mine = &outline->symbols[meaning->symbol];
  for (int i = 0; i < outline->mention_count; i++) {
    const Mention *mention = &outline->mentions[i];
    bool inside = mention->span.start >= mine->visible && mention->span.start <= mine->invisible;
    if (inside && !mention->field && !mention->argument && mention->module < 0 &&
        strcmp(mention->name, name) == 0)
      return true;
  }
  for (int i = 0; i < outline->symbol_count; i++)
    if (outline->symbols[i].container == mine->container &&
        outline->symbols[i].kind != SYMBOL_TEST &&
        outline->symbols[i].invisible == mine->invisible &&
        strcmp(outline->symbols[i].name, name) == 0)
      return true;
  return false;
}

/* What calls it by its name; NULL: nothing does.  name: the one it has, or would have. */
static const char *role_of(const Meaning *meaning, const char *name) {
  static const char *const of_optimizer[] = {"step", "ahead", "total", "once"};
  const Outline *outline = meaning->document->outline;
  const Symbol *symbol = &outline->symbols[meaning->symbol],
               *around = symbol->container >= 0 ? &outline->symbols[symbol->container] : NULL;
  if (!around || symbol->kind != SYMBOL_FUNCTION) return NULL;
  if (around->kind == SYMBOL_MODEL && strcmp(name, "forward") == 0)
    return "a call of the model runs `forward`, which it finds by this name";
  for (size_t i = 0; around->kind == SYMBOL_OPTIMIZER && i < COUNT_OF(of_optimizer); i++)
    if (strcmp(name, of_optimizer[i]) == 0)
      return "a training runs `step`, `ahead`, `total` and `once` of an optimizer, which it finds "
             "by these names";
  return NULL;
}

/* Can what stands there be renamed?  Then *meaning says what it is. */
static const char *renamed(Workspace *workspace, Document *document, const Mention *mention,
                           Meaning *meaning) {
  *meaning = (Meaning){NULL, -1};
  if (!document->outlined) return "the text has a syntax error, so names are not known";
  if (!mention) return "there is no name of this text at this position";
  if (mention->field)
    return "which part this field is, is known only at run time: rename it where it is declared";
  *meaning = mention->symbol >= 0 || mention->module >= 0 ? meaning_of(workspace, document, mention)
                                                          : *meaning;
  bool fine = meaning->document && meaning->symbol >= 0;
  const char *role = fine ? role_of(meaning, mention->name) : NULL;
  if (!fine || role) workspace_return(workspace, meaning->document);
  return fine ? role : "there is no name of this text at this position";
}

json_t *uses_rename(Workspace *workspace, Document *document, const json_t *params,
                    const char **wrong) {
  const char *name = json_string_value(json_object_get(params, "newName"));
  Meaning meaning;
  const Mention *mention = meaning_mention(document, meaning_place(document, params));
  *wrong = renamed(workspace, document, mention, &meaning);
  if (*wrong) return NULL;
  Uses uses = uses_of(meaning);
  json_decref(uses.all);
  uses.all = json_object();
  uses.found = add_edit;
  uses.text = name;
  if (!name || !is_name(name)) uses.wrong = "this is not a name";
  else if (role_of(&meaning, name)) uses.wrong = role_of(&meaning, name);
  else if (is_taken(&meaning, name)) uses.wrong = "this name is already used there";
  else find_uses(workspace, &uses);
  workspace_return(workspace, meaning.document);
  *wrong = uses.wrong;
  if (!uses.wrong) return json_pack("{s:o}", "changes", uses.all);
  json_decref(uses.all);
  return NULL;
}

json_t *uses_rename_place(Workspace *workspace, Document *document, const json_t *params) {
  Meaning meaning;
  const Mention *mention = meaning_mention(document, meaning_place(document, params));
  if (renamed(workspace, document, mention, &meaning)) return json_null();
  workspace_return(workspace, meaning.document);
  return document_range(document, mention->span.start, mention->span.end);
}
