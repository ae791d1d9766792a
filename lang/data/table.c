/* table.c — csv(…): a table as a data set, and reading a second table like the first.
 *
 * Options are passed on to runtime/io, which decides the role of each column.  Here the tensors
 * become a data set, the classes a dict, and a message reports what was done.
 */
#include "lang/data/table.h"
#include "runtime/compute.h"
#include "runtime/files.h"
#include "runtime/io/csv.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/index.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"

#include <stdio.h>
#include <string.h>

/* The arguments of csv, in the order of its row. */
enum {
  ARG_PATH,
  ARG_TARGET,
  ARG_HEADER,
  ARG_MISSING,
  ARG_COLUMNS,
  ARG_DROP,
  ARG_KINDS,
  ARG_LIKE,
  ARG_UNKNOWN,
  ARG_SEPARATOR,
  ARG_DECIMAL,
  ARG_THOUSANDS,
  ARG_COMMENT,
  ARG_SKIP,
  ARG_ENCODING,
  ARG_MARKS,
  ARG_COUNT
};

/* A table being read; freed whatever happens. */
typedef struct TableRead {
  Held held;
  Vm *vm;
  const CallSite *site;
  const Value *args;
  const char *path;
  Schema *like; /* held */
  CsvOptions options;
  Csv csv;
  Arena arena; /* what the options refer to */
  Value data;
} TableRead;

static void read_free(Held *held) {
  TableRead *read = (TableRead *)(void *)held;
  csv_free(&read->csv);
  schema_release(read->like);
  arena_free(&read->arena);
  mem_free(read);
}

/* ---- options ---- */

static Span option_at(const TableRead *read, int index) { return site_at(read->site, index); }

static const char *text_option(const TableRead *read, int index, const char *name) {
  Value value = read->args[index];
  if (value.kind == KIND_UNKNOWN) raise_unknown(read->vm);
  if (value.kind != KIND_STRING)
    raise_at(read->vm, option_at(read, index), "`%s` is a string, this is %s", name,
             kind_name(value));
  return value.string->data;
}

static CsvName name_of(const TableRead *read, int index, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(read->vm);
  if (value.kind == KIND_STRING) return (CsvName){.name = value.string->data};
  if (value.kind == KIND_NUMBER)
    return (CsvName){.place = value_as_index(read->vm, option_at(read, index), value)};
  raise_kind(read->vm, option_at(read, index), value, "a column is its name or its number", NULL);
}

/* A name, or a list or tuple of names, or numbers. */
static CsvNames names_option(TableRead *read, int index) {
  Value value = read->args[index];
  if (!data_given(value)) return (CsvNames){0};
  if (value.kind == KIND_TENSOR) { /* a bracket of numbers */
    Tensor places = trace_elements(read->vm, value, option_at(read, index));
    int64_t count = tensor_count(&places);
    CsvName *items = arena_alloc(&read->arena, (size_t)(count + 1) * sizeof *items);
    for (int64_t i = 0; i < count; i++) items[i].place = (int64_t)tensor_get(&places, i);
    tensor_release(&places);
    return (CsvNames){items, count};
  }
  const Value *given = value.kind == KIND_LIST    ? value.list->items
                       : value.kind == KIND_TUPLE ? value.tuple->items
                                                  : &value;
  int64_t count = value.kind == KIND_LIST    ? value.list->count
                  : value.kind == KIND_TUPLE ? value.tuple->count
                                             : 1;
  CsvName *items = arena_alloc(&read->arena, (size_t)(count + 1) * sizeof *items);
  for (int64_t i = 0; i < count; i++) items[i] = name_of(read, index, given[i]);
  return (CsvNames){items, count};
}

static ColumnKind kind_of(const TableRead *read, Value value) {
  ColumnKind kind;
  if (value.kind == KIND_UNKNOWN) raise_unknown(read->vm);
  if (value.kind == KIND_STRING && column_kind_parse(value.string->data, &kind)) return kind;
  raise_at(
      read->vm, option_at(read, ARG_KINDS),
      "a kind must be \"class\", \"code\", \"number\", \"date\", \"keep\" or \"skip\", this is "
      "%s%.40s%s",
      value.kind == KIND_STRING ? "\"" : "",
      value.kind == KIND_STRING ? value.string->data : kind_name(value),
      value.kind == KIND_STRING ? "\"" : "");
}

