/* scaling.c — standardize: (x - mean) / deviation, column by column.
 *
 * The means and deviations are stored in the data set's schema, so that rows read like it are
 * scaled in the same way.
 */
#include "lang/data/scaling.h"
#include "lang/data/data.h"
#include "runtime/compute.h"
#include "runtime/files.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/trace_value.h"

#include <math.h>

/* ---- standardize ---- */

/* The rows are cut into blocks by their number alone, which the team works on; what the blocks
 * found is added in their order, so that it is the same on any number of threads. */
enum { BLOCKS_MOST = 64, BLOCK_ROWS = 256 /* at least */ };

typedef struct Scaling {
  const Tensor *x;
  Tensor *to; /* NULL: sums are taken */
  int64_t rows, columns, block_rows, blocks;
  const double *mean;      /* is taken from x */
  const double *deviation; /* where `to` is */
  bool squares;            /* the sums are of the squares of what is left of x */
  double *sums;            /* by block and column */
} Scaling;

static void cut_rows(Scaling *scaling) {
  int64_t rows = (scaling->rows + BLOCKS_MOST - 1) / BLOCKS_MOST;
  scaling->block_rows = rows < BLOCK_ROWS ? BLOCK_ROWS : rows;
  scaling->blocks = (scaling->rows + scaling->block_rows - 1) / scaling->block_rows;
}

static inline double square(double d) { return d * d; }

FOR_EACH_ISA(void, add_rows,
             (const float *restrict x, int64_t rows, int64_t columns, const double *restrict from,
              double *restrict sums),
             (x, rows, columns, from, sums)) {
  for (int64_t r = 0; r < rows; r++, x += columns)
    for (int64_t c = 0; c < columns; c++) sums[c] += (double)x[c] - from[c];
}

FOR_EACH_ISA(void, add_squares,
             (const float *restrict x, int64_t rows, int64_t columns, const double *restrict mean,
              double *restrict sums),
             (x, rows, columns, mean, sums)) {
  for (int64_t r = 0; r < rows; r++, x += columns)
    for (int64_t c = 0; c < columns; c++) sums[c] += square((double)x[c] - mean[c]);
}

FOR_EACH_ISA(void, scale,
             (const float *restrict x, int64_t rows, int64_t columns, const double *restrict mean,
              const double *restrict deviation, float *restrict to),
             (x, rows, columns, mean, deviation, to)) {
  for (int64_t r = 0; r < rows; r++, x += columns, to += columns)
    for (int64_t c = 0; c < columns; c++) to[c] = (float)(((double)x[c] - mean[c]) / deviation[c]);
}

/* The end of the rows that are worked on before the next look whether to stop. */
static int64_t some_rows(const Scaling *s, int64_t block, int64_t from) {
  int64_t end = (block + 1) * s->block_rows < s->rows ? (block + 1) * s->block_rows : s->rows;
  return from + BLOCK_ROWS < end ? from + BLOCK_ROWS : end;
}

static void sum_some(const Scaling *s, int64_t from, int64_t end, double *sums) {
  int64_t at = from * s->columns;
  const float *single = s->x->dtype == DTYPE_F32 ? tensor_data(s->x) : NULL;
  if (single && s->squares) {
    add_squares(single + at, end - from, s->columns, s->mean, sums);
  } else if (single) {
    add_rows(single + at, end - from, s->columns, s->mean, sums);
  } else {
    for (int64_t r = from; r < end; r++, at += s->columns)
      for (int64_t c = 0; c < s->columns; c++) {
        double left = tensor_get(s->x, at + c) - s->mean[c];
        sums[c] += s->squares ? square(left) : left;
      }
  }
}

static void sum_block(void *context, int64_t block) {
  const Scaling *s = context;
  int64_t from = block * s->block_rows, end;
  for (; (end = some_rows(s, block, from)) > from && !stop_wanted(); from = end)
    sum_some(s, from, end, s->sums + block * s->columns);
}

