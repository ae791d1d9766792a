/* data.c — data sets of the script; see data.h.  The file formats are in runtime/io.
 *
 * Consecutive rows are views of the same storage (split, d[2:5]); a shuffle copies rows.
 */
#include "lang/data/data.h"
#include "runtime/files.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/syntax/foreign.h"
#include "lang/syntax/nearest.h"
#include "lang/tensors/index.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"
#include "lang/values/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- for the files of this room ---- */

void data_fail(Vm *vm, const CallSite *site, Diag *diag) {
  if (!diag->span.file) diag->span = site->span;
  raise_diag(vm, diag);
}

void data_fail_file(Vm *vm, const CallSite *site, Diag *diag) {
  if (!vm->checking || diag->status != STATUS_MISSING) data_fail(vm, site, diag);
  diag->span = site->span;
  check_missing(vm, diag);
  raise_unknown(vm);
}

const char *data_intern(Vm *vm, const char *text) {
  return names_intern(vm->names, text, strlen(text));
}

Value data_tensor(Vm *vm, Tensor tensor) {
  if (tensor.buffer) return value_tensor(vm, tensor);
  Type type = {.dtype = tensor.dtype, .shape = tensor.shape};
  return trace_result(vm->trace, trace_abstract(vm->trace, &type));
}

Value data_filled(Vm *vm, Tensor tensor) {
  if (vm_stops(vm)) {
    tensor_release(&tensor);
    vm_stop(vm);
  }
  return value_tensor(vm, tensor);
}

const char *data_path(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value.kind != KIND_STRING)
    raise_kind(vm, site_at(site, 0), value, "a path must be a string", NULL);
  Diag diag = {0};
  if (!file_path_check(value.string->data, value.string->length, &diag)) data_fail(vm, site, &diag);
  if (vm->checking && check_writes_file(vm, value.string->data)) raise_unknown(vm);
  return value.string->data;
}

Value data_strings(Vm *vm, char *const *names, int64_t count) {
  Value list = value_list(vm, count);
  for (int64_t i = 0; i < count; i++)
    list_push(vm, list.list, value_string(vm, names[i], strlen(names[i])));
  return list;
}

void data_notice(Vm *vm, const CallSite *site, const char *path, const char *what,
                 const char *help) {
  if (!what || !vm_warns(vm)) return;
  Diag diag = {.span = site->span};
  text_print(diag.message, sizeof diag.message, "%.120s: %.560s", path, what);
  if (help) diag_help(&diag, "%s", help);
  vm_warn(vm, &diag);
}

void data_help_in_script(Diag *diag, const char *call) {
  static const char *const options[] = {
      "separator:", "encoding:",  "comment:", "skip:",    "header:",   "decimal:",
      "kinds:",     "thousands:", "marks:",   "unknown:", "precision("};
  char help[sizeof diag->help];
  text_print(help, sizeof help, "%s", diag->help);
  for (int i = 0; i < COUNT_OF(options); i++)
    if (strstr(help, options[i])) {
      diag_help(diag, "in a script, %.120s: %.200s", call, help);
      return;
    }
}

/* ---- data sets ---- */

static DatasetObject *empty(Vm *vm, Kind kind) {
  DatasetObject *data = object_new(vm, kind, sizeof *data);
  data->count = 0;
  data->names = data->classes = data->lines = data->kept = value_none();
  data->schema = NULL;
  data->source = NULL;
  data->batch = 0;
  return data;
}

Value dataset_new(Vm *vm, const CallSite *site, const Value *columns, int count) {
  static const char *const names[] = {"x",       "y",       "z",       "column3",
                                      "column4", "column5", "column6", "column7"};
  DatasetObject *data = empty(vm, KIND_DATASET);
  for (int i = 0; i < count; i++) {
    data->fields[i] = data_intern(vm, names[i]);
    data->columns[data->count++] = columns[i];
  }
  Value *kept = stack_push(vm, value_of(KIND_DATASET, data));
  int64_t rows = value_rows(vm, site->span, columns[0]);
  for (int i = 1; i < count; i++) {
    int64_t others = value_rows(vm, site->span, columns[i]);
    if (others != rows)
      raise_at(vm, site_at(site, 0),
               "all columns of a data set must have the same number of rows: %s has %lld, %s %lld",
               names[0], (long long)rows, names[i], (long long)others);
  }
  vm->top = kept;
  return value_of(KIND_DATASET, data);
}

