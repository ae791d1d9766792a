/* csv.c — a table of text as tensors, in two passes over the bytes.
 *
 * csv_text.c reads cells from the bytes; csv_column.c walks them all, decides the kind of each
 * column and numbers the texts.  From that the schema is made, and with it the places of columns in
 * x; then the second walk (csv_fill.c) writes numbers and classes to where they belong.  Memory is
 * the file, the tensors, and four bytes for each cell of a text column.
 */
#include "runtime/io/csv.h"
#include "runtime/base/stop.h"
#include "runtime/io/csv_column.h"
#include "runtime/io/csv_fill.h"
#include "runtime/io/csv_notice.h"
#include "runtime/io/csv_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  CLASSES_MOST = 1 << 24, /* codes that an f32 of x represents exactly */
  CLASSES_FEW = 10        /* so many are never too many */
};

/* ---- classes ---- */

/* Which codes occur in rows that are kept; is there a missing cell among those? */
static bool *used_codes(const CsvTable *table, const CsvColumn *column, bool *missing) {
  bool *used = mem_zero((size_t)column->distinct.count + 1);
  int64_t next = 0;
  *missing = false;
  for (int64_t row = 0; row < table->rows && !stop_wanted(); row++) {
    if (csv_row_dropped(table, row, &next)) continue;
    if (column->codes[row] < 0) *missing = true;
    else used[column->codes[row]] = true;
  }
  return used;
}

static void fault_classes(CsvTable *table, const CsvColumn *column, int64_t classes) {
  char name[200], text[400], brief[100], mend[CSV_MEND];
  csv_column_name(column, name);
  text_print(text, sizeof text,
             "column \"%.80s\" holds texts that are nearly all different (%lld in %lld rows): no "
             "classes to learn from",
             name, (long long)classes, (long long)csv_column_rows(table));
  text_print(brief, sizeof brief, "\"%.60s\" is nearly all different", name);
  csv_mend(column->target
               ? "choose another target, or kinds: \"class\" for it if these are classes"
               : "drop: \"@\" leaves it out; kinds: \"keep\" keeps it beside x, \"class\" or "
                 "\"code\" make classes of it",
           name, true, mend);
  csv_fault_add(&table->faults, column->place, text, brief, mend);
}

/* Classes of a column in their order, and its codes as class numbers. */
static void settle_classes(CsvTable *table, CsvColumn *column) {
  Arena *arena = &table->csv->schema->arena;
  SchemaColumn *to = column->schema;
  bool missing = false;
  bool *used = used_codes(table, column, &missing);
  char **names = arena_alloc(arena, (size_t)(column->distinct.count + 2) * sizeof *names);
  int64_t count = 0;
  int32_t *moved = csv_distinct_sort(&column->distinct, used, names, &count);
  mem_free(used);
  to->missing_class = missing && table->missing == CSV_MISSING_CLASS && !column->target;
  int64_t twin = -1; /* a class that is called so: missing cells are of it, and it is the last */
  for (int64_t i = 0; i < count && to->missing_class; i++)
    if (strcmp(names[i], "missing") == 0) twin = i;
  for (int64_t i = 0; i < column->distinct.count && twin >= 0; i++)
    moved[i] = moved[i] == twin ? (int32_t)count - 1 : moved[i] - (moved[i] > twin);
  for (int64_t i = twin; i >= 0 && i + 1 < count; i++) names[i] = names[i + 1];
  if (to->missing_class && twin < 0) count++;
  if (to->missing_class) names[count - 1] = arena_text(arena, "missing", 7);
  for (int64_t i = 0; i < count; i++) names[i] = arena_text(arena, names[i], strlen(names[i]));
  to->classes = names;
  to->class_count = count;
  for (int64_t row = 0; row < table->rows && !stop_wanted(); row++) {
    int32_t *code = &column->codes[row];
    *code = *code >= 0 ? moved[*code] : to->missing_class ? (int32_t)count - 1 : -1;
  }
  mem_free(moved);
  if (!column->given && column->kind == COLUMN_CLASS && count > CLASSES_FEW &&
      2 * count > csv_column_rows(table))
    fault_classes(table, column, count);
  if (count > CLASSES_MOST)
    csv_fault_add(&table->faults, column->place, "more than 16777216 classes", "too many classes",
                  NULL);
}

/* Those of a column that is read like another: their numbers are known. */
static void follow_classes(const CsvTable *table, const CsvColumn *column) {
  const SchemaColumn *to = column->schema;
  for (int64_t row = 0; row < table->rows && to->missing_class && !stop_wanted(); row++)
    if (column->codes[row] < 0 && table->missing == CSV_MISSING_CLASS)
      column->codes[row] = (int32_t)to->class_count - 1;
}

/* ---- the schema ---- */

