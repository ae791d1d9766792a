/* factor_test.c — factorizations against their plain twins and against what defines them. */
#include "runtime/kernels/library.h"
#include "runtime/kernels/linear.h"
#include "tests/runtime/kernels/guarded.h"

#include <string.h>

/* ---- factorizations: each against its twin, at sizes on both sides of what the library gets ----
 */

static const int64_t SIZES[] = {0, 1, 2, 3, 5, 16, 17, 33, 40};

typedef void Kernel2(Call *call);

/* Runs the kernel and its twin on the same inputs; test->output keeps the kernel's result. */
static void check_twin(KernelCase *test, int input_count, Kernel2 *kernel, Kernel2 *plain,
                       const char *what) {
  KernelCase twin = *test;
  const View *out = &test->output;
  twin.output = blank(out->dtype, out->shape.rank, out->shape.dim);
  cr_assert_eq(run_case(test, input_count, kernel).status, 0, "%s: %s", what, test->fault.message);
  cr_assert_eq(run_case(&twin, input_count, plain).status, 0, "%s: %s", what, twin.fault.message);
  expect_near(&test->output, &twin.output, 2000 * epsilon(out->dtype), what);
  free(twin.output.data);
}

/* Random matrices [batch, n, n] with `lift` on the diagonal; n makes them well conditioned. */
static View square(Dtype dtype, int64_t batch, int64_t n, double lift) {
  View view = filled(BLANK(dtype, batch, n, n));
  for (int64_t q = 0; q < batch; q++)
    for (int64_t i = 0; i < n; i++)
      put(&view, (q * n + i) * n + i, get(&view, (q * n + i) * n + i) + lift);
  return view;
}

/* The same made symmetric. */
static View symmetric(Dtype dtype, int64_t batch, int64_t n, double lift) {
  View view = square(dtype, batch, n, lift);
  for (int64_t q = 0; q < batch; q++)
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < i; j++)
        put(&view, (q * n + j) * n + i, get(&view, (q * n + i) * n + j));
  return view;
}

/* Is x y = z, matrix by matrix?  x [m, k] from element `x0` of its view, and so on. */
typedef struct Block {
  const View *view;
  int64_t first, row, column; /* the first element, and the steps to the next row and column */
} Block;
static double at(Block block, int64_t i, int64_t j) {
  return get(block.view, block.first + i * block.row + j * block.column);
}
static void expect_product(Block x, Block y, Block z, const int64_t mnk[3], double tolerance,
                           const char *what) {
  for (int64_t i = 0; i < mnk[0]; i++)
    for (int64_t j = 0; j < mnk[1]; j++) {
      double sum = 0;
      for (int64_t p = 0; p < mnk[2]; p++) sum += at(x, i, p) * at(y, p, j);
      const double wanted = z.view == NULL ? i == j : at(z, i, j);
      cr_assert(fabs(sum - wanted) <= tolerance, "%s: (%ld, %ld) is %.9g, not %.9g", what, (long)i,
                (long)j, sum, wanted);
    }
}

static void check_solve(Dtype dtype, int64_t n) {
  KernelCase test = {.inputs = {square(dtype, 2, n, (double)n), filled(BLANK(dtype, 2, n, 3))},
                     .output = BLANK(dtype, 2, n, 3)};
  check_twin(&test, 2, kernel_solve, kernel_solve_plain, "solve");
  for (int64_t q = 0; q < 2; q++)
    expect_product((Block){&test.inputs[0], q * n * n, n, 1},
                   (Block){&test.output, q * n * 3, 3, 1},
                   (Block){&test.inputs[1], q * n * 3, 3, 1}, (int64_t[]){n, 3, n},
                   200 * (double)(n + 1) * epsilon(dtype), "solve");
  free_case(&test, 2);
  KernelCase inverse = {.inputs = {square(dtype, 2, n, (double)n)},
                        .output = BLANK(dtype, 2, n, n)};
  check_twin(&inverse, 1, kernel_inverse, kernel_inverse_plain, "inverse");
  expect_product((Block){&inverse.inputs[0], n * n, n, 1}, (Block){&inverse.output, n * n, n, 1},
                 (Block){0}, (int64_t[]){n, n, n}, 200 * (double)(n + 1) * epsilon(dtype),
                 "inverse");
  free_case(&inverse, 1);
}

