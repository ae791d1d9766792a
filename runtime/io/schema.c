/* schema.c — schemas of tables; see schema.h.
 *
 * The JSON form has a version and one object a column.  It is read as strictly as any file: a
 * member of another type, a class twice, a width that does not follow from the rest are refused.
 */
#include "runtime/io/schema.h"

#include "runtime/io/file.h"
#include "runtime/io/safetensors.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const COLUMN_KIND_NAMES[COLUMN_KINDS] = {"auto",   "numbers", "class", "code",
                                                     "number", "date",    "keep",  "skip"};

static int find_word(const char *word, const char *const *words, int count) {
  for (int i = 0; i < count; i++)
    if (strcmp(word, words[i]) == 0) return i;
  return -1;
}

bool column_kind_parse(const char *word, ColumnKind *kind) {
  int found = find_word(word, COLUMN_KIND_NAMES, COLUMN_KINDS);
  if (found < COLUMN_CLASS) return false;
  *kind = (ColumnKind)found;
  return true;
}

static const char *const MISSING_WORDS[] = {"error", "drop", "mean", "median", "class"};

bool csv_missing_parse(const char *word, CsvMissing *missing) {
  int found = find_word(word, MISSING_WORDS, COUNT_OF(MISSING_WORDS));
  if (found < 0) return false;
  *missing = (CsvMissing)found;
  return true;
}

static const char *const ENCODING_WORDS[] = {"utf8", "latin1", "windows1252"};

bool csv_encoding_parse(const char *word, CsvEncoding *encoding) {
  static const struct {
    const char *word;
    CsvEncoding encoding;
  } others[] = {
      {"utf-8", CSV_UTF8},       {"latin-1", CSV_LATIN1},           {"iso-8859-1", CSV_LATIN1},
      {"iso8859-1", CSV_LATIN1}, {"windows-1252", CSV_WINDOWS1252}, {"cp1252", CSV_WINDOWS1252}};
  int found = find_word(word, ENCODING_WORDS, COUNT_OF(ENCODING_WORDS));
  if (found >= 0) *encoding = (CsvEncoding)found;
  for (int i = 0; i < COUNT_OF(others) && found < 0; i++)
    if (strcasecmp(word, others[i].word) == 0) *encoding = others[i].encoding, found = i;
  return found >= 0;
}

/* ---- holders ---- */

Schema *schema_new(void) {
  Schema *schema = mem_zero(sizeof *schema);
  schema->refs = 1;
  schema->form.decimal = '.';
  return schema;
}

Schema *schema_retain(Schema *schema) {
  if (schema) schema->refs++;
  return schema;
}

void schema_release(Schema *schema) {
  if (!schema || --schema->refs > 0) return;
  arena_free(&schema->arena);
  mem_free(schema);
}

static char **copy_texts(Arena *arena, char *const *texts, int64_t count) {
  char **copy = arena_alloc(arena, (size_t)(count + 1) * sizeof *copy);
  for (int64_t i = 0; i < count; i++) copy[i] = arena_text(arena, texts[i], strlen(texts[i]));
  return copy;
}

static double *copy_numbers(Arena *arena, const double *numbers, int64_t count) {
  if (!numbers) return NULL;
  double *copy = arena_alloc(arena, (size_t)(count + 1) * sizeof *copy);
  if (count) memcpy(copy, numbers, (size_t)count * sizeof *copy);
  return copy;
}

static SchemaColumn copy_column(Arena *arena, const SchemaColumn *column) {
  SchemaColumn copy = *column;
  copy.name = arena_text(arena, column->name, strlen(column->name));
  copy.classes = copy_texts(arena, column->classes, column->class_count);
  return copy;
}

/* All but the columns. */
static Schema *copy_frame(const Schema *schema) {
  Schema *copy = schema_new();
  copy->form = schema->form;
  copy->missing = schema->missing;
  copy->mark_count = schema->mark_count;
  copy->marks = copy_texts(&copy->arena, schema->marks, schema->mark_count);
  copy->columns = arena_alloc(&copy->arena, (size_t)(schema->count + 1) * sizeof *copy->columns);
  return copy;
}

