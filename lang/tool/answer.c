/* answer.c — hover, completion, signatures, definitions, references, symbols.
 *
 * A place in a document is a byte offset.  Its meaning is found in the document's outline (names of
 * this text) or in the Vm of its last check (standard names, values).  Nothing here runs code of
 * the user, except for the gradient of a function under the cursor (analysis_gradient).
 */
#include "lang/tool/answer.h"

#include "lang/names/standard.h"
#include "lang/syntax/lexer.h"
#include "lang/text/report.h"
#include "lang/tool/complete.h"
#include "lang/tool/manual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- places ---- */

static uint32_t place_of(const Document *document, const json_t *params) {
  return document_offset(document, json_object_get(params, "position"));
}

static bool name_byte(char byte) {
  return byte == '_' || (byte & 0x80) || (byte >= '0' && byte <= '9') ||
         (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static uint32_t word_start(const Document *document, uint32_t at) {
  while (at > 0 && name_byte(document->text.data[at - 1])) at--;
  return at;
}

/* The word at a place, as a new string. */
static char *word_at(const Document *document, uint32_t at, uint32_t *start, uint32_t *end) {
  *start = word_start(document, at);
  for (*end = at; name_byte(document->text.data[*end]);) ++*end;
  char *word = mem_alloc(*end - *start + 1);
  memcpy(word, document->text.data + *start, *end - *start);
  word[*end - *start] = 0;
  return word;
}

static const Mention *mention_at(Document *document, uint32_t at) {
  const Outline *outline = document_outline(document);
  return document->outlined ? outline_at(outline, at) : NULL;
}

/* The session whose names and values are those of the last check. */
static Session session_of(const Analysis *analysis) {
  return (Session){.vm = analysis->vm, .module = analysis->module};
}

/* ---- what a mention means ---- */

/* A name of a text, perhaps of another one. */
typedef struct Meaning {
  Document *document; /* of the workspace; NULL: none is known */
  int symbol;         /* -1: the whole text */
} Meaning;

static Meaning meaning_in(Document *document, const Mention *mention) {
  const Outline *outline = document ? document_outline(document) : NULL;
  int symbol = outline ? outline_top(outline, mention->of ? mention->of : mention->name) : -1;
  if (mention->of && symbol >= 0) symbol = outline_parameter(outline, symbol, mention->name);
  return (Meaning){symbol >= 0 ? document : NULL, symbol};
}

/* What `blocks.f` or the `k` of `blocks.f(k: 1)` means. */
static Meaning meaning_of_import(Workspace *workspace, Document *document, const Mention *mention) {
  const Symbol *import = &document->outline->symbols[mention->module];
  Document *other = workspace_import(workspace, document, import);
  Meaning meaning = meaning_in(other, mention);
  if (!meaning.document) workspace_return(workspace, other);
  return meaning;
}

/* What the library declares, or the argument of a function of it. */
static Meaning meaning_of_library(Workspace *workspace, const Mention *mention) {
  Document *library = workspace_library(workspace, mention->of ? mention->of : mention->name);
  Meaning meaning = meaning_in(library, mention);
  if (!meaning.document) workspace_return(workspace, library);
  return meaning;
}

static Meaning meaning_of(Workspace *workspace, Document *document, const Mention *mention) {
  const Symbol *symbol = mention->symbol >= 0 ? &document->outline->symbols[mention->symbol] : NULL;
  if (symbol && symbol->kind == SYMBOL_IMPORT)
    return (Meaning){workspace_import(workspace, document, symbol), -1};
  if (symbol) return (Meaning){document, mention->symbol};
  if (mention->module >= 0) return meaning_of_import(workspace, document, mention);
  return mention->field ? (Meaning){NULL, -1} : meaning_of_library(workspace, mention);
}

/* ---- hover ---- */

static void add_code(Text *text, const char *code, size_t length) {
  text_string(text, "```gd\n");
  text_add(text, code, length);
  text_string(text, "\n```\n");
}

/* The head of a declaration and its documentation. */
static void add_function(const Outline *outline, const AstFunction *function, Text *text) {
  const Source *source = source_at(outline->sources, function->head_span.file);
  add_code(text, source->text + function->head_span.start,
           function->head_span.end - function->head_span.start);
  text_string(text, function->doc);
}

static void add_variable(const Document *document, const Symbol *symbol, Text *text) {
  static const char *const kinds[] = {
      [SYMBOL_VARIABLE] = "",      [SYMBOL_PARAMETER] = "argument ", [SYMBOL_PARAM] = "param ",
      [SYMBOL_BUFFER] = "buffer ", [SYMBOL_STATE] = "state ",        [SYMBOL_IMPORT] = "import ",
      [SYMBOL_TEST] = "test ",     [SYMBOL_FUNCTION] = "",           [SYMBOL_LOSS] = "",
      [SYMBOL_MODEL] = "",         [SYMBOL_OPTIMIZER] = ""};
  uint32_t start = symbol->span.start, end = symbol->span.end;
  const Finding *now = analysis_finding(document->analysis, start, end),
                *finding = now ? now : analysis_finding(document_values(document), start, end);
  Text code = {0};
  text_format(&code, "%s%s", kinds[symbol->kind], symbol->name);
  if (finding && finding->text[0]) text_format(&code, ": %s", finding->text);
  add_code(text, code.data, code.length);
  text_free(&code);
}

/* What the prompt's `?name` says: the first line is code. */
static bool add_described(const Analysis *analysis, const char *name, Text *text) {
  Session session = session_of(analysis);
  Text told = {0};
  bool known = session_describe(&session, name, &told);
  if (known) {
    size_t first = strcspn(told.data, "\n");
    add_code(text, told.data, first);
    text_string(text, told.data + first);
  }
  text_free(&told);
  return known;
}

/* `data.x` in a text: what the check found there. */
static bool add_field(const Document *document, const Mention *mention, Text *text) {
  const Analysis *analysis = document_values(document);
  if (!analysis) return false; /* it has had errors since it was opened */
  Session session = session_of(analysis);
  uint32_t start = mention->span.start;
  Value value = complete_value(&session, document->text.data, mention->span.end, &start);
  if (value.kind == KIND_UNSET) return false;
  Text code = {0};
  text_add(&code, document->text.data + start, mention->span.end - start);
  text_string(&code, ": ");
  analysis_type(analysis->vm, value, &code);
  add_code(text, code.data, code.length);
  text_free(&code);
  return true;
}

/* The sentence of an argument of a standard function. */
static void add_argument(const Vm *vm, const Mention *mention, Text *text) {
  Manual manual;
  manual_open(&manual, vm);
  int at = manual_find(&manual, mention->of, 0);
  ManualParameter parameters[MANUAL_PARAMETERS];
  int count = at >= 0 ? manual_parameters(&manual.pages[at], parameters) : 0;
  for (int i = 0; i < count; i++) {
    const ManualParameter *one = &parameters[i];
    if ((size_t)one->name != strlen(mention->name) ||
        strncmp(one->text, mention->name, (size_t)one->name) != 0)
      continue;
    add_code(text, one->text, (size_t)one->length);
    if (one->sentence) text_string(text, one->sentence);
  }
  manual_close(&manual);
}

static void add_mention(Workspace *workspace, Document *document, const Mention *mention,
                        Text *text) {
  if (mention->field) {
    add_field(document, mention, text);
  } else if (mention->argument && mention->of && mention->module < 0) {
    add_argument(workspace->vm, mention, text);
  } else if (mention->symbol >= 0 || mention->module >= 0) {
    Meaning meaning = meaning_of(workspace, document, mention);
    const Outline *outline = meaning.document ? meaning.document->outline : NULL;
    const Symbol *symbol = outline && meaning.symbol >= 0 ? &outline->symbols[meaning.symbol]
                                                          : NULL;
    if (symbol && symbol->function) add_function(outline, symbol->function, text);
    else if (symbol) add_variable(meaning.document, symbol, text);
    workspace_return(workspace, meaning.document);
  }
}

/* The formulas of its gradient, for a function that gives one number. */
static void add_gradient(Document *document, const Mention *mention, Text *text) {
  const Analysis *analysis = document_values(document);
  const Outline *outline = document->outline;
  const Symbol *symbol = mention->symbol >= 0 ? &outline->symbols[mention->symbol] : NULL;
  bool own = symbol && symbol->top &&
             (symbol->kind == SYMBOL_FUNCTION || symbol->kind == SYMBOL_LOSS);
  bool standard = !symbol && mention->module < 0 && !mention->field && !mention->argument;
  Text formulas = {0};
  if (analysis && (own || standard) &&
      analysis_gradient(analysis, mention->name, STDIN_FILENO, &formulas)) {
    text_string(text, "\n\nIts gradient:\n");
    add_code(text, formulas.data, formulas.length);
  }
  text_free(&formulas);
}

json_t *answer_hover(Workspace *workspace, Document *document, const json_t *params) {
  uint32_t at = place_of(document, params), start, end;
  const Mention *mention = mention_at(document, at);
  const Analysis *analysis = document_analysis(document, workspace->vm);
  char *word = word_at(document, at, &start, &end);
  Text text = {0};
  if (mention) add_mention(workspace, document, mention, &text);
  bool standard = !mention || (mention->symbol < 0 && mention->module < 0 && !mention->field);
  bool number = *word >= '0' && *word <= '9'; /* 65 is an exit status only where one is asked for */
  if (!text.length && *word && !number && standard) add_described(analysis, word, &text);
  if (text.length && mention) add_gradient(document, mention, &text);
  mem_free(word);
  if (!text.length) return json_null();
  json_t *hover = json_pack("{s:{s:s,s:s%},s:o}", "contents", "kind", "markdown", "value",
                            text.data, text.length, "range", document_range(document, start, end));
  text_free(&text);
  return hover ? hover : json_null();
}

/* ---- completion ---- */

enum {
  ITEM_METHOD = 2,
  ITEM_FUNCTION = 3,
  ITEM_FIELD = 5,
  ITEM_VARIABLE = 6,
  ITEM_CLASS = 7,
  ITEM_MODULE = 9,
  ITEM_PROPERTY = 10,
  ITEM_KEYWORD = 14
};

typedef struct Offering {
  json_t *items; /* by label: a set */
  bool fields;   /* after a point */
} Offering;

static void offer(Offering *offering, const char *label, int kind, const char *detail) {
  if (!json_object_get(offering->items, label))
    json_object_set_new(offering->items, label,
                        json_pack("{s:i,s:s}", "kind", kind, "detail", detail));
}

static void offer_candidate(void *context, const char *candidate, const char *detail) {
  Offering *offering = context;
  size_t length = strlen(candidate);
  int kind = offering->fields                             ? ITEM_FIELD
             : length && candidate[length - 1] == ':'     ? ITEM_PROPERTY
             : token_is_word(candidate, length)           ? ITEM_KEYWORD
             : candidate[0] >= 'A' && candidate[0] <= 'Z' ? ITEM_CLASS
                                                          : ITEM_FUNCTION;
  offer(offering, candidate, kind, detail);
}

static int item_kind(SymbolKind kind) {
  switch (kind) {
    case SYMBOL_FUNCTION:
    case SYMBOL_LOSS: return ITEM_FUNCTION;
    case SYMBOL_MODEL:
    case SYMBOL_OPTIMIZER: return ITEM_CLASS;
    case SYMBOL_IMPORT: return ITEM_MODULE;
    default: return ITEM_VARIABLE;
  }
}

static void offer_symbols(Offering *offering, const Outline *outline, uint32_t at,
                          const char *word) {
  for (int i = 0; outline && i < outline->symbol_count; i++) {
    const Symbol *symbol = &outline->symbols[i];
    if (symbol->kind == SYMBOL_TEST || at < symbol->visible || at > symbol->invisible) continue;
    if (strncmp(symbol->name, word, strlen(word)) == 0)
      offer(offering, symbol->name, item_kind(symbol->kind), "");
  }
}

json_t *answer_completion(const Vm *vm, Document *document, const json_t *params) {
  uint32_t at = place_of(document, params), start = word_start(document, at);
  char *word = mem_text(document->text.data + start, at - start);
  Offering offering = {json_object(), start > 0 && document->text.data[start - 1] == '.'};
  if (!document_values(document)) document_analysis(document, vm);
  const Analysis *analysis = document_values(document);
  if (!analysis) analysis = document->analysis;
  if (!offering.fields) offer_symbols(&offering, document_outline(document), at, word);
  Session session = session_of(analysis);
  complete_word(&session, document->text.data, start, word, offer_candidate, &offering);
  bool begun = *word != '\0'; /* where none has, some names come with its first letter */
  mem_free(word);
  json_t *items = json_array(), *range = document_range(document, start, at), *about;
  const char *label;
  json_object_foreach(offering.items, label, about) {
    json_t *item = json_pack("{s:s,s:{s:O,s:s}}", "label", label, "textEdit", "range", range,
                             "newText", label);
    const char *detail = json_string_value(json_object_get(about, "detail"));
    if (item) json_object_set(item, "kind", json_object_get(about, "kind"));
    if (item && detail && *detail)
      json_object_set(item, "detail", json_object_get(about, "detail"));
    if (item) json_array_append_new(items, item);
  }
  json_decref(range);
  json_decref(offering.items);
  return json_pack("{s:b,s:o}", "isIncomplete", !begun, "items", items);
}

/* ---- signatures ---- */

typedef struct CallPlace {
  uint32_t callee_start, callee_end; /* the word before the parenthesis; equal: none */
  int commas;
  uint32_t name_start, name_end; /* of the named argument in hand; equal: none */
} CallPlace;

/* The innermost call that is open at a place. */
static CallPlace call_at(const Document *document, uint32_t at) {
  CallPlace open[OPEN_LIMIT + 1] = {{0}};
  int depth = 0;
  Source source = {.text = mem_text(document->text.data, at), .length = at};
  Report report = {0};
  Lexer *lexer = mem_alloc(sizeof *lexer);
  lexer_start(lexer, &source, 1, &report);
  Token token, last = {.kind = TOKEN_NL};
  while ((token = lexer_next(lexer)).kind != TOKEN_END) {
    if ((token_flags(token.kind) & OPENS) && depth < OPEN_LIMIT) {
      bool called = token.kind == TOKEN_LP && last.kind == TOKEN_NAME && last.end == token.start;
      open[++depth] = (CallPlace){called ? last.start : 0, called ? last.end : 0, 0, 0, 0};
    } else if ((token_flags(token.kind) & CLOSES) && depth) {
      depth--;
    } else if (token.kind == TOKEN_COMMA) {
      open[depth].commas++;
      open[depth].name_start = open[depth].name_end = 0;
    } else if (token.kind == TOKEN_COLON && last.kind == TOKEN_NAME) {
      open[depth].name_start = last.start;
      open[depth].name_end = last.end;
    }
    last = token;
  }
  report_clear(&report);
  mem_free(source.text);
  mem_free(lexer);
  while (depth > 0 && open[depth].callee_start == open[depth].callee_end) depth--;
  return open[depth];
}

/* The parameters in "f(a, b = g(1, 2), c: none)" as strings; which of them is named `name`. */
static json_t *parameters_of(const char *label, const char *name, size_t name_length, int *named) {
  json_t *parameters = json_array();
  const char *at = strchr(label, '(');
  if (!at) return parameters;
  const char *start = ++at;
  for (int depth = 0; *at && depth >= 0; at++) {
    depth += *at == '(' || *at == '[' || *at == '{';
    depth -= *at == ')' || *at == ']' || *at == '}';
    if (!(depth < 0 || (depth == 0 && *at == ','))) continue;
    while (*start == ' ') start++;
    if (at > start) {
      if (name_length && strncmp(start, name, name_length) == 0 && !name_byte(start[name_length]))
        *named = (int)json_array_size(parameters);
      json_array_append_new(parameters, json_pack("{s:s%}", "label", start, (size_t)(at - start)));
    }
    start = at + 1;
  }
  return parameters;
}

/* The head of a function of this text, or what `?name` says first. */
static bool head_of(Document *document, const Analysis *analysis, const char *name, Text *head) {
  const Outline *outline = document_outline(document);
  for (int i = outline ? outline->symbol_count : 0; i-- > 0;) {
    const Symbol *symbol = &outline->symbols[i];
    if (!symbol->function || strcmp(symbol->name, name) != 0) continue;
    const Source *source = source_at(outline->sources, symbol->function->head_span.file);
    text_add(head, source->text + symbol->function->head_span.start,
             symbol->function->head_span.end - symbol->function->head_span.start);
    return true;
  }
  Session session = session_of(analysis);
  if (!session_describe(&session, name, head)) return false;
  head->length = strcspn(head->data, "\n");
  head->data[head->length] = 0;
  return true;
}

json_t *answer_signature(const Vm *vm, Document *document, const json_t *params) {
  CallPlace call = call_at(document, place_of(document, params));
  if (call.callee_start == call.callee_end) return json_null();
  const char *text = document->text.data;
  char *name = mem_text(text + call.callee_start, call.callee_end - call.callee_start);
  const Analysis *analysis = document_values(document);
  if (!analysis) analysis = document_analysis(document, vm);
  Text head = {0};
  json_t *help = NULL;
  if (head_of(document, analysis, name, &head)) {
    int active = call.commas;
    json_t *parameters = parameters_of(head.data, text + call.name_start,
                                       call.name_end - call.name_start, &active);
    help = json_pack("{s:[{s:s%,s:o}],s:i,s:i}", "signatures", "label", head.data, head.length,
                     "parameters", parameters, "activeSignature", 0, "activeParameter", active);
  }
  mem_free(name);
  text_free(&head);
  return help ? help : json_null();
}

/* ---- definitions and references ---- */

static json_t *location(const Document *document, Span span) {
  return json_pack("{s:s,s:o}", "uri", document->uri, "range",
                   document_range(document, span.start, span.end));
}

json_t *answer_definition(Workspace *workspace, Document *document, const json_t *params) {
  const Mention *mention = mention_at(document, place_of(document, params));
  if (!mention) return json_null();
  Meaning meaning = meaning_of(workspace, document, mention);
  if (!meaning.document) return json_null();
  Span span = {0};
  if (meaning.symbol >= 0) span = meaning.document->outline->symbols[meaning.symbol].span;
  json_t *found = location(meaning.document, span);
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
  json_array_append_new(uses->all, location(document, mention->span));
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
  return location(document, mention->span);
}

json_t *answer_references(Workspace *workspace, Document *document, const json_t *params) {
  const Mention *mention = mention_at(document, place_of(document, params));
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

json_t *answer_highlights(Document *document, const json_t *params) {
  json_t *all = json_array();
  const Mention *mention = mention_at(document, place_of(document, params));
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

json_t *answer_rename(Workspace *workspace, Document *document, const json_t *params,
                      const char **wrong) {
  const char *name = json_string_value(json_object_get(params, "newName"));
  Meaning meaning;
  const Mention *mention = mention_at(document, place_of(document, params));
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

json_t *answer_rename_place(Workspace *workspace, Document *document, const json_t *params) {
  Meaning meaning;
  const Mention *mention = mention_at(document, place_of(document, params));
  if (renamed(workspace, document, mention, &meaning)) return json_null();
  workspace_return(workspace, meaning.document);
  return document_range(document, mention->span.start, mention->span.end);
}

/* ---- symbols ---- */

/* SymbolKind of the protocol. */
static int shown_kind(const Outline *outline, const Symbol *symbol) {
  bool member = symbol->container >= 0 && outline->symbols[symbol->container].kind != SYMBOL_TEST;
  switch (symbol->kind) {
    case SYMBOL_MODEL: return 5;
    case SYMBOL_OPTIMIZER: return 23;
    case SYMBOL_LOSS: return 12;
    case SYMBOL_FUNCTION: return member ? 6 : 12;
    case SYMBOL_PARAM:
    case SYMBOL_BUFFER:
    case SYMBOL_STATE: return 8;
    case SYMBOL_IMPORT: return 2;
    case SYMBOL_TEST: return 24;
    default: return member ? 7 : 13;
  }
}

/* Names of the file, and of models and optimizers; not those inside functions. */
static bool is_shown(const Outline *outline, const Symbol *symbol) {
  if (symbol->kind == SYMBOL_PARAMETER) return false;
  if (symbol->kind != SYMBOL_VARIABLE) return true;
  if (symbol->container < 0) return true;
  SymbolKind kind = outline->symbols[symbol->container].kind;
  return kind == SYMBOL_MODEL || kind == SYMBOL_OPTIMIZER;
}

static void write_symbol(const Document *document, int index, Text *out);

/* The shown ones from `first` on, linked by `next`. */
static void write_symbols(const Document *document, int first, Text *out) {
  const Outline *outline = document->outline;
  bool some = false;
  text_char(out, '[');
  for (int i = first; i >= 0; i = outline->symbols[i].next) {
    if (!is_shown(outline, &outline->symbols[i])) continue;
    if (some) text_char(out, ',');
    write_symbol(document, i, out);
    some = true;
  }
  text_char(out, ']');
}

static void write_symbol(const Document *document, int index, Text *out) {
  const Symbol *symbol = &document->outline->symbols[index];
  const char *name = *symbol->name ? symbol->name : "test";
  text_string(out, "{\"name\":");
  json_quoted(out, name, strlen(name));
  text_format(out, ",\"kind\":%d,\"range\":", shown_kind(document->outline, symbol));
  document_write_range(document, symbol->whole.start, symbol->whole.end, out);
  text_string(out, ",\"selectionRange\":");
  document_write_range(document, symbol->span.start, symbol->span.end, out);
  text_string(out, ",\"children\":");
  write_symbols(document, symbol->first, out);
  text_char(out, '}');
}

void answer_symbols(Document *document, Text *out) {
  const Outline *outline = document_outline(document);
  write_symbols(document, document->outlined ? outline->first : -1, out);
}

void answer_add_symbols(Document *document, const char *query, json_t *symbols) {
  const Outline *outline = document_outline(document);
  for (int i = 0; document->outlined && i < outline->symbol_count; i++) {
    const Symbol *symbol = &outline->symbols[i];
    if (!is_shown(outline, symbol) || !strstr(symbol->name, query)) continue;
    json_array_append_new(symbols, json_pack("{s:s,s:i,s:o}", "name", symbol->name, "kind",
                                             shown_kind(outline, symbol), "location",
                                             location(document, symbol->span)));
  }
}
