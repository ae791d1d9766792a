/* fold.c — reductions: sum, prod, min, max, any, all, norm2, logsumexp.
 *
 * Any set of axes comes down to a few *steps*, each of which sees its input as [outer, count, inner] and
 * leaves [outer, inner].  A step over the innermost axes has inner = 1: rows are folded.  Else columns
 * are folded: the loop runs along the contiguous axis, with a vector of results, which is what the gradient of a
 * bias needs.  What a reduction is made of (how rows, columns and two results are joined) is a `Fold`; the
 * dtypes' Folds are expansions of sum.inc, fold.inc and lse.inc.
 *
 * Results are gathered in a type of their own: floats in double, whole numbers in int64 (a sum of 2^31 i32 cannot
 * overflow there; whether the result fits is told at the end), minima in integers that are ordered like the floats they
 * stand for.  Only the last pass, `finish`, gives the output's dtype.
 *
 * A step is cut into tasks of about TASK elements: groups of outer places, or, where one place has more than that,
 * stretches of `count` and tiles of `inner`; stretches are merged in order.  All by size alone, so the
 * bits are the same on any number of threads.
 *
 * Of nothing, a sum is 0, a product 1, any false, all true, logsumexp -inf; min and max are a fault (FAULTS.md, C11).
 */
#include "runtime/kernels/fold.h"
#include "runtime/base/isa.h"
#include "runtime/kernels/approx.h"
#include "runtime/kernels/fault.h"
#include "runtime/kernels/team.h"

#include <math.h>
#include <string.h>

Kernel kernel_sum, kernel_prod, kernel_min, kernel_max, kernel_any, kernel_all, kernel_logsumexp, kernel_norm2;


enum { TASK = FOLD_UNIT * FOLD_BLOCK, FOLD_LANES = 32 };
#if defined(GD_HARSH)
enum { TILE = 20, SHORT = 5, ALONE = 30 };
#else
enum {
  TILE = 512,     /* columns in a task */
  SHORT = 48,     /* longest row that is turned on its side */
  ALONE = 1 << 17 /* so many elements one thread folds sooner than another fetches its half of them */
};
#endif

/* How one kind of reduction works on one dtype; the functions' comments stand in fold.inc. */
typedef struct Fold {
  size_t in_bytes;   /* of an element */
  size_t acc_bytes;  /* of a gathered result */
  void (*empty)(void *accs, int64_t n);
  void (*rows)(const void *x, int64_t rows, int64_t n, void *accs);
  void (*columns)(const void *x, int64_t rows, int64_t stride, int64_t width, void *accs);
  void (*merge)(void *accs, const void *parts, int64_t n);
} Fold;

/* Turns gathered results first .. first + n - 1 into elements of the output. */
typedef void Finish(Call *call, const void *accs, int64_t first, int64_t n);

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t parts_of(int64_t n, int64_t size) { return (n + size - 1) / size; }

/* ---- the kinds ---- */

#define REAL float
#define LANES 16
#define NAMED(name) name##_f32
#include "runtime/kernels/sum.inc"
#define REAL double
#define LANES 8
#define NAMED(name) name##_f64
#include "runtime/kernels/sum.inc"