static void copy_center(Schema *copy, const Schema *schema) {
  copy->center = copy_numbers(&copy->arena, schema->center, schema->name_count);
  copy->spread = copy_numbers(&copy->arena, schema->spread, schema->name_count);
}

Schema *schema_scaled(const Schema *schema, const double *center, const double *spread) {
  Schema *copy = copy_frame(schema);
  for (int64_t i = 0; i < schema->count; i++)
    copy->columns[copy->count++] = copy_column(&copy->arena, &schema->columns[i]);
  schema_lay_out(copy);
  if (!center) {
    copy_center(copy, schema);
    return copy;
  }
  copy->center = copy_numbers(&copy->arena, center, copy->name_count);
  copy->spread = copy_numbers(&copy->arena, spread, copy->name_count);
  for (int64_t i = 0; i < copy->name_count && schema->center; i++) { /* scaled once more */
    copy->center[i] = schema->center[i] + center[i] * schema->spread[i];
    copy->spread[i] = spread[i] * schema->spread[i];
  }
  return copy;
}

Schema *schema_select(const Schema *schema, const int64_t *columns, int64_t count) {
  Schema *copy = copy_frame(schema);
  bool *taken = mem_zero((size_t)schema->count + 1);
  for (int64_t i = 0; i < count; i++) {
    taken[columns[i]] = true;
    copy->columns[copy->count++] = copy_column(&copy->arena, &schema->columns[columns[i]]);
  }
  for (int64_t i = 0; i < schema->count; i++) {
    if (taken[i]) continue;
    SchemaColumn *left = &copy->columns[copy->count++];
    *left = copy_column(&copy->arena, &schema->columns[i]);
    if (!left->target && left->kind != COLUMN_KEEP) left->kind = COLUMN_SKIP;
  }
  mem_free(taken);
  schema_lay_out(copy);
  if (!schema->center) return copy;
  copy->center = arena_alloc(&copy->arena, (size_t)(copy->name_count + 1) * sizeof(double));
  copy->spread = arena_alloc(&copy->arena, (size_t)(copy->name_count + 1) * sizeof(double));
  for (int64_t i = 0; i < count; i++) {
    const SchemaColumn *from = &schema->columns[columns[i]], *to = &copy->columns[i];
    for (int64_t k = 0; k < from->width; k++) {
      copy->center[to->slot + k] = schema->center[from->slot + k];
      copy->spread[to->slot + k] = schema->spread[from->slot + k];
    }
  }
  return copy;
}

const SchemaColumn *schema_find(const Schema *schema, const char *name) {
  for (int64_t i = 0; i < schema->count; i++)
    if (strcmp(schema->columns[i].name, name) == 0) return &schema->columns[i];
  return NULL;
}

/* ---- columns of x ---- */

static char *indicator_name(Arena *arena, const char *column, const char *class_name) {
  Text text = {0};
  text_format(&text, "%s=%s", column, class_name);
  char *name = arena_text(arena, text.data, text.length);
  text_free(&text);
  return name;
}

static bool in_x(const SchemaColumn *column) {
  return !column->target && column->kind != COLUMN_KEEP && column->kind != COLUMN_SKIP;
}

