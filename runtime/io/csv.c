/* csv.c — a table of text as tensors, in two passes over the bytes.
 *
 * The whole file is in memory, checked once for what text may not hold (broken UTF-8, control
 * bytes, bare carriage returns).  Then
 *   survey  walks all cells: every row has as many cells as the first, and for each column
 *           it counts numbers, other texts and empty cells and notes where the first of each
 *           stands.  What kind a column is, and every mistake, is decided from those;
 *   fill    walks again and writes numbers and class codes to where they belong.
 * The first pass allocates per column, the second the tensors and the distinct texts, so
 * memory is the file, its elements, and little else.
 *
 * A place in the file is kept as an offset.  Line and column are counted from the start when a message
 * needs them, so that counting costs nothing while all is well.
 */
#include "runtime/io/csv.h"
#include "runtime/base/stop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CLASSES_MOST = 1 << 24 }; /* codes that an f32 of x still tells apart */
static const double WHOLE_IN_F32 = 16777216; /* up to 2^24 f32 has every whole number */
#ifdef GD_HARSH
enum { SLOTS_FIRST = 2 }; /* of the table of distinct texts */
#else
enum { SLOTS_FIRST = 64 };
#endif

/* ---- cells ---- */

typedef enum After { AFTER_CELL, AFTER_ROW, AFTER_ALL } After;

typedef struct Cell {
  const char *text;   /* without quotes and blanks around; doubled quotes still doubled */
  size_t length;
  size_t start;       /* offset in the file */
  bool quoted;
  bool doubled;       /* has doubled quotes inside */
  After after;        /* what ends it: a comma, the end of the row, or of the file */
} Cell;

typedef enum CellKind { CELL_EMPTY, CELL_NUMBER, CELL_TEXT } CellKind;

/* What the survey learns of a column.  The places are offsets, valid where the count is above 0. */
typedef struct Column {
  const char *name;
  int64_t numbers, texts, empties;  /* cells of each kind */
  size_t number_at, text_at, empty_at; /* the first of each */
  size_t doubtful_at;               /* the first text that was hardly meant as one */
  const char *doubt;                /* why; NULL: there is none */
  bool text;                        /* decided: class codes */
  int64_t slot;                     /* its axis of x, -1 for the target */
  int64_t classes;                  /* which of the class lists, for a text column */
  double sum;                       /* of the numbers, for the mean */
  size_t beyond_at;                 /* the first number that the dtype cannot hold */
  bool beyond;                      /* there is one */
  double *large;                    /* whole numbers of which f32 does not hold all; owned; NULL while there are none */
  int64_t large_count, large_capacity;
} Column;

typedef struct Table {
  const char *path;
  Bytes bytes;
  const char *text;     /* the bytes behind a byte order mark */
  size_t length;
  size_t at;            /* where the next cell starts */
  const CsvOptions *options;
  Csv *csv;
  Diag *diag;
  Column *columns;      /* in the csv's arena */
  int64_t column_count;
  size_t data_start;    /* offset of the first row of data */
  int64_t rows;         /* of data, all of them */
  int64_t rows_missing; /* with an empty cell */
  int64_t target;       /* column of y, -1 without one */
} Table;

static const char *const missing_words[] = {"error", "drop", "mean"};

bool csv_missing_parse(const char *word, CsvMissing *missing) {
  for (int i = 0; i < COUNT_OF(missing_words); i++) {
    if (strcmp(word, missing_words[i]) != 0) continue;
    *missing = (CsvMissing)i;
    return true;
  }
  return false;
}

/* ---- messages ---- */

/* Line and column (in characters) of an offset, both from 1. */
static void find_place(const Table *table, size_t offset, int64_t *line, int64_t *column) {
  *line = 1;
  *column = 1;
  for (size_t i = 0; i < offset && i < table->length; i++) {
    if (table->text[i] == '\n') {
      ++*line;
      *column = 1;
    } else if (((unsigned char)table->text[i] & 0xC0) != 0x80) {
      ++*column;
    }
  }
}

static PRINTF_LIKE(3, 4) bool fail_at(const Table *table, size_t offset, const char *format, ...) {
  char message[640];
  va_list values;
  va_start(values, format);
  vsnprintf(message, sizeof message, format, values);
  va_end(values);
  int64_t line, column;
  find_place(table, offset, &line, &column);
  return file_fail_line(table->diag, table->path, line, column, "%s", message);
}

