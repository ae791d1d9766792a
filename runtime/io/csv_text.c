/* csv_text.c — the bytes of a CSV file as cells.
 *
 * The whole file is checked once for invalid text (broken UTF-8, control bytes, bare carriage
 * returns), so that reading a cell only looks for separators, quotes and newlines.  RFC 4180 has
 * the form of cells; a separator other than its comma is recognized by splitting the first lines
 * into equally many cells.
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
  if (offset >= text->moved_at) *line += text->moved_by;
}

bool csv_text_fail(const CsvText *text, size_t offset, const char *format, ...) {
  char message[640];
  va_list values;
  va_start(values, format);
  text_print_list(message, sizeof message, format, values);
  va_end(values);
  int64_t line, column;
  csv_text_place(text, offset, &line, &column);
  return file_fail_line(text->diag, text->path, line, column, "%s", message);
}

const char *csv_text_show(const char *bytes, size_t length, char into[200]) {
  Text text = {0};
  size_t most = text_whole(bytes, length, 40);
  text_escaped(&text, bytes, most);
  if (most < length) text_string(&text, "…");
  text_print(into, 200, "%s", text.data ? text.data : "");
  text_free(&text);
  return into;
}

/* ---- is it text at all? ---- */

static bool fail_likely(const CsvText *text) {
  const char *what = file_guess_format(text->file.bytes.data, text->file.bytes.length);
  if (!what) return true;
  file_fail_line(text->diag, text->path, 1, 1, "this is not a CSV file: it looks like %s", what);
  return file_help_format(text->diag, what);
}

/* UTF-16 without its mark: every second byte of ASCII text is 0. */
static bool fail_nul(const CsvText *text, size_t at) {
  bool wide = at < 4 && text->length > 3 && (text->data[at ^ 2] == 0 || text->data[at ^ 1] == 0);
  return csv_text_fail(
      text, at,
      wide ? "a NUL byte: the file looks like UTF-16 or UTF-32 text; save it as UTF-8"
           : "a NUL byte in a text file");
}

/* Are the eight bytes there all from 0x20 to 0x7e?  Most of a table is. */
static bool plain_bytes(const char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  uint64_t low = (word - 0x2020202020202020u) & ~word, high = word + 0x0101010101010101u;
  return ((low | high | word) & 0x8080808080808080u) == 0;
}

static bool fail_encoding(const CsvText *text, size_t at) {
  csv_text_fail(text, at,
                "byte \\x%02x is not UTF-8: the file looks like Latin-1 or Windows-1252 text",
                (unsigned char)text->data[at]);
  return diag_help(text->diag, "encoding: \"latin1\" reads it, or encoding: \"windows1252\"");
}

static bool fail_return(const CsvText *text, size_t at) {
  csv_text_fail(text, at, "a bare carriage return: lines end in LF or CRLF");
  return diag_help(text->diag, "tr '\\r' '\\n' < FILE converts them");
}

static bool check_byte(const CsvText *text, size_t i, size_t *size) {
  unsigned char byte = (unsigned char)text->data[i];
  uint32_t code = 0;
  *size = 1;
  if (byte == 0) return fail_nul(text, i);
  if (byte == '\r' && (i + 1 == text->length || text->data[i + 1] != '\n'))
    return fail_return(text, i);
  if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F)
    return csv_text_fail(text, i, "a control byte, \\x%02x", byte);
  if (byte >= 0x80) *size = text_decode(text->data + i, text->length - i, &code);
  if (*size == 0) return fail_encoding(text, i);
  return code != 0xFEFF || csv_text_fail(text, i, "a byte order mark inside the file");
}

static bool check_text(const CsvText *text) {
  size_t size = 0;
  for (size_t i = 0; i < text->length; i += size) {
    while (i + 8 <= text->length && plain_bytes(text->data + i)) i += 8;
    if (i == text->length) break;
    if (!check_byte(text, i, &size)) return false;
    if (UNLIKELY(stop_wanted())) return true;
  }
  return true;
}

/* ---- other encodings ---- */

