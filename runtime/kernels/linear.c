/* linear.c — matrix products and factorizations as kernels: batches, types and faults around
 * product.c and factor.c.
 *
 * Every operation here is a small matrix problem repeated over leading axes.  A Batch knows how
 * many there are and which matrix of each input belongs to number i of the output (an axis of size
 * 1 repeats); the team takes the problems, so many to a block that a block is worth handing out.
 *
 * Factorizations are computed in f64 whatever the type: an f32 matrix is widened, factored and
 * rounded once, which is more accurate than LAPACK's own f32 routines.  Matrices of at most TINY
 * rows or columns never touch the library, so that a script of small systems does not load it;
 * which way is taken depends on the sizes alone.  A matrix that holds a NaN or an infinity gives
 * NaN where the method would otherwise refuse it or never end (Cholesky, SVD, eigenvectors); so the
 * blame stays with what made the NaN.
 */
#include "runtime/kernels/linear.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/factor.h"
#include "runtime/kernels/fault.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/team.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
#if defined(GD_HARSH)
  TINY = 2,
  TINY_SPECTRAL = 2,
  BATCH_WORK = 20
#else
  TINY = 20, /* matrices up to this size are factored by the plain code */
  /* likewise for singular values and eigenvalues, where the plain code falls behind sooner */
  TINY_SPECTRAL = 8,
  BATCH_WORK = 1 << 17 /* multiplications that make a block of a batch worth handing out */
#endif
};

/* ---- batches ---- */

typedef struct Batch {
  Call *call;
  int rank;               /* leading axes */
  int64_t dim[RANK_MOST]; /* their sizes */
  int64_t count;          /* problems */
  int64_t per_block;      /* problems that one block of the team takes */
  const Lapack *lapack;   /* NULL: the plain code */
  size_t room;            /* bytes to work in, of one problem */
  void (*one)(const struct Batch *batch, int64_t index);
} Batch;

static inline int64_t dim_back(const Shape *shape, int back) {
  return shape->dim[shape->rank - back];
}

/* The batch over all but the last `tail` axes of the output. */
static Batch batch_of(Call *call, int tail) {
  Batch batch = {.call = call, .rank = call->output.shape.rank - tail, .count = 1};
  for (int i = 0; i < batch.rank; i++) {
    batch.dim[i] = call->output.shape.dim[i];
    batch.count *= batch.dim[i];
  }
  return batch;
}

/* Which of the matrices of `shape`, whose last `tail` axes are the matrix, serves problem `index`.
 */
static int64_t batch_matrix(const Batch *batch, const Shape *shape, int tail, int64_t index) {
  const int rank = shape->rank - tail;
  int64_t matrix = 0, step = 1;
  for (int back = 1; back <= batch->rank && back <= rank; back++) {
    const int64_t size = shape->dim[rank - back], place = index % batch->dim[batch->rank - back];
    if (size != 1) matrix += place * step;
    step *= size;
    index /= batch->dim[batch->rank - back];
  }
  return matrix;
}

static void run_block(void *context, int64_t block) {
  const Batch *batch = context;
  const int64_t from = block * batch->per_block, to = from + batch->per_block < batch->count
                                                          ? from + batch->per_block
                                                          : batch->count;
  for (int64_t i = from; i < to && !stop_wanted(); i++) batch->one(batch, i);
  team_scratch_trim();
}

/* When problems of several blocks fail, it is chance which reports first: the first in order is
 * reported. */
static void tell_first_fault(const Batch *batch) {
  *batch->call->fault = (Fault){0};
  for (int64_t i = 0; i < batch->count && batch->call->fault->status == 0; i++)
    batch->one(batch, i);
}

/* Hands the problems out; `work` is the multiplications of one. */
static void batch_run(Batch *batch, double work, void (*one)(const Batch *batch, int64_t index)) {
  batch->one = one;
  batch->per_block = work >= BATCH_WORK ? 1 : (int64_t)(BATCH_WORK / (work + 1)) + 1;
  const int64_t blocks = (batch->count + batch->per_block - 1) / batch->per_block;
  if (blocks == 1) run_block(batch, 0);
  else if (blocks > 1) team_run(blocks, run_block, batch);
  if (blocks > 1 && batch->call->fault->status != 0) tell_first_fault(batch);
}

