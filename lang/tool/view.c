/* view.c — what an editor shows of a whole document, independent of the cursor.
 *
 * Errors and hints come from the check (analysis.c), colours and folds from the tokens, the kind of
 * a name from the outline.  An error in another file, or in the library, is shown at the line of
 * this text that led to it.
 */
#include "lang/tool/view.h"

#include "lang/names/standard.h"
#include "lang/syntax/layout.h"
#include "lang/syntax/lexer.h"
#include "lang/text/report.h"

#include <string.h>

/* ---- mistakes ---- */

/* The place of a mistake in this text. */
static Span place_in(const Analysis *analysis, const Diag *diag) {
  if (diag->span.file == analysis->file) return diag->span;
  if (diag->met.file == analysis->file) return diag->met;
  for (int i = 0; i < diag->call_count; i++)
    if (diag->calls[i].span.file == analysis->file) return diag->calls[i].span;
  for (int i = 0; i < diag->note_count; i++)
    if (diag->notes[i].span.file == analysis->file) return diag->notes[i].span;
  return (Span){analysis->file, 0, 0};
}

static json_t *related_of(const Document *document, const Analysis *analysis, const Diag *diag) {
  json_t *related = json_array();
  for (int i = 0; i < diag->note_count; i++) {
    const DiagNote *note = &diag->notes[i];
    if (note->span.file != analysis->file) continue;
    json_array_append_new(related,
                          json_pack("{s:{s:s,s:o},s:s}", "location", "uri", document->uri, "range",
                                    document_range(document, note->span.start, note->span.end),
                                    "message", note->text));
  }
  return related;
}

static json_t *diagnostic(const Document *document, const Analysis *analysis, const Diag *diag) {
  Span span = place_in(analysis, diag);
  Text text = {0};
  if (diag->where[0]) text_format(&text, "%s: ", diag->where);
  text_string(&text, diag->message);
  if (diag->label[0]) text_format(&text, ": %s", diag->label);
  if (diag->help[0]) text_format(&text, "\nhelp: %s", diag->help);
  Text shown = {0};
  for (size_t i = 0, size; i < text.length; i += size ? size : 1) { /* JSON must be UTF-8 */
    uint32_t code;
    size = text_decode(text.data + i, text.length - i, &code);
    if (size) text_add(&shown, text.data + i, size);
    else text_string(&shown, "\xef\xbf\xbd");
  }
  json_t *made =
      json_pack("{s:o,s:i,s:s,s:s%,s:o}", "range", document_range(document, span.start, span.end),
                "severity", diag->warning ? 2 : 1, "source", "gd", "message", shown.data,
                shown.length, "relatedInformation", related_of(document, analysis, diag));
  text_free(&text);
  text_free(&shown);
  return made;
}

json_t *view_diagnostics(Document *document, const Vm *vm) {
  const Analysis *analysis = document_analysis(document, vm);
  json_t *all = json_array();
  for (int i = 0; i < analysis->diag_count; i++) {
    json_t *one = diagnostic(document, analysis, &analysis->diags[i]);
    if (one) json_array_append_new(all, one);
  }
  return all;
}

/* ---- tokens of the text ---- */

typedef struct Scan {
  Source source; /* the text is the document's own */
  Report report;
  Lexer *lexer; /* owned */
} Scan;

static void scan_open(Scan *scan, const Document *document) {
  *scan =
      (Scan){.source = {.text = document->text.data, .length = (uint32_t)document->text.length}};
  scan->lexer = mem_alloc(sizeof *scan->lexer);
  lexer_start(scan->lexer, &scan->source, 1, &scan->report);
}

static void scan_close(Scan *scan) {
  report_clear(&scan->report);
  mem_free(scan->lexer);
}

/* ---- folds ---- */

static void add_fold(json_t *folds, uint32_t first, uint32_t last, const char *kind) {
  if (last <= first) return;
  json_t *fold = json_pack("{s:i,s:i}", "startLine", (int)first, "endLine", (int)last);
  if (kind) json_object_set_new(fold, "kind", json_string(kind));
  json_array_append_new(folds, fold);
}

/* Runs of lines that are comments. */
static void fold_comments(const Document *document, json_t *folds) {
  uint32_t first = 0, count = 0;
  for (uint32_t line = 0; line <= document->line_count; line++) {
    bool comment = false;
    if (line < document->line_count) {
      const char *at = document->text.data + document->lines[line];
      comment = at[strspn(at, " \t")] == '#';
    }
    if (comment && !count++) first = line;
    if (!comment && count > 1) add_fold(folds, first, line - 1, "comment");
    if (!comment) count = 0;
  }
}