static void kinds_option(TableRead *read) {
  Value value = read->args[ARG_KINDS];
  if (!data_given(value)) return;
  if (value.kind == KIND_UNKNOWN) raise_unknown(read->vm);
  bool tuple = value.kind == KIND_TUPLE && (value.tuple->names || !value.tuple->count);
  if (!tuple && value.kind != KIND_DICT)
    raise_kind(read->vm, option_at(read, ARG_KINDS), value,
               "`kinds:` has a kind for columns by name",
               "kinds: (price: \"number\", when: \"date\")");
  int64_t count = tuple ? value.tuple->count : value.dict->count;
  CsvKindOf *kinds = arena_alloc(&read->arena, (size_t)(count + 1) * sizeof *kinds);
  for (int64_t i = 0; i < count; i++) {
    CsvName column = {0};
    if (!tuple) column = name_of(read, ARG_KINDS, dict_entries(value.dict)[i].key);
    else if (value.tuple->names[i]) column.name = value.tuple->names[i];
    else
      raise_at(read->vm, option_at(read, ARG_KINDS), "item %lld of `kinds:` has no column's name",
               (long long)i);
    kinds[i] = (CsvKindOf){
        column, kind_of(read, tuple ? value.tuple->items[i] : dict_entries(value.dict)[i].value)};
  }
  read->options.kinds = kinds;
  read->options.kind_count = count;
}

static void marks_option(TableRead *read) {
  Value value = read->args[ARG_MARKS];
  if (!data_given(value)) return;
  CsvNames names = names_option(read, ARG_MARKS);
  const char **marks = arena_alloc(&read->arena, (size_t)(names.count + 1) * sizeof *marks);
  for (int64_t i = 0; i < names.count; i++) {
    marks[i] = names.items[i].name;
    if (marks[i]) continue;
    Text text = {0}; /* a number, as it is written */
    text_number(&text, (double)names.items[i].place);
    marks[i] = arena_text(&read->arena, text.data, text.length);
    text_free(&text);
  }
  read->options.marks = marks;
  read->options.mark_count = names.count;
  read->options.no_marks = names.count == 0;
}

static void separator_option(const TableRead *read, CsvForm *form) {
  if (!data_given(read->args[ARG_SEPARATOR])) return;
  const char *text = text_option(read, ARG_SEPARATOR, "separator:");
  if (!strcmp(text, "tab")) text = "\t";
  bool fine = strlen(text) == 1 && (unsigned char)*text < 0x80 && *text != '"' && *text != '\n' &&
              *text != '\r';
  if (!fine)
    raise_at(
        read->vm, option_at(read, ARG_SEPARATOR),
        "`separator:` must be one character, such as \",\", \";\", \"\\t\" or \"|\"; \" \" for any "
        "blanks");
  form->separator = *text;
}

static void number_options(const TableRead *read, CsvForm *form) {
  Vm *vm = read->vm;
  uint32_t code;
  if (data_given(read->args[ARG_DECIMAL])) {
    const char *text = text_option(read, ARG_DECIMAL, "decimal:");
    if (strcmp(text, ".") != 0 && strcmp(text, ",") != 0)
      raise_at(vm, option_at(read, ARG_DECIMAL), "`decimal:` must be \".\" or \",\"");
    form->decimal = *text;
  }
  if (data_given(read->args[ARG_THOUSANDS])) {
    const char *text = text_option(read, ARG_THOUSANDS, "thousands:");
    size_t length = strlen(text);
    bool one = length == 0 || text_decode(text, length, &code) == length;
    if (!one || strpbrk(text, "0123456789+-eE\"\n"))
      raise_at(vm, option_at(read, ARG_THOUSANDS),
               "`thousands:` must be one character, such as \",\"");
    snprintf(form->thousands, sizeof form->thousands, "%s", text);
  }
  char decimal = form->decimal ? form->decimal : '.';
  if (*form->thousands == decimal)
    raise_at(vm, option_at(read, ARG_THOUSANDS),
             "`thousands:` and the decimal sign are both `%c`: they must differ", decimal);
}

