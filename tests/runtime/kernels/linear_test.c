/* linear_test.c — products and factorizations against their plain twins and against what defines
 * them. */
#include "runtime/base/stop.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/library.h"
#include "runtime/kernels/linear.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/kernels/product.h"

enum { GUARD = 16 }; /* elements behind every array that nobody may touch */

/* ---- arrays and calls ---- */

static uint64_t seed = 1;
static double draw(void) {
  /* -1 to 1 */
  return (double)(hash_mix(hash_mix(seed++, 12345), 6789) >> 11) / 4503599627370496.0 - 1;
}

static double get(const View *view, int64_t at) {
  return view->dtype == DTYPE_F32   ? (double)((float *)view->data)[at]
         : view->dtype == DTYPE_F64 ? ((double *)view->data)[at]
                                    : ((int32_t *)view->data)[at];
}
static void put(const View *view, int64_t at, double value) {
  if (view->dtype == DTYPE_F32) ((float *)view->data)[at] = (float)value;
  else if (view->dtype == DTYPE_F64) ((double *)view->data)[at] = value;
  else ((int32_t *)view->data)[at] = (int32_t)value;
}

static int64_t count_of(const View *view) {
  int64_t count = 1;
  for (int i = 0; i < view->shape.rank; i++) count *= view->shape.dim[i];
  return count;
}

/* A new array filled with NaN (or -7), guard included; free its data. */
static View blank(Dtype dtype, int rank, const int64_t *dims) {
  View view = {.dtype = dtype, .shape = {.rank = rank}};
  for (int i = 0; i < rank; i++) view.shape.dim[i] = dims[i];
  const int64_t count = count_of(&view) + GUARD;
  view.data = aligned_alloc(64, ((size_t)count * sizeof(double) + 63) / 64 * 64);
  for (int64_t i = 0; i < count; i++) put(&view, i, dtype == DTYPE_I32 ? -7 : (double)NAN);
  return view;
}
#define BLANK(dtype, ...) \
  blank(dtype, (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__})

static View filled(View view) {
  for (int64_t i = 0; i < count_of(&view); i++)
    put(&view, i, view.dtype == DTYPE_I32 ? floor(draw() * 1000) : draw());
  return view;
}

static void check_guard(const View *view) {
  for (int64_t i = 0; i < GUARD; i++) {
    const double value = get(view, count_of(view) + i);
    cr_assert(view->dtype == DTYPE_I32 ? value == -7 : isnan(value), "wrote past the end");
  }
}

typedef struct Case {
  View inputs[2];
  View output;
  int64_t attrs[2];
  Fault fault;
} Case;

static Fault run(Case *test, int input_count, void (*kernel)(Call *)) {
  test->fault = (Fault){0};
  Call call = {.input_count = input_count,
               .inputs = test->inputs,
               .output = test->output,
               .attrs = test->attrs,
               .attr_count = 2,
               .fault = &test->fault};
  kernel(&call);
  check_guard(&test->output);
  return test->fault;
}

/* One input, and an output of which only the beginning may be written. */
static void unguarded(Case *test, void (*kernel)(Call *)) {
  test->fault = (Fault){0};
  Call call = {
      .input_count = 1, .inputs = test->inputs, .output = test->output, .fault = &test->fault};
  kernel(&call);
}

static double epsilon(Dtype dtype) { return dtype == DTYPE_F32 ? FLT_EPSILON : DBL_EPSILON; }

/* A sum of k products of numbers below 1: partial sums grow as the root of k, and so do, among k
 * roundings of them, those that do not cancel. */
static double sum_tolerance(Dtype dtype, int64_t k) { return epsilon(dtype) * (4 + (double)k); }

static void expect_near(const View *got, const View *wanted, double tolerance, const char *what) {
  for (int64_t i = 0; i < count_of(wanted); i++) {
    const double a = get(got, i), b = get(wanted, i);
    cr_assert(fabs(a - b) <= tolerance * fmax(1, fabs(b)),
              "%s: element %ld is %.17g, not %.17g (off by %g, allowed %g)", what, (long)i, a, b,
              fabs(a - b), tolerance);
  }
}

static void free_case(Case *test, int input_count) {
  for (int i = 0; i < input_count; i++) free(test->inputs[i].data);
  free(test->output.data);
}

/* ---- the matrix product ---- */

static const int64_t SHAPES[][3] = {
    {0, 3, 2},   {2, 0, 3},   {3, 2, 0},   {1, 1, 1},     {1, 1, 300},  {2, 1, 2},
    {1, 2, 2},   {2, 2, 2},   {3, 5, 7},   {1, 70, 9},    {70, 1, 9},   {4, 33, 20},
    {5, 33, 20}, {13, 31, 5}, {12, 32, 8}, {25, 17, 257}, {64, 10, 33}, {49, 65, 300},
    {2, 40, 3},  {100, 1, 1}, {1, 1, 100}, {50, 50, 512}, {3, 129, 513}};