void schema_lay_out(Schema *schema) {
  int64_t width = 0;
  schema->target_count = 0;
  for (int64_t i = 0; i < schema->count; i++) {
    SchemaColumn *column = &schema->columns[i];
    if (column->target) schema->target_count++;
    else column->slot = in_x(column) ? width : -1;
    column->width = !in_x(column)                  ? 0
                    : column->kind == COLUMN_CLASS ? column->class_count
                                                   : 1 + column->indicator;
    width += column->width;
  }
  schema->names = arena_alloc(&schema->arena, (size_t)(width + 1) * sizeof *schema->names);
  schema->name_count = width;
  for (int64_t i = 0; i < schema->count; i++) {
    const SchemaColumn *column = &schema->columns[i];
    if (!in_x(column)) continue;
    char **names = schema->names + column->slot;
    if (column->kind != COLUMN_CLASS) names[0] = column->name;
    if (column->kind != COLUMN_CLASS && column->indicator)
      names[1] = indicator_name(&schema->arena, column->name, "missing");
    for (int64_t k = 0; k < column->width && column->kind == COLUMN_CLASS; k++)
      names[k] = indicator_name(&schema->arena, column->name, column->classes[k]);
  }
}

/* ---- as JSON ---- */

enum { SCHEMA_VERSION = 1 };

static json_t *texts_json(char *const *texts, int64_t count) {
  json_t *list = json_array();
  for (int64_t i = 0; i < count; i++) json_array_append_new(list, json_string(texts[i]));
  return list;
}

static json_t *number_json(double number) {
  return isfinite(number) ? json_real(number) : json_null();
}

static json_t *numbers_json(const double *numbers, int64_t count) {
  if (!numbers) return json_null();
  json_t *list = json_array();
  for (int64_t i = 0; i < count; i++) json_array_append_new(list, number_json(numbers[i]));
  return list;
}

static json_t *column_json(const SchemaColumn *column) {
  json_t *json = json_object();
  json_object_set_new(json, "name", json_string(column->name));
  json_object_set_new(json, "kind", json_string(COLUMN_KIND_NAMES[column->kind]));
  json_object_set_new(json, "target", column->target ? json_integer(column->slot) : json_null());
  json_object_set_new(json, "text", json_boolean(column->text));
  json_object_set_new(json, "missing_class", json_boolean(column->missing_class));
  json_object_set_new(json, "indicator", json_boolean(column->indicator));
  json_object_set_new(json, "classes", texts_json(column->classes, column->class_count));
  json_object_set_new(json, "mean", number_json(column->mean));
  json_object_set_new(json, "median", number_json(column->median));
  if (column->currency) json_object_set_new(json, "currency", json_integer(column->currency));
  if (column->percent) json_object_set_new(json, "percent", json_true());
  return json;
}

static int add_bytes(const char *bytes, size_t length, void *context) {
  text_add(context, bytes, length);
  return 0;
}

void schema_write(const Schema *schema, Text *text) {
  json_t *json = json_object(), *columns = json_array();
  const CsvForm *form = &schema->form;
  char separator[2] = {form->separator, 0}, decimal[2] = {form->decimal, 0};
  json_object_set_new(json, "version", json_integer(SCHEMA_VERSION));
  json_object_set_new(json, "separator", json_string(separator));
  json_object_set_new(json, "decimal", json_string(decimal));
  json_object_set_new(json, "thousands", json_string(form->thousands));
  json_object_set_new(json, "comment", json_string(form->comment));
  json_object_set_new(json, "skip", json_integer(form->skip));
  json_object_set_new(json, "encoding", json_string(ENCODING_WORDS[form->encoding]));
  json_object_set_new(json, "header", json_boolean(!form->no_header));
  json_object_set_new(json, "marks", texts_json(schema->marks, schema->mark_count));
  json_object_set_new(json, "missing", json_string(MISSING_WORDS[schema->missing]));
  json_object_set_new(json, "center", numbers_json(schema->center, schema->name_count));
  json_object_set_new(json, "spread", numbers_json(schema->spread, schema->name_count));
  for (int64_t i = 0; i < schema->count; i++)
    json_array_append_new(columns, column_json(&schema->columns[i]));
  json_object_set_new(json, "columns", columns);
  json_dump_callback(json, add_bytes, text, JSON_COMPACT | JSON_REAL_PRECISION(17));
  json_decref(json);
}

