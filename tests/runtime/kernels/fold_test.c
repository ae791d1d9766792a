/* fold_test.c — reductions against loops that say what they mean, over odd shapes, dtypes and
 * masks. */
#include "runtime/kernels/sum.h"
#include "runtime/opcodes.h"

#include "tests/runtime/kernels/trial.h"

static const int64_t SIZES[] = {0, 1, 2, 3, 17, 1000};

static Shape reduced(const Shape *shape, uint32_t mask, bool keep) {
  Shape result = {0};
  for (int axis = 0; axis < shape->rank; axis++) {
    bool gone = mask >> axis & 1;
    if (!gone || keep) result.dim[result.rank++] = gone ? 1 : shape->dim[axis];
  }
  return result;
}

/* What element `out` of the result should be, by an odometer over all elements. */
static double plain(Op op, const View *x, const Shape *kept, uint32_t mask, double *results) {
  int64_t count = trial_count(&x->shape), outs = trial_count(kept);
  double start = op == OP_PROD || op == OP_ALL        ? 1
                 : op == OP_MIN                       ? INFINITY
                 : op == OP_MAX || op == OP_LOGSUMEXP ? -INFINITY
                                                      : 0;
  for (int64_t i = 0; i < outs; i++) results[i] = start;
  for (int64_t i = 0; i < count; i++) {
    int64_t index[RANK_MOST];
    trial_index(&x->shape, i, index);
    for (int axis = 0; axis < x->shape.rank; axis++)
      if (mask >> axis & 1) index[axis] = 0;
    double *to = &results[trial_place(kept, index)], value = trial_get(x, i);
    switch ((int)op) {
      case OP_SUM: *to += value; break;
      case OP_PROD: *to *= value; break;
      case OP_MIN: *to = fmin(*to, value); break;
      case OP_MAX: *to = fmax(*to, value); break;
      case OP_ANY: *to = *to != 0 || value != 0; break;
      case OP_ALL: *to = *to != 0 && value != 0; break;
      case OP_NORM2: *to = hypot(*to, value); break;
      case OP_LOGSUMEXP: *to = fmax(*to, value) + log1p(exp(-fabs(*to - value))); break;
    }
    if (op == OP_LOGSUMEXP && isnan(*to)) *to = value;
  }
  return start;
}

static void check(Op op, Dtype dtype, Shape shape, uint32_t mask, double tolerance) {
  Trial trial = {0};
  View *x = trial_input(&trial, dtype, shape);
  trial_fill(x, mask);
  if (op == OP_PROD) { /* ones, twos and one -1, so that nothing overflows */
    for (int64_t i = 0; i < trial_count(&shape); i++)
      trial_set(x, i, i % 97 == 3 ? 2 : i == 5 ? -1 : 1);
  }
  Shape kept = reduced(&shape, mask, true);
  ATTRS(&trial, mask, 1);
  bool empty = trial_count(&shape) == 0 && trial_count(&kept) > 0 && (op == OP_MIN || op == OP_MAX);
  trial_run(&trial, op, dtype, kept);
  cr_assert_eq(trial.fault.status != 0, empty, "%s", trial.fault.message);
  if (!empty) {
    int64_t outs = trial_count(&kept);
    double *results = mem_alloc((size_t)outs * sizeof *results);
    plain(op, x, &kept, mask, results);
    for (int64_t i = 0; i < outs; i++) {
      double got = trial_get(&trial.output, i),
             want = dtype == DTYPE_F32 ? (double)(float)results[i] : results[i];
      bool same = got == want || fabs(got - want) <= tolerance * (1 + fabs(want));
      cr_assert(same, "op %d dtype %d mask %x element %ld: %.9g, not %.9g", (int)op, (int)dtype,
                mask, (long)i, got, want);
    }
    mem_free(results);
    trial_same_on_threads(&trial, op, dtype, kept);
  }
  trial_free(&trial);
}