static void line_options(TableRead *read, CsvForm *form) {
  Vm *vm = read->vm;
  CsvOptions *options = &read->options;
  options->comment_given = data_given(read->args[ARG_COMMENT]);
  options->skip_given = data_given(read->args[ARG_SKIP]);
  options->encoding_given = data_given(read->args[ARG_ENCODING]);
  if (options->comment_given) {
    const char *text = text_option(read, ARG_COMMENT, "comment:");
    if (!*text || strlen(text) >= sizeof form->comment)
      raise_at(vm, option_at(read, ARG_COMMENT),
               "`comment:` is what comment lines begin with, such as \"#\"");
    snprintf(form->comment, sizeof form->comment, "%s", text);
  }
  if (options->skip_given) {
    form->skip = value_as_index(vm, option_at(read, ARG_SKIP), read->args[ARG_SKIP]);
    if (form->skip < 0)
      raise_at(vm, option_at(read, ARG_SKIP), "`skip:` must be a number of lines, not %lld",
               (long long)form->skip);
  }
  if (options->encoding_given &&
      !csv_encoding_parse(text_option(read, ARG_ENCODING, "encoding:"), &form->encoding))
    raise_at(vm, option_at(read, ARG_ENCODING),
             "`encoding:` must be \"utf8\", \"latin1\" or \"windows1252\"");
}

static void rule_options(TableRead *read) {
  CsvOptions *options = &read->options;
  options->missing_given = data_given(read->args[ARG_MISSING]);
  if (options->missing_given &&
      !csv_missing_parse(text_option(read, ARG_MISSING, "missing:"), &options->missing))
    raise_at(read->vm, option_at(read, ARG_MISSING),
             "`missing:` must be \"error\", \"drop\", \"mean\", \"median\" or \"class\"");
  if (!data_given(read->args[ARG_UNKNOWN])) return;
  const char *text = text_option(read, ARG_UNKNOWN, "unknown:");
  options->unknown_missing = !strcmp(text, "missing");
  if (!options->unknown_missing && strcmp(text, "error") != 0)
    raise_at(read->vm, option_at(read, ARG_UNKNOWN), "`unknown:` must be \"error\" or \"missing\"");
}

/* With `like:` the columns are decided. */
static void like_option(TableRead *read) {
  static const struct {
    int index;
    const char *name;
  } decided[] = {{ARG_TARGET, "target:"},
                 {ARG_COLUMNS, "columns:"},
                 {ARG_DROP, "drop:"},
                 {ARG_KINDS, "kinds:"}};
  if (!data_given(read->args[ARG_LIKE])) return;
  for (int i = 0; i < COUNT_OF(decided); i++)
    if (data_given(read->args[decided[i].index]))
      raise_help(
          read->vm, option_at(read, decided[i].index),
          "leave it out: a net of that data needs the same columns; the file may lack the target",
          "`like:` already gives the columns, their kinds and the target, and also `%s`",
          decided[i].name);
  read->like = table_schema(read->vm, read->site, ARG_LIKE, read->args[ARG_LIKE]);
  read->options.like = read->like;
}

static void read_options(TableRead *read) {
  CsvOptions *options = &read->options;
  CsvForm form = {0};
  options->dtype = read->vm->real;
  options->team = team_run;
  options->is_word = dict_key_is_name;
  options->targets = names_option(read, ARG_TARGET);
  options->columns = names_option(read, ARG_COLUMNS);
  options->drops = names_option(read, ARG_DROP);
  options->header_given = data_given(read->args[ARG_HEADER]);
  if (options->header_given)
    form.no_header = !value_truth(read->vm, option_at(read, ARG_HEADER), read->args[ARG_HEADER]);
  options->thousands_given = data_given(read->args[ARG_THOUSANDS]);
  separator_option(read, &form);
  number_options(read, &form);
  line_options(read, &form);
  rule_options(read);
  kinds_option(read);
  marks_option(read);
  like_option(read);
  options->form = form;
}