/* A member being read: false from the first that is not as it should be. */
typedef struct Reading {
  Schema *schema;
  bool fine;
} Reading;

static const char *read_text(Reading *reading, json_t *json, const char *key, size_t most) {
  json_t *member = json_object_get(json, key);
  if (json_is_string(member) && json_string_length(member) <= most)
    return json_string_value(member);
  reading->fine = false;
  return "";
}

static bool read_bool(Reading *reading, json_t *json, const char *key) {
  json_t *member = json_object_get(json, key);
  reading->fine = reading->fine && json_is_boolean(member);
  return json_is_true(member);
}

static double read_number(Reading *reading, json_t *member) {
  reading->fine = reading->fine && (json_is_number(member) || json_is_null(member));
  return json_is_number(member) ? json_number_value(member) : NAN;
}

static char **read_texts(Reading *reading, json_t *json, const char *key, int64_t *count) {
  json_t *list = json_object_get(json, key);
  Arena *arena = &reading->schema->arena;
  *count = json_is_array(list) ? (int64_t)json_array_size(list) : 0;
  reading->fine = reading->fine && json_is_array(list);
  char **texts = arena_alloc(arena, (size_t)(*count + 1) * sizeof *texts);
  for (int64_t i = 0; i < *count; i++) {
    json_t *item = json_array_get(list, (size_t)i);
    reading->fine = reading->fine && json_is_string(item);
    const char *text = json_is_string(item) ? json_string_value(item) : "";
    texts[i] = arena_text(arena, text, strlen(text));
  }
  return texts;
}

static double *read_numbers(Reading *reading, json_t *list, int64_t count) {
  if (json_is_null(list)) return NULL;
  reading->fine = reading->fine && json_is_array(list) && (int64_t)json_array_size(list) == count;
  if (!reading->fine) return NULL;
  double *numbers = arena_alloc(&reading->schema->arena, (size_t)(count + 1) * sizeof *numbers);
  for (int64_t i = 0; i < count; i++) {
    numbers[i] = read_number(reading, json_array_get(list, (size_t)i));
    reading->fine = reading->fine && isfinite(numbers[i]);
  }
  return numbers;
}

/* Classes are sorted, but for `missing`, which is the last. */
static bool classes_fit(const SchemaColumn *column) {
  int64_t sorted = column->class_count - column->missing_class;
  for (int64_t i = 1; i < sorted; i++)
    if (strcmp(column->classes[i - 1], column->classes[i]) >= 0) return false;
  if (sorted < 0 || (column->text && column->class_count == 0)) return false;
  return !column->missing_class || strcmp(column->classes[sorted], "missing") == 0;
}

static void read_column(Reading *reading, json_t *json, SchemaColumn *column) {
  const char *name = read_text(reading, json, "name", SIZE_MAX);
  int kind = find_word(read_text(reading, json, "kind", 20), COLUMN_KIND_NAMES, COLUMN_KINDS);
  column->name = arena_text(&reading->schema->arena, name, strlen(name));
  column->kind = kind <= COLUMN_AUTO ? COLUMN_SKIP : (ColumnKind)kind;
  json_t *target = json_object_get(json, "target");
  column->target = json_is_integer(target);
  column->slot = column->target ? json_integer_value(target) : -1;
  reading->fine = reading->fine && (column->target || json_is_null(target));
  column->text = read_bool(reading, json, "text");
  column->missing_class = read_bool(reading, json, "missing_class");
  column->indicator = read_bool(reading, json, "indicator");
  column->classes = read_texts(reading, json, "classes", &column->class_count);
  column->mean = read_number(reading, json_object_get(json, "mean"));
  column->median = read_number(reading, json_object_get(json, "median"));
  json_t *currency = json_object_get(json, "currency"); /* none in most columns */
  int64_t code = json_integer_value(currency);
  reading->fine = reading->fine && (!currency || (code > 0 && code <= 0x10FFFF));
  column->currency = (uint32_t)code;
  column->percent = json_is_true(json_object_get(json, "percent")); /* none in most columns */
  bool of_classes = column->kind == COLUMN_CLASS || column->kind == COLUMN_CODE;
  reading->fine = reading->fine && kind > COLUMN_AUTO && *name && classes_fit(column) &&
                  (!of_classes || column->text);
  if (of_classes || column->target) column->indicator = false;
}

