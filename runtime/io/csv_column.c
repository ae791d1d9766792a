/* csv_column.c — the types of a CSV file's columns.
 *
 * csv_column_survey walks all cells: every row has as many cells as the first.  For each column it
 * counts numbers, other texts and empty cells, and notes where the first of each stands.  The type
 * of a column, and every mistake, is decided from those counts and places, so the survey allocates
 * per column, not per cell.
 */
#include "runtime/io/csv_column.h"
#include "runtime/base/stop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CLASSES_MOST = 1 << 24 };             /* codes that an f32 of x still tells apart */
static const double WHOLE_IN_F32 = 16777216; /* up to 2^24 f32 has every whole number */

typedef enum CellKind { CELL_EMPTY, CELL_NUMBER, CELL_TEXT } CellKind;

static const char *show_name(const CsvColumn *column, char into[200]) {
  return csv_text_show(column->name, strlen(column->name), into);
}

/* ---- what kind of cell ---- */

static bool same_word(const CsvCell *cell, const char *word) {
  return strlen(word) == cell->length && strncasecmp(cell->text, word, cell->length) == 0;
}

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/* Digits with the signs, points, commas and blanks that people put among them. */
static bool nearly_number(const CsvCell *cell) {
  size_t digits = 0, others = 0;
  for (size_t i = 0; i < cell->length; i++) {
    char byte = cell->text[i];
    if (is_digit(byte)) digits++;
    else if (!memchr("+-.,_ '%eE", byte, 10)) return false;
    else if (byte != '.' && byte != ',' && byte != '_' && byte != ' ' && byte != '\'') others++;
  }
  return digits && others <= 3 && (is_digit(cell->text[0]) || memchr("+-.,", cell->text[0], 4)) &&
         !memchr(cell->text + 1, '-', cell->length - 1);
}

static int64_t count_points(const CsvCell *cell) {
  int64_t count = 0;
  for (size_t i = 0; i < cell->length; i++) count += cell->text[i] == '.';
  return count;
}

/* Digits of other scripts that look like numbers: Arabic-Indic, Persian, Devanagari, full width. */
static bool foreign_digits(const CsvCell *cell) {
  size_t at = 0, count = 0;
  while (at < cell->length) {
    uint32_t code = 0;
    size_t size = text_decode(cell->text + at, cell->length - at, &code);
    bool digit = (code >= 0x660 && code <= 0x669) || (code >= 0x6F0 && code <= 0x6F9) ||
                 (code >= 0x966 && code <= 0x96F) || (code >= 0xFF10 && code <= 0xFF19);
    if (!size || (!digit && code >= 0x80)) return false;
    count += digit;
    at += size;
  }
  return count > 0;
}

/* Why a text was hardly meant as a text; NULL where there is no doubt.  Quotes are a way to say
 * that it was, as R does with "NA"; but a number with commas had to be quoted, whatever it was
 * meant as. */
static const char *find_doubt(const CsvCell *cell) {
  if (cell->quoted && !memchr(cell->text, ',', cell->length)) return NULL;
  static const char *const words[] = {"NA",   "N/A",    "#N/A", "null", "nan", "NaT",
                                      "<NA>", "(null)", "?",    "-",    "\\N"};
  for (int i = 0; i < COUNT_OF(words); i++)
    if (same_word(cell, words[i]))
      return "a missing value is written as an empty cell (and a text that looks like one in "
             "quotes)";
  char first = cell->text[0];
  if (first == '#' && (cell->text[cell->length - 1] == '!' || cell->text[cell->length - 1] == '?'))
    return "a spreadsheet's error";
  if (first == '=' || (first == '+' && cell->length > 1 && !is_digit(cell->text[1])))
    return "a spreadsheet's formula, not its value";
  if (cell->length > 2 && first == '0' && (cell->text[1] == 'x' || cell->text[1] == 'X') &&
      strspn(cell->text + 2, "0123456789abcdefABCDEF") >= cell->length - 2)
    return "a hexadecimal number: write it in decimal";
  if (nearly_number(cell)) {
    /* a version, an address */
    if (count_points(cell) > 1 && !memchr(cell->text, ',', cell->length)) return NULL;
    bool plain = strspn(cell->text, "0123456789+-.eE") >= cell->length;
    if (plain) return "a number that is malformed or out of range";
    if (memchr(cell->text, ',', cell->length))
      return "numbers have no separator for thousands, and a decimal point, not a comma";
    return "numbers are plain digits, with a point and an exponent at most";
  }
  return foreign_digits(cell) ? "digits are 0 to 9" : NULL;
}