static void check_triangles(Dtype dtype, int64_t n) {
  for (int64_t flags = 0; flags < 4; flags++) {
    KernelCase test = {.inputs = {square(dtype, 3, n, (double)n), filled(BLANK(dtype, n, 2))},
                       .output = BLANK(dtype, 3, n, 2),
                       .attrs = {flags & 1, flags & 2}};
    check_twin(&test, 2, kernel_trisolve, kernel_trisolve_plain, "trisolve");
    for (int64_t e = 0; e < 3 * n * n; e++) {
      const int64_t i = e / n % n, j = e % n;
      if (flags & 1 ? j < i : j > i) put(&test.inputs[0], e, 0);
    }
    const Block triangle = flags & 2 ? (Block){&test.inputs[0], n * n, 1, n}
                                     : (Block){&test.inputs[0], n * n, n, 1};
    expect_product(triangle, (Block){&test.output, n * 2, 2, 1}, (Block){&test.inputs[1], 0, 2, 1},
                   (int64_t[]){n, 2, n}, 200 * (double)(n + 1) * epsilon(dtype), "trisolve");
    free_case(&test, 2);
  }
  KernelCase test = {.inputs = {symmetric(dtype, 2, n, (double)n)},
                     .output = BLANK(dtype, 2, n, n)};
  check_twin(&test, 1, kernel_cholesky, kernel_cholesky_plain, "cholesky");
  expect_product((Block){&test.output, n * n, n, 1}, (Block){&test.output, n * n, 1, n},
                 (Block){&test.inputs[0], n * n, n, 1}, (int64_t[]){n, n, n},
                 200 * (double)(n + 1) * epsilon(dtype), "cholesky");
  for (int64_t e = 0; e < n * n; e++)
    cr_assert(e % n <= e / n || get(&test.output, e) == 0, "above the diagonal");
  free_case(&test, 1);
}

Test(factor, solve_inverse_cholesky_trisolve) {
  for (int i = 0; i < COUNT_OF(SIZES); i++) {
    check_solve(DTYPE_F64, SIZES[i]);
    check_solve(DTYPE_F32, SIZES[i]);
    check_triangles(DTYPE_F64, SIZES[i]);
    check_triangles(DTYPE_F32, SIZES[i]);
  }
  team_stop();
}

Test(factor, det) {
  for (int i = 0; i < COUNT_OF(SIZES); i++) {
    KernelCase test = {.inputs = {square(DTYPE_F64, 3, SIZES[i], 1)},
                       .output = BLANK(DTYPE_F64, 3)};
    check_twin(&test, 1, kernel_det, kernel_det_plain, "det");
    KernelCase logs = {.inputs = {test.inputs[0]}, .output = BLANK(DTYPE_F64, 3, 2)};
    check_twin(&logs, 1, kernel_log_det, kernel_log_det_plain, "log_det");
    for (int64_t q = 0; q < 3; q++)
      cr_assert_float_eq(get(&logs.output, 2 * q) * exp(get(&logs.output, 2 * q + 1)),
                         get(&test.output, q), 1e-11 * fabs(get(&test.output, q)));
    free(logs.output.data);
    if (SIZES[i] == 0) cr_assert_eq(get(&test.output, 0), 1);
    if (SIZES[i] == 2)
      cr_assert_float_eq(get(&test.output, 1),
                         get(test.inputs, 4) * get(test.inputs, 7) -
                             get(test.inputs, 5) * get(test.inputs, 6),
                         1e-14);
    free_case(&test, 1);
  }
  KernelCase zero = {.inputs = {BLANK(DTYPE_F32, 3, 3)}, .output = BLANK(DTYPE_F32, 1)};
  for (int i = 0; i < 9; i++) put(zero.inputs, i, 2);
  zero.output.shape.rank = 0;
  cr_assert_eq(run_case(&zero, 1, kernel_det).status, 0);
  cr_assert_eq(((float *)zero.output.data)[0], 0);
  free_case(&zero, 1);
  team_stop();
}

