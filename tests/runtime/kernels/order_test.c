/* order_test.c — argmin, argmax, cumsum, recurrences and argsort against loops that say what they
 * mean. */
#include "runtime/kernels/team.h"
#include "runtime/opcodes.h"
#include "tests/runtime/kernels/trial.h"

static const int64_t SIZES[] = {0, 1, 2, 3, 17, 1000};

/* Shapes with each size in each place, and an axis of them. */
static void everywhere(void (*check)(Dtype dtype, Shape shape, int axis), Dtype first) {
  for (Dtype dtype = first; dtype < DTYPE_COUNT; dtype++) {
    if (dtype == DTYPE_BF16) continue; /* it is not computed with */
    for (int a = 0; a < COUNT_OF(SIZES); a++) {
      check(dtype, SHAPE(SIZES[a]), 0);
      for (int b = 0; b < COUNT_OF(SIZES); b++) {
        if (SIZES[a] * SIZES[b] > 20000) continue;
        for (int axis = 0; axis < 2; axis++) check(dtype, SHAPE(SIZES[a], SIZES[b]), axis);
        check(dtype, SHAPE(2, SIZES[a], SIZES[b]), 1);
      }
    }
    check(dtype, SHAPE(3, 4, 130), 1);
    check(dtype, SHAPE(2, 33000), 1);
  }
}

/* Where the line of element i starts, and how far apart its elements are. */
static int64_t line_of(const Shape *shape, int axis, int64_t i, int64_t *step) {
  *step = 1;
  for (int k = axis + 1; k < shape->rank; k++) *step *= shape->dim[k];
  int64_t whole = *step * shape->dim[axis];
  return i / whole * whole + i % *step;
}

static void check_arg(Dtype dtype, Shape shape, int axis) {
  Shape kept = shape;
  kept.dim[axis] = 1;
  for (int greatest = 0; greatest < 2; greatest++) {
    Trial trial = {0};
    View *x = trial_input(&trial, dtype, shape);
    trial_fill(x, 3);
    ATTRS(&trial, axis, 1);
    Op op = greatest ? OP_ARGMAX : OP_ARGMIN;
    trial_run(&trial, op, DTYPE_I32, kept);
    if (shape.dim[axis] == 0 && trial_count(&kept) > 0) {
      cr_assert_str_eq(trial.fault.message, greatest ? "there is no `argmax` of 0 elements"
                                                     : "there is no `argmin` of 0 elements");
      trial_free(&trial);
      continue;
    }
    cr_assert_eq(trial.fault.status, 0);
    trial_same_on_threads(&trial, op, DTYPE_I32, kept);
    int64_t step, outs = trial_count(&kept);
    for (int64_t i = 0; i < outs; i++) {
      int64_t inner = 1, want = 0;
      for (int k = axis + 1; k < shape.rank; k++) inner *= shape.dim[k];
      int64_t start = line_of(&shape, axis, i / inner * inner * shape.dim[axis] + i % inner, &step);
      for (int64_t k = 1; k < shape.dim[axis]; k++) {
        double a = trial_get(x, start + k * step), b = trial_get(x, start + want * step);
        if (greatest ? a > b : a < b) want = k;
      }
      cr_assert_eq(trial_get(&trial.output, i), (double)want);
    }
    trial_free(&trial);
  }
}

Test(order, argmin_and_argmax) { everywhere(check_arg, DTYPE_BOOL); }

static int64_t find(Op op, const double *x, int64_t n, int64_t columns) {
  Trial trial = {0};
  View *input = trial_input(&trial, DTYPE_F32, SHAPE(n, columns));
  for (int64_t i = 0; i < n * columns; i++) trial_set(input, i, x[i / columns]);
  ATTRS(&trial, 0, 0);
  trial_run(&trial, op, DTYPE_I32, SHAPE(columns));
  double at = trial_get(&trial.output, 0);
  for (int64_t i = 0; i < columns; i++) cr_assert_eq(trial_get(&trial.output, i), at);
  trial_free(&trial);
  return (int64_t)at;
}

