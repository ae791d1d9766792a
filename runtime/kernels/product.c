/* product.c — the matrix product: how it is cut, packed and walked.  The inner loops are in
 * tiles.c.
 *
 * From the outside in:
 *   product_run    cuts c into parts by size alone and hands them to the team.  When c is small and
 *                  the sum long (a weight's gradient over many rows) the sum is cut as well; each
 *                  part of it has a c of its own, added in order.  Where rows are few and b is a
 *                  weight that training writes between two products, passes are the parts
 *                  (passes_pay).  With a callback (product_run_then), each group of rows counts
 *                  its parts; the thread that does the last one finishes the group.
 *   product_block  one part: runs along k in steps of DEPTH terms; in each, along b in panels of
 *                  two vectors, which stay in the first cache; for each panel down the rows of a in
 *                  tiles.
 *   tile           ROWS x 2 vectors of c in registers.
 *
 * What is copied, and when: a transposed b must be, a panel at a time, onto the stack, turned on
 * the way.  A straight b is read where it lies, unless many rows of a are multiplied with it and
 * its own rows are so far apart that a panel of them would fall on few lines of the first cache.  a
 * is read element by element, transposed or not, and is never copied.
 *
 * A matrix times its own transpose is cut by symmetric.c, with the same bits.
 *
 * Where a is mostly zeros, sparse.c does a pass in place of the panels, with the same bits.
 *
 * The sum of one element: DEPTH terms by the tile, the sums of these in order.  The steps depend on
 * k alone.
 *
 * The scheme is that of K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix
 * Multiplication", ACM TOMS 34(3), 2008, and F. Van Zee and R. van de Geijn, "BLIS", ACM TOMS
 * 41(3), 2015, with less packing because the matrices of training are small.
 */
#include "runtime/kernels/product.h"
#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/sparse.h"
#include "runtime/kernels/symmetric.h"
#include "runtime/kernels/team.h"
#include "runtime/kernels/tiles.h"

#include <stdatomic.h>
#include <string.h>

enum {
#if defined(GD_HARSH)
  DEPTH_MOST = 12,
  PART_ROWS = 17,
  PART_COLUMNS = 40,
  PARTS_MOST = 7,
  LONG_SUM = 5,
  STREAM_COLUMNS = 10,
  PART_WORK = 500,
  ROW_WORK = 50,
  PART_ROWS_LEAST = 8,
  GROUPS_MOST = 3,
  PASS_SHARE = 1,
  PASS_B_LEAST = 100,
#else
  /* terms of the sum that one pass takes: a panel of b is then 32 KiB at most */
  DEPTH_MOST = 256,
  /* most rows of a part: with DEPTH_MOST terms of f32 they are 264 KiB of a, inside the second
     cache */
  PART_ROWS = 264,
  PART_COLUMNS = 512,    /* most columns of a part */
  PARTS_MOST = 24,       /* parts that a product is cut into for the sake of the team */
  LONG_SUM = 64,         /* a sum so long suits the dot, where rows are few */
  STREAM_COLUMNS = 1024, /* columns of one row that stay in the first cache while b streams by */
  PART_WORK = 1500000,   /* multiplications in a part: some ten to twenty microseconds */
  GROUPS_MOST = 256,     /* groups of rows that are finished apart */
  PART_ROWS_LEAST = 32,  /* rows that are worth reading a part's b for */
  /* the same of a single row, which waits for memory, not for arithmetic */
  ROW_WORK = 250000,
  PASS_SHARE = 2,          /* the c's of all passes, so many times, are no more than b */
  PASS_B_LEAST = 64 << 10, /* bytes of b that are worth keeping on their core */
#endif
  ROW_GRAIN = 4,       /* parts begin at multiples of it */
  PASS_GRAIN = 4,      /* and passes */
  PART_PANELS = 4,     /* panels of a part where there are enough: eight vectors */
  FEW_PARTS = 4,       /* so many parts are enough where more would cost more */
  B_BYTES = 512 << 10, /* a b that stays in the second cache while all parts along m meet it */
  /* a b that stays in the second caches of two cores from one product to the next */
  PASS_B_MOST = 2 << 20,
  SUM_GROUPS = 4, /* groups of rows in which the passes' sums are added */
  /* so many rows do not pay for packing a transposed b when the sum is long, or the columns few */
  FEW_ROWS = 4,
  PACKING_ROWS = 48, /* so many rows pay for a copy of a straight b ... */
  /* ... whose rows are so far apart that a panel of it does not fit the lines of the first cache on
     which it lies */
  PACKING_BYTES = 512,
  /* ... and so far that copying it anew for every part costs more than the rows it saves */
  COPYING_BYTES = 2048,
  PANEL_BYTES = DEPTH_MOST * 2 * VECTOR_BYTES
};