double fold_units(const double *units, int64_t count) {
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

static const Fold sum_f32 = {sizeof(float), sizeof(double), sums_empty, sum_rows_f32, sum_columns_f32, sums_merge};
static const Fold sum_f64 = {sizeof(double), sizeof(double), sums_empty, sum_rows_f64, sum_columns_f64, sums_merge};

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

/* A product with the powers of two counted apart, which neither overflows nor vanishes on the way (finish_far says when it is wanted). */
typedef struct Far {
  double part;   /* 0, NaN, infinite, or from 1/2 to below 1 */
  int64_t power;
} Far;

INLINE Far far_of(double x) {
  int power = 0;
  Far far = {frexp(x, &power), 0};
  far.power = isfinite(x) ? power : 0;
  return far;
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

/* A product of i32 that has left their range stays out of it, on either side of zero, until a factor is 0. */
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

#define EITHER(a, b) ((a) | (b))
#define NAMED(name) any_##name
#define IN uint8_t
#define ACC uint8_t
#define EMPTY 0
#define LOAD(x) ((x) != 0)
#define JOIN EITHER
#include "runtime/kernels/fold.inc"

#define BOTH(a, b) ((a) & (b))
#define NAMED(name) all_##name
#define IN uint8_t
#define ACC uint8_t
#define EMPTY 1
#define LOAD(x) ((x) != 0)
#define JOIN BOTH
#include "runtime/kernels/fold.inc"

#define SQUARE_F32(x) ((double)(x) * (double)(x))
#define NAMED(name) squares_f32_##name
#define IN float
#define ACC double
#define EMPTY 0
#define LOAD SQUARE_F32
#define JOIN ADD
#include "runtime/kernels/fold.inc"

/* Squares of doubles, as they are, and scaled for sums that leave the range of doubles (finish_norm says when). */
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

#define SQUARE_SMALL(x) (((x) * NORM_SCALE) * ((x) * NORM_SCALE))
#define NAMED(name) squares_small_##name
#define IN double
#define ACC double
#define EMPTY 0
#define LOAD SQUARE_SMALL
#define JOIN ADD
#include "runtime/kernels/fold.inc"

/* The bits of a float as a whole number that is ordered as floats are, -0 below +0 (IEEE 754-2019, minimum and
 * maximum), with every NaN beyond either end: minima and maxima of integers are what vector units are good at. */
INLINE uint32_t turn_f32(uint32_t bits) { return bits ^ ((uint32_t)((int32_t)bits >> 31) & 0x7FFFFFFFu); }
INLINE uint64_t turn_f64(uint64_t bits) { return bits ^ ((uint64_t)((int64_t)bits >> 63) & 0x7FFFFFFFFFFFFFFFu); }

INLINE int32_t order_f32(uint32_t bits, int32_t nan) {
  return (bits & 0x7FFFFFFFu) > 0x7F800000u ? nan : (int32_t)turn_f32(bits);
}

INLINE int64_t order_f64(uint64_t bits, int64_t nan) {
  return (bits & 0x7FFFFFFFFFFFFFFFu) > 0x7FF0000000000000u ? nan : (int64_t)turn_f64(bits);
}

typedef uint32_t __attribute__((may_alias)) Bits32;
typedef uint64_t __attribute__((may_alias)) Bits64;

#define LESSER(a, b) ((b) < (a) ? (b) : (a))
#define GREATER(a, b) ((b) > (a) ? (b) : (a))

#define NAMED(name) min_f32_##name
#define IN Bits32
#define ACC int32_t
#define EMPTY INT32_MAX
#define LOAD(x) order_f32(x, INT32_MIN)
#define JOIN LESSER
#include "runtime/kernels/fold.inc"

#define NAMED(name) min_f64_##name
#define IN Bits64
#define ACC int64_t
#define EMPTY INT64_MAX
#define LOAD(x) order_f64(x, INT64_MIN)
#define JOIN LESSER
#include "runtime/kernels/fold.inc"

#define NAMED(name) min_i32_##name
#define IN int32_t
#define ACC int32_t
#define EMPTY INT32_MAX
#define LOAD AS_IS
#define JOIN LESSER
#include "runtime/kernels/fold.inc"

#define NAMED(name) min_u8_##name
#define IN uint8_t
#define ACC uint8_t
#define EMPTY UINT8_MAX
#define LOAD AS_IS
#define JOIN LESSER
#include "runtime/kernels/fold.inc"

#define NAMED(name) max_f32_##name
#define IN Bits32
#define ACC int32_t
#define EMPTY INT32_MIN
#define LOAD(x) order_f32(x, INT32_MAX)
#define JOIN GREATER
#include "runtime/kernels/fold.inc"

#define NAMED(name) max_f64_##name
#define IN Bits64
#define ACC int64_t
#define EMPTY INT64_MIN
#define LOAD(x) order_f64(x, INT64_MAX)
#define JOIN GREATER
#include "runtime/kernels/fold.inc"

#define NAMED(name) max_i32_##name
#define IN int32_t
#define ACC int32_t
#define EMPTY INT32_MIN
#define LOAD AS_IS
#define JOIN GREATER
#include "runtime/kernels/fold.inc"

#define NAMED(name) max_u8_##name
#define IN uint8_t
#define ACC uint8_t
#define EMPTY 0
#define LOAD AS_IS
#define JOIN GREATER
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

/* ---- steps ---- */

int fold_steps(const Shape *shape, uint32_t mask, FoldStep steps[RANK_MOST + 1]) {
  int count = 0;
  int64_t inner = 1; /* kept elements behind the axis */
  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    if (!(mask >> axis & 1)) {
      inner *= shape->dim[axis];
      continue;
    }
    int64_t group = shape->dim[axis];
    while (axis > 0 && mask >> (axis - 1) & 1) group *= shape->dim[--axis];
    int64_t outer = 1;
    for (int before = 0; before < axis; before++) outer *= shape->dim[before];
    if (group != 1) steps[count++] = (FoldStep){outer, group, inner};
  }
  if (count == 0) steps[count++] = (FoldStep){shape_count(shape), 1, 1};
  return count;
}

/* How a step is cut.  Parts lie as [splits][outer * inner]; with one split they are the results. */
typedef struct Cut {
  int64_t split;   /* places of `count` in a task */
  int64_t splits;
  int64_t tiles;   /* of TILE columns */
  int64_t group;   /* outer places in a task */
  int64_t tasks;
} Cut;

static Cut cut_step(const FoldStep *step) {
  int64_t width = least(most(step->inner, 1), TILE);
  Cut cut = {.split = most(1, TASK / width)};
  cut.splits = most(1, parts_of(step->count, cut.split));
  cut.tiles = parts_of(step->inner, TILE);
  cut.group = cut.splits > 1 || cut.tiles > 1 ? 1 : most(1, TASK / most(1, step->count * step->inner));
  cut.tasks = parts_of(step->outer, cut.group) * cut.splits * cut.tiles;
  return cut;
}

typedef struct StepJob {
  const Fold *fold;
  const FoldStep *step;
  Cut cut;
  bool later;      /* the input is results of an earlier step */
  const char *x;
  char *parts;     /* NULL: finish at once */
  Finish *finish;
  Call *call;
} StepJob;

/* Rows and columns of gathered results: joined one by one. */
static void merge_rows(const Fold *fold, const char *x, int64_t rows, int64_t n, char *accs) {
  fold->empty(accs, rows);
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < n; i++) fold->merge(accs + (size_t)row * fold->acc_bytes, x + (size_t)(row * n + i) * fold->acc_bytes, 1);
}

