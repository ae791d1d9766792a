/* product_test.c — a product made ready gives the bits of one that is turned and cut each time. */
#include "runtime/kernels/product.h"
#include "runtime/kernels/symmetric.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

typedef struct Finish {
  int calls;
  int64_t rows;
} Finish;

static void finish(void *context, int64_t row, int64_t rows) {
  Finish *finished = context;
  cr_assert_eq(row, 0);
  finished->calls++;
  finished->rows += rows;
}

static void *filled(Dtype dtype, int64_t count, int seed) {
  void *data = calloc((size_t)count, dtype_bytes(dtype));
  for (int64_t i = 0; i < count; i++) {
    const double value = (double)((i * 7919 + seed) % 1009) / 311 - 1.5;
    if (dtype == DTYPE_F32) ((float *)data)[i] = (float)value;
    else ((double *)data)[i] = value;
  }
  return data;
}

static Product shaped(Dtype dtype, const int64_t mnk[3], int turned) {
  Product product = product_dense(dtype, mnk[0], mnk[1], mnk[2]);
  product.a_transposed = turned & 1, product.b_transposed = turned & 2;
  if (product.a_transposed) product.a_stride = product.m;
  if (product.b_transposed) product.b_stride = product.k;
  return product;
}

/* Twice over other memory.  True when it could be made ready. */
static bool same_bits(Dtype dtype, const int64_t mnk[3], int turned) {
  ReadyProduct ready;
  Product product = shaped(dtype, mnk, turned);
  if (!product_ready(&product, &ready)) return false;
  const int64_t m = mnk[0], n = mnk[1], k = mnk[2];
  for (int seed = 1; seed <= 2; seed++) {
    void *a = filled(dtype, m * k, seed), *b = filled(dtype, k * n, 31 * seed),
         *c = filled(dtype, m * n, 5), *d = filled(dtype, m * n, 6);
    Product each = product;
    each.a = a, each.b = b, each.c = c;
    product_run(&each);
    Finish finished = {0};
    product_run_ready(&ready, a, b, d, finish, &finished);
    cr_assert_eq(memcmp(c, d, (size_t)(m * n) * dtype_bytes(dtype)), 0,
                 "[%ld, %ld, %ld] of %s, turned %d", (long)m, (long)n, (long)k, dtype_name(dtype),
                 turned);
    cr_assert_eq(finished.calls, 1);
    cr_assert_eq(finished.rows, m);
    free(a), free(b), free(c), free(d);
  }
  return true;
}

Test(product, ready_has_the_bits_of_each_time) {
  static const int64_t SIZES[] = {1, 2, 3, 5, 17, 40};
  int many = 0;
  for (int i = 0; i < 6 * 6 * 6 * 8; i++) {
    const int64_t mnk[] = {SIZES[i / 8 % 6], SIZES[i / 48 % 6], SIZES[i / 288]};
    many += same_bits(i % 2 ? DTYPE_F64 : DTYPE_F32, mnk, i % 8 / 2);
  }
#if defined(GD_HARSH)
  cr_assert(many > 500, "%d", many);
#else
  cr_assert_eq(many, 6 * 6 * 6 * 8);
#endif
}

/* What is cut, or may turn out to be x x', is not made ready. */
Test(product, not_ready) {
  ReadyProduct ready;
  Product product = shaped(DTYPE_F32, (int64_t[]){600, 600, 600}, 0);
  cr_assert(!product_ready(&product, &ready));
  int symmetric = 0;
  for (int64_t m = 1; m <= 600; m++) {
    Product square = shaped(DTYPE_F32, (int64_t[]){m, m, 2}, 2);
    if (!symmetric_suits(&square)) continue;
    symmetric++;
    cr_assert(!product_ready(&square, &ready), "%ld", (long)m);
  }
  cr_assert(symmetric > 0);
}