Product product_dense(Dtype dtype, int64_t m, int64_t n, int64_t k) {
  return (Product){.set = tiles_set(),
                   .dtype = dtype,
                   .m = m,
                   .n = n,
                   .k = k,
                   .a_stride = k,
                   .b_stride = n,
                   .c_stride = n};
}

/* ---- small arithmetic ---- */

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t parts_of(int64_t count, int64_t each) { return (count + each - 1) / each; }
/* The start of part `index` of `parts` nearly equal ones, in units of `grain`. */
static inline int64_t part_start(int64_t count, int64_t grain, int64_t parts, int64_t index) {
  const int64_t grains = parts_of(count, grain);
  return least(count, grain * (grains / parts * index + least(index, grains % parts)));
}
static inline int64_t passes_of(int64_t terms) { return parts_of(terms, DEPTH_MOST); }
static inline const Tiles *tiles_of(const Product *product) {
  return tiles_for(product->set, product->dtype);
}
/* Columns of a panel, the widest set's two vectors on every set: how a product is cut decides the
 * order of its sums. */
static inline int64_t panel_of(const Product *product) {
  return 2 * VECTOR_BYTES / (int64_t)dtype_bytes(product->dtype);
}
static inline const char *at(const void *base, int64_t element, size_t size) {
  return (const char *)base + element * (int64_t)size;
}

/* ---- one part ---- */

/* Is b turned, or are its rows so many bytes apart? */
static bool lies_apart(const Product *product, int64_t bytes) {
  return product->b_transposed || product->b_stride * (int64_t)dtype_bytes(product->dtype) >= bytes;
}

/* Few rows against a transposed b: sums of products along k, where both are contiguous. */
static void run_dots(const Product *product, const Part *part) {
  const Tiles *tiles = tiles_of(product);
  const size_t size = dtype_bytes(product->dtype);
  TileJob job = {.k = part->depth,
                 .a_stride = product->a_stride,
                 .b_stride = product->b_stride,
                 .c_stride = product->c_stride,
                 .add = product->add};
  const int64_t end = part->column + part->columns;
  for (int64_t j = part->column, step; j < end && !stop_wanted(); j += step) {
    step = end - j >= 4 ? 4 : 1;
    job.b = at(product->b, j * product->b_stride + part->first, size);
    for (int64_t i = part->row, rows; i < part->row + part->rows; i += rows) {
      rows = least(2, part->row + part->rows - i);
      job.a = at(product->a, i * product->a_stride + part->first, size);
      job.c = (char *)product->c + (i * product->c_stride + j) * (int64_t)size;
      tiles->dot[rows - 1][step == 4](&job);
    }
  }
}

static bool suits_dots(const Product *product) {
  return product->m <= FEW_ROWS && (product->k >= LONG_SUM || product->n <= FEW_ROWS) &&
         product->b_transposed && !product->a_transposed;
}
static bool suits_stream(const Product *product) {
  return product->m == 1 && !product->b_transposed;
}

/* One row against a straight b. */
static void run_stream(const Product *product, const Part *part) {
  const size_t size = dtype_bytes(product->dtype);
  const int64_t step = product->a_transposed ? product->a_stride : 1,
                end = part->column + part->columns;
  TileJob job = {.k = part->depth,
                 .a = at(product->a, part->first * step, size),
                 .a_stride = step,
                 .b_stride = product->b_stride,
                 .add = product->add};
  for (int64_t j = part->column; j < end && !stop_wanted(); j += STREAM_COLUMNS) {
    job.b = at(product->b, part->first * product->b_stride + j, size);
    job.c = (char *)product->c + j * (int64_t)size;
    job.columns = least(STREAM_COLUMNS, end - j);
    tiles_of(product)->stream(&job);
  }
}

