/* sparse_test.c — products that leave out zeros: the dense bits at every density, and infinities
 * beside zeros. */
#include "runtime/kernels/sparse.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

static uint64_t seed = 1;
static double draw(void) {
  return (double)(hash_mix(hash_mix(seed++, 12345), 6789) >> 11) / 9007199254740992.0;
} /* 0 to 1 */

/* A product whose matrices' rows lie further apart than they are long, and all that is needed to
 * work it out twice. */
typedef struct Trial {
  Product product;
  size_t size, c_bytes;
  void *a, *b, *c, *start; /* start: c before anything */
} Trial;

static void put(const Trial *trial, void *matrix, int64_t at, double value) {
  if (trial->product.dtype == DTYPE_F32) ((float *)matrix)[at] = (float)value;
  else ((double *)matrix)[at] = value;
}
static double get(const Trial *trial, const void *matrix, int64_t at) {
  return trial->product.dtype == DTYPE_F32 ? (double)((const float *)matrix)[at]
                                           : ((const double *)matrix)[at];
}
static int64_t at_a(const Product *p, int64_t i, int64_t q) {
  return p->a_transposed ? q * p->a_stride + i : i * p->a_stride + q;
}
static int64_t at_b(const Product *p, int64_t q, int64_t j) {
  return p->b_transposed ? j * p->b_stride + q : q * p->b_stride + j;
}

static void *filled(const Trial *trial, int64_t count, double density) {
  void *matrix = mem_alloc((size_t)count * trial->size);
  for (int64_t i = 0; i < count; i++)
    put(trial, matrix, i, draw() < density ? draw() - 0.5 : draw() < 0.5 ? 0.0 : -0.0);
  return matrix;
}

/* flags: 1 a transposed, 2 b transposed, 4 added to c. */
static Trial trial_of(InstructionSet set, Dtype dtype, const int64_t shape[3], int flags,
                      double density) {
  const int64_t m = shape[0], n = shape[1], k = shape[2];
  Trial trial = {.product = product_dense(dtype, m, n, k), .size = dtype_bytes(dtype)};
  Product *p = &trial.product;
  p->set = set;
  p->a_transposed = flags & 1, p->b_transposed = flags & 2, p->add = flags & 4;
  p->a_stride = (p->a_transposed ? m : k) + 3, p->b_stride = (p->b_transposed ? k : n) + 5,
  p->c_stride = n + 1;
  p->a = trial.a = filled(&trial, (p->a_transposed ? k : m) * p->a_stride, density);
  p->b = trial.b = filled(&trial, (p->b_transposed ? n : k) * p->b_stride, 1);
  trial.c_bytes = (size_t)(m * p->c_stride) * trial.size;
  trial.start = filled(&trial, m * p->c_stride, 1);
  p->c = trial.c = mem_alloc(trial.c_bytes);
  memcpy(trial.c, trial.start, trial.c_bytes);
  return trial;
}

static void trial_end(Trial *trial) {
  mem_free(trial->a), mem_free(trial->b), mem_free(trial->c), mem_free(trial->start);
}

/* The same product a row at a time: a part of one row is always dense. */
static void *dense_of(const Trial *trial) {
  Product product = trial->product;
  product.c = mem_alloc(trial->c_bytes);
  memcpy(product.c, trial->start, trial->c_bytes);
  for (int64_t i = 0; i < product.m; i++)
    product_block(&product, &(Part){i, 1, 0, product.n, 0, product.k});
  return product.c;
}

static void expect_bits(const Trial *trial, const char *wanted, const char *what) {
  for (int64_t i = 0; i < (int64_t)(trial->c_bytes / trial->size); i++) {
    if (memcmp((char *)trial->c + (size_t)i * trial->size, wanted + (size_t)i * trial->size,
               trial->size) == 0)
      continue;
    const double got = get(trial, trial->c, i), want = get(trial, wanted, i);
    cr_assert(isnan(got) && isnan(want), "%s: element %ld is %.17g, not %.17g (set %d, %ld terms)",
              what, (long)i, got, want, (int)trial->product.set, (long)trial->product.k);
  }
}

static void run_in_blocks(const Trial *trial) {
  const Product *p = &trial->product;
  for (int64_t i = 0; i < p->m; i += 24)
    product_block(p, &(Part){i, p->m - i < 24 ? p->m - i : 24, 0, p->n, 0, p->k});
}

static void expect_sums(const Trial *trial) {
  Product plain = trial->product;
  plain.c = mem_alloc(trial->c_bytes);
  memcpy(plain.c, trial->start, trial->c_bytes);
  product_plain(&plain);
  const double tolerance = (plain.dtype == DTYPE_F32 ? FLT_EPSILON : DBL_EPSILON) *
                           (4 + (double)plain.k);
  for (int64_t i = 0; i < plain.m * plain.c_stride; i++) {
    const double got = get(trial, trial->c, i), want = get(trial, plain.c, i);
    cr_assert(fabs(got - want) <= tolerance * fmax(1, fabs(want)),
              "element %ld is %.17g, not %.17g", (long)i, got, want);
  }
  mem_free(plain.c);
}

/* Odd sizes, one column to several panels, one term to several passes. */
static const int64_t SHAPES[][3] = {{9, 65, 17}, {24, 128, 64}, {31, 129, 65}, {50, 200, 300},
                                    {40, 1, 90}, {20, 70, 784}, {5, 300, 1}};
static const double DENSITIES[] = {0, 0.05, 0.2, 0.5, 1};

