/* report.c — from a Diag to the lines that a person reads.
 *
 *     error: shapes do not fit in `@`
 *       --> digits.gd:12:24
 *        |
 *     12 |   fn forward(x) = relu(x @ W1) @ W2
 *        |                        ^^^^^^ [64, 784] @ [768, 128]: 784 and 768 differ
 *        |
 *     note: W1 is [768, 128], made here
 *       --> digits.gd:9:14
 *     help: he_normal(784, 128) would fit
 *
 * A source line is shown through a Glyph for each code point: what is printed for it (a tab as
 * blanks to the next multiple of four, a control byte as \x1b) and how many columns that takes, so
 * that the carets stand under their range whatever the line holds.  Wide characters take two
 * columns, combining ones none (a coarse cut of Unicode's EastAsianWidth and Mn).  Of a long line
 * only a window around the carets is read, so a line of ten megabytes costs nothing.  Of a range of
 * several lines the first is shown, with carets to its end.
 */
#include "lang/text/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- collecting ---- */

static bool same_place(const Diag *a, const Diag *b) {
  return a->warning == b->warning && a->span.file == b->span.file &&
         a->span.start == b->span.start && strcmp(a->where, b->where) == 0;
}

static bool known(const Report *report, const Diag *diag) {
  for (int i = 0; i < report->count; i++)
    if (diag->span.file && same_place(&report->items[i], diag)) return true;
  return false;
}

/* A slot for one more: a free one; for an error, else that of a warning; else the scratch one at
 * REPORT_LIMIT. */
static Diag *make_room(Report *report, bool warning) {
  if (!report->items) report->items = mem_zero((REPORT_LIMIT + 1) * sizeof *report->items);
  if (!warning && report->errors < REPORT_LIMIT) {
    report->errors++;
    if (report->count < REPORT_LIMIT) return &report->items[report->count++];
    for (int i = report->count - 1; i >= 0; i--)
      if (report->items[i].warning) return &report->items[i];
  }
  if (warning && report->count < REPORT_LIMIT) return &report->items[report->count++];
  return &report->items[REPORT_LIMIT];
}

static Diag *place(Report *report, const Diag *diag) {
  bool again = known(report, diag);
  Diag *room = again ? &report->items[REPORT_LIMIT] : make_room(report, diag->warning);
  *room = *diag;
  return room;
}

void report_add(Report *report, const Diag *diag) { place(report, diag); }

static PRINTF_LIKE(4, 0) Diag *begin(Report *report, Span span, bool warning, const char *format,
                                     va_list values) {
  Diag diag = {.status = STATUS_MALFORMED, .warning = warning, .span = span};
  diag_fail_list(&diag, STATUS_MALFORMED, span, format, values);
  diag.warning = warning;
  return place(report, &diag);
}

Diag *report_error(Report *report, Span span, const char *format, ...) {
  va_list values;
  va_start(values, format);
  Diag *diag = begin(report, span, false, format, values);
  va_end(values);
  return diag;
}

Diag *report_warning(Report *report, Span span, const char *format, ...) {
  va_list values;
  va_start(values, format);
  Diag *diag = begin(report, span, true, format, values);
  va_end(values);
  return diag;
}

bool report_full(const Report *report) { return report->errors >= REPORT_LIMIT; }

static int by_place(const void *left, const void *right) {
  const Diag *a = left, *b = right;
  if (a->span.file != b->span.file) return a->span.file < b->span.file ? -1 : 1;
  if (a->span.start != b->span.start) return a->span.start < b->span.start ? -1 : 1;
  return strcmp(a->message, b->message);
}

static void sort(Report *report) {
  if (report->count > 1)
    qsort(report->items, (size_t)report->count, sizeof *report->items, by_place);
}

int report_status(const Report *report) {
  for (int i = 0; i < report->count; i++)
    if (!report->items[i].warning) return report->items[i].status;
  return 0;
}

void report_clear(Report *report) {
  mem_free(report->items);
  *report = (Report){0};
}

/* ---- names in messages ---- */

const char *name_shown(const char *name, size_t length, char buffer[NAME_SIZE]) {
  size_t keep = text_whole(name, length, NAME_SHOWN);
  Text text = {0};
  text_escaped(&text, name, keep);
  snprintf(buffer, NAME_SIZE, "%s%s", text.data ? text.data : "", keep < length ? "..." : "");
  text_free(&text);
  return buffer;
}

/* ---- a source line and its carets ---- */

/* columns shown; columns before the carets; bytes read before them */
enum { WINDOW = 120, BEFORE = 60, BYTES_BEFORE = 400 };