/* ---- schemas ---- */

Schema *table_schema(Vm *vm, const CallSite *site, int index, Value value) {
  Span span = site_at(site, index);
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value.kind == KIND_DATASET) {
    if (value.dataset->schema) return schema_retain(value.dataset->schema);
    raise_help(vm, span, "use a data set from csv(…), or split, shuffle or select of one",
               "this data set is not from a table, or its columns were changed since");
  }
  if (value.kind != KIND_STRING)
    raise_kind(vm, span, value,
               "a data set, or the file of a net saved with `data:`, is expected here", NULL);
  const char *path = value.string->data;
  if (vm->checking && check_writes_file(vm, path)) raise_unknown(vm);
  PairList metadata;
  Diag diag = {0};
  if (!file_path_check(path, value.string->length, &diag) ||
      !safetensors_read(&vm->files, path, NULL, &metadata, &diag)) {
    diag.span = span;
    data_fail_file(vm, site, &diag);
  }
  const char *text = pair_find(&metadata, TABLE_KEY);
  Schema *schema = text ? schema_read(text, path, &diag) : NULL;
  pair_free(&metadata);
  if (schema) return schema;
  if (text) data_fail(vm, site, &diag);
  raise_help(vm, span, "save(net, \"net.safetensors\", data: d) keeps them",
             "`%.120s` does not describe the data of its net", path);
}

/* ---- the data set ---- */

static Value classes_of(Vm *vm, const Schema *schema) {
  Value dict = value_dict(vm);
  dict.dict->target = "";
  for (int64_t i = 0; i < schema->count; i++) {
    const SchemaColumn *column = &schema->columns[i];
    if (!column->text || column->kind == COLUMN_SKIP) continue;
    Value names = vm->checking ? (Value){.kind = KIND_UNKNOWN}
                               : data_strings(vm, column->classes, column->class_count);
    dict_set_text(vm, dict.dict, column->name, strlen(column->name), names);
    if (column->target && schema->target_count == 1)
      dict.dict->target = data_intern(vm, column->name);
  }
  return dict;
}

static Value kept_of(Vm *vm, Csv *csv) {
  if (!csv->kept_count) return value_none();
  Value tuple = value_tuple(vm, (int)csv->kept_count);
  tuple.tuple->names = mem_zero((size_t)(csv->kept_count + 1) * sizeof(char *));
  for (int64_t i = 0; i < csv->kept_count; i++) {
    Tensor values = csv->kept[i].values;
    csv->kept[i].values = (Tensor){0};
    tuple.tuple->names[i] = data_intern(vm, csv->kept[i].name);
    tuple.tuple->items[i] = data_tensor(vm, values);
  }
  return tuple;
}

static Value dataset_of(Vm *vm, TableRead *read) {
  Csv *csv = &read->csv;
  Value columns[2] = {0};
  Tensor x = csv->x, y = csv->y, lines = csv->lines;
  csv->x = csv->y = csv->lines = (Tensor){0};
  columns[0] = data_tensor(vm, x);
  if (csv->has_target) columns[1] = data_tensor(vm, y);
  Value rows = lines.buffer ? value_tensor(vm, lines) : value_none();
  Value data = dataset_new(vm, read->site, columns, csv->has_target ? 2 : 1);
  data.dataset->lines = rows;
  data.dataset->kept = kept_of(vm, csv);
  data.dataset->names = data_strings(vm, csv->schema->names, csv->schema->name_count);
  data.dataset->classes = classes_of(vm, csv->schema);
  data.dataset->schema = schema_retain(csv->schema);
  data.dataset->source = data_intern(vm, read->path);
  return data;
}

