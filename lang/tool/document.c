/* document.c — the text of an open document, kept as its editor has it.
 *
 * Changes are ranges in lines and UTF-16 units.  Whatever they are, the text stays well-formed
 * UTF-8: positions outside the text are clamped, reversed ones exchanged, and one inside a
 * surrogate pair moves to the pair's beginning (FAULTS.md, H9).  Data derived from the text is
 * computed on demand.
 */
#include "lang/tool/document.h"

#include <string.h>

enum { TRIES_MOST = 4 }; /* checks of one text that may be given up: the next one goes on */

static int hex(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  byte |= 32;
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The path of a `file://` URI, its %20 and the like as characters. */
static char *path_of(const char *uri) {
  if (strncmp(uri, "file://", 7) != 0) return mem_text(uri, strlen(uri));
  const char *at = uri + 7;
  char *path = mem_text(at, strlen(at)), *out = path;
  for (; *at; at++) {
    int high = *at == '%' ? hex(at[1]) : -1, low = high >= 0 ? hex(at[2]) : -1;
    if (low >= 0 && high * 16 + low) *out++ = (char)(high * 16 + low), at += 2;
    else *out++ = *at;
  }
  *out = 0;
  return path;
}

bool document_line_ends(const Document *document, uint32_t at) {
  const char *text = document->text.data;
  return text[at] == '\n' || (text[at] == '\r' && text[at + 1] != '\n');
}

static void find_lines(Document *document) {
  uint32_t count = 1, length = (uint32_t)document->text.length;
  for (uint32_t i = 0; i < length; i++) count += document_line_ends(document, i);
  document->lines = mem_grow(document->lines, count * sizeof *document->lines);
  document->line_count = 0;
  document->lines[document->line_count++] = 0;
  for (uint32_t i = 0; i < length; i++)
    if (document_line_ends(document, i)) document->lines[document->line_count++] = i + 1;
}

static void changed(Document *document) {
  find_lines(document);
  document->outlined = document->checked = document->told = false;
  document->tries = 0;
}

void document_set(Document *document, const char *text, size_t length) {
  Text fresh = {0};
  text_add(&fresh, text, length < SOURCE_LIMIT ? length : SOURCE_LIMIT);
  text_free(&document->text);
  document->text = fresh;
  changed(document);
}

Document *document_new(const char *uri, const char *text, size_t length) {
  Document *document = mem_zero(sizeof *document);
  document->uri = mem_text(uri, strlen(uri));
  document->path = path_of(uri);
  document_set(document, text, length);
  return document;
}

void document_free(Document *document) {
  outline_free(document->outline);
  analysis_free(document->analysis);
  analysis_free(document->values);
  mem_free(document->lines);
  mem_free(document->uri);
  mem_free(document->path);
  text_free(&document->text);
  mem_free(document);
}

/* ---- places ---- */

static int64_t whole(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_integer(value) ? json_integer_value(value) : 0;
}

uint32_t document_offset(const Document *document, const json_t *position) {
  int64_t line = whole(position, "line"), units = whole(position, "character");
  if (line < 0) return 0;
  if (line >= document->line_count) return (uint32_t)document->text.length;
  uint32_t at = document->lines[line];
  const char *text = document->text.data;
  while (units > 0 && at < document->text.length && text[at] != '\n' && text[at] != '\r') {
    uint32_t code = 0;
    size_t size = text_decode(text + at, document->text.length - at, &code);
    units -= code >= 0x10000 ? 2 : 1;
    if (units < 0) break;
    at += size ? (uint32_t)size : 1;
  }
  return at;
}

uint32_t document_line(const Document *document, uint32_t offset) {
  uint32_t low = 0, high = document->line_count;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (document->lines[middle] <= offset) low = middle;
    else high = middle;
  }
  return low;
}

static void place_of(const Document *document, uint32_t offset, uint32_t *line, uint32_t *units) {
  if (offset > document->text.length) offset = (uint32_t)document->text.length;
  *line = document_line(document, offset);
  *units = 0;
  for (uint32_t at = document->lines[*line]; at < offset;) {
    uint32_t code = 0;
    size_t size = text_decode(document->text.data + at, document->text.length - at, &code);
    *units += code >= 0x10000 ? 2 : 1;
    at += size ? (uint32_t)size : 1;
  }
}

json_t *document_position(const Document *document, uint32_t offset) {
  uint32_t line, units;
  place_of(document, offset, &line, &units);
  return json_pack("{s:i,s:i}", "line", (int)line, "character", (int)units);
}

void document_write_number(uint32_t number, Text *out) {
  char digits[10];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  text_add(out, digits + at, sizeof digits - at);
}

void document_write_position(const Document *document, uint32_t offset, Text *out) {
  uint32_t line, units;
  place_of(document, offset, &line, &units);
  text_string(out, "{\"line\":");
  document_write_number(line, out);
  text_string(out, ",\"character\":");
  document_write_number(units, out);
  text_char(out, '}');
}

void document_write_range(const Document *document, uint32_t start, uint32_t end, Text *out) {
  text_string(out, "{\"start\":");
  document_write_position(document, start, out);
  text_string(out, ",\"end\":");
  document_write_position(document, end, out);
  text_char(out, '}');
}

json_t *document_range(const Document *document, uint32_t start, uint32_t end) {
  return json_pack("{s:o,s:o}", "start", document_position(document, start), "end",
                   document_position(document, end));
}

/* ---- changes ---- */

bool document_change(Document *document, const json_t *change) {
  const json_t *text = json_object_get(change, "text"), *range = json_object_get(change, "range");
  if (!json_is_string(text)) return false;
  const char *bytes = json_string_value(text);
  size_t length = json_string_length(text);
  if (!json_is_object(range)) return document_set(document, bytes, length), true;
  uint32_t start = document_offset(document, json_object_get(range, "start")),
           end = document_offset(document, json_object_get(range, "end"));
  if (start > end) {
    uint32_t other = start;
    start = end;
    end = other;
  }
  Text out = {0};
  text_add(&out, document->text.data, start);
  text_add(&out, bytes, length);
  text_add(&out, document->text.data + end, document->text.length - end);
  if (out.length > SOURCE_LIMIT) return text_free(&out), false;
  text_free(&document->text);
  document->text = out;
  analysis_move(document->analysis, start, end, (uint32_t)length);
  analysis_move(document->values, start, end, (uint32_t)length);
  changed(document);
  return true;
}

/* ---- what is derived ---- */

const Outline *document_outline(Document *document) {
  if (document->outlined) return document->outline;
  Outline *outline = outline_make(document->path, document->text.data, document->text.length);
  if (outline) {
    outline_free(document->outline);
    document->outline = outline;
  }
  document->outlined = outline != NULL;
  return document->outline;
}

bool document_check(Document *document, const Vm *vm, int input) {
  if (document->checked) return true;
  Analysis *analysis = analysis_make(vm, document->path, document->text.data, document->text.length,
                                     document->tries < TRIES_MOST ? input : -1);
  document->tries++;
  if (!analysis) return false;
  if (document->analysis && document->analysis->valued) {
    analysis_free(document->values);
    document->values = document->analysis;
  } else {
    analysis_free(document->analysis);
  }
  document->analysis = analysis;
  document->checked = true;
  return true;
}

const Analysis *document_analysis(Document *document, const Vm *vm) {
  if (!document->analysis) document_check(document, vm, -1);
  return document->analysis;
}

const Analysis *document_values(const Document *document) {
  return document->analysis && document->analysis->valued ? document->analysis : document->values;
}