/* What stays the same over the passes of one part. */
typedef struct Pass {
  const Product *product;
  const Part *part;
  const Tiles *tiles;
  size_t size;          /* bytes of an element */
  bool pack;            /* copy panels of b */
  int64_t row_tiles;    /* tiles along the rows, as equal as can be: */
  int64_t tile_rows;    /* rows of each, */
  int64_t longer_tiles; /* and so many of the first have one more */
} Pass;

/* Down the rows of a, against one panel of b; `job` has all but what changes with the row. */
static void run_panel(const Pass *pass, TileJob *job, int vectors, int64_t column) {
  const Product *product = pass->product;
  const int64_t a_step = (product->a_transposed ? 1 : job->a_stride) * (int64_t)pass->size,
                c_step = product->c_stride * (int64_t)pass->size;
  const char *a = job->a;
  char *c = (char *)product->c +
            (pass->part->row * product->c_stride + column) * (int64_t)pass->size;
  for (int64_t tile = 0; tile < pass->row_tiles; tile++) {
    const int64_t rows = pass->tile_rows + (tile < pass->longer_tiles);
    job->a = a;
    job->c = c;
    pass->tiles->tile[rows - 1][product->a_transposed][vectors - 1](job);
    job->ahead = 0;
    a += rows * a_step;
    c += rows * c_step;
  }
}

/* `depth` terms of the sum from `first` on, for every column of the part. */
static void run_pass(const Pass *pass, int64_t first, int64_t depth, bool add) {
  const Product *product = pass->product;
  const Part *part = pass->part;
  const int64_t width = pass->tiles->width, end = part->column + part->columns;
  char panel[PANEL_BYTES] __attribute__((aligned(64)));
  TileJob job = {
      .k = depth, .a_stride = product->a_stride, .c_stride = product->c_stride, .add = add};
  const char *const a = at(product->a,
                           product->a_transposed ? first * product->a_stride + part->row
                                                 : part->row * product->a_stride + first,
                           pass->size);
  for (int64_t j = part->column; j < end; j += 2 * width) {
    const int64_t columns = least(2 * width, end - j);
    const int vectors = columns > width ? 2 : 1;
    job.last = (int)(columns - (vectors - 1) * width);
    job.b = at(product->b,
               product->b_transposed ? j * product->b_stride + first
                                     : first * product->b_stride + j,
               pass->size);
    job.b_stride = product->b_stride;
    job.a = a;
    const int64_t ahead = j + 2 * width < end ? 2 * width
                                              : depth * product->b_stride + part->column - j;
    job.ahead = pass->pack ? 0 : ahead;
    if (pass->pack) {
      pass->tiles->pack[product->b_transposed](panel, job.b, product->b_stride, columns, depth,
                                               ahead);
      job.b = panel;
      job.b_stride = 2 * width;
    }
    run_panel(pass, &job, vectors, j);
  }
}

static void zero_part(const Product *product, const Part *part) {
  const size_t size = dtype_bytes(product->dtype);
  for (int64_t i = part->row; i < part->row + part->rows; i++)
    memset((char *)product->c + (i * product->c_stride + part->column) * (int64_t)size, 0,
           (size_t)part->columns * size);
}

void product_block(const Product *product, const Part *part) {
  if (part->rows == 0 || part->columns == 0) return;
  if (part->depth == 0) {
    if (!product->add) zero_part(product, part);
    return;
  }
  if (suits_dots(product) || suits_stream(product)) {
    (suits_stream(product) ? run_stream : run_dots)(product, part);
    return;
  }
  Pass pass = {.product = product,
               .part = part,
               .tiles = tiles_of(product),
               .size = dtype_bytes(product->dtype)};
  pass.pack = product->b_transposed ||
              (part->rows >= PACKING_ROWS && lies_apart(product, PACKING_BYTES));
  pass.row_tiles = parts_of(part->rows, pass.tiles->rows);
  pass.tile_rows = part->rows / pass.row_tiles;
  pass.longer_tiles = part->rows % pass.row_tiles;
  const int64_t passes = passes_of(part->depth);
  for (int64_t q = 0; q < passes && !stop_wanted(); q++) {
    const int64_t from = part_start(part->depth, PASS_GRAIN, passes, q),
                  to = part_start(part->depth, PASS_GRAIN, passes, q + 1);
    const bool add = product->add || q > 0;
    const Part step = {part->row,     part->rows,         part->column,
                       part->columns, part->first + from, to - from};
    if (product->dense || !sparse_pass(product, &step, add))
      run_pass(&pass, step.first, step.depth, add);
  }
}