/* "" for a single matrix, else which of the batch. */
typedef struct Which {
  char text[64];
} Which;
static Which which(const Batch *batch, int64_t index) {
  Which words = {""};
  if (batch->count > 1)
    snprintf(words.text, sizeof words.text, ", matrix %" PRId64 " of %" PRId64, index,
             batch->count);
  return words;
}

/* ---- the matrix product ---- */

void linear_product(const Call *call, Product *product) {
  const Shape *a = &call->inputs[0].shape, *c = &call->output.shape;
  const bool a_transposed = call->attrs[0] != 0, b_transposed = call->attrs[1] != 0;
  const int64_t m = dim_back(c, 2), n = dim_back(c, 1), k = dim_back(a, a_transposed ? 2 : 1);
  *product = product_dense(call->output.dtype, m, n, k);
  product->a = call->inputs[0].data;
  product->b = call->inputs[1].data;
  product->c = call->output.data;
  product->a_transposed = a_transposed;
  product->b_transposed = b_transposed;
  product->a_stride = a_transposed ? m : k;
  product->b_stride = b_transposed ? k : n;
}

/* The product of problem `index`. */
static void product_of(const Batch *batch, int64_t index, Product *product) {
  const Call *call = batch->call;
  linear_product(call, product);
  const int64_t size = (int64_t)dtype_bytes(call->output.dtype),
                a = batch_matrix(batch, &call->inputs[0].shape, 2, index),
                b = batch_matrix(batch, &call->inputs[1].shape, 2, index);
  product->a = (const char *)product->a + a * product->m * product->k * size;
  product->b = (const char *)product->b + b * product->k * product->n * size;
  product->c = (char *)product->c + index * product->m * product->n * size;
}

static void multiply_one(const Batch *batch, int64_t index) {
  Product product;
  product_of(batch, index, &product);
  product_turn(&product);
  product_block(&product, &(Part){0, product.m, 0, product.n, 0, product.k});
}

static void multiply_one_plain(const Batch *batch, int64_t index) {
  Product product;
  product_of(batch, index, &product);
  product_plain(&product);
}

/* Whole numbers: the sum is taken in 64 bits and must fit into 32. */
static void multiply_one_whole(const Batch *batch, int64_t index) {
  Product product;
  product_of(batch, index, &product);
  const int32_t *a = product.a, *b = product.b;
  int32_t *c = product.c;
  for (int64_t i = 0; i < product.m && !stop_wanted(); i++)
    for (int64_t j = 0; j < product.n; j++) {
      int64_t sum = 0;
      bool fits = true;
      for (int64_t p = 0; p < product.k && fits; p++) {
        const int64_t x = a[product.a_transposed ? p * product.m + i : i * product.k + p];
        fits = !__builtin_add_overflow(
            sum, x * b[product.b_transposed ? j * product.k + p : p * product.n + j], &sum);
      }
      if (!fits || sum < INT32_MIN || sum > INT32_MAX) {
        fault_report(batch->call,
                     "row %" PRId64 ", column %" PRId64
                     " of the matrix product does not fit into i32%s",
                     i, j, which(batch, index).text);
        return;
      }
      c[i * product.n + j] = (int32_t)sum;
    }
}

/* Many rows of matrices against one: in memory they are the rows of one tall matrix. */
static bool one_tall(const Batch *batch, Product *product) {
  if (batch->count == 0) return false;
  linear_product(batch->call, product);
  if (batch->count == 1) return true;
  const Shape *a = &batch->call->inputs[0].shape, *b = &batch->call->inputs[1].shape;
  if (product->a_transposed || shape_count(b) != product->k * product->n ||
      shape_count(a) != batch->count * product->m * product->k)
    return false;
  product->m *= batch->count;
  return true;
}

bool linear_matmul_then(Call *call, void (*finish)(void *context, int64_t row, int64_t rows),
                        void *context) {
  Product product;
  if (call->output.shape.rank <= 2 && dtype_floats(call->output.dtype)) {
    linear_product(call, &product);
    product_run_then(&product, finish, context);
    return true;
  }
  Batch batch = batch_of(call, 2);
  if (!dtype_floats(call->output.dtype)) {
    batch_run(&batch, BATCH_WORK, multiply_one_whole);
  } else if (one_tall(&batch, &product)) {
    product_run_then(&product, finish, context);
    return true;
  } else if (batch.count > 0) {
    product_of(&batch, 0, &product);
    batch_run(&batch, (double)product.m * (double)product.n * (double)product.k, multiply_one);
  }
  return false;
}