static void schema_frame(CsvTable *table) {
  Schema *schema = table->csv->schema;
  schema->form = table->form;
  schema->missing = table->missing;
  schema->mark_count = table->mark_count;
  schema->marks = arena_alloc(&schema->arena,
                              (size_t)(table->mark_count + 1) * sizeof *schema->marks);
  for (int64_t i = 0; i < table->mark_count; i++)
    schema->marks[i] = arena_text(&schema->arena, table->marks[i], strlen(table->marks[i]));
}

static bool of_percents(const CsvColumn *column) {
  if (column->like) return column->like->percent;
  return column->kind == COLUMN_QUANTITY && column->marked && !column->bare;
}

static void schema_anew(CsvTable *table) {
  Schema *schema = table->csv->schema = schema_new();
  schema->columns = arena_alloc(&schema->arena,
                                (size_t)(table->column_count + 1) * sizeof *schema->columns);
  schema->count = table->column_count;
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    SchemaColumn *to = column->schema = &schema->columns[i];
    *to = (SchemaColumn){.name = arena_text(&schema->arena, column->name, strlen(column->name)),
                         .kind = column->kind,
                         .target = column->target,
                         .slot = column->place_in_y,
                         .text = column->text && column->kind != COLUMN_SKIP,
                         .mean = NAN,
                         .median = NAN,
                         .currency = column->currency,
                         .percent = of_percents(column),
                         .missing = column->missing ? column->missing->count : 0};
    bool number = !to->text && !to->target && column->feature;
    to->indicator = number && to->missing > 0 && table->missing == CSV_MISSING_CLASS;
    if (to->text) settle_classes(table, column);
  }
  schema_frame(table);
  schema_lay_out(schema);
}

/* A name by which the data set knows something of a column. */
typedef struct Known {
  const char *name;
  const CsvColumn *column;
} Known;

static int compare_known(const void *a, const void *b) {
  const Known *one = a, *other = b;
  int order = strcmp(one->name, other->name);
  return order ? order : (one->column > other->column) - (one->column < other->column);
}

/* A column may be called as one for a class of another is, `origin=usa`. */
static void check_known(CsvTable *table) {
  const Schema *schema = table->csv->schema;
  size_t most = (size_t)(schema->name_count + table->column_count), count = 0;
  Known *known = mem_alloc((most + 1) * sizeof *known);
  for (int64_t i = 0; i < table->column_count; i++) {
    const CsvColumn *column = &table->columns[i];
    if (column->kind == COLUMN_SKIP) continue;
    if (!column->feature) known[count++] = (Known){column->name, column};
    for (int64_t k = 0; column->feature && k < column->schema->width; k++)
      known[count++] = (Known){schema->names[column->schema->slot + k], column};
  }
  qsort(known, count, sizeof *known, compare_known);
  for (size_t i = 1; i < count; i++) {
    char name[200], other[200], text[400];
    if (strcmp(known[i - 1].name, known[i].name) != 0) continue;
    text_print(text, sizeof text, "two columns would have the name \"%.80s\": one of \"%.80s\"",
               csv_text_show(known[i].name, strlen(known[i].name), name),
               csv_column_name(known[i - 1].column, other));
    text_print(text + strlen(text), sizeof text - strlen(text), " and one of \"%.80s\"",
               csv_column_name(known[i].column, other));
    csv_fault_add(&table->faults, known[i].column->place, text, "another column has such a name",
                  "rename one of them in the file, or drop: leaves it out");
  }
  mem_free(known);
}

static void schema_alike(CsvTable *table) {
  table->csv->schema = schema_scaled(table->options->like, NULL, NULL);
  Schema *schema = table->csv->schema;
  schema_frame(table);
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    if (column->kind == COLUMN_SKIP) continue;
    column->schema = &schema->columns[column->like_place - 1];
    column->schema->missing = column->missing ? column->missing->count : 0;
    if (column->like && column->text) follow_classes(table, column);
    if (column->kind != COLUMN_KEEP) continue;
    column->schema->text = column->text;
    if (column->text) settle_classes(table, column);
  }
}

static bool make_schema(CsvTable *table) {
  if (!csv_column_codes(table)) return false;
  if (table->options->like) {
    schema_alike(table);
  } else {
    schema_anew(table);
    check_known(table);
  }
  return !table->faults.total || csv_fault_tell(&table->faults, table->parts, table->diag);
}

/* ---- the tensors ---- */