static void check_qr(Dtype dtype, int64_t m, int64_t n) {
  const int64_t k = m < n ? m : n, count = m * k + k * n;
  KernelCase test = {.inputs = {filled(BLANK(dtype, 2, m, n))}, .output = BLANK(dtype, 2, count)};
  check_twin(&test, 1, kernel_qr, kernel_qr_plain, "qr");
  const Block q = {&test.output, count, k, 1}, q_turned = {&test.output, count, 1, k},
              r = {&test.output, count + m * k, n, 1};
  expect_product(q, r, (Block){&test.inputs[0], m * n, n, 1}, (int64_t[]){m, n, k},
                 100 * epsilon(dtype), "q r");
  expect_product(q_turned, q, (Block){0}, (int64_t[]){k, k, m}, 100 * epsilon(dtype), "q' q");
  for (int64_t i = 0; i < k; i++) {
    cr_assert(at(r, i, i) >= 0, "r's diagonal");
    for (int64_t j = 0; j < i; j++) cr_assert_eq(at(r, i, j), 0);
  }
  free_case(&test, 1);
}

static void check_svd(Dtype dtype, int64_t m, int64_t n, int64_t rank) {
  const int64_t k = m < n ? m : n, count = m * k + k + k * n;
  KernelCase test = {.inputs = {filled(BLANK(dtype, 2, m, n))}, .output = BLANK(dtype, 2, count)};
  for (int64_t i = rank * n; i < m * n;
       i++) /* the second matrix's later rows repeat the earlier ones */
    if (rank > 0) put(test.inputs, m * n + i, get(test.inputs, m * n + i - rank * n));
  if (rank == 0) {
    check_twin(&test, 1, kernel_svd, kernel_svd_plain, "svd");
  } else {
    cr_assert_eq(run_case(&test, 1, kernel_svd).status, 0);
  }
  const Block u = {&test.output, count, k, 1}, u_turned = {&test.output, count, 1, k},
              vt = {&test.output, count + m * k + k, n, 1};
  const Block v = {&test.output, count + m * k + k, 1, n};
  const double tolerance = 200 * epsilon(dtype);
  expect_product(u_turned, u, (Block){0}, (int64_t[]){k, k, m}, tolerance, "u' u");
  expect_product(vt, v, (Block){0}, (int64_t[]){k, k, n}, tolerance, "v' v");
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = 0;
      for (int64_t p = 0; p < k; p++)
        sum += at(u, i, p) * get(&test.output, count + m * k + p) * at(vt, p, j);
      cr_assert_float_eq(sum, get(test.inputs, m * n + i * n + j), tolerance);
    }
  for (int64_t p = 1; p < k; p++)
    cr_assert(get(&test.output, count + m * k + p) <= get(&test.output, count + m * k + p - 1),
              "descending");
  free_case(&test, 1);
}

static void check_eigh(Dtype dtype, int64_t n) {
  const int64_t count = n + n * n;
  KernelCase test = {.inputs = {symmetric(dtype, 2, n, 0)}, .output = BLANK(dtype, 2, count)};
  check_twin(&test, 1, kernel_eigh, kernel_eigh_plain, "eigh");
  const Block v = {&test.output, count + n, n, 1}, v_turned = {&test.output, count + n, 1, n};
  expect_product(v_turned, v, (Block){0}, (int64_t[]){n, n, n}, 200 * epsilon(dtype), "v' v");
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = 0;
      for (int64_t p = 0; p < n; p++)
        sum += at(v, i, p) * get(&test.output, count + p) * at(v, j, p);
      cr_assert_float_eq(sum, get(test.inputs, n * n + i * n + j), 200 * epsilon(dtype));
    }
  for (int64_t p = 1; p < n; p++)
    cr_assert(get(&test.output, count + p) >= get(&test.output, count + p - 1), "ascending");
  free_case(&test, 1);
}