static CellKind cell_kind(const CsvCell *cell, double *number) {
  if (cell->length == 0) return CELL_EMPTY;
  char first = cell->text[0];
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') return CELL_TEXT;
  return number_parse(cell->text, cell->length, number) ? CELL_NUMBER : CELL_TEXT;
}

/* ---- the header ---- */

static int compare_names(const void *a, const void *b) {
  return strcmp((*(const CsvColumn *const *)a)->name, (*(const CsvColumn *const *)b)->name);
}

static bool check_names(const CsvTable *table) {
  const CsvColumn **sorted = mem_alloc((size_t)table->column_count * sizeof *sorted);
  for (int64_t i = 0; i < table->column_count; i++) sorted[i] = &table->columns[i];
  qsort(sorted, (size_t)table->column_count, sizeof *sorted, compare_names);
  const CsvColumn *twice = NULL;
  for (int64_t i = 1; i < table->column_count && !twice; i++)
    if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
      twice = sorted[i - 1] > sorted[i] ? sorted[i - 1] : sorted[i];
  mem_free(sorted);
  if (!twice) return true;
  char shown[200];
  return csv_text_fail(&table->text, twice->text_at, "two columns have the name \"%s\"",
                       show_name(twice, shown));
}

/* A single column whose header has other marks in it was meant to be several. */
static bool fail_separator(const CsvTable *table, const CsvCell *cell) {
  static const struct {
    char mark;
    const char *name;
  } marks[] = {{';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}};
  for (int i = 0; i < COUNT_OF(marks); i++)
    if (!cell->quoted && memchr(cell->text, marks[i].mark, cell->length))
      return csv_text_fail(&table->text, cell->start,
                           "the columns are put apart by %s; write commas between them (and a "
                           "decimal point in numbers)",
                           marks[i].name);
  return true;
}

/* A name that holds another separator, while commas part the columns: one of the two is a slip. */
static bool fail_two_marks(const CsvTable *table, const CsvCell *cell) {
  if (cell->quoted || table->options->no_header) return true;
  bool semicolon = memchr(cell->text, ';', cell->length) != NULL;
  if (!semicolon && !memchr(cell->text, '\t', cell->length)) return true;
  csv_text_fail(&table->text, cell->start,
                "the header parts its columns by `,` and by %s: which of the two is meant?",
                semicolon ? "`;`" : "tabs");
  return diag_help(
      table->text.diag,
      "write one mark between all columns, or put a name that holds the other one in quotes");
}

bool csv_column_header(CsvTable *table) {
  Arena *arena = &table->csv->arena;
  int64_t capacity = 16, numbers = 0;
  CsvColumn *columns = mem_zero((size_t)capacity * sizeof *columns);
  CsvCell cell = {0}, first = {0};
  bool good = true;
  do {
    if (table->column_count == CSV_COLUMNS_MOST)
      good = csv_text_fail(&table->text, table->text.at, "more than %d columns", CSV_COLUMNS_MOST);
    good = good && csv_text_next(&table->text, &cell);
    if (!good) break;
    if (table->column_count == capacity)
      columns = mem_grow(columns, (size_t)(capacity *= 2) * sizeof *columns);
    CsvColumn *column = &columns[table->column_count];
    *column = (CsvColumn){.text_at = cell.start, .slot = -1, .classes = -1};
    double number;
    size_t length = 0;
    numbers += cell_kind(&cell, &number) == CELL_NUMBER;
    char place[24];
    snprintf(place, sizeof place, "%lld", (long long)table->column_count);
    column->name = table->options->no_header ? arena_text(arena, place, strlen(place))
                                             : csv_text_copy(arena, &cell, &length);
    if (!table->options->no_header && !length)
      good = csv_text_fail(&table->text, cell.start, "column %lld has no name",
                           (long long)table->column_count + 1);
    if (table->column_count++ == 0) first = cell;
    good = good && (table->column_count == 1 ||
                    (fail_two_marks(table, &first) && fail_two_marks(table, &cell)));
  } while (good && cell.after == CSV_AFTER_CELL);
  table->columns = arena_alloc(arena, (size_t)(table->column_count + 1) * sizeof *columns);
  memcpy(table->columns, columns, (size_t)table->column_count * sizeof *columns);
  mem_free(columns);
  if (!good) return false;
  if (table->column_count == 1 && !fail_separator(table, &cell)) return false;
  if (table->options->no_header) return true;
  if (numbers == table->column_count) {
    csv_text_fail(&table->text, 0,
                  "the first line holds numbers, where the names of the columns should be");
    return diag_help(table->text.diag, "a file without names: header: false");
  }
  return check_names(table);
}

/* ---- the survey ---- */

static void count_number(const CsvTable *table, CsvColumn *column, const CsvCell *cell,
                         double number) {
  if (!column->numbers++) column->number_at = cell->start;
  if (!column->beyond && !dtype_holds(table->options->dtype, number)) {
    column->beyond = true;
    column->beyond_at = cell->start;
  }
  if (table->options->dtype != DTYPE_F32 || fabs(number) < WHOLE_IN_F32 || number != floor(number))
    return;
  if (column->large_count == column->large_capacity) {
    column->large_capacity = column->large_capacity ? 2 * column->large_capacity : 64;
    column->large = mem_grow(column->large, (size_t)column->large_capacity * sizeof *column->large);
  }
  column->large[column->large_count++] = number;
}

static void count_cell(const CsvTable *table, CsvColumn *column, const CsvCell *cell, CellKind kind,
                       double number) {
  if (kind == CELL_EMPTY && !column->empties++) column->empty_at = cell->start;
  if (kind == CELL_NUMBER) count_number(table, column, cell, number);
  if (kind != CELL_TEXT) return;
  if (!column->texts++) column->text_at = cell->start;
  if (!column->doubt) {
    column->doubt = find_doubt(cell);
    column->doubtful_at = cell->start;
  }
}

static bool survey_row(CsvTable *table) {
  size_t start = table->text.at;
  int64_t count = 0;
  bool missing = false;
  CsvCell cell;
  do {
    if (!csv_text_next(&table->text, &cell)) return false;
    if (count < table->column_count) {
      double number = 0;
      CellKind kind = cell_kind(&cell, &number);
      count_cell(table, &table->columns[count], &cell, kind, number);
      missing = missing || kind == CELL_EMPTY;
    }
    if (count++ == table->column_count) /* the first too many; the rest is not looked at */
      return csv_text_fail(&table->text, cell.start,
                           "this row has more cells than the %lld columns of the first",
                           (long long)table->column_count);
  } while (cell.after == CSV_AFTER_CELL);
  if (count == 1 && cell.length == 0 && !cell.quoted && table->column_count > 1)
    return csv_text_fail(&table->text, start, "a blank row");
  if (count < table->column_count)
    return csv_text_fail(&table->text, start, "this row has %lld cells, the first has %lld",
                         (long long)count, (long long)table->column_count);
  table->rows++;
  table->rows_missing += missing;
  return true;
}

/* A column of numbers and texts: the rarer kind is the mistake. */
static bool fail_mixed(const CsvTable *table, const CsvColumn *column, bool text_is_wrong) {
  char name[200], shown[200];
  CsvTable again = *table; /* read the cell once more, to show it */
  CsvCell cell;
  again.text.at = text_is_wrong ? (column->doubt ? column->doubtful_at : column->text_at)
                                : column->number_at;
  if (!csv_text_next(&again.text, &cell)) return false;
  csv_text_show(cell.text, cell.length, shown);
  show_name(column, name);
  if (!text_is_wrong) {
    csv_text_fail(&table->text, cell.start,
                  "\"%s\" is a number, in column \"%s\" where most cells are texts", shown, name);
    return false;
  }
  if (column->doubt)
    csv_text_fail(&table->text, cell.start, "\"%s\" in column \"%s\": %s", shown, name,
                  column->doubt);
  else
    csv_text_fail(&table->text, cell.start,
                  "\"%s\" is not a number, in column \"%s\" where most cells are", shown, name);
  int64_t line, place;
  csv_text_place(&table->text, cell.start, &line, &place);
  if (line == 1 && table->options->no_header)
    return diag_help(table->text.diag, "if the first line holds names: header: true");
  return false;
}

static bool fail_beyond(const CsvTable *table, const CsvColumn *column) {
  char name[200], shown[200];
  CsvTable again = *table; /* read the cell once more, to show it */
  CsvCell cell;
  again.text.at = column->beyond_at;
  if (!csv_text_next(&again.text, &cell)) return false;
  csv_text_fail(&table->text, cell.start, "%s in column \"%s\" does not fit in %s",
                csv_text_show(cell.text, cell.length, shown), show_name(column, name),
                dtype_name(table->options->dtype));
  return diag_help(table->text.diag,
                   "f32 goes up to 3.40282e38; precision(f64) before it is read goes further");
}

static bool decide_kind(const CsvTable *table, CsvColumn *column) {
  char name[200];
  if (column->numbers + column->texts == 0) {
    csv_text_fail(&table->text, column->empty_at, "column \"%s\" is empty from top to bottom",
                  show_name(column, name));
    return false;
  }
  column->text = column->texts > column->numbers;
  if (column->doubt) return fail_mixed(table, column, true);
  if (column->text && column->texts > CLASSES_MOST)
    return csv_text_fail(&table->text, column->text_at,
                         "column \"%s\" has more than %d texts, too many for class codes",
                         show_name(column, name), CLASSES_MOST);
  if (column->texts && column->numbers) return fail_mixed(table, column, !column->text);
  if (column->beyond) return fail_beyond(table, column);
  return true;
}

/* A missing cell that the options do not allow. */
static bool check_missing(const CsvTable *table, const CsvColumn *column) {
  char name[200];
  CsvMissing missing = table->options->missing;
  if (!column->empties || missing == CSV_MISSING_DROP) return true;
  show_name(column, name);
  if (missing == CSV_MISSING_ERROR) {
    csv_text_fail(&table->text, column->empty_at,
                  "the cell is empty, in column \"%s\" (%lld of %lld rows have none there)", name,
                  (long long)column->empties, (long long)table->rows);
    return diag_help(
        table->text.diag,
        column->text || column->slot < 0
            ? "missing: \"drop\" leaves such rows out"
            : "missing: \"drop\" leaves such rows out, missing: \"mean\" puts the column's mean");
  }
  if (!column->text && column->slot >= 0) return true;
  csv_text_fail(
      &table->text, column->empty_at,
      column->text ? "the cell is empty, and column \"%s\" holds texts, which have no mean"
                   : "the cell is empty, in the target \"%s\": a mean there would be made-up truth",
      name);
  return diag_help(table->text.diag, "missing: \"drop\" leaves such rows out");
}

int64_t csv_column_rows(const CsvTable *table) {
  return table->options->missing == CSV_MISSING_DROP ? table->rows - table->rows_missing
                                                     : table->rows;
}

bool csv_column_survey(CsvTable *table) {
  if (table->options->no_header) table->text.at = 0;
  table->data_start = table->text.at;
  while (table->text.at < table->text.length)
    if (stop_told(table->text.diag) || !survey_row(table)) return false;
  if (table->rows == 0)
    return csv_text_fail(&table->text, table->text.length, "there is no row of data");
  for (int64_t i = 0; i < table->column_count; i++)
    if (!decide_kind(table, &table->columns[i])) return false;
  /* of the mistakes in several columns, the first in the file is told */
  size_t first = table->text.length;
  const CsvColumn *worst = NULL;
  for (int64_t i = 0; i < table->column_count; i++) {
    const CsvColumn *column = &table->columns[i];
    if (!column->empties || column->empty_at > first) continue;
    CsvTable silent = *table;
    silent.text.diag = NULL;
    if (check_missing(&silent, column)) continue;
    first = column->empty_at;
    worst = column;
  }
  if (worst) return check_missing(table, worst);
  if (csv_column_rows(table) == 0)
    return csv_text_fail(&table->text, table->data_start,
                         "every row has an empty cell: none is left");
  return true;
}

/* ---- whole numbers that become one ---- */

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* How many different whole numbers of the column another one becomes in f32; the first two that do.
 */
static int64_t rounded_together(CsvColumn *column, double pair[2]) {
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

void csv_column_rounded(CsvTable *table) {
  Text text = {0};
  int64_t others = 0;
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    double pair[2] = {0};
    char name[200];
    int64_t together = column->text || !column->large_count ? 0 : rounded_together(column, pair);
    if (!together) continue;
    if (text.length && ++others) continue;
    text_format(&text,
                "column \"%s\": %lld whole number%s cannot be told from others in f32, the first ",
                show_name(column, name), (long long)together, together == 1 ? "" : "s");
    text_number(&text, pair[0]);
    text_string(&text, " and ");
    text_number(&text, pair[1]);
  }
  if (others) text_format(&text, "; %lld other columns too", (long long)others);
  if (text.length) table->csv->rounded = arena_text(&table->csv->arena, text.data, text.length);
  text_free(&text);
}

/* ---- the target ---- */

static bool fail_target(const CsvTable *table, const char *target) {
  char shown[200], near[200];
  diag_fail(table->text.diag, STATUS_FAILED, (Span){0, 0, 0}, "%s has no column \"%s\"",
            csv_text_show(table->text.path, strlen(table->text.path), near),
            csv_text_show(target, strlen(target), shown));
  const CsvColumn *nearest = NULL;
  /* one slip in four letters: what is further off misleads */
  int best = (int)strnlen(target, 64) / 4 + 1;
  for (int64_t i = 0; i < table->column_count && best > 0; i++) {
    bool case_alone = strcasecmp(target, table->columns[i].name) == 0;
    int distance = case_alone ? 0 : text_distance(target, table->columns[i].name, best - 1);
    if (distance >= best) continue;
    best = distance;
    nearest = &table->columns[i];
  }
  if (nearest)
    return diag_help(table->text.diag, "did you mean \"%s\"?", show_name(nearest, shown));
  Text names = {0};
  for (int64_t i = 0; i < table->column_count && names.length < 200; i++)
    text_format(&names, "%s%s", i ? ", " : "", show_name(&table->columns[i], shown));
  diag_help(table->text.diag, "its columns are %s", names.data);
  text_free(&names);
  return false;
}

bool csv_column_target(CsvTable *table) {
  const CsvOptions *options = table->options;
  table->target = -1;
  if (options->target) {
    for (int64_t i = 0; i < table->column_count && table->target < 0; i++)
      if (strcmp(table->columns[i].name, options->target) == 0) table->target = i;
    if (table->target < 0) return fail_target(table, options->target);
  } else if (options->target_by_place) {
    int64_t place = options->target_place < 0 ? options->target_place + table->column_count
                                              : options->target_place;
    if (place < 0 || place >= table->column_count) {
      char shown[200];
      return diag_fail(table->text.diag, STATUS_FAILED, (Span){0, 0, 0},
                       "column %lld of %s: it has %lld columns", (long long)options->target_place,
                       csv_text_show(table->text.path, strlen(table->text.path), shown),
                       (long long)table->column_count);
    }
    table->target = place;
  }
  int64_t slot = 0;
  for (int64_t i = 0; i < table->column_count; i++)
    table->columns[i].slot = i == table->target ? -1 : slot++;
  return true;
}

void csv_column_free(CsvTable *table) {
  for (int64_t i = 0; i < table->column_count && table->columns; i++)
    mem_free(table->columns[i].large);
}
