/* shown.c — data sets as tables for people: summary(d), head(d), save(d, "d.csv").
 *
 * A data set is shown as a list of columns.  A column of classes is shown by their names, even if x
 * has one column for each class.  A saved file has the columns of x as they are, since its column
 * names describe those.
 */
#include "lang/data/shown.h"
#include "runtime/files.h"

#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- columns ---- */

typedef struct Column {
  char name[160];
  const char *kind;
  int64_t missing;     /* in the file as read; -1: not known */
  int part;            /* which of the view's tensors */
  int64_t slot, width; /* elements of a row: from, how many (of classes that stand in x, else 1) */
  char *const *classes;
  int64_t class_count; /* 0: numbers */
} Column;

/* The columns of a data set, with their elements; freed whatever happens. */
typedef struct View {
  Held held;
  Tensor parts[72]; /* x, y, …, then the kept ones */
  int part_count;
  int64_t rows;
  Column *columns; /* owned */
  int64_t count, capacity;
} View;

static void view_free(Held *held) {
  View *view = (View *)(void *)held;
  for (int i = 0; i < view->part_count; i++) tensor_release(&view->parts[i]);
  mem_free(view->columns);
  mem_free(view);
}

static int64_t row_size(const Tensor *tensor) {
  return tensor->shape.dim[0] ? tensor_count(tensor) / tensor->shape.dim[0]
                              : shape_count(&tensor->shape);
}

static Column *add_column(View *view, const char *name, const char *kind, int part, int64_t slot) {
  if (view->count == view->capacity) {
    view->capacity = view->capacity ? 2 * view->capacity : 16;
    view->columns = mem_grow(view->columns, (size_t)view->capacity * sizeof *view->columns);
  }
  Column *column = &view->columns[view->count++];
  *column = (Column){.kind = kind, .missing = -1, .part = part, .slot = slot, .width = 1};
  text_print(column->name, sizeof column->name, "%s", name);
  return column;
}

/* A tensor of the data set without a schema: `x` of one element a row, else x0, x1, … */
static void add_plain(View *view, int part, const char *field) {
  int64_t width = row_size(&view->parts[part]);
  bool one = view->parts[part].shape.rank == 1;
  for (int64_t i = 0; i < width; i++) {
    char name[48];
    text_print(name, sizeof name, "%.20s%lld", field, (long long)i);
    add_column(view, one ? field : name, dtype_name(view->parts[part].dtype), part, i);
  }
}

static void add_by_schema(View *view, const DatasetObject *data, bool sources) {
  const Schema *schema = data->schema;
  for (int64_t i = 0; i < schema->count; i++) {
    const SchemaColumn *column = &schema->columns[i];
    bool feature = column->slot >= 0 && !column->target;
    if (column->kind == COLUMN_SKIP || column->kind == COLUMN_KEEP ||
        (column->target && data->count < 2))
      continue;
    if (column->target || !feature) continue;
    if (!sources) {
      for (int64_t k = 0; k < column->width; k++)
        add_column(view, schema->names[column->slot + k], "", 0, column->slot + k);
      continue;
    }
    Column *to = add_column(view, column->name, COLUMN_KIND_NAMES[column->kind], 0, column->slot);
    to->missing = column->missing;
    to->width = column->kind == COLUMN_CLASS ? column->width : 1;
    to->classes = column->classes;
    to->class_count = column->text ? column->class_count : 0;
  }
  for (int64_t i = 0; i < schema->count && data->count > 1; i++) {
    const SchemaColumn *column = &schema->columns[i];
    if (!column->target) continue;
    Column *to = add_column(view, column->name, column->text ? "target, class" : "target", 1,
                            column->slot);
    to->missing = column->missing;
    to->classes = column->classes;
    to->class_count = column->text ? column->class_count : 0;
  }
}

static void add_kept(View *view, const DatasetObject *data, int first) {
  const TupleObject *kept = data->kept.tuple;
  for (int i = 0; i < kept->count && first + i < view->part_count; i++) {
    Column *to = add_column(view, kept->names[i], "keep", first + i, 0);
    const SchemaColumn *column = data->schema ? schema_find(data->schema, kept->names[i]) : NULL;
    if (!column) continue;
    to->missing = column->missing;
    to->classes = column->classes;
    to->class_count = column->text ? column->class_count : 0;
  }
}