/* ---- the whole ---- */

/* Does each part along m cost more than its rows: the copying of b, or b's way from beyond the
 * second cache? */
static bool rows_cost(const Product *product) {
  return lies_apart(product, COPYING_BYTES) ||
         (size_t)(product->k * product->n) * dtype_bytes(product->dtype) > B_BYTES;
}

/* About so many parts along m and n, where m and n are large enough.  A part is best eight vectors
 * wide, as sparse.c likes it; so rows are cut as well where that is free.  Where it is not, a few
 * parts have to do, and columns are cut finely before rows. */
static Cut cut_sides(const Product *product, int64_t wanted) {
  const int64_t grain = suits_stream(product) ? STREAM_COLUMNS : panel_of(product),
                panels = most(1, parts_of(product->n, grain));
  const int64_t wide = suits_stream(product) ? panels : most(1, panels / PART_PANELS);
  const int64_t enough = rows_cost(product) ? least(wanted, FEW_PARTS) : wanted;
  Cut cut = {most(1, parts_of(product->m, PART_ROWS)), 1, 1, 1};
  cut.column_parts = most(least(wide, parts_of(wanted, cut.row_parts)),
                          parts_of(panels, most(1, PART_COLUMNS / grain)));
  if (rows_cost(product))
    cut.column_parts = most(cut.column_parts, least(panels, parts_of(enough, cut.row_parts)));
  cut.row_parts = most(cut.row_parts,
                       least(product->m / PART_ROWS_LEAST, enough / cut.column_parts));
  if (product_parts(&cut) == 1) cut.column_parts = least(panels, wanted);
  return cut;
}

/* More parts for more work, but larger ones too: small parts share little of what they copy. */
static int64_t parts_wanted(const Product *product) {
  const double work = (double)product->m * (double)product->n * (double)product->k /
                      (product->m == 1 ? ROW_WORK : PART_WORK);
  int64_t parts = 1;
  /* the power 2/3 */
  while (parts < PARTS_MOST && (double)(parts * parts * parts) < work * work) parts++;
  return parts;
}

/* Shall passes be parts?  In training b is a weight, and each core has just written the first or
 * the last rows of it, because its gradient and its update are distributed in the same order.  A
 * pass reads only rows of its own; a part along m would read all, half of them from the other core.
 * What that costs is a c for each pass, so rows must be few; three passes would leave one of two
 * threads idle. */
static bool passes_pay(const Product *product, int64_t wanted) {
  const int64_t passes = passes_of(product->k),
                bytes = product->k * product->n * (int64_t)dtype_bytes(product->dtype);
  if (product->b_transposed || suits_stream(product) || bytes < PASS_B_LEAST || bytes > PASS_B_MOST)
    return false;
  return passes % 2 == 0 && passes <= 2 * wanted && PASS_SHARE * product->m * passes <= product->k;
}

static Cut cut_passes(const Product *product, int64_t wanted) {
  const int64_t passes = passes_of(product->k), panels = parts_of(product->n, panel_of(product));
  return (Cut){1,
               most(parts_of(product->n, PART_COLUMNS),
                    least(most(1, panels / PART_PANELS), parts_of(wanted, passes))),
               1, passes};
}

/* A thin product takes longer than its multiplications say: a tile is two vectors wide whatever n
 * is, and is begun and ended for few terms. */
static bool thin_pays(const Product *product) {
  const int64_t wide = panel_of(product);
  return product->m > FEW_ROWS &&
         (double)product->m * (double)most(product->n, wide) * (double)(product->k + wide) >=
             PART_WORK;
}

