/* sum.c — reductions that add or multiply: sum, prod, norm2, logsumexp.
 *
 * sum.h defines the sum of floats.  Products and norms of floats are gathered in double; where a
 * result shows that a partial one may have left the range of doubles, they are computed again by a
 * slower way that cannot.
 *
 * Of nothing, a sum is 0, a product 1, logsumexp -inf.
 */
#include "runtime/kernels/sum.h"
#include "runtime/base/isa.h"
#include "runtime/kernels/approx.h"
#include "runtime/kernels/fault.h"

#include <math.h>
#include <string.h>

Kernel kernel_sum, kernel_prod, kernel_logsumexp, kernel_norm2;

#if defined(GD_HARSH)
enum { SHORT = 5 };
#else
enum { SHORT = 48 }; /* longest row that is transposed (lse.inc) */
#endif

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- the kinds ---- */

#define REAL float
#define LANES 16
#define NAMED(name) name##_f32
#include "runtime/kernels/sum.inc"
#define REAL double
#define LANES 8
#define NAMED(name) name##_f64
#include "runtime/kernels/sum.inc"

double sum_units(const double *units, int64_t count) {
  double total = 0;
  for (int64_t first = 0; first < count; first += FOLD_BLOCK) {
    double block = 0;
    for (int64_t i = first; i < least(first + FOLD_BLOCK, count); i++) block += units[i];
    total += block;
  }
  return total;
}

#define ADD(a, b) ((a) + (b))
#define AS_IS(x) (x)
#define AS_DOUBLE(x) ((double)(x))

/* Sums of doubles that are already sums: used for the merging. */
#define NAMED(name) sums_##name
#define IN double
#define ACC double
#define EMPTY 0
#define LOAD AS_IS
#define JOIN ADD
#include "runtime/kernels/fold.inc"

static const Fold sum_f32 = {sizeof(float), sizeof(double),  sums_empty,
                             sum_rows_f32,  sum_columns_f32, sums_merge};
static const Fold sum_f64 = {sizeof(double), sizeof(double),  sums_empty,
                             sum_rows_f64,   sum_columns_f64, sums_merge};

#define NAMED(name) sum_i32_##name
#define IN int32_t
#define ACC int64_t
#define EMPTY 0
#define LOAD AS_IS
#define JOIN ADD
#include "runtime/kernels/fold.inc"

#define TIMES(a, b) ((a) * (b))
#define NAMED(name) prod_f32_##name
#define IN float
#define ACC double
#define EMPTY 1
#define LOAD AS_DOUBLE
#define JOIN TIMES
#include "runtime/kernels/fold.inc"

#define NAMED(name) prod_f64_##name
#define IN double
#define ACC double
#define EMPTY 1
#define LOAD AS_DOUBLE
#define JOIN TIMES
#include "runtime/kernels/fold.inc"

/* A product with the powers of two counted apart, which neither overflows nor vanishes on the way
 * (finish_far says when it is wanted). */
typedef struct Far {
  double part; /* 0, NaN, infinite, or from 1/2 to below 1 */
  int64_t power;
} Far;

/* As frexp does it; 0, NaN and infinities have the power 0, and a subnormal is 0 to a kernel. */
INLINE Far far_of(double x) {
  const int64_t bits = wide_bits_of(x), exponent = bits >> 52 & 2047;
  const bool odd = exponent == 0 || exponent == 2047;
  const double part = double_of((bits & ~(INT64_C(2047) << 52)) | INT64_C(1022) << 52);
  return (Far){odd ? x : part, odd ? 0 : exponent - 1022};
}

INLINE Far far_times(Far a, Far b) {
  Far far = far_of(a.part * b.part);
  far.power += a.power + b.power;
  return far;
}

#define FAR_OF(x) far_of((double)(x))
#define FAR_ONE ((Far){0.5, 1})
#define NAMED(name) far_f32_##name
#define IN float
#define ACC Far
#define EMPTY FAR_ONE
#define LOAD FAR_OF
#define JOIN far_times
#include "runtime/kernels/fold.inc"

#define NAMED(name) far_f64_##name
#define IN double
#define ACC Far
#define EMPTY FAR_ONE
#define LOAD FAR_OF
#define JOIN far_times
#include "runtime/kernels/fold.inc"

