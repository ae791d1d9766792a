/* data.c — natives over data sets; see data.h.  The file formats are in runtime/io.
 *
 * Consecutive rows are views of the same storage (split, d[2:5]); a shuffle copies rows.
 */
#include "lang/learn/data.h"
#include "runtime/files.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/index.h"
#include "lang/tensors/operation.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static NORETURN void fail(Vm *vm, const CallSite *site, Diag *diag) {
  if (!diag->span.file) diag->span = site->span;
  raise_diag(vm, diag);
}

/* A file that is not there need not be a mistake of the script that `gd check` looks at. */
static NORETURN void fail_file(Vm *vm, const CallSite *site, Diag *diag) {
  if (!vm->checking || diag->status != STATUS_MISSING) fail(vm, site, diag);
  diag->span = site->span;
  check_missing(vm, diag);
  raise_unknown(vm);
}

static bool given(Value value) { return value.kind != KIND_UNSET && value.kind != KIND_NONE; }

static const char *intern(Vm *vm, const char *text) {
  return names_intern(vm->names, text, strlen(text));
}

/* A tensor of the script: with elements, or, in `gd check`, only a type. */
static Value tensor_or_type(Vm *vm, Tensor tensor) {
  if (tensor.buffer) return value_tensor(vm, tensor);
  Type type = {.dtype = tensor.dtype, .shape = tensor.shape};
  return trace_result(vm->trace, trace_abstract(vm->trace, &type));
}

/* ---- data sets ---- */

Value dataset_new(Vm *vm, const CallSite *site, const Value *columns, int count) {
  static const char *const names[] = {"x",       "y",       "z",       "column3",
                                      "column4", "column5", "column6", "column7"};
  DatasetObject *data = object_new(vm, KIND_DATASET, sizeof *data);
  data->count = count;
  data->names = data->classes = data->lines = value_none();
  for (int i = 0; i < count; i++) {
    data->fields[i] = intern(vm, names[i]);
    data->columns[i] = columns[i];
  }
  int64_t rows = value_rows(vm, site->span, columns[0]);
  for (int i = 1; i < count; i++) {
    int64_t others = value_rows(vm, site->span, columns[i]);
    if (others != rows)
      raise_at(vm, site_at(site, 0),
               "the columns of a data set have as many rows each: %s has %lld, %s %lld", names[0],
               (long long)rows, names[i], (long long)others);
  }
  return value_of(KIND_DATASET, data);
}

/* The same data set with other columns and the line numbers of their rows; takes both. */
static Value with_columns(Vm *vm, const DatasetObject *like, const Value *columns, Value lines) {
  DatasetObject *data = object_new(vm, KIND_DATASET, sizeof *data);
  data->count = like->count;
  data->source = like->source;
  for (int i = 0; i < like->count; i++) {
    data->fields[i] = like->fields[i];
    data->columns[i] = columns[i];
  }
  data->names = value_retain(like->names);
  data->classes = value_retain(like->classes);
  data->lines = lines;
  return value_of(KIND_DATASET, data);
}

static Value dataset_field(Vm *vm, const Ast *ast, Value dataset) {
  const char *name = ast->text;
  const DatasetObject *data = dataset.dataset;
  for (int i = 0; i < data->count; i++)
    if (!strcmp(data->fields[i], name)) return value_retain(data->columns[i]);
  if (!strcmp(name, "names")) return value_retain(data->names);
  if (!strcmp(name, "classes")) return value_retain(data->classes);
  Text text = {0};
  for (int i = 0; i < data->count; i++) text_format(&text, "%s, ", data->fields[i]);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->op_span.file ? ast->op_span : ast->span,
            "this data set has no field `%.64s`: it has %snames and classes", name, text.data);
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
      raise_help(vm, site_at(site, 0), "tensor(list) makes a tensor of a list",
                 "the columns of a data set are tensors, this is %s", kind_name(item));
    columns[i] = value_retain(item);
  }
  return dataset_new(vm, site, columns, (int)rest->count);
}

/* ---- rows ---- */