json_t *view_folds(Document *document) {
  json_t *folds = json_array();
  uint32_t open[OPEN_LIMIT + 1];
  int depth = 0;
  Scan scan;
  scan_open(&scan, document);
  for (Token token; (token = lexer_next(scan.lexer)).kind != TOKEN_END;) {
    if ((token_flags(token.kind) & OPENS) && depth < OPEN_LIMIT)
      open[depth++] = document_line(document, token.start);
    else if ((token_flags(token.kind) & CLOSES) && depth) {
      uint32_t first = open[--depth], last = document_line(document, token.start);
      if (last > first) add_fold(folds, first, last - 1, NULL); /* the closing line stays */
    } else if (token.kind == TOKEN_STRING) {
      add_fold(folds, document_line(document, token.start), document_line(document, token.end),
               NULL);
    }
  }
  scan_close(&scan);
  fold_comments(document, folds);
  return folds;
}

/* ---- layout ---- */

json_t *view_layout(Document *document) {
  json_t *edits = json_array();
  const Outline *outline = document_outline(document);
  if (!document->outlined) return edits;
  Text text = {0};
  uint32_t at;
  const Document *all = document;
  bool same = !layout_text(source_at(outline->sources, 1), &text, &at) ||
              (text.length == all->text.length &&
               memcmp(text.data, all->text.data, text.length) == 0);
  if (!same)
    json_array_append_new(edits, json_pack("{s:o,s:s%}", "range",
                                           document_range(all, 0, (uint32_t)all->text.length),
                                           "newText", text.data, text.length));
  text_free(&text);
  return edits;
}

/* ---- colours ---- */

enum {
  COLOR_KEYWORD,
  COLOR_COMMENT,
  COLOR_STRING,
  COLOR_NUMBER,
  COLOR_OPERATOR,
  COLOR_VARIABLE,
  COLOR_PARAMETER,
  COLOR_FUNCTION,
  COLOR_CLASS,
  COLOR_PROPERTY,
  COLOR_NAMESPACE,
  COLOR_NONE
};
enum { DECLARATION = 1, STANDARD_NAME = 2 };

json_t *view_token_legend(void) {
  return json_pack("{s:[s,s,s,s,s,s,s,s,s,s,s],s:[s,s]}", "tokenTypes", "keyword", "comment",
                   "string", "number", "operator", "variable", "parameter", "function", "class",
                   "property", "namespace", "tokenModifiers", "declaration", "defaultLibrary");
}

typedef struct Coloring {
  const Document *document;
  const Vm *vm;
  Text *out;
  uint32_t line, column; /* where the last one began: in UTF-16 units */
  uint32_t at;           /* bytes looked at */
  uint32_t at_line, at_column;
  int mention; /* the next of the outline */
  bool some;
} Coloring;

/* Goes on to a byte, counting lines and UTF-16 units. */
static void advance(Coloring *coloring, uint32_t to) {
  const Text *text = &coloring->document->text;
  while (coloring->at < to) {
    uint32_t code = 0;
    size_t size = text_decode(text->data + coloring->at, text->length - coloring->at, &code);
    if (document_line_ends(coloring->document, coloring->at))
      coloring->at_line++, coloring->at_column = 0;
    else coloring->at_column += code >= 0x10000 ? 2 : 1;
    coloring->at += size ? (uint32_t)size : 1;
  }
}

/* Colours a stretch within one line. */
static void paint_piece(Coloring *coloring, uint32_t start, uint32_t end, int color,
                        int modifiers) {
  advance(coloring, start);
  uint32_t line = coloring->at_line, column = coloring->at_column;
  advance(coloring, end);
  if (coloring->at_column == column) return;
  uint32_t down = line - coloring->line, right = down ? column : column - coloring->column;
  uint32_t five[] = {down, right, coloring->at_column - column, (uint32_t)color,
                     (uint32_t)modifiers};
  for (int i = 0; i < COUNT_OF(five); i++) {
    if (coloring->some) text_char(coloring->out, ',');
    document_write_number(five[i], coloring->out);
    coloring->some = true;
  }
  coloring->line = line;
  coloring->column = column;
}

static void paint(Coloring *coloring, uint32_t start, uint32_t end, int color, int modifiers) {
  const char *text = coloring->document->text.data;
  while (start < end) {
    uint32_t stop = start;
    while (stop < end && text[stop] != '\n') stop++;
    if (stop > start) paint_piece(coloring, start, stop, color, modifiers);
    start = stop + 1;
  }
}

