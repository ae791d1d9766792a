/* page.c — a page of the manual as text: signature, sentences, parameters, example, related names.
 *
 * Sentences are filled to PAGE_COLUMNS; a line that begins with a blank, a list or a table is left
 * as it is.
 */
#include "lang/tool/page.h"

#include <string.h>

/* Bytes of `text` in columns: UTF-8 continuation bytes take none. */
static int columns_of(const char *text, size_t length) {
  int columns = 0;
  for (size_t i = 0; i < length; i++) columns += (text[i] & 0xc0) != 0x80;
  return columns;
}

/* Adds words, broken before column PAGE_COLUMNS; further lines begin at `indent`. */
static void fill(Text *out, const char *text, size_t length, int at, int indent) {
  const char *end = text + length;
  bool first = true;
  while (text < end) {
    while (text < end && (*text == ' ' || *text == '\n')) text++;
    size_t word = 0;
    while (text + word < end && text[word] != ' ' && text[word] != '\n') word++;
    if (!word) break;
    int columns = columns_of(text, word);
    if (!first && at + 1 + columns > PAGE_COLUMNS) {
      text_format(out, "\n%*s", indent, "");
      at = indent;
    } else if (!first) {
      text_char(out, ' ');
      at++;
    }
    text_add(out, text, word);
    at += columns;
    text += word;
    first = false;
  }
}

static bool stands_alone(const char *line) {
  return *line == ' ' || *line == '|' || strncmp(line, "- ", 2) == 0 || *line == '#';
}

/* Paragraphs, each filled. */
static void add_paragraphs(Text *out, const char *text) {
  while (*text) {
    size_t length = strcspn(text, "\n");
    if (stands_alone(text)) {
      text_add(out, text, length);
    } else {
      const char *end = text + length;
      while (*end && end[1] != '\n' && end[1] && !stands_alone(end + 1))
        end += 1 + strcspn(end + 1, "\n");
      length = (size_t)(end - text);
      fill(out, text, length, 0, 0);
    }
    text_char(out, '\n');
    text += length + (text[length] == '\n');
  }
}

/* ---- examples ---- */

/* `# expect: 3` is `# 3` for a reader. */
static void add_line(Text *out, const char *line, size_t length) {
  static const char mark[] = "# expect: ";
  const char *found = NULL;
  for (size_t i = 0; i + sizeof mark - 1 <= length && !found; i++)
    if (strncmp(line + i, mark, sizeof mark - 1) == 0) found = line + i;
  if (!found) {
    text_add(out, line, length);
    return;
  }
  size_t before = (size_t)(found - line), after = before + sizeof mark - 1;
  text_add(out, line, before);
  text_string(out, "# ");
  text_add(out, line + after, length - after);
}

void page_example(const ManualPage *page, Text *text) {
  Text program = {0};
  manual_example(page, &program);
  for (const char *line = program.length ? program.data : ""; *line;) {
    size_t length = strcspn(line, "\n");
    add_line(text, line, length);
    line += length + (line[length] == '\n');
    if (*line) text_char(text, '\n');
  }
  text_free(&program);
  if (!page->prints || !*page->prints) return;
  if (page->kind != MANUAL_ERROR && !strchr(page->prints, '\n') && !strstr(page->example, "# ")) {
    text_format(text, "   # %s", page->prints);
    return;
  }
  for (const char *line = page->prints; *line;) {
    size_t length = strcspn(line, "\n");
    text_format(text, "\n# %.*s", (int)length, line);
    line += length + (line[length] == '\n');
  }
}

static void add_example(const ManualPage *page, Text *out) {
  Text example = {0};
  page_example(page, &example);
  if (example.length) text_string(out, "\n");
  for (const char *line = example.length ? example.data : ""; *line;) {
    size_t length = strcspn(line, "\n");
    text_format(out, "%s%.*s\n", length ? "  " : "", (int)length, line);
    line += length + (line[length] == '\n');
  }
  text_free(&example);
}

/* ---- the rest ---- */

static void add_parameters(const ManualPage *page, Text *out) {
  ManualParameter parameters[MANUAL_PARAMETERS];
  int count = manual_parameters(page, parameters), widest = 0;
  for (int i = 0; i < count; i++) {
    int columns = columns_of(parameters[i].text, (size_t)parameters[i].length);
    if (columns > widest && columns <= 24) widest = columns;
  }
  if (count) text_char(out, '\n');
  for (int i = 0; i < count; i++) {
    const ManualParameter *at = &parameters[i];
    int columns = columns_of(at->text, (size_t)at->length);
    text_format(out, "  %.*s", at->length, at->text);
    if (!at->sentence) {
      text_char(out, '\n');
      continue;
    }
    if (columns > widest) text_format(out, "\n  %*s", widest, "");
    else text_format(out, "%*s", widest - columns, "");
    text_string(out, "  ");
    fill(out, at->sentence, strlen(at->sentence), widest + 4, widest + 4);
    text_char(out, '\n');
  }
}

static void add_related(const Manual *manual, const ManualPage *page, Text *out) {
  const ManualPage *related[MANUAL_RELATED];
  int count = manual_related(manual, page, related);
  text_format(out, "\n%s", page->what);
  for (int i = 0; i < count; i++)
    text_format(out, "%s%s", i ? ", " : "; see also ", related[i]->name);
  text_char(out, '\n');
}

void page_write(const Manual *manual, const ManualPage *page, Text *text) {
  text_format(text, "%s\n", page->signature);
  if (page->kind == MANUAL_CHAPTER) {
    text_string(text, page->text);
    return;
  }
  add_paragraphs(text, page->text);
  add_parameters(page, text);
  add_example(page, text);
  add_related(manual, page, text);
}

void page_write_declaration(const Source *source, const AstFunction *function, Text *text) {
  text_add(text, source->text + function->head_span.start,
           function->head_span.end - function->head_span.start);
  text_format(text, "\n%s%s", function->doc, function->doc[0] ? "\n" : "");
}

void page_first(const ManualPage *page, int columns, Text *text) {
  const char *from = page->kind == MANUAL_CHAPTER ? page->signature : page->text;
  size_t length = 0, fits = 0;
  for (int at = 0; from[length] && at <= columns; length++) {
    if ((from[length + 1] & 0xc0) != 0x80) at++;
    if (strchr(";:.", from[length]) && strchr(" \n", from[length + 1])) break;
    if (strchr(" \n", from[length])) fits = length;
    if (strncmp(from + length, "\n\n", 2) == 0) break;
  }
  bool cut = from[length] && !strchr(";:.\n", from[length]);
  for (size_t i = 0; i < (cut ? fits : length); i++)
    text_char(text, from[i] == '\n' ? ' ' : from[i]);
  if (cut) text_string(text, "…");
}