/* What does not depend on rows. */
static void copy_rest(DatasetObject *to, const DatasetObject *from) {
  to->source = from->source;
  to->names = value_retain(from->names);
  to->classes = value_retain(from->classes);
  to->schema = schema_retain(from->schema);
  to->batch = from->batch;
  to->missing_told = from->missing_told;
}

Value dataset_copy(Vm *vm, Kind kind, const DatasetObject *data) {
  DatasetObject *copy = empty(vm, kind);
  for (int i = 0; i < data->count; i++) {
    copy->fields[i] = data->fields[i];
    copy->columns[copy->count++] = value_retain(data->columns[i]);
  }
  copy->lines = value_retain(data->lines);
  copy->kept = value_retain(data->kept);
  copy_rest(copy, data);
  return value_of(kind, copy);
}

static Value turned_kept(Vm *vm, const TupleObject *kept, DatasetTurn *turn, void *context) {
  Value tuple = value_tuple(vm, kept->count);
  tuple.tuple->names = mem_zero((size_t)(kept->count + 1) * sizeof(char *));
  for (int i = 0; i < kept->count; i++) {
    tuple.tuple->names[i] = kept->names[i];
    tuple.tuple->items[i] = turn(vm, context, kept->items[i]);
  }
  return tuple;
}

Value dataset_turned(Vm *vm, const DatasetObject *data, DatasetTurn *turn, void *context) {
  DatasetObject *made = empty(vm, KIND_DATASET);
  for (int i = 0; i < data->count; i++) {
    made->fields[i] = data->fields[i];
    made->columns[i] = turn(vm, context, data->columns[i]);
    made->count++;
  }
  if (data->lines.kind == KIND_TENSOR) made->lines = turn(vm, context, data->lines);
  if (data->kept.kind == KIND_TUPLE) made->kept = turned_kept(vm, data->kept.tuple, turn, context);
  copy_rest(made, data);
  made->batch = 0;
  return value_of(KIND_DATASET, made);
}

/* Read like data with a target, from a file without one. */
static bool lacks_target(const DatasetObject *data) {
  return data->schema && data->count == 1 && data->schema->target_count > 0;
}

/* What stands here for a field or method that data sets of other tools have; NULL: none. */
static const char *field_elsewhere(const char *name) {
  static const char *const known[][2] = {
      {"head", "head(d)"},        {"tail", "d[-5:]"},        {"describe", "summary(d)"},
      {"info", "summary(d)"},     {"summary", "summary(d)"}, {"columns", "d.names"},
      {"features", "d.x"},        {"data", "d.x"},           {"target", "d.y"},
      {"targets", "d.y"},         {"labels", "d.y"},         {"shape", "shape(d.x)"},
      {"split", "split(d, 0.8)"}, {"shuffle", "shuffle(d)"}, {"batch", "batches(d, 32)"},
      {"drop", "csv(…, drop: …)"}};
  for (int i = 0; i < COUNT_OF(known); i++)
    if (!strcmp(known[i][0], name)) return known[i][1];
  return NULL;
}

static Value dataset_field(Vm *vm, const Ast *ast, Value dataset) {
  const char *name = ast->text;
  const DatasetObject *data = dataset.dataset;
  for (int i = 0; i < data->count; i++)
    if (!strcmp(data->fields[i], name)) return value_retain(data->columns[i]);
  if (!strcmp(name, "names")) return value_retain(data->names);
  if (!strcmp(name, "classes")) return value_retain(data->classes);
  if (!strcmp(name, "y") && lacks_target(data)) return value_none();
  Text text = {0};
  for (int i = 0; i < data->count; i++) text_format(&text, "%s, ", data->fields[i]);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->op_span.file ? ast->op_span : ast->span,
            "this data set has no field `%.64s`: it has %snames and classes", name, text.data);
  const char *ours = field_elsewhere(name), *foreign = foreign_name(name);
  if (ours && !(data->schema && schema_find(data->schema, name)))
    diag_help(&diag, "in gd, `%s` is called `%s`", name, ours);
  else if (foreign) diag_help(&diag, "%s", foreign);
  else if (data->names.kind == KIND_LIST)
    diag_help(&diag, "a column of the table is d[\"%.64s\"]", name);
  text_free(&text);
  raise_diag(vm, &diag);
}