bool linear_ready(Call *call, ReadyProduct *ready) {
  Product product;
  Batch batch = batch_of(call, 2);
  return dtype_floats(call->output.dtype) && one_tall(&batch, &product) &&
         product_ready(&product, ready);
}

void kernel_matmul(Call *call) { linear_matmul_then(call, NULL, NULL); }

void kernel_matmul_plain(Call *call) {
  Batch batch = batch_of(call, 2);
  batch_run(&batch, BATCH_WORK,
            dtype_floats(call->output.dtype) ? multiply_one_plain : multiply_one_whole);
}

/* ---- in and out of f64 by columns ---- */

/* columns turned together: what is read and what is written stays on few lines, and between strips
 * one may stop */
enum { STRIP = 16 };

static double get(const View *view, int64_t index) {
  return view->dtype == DTYPE_F32 ? (double)((const float *)view->data)[index]
                                  : ((const double *)view->data)[index];
}
static void put(const View *view, int64_t index, double value) {
  if (view->dtype == DTYPE_F32) ((float *)view->data)[index] = (float)value;
  else ((double *)view->data)[index] = value;
}

/* The row-major matrix [rows, columns] that begins at element `first` of view, by columns.  Is all
 * of it finite? */
static bool take(double *to, const View *view, int64_t first, int64_t rows, int64_t columns) {
  bool finite = true;
  for (int64_t from = 0; from < columns && !stop_wanted(); from += STRIP)
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = from, end = from + STRIP < columns ? from + STRIP : columns; j < end; j++) {
        const double value = get(view, first + i * columns + j);
        finite &= isfinite(value) != 0;
        to[j * rows + i] = value;
      }
  return finite;
}

/* After an interrupt `from` may belong to an abandoned call. */
static void give(const View *view, int64_t first, const double *from, int64_t rows,
                 int64_t columns) {
  for (int64_t strip = 0; strip < columns && !stop_wanted(); strip += STRIP)
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = strip, end = strip + STRIP < columns ? strip + STRIP : columns; j < end; j++)
        put(view, first + i * columns + j, from[j * rows + i]);
}

static void give_nan(const View *view, int64_t first, int64_t count) {
  for (int64_t i = 0; i < count; i++) put(view, first + i, NAN);
}

/* What a problem's first input is: matrix `index` of it, taken into `to`. */
static bool take_input(double *to, const Batch *batch, int input, int64_t index) {
  const View *view = &batch->call->inputs[input];
  const int64_t rows = dim_back(&view->shape, 2), columns = dim_back(&view->shape, 1);
  return take(to, view, batch_matrix(batch, &view->shape, 2, index) * rows * columns, rows,
              columns);
}

/* Of each matrix of the first input. */
static Sizes sizes_of(const Call *call) {
  const Shape *shape = &call->inputs[0].shape;
  const int64_t m = dim_back(shape, 2), n = dim_back(shape, 1);
  return (Sizes){m, n, m < n ? m : n};
}

/* A batch of factorizations: matrices of up to `tiny` rows or columns by the plain code. */
static Batch factor_batch(Call *call, int tail, bool plain, int64_t tiny, int64_t k) {
  Batch batch = batch_of(call, tail);
  batch.lapack = batch.count == 0 || plain || k <= tiny ? NULL : library_lapack();
  return batch;
}

static double *room(const Batch *batch) { return team_scratch(batch->room); }

/* Runs it; a problem of these sizes needs so many doubles to work in. */
static void factor_run(Batch *batch, Sizes sizes, size_t doubles,
                       void (*one)(const Batch *batch, int64_t index)) {
  if (batch->count == 0) return;
  batch->room = (doubles + 1) * sizeof(double);
  const int64_t threads = batch->count < team_size() ? batch->count : team_size();
  const size_t bytes = (size_t)threads * batch->room;
  if (!fault_reserve(batch->call, "factorizing", bytes)) return;
  batch_run(batch, (double)sizes.m * (double)sizes.n * (double)(sizes.k + 8), one);
  mem_release(bytes);
}

