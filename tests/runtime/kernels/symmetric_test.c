/* symmetric_test.c — a matrix times its own transpose has the bits of the whole product, is the
 * same from both sides of the diagonal, and finishes each row once. */
#include "runtime/kernels/symmetric.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 600 };

/* Of one product: how often each row was finished, and the rows that were not complete then. */
typedef struct Seen {
  const Product *product;
  const char *wanted;
  int times[ROWS_MOST];
  _Atomic int wrong;
} Seen;

static size_t row_bytes(const Product *product) {
  return (size_t)product->n * dtype_bytes(product->dtype);
}

static bool row_is(const Product *product, const char *wanted, int64_t row) {
  const size_t apart = (size_t)product->c_stride * dtype_bytes(product->dtype);
  return !memcmp((const char *)product->c + (size_t)row * apart, wanted + (size_t)row * apart,
                 row_bytes(product));
}

/* What is finished may be overwritten at once. */
static void spoil(void *context, int64_t row, int64_t rows) {
  Seen *seen = context;
  const size_t apart = (size_t)seen->product->c_stride * dtype_bytes(seen->product->dtype);
  for (int64_t i = row; i < row + rows; i++) {
    seen->times[i]++;
    seen->wrong += !row_is(seen->product, seen->wanted, i);
    memset((char *)seen->product->c + (size_t)i * apart, 0x5a, row_bytes(seen->product));
  }
}

static void *filled(Dtype dtype, int64_t count, bool sparse) {
  char *data = malloc((size_t)count * dtype_bytes(dtype));
  for (int64_t i = 0; i < count; i++) {
    const uint64_t bits = hash_mix((uint64_t)i, 77);
    double value = sparse && bits % 5 ? 0 : (double)(bits >> 11) / 4503599627370496.0 - 1;
    if (dtype == DTYPE_F32) ((float *)(void *)data)[i] = (float)value;
    else ((double *)(void *)data)[i] = value;
  }
  return data;
}

static bool check(Dtype dtype, int64_t m, int64_t k, int flags) {
  const size_t size = dtype_bytes(dtype);
  const int64_t apart = m + 3, across = (flags & 1 ? m : k) + 5, along = flags & 1 ? k : m;
  void *x = filled(dtype, along * across, flags & 2);
  char *wanted = calloc((size_t)(m * apart), size), *c = malloc((size_t)(m * apart) * size);
  Product product = product_dense(dtype, m, m, k);
  product.a = product.b = x, product.c = wanted;
  product.a_stride = product.b_stride = across, product.c_stride = apart;
  product.a_transposed = flags & 1, product.b_transposed = !(flags & 1);
  product_block(&product, &(Part){0, m, 0, m, 0, k});
  product.c = c;
  const bool suits = symmetric_suits(&product);
  for (int threads = 1; threads <= 4 && suits; threads++) {
    team_start(threads);
    memset(c, 0x33, (size_t)(m * apart) * size);
    symmetric_run(&product, product_block, NULL, NULL);
    for (int64_t i = 0; i < m; i++)
      cr_assert(row_is(&product, wanted, i), "row %ld of %ld, k %ld, flags %d, %d threads", (long)i,
                (long)m, (long)k, flags, threads);
    for (size_t i = (size_t)m * size; i < (size_t)apart * size; i++) cr_assert_eq(c[i], 0x33);
    Seen seen = {.product = &product, .wanted = wanted};
    product_run_then(&product, spoil, &seen);
    cr_assert_eq(seen.wrong, 0);
    for (int64_t i = 0; i < m; i++) cr_assert_eq(seen.times[i], 1);
  }
  free(x), free(wanted), free(c);
  return suits;
}

Test(symmetric, has_the_bits_of_the_whole) {
  static const int64_t sizes[] = {20, 33, 128, 130, 191, 300, 513}, terms[] = {1, 7, 40, 256, 300};
  int suited = 0;
  for (int i = 0; i < COUNT_OF(sizes); i++)
    for (int j = 0; j < COUNT_OF(terms); j++)
      for (int flags = 0; flags < 4; flags++) {
        suited += check(DTYPE_F32, sizes[i], terms[j], flags);
        suited += check(DTYPE_F64, sizes[i], terms[j], flags);
      }
  cr_assert_geq(suited, 5 * 5 * 4 * 2);
  team_stop();
}

Test(symmetric, is_of_one_matrix_alone) {
  float x[2] = {0};
  Product product = product_dense(DTYPE_F32, 512, 512, 64);
  product.a = product.b = x;
  product.a_stride = product.b_stride = 512;
  cr_assert(!symmetric_suits(&product), "x x");
  product.a_transposed = true;
  cr_assert(symmetric_suits(&product));
  product.add = true;
  cr_assert(!symmetric_suits(&product), "c is not symmetric");
  product.add = false;
  product.b = x + 1;
  cr_assert(!symmetric_suits(&product));
  product.b = x;
  product.b_stride = 600;
  cr_assert(!symmetric_suits(&product), "rows elsewhere");
}