static void check_product(InstructionSet set, Dtype dtype, const int64_t shape[3], int flags) {
  const int64_t m = shape[0], n = shape[1], k = shape[2];
  View a = filled(BLANK(dtype, m, k)), b = filled(BLANK(dtype, k, n)),
       c = filled(BLANK(dtype, m, n)), d = BLANK(dtype, m, n);
  memcpy(d.data, c.data, (size_t)(m * n) * dtype_bytes(dtype));
  Product product = product_dense(dtype, m, n, k);
  product.set = set;
  product.a = a.data, product.b = b.data, product.c = c.data;
  product.a_transposed = flags & 1, product.b_transposed = flags & 2, product.add = flags & 4;
  if (product.a_transposed) product.a_stride = m;
  if (product.b_transposed) product.b_stride = k;
  product_run(&product);
  check_guard(&c);
  product.c = d.data;
  product_plain(&product);
  char what[100];
  snprintf(what, sizeof what, "set %d, %s, [%ld, %ld] [%ld, %ld], flags %d", (int)set,
           dtype == DTYPE_F32 ? "f32" : "f64", (long)m, (long)k, (long)k, (long)n, flags);
  expect_near(&c, &d, sum_tolerance(dtype, k), what);
  free(a.data), free(b.data), free(c.data), free(d.data);
}

Test(linear, product_is_the_sum_of_products) {
  for (int set = 0; set < SET_COUNT; set++)
    for (int i = 0; i < COUNT_OF(SHAPES) && tiles_has_set((InstructionSet)set); i++)
      for (int flags = 0; flags < 8; flags++) {
        check_product((InstructionSet)set, DTYPE_F32, SHAPES[i], flags);
        check_product((InstructionSet)set, DTYPE_F64, SHAPES[i], flags);
      }
  team_stop();
}

/* `product` on every set that is here: the bits of the baseline. */
static void check_sets(Product product, View *c, const void *before, const char *what) {
  const size_t bytes = (size_t)(product.m * product.n) * dtype_bytes(product.dtype);
  void *baseline = malloc(bytes + 1);
  product.c = c->data;
  for (int set = 0; set < SET_COUNT; set++) {
    if (!tiles_has_set((InstructionSet)set)) continue;
    memcpy(c->data, before, bytes);
    product.set = (InstructionSet)set;
    unsigned mode = kernels_enter();
    product_run(&product);
    kernels_leave(mode);
    if (set == SET_BASELINE) memcpy(baseline, c->data, bytes);
    else cr_assert(memcmp(baseline, c->data, bytes) == 0, "set %d: %s", set, what);
  }
  free(baseline);
}

static void check_sets_of(Dtype dtype, const int64_t shape[3], int flags, double zeros) {
  const int64_t m = shape[0], n = shape[1], k = shape[2];
  View a = filled(BLANK(dtype, m, k)), b = filled(BLANK(dtype, k, n)),
       c = filled(BLANK(dtype, m, n)), before = filled(BLANK(dtype, m, n));
  for (int64_t i = 0; i < m * k; i++)
    if (draw() < 2 * zeros - 1) put(&a, i, 0);
  Product product = product_dense(dtype, m, n, k);
  product.a = a.data, product.b = b.data;
  product.a_transposed = flags & 1, product.b_transposed = flags & 2, product.add = flags & 4;
  if (product.a_transposed) product.a_stride = m;
  if (product.b_transposed) product.b_stride = k;
  char what[100];
  snprintf(what, sizeof what, "[%ld, %ld] [%ld, %ld], flags %d, zeros %g", (long)m, (long)k,
           (long)k, (long)n, flags, zeros);
  check_sets(product, &c, before.data, what);
  free(a.data), free(b.data), free(c.data), free(before.data);
}

Test(linear, every_instruction_set_gives_the_same_bits) {
  static const int64_t shapes[][3] = {{1, 1, 1},      {2, 3, 70},     {1, 40, 133},
                                      {4, 5, 300},    {7, 33, 64},    {64, 128, 784},
                                      {128, 10, 600}, {10, 24, 3000}, {1, 700, 90}};
  for (int i = 0; i < COUNT_OF(shapes); i++)
    for (int flags = 0; flags < 8; flags++) {
      check_sets_of(DTYPE_F32, shapes[i], flags, 0);
      check_sets_of(DTYPE_F32, shapes[i], flags, 0.8);
      check_sets_of(DTYPE_F64, shapes[i], flags, 0);
    }
  team_stop();
}

/* Sums that a rounding of the product, or a second rounding of the sum, would get wrong: half way
 * between two floats but for a bit, with either sign; infinities, overflow, what is flushed. */
