/* scaling.c — standardize: x less its mean over its deviation, column by column.
 *
 * What it did is noted in the data set's schema, so that rows read like it are scaled alike.
 */
#include "lang/learn/scaling.h"
#include "lang/learn/data.h"
#include "runtime/files.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/index.h"
#include "lang/tensors/operation.h"

#include <math.h>

/* ---- standardize ---- */

/* Adds of each element what `square` says, to the sums of its column; in the order of rows, so that
 * each column's sum is what it would be alone. */
static void add_rows(const Vm *vm, const Tensor *x, int64_t columns, const double *mean,
                     double *sums) {
  int64_t rows = x->shape.dim[0];
  const float *single = x->dtype == DTYPE_F32 ? tensor_data(x) : NULL;
  for (int64_t r = 0; r < rows && !vm_stops(vm); r++)
    for (int64_t c = 0; c < columns; c++) {
      int64_t at = r * columns + c;
      double value = single ? (double)single[at] : tensor_get(x, at);
      double d = mean ? value - mean[c] : value;
      sums[c] += mean ? d * d : d;
    }
}

/* Mean and standard deviation of each column in f64; a constant column gets deviation 1, so that it
 * becomes 0. */
static void moments(const Vm *vm, const Tensor *x, int64_t columns, double *mean,
                    double *deviation) {
  double rows = (double)x->shape.dim[0];
  for (int64_t c = 0; c < columns; c++) mean[c] = deviation[c] = 0;
  add_rows(vm, x, columns, NULL, mean);
  for (int64_t c = 0; c < columns; c++) mean[c] /= rows;
  add_rows(vm, x, columns, mean, deviation);
  for (int64_t c = 0; c < columns; c++) {
    double spread = sqrt(deviation[c] / rows);
    deviation[c] = spread > 1e-12 * fabs(mean[c]) ? spread : 1;
  }
}

static void scale_rows(const Vm *vm, const Tensor *x, Tensor *to, const double *mean,
                       const double *deviation, int64_t columns) {
  int64_t rows = x->shape.dim[0];
  const float *from = x->dtype == DTYPE_F32 && to->dtype == DTYPE_F32 ? tensor_data(x) : NULL;
  float *into = from ? tensor_data(to) : NULL;
  for (int64_t r = 0; r < rows && !vm_stops(vm); r++)
    for (int64_t c = 0; c < columns; c++) {
      int64_t at = r * columns + c;
      if (from) into[at] = (float)(((double)from[at] - mean[c]) / deviation[c]);
      else tensor_set(to, at, (tensor_get(x, at) - mean[c]) / deviation[c]);
    }
}

static Value scaled(Vm *vm, const CallSite *site, Value data, const double *mean,
                    const double *deviation, int64_t columns) {
  Tensor x = trace_elements(vm, data.dataset->columns[0], site->span), to;
  Diag diag = {0};
  Dtype dtype = dtype_floats(x.dtype) ? x.dtype : vm->real;
  if (!tensor_new(&to, dtype, &x.shape, &diag)) data_fail(vm, site, &diag);
  scale_rows(vm, &x, &to, mean, deviation, columns);
  tensor_release(&x);
  Value column = data_filled(vm, to), made = dataset_copy(vm, KIND_DATASET, data.dataset);
  value_release(vm, made.dataset->columns[0]);
  made.dataset->columns[0] = column;
  Schema *schema = made.dataset->schema;
  if (!schema) return made;
  made.dataset->schema = schema->name_count == columns ? schema_scaled(schema, mean, deviation)
                                                       : NULL;
  schema_release(schema);
  return made;
}

static void want_table(Vm *vm, const CallSite *site, Value data, int index) {
  if (data.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (data.kind != KIND_DATASET)
    raise_kind(vm, site_at(site, index), data, "standardize needs data sets", NULL);
  Type type = trace_type(vm, data.dataset->columns[0], site_at(site, index));
  char shape[200];
  if (type.shape.rank < 2)
    raise_at(vm, site_at(site, index), "standardize needs x as [rows, columns], this is %s",
             shape_show(&type.shape, shape));
}

Value native_standardize(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  want_table(vm, site, args[0], 0);
  bool both = data_given(args[1]);
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
    data_fail(vm, site, &diag);
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
