/* csv_text.c — the bytes of a CSV file as cells.
 *
 * The whole file is checked once for what text may not hold (broken UTF-8, control bytes, bare
 * carriage returns), so that reading a cell only looks for commas, quotes and newlines.  RFC 4180
 * has the form of cells.
 */
#include "runtime/io/csv_text.h"
#include "runtime/base/stop.h"
#include "runtime/io/csv.h"

#include <stdio.h>
#include <string.h>

/* ---- messages ---- */

void csv_text_place(const CsvText *text, size_t offset, int64_t *line, int64_t *column) {
  *line = 1;
  *column = 1;
  for (size_t i = 0; i < offset && i < text->length; i++) {
    if (text->data[i] == '\n') {
      ++*line;
      *column = 1;
    } else if (((unsigned char)text->data[i] & 0xC0) != 0x80) {
      ++*column;
    }
  }
}

bool csv_text_fail(const CsvText *text, size_t offset, const char *format, ...) {
  char message[640];
  va_list values;
  va_start(values, format);
  vsnprintf(message, sizeof message, format, values);
  va_end(values);
  int64_t line, column;
  csv_text_place(text, offset, &line, &column);
  return file_fail_line(text->diag, text->path, line, column, "%s", message);
}

const char *csv_text_show(const char *bytes, size_t length, char into[200]) {
  Text text = {0};
  size_t most = length;
  if (most > 40) {
    most = 40;
    while (most && ((unsigned char)bytes[most] & 0xC0) == 0x80) most--;
  }
  text_escaped(&text, bytes, most);
  if (most < length) text_string(&text, "…");
  snprintf(into, 200, "%s", text.data ? text.data : "");
  text_free(&text);
  return into;
}

/* ---- is it text at all? ---- */

static bool fail_likely(const CsvText *text) {
  const char *what = file_likely(text->bytes.data, text->bytes.length);
  return what ? file_fail_line(text->diag, text->path, 1, 1,
                               "this is not a CSV file: it looks like %s", what)
              : true;
}

/* UTF-16 without its mark: every second byte of ASCII text is 0. */
static bool fail_nul(const CsvText *text, size_t at) {
  bool wide = at < 4 && text->length > 3 && (text->data[at ^ 2] == 0 || text->data[at ^ 1] == 0);
  return csv_text_fail(
      text, at,
      wide ? "a NUL byte: the file looks like UTF-16 or UTF-32 text; save it as UTF-8"
           : "a NUL byte in a text file");
}

static bool check_text(const CsvText *text) {
  for (size_t i = 0; i < text->length && !stop_wanted();) {
    unsigned char byte = (unsigned char)text->data[i];
    uint32_t code = 0;
    size_t size = 1;
    if (byte == 0) return fail_nul(text, i);
    if (byte == '\r' && (i + 1 == text->length || text->data[i + 1] != '\n'))
      return csv_text_fail(text, i, "a bare carriage return: lines end in LF or CRLF");
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F)
      return csv_text_fail(text, i, "a control byte, \\x%02x", byte);
    if (byte >= 0x80) size = text_decode(text->data + i, text->length - i, &code);
    if (size == 0)
      return csv_text_fail(text, i,
                           "byte \\x%02x is not UTF-8: the file looks like Latin-1 or Windows-1252 "
                           "text; save it as UTF-8",
                           byte);
    if (code == 0xFEFF) return csv_text_fail(text, i, "a byte order mark inside the file");
    i += size;
  }
  return true;
}

/* ---- reading cells ---- */

static bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/* Ends the cell at `at`: steps over the comma, the newline or nothing. */
static bool end_cell(CsvText *text, size_t at, CsvCell *cell) {
  cell->after = at == text->length      ? CSV_AFTER_ALL
                : text->data[at] == ',' ? CSV_AFTER_CELL
                                        : CSV_AFTER_ROW;
  if (cell->length > CSV_CELL_MOST)
    return csv_text_fail(text, cell->start, "a cell of %zu bytes; the most is %d", cell->length,
                         CSV_CELL_MOST);
  if (at < text->length && text->data[at] == '\r') at++; /* check_text saw the LF behind it */
  text->at = at < text->length ? at + 1 : at;
  return true;
}

static bool quoted_cell(CsvText *text, size_t at, CsvCell *cell) {
  size_t quote = at++;
  cell->quoted = true;
  cell->start = quote;
  cell->text = text->data + at;
  for (;;) {
    const char *found = memchr(text->data + at, '"', text->length - at);
    if (!found) return csv_text_fail(text, quote, "this quote is never closed");
    at = (size_t)(found - text->data);
    if (at + 1 == text->length || text->data[at + 1] != '"') break;
    cell->doubled = true;
    at += 2;
  }
  cell->length = (size_t)(text->data + at - cell->text);
  for (at++; at < text->length && is_blank(text->data[at]); at++) {}
  if (at < text->length && text->data[at] != ',' && text->data[at] != '\n' &&
      text->data[at] != '\r')
    return csv_text_fail(
        text, quote,
        "text follows the quotes of this cell; a quote inside quotes is written twice");
  return end_cell(text, at, cell);
}

bool csv_text_next(CsvText *text, CsvCell *cell) {
  size_t at = text->at;
  *cell = (CsvCell){0};
  while (at < text->length && is_blank(text->data[at])) at++;
  if (at < text->length && text->data[at] == '"') return quoted_cell(text, at, cell);
  cell->start = at;
  cell->text = text->data + at;
  for (; at < text->length; at++) {
    char byte = text->data[at];
    if (byte == ',' || byte == '\n' || byte == '\r') break;
    if (byte == '"')
      return csv_text_fail(text, at, "a quote inside a cell that does not begin with one");
  }
  cell->length = (size_t)(text->data + at - cell->text);
  while (cell->length && is_blank(cell->text[cell->length - 1])) cell->length--;
  return end_cell(text, at, cell);
}

/* Blank lines at the very end are no rows. */
static void trim_end(CsvText *text) {
  while (text->length &&
         (text->data[text->length - 1] == '\n' || text->data[text->length - 1] == '\r'))
    text->length--;
}

char *csv_text_copy(Arena *arena, const CsvCell *cell, size_t *length) {
  char *copy = arena_text(arena, cell->text, cell->length);
  *length = cell->length;
  if (!cell->doubled) return copy;
  size_t kept = 0;
  for (size_t i = 0; i < cell->length; i++) {
    copy[kept++] = copy[i];
    if (copy[i] == '"') i++;
  }
  copy[kept] = 0;
  *length = kept;
  return copy;
}

/* ---- opening ---- */

bool csv_text_read(CsvText *text, const Files *files) {
  if (!file_read_unpacked(files, text->path, &text->bytes, text->diag)) return false;
  bool marked = text->bytes.length >= 3 && memcmp(text->bytes.data, "\xEF\xBB\xBF", 3) == 0;
  text->data = (const char *)text->bytes.data + (marked ? 3 : 0);
  text->length = text->bytes.length - (marked ? 3 : 0);
  if (!fail_likely(text) || !check_text(text)) return false;
  trim_end(text);
  return text->length > 0 || csv_text_fail(text, 0, "the file is empty");
}

void csv_text_free(CsvText *text) { bytes_free(&text->bytes); }