Test(linear, a_product_and_its_sum_are_rounded_once) {
  static const float hard[][3] = {{0x1p0f, 0x1p0f, 0x1p-24f},
                                  {0x1.000002p0f, 0x1p0f, 0x1p-24f},
                                  {0x1.000002p0f, 0x1p-24f, 0x1p0f},
                                  {0x1.fffffep-25f, 0x1p0f, 0x1p0f},
                                  {0x1.000002p-12f, 0x1.000002p-12f, 0x1p0f},
                                  {-0x1.000002p-12f, 0x1.000002p-12f, 0x1.000002p0f},
                                  {0x1.fffffep-13f, 0x1.000002p-12f, 0x1p0f},
                                  {0x1.fffffep-13f, -0x1.000002p-12f, -0x1p0f},
                                  {0x1p127f, 0x1p1f, -0x1p127f},
                                  {0x1.fffffep127f, 0x1p0f, 0x1p103f},
                                  {0x1.fffffep127f, 0x1p0f, 0x1.fffffep102f},
                                  {0x1p-100f, 0x1p-30f, 0},
                                  {0x1p-100f, 0x1.fffffep-27f, 0x1p-126f},
                                  {0x1.8p-126f, 0x1p-1f, 0},
                                  {INFINITY, 1, -1},
                                  {0, 5, -0.0f}};
  const int64_t shape[] = {1, 1, 1};
  for (int i = 0; i < COUNT_OF(hard); i++) {
    View a = BLANK(DTYPE_F32, shape[0], shape[1]), b = BLANK(DTYPE_F32, shape[0], shape[1]),
         c = BLANK(DTYPE_F32, shape[0], shape[1]);
    put(&a, 0, (double)hard[i][0]), put(&b, 0, (double)hard[i][1]);
    Product product = product_dense(DTYPE_F32, 1, 1, 1);
    product.a = a.data, product.b = b.data;
    product.add = true;
    char what[60];
    snprintf(what, sizeof what, "case %d", i);
    check_sets(product, &c, &hard[i][2], what);
    free(a.data), free(b.data), free(c.data);
    /* two terms, of which the first makes the sum that the second is added to; rows enough for a
     * tile */
    enum { ROWS = 8 };
    float pairs[ROWS][2], with[2] = {1, hard[i][1]}, sums[ROWS];
    for (int r = 0; r < ROWS; r++) pairs[r][0] = hard[i][2], pairs[r][1] = hard[i][0];
    product = product_dense(DTYPE_F32, ROWS, 1, 2);
    product.a = pairs, product.b = with, product.c = sums;
    for (int set = 0; set < SET_COUNT; set++) {
      if (!tiles_has_set((InstructionSet)set)) continue;
      product.set = (InstructionSet)set;
      unsigned mode = kernels_enter();
      product_run(&product);
      float want = fmaf(hard[i][0], with[1], fmaf(hard[i][2], with[0], 0));
      kernels_leave(mode);
      for (int r = 0; r < ROWS; r++)
        cr_assert(memcmp(&sums[r], &want, sizeof want) == 0, "set %d, case %d: %a, not %a", set, i,
                  (double)sums[r], (double)want);
    }
  }
}

/* Large enough to be cut along every axis, for rows a power of two apart, and for a long sum of a
 * small product. */
static const int64_t LARGE[][3] = {{300, 520, 40},  {64, 128, 784}, {256, 96, 1024},
                                   {10, 24, 30000}, {1, 3000, 700}, {3000, 1, 700}};

static void check_threads(Dtype dtype, const int64_t shape[3], int flags) {
  const int64_t m = shape[0], n = shape[1], k = shape[2];
  Case test = {.attrs = {flags & 1, flags & 2}};
  test.inputs[0] = flags & 1 ? filled(BLANK(dtype, k, m)) : filled(BLANK(dtype, m, k));
  test.inputs[1] = flags & 2 ? filled(BLANK(dtype, n, k)) : filled(BLANK(dtype, k, n));
  View first = BLANK(dtype, m, n);
  for (int threads = 1; threads <= 4; threads *= 2) {
    team_start(threads);
    test.output = BLANK(dtype, m, n);
    run(&test, 2, kernel_matmul);
    if (threads == 1) memcpy(first.data, test.output.data, (size_t)(m * n) * dtype_bytes(dtype));
    cr_assert_eq(memcmp(first.data, test.output.data, (size_t)(m * n) * dtype_bytes(dtype)), 0,
                 "%d threads differ, flags %d", threads, flags);
    free(test.output.data);
  }
  test.output = BLANK(dtype, m, n);
  run(&test, 2, kernel_matmul_plain);
  expect_near(&first, &test.output, sum_tolerance(dtype, k), "large product");
  free(first.data);
  free_case(&test, 2);
}

Test(linear, threads_give_equal_bits) {
  for (int i = 0; i < COUNT_OF(LARGE); i++)
    for (int flags = 0; flags < 4; flags++) {
      check_threads(DTYPE_F32, LARGE[i], flags);
      if (i < 3) check_threads(DTYPE_F64, LARGE[i], flags);
    }
  team_stop();
}

/* ---- the hook ---- */

typedef struct Finished {
  const View *c;
  const double *wanted; /* c as it must be when its rows are finished */
  int64_t rows, columns;
  _Atomic int calls;
  _Atomic int seen[3001]; /* how often each row */
  _Atomic int wrong;
} Finished;

