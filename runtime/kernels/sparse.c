/* sparse.c — a product's pass that leaves out the terms where a is zero.
 *
 * What a network is trained on is full of exact zeros: images, one-hot rows, bags of words, what
 * comes out of a ReLU.  A dense tile multiplies them all.  Here the terms that count are marked
 * first, a bit each, 64 terms to a word and a word to a row; then each row of c goes through its
 * own marks (tile.inc has both loops).  A run of up to 64 terms, eight vectors of columns wide, is
 * a piece of b that stays in the first cache while all rows of the part meet it; the sums wait in c
 * from one run to the next, or in a room of their own when c holds something that they are added to
 * at the end.
 *
 * The bits are those of the dense pass: the same terms in the same order, fused the same way, from
 * zero in each pass.  A term left out would have added zero to a sum, which changes nothing, with
 * two exceptions.  The first is zero times an infinity or a NaN, which is NaN.  A value of b that
 * is not finite shows in the sums of any row that uses it, and rows of b that no row of a uses are
 * checked; if one is found, the pass is done again with every term marked.  (A sum that overflows
 * by itself is computed twice, to the same end.)  The second is a sum that has underflowed to -0,
 * which the dense pass would have turned to +0 by adding +0.
 *
 * Whether it pays is decided for each part and pass, by the data and the sizes alone: first from a
 * sample of the rows, at negligible cost, then from all of them if the sample is sparse.
 */
#include "runtime/kernels/sparse.h"
#include "runtime/kernels/tiles.h"

enum {
#if defined(GD_HARSH)
  RUN_TERMS = 5,
  TERMS_LEAST = 1,
  ROWS_LEAST = 2,
  ROWS_MOST = 30,
  VECTORS_LEAST = 1,
#else
  RUN_TERMS = SIFT_TERMS,
  TERMS_LEAST = 16, /* of a pass, ... */
  ROWS_LEAST = 8,   /* ... and rows of a part, that are worth the trouble */
  /* rows that the marks and sums on the stack have space for: product.c's parts have no more */
  ROWS_MOST = 264,
  VECTORS_LEAST = 4, /* columns, in vectors: a term costs much the same if there are fewer */
#endif
  RUNS_MOST = 4,      /* in a pass */
  APART_BYTES = 2048, /* rows of b so far apart fall on few lines of the first cache */
  GRAIN = 16,         /* runs begin at multiples of it, so that marks are made of whole vectors */
  /* of a straight a; of a transposed one, where rows are marked by the vector, two vectors */
  SAMPLE_ROWS = 8,
  /* percent of the terms that may count, for each vector of columns: 48 at most; SPEED.md has where
     the two ways cross */
  PERCENT_VECTOR = 6,
  PANEL_BYTES = RUN_TERMS * SIFT_VECTORS * VECTOR_BYTES,
  SUM_BYTES = ROWS_MOST * SIFT_VECTORS * VECTOR_BYTES
};

/* One part of c in one pass. */
typedef struct Sieve {
  const Product *product;
  const Part *part;
  const Tiles *tiles;
  int64_t size; /* bytes of an element */
  int64_t runs; /* of terms */
  /* for each run and row, a bit for each term where a is not zero */
  uint64_t marks[RUNS_MOST][ROWS_MOST];
} Sieve;

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline uint64_t all_of(int64_t terms) { return ~UINT64_C(0) >> (64 - terms); }

/* The terms before run `run`, within the pass. */
static int64_t run_start(const Sieve *sieve, int64_t run) {
  const int64_t grain = RUN_TERMS < GRAIN ? 1 : GRAIN,
                grains = (sieve->part->depth + grain - 1) / grain;
  return least(sieve->part->depth, grain * (grains * run / sieve->runs));
}

/* ---- which terms count ---- */

