/* csv_fill.c — the second walk over a table of text: what is where in the tensors is known, and the
 * numbers and classes are written there.
 *
 * The survey noted where each chunk of rows begins, so chunks are read by the whole team.  A chunk
 * is as many rows whatever the number of threads, and sums are added in the order of chunks: the
 * same bits on any number.
 */
#include "runtime/io/csv_fill.h"
#include "runtime/base/stop.h"

#include <math.h>
#include <string.h>

enum { MEDIANS_MOST = 1 << 20 }; /* cells up to which medians are found without being asked for */

/* ---- one cell ---- */

static inline void store(Tensor *tensor, int64_t at, double value) {
  if (LIKELY(tensor->dtype == DTYPE_F32)) ((float *)tensor_data(tensor))[at] = (float)value;
  else tensor_set(tensor, at, value);
}

/* Where one cell's value goes. */
static void put(CsvTable *table, const CsvColumn *column, int64_t row, double value) {
  Csv *csv = table->csv;
  if (LIKELY(column->feature))
    store(&csv->x, row * csv->x.shape.dim[1] + column->schema->slot, value);
  else if (column->target)
    store(&csv->y, row * (csv->y.shape.rank > 1 ? csv->y.shape.dim[1] : 1) + column->schema->slot,
          value);
  else if (column->kept) tensor_set(&column->kept->values, row, value);
}

static double get(const CsvTable *table, const CsvColumn *column, int64_t row) {
  const Csv *csv = table->csv;
  return column->kept ? tensor_get(&column->kept->values, row)
                      : tensor_get(&csv->x, row * csv->x.shape.dim[1] + column->schema->slot);
}

/* A class of a text column: its number, or a 1 in its column of x. */
static void put_class(CsvTable *table, const CsvColumn *column, int64_t row, int32_t number) {
  if (column->feature && column->kind == COLUMN_CLASS) {
    const Csv *csv = table->csv;
    if (number >= 0)
      store(&table->csv->x, row * csv->x.shape.dim[1] + column->schema->slot + number, 1);
  } else {
    put(table, column, row, number);
  }
}

static void put_missing(CsvTable *table, const CsvColumn *column, int64_t row) {
  put(table, column, row, NAN); /* until the mean is known */
  if (!column->feature || !column->schema->indicator) return;
  Csv *csv = table->csv;
  store(&csv->x, row * csv->x.shape.dim[1] + column->schema->slot + 1, 1);
}

/* ---- a chunk of rows ---- */

/* Of the cells of one column in one chunk. */
typedef struct Sum {
  double sum;
  int64_t summed, filled;
} Sum;

typedef struct Walk {
  CsvTable *table;
  Sum *sums;      /* by chunk and column */
  int32_t *lines; /* by chunk: line ends in it */
} Walk;

static void fill_number(CsvTable *table, const CsvColumn *column, int64_t row, double number,
                        Sum *sum) {
  sum->sum += number;
  sum->summed++;
  put(table, column, row, number);
}

static void fill_row(CsvTable *table, CsvText *text, int64_t file_row, int64_t row, Sum *sums) {
  for (int64_t i = 0; i < table->column_count; i++) {
    const CsvColumn *column = &table->columns[i];
    CsvCell cell;
    double number = NAN;
    if (LIKELY(column->plain) && csv_text_number(text, &cell, &number)) {
      fill_number(table, column, row, number, &sums[i]);
      continue;
    }
    csv_text_next(text, &cell); /* cannot fail: the survey read it */
    if (column->kind == COLUMN_SKIP) continue;
    if (column->text) {
      put_class(table, column, row, column->codes[file_row]);
    } else if (UNLIKELY(csv_column_missing(table, &cell))) {
      put_missing(table, column, row);
      sums[i].filled++;
    } else {
      csv_column_number(table, column, &cell, &number);
      fill_number(table, column, row, number, &sums[i]);
    }
  }
}

static void skip_row(CsvText *text) {
  CsvCell cell;
  do csv_text_next(text, &cell);
  while (cell.after == CSV_AFTER_CELL);
}

static int32_t count_lines(const CsvText *text, size_t from, size_t to) {
  const char *at = text->data + from, *end = text->data + to;
  int32_t count = 0;
  for (const char *found; (found = memchr(at, '\n', (size_t)(end - at))) != NULL; at = found + 1)
    count += count < INT32_MAX;
  return count;
}

