/* index.c — elements named by an index: gather and pick, their transposes scatter and drop, and
 * which is the last to name a place.
 *
 * An index is i32; a negative one counts from the end.  All of them are checked before anything is
 * written (FAULTS.md, C15), so a fault leaves no trace and the loops need no checks.  x is seen as
 * [outer, n, inner] around the axis.
 *
 *   gather   x [outer, n, inner], index [m]               → y[o, j, i] = x[o, index[j], i]
 *   scatter  dy [outer, m, inner], index [m]              → y[o, index[j], i] += dy[o, j, i]
 *   pick     x [outer, n, inner], index [outer, m, inner] → y[o, j, i] = x[o, index[o, j, i], i]
 *   drop     dy and index [outer, m, inner]               → y[o, index[o, j, i], i] += dy[o, j, i]
 *   last     index [outer, m, inner]                      → y[o, index[o, j, i], i] = j, the last
 *
 * Where an index comes twice the sums are made in the order of j, by one task: work is cut along
 * outer and inner only, so the bits are the same on any number of threads.
 *
 * One index that all outer places share (gather, scatter) is read once for several of them.  Where
 * it mostly counts on by one, as the border of `pad` and a slice do, each run of it is moved whole.
 */
#include <string.h>

#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/fault.h"
#include "runtime/kernels/index.h"
#include "runtime/kernels/team.h"

Kernel kernel_gather, kernel_scatter, kernel_pick, kernel_drop, kernel_last;

enum {
  TILE = 64,
  ABREAST = 4, /* outer places for which an index is read once */
  AHEAD = 8    /* rows fetched into the cache before they are read */
};
#if defined(GD_HARSH)
enum { TASK = 64, STRETCH = 7, RUN = 2 };
#else
enum { TASK = 1 << 14, STRETCH = 1 << 13, RUN = 8 /* places in one, on the average, that pay */ };
#endif

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

INLINE int64_t place_of(int32_t named, int64_t n) { return named < 0 ? named + n : named; }

/* Of the indices from j on, those that count on by one. */
INLINE int64_t run_from(const int32_t *index, int64_t j, int64_t m) {
  int64_t end = j + 1;
  while (end < m && index[end] == index[end - 1] + 1 && index[end] != 0) end++;
  return end - j;
}

/* y[r, j] = x[r, index[j]] for rows of x and y, n and m elements of `inner` parts long. */
typedef struct Lines {
  const int32_t *index;
  int64_t rows, n, m, inner;
  int64_t width; /* columns of a tile; all of `inner` where there is but one */
  bool runs;
} Lines;

#define ELEMENT uint8_t
#define NAMED(name) name##_1
#include "runtime/kernels/take.inc"
#define ELEMENT uint16_t
#define NAMED(name) name##_2
#include "runtime/kernels/take.inc"
#define ELEMENT uint32_t
#define NAMED(name) name##_4
#include "runtime/kernels/take.inc"
#define ELEMENT uint64_t
#define NAMED(name) name##_8
#include "runtime/kernels/take.inc"

#define PLUS(a, b, bad) ((a) + (b))
#define REAL float
#define JOIN PLUS
#define NAMED(name) name##_f32
#include "runtime/kernels/add.inc"
#define REAL double
#define JOIN PLUS
#define NAMED(name) name##_f64
#include "runtime/kernels/add.inc"

#define ADD_ROW(REAL, NAME)                                                               \
  static void NAME(const void *from, int64_t j, void *to, int64_t place, int64_t width) { \
    const REAL *part = (const REAL *)from + j * width;                                    \
    REAL *sum = (REAL *)to + place * width;                                               \
    for (int64_t k = 0; k < width; k++) sum[k] += part[k];                                \
  }
ADD_ROW(float, add_row_f32)
ADD_ROW(double, add_row_f64)

INLINE int32_t plus_i32(int32_t a, int32_t b, bool *bad) {
  int32_t sum;
  *bad |= __builtin_add_overflow(a, b, &sum);
  return sum;
}
#define PLUS_I32(a, b, bad) plus_i32(a, b, &(bad))
#define REAL int32_t
#define JOIN PLUS_I32
#define NAMED(name) name##_i32
#include "runtime/kernels/add.inc"

INLINE uint8_t plus_u8(uint8_t a, uint8_t b, bool *bad) {
  uint8_t sum;
  *bad |= __builtin_add_overflow(a, b, &sum);
  return sum;
}
#define PLUS_U8(a, b, bad) plus_u8(a, b, &(bad))
#define REAL uint8_t
#define JOIN PLUS_U8
#define NAMED(name) name##_u8
#include "runtime/kernels/add.inc"

#define EITHER(a, b, bad) ((a) | (b))
#define REAL uint8_t
#define JOIN EITHER
#define NAMED(name) name##_bool
#include "runtime/kernels/add.inc"

