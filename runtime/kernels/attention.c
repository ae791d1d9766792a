/* attention.c — attention and its gradients, some queries at a time.
 *
 * A block is some queries of one head.  Its scores with all keys they may see are one product, in
 * scratch; softmax makes weights of them, and a second product the result.  So there is never more
 * than a stripe of the scores, [keys, rows], on each thread, while the matrix as a whole has
 * [queries, keys] for each head: memory grows with the keys, not with their square.  A query's
 * scores are there as a whole, so nothing is rescaled; the well-known way by tiles of keys (Dao et
 * al., "FlashAttention", 2022) keeps less, and pays by rescaling what it has added up.
 *
 * A stripe is turned: a row for each key, and in it the block's queries, its *lanes*.  So what is
 * done to each query's scores (their greatest, their sum) is done to a vector of queries at once,
 * and only the queries, not all keys, are turned for the product.  The lanes are filled up to whole
 * vectors; what is in those beyond the queries counts for nothing.  The weights are not divided by
 * their sums, the results are: they are fewer.  One query alone has its scores in a row.
 *
 * The gradients take the scores and weights again instead of keeping them.  With P the weights of
 * a block, D what reached its results and G = P (D v' - sum(P D v')): dq = G k, and dk gets G' q,
 * dv gets P' D, block after block.
 *
 * Operands and results may be heads of one matrix, rows of different heads in turn: a layer's
 * product as it is.  Plans say so (plan/turn.c), and then permute nothing.
 *
 * Causal: a block's stripe ends at the last key that its last query sees, and its first queries
 * leave out the keys behind their own last one; so about half the work is left out.  What a mask
 * hides is -inf among the scores; a query that sees nothing has weights 0.
 *
 * Bits: blocks are cut by size alone.  The blocks of one matrix of keys follow each other on one
 * thread; where there are too few matrices for a team, they are cut into parts with a dk and dv of
 * their own, which are added in order.  Products and softmax have the same bits on every
 * instruction set.
 */
#include "runtime/kernels/attention.h"

#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/approx.h"
#include "runtime/kernels/fault.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/softmax.h"
#include "runtime/kernels/sum.h"
#include "runtime/kernels/team.h"

#include <math.h>
#include <string.h>

Kernel kernel_attention, kernel_attention_shares;

extern const Op OP_ATTENTION_SHARES;

enum {
#if defined(GD_HARSH)
  ROWS_MOST = 5,
  ROWS_CAUSAL = 3,
  EARLY = 2,
  ROWS_LEAST = 2,
  STRIPE = 20,
  TASK_WORK = 100,
  PARTS = 3,
  CHUNK = 7,
#else
  ROWS_MOST = 64,      /* queries of a block, … */
  ROWS_CAUSAL = 32,    /* … of a causal one, … */
  EARLY = 16,          /* … of which so many leave out what only the others see, … */
  ROWS_LEAST = 16,     /* … and where keys are many: */
  STRIPE = 1 << 17,    /* scores of a block */
  TASK_WORK = 1 << 17, /* multiplications worth handing out */
  PARTS = 8,           /* for the team, where matrices of keys are fewer */
  CHUNK = 1 << 14,     /* elements of dk and dv that a task adds up */
#endif
  LANES = 16, /* queries of a block are filled up to a multiple of it */
  LANES_MOST = (ROWS_MOST + LANES - 1) / LANES * LANES,
};

#define REAL float
#define WHOLE int32_t
#define EXP exp_f32
#define UNIT_SUM sum_unit_f32
#define INFINITE HUGE_VALF
#define NAMED(name) name##_f32
#include "runtime/kernels/attention.inc"

#define REAL double
#define WHOLE int64_t
#define EXP exp_f64
#define UNIT_SUM sum_unit_f64
#define INFINITE HUGE_VAL
#define NAMED(name) name##_f64
#include "runtime/kernels/attention.inc"

/* Matrices of rows, which may lie among those of other heads. */
typedef struct Heads {
  char *data;
  int64_t count;  /* of a sequence */
  int64_t stride; /* elements from row to row, … */
  int64_t head;   /* … from head to head, … */
  int64_t all;    /* … and of all heads of a sequence */
} Heads;

/* One of them, from some row on. */
typedef struct Matrix {
  char *at;
  int64_t stride;
} Matrix;

