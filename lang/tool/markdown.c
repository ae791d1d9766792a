/* markdown.c — a small reader of Markdown, which handles one block after the other.
 *
 * The text is the project's own, so Markdown beyond the subset in markdown.h is shown unchanged.
 * Everything is escaped, so the HTML is well formed whatever the text is.
 */
#include "lang/tool/markdown.h"

#include "lang/syntax/token.h"

#include <ctype.h>
#include <string.h>

/* ---- lines ---- */

typedef struct Line {
  const char *text;
  size_t length;
} Line;

static Line line_at(const char *at) { return (Line){at, strcspn(at, "\n")}; }
static const char *line_next(Line line) {
  return line.text + line.length + (line.text[line.length] == '\n');
}
static bool begins(Line line, const char *mark) {
  return strncmp(line.text, mark, strlen(mark)) == 0;
}
static bool is_fence(Line line) { return begins(line, "```"); }

/* The end of the block whose first fence is `line`: the closing fence, or the end of the text. */
static const char *fence_end(Line line) {
  const char *at = line_next(line);
  while (*at && !is_fence(line_at(at))) at = line_next(line_at(at));
  return at;
}

/* ---- as a program ---- */

void markdown_program(const ManualPage *chapter, Text *out) {
  for (const char *at = chapter->text; *at;) {
    Line line = line_at(at);
    if (!is_fence(line)) {
      at = line_next(line);
      continue;
    }
    const char *end = fence_end(line), *code = line_next(line);
    if (line.length == 5 && begins(line, "```gd")) text_add(out, code, (size_t)(end - code));
    at = *end ? line_next(line_at(end)) : end;
  }
}

/* ---- as text ---- */

/* `# expect: 3` is `# 3`, in code. */
static void add_code_line(Line line, Text *out) {
  static const char mark[] = "# expect: ";
  const char *found = NULL;
  for (size_t i = 0; i + sizeof mark - 1 <= line.length && !found; i++)
    if (strncmp(line.text + i, mark, sizeof mark - 1) == 0) found = line.text + i;
  size_t before = found ? (size_t)(found - line.text) : line.length;
  text_add(out, line.text, before);
  if (!found) return;
  text_string(out, "# ");
  text_add(out, found + sizeof mark - 1, line.length - before - (sizeof mark - 1));
}

void markdown_text(const ManualPage *chapter, Text *out) {
  bool code = false;
  text_format(out, "%s\n", chapter->signature);
  for (const char *at = chapter->text; *at; at = line_next(line_at(at))) {
    Line line = line_at(at);
    if (is_fence(line)) {
      code = !code;
      continue;
    }
    if (code && line.length) text_string(out, "  ");
    if (code) add_code_line(line, out);
    else text_add(out, line.text, line.length);
    text_char(out, '\n');
  }
}

/* ---- HTML: characters and code ---- */

void markdown_escape(const char *text, size_t length, Text *out) {
  for (size_t i = 0; i < length; i++) {
    switch (text[i]) {
      case '&': text_string(out, "&amp;"); break;
      case '<': text_string(out, "&lt;"); break;
      case '>': text_string(out, "&gt;"); break;
      case '"': text_string(out, "&quot;"); break;
      default: text_char(out, text[i]);
    }
  }
}

static void add_span(const char *kind, const char *text, size_t length, Text *out) {
  text_format(out, "<span class=\"%s\">", kind);
  markdown_escape(text, length, out);
  text_string(out, "</span>");
}

static size_t string_length(const char *text) {
  size_t at = 1;
  while (text[at] && text[at] != '\n' && text[at] != '"')
    at += text[at] == '\\' && text[at + 1] ? 2 : 1;
  return at + (text[at] == '"');
}

static bool is_keyword(const char *word, size_t length) {
  for (int kind = 0; kind < TOKEN_COUNT; kind++) {
    const char *spelling = token_spelling(kind);
    if ((token_flags(kind) & (WORD | SOFT)) && strlen(spelling) == length &&
        memcmp(spelling, word, length) == 0)
      return true;
  }
  return false;
}