static void merge_columns(const Fold *fold, const char *x, int64_t rows, int64_t stride, int64_t width, char *accs) {
  for (int64_t row = 0; row < rows; row++) fold->merge(accs, x + (size_t)(row * stride) * fold->acc_bytes, width);
}

/* Folds places first .. end - 1 of `count`, columns column .. column + width - 1, of `group` outer places, to accs. */
static void fold_part(const StepJob *job, int64_t outer, int64_t group, const int64_t range[2], int64_t column, int64_t width, char *accs) {
  const Fold *fold = job->fold;
  const FoldStep *step = job->step;
  size_t size = job->later ? fold->acc_bytes : fold->in_bytes;
  int64_t rows = range[1] - range[0];
  const char *x = job->x + (size_t)((outer * step->count + range[0]) * step->inner + column) * size;
  if (step->inner == 1) {
    if (job->later) merge_rows(fold, x, group, rows, accs);
    else fold->rows(x, group, rows, accs);
    return;
  }
  fold->empty(accs, group * width);
  for (int64_t place = 0; place < group; place++) {
    if (job->later) merge_columns(fold, x, rows, step->inner, width, accs);
    else fold->columns(x, rows, step->inner, width, accs);
    x += (size_t)(step->count * step->inner) * size;
    accs += (size_t)width * fold->acc_bytes;
  }
}

static void fold_task(void *context, int64_t task) {
  const StepJob *job = context;
  const FoldStep *step = job->step;
  const Cut *cut = &job->cut;
  int64_t tile = task % cut->tiles, split = task / cut->tiles % cut->splits, outer = task / cut->tiles / cut->splits * cut->group;
  int64_t column = tile * TILE, width = least(TILE, step->inner - column), group = least(cut->group, step->outer - outer);
  int64_t range[2] = {split * cut->split, least((split + 1) * cut->split, step->count)};
  int64_t place = outer * step->inner + column, results = group * width;
  if (job->parts) {
    char *accs = job->parts + (size_t)(split * step->outer * step->inner + place) * job->fold->acc_bytes;
    fold_part(job, outer, group, range, column, width, accs);
  } else {
    char *accs = team_scratch((size_t)results * job->fold->acc_bytes);
    fold_part(job, outer, group, range, column, width, accs);
    job->finish(job->call, accs, place, results);
  }
}

static void fold_all(void *context, int64_t unused) {
  const StepJob *job = context;
  (void)unused;
  for (int64_t task = 0; task < job->cut.tasks; task++) fold_task(context, task);
}