/* A piece of the file as it is shown: escaped, at most some sixty bytes. */
static const char *show_bytes(const char *bytes, size_t length, char into[200]) {
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

static const char *show_name(const Column *column, char into[200]) { return show_bytes(column->name, strlen(column->name), into); }

/* ---- is it text at all? ---- */

static bool fail_likely(const Table *table) {
  const char *what = file_likely(table->bytes.data, table->bytes.length);
  return what ? file_fail_line(table->diag, table->path, 1, 1, "this is not a CSV file: it looks like %s", what) : true;
}

/* UTF-16 without its mark: every second byte of ASCII text is 0. */
static bool fail_nul(const Table *table, size_t at) {
  bool wide = at < 4 && table->length > 3 && (table->text[at ^ 2] == 0 || table->text[at ^ 1] == 0);
  return fail_at(table, at, wide ? "a NUL byte: the file looks like UTF-16 or UTF-32 text; save it as UTF-8" : "a NUL byte in a text file");
}

static bool check_text(const Table *table) {
  for (size_t i = 0; i < table->length && !stop_wanted();) {
    unsigned char byte = (unsigned char)table->text[i];
    uint32_t code = 0;
    size_t size = 1;
    if (byte == 0) return fail_nul(table, i);
    if (byte == '\r' && (i + 1 == table->length || table->text[i + 1] != '\n'))
      return fail_at(table, i, "a bare carriage return: lines end in LF or CRLF");
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F)
      return fail_at(table, i, "a control byte, \\x%02x", byte);
    if (byte >= 0x80) size = text_decode(table->text + i, table->length - i, &code);
    if (size == 0) return fail_at(table, i, "byte \\x%02x is not UTF-8: the file looks like Latin-1 or Windows-1252 text; save it as UTF-8", byte);
    if (code == 0xFEFF) return fail_at(table, i, "a byte order mark inside the file");
    i += size;
  }
  return true;
}

/* ---- reading cells ---- */

static bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/* Ends the cell at `at`: steps over the comma, the newline or nothing. */
static bool end_cell(Table *table, size_t at, Cell *cell) {
  cell->after = at == table->length ? AFTER_ALL : table->text[at] == ',' ? AFTER_CELL : AFTER_ROW;
  if (cell->length > CSV_CELL_MOST) return fail_at(table, cell->start, "a cell of %zu bytes; the most is %d", cell->length, CSV_CELL_MOST);
  if (at < table->length && table->text[at] == '\r') at++; /* check_text saw the LF behind it */
  table->at = at < table->length ? at + 1 : at;
  return true;
}

static bool quoted_cell(Table *table, size_t at, Cell *cell) {
  size_t quote = at++;
  cell->quoted = true;
  cell->start = quote;
  cell->text = table->text + at;
  for (;;) {
    const char *found = memchr(table->text + at, '"', table->length - at);
    if (!found) return fail_at(table, quote, "this quote is never closed");
    at = (size_t)(found - table->text);
    if (at + 1 == table->length || table->text[at + 1] != '"') break;
    cell->doubled = true;
    at += 2;
  }
  cell->length = (size_t)(table->text + at - cell->text);
  for (at++; at < table->length && is_blank(table->text[at]); at++) {}
  if (at < table->length && table->text[at] != ',' && table->text[at] != '\n' && table->text[at] != '\r')
    return fail_at(table, quote, "text follows the quotes of this cell; a quote inside quotes is written twice");
  return end_cell(table, at, cell);
}

static bool next_cell(Table *table, Cell *cell) {
  size_t at = table->at;
  *cell = (Cell){0};
  while (at < table->length && is_blank(table->text[at])) at++;
  if (at < table->length && table->text[at] == '"') return quoted_cell(table, at, cell);
  cell->start = at;
  cell->text = table->text + at;
  for (; at < table->length; at++) {
    char byte = table->text[at];
    if (byte == ',' || byte == '\n' || byte == '\r') break;
    if (byte == '"') return fail_at(table, at, "a quote inside a cell that does not begin with one");
  }
  cell->length = (size_t)(table->text + at - cell->text);
  while (cell->length && is_blank(cell->text[cell->length - 1])) cell->length--;
  return end_cell(table, at, cell);
}

/* Blank lines at the very end are no rows. */
static void trim_end(Table *table) {
  while (table->length && (table->text[table->length - 1] == '\n' || table->text[table->length - 1] == '\r')) table->length--;
}