typedef struct Job {
  Heads q, k, v, dy; /* dy: of the shares alone */
  Heads y;           /* of attention alone */
  char *out;
  const View *mask; /* NULL: none */
  const Shape *of_q;
  Dtype dtype;
  bool wide;                          /* f64 */
  size_t size;                        /* bytes of an element */
  int64_t groups, each;               /* matrices of keys; heads that share one */
  int64_t queries, keys, width, made; /* T, S, D and E */
  int64_t rows, blocks;               /* queries of a block; blocks of a head */
  bool causal;
  int64_t parts;    /* of the blocks that share keys; of the shares alone */
  char *partial;    /* dk and dv of all parts but the first */
  int64_t units;    /* blocks, or parts of the shares … */
  int64_t per_task; /* … and so many are a task */
} Job;

typedef struct Block {
  int64_t head;        /* of all */
  int64_t first, rows; /* its queries */
  int64_t keys;        /* that one of them may see, from the first on */
  int64_t lanes;       /* of its stripe; 1: a row */
  int64_t early, some; /* its first queries, and how many keys they see; or all of both */
} Block;

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t dim_back(const Shape *shape, int back) {
  return back <= shape->rank ? shape->dim[shape->rank - back] : 1;
}
static char *into(const Job *job, void *base, int64_t element) {
  return (char *)base + element * (int64_t)job->size;
}

static Matrix down(const Job *job, Matrix matrix, int64_t rows) {
  return (Matrix){into(job, matrix.at, rows * matrix.stride), matrix.stride};
}
/* Head `index` of all, from row `row` on. */
static Matrix matrix_of(const Job *job, const Heads *heads, int64_t index, int64_t row) {
  const int64_t start = index / heads->count * heads->all + index % heads->count * heads->head;
  return (Matrix){into(job, heads->data, start + row * heads->stride), heads->stride};
}

/* ---- the cut ---- */

static Heads heads_of(const View *view, bool turned) {
  const int64_t heads = dim_back(&view->shape, 3), rows = dim_back(&view->shape, 2),
                width = dim_back(&view->shape, 1);
  return (Heads){.data = view->data,
                 .count = heads,
                 .stride = turned ? heads * width : width,
                 .head = turned ? width : rows * width,
                 .all = heads * rows * width};
}

static Job job_of(Call *call, bool shares) {
  const Shape *q = &call->inputs[0].shape, *k = &call->inputs[1].shape, *v = &call->inputs[2].shape;
  const int64_t turned = call->attr_count > 1 ? call->attrs[1] : 0;
  int fixed = shares ? 4 : 3;
  Job job = {.q = heads_of(&call->inputs[0], turned & 1),
             .k = heads_of(&call->inputs[1], turned & 2),
             .v = heads_of(&call->inputs[2], turned & 4),
             .out = call->output.data,
             .mask = call->input_count > fixed ? &call->inputs[fixed] : NULL,
             .of_q = q,
             .dtype = call->output.dtype,
             .wide = call->output.dtype == DTYPE_F64,
             .size = dtype_bytes(call->output.dtype),
             .groups = 1,
             .queries = dim_back(q, 2),
             .keys = dim_back(k, 2),
             .width = dim_back(q, 1),
             .made = dim_back(v, 1),
             .causal = call->attrs[0] != 0,
             .parts = 1};
  if (shares) job.dy = heads_of(&call->inputs[3], turned & 8);
  else job.y = heads_of(&call->output, turned & ATTENTION_TURNS);
  for (int axis = 0; axis < k->rank - 2; axis++) job.groups *= k->dim[axis];
  job.each = job.groups ? dim_back(q, 3) / dim_back(k, 3) : 0;
  /* fewer of a causal one: its first queries also compute the keys that only its last one sees */
  job.rows = most(ROWS_LEAST,
                  least(job.causal ? ROWS_CAUSAL : ROWS_MOST, STRIPE / most(1, job.keys)));
  job.blocks = (job.queries + job.rows - 1) / job.rows;
  return job;
}

/* How many keys, from the first on, query t sees. */
static int64_t seen_by(const Job *job, int64_t t) {
  if (!job->causal) return job->keys;
  return most(0, least(job->keys, t + 1 + job->keys - job->queries));
}

static int64_t lanes_of(int64_t rows) { return rows > 1 ? (rows + LANES - 1) / LANES * LANES : 1; }

static Block block_of(const Job *job, int64_t index) {
  Block block = {.head = index / job->blocks, .first = index % job->blocks * job->rows};
  block.rows = least(job->rows, job->queries - block.first);
  block.keys = seen_by(job, block.first + block.rows - 1);
  block.lanes = lanes_of(block.rows);
  block.early = job->causal ? least(block.rows, EARLY) : block.rows;
  block.some = seen_by(job, block.first + block.early - 1);
  return block;
}