Value native_dataset(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const ListObject *rest = args[0].list;
  if (rest->count < 1 || rest->count > 8)
    raise_at(vm, site->span, "a data set has 1 to 8 columns: dataset(x, y)");
  Value columns[8];
  for (int64_t i = 0; i < rest->count; i++) {
    Value item = rest->items[i];
    if (item.kind == KIND_UNKNOWN) raise_unknown(vm);
    if (!value_is_tensor(item))
      raise_no_tensor(vm, site_at(site, 0), item, "the columns of a data set must be tensors",
                      "tensor(list) makes a tensor of a list");
    columns[i] = value_retain(item);
  }
  return dataset_new(vm, site, columns, (int)rest->count);
}

Value native_class_names(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value classes = args[0];
  if (classes.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (classes.kind == KIND_DATASET) classes = classes.dataset->classes;
  if (classes.kind == KIND_NONE) return value_none();
  if (classes.kind != KIND_DICT || !classes.dict->target)
    raise_kind(vm, site_at(site, 0), args[0], "a data set, or its `classes`, is expected here",
               "the classes of another column are d.classes[\"column\"]");
  const char *target = classes.dict->target;
  const Value *names = dict_find_text(classes.dict, target, strlen(target));
  return *target && names ? value_retain(*names) : value_none();
}

/* ---- columns by name ---- */

static Value part_of_x(Vm *vm, Span span, const DatasetObject *data, int64_t slot) {
  Ast place = {.kind = AST_INDEX, .span = span};
  Sub subs[2] = {{.kind = SUB_SLICE, .span = span},
                 {.kind = SUB_VALUE, .span = span, .value = value_number((double)slot)}};
  return operation_index(vm, &place, data->columns[0], subs, 2);
}

/* Once for a data set, so that what the help says to write is not told again. */
static void tell_no_class(Vm *vm, Span span, DatasetObject *data, const SchemaColumn *column,
                          int64_t rows) {
  if (!rows || data->missing_told || !vm_warns(vm) || vm->clinic) return;
  data->missing_told = true;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span, "\"%.64s\" is missing in %lld row%s: the class is -1 there",
            column->name, (long long)rows, rows == 1 ? "" : "s");
  diag_help(&diag,
            "d[d[\"%.64s\"] >= 0] leaves them out; csv(…, missing: \"class\") makes them a "
            "class",
            column->name);
  vm_warn(vm, &diag);
}

/* The class numbers of a text column that stands in x as one column for each class: which of them
 * is largest, -1 where all are alike (a missing cell). */
static Value class_numbers(Vm *vm, Span span, DatasetObject *data, const SchemaColumn *column) {
  Type type = trace_type(vm, data->columns[0], span);
  Shape shape = shape_of(1, type.shape.dim);
  if (vm->checking) return trace_placeholder(vm, DTYPE_I32, &shape, span);
  Tensor x = trace_elements(vm, data->columns[0], span), numbers;
  Diag diag = {0};
  if (!tensor_new(&numbers, DTYPE_I32, &shape, &diag)) {
    tensor_release(&x);
    diag.span = span;
    raise_diag(vm, &diag);
  }
  int64_t width = x.shape.dim[1], missing = 0;
  for (int64_t row = 0; row < shape.dim[0] && !vm_stops(vm); row++) {
    int32_t best = 0;
    bool differ = false;
    double most = tensor_get(&x, row * width + column->slot);
    for (int64_t k = 1; k < column->width; k++) {
      double value = tensor_get(&x, row * width + column->slot + k);
      differ |= value != most;
      if (value > most) most = value, best = (int32_t)k;
    }
    if (!differ && (column->width > 1 || most == 0)) best = -1, missing++;
    ((int32_t *)tensor_data(&numbers))[row] = best;
  }
  tensor_release(&x);
  tell_no_class(vm, span, data, column, missing);
  return data_filled(vm, numbers);
}