/* `sources`: the columns of the table; else those of x as they are, and the target. */
static View *view_of(Vm *vm, const CallSite *site, Value dataset, bool sources) {
  const DatasetObject *data = dataset.dataset;
  View *view = mem_zero(sizeof *view);
  view->held.free_whole = view_free;
  vm_hold(vm, &view->held);
  for (int i = 0; i < data->count; i++) {
    view->parts[i] = trace_elements(vm, data->columns[i], site_at(site, 0));
    view->part_count++;
  }
  view->rows = view->parts[0].shape.dim[0];
  int kept = sources && data->kept.kind == KIND_TUPLE ? data->kept.tuple->count : 0,
      first = view->part_count;
  for (int i = 0; i < kept && view->part_count < COUNT_OF(view->parts); i++) {
    view->parts[first + i] = trace_elements(vm, data->kept.tuple->items[i], site_at(site, 0));
    view->part_count++;
  }
  if (data->schema && data->schema->name_count == row_size(&view->parts[0])) {
    add_by_schema(view, data, sources);
  } else if (data->names.kind == KIND_LIST &&
             data->names.list->count == row_size(&view->parts[0])) {
    for (int64_t i = 0; i < data->names.list->count; i++)
      add_column(view, data->names.list->items[i].string->data, "", 0, i);
    for (int i = 1; i < data->count; i++) add_plain(view, i, data->fields[i]);
  } else {
    for (int i = 0; i < data->count; i++) add_plain(view, i, data->fields[i]);
  }
  if (kept) add_kept(view, data, first);
  return view;
}

static double value_at(const View *view, const Column *column, int64_t row, int64_t k) {
  const Tensor *tensor = &view->parts[column->part];
  return tensor_get(tensor, row * row_size(tensor) + column->slot + k);
}

/* The class of a row, -1 where there is none. */
static int64_t class_at(const View *view, const Column *column, int64_t row) {
  if (column->width == 1) {
    double number = value_at(view, column, row, 0);
    if (column->class_count == 1 && column->kind && !strcmp(column->kind, "class"))
      return number != 0 ? 0 : -1;
    return number >= 0 && number < (double)column->class_count ? (int64_t)number : -1;
  }
  int64_t best = 0;
  bool differ = false;
  double most = value_at(view, column, row, 0);
  for (int64_t k = 1; k < column->width; k++) {
    double value = value_at(view, column, row, k);
    differ |= value != most;
    if (value > most) most = value, best = k;
  }
  return differ ? best : -1;
}

/* ---- cells ---- */

static const double WHOLE_MOST = 1e15; /* whole numbers below are shown in full */

void shown_number(Text *text, double number, Dtype dtype) {
  bool whole = number == floor(number) && fabs(number) < WHOLE_MOST;
  if (dtype != DTYPE_F32 || whole || !isfinite(number)) {
    text_number(text, number);
    return;
  }
  size_t start = text->length;
  for (int digits = 6; digits <= 9; digits++) {
    double read;
    text->length = start;
    text_digits(text, number, digits);
    if (number_parse(text->data + start, text->length - start, &read) &&
        (float)read == (float)number)
      return;
  }
}

void shown_cell(Text *text, const char *cell) {
  bool quoted = strpbrk(cell, ",;|\"\n\r\t") || !*cell || *cell == ' ' || *cell == '#' ||
                cell[strlen(cell) - 1] == ' ';
  if (!quoted) {
    text_string(text, cell);
    return;
  }
  text_char(text, '"');
  for (; *cell; cell++) {
    if (*cell == '"') text_char(text, '"');
    text_char(text, *cell);
  }
  text_char(text, '"');
}

static void add_value(Text *text, const View *view, const Column *column, int64_t row) {
  if (column->class_count) {
    int64_t class_number = class_at(view, column, row);
    text_string(text, class_number < 0 ? "" : column->classes[class_number]);
  } else {
    shown_number(text, value_at(view, column, row, 0), view->parts[column->part].dtype);
  }
}

/* ---- head ---- */

enum { WIDTH_MOST = 24, COLUMNS_SHOWN = 40 };

static int points_of(const char *text) {
  int points = 0;
  for (; *text; text++) points += ((unsigned char)*text & 0xC0) != 0x80;
  return points;
}