/* Reduces the axes of the mask by `fold`; `finish` turns what was gathered into the output. */
static void fold_axes(Call *call, const Fold *fold, Finish *finish, uint32_t mask) {
  FoldStep steps[RANK_MOST + 1];
  Cut cuts[RANK_MOST + 1];
  int count = fold_steps(&call->inputs[0].shape, mask, steps);
  size_t bytes = 0, at = 0;
  for (int i = 0; i < count; i++) {
    cuts[i] = cut_step(&steps[i]);
    bytes += (size_t)(steps[i].outer * steps[i].inner * cuts[i].splits) * fold->acc_bytes;
  }
  bool direct = cuts[count - 1].splits == 1; /* the last step finishes in its tasks */
  char *room = direct && count == 1 ? NULL : team_scratch(bytes);
  const char *x = call->inputs[0].data;
  for (int i = 0; i < count; i++) {
    StepJob job = {fold, &steps[i], cuts[i], i > 0, x, direct && i == count - 1 ? NULL : room + at, finish, call};
    if (steps[i].outer * steps[i].count * steps[i].inner <= ALONE) team_run(1, fold_all, &job);
    else team_run(cuts[i].tasks, fold_task, &job);
    if (!job.parts) return;
    int64_t results = steps[i].outer * steps[i].inner;
    for (int64_t split = 1; split < cuts[i].splits; split++)
      fold->merge(job.parts, job.parts + (size_t)(split * results) * fold->acc_bytes, results);
    x = job.parts;
    at += (size_t)(results * cuts[i].splits) * fold->acc_bytes;
  }
  finish(call, x, 0, shape_count(&call->output.shape));
}

/* ---- what is gathered, as elements ---- */

static void finish_double(Call *call, const void *accs, int64_t first, int64_t n) {
  const double *sums = accs;
  if (call->output.dtype == DTYPE_F64) memcpy((double *)call->output.data + first, sums, (size_t)n * sizeof *sums);
  else
    for (int64_t i = 0; i < n; i++) ((float *)call->output.data)[first + i] = (float)sums[i];
}

static void finish_i32(Call *call, const char *what, const void *accs, int64_t first, int64_t n) {
  const int64_t *results = accs;
  int32_t *out = (int32_t *)call->output.data + first;
  for (int64_t i = 0; i < n; i++) {
    if (results[i] != (int32_t)results[i]) {
      fault_tell(call, "the %s does not fit an i32, which goes from -2147483648 to 2147483647", what);
      return;
    }
    out[i] = (int32_t)results[i];
  }
}

static void finish_sum(Call *call, const void *accs, int64_t first, int64_t n) { finish_i32(call, "sum", accs, first, n); }
static void finish_product(Call *call, const void *accs, int64_t first, int64_t n) { finish_i32(call, "product", accs, first, n); }

static void finish_same(Call *call, const void *accs, int64_t first, int64_t n) {
  size_t size = dtype_bytes(call->output.dtype);
  memcpy((char *)call->output.data + (size_t)first * size, accs, (size_t)n * size);
}

/* Back from the order of order_f32 and order_f64: turning again undoes it; the ends stand for NaN. */
static void finish_order(Call *call, const void *accs, int64_t first, int64_t n) {
  if (call->output.dtype == DTYPE_F32) {
    const int32_t *order = accs;
    Bits32 *out = (Bits32 *)call->output.data + first;
    for (int64_t i = 0; i < n; i++) {
      bool nan = order[i] == INT32_MAX || order[i] == INT32_MIN;
      out[i] = nan ? 0x7FC00000u : turn_f32((uint32_t)order[i]);
    }
  } else {
    const int64_t *order = accs;
    Bits64 *out = (Bits64 *)call->output.data + first;
    for (int64_t i = 0; i < n; i++) {
      bool nan = order[i] == INT64_MAX || order[i] == INT64_MIN;
      out[i] = nan ? 0x7FF8000000000000u : turn_f64((uint64_t)order[i]);
    }
  }
}

/* ---- kernels ---- */

static uint32_t mask_of(const Call *call) { return (uint32_t)call->attrs[0]; }

void kernel_sum(Call *call) {
  Dtype dtype = call->inputs[0].dtype;
  if (dtype == DTYPE_I32) fold_axes(call, &sum_i32_fold, finish_sum, mask_of(call));
  else fold_axes(call, dtype == DTYPE_F32 ? &sum_f32 : &sum_f64, finish_double, mask_of(call));
}

/* A product in double may overflow or vanish on the way where the result does neither: 1e200 * 1e200 * 0 is 0.  Results with which that can
 * have happened are found by a second pass. */
static double element(const View *view, int64_t i) { return view->dtype == DTYPE_F32 ? (double)((const float *)view->data)[i] : ((const double *)view->data)[i]; }