/* A product of i32 that has left their range stays out of it, on either side of zero, until a
 * factor is 0. */
INLINE int64_t times_within(int64_t a, int64_t b) {
  const int64_t outside = (INT64_C(1) << 31) + 1; /* its square fits an int64 */
  int64_t product = a * b;
  return product > outside ? outside : product < -outside ? -outside : product;
}

#define NAMED(name) prod_i32_##name
#define IN int32_t
#define ACC int64_t
#define EMPTY 1
#define LOAD AS_IS
#define JOIN times_within
#include "runtime/kernels/fold.inc"

#define SQUARE_F32(x) ((double)(x) * (double)(x))
#define NAMED(name) squares_f32_##name
#define IN float
#define ACC double
#define EMPTY 0
#define LOAD SQUARE_F32
#define JOIN ADD
#include "runtime/kernels/fold.inc"

/* Squares of doubles, as they are, and scaled for sums that leave the range of doubles (finish_norm
 * says when). */
static const double NORM_SCALE = 0x1p600;
#define SQUARE_F64(x) ((x) * (x))
#define NAMED(name) squares_f64_##name
#define IN double
#define ACC double
#define EMPTY 0
#define LOAD SQUARE_F64
#define JOIN ADD
#include "runtime/kernels/fold.inc"

#define SQUARE_LARGE(x) (((x) / NORM_SCALE) * ((x) / NORM_SCALE))
#define NAMED(name) squares_large_##name
#define IN double
#define ACC double
#define EMPTY 0
#define LOAD SQUARE_LARGE
#define JOIN ADD
#include "runtime/kernels/fold.inc"

#define SQUARE_SMALL(x) (((x)*NORM_SCALE) * ((x)*NORM_SCALE))
#define NAMED(name) squares_small_##name
#define IN double
#define ACC double
#define EMPTY 0
#define LOAD SQUARE_SMALL
#define JOIN ADD
#include "runtime/kernels/fold.inc"

#define REAL float
#define NAMED(name) lse_f32_##name
#define EXP exp_f32
#define TOP HUGE_VALF
#include "runtime/kernels/lse.inc"
#define REAL double
#define NAMED(name) lse_f64_##name
#define EXP exp_f64
#define TOP HUGE_VAL
#include "runtime/kernels/lse.inc"

/* ---- sums and products ---- */

static void finish_double(Call *call, const void *accs, int64_t first, int64_t n) {
  const double *sums = accs;
  if (call->output.dtype == DTYPE_F64)
    memcpy((double *)call->output.data + first, sums, (size_t)n * sizeof *sums);
  else
    for (int64_t i = 0; i < n; i++) ((float *)call->output.data)[first + i] = (float)sums[i];
}

static void finish_i32(Call *call, const char *what, const void *accs, int64_t first, int64_t n) {
  const int64_t *results = accs;
  int32_t *out = (int32_t *)call->output.data + first;
  for (int64_t i = 0; i < n; i++) {
    if (results[i] != (int32_t)results[i]) {
      fault_report(call, "the %s does not fit an i32, which goes from -2147483648 to 2147483647",
                   what);
      return;
    }
    out[i] = (int32_t)results[i];
  }
}

static void finish_sum(Call *call, const void *accs, int64_t first, int64_t n) {
  finish_i32(call, "sum", accs, first, n);
}
static void finish_product(Call *call, const void *accs, int64_t first, int64_t n) {
  finish_i32(call, "product", accs, first, n);
}

void kernel_sum(Call *call) {
  Dtype dtype = call->inputs[0].dtype;
  if (dtype == DTYPE_I32) fold_axes(call, &sum_i32_fold, finish_sum);
  else fold_axes(call, dtype == DTYPE_F32 ? &sum_f32 : &sum_f64, finish_double);
}

/* A product in double may overflow or vanish on the way where the result does neither: 1e200 *
 * 1e200 * 0 is 0.  Results with which that can have happened are found by a second pass.  One that
 * vanishes only as a float has lost nothing. */
typedef struct ProductCall {
  Call call; /* a copy; first, so that `finish_real` finds the whole */
  _Atomic bool lost;
} ProductCall;

static bool product_lost(double product) { return product == 0 || !isfinite(product); }