/* A cell in a column of so many characters, numbers to the right. */
static void add_padded(Text *text, const char *cell, int width, bool right) {
  Text shown = {0};
  text_escaped(&shown, cell, strlen(cell));
  const char *from = shown.data ? shown.data : "";
  int points = points_of(from), kept = 0;
  for (int i = points; right && i < width; i++) text_char(text, ' ');
  for (const char *at = from; *at && kept < width;) {
    uint32_t code;
    size_t size = text_decode(at, strlen(at), &code);
    bool cut = points > width && kept == width - 1;
    if (cut) text_string(text, "…");
    else text_add(text, at, size ? size : 1);
    at += size ? size : 1;
    kept++;
  }
  for (int i = points; !right && i < width; i++) text_char(text, ' ');
  text_free(&shown);
}

static void table_of_rows(const View *view, int64_t rows, Text *text) {
  int64_t columns = view->count < COLUMNS_SHOWN ? view->count : COLUMNS_SHOWN;
  int widths[COLUMNS_SHOWN];
  Text cell = {0};
  for (int64_t i = 0; i < columns; i++) {
    widths[i] = points_of(view->columns[i].name);
    for (int64_t row = 0; row < rows; row++) {
      cell.length = 0;
      text_string(&cell, "");
      add_value(&cell, view, &view->columns[i], row);
      int points = cell.length ? points_of(cell.data) : 0;
      if (points > widths[i]) widths[i] = points;
    }
    if (widths[i] > WIDTH_MOST) widths[i] = WIDTH_MOST;
  }
  for (int64_t row = -1; row < rows; row++) {
    for (int64_t i = 0; i < columns; i++) {
      const Column *column = &view->columns[i];
      cell.length = 0;
      if (row < 0) text_string(&cell, column->name);
      else add_value(&cell, view, column, row);
      if (i) text_string(text, "  ");
      add_padded(text, cell.length ? cell.data : "", widths[i], !column->class_count);
    }
    while (text->length && text->data[text->length - 1] == ' ') text->length--;
    text_char(text, '\n');
  }
  text_free(&cell);
  if (view->count > columns)
    text_format(text, "and %lld columns more\n", (long long)(view->count - columns));
}

static void print_text(Vm *vm, Text *text) {
  size_t done = 0;
  if (!vm->checking && text->length) output_add(text->data, text->length, &done);
  text_free(text);
}

Value native_head(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (args[0].kind != KIND_DATASET)
    raise_kind(vm, site_at(site, 0), args[0], "head shows the first rows of a data set", NULL);
  int64_t rows = arg_integer(vm, site, args, 1, 5, 0, 1000000);
  if (vm->checking) return value_none();
  View *view = view_of(vm, site, args[0], true);
  Text text = {0};
  table_of_rows(view, rows < view->rows ? rows : view->rows, &text);
  vm_drop(vm, &view->held);
  print_text(vm, &text);
  return value_none();
}

/* ---- summary ---- */

typedef struct Measures {
  int64_t numbers;
  double least, most, mean, deviation;
} Measures;

static Measures measure(Vm *vm, const View *view, const Column *column) {
  Measures measures = {0};
  double sum = 0, square = 0;
  for (int64_t row = 0; row < view->rows && !vm_stops(vm); row++) {
    double value = value_at(view, column, row, 0);
    if (isnan(value)) continue;
    if (!measures.numbers || value < measures.least) measures.least = value;
    if (!measures.numbers || value > measures.most) measures.most = value;
    measures.numbers++;
    sum += value;
  }
  measures.mean = measures.numbers ? sum / (double)measures.numbers : NAN;
  for (int64_t row = 0; row < view->rows && !vm_stops(vm); row++) {
    double d = value_at(view, column, row, 0) - measures.mean;
    if (!isnan(d)) square += d * d;
  }
  measures.deviation = measures.numbers ? sqrt(square / (double)measures.numbers) : NAN;
  return measures;
}

enum { CLASSES_SHOWN = 12, DIGITS_LEAST = 5 };

static void add_counts(Vm *vm, const View *view, const Column *column, Text *text) {
  int64_t *counts = mem_zero((size_t)(column->class_count + 1) * sizeof *counts);
  for (int64_t row = 0; row < view->rows && !vm_stops(vm); row++) {
    int64_t number = class_at(view, column, row);
    if (number >= 0) counts[number]++;
  }
  for (int64_t i = 0; i < column->class_count && i < CLASSES_SHOWN; i++) {
    text_string(text, i ? ", " : "");
    text_escaped(text, column->classes[i], strlen(column->classes[i]));
    text_format(text, " %lld", (long long)counts[i]);
  }
  if (column->class_count > CLASSES_SHOWN)
    text_format(text, " and %lld classes more", (long long)(column->class_count - CLASSES_SHOWN));
  mem_free(counts);
}