static int color_of(SymbolKind kind) {
  switch (kind) {
    case SYMBOL_PARAMETER: return COLOR_PARAMETER;
    case SYMBOL_FUNCTION:
    case SYMBOL_LOSS: return COLOR_FUNCTION;
    case SYMBOL_MODEL:
    case SYMBOL_OPTIMIZER: return COLOR_CLASS;
    case SYMBOL_PARAM:
    case SYMBOL_BUFFER:
    case SYMBOL_STATE: return COLOR_PROPERTY;
    case SYMBOL_IMPORT: return COLOR_NAMESPACE;
    default: return COLOR_VARIABLE;
  }
}

static void paint_name(Coloring *coloring, Token token, int before) {
  const Outline *outline = coloring->document->outlined ? coloring->document->outline : NULL;
  const char *text = coloring->document->text.data;
  while (outline && coloring->mention < outline->mention_count &&
         outline->mentions[coloring->mention].span.start < token.start)
    coloring->mention++;
  const Mention *mention = outline && coloring->mention < outline->mention_count
                               ? &outline->mentions[coloring->mention]
                               : NULL;
  if (mention && mention->span.start == token.start && mention->symbol >= 0) {
    const Symbol *symbol = &outline->symbols[mention->symbol];
    paint(coloring, token.start, token.end, color_of(symbol->kind),
          symbol->span.start == token.start ? DECLARATION : 0);
    return;
  }
  if (before == TOKEN_DOT || text[token.end] == ':') {
    paint(coloring, token.start, token.end, COLOR_PROPERTY, 0);
    return;
  }
  const char *name = names_intern(coloring->vm->names, text + token.start, token.end - token.start);
  if (standard_is(coloring->vm, name))
    paint(coloring, token.start, token.end, COLOR_FUNCTION, STANDARD_NAME);
  else paint(coloring, token.start, token.end, COLOR_VARIABLE, 0);
}

static int token_color(Token token) {
  switch (token.kind) {
    case TOKEN_NUMBER:
    case TOKEN_FRACTION: return COLOR_NUMBER;
    case TOKEN_STRING:
    case TOKEN_HEAD:
    case TOKEN_MID:
    case TOKEN_TAIL: return COLOR_STRING;
    case TOKEN_ON:
    case TOKEN_BY: return COLOR_KEYWORD;
    case TOKEN_ELLIPSIS:
    case TOKEN_ARROW:
    case TOKEN_ASSIGN:
    case TOKEN_OPEQ:
    case TOKEN_TICK: return COLOR_OPERATOR;
    default: break;
  }
  int flags = token_flags(token.kind);
  return flags & (WORD | SOFT) ? COLOR_KEYWORD : flags & GOES_ON ? COLOR_OPERATOR : COLOR_NONE;
}

static void paint_comments(Coloring *coloring, uint32_t from, uint32_t to) {
  const char *text = coloring->document->text.data;
  for (uint32_t at = from; at < to; at++) {
    if (text[at] != '#') continue;
    uint32_t end = at;
    while (end < to && text[end] != '\n' && text[end] != '\r') end++;
    paint(coloring, at, end, COLOR_COMMENT, 0);
    at = end;
  }
}

void view_tokens(Document *document, const Vm *vm, Text *out) {
  document_outline(document);
  Coloring coloring = {.document = document, .vm = vm, .out = out};
  text_string(out, "{\"data\":[");
  Scan scan;
  scan_open(&scan, document);
  int before = TOKEN_NL;
  uint32_t at = 0;
  for (Token token; (token = lexer_next(scan.lexer)).kind != TOKEN_END;) {
    if (token.kind == TOKEN_NL || token.start < at) continue;
    paint_comments(&coloring, at, token.start);
    int color = token_color(token);
    if (token.kind == TOKEN_NAME) paint_name(&coloring, token, before);
    else if (color != COLOR_NONE) paint(&coloring, token.start, token.end, color, 0);
    before = token.kind;
    at = token.end;
  }
  paint_comments(&coloring, at, (uint32_t)document->text.length);
  scan_close(&scan);
  text_string(out, "]}");
}

/* ---- hints ---- */

static bool in_range(const Document *document, const json_t *range, uint32_t start, uint32_t end) {
  if (!json_is_object(range)) return true;
  return end >= document_offset(document, json_object_get(range, "start")) &&
         start <= document_offset(document, json_object_get(range, "end"));
}

