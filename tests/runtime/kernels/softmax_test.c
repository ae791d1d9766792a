/* softmax_test.c — softmax and log_softmax against their definition in long double. */
#include "runtime/opcodes.h"
#include "tests/runtime/kernels/trial.h"

static void check(Dtype dtype, Shape shape, int axis, double scale) {
  Trial trial = {0};
  View *x = trial_input(&trial, dtype, shape);
  trial_fill(x, (uint64_t)axis);
  int64_t count = trial_count(&shape), n = shape.dim[axis], inner = 1;
  for (int64_t i = 0; i < count; i++) trial_set(x, i, trial_get(x, i) * scale);
  for (int i = axis + 1; i < shape.rank; i++) inner *= shape.dim[i];
  ATTRS(&trial, axis);
  double tolerance = dtype == DTYPE_F32 ? 1e-6 : 1e-14;
  for (int logs = 0; logs < 2; logs++) {
    trial_same_on_threads(&trial, logs ? OP_LOG_SOFTMAX : OP_SOFTMAX, dtype, shape);
    for (int64_t line = 0; n > 0 && line < count / n; line++) {
      int64_t first = line / inner * n * inner + line % inner, end = first + n * inner;
      long double top = -INFINITY, sum = 0;
      for (int64_t i = first; i < end; i += inner) top = fmaxl(top, (long double)trial_get(x, i));
      for (int64_t i = first; i < end; i += inner) sum += expl((long double)trial_get(x, i) - top);
      for (int64_t i = first; i < end; i += inner) {
        long double mine = (long double)trial_get(x, i) - top;
        double want = (double)(logs ? mine - logl(sum) : expl(mine) / sum),
               got = trial_get(&trial.output, i);
        cr_assert(fabs(got - want) <=
                      tolerance * (logs ? 1 + fabs(want) : want) + (want < 1e-37 ? 1e-37 : 0),
                  "%s %d: element %ld is %.9g, not %.9g", logs ? "logs" : "softmax", (int)dtype,
                  (long)i, got, want);
      }
    }
  }
  trial_free(&trial);
}

Test(softmax, is_its_definition) {
  static const int64_t sizes[] = {0, 1, 2, 3, 17, 1000};
  for (Dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++) {
    for (int a = 0; a < COUNT_OF(sizes); a++) {
      if (sizes[a]) check(dtype, SHAPE(sizes[a]), 0, 0.3);
      for (int b = 0; b < COUNT_OF(sizes); b++) {
        if (sizes[a] * sizes[b] > 20000) continue;
        for (int axis = 0; axis < 2; axis++) check(dtype, SHAPE(sizes[a], sizes[b]), axis, 0.25);
        check(dtype, SHAPE(2, sizes[a], sizes[b]), 1, 2.5);
      }
    }
    check(dtype, SHAPE(64, 10), 1, 1);
    check(dtype, SHAPE(7, 49), 1, 1);
    check(dtype, SHAPE(3, 5, 130), 1, 1);
    check(dtype, SHAPE(2, 5000), 1, 0.1);
  }
}

static void expect(Op op, Dtype dtype, const double *x, const double *y, int64_t n) {
  Trial trial = {0};
  View *input = trial_input(&trial, dtype, SHAPE(n));
  for (int64_t i = 0; i < n; i++) trial_set(input, i, x[i]);
  ATTRS(&trial, 0);
  trial_run(&trial, op, dtype, SHAPE(n));
  for (int64_t i = 0; i < n; i++) {
    double got = trial_get(&trial.output, i);
    cr_assert(isnan(y[i]) ? isnan(got) : got == y[i], "%g, not %g", got, y[i]);
  }
  trial_free(&trial);
}
#define EXPECT(op, dtype, n, ...) \
  expect(op, dtype, ((const double[][n]){__VA_ARGS__})[0], ((const double[][n]){__VA_ARGS__})[1], n)

/* FAULTS.md D4 */
Test(softmax, special_values) {
  double inf = INFINITY;
  for (Dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++) {
    EXPECT(OP_SOFTMAX, dtype, 2, {1000, 0}, {1, 0});
    EXPECT(OP_SOFTMAX, dtype, 2, {-1000, -1000}, {0.5, 0.5});
    EXPECT(OP_SOFTMAX, dtype, 2, {-inf, 5}, {0, 1});
    EXPECT(OP_SOFTMAX, dtype, 2, {-inf, -inf}, {NAN, NAN});
    EXPECT(OP_SOFTMAX, dtype, 3, {1, NAN, 2}, {NAN, NAN, NAN});
    EXPECT(OP_SOFTMAX, dtype, 1, {3}, {1});
    EXPECT(OP_SOFTMAX, dtype, 3, {inf, 5, -inf}, {1, 0, 0});
    EXPECT(OP_SOFTMAX, dtype, 3, {inf, 5, inf}, {NAN, 0, NAN});
    EXPECT(OP_SOFTMAX, dtype, 2, {inf, NAN}, {NAN, NAN});
    EXPECT(OP_LOG_SOFTMAX, dtype, 3, {5, inf, -inf}, {-inf, 0, -inf});
    EXPECT(OP_LOG_SOFTMAX, dtype, 2, {1000, 0}, {0, -1000});
    EXPECT(OP_LOG_SOFTMAX, dtype, 2, {-inf, 5}, {-inf, 0});
    EXPECT(OP_LOG_SOFTMAX, dtype, 2, {-inf, -inf}, {NAN, NAN});
    EXPECT(OP_LOG_SOFTMAX, dtype, 2, {NAN, 0}, {NAN, NAN});
  }
}

/* Rows, short and long, and columns beside ordinary ones: one inf takes its line alone. */
Test(softmax, one_infinity_takes_its_line) {
  for (int axis = 0; axis < 2; axis++)
    for (int64_t n = 3; n < 200; n += 97) {
      Trial trial = {0};
      View *x = trial_input(&trial, DTYPE_F32, axis ? SHAPE(5, n) : SHAPE(n, 5));
      for (int64_t i = 0; i < 5 * n; i++) trial_set(x, i, 1);
      trial_set(x, axis ? 3 * n + n - 1 : 5 * (n - 1) + 3, INFINITY);
      ATTRS(&trial, axis);
      trial_run(&trial, OP_SOFTMAX, DTYPE_F32, axis ? SHAPE(5, n) : SHAPE(n, 5));
      for (int64_t line = 0; line < 5; line++)
        for (int64_t i = 0; i < n; i++) {
          double expected = line != 3 ? (double)(1 / (float)n) : i == n - 1;
          cr_assert_eq(trial_get(&trial.output, axis ? line * n + i : 5 * i + line), expected);
        }
      trial_free(&trial);
    }
}

Test(softmax, a_long_row_with_nan_is_nan) {
  int64_t n = 5000;
  Trial trial = {0};
  View *x = trial_input(&trial, DTYPE_F32, SHAPE(n));
  trial_fill(x, 1);
  trial_set(x, 3000, NAN);
  ATTRS(&trial, 0);
  trial_run(&trial, OP_SOFTMAX, DTYPE_F32, SHAPE(n));
  for (int64_t i = 0; i < n; i++) cr_assert(isnan(trial_get(&trial.output, i)));
  trial_free(&trial);
}