static void fault_singular(const Batch *batch, int64_t index, int64_t pivot) {
  fault_report(batch->call, "the matrix is singular (pivot %" PRId64 " is 0%s)", pivot,
               which(batch, index).text);
}

/* ---- SOLVE, INVERSE, DET, LOG_DET ---- */

static void solve_one(const Batch *batch, int64_t index) {
  const View *out = &batch->call->output;
  const int64_t n = dim_back(&out->shape, 2), columns = dim_back(&out->shape, 1);
  double *a = room(batch), *x = a + n * n;
  int32_t *pivots = (int32_t *)(void *)(x + n * columns);
  take_input(a, batch, 0, index);
  take_input(x, batch, 1, index);
  const int64_t zero = factor_lu(a, pivots, n, batch->lapack);
  if (zero != 0) fault_singular(batch, index, zero);
  if (zero != 0 || stop_wanted()) return;
  factor_lu_solve(a, pivots, x, n, columns, batch->lapack);
  give(out, index * n * columns, x, n, columns);
}

static void solve(Call *call, bool plain) {
  const int64_t n = dim_back(&call->output.shape, 2), columns = dim_back(&call->output.shape, 1);
  Batch batch = factor_batch(call, 2, plain, TINY, n);
  factor_run(&batch, (Sizes){n, n + columns, n}, (size_t)(n * n + n * columns + n), solve_one);
}

void kernel_solve(Call *call) { solve(call, false); }
void kernel_solve_plain(Call *call) { solve(call, true); }

static void inverse_one(const Batch *batch, int64_t index) {
  const View *out = &batch->call->output;
  const int64_t n = dim_back(&out->shape, 1);
  double *a = room(batch), *x = a + n * n;
  int32_t *pivots = (int32_t *)(void *)(x + n * n);
  take_input(a, batch, 0, index);
  memset(x, 0, (size_t)(n * n) * sizeof(double));
  for (int64_t i = 0; i < n; i++) x[i * n + i] = 1;
  const int64_t zero = factor_lu(a, pivots, n, batch->lapack);
  if (zero != 0) fault_singular(batch, index, zero);
  if (zero != 0 || stop_wanted()) return;
  factor_lu_solve(a, pivots, x, n, n, batch->lapack);
  give(out, index * n * n, x, n, n);
}

static void inverse(Call *call, bool plain) {
  const int64_t n = dim_back(&call->inputs[0].shape, 1);
  Batch batch = factor_batch(call, 2, plain, TINY, n);
  factor_run(&batch, (Sizes){n, n, n}, (size_t)(2 * n * n + n), inverse_one);
}

void kernel_inverse(Call *call) { inverse(call, false); }
void kernel_inverse_plain(Call *call) { inverse(call, true); }

/* The pivot in column i, with its sign turned by an exchange of rows. */
static double pivot_at(const double *a, const int32_t *pivots, int64_t n, int64_t i) {
  return pivots[i] == i + 1 ? a[i * n + i] : -a[i * n + i];
}

/* The product of the pivots. */
static void det_one(const Batch *batch, int64_t index) {
  const int64_t n = dim_back(&batch->call->inputs[0].shape, 1);
  double *a = room(batch), det = 1;
  int32_t *pivots = (int32_t *)(void *)(a + n * n);
  take_input(a, batch, 0, index);
  factor_lu(a, pivots, n, batch->lapack);
  for (int64_t i = 0; i < n && !stop_wanted(); i++) det *= pivot_at(a, pivots, n, i);
  put(&batch->call->output, index, det == 0 ? 0 : det); /* no -0 */
}

/* The same as a fraction from sqrt(1/2) to sqrt(2) and a power of 2, which cannot overflow; the
 * logarithm of a product near 1 keeps its digits, however large and small the pivots are. */