Value native_csv(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = data_path(vm, site, args[ARG_PATH]);
  TableRead *read = mem_zero(sizeof *read);
  *read =
      (TableRead){.held.free_whole = read_free, .vm = vm, .site = site, .args = args, .path = path};
  vm_hold(vm, &read->held);
  read_options(read);
  Diag diag = {0};
  bool fine = vm->checking ? csv_shape(&vm->files, path, &read->options, &read->csv, &diag)
                           : csv_read(&vm->files, path, &read->options, &read->csv, &diag);
  if (!fine) data_fail_file(vm, site, &diag);
  if (!vm->checking)
    data_notice(vm, site, path, read->csv.notice,
                read->csv.rounded ? "precision(f64) before it is read keeps them distinct" : NULL);
  Value data = dataset_of(vm, read);
  vm_drop(vm, &read->held);
  return data;
}

/* The arguments of sqlite, in the order of its row, where csv has them. */
static const int OF_QUERY[] = {ARG_PATH, -1,        ARG_TARGET, ARG_MISSING, ARG_COLUMNS,
                               ARG_DROP, ARG_KINDS, ARG_LIKE,   ARG_UNKNOWN, ARG_MARKS};

/* The text that a query gives is in one form, whatever that of the data it is read like was. */
static void query_form(CsvOptions *options) {
  options->form = (CsvForm){.separator = ',', .decimal = '.'};
  options->header_given = options->thousands_given = options->comment_given = true;
  options->skip_given = options->encoding_given = true;
}