static Value rows_between(Vm *vm, Span span, Value column, int64_t first, int64_t rows) {
  if (trace_pending(vm, column) || column.kind == KIND_PARAM || vm->checking) {
    Ast place = {.kind = AST_INDEX, .span = span};
    Sub sub = {.kind = SUB_SLICE,
               .span = span,
               .start = value_number((double)first),
               .stop = value_number((double)(first + rows))};
    return operation_index(vm, &place, column, &sub, 1);
  }
  const Tensor *tensor = &column.tensor->tensor;
  Shape shape = tensor->shape;
  int64_t row = shape.dim[0] ? tensor_count(tensor) / shape.dim[0] : 0;
  shape.dim[0] = rows;
  return value_tensor(vm, tensor_view(tensor, &shape, first * row));
}

static Value dataset_rows(Vm *vm, Span span, const DatasetObject *data, int64_t first,
                          int64_t rows) {
  Value columns[8];
  for (int i = 0; i < data->count; i++)
    columns[i] = rows_between(vm, span, data->columns[i], first, rows);
  return with_columns(vm, data, columns,
                      data->lines.kind == KIND_TENSOR
                          ? rows_between(vm, span, data->lines, first, rows)
                          : value_none());
}

static Value dataset_index(Vm *vm, const Ast *ast, Value dataset, const Sub *subs, int count) {
  const DatasetObject *data = dataset.dataset;
  if (count != 1) raise_at(vm, ast->span, "a data set is indexed by row: d[i] or d[2:5]");
  if (subs[0].kind == SUB_VALUE && subs[0].value.kind == KIND_NUMBER) {
    int64_t rows = value_rows(vm, ast->span, dataset),
            index = value_as_index(vm, subs[0].span, subs[0].value);
    if (index < -rows || index >= rows)
      raise_at(vm, subs[0].span, "row %lld is out of range: the data set has %lld",
               (long long)index, (long long)rows);
    return value_row(vm, ast->span, dataset, index < 0 ? index + rows : index);
  }
  Value columns[8];
  for (int i = 0; i < data->count; i++)
    columns[i] = operation_index(vm, ast, data->columns[i], subs, 1);
  return with_columns(vm, data, columns,
                      data->lines.kind == KIND_TENSOR
                          ? operation_index(vm, ast, data->lines, subs, 1)
                          : value_none());
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
                              .show = dataset_show,
                              .field = dataset_field,
                              .fields = dataset_fields,
                              .index = dataset_index,
                              .count = dataset_count,
                              .at = dataset_at};
const KindRow BATCHES_KIND = {.bytes = dataset_bytes,
                              .parts = dataset_parts,
                              .show = dataset_show,
                              .field = dataset_field,
                              .fields = dataset_fields,
                              .index = dataset_index,
                              .count = batches_count,
                              .at = batches_at};

/* The decimal meant by a fraction that was rounded to f32: the shortest that reads back as it. */
static double meant_by(double fraction) {
  Text text = {0};
  double read = fraction;
  for (int digits = 1; digits <= 9; digits++) {
    text.length = 0;
    text_digits(&text, fraction, digits);
    if (number_parse(text.data, text.length, &read) && (double)(float)read == fraction) break;
    read = fraction;
  }
  text_free(&text);
  return read;
}

/* The whole rows in a fraction.  0.29 * 100 is 28.999999999999996 and (1 - 0.9) * 10 is less than
 * 1, so a product that differs from a whole number by no more than the fraction's rounding error is
 * that number. */
static int64_t rows_in(double fraction, bool single, int64_t rows) {
  double exact = (single ? meant_by(fraction) : fraction) * (double)rows, nearest = round(exact);
  double slack = (single ? 0x1p-23 : 0x1p-50) * (double)rows;
  return (int64_t)(fabs(exact - nearest) <= (slack < 0.25 ? slack : 0.25) ? nearest : floor(exact));
}

static NORETURN void refuse_cut(Vm *vm, const CallSite *site, double at, int64_t rows) {
  Text text = {0};
  text_number(&text, at);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, site_at(site, 1),
            "a split is a fraction of the rows from 0 to 1, this is %s", text.data);
  if (at > 1 && at == floor(at))
    diag_help(&diag, "rows: %s takes so many of the %lld", text.data, (long long)rows);
  text_free(&text);
  raise_diag(vm, &diag);
}