/* A whole number in full, any other to as many digits as tell something beside the deviation: down
 * to a hundredth of it, five at least. */
static void add_measure(Text *text, double number, double deviation) {
  double size = fabs(number);
  if (size < WHOLE_MOST && number == floor(number)) {
    text_number(text, number);
    return;
  }
  bool spread = deviation > 0 && isfinite(deviation) && isfinite(number);
  int digits = spread ? (int)(floor(log10(size)) - floor(log10(deviation))) + 3 : 0;
  if (digits < DIGITS_LEAST) digits = DIGITS_LEAST;
  if (size < WHOLE_MOST) text_rounded(text, number, digits);
  else text_digits(text, number, digits);
}

static void add_measures(const Measures *measures, Text *text) {
  if (!measures->numbers) {
    text_string(text, "no numbers");
    return;
  }
  add_measure(text, measures->least, measures->deviation);
  text_string(text, " to ");
  add_measure(text, measures->most, measures->deviation);
  text_string(text, ", mean ");
  add_measure(text, measures->mean, measures->deviation);
  text_string(text, ", deviation ");
  add_measure(text, measures->deviation, measures->deviation);
}

void shown_summary(Vm *vm, const CallSite *site, Value dataset) {
  if (vm->checking) return;
  View *view = view_of(vm, site, dataset, true);
  Text text = {0};
  int width = 6;
  for (int64_t i = 0; i < view->count; i++) {
    int points = points_of(view->columns[i].name);
    if (points > width) width = points < WIDTH_MOST ? points : WIDTH_MOST;
  }
  add_padded(&text, "column", width, false);
  const char *missing = dataset.dataset->schema ? "missing in file" : "missing";
  int missing_width = (int)strlen(missing);
  text_format(&text, "  %-13s  %s  values (%lld row%s)\n", "kind", missing, (long long)view->rows,
              view->rows == 1 ? "" : "s");
  for (int64_t i = 0; i < view->count; i++) {
    const Column *column = &view->columns[i];
    add_padded(&text, column->name, width, false);
    text_format(&text, "  %-13s  ", column->kind);
    Measures measures = {0};
    if (!column->class_count) measures = measure(vm, view, column);
    /* in the file, where it may be filled by now; of tensors the elements that are NaN */
    int64_t gone = column->missing >= 0 ? column->missing : view->rows - measures.numbers;
    text_format(&text, "%*lld  ", missing_width, (long long)gone);
    if (column->class_count) add_counts(vm, view, column, &text);
    else add_measures(&measures, &text);
    text_char(&text, '\n');
  }
  vm_drop(vm, &view->held);
  if (vm_stops(vm)) {
    text_free(&text);
    vm_stop(vm);
  }
  print_text(vm, &text);
}

/* ---- as CSV ---- */

static bool write_rows(const View *view, Writer *writer, Diag *diag) {
  Text text = {0};
  bool good = true;
  for (int64_t row = -1; good && row < view->rows; row++) {
    for (int64_t i = 0; i < view->count; i++) {
      const Column *column = &view->columns[i];
      if (i) text_char(&text, ',');
      if (row < 0) {
        shown_cell(&text, column->name);
      } else if (column->class_count) {
        int64_t number = class_at(view, column, row);
        shown_cell(&text, number < 0 ? "" : column->classes[number]);
      } else {
        shown_number(&text, value_at(view, column, row, 0), view->parts[column->part].dtype);
      }
    }
    text_char(&text, '\n');
    if (text.length < 1 << 16 && row + 1 < view->rows) continue;
    good = !stop_check(diag) && writer_add(writer, text.data, text.length, diag);
    text.length = 0;
  }
  text_free(&text);
  return good;
}

void shown_save(Vm *vm, const CallSite *site, Value dataset, const char *path) {
  View *view = view_of(vm, site, dataset, false);
  Writer writer;
  Diag diag = {0};
  bool good = writer_open(&writer, &vm->files, path, &diag);
  if (good) {
    good = write_rows(view, &writer, &diag);
    if (good) good = writer_close(&writer, &diag);
    else writer_abandon(&writer);
  }
  vm_drop(vm, &view->held);
  if (!good) data_fail(vm, site, &diag);
}