Cut product_cut(const Product *product) {
  const int64_t wanted = parts_wanted(product);
  if (wanted == 1) return thin_pays(product) ? cut_sides(product, 2) : (Cut){1, 1, 1, 1};
  const int64_t panels = parts_of(product->n,
                                  suits_stream(product) ? STREAM_COLUMNS : panel_of(product));
  const int64_t depth_parts = least(wanted, parts_of(product->k, DEPTH_MOST));
  /* c is small: cut the sum */
  if (depth_parts > 1 && 2 * panels * parts_of(product->m, 2 * TILE_ROWS_MOST) < least(wanted, 8)) {
    Cut cut = cut_sides(product, 1);
    cut.depth_parts = depth_parts;
    return cut;
  }
  if (passes_pay(product, wanted)) return cut_passes(product, wanted);
  /* few: as many for each of two or four threads */
  return cut_sides(product, wanted > 2 && wanted < 8 ? 4 * parts_of(wanted, 4) : wanted);
}

Part product_part(const Product *product, const Cut *cut, int64_t index) {
  if (product_parts(cut) == 1) return (Part){0, product->m, 0, product->n, 0, product->k};
  const int64_t width = panel_of(product);
  const int64_t j = index % cut->column_parts, i = index / cut->column_parts % cut->row_parts,
                d = index / cut->column_parts / cut->row_parts;
  Part part;
  part.row = part_start(product->m, ROW_GRAIN, cut->row_parts, i);
  part.rows = part_start(product->m, ROW_GRAIN, cut->row_parts, i + 1) - part.row;
  part.column = part_start(product->n, width, cut->column_parts, j);
  part.columns = part_start(product->n, width, cut->column_parts, j + 1) - part.column;
  const int64_t grain = cut->pass_parts > 1 ? PASS_GRAIN : DEPTH_MOST,
                parts = most(cut->depth_parts, cut->pass_parts);
  part.first = part_start(product->k, grain, parts, d);
  part.depth = part_start(product->k, grain, parts, d + 1) - part.first;
  return part;
}

/* Of a dense row or column, whether it is called transposed says nothing about memory: named so
 * that it runs along k. */
static void name_vectors(Product *product) {
  if (product->m == 1 && product->a_transposed && product->a_stride == 1) {
    product->a_transposed = false;
    product->a_stride = product->k;
  }
  if (product->n == 1 && !product->b_transposed && product->b_stride == 1) {
    product->b_transposed = true;
    product->b_stride = product->k;
  }
}

void product_turn(Product *product) {
  name_vectors(product);
  if (product->n == 1 && product->m != 1 && product->c_stride == 1 && product->b_transposed) {
    const void *const a = product->a;
    const int64_t a_stride = product->a_stride;
    const bool a_transposed = product->a_transposed;
    product->a = product->b, product->a_stride = product->b_stride, product->a_transposed = false;
    product->b = a, product->b_stride = a_stride, product->b_transposed = !a_transposed;
    product->n = product->c_stride = product->m;
    product->m = 1;
  }
  /* and here it should run along n */
  if (product->k == 1 && product->n > 1 && product->b_transposed && product->b_stride == 1) {
    product->b_transposed = false;
    product->b_stride = product->n;
  }
}

typedef struct Run {
  const Product *product;
  Cut cut;
  /* a c of its own for each part of the sum, or for each pass but the first; NULL: straight into c
   */
  char *partial;
  int64_t stride; /* of passes alone: elements from one row of a partial c to the next */
  void (*finish)(void *context, int64_t row, int64_t rows); /* NULL: no callback */
  void *context;
  /* row parts that make a group, which is finished as one; 0: all rows are finished at the end */
  int64_t group_parts;
  _Atomic int64_t left[GROUPS_MOST]; /* parts of each group that are not done yet */
} Run;

/* A part of some group is done.  The thread that does the last one finishes the group, and sees
 * what the others wrote. */
static void leave_group(Run *run, int64_t row_part) {
  const int64_t group = row_part / run->group_parts, first = group * run->group_parts,
                parts = run->cut.row_parts;
  if (atomic_fetch_sub(&run->left[group], 1) > 1 || stop_wanted()) return;
  const int64_t row = part_start(run->product->m, ROW_GRAIN, parts, first);
  const int64_t end = part_start(run->product->m, ROW_GRAIN, parts,
                                 least(parts, first + run->group_parts));
  if (end > row) run->finish(run->context, row, end - row);
}