/* Looks at the rows, and spoils them: nobody may write or read them after this. */
static void finish_rows(void *context, int64_t row, int64_t rows) {
  Finished *finished = context;
  finished->calls++;
  if (row % 4 || row < 0 || rows < 1 || row + rows > finished->rows) finished->wrong++;
  for (int64_t i = row; i < row + rows; i++) {
    finished->seen[i]++;
    for (int64_t j = 0; j < finished->columns; j++) {
      if (get(finished->c, i * finished->columns + j) !=
          finished->wanted[i * finished->columns + j])
        finished->wrong++;
      put(finished->c, i * finished->columns + j, -3);
    }
  }
}

/* Gives how often finish was called. */
static int check_hook(Dtype dtype, const int64_t shape[3], int flags) {
  const int64_t m = shape[0], n = shape[1], k = shape[2];
  Case test = {.attrs = {flags & 1, flags & 2}, .output = BLANK(dtype, m, n)};
  test.inputs[0] = flags & 1 ? filled(BLANK(dtype, k, m)) : filled(BLANK(dtype, m, k));
  test.inputs[1] = flags & 2 ? filled(BLANK(dtype, n, k)) : filled(BLANK(dtype, k, n));
  run(&test, 2, kernel_matmul);
  double *wanted = calloc((size_t)(m * n + 1), sizeof(double));
  for (int64_t i = 0; i < m * n; i++) wanted[i] = get(&test.output, i);
  int calls = -1;
  for (int threads = 1; threads <= 4; threads++) {
    team_start(threads);
    Finished finished = {.c = &test.output, .wanted = wanted, .rows = m, .columns = n};
    Call call = {.input_count = 2,
                 .inputs = test.inputs,
                 .output = test.output,
                 .attrs = test.attrs,
                 .attr_count = 2,
                 .fault = &test.fault};
    cr_assert(linear_matmul_then(&call, finish_rows, &finished));
    cr_assert_eq(finished.wrong, 0);
    for (int64_t i = 0; i < m; i++)
      cr_assert_eq(finished.seen[i], 1, "row %ld of %ld was finished %d times", (long)i, (long)m,
                   finished.seen[i]);
    cr_assert(calls == -1 || calls == finished.calls, "groups depend on threads");
    calls = finished.calls;
    check_guard(&test.output);
  }
  free(wanted);
  free_case(&test, 2);
  return calls;
}

/* Cut along rows, along both sides, along the sum; a column, a row, one part, nothing. */
static const int64_t HOOKED[][3] = {{64, 128, 784}, {784, 128, 64}, {300, 520, 40}, {10, 24, 30000},
                                    {3000, 1, 700}, {1, 3000, 700}, {5, 7, 9},      {0, 3, 2},
                                    {3, 0, 2},      {2, 3, 0}};

Test(linear, each_row_is_finished_once) {
  for (int i = 0; i < COUNT_OF(HOOKED); i++)
    for (int flags = 0; flags < 4; flags++) {
      const int calls = check_hook(DTYPE_F32, HOOKED[i], flags);
      if (HOOKED[i][0] == 0) cr_assert_eq(calls, 0);
      if (HOOKED[i][0] == 784 && flags < 2)
        cr_assert(calls > 1, "a weight's gradient has several groups");
      check_hook(DTYPE_F64, HOOKED[i], flags);
    }
  team_stop();
}

/* Many matrices against one are the rows of one product; other batches are the caller's to finish.
 */
Test(linear, batches_say_whether_they_were_finished) {
  Finished finished = {.rows = 12, .columns = 6, .wanted = (double[72]){0}};
  Case test = {.inputs = {BLANK(DTYPE_F32, 3, 4, 5), filled(BLANK(DTYPE_F32, 5, 6))},
               .output = BLANK(DTYPE_F32, 3, 4, 6)};
  for (int64_t i = 0; i < 60; i++) put(&test.inputs[0], i, 0);
  finished.c = &test.output;
  Call call = {.input_count = 2,
               .inputs = test.inputs,
               .output = test.output,
               .attrs = test.attrs,
               .attr_count = 2,
               .fault = &test.fault};
  cr_assert(linear_matmul_then(&call, finish_rows, &finished));
  for (int i = 0; i < 12; i++) cr_assert_eq(finished.seen[i], 1);
  cr_assert_eq(finished.wrong, 0);
  free(test.inputs[1].data);
  test.inputs[1] = filled(BLANK(DTYPE_F32, 3, 5, 6));
  cr_assert(!linear_matmul_then(&call, finish_rows, &finished));
  cr_assert_eq(finished.seen[0], 1);
  cr_assert_eq(get(&test.output, 71), 0, "it is worked out all the same");
  free_case(&test, 2);
  team_stop();
}