static Value target_column(Vm *vm, Span span, const DatasetObject *data,
                           const SchemaColumn *column) {
  if (data->schema->target_count == 1) return value_retain(data->columns[1]);
  Ast place = {.kind = AST_INDEX, .span = span};
  Sub subs[2] = {{.kind = SUB_SLICE, .span = span},
                 {.kind = SUB_VALUE, .span = span, .value = value_number((double)column->slot)}};
  return operation_index(vm, &place, data->columns[1], subs, 2);
}

/* Without a column of that name: which are there, and which is meant perhaps. */
static NORETURN void raise_no_column(Vm *vm, Span span, const DatasetObject *data,
                                     const char *name) {
  Diag diag = {0};
  const char *near = NULL;
  int best = (int)strnlen(name, 64) / 4 + 2;
  Text names = {0};
  for (int64_t i = 0; data->schema && i < data->schema->count; i++) {
    const SchemaColumn *column = &data->schema->columns[i];
    if (column->kind == COLUMN_SKIP) continue;
    if (names.length < 160) text_format(&names, "%s%.40s", names.length ? ", " : "", column->name);
    int distance = text_distance(name, column->name, best - 1);
    if (distance >= best) continue;
    best = distance;
    near = column->name;
  }
  diag_fail(&diag, STATUS_FAILED, span, "this data set has no column \"%.64s\"", name);
  const SchemaColumn *skipped = data->schema ? schema_find(data->schema, name) : NULL;
  if (skipped)
    diag_help(&diag, "`select` left it out, or the table was read without it; kinds: \"keep\" "
                     "keeps it beside x");
  else if (near) diag_help(&diag, "did you mean \"%.64s\"?", near);
  else if (names.length) diag_help(&diag, "its columns are %s", names.data);
  text_free(&names);
  raise_diag(vm, &diag);
}

Value dataset_column(Vm *vm, Span span, Value dataset, const char *name) {
  DatasetObject *data = dataset.dataset;
  const SchemaColumn *column = data->schema ? schema_find(data->schema, name) : NULL;
  for (int i = 0; data->kept.kind == KIND_TUPLE && i < data->kept.tuple->count; i++)
    if (!strcmp(data->kept.tuple->names[i], name)) return value_retain(data->kept.tuple->items[i]);
  if (column && column->target) {
    if (data->count < 2) return value_none();
    return target_column(vm, span, data, column);
  }
  if (column && column->slot >= 0)
    return column->kind == COLUMN_CLASS ? class_numbers(vm, span, data, column)
                                        : part_of_x(vm, span, data, column->slot);
  for (int64_t i = 0; data->names.kind == KIND_LIST && i < data->names.list->count; i++)
    if (!strcmp(data->names.list->items[i].string->data, name) &&
        trace_type(vm, data->columns[0], span).shape.rank == 2)
      return part_of_x(vm, span, data, i);
  for (int i = 0; i < data->count && !column; i++)
    if (!strcmp(data->fields[i], name)) return value_retain(data->columns[i]);
  raise_no_column(vm, span, data, name);
}

/* ---- rows ---- */

typedef struct Taking {
  const Ast *ast;
  const Sub *subs;
} Taking;

static Value take_rows(Vm *vm, void *context, Value column) {
  const Taking *taking = context;
  return operation_index(vm, taking->ast, column, taking->subs, 1);
}

static Value dataset_index(Vm *vm, const Ast *ast, Value dataset, const Sub *subs, int count) {
  const DatasetObject *data = dataset.dataset;
  bool several = count != 1 || (subs[0].kind == SUB_VALUE && subs[0].value.kind == KIND_LIST);
  if (several)
    raise_help(vm, ast->span, "select(d, \"a\", \"b\") has several columns",
               "a data set is indexed by row or by a column's name: d[i], d[2:5], "
               "d[\"weight\"]");
  if (subs[0].kind == SUB_VALUE && subs[0].value.kind == KIND_STRING)
    return dataset_column(vm, subs[0].span, dataset, subs[0].value.string->data);
  if (subs[0].kind == SUB_VALUE && subs[0].value.kind == KIND_NUMBER) {
    int64_t rows = value_rows(vm, ast->span, dataset),
            index = value_as_index(vm, subs[0].span, subs[0].value);
    if (index < -rows || index >= rows)
      raise_at(vm, subs[0].span, "row %lld is out of range: the data set has %lld",
               (long long)index, (long long)rows);
    return value_row(vm, ast->span, dataset, index < 0 ? index + rows : index);
  }
  return dataset_turned(vm, data, take_rows, &(Taking){ast, subs});
}