/* The terms of one run, and `rows` rows of a from row `row` of the part on. */
static TileJob job_of(const Sieve *sieve, int64_t run, int64_t row, int64_t rows) {
  const Product *product = sieve->product;
  const int64_t from = run_start(sieve, run), first = sieve->part->first + from,
                at = sieve->part->row + row;
  const int64_t element = product->a_transposed ? first * product->a_stride + at
                                                : at * product->a_stride + first;
  return (TileJob){.k = run_start(sieve, run + 1) - from,
                   .rows = rows,
                   .a = (const char *)product->a + element * sieve->size,
                   .a_stride = product->a_stride};
}

/* Marks them and counts the marks. */
static int64_t mark(Sieve *sieve, int64_t run, int64_t row, int64_t rows) {
  const TileJob job = job_of(sieve, run, row, rows);
  return sieve->tiles->marks[sieve->product->a_transposed](&job, &sieve->marks[run][row]);
}

/* So many of the terms may count: fewer where a term, which costs much the same, does less.  The
 * choice is the same on every instruction set, as is all that may show in the bits. */
static bool few(const Sieve *sieve, int64_t marked, int64_t terms) {
  const int64_t vectors = least(SIFT_VECTORS, sieve->part->columns * sieve->size / VECTOR_BYTES);
  return marked * 100 <= terms * vectors * PERCENT_VECTOR;
}

/* The terms of one run, in rows from all over the part. */
static bool sample_is_sparse(Sieve *sieve) {
  const int64_t rows = sieve->part->rows, run = sieve->runs / 2,
                terms = run_start(sieve, run + 1) - run_start(sieve, run);
  if (sieve->product->a_transposed) {
    const int64_t count = least(rows, VECTOR_BYTES / sieve->size), other = rows - count;
    return few(sieve, mark(sieve, run, 0, count) + mark(sieve, run, other / 2, count),
               2 * count * terms);
  }
  const int64_t count = least(rows, SAMPLE_ROWS);
  TileJob job = job_of(sieve, run, 0, count);
  job.a_stride *= rows / count;
  return few(sieve, sieve->tiles->marks[0](&job, sieve->marks[0]), count * terms);
}

static bool is_sparse(Sieve *sieve) {
  if (!sample_is_sparse(sieve)) return false;
  int64_t marked = 0;
  for (int64_t run = 0; run < sieve->runs; run++) marked += mark(sieve, run, 0, sieve->part->rows);
  return few(sieve, marked, sieve->part->rows * sieve->part->depth);
}

/* Is it large enough to sample? */
static bool is_worth_it(const Product *product, const Part *part) {
  return part->rows >= ROWS_LEAST && part->rows <= ROWS_MOST && part->depth >= TERMS_LEAST &&
         part->depth <= RUNS_MOST * RUN_TERMS &&
         part->columns * (int64_t)dtype_bytes(product->dtype) >= VECTORS_LEAST * VECTOR_BYTES;
}

/* ---- up to eight vectors of columns ---- */

static bool sift(const Sieve *sieve, const TileJob *job, const uint64_t *marks) {
  const int64_t width = sieve->tiles->width;
  return sieve->tiles
      ->sift[job->columns == SIFT_VECTORS * width ? SIFT_VECTORS : (job->columns - 1) / width](
          job, marks);
}

/* The job's terms of b, from row `first` on and column `column` on: where they lie, or copied onto
 * `panel`, two vectors by two. */
static void take_b(const Sieve *sieve, TileJob *job, int64_t first, int64_t column, char *panel) {
  const Product *product = sieve->product;
  const int64_t pair = 2 * sieve->tiles->width,
                step = product->b_transposed ? product->b_stride : 1;
  const int64_t element = product->b_transposed ? column * product->b_stride + first
                                                : first * product->b_stride + column;
  const char *const b = (const char *)product->b + element * sieve->size;
  const bool copy = product->b_transposed || product->b_stride * sieve->size >= APART_BYTES;
  for (int64_t j = 0; copy && j < job->columns; j += pair)
    sieve->tiles->pack[product->b_transposed](panel + j * job->k * sieve->size,
                                              b + j * step * sieve->size, product->b_stride,
                                              least(pair, job->columns - j), job->k, pair);
  job->b = copy ? panel : b;
  job->b_stride = copy ? pair : product->b_stride;
  job->b_next = copy ? pair * job->k : pair;
}