static void finish_real(Call *call, const void *accs, int64_t first, int64_t n) {
  bool lost = false;
  for (int64_t i = 0; i < n; i++) lost |= product_lost(((const double *)accs)[i]);
  if (lost) ((ProductCall *)call)->lost = true;
  finish_double(call, accs, first, n);
}

static double element(const View *view, int64_t i) {
  return view->dtype == DTYPE_F32 ? (double)((const float *)view->data)[i]
                                  : ((const double *)view->data)[i];
}

static void finish_far(Call *call, const void *accs, int64_t first, int64_t n) {
  enum { FARTHEST = 4096 }; /* beyond the range of doubles on either side */
  for (int64_t i = 0; i < n; i++) {
    const Far *far = (const Far *)accs + i;
    if (!product_lost(element(&call->output, first + i))) continue;
    double product = ldexp(far->part, (int)(far->power > FARTHEST    ? FARTHEST
                                            : far->power < -FARTHEST ? -FARTHEST
                                                                     : far->power));
    if (call->output.dtype == DTYPE_F32) ((float *)call->output.data)[first + i] = (float)product;
    else ((double *)call->output.data)[first + i] = product;
  }
}

void kernel_prod(Call *call) {
  Dtype dtype = call->inputs[0].dtype;
  if (dtype == DTYPE_I32) {
    fold_axes(call, &prod_i32_fold, finish_product);
    return;
  }
  ProductCall product = {.call = *call};
  fold_axes(&product.call, dtype == DTYPE_F32 ? &prod_f32_fold : &prod_f64_fold, finish_real);
  if (product.lost) fold_axes(call, dtype == DTYPE_F32 ? &far_f32_fold : &far_f64_fold, finish_far);
}

/* ---- logsumexp and norms ---- */

static void finish_lse(Call *call, const void *accs, int64_t first, int64_t n) {
  const Lse *lse = accs;
  for (int64_t i = 0; i < n; i++) {
    double result = lse[i].most + log(lse[i].sum);
    if (call->output.dtype == DTYPE_F64) ((double *)call->output.data)[first + i] = result;
    else ((float *)call->output.data)[first + i] = (float)result;
  }
}

void kernel_logsumexp(Call *call) {
  fold_axes(call, call->inputs[0].dtype == DTYPE_F32 ? &lse_f32_fold : &lse_f64_fold, finish_lse);
}

/* The norm of doubles.  A square may overflow where the root does not, and vanish where it should
 * not; results for which that can have happened are found by a second pass over scaled elements
 * (after Blue, "A portable Fortran program to find the Euclidean norm of a vector", 1978).  Squares
 * of floats always fit a double. */
static void finish_norm(Call *call, const void *accs, int64_t first, int64_t n) {
  const double *sums = accs;
  for (int64_t i = 0; i < n; i++) {
    if (call->output.dtype == DTYPE_F32)
      ((float *)call->output.data)[first + i] = (float)sqrt(sums[i]);
    else ((double *)call->output.data)[first + i] = sqrt(sums[i]);
  }
}

static bool squares_lost(double norm) { return norm < 0x1p-480; }

static void finish_large(Call *call, const void *accs, int64_t first, int64_t n) {
  double *out = (double *)call->output.data + first;
  for (int64_t i = 0; i < n; i++)
    if (out[i] == HUGE_VAL) out[i] = sqrt(((const double *)accs)[i]) * NORM_SCALE;
}

static void finish_small(Call *call, const void *accs, int64_t first, int64_t n) {
  double *out = (double *)call->output.data + first;
  for (int64_t i = 0; i < n; i++)
    if (squares_lost(out[i])) out[i] = sqrt(((const double *)accs)[i]) / NORM_SCALE;
}

void kernel_norm2(Call *call) {
  if (call->inputs[0].dtype == DTYPE_F32) {
    fold_axes(call, &squares_f32_fold, finish_norm);
    return;
  }
  bool large = false, small = false;
  fold_axes(call, &squares_f64_fold, finish_norm);
  int64_t count = shape_count(&call->output.shape);
  for (int64_t i = 0; i < count; i++) {
    large |= ((double *)call->output.data)[i] == HUGE_VAL;
    small |= squares_lost(((double *)call->output.data)[i]);
  }
  if (large) fold_axes(call, &squares_large_fold, finish_large);
  if (small) fold_axes(call, &squares_small_fold, finish_small);
}
