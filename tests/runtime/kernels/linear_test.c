/* linear_test.c — matrix products against their plain twins, cut and batched in every way. */
#include "runtime/base/stop.h"
#include "runtime/kernels/linear.h"
#include "runtime/kernels/product.h"
#include "tests/runtime/kernels/guarded.h"

#include <stdio.h>
#include <string.h>

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
  KernelCase test = {.attrs = {flags & 1, flags & 2}};
  test.inputs[0] = flags & 1 ? filled(BLANK(dtype, k, m)) : filled(BLANK(dtype, m, k));
  test.inputs[1] = flags & 2 ? filled(BLANK(dtype, n, k)) : filled(BLANK(dtype, k, n));
  View first = BLANK(dtype, m, n);
  for (int threads = 1; threads <= 4; threads *= 2) {
    team_start(threads);
    test.output = BLANK(dtype, m, n);
    run_case(&test, 2, kernel_matmul);
    if (threads == 1) memcpy(first.data, test.output.data, (size_t)(m * n) * dtype_bytes(dtype));
    cr_assert_eq(memcmp(first.data, test.output.data, (size_t)(m * n) * dtype_bytes(dtype)), 0,
                 "%d threads differ, flags %d", threads, flags);
    free(test.output.data);
  }
  test.output = BLANK(dtype, m, n);
  run_case(&test, 2, kernel_matmul_plain);
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
  KernelCase test = {.attrs = {flags & 1, flags & 2}, .output = BLANK(dtype, m, n)};
  test.inputs[0] = flags & 1 ? filled(BLANK(dtype, k, m)) : filled(BLANK(dtype, m, k));
  test.inputs[1] = flags & 2 ? filled(BLANK(dtype, n, k)) : filled(BLANK(dtype, k, n));
  run_case(&test, 2, kernel_matmul);
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
  KernelCase test = {.inputs = {BLANK(DTYPE_F32, 3, 4, 5), filled(BLANK(DTYPE_F32, 5, 6))},
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

static void check_batch(KernelCase *test, const char *what) {
  View plain = test->output;
  plain.data = BLANK(test->output.dtype, count_of(&test->output)).data;
  cr_assert_eq(run_case(test, 2, kernel_matmul).status, 0);
  View fast = test->output;
  test->output = plain;
  run_case(test, 2, kernel_matmul_plain);
  expect_near(&fast, &plain, 40 * epsilon(plain.dtype), what);
  free(fast.data);
  free_case(test, 2);
}

Test(linear, batches_broadcast) {
  const Dtype f = DTYPE_F32;
  check_batch(&(KernelCase){.inputs = {filled(BLANK(f, 3, 4, 5)), filled(BLANK(f, 3, 5, 6))},
                            .output = BLANK(f, 3, 4, 6)},
              "both");
  check_batch(&(KernelCase){.inputs = {filled(BLANK(f, 3, 4, 5)), filled(BLANK(f, 5, 6))},
                            .output = BLANK(f, 3, 4, 6)},
              "one right");
  check_batch(&(KernelCase){.inputs = {filled(BLANK(f, 3, 5, 4)), filled(BLANK(f, 5, 6))},
                            .output = BLANK(f, 3, 4, 6),
                            .attrs = {1, 0}},
              "one right, left turned");
  check_batch(&(KernelCase){.inputs = {filled(BLANK(f, 4, 5)), filled(BLANK(f, 3, 6, 5))},
                            .output = BLANK(f, 3, 4, 6),
                            .attrs = {0, 1}},
              "one left");
  check_batch(&(KernelCase){.inputs = {filled(BLANK(f, 2, 1, 4, 5)), filled(BLANK(f, 3, 5, 1))},
                            .output = BLANK(f, 2, 3, 4, 1)},
              "crossed");
  check_batch(&(KernelCase){.inputs = {filled(BLANK(DTYPE_F64, 1, 2, 4, 5)),
                                       filled(BLANK(DTYPE_F64, 3, 1, 6, 5))},
                            .output = BLANK(DTYPE_F64, 3, 2, 4, 6),
                            .attrs = {0, 1}},
              "crossed f64");
  check_batch(&(KernelCase){.inputs = {filled(BLANK(f, 0, 4, 5)), filled(BLANK(f, 5, 6))},
                            .output = BLANK(f, 0, 4, 6)},
              "none");
  check_batch(&(KernelCase){.inputs = {filled(BLANK(f, 2, 4, 0)), filled(BLANK(f, 2, 0, 6))},
                            .output = BLANK(f, 2, 4, 6)},
              "an empty sum");
  team_stop();
}

Test(linear, whole_numbers_are_exact_or_refused) {
  KernelCase test = {.inputs = {filled(BLANK(DTYPE_I32, 3, 4)), filled(BLANK(DTYPE_I32, 4, 2))},
                     .output = BLANK(DTYPE_I32, 3, 2)};
  cr_assert_eq(run_case(&test, 2, kernel_matmul).status, 0);
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
  cr_assert_eq(run_case(&test, 2, kernel_matmul).status, 0);
  cr_assert_eq(get(&test.output, 0), 0);
  put(&test.inputs[0], 2, 5), put(&test.inputs[0], 3, 5);
  const Fault fault = run_case(&test, 2, kernel_matmul);
  cr_assert_eq(fault.status, STATUS_FAILED);
  cr_assert_str_eq(fault.message, "row 0, column 0 of the matrix product does not fit into i32");
  for (int i = 0; i < 4; i++) put(&test.inputs[0], i, INT32_MIN);
  /* the sum does not even fit into 64 bits */
  for (int i = 0; i < 8; i++) put(&test.inputs[1], i, INT32_MIN);
  cr_assert_eq(run_case(&test, 2, kernel_matmul).status, STATUS_FAILED);
  free_case(&test, 2);
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