typedef bool Add(const Lines *lines, const void *dy, void *y);
typedef void Take(const Lines *lines, const void *x, void *y);
typedef void Pick(const void *x, void *y, const int32_t *index, int64_t n, int64_t inner, int64_t i,
                  int64_t count);
enum { LARGEST = 8 }; /* bytes of an element */
static Take *const TAKES[LARGEST + 1] = {[1] = take_1, [2] = take_2, [4] = take_4, [8] = take_8};
static Pick *const PICKS[LARGEST + 1] = {[1] = pick_1, [2] = pick_2, [4] = pick_4, [8] = pick_8};
static Add *const SCATTERS[DTYPE_COUNT] = {[DTYPE_BOOL] = scatter_bool,
                                           [DTYPE_U8] = scatter_u8,
                                           [DTYPE_I32] = scatter_i32,
                                           [DTYPE_F32] = scatter_f32,
                                           [DTYPE_F64] = scatter_f64};
static Add *const DROPS[DTYPE_COUNT] = {[DTYPE_BOOL] = drop_bool,
                                        [DTYPE_U8] = drop_u8,
                                        [DTYPE_I32] = drop_i32,
                                        [DTYPE_F32] = drop_f32,
                                        [DTYPE_F64] = drop_f64};

/* ---- what all share ---- */

typedef struct Job Job;
typedef void Matrix(const Job *job, const Lines *lines, int64_t outer, int64_t column);

struct Job {
  Call *call;
  const char *x; /* x, or dy */
  char *y;
  const int32_t *index;
  int64_t outer, inner;
  int64_t n, m;   /* places on the axis; indices along it */
  int64_t group;  /* outer places, or rows, in a task */
  int64_t tiles;  /* of TILE columns */
  bool runs;      /* indices that count on by one are many */
  size_t size;    /* bytes of an element */
  Matrix *matrix; /* what one tile does */
};

static Job job_of(Call *call) {
  const View *x = &call->inputs[0];
  Job job = {.call = call,
             .x = x->data,
             .y = call->output.data,
             .index = call->inputs[call->input_count - 1].data,
             .outer = 1,
             .inner = 1,
             .group = 1,
             .tiles = 1,
             .size = dtype_bytes(x->dtype)};
  int axis = (int)call->attrs[0];
  for (int i = 0; i < axis; i++) job.outer *= x->shape.dim[i];
  return job;
}

FOR_EACH_ISA(bool, all_within, (const int32_t *index, int64_t count, int64_t n),
             (index, count, n)) {
  bool outside = false;
  for (int64_t i = 0; i < count; i++) outside |= (index[i] >= n) | (index[i] < -n);
  return !outside;
}

/* Does it mostly count on by one? */
FOR_EACH_ISA(bool, counts_on, (const int32_t *index, int64_t m), (index, m)) {
  int64_t breaks = 1;
  for (int64_t j = 1; j < m; j++) breaks += (index[j] != index[j - 1] + 1) | (index[j] == 0);
  return breaks * RUN <= m;
}

/* The lines of some outer places. */
static Lines lines_of(const Job *job, int64_t outers) {
  return (Lines){.index = job->index,
                 .rows = outers,
                 .n = job->n,
                 .m = job->m,
                 .inner = job->inner,
                 .width = job->inner,
                 .runs = job->runs};
}

/* Are all indices from -n to n - 1?  Else the first that is not is reported. */
static bool check_index(Call *call, int64_t n) {
  const int last = call->input_count - 1;
  const int32_t *index = call->inputs[last].data;
  int64_t count = shape_count(&call->inputs[last].shape), i = 0;
  enum { LOOK = 1 << 20 };
  while (i < count && !stop_wanted() && all_within(index + i, least(LOOK, count - i), n)) i += LOOK;
  if (i >= count || stop_wanted()) return i >= count;
  while (index[i] < n && index[i] >= -n) i++;
  fault_report(call, "index %d is out of range for axis %d of size %lld", (int)index[i],
               (int)call->attrs[0], (long long)n);
  fault_at(call, last, i);
  return false;
}

static void told_sum(Call *call) {
  fault_report(call, "a sum does not fit %s",
               call->output.dtype == DTYPE_U8
                   ? "a u8, which goes from 0 to 255"
                   : "an i32, which goes from -2147483648 to 2147483647");
}

/* ---- gather ---- */

static inline const char *row_at(const Job *job, int64_t outer, int64_t place, size_t bytes) {
  return job->x + (size_t)(outer * job->n + place_of(job->index[place], job->n)) * bytes;
}