/* Where to cut: after a fraction or a number of rows. */
static int64_t cut_at(Vm *vm, const CallSite *site, const Value *args, int64_t rows) {
  if (given(args[1]) == given(args[2]))
    raise_help(vm, site->span, "split(d, 0.8) or split(d, rows: 100)",
               "a split needs a fraction or `rows:`, %s",
               given(args[1]) ? "not both" : "neither is given");
  if (given(args[2])) {
    int64_t first = value_as_index(vm, site_at(site, 2), args[2]);
    if (first < 0 || first > rows)
      raise_at(vm, site_at(site, 2), "`rows:` is from 0 to the %lld that there are, not %lld",
               (long long)rows, (long long)first);
    return first;
  }
  double at = value_as_number(vm, site_at(site, 1), args[1]);
  if (!(at >= 0 && at <= 1)) refuse_cut(vm, site, at, rows);
  bool single = value_is_tensor(args[1]) &&
                trace_type(vm, args[1], site_at(site, 1)).dtype == DTYPE_F32;
  return rows_in(at, single, rows);
}

Value data_split(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value data = args[0];
  if (data.kind == KIND_UNKNOWN || args[1].kind == KIND_UNKNOWN || args[2].kind == KIND_UNKNOWN)
    raise_unknown(vm);
  if (data.kind != KIND_DATASET && !value_is_tensor(data))
    raise_at(vm, site_at(site, 0), "a data set, a tensor or a string can be split, this is %s",
             kind_name(data));
  int64_t rows = value_rows(vm, site_at(site, 0), data), first = cut_at(vm, site, args, rows);
  Value pair = value_tuple(vm, 2);
  for (int i = 0; i < 2; i++) {
    int64_t from = i ? first : 0, many = i ? rows - first : first;
    pair.tuple->items[i] = data.kind == KIND_DATASET
                               ? dataset_rows(vm, site->span, data.dataset, from, many)
                               : rows_between(vm, site->span, data, from, many);
  }
  return pair;
}

/* ---- shuffle ---- */

/* A tensor filled in here: raises when filling was interrupted. */
static Value value_of_tensor(Vm *vm, Tensor tensor) {
  if (vm_stops(vm)) {
    tensor_release(&tensor);
    vm_stop(vm);
  }
  return value_tensor(vm, tensor);
}

static Value gather_rows(Vm *vm, const CallSite *site, Value column, const int64_t *order,
                         int64_t rows) {
  Tensor from = trace_elements(vm, column, site->span), to;
  Diag diag = {0};
  if (!tensor_new(&to, from.dtype, &from.shape, &diag)) fail(vm, site, &diag);
  size_t bytes = rows ? tensor_bytes(&from) / (size_t)rows : 0;
  for (int64_t i = 0; i < rows && !vm_stops(vm); i++)
    memcpy((char *)tensor_data(&to) + (size_t)i * bytes,
           (char *)tensor_data(&from) + (size_t)order[i] * bytes, bytes);
  tensor_release(&from);
  return value_of_tensor(vm, to);
}

static Value shuffled_list(Vm *vm, const ListObject *list, const int64_t *order) {
  Value result = value_list(vm, list->count);
  for (int64_t i = 0; i < list->count; i++)
    list_push(vm, result.list, value_retain(list->items[order[i]]));
  return result;
}

/* gd check: the same type, in an unknown order. */
static Value in_some_order(Vm *vm, const CallSite *site, Value data) {
  if (data.kind == KIND_LIST) return (Value){.kind = KIND_UNKNOWN};
  Value columns[8];
  int count = data.kind == KIND_DATASET ? data.dataset->count : 1;
  for (int i = 0; i < count; i++) {
    Type type = trace_type(vm, data.kind == KIND_DATASET ? data.dataset->columns[i] : data,
                           site->span);
    columns[i] = trace_result(vm->trace, trace_abstract(vm->trace, &type));
  }
  return data.kind == KIND_DATASET ? with_columns(vm, data.dataset, columns, value_none())
                                   : columns[0];
}