Test(order, the_first_nan_wins) {
  for (int64_t columns = 1; columns < 70; columns += 23) {
    cr_assert_eq(find(OP_ARGMAX, (double[]){1, 9, NAN, NAN, 10}, 5, columns), 2);
    cr_assert_eq(find(OP_ARGMIN, (double[]){1, 9, NAN, NAN, -1}, 5, columns), 2);
    cr_assert_eq(find(OP_ARGMAX, (double[]){NAN, 9}, 2, columns), 0);
    cr_assert_eq(find(OP_ARGMAX, (double[]){-INFINITY, -INFINITY}, 2, columns), 0);
    cr_assert_eq(find(OP_ARGMAX, (double[]){-0.0, 0.0}, 2, columns), 0);
  }
}

Test(order, the_first_nan_of_a_long_row) {
  int64_t n = 1000;
  for (int64_t first = 0; first < n; first += 37) {
    Trial trial = {0};
    View *x = trial_input(&trial, DTYPE_F64, SHAPE(n));
    for (int64_t i = 0; i < n; i++)
      trial_set(x, i, i >= first && i % 5 == first % 5 ? NAN : (double)i);
    ATTRS(&trial, 0, 0);
    trial_run(&trial, OP_ARGMAX, DTYPE_I32, SCALAR);
    cr_assert_eq(trial_get(&trial.output, 0), (double)first);
    trial_run(&trial, OP_ARGMIN, DTYPE_I32, SCALAR);
    cr_assert_eq(trial_get(&trial.output, 0), (double)first);
    trial_free(&trial);
  }
}

static void check_cumsum(Dtype dtype, Shape shape, int axis) {
  for (int backward = 0; backward < 2; backward++) {
    Trial trial = {0};
    View *x = trial_input(&trial, dtype, shape);
    trial_fill(x, 4);
    ATTRS(&trial, axis, backward);
    trial_same_on_threads(&trial, OP_CUMSUM, dtype, shape);
    cr_assert_eq(trial.fault.status, 0);
    int64_t count = trial_count(&shape), step, n = shape.dim[axis];
    for (int64_t i = 0; i < count; i++) { /* each is its neighbour's sum and itself */
      int64_t start = line_of(&shape, axis, i, &step), k = (i - start) / step;
      int64_t before = backward ? k + 1 : k - 1;
      double rest = before < 0 || before >= n ? 0 : trial_get(&trial.output, start + before * step);
      cr_assert_eq(trial_get(&trial.output, i), rest + trial_get(x, i));
    }
    trial_free(&trial);
  }
}

Test(order, cumsum) { everywhere(check_cumsum, DTYPE_I32); }

static void check_recur(Dtype dtype, Shape shape, int axis) {
  for (int backward = 0; backward < 2; backward++) {
    Trial trial = {0};
    View *a = trial_input(&trial, dtype, shape), *b = trial_input(&trial, dtype, shape);
    int64_t count = trial_count(&shape), step, n = shape.dim[axis];
    trial_fill(b, 4);
    for (int64_t i = 0; i < count; i++) trial_set(a, i, (double)(i * 7 % 5) / 4 - 0.5);
    ATTRS(&trial, axis, backward);
    trial_same_on_threads(&trial, OP_RECUR, dtype, shape);
    for (int64_t i = 0; i < count; i++) {
      int64_t start = line_of(&shape, axis, i, &step), k = (i - start) / step;
      int64_t before = backward ? k + 1 : k - 1;
      double rest = before < 0 || before >= n ? 0 : trial_get(&trial.output, start + before * step);
      cr_assert_eq(trial_get(&trial.output, i), rest * trial_get(a, i) + trial_get(b, i));
    }
    trial_free(&trial);
  }
}

Test(order, recurrence) { everywhere(check_recur, DTYPE_F64); }

