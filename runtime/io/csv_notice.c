/* csv_notice.c — the one-line notice about a table that was read; see csv_notice.h.
 *
 * One sentence, its parts joined by semicolons: what was found by itself (the separator), what was
 * done (rows dropped, cells filled, columns skipped), and what is probably unintended (a first row
 * taken for names, two classes that differ in case alone).  None of it stops a program.
 */
#include "runtime/io/csv_notice.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static Text *next_item(Text *told) {
  if (told->length) text_string(told, "; ");
  return told;
}

static void tell_extra(const CsvTable *table, Text *told) {
  int64_t extra = 0;
  char name[200];
  for (int64_t i = 0; i < table->column_count && table->options->like; i++) {
    const CsvColumn *column = &table->columns[i];
    if (column->like_place) continue;
    if (extra++ >= 8) continue;
    csv_column_name(column, name);
    if (extra == 1) text_format(next_item(told), "extra columns are ignored: %.60s", name);
    else text_format(told, ", %.60s", name);
  }
  if (extra > 8) text_format(told, " and %lld more", (long long)(extra - 8));
}

static void tell_filled(const CsvTable *table, Text *told) {
  int64_t columns = 0;
  for (int64_t i = 0; i < table->column_count; i++) {
    const CsvColumn *column = &table->columns[i];
    char name[200];
    int64_t cells = column->missing && column->kind != COLUMN_SKIP ? column->missing->count : 0;
    if (!cells || table->missing == CSV_MISSING_DROP) continue;
    table->csv->cells_filled += cells;
    if (columns++ >= 8) continue;
    if (columns == 1) text_string(next_item(told), "missing cells filled in:");
    text_format(told, "%s %lld in %.60s", columns == 1 ? "" : ",", (long long)cells,
                csv_column_name(column, name));
  }
  if (columns > 8) text_format(told, " and others in %lld columns more", (long long)(columns - 8));
}

/* Was the first row taken for names?  A name that is a fraction, or one of the column's classes. */
static bool is_value(const CsvColumn *column) {
  const SchemaColumn *schema = column->schema;
  size_t length = strlen(column->name);
  double number;
  if (column->kind == COLUMN_NUMBERS)
    return strchr(column->name, '.') && number_parse(column->name, length, &number);
  for (int64_t i = 0; column->text && schema && i < schema->class_count; i++)
    if (strcmp(schema->classes[i], column->name) == 0) return true;
  return false;
}

static void tell_header(const CsvTable *table, Text *told) {
  const CsvColumn *found = NULL;
  char name[200];
  if (table->form.no_header || table->options->like || table->options->header_given) return;
  for (int64_t i = 0; i < table->column_count && !found; i++)
    if (is_value(&table->columns[i])) found = &table->columns[i];
  if (!found) return;
  text_format(next_item(told),
              "the first line is read as names, though \"%.60s\" looks like a value: header: false "
              "reads it as a row",
              csv_column_name(found, name));
}

static int compare_letters(const void *a, const void *b) {
  return strcasecmp(*(char *const *)a, *(char *const *)b);
}

/* Classes of a column that differ in case alone are hardly meant to be two: the first such. */
static bool tell_twins(const SchemaColumn *column, Text *told, bool begun) {
  char **sorted = mem_alloc((size_t)(column->class_count + 1) * sizeof *sorted);
  memcpy(sorted, column->classes, (size_t)column->class_count * sizeof *sorted);
  qsort(sorted, (size_t)column->class_count, sizeof *sorted, compare_letters);
  int64_t at = 1;
  while (at < column->class_count && strcasecmp(sorted[at - 1], sorted[at]) != 0) at++;
  bool found = at < column->class_count;
  if (found) {
    char one[200], other[200];
    if (!begun) text_string(next_item(told), "classes that differ only in case:");
    text_format(told, "%s %.60s and %.60s in %.60s", begun ? "," : "",
                csv_text_show(sorted[at - 1], strlen(sorted[at - 1]), one),
                csv_text_show(sorted[at], strlen(sorted[at]), other), column->name);
  }
  mem_free(sorted);
  return found;
}