Value native_shuffle(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value data = args[0];
  if (data.kind == KIND_UNKNOWN) raise_unknown(vm);
  bool list = data.kind == KIND_LIST;
  if (!list && data.kind != KIND_DATASET && !value_is_tensor(data))
    raise_at(vm, site_at(site, 0), "a data set, a tensor or a list can be shuffled, this is %s",
             kind_name(data));
  if (vm->checking) return in_some_order(vm, site, data);
  int64_t rows = list ? data.list->count : value_rows(vm, site_at(site, 0), data);
  Tensor places; /* for its memory to count */
  Diag diag = {0};
  if (!tensor_new(&places, DTYPE_F64, &(Shape){1, {rows}}, &diag)) fail(vm, site, &diag);
  Value kept = value_tensor(vm, places);
  int64_t *order = tensor_data(&places);
  RngStream stream = rng_stream(vm->seed, vm->draws++, 0);
  rng_permutation(&stream, rows, order);
  vm_poll_signals(vm);
  Value result;
  if (list) {
    result = shuffled_list(vm, data.list, order);
  } else if (data.kind == KIND_DATASET) {
    Value columns[8];
    for (int i = 0; i < data.dataset->count; i++)
      columns[i] = gather_rows(vm, site, data.dataset->columns[i], order, rows);
    Value lines = data.dataset->lines;
    result = with_columns(vm, data.dataset, columns,
                          lines.kind == KIND_TENSOR ? gather_rows(vm, site, lines, order, rows)
                                                    : value_none());
  } else {
    result = gather_rows(vm, site, data, order, rows);
  }
  value_release(vm, kept);
  return result;
}

Value native_batches(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  Value data = args[0];
  if (value_is_tensor(data)) {
    Value column = value_retain(data);
    data = dataset_new(vm, site, &column, 1);
  } else if (data.kind != KIND_DATASET) {
    raise_at(vm, site_at(site, 0), "batches of a data set or a tensor, this is %s",
             kind_name(data));
  } else {
    value_retain(data);
  }
  int64_t rows = value_as_index(vm, site_at(site, 1), args[1]);
  if (rows < 1) raise_at(vm, site_at(site, 1), "a batch has at least 1 row");
  DatasetObject *made = object_new(vm, KIND_BATCHES, sizeof *made);
  Object head = made->head;
  *made = *data.dataset;
  made->head = head;
  made->batch = rows;
  for (int i = 0; i < made->count; i++) value_retain(made->columns[i]);
  value_retain(made->names);
  value_retain(made->classes);
  value_retain(made->lines);
  value_release(vm, data);
  return value_of(KIND_BATCHES, made);
}

/* ---- standardize ---- */

/* Mean and standard deviation of each column in f64; a constant column gets deviation 1, so that it
 * becomes 0. */
static void moments(const Vm *vm, const Tensor *x, int64_t columns, double *mean,
                    double *deviation) {
  int64_t rows = x->shape.dim[0];
  for (int64_t c = 0; c < columns; c++) {
    double sum = 0, square = 0;
    for (int64_t r = 0; r < rows && !vm_stops(vm); r++) sum += tensor_get(x, r * columns + c);
    mean[c] = sum / (double)rows;
    for (int64_t r = 0; r < rows && !vm_stops(vm); r++) {
      double d = tensor_get(x, r * columns + c) - mean[c];
      square += d * d;
    }
    double spread = sqrt(square / (double)rows);
    deviation[c] = spread > 1e-12 * fabs(mean[c]) ? spread : 1;
  }
}

static Value scaled(Vm *vm, const CallSite *site, Value data, const double *mean,
                    const double *deviation, int64_t columns) {
  Tensor x = trace_elements(vm, data.dataset->columns[0], site->span), to;
  Diag diag = {0};
  Dtype dtype = dtype_floats(x.dtype) ? x.dtype : vm->real;
  if (!tensor_new(&to, dtype, &x.shape, &diag)) fail(vm, site, &diag);
  int64_t elements = tensor_count(&x);
  for (int64_t i = 0; i < elements && !vm_stops(vm); i++)
    tensor_set(&to, i, (tensor_get(&x, i) - mean[i % columns]) / deviation[i % columns]);
  tensor_release(&x);
  Value made[8];
  made[0] = value_of_tensor(vm, to);
  for (int i = 1; i < data.dataset->count; i++) made[i] = value_retain(data.dataset->columns[i]);
  return with_columns(vm, data.dataset, made, value_retain(data.dataset->lines));
}