static size_t word_length(const char *text) {
  size_t length = 0;
  while (isalnum((unsigned char)text[length]) || text[length] == '_' ||
         ((unsigned char)text[length] & 0x80))
    length++;
  return length;
}

void markdown_code(const char *code, Text *out) {
  for (const char *at = code; *at;) {
    size_t word = word_length(at);
    if (*at == '#') {
      Text comment = {0};
      Line line = line_at(at);
      add_code_line(line, &comment);
      add_span("c", comment.data, comment.length, out);
      text_free(&comment);
      at += line.length;
    } else if (*at == '"') {
      size_t length = string_length(at);
      add_span("s", at, length, out);
      at += length;
    } else if (isdigit((unsigned char)*at)) {
      if (at[word] == '.' && isdigit((unsigned char)at[word + 1]))
        word += 1 + word_length(at + word + 1);
      add_span("n", at, word, out);
      at += word;
    } else if (word) {
      if (is_keyword(at, word)) add_span("k", at, word, out);
      else markdown_escape(at, word, out);
      at += word;
    } else {
      markdown_escape(at++, 1, out);
    }
  }
}

/* ---- HTML: sentences ---- */

static size_t until(const char *text, size_t length, const char *mark) {
  size_t size = strlen(mark);
  for (size_t i = 0; i + size <= length; i++)
    if (strncmp(text + i, mark, size) == 0) return i;
  return length;
}

static void add_inline_code(const char *text, size_t length, const MarkdownLinks *links,
                            Text *out) {
  const char *address = links ? links->link(links->context, text, length) : NULL;
  if (address) text_format(out, "<a href=\"%s\">", address);
  text_string(out, "<code>");
  markdown_escape(text, length, out);
  text_string(out, address ? "</code></a>" : "</code>");
}

/* [text](address): bytes taken, 0 when it is none. */
static size_t add_link(const char *text, size_t length, const MarkdownLinks *links, Text *out) {
  size_t middle = until(text, length, "](");
  if (middle == length) return 0;
  size_t end = middle + 2 + until(text + middle + 2, length - middle - 2, ")");
  if (end >= length) return 0;
  text_string(out, "<a href=\"");
  markdown_escape(text + middle + 2, end - middle - 2, out);
  text_string(out, "\">");
  markdown_inline(text + 1, middle - 1, links, out);
  text_string(out, "</a>");
  return end + 1;
}

void markdown_inline(const char *text, size_t length, const MarkdownLinks *links, Text *out) {
  for (size_t i = 0; i < length;) {
    const char *at = text + i;
    size_t left = length - i, end;
    if (*at == '`' && (end = until(at + 1, left - 1, "`")) < left - 1) {
      add_inline_code(at + 1, end, links, out);
      i += end + 2;
    } else if (left > 4 && strncmp(at, "**", 2) == 0 &&
               (end = until(at + 2, left - 2, "**")) < left - 2) {
      text_string(out, "<strong>");
      markdown_inline(at + 2, end, links, out);
      text_string(out, "</strong>");
      i += end + 4;
    } else if (*at == '*' && (i == 0 || at[-1] == ' ') && left > 2 && at[1] != ' ' &&
               (end = until(at + 1, left - 1, "*")) < left - 1 && at[end] != ' ') {
      text_string(out, "<em>");
      markdown_inline(at + 1, end, links, out);
      text_string(out, "</em>");
      i += end + 2;
    } else if (*at == '[' && (end = add_link(at, left, links, out)) > 0) {
      i += end;
    } else {
      markdown_escape(at, 1, out);
      i++;
    }
  }
}

/* ---- HTML: blocks ---- */

static const char *add_fence(Line line, Text *out) {
  const char *end = fence_end(line), *code = line_next(line);
  size_t language = line.length > 3 ? line.length - 3 : 0;
  Text block = {0};
  text_add(&block, code, (size_t)(end - code));
  text_format(out, "<pre class=\"%.*s\"><code>", (int)language, line.text + 3);
  if (language == 2 && begins(line, "```gd")) markdown_code(block.data ? block.data : "", out);
  else markdown_escape(block.data ? block.data : "", block.length, out);
  text_string(out, "</code></pre>\n");
  text_free(&block);
  return *end ? line_next(line_at(end)) : end;
}