static int width_of(uint32_t code) {
  if (code < 0x300) return 1;
  if (code < 0x370 || (code >= 0x200b && code <= 0x200d) || (code >= 0x20d0 && code < 0x2100) ||
      (code >= 0xfe00 && code < 0xfe10))
    return 0;
  bool wide = (code >= 0x1100 && code < 0x1160) || (code >= 0x2e80 && code < 0xa4d0) ||
              (code >= 0xac00 && code < 0xd7a4) || (code >= 0xf900 && code < 0xfb00) ||
              (code >= 0xfe30 && code < 0xfe70) || (code >= 0xff00 && code < 0xff61) ||
              (code >= 0xffe0 && code < 0xffe7) || (code >= 0x1f300 && code < 0x1f650) ||
              (code >= 0x1f900 && code < 0x1fa00) || (code >= 0x20000 && code < 0x3fffe);
  return wide ? 2 : 1;
}

typedef struct Glyph {
  char bytes[16]; /* what is printed, with a final NUL */
  int columns;    /* columns it takes */
  size_t size;    /* bytes of the source */
} Glyph;

static Glyph glyph_at(const char *text, size_t left, int column) {
  Glyph glyph = {.size = 1};
  if (*text == '\t') {
    glyph.columns = 4 - column % 4;
    snprintf(glyph.bytes, sizeof glyph.bytes, "%*s", glyph.columns, "");
    return glyph;
  }
  uint32_t code = 0;
  size_t size = text_decode(text, left, &code);
  if (size) glyph.size = size;
  Text shown = {0};
  text_escaped(&shown, text, glyph.size);
  snprintf(glyph.bytes, sizeof glyph.bytes, "%s", shown.data);
  glyph.columns = shown.length == size ? width_of(code) : (int)strlen(glyph.bytes);
  text_free(&shown);
  return glyph;
}

typedef struct Excerpt {
  Text line;       /* the shown part of the source line */
  int caret;       /* columns before the first caret */
  int caret_count; /* at least 1 */
} Excerpt;

/* Shows bytes from..end of text with carets under span, cut to a window. */
static Excerpt excerpt_make(const char *text, uint32_t from, uint32_t end, Span span) {
  Excerpt excerpt = {0};
  int skipped = 0; /* columns not shown at the left */
  int column = 0, before = 0;
  for (uint32_t i = from; i < span.start && i < end;) {
    Glyph glyph = glyph_at(text + i, end - i, before);
    before += glyph.columns;
    i += (uint32_t)glyph.size;
  }
  if (before > WINDOW - BEFORE / 2) skipped = before - BEFORE;
  if (skipped) text_string(&excerpt.line, "…");
  int shift = skipped ? 1 - skipped : 0, last = skipped + WINDOW, after = -1;
  bool started = false;
  for (uint32_t i = from; i < end && column < last;) {
    Glyph glyph = glyph_at(text + i, end - i, column);
    if (i >= span.end && after < 0) after = column;
    /* A character cut by the window's left edge is shown as blanks. */
    if (column >= skipped && !started && column > skipped)
      text_format(&excerpt.line, "%*s", column - skipped, "");
    if (column >= skipped) {
      started = true;
      text_string(&excerpt.line, glyph.bytes);
    }
    column += glyph.columns;
    i += (uint32_t)glyph.size;
    if (column >= last && i < end) text_string(&excerpt.line, "…");
  }
  if (after < 0) after = column;
  excerpt.caret = before + shift;
  excerpt.caret_count = after > before ? after - before : 1;
  return excerpt;
}

static int digits_of(uint32_t number) {
  int digits = 1;
  while (number >= 10) number /= 10, digits++;
  return digits;
}

/* ---- the form of section 13 ---- */

typedef struct Style {
  const char *error, *warning, *note, *gutter, *bold, *off;
} Style;

static const Style PLAIN = {"", "", "", "", "", ""};
static const Style COLORED = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m",
                              "\x1b[1;34m", "\x1b[1m",    "\x1b[0m"};

static void escaped(Text *text, const char *string) { text_escaped(text, string, strlen(string)); }

static void show_place(Text *text, const Style *style, int width, const SourcePlace *where) {
  text_format(text, "%*s%s-->%s ", width, "", style->gutter, style->off);
  escaped(text, where->name);
  text_format(text, ":%u:%u\n", where->line, where->column);
}

static void show_gutter(Text *text, const Style *style, int width) {
  text_format(text, "%s%*s |%s", style->gutter, width, "", style->off);
}

