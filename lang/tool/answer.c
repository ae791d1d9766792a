/* answer.c — hover, completion, signatures, definitions, references, symbols.
 *
 * A place in a document is a byte; what stands there is found in its outline (names of this text)
 * or in the Vm of its last check (standard names, values).  Nothing here runs code of the user.
 */
#include "lang/tool/answer.h"

#include "lang/names/standard.h"
#include "lang/syntax/lexer.h"
#include "lang/tool/complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const Symbol *symbol_at(Document *document, uint32_t at, const Mention **mention) {
  const Outline *outline = document_outline(document);
  *mention = document->outlined ? outline_at(outline, at) : NULL;
  return *mention && (*mention)->symbol >= 0 ? &outline->symbols[(*mention)->symbol] : NULL;
}

/* The session whose names and values are those of the last check. */
static Session session_of(const Analysis *analysis) {
  return (Session){.vm = analysis->vm, .module = analysis->module};
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

static void add_variable(const Analysis *analysis, const Symbol *symbol, Text *text) {
  static const char *const kinds[] = {
      [SYMBOL_VARIABLE] = "",      [SYMBOL_PARAMETER] = "argument ", [SYMBOL_PARAM] = "param ",
      [SYMBOL_BUFFER] = "buffer ", [SYMBOL_STATE] = "state ",        [SYMBOL_IMPORT] = "import ",
      [SYMBOL_TEST] = "test ",     [SYMBOL_FUNCTION] = "",           [SYMBOL_LOSS] = "",
      [SYMBOL_MODEL] = "",         [SYMBOL_OPTIMIZER] = ""};
  const Finding *finding = analysis_finding(analysis, symbol->span.start, symbol->span.end);
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

json_t *answer_hover(const Vm *vm, Document *document, const json_t *params) {
  uint32_t at = place_of(document, params), start, end;
  const Mention *mention;
  const Symbol *symbol = symbol_at(document, at, &mention);
  const Analysis *analysis = document_analysis(document, vm);
  char *word = word_at(document, at, &start, &end);
  Text text = {0};
  if (symbol && symbol->function) add_function(document->outline, symbol->function, &text);
  else if (symbol) add_variable(analysis, symbol, &text);
  else if (*word) add_described(analysis, word, &text);
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

static void offer(Offering *offering, const char *label, int kind) {
  if (!json_object_get(offering->items, label))
    json_object_set_new(offering->items, label, json_integer(kind));
}

static void offer_candidate(void *context, const char *candidate) {
  Offering *offering = context;
  size_t length = strlen(candidate);
  int kind = offering->fields                             ? ITEM_FIELD
             : length && candidate[length - 1] == ':'     ? ITEM_PROPERTY
             : token_is_word(candidate, length)           ? ITEM_KEYWORD
             : candidate[0] >= 'A' && candidate[0] <= 'Z' ? ITEM_CLASS
                                                          : ITEM_FUNCTION;
  offer(offering, candidate, kind);
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
      offer(offering, symbol->name, item_kind(symbol->kind));
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
  mem_free(word);
  json_t *items = json_array(), *range = document_range(document, start, at), *kind;
  const char *label;
  json_object_foreach(offering.items, label, kind) {
    json_t *item = json_pack("{s:s,s:O,s:{s:O,s:s}}", "label", label, "kind", kind, "textEdit",
                             "range", range, "newText", label);
    if (item) json_array_append_new(items, item);
  }
  json_decref(range);
  json_decref(offering.items);
  return json_pack("{s:b,s:o}", "isIncomplete", 0, "items", items);
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

json_t *answer_definition(Document *document, const json_t *params) {
  const Mention *mention;
  const Symbol *symbol = symbol_at(document, place_of(document, params), &mention);
  return symbol ? location(document, symbol->span) : json_null();
}

/* Calls `add` for every mention of the name at a place; false when none stands there. */
static bool each_mention(Document *document, const json_t *params,
                         json_t *(*make)(const Document *document, const Mention *mention),
                         json_t *all) {
  const Mention *here;
  bool known = symbol_at(document, place_of(document, params), &here) != NULL;
  for (int i = 0; here && i < document->outline->mention_count; i++) {
    const Mention *mention = &document->outline->mentions[i];
    if (known ? mention->symbol == here->symbol
              : mention->symbol < 0 && mention->name == here->name)
      json_array_append_new(all, make(document, mention));
  }
  return here != NULL;
}

static json_t *reference(const Document *document, const Mention *mention) {
  return location(document, mention->span);
}

json_t *answer_references(Document *document, const json_t *params) {
  json_t *all = json_array();
  each_mention(document, params, reference, all);
  return all;
}

static json_t *highlight(const Document *document, const Mention *mention) {
  return json_pack("{s:o,s:i}", "range",
                   document_range(document, mention->span.start, mention->span.end), "kind",
                   mention->written ? 3 : 2);
}

json_t *answer_highlights(Document *document, const json_t *params) {
  json_t *all = json_array();
  each_mention(document, params, highlight, all);
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

json_t *answer_rename(Document *document, const json_t *params, const char **wrong) {
  const char *name = json_string_value(json_object_get(params, "newName"));
  const Mention *here;
  const Symbol *symbol = symbol_at(document, place_of(document, params), &here);
  *wrong = !document->outlined ? "the text has a syntax error: names are not known"
           : !symbol || symbol->kind == SYMBOL_IMPORT ? "no name of this text stands there"
           : !name || !is_name(name)                  ? "this is not a name"
                                                      : NULL;
  if (*wrong) return NULL;
  json_t *edits = json_array();
  for (int i = 0; i < document->outline->mention_count; i++) {
    const Mention *mention = &document->outline->mentions[i];
    if (mention->symbol != here->symbol) continue;
    json_t *range = document_range(document, mention->span.start, mention->span.end);
    json_array_append_new(edits, json_pack("{s:o,s:s}", "range", range, "newText", name));
  }
  return json_pack("{s:{s:o}}", "changes", document->uri, edits);
}

json_t *answer_rename_place(Document *document, const json_t *params) {
  const Mention *here;
  const Symbol *symbol = symbol_at(document, place_of(document, params), &here);
  if (!symbol || symbol->kind == SYMBOL_IMPORT) return json_null();
  return document_range(document, here->span.start, here->span.end);
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

json_t *answer_symbols(Document *document) {
  const Outline *outline = document_outline(document);
  json_t *all = json_array();
  if (!document->outlined) return all;
  json_t **made = mem_zero(((size_t)outline->symbol_count + 1) * sizeof *made);
  for (int i = 0; i < outline->symbol_count; i++) {
    const Symbol *symbol = &outline->symbols[i];
    if (!is_shown(outline, symbol)) continue;
    json_t *children = json_array();
    made[i] = json_pack(
        "{s:s,s:i,s:o,s:o,s:o}", "name", *symbol->name ? symbol->name : "test", "kind",
        shown_kind(outline, symbol), "range",
        document_range(document, symbol->whole.start, symbol->whole.end), "selectionRange",
        document_range(document, symbol->span.start, symbol->span.end), "children", children);
  }
  for (int i = 0; i < outline->symbol_count; i++) {
    int container = outline->symbols[i].container;
    json_t *into = container >= 0 && made[container] ? json_object_get(made[container], "children")
                                                     : all;
    if (made[i]) json_array_append_new(into, made[i]);
  }
  mem_free(made);
  return all;
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