static void check_everywhere(Op op, Dtype dtype, double tolerance) {
  for (int a = 0; a < COUNT_OF(SIZES); a++) {
    for (uint32_t mask = 0; mask < 2; mask++) check(op, dtype, SHAPE(SIZES[a]), mask, tolerance);
    for (int b = 0; b < COUNT_OF(SIZES); b++)
      for (uint32_t mask = 0; mask < 4; mask++) {
        check(op, dtype, SHAPE(SIZES[a], SIZES[b]), mask, tolerance);
        check(op, dtype, SHAPE(3, SIZES[a], SIZES[b] > 100 ? 70 : SIZES[b]), mask << 1, tolerance);
      }
  }
  for (uint32_t mask = 0; mask < 32; mask++)
    check(op, dtype, SHAPE(2, 3, 17, 1, 5), mask, tolerance);
  for (uint32_t mask = 0; mask < 16; mask++) check(op, dtype, SHAPE(4, 1, 0, 3), mask, tolerance);
  /* short rows under columns: of what is kept, the first or the middle axis */
  check(op, dtype, SHAPE(21, 7, 5, 3), 13, tolerance);
  check(op, dtype, SHAPE(2, 40, 9, 25), 10, tolerance);
  check(op, dtype, SCALAR, 0, tolerance);
  check(op, dtype, SHAPE(70000), 1, tolerance);
  check(op, dtype, SHAPE(4000, 10), 1, tolerance);
  check(op, dtype, SHAPE(2, 40000), 2, tolerance);
}

Test(fold, sum_f32) { check_everywhere(OP_SUM, DTYPE_F32, 0); }
Test(fold, sum_f64) { check_everywhere(OP_SUM, DTYPE_F64, 0); }
Test(fold, sum_i32) { check_everywhere(OP_SUM, DTYPE_I32, 0); }
Test(fold, prod_f32) { check_everywhere(OP_PROD, DTYPE_F32, 0); }
Test(fold, prod_f64) { check_everywhere(OP_PROD, DTYPE_F64, 0); }
Test(fold, any) { check_everywhere(OP_ANY, DTYPE_BOOL, 0); }
Test(fold, all) { check_everywhere(OP_ALL, DTYPE_BOOL, 0); }
Test(fold, min) {
  for (int dtype = 0; dtype < DTYPE_COUNT; dtype++)
    if (dtype != DTYPE_BF16) check_everywhere(OP_MIN, (Dtype)dtype, 0);
}
Test(fold, max) {
  for (int dtype = 0; dtype < DTYPE_COUNT; dtype++)
    if (dtype != DTYPE_BF16) check_everywhere(OP_MAX, (Dtype)dtype, 0);
}
Test(fold, norm2) {
  check_everywhere(OP_NORM2, DTYPE_F32, 1e-6);
  check_everywhere(OP_NORM2, DTYPE_F64, 1e-13);
}
Test(fold, logsumexp) {
  check_everywhere(OP_LOGSUMEXP, DTYPE_F32, 1e-6);
  check_everywhere(OP_LOGSUMEXP, DTYPE_F64, 1e-12);
}

/* One reduction of a vector to a scalar. */
static double whole(Op op, Dtype dtype, const double *values, int64_t n, Fault *fault) {
  Trial trial = {0};
  View *x = trial_input(&trial, dtype, SHAPE(n));
  for (int64_t i = 0; i < n; i++) trial_set(x, i, values[i]);
  ATTRS(&trial, 1, 0);
  trial_run(&trial, op, dtype, SCALAR);
  double result = trial.fault.status ? 0 : trial_get(&trial.output, 0);
  if (fault) *fault = trial.fault;
  else cr_assert_eq(trial.fault.status, 0, "%s", trial.fault.message);
  trial_free(&trial);
  return result;
}
#define WHOLE(op, dtype, ...)                     \
  whole(op, dtype, (const double[]){__VA_ARGS__}, \
        (int64_t)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), NULL)