/* A part by itself has the bits that it has in the whole, wherever its edges lie. */
Test(linear, block_has_the_bits_of_the_whole) {
  View a = filled(BLANK(DTYPE_F32, 37, 300)), b = filled(BLANK(DTYPE_F32, 300, 70)),
       c = BLANK(DTYPE_F32, 37, 70), d = BLANK(DTYPE_F32, 37, 70);
  Product product = product_dense(DTYPE_F32, 37, 70, 300);
  product.a = a.data, product.b = b.data, product.c = c.data;
  product_run(&product);
  product.c = d.data;
  for (int64_t i = 0; i < 37; i += 10)
    for (int64_t j = 0; j < 70; j += 23)
      product_block(&product,
                    &(Part){i, i + 10 < 37 ? 10 : 37 - i, j, j + 23 < 70 ? 23 : 70 - j, 0, 300});
  cr_assert_eq(memcmp(c.data, d.data, 37 * 70 * sizeof(float)), 0);
  check_guard(&d);
  free(a.data), free(b.data), free(c.data), free(d.data);
  team_stop();
}

/* Around the rule by which a pass becomes a part: W2's first layer, the most rows, one more, two
 * passes, two parts along n, three passes, a large b; small ones for the harsh build. */
static const int64_t PASSED[][3] = {{64, 128, 784}, {98, 40, 784}, {99, 40, 784},  {33, 129, 512},
                                    {16, 640, 512}, {9, 300, 600}, {8, 1100, 784}, {6, 130, 24},
                                    {12, 150, 48},  {13, 150, 48}};

/* Whole against pass after pass on one thread, rows of c apart.  Gives whether passes were parts.
 */
static bool check_passes(Dtype dtype, const int64_t shape[3], int flags) {
  const int64_t m = shape[0], n = shape[1], k = shape[2], apart = n + 3;
  const size_t bytes = (size_t)(m * apart) * dtype_bytes(dtype);
  View a = filled(BLANK(dtype, m, k)), b = filled(BLANK(dtype, k, n)), c = BLANK(dtype, m, apart),
       d = filled(BLANK(dtype, m, apart)), before = BLANK(dtype, m, apart);
  for (int64_t i = 0; flags & 4 && i < m * k; i++)
    if (i % 5) put(&a, i, 0);
  memcpy(before.data, d.data, bytes);
  Product product = product_dense(dtype, m, n, k);
  product.a = a.data, product.b = b.data, product.c = d.data, product.c_stride = apart;
  product.a_transposed = flags & 1, product.add = flags & 2;
  if (product.a_transposed) product.a_stride = m;
  product_block(&product, &(Part){0, m, 0, n, 0, k});
  double *wanted = calloc((size_t)(m * apart), sizeof(double));
  for (int64_t i = 0; i < m * apart; i++) wanted[i] = get(&d, i);
  product.c = c.data;
  for (int threads = 1; threads <= 4; threads *= 2) {
    team_start(threads);
    memcpy(c.data, before.data, bytes);
    product_run(&product);
    cr_assert_eq(memcmp(c.data, d.data, bytes), 0, "[%ld, %ld, %ld], flags %d, %d threads", (long)m,
                 (long)n, (long)k, flags, threads);
    memcpy(c.data, before.data, bytes);
    Finished finished = {.c = &c, .wanted = wanted, .rows = m, .columns = apart};
    product_run_then(&product, finish_rows, &finished);
    cr_assert_eq(finished.wrong, 0);
    for (int64_t i = 0; i < m; i++) cr_assert_eq(finished.seen[i], 1);
    check_guard(&c);
  }
  free(a.data), free(b.data), free(c.data), free(d.data), free(before.data), free(wanted);
  return product_cut(&product).pass_parts > 1;
}

Test(linear, passes_have_the_bits_of_one_after_the_other) {
  int passed = 0, others = 0;
  for (int i = 0; i < COUNT_OF(PASSED); i++)
    for (int flags = 0; flags < 8; flags++)
      for (int wide = 0; wide < 2; wide++)
        *(check_passes(wide ? DTYPE_F64 : DTYPE_F32, PASSED[i], flags) ? &passed : &others) += 1;
  cr_assert(passed > 0 && others > 0, "%d products by passes, %d otherwise", passed, others);
  team_stop();
}

/* The cut is asked for W2's first layer and for what would lose by it: more rows, an uneven number
 * of passes, a b that no cache holds, one that is turned. */
Test(linear, passes_are_parts_where_b_stays) {
#if !defined(GD_HARSH)
  for (int wide = 0; wide < 2; wide++) {
    const Dtype dtype = wide ? DTYPE_F64 : DTYPE_F32;
    Product product = product_dense(dtype, 64, 128, 784);
    cr_assert_eq(product_cut(&product).pass_parts, 4);
    product.b_transposed = true;
    cr_assert_eq(product_cut(&product).pass_parts, 1);
    product = product_dense(dtype, 128, 128, 784);
    cr_assert_eq(product_cut(&product).pass_parts, 1);
    product = product_dense(dtype, 64, 128, 600);
    cr_assert_eq(product_cut(&product).pass_parts, 1);
    product = product_dense(dtype, 64, 4096, 784);
    cr_assert_eq(product_cut(&product).pass_parts, 1);
  }
#endif
}

static void check_batch(Case *test, const char *what) {
  View plain = test->output;
  plain.data = BLANK(test->output.dtype, count_of(&test->output)).data;
  cr_assert_eq(run(test, 2, kernel_matmul).status, 0);
  View fast = test->output;
  test->output = plain;
  run(test, 2, kernel_matmul_plain);
  expect_near(&fast, &plain, 40 * epsilon(plain.dtype), what);
  free(fast.data);
  free_case(test, 2);
}