static void read_form(Reading *reading, json_t *json) {
  CsvForm *form = &reading->schema->form;
  form->separator = *read_text(reading, json, "separator", 1);
  form->decimal = *read_text(reading, json, "decimal", 1);
  strcpy(form->thousands, read_text(reading, json, "thousands", sizeof form->thousands - 1));
  strcpy(form->comment, read_text(reading, json, "comment", sizeof form->comment - 1));
  json_t *skip = json_object_get(json, "skip");
  form->skip = json_is_integer(skip) ? json_integer_value(skip) : -1;
  form->no_header = !read_bool(reading, json, "header");
  reading->fine = reading->fine && form->skip >= 0 && form->separator &&
                  (form->decimal == '.' || form->decimal == ',') &&
                  csv_encoding_parse(read_text(reading, json, "encoding", 20), &form->encoding) &&
                  csv_missing_parse(read_text(reading, json, "missing", 20),
                                    &reading->schema->missing);
}

static bool names_differ(const Schema *schema) {
  for (int64_t i = 1; i < schema->count && schema->count < 4096; i++)
    for (int64_t k = 0; k < i; k++)
      if (strcmp(schema->columns[i].name, schema->columns[k].name) == 0) return false;
  return true;
}

/* Targets are numbered from 0 without a hole. */
static bool targets_fit(const Schema *schema) {
  int64_t sum = 0, count = schema->target_count;
  for (int64_t i = 0; i < schema->count; i++) {
    const SchemaColumn *column = &schema->columns[i];
    if (!column->target) continue;
    if (column->slot < 0 || column->slot >= count) return false;
    for (int64_t k = 0; k < i; k++)
      if (schema->columns[k].target && schema->columns[k].slot == column->slot) return false;
    sum++;
  }
  return sum == count;
}

static bool read_all(Reading *reading, json_t *json) {
  Schema *schema = reading->schema;
  json_t *columns = json_object_get(json, "columns");
  read_form(reading, json);
  schema->marks = read_texts(reading, json, "marks", &schema->mark_count);
  reading->fine = reading->fine && json_is_array(columns) && json_array_size(columns) > 0;
  if (!reading->fine) return false;
  schema->columns = arena_alloc(&schema->arena,
                                (json_array_size(columns) + 1) * sizeof *schema->columns);
  for (size_t i = 0; i < json_array_size(columns); i++)
    read_column(reading, json_array_get(columns, i), &schema->columns[schema->count++]);
  if (!reading->fine || !names_differ(schema)) return false;
  schema_lay_out(schema);
  if (!targets_fit(schema)) return false;
  schema->center = read_numbers(reading, json_object_get(json, "center"), schema->name_count);
  schema->spread = read_numbers(reading, json_object_get(json, "spread"), schema->name_count);
  return reading->fine && !schema->center == !schema->spread;
}

Schema *schema_read(const char *text, const char *path, Diag *diag) {
  json_error_t error;
  json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
  Reading reading = {.schema = schema_new(), .fine = json != NULL};
  json_t *version = json ? json_object_get(json, "version") : NULL;
  bool known = json_is_integer(version) && json_integer_value(version) == SCHEMA_VERSION;
  bool good = known && read_all(&reading, json);
  json_decref(json);
  if (good) return reading.schema;
  schema_release(reading.schema);
  file_fail_byte(diag, path, SAFETENSORS_HEADER,
                 known ? "its description of the data (\"gd.data\") is damaged"
                       : "its description of the data (\"gd.data\") has an unknown form");
  return NULL;
}