/* Windows-1252 where it is not Latin-1, 0x80 to 0x9f; 0: no character. */
static const uint16_t WINDOWS[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static void recode(CsvText *text, CsvEncoding encoding) {
  size_t moved_at = text->moved_at;
  for (size_t i = 0; i < text->file.bytes.length && !stop_wanted(); i++) {
    if (i == moved_at) text->moved_at = text->recoded.length;
    uint8_t byte = text->file.bytes.data[i];
    bool moved = encoding == CSV_WINDOWS1252 && byte >= 0x80 && byte < 0xA0 && WINDOWS[byte - 0x80];
    if (byte < 0x80) text_char(&text->recoded, (char)byte);
    else text_code_point(&text->recoded, moved ? WINDOWS[byte - 0x80] : byte);
  }
}

/* ---- which separator? ---- */

static const char SEPARATORS[] = {',', ';', '\t', '|'};
enum { SEPARATOR_COUNT = 4, SAMPLE_LINES = 20, SAMPLE_BYTES = 1 << 16 };

/* How often each separator stands outside quotes in one line; `at` moves behind it. */
static void count_line(const CsvText *text, size_t *at, size_t end, int counts[SEPARATOR_COUNT]) {
  bool quoted = false;
  memset(counts, 0, SEPARATOR_COUNT * sizeof *counts);
  for (; *at < end; ++*at) {
    char byte = text->data[*at];
    if (byte == '"') quoted = !quoted;
    if (byte == '\n' && !quoted) break;
    for (int i = 0; i < SEPARATOR_COUNT && !quoted; i++) counts[i] += byte == SEPARATORS[i];
  }
}

/* Of the first lines: how many each separator parts as it parts the header. */
static int sample(const CsvText *text, int header[SEPARATOR_COUNT], int alike[SEPARATOR_COUNT]) {
  CsvText lines = *text;
  size_t end = text->length - text->at > SAMPLE_BYTES ? text->at + SAMPLE_BYTES : text->length;
  int seen = 0;
  lines.separator = 0;
  for (; seen < SAMPLE_LINES && csv_text_row(&lines) && lines.at < end; seen++) {
    int counts[SEPARATOR_COUNT];
    count_line(&lines, &lines.at, end, counts);
    if (lines.at == end && end < text->length) break; /* cut */
    for (int i = 0; i < SEPARATOR_COUNT; i++) {
      if (seen == 0) header[i] = counts[i], alike[i] = 0;
      alike[i] += header[i] > 0 && counts[i] == header[i];
    }
  }
  return seen;
}

static const char *separator_name(char separator) {
  return separator == ';' ? "`;`" : separator == '\t' ? "tabs" : separator == '|' ? "`|`" : "`,`";
}

static char fail_two(const CsvText *text, char one, char other) {
  csv_text_fail(text, text->at,
                "the header has both %s and %s between its columns: which one separates them?",
                separator_name(one), separator_name(other));
  diag_help(text->diag, "give separator: \"%s\", or put a name that holds the other one in quotes",
            one == '\t' ? "\\t" : (char[]){one, 0});
  return 0;
}

char csv_text_separator(const CsvText *text, char decimal) {
  int header[SEPARATOR_COUNT] = {0}, alike[SEPARATOR_COUNT] = {0}, best = -1;
  sample(text, header, alike);
  for (int i = decimal == ','; i < SEPARATOR_COUNT; i++)
    if (header[i] && (best < 0 || alike[i] > alike[best])) best = i;
  if (best < 0) return header[0] ? ',' : decimal == ',' ? ';' : ',';
  for (int i = decimal == ','; i < SEPARATOR_COUNT; i++)
    if (i != best && header[i] && (alike[i] == alike[best] || (best == 0 && SEPARATORS[i] != '|')))
      return fail_two(text, SEPARATORS[best], SEPARATORS[i]);
  return SEPARATORS[best];
}

void csv_text_part(CsvText *text, char separator) {
  text->separator = separator;
  text->blank = separator == '\t' ? ' ' : '\t';
  memset(text->stops, 0, sizeof text->stops);
  text->stops[0] = text->stops['\n'] = text->stops['\r'] = text->stops['"'] = true;
  text->stops[(unsigned char)separator] = true;
  if (separator == ' ') text->stops['\t'] = true;
}

/* ---- reading cells ---- */

static bool is_blank(const CsvText *text, char byte) { return byte == ' ' || byte == text->blank; }

static bool is_comment(const CsvText *text, size_t at) {
  size_t length = strlen(text->comment);
  return length && text->length - at >= length &&
         memcmp(text->data + at, text->comment, length) == 0;
}

void csv_text_next_line(CsvText *text) {
  const char *found = memchr(text->data + text->at, '\n', text->length - text->at);
  text->at = found ? (size_t)(found - text->data) + 1 : text->length;
}

bool csv_text_row(CsvText *text) {
  while (text->at < text->length) {
    size_t at = text->at;
    if (*text->comment && is_comment(text, at)) {
      csv_text_next_line(text);
      continue;
    }
    while (at < text->length && is_blank(text, text->data[at])) at++;
    if (at < text->length && text->data[at] == '\r') at++;
    if (at < text->length && text->data[at] != '\n') return true;
    text->at = at < text->length ? at + 1 : at;
  }
  return false;
}

/* Ends a cell where blanks part the columns: any number of them, none behind the last. */
static bool end_blank(CsvText *text, size_t at, CsvCell *cell) {
  while (at < text->length && is_blank(text, text->data[at])) at++;
  if (at < text->length && text->data[at] == '\r') at++;
  bool row = at < text->length && text->data[at] == '\n';
  cell->after = at == text->length ? CSV_AFTER_ALL : row ? CSV_AFTER_ROW : CSV_AFTER_CELL;
  text->at = at + row;
  return true;
}

/* Ends the cell at `at`: steps over the separator, the newline or nothing. */
static inline bool end_cell(CsvText *text, size_t at, CsvCell *cell) {
  cell->after = at == text->length                  ? CSV_AFTER_ALL
                : text->data[at] == text->separator ? CSV_AFTER_CELL
                                                    : CSV_AFTER_ROW;
  if (cell->length > CSV_CELL_MOST)
    return csv_text_fail(text, cell->start, "a cell of %zu bytes; the most is %d", cell->length,
                         CSV_CELL_MOST);
  if (UNLIKELY(text->separator == ' ')) return end_blank(text, at, cell);
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
  size_t behind = at + 1;
  for (at = behind; at < text->length && is_blank(text, text->data[at]); at++) {}
  bool parted = text->separator == ' ' ? at > behind
                                       : at < text->length && text->data[at] == text->separator;
  if (at < text->length && !parted && text->data[at] != '\n' && text->data[at] != '\r')
    return csv_text_fail(
        text, quote,
        "text follows the quotes of this cell; a quote inside quotes is written twice");
  return end_cell(text, at, cell);
}

bool csv_text_next(CsvText *text, CsvCell *cell) {
  size_t at = text->at;
  *cell = (CsvCell){0};
  while (at < text->length && is_blank(text, text->data[at])) at++;
  if (at < text->length && text->data[at] == '"') return quoted_cell(text, at, cell);
  cell->start = at;
  cell->text = text->data + at;
  const char *byte = cell->text;
  while (!text->stops[(unsigned char)*byte]) byte++; /* a NUL stands behind the text */
  at = (size_t)(byte - text->data);
  if (UNLIKELY(*byte == '"'))
    return csv_text_fail(text, at, "a quote inside a cell that does not begin with one");
  cell->length = (size_t)(text->data + at - cell->text);
  while (cell->length && is_blank(text, cell->text[cell->length - 1])) cell->length--;
  return end_cell(text, at, cell);
}

/* ---- plain numbers ---- */

enum { NUMBER_BYTES = 32, DIGITS_EXACT = 15 /* that make less than 2^53 */ };

/* Up to eight digits at `at` as a number; how many.  All eight bytes are looked at in one word (D.
 * Lemire, Number parsing at a gigabyte per second, 2021). */
static inline int take_digits(const char *at, uint64_t *value) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint64_t word;
  memcpy(&word, at, sizeof word);
  word ^= 0x3030303030303030u;
  /* the high bit of each byte over 9; carries go to later bytes only */
  uint64_t others = ((word + 0x7676767676767676u) | word) & 0x8080808080808080u;
  int count = (__builtin_ctzll(others | (uint64_t)1 << 63) >> 3) + !others;
  int half = 32 - 4 * count; /* as if zeros stood before; in two, as 64 at once has no meaning */
  word = word << half << half;
  word = (word * 2561) >> 8 & 0x00FF00FF00FF00FFu;
  word = (word * 6553601) >> 16 & 0x0000FFFF0000FFFFu;
  *value = (word * 42949672960001u) >> 32;
#else
  int count = 0;
  for (*value = 0; count < 8 && at[count] >= '0' && at[count] <= '9'; count++)
    *value = *value * 10 + (uint64_t)(at[count] - '0');
#endif
  return count;
}