/* A block of another language and the one of gd after it stand side by side. */
static const char *add_fences(Line line, Text *out) {
  const char *after = fence_end(line);
  if (*after) after = line_next(line_at(after));
  const char *next = after + strspn(after, "\n");
  bool pair = !begins(line, "```gd") && line.length > 3 && begins(line_at(next), "```gd");
  if (!pair) return add_fence(line, out);
  text_format(out, "<div class=\"pair\"><div><p class=\"of\">%.*s</p>\n", (int)line.length - 3,
              line.text + 3);
  add_fence(line, out);
  text_string(out, "</div><div><p class=\"of\">gd</p>\n");
  after = add_fence(line_at(next), out);
  text_string(out, "</div></div>\n");
  return after;
}

static const char *add_table(Line line, const MarkdownLinks *links, Text *out) {
  text_string(out, "<div class=\"wide\"><table>\n");
  const char *at = line.text;
  for (int row = 0; begins(line_at(at), "|"); row++, at = line_next(line_at(at))) {
    line = line_at(at);
    if (row == 1 && begins(line, "|-")) continue;
    if (row == 1 && begins(line, "| -")) continue;
    text_string(out, "<tr>");
    for (size_t from = 1; from < line.length;) {
      size_t end = from;
      bool code = false;
      while (end < line.length && (code || line.text[end] != '|')) code ^= line.text[end++] == '`';
      text_string(out, row ? "<td>" : "<th>");
      markdown_inline(line.text + from, end - from, links, out);
      text_string(out, row ? "</td>" : "</th>");
      from = end + 1;
    }
    text_string(out, "</tr>\n");
  }
  text_string(out, "</table></div>\n");
  return at;
}

static const char *add_list(Line line, const MarkdownLinks *links, Text *out) {
  const char *at = line.text;
  text_string(out, "<ul>\n");
  while (begins(line_at(at), "- ")) {
    const char *end = at + line_at(at).length;
    while (end[0] && end[1] == ' ' && end[2] == ' ') end += 1 + strcspn(end + 1, "\n");
    text_string(out, "<li>");
    markdown_inline(at + 2, (size_t)(end - at) - 2, links, out);
    text_string(out, "</li>\n");
    at = end + (*end == '\n');
  }
  text_string(out, "</ul>\n");
  return at;
}

static bool begins_block(Line line) {
  return line.length == 0 || is_fence(line) || begins(line, "|") || begins(line, "- ") ||
         begins(line, "#");
}

static const char *add_paragraph(Line line, const MarkdownLinks *links, Text *out) {
  const char *end = line.text + line.length;
  while (*end && !begins_block(line_at(end + 1))) end += 1 + line_at(end + 1).length;
  text_string(out, "<p>");
  markdown_inline(line.text, (size_t)(end - line.text), links, out);
  text_string(out, "</p>\n");
  return end + (*end == '\n');
}

static const char *add_heading(Line line, const MarkdownLinks *links, Text *out) {
  int level = (int)strspn(line.text, "#");
  if (level > 6 || line.text[level] != ' ') return add_paragraph(line, links, out);
  const char *title = line.text + level + 1;
  text_format(out, "<h%d>", level);
  markdown_inline(title, line.length - (size_t)level - 1, links, out);
  text_format(out, "</h%d>\n", level);
  return line_next(line);
}

void markdown_html(const char *text, const MarkdownLinks *links, Text *out) {
  for (const char *at = text; *at;) {
    Line line = line_at(at);
    if (line.length == 0) at = line_next(line);
    else if (is_fence(line)) at = add_fences(line, out);
    else if (begins(line, "|")) at = add_table(line, links, out);
    else if (begins(line, "- ")) at = add_list(line, links, out);
    else if (begins(line, "#")) at = add_heading(line, links, out);
    else at = add_paragraph(line, links, out);
  }
}