Test(linear, batches_broadcast) {
  const Dtype f = DTYPE_F32;
  check_batch(&(Case){.inputs = {filled(BLANK(f, 3, 4, 5)), filled(BLANK(f, 3, 5, 6))},
                      .output = BLANK(f, 3, 4, 6)},
              "both");
  check_batch(&(Case){.inputs = {filled(BLANK(f, 3, 4, 5)), filled(BLANK(f, 5, 6))},
                      .output = BLANK(f, 3, 4, 6)},
              "one right");
  check_batch(&(Case){.inputs = {filled(BLANK(f, 3, 5, 4)), filled(BLANK(f, 5, 6))},
                      .output = BLANK(f, 3, 4, 6),
                      .attrs = {1, 0}},
              "one right, left turned");
  check_batch(&(Case){.inputs = {filled(BLANK(f, 4, 5)), filled(BLANK(f, 3, 6, 5))},
                      .output = BLANK(f, 3, 4, 6),
                      .attrs = {0, 1}},
              "one left");
  check_batch(&(Case){.inputs = {filled(BLANK(f, 2, 1, 4, 5)), filled(BLANK(f, 3, 5, 1))},
                      .output = BLANK(f, 2, 3, 4, 1)},
              "crossed");
  check_batch(&(Case){.inputs = {filled(BLANK(DTYPE_F64, 1, 2, 4, 5)),
                                 filled(BLANK(DTYPE_F64, 3, 1, 6, 5))},
                      .output = BLANK(DTYPE_F64, 3, 2, 4, 6),
                      .attrs = {0, 1}},
              "crossed f64");
  check_batch(&(Case){.inputs = {filled(BLANK(f, 0, 4, 5)), filled(BLANK(f, 5, 6))},
                      .output = BLANK(f, 0, 4, 6)},
              "none");
  check_batch(&(Case){.inputs = {filled(BLANK(f, 2, 4, 0)), filled(BLANK(f, 2, 0, 6))},
                      .output = BLANK(f, 2, 4, 6)},
              "an empty sum");
  team_stop();
}

Test(linear, whole_numbers_are_exact_or_refused) {
  Case test = {.inputs = {filled(BLANK(DTYPE_I32, 3, 4)), filled(BLANK(DTYPE_I32, 4, 2))},
               .output = BLANK(DTYPE_I32, 3, 2)};
  cr_assert_eq(run(&test, 2, kernel_matmul).status, 0);
  for (int i = 0; i < 6; i++) {
    double sum = 0;
    for (int p = 0; p < 4; p++)
      sum += get(&test.inputs[0], i / 2 * 4 + p) * get(&test.inputs[1], p * 2 + i % 2);
    cr_assert_eq(get(&test.output, i), sum);
  }
  /* passes 2^31 on the way, but the sum fits */
  const int32_t a[4] = {INT32_MAX, INT32_MAX, -INT32_MAX, -INT32_MAX};
  for (int i = 0; i < 12; i++) put(&test.inputs[0], i, i < 4 ? a[i] : 0);
  for (int i = 0; i < 8; i++) put(&test.inputs[1], i, i % 2 ? INT32_MIN : 1);
  cr_assert_eq(run(&test, 2, kernel_matmul).status, 0);
  cr_assert_eq(get(&test.output, 0), 0);
  put(&test.inputs[0], 2, 5), put(&test.inputs[0], 3, 5);
  const Fault fault = run(&test, 2, kernel_matmul);
  cr_assert_eq(fault.status, STATUS_FAILED);
  cr_assert_str_eq(fault.message, "row 0, column 0 of the matrix product does not fit into i32");
  for (int i = 0; i < 4; i++) put(&test.inputs[0], i, INT32_MIN);
  /* the sum does not even fit into 64 bits */
  for (int i = 0; i < 8; i++) put(&test.inputs[1], i, INT32_MIN);
  cr_assert_eq(run(&test, 2, kernel_matmul).status, STATUS_FAILED);
  free_case(&test, 2);
}

/* ---- factorizations: each against its twin, at sizes on both sides of what the library gets ----
 */

static const int64_t SIZES[] = {0, 1, 2, 3, 5, 16, 17, 33, 40};

typedef void Kernel2(Call *call);