Test(factor, qr_svd_eigh) {
  static const int64_t shapes[][2] = {{0, 0},   {0, 3},   {3, 0},   {1, 1},   {1, 4},
                                      {4, 1},   {2, 2},   {5, 3},   {3, 5},   {16, 16},
                                      {17, 17}, {40, 20}, {20, 40}, {50, 40}, {40, 50}};
  for (int i = 0; i < COUNT_OF(shapes); i++)
    for (int f = 0; f < 2; f++) {
      const Dtype dtype = f ? DTYPE_F32 : DTYPE_F64;
      check_qr(dtype, shapes[i][0], shapes[i][1]);
      check_svd(dtype, shapes[i][0], shapes[i][1], 0);
      if (shapes[i][0] >= 2) check_svd(dtype, shapes[i][0], shapes[i][1], 1);
      if (shapes[i][0] >= 5) check_svd(dtype, shapes[i][0], shapes[i][1], 2);
      check_eigh(dtype, shapes[i][0]);
    }
  team_stop();
}

/* ---- what is refused ---- */

static void expect_refused(KernelCase *test, int input_count, void (*kernel)(Call *),
                           const char *message) {
  const Fault fault = run_case(test, input_count, kernel);
  cr_assert_eq(fault.status, STATUS_FAILED);
  cr_assert_str_eq(fault.message, message);
}

Test(factor, what_cannot_be_solved_is_told) {
  for (int64_t n = 3; n <= 40; n += 37) { /* by our own code, and by the library */
    KernelCase test = {.inputs = {square(DTYPE_F64, 1, n, 0), filled(BLANK(DTYPE_F64, n, 2))},
                       .output = BLANK(DTYPE_F64, 1, n, 2)};
    for (int64_t i = 0; i < n * n; i++) put(test.inputs, i, i % (n + 1) == 0);
    put(test.inputs, 2 * n + 2, 0);
    expect_refused(&test, 2, kernel_solve, "the matrix is singular (pivot 3 is 0)");
    expect_refused(&test, 2, kernel_trisolve, "the matrix is singular (pivot 3 is 0)");
    KernelCase one = {.inputs = {test.inputs[0]}, .output = BLANK(DTYPE_F64, 1, n, n)};
    expect_refused(&one, 1, kernel_inverse, "the matrix is singular (pivot 3 is 0)");
    put(one.inputs, 2 * n + 2, -4);
    expect_refused(&one, 1, kernel_cholesky,
                   "the matrix is not positive definite (pivot 3 is not above 0)");
    free(one.output.data);
    free_case(&test, 2);
  }
  KernelCase batch = {.inputs = {square(DTYPE_F32, 2, 2, 2)}, .output = BLANK(DTYPE_F32, 2, 2, 2)};
  for (int i = 4; i < 8; i++) put(batch.inputs, i, 1);
  expect_refused(&batch, 1, kernel_inverse, "the matrix is singular (pivot 2 is 0, matrix 1 of 2)");
  free_case(&batch, 1);
  team_stop();
}

