/* csv_stream.c — a table of text in pieces; see csv_stream.h.
 *
 * A piece ends at the last line end that is outside quotes; a row that is longer than a piece makes
 * it grow.  What is in the pieces is checked where they are read.
 */
#include "runtime/io/csv_stream.h"
#include "runtime/io/csv_cell.h"
#include "runtime/io/csv_text.h"

#include <string.h>

static size_t stream_length(const CsvStream *stream) {
  return stream->whole.data ? stream->whole.length : stream->parts.length;
}

static bool read_part(CsvStream *stream, size_t at, size_t length, Bytes *bytes, Diag *diag) {
  if (!stream->whole.data) return file_read_part(&stream->parts, at, length, bytes, diag);
  *bytes = (Bytes){.data = mem_alloc(length + 1), .length = length};
  memcpy(bytes->data, stream->whole.data + at, length);
  bytes->data[length] = 0;
  return true;
}

/* One past the last line end outside quotes, 0 where there is none; `count`: only the first so many
 * line ends (-1: all). */
static size_t rows_end(const Bytes *bytes, int64_t count, int64_t *lines) {
  bool quoted = false;
  size_t end = 0;
  int64_t seen = 0;
  *lines = 0;
  for (size_t i = 0; i < bytes->length && count != 0; i++) {
    if (bytes->data[i] == '"') quoted = !quoted;
    if (bytes->data[i] != '\n') continue;
    seen++;
    if (quoted) continue;
    end = i + 1;
    *lines = seen;
    if (count > 0) count--;
  }
  return end;
}

/* Does a row begin at this line, or is it blank or a comment? */
static bool is_row(const char *line, const CsvForm *form) {
  size_t comment = strlen(form->comment);
  if (comment && strncmp(line, form->comment, comment) == 0) return false;
  line += strspn(line, form->separator == '\t' ? " " : " \t");
  return *line && *line != '\n' && *line != '\r';
}

/* Skipped lines, comments and, with a header, the line of the names. */
static bool read_header(CsvStream *stream, Diag *diag) {
  size_t length = stream_length(stream) < 1 << 20 ? stream_length(stream) : 1 << 20;
  Bytes bytes;
  if (!read_part(stream, 0, length, &bytes, diag)) return false;
  size_t end = 0;
  for (int64_t line = 0; end < bytes.length; line++) {
    bool names = line >= stream->form->skip && is_row((char *)bytes.data + end, stream->form);
    if (names && stream->form->no_header) break;
    Bytes rest = {.data = bytes.data + end, .length = bytes.length - end};
    int64_t lines;
    size_t next = rows_end(&rest, 1, &lines);
    stream->lines += next ? lines : 1;
    end = next ? end + next : bytes.length;
    if (names) break;
  }
  text_add(&stream->header, (char *)bytes.data, end);
  bytes_free(&bytes);
  stream->at = end;
  return true;
}

bool csv_stream_open(CsvStream *stream, const Files *files, const char *path, const CsvForm *form,
                     size_t piece, Diag *diag) {
  *stream = (CsvStream){.path = path, .form = form, .piece = piece, .parts.file = -1};
  if (!file_open(files, path, &stream->parts, diag)) return false;
  uint8_t first[2] = {0};
  if (stream->parts.length >= 2 && !file_read_into(&stream->parts, 0, first, 2, diag)) return false;
  bool packed = first[0] == 0x1F && first[1] == 0x8B;
  if (packed && !file_read_unpacked(files, path, &stream->whole, diag)) return false;
  return read_header(stream, diag);
}

bool csv_stream_next(CsvStream *stream, Bytes *bytes, size_t *moved_at, int64_t *moved_by,
                     Diag *diag) {
  size_t left = stream_length(stream) - stream->at, length = stream->piece, end = 0;
  int64_t lines = 0, header_lines = 0;
  *bytes = (Bytes){0};
  if (!left) return true;
  Bytes piece = {0};
  for (; !end; length *= 2) {
    bytes_free(&piece);
    if (length > left) length = left;
    if (!read_part(stream, stream->at, length, &piece, diag)) return false;
    end = rows_end(&piece, -1, &lines);
    if (length == left) end = left;
  }
  for (size_t i = 0; i < stream->header.length; i++) header_lines += stream->header.data[i] == '\n';
  *moved_at = stream->header.length;
  *moved_by = stream->lines - header_lines;
  bytes->length = stream->header.length + end;
  bytes->data = mem_alloc(bytes->length + 1);
  if (stream->header.length) memcpy(bytes->data, stream->header.data, stream->header.length);
  memcpy(bytes->data + stream->header.length, piece.data, end);
  bytes->data[bytes->length] = 0;
  bytes_free(&piece);
  stream->at += end;
  stream->lines += lines;
  return true;
}

/* One cell, in quotes where it has to be. */
static void add_cell(Text *row, const CsvCell *cell) {
  bool blanks = csv_cell_bare(*cell).length < cell->length, /* around, which only quotes keep */
      quoted = cell->quoted && (cell->length == 0 || blanks);
  for (size_t i = 0; i < cell->length; i++) quoted |= strchr(",;|\"\n\r\t", cell->text[i]) != NULL;
  if (quoted) text_char(row, '"');
  for (size_t i = 0; i < cell->length; i++) /* quotes inside stand doubled there already */
    text_char(row, cell->text[i]);
  if (quoted) text_char(row, '"');
}

static char *row_text(CsvText *text, Arena *arena, bool numbered) {
  Text row = {0};
  CsvCell cell;
  int64_t column = 0;
  do {
    if (!csv_text_next(text, &cell)) break; /* cannot be: it was read */
    if (column) text_char(&row, ',');
    if (numbered) text_format(&row, "%lld", (long long)column);
    else add_cell(&row, &cell);
    column++;
  } while (cell.after == CSV_AFTER_CELL);
  char *copy = arena_text(arena, row.data ? row.data : "", row.length);
  text_free(&row);
  return copy;
}

static int64_t count_lines(const CsvText *text, size_t from) {
  int64_t lines = 0;
  for (size_t i = from; i < text->at; i++) lines += text->data[i] == '\n';
  return lines;
}

bool csv_stream_cells(const Bytes *piece, const CsvForm *form, int64_t moved_by,
                      const int32_t *lines, int64_t count, Arena *arena, char ***rows, Diag *diag) {
  CsvText text = {.path = "", .diag = diag};
  if (!csv_text_take(&text, *piece, form)) return false;
  *rows = arena_alloc(arena, (size_t)(count + 1) * sizeof **rows);
  int64_t line = 1, at = 0;
  csv_text_row(&text);
  size_t start = text.at, from = 0;
  (*rows)[0] = row_text(&text, arena, form->no_header);
  if (form->no_header) text.at = start;
  while (at < count && csv_text_row(&text)) {
    line += count_lines(&text, from);
    from = text.at;
    char *row = row_text(&text, arena, false);
    if (line + moved_by == lines[at]) (*rows)[++at] = row;
  }
  text_free(&text.recoded);
  return at == count;
}

void csv_stream_close(CsvStream *stream) {
  file_close(&stream->parts);
  bytes_free(&stream->whole);
  text_free(&stream->header);
}