bool csv_text_number(CsvText *text, CsvCell *cell, double *number) {
  static const uint64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
  static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  if (UNLIKELY(text->length - text->at < NUMBER_BYTES)) return false;
  const char *start = text->data + text->at, *at = start + (*start == '-');
  uint64_t whole, part;
  int digits = take_digits(at, &whole), places = 0;
  at += digits;
  if (*at == '.') {
    places = take_digits(++at, &part);
    whole = whole * tens[places] + part;
    at += places;
    int more = take_digits(at, &part); /* none unless there were eight: no branch is quicker */
    whole = whole * tens[more] + part;
    places += more;
    at += more;
  }
  char after = *at;
  bool row = after == '\n' || after == '\r'; /* check_text saw the LF behind it */
  if ((after != text->separator && !row) || digits + places < 1 || digits + places > DIGITS_EXACT)
    return false;
  double size = places ? (double)whole / powers[places] : (double)whole;
  /* signs come by chance, which costs a branch as much as all the digits */
  uint64_t bits;
  memcpy(&bits, &size, sizeof bits);
  bits ^= (uint64_t)(*start == '-') << 63;
  memcpy(number, &bits, sizeof bits);
  *cell = (CsvCell){.text = start,
                    .length = (size_t)(at - start),
                    .start = text->at,
                    .after = row ? CSV_AFTER_ROW : CSV_AFTER_CELL};
  text->at = (size_t)(at - text->data) + 1 + (after == '\r');
  return true;
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

static bool skip_lines(CsvText *text, int64_t lines) {
  for (int64_t i = 0; i < lines; i++) {
    if (text->at == text->length)
      return csv_text_fail(text, text->at, "`skip:` is %lld, the file has %lld lines",
                           (long long)lines, (long long)i);
    csv_text_next_line(text);
  }
  text->table_at = text->at;
  return true;
}

bool csv_text_take(CsvText *text, Bytes bytes, const CsvForm *form) {
  text->file.bytes = bytes;
  text->comment = form->comment;
  csv_text_part(text, form->separator);
  if (!fail_likely(text)) return false;
  bool marked = bytes.length >= 3 && memcmp(bytes.data, "\xEF\xBB\xBF", 3) == 0;
  text->data = (const char *)bytes.data + (marked ? 3 : 0);
  text->length = bytes.length - (marked ? 3 : 0);
  if (marked && text->moved_at) text->moved_at -= 3;
  if (form->encoding != CSV_UTF8 && !marked) {
    recode(text, form->encoding);
    text->data = text->recoded.data ? text->recoded.data : "";
    text->length = text->recoded.length;
  }
  if (!check_text(text) || !skip_lines(text, form->skip)) return false;
  CsvText rows = *text;
  return csv_text_row(&rows) || csv_text_fail(text, text->at, "the file is empty");
}

bool csv_text_read(CsvText *text, const Files *files, const CsvForm *form) {
  MappedBytes file;
  if (!mapped_bytes(files, text->path, &file, text->diag)) return false;
  text->file = file;
  return csv_text_take(text, file.bytes, form);
}

void csv_text_free(CsvText *text) {
  mapped_bytes_free(&text->file);
  text_free(&text->recoded);
}