static void log_det_one(const Batch *batch, int64_t index) {
  const int64_t n = dim_back(&batch->call->inputs[0].shape, 1);
  double *a = room(batch), fraction = 1, power = 0;
  int32_t *pivots = (int32_t *)(void *)(a + n * n);
  if (!take_input(a, batch, 0, index)) fraction = NAN;
  else if (factor_lu(a, pivots, n, batch->lapack) != 0) fraction = 0;
  for (int64_t i = 0; i < n && fraction != 0 && !stop_wanted(); i++) {
    int of_pivot = 0, of_product = 0;
    fraction = frexp(fraction * frexp(pivot_at(a, pivots, n, i), &of_pivot), &of_product);
    if (fabs(fraction) < sqrt(0.5)) fraction *= 2, of_product--;
    power += of_pivot + of_product;
  }
  const View *out = &batch->call->output;
  put(out, 2 * index, fraction > 0 ? 1 : fraction < 0 ? -1 : fraction);
  put(out, 2 * index + 1, log(fabs(fraction)) + power * log(2));
}

static void of_lu(Call *call, int tail, bool plain, void (*one)(const Batch *, int64_t)) {
  const int64_t n = dim_back(&call->inputs[0].shape, 1);
  Batch batch = factor_batch(call, tail, plain, TINY, n);
  factor_run(&batch, (Sizes){n, n, n}, (size_t)(n * n + n), one);
}

void kernel_det(Call *call) { of_lu(call, 0, false, det_one); }
void kernel_det_plain(Call *call) { of_lu(call, 0, true, det_one); }
void kernel_log_det(Call *call) { of_lu(call, 1, false, log_det_one); }
void kernel_log_det_plain(Call *call) { of_lu(call, 1, true, log_det_one); }

/* Of two rows and columns without a rounding. */
static void cofactor_one(const Batch *batch, int64_t index) {
  const View *out = &batch->call->output;
  const int64_t n = dim_back(&out->shape, 1), first = index * n * n;
  double *a = room(batch), *c = a + n * n;
  if (!take_input(a, batch, 0, index)) {
    give_nan(out, first, n * n);
    return;
  }
  if (n == 2) {
    memcpy(c, (const double[4]){a[3], -a[2], -a[1], a[0]}, 4 * sizeof *c);
  } else {
    factor_cofactor(a, c, (int32_t *)(void *)(c + n * n), n);
  }
  for (int64_t i = 0; i < n * n; i++) c[i] += 0.0; /* no -0 */
  give(out, first, c, n, n);
}

void kernel_cofactor(Call *call) {
  const int64_t n = dim_back(&call->inputs[0].shape, 1);
  Batch batch = factor_batch(call, 2, true, TINY, n);
  factor_run(&batch, (Sizes){n, n, n}, (size_t)(2 * n * n + n), cofactor_one);
}

/* ---- CHOLESKY, TRISOLVE ---- */

static void cholesky_one(const Batch *batch, int64_t index) {
  const View *out = &batch->call->output;
  const int64_t n = dim_back(&out->shape, 1);
  double *a = room(batch);
  if (!take_input(a, batch, 0, index)) {
    give_nan(out, index * n * n, n * n);
    return;
  }
  const int64_t bad = factor_cholesky(a, n, batch->lapack);
  if (bad != 0)
    fault_report(batch->call,
                 "the matrix is not positive definite (pivot %" PRId64 " is not above 0%s)", bad,
                 which(batch, index).text);
  else give(out, index * n * n, a, n, n);
}

static void cholesky(Call *call, bool plain) {
  const int64_t n = dim_back(&call->inputs[0].shape, 1);
  Batch batch = factor_batch(call, 2, plain, TINY, n);
  factor_run(&batch, (Sizes){n, n, n}, (size_t)(n * n), cholesky_one);
}

void kernel_cholesky(Call *call) { cholesky(call, false); }
void kernel_cholesky_plain(Call *call) { cholesky(call, true); }

static void trisolve_one(const Batch *batch, int64_t index) {
  const View *out = &batch->call->output;
  const int64_t n = dim_back(&out->shape, 2), columns = dim_back(&out->shape, 1);
  const Triangle triangle = {batch->call->attrs[0] != 0, batch->call->attrs[1] != 0};
  double *a = room(batch), *x = a + n * n;
  take_input(a, batch, 0, index);
  take_input(x, batch, 1, index);
  const int64_t zero = factor_triangle_solve(a, triangle, x, n, columns, batch->lapack);
  if (zero != 0) fault_singular(batch, index, zero);
  else give(out, index * n * columns, x, n, columns);
}