/* Bytes of a stripe; a task has two. */
static size_t stripe_bytes(const Job *job) {
  size_t bytes = (size_t)(lanes_of(least(job->rows, job->queries)) * job->keys) * job->size;
  return (bytes + 63) / 64 * 64;
}

/* Runs it on the team; a unit multiplies so often. */
static void run(Call *call, Job *job, double work, void (*task)(void *context, int64_t index)) {
  job->per_task = work >= TASK_WORK ? 1 : (int64_t)(TASK_WORK / (work + 1)) + 1;
  int64_t tasks = (job->units + job->per_task - 1) / job->per_task;
  size_t bytes = (size_t)least(tasks, team_size()) * 2 * stripe_bytes(job);
  if (tasks == 0 || !fault_reserve(call, "attention", bytes)) return;
  team_run(tasks, task, job);
  mem_release(bytes);
}

/* ---- a block ---- */

/* c [m, n] = a b, or with `add` c += a b.  A stripe's rows are its lanes, another's its columns. */
typedef struct Factors {
  const void *a, *b;
  void *c;
  int64_t a_stride, b_stride, c_stride;
  bool turn_a, turn_b, add;
} Factors;

static void multiply(const Job *job, int64_t m, int64_t n, int64_t k, const Factors *factors) {
  if (m == 0 || n == 0) return;
  Product product = product_dense(job->dtype, m, n, k);
  product.a = factors->a;
  product.b = factors->b;
  product.c = factors->c;
  product.a_transposed = factors->turn_a;
  product.b_transposed = factors->turn_b;
  product.a_stride = factors->a_stride;
  product.b_stride = factors->b_stride;
  product.c_stride = factors->c_stride;
  product.add = factors->add;
  product.dense = !job->mask;
  product_turn(&product);
  product_block(&product, &(Part){0, product.m, 0, product.n, 0, product.k});
}

/* stripe [keys, rows] = keys [.., width] times queries [.., width] */
static void meet(const Job *job, const Block *block, Matrix keys, Matrix queries, void *stripe,
                 int64_t width) {
  const int64_t late = block->early, lanes = block->lanes;
  Factors factors = {.a = keys.at,
                     .b = queries.at,
                     .c = stripe,
                     .a_stride = keys.stride,
                     .b_stride = queries.stride,
                     .c_stride = lanes,
                     .turn_b = true};
  multiply(job, block->some, block->rows, width, &factors);
  factors.a = down(job, keys, block->some).at;
  factors.b = down(job, queries, late).at;
  factors.c = into(job, stripe, block->some * lanes + late);
  multiply(job, block->keys - block->some, block->rows - late, width, &factors);
}

/* to [rows, width] = the stripe's weights times keys [.., width] */
static void gather(const Job *job, const Block *block, void *stripe, Matrix keys, Matrix to,
                   int64_t width) {
  const int64_t late = block->early;
  Factors factors = {.a = stripe,
                     .b = keys.at,
                     .c = to.at,
                     .a_stride = block->lanes,
                     .b_stride = keys.stride,
                     .c_stride = to.stride,
                     .turn_a = true};
  multiply(job, late, width, block->some, &factors);
  factors.a = into(job, stripe, late);
  factors.c = down(job, to, late).at;
  multiply(job, block->rows - late, width, block->keys, &factors);
}

/* to [keys, width] += the stripe times queries [.., width] */
static void spread(const Job *job, const Block *block, void *stripe, Matrix queries, void *to,
                   int64_t width) {
  const int64_t late = block->early;
  Factors factors = {.a = stripe,
                     .b = queries.at,
                     .c = to,
                     .a_stride = block->lanes,
                     .b_stride = queries.stride,
                     .c_stride = width,
                     .add = true};
  multiply(job, block->some, width, block->rows, &factors);
  factors.a = into(job, stripe, block->some * block->lanes + late);
  factors.b = down(job, queries, late).at;
  factors.c = into(job, to, block->some * width);
  multiply(job, block->keys - block->some, width, block->rows - late, &factors);
}