/* ---- the kinds ---- */

static size_t dataset_bytes(const Object *object) {
  (void)object;
  return sizeof(DatasetObject);
}

static void dataset_parts(Vm *vm, Object *object, Visit *visit) {
  const DatasetObject *data = (const DatasetObject *)(const void *)object;
  visit_values(vm, data->columns, data->count, visit);
  visit_values(vm, &data->names, 1, visit);
  visit_values(vm, &data->classes, 1, visit);
  visit_values(vm, &data->lines, 1, visit);
  visit_values(vm, &data->kept, 1, visit);
}

static void dataset_free(Vm *vm, Object *object) {
  (void)vm;
  DatasetObject *data = (DatasetObject *)(void *)object;
  schema_release(data->schema);
  data->schema = NULL;
}

static void dataset_show(struct Showing *showing, Value value) {
  const DatasetObject *data = value.dataset;
  Text *text = showing->text;
  if (value.kind == KIND_BATCHES) text_format(text, "batches of %lld of ", (long long)data->batch);
  text_string(text, "dataset(");
  for (int i = 0; i < data->count; i++) {
    char shape[200];
    Type type = trace_type(showing->vm, data->columns[i], (Span){0});
    text_format(text, "%s%s: %s%s", i ? ", " : "", data->fields[i], dtype_name(type.dtype),
                shape_show(&type.shape, shape));
  }
  text_char(text, ')');
}

static int64_t dataset_count(Vm *vm, Span span, Value of) {
  return value_rows(vm, span, of.dataset->columns[0]);
}

static Value dataset_at(Vm *vm, Span span, Value of, int64_t index) {
  const DatasetObject *data = of.dataset;
  if (data->count == 1) return value_row(vm, span, data->columns[0], index);
  Value row = value_tuple(vm, data->count);
  for (int i = 0; i < data->count; i++)
    row.tuple->items[i] = value_row(vm, span, data->columns[i], index);
  return row;
}

static int64_t batch_of(const DatasetObject *data) { return data->batch > 0 ? data->batch : 1; }

static int64_t batches_count(Vm *vm, Span span, Value of) {
  int64_t rows = dataset_count(vm, span, of), batch = batch_of(of.dataset);
  return rows / batch + (rows % batch != 0);
}

/* A minibatch: its columns, alone or as a tuple. */
static Value batches_at(Vm *vm, Span span, Value of, int64_t index) {
  const DatasetObject *data = of.dataset;
  int64_t rows = dataset_count(vm, span, of), first = index * batch_of(data),
          last = first + batch_of(data) < rows ? first + batch_of(data) : rows;
  Sub sub = {.kind = SUB_SLICE,
             .span = span,
             .start = value_number((double)first),
             .stop = value_number((double)last)};
  Ast place = {.kind = AST_INDEX, .span = span};
  if (data->count == 1) return operation_index(vm, &place, data->columns[0], &sub, 1);
  Value row = value_tuple(vm, data->count);
  for (int i = 0; i < data->count; i++)
    row.tuple->items[i] = operation_index(vm, &place, data->columns[i], &sub, 1);
  return row;
}

static bool dataset_fields(Value of, VisitField *visit, void *context) {
  const DatasetObject *data = of.dataset;
  for (int i = 0; i < data->count; i++)
    if (visit(context, data->fields[i], -1, data->columns[i])) return true;
  return visit(context, "names", -1, data->names) || visit(context, "classes", -1, data->classes);
}

const KindRow DATASET_KIND = {.bytes = dataset_bytes,
                              .parts = dataset_parts,
                              .free_own = dataset_free,
                              .show = dataset_show,
                              .field = dataset_field,
                              .fields = dataset_fields,
                              .index = dataset_index,
                              .count = dataset_count,
                              .at = dataset_at};
const KindRow BATCHES_KIND = {.bytes = dataset_bytes,
                              .parts = dataset_parts,
                              .free_own = dataset_free,
                              .show = dataset_show,
                              .field = dataset_field,
                              .fields = dataset_fields,
                              .index = dataset_index,
                              .count = batches_count,
                              .at = batches_at};