/* After a 0 no infinity counts; before it one does, as in any product. */
Test(order, recurrence_from_zero) {
  static const double A[] = {1, 0, INFINITY, 3, -INFINITY}, B[] = {2, 0, 0, 0, 0};
  Trial trial = {0};
  View *a = trial_input(&trial, DTYPE_F64, SHAPE(5)), *b = trial_input(&trial, DTYPE_F64, SHAPE(5));
  for (int64_t i = 0; i < 5; i++) trial_set(a, i, A[i]), trial_set(b, i, B[i]);
  ATTRS(&trial, 0, 0, 0);
  trial_run(&trial, OP_RECUR, DTYPE_F64, SHAPE(5));
  for (int64_t i = 1; i < 5; i++) cr_assert_eq(trial_get(&trial.output, i), 0);
  ATTRS(&trial, 0, 1, 0);
  trial_set(b, 4, 1);
  trial_run(&trial, OP_RECUR, DTYPE_F64, SHAPE(5));
  cr_assert_eq(trial_get(&trial.output, 3), 3);
  cr_assert_eq(trial_get(&trial.output, 2), INFINITY);
  cr_assert(isnan(trial_get(&trial.output, 1)));
  /* of a gradient nothing counts behind a 0, not even a NaN */
  ATTRS(&trial, 0, 0, 1);
  trial_set(a, 2, NAN);
  trial_run(&trial, OP_RECUR, DTYPE_F64, SHAPE(5));
  for (int64_t i = 1; i < 4; i++) cr_assert_eq(trial_get(&trial.output, i), 0);
  cr_assert_eq(trial_get(&trial.output, 4), 1);
  trial_free(&trial);
}

Test(order, cumsum_that_does_not_fit) {
  Trial trial = {0};
  View *x = trial_input(&trial, DTYPE_I32, SHAPE(3));
  for (int i = 0; i < 3; i++) trial_set(x, i, i == 2 ? -5 : 1 << 30);
  ATTRS(&trial, 0, 0);
  trial_run(&trial, OP_CUMSUM, DTYPE_I32, SHAPE(3));
  cr_assert_str_eq(trial.fault.message,
                   "the sum does not fit an i32, which goes from -2147483648 to 2147483647");
  trial_free(&trial);
}

/* A cumsum keeps its digits: 10^7 times 0.1f, each partial sum within half a unit of the true one.
 */
Test(order, cumsum_is_gathered_in_double) {
  int64_t n = 10000000;
  Trial trial = {0};
  View *x = trial_input(&trial, DTYPE_F32, SHAPE(n));
  for (int64_t i = 0; i < n; i++) ((float *)x->data)[i] = 0.1f;
  ATTRS(&trial, 0, 0);
  trial_run(&trial, OP_CUMSUM, DTYPE_F32, SHAPE(n));
  cr_assert_eq(((float *)trial.output.data)[n - 1], (float)((double)n * (double)0.1f));
  trial_free(&trial);
}

/* In order, each index once, equal ones by index, NaN at the end: only one order is all of that. */
static void check_argsort(Dtype dtype, Shape shape, int axis) {
  for (int descending = 0; descending < 2; descending++) {
    Trial trial = {0};
    View *x = trial_input(&trial, dtype, shape);
    trial_fill(x, 6);
    int64_t count = trial_count(&shape), step, n = shape.dim[axis];
    if (dtype_floats(dtype)) {
      static const double odd[] = {NAN, -NAN, INFINITY, -INFINITY, 0.0, -0.0};
      for (int64_t i = 0; i < count; i += 3) trial_set(x, i, odd[i / 3 % 6]);
    }
    ATTRS(&trial, axis, descending);
    trial_same_on_threads(&trial, OP_ARGSORT, DTYPE_I32, shape);
    bool *seen = mem_zero((size_t)count + 1);
    for (int64_t i = 0; i < count; i++) {
      int64_t start = line_of(&shape, axis, i, &step), k = (i - start) / step,
              at = (int64_t)trial_get(&trial.output, i);
      cr_assert(at >= 0 && at < n && !seen[start + at * step]);
      seen[start + at * step] = true;
      if (k == 0) continue;
      int64_t last = (int64_t)trial_get(&trial.output, i - step);
      double a = trial_get(x, start + last * step), b = trial_get(x, start + at * step);
      bool equal = a == b || (isnan(a) && isnan(b));
      bool right = equal        ? last < at
                   : isnan(a)   ? descending
                   : isnan(b)   ? !descending
                   : descending ? a > b
                                : a < b;
      cr_assert(right, "%g at %ld before %g at %ld", a, (long)last, b, (long)at);
    }
    mem_free(seen);
    trial_free(&trial);
  }
}