/* The cell's text with doubled quotes single, in the arena. */
static char *cell_text(Arena *arena, const Cell *cell, size_t *length) {
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

/* ---- what kind of cell ---- */

static bool same_word(const Cell *cell, const char *word) { return strlen(word) == cell->length && strncasecmp(cell->text, word, cell->length) == 0; }

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/* Digits with the signs, points, commas and blanks that people put among them. */
static bool nearly_number(const Cell *cell) {
  size_t digits = 0, others = 0;
  for (size_t i = 0; i < cell->length; i++) {
    char byte = cell->text[i];
    if (is_digit(byte)) digits++;
    else if (!memchr("+-.,_ '%eE", byte, 10)) return false;
    else if (byte != '.' && byte != ',' && byte != '_' && byte != ' ' && byte != '\'') others++;
  }
  return digits && others <= 3 && (is_digit(cell->text[0]) || memchr("+-.,", cell->text[0], 4)) && !memchr(cell->text + 1, '-', cell->length - 1);
}

static int64_t count_points(const Cell *cell) {
  int64_t count = 0;
  for (size_t i = 0; i < cell->length; i++) count += cell->text[i] == '.';
  return count;
}

/* Digits of other scripts that look like numbers: Arabic-Indic, Persian, Devanagari, full width. */
static bool foreign_digits(const Cell *cell) {
  size_t at = 0, count = 0;
  while (at < cell->length) {
    uint32_t code = 0;
    size_t size = text_decode(cell->text + at, cell->length - at, &code);
    bool digit = (code >= 0x660 && code <= 0x669) || (code >= 0x6F0 && code <= 0x6F9) || (code >= 0x966 && code <= 0x96F) || (code >= 0xFF10 && code <= 0xFF19);
    if (!size || (!digit && code >= 0x80)) return false;
    count += digit;
    at += size;
  }
  return count > 0;
}

/* Why a text was hardly meant as a text; NULL where there is no doubt.  Quotes are a way to say that it was,
 * as R does with "NA"; but a number with commas had to be quoted, whatever it was meant as. */
static const char *find_doubt(const Cell *cell) {
  if (cell->quoted && !memchr(cell->text, ',', cell->length)) return NULL;
  static const char *const words[] = {"NA", "N/A", "#N/A", "null", "nan", "NaT", "<NA>", "(null)", "?", "-", "\\N"};
  for (int i = 0; i < COUNT_OF(words); i++)
    if (same_word(cell, words[i])) return "a missing value is written as an empty cell (and a text that looks like one in quotes)";
  char first = cell->text[0];
  if (first == '#' && (cell->text[cell->length - 1] == '!' || cell->text[cell->length - 1] == '?')) return "a spreadsheet's error";
  if (first == '=' || (first == '+' && cell->length > 1 && !is_digit(cell->text[1]))) return "a spreadsheet's formula, not its value";
  if (cell->length > 2 && first == '0' && (cell->text[1] == 'x' || cell->text[1] == 'X') && strspn(cell->text + 2, "0123456789abcdefABCDEF") >= cell->length - 2)
    return "a hexadecimal number: write it in decimal";
  if (nearly_number(cell)) {
    if (count_points(cell) > 1 && !memchr(cell->text, ',', cell->length)) return NULL; /* a version, an address */
    bool plain = strspn(cell->text, "0123456789+-.eE") >= cell->length;
    if (plain) return "a number that is malformed or out of range";
    if (memchr(cell->text, ',', cell->length)) return "numbers have no separator for thousands, and a decimal point, not a comma";
    return "numbers are plain digits, with a point and an exponent at most";
  }
  return foreign_digits(cell) ? "digits are 0 to 9" : NULL;
}

static CellKind cell_kind(const Cell *cell, double *number) {
  if (cell->length == 0) return CELL_EMPTY;
  char first = cell->text[0];
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') return CELL_TEXT;
  return number_parse(cell->text, cell->length, number) ? CELL_NUMBER : CELL_TEXT;
}

/* ---- the header ---- */

static int compare_names(const void *a, const void *b) { return strcmp((*(const Column *const *)a)->name, (*(const Column *const *)b)->name); }

static bool check_names(const Table *table) {
  const Column **sorted = mem_alloc((size_t)table->column_count * sizeof *sorted);
  for (int64_t i = 0; i < table->column_count; i++) sorted[i] = &table->columns[i];
  qsort(sorted, (size_t)table->column_count, sizeof *sorted, compare_names);
  const Column *twice = NULL;
  for (int64_t i = 1; i < table->column_count && !twice; i++)
    if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) twice = sorted[i - 1] > sorted[i] ? sorted[i - 1] : sorted[i];
  mem_free(sorted);
  if (!twice) return true;
  char shown[200];
  return fail_at(table, twice->text_at, "two columns have the name \"%s\"", show_name(twice, shown));
}