/* The mask of a query, and how far apart its places are. */
static const uint8_t *mask_row(const Job *job, int64_t head, int64_t query, int64_t *step) {
  const Shape *shape = &job->mask->shape;
  int64_t keys = dim_back(shape, 1), stride = keys, place = 0;
  *step = keys == 1 ? 0 : 1;
  if (dim_back(shape, 2) != 1) place = query * stride;
  stride *= dim_back(shape, 2);
  for (int back = 3; back <= shape->rank; back++) {
    int64_t size = dim_back(job->of_q, back);
    if (dim_back(shape, back) != 1) place += head % size * stride;
    stride *= dim_back(shape, back);
    head /= size;
  }
  return (const uint8_t *)job->mask->data + place;
}

/* The scores that are not seen made -inf; which queries see none? */
static void hide(const Job *job, const Block *block, char *scores, bool *blind) {
  int64_t limits[LANES_MOST] = {0}, step = 0;
  for (int64_t row = 0; row < block->rows; row++) {
    limits[row] = seen_by(job, block->first + row);
    blind[row] = limits[row] == 0;
    if (!job->mask) continue;
    const uint8_t *mask = mask_row(job, block->head, block->first + row, &step);
    blind[row] = !(job->wide ? hide_f64 : hide_f32)(into(job, scores, row), block->lanes,
                                                    limits[row], mask, step);
  }
  if (job->causal && block->rows > 1)
    (job->wide ? hide_late_f64 : hide_late_f32)(scores, limits[0], block->keys, block->lanes,
                                                limits);
}

/* Weights [keys, rows] of a block, and what each query's are still to be divided by; scores is room
 * of that size. */
static void weigh(const Job *job, const Block *block, char *scores, char *weights, double *sums) {
  bool blind[ROWS_MOST] = {false};
  const int64_t n = block->keys, lanes = block->lanes;
  meet(job, block, matrix_of(job, &job->k, block->head / job->each, 0),
       matrix_of(job, &job->q, block->head, block->first), scores, job->width);
  if (job->causal || job->mask) hide(job, block, scores, blind);
  if (lanes == 1) {
    softmax_rows(job->dtype, scores, weights, 1, n);
    sums[0] = blind[0] ? NAN : 1;
  } else {
    (job->wide ? exponentials_f64 : exponentials_f32)(scores, weights, n, lanes, sums);
  }
  for (int64_t row = 0; row < block->rows; row++) {
    if (LIKELY(sums[row] == sums[row])) continue;
    sums[row] = 1;
    if (!blind[row])
      softmax_odd(job->dtype, into(job, scores, row), into(job, weights, row), n, lanes);
    for (int64_t i = 0; i < n && blind[row]; i++)
      memset(into(job, weights, i * lanes + row), 0, job->size);
  }
}

/* ---- forwards ---- */

static void attend(const Job *job, const Block *block, char *room) {
  const Matrix y = matrix_of(job, &job->y, block->head, block->first);
  char *weights = room + stripe_bytes(job);
  double sums[LANES_MOST];
  if (block->keys == 0) {
    for (int64_t row = 0; row < block->rows; row++)
      memset(down(job, y, row).at, 0, (size_t)job->made * job->size);
    return;
  }
  weigh(job, block, room, weights, sums);
  gather(job, block, weights, matrix_of(job, &job->v, block->head / job->each, 0), y, job->made);
  if (block->lanes > 1)
    (job->wide ? divide_f64 : divide_f32)(y.at, block->rows, job->made, y.stride, sums);
}

static void attend_task(void *context, int64_t task) {
  const Job *job = context;
  char *room = team_scratch(2 * stripe_bytes(job) + 64);
  int64_t from = task * job->per_task, to = least(job->units, from + job->per_task);
  for (int64_t i = from; i < to && !stop_wanted(); i++) {
    Block block = block_of(job, i);
    attend(job, &block, room);
  }
  team_scratch_trim();
}

void kernel_attention(Call *call) {
  Job job = job_of(call, false);
  job.units = job.groups * job.each * job.blocks;
  run(call, &job, (double)(job.rows * job.keys) * (double)(job.width + job.made), attend_task);
}

/* ---- the shares ---- */

/* Elements that a matrix of keys has in the output: dq of its heads, dk, dv. */
static int64_t shares_of_keys(const Job *job) { return job->keys * (job->width + job->made); }
static int64_t shares_of_heads(const Job *job) { return job->each * job->queries * job->width; }

/* Where part `part` of a matrix of keys adds up dk, and behind it dv. */
static char *keys_of(const Job *job, int64_t group, int64_t part) {
  int64_t own = shares_of_keys(job), heads = shares_of_heads(job);
  if (part == 0) return into(job, job->out, group * (heads + own) + heads);
  return into(job, job->partial, (group * (job->parts - 1) + part - 1) * own);
}