/* FAULTS.md D13 */
Test(fold, many_ones) {
  int64_t n = 100000000;
  Trial trial = {0};
  View *x = trial_input(&trial, DTYPE_F32, SHAPE(n));
  for (int64_t i = 0; i < n; i++) ((float *)x->data)[i] = 1;
  ATTRS(&trial, 1, 0);
  trial_run(&trial, OP_SUM, DTYPE_F32, SCALAR);
  cr_assert_eq(trial_get(&trial.output, 0), 1e8);
  trial_free(&trial);
}

/* The bound that sum.h states, with numbers of both signs over nine decades. */
Test(fold, error_of_sums_is_bounded) {
  int64_t n = 1000003;
  Trial trial = {0};
  View *x = trial_input(&trial, DTYPE_F32, SHAPE(n));
  long double exact = 0, size = 0;
  for (int64_t i = 0; i < n; i++) {
    uint64_t bits = hash_mix(5, (uint64_t)i);
    trial_set(x, i, ((double)(bits >> 40) / 0x1p24 - 0.4) * pow(10, (double)(bits % 9)));
    exact += (long double)trial_get(x, i), size += fabsl((long double)trial_get(x, i));
  }
  double bound = (22 * 0x1p-24 + (double)(n / 32768 + 32) * 0x1p-53) * (double)size;
  ATTRS(&trial, 1, 0);
  trial_run(&trial, OP_SUM, DTYPE_F32, SCALAR);
  double error = fabs(trial_get(&trial.output, 0) - (double)exact),
         last = fabs((double)exact) * 0x1p-24;
  cr_assert(error <= bound + last, "%g, bound %g", error, bound);
  trial_free(&trial);
}

Test(fold, units_make_the_sum) {
  int64_t n = 100000;
  static double units[100];
  Trial trial = {0};
  View *x = trial_input(&trial, DTYPE_F32, SHAPE(n));
  for (int64_t i = 0; i < n; i++) trial_set(x, i, sin((double)i));
  for (int64_t i = 0; i < n; i += FOLD_UNIT)
    units[i / FOLD_UNIT] = sum_unit_f32((float *)x->data + i,
                                        n - i < FOLD_UNIT ? n - i : FOLD_UNIT);
  ATTRS(&trial, 1, 0);
  trial_run(&trial, OP_SUM, DTYPE_F32, SCALAR);
  cr_assert_eq((float)trial_get(&trial.output, 0),
               (float)sum_units(units, (n + FOLD_UNIT - 1) / FOLD_UNIT));
  trial_free(&trial);
}

Test(fold, whole_numbers_that_do_not_fit) {
  Fault fault;
  cr_assert_eq(WHOLE(OP_SUM, DTYPE_I32, 2147483647, 5, -6), 2147483646);
  whole(OP_SUM, DTYPE_I32, (double[]){2147483647, 1}, 2, &fault);
  cr_assert_str_eq(fault.message,
                   "the sum does not fit an i32, which goes from -2147483648 to 2147483647");
  whole(OP_SUM, DTYPE_I32, (double[]){-2147483648.0, -1}, 2, &fault);
  cr_assert_neq(fault.status, 0);
  cr_assert_eq(WHOLE(OP_PROD, DTYPE_I32, 65536, -32768), -2147483648.0);
  cr_assert_eq(WHOLE(OP_PROD, DTYPE_I32, 1 << 30, 1 << 30, 1 << 30, 0, 7), 0);
  whole(OP_PROD, DTYPE_I32, (double[]){65536, 32768}, 2, &fault);
  cr_assert_str_eq(fault.message,
                   "the product does not fit an i32, which goes from -2147483648 to 2147483647");
  whole(OP_PROD, DTYPE_I32, (double[]){65536, 32768, -1}, 3, &fault);
  cr_assert_eq(fault.status, 0, "2^31 times -1 fits");
  whole(OP_PROD, DTYPE_I32,
        (double[]){-2147483648.0, -2147483648.0, -2147483648.0, -2147483648.0, 1}, 5, &fault);
  cr_assert_neq(fault.status, 0);
}