Value native_sqlite(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = data_path(vm, site, args[0]);
  Value as_csv[ARG_COUNT] = {0};
  for (int i = 0; i < COUNT_OF(OF_QUERY); i++)
    if (OF_QUERY[i] >= 0) as_csv[OF_QUERY[i]] = args[i];
  if (args[1].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (args[1].kind != KIND_STRING)
    raise_at(vm, site_at(site, 1), "a query must be a string, this is %s", kind_name(args[1]));
  if (vm->checking) raise_unknown(vm);
  CallSite whole = *site; /* the places of arguments are those of sqlite's own row */
  whole.args = NULL;
  TableRead *read = mem_zero(sizeof *read);
  *read = (TableRead){
      .held.free_whole = read_free, .vm = vm, .site = &whole, .args = as_csv, .path = path};
  vm_hold(vm, &read->held);
  read_options(read);
  query_form(&read->options);
  Diag diag = {0};
  Bytes bytes;
  if (!sqlite_query(&vm->files, path, args[1].string->data, &bytes, &diag) ||
      !csv_read_bytes(bytes, path, &read->options, &read->csv, &diag))
    data_fail(vm, site, &diag);
  data_notice(vm, site, path, read->csv.notice, NULL);
  Value data = dataset_of(vm, read);
  vm_drop(vm, &read->held);
  return data;
}

/* ---- some of the columns ---- */

/* Columns of x by their places, all of them if the names are those of the table's columns. */
typedef struct Selection {
  int64_t *columns; /* of the schema, in the order wanted; owned by the arena */
  int64_t column_count;
  int64_t *slots; /* of x */
  int64_t slot_count;
  bool whole; /* only whole columns: the schema can follow */
} Selection;

static void select_name(Vm *vm, const CallSite *site, const DatasetObject *data, const char *name,
                        Selection *selection) {
  const SchemaColumn *column = data->schema ? schema_find(data->schema, name) : NULL;
  if (column && column->target)
    raise_at(vm, site->span, "\"%.64s\" is the target, which stays y: select only features", name);
  if (column && column->slot >= 0) {
    selection->columns[selection->column_count++] = column - data->schema->columns;
    for (int64_t k = 0; k < column->width; k++)
      selection->slots[selection->slot_count++] = column->slot + k;
    return;
  }
  for (int64_t i = 0; data->names.kind == KIND_LIST && i < data->names.list->count; i++) {
    if (strcmp(data->names.list->items[i].string->data, name) != 0) continue;
    selection->slots[selection->slot_count++] = i;
    selection->whole = false;
    return;
  }
  value_release(vm, dataset_column(vm, site->span, value_of(KIND_DATASET, (void *)(uintptr_t)data),
                                   name)); /* raises, unless it is one beside x */
  raise_at(vm, site->span, "\"%.64s\" is not among the columns of x", name);
}

/* The columns selected last, from this place on, are not among those before. */
static void check_once(Vm *vm, const CallSite *site, const DatasetObject *data,
                       const Selection *selection, int64_t before) {
  for (int64_t i = before; i < selection->slot_count; i++)
    for (int64_t k = 0; k < before; k++)
      if (selection->slots[k] == selection->slots[i])
        raise_at(vm, site->span, "the column \"%.64s\" is selected twice",
                 data->names.list->items[selection->slots[i]].string->data);
}

static Value names_of(Vm *vm, const DatasetObject *data, const Selection *selection) {
  Value list = value_list(vm, selection->slot_count);
  for (int64_t i = 0; i < selection->slot_count; i++)
    list_push(vm, list.list, value_retain(data->names.list->items[selection->slots[i]]));
  return list;
}

static Value columns_of_x(Vm *vm, const CallSite *site, Value x, const Selection *selection) {
  Ast place = {.kind = AST_INDEX, .span = site->span};
  Tensor places;
  Diag diag = {0};
  if (!tensor_new(&places, DTYPE_I32, &(Shape){1, {selection->slot_count}}, &diag))
    data_fail(vm, site, &diag);
  for (int64_t i = 0; i < selection->slot_count; i++)
    ((int32_t *)tensor_data(&places))[i] = (int32_t)selection->slots[i];
  Value index = value_tensor(vm, places);
  Sub subs[2] = {{.kind = SUB_SLICE, .span = site->span},
                 {.kind = SUB_VALUE, .span = site->span, .value = index}};
  Value chosen = operation_index(vm, &place, x, subs, 2);
  value_release(vm, index);
  return chosen;
}

static Value select_columns(Vm *vm, const CallSite *site, Value from, const Selection *selection) {
  Value x = columns_of_x(vm, site, from.dataset->columns[0], selection);
  Value made = dataset_copy(vm, KIND_DATASET, from.dataset);
  DatasetObject *data = made.dataset;
  value_release(vm, data->columns[0]);
  data->columns[0] = x;
  Value names = names_of(vm, data, selection);
  value_release(vm, data->names);
  data->names = names;
  Schema *schema = data->schema;
  data->schema = schema && selection->whole
                     ? schema_select(schema, selection->columns, selection->column_count)
                     : NULL;
  schema_release(schema);
  return made;
}

Value native_select(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const ListObject *names = args[1].list;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (args[0].kind != KIND_DATASET)
    raise_kind(vm, site_at(site, 0), args[0], "select needs a data set", NULL);
  const DatasetObject *data = args[0].dataset;
  if (data->names.kind != KIND_LIST)
    raise_at(vm, site_at(site, 0), "the columns of this data set have no names");
  if (!names->count) raise_at(vm, site->span, "select(d, \"a\", \"b\"): which columns?");
  int64_t most = data->names.list->count * names->count + 1;
  Value room = value_list(vm, 1);
  Tensor places;
  Diag diag = {0};
  if (!tensor_new(&places, DTYPE_F64, &(Shape){1, {2 * most}}, &diag)) data_fail(vm, site, &diag);
  list_push(vm, room.list, value_tensor(vm, places));
  Selection selection = {.columns = tensor_data(&places), .whole = true};
  selection.slots = selection.columns + most;
  for (int64_t i = 0; i < names->count; i++) {
    if (names->items[i].kind == KIND_UNKNOWN) raise_unknown(vm);
    if (names->items[i].kind != KIND_STRING)
      raise_kind(vm, site->span, names->items[i], "a column's name must be a string", NULL);
    int64_t before = selection.slot_count;
    select_name(vm, site, data, names->items[i].string->data, &selection);
    check_once(vm, site, data, &selection, before);
  }
  Value made = select_columns(vm, site, args[0], &selection);
  value_release(vm, room);
  return made;
}