/* A single column whose header has other marks in it was meant to be several. */
static bool fail_separator(const Table *table, const Cell *cell) {
  static const struct { char mark; const char *name; } marks[] = {{';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}};
  for (int i = 0; i < COUNT_OF(marks); i++)
    if (!cell->quoted && memchr(cell->text, marks[i].mark, cell->length))
      return fail_at(table, cell->start, "the columns are put apart by %s; write commas between them (and a decimal point in numbers)", marks[i].name);
  return true;
}

/* A name that holds another separator, while commas part the columns: one of the two is a slip. */
static bool fail_two_marks(const Table *table, const Cell *cell) {
  if (cell->quoted || table->options->no_header) return true;
  bool semicolon = memchr(cell->text, ';', cell->length) != NULL;
  if (!semicolon && !memchr(cell->text, '\t', cell->length)) return true;
  fail_at(table, cell->start, "the header parts its columns by `,` and by %s: which of the two is meant?", semicolon ? "`;`" : "tabs");
  return diag_help(table->diag, "write one mark between all columns, or put a name that holds the other one in quotes");
}

/* Reads the first row for the number of columns and, with a header, their names. */
static bool read_header(Table *table) {
  Arena *arena = &table->csv->arena;
  int64_t capacity = 16, numbers = 0;
  Column *columns = mem_zero((size_t)capacity * sizeof *columns);
  Cell cell = {0}, first = {0};
  bool good = true;
  do {
    if (table->column_count == CSV_COLUMNS_MOST) good = fail_at(table, table->at, "more than %d columns", CSV_COLUMNS_MOST);
    good = good && next_cell(table, &cell);
    if (!good) break;
    if (table->column_count == capacity) columns = mem_grow(columns, (size_t)(capacity *= 2) * sizeof *columns);
    Column *column = &columns[table->column_count];
    *column = (Column){.text_at = cell.start, .slot = -1, .classes = -1};
    double number;
    size_t length = 0;
    numbers += cell_kind(&cell, &number) == CELL_NUMBER;
    char place[24];
    snprintf(place, sizeof place, "%lld", (long long)table->column_count);
    column->name = table->options->no_header ? arena_text(arena, place, strlen(place)) : cell_text(arena, &cell, &length);
    if (!table->options->no_header && !length) good = fail_at(table, cell.start, "column %lld has no name", (long long)table->column_count + 1);
    if (table->column_count++ == 0) first = cell;
    good = good && (table->column_count == 1 || (fail_two_marks(table, &first) && fail_two_marks(table, &cell)));
  } while (good && cell.after == AFTER_CELL);
  table->columns = arena_alloc(arena, (size_t)(table->column_count + 1) * sizeof *columns);
  memcpy(table->columns, columns, (size_t)table->column_count * sizeof *columns);
  mem_free(columns);
  if (!good) return false;
  if (table->column_count == 1 && !fail_separator(table, &cell)) return false;
  if (table->options->no_header) return true;
  if (numbers == table->column_count) {
    fail_at(table, 0, "the first line holds numbers, where the names of the columns should be");
    return diag_help(table->diag, "a file without names: header: false");
  }
  return check_names(table);
}

/* ---- the survey ---- */

static void count_number(const Table *table, Column *column, const Cell *cell, double number) {
  if (!column->numbers++) column->number_at = cell->start;
  if (!column->beyond && !dtype_holds(table->options->dtype, number)) {
    column->beyond = true;
    column->beyond_at = cell->start;
  }
  if (table->options->dtype != DTYPE_F32 || fabs(number) < WHOLE_IN_F32 || number != floor(number)) return;
  if (column->large_count == column->large_capacity) {
    column->large_capacity = column->large_capacity ? 2 * column->large_capacity : 64;
    column->large = mem_grow(column->large, (size_t)column->large_capacity * sizeof *column->large);
  }
  column->large[column->large_count++] = number;
}

static void count_cell(const Table *table, Column *column, const Cell *cell, CellKind kind, double number) {
  if (kind == CELL_EMPTY && !column->empties++) column->empty_at = cell->start;
  if (kind == CELL_NUMBER) count_number(table, column, cell, number);
  if (kind != CELL_TEXT) return;
  if (!column->texts++) column->text_at = cell->start;
  if (!column->doubt) {
    column->doubt = find_doubt(cell);
    column->doubtful_at = cell->start;
  }
}

static bool survey_row(Table *table) {
  size_t start = table->at;
  int64_t count = 0;
  bool missing = false;
  Cell cell;
  do {
    if (!next_cell(table, &cell)) return false;
    if (count < table->column_count) {
      double number = 0;
      CellKind kind = cell_kind(&cell, &number);
      count_cell(table, &table->columns[count], &cell, kind, number);
      missing = missing || kind == CELL_EMPTY;
    }
    if (count++ == table->column_count) /* the first too many; the rest is not looked at */
      return fail_at(table, cell.start, "this row has more cells than the %lld columns of the first", (long long)table->column_count);
  } while (cell.after == AFTER_CELL);
  if (count == 1 && cell.length == 0 && !cell.quoted && table->column_count > 1) return fail_at(table, start, "a blank row");
  if (count < table->column_count)
    return fail_at(table, start, "this row has %lld cells, the first has %lld", (long long)count, (long long)table->column_count);
  table->rows++;
  table->rows_missing += missing;
  return true;
}

/* A column of numbers and texts: the rarer kind is the mistake. */
static bool fail_mixed(const Table *table, const Column *column, bool text_is_wrong) {
  char name[200], shown[200];
  Table again = *table; /* read the cell once more, to show it */
  Cell cell;
  again.at = text_is_wrong ? (column->doubt ? column->doubtful_at : column->text_at) : column->number_at;
  if (!next_cell(&again, &cell)) return false;
  show_bytes(cell.text, cell.length, shown);
  show_name(column, name);
  if (!text_is_wrong) {
    fail_at(table, cell.start, "\"%s\" is a number, in column \"%s\" where most cells are texts", shown, name);
    return false;
  }
  if (column->doubt) fail_at(table, cell.start, "\"%s\" in column \"%s\": %s", shown, name, column->doubt);
  else fail_at(table, cell.start, "\"%s\" is not a number, in column \"%s\" where most cells are", shown, name);
  int64_t line, place;
  find_place(table, cell.start, &line, &place);
  if (line == 1 && table->options->no_header) return diag_help(table->diag, "if the first line holds names: header: true");
  return false;
}

static bool fail_beyond(const Table *table, const Column *column) {
  char name[200], shown[200];
  Table again = *table; /* read the cell once more, to show it */
  Cell cell;
  again.at = column->beyond_at;
  if (!next_cell(&again, &cell)) return false;
  fail_at(table, cell.start, "%s in column \"%s\" does not fit in %s", show_bytes(cell.text, cell.length, shown), show_name(column, name), dtype_name(table->options->dtype));
  return diag_help(table->diag, "f32 goes up to 3.40282e38; precision(f64) before it is read goes further");
}

static bool decide_kind(const Table *table, Column *column) {
  char name[200];
  if (column->numbers + column->texts == 0) {
    fail_at(table, column->empty_at, "column \"%s\" is empty from top to bottom", show_name(column, name));
    return false;
  }
  column->text = column->texts > column->numbers;
  if (column->doubt) return fail_mixed(table, column, true);
  if (column->text && column->texts > CLASSES_MOST)
    return fail_at(table, column->text_at, "column \"%s\" has more than %d texts, too many for class codes", show_name(column, name), CLASSES_MOST);
  if (column->texts && column->numbers) return fail_mixed(table, column, !column->text);
  if (column->beyond) return fail_beyond(table, column);
  return true;
}

/* A missing cell that the options do not allow. */
static bool check_missing(const Table *table, const Column *column) {
  char name[200];
  CsvMissing missing = table->options->missing;
  if (!column->empties || missing == CSV_MISSING_DROP) return true;
  show_name(column, name);
  if (missing == CSV_MISSING_ERROR) {
    fail_at(table, column->empty_at, "the cell is empty, in column \"%s\" (%lld of %lld rows have none there)", name, (long long)column->empties, (long long)table->rows);
    return diag_help(table->diag, column->text || column->slot < 0 ? "missing: \"drop\" leaves such rows out" : "missing: \"drop\" leaves such rows out, missing: \"mean\" puts the column's mean");
  }
  if (!column->text && column->slot >= 0) return true;
  fail_at(table, column->empty_at, column->text ? "the cell is empty, and column \"%s\" holds texts, which have no mean" : "the cell is empty, in the target \"%s\": a mean there would be made-up truth", name);
  return diag_help(table->diag, "missing: \"drop\" leaves such rows out");
}

static int64_t rows_kept(const Table *table) { return table->options->missing == CSV_MISSING_DROP ? table->rows - table->rows_missing : table->rows; }

static bool survey(Table *table) {
  if (table->options->no_header) table->at = 0;
  table->data_start = table->at;
  while (table->at < table->length)
    if (stop_told(table->diag) || !survey_row(table)) return false;
  if (table->rows == 0) return fail_at(table, table->length, "there is no row of data");
  for (int64_t i = 0; i < table->column_count; i++)
    if (!decide_kind(table, &table->columns[i])) return false;
  size_t first = table->length; /* of the mistakes in several columns, the first in the file is told */
  const Column *worst = NULL;
  for (int64_t i = 0; i < table->column_count; i++) {
    const Column *column = &table->columns[i];
    if (!column->empties || column->empty_at > first) continue;
    Table silent = *table;
    silent.diag = NULL;
    if (check_missing(&silent, column)) continue;
    first = column->empty_at;
    worst = column;
  }
  if (worst) return check_missing(table, worst);
  if (rows_kept(table) == 0) return fail_at(table, table->data_start, "every row has an empty cell: none is left");
  return true;
}

/* ---- whole numbers that become one ---- */

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* How many different whole numbers of the column another one becomes in f32; the first two that do. */
static int64_t rounded_together(Column *column, double pair[2]) {
  int64_t together = 0;
  qsort(column->large, (size_t)column->large_count, sizeof *column->large, compare_numbers);
  for (int64_t i = 1; i < column->large_count; i++) {
    double before = column->large[i - 1], now = column->large[i];
    if (before == now || (float)before != (float)now) continue;
    if (!together++) {
      pair[0] = before;
      pair[1] = now;
    }
  }
  return together;
}

static void tell_rounded(Table *table) {
  Text text = {0};
  int64_t others = 0;
  for (int64_t i = 0; i < table->column_count; i++) {
    Column *column = &table->columns[i];
    double pair[2] = {0};
    char name[200];
    int64_t together = column->text || !column->large_count ? 0 : rounded_together(column, pair);
    if (!together) continue;
    if (text.length && ++others) continue;
    text_format(&text, "column \"%s\": %lld whole number%s cannot be told from others in f32, the first ", show_name(column, name), (long long)together, together == 1 ? "" : "s");
    text_number(&text, pair[0]);
    text_string(&text, " and ");
    text_number(&text, pair[1]);
  }
  if (others) text_format(&text, "; %lld other columns too", (long long)others);
  if (text.length) table->csv->rounded = arena_text(&table->csv->arena, text.data, text.length);
  text_free(&text);
}

/* ---- the target ---- */

static bool fail_target(const Table *table, const char *target) {
  char shown[200], near[200];
  diag_fail(table->diag, STATUS_FAILED, (Span){0, 0, 0}, "%s has no column \"%s\"", show_bytes(table->path, strlen(table->path), near), show_bytes(target, strlen(target), shown));
  const Column *nearest = NULL;
  int best = (int)strnlen(target, 64) / 4 + 1; /* one slip in four letters: what is further off misleads */
  for (int64_t i = 0; i < table->column_count && best > 0; i++) {
    bool case_alone = strcasecmp(target, table->columns[i].name) == 0;
    int distance = case_alone ? 0 : text_distance(target, table->columns[i].name, best - 1);
    if (distance >= best) continue;
    best = distance;
    nearest = &table->columns[i];
  }
  if (nearest) return diag_help(table->diag, "did you mean \"%s\"?", show_name(nearest, shown));
  Text names = {0};
  for (int64_t i = 0; i < table->column_count && names.length < 200; i++) text_format(&names, "%s%s", i ? ", " : "", show_name(&table->columns[i], shown));
  diag_help(table->diag, "its columns are %s", names.data);
  text_free(&names);
  return false;
}

static bool find_target(Table *table) {
  const CsvOptions *options = table->options;
  table->target = -1;
  if (options->target) {
    for (int64_t i = 0; i < table->column_count && table->target < 0; i++)
      if (strcmp(table->columns[i].name, options->target) == 0) table->target = i;
    if (table->target < 0) return fail_target(table, options->target);
  } else if (options->target_by_place) {
    int64_t place = options->target_place < 0 ? options->target_place + table->column_count : options->target_place;
    if (place < 0 || place >= table->column_count) {
      char shown[200];
      return diag_fail(table->diag, STATUS_FAILED, (Span){0, 0, 0}, "column %lld of %s: it has %lld columns", (long long)options->target_place, show_bytes(table->path, strlen(table->path), shown), (long long)table->column_count);
    }
    table->target = place;
  }
  int64_t slot = 0;
  for (int64_t i = 0; i < table->column_count; i++) table->columns[i].slot = i == table->target ? -1 : slot++;
  return true;
}

/* ---- class codes ---- */

/* The distinct texts of one column, found by hash; sorted when all are there. */
typedef struct Distinct {
  char **texts;        /* by code, in order of coming; in the arena of the csv */
  int64_t count, capacity;
  int32_t *slots;      /* open addressing: code + 1, or 0; a power of two of them */
  int64_t slot_count;
} Distinct;

static int64_t find_slot(const Distinct *distinct, const char *text, size_t length, uint64_t seed) {
  int64_t slot = (int64_t)(hash_bytes(text, length, seed) & (uint64_t)(distinct->slot_count - 1));
  for (; distinct->slots[slot]; slot = (slot + 1) & (distinct->slot_count - 1)) {
    const char *other = distinct->texts[distinct->slots[slot] - 1];
    if (strncmp(other, text, length) == 0 && other[length] == 0) break;
  }
  return slot;
}

static void grow_slots(Distinct *distinct, uint64_t seed) {
  mem_free(distinct->slots);
  distinct->slot_count = distinct->slot_count ? distinct->slot_count * 2 : SLOTS_FIRST;
  distinct->slots = mem_zero((size_t)distinct->slot_count * sizeof *distinct->slots);
  for (int64_t i = 0; i < distinct->count; i++) distinct->slots[find_slot(distinct, distinct->texts[i], strlen(distinct->texts[i]), seed)] = (int32_t)(i + 1);
}

static int32_t distinct_code(Distinct *distinct, Arena *arena, const Cell *cell, uint64_t seed) {
  if (distinct->count * 2 >= distinct->slot_count) grow_slots(distinct, seed);
  const char *text = cell->text;
  size_t length = cell->length;
  if (cell->doubled) text = cell_text(arena, cell, &length);
  int64_t slot = find_slot(distinct, text, length, seed);
  if (distinct->slots[slot]) return distinct->slots[slot] - 1;
  if (distinct->count == distinct->capacity) {
    distinct->capacity = distinct->capacity ? distinct->capacity * 2 : 16;
    distinct->texts = mem_grow(distinct->texts, (size_t)distinct->capacity * sizeof *distinct->texts);
  }
  distinct->texts[distinct->count] = arena_text(arena, text, length);
  distinct->slots[slot] = (int32_t)++distinct->count;
  return (int32_t)(distinct->count - 1);
}

/* A text and its code in order of coming, for sorting. */
typedef struct Entry {
  char *text;
  int32_t code;
} Entry;

static int compare_entries(const void *a, const void *b) { return strcmp(((const Entry *)a)->text, ((const Entry *)b)->text); }

/* Sorts the texts into `classes` and gives where each code went (new). */
static int32_t *sort_classes(const Distinct *distinct, Arena *arena, CsvClasses *classes) {
  Entry *entries = mem_alloc((size_t)(distinct->count + 1) * sizeof *entries);
  int32_t *moved = mem_alloc((size_t)(distinct->count + 1) * sizeof *moved);
  for (int64_t i = 0; i < distinct->count; i++) entries[i] = (Entry){distinct->texts[i], (int32_t)i};
  qsort(entries, (size_t)distinct->count, sizeof *entries, compare_entries);
  classes->count = distinct->count;
  classes->names = arena_alloc(arena, (size_t)(distinct->count + 1) * sizeof *classes->names);
  for (int64_t i = 0; i < distinct->count; i++) {
    classes->names[i] = entries[i].text;
    moved[entries[i].code] = (int32_t)i;
  }
  mem_free(entries);
  return moved;
}

/* ---- filling in ---- */

/* Where one cell's value goes. */
static void put(const Table *table, const Column *column, int64_t row, double value) {
  Csv *csv = table->csv;
  if (column->slot < 0) tensor_set(&csv->y, row, value);
  else tensor_set(&csv->x, row * csv->x.shape.dim[1] + column->slot, value);
}

static double get(const Table *table, const Column *column, int64_t row) {
  const Csv *csv = table->csv;
  return column->slot < 0 ? tensor_get(&csv->y, row) : tensor_get(&csv->x, row * csv->x.shape.dim[1] + column->slot);
}

/* Steps over a row if it has an empty cell; else stays before it. */
static bool skip_row(Table *table) {
  size_t start = table->at;
  bool whole = true;
  for (int64_t i = 0; i < table->column_count; i++) {
    Cell cell;
    next_cell(table, &cell);
    whole = whole && cell.length > 0;
  }
  if (whole) table->at = start;
  return !whole;
}

static void fill_row(Table *table, Distinct *distinct, int64_t row, uint64_t seed) {
  for (int64_t i = 0; i < table->column_count; i++) {
    Column *column = &table->columns[i];
    Cell cell;
    double number = NAN; /* a missing cell, until the mean is known */
    next_cell(table, &cell); /* cannot fail: the survey read it */
    if (column->text && cell.length) {
      number = distinct_code(&distinct[column->classes], &table->csv->arena, &cell, seed);
    } else if (cell.length) {
      number_parse(cell.text, cell.length, &number);
      column->sum += number;
    }
    put(table, column, row, number);
  }
}

static void put_means(const Table *table) {
  for (int64_t i = 0; i < table->column_count; i++) {
    const Column *column = &table->columns[i];
    if (!column->empties) continue;
    double mean = column->sum / (double)column->numbers;
    for (int64_t row = 0; row < table->rows && !stop_wanted(); row++)
      if (isnan(get(table, column, row))) put(table, column, row, mean);
  }
}

/* Codes in order of coming become codes in sorted order. */
static void sort_codes(const Table *table, Distinct *distinct) {
  for (int64_t i = 0; i < table->column_count; i++) {
    const Column *column = &table->columns[i];
    if (!column->text || stop_wanted()) continue;
    int32_t *moved = sort_classes(&distinct[column->classes], &table->csv->arena, &table->csv->classes[column->classes]);
    for (int64_t row = 0; row < rows_kept(table) && !stop_wanted(); row++) put(table, column, row, moved[(int32_t)get(table, column, row)]);
    mem_free(moved);
  }
}

/* The line of the row about to be read; *from is where the lines were counted to. */
static void note_line(const Table *table, int64_t row, size_t *from, int32_t *line) {
  const char *at = table->text + *from, *end = table->text + table->at;
  for (const char *found; (found = memchr(at, '\n', (size_t)(end - at))) != NULL; at = found + 1) *line += *line < INT32_MAX;
  *from = table->at;
  ((int32_t *)tensor_data(&table->csv->lines))[row] = *line;
}

static bool fill(Table *table) {
  Csv *csv = table->csv;
  Shape shape = csv->x.shape;
  if (!tensor_new(&csv->x, csv->x.dtype, &shape, table->diag)) return false;
  shape = csv->y.shape;
  if (table->target >= 0 && !tensor_new(&csv->y, csv->y.dtype, &shape, table->diag)) return false;
  shape = shape_of(1, csv->x.shape.dim);
  if (!tensor_new(&csv->lines, DTYPE_I32, &shape, table->diag)) return false;
  size_t counted = 0;
  int32_t line = 1;
  Distinct *distinct = mem_zero((size_t)(csv->class_count + 1) * sizeof *distinct);
  uint64_t seed = (uint64_t)(uintptr_t)distinct; /* differs from run to run; the codes do not depend on it */
  table->at = table->data_start;
  bool skipping = table->options->missing == CSV_MISSING_DROP && table->rows_missing > 0;
  for (int64_t row = 0; row < rows_kept(table) && !stop_wanted();) {
    note_line(table, row, &counted, &line);
    if (!skipping || !skip_row(table)) fill_row(table, distinct, row++, seed);
  }
  if (table->options->missing == CSV_MISSING_MEAN) put_means(table);
  sort_codes(table, distinct);
  for (int64_t i = 0; i < csv->class_count; i++) {
    mem_free(distinct[i].texts);
    mem_free(distinct[i].slots);
  }
  mem_free(distinct);
  return true;
}

/* Types, names and the list of text columns: all but the elements. */
static void describe(const Table *table) {
  Csv *csv = table->csv;
  Arena *arena = &csv->arena;
  int64_t rows = rows_kept(table);
  csv->rows_dropped = table->rows - rows;
  csv->names = arena_alloc(arena, (size_t)(table->column_count + 1) * sizeof *csv->names);
  csv->classes = arena_alloc(arena, (size_t)(table->column_count + 1) * sizeof *csv->classes);
  for (int64_t i = 0; i < table->column_count; i++) {
    Column *column = &table->columns[i];
    char *name = arena_text(arena, column->name, strlen(column->name));
    if (column->slot >= 0) csv->names[csv->name_count++] = name;
    else csv->target = name;
    if (!column->text) continue;
    column->classes = csv->class_count;
    csv->classes[csv->class_count++].column = name;
  }
  csv->x = (Tensor){.dtype = table->options->dtype, .shape = shape_of(2, (int64_t[]){rows, csv->name_count})};
  if (table->target < 0) return;
  csv->y = (Tensor){.dtype = table->columns[table->target].text ? DTYPE_I32 : table->options->dtype, .shape = shape_of(1, &rows)};
}

static bool read_table(Table *table, bool elements) {
  bool marked = table->bytes.length >= 3 && memcmp(table->bytes.data, "\xEF\xBB\xBF", 3) == 0;
  table->text = (const char *)table->bytes.data + (marked ? 3 : 0);
  table->length = table->bytes.length - (marked ? 3 : 0);
  if (!fail_likely(table) || !check_text(table)) return false;
  trim_end(table);
  if (table->length == 0) return fail_at(table, 0, "the file is empty");
  if (!read_header(table) || !find_target(table) || !survey(table)) return false;
  describe(table);
  if (elements) tell_rounded(table);
  return !elements || fill(table);
}

static bool read_path(const Files *files, const char *path, const CsvOptions *options, Csv *csv, bool elements, Diag *diag) {
  *csv = (Csv){0};
  Table table = {.path = path, .options = options, .csv = csv, .diag = diag};
  if (!file_read(files, path, &table.bytes, diag)) return false;
  bool good = read_table(&table, elements) && !stop_wanted();
  stop_told(diag); /* what was found of a table that was not read to the end is not told */
  for (int64_t i = 0; i < table.column_count && table.columns; i++) mem_free(table.columns[i].large);
  bytes_free(&table.bytes);
  if (!good) csv_free(csv);
  return good;
}

bool csv_read(const Files *files, const char *path, const CsvOptions *options, Csv *csv, Diag *diag) { return read_path(files, path, options, csv, true, diag); }

bool csv_shape(const Files *files, const char *path, const CsvOptions *options, Csv *csv, Diag *diag) { return read_path(files, path, options, csv, false, diag); }

void csv_free(Csv *csv) {
  tensor_release(&csv->x);
  tensor_release(&csv->y);
  tensor_release(&csv->lines);
  arena_free(&csv->arena);
  *csv = (Csv){0};
}