Test(factor, not_a_number_goes_through) {
  KernelCase test = {.inputs = {symmetric(DTYPE_F64, 1, 20, 20)},
                     .output = BLANK(DTYPE_F64, 1, 20, 20)};
  put(test.inputs, 33, NAN);
  cr_assert_eq(run_case(&test, 1, kernel_cholesky).status, 0);
  cr_assert(isnan(get(&test.output, 0)));
  free(test.output.data);
  test.output = BLANK(DTYPE_F64, 1, 820);
  cr_assert_eq(run_case(&test, 1, kernel_svd).status, 0);
  cr_assert(isnan(get(&test.output, 819)));
  test.output.shape.dim[1] = 420;
  put(&test.output, 420, NAN);
  for (int i = 420; i < 420 + GUARD; i++) put(&test.output, i, NAN);
  cr_assert_eq(run_case(&test, 1, kernel_eigh).status, 0);
  cr_assert(isnan(get(&test.output, 0)));
  free_case(&test, 1);
  team_stop();
}

/* ---- without the library ---- */

Test(factor, works_without_the_library) {
  setenv("GD_LIBRARIES", "off", 1);
  cr_assert_str_eq(library_linear(), "");
  KernelCase test = {.inputs = {symmetric(DTYPE_F64, 1, 40, 40)},
                     .output = BLANK(DTYPE_F64, 1, 40, 40)};
  KernelCase twin = {.inputs = {test.inputs[0]}, .output = BLANK(DTYPE_F64, 1, 40, 40)};
  cr_assert_eq(run_case(&test, 1, kernel_inverse).status, 0);
  cr_assert_eq(run_case(&twin, 1, kernel_inverse_plain).status, 0);
  cr_assert_eq(memcmp(test.output.data, twin.output.data, 1600 * sizeof(double)), 0);
  check_svd(DTYPE_F64, 30, 20, 0);
  check_qr(DTYPE_F64, 30, 20);
  check_eigh(DTYPE_F64, 30);
  free(twin.output.data);
  free_case(&test, 1);
  team_stop();
}

/* Loading it leaves the environment as it was. */
Test(factor, library_keeps_the_environment) {
  setenv("OPENBLAS_NUM_THREADS", "7", 1);
  unsetenv("OMP_NUM_THREADS");
  unsetenv("OPENBLAS_CORETYPE");
  library_linear();
  cr_assert_str_eq(getenv("OPENBLAS_NUM_THREADS"), "7");
  cr_assert_null(getenv("OMP_NUM_THREADS"));
  cr_assert_null(getenv("OPENBLAS_CORETYPE"));
}

/* FAULTS.md E3: the f64 copies that a factorization works on are asked for before they are taken,
 * and given back. */
Test(factor, factorizations_keep_to_the_budget) {
  void (*const kernels[])(Call *) = {kernel_det, kernel_log_det, kernel_inverse, kernel_cholesky,
                                     kernel_qr,  kernel_svd,     kernel_eigh};
  KernelCase test = {.inputs = {BLANK(DTYPE_F32, 64, 64)}, .output = BLANK(DTYPE_F32, 3, 64, 64)};
  for (int64_t i = 0; i < 64; i++)
    for (int64_t j = 0; j < 64; j++) put(&test.inputs[0], i * 64 + j, i == j ? 2 : 0.01);
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    test.output.shape = test.inputs[0].shape;
    if (kernels[i] == kernel_det) test.output.shape.rank = 0;
    if (kernels[i] == kernel_log_det) test.output.shape = (Shape){1, {2}};
    if (kernels[i] == kernel_qr) test.output.shape = (Shape){1, {2 * 64 * 64}};
    if (kernels[i] == kernel_svd) test.output.shape = (Shape){1, {2 * 64 * 64 + 64}};
    if (kernels[i] == kernel_eigh) test.output.shape = (Shape){1, {64 * 64 + 64}};
    mem_budget(20000);
    unguarded(&test, kernels[i]);
    cr_assert_eq(test.fault.status, STATUS_MEMORY, "kernel %zu", i);
    cr_assert(strstr(test.fault.message, "factorizing needs "), "%s", test.fault.message);
    mem_budget(0);
    unguarded(&test, kernels[i]);
    cr_assert_eq(test.fault.status, 0, "kernel %zu: %s", i, test.fault.message);
    cr_assert_eq(mem_used_bytes(), 0);
  }
  free_case(&test, 1);
}