/* Runs the kernel and its twin on the same inputs; test->output keeps the kernel's result. */
static void check_twin(Case *test, int input_count, Kernel2 *kernel, Kernel2 *plain,
                       const char *what) {
  Case twin = *test;
  const View *out = &test->output;
  twin.output = blank(out->dtype, out->shape.rank, out->shape.dim);
  cr_assert_eq(run(test, input_count, kernel).status, 0, "%s: %s", what, test->fault.message);
  cr_assert_eq(run(&twin, input_count, plain).status, 0, "%s: %s", what, twin.fault.message);
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
  Case test = {.inputs = {square(dtype, 2, n, (double)n), filled(BLANK(dtype, 2, n, 3))},
               .output = BLANK(dtype, 2, n, 3)};
  check_twin(&test, 2, kernel_solve, kernel_solve_plain, "solve");
  for (int64_t q = 0; q < 2; q++)
    expect_product((Block){&test.inputs[0], q * n * n, n, 1},
                   (Block){&test.output, q * n * 3, 3, 1},
                   (Block){&test.inputs[1], q * n * 3, 3, 1}, (int64_t[]){n, 3, n},
                   200 * (double)(n + 1) * epsilon(dtype), "solve");
  free_case(&test, 2);
  Case inverse = {.inputs = {square(dtype, 2, n, (double)n)}, .output = BLANK(dtype, 2, n, n)};
  check_twin(&inverse, 1, kernel_inverse, kernel_inverse_plain, "inverse");
  expect_product((Block){&inverse.inputs[0], n * n, n, 1}, (Block){&inverse.output, n * n, n, 1},
                 (Block){0}, (int64_t[]){n, n, n}, 200 * (double)(n + 1) * epsilon(dtype),
                 "inverse");
  free_case(&inverse, 1);
}