/* Are the rows of b finite that no row of a meets in this run?  Then zero times any of them adds up
 * to zero. */
static bool unmet_is_finite(const Sieve *sieve, TileJob job, const uint64_t *marks) {
  static const double zero = 0;
  char sums[SIFT_VECTORS * VECTOR_BYTES];
  uint64_t met = 0;
  for (int64_t i = 0; i < job.rows; i++) met |= marks[i];
  const uint64_t unmet = all_of(job.k) & ~met;
  job.rows = 1, job.a = &zero, job.a_step = 0, job.c = sums, job.sums = NULL;
  return unmet == 0 || sift(sieve, &job, &unmet);
}

/* All runs for these columns, the sums from zero to job->c.  False: something is not finite, and
 * not all terms were marked. */
static bool sift_runs(const Sieve *sieve, TileJob *job, int64_t column, bool all) {
  char panel[PANEL_BYTES] __attribute__((aligned(64)));
  uint64_t every[ROWS_MOST];
  bool finite = true;
  for (int64_t run = 0; run < sieve->runs && (finite || all); run++) {
    const TileJob a = job_of(sieve, run, 0, job->rows);
    const uint64_t *marks = all ? every : sieve->marks[run];
    job->a = a.a, job->k = a.k;
    for (int64_t i = 0; all && i < job->rows; i++) every[i] = all_of(a.k);
    take_b(sieve, job, sieve->part->first + run_start(sieve, run), column, panel);
    job->sums = run == 0 ? NULL : job->c;
    finite = unmet_is_finite(sieve, *job, marks) && sift(sieve, job, marks);
  }
  return finite || all;
}

/* c += sums: a sift that begins with the sums and meets nothing. */
static void add_sums(const Sieve *sieve, TileJob *job, void *c) {
  static const uint64_t none[ROWS_MOST];
  job->sums = job->c;
  job->c = c, job->c_stride = sieve->product->c_stride, job->add = true;
  sift(sieve, job, none);
}

static void sift_columns(const Sieve *sieve, int64_t column, int64_t columns, bool add) {
  const Product *product = sieve->product;
  char sums[SUM_BYTES] __attribute__((aligned(64)));
  char *const c = (char *)product->c +
                  (sieve->part->row * product->c_stride + column) * sieve->size;
  const int64_t width = sieve->tiles->width;
  TileJob job = {
      .rows = sieve->part->rows, .columns = columns, .last = (int)((columns - 1) % width + 1)};
  job.a_stride = product->a_transposed ? 1 : product->a_stride;
  job.a_step = product->a_transposed ? product->a_stride : 1;
  job.c = add ? sums : c;
  job.c_stride = job.sums_stride = add ? SIFT_VECTORS * width : product->c_stride;
  if (!sift_runs(sieve, &job, column, false)) sift_runs(sieve, &job, column, true);
  if (add) add_sums(sieve, &job, c);
}

static bool run_sparse(const Product *product, const Part *part, bool add) {
  Sieve sieve; /* not cleared: the marks are many */
  sieve.product = product, sieve.part = part, sieve.tiles = tiles_for(product->set, product->dtype),
  sieve.size = (int64_t)dtype_bytes(product->dtype);
  sieve.runs = (part->depth + RUN_TERMS - 1) / RUN_TERMS;
  if (!is_sparse(&sieve)) return false;
  const int64_t most = SIFT_VECTORS * sieve.tiles->width;
  for (int64_t j = 0; j < part->columns; j += most)
    sift_columns(&sieve, part->column + j, least(most, part->columns - j), add);
  return true;
}

bool sparse_pass(const Product *product, const Part *part, bool add) {
  return is_worth_it(product, part) && run_sparse(product, part, add);
}
