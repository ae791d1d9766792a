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

static void cut(Sources *sources, uint32_t file, const char *text,
                bool (*take)(void *context, const char *statement, size_t length, uint32_t before),
                void *context) {
  Report report = {0};
  Lexer lexer;
  lexer_start(&lexer, source_at(sources, file), file, &report);
  uint32_t from = 0, before = 0;
  bool any = false, more = true;
  while (more) {
    Token token = lexer_next(&lexer);
    bool ends = token.kind == TOKEN_END,
         newline = token.kind == TOKEN_NL && text[token.start] != ';';
    any = any || !(ends || newline) || report.count > 0;
    report_clear(&report); /* a full report would end the text */
    if (!ends && !(newline && lexer.depth == 0)) continue;
    uint32_t to = ends ? lexer.length : token.end;
    more = !ends && (!any || take(context, text + from, to - from, before));
    if (ends && any) take(context, text + from, to - from, before);
    before += newlines(text + from, to - from);
    from = to;
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
  if (file) cut(sources, file, text, take, context);
  sources_free(sources);
}