void view_hints(Document *document, const Vm *vm, const json_t *range, Text *out) {
  document_analysis(document, vm);
  const Analysis *values = document_values(document), /* of before, while a name is misspelt */
      *analysis = values ? values : document->analysis;
  bool some = false;
  text_char(out, '[');
  for (int i = 0; i < analysis->finding_count; i++) {
    const Finding *finding = &analysis->findings[i];
    if (!finding->shaped || !finding->text[0] ||
        !in_range(document, range, finding->start, finding->end))
      continue;
    text_string(out, some ? ",{\"position\":" : "{\"position\":");
    document_write_position(document, finding->end, out);
    text_string(out, ",\"kind\":1,\"label\":\"");
    text_string(out, finding->layer ? " → " : ": ");
    json_escaped(out, finding->text, strlen(finding->text));
    text_string(out, "\"}");
    some = true;
  }
  text_char(out, ']');
}

/* ---- actions ---- */

/* The text between the first backquotes after `mark`, "" if there is none. */
static void quoted_after(const char *text, const char *mark, char into[NAME_SIZE]) {
  const char *at = strstr(text, mark);
  into[0] = 0;
  if (!at) return;
  at += strlen(mark);
  size_t length = strcspn(at, "`");
  if (at[length] != '`' || length >= NAME_SIZE) return;
  memcpy(into, at, length);
  into[length] = 0;
}

/* An edit that mends: `text` for the bytes from `start` to `end`. */
typedef struct Mend {
  uint32_t start, end;
  Text text; /* owned */
} Mend;