static void check_densities(InstructionSet set, Dtype dtype, const int64_t shape[3], int flags) {
  for (int d = 0; d < COUNT_OF(DENSITIES); d++) {
    Trial trial = trial_of(set, dtype, shape, flags, DENSITIES[d]);
    void *dense = dense_of(&trial);
    run_in_blocks(&trial);
    expect_bits(&trial, dense, "in blocks");
    expect_sums(&trial);
    mem_free(dense);
    trial_end(&trial);
  }
}

Test(sparse, has_the_bits_of_the_dense_product) {
  for (int set = 0; set < SET_COUNT; set++)
    for (int i = 0; i < COUNT_OF(SHAPES) && tiles_has_set((InstructionSet)set); i++)
      for (int flags = 0; flags < 8; flags++) {
        check_densities((InstructionSet)set, DTYPE_F32, SHAPES[i], flags);
        check_densities((InstructionSet)set, DTYPE_F64, SHAPES[i], flags);
      }
}

/* Zero times an infinity or a NaN is NaN, whether a row meets it or none does. */
static void check_not_finite(InstructionSet set, Dtype dtype, int flags, double value, bool met) {
  Trial trial = trial_of(set, dtype, (const int64_t[]){24, 150, 300}, flags, 0.2);
  Product *p = &trial.product;
  put(&trial, trial.b, at_b(p, 203, 71), value);
  for (int64_t i = 0; i < p->m && !met; i++)
    put(&trial, trial.a, at_a(p, i, 203), i % 2 ? 0.0 : -0.0);
  if (met) put(&trial, trial.a, at_a(p, 7, 203), 0.5);
  void *dense = dense_of(&trial);
  run_in_blocks(&trial);
  expect_bits(&trial, dense, "not finite");
  cr_assert(met || isnan(get(&trial, trial.c, 3 * p->c_stride + 71)));
  cr_assert(isfinite(get(&trial, trial.c, 3 * p->c_stride + 72)));
  mem_free(dense);
  trial_end(&trial);
}

Test(sparse, zero_times_infinity_is_nan) {
  const double values[] = {INFINITY, -INFINITY, NAN};
  for (int set = 0; set < SET_COUNT; set++)
    for (int flags = 0; flags < 8 && tiles_has_set((InstructionSet)set); flags++)
      for (int v = 0; v < COUNT_OF(values); v++)
        for (int met = 0; met < 2; met++) {
          check_not_finite((InstructionSet)set, DTYPE_F32, flags, values[v], met);
          check_not_finite((InstructionSet)set, DTYPE_F64, flags, values[v], met);
        }
}

/* What is not finite in a is no zero, and a sum may overflow by itself. */
Test(sparse, infinities_of_a_and_overflow) {
  for (int flags = 0; flags < 8; flags++)
    for (int which = 0; which < 2; which++) {
      Trial trial = trial_of(tiles_set(), DTYPE_F32, (const int64_t[]){24, 150, 300}, flags, 0.2);
      put(&trial, trial.a, at_a(&trial.product, 5, 100), which ? INFINITY : 3e38);
      put(&trial, trial.a, at_a(&trial.product, 6, 100), which ? (double)NAN : -3e38);
      put(&trial, trial.b, at_b(&trial.product, 100, 8), which ? 0 : 3e38);
      void *dense = dense_of(&trial);
      run_in_blocks(&trial);
      expect_bits(&trial, dense, "overflow");
      cr_assert(!isfinite(get(&trial, trial.c, 5 * trial.product.c_stride + 8)));
      mem_free(dense);
      trial_end(&trial);
    }
}

Test(sparse, taken_when_few_terms_count_and_nothing_written_else) {
#if defined(GD_HARSH)
  const int64_t k = 12;
#else
  const int64_t k = 200;
#endif
  for (int flags = 0; flags < 8; flags++)
    for (int d = 0; d < COUNT_OF(DENSITIES); d++) {
      Trial trial = trial_of(tiles_set(), DTYPE_F32, (const int64_t[]){24, 256, k}, flags,
                             DENSITIES[d]);
      const bool taken = sparse_pass(&trial.product, &(Part){0, 24, 0, 256, 0, k},
                                     trial.product.add);
      if (DENSITIES[d] < 0.3) cr_assert(taken);
      if (DENSITIES[d] == 1) cr_assert(!taken);
      if (!taken) cr_assert_eq(memcmp(trial.c, trial.start, trial.c_bytes), 0);
      trial_end(&trial);
    }
}

/* The whole, cut for the team: a sum cut in parts too. */
static const int64_t LARGE[][3] = {
    {64, 128, 784}, {784, 128, 64}, {128, 512, 300}, {10, 128, 30000}};

Test(sparse, threads_give_equal_bits) {
  for (int i = 0; i < COUNT_OF(LARGE); i++)
    for (int flags = 0; flags < 8; flags++) {
      Trial trial = trial_of(tiles_set(), DTYPE_F32, LARGE[i], flags, 0.15);
      void *first = mem_alloc(trial.c_bytes);
      for (int threads = 1; threads <= 4; threads *= 2) {
        team_start(threads);
        memcpy(trial.c, trial.start, trial.c_bytes);
        Product product = trial.product;
        product_run(&product);
        if (threads == 1) memcpy(first, trial.c, trial.c_bytes);
        cr_assert_eq(memcmp(first, trial.c, trial.c_bytes), 0, "%d threads differ", threads);
      }
      expect_sums(&trial);
      mem_free(first);
      trial_end(&trial);
    }
  team_stop();
}