static void trisolve(Call *call, bool plain) {
  const int64_t n = dim_back(&call->output.shape, 2), columns = dim_back(&call->output.shape, 1);
  Batch batch = factor_batch(call, 2, plain, TINY, n);
  factor_run(&batch, (Sizes){n, columns, n}, (size_t)(n * n + n * columns), trisolve_one);
}

void kernel_trisolve(Call *call) { trisolve(call, false); }
void kernel_trisolve_plain(Call *call) { trisolve(call, true); }

/* ---- QR, SVD, EIGH ---- */

static void qr_one(const Batch *batch, int64_t index) {
  const View *out = &batch->call->output;
  const Sizes sizes = sizes_of(batch->call);
  const int64_t m = sizes.m, n = sizes.n, k = sizes.k, first = index * (m * k + k * n);
  double *a = room(batch), *r = a + m * n;
  if (!take_input(a, batch, 0, index)) {
    give_nan(out, first, m * k + k * n);
    return;
  }
  factor_qr(a, r, sizes, r + k * n, batch->lapack);
  give(out, first, a, m, k);
  give(out, first + m * k, r, k, n);
}

static void qr(Call *call, bool plain) {
  const Sizes of = sizes_of(call);
  Batch batch = factor_batch(call, 1, plain, TINY, of.k);
  factor_run(&batch, of,
             (size_t)(of.m * of.n + of.k * of.n) + factor_qr_work_size(of, batch.lapack), qr_one);
}

void kernel_qr(Call *call) { qr(call, false); }
void kernel_qr_plain(Call *call) { qr(call, true); }

static void svd_one(const Batch *batch, int64_t index) {
  const View *out = &batch->call->output;
  const Sizes sizes = sizes_of(batch->call);
  const int64_t m = sizes.m, n = sizes.n, k = sizes.k, count = m * k + k + k * n,
                first = index * count;
  double *a = room(batch);
  double *u = a + m * n, *s = u + m * k, *vt = s + k;
  if (!take_input(a, batch, 0, index)) {
    give_nan(out, first, count);
    return;
  }
  if (!factor_svd(a, u, s, vt, sizes, vt + k * n, batch->lapack)) {
    fault_report(batch->call, "the singular values did not converge%s", which(batch, index).text);
    return;
  }
  give(out, first, u, m, k);
  give(out, first + m * k, s, k, 1);
  give(out, first + m * k + k, vt, k, n);
}

static void svd(Call *call, bool plain) {
  const Sizes of = sizes_of(call);
  Batch batch = factor_batch(call, 1, plain, TINY_SPECTRAL, of.k);
  factor_run(&batch, of,
             (size_t)(of.m * of.n + of.m * of.k + of.k + of.k * of.n) +
                 factor_svd_work_size(of, batch.lapack),
             svd_one);
}

void kernel_svd(Call *call) { svd(call, false); }
void kernel_svd_plain(Call *call) { svd(call, true); }

static void eigh_one(const Batch *batch, int64_t index) {
  const View *out = &batch->call->output;
  const int64_t n = dim_back(&batch->call->inputs[0].shape, 1), first = index * (n + n * n);
  double *a = room(batch), *w = a + n * n;
  if (!take_input(a, batch, 0, index)) {
    give_nan(out, first, n + n * n);
    return;
  }
  if (!factor_eigh(a, w, n, w + n, batch->lapack)) {
    fault_report(batch->call, "the eigenvalues did not converge%s", which(batch, index).text);
    return;
  }
  give(out, first, w, n, 1);
  give(out, first + n, a, n, n);
}

static void eigh(Call *call, bool plain) {
  const int64_t n = dim_back(&call->inputs[0].shape, 1);
  Batch batch = factor_batch(call, 1, plain, TINY_SPECTRAL, n);
  factor_run(&batch, (Sizes){n, n, n}, (size_t)(n * n + n) + factor_eigh_work_size(n, batch.lapack),
             eigh_one);
}

void kernel_eigh(Call *call) { eigh(call, false); }
void kernel_eigh_plain(Call *call) { eigh(call, true); }