static void run_part(void *context, int64_t index) {
  Run *run = context;
  const Part part = product_part(run->product, &run->cut, index);
  if (run->partial == NULL) {
    product_block(run->product, &part);
    if (run->group_parts > 0) leave_group(run, index / run->cut.column_parts);
    return;
  }
  Product own = *run->product;
  const int64_t count = own.m * own.n, which = index / (run->cut.row_parts * run->cut.column_parts);
  own.c = run->partial + (size_t)(which * count) * dtype_bytes(own.dtype);
  own.c_stride = own.n;
  own.add = false;
  product_block(&own, &part);
}

/* c = the partial sums, added in order. */
static void add_partials(const Run *run) {
  const Product *product = run->product;
  const int64_t count = product->m * product->n;
  for (int64_t i = 0; i < product->m; i++)
    for (int64_t j = 0; j < product->n; j++) {
      const int64_t at_c = i * product->c_stride + j;
      if (product->dtype == DTYPE_F32) {
        const float *partial = (const float *)(const void *)run->partial + i * product->n + j;
        float sum = partial[0];
        for (int64_t d = 1; d < run->cut.depth_parts; d++) sum += partial[d * count];
        ((float *)product->c)[at_c] = product->add ? ((float *)product->c)[at_c] + sum : sum;
      } else {
        const double *partial = (const double *)(const void *)run->partial + i * product->n + j;
        double sum = partial[0];
        for (int64_t d = 1; d < run->cut.depth_parts; d++) sum += partial[d * count];
        ((double *)product->c)[at_c] = product->add ? ((double *)product->c)[at_c] + sum : sum;
      }
    }
}

/* ---- passes that are parts ---- */

/* The first pass goes straight into c, the others each into a c of its own. */
static void run_pass_part(void *context, int64_t index) {
  const Run *run = context;
  const Part part = product_part(run->product, &run->cut, index);
  const int64_t pass = index / run->cut.column_parts;
  Product own = *run->product;
  if (pass > 0) {
    own.c = run->partial + (size_t)((pass - 1) * own.m * run->stride) * dtype_bytes(own.dtype);
    own.c_stride = run->stride;
    own.add = false;
  }
  product_block(&own, &part);
}

/* A row of c += the same row of each partial c, one after the other; these are `apart` elements
 * from each other. */
FOR_EACH_ISA(void, add_row,
             (Dtype dtype, void *to, const void *from, int64_t n, int64_t count, int64_t apart),
             (dtype, to, from, n, count, apart)) {
  for (int64_t p = 0; p < count; p++)
    if (dtype == DTYPE_F32) {
      float *c = to;
      const float *partial = (const float *)from + p * apart;
      for (int64_t j = 0; j < n; j++) c[j] += partial[j];
    } else {
      double *c = to;
      const double *partial = (const double *)from + p * apart;
      for (int64_t j = 0; j < n; j++) c[j] += partial[j];
    }
}

/* Some rows: adds to the first pass the others, in the order that product_block has, and finishes
 * them. */
static void add_passes(void *context, int64_t group) {
  const Run *run = context;
  const Product *product = run->product;
  const int64_t size = (int64_t)dtype_bytes(product->dtype), passes = run->cut.pass_parts - 1;
  const int64_t row = part_start(product->m, ROW_GRAIN, SUM_GROUPS, group),
                end = part_start(product->m, ROW_GRAIN, SUM_GROUPS, group + 1);
  if (row == end || stop_wanted()) return;
  for (int64_t i = row; i < end && run->partial != NULL; i++)
    add_row(product->dtype, (char *)product->c + i * product->c_stride * size,
            run->partial + i * run->stride * size, product->n, passes, product->m * run->stride);
  if (run->finish != NULL) run->finish(run->context, row, end - row);
}

/* Rows of the partial c's are whole lines of the cache, so that two threads share none.  A thread
 * alone adds in c as it goes, with the same bits. */
