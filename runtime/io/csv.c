/* csv.c — a table of text as tensors, in two passes over the bytes.
 *
 * csv_text.c reads cells from the bytes; csv_column.c walks them all and decides the type of each
 * column.  Here the second walk writes numbers and class codes to where they belong.  The first
 * pass allocates per column, the second the tensors and the distinct texts, so memory is the file,
 * its elements, and little else.
 */
#include "runtime/io/csv.h"
#include "runtime/base/stop.h"
#include "runtime/io/csv_column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef GD_HARSH
enum { SLOTS_FIRST = 2 }; /* of the table of distinct texts */
#else
enum { SLOTS_FIRST = 64 };
#endif

static const char *const missing_words[] = {"error", "drop", "mean"};

bool csv_missing_parse(const char *word, CsvMissing *missing) {
  for (int i = 0; i < COUNT_OF(missing_words); i++) {
    if (strcmp(word, missing_words[i]) != 0) continue;
    *missing = (CsvMissing)i;
    return true;
  }
  return false;
}

/* ---- class codes ---- */

/* The distinct texts of one column, found by hash; sorted when all are there. */
typedef struct Distinct {
  char **texts; /* by code, in order of coming; in the arena of the csv */
  int64_t count, capacity;
  int32_t *slots; /* open addressing: code + 1, or 0; a power of two of them */
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
  for (int64_t i = 0; i < distinct->count; i++)
    distinct->slots[find_slot(distinct, distinct->texts[i], strlen(distinct->texts[i]), seed)] =
        (int32_t)(i + 1);
}