static void tell_cases(const CsvTable *table, Text *told) {
  bool begun = false;
  for (int64_t i = 0; i < table->column_count && !table->options->like; i++) {
    const CsvColumn *column = &table->columns[i];
    bool classes = column->text && column->schema && column->kind != COLUMN_SKIP &&
                   column->kind != COLUMN_KEEP;
    if (classes && tell_twins(column->schema, told, begun)) begun = true;
  }
}

static void tell_line(const CsvTable *table, Text *told, const CsvSpots *spots) {
  const CsvText *part = &table->parts[spots->first[0].part];
  int64_t line, column;
  char path[200];
  csv_text_place(part, spots->first[0].at, &line, &column);
  text_format(told, "(%lld, first in line %lld", (long long)spots->count, (long long)line);
  if (table->part_count > 1)
    text_format(told, " of %s", csv_text_show(part->path, strlen(part->path), path));
  text_char(told, ')');
}

static void tell_percents(const CsvTable *table, const CsvColumn *column, Text *told) {
  char name[200];
  text_format(next_item(told), "column \"%.60s\" has numbers without the %% of the training data ",
              csv_column_name(column, name));
  tell_line(table, told, column->bare);
  text_string(told, ": 5% is 0.05, and 5 is 5");
}

/* Times with a zone and times without one are hardly those of one clock, and 5% beside 5 is
 * hardly meant to be 0.05 beside 5. */
static void tell_mixed(const CsvTable *table, Text *told) {
  for (int64_t i = 0; i < table->column_count; i++) {
    const CsvColumn *column = &table->columns[i];
    bool date = column->kind == COLUMN_DATE;
    char name[200];
    if (!date && column->bare && column->like && column->like->percent) {
      tell_percents(table, column, told);
      continue;
    }
    if (!column->marked || !column->bare) continue;
    text_format(next_item(told), "column \"%.60s\" has %s ", csv_column_name(column, name),
                date ? "times with a zone" : "percents");
    tell_line(table, told, column->marked);
    text_format(told, " and %s ", date ? "without one" : "numbers without the sign");
    tell_line(table, told, column->bare);
    text_string(told, date ? ", which are taken for UTC" : ": 5% is 0.05, and 5 is 5");
  }
}

/* Numbers of this length are names: of accounts, of posts. */
static void tell_cut(const CsvTable *table, Text *told) {
  for (int64_t i = 0; i < table->column_count; i++) {
    const CsvColumn *column = &table->columns[i];
    char name[200];
    if (!column->cut || column->text) continue;
    text_format(next_item(told), "column \"%.60s\" has whole numbers that f64 rounds ",
                csv_column_name(column, name));
    tell_line(table, told, column->cut);
    text_string(told, ": kinds: \"class\" or \"code\" tells them apart");
  }
}

void csv_notice(CsvTable *table) {
  Csv *csv = table->csv;
  Text told = {0};
  char separator = table->form.separator;
  bool found = !table->options->form.separator && !table->options->like;
  if (found && separator != ',' && table->column_count > 1)
    text_format(&told, "the columns are separated by %s",
                separator == ';'   ? "semicolons"
                : separator == '|' ? "bars"
                                   : "tabs");
  tell_header(table, &told);
  if (csv->rows_dropped)
    text_format(next_item(&told), "%lld of %lld rows dropped, with missing cells",
                (long long)csv->rows_dropped, (long long)table->rows);
  if (csv->unknown_cells)
    text_format(next_item(&told), "%lld cell%s of unknown classes treated as missing",
                (long long)csv->unknown_cells, csv->unknown_cells == 1 ? "" : "s");
  tell_filled(table, &told);
  tell_extra(table, &told);
  tell_cases(table, &told);
  tell_mixed(table, &told);
  tell_cut(table, &told);
  csv_column_rounded(table, &told);
  if (told.length) csv->notice = arena_text(&csv->arena, told.data, told.length);
  text_free(&told);
}
