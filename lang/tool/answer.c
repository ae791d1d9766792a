/* answer.c — hover, completion, signatures, symbols.
 *
 * What a word means is found in the document's outline (names of this text) or in the Vm of its
 * last check (standard names, values).  Nothing here runs code of the user, except for the gradient
 * of a function under the cursor (analysis_gradient).
 */
#include "lang/tool/answer.h"

#include "lang/syntax/lexer.h"
#include "lang/text/report.h"
#include "lang/tool/complete.h"
#include "lang/tool/manual.h"
#include "lang/tool/meaning.h"

#include <string.h>
#include <unistd.h>

/* ---- words ---- */

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
  const Source *source = source_at(document->outline->sources, symbol->span.file);
  if (source && symbol->kind != SYMBOL_PARAMETER) source_doc(source, start, text);
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
  uint32_t at = meaning_place(document, params), start, end;
  const Mention *mention = meaning_mention(document, at);
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
  uint32_t at = meaning_place(document, params), start = word_start(document, at);
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
  CallPlace call = call_at(document, meaning_place(document, params));
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
                                             meaning_location(document, symbol->span)));
  }
}
