/* pool.c — pooling: a window slides over each plane of the images.
 *
 * The greatest of a window, its place (for derivatives of derivatives) and its gradient, which
 * finds the greatest again: that costs less than a place for each window in memory.  For a mean the
 * caller divides the sum.  Padding is never the greatest and adds nothing. Each plane, an image's
 * channel, is one loop over windows; the team takes planes, so many to a block that it is worth
 * handing out.
 */
#include "runtime/kernels/pool.h"
#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/pool_wide.h"
#include "runtime/kernels/team.h"

#include <string.h>

enum {
#if defined(GD_HARSH)
  BLOCK_WORK = 20,
  RUN_MOST = 13
#else
  BLOCK_WORK = 1 << 14, /* places looked at that make a block worth handing out */
  RUN_MOST = 256        /* windows of a row that go together */
#endif
};

typedef struct Pool Pool;
/* `beside`: the same plane of the second input */
typedef void Plane(const Pool *pool, const void *from, const void *beside, void *into);

struct Pool {
  int64_t planes;        /* N C */
  int64_t height, width; /* of x */
  int64_t out_height, out_width;
  /* vertically, horizontally; the padding is that above and to the left */
  int64_t window[2], stride[2], pad[2];
  int64_t per_block; /* planes of one block */
  Plane *plane;      /* the loop over one … */
  bool tall;         /* … or over several as one, since rows of windows fill each */
  const char *from;  /* the input's planes, and the bytes of one */
  size_t from_bytes;
  const char *beside; /* the second input's; NULL: there is none */
  size_t beside_bytes;
  char *into; /* the output's */
  size_t into_bytes;
};

/* The part of a window that lies inside the image: bottom and right are one past. */
typedef struct Window {
  int64_t top, bottom, left, right;
} Window;

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static inline Window window_of(const Pool *pool, int64_t oy, int64_t ox) {
  const int64_t y = oy * pool->stride[0] - pool->pad[0], x = ox * pool->stride[1] - pool->pad[1];
  return (Window){most(0, y), least(pool->height, y + pool->window[0]), most(0, x),
                  least(pool->width, x + pool->window[1])};
}

/* Windows of 2 x 2 side by side, none beyond an edge. */
static bool pool_pairs(const Pool *pool) {
  for (int i = 0; i < 2; i++)
    if (pool->window[i] != 2 || pool->stride[i] != 2 || pool->pad[i] != 0) return false;
  return 2 * pool->out_height <= pool->height && 2 * pool->out_width <= pool->width;
}

#define REAL float
#define WHOLE int32_t
#define EVERY_SECOND(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 9, 11, 13, 15)
#define NAMED(name) name##_f32
#define max_pairs_f32(...) (pool_wide() ? pool_wide_max : max_rows_f32)(__VA_ARGS__)
#define max_input_pairs_f32(...) \
  (pool_wide() ? pool_wide_max_input : max_input_rows_f32)(__VA_ARGS__)
#include "runtime/kernels/pool.inc"

#define REAL double
#define WHOLE int64_t
#define EVERY_SECOND(a, b) __builtin_shufflevector(a, b, 0, 2, 5, 7)
#define NAMED(name) name##_f64
#define max_pairs_f64 max_rows_f64
#define max_input_pairs_f64 max_input_rows_f64
#include "runtime/kernels/pool.inc"

static void run_block(void *context, int64_t block) {
  const Pool *pool = context;
  const int64_t end = least(pool->planes, (block + 1) * pool->per_block);
  Pool tall = *pool;
  int64_t p = block * pool->per_block;
  const int64_t at_once = pool->tall ? end - p : 1;
  tall.height *= at_once, tall.out_height *= at_once;
  for (; p < end && !stop_wanted(); p += at_once)
    pool->plane(&tall, pool->from + (size_t)p * pool->from_bytes,
                pool->beside ? pool->beside + (size_t)p * pool->beside_bytes : NULL,
                pool->into + (size_t)p * pool->into_bytes);
}

static size_t plane_bytes(const View *view) {
  return (size_t)(view->shape.dim[2] * view->shape.dim[3]) * dtype_bytes(view->dtype);
}

/* x is the large side of the pooling, y the small one. */
static void pool_run(Call *call, const Shape *x, const Shape *y, Plane *plane_f32,
                     Plane *plane_f64) {
  const View *from = &call->inputs[0], *into = &call->output;
  const int64_t *attrs = call->attrs;
  Pool pool = {.planes = x->dim[0] * x->dim[1],
               .height = x->dim[2],
               .width = x->dim[3],
               .out_height = y->dim[2],
               .out_width = y->dim[3]};
  for (int i = 0; i < 2; i++)
    pool.window[i] = attrs[i], pool.stride[i] = attrs[2 + i], pool.pad[i] = attrs[4 + i];
  /* (places are counted in each plane) */
  pool.tall = pool_pairs(&pool) && 2 * pool.out_height == pool.height && into->dtype != DTYPE_I32;
  pool.plane = from->dtype == DTYPE_F32 ? plane_f32 : plane_f64;
  pool.from = from->data;
  pool.into = into->data;
  pool.from_bytes = plane_bytes(from);
  pool.into_bytes = plane_bytes(into);
  if (call->input_count > 1)
    pool.beside = call->inputs[1].data, pool.beside_bytes = plane_bytes(&call->inputs[1]);
  const double work = (double)(pool.out_height * pool.out_width) * (double)pool.window[0] *
                      (double)pool.window[1];
  pool.per_block = work >= BLOCK_WORK ? 1 : (int64_t)(BLOCK_WORK / (work + 1)) + 1;
  int64_t blocks = (pool.planes + pool.per_block - 1) / pool.per_block;
  pool.per_block = blocks > 0 ? (pool.planes + blocks - 1) / blocks : 1; /* as even as can be */
  blocks = (pool.planes + pool.per_block - 1) / pool.per_block;
  if (blocks == 1) run_block(&pool, 0);
  else if (blocks > 1) team_run(blocks, run_block, &pool);
}

void kernel_pool_argmax(Call *call) {
  pool_run(call, &call->inputs[0].shape, &call->output.shape, argmax_f32, argmax_f64);
}
void kernel_pool_max(Call *call) {
  pool_run(call, &call->inputs[0].shape, &call->output.shape, max_f32, max_f64);
}
void kernel_pool_max_input(Call *call) {
  pool_run(call, &call->output.shape, &call->inputs[0].shape, max_input_f32, max_input_f64);
}
void kernel_pool_sum(Call *call) {
  pool_run(call, &call->inputs[0].shape, &call->output.shape, sum_f32, sum_f64);
}
void kernel_pool_sum_input(Call *call) {
  pool_run(call, &call->output.shape, &call->inputs[0].shape, spread_f32, spread_f64);
}