/* The sum of each column less `mean`, or of its squares, into `sums`. */
static void sum_rows(const Tensor *x, int64_t columns, const double *mean, bool squares,
                     double *sums) {
  Scaling scaling = {
      .x = x, .rows = x->shape.dim[0], .columns = columns, .mean = mean, .squares = squares};
  cut_rows(&scaling);
  scaling.sums = mem_zero((size_t)(scaling.blocks * columns + 1) * sizeof *scaling.sums);
  team_run(scaling.blocks, sum_block, &scaling);
  for (int64_t c = 0; c < columns; c++) sums[c] = 0;
  for (int64_t i = 0; i < scaling.blocks; i++)
    for (int64_t c = 0; c < columns; c++) sums[c] += scaling.sums[i * columns + c];
  mem_free(scaling.sums);
}

/* Mean and standard deviation of each column in f64, beside the first row, so that the mean of a
 * constant column is its value; it gets deviation 1 and becomes 0. */
static void moments(const Tensor *x, int64_t columns, double *mean, double *deviation) {
  double rows = (double)x->shape.dim[0], *first = deviation;
  for (int64_t c = 0; c < columns; c++) first[c] = tensor_get(x, c);
  sum_rows(x, columns, first, false, mean);
  for (int64_t c = 0; c < columns; c++) mean[c] = first[c] + mean[c] / rows;
  sum_rows(x, columns, mean, true, deviation);
  for (int64_t c = 0; c < columns; c++) {
    double spread = sqrt(deviation[c] / rows);
    deviation[c] = spread > 0 ? spread : 1;
  }
}

static void scale_some(const Scaling *s, int64_t from, int64_t end) {
  int64_t at = from * s->columns;
  if (s->x->dtype == DTYPE_F32 && s->to->dtype == DTYPE_F32) {
    scale((const float *)tensor_data(s->x) + at, end - from, s->columns, s->mean, s->deviation,
          (float *)tensor_data(s->to) + at);
    return;
  }
  for (int64_t r = from; r < end; r++, at += s->columns)
    for (int64_t c = 0; c < s->columns; c++)
      tensor_set(s->to, at + c, (tensor_get(s->x, at + c) - s->mean[c]) / s->deviation[c]);
}

static void scale_block(void *context, int64_t block) {
  const Scaling *s = context;
  int64_t from = block * s->block_rows, end;
  for (; (end = some_rows(s, block, from)) > from && !stop_wanted(); from = end)
    scale_some(s, from, end);
}

static void scale_rows(const Tensor *x, Tensor *to, const double *mean, const double *deviation,
                       int64_t columns) {
  Scaling scaling = {.x = x,
                     .to = to,
                     .rows = x->shape.dim[0],
                     .columns = columns,
                     .mean = mean,
                     .deviation = deviation};
  cut_rows(&scaling);
  team_run(scaling.blocks, scale_block, &scaling);
}

static Value scaled(Vm *vm, const CallSite *site, Value data, const double *mean,
                    const double *deviation, int64_t columns) {
  trace_read_constant(vm, data.dataset->columns[0], site->span);
  Tensor x = trace_elements(vm, data.dataset->columns[0], site->span), to;
  Diag diag = {0};
  Dtype dtype = dtype_floats(x.dtype) ? x.dtype : vm->real;
  if (!tensor_new(&to, dtype, &x.shape, &diag)) data_fail(vm, site, &diag);
  scale_rows(&x, &to, mean, deviation, columns);
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
  if (rows == 0) raise_at(vm, site_at(site, 0), "standardize needs at least one row");
  Type other = both ? trace_type(vm, args[1].dataset->columns[0], site->span) : (Type){0};
  if (both && other.shape.dim[0] * columns != shape_count(&other.shape))
    raise_at(vm, site_at(site, 1), "both data sets must have the same columns");
  Tensor x = trace_elements(vm, args[0].dataset->columns[0], site->span), both_moments;
  Diag diag = {0};
  if (!tensor_new(&both_moments, DTYPE_F64, &(Shape){2, {2, columns}}, &diag))
    data_fail(vm, site, &diag);
  Value kept = value_tensor(vm, both_moments);
  double *mean = tensor_data(&both_moments);
  moments(&x, columns, mean, mean + columns);
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