static void want_table(Vm *vm, const CallSite *site, Value data, int index) {
  if (data.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (data.kind != KIND_DATASET)
    raise_at(vm, site_at(site, index), "standardize needs data sets, this is %s", kind_name(data));
  Type type = trace_type(vm, data.dataset->columns[0], site_at(site, index));
  char shape[200];
  if (type.shape.rank < 2)
    raise_at(vm, site_at(site, index), "standardize needs x as [rows, columns], this is %s",
             shape_show(&type.shape, shape));
}

Value native_standardize(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  want_table(vm, site, args[0], 0);
  bool both = given(args[1]);
  if (both) want_table(vm, site, args[1], 1);
  if (vm->checking) {
    if (!both) return value_retain(args[0]);
    Value pair = value_tuple(vm, 2);
    for (int i = 0; i < 2; i++) pair.tuple->items[i] = value_retain(args[i]);
    return pair;
  }
  Type type = trace_type(vm, args[0].dataset->columns[0], site->span);
  int64_t rows = type.shape.dim[0], columns = rows ? shape_count(&type.shape) / rows : 0;
  if (rows == 0) raise_at(vm, site_at(site, 0), "standardize needs rows to take the mean of");
  Type other = both ? trace_type(vm, args[1].dataset->columns[0], site->span) : (Type){0};
  if (both && other.shape.dim[0] * columns != shape_count(&other.shape))
    raise_at(vm, site_at(site, 1), "both data sets must have the same columns");
  Tensor x = trace_elements(vm, args[0].dataset->columns[0], site->span), both_moments;
  Diag diag = {0};
  if (!tensor_new(&both_moments, DTYPE_F64, &(Shape){2, {2, columns}}, &diag))
    fail(vm, site, &diag);
  Value kept = value_tensor(vm, both_moments);
  double *mean = tensor_data(&both_moments);
  moments(vm, &x, columns, mean, mean + columns);
  tensor_release(&x);
  Value first = scaled(vm, site, args[0], mean, mean + columns, columns), result = first;
  if (both) {
    result = value_tuple(vm, 2);
    result.tuple->items[0] = first;
    result.tuple->items[1] = scaled(vm, site, args[1], mean, mean + columns, columns);
  }
  value_release(vm, kept);
  return result;
}

/* ---- files ---- */

static const char *path_of(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value.kind != KIND_STRING)
    raise_at(vm, site_at(site, 0), "a path is a string, this is %s", kind_name(value));
  Diag diag = {0};
  if (!file_path_check(value.string->data, value.string->length, &diag)) fail(vm, site, &diag);
  if (vm->checking && check_writes_file(vm, value.string->data)) raise_unknown(vm);
  return value.string->data;
}

static Value string_list(Vm *vm, char *const *names, int64_t count) {
  Value list = value_list(vm, count);
  for (int64_t i = 0; i < count; i++)
    list_push(vm, list.list, value_string(vm, names[i], strlen(names[i])));
  return list;
}

static Value classes_of(Vm *vm, const Csv *csv) {
  Value tuple = value_tuple(vm, (int)csv->class_count);
  tuple.tuple->names = mem_zero((size_t)(csv->class_count + 1) * sizeof(char *));
  for (int64_t i = 0; i < csv->class_count; i++) {
    tuple.tuple->names[i] = intern(vm, csv->classes[i].column);
    tuple.tuple->items[i] = vm->checking
                                ? (Value){.kind = KIND_UNKNOWN}
                                : string_list(vm, csv->classes[i].names, csv->classes[i].count);
  }
  return tuple;
}

static CsvOptions csv_options(Vm *vm, const CallSite *site, const Value *args) {
  CsvOptions options = {.dtype = vm->real};
  if (args[1].kind == KIND_STRING) {
    options.target = args[1].string->data;
  } else if (given(args[1])) {
    options.target_by_place = true;
    options.target_place = value_as_index(vm, site_at(site, 1), args[1]);
  }
  if (given(args[2])) options.no_header = !value_truth(vm, site_at(site, 2), args[2]);
  if (!given(args[3])) return options;
  if (args[3].kind != KIND_STRING || !csv_missing_parse(args[3].string->data, &options.missing))
    raise_at(vm, site_at(site, 3), "`missing:` is \"error\", \"drop\" or \"mean\"");
  return options;
}

/* Printed once for each file read, unless --quiet: not a warning, but data was changed. */
static void tell(Vm *vm, const CallSite *site, const char *path, const char *what) {
  if (!what || !vm->on_diag || vm->options.quiet_progress) return;
  Diag diag = {.warning = true, .span = site->span};
  snprintf(diag.message, sizeof diag.message, "%.120s: %.500s", path, what);
  diag_help(&diag, "precision(f64) before it is read keeps them apart");
  vm->on_diag(vm->on_diag_context, &diag);
}