/* NaN goes through, infinities count, -0 is below 0 (FAULTS.md D4, D6). */
Test(fold, special_values) {
  double inf = INFINITY;
  for (Dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++) {
    cr_assert(isnan(WHOLE(OP_MIN, dtype, 1, NAN, 2)));
    cr_assert(isnan(WHOLE(OP_MAX, dtype, 1, NAN, 2)));
    cr_assert(isnan(WHOLE(OP_MAX, dtype, -NAN, inf, 2)));
    cr_assert(isnan(WHOLE(OP_SUM, dtype, inf, -inf)));
    cr_assert_eq(WHOLE(OP_MIN, dtype, 1, -inf, inf), -inf);
    cr_assert_eq(WHOLE(OP_MAX, dtype, 1, -inf, inf), inf);
    cr_assert_eq(WHOLE(OP_MAX, dtype, -inf, -inf), -inf);
    cr_assert_eq(WHOLE(OP_MAX, dtype, -3, -2.5), -2.5);
    cr_assert(signbit(WHOLE(OP_MIN, dtype, 0.0, -0.0)) && signbit(WHOLE(OP_MIN, dtype, -0.0, 0.0)));
    cr_assert(!signbit(WHOLE(OP_MAX, dtype, 0.0, -0.0)) &&
              !signbit(WHOLE(OP_MAX, dtype, -0.0, 0.0)));
    cr_assert(signbit(WHOLE(OP_MAX, dtype, -0.0, -0.0)));
    cr_assert_eq(WHOLE(OP_LOGSUMEXP, dtype, -inf, -inf), -inf);
    cr_assert_eq(WHOLE(OP_LOGSUMEXP, dtype, -inf, 3), 3);
    cr_assert_eq(WHOLE(OP_LOGSUMEXP, dtype, inf, 3), inf);
    cr_assert(isnan(WHOLE(OP_LOGSUMEXP, dtype, inf, NAN)));
    cr_assert_float_eq(WHOLE(OP_LOGSUMEXP, dtype, 1000, 1000), 1000 + log(2), 1e-4);
    cr_assert_eq(WHOLE(OP_NORM2, dtype, inf, -inf), inf);
    cr_assert(isnan(WHOLE(OP_NORM2, dtype, inf, NAN)));
    cr_assert(isnan(WHOLE(OP_PROD, dtype, inf, 0)) && isnan(WHOLE(OP_PROD, dtype, 0, NAN)));
    cr_assert_eq(WHOLE(OP_PROD, dtype, inf, -2), -inf);
  }
  cr_assert_eq(WHOLE(OP_PROD, DTYPE_F64, 0x1p600, 0x1p600, 0), 0);
  cr_assert_eq(WHOLE(OP_PROD, DTYPE_F64, 0x1p600, 0x1p600, -0x1p-600, 0x1p-597), -8);
  cr_assert_eq(WHOLE(OP_PROD, DTYPE_F64, 0x1p-600, 0x1p-600, 0x1p600, 0x1p601), 2);
  cr_assert_eq(WHOLE(OP_PROD, DTYPE_F64, 0x1p600, 0x1p600), inf);
  cr_assert_eq(WHOLE(OP_PROD, DTYPE_F32, 1e38, 1e38, 1e38, 1e38, 1e38, 1e38, 1e38, 1e38, 1e38, 0),
               0);
  cr_assert_eq(WHOLE(OP_NORM2, DTYPE_F32, 3e30, 4e30), (double)5e30f);
  cr_assert_float_eq(WHOLE(OP_NORM2, DTYPE_F64, 3e300, 4e300) / 5e300, 1, 1e-15);
  cr_assert_float_eq(WHOLE(OP_NORM2, DTYPE_F64, 3e-300, 4e-300) / 5e-300, 1, 1e-15);
  cr_assert_eq(WHOLE(OP_NORM2, DTYPE_F64, 0, 0), 0);
}