static void show_source(Text *text, const Style *style, int width, Source *source, const Diag *diag,
                        uint32_t line, bool more) {
  uint32_t start, end;
  if (!source_line(source, line, &start, &end)) return;
  uint32_t from = start;
  if (diag->span.start > start + BYTES_BEFORE) {
    from = diag->span.start - BYTES_BEFORE;
    while (from > start && ((unsigned char)source->text[from] & 0xc0) == 0x80) from--;
  }
  Excerpt excerpt = excerpt_make(source->text, from, end, diag->span);
  show_gutter(text, style, width);
  text_format(text, "\n%s%*u |%s %s\n", style->gutter, width, line, style->off,
              excerpt.line.data ? excerpt.line.data : "");
  show_gutter(text, style, width);
  text_format(text, " %*s%s", excerpt.caret, "", diag->warning ? style->warning : style->error);
  for (int i = 0; i < excerpt.caret_count; i++) text_char(text, '^');
  if (diag->label[0]) text_char(text, ' ');
  escaped(text, diag->label);
  text_format(text, "%s\n", style->off);
  if (more) {
    show_gutter(text, style, width);
    text_char(text, '\n');
  }
  text_free(&excerpt.line);
}

static void show_notes(Text *text, const Style *style, int width, const Sources *sources,
                       const Diag *diag) {
  for (int i = 0; i < diag->note_count; i++) {
    text_format(text, "%snote:%s ", style->note, style->off);
    escaped(text, diag->notes[i].text);
    text_char(text, '\n');
    SourcePlace where = source_place(sources, diag->notes[i].span);
    if (where.line) show_place(text, style, width, &where);
  }
  for (int i = 0; i < diag->call_count; i++) {
    SourcePlace where = source_place(sources, diag->calls[i].span);
    text_format(text, "%scalled%s at ", style->note, style->off);
    escaped(text, where.name);
    text_format(text, ":%u:%u", where.line, where.column);
    if (diag->calls[i].caller) text_format(text, " in `%.64s`", diag->calls[i].caller);
    text_char(text, '\n');
  }
  if (diag->calls_left)
    text_format(text, "%scalled%s from %d more\n", style->note, style->off, diag->calls_left);
  if (!diag->help[0]) return;
  text_format(text, "%shelp:%s ", style->note, style->off);
  escaped(text, diag->help);
  text_char(text, '\n');
}

/* Cuts what was added since `start` to REPORT_BYTES, at a whole character and outside a colour's
 * escape sequence. */
static void keep_short(Text *text, const Style *style, size_t start) {
  static const char mark[] = "…\n";
  if (text->length - start <= REPORT_BYTES) return;
  size_t at = start + REPORT_BYTES - sizeof mark - strlen(style->off);
  while (at > start && ((unsigned char)text->data[at] & 0xc0) == 0x80) at--;
  for (size_t back = 0; back < sizeof "\x1b[1;31m" && at > start + back; back++)
    if (text->data[at - back] == '\x1b') at -= back;
  text->length = at;
  text_string(text, style->off);
  text_string(text, mark);
}

void report_render(Text *text, const Sources *sources, const Diag *diag, bool color) {
  const Style *style = color ? &COLORED : &PLAIN;
  size_t start = text->length;
  SourcePlace where = source_place(sources, diag->span);
  int width = where.line ? digits_of(where.line) : 1;
  bool more = diag->note_count > 0 || diag->call_count > 0 || diag->help[0];
  text_format(text, "%s%s:%s%s ", diag->warning ? style->warning : style->error,
              diag->warning ? "warning" : "error", style->off, style->bold);
  escaped(text, diag->message);
  text_format(text, "%s\n", style->off);
  if (diag->where[0]) {
    text_format(text, "%*s%s-->%s ", width, "", style->gutter, style->off);
    escaped(text, diag->where);
    text_char(text, '\n');
  }
  if (where.line) {
    show_place(text, style, width, &where);
    show_source(text, style, width, source_at(sources, diag->span.file), diag, where.line, more);
  }
  show_notes(text, style, width, sources, diag);
  keep_short(text, style, start);
}

/* ---- one line of JSON ---- */

void json_escaped(Text *text, const char *bytes, size_t length) {
  for (size_t i = 0; i < length;) {
    uint32_t code;
    size_t size = text_decode(bytes + i, length - i, &code);
    if (size == 0) text_string(text, "\\ufffd");
    else if (code == '"' || code == '\\') text_format(text, "\\%c", (char)code);
    else if (code == '\n') text_string(text, "\\n");
    else if (code == '\t') text_string(text, "\\t");
    else if (code < 0x20 || code == 0x7f) text_format(text, "\\u%04x", code);
    else text_add(text, bytes + i, size);
    i += size ? size : 1;
  }
}