static void run_passes(Run *run) {
  const Product *product = run->product;
  const int64_t size = (int64_t)dtype_bytes(product->dtype), line = VECTOR_BYTES / size;
  run->stride = line * parts_of(product->n, line);
  if (team_size() == 1) {
    product_block(product, &(Part){0, product->m, 0, product->n, 0, product->k});
  } else {
    run->partial =
        team_scratch((size_t)((run->cut.pass_parts - 1) * product->m * run->stride * size));
    team_run(product_parts(&run->cut), run_pass_part, run);
  }
  team_run(SUM_GROUPS, add_passes, run);
}

/* ---- all of it ---- */

/* Rows are finished as they come, unless the sum is cut or c's rows have become columns. */
static void make_groups(Run *run, bool turned) {
  if (run->finish == NULL || turned || run->cut.depth_parts > 1) return;
  const int64_t parts = run->cut.row_parts;
  run->group_parts = parts_of(parts, GROUPS_MOST);
  for (int64_t first = 0; first < parts; first += run->group_parts)
    atomic_init(&run->left[first / run->group_parts],
                least(run->group_parts, parts - first) * run->cut.column_parts);
}

void product_run_then(Product *product, void (*finish)(void *context, int64_t row, int64_t rows),
                      void *context) {
  const int64_t rows = product->m;
  product_turn(product);
  Run run; /* not cleared: the counts are many */
  run.product = product, run.cut = product_cut(product), run.partial = NULL, run.finish = finish,
  run.context = context, run.group_parts = 0;
  const int64_t parts = product_parts(&run.cut);
  if (run.cut.depth_parts == 1 && symmetric_suits(product)) {
    symmetric_run(product, product_block, finish, context);
    return;
  }
  if (run.cut.pass_parts > 1) {
    run_passes(&run);
    return;
  }
  if (parts > 1) make_groups(&run, product->m != rows);
  if (run.cut.depth_parts > 1)
    run.partial = team_scratch((size_t)(product->m * product->n * run.cut.depth_parts) *
                               dtype_bytes(product->dtype));
  if (parts == 1) run_part(&run, 0);
  else team_run(parts, run_part, &run);
  if (run.partial != NULL) add_partials(&run);
  if (finish != NULL && run.group_parts == 0 && rows > 0 && !stop_wanted())
    finish(context, 0, rows);
}

void product_run(Product *product) { product_run_then(product, NULL, NULL); }

bool product_ready(const Product *product, ReadyProduct *ready) {
  static const char a, b; /* only to see whether they are exchanged */
  ready->product = *product;
  ready->product.a = &a, ready->product.b = &b;
  ready->rows = product->m;
  product_turn(&ready->product);
  ready->swapped = ready->product.a == &b;
  ready->product.a = ready->product.b = NULL; /* they might be the same matrix */
  const Cut cut = product_cut(&ready->product);
  return product_parts(&cut) == 1 && !symmetric_suits(&ready->product);
}

void product_run_ready(ReadyProduct *ready, const void *a, const void *b, void *c,
                       void (*finish)(void *context, int64_t row, int64_t rows), void *context) {
  Product *product = &ready->product;
  product->a = ready->swapped ? b : a;
  product->b = ready->swapped ? a : b;
  product->c = c;
  product_block(product, &(Part){0, product->m, 0, product->n, 0, product->k});
  if (finish != NULL && ready->rows > 0 && !stop_wanted()) finish(context, 0, ready->rows);
}

/* ---- the twin ---- */

static double element(const Product *product, const void *matrix, int64_t at_element) {
  return product->dtype == DTYPE_F32 ? (double)((const float *)matrix)[at_element]
                                     : ((const double *)matrix)[at_element];
}

void product_plain(const Product *product) {
  for (int64_t i = 0; i < product->m; i++)
    for (int64_t j = 0; j < product->n; j++) {
      double sum = product->add ? element(product, product->c, i * product->c_stride + j) : 0;
      for (int64_t p = 0; p < product->k; p++)
        sum +=
            element(product, product->a,
                    product->a_transposed ? p * product->a_stride + i : i * product->a_stride + p) *
            element(product, product->b,
                    product->b_transposed ? j * product->b_stride + p : p * product->b_stride + j);
      if (product->dtype == DTYPE_F32)
        ((float *)product->c)[i * product->c_stride + j] = (float)sum;
      else ((double *)product->c)[i * product->c_stride + j] = sum;
    }
}