/* Rows of `inner` elements, of which the most common sizes are copied without a call. */
static void gather_rows(void *context, int64_t task) {
  const Job *job = context;
  int64_t first = task * job->group, end = least(first + job->group, job->outer * job->m);
  size_t bytes = (size_t)job->inner * job->size;
  char *y = job->y + (size_t)first * bytes;
  int64_t outer = first / job->m, place = first % job->m;
  for (int64_t row = first; row < end; row++, y += bytes) {
    const char *x = row_at(job, outer, place, bytes);
    if (bytes >= 64 && place + AHEAD < job->m) {
      const char *next = row_at(job, outer, place + AHEAD, bytes);
      for (size_t at = 0; at < bytes && at < 512; at += 64) __builtin_prefetch(next + at);
    }
    if (++place == job->m) place = 0, outer++;
    if (bytes == 4) memcpy(y, x, 4);
    else if (bytes == 8) memcpy(y, x, 8);
    else memcpy(y, x, bytes);
  }
}

/* Rows of one element. */
static void gather_ones(void *context, int64_t task) {
  const Job *job = context;
  int64_t at = task * job->group, end = least(at + job->group, job->outer * job->m);
  for (Lines lines = lines_of(job, 1); at < end; at += lines.m) {
    const int64_t outer = at / job->m, place = at % job->m;
    lines.index = job->index + place;
    lines.m = least(job->m - place, end - at);
    TAKES[job->size](&lines, job->x + (size_t)(outer * job->n) * job->size,
                     job->y + (size_t)at * job->size);
  }
}

/* Whole outer places. */
static void gather_lines(void *context, int64_t task) {
  const Job *job = context;
  const int64_t first = task * job->group;
  const Lines lines = lines_of(job, least(job->group, job->outer - first));
  TAKES[job->size](&lines, job->x + (size_t)(first * job->n * job->inner) * job->size,
                   job->y + (size_t)(first * job->m * job->inner) * job->size);
}

void kernel_gather(Call *call) {
  Job job = job_of(call);
  const Shape *shape = &call->inputs[0].shape;
  int axis = (int)call->attrs[0];
  job.n = shape->dim[axis], job.m = shape_count(&call->inputs[1].shape);
  for (int i = axis + 1; i < shape->rank; i++) job.inner *= shape->dim[i];
  if (!check_index(call, job.n) || shape_count(&call->output.shape) == 0) return;
  const bool lines = job.outer >= ABREAST && job.m * job.inner <= TASK;
  job.runs = lines && counts_on(job.index, job.m);
  if (job.runs || (lines && job.inner == 1)) {
    job.group = most(1, TASK / (job.m * job.inner));
    team_run((job.outer + job.group - 1) / job.group, gather_lines, &job);
    return;
  }
  job.group = most(1, TASK / job.inner);
  team_run((job.outer * job.m + job.group - 1) / job.group,
           job.inner == 1 ? gather_ones : gather_rows, &job);
}

/* ---- scatter ---- */

/* Zeros in the columns of a tile. */
static void clear(const Job *job, const Lines *lines, char *y) {
  const int64_t count = lines->rows * job->n;
  const size_t bytes = (size_t)job->inner * job->size, width = (size_t)lines->width * job->size;
  if (lines->width == job->inner)
    for (int64_t i = 0; i < count && !stop_wanted(); i += STRETCH)
      memset(y + (size_t)i * bytes, 0, (size_t)least(STRETCH, count - i) * bytes);
  else
    for (int64_t i = 0; i < count; i++) {
      if (i % STRETCH == 0 && stop_wanted()) return;
      memset(y + (size_t)i * bytes, 0, width);
    }
}

static void scatter_tile(const Job *job, const Lines *lines, int64_t outer, int64_t column) {
  char *y = job->y + (size_t)(outer * job->n * job->inner + column) * job->size;
  clear(job, lines, y);
  if (SCATTERS[job->call->output.dtype](
          lines, job->x + (size_t)(outer * job->m * job->inner + column) * job->size, y))
    told_sum(job->call);
}

static int64_t tiles_of(const Job *job) { return (job->inner + TILE - 1) / TILE; }

/* A tile's columns of some outer places. */
static void matrix_tiles(void *context, int64_t task) {
  const Job *job = context;
  const int64_t column = task % job->tiles * TILE, first = task / job->tiles * job->group;
  Lines lines = lines_of(job, least(job->group, job->outer - first));
  if (job->tiles > 1) lines.width = least(TILE, job->inner - column);
  job->matrix(job, &lines, first, column);
}

/* Tasks of whole tiles; `longest`: of what an outer place has along the axis. */
static void run_matrices(Job *job, int64_t longest) {
  job->group = most(1, TASK / (longest * (job->tiles > 1 ? TILE : job->inner)));
  team_run((job->outer + job->group - 1) / job->group * job->tiles, matrix_tiles, job);
}