void json_quoted(Text *text, const char *bytes, size_t length) {
  text_char(text, '"');
  json_escaped(text, bytes, length);
  text_char(text, '"');
}

/* bytes kept of each end of a path, of a message; quoting makes each byte at most six */
enum { PATH_ENDS = 120, MESSAGE_SHORT = 360 };

static void member(Text *text, const char *key, const char *value) {
  text_format(text, ",\"%s\":", key);
  json_quoted(text, value, strlen(value));
}

/* With `shorter`, of a long path only its ends. */
static void place_members(Text *text, const SourcePlace *where, bool shorter) {
  size_t length = strlen(where->name);
  if (shorter && length > PATH_ENDS * 2) {
    const char *end = where->name + length - PATH_ENDS;
    while (((unsigned char)*end & 0xc0) == 0x80) end++;
    Text name = {0};
    text_add(&name, where->name, PATH_ENDS);
    text_format(&name, "...%s", end);
    member(text, "file", name.data);
    text_free(&name);
  } else {
    member(text, "file", where->name);
  }
  text_format(text, ",\"line\":%u,\"column\":%u", where->line, where->column);
}

static void json_calls(Text *text, const Sources *sources, const Diag *diag) {
  if (!diag->call_count) return;
  text_string(text, ",\"calls\":[");
  for (int i = 0; i < diag->call_count; i++) {
    SourcePlace where = source_place(sources, diag->calls[i].span);
    text_string(text, i ? ",{\"caller\":" : "{\"caller\":");
    const char *caller = diag->calls[i].caller ? diag->calls[i].caller : "";
    json_quoted(text, caller, strlen(caller));
    place_members(text, &where, false);
    text_char(text, '}');
  }
  text_char(text, ']');
}

static void json_notes(Text *text, const Sources *sources, const Diag *diag) {
  if (!diag->note_count) return;
  text_string(text, ",\"notes\":[");
  for (int i = 0; i < diag->note_count; i++) {
    text_string(text, i ? ",{\"message\":" : "{\"message\":");
    json_quoted(text, diag->notes[i].text, strlen(diag->notes[i].text));
    SourcePlace where = source_place(sources, diag->notes[i].span);
    if (where.line) place_members(text, &where, false);
    text_char(text, '}');
  }
  text_char(text, ']');
}

/* How much of an over-long line is left out, in this order: the calls, then the notes, then the
 * middle of the message. */
enum { JSON_ALL, JSON_NO_CALLS, JSON_NO_NOTES, JSON_SHORT };

static void render_json(Text *text, const Sources *sources, const Diag *diag, int less) {
  bool shorter = less == JSON_SHORT;
  size_t most = shorter ? MESSAGE_SHORT : sizeof diag->message;
  text_format(text,
              "{\"event\":\"%s\",\"status\":%d,\"message\":", diag->warning ? "warning" : "error",
              diag->status);
  json_quoted(text, diag->message, strnlen(diag->message, most));
  SourcePlace where = source_place(sources, diag->span);
  if (where.line) {
    place_members(text, &where, shorter);
    SourcePlace end = source_place(sources,
                                   (Span){diag->span.file, diag->span.end, diag->span.end});
    text_format(text, ",\"end_line\":%u,\"end_column\":%u", end.line, end.column);
  }
  if (diag->where[0] && !shorter) member(text, "where", diag->where);
  if (diag->label[0] && !shorter) member(text, "label", diag->label);
  if (less < JSON_NO_NOTES) json_notes(text, sources, diag);
  if (less < JSON_NO_CALLS) json_calls(text, sources, diag);
  if (diag->help[0] && !shorter) member(text, "help", diag->help);
  text_string(text, "}\n");
}

void report_json(Text *text, const Sources *sources, const Diag *diag) {
  size_t start = text->length;
  for (int less = JSON_ALL; less <= JSON_SHORT; less++) {
    text->length = start;
    render_json(text, sources, diag, less);
    if (text->length - start <= REPORT_BYTES) return;
  }
}

void report_show(Text *text, const Sources *sources, Report *report, bool color, bool json) {
  sort(report);
  for (int i = 0; i < report->count; i++) {
    if (json) report_json(text, sources, &report->items[i]);
    else report_render(text, sources, &report->items[i], color);
  }
}
