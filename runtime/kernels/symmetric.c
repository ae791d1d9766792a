/* symmetric.c — see symmetric.h.
 *
 * c = x x' is cut into strips of columns.  Of each only the rows down to its end are computed, by
 * the blocks of product.c: the triangle above the diagonal and the squares on it, half and a little
 * more.  Then the rows below are copied from the columns beside them.
 *
 * Bits: element (j, i) is the sum of the same products in the same order as (i, j), since the order
 * is one of k alone (product.h) and x y is y x; so what is copied is what would be computed.
 */
#include "runtime/kernels/symmetric.h"

#include "runtime/base/stop.h"
#include "runtime/kernels/team.h"

enum {
#if defined(GD_HARSH)
  LEAST = 33,
  STRIP = 16,
  ROWS_MOST = 40,
#else
  LEAST = 128,     /* rows for which the half that is left out is worth a second round */
  STRIP = 64,      /* columns of a strip: of f32 two panels of the widest vectors, of f64 four */
  ROWS_MOST = 256, /* of a part of it, so that a's stay in the second cache */
#endif
  SQUARE = 16 /* rows and columns that are copied at a time: lines of the first cache */
};

typedef struct Triangle {
  const Product *product;
  int64_t strips, parts; /* parts of a strip, at most */
  void (*block)(const Product *product, const Part *part);
  void (*finish)(void *context, int64_t row, int64_t rows);
  void *context;
} Triangle;

bool symmetric_suits(const Product *product) {
  return product->a == product->b && product->m == product->n && product->m >= LEAST &&
         product->a_transposed != product->b_transposed && product->a_stride == product->b_stride &&
         !product->add;
}

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The longest strips first, so that all threads end at about the same time. */
static void work_out(void *context, int64_t index) {
  const Triangle *triangle = context;
  const Product *product = triangle->product;
  const int64_t strip = triangle->strips - 1 - index / triangle->parts, column = strip * STRIP,
                end = least(product->n, column + STRIP), row = index % triangle->parts * ROWS_MOST;
  if (row >= end) return;
  const Part part = {row, least(end - row, ROWS_MOST), column, end - column, 0, product->k};
  triangle->block(product, &part);
}

#define COPY_BELOW(Real)                                   \
  Real *c = product->c;                                    \
  const int64_t stride = product->c_stride;                \
  for (int64_t j = 0; j < row; j += SQUARE)                \
    for (int64_t i = row; i < end; i += SQUARE)            \
      for (int64_t y = i; y < least(end, i + SQUARE); y++) \
        for (int64_t x = j; x < least(row, j + SQUARE); x++) c[y * stride + x] = c[x * stride + y];

/* The rows of a strip's square: what is before it comes from the strip above the square. */
static void copy_rows(void *context, int64_t index) {
  const Triangle *triangle = context;
  const Product *product = triangle->product;
  const int64_t row = index * STRIP, end = least(product->m, row + STRIP);
  if (stop_wanted()) return;
  if (product->dtype == DTYPE_F32) {
    COPY_BELOW(float)
  } else {
    COPY_BELOW(double)
  }
}

static void finish_rows(void *context, int64_t index) {
  const Triangle *triangle = context;
  const int64_t row = index * STRIP, end = least(triangle->product->m, row + STRIP);
  if (!stop_wanted()) triangle->finish(triangle->context, row, end - row);
}

/* Rows that are finished may be overwritten, so all are copied before the first is. */
void symmetric_run(const Product *product, void (*block)(const Product *product, const Part *part),
                   void (*finish)(void *context, int64_t row, int64_t rows), void *context) {
  Triangle triangle = {product,
                       (product->n + STRIP - 1) / STRIP,
                       (product->m + ROWS_MOST - 1) / ROWS_MOST,
                       block,
                       finish,
                       context};
  team_run(triangle.strips * triangle.parts, work_out, &triangle);
  team_run(triangle.strips, copy_rows, &triangle);
  if (finish) team_run(triangle.strips, finish_rows, &triangle);
}