/* A table being converted to a data set; it is freed whatever happens. */
typedef struct Turning {
  const CallSite *site;
  const char *path;
  Csv csv;
  Value data;
} Turning;

static void turn_table(Vm *vm, void *context) {
  Turning *turning = context;
  Csv *csv = &turning->csv;
  Value columns[2] = {0};
  Tensor x = csv->x, y = csv->y, lines = csv->lines;
  csv->x = csv->y = csv->lines = (Tensor){0};
  columns[0] = tensor_or_type(vm, x);
  if (csv->target) columns[1] = tensor_or_type(vm, y);
  Value rows = lines.buffer ? value_tensor(vm, lines) : value_none();
  Value data = dataset_new(vm, turning->site, columns, csv->target ? 2 : 1);
  data.dataset->lines = rows;
  data.dataset->names = string_list(vm, csv->names, csv->name_count);
  data.dataset->classes = classes_of(vm, csv);
  data.dataset->source = intern(vm, turning->path);
  turning->data = data;
}

Value native_csv(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = path_of(vm, site, args[0]);
  CsvOptions options = csv_options(vm, site, args);
  Turning turning = {.site = site, .path = path};
  Diag diag = {0};
  bool fine = vm->checking ? csv_shape(&vm->files, path, &options, &turning.csv, &diag)
                           : csv_read(&vm->files, path, &options, &turning.csv, &diag);
  if (!fine) fail_file(vm, site, &diag);
  tell(vm, site, path, turning.csv.rounded);
  fine = vm_protect(vm, turn_table, &turning, &diag);
  csv_free(&turning.csv);
  if (!fine) raise_diag(vm, &diag);
  return turning.data;
}

typedef bool ArrayReader(const Files *files, const char *path, Tensor *tensor, Diag *diag);

static Value read_array(Vm *vm, const CallSite *site, Value *args, ArrayReader *whole,
                        ArrayReader *shape) {
  const char *path = path_of(vm, site, args[0]);
  Tensor tensor;
  Diag diag = {0};
  if (!(vm->checking ? shape : whole)(&vm->files, path, &tensor, &diag)) fail_file(vm, site, &diag);
  Value value = tensor_or_type(vm, tensor);
  value.tensor->made = site->span;
  return value;
}

Value native_idx(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return read_array(vm, site, args, idx_read, idx_shape);
}

Value native_npy(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return read_array(vm, site, args, npy_read, npy_shape);
}

Value native_npz(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = path_of(vm, site, args[0]);
  NamedList list = {0};
  Diag diag = {0};
  if (!(vm->checking ? npz_shape : npz_read)(&vm->files, path, &list, &diag))
    fail_file(vm, site, &diag);
  Value tuple = value_tuple(vm, (int)list.count);
  tuple.tuple->names = mem_zero((size_t)(list.count + 1) * sizeof(char *));
  for (int64_t i = 0; i < list.count; i++) {
    tuple.tuple->names[i] = intern(vm, list.items[i].name);
    tuple.tuple->items[i] = tensor_or_type(vm, tensor_retain(&list.items[i].tensor));
  }
  named_free(&list);
  return tuple;
}

/* ---- text: characters as codes ---- */

/* The code point at `at`, whose bytes are counted into *bytes; 0xfffd for invalid UTF-8. */
static uint32_t code_point(const uint8_t *at, size_t left, size_t *bytes) {
  size_t want = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
  *bytes = 1;
  if (want == 1) return at[0];
  if (at[0] < 0xc2 || at[0] > 0xf4 || want > left) return 0xfffd;
  uint32_t code = at[0] & (0x7fu >> want);
  for (size_t i = 1; i < want; i++) {
    if ((at[i] & 0xc0) != 0x80) return 0xfffd;
    code = code << 6 | (at[i] & 0x3fu);
  }
  *bytes = want;
  return code;
}

enum { CODES = 0x110000 };

static int64_t count_codes(const Vm *vm, const Bytes *bytes) {
  int64_t count = 0;
  for (size_t at = 0, step; at < bytes->length && !vm_stops(vm); at += step, count++)
    code_point(bytes->data + at, bytes->length - at, &step);
  return count;
}

/* Writes each code point's index among the sorted ones that occur, and into `place`, by code point,
 * that index + 1; returns how many occur. */
