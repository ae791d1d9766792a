/* statements.c — splits a text into statements that are run one at a time: a paste at the prompt, a
 * script from a pipe.
 *
 * The lexer decides where a statement ends: at a newline that counts, outside all brackets.  It
 * looks at the next line too, so `else` on a line of its own belongs to its `if` as it does in a
 * file.  Errors are not reported here but when the statement is run.  The lexer needs clean text,
 * so it reads a copy in which lines of invalid bytes are made harmless.
 */
#include "lang/syntax/statements.h"
#include "lang/syntax/lexer.h"

#include <string.h>

static bool is_text(const char *text, size_t length) {
  for (size_t i = 0; i < length;) {
    uint32_t code;
    size_t size = text_decode(text + i, length - i, &code);
    if (size == 0 || (code < 0x20 && code != '\t' && code != '\r') || code == 0x7f) return false;
    i += size;
  }
  return true;
}

/* A line of invalid bytes must open nothing that swallows the next lines; its braces still
 * count. */
static char *cleaned(const char *text, size_t length) {
  char *copy = mem_text(text, length);
  for (size_t from = 0, to; from < length; from = to + 1) {
    const char *end = memchr(text + from, '\n', length - from);
    to = end ? (size_t)(end - text) : length;
    if (is_text(text + from, to - from)) continue;
    for (size_t i = from; i < to; i++)
      if (copy[i] != '{' && copy[i] != '}') copy[i] = '_';
  }
  return copy;
}

static uint32_t newlines(const char *text, size_t length) {
  uint32_t count = 0;
  for (size_t i = 0; i < length; i++) count += text[i] == '\n';
  return count;
}

/* A text on its way into statements. */
typedef struct Cutting {
  const char *text;
  uint32_t from, before; /* of the next statement: its offset, and the lines before it */
  uint32_t wrong;        /* where the first byte stands that begins no token, or NOTHING_WRONG */
  bool (*take)(void *context, const char *statement, size_t length, uint32_t before);
  void *context;
} Cutting;

static const uint32_t NOTHING_WRONG = UINT32_MAX;

/* Passes on what stands before `to`, unless it is blank; false ends the text. */
static bool cut_at(Cutting *cutting, uint32_t to, bool blank) {
  const char *start = cutting->text + cutting->from;
  size_t length = to - cutting->from;
  bool more = blank || cutting->take(cutting->context, start, length, cutting->before);
  cutting->before += newlines(start, length);
  cutting->from = to;
  return more;
}

static uint32_t line_end(const char *text, uint32_t at, uint32_t end) {
  const char *newline = memchr(text + at, '\n', end - at);
  return newline ? (uint32_t)(newline - text) + 1 : end;
}

/* Lines without a token, a lone `$`, are each a statement of their own: they would take the next
 * one with them. */
static bool cut_strange(Cutting *cutting, uint32_t next) {
  for (uint32_t line = cutting->from; cutting->wrong < next;) {
    uint32_t end = line_end(cutting->text, line, next), at = line;
    if (end == next && cutting->text[end - 1] != '\n') break; /* that of the token */
    while (at < end && strchr(" \t\r\n", cutting->text[at])) at++;
    if (at < end && cutting->text[at] != '#' && !cut_at(cutting, end, false)) return false;
    if (end == next) break;
    line = end;
  }
  if (cutting->wrong < cutting->from) cutting->wrong = NOTHING_WRONG;
  return true;
}

static void note_wrong(Cutting *cutting, Report *report) {
  for (int i = 0; i < report->count; i++)
    if (report->items[i].span.start < cutting->wrong) cutting->wrong = report->items[i].span.start;
  report_clear(report); /* a full report would end the text */
}

static void cut(Sources *sources, uint32_t file, Cutting *cutting) {
  Report report = {0};
  Lexer lexer;
  lexer_start(&lexer, source_at(sources, file), file, &report);
  bool any = false, more = true;
  while (more) {
    Token token = lexer_next(&lexer);
    bool ends = token.kind == TOKEN_END,
         newline = token.kind == TOKEN_NL && cutting->text[token.start] != ';';
    note_wrong(cutting, &report);
    if (!any && !ends && !(more = cut_strange(cutting, token.start))) break;
    any = any || !(ends || newline);
    if (cutting->wrong < token.end) any = true, cutting->wrong = NOTHING_WRONG;
    if (ends) any |= cutting->wrong != NOTHING_WRONG;
    if (!ends && !(newline && lexer.depth == 0)) continue;
    more = cut_at(cutting, ends ? lexer.length : token.end, !any) && !ends;
    any = false;
  }
}

void parse_statements(const char *text, size_t length,
                      bool (*take)(void *context, const char *statement, size_t length,
                                   uint32_t before),
                      void *context) {
  Diag diag;
  Sources *sources = sources_new();
  char *copy = cleaned(text, length);
  uint32_t file = source_load_text(sources, "", copy, length, &diag);
  mem_free(copy);
  Cutting cutting = {.text = text, .wrong = NOTHING_WRONG, .take = take, .context = context};
  if (file) cut(sources, file, &cutting);
  sources_free(sources);
}