static bool describe(CsvTable *table) {
  Csv *csv = table->csv;
  const Schema *schema = csv->schema;
  int64_t rows = csv_column_rows(table), targets = 0;
  bool texts = true;
  csv->rows_dropped = table->rows - rows;
  csv->x = (Tensor){.dtype = table->options->dtype,
                    .shape = shape_of(2, (int64_t[]){rows, schema->name_count})};
  csv->kept = arena_alloc(&csv->arena, (size_t)(table->column_count + 1) * sizeof *csv->kept);
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    targets += column->target;
    texts = texts && (!column->target || column->text);
    if (column->kind != COLUMN_KEEP) continue;
    column->kept = &csv->kept[csv->kept_count++];
    bool whole = column->text || csv_column_whole(table, column);
    *column->kept =
        (CsvKept){.name = column->schema->name,
                  .values = {.dtype = whole ? DTYPE_I32 : DTYPE_F64, .shape = shape_of(1, &rows)}};
  }
  csv->has_target = targets > 0;
  if (!targets) return true;
  csv->y = (Tensor){.dtype = texts ? DTYPE_I32 : table->options->dtype,
                    .shape = shape_of(targets > 1 ? 2 : 1, (int64_t[]){rows, targets})};
  return true;
}

static bool make_tensor(Tensor *tensor, bool zeros, Diag *diag) {
  Shape shape = tensor->shape;
  Dtype dtype = tensor->dtype;
  *tensor = (Tensor){0};
  return zeros ? tensor_zeros(tensor, dtype, &shape, diag)
               : tensor_new(tensor, dtype, &shape, diag);
}

static bool make_tensors(CsvTable *table) {
  Csv *csv = table->csv;
  Diag *diag = table->diag;
  bool classes = false;
  for (int64_t i = 0; i < csv->schema->count; i++) {
    const SchemaColumn *column = &csv->schema->columns[i];
    classes |= column->slot >= 0 && !column->target && (column->text || column->indicator);
  }
  if (!make_tensor(&csv->x, classes, diag) ||
      (csv->has_target && !make_tensor(&csv->y, false, diag)))
    return false;
  for (int64_t i = 0; i < csv->kept_count; i++)
    if (!make_tensor(&csv->kept[i].values, false, diag)) return false;
  Shape rows = shape_of(1, csv->x.shape.dim);
  return table->part_count > 1 || tensor_new(&csv->lines, DTYPE_I32, &rows, diag);
}

/* ---- reading ---- */

static bool read_table(CsvTable *table, bool elements) {
  if (!csv_column_header(table) || !csv_column_survey(table) || !make_schema(table) ||
      !describe(table))
    return false;
  csv_notice(table);
  if (!elements) return true;
  return make_tensors(table) && csv_fill(table);
}

static bool open_parts(CsvTable *table, const Files *files, const char *path) {
  char **paths = NULL;
  int count = 0;
  if (!csv_parts_find(&table->csv->arena, files, path, &paths, &count, table->diag)) return false;
  table->parts = mem_zero((size_t)count * sizeof *table->parts);
  for (int i = 0; i < count; i++) {
    CsvText *text = &table->parts[table->part_count++];
    *text = (CsvText){.path = paths[i], .comment = "", .diag = table->diag};
    if (!csv_text_read(text, files, &table->form)) return false;
  }
  return true;
}

/* `bytes` NULL: of the file. */
static bool read_any(const Files *files, const char *path, Bytes *bytes, const CsvOptions *options,
                     Csv *csv, bool elements, Diag *diag) {
  *csv = (Csv){0};
  CsvTable table = {.options = options, .csv = csv, .diag = diag};
  csv_column_form(&table);
  bool good = true;
  if (bytes) {
    table.parts = mem_zero(sizeof *table.parts);
    table.part_count = 1;
    table.parts[0] = (CsvText){.path = path,
                               .comment = "",
                               .diag = diag,
                               .moved_at = options->moved_at,
                               .moved_by = options->moved_by};
    good = csv_text_take(&table.parts[0], *bytes, &table.form);
  } else {
    good = open_parts(&table, files, path);
  }
  good = good && read_table(&table, elements) && !stop_wanted();
  /* a table that was not read to the end reports the stop, not what was found so far */
  stop_check(diag);
  csv_column_free(&table);
  for (int i = 0; i < table.part_count; i++) csv_text_free(&table.parts[i]);
  mem_free(table.parts);
  if (!good) csv_free(csv);
  return good;
}

bool csv_read(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
              Diag *diag) {
  return read_any(files, path, NULL, options, csv, true, diag);
}

bool csv_read_bytes(Bytes bytes, const char *path, const CsvOptions *options, Csv *csv,
                    Diag *diag) {
  return read_any(NULL, path, &bytes, options, csv, true, diag);
}

bool csv_shape(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
               Diag *diag) {
  return read_any(files, path, NULL, options, csv, false, diag);
}

void csv_free(Csv *csv) {
  tensor_release(&csv->x);
  tensor_release(&csv->y);
  tensor_release(&csv->lines);
  for (int64_t i = 0; i < csv->kept_count; i++) tensor_release(&csv->kept[i].values);
  schema_release(csv->schema);
  arena_free(&csv->arena);
  *csv = (Csv){0};
}