static bool product_lost(double product) { return product == 0 || !isfinite(product); }

static void finish_far(Call *call, const void *accs, int64_t first, int64_t n) {
  enum { FARTHEST = 4096 }; /* beyond the range of doubles on either side */
  for (int64_t i = 0; i < n; i++) {
    const Far *far = (const Far *)accs + i;
    if (!product_lost(element(&call->output, first + i))) continue;
    double product = ldexp(far->part, (int)(far->power > FARTHEST ? FARTHEST : far->power < -FARTHEST ? -FARTHEST : far->power));
    if (call->output.dtype == DTYPE_F32) ((float *)call->output.data)[first + i] = (float)product;
    else ((double *)call->output.data)[first + i] = product;
  }
}

void kernel_prod(Call *call) {
  Dtype dtype = call->inputs[0].dtype;
  if (dtype == DTYPE_I32) {
    fold_axes(call, &prod_i32_fold, finish_product, mask_of(call));
    return;
  }
  bool lost = false;
  fold_axes(call, dtype == DTYPE_F32 ? &prod_f32_fold : &prod_f64_fold, finish_double, mask_of(call));
  int64_t count = shape_count(&call->output.shape);
  for (int64_t i = 0; i < count; i++) lost |= product_lost(element(&call->output, i));
  if (lost) fold_axes(call, dtype == DTYPE_F32 ? &far_f32_fold : &far_f64_fold, finish_far, mask_of(call));
}

static void extreme(Call *call, const Fold *const folds[DTYPE_COUNT], const char *name) {
  Dtype dtype = call->inputs[0].dtype;
  if (shape_count(&call->inputs[0].shape) == 0 && shape_count(&call->output.shape) > 0) {
    fault_tell(call, "there is no `%s` of 0 elements", name);
    return;
  }
  fold_axes(call, folds[dtype], dtype_floats(dtype) ? finish_order : finish_same, mask_of(call));
}

void kernel_min(Call *call) {
  static const Fold *const folds[DTYPE_COUNT] = {&min_u8_fold, &min_u8_fold, &min_i32_fold, &min_f32_fold, &min_f64_fold};
  extreme(call, folds, "min");
}

void kernel_max(Call *call) {
  static const Fold *const folds[DTYPE_COUNT] = {&max_u8_fold, &max_u8_fold, &max_i32_fold, &max_f32_fold, &max_f64_fold};
  extreme(call, folds, "max");
}

void kernel_any(Call *call) { fold_axes(call, &any_fold, finish_same, mask_of(call)); }
void kernel_all(Call *call) { fold_axes(call, &all_fold, finish_same, mask_of(call)); }

static void finish_lse(Call *call, const void *accs, int64_t first, int64_t n) {
  const Lse *lse = accs;
  for (int64_t i = 0; i < n; i++) {
    double result = lse[i].most + log(lse[i].sum);
    if (call->output.dtype == DTYPE_F64) ((double *)call->output.data)[first + i] = result;
    else ((float *)call->output.data)[first + i] = (float)result;
  }
}

void kernel_logsumexp(Call *call) {
  fold_axes(call, call->inputs[0].dtype == DTYPE_F32 ? &lse_f32_fold : &lse_f64_fold, finish_lse, mask_of(call));
}

/* The norm of doubles.  A square may overflow where the root does not, and vanish where it should not; results
 * for which that can have happened are found by a second pass over scaled elements (after Blue, "A portable Fortran
 * program to find the Euclidean norm of a vector", 1978).  Squares of floats always fit a double. */
static void finish_norm(Call *call, const void *accs, int64_t first, int64_t n) {
  const double *sums = accs;
  for (int64_t i = 0; i < n; i++) {
    if (call->output.dtype == DTYPE_F32) ((float *)call->output.data)[first + i] = (float)sqrt(sums[i]);
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
    fold_axes(call, &squares_f32_fold, finish_norm, mask_of(call));
    return;
  }
  bool large = false, small = false;
  fold_axes(call, &squares_f64_fold, finish_norm, mask_of(call));
  int64_t count = shape_count(&call->output.shape);
  for (int64_t i = 0; i < count; i++) {
    large |= ((double *)call->output.data)[i] == HUGE_VAL;
    small |= squares_lost(((double *)call->output.data)[i]);
  }
  if (large) fold_axes(call, &squares_large_fold, finish_large, mask_of(call));
  if (small) fold_axes(call, &squares_small_fold, finish_small, mask_of(call));
}