/* How many of the rows before this one were dropped. */
static int64_t dropped_before(const CsvTable *table, int64_t row) {
  int64_t low = 0, high = table->dropped_count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (table->dropped[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Rows by the line of the chunk, from 0; fill adds where the chunk begins. */
static void fill_chunk(void *context, int64_t index) {
  Walk *walk = context;
  CsvTable *table = walk->table;
  const CsvChunk *chunk = &table->chunks[index];
  bool last = index + 1 == table->chunk_count;
  int64_t end = last ? table->rows : chunk[1].row;
  int64_t next = dropped_before(table, chunk->row), row = chunk->row - next;
  int32_t line = 0;
  int32_t *lines = table->part_count == 1 ? tensor_data(&table->csv->lines) : NULL;
  CsvText text = table->parts[chunk->part];
  size_t counted = text.at = chunk->at;
  for (int64_t i = chunk->row; i < end && !stop_wanted(); i++) {
    csv_text_row(&text);
    if (csv_row_dropped(table, i, &next)) {
      skip_row(&text);
      continue;
    }
    if (lines) {
      lines[row] = line += count_lines(&text, counted, text.at);
      counted = text.at;
    }
    fill_row(table, &text, i, row++, walk->sums + index * table->column_count);
  }
  if (lines && !last) walk->lines[index] = line + count_lines(&text, counted, chunk[1].at);
}

/* ---- all of them ---- */

static void settle_sums(CsvTable *table, const Walk *walk) {
  for (int64_t index = 0; index < table->chunk_count; index++)
    for (int64_t i = 0; i < table->column_count; i++) {
      const Sum *sum = &walk->sums[index * table->column_count + i];
      table->columns[i].sum += sum->sum;
      table->columns[i].summed += sum->summed;
      table->columns[i].filled += sum->filled;
    }
}

/* The first chunk begins behind the header. */
static void settle_lines(CsvTable *table, const Walk *walk) {
  const CsvText *text = &table->parts[0];
  int64_t line = 1 + text->moved_by + count_lines(text, 0, table->chunks[0].at), row = 0;
  int32_t *lines = tensor_data(&table->csv->lines);
  for (int64_t index = 0; index < table->chunk_count; index++) {
    bool last = index + 1 == table->chunk_count;
    int64_t end = last ? table->rows : table->chunks[index + 1].row;
    for (end -= dropped_before(table, end); row < end; row++)
      lines[row] = line + lines[row] < INT32_MAX ? (int32_t)(line + lines[row]) : INT32_MAX;
    line += walk->lines[index];
  }
}

static void fill_chunks(CsvTable *table) {
  Walk walk = {.table = table};
  walk.sums = mem_zero((size_t)(table->chunk_count * table->column_count + 1) * sizeof *walk.sums);
  walk.lines = mem_zero((size_t)(table->chunk_count + 1) * sizeof *walk.lines);
  if (table->options->team) table->options->team(table->chunk_count, fill_chunk, &walk);
  else
    for (int64_t i = 0; i < table->chunk_count; i++) fill_chunk(&walk, i);
  if (!stop_wanted()) {
    settle_sums(table, &walk);
    if (table->part_count == 1) settle_lines(table, &walk);
  }
  mem_free(walk.sums);
  mem_free(walk.lines);
}

/* ---- what a missing cell becomes ---- */

/* The k-th smallest from 0; moves them about (Hoare, "Algorithm 65: FIND", 1961). */
static double kth(double *values, int64_t count, int64_t k) {
  int64_t low = 0, high = count - 1;
  while (low < high) {
    double pivot = values[low + (high - low) / 2];
    int64_t i = low, j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      double swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k];
}

static double median_of(const CsvTable *table, const CsvColumn *column) {
  int64_t rows = csv_column_rows(table), count = 0;
  double *values = mem_alloc((size_t)(rows + 1) * sizeof *values);
  for (int64_t row = 0; row < rows && !stop_wanted(); row++) {
    double value = get(table, column, row);
    if (!isnan(value)) values[count++] = value;
  }
  double median = NAN;
  if (count && !stop_wanted()) {
    median = kth(values, count, (count - 1) / 2);
    if (count % 2 == 0) median = (median + kth(values, count, count / 2)) / 2;
  }
  mem_free(values);
  return median;
}

/* The mean and median of a column, or those of the data that it is read like. */
static bool find_fill(CsvTable *table, CsvColumn *column) {
  SchemaColumn *to = column->schema;
  bool small = csv_column_rows(table) * table->column_count <= MEDIANS_MOST;
  if (!column->like) {
    to->mean = column->summed ? column->sum / (double)column->summed : NAN;
    if (table->missing == CSV_MISSING_MEDIAN || small) to->median = median_of(table, column);
  }
  double fill = table->missing == CSV_MISSING_MEDIAN ? to->median : to->mean;
  if (!column->filled) return true;
  if (isnan(fill) && column->like) {
    char name[200];
    diag_fail(
        table->diag, STATUS_FAILED, (Span){0, 0, 0}, "the training data has no %s of column \"%s\"",
        table->missing == CSV_MISSING_MEDIAN ? "median" : "mean", csv_column_name(column, name));
    return diag_help(table->diag, "read that data with missing: \"median\", then save it again");
  }
  for (int64_t row = 0; row < csv_column_rows(table) && !stop_wanted(); row++)
    if (isnan(get(table, column, row))) put(table, column, row, fill);
  return true;
}

static void scale_rows(const CsvTable *table) {
  Csv *csv = table->csv;
  const Schema *schema = csv->schema;
  int64_t rows = csv->x.shape.dim[0], columns = csv->x.shape.dim[1];
  if (!schema->center) return;
  for (int64_t row = 0; row < rows && !stop_wanted(); row++)
    for (int64_t i = 0; i < columns; i++) {
      double value = tensor_get(&csv->x, row * columns + i);
      tensor_set(&csv->x, row * columns + i, (value - schema->center[i]) / schema->spread[i]);
    }
}

bool csv_fill(CsvTable *table) {
  csv_column_plain(table);
  fill_chunks(table);
  if (stop_wanted()) return false;
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    bool number = !column->text && (column->feature || column->kept);
    if (number && !find_fill(table, column)) return false;
  }
  scale_rows(table);
  return true;
}