static bool begins(const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

/* "did you mean `relu`?": it stands for what is wrong. */
static bool mend_by_word(const Document *document, const Diag *diag, Mend *mend) {
  static const char *const marks[] = {"did you mean `", "write `", "is written `"};
  char word[NAME_SIZE] = "";
  for (int i = 0; i < COUNT_OF(marks) && !word[0]; i++) {
    quoted_after(diag->label, marks[i], word);
    if (!word[0]) quoted_after(diag->help, marks[i], word);
    if (!word[0] && i == 0) quoted_after(diag->message, marks[i], word);
  }
  size_t length = strlen(word);
  if (!length || strstr(word, "…")) return false;
  /* `lr:` was meant, and the colon is there already */
  if (word[length - 1] == ':' && document->text.data[diag->span.end] == ':') word[length - 1] = 0;
  text_string(&mend->text, word);
  return true;
}

/* "`let y = …` declares one" */
static bool mend_by_let(const Document *document, const Diag *diag, Mend *mend) {
  (void)document;
  if (!begins(diag->help, "`let ") || !strstr(diag->help, "declares one")) return false;
  mend->end = mend->start;
  text_string(&mend->text, "let ");
  return true;
}

/* "convert it: f32(x)", "f32(x) converts" */
static bool mend_by_call(const Document *document, const Diag *diag, Mend *mend) {
  static const char mark[] = "convert it: ";
  const char *name = diag->help + (begins(diag->help, mark) ? sizeof mark - 1 : 0);
  size_t length = strcspn(name, "( ");
  bool told = name > diag->help || strcmp(name + length, "(x) converts") == 0;
  if (!told || name[length] != '(' || diag->span.end <= diag->span.start) return false;
  text_add(&mend->text, name, length);
  text_char(&mend->text, '(');
  text_add(&mend->text, document->text.data + diag->span.start, diag->span.end - diag->span.start);
  text_char(&mend->text, ')');
  return true;
}

/* "`optimizer:` is missing", "optimizer: Adam(lr: 1e-3), for instance": a clause more, before the
 * first one. */
static bool mend_by_clause(const Document *document, const Diag *diag, Mend *mend) {
  const char *end = strstr(diag->help, ", for instance"), *colon = strchr(diag->help, ':');
  const char *text = document->text.data;
  uint32_t brace = diag->span.start;
  if (!end || !colon || colon > end || !strstr(diag->message, "is missing")) return false;
  while (brace < document->text.length && text[brace] != '{' && text[brace] != '\n') brace++;
  if (text[brace] != '{') return false;
  uint32_t next = brace + 1 + (uint32_t)strspn(text + brace + 1, " ");
  uint32_t first = next + (uint32_t)strspn(text + next, " \n"); /* the clause below */
  bool lines = text[next] == '\n';
  uint32_t line = lines ? document->lines[document_line(document, first)] : first;
  mend->start = mend->end = lines ? line : next;
  if (lines) text_add(&mend->text, text + line, first - line); /* as far in */
  text_add(&mend->text, diag->help, (size_t)(end - diag->help));
  text_string(&mend->text, lines ? "\n" : "; ");
  return true;
}

static bool mend_of(const Document *document, const Diag *diag, Mend *mend) {
  static bool (*const ways[])(const Document *, const Diag *,
                              Mend *) = {mend_by_word, mend_by_let, mend_by_call, mend_by_clause};
  *mend = (Mend){.start = diag->span.start, .end = diag->span.end};
  for (int i = 0; i < COUNT_OF(ways); i++)
    if (ways[i](document, diag, mend)) return true;
  return false;
}

static json_t *action(const Document *document, const Analysis *analysis, const Diag *diag,
                      const char *title, const Mend *mend) {
  json_t *one = json_pack("{s:s,s:s,s:[o]}", "title", title, "kind", "quickfix", "diagnostics",
                          diagnostic(document, analysis, diag));
  if (!one) return NULL;
  if (mend) {
    json_t *range = document_range(document, mend->start, mend->end);
    json_t *edits = json_pack("[{s:o,s:s%}]", "range", range, "newText", mend->text.data,
                              mend->text.length);
    json_object_set_new(one, "edit", json_pack("{s:{s:o}}", "changes", document->uri, edits));
    json_object_set_new(one, "isPreferred", json_true());
  } else {
    json_object_set_new(
        one, "command",
        json_pack("{s:s,s:s,s:[s]}", "title", title, "command", "gd.explain", "arguments", title));
  }
  return one;
}

static void add_actions(const Document *document, const Analysis *analysis, const Diag *diag,
                        json_t *actions) {
  Mend mend = {0};
  json_t *one = NULL;
  bool mends = diag->span.file == analysis->file && mend_of(document, diag, &mend);
  if (mends) {
    Text title = {0};
    size_t length = mend.text.length;
    while (length && strchr(" \n;", mend.text.data[length - 1])) length--;
    size_t blanks = strspn(mend.text.data, " ");
    text_format(&title, "%s `%.*s`", mend.end > mend.start ? "replace by" : "insert",
                (int)(length - blanks), mend.text.data + blanks);
    if ((one = action(document, analysis, diag, title.data, &mend)))
      json_array_append_new(actions, one);
    text_free(&title);
  }
  text_free(&mend.text);
  if (diag->help[0] && (one = action(document, analysis, diag, diag->help, NULL)))
    json_array_append_new(actions, one);
}

/* Does a mistake lie in the lines of a range?  A cursor need not stand in it. */
static bool in_lines(const Document *document, const json_t *range, Span span) {
  if (!json_is_object(range)) return true;
  uint32_t first = document_line(document,
                                 document_offset(document, json_object_get(range, "start"))),
           last = document_line(document, document_offset(document, json_object_get(range, "end")));
  return document_line(document, span.end) >= first && document_line(document, span.start) <= last;
}

json_t *view_actions(Document *document, const Vm *vm, const json_t *range) {
  const Analysis *analysis = document_analysis(document, vm);
  json_t *actions = json_array();
  for (int i = 0; i < analysis->diag_count; i++) {
    const Diag *diag = &analysis->diags[i];
    Span span = place_in(analysis, diag);
    if (in_lines(document, range, span)) add_actions(document, analysis, diag, actions);
  }
  return actions;
}

/* ---- lenses ---- */

static json_t *lens(const Document *document, Span span, const char *title, const char *command,
                    const char *name) {
  return json_pack("{s:o,s:{s:s,s:s,s:[s,s]}}", "range",
                   document_range(document, span.start, span.end), "command", "title", title,
                   "command", command, "arguments", document->uri, name);
}

/* `train` and `race` of the top level, by the line to run to. */
static void add_trainings(const Document *document, json_t *lenses) {
  const Ast *tree = document->outline->tree;
  for (uint32_t i = 0; i < tree->count; i++) {
    const Ast *statement = tree->items[i],
              *trains = statement->kind == AST_LET ? statement->a : statement;
    if (!trains || (trains->kind != AST_TRAIN && trains->kind != AST_RACE)) continue;
    char line[16];
    snprintf(line, sizeof line, "%u", document_line(document, statement->span.start) + 1);
    json_array_append_new(lenses, lens(document, statement->span, "train", "gd.train", line));
  }
}

json_t *view_lenses(Document *document) {
  const Outline *outline = document_outline(document);
  json_t *lenses = json_array();
  if (!document->outlined) return lenses;
  json_array_append_new(lenses, lens(document, (Span){1, 0, 0}, "run", "gd.run", ""));
  add_trainings(document, lenses);
  for (int i = 0; i < outline->symbol_count; i++) {
    const Symbol *symbol = &outline->symbols[i];
    json_t *one = NULL;
    if (symbol->kind == SYMBOL_LOSS)
      one = lens(document, symbol->span, "check gradient", "gd.checkGradient", symbol->name);
    if (symbol->kind == SYMBOL_TEST)
      one = lens(document, symbol->span, "run tests", "gd.test", symbol->name);
    if (one) json_array_append_new(lenses, one);
  }
  return lenses;
}