static int32_t distinct_code(Distinct *distinct, Arena *arena, const CsvCell *cell, uint64_t seed) {
  if (distinct->count * 2 >= distinct->slot_count) grow_slots(distinct, seed);
  const char *text = cell->text;
  size_t length = cell->length;
  if (cell->doubled) text = csv_text_copy(arena, cell, &length);
  int64_t slot = find_slot(distinct, text, length, seed);
  if (distinct->slots[slot]) return distinct->slots[slot] - 1;
  if (distinct->count == distinct->capacity) {
    distinct->capacity = distinct->capacity ? distinct->capacity * 2 : 16;
    distinct->texts = mem_grow(distinct->texts,
                               (size_t)distinct->capacity * sizeof *distinct->texts);
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

static int compare_entries(const void *a, const void *b) {
  return strcmp(((const Entry *)a)->text, ((const Entry *)b)->text);
}

/* Sorts the texts into `classes` and gives where each code went (new). */
static int32_t *sort_classes(const Distinct *distinct, Arena *arena, CsvClasses *classes) {
  Entry *entries = mem_alloc((size_t)(distinct->count + 1) * sizeof *entries);
  int32_t *moved = mem_alloc((size_t)(distinct->count + 1) * sizeof *moved);
  for (int64_t i = 0; i < distinct->count; i++)
    entries[i] = (Entry){distinct->texts[i], (int32_t)i};
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
static void put(const CsvTable *table, const CsvColumn *column, int64_t row, double value) {
  Csv *csv = table->csv;
  if (column->slot < 0) tensor_set(&csv->y, row, value);
  else tensor_set(&csv->x, row * csv->x.shape.dim[1] + column->slot, value);
}

static double get(const CsvTable *table, const CsvColumn *column, int64_t row) {
  const Csv *csv = table->csv;
  return column->slot < 0 ? tensor_get(&csv->y, row)
                          : tensor_get(&csv->x, row * csv->x.shape.dim[1] + column->slot);
}

/* Steps over a row if it has an empty cell; else stays before it. */
static bool skip_row(CsvTable *table) {
  size_t start = table->text.at;
  bool whole = true;
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvCell cell;
    csv_text_next(&table->text, &cell);
    whole = whole && cell.length > 0;
  }
  if (whole) table->text.at = start;
  return !whole;
}

static void fill_row(CsvTable *table, Distinct *distinct, int64_t row, uint64_t seed) {
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    CsvCell cell;
    double number = NAN;                /* a missing cell, until the mean is known */
    csv_text_next(&table->text, &cell); /* cannot fail: the survey read it */
    if (column->text && cell.length) {
      number = distinct_code(&distinct[column->classes], &table->csv->arena, &cell, seed);
    } else if (cell.length) {
      number_parse(cell.text, cell.length, &number);
      column->sum += number;
    }
    put(table, column, row, number);
  }
}

static void put_means(const CsvTable *table) {
  for (int64_t i = 0; i < table->column_count; i++) {
    const CsvColumn *column = &table->columns[i];
    if (!column->empties) continue;
    double mean = column->sum / (double)column->numbers;
    for (int64_t row = 0; row < table->rows && !stop_wanted(); row++)
      if (isnan(get(table, column, row))) put(table, column, row, mean);
  }
}

/* Codes in order of coming become codes in sorted order. */
static void sort_codes(const CsvTable *table, Distinct *distinct) {
  for (int64_t i = 0; i < table->column_count; i++) {
    const CsvColumn *column = &table->columns[i];
    if (!column->text || stop_wanted()) continue;
    int32_t *moved = sort_classes(&distinct[column->classes], &table->csv->arena,
                                  &table->csv->classes[column->classes]);
    for (int64_t row = 0; row < csv_column_rows(table) && !stop_wanted(); row++)
      put(table, column, row, moved[(int32_t)get(table, column, row)]);
    mem_free(moved);
  }
}

/* The line of the row about to be read; *from is where the lines were counted to. */
static void note_line(const CsvTable *table, int64_t row, size_t *from, int32_t *line) {
  const char *at = table->text.data + *from, *end = table->text.data + table->text.at;
  for (const char *found; (found = memchr(at, '\n', (size_t)(end - at))) != NULL; at = found + 1)
    *line += *line < INT32_MAX;
  *from = table->text.at;
  ((int32_t *)tensor_data(&table->csv->lines))[row] = *line;
}

static bool fill(CsvTable *table) {
  Csv *csv = table->csv;
  Shape shape = csv->x.shape;
  if (!tensor_new(&csv->x, csv->x.dtype, &shape, table->text.diag)) return false;
  shape = csv->y.shape;
  if (table->target >= 0 && !tensor_new(&csv->y, csv->y.dtype, &shape, table->text.diag))
    return false;
  shape = shape_of(1, csv->x.shape.dim);
  if (!tensor_new(&csv->lines, DTYPE_I32, &shape, table->text.diag)) return false;
  size_t counted = 0;
  int32_t line = 1;
  Distinct *distinct = mem_zero((size_t)(csv->class_count + 1) * sizeof *distinct);
  /* differs from run to run; the codes do not depend on it */
  uint64_t seed = (uint64_t)(uintptr_t)distinct;
  table->text.at = table->data_start;
  bool skipping = table->options->missing == CSV_MISSING_DROP && table->rows_missing > 0;
  for (int64_t row = 0; row < csv_column_rows(table) && !stop_wanted();) {
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
static void describe(const CsvTable *table) {
  Csv *csv = table->csv;
  Arena *arena = &csv->arena;
  int64_t rows = csv_column_rows(table);
  csv->rows_dropped = table->rows - rows;
  csv->names = arena_alloc(arena, (size_t)(table->column_count + 1) * sizeof *csv->names);
  csv->classes = arena_alloc(arena, (size_t)(table->column_count + 1) * sizeof *csv->classes);
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    char *name = arena_text(arena, column->name, strlen(column->name));
    if (column->slot >= 0) csv->names[csv->name_count++] = name;
    else csv->target = name;
    if (!column->text) continue;
    column->classes = csv->class_count;
    csv->classes[csv->class_count++].column = name;
  }
  csv->x = (Tensor){.dtype = table->options->dtype,
                    .shape = shape_of(2, (int64_t[]){rows, csv->name_count})};
  if (table->target < 0) return;
  csv->y = (Tensor){.dtype = table->columns[table->target].text ? DTYPE_I32 : table->options->dtype,
                    .shape = shape_of(1, &rows)};
}

static bool read_table(CsvTable *table, const Files *files, bool elements) {
  if (!csv_text_read(&table->text, files)) return false;
  if (!csv_column_header(table) || !csv_column_target(table) || !csv_column_survey(table))
    return false;
  describe(table);
  if (elements) csv_column_rounded(table);
  return !elements || fill(table);
}

static bool read_path(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
                      bool elements, Diag *diag) {
  *csv = (Csv){0};
  CsvTable table = {.text = {.path = path, .diag = diag}, .options = options, .csv = csv};
  bool good = read_table(&table, files, elements) && !stop_wanted();
  /* a table that was not read to the end reports the stop, not what was found so far */
  stop_told(diag);
  csv_column_free(&table);
  csv_text_free(&table.text);
  if (!good) csv_free(csv);
  return good;
}

bool csv_read(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
              Diag *diag) {
  return read_path(files, path, options, csv, true, diag);
}

bool csv_shape(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
               Diag *diag) {
  return read_path(files, path, options, csv, false, diag);
}

void csv_free(Csv *csv) {
  tensor_release(&csv->x);
  tensor_release(&csv->y);
  tensor_release(&csv->lines);
  arena_free(&csv->arena);
  *csv = (Csv){0};
}