void kernel_scatter(Call *call) {
  Job job = job_of(call);
  const Shape *out = &call->output.shape;
  int axis = (int)call->attrs[0];
  job.n = call->attrs[1], job.m = shape_count(&call->inputs[1].shape);
  for (int i = axis + 1; i < out->rank; i++) job.inner *= out->dim[i];
  if (!check_index(call, job.n) || shape_count(out) == 0) return;
  job.matrix = scatter_tile;
  if (job.outer < 8 && (job.n + job.m) * job.inner > TASK) job.tiles = tiles_of(&job);
  job.runs = job.tiles == 1 && job.outer >= ABREAST && counts_on(job.index, job.m);
  run_matrices(&job, job.n + job.m);
}

void index_scatter_rows(const Call *call, int64_t row, int64_t rows, void *to) {
  const View *dy = &call->inputs[0], *index = &call->inputs[1];
  const int64_t width = call->output.shape.dim[1], n = call->attrs[1],
                count = shape_count(&index->shape);
  const int32_t *places = index->data;
  memset(to, 0, (size_t)(rows * width) * dtype_bytes(dy->dtype));
  for (int64_t j = 0; j < count; j++) {
    const int64_t place = (places[j] < 0 ? places[j] + n : places[j]) - row;
    if (place < 0 || place >= rows) continue;
    if (dy->dtype == DTYPE_F32) add_row_f32(dy->data, j, to, place, width);
    else add_row_f64(dy->data, j, to, place, width);
  }
}

/* ---- pick, drop and last ---- */

static int64_t inner_of(const Shape *shape, int axis) {
  int64_t inner = 1;
  for (int i = axis + 1; i < shape->rank; i++) inner *= shape->dim[i];
  return inner;
}

/* One index after the other. */
static void pick_places(void *context, int64_t task) {
  const Job *job = context;
  const int64_t outer = job->m * job->inner; /* indices of an outer place */
  int64_t at = task * TASK, end = least(at + TASK, job->outer * outer);
  for (int64_t count; at < end; at += count) {
    const char *x = job->x + (size_t)(at / outer * job->n * job->inner) * job->size;
    count = least(end - at, outer - at % outer);
    PICKS[job->size](x, job->y + (size_t)at * job->size, job->index + at, job->n, job->inner,
                     at % job->inner, count);
  }
}

void kernel_pick(Call *call) {
  Job job = job_of(call);
  const Shape *index = &call->inputs[1].shape;
  int axis = (int)call->attrs[0];
  job.n = call->inputs[0].shape.dim[axis], job.m = index->dim[axis],
  job.inner = inner_of(index, axis);
  if (!check_index(call, job.n) || shape_count(index) == 0) return;
  team_run((shape_count(index) + TASK - 1) / TASK, pick_places, &job);
}

static void drop_tile(const Job *job, const Lines *lines, int64_t outer, int64_t column) {
  const int64_t at = outer * job->m * job->inner + column;
  char *y = job->y + (size_t)(outer * job->n * job->inner + column) * job->size;
  Lines own = *lines;
  own.index = job->index + at;
  clear(job, lines, y);
  if (DROPS[job->call->output.dtype](&own, job->x + (size_t)at * job->size, y)) told_sum(job->call);
}

static void last_tile(const Job *job, const Lines *lines, int64_t outer, int64_t column) {
  const int64_t n = job->n, inner = job->inner;
  const int32_t *index = job->index + outer * job->m * inner + column;
  int32_t *y = (int32_t *)(void *)job->y + outer * n * inner + column;
  for (int64_t row = 0; row < lines->rows; row++, y += n * inner) {
    for (int64_t i = 0; i < n; i++) {
      if (i % STRETCH == 0 && stop_wanted()) return;
      for (int64_t k = 0; k < lines->width; k++) y[i * inner + k] = -1;
    }
    for (int64_t j = 0; j < job->m; j++, index += inner) {
      if (j % STRETCH == 0 && stop_wanted()) return;
      for (int64_t k = 0; k < lines->width; k++) y[place_of(index[k], n) * inner + k] = (int32_t)j;
    }
  }
}

static void run_places(Call *call, Matrix *matrix) {
  Job job = job_of(call);
  const Shape *index = &call->inputs[call->input_count - 1].shape;
  int axis = (int)call->attrs[0];
  job.n = call->attrs[1], job.m = index->dim[axis], job.inner = inner_of(index, axis);
  job.matrix = matrix;
  if (!check_index(call, job.n) || shape_count(&call->output.shape) == 0) return;
  const int64_t longest = most(job.m, job.n);
  if (longest * job.inner > TASK) job.tiles = tiles_of(&job);
  run_matrices(&job, longest);
}

void kernel_drop(Call *call) { run_places(call, drop_tile); }
void kernel_last(Call *call) { run_places(call, last_tile); }