Test(order, argsort) { everywhere(check_argsort, DTYPE_BOOL); }

/* The first k alone are the beginning of all. */
static void check_first(Dtype dtype, Shape shape, int axis) {
  const int64_t n = shape.dim[axis], some[] = {0, 1, n / 9, n / 3, n};
  Trial all = {0};
  trial_fill(trial_input(&all, dtype, shape), 6);
  ATTRS(&all, axis, 1);
  trial_run(&all, OP_ARGSORT, DTYPE_I32, shape);
  for (int i = 0; i < COUNT_OF(some); i++) {
    if (some[i] > n) continue;
    Shape first = shape;
    first.dim[axis] = some[i];
    Trial trial = {0};
    trial_fill(trial_input(&trial, dtype, shape), 6);
    ATTRS(&trial, axis, 1, some[i]);
    trial_same_on_threads(&trial, OP_ARGSORT, DTYPE_I32, first);
    cr_assert_eq(trial.fault.status, 0);
    int64_t inner = 1;
    for (int k = axis + 1; k < shape.rank; k++) inner *= shape.dim[k];
    for (int64_t at = 0, count = trial_count(&first); at < count; at++) {
      const int64_t outer = at / (some[i] * inner), rest = at % (some[i] * inner);
      cr_assert_eq(trial_get(&trial.output, at), trial_get(&all.output, outer * n * inner + rest));
    }
    trial_free(&trial);
  }
  trial_free(&all);
}

Test(order, the_first_of_an_argsort) { everywhere(check_first, DTYPE_BOOL); }

Test(order, argsort_of_the_ends_of_i32) {
  Trial trial = {0};
  View *x = trial_input(&trial, DTYPE_I32, SHAPE(5));
  static const int32_t values[] = {2147483647, -2147483647 - 1, 0, 2147483646, -2147483647},
                       order[] = {1, 4, 2, 3, 0};
  memcpy(x->data, values, sizeof values);
  ATTRS(&trial, 0, 0);
  trial_run(&trial, OP_ARGSORT, DTYPE_I32, SHAPE(5));
  cr_assert_eq(memcmp(trial.output.data, order, sizeof order), 0);
  trial_free(&trial);
}

/* Doubles that differ in their last bits alone, beside none, one or two that are far away: they are
 * alike in the 32 bits that are sorted by first. */
Test(order, argsort_of_doubles_that_are_close) {
  enum { N = 3000 };
  for (int far = 0; far < 3; far++) {
    Trial trial = {0};
    double *x = trial_input(&trial, DTYPE_F64, SHAPE(N))->data;
    for (int i = 0; i < N; i++) x[i] = 1 + (double)(i * 1777 % (N / 2)) * 0x1p-52;
    if (far > 0) x[5] = 1e300;
    if (far > 1) x[N - 7] = -1e-300;
    ATTRS(&trial, 0, 0);
    trial_run(&trial, OP_ARGSORT, DTYPE_I32, SHAPE(N));
    const int32_t *order = trial.output.data;
    for (int i = 1; i < N; i++) {
      const double before = x[order[i - 1]], after = x[order[i]];
      cr_assert(before < after || (before == after && order[i - 1] < order[i]), "at %d", i);
    }
    trial_free(&trial);
  }
}

/* FAULTS.md E3: asked for before it is taken. */
Test(order, argsort_keeps_to_the_budget) {
  Trial trial = {0};
  trial_fill(trial_input(&trial, DTYPE_F32, SHAPE(100000)), 1);
  ATTRS(&trial, 0, 0);
  team_start(1);
  mem_budget(1000000);
  trial_run(&trial, OP_ARGSORT, DTYPE_I32, SHAPE(100000));
  cr_assert_eq(trial.fault.status, STATUS_MEMORY);
  cr_assert_str_eq(trial.fault.message, "sorting needs 1.5 MiB of work memory, more than is left");
  mem_budget(0);
  trial_run(&trial, OP_ARGSORT, DTYPE_I32, SHAPE(100000));
  cr_assert_eq(trial.fault.status, 0);
  trial_free(&trial);
}