static void check_triangles(Dtype dtype, int64_t n) {
  for (int64_t flags = 0; flags < 4; flags++) {
    Case test = {.inputs = {square(dtype, 3, n, (double)n), filled(BLANK(dtype, n, 2))},
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
  Case test = {.inputs = {symmetric(dtype, 2, n, (double)n)}, .output = BLANK(dtype, 2, n, n)};
  check_twin(&test, 1, kernel_cholesky, kernel_cholesky_plain, "cholesky");
  expect_product((Block){&test.output, n * n, n, 1}, (Block){&test.output, n * n, 1, n},
                 (Block){&test.inputs[0], n * n, n, 1}, (int64_t[]){n, n, n},
                 200 * (double)(n + 1) * epsilon(dtype), "cholesky");
  for (int64_t e = 0; e < n * n; e++)
    cr_assert(e % n <= e / n || get(&test.output, e) == 0, "above the diagonal");
  free_case(&test, 1);
}

Test(linear, solve_inverse_cholesky_trisolve) {
  for (int i = 0; i < COUNT_OF(SIZES); i++) {
    check_solve(DTYPE_F64, SIZES[i]);
    check_solve(DTYPE_F32, SIZES[i]);
    check_triangles(DTYPE_F64, SIZES[i]);
    check_triangles(DTYPE_F32, SIZES[i]);
  }
  team_stop();
}

Test(linear, det) {
  for (int i = 0; i < COUNT_OF(SIZES); i++) {
    Case test = {.inputs = {square(DTYPE_F64, 3, SIZES[i], 1)}, .output = BLANK(DTYPE_F64, 3)};
    check_twin(&test, 1, kernel_det, kernel_det_plain, "det");
    if (SIZES[i] == 0) cr_assert_eq(get(&test.output, 0), 1);
    if (SIZES[i] == 2)
      cr_assert_float_eq(get(&test.output, 1),
                         get(test.inputs, 4) * get(test.inputs, 7) -
                             get(test.inputs, 5) * get(test.inputs, 6),
                         1e-14);
    free_case(&test, 1);
  }
  Case zero = {.inputs = {BLANK(DTYPE_F32, 3, 3)}, .output = BLANK(DTYPE_F32, 1)};
  for (int i = 0; i < 9; i++) put(zero.inputs, i, 2);
  zero.output.shape.rank = 0;
  cr_assert_eq(run(&zero, 1, kernel_det).status, 0);
  cr_assert_eq(((float *)zero.output.data)[0], 0);
  free_case(&zero, 1);
  team_stop();
}

static void check_qr(Dtype dtype, int64_t m, int64_t n) {
  const int64_t k = m < n ? m : n, count = m * k + k * n;
  Case test = {.inputs = {filled(BLANK(dtype, 2, m, n))}, .output = BLANK(dtype, 2, count)};
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
  Case test = {.inputs = {filled(BLANK(dtype, 2, m, n))}, .output = BLANK(dtype, 2, count)};
  for (int64_t i = rank * n; i < m * n;
       i++) /* the second matrix's later rows repeat the earlier ones */
    if (rank > 0) put(test.inputs, m * n + i, get(test.inputs, m * n + i - rank * n));
  if (rank == 0) {
    check_twin(&test, 1, kernel_svd, kernel_svd_plain, "svd");
  } else {
    cr_assert_eq(run(&test, 1, kernel_svd).status, 0);
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
  Case test = {.inputs = {symmetric(dtype, 2, n, 0)}, .output = BLANK(dtype, 2, count)};
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

Test(linear, qr_svd_eigh) {
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

static void expect_refused(Case *test, int input_count, void (*kernel)(Call *),
                           const char *message) {
  const Fault fault = run(test, input_count, kernel);
  cr_assert_eq(fault.status, STATUS_FAILED);
  cr_assert_str_eq(fault.message, message);
}

Test(linear, what_cannot_be_solved_is_told) {
  for (int64_t n = 3; n <= 40; n += 37) { /* by our own code, and by the library */
    Case test = {.inputs = {square(DTYPE_F64, 1, n, 0), filled(BLANK(DTYPE_F64, n, 2))},
                 .output = BLANK(DTYPE_F64, 1, n, 2)};
    for (int64_t i = 0; i < n * n; i++) put(test.inputs, i, i % (n + 1) == 0);
    put(test.inputs, 2 * n + 2, 0);
    expect_refused(&test, 2, kernel_solve, "the matrix is singular (pivot 3 is 0)");
    expect_refused(&test, 2, kernel_trisolve, "the matrix is singular (pivot 3 is 0)");
    Case one = {.inputs = {test.inputs[0]}, .output = BLANK(DTYPE_F64, 1, n, n)};
    expect_refused(&one, 1, kernel_inverse, "the matrix is singular (pivot 3 is 0)");
    put(one.inputs, 2 * n + 2, -4);
    expect_refused(&one, 1, kernel_cholesky,
                   "the matrix is not positive definite (pivot 3 is not above 0)");
    free(one.output.data);
    free_case(&test, 2);
  }
  Case batch = {.inputs = {square(DTYPE_F32, 2, 2, 2)}, .output = BLANK(DTYPE_F32, 2, 2, 2)};
  for (int i = 4; i < 8; i++) put(batch.inputs, i, 1);
  expect_refused(&batch, 1, kernel_inverse, "the matrix is singular (pivot 2 is 0, matrix 1 of 2)");
  free_case(&batch, 1);
  team_stop();
}

Test(linear, not_a_number_goes_through) {
  Case test = {.inputs = {symmetric(DTYPE_F64, 1, 20, 20)}, .output = BLANK(DTYPE_F64, 1, 20, 20)};
  put(test.inputs, 33, NAN);
  cr_assert_eq(run(&test, 1, kernel_cholesky).status, 0);
  cr_assert(isnan(get(&test.output, 0)));
  free(test.output.data);
  test.output = BLANK(DTYPE_F64, 1, 820);
  cr_assert_eq(run(&test, 1, kernel_svd).status, 0);
  cr_assert(isnan(get(&test.output, 819)));
  test.output.shape.dim[1] = 420;
  put(&test.output, 420, NAN);
  for (int i = 420; i < 420 + GUARD; i++) put(&test.output, i, NAN);
  cr_assert_eq(run(&test, 1, kernel_eigh).status, 0);
  cr_assert(isnan(get(&test.output, 0)));
  free_case(&test, 1);
  team_stop();
}

/* Four hundred billion terms: minutes of work, left at once when the user wants to stop. */
Test(linear, an_interrupt_ends_a_long_product, .timeout = 600) {
  const int64_t n = 200000;
  float *row = aligned_alloc(64, (size_t)n * 16 * sizeof(float));
  for (int64_t i = 0; i < n * 16; i++) row[i] = 1;
  Product product = product_dense(DTYPE_F32, n, n, 10);
  product.a = row, product.b = row, product.c = row; /* nothing must be written */
  product.c_stride = 0;
  stop_asked = 1;
  product_run(&product);
  for (int64_t i = 0; i < n * 16; i++) cr_assert_eq(row[i], 1);
  stop_asked = 0;
  free(row);
  team_stop();
}

/* ---- without the library ---- */

Test(linear, works_without_the_library) {
  setenv("GD_LIBRARIES", "off", 1);
  cr_assert_str_eq(library_linear(), "");
  Case test = {.inputs = {symmetric(DTYPE_F64, 1, 40, 40)}, .output = BLANK(DTYPE_F64, 1, 40, 40)};
  Case twin = {.inputs = {test.inputs[0]}, .output = BLANK(DTYPE_F64, 1, 40, 40)};
  cr_assert_eq(run(&test, 1, kernel_inverse).status, 0);
  cr_assert_eq(run(&twin, 1, kernel_inverse_plain).status, 0);
  cr_assert_eq(memcmp(test.output.data, twin.output.data, 1600 * sizeof(double)), 0);
  check_svd(DTYPE_F64, 30, 20, 0);
  check_qr(DTYPE_F64, 30, 20);
  check_eigh(DTYPE_F64, 30);
  free(twin.output.data);
  free_case(&test, 1);
  team_stop();
}

/* Loading it leaves the environment as it was. */
Test(linear, library_keeps_the_environment) {
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
Test(linear, factorizations_keep_to_the_budget) {
  void (*const kernels[])(Call *) = {kernel_det, kernel_inverse, kernel_cholesky,
                                     kernel_qr,  kernel_svd,     kernel_eigh};
  Case test = {.inputs = {BLANK(DTYPE_F32, 64, 64)}, .output = BLANK(DTYPE_F32, 3, 64, 64)};
  for (int64_t i = 0; i < 64; i++)
    for (int64_t j = 0; j < 64; j++) put(&test.inputs[0], i * 64 + j, i == j ? 2 : 0.01);
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    test.output.shape = test.inputs[0].shape;
    if (kernels[i] == kernel_det) test.output.shape.rank = 0;
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