static int32_t number_codes(const Vm *vm, const Bytes *bytes, int32_t *out, int32_t *place) {
  int64_t count = 0;
  for (size_t at = 0, step; at < bytes->length && !vm_stops(vm); at += step) {
    uint32_t code = code_point(bytes->data + at, bytes->length - at, &step);
    out[count++] = (int32_t)code;
    place[code] = 1;
  }
  int32_t kinds = 0;
  for (int32_t code = 0; code < CODES; code++)
    if (place[code]) place[code] = ++kinds;
  for (int64_t i = 0; i < count && !vm_stops(vm); i++) out[i] = place[out[i]] - 1;
  return kinds;
}

static Value code_names(Vm *vm, const int32_t *place, int32_t kinds) {
  Value names = value_list(vm, kinds);
  for (uint32_t code = 0; code < CODES; code++) {
    if (!place[code]) continue;
    Text text = {0};
    text_code_point(&text, code);
    list_push(vm, names.list, string_take(vm, &text));
  }
  return names;
}

Value native_text(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = path_of(vm, site, args[0]);
  if (vm->checking) raise_unknown(vm);
  Bytes bytes;
  Diag diag = {0};
  Tensor x, place;
  if (!file_read_unpacked(&vm->files, path, &bytes, &diag)) fail(vm, site, &diag);
  bool fine = tensor_new(&x, DTYPE_I32, &(Shape){1, {count_codes(vm, &bytes)}}, &diag);
  if (fine && !tensor_zeros(&place, DTYPE_I32, &(Shape){1, {CODES}}, &diag)) {
    fine = false;
    tensor_release(&x);
  }
  int32_t kinds = fine ? number_codes(vm, &bytes, tensor_data(&x), tensor_data(&place)) : 0;
  bytes_free(&bytes);
  if (!fine) fail(vm, site, &diag);
  Value table = value_tensor(vm, place), column = value_of_tensor(vm, x);
  Value data = dataset_new(vm, site, &column, 1);
  data.dataset->names = code_names(vm, tensor_data(&place), kinds);
  data.dataset->source = intern(vm, path);
  value_release(vm, table);
  return data;
}

/* ---- made up ---- */

enum { CHECK_ROWS = 12 }; /* `gd check`: rows generated to get the types */

static int64_t rows_wanted(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  int64_t rows = value_as_index(vm, site_at(site, 0), value);
  if (rows < 1) raise_at(vm, site_at(site, 0), "at least one row, not %lld", (long long)rows);
  return rows;
}

static MadeKey key_now(Vm *vm) { return (MadeKey){vm->seed, vm->draws++}; }

static double number_at(Vm *vm, const CallSite *site, const Value *args, int index, double absent) {
  return given(args[index]) ? value_as_number(vm, site_at(site, index), args[index]) : absent;
}

static int64_t whole_at(Vm *vm, const CallSite *site, const Value *args, int index,
                        int64_t absent) {
  return given(args[index]) ? value_as_index(vm, site_at(site, index), args[index]) : absent;
}

/* The two tensors as a data set; in `gd check` of `rows` rows without elements. */
static Value made_data(Vm *vm, const CallSite *site, bool fine, Tensor x, Tensor y, int64_t rows,
                       Diag *diag) {
  if (!fine) fail(vm, site, diag);
  if (vm->checking) {
    tensor_release(&(Tensor){.buffer = x.buffer});
    tensor_release(&(Tensor){.buffer = y.buffer});
    x.buffer = y.buffer = NULL;
    x.shape.dim[0] = y.shape.dim[0] = rows;
  }
  Value columns[2] = {tensor_or_type(vm, x), tensor_or_type(vm, y)};
  return dataset_new(vm, site, columns, 2);
}

Value native_moons(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_moons(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                         number_at(vm, site, args, 1, 0.1), vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_spirals(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_spirals(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                           whole_at(vm, site, args, 1, 2), number_at(vm, site, args, 2, 0.1),
                           vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_blobs(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_blobs(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                         whole_at(vm, site, args, 1, 3), whole_at(vm, site, args, 2, 2),
                         number_at(vm, site, args, 3, 1), vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_line_data(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_line(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                        number_at(vm, site, args, 1, 2), number_at(vm, site, args, 2, 3),
                        number_at(vm, site, args, 3, 0.1), vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_digits(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_digits(key_now(vm), vm->checking ? CHECK_ROWS : rows, vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}