static void share(const Job *job, const Block *block, char *dk, char *room) {
  const int64_t group = block->head / job->each, n = block->keys,
                own = block->head % job->each * job->queries + block->first;
  const Matrix dq = {
      into(job, job->out, group * (shares_of_heads(job) + shares_of_keys(job)) + own * job->width),
      job->width};
  char *dv = into(job, dk, job->keys * job->width), *weights = room + stripe_bytes(job);
  double sums[LANES_MOST];
  if (n == 0) {
    memset(dq.at, 0, (size_t)(block->rows * job->width) * job->size);
    return;
  }
  const Matrix q = matrix_of(job, &job->q, block->head, block->first),
               dy = matrix_of(job, &job->dy, block->head, block->first);
  weigh(job, block, room, weights, sums);
  meet(job, block, matrix_of(job, &job->v, group, 0), dy, room, job->made);
  if (block->lanes == 1) (job->wide ? share_row_f64 : share_row_f32)(weights, room, n);
  else (job->wide ? share_lanes_f64 : share_lanes_f32)(weights, room, n, block->lanes, sums);
  gather(job, block, room, matrix_of(job, &job->k, group, 0), dq, job->width);
  spread(job, block, room, q, dk, job->width);
  spread(job, block, weights, dy, dv, job->made);
}

/* Some of the blocks that share a matrix of keys. */
static void share_part(const Job *job, int64_t unit, char *room) {
  int64_t group = unit / job->parts, part = unit % job->parts, blocks = job->each * job->blocks,
          from = blocks * part / job->parts, to = blocks * (part + 1) / job->parts;
  char *dk = keys_of(job, group, part);
  memset(dk, 0, (size_t)shares_of_keys(job) * job->size);
  for (int64_t i = from; i < to && !stop_wanted(); i++) {
    Block block = block_of(job, group * blocks + i);
    share(job, &block, dk, room);
  }
}

static void share_task(void *context, int64_t task) {
  const Job *job = context;
  char *room = team_scratch(2 * stripe_bytes(job) + 64);
  int64_t from = task * job->per_task, to = least(job->units, from + job->per_task);
  for (int64_t i = from; i < to; i++) share_part(job, i, room);
  team_scratch_trim();
}

/* A chunk of dk and dv: the parts are added in order. */
static void join_task(void *context, int64_t task) {
  const Job *job = context;
  int64_t own = shares_of_keys(job), chunks = (own + CHUNK - 1) / CHUNK, group = task / chunks,
          first = task % chunks * CHUNK, some = least(CHUNK, own - first);
  char *to = into(job, keys_of(job, group, 0), first);
  for (int64_t part = 1; part < job->parts; part++)
    (job->wide ? add_to_f64 : add_to_f32)(to, into(job, keys_of(job, group, part), first), some);
}

bool attention_whole(int64_t groups) { return groups >= PARTS; }

void attention_some(Call *call, int64_t first, int64_t end) {
  const bool shares = call->op == OP_ATTENTION_SHARES;
  Job job = job_of(call, shares);
  const int64_t each = shares ? 1 : job.each * job.blocks;
  char *room = team_scratch(2 * stripe_bytes(&job) + 64);
  for (int64_t i = first * each; i < end * each && !stop_wanted(); i++) {
    Block block = block_of(&job, i);
    if (shares) share_part(&job, i, room);
    else attend(&job, &block, room);
  }
}

void kernel_attention_shares(Call *call) {
  Job job = job_of(call, true);
  int64_t blocks = job.each * job.blocks, own = shares_of_keys(&job);
  if (job.groups == 0) return;
  if (job.groups < PARTS) job.parts = most(1, least(blocks, (PARTS + job.groups - 1) / job.groups));
  size_t bytes = (size_t)(job.groups * (job.parts - 1) * own) * job.size;
  if (!fault_reserve(call, "attention", bytes)) return;
  if (job.parts > 1) job.partial = team_scratch(bytes + 64);
  job.units = job.groups * job.parts;
  double each = (double)(job.rows * job.keys) * (double)(3 * job.width + 2 * job.made);
  run(call, &job, each * (double)most(1, blocks / job.parts), share_task);
  if (job.parts > 1 && !call->fault->status)
    team_run(job.groups * ((own + CHUNK - 1) / CHUNK), join_task, &job);
  team_scratch_trim();
  mem_release(bytes);
}
