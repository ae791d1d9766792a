/* order.c — what depends on the order of elements along an axis: argmin, argmax, cumsum, argsort.
 *
 * As in fold.c, x is seen as [outer, n, inner].  Where NaN matters it is the first NaN that argmin and argmax give, and
 * the end of the order, rising or falling, where argsort puts it.  -0 and 0 are equal.
 *
 * Sorting is by keys: each element becomes a whole number without sign that has its place in the order, whatever the
 * dtype and the direction, so there is one sort, of (key, index) pairs.  It merges, and is stable: of equal keys the one that
 * came first stays first.  A line of more than RUN elements is sorted in runs by the team, and then merged two by two.
 */
#include <math.h>
#include <string.h>

#include "runtime/base/isa.h"
#include "runtime/kernels/kernel.h"

enum { COLUMNS = 64, TASK = 1 << 15 };
#if defined(GD_HARSH)
enum { RUN = 16, INSERT = 2 };
#else
enum { RUN = 1 << 14, INSERT = 12 }; /* elements sorted by one task; by insertion */
#endif

/* The input of a kernel that works along one axis. */
typedef struct Line {
  int64_t outer, n, inner;
} Line;

static Line line_of(const Call *call) {
  const Shape *shape = &call->inputs[0].shape;
  int axis = (int)call->attrs[0];
  Line line = {1, shape->dim[axis], 1};
  for (int i = 0; i < axis; i++) line.outer *= shape->dim[i];
  for (int i = axis + 1; i < shape->rank; i++) line.inner *= shape->dim[i];
  return line;
}

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- argmin and argmax ---- */

#define LESS(a, b) ((a) < (b))
#define GREATER(a, b) ((a) > (b))
#define NEVER(a) false
#define NOT_EQUAL_ITSELF(a) ((a) != (a))

#define IN uint8_t
#define BETTER LESS
#define IS_NAN NEVER
#define NAMED(name) argmin_u8_##name
#include "runtime/kernels/arg.inc"

#define IN int32_t
#define BETTER LESS
#define IS_NAN NEVER
#define NAMED(name) argmin_i32_##name
#include "runtime/kernels/arg.inc"

#define IN float
#define BETTER LESS
#define IS_NAN NOT_EQUAL_ITSELF
#define NAMED(name) argmin_f32_##name
#include "runtime/kernels/arg.inc"

#define IN double
#define BETTER LESS
#define IS_NAN NOT_EQUAL_ITSELF
#define NAMED(name) argmin_f64_##name
#include "runtime/kernels/arg.inc"

#define IN uint8_t
#define BETTER GREATER
#define IS_NAN NEVER
#define NAMED(name) argmax_u8_##name
#include "runtime/kernels/arg.inc"

#define IN int32_t
#define BETTER GREATER
#define IS_NAN NEVER
#define NAMED(name) argmax_i32_##name
#include "runtime/kernels/arg.inc"

#define IN float
#define BETTER GREATER
#define IS_NAN NOT_EQUAL_ITSELF
#define NAMED(name) argmax_f32_##name
#include "runtime/kernels/arg.inc"

#define IN double
#define BETTER GREATER
#define IS_NAN NOT_EQUAL_ITSELF
#define NAMED(name) argmax_f64_##name
#include "runtime/kernels/arg.inc"

typedef struct Finder {
  void (*rows)(const void *x, int64_t rows, int64_t n, int32_t *out);
  void (*columns)(const void *x, int64_t n, int64_t stride, int64_t width, int32_t *out);
} Finder;

static const Finder ARGMIN[DTYPE_COUNT] = {{argmin_u8_rows, argmin_u8_columns}, {argmin_u8_rows, argmin_u8_columns},
  {argmin_i32_rows, argmin_i32_columns}, {argmin_f32_rows, argmin_f32_columns}, {argmin_f64_rows, argmin_f64_columns}};
static const Finder ARGMAX[DTYPE_COUNT] = {{argmax_u8_rows, argmax_u8_columns}, {argmax_u8_rows, argmax_u8_columns},
  {argmax_i32_rows, argmax_i32_columns}, {argmax_f32_rows, argmax_f32_columns}, {argmax_f64_rows, argmax_f64_columns}};

typedef struct ArgJob {
  const Finder *kind;
  Line line;
  int64_t group; /* rows in a task */
  size_t size;   /* of an element */
  const char *x;
  int32_t *out;
} ArgJob;

static void arg_task(void *context, int64_t task) {
  const ArgJob *job = context;
  const Line *line = &job->line;
  if (line->inner == 1) {
    int64_t row = task * job->group;
    job->kind->rows(job->x + (size_t)(row * line->n) * job->size, least(job->group, line->outer - row), line->n, job->out + row);
    return;
  }
  int64_t tiles = (line->inner + COLUMNS - 1) / COLUMNS, outer = task / tiles, column = task % tiles * COLUMNS;
  const char *x = job->x + (size_t)(outer * line->n * line->inner + column) * job->size;
  job->kind->columns(x, line->n, line->inner, least(COLUMNS, line->inner - column), job->out + outer * line->inner + column);
}

static void find_extreme(Call *call, const Finder kinds[DTYPE_COUNT], const char *name) {
  Dtype dtype = call->inputs[0].dtype;
  ArgJob job = {&kinds[dtype], line_of(call), 1, dtype_bytes(dtype), call->inputs[0].data, call->output.data};
  if (shape_count(&call->output.shape) == 0) return;
  if (job.line.n == 0) {
    kernel_fault(call, "there is no `%s` of 0 elements", name);
    return;
  }
  if (job.line.inner > 1) {
    team_run(job.line.outer * ((job.line.inner + COLUMNS - 1) / COLUMNS), arg_task, &job);
    return;
  }
  if (job.line.n < TASK) job.group = TASK / job.line.n;
  team_run((job.line.outer + job.group - 1) / job.group, arg_task, &job);
}

void kernel_argmin(Call *call) { find_extreme(call, ARGMIN, "argmin"); }
void kernel_argmax(Call *call) { find_extreme(call, ARGMAX, "argmax"); }

/* ---- cumsum ---- */

typedef struct ScanJob {
  Call *call;
  Line line;
  bool backward;
} ScanJob;

/* Sums along `width` neighbouring columns, from either end; floats in double, i32 in int64. */
static void scan_floats(const ScanJob *job, int64_t at, int64_t width) {
  double sum[COLUMNS] = {0};
  bool wide = job->call->output.dtype == DTYPE_F64;
  const void *x = job->call->inputs[0].data;
  void *y = job->call->output.data;
  for (int64_t i = 0; i < job->line.n; i++) {
    int64_t row = at + (job->backward ? job->line.n - 1 - i : i) * job->line.inner;
    for (int64_t k = 0; k < width; k++) {
      if (wide) ((double *)y)[row + k] = sum[k] += ((const double *)x)[row + k];
      else ((float *)y)[row + k] = (float)(sum[k] += (double)((const float *)x)[row + k]);
    }
  }
}

static void scan_whole(const ScanJob *job, int64_t at, int64_t width) {
  int64_t sum[COLUMNS] = {0};
  const int32_t *x = job->call->inputs[0].data;
  int32_t *y = job->call->output.data;
  for (int64_t i = 0; i < job->line.n; i++) {
    int64_t row = at + (job->backward ? job->line.n - 1 - i : i) * job->line.inner;
    for (int64_t k = 0; k < width; k++) {
      sum[k] += x[row + k];
      if (sum[k] != (int32_t)sum[k]) {
        kernel_fault(job->call, "the sum does not fit an i32, which goes from -2147483648 to 2147483647");
        return;
      }
      y[row + k] = (int32_t)sum[k];
    }
  }
}

static void scan_task(void *context, int64_t task) {
  const ScanJob *job = context;
  int64_t tiles = (job->line.inner + COLUMNS - 1) / COLUMNS, column = task % tiles * COLUMNS;
  int64_t at = task / tiles * job->line.n * job->line.inner + column, width = least(COLUMNS, job->line.inner - column);
  if (job->call->output.dtype == DTYPE_I32) scan_whole(job, at, width);
  else scan_floats(job, at, width);
}

void kernel_cumsum(Call *call) {
  ScanJob job = {call, line_of(call), call->attrs[1] != 0};
  team_run(job.line.outer * ((job.line.inner + COLUMNS - 1) / COLUMNS), scan_task, &job);
}

/* ---- argsort ---- */

typedef struct Pair {
  uint64_t key; /* ordered as the elements shall be */
  int64_t at;   /* where the element was */
} Pair;

static uint64_t key_of_double(double value, bool descending) {
  uint64_t bits;
  if (value != value) return UINT64_MAX;
  value += 0.0; /* -0 becomes 0 */
  memcpy(&bits, &value, sizeof bits);
  uint64_t key = bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
  return descending ? ~key : key;
}

static uint64_t key_of(const void *x, Dtype dtype, int64_t i, bool descending) {
  switch (dtype) {
  case DTYPE_F32: return key_of_double((double)((const float *)x)[i], descending);
  case DTYPE_F64: return key_of_double(((const double *)x)[i], descending);
  case DTYPE_I32: return key_of_double(((const int32_t *)x)[i], descending);
  default: return key_of_double(((const uint8_t *)x)[i], descending);
  }
}

static void insert_pairs(Pair *pairs, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    Pair moved = pairs[i];
    int64_t to = i;
    for (; to > 0 && pairs[to - 1].key > moved.key; to--) pairs[to] = pairs[to - 1];
    pairs[to] = moved;
  }
}

/* from[first .. middle) and from[middle .. end), each in order, to to[first .. end) */
static void merge_pairs(const Pair *from, Pair *to, int64_t first, int64_t middle, int64_t end) {
  int64_t a = first, b = middle, out = first;
  while (a < middle && b < end) {
    bool second = from[b].key < from[a].key;
    to[out++] = second ? from[b] : from[a];
    b += second;
    a += !second;
  }
  memcpy(to + out, from + a, (size_t)(middle - a) * sizeof *to);
  out += middle - a;
  memcpy(to + out, from + b, (size_t)(end - b) * sizeof *to);
}

/* Sorts n pairs; `spare` has room for as many.  The result is in `pairs`. */
static void sort_pairs(Pair *pairs, Pair *spare, int64_t n) {
  Pair *from = pairs, *to = spare;
  for (int64_t i = 0; i < n; i += INSERT) insert_pairs(pairs + i, least(INSERT, n - i));
  for (int64_t run = INSERT; run < n; run *= 2) {
    for (int64_t i = 0; i < n; i += 2 * run) merge_pairs(from, to, i, least(i + run, n), least(i + 2 * run, n));
    Pair *kept = from;
    from = to, to = kept;
  }
  if (from != pairs) memcpy(pairs, from, (size_t)n * sizeof *pairs);
}

typedef struct SortJob {
  Call *call;
  Line line;
  bool descending;
  int64_t group;     /* lines in a task */
  int64_t start;     /* of the line in hand, where the team sorts one */
  int64_t run;       /* pairs already in order */
  Pair *pairs, *spare;
} SortJob;

static void load_pairs(const SortJob *job, int64_t start, int64_t first, int64_t n, Pair *pairs) {
  const View *x = &job->call->inputs[0];
  for (int64_t i = 0; i < n; i++) pairs[i] = (Pair){key_of(x->data, x->dtype, start + (first + i) * job->line.inner, job->descending), first + i};
}

static void store_pairs(const SortJob *job, int64_t start, int64_t first, int64_t n, const Pair *pairs) {
  int32_t *out = job->call->output.data;
  for (int64_t i = 0; i < n; i++) out[start + (first + i) * job->line.inner] = (int32_t)pairs[i].at;
}

static int64_t line_start(const Line *line, int64_t index) {
  return index / line->inner * line->n * line->inner + index % line->inner;
}

static void sort_lines(void *context, int64_t task) {
  const SortJob *job = context;
  int64_t n = job->line.n, end = least((task + 1) * job->group, job->line.outer * job->line.inner);
  Pair *pairs = team_scratch(2 * (size_t)n * sizeof *pairs);
  for (int64_t line = task * job->group; line < end; line++) {
    int64_t start = line_start(&job->line, line);
    load_pairs(job, start, 0, n, pairs);
    sort_pairs(pairs, pairs + n, n);
    store_pairs(job, start, 0, n, pairs);
  }
}

static void sort_run(void *context, int64_t task) {
  const SortJob *job = context;
  int64_t first = task * RUN, n = least(RUN, job->line.n - first);
  load_pairs(job, job->start, first, n, job->pairs + first);
  sort_pairs(job->pairs + first, job->spare + first, n);
}

static void merge_runs(void *context, int64_t task) {
  const SortJob *job = context;
  int64_t first = task * 2 * job->run, n = job->line.n;
  merge_pairs(job->pairs, job->spare, first, least(first + job->run, n), least(first + 2 * job->run, n));
}

/* One line by the whole team. */
static void sort_long_line(SortJob *job, Pair *room) {
  int64_t n = job->line.n;
  job->pairs = room, job->spare = room + n;
  team_run((n + RUN - 1) / RUN, sort_run, job);
  for (job->run = RUN; job->run < n; job->run *= 2) {
    team_run((n + 2 * job->run - 1) / (2 * job->run), merge_runs, job);
    Pair *kept = job->pairs;
    job->pairs = job->spare, job->spare = kept;
  }
  store_pairs(job, job->start, 0, n, job->pairs);
}

void kernel_argsort(Call *call) {
  SortJob job = {.call = call, .line = line_of(call), .descending = call->attrs[1] != 0, .group = 1};
  int64_t lines = job.line.outer * job.line.inner;
  if (lines == 0 || job.line.n == 0) return;
  if (job.line.n <= RUN) {
    job.group = (RUN + job.line.n - 1) / job.line.n;
    team_run((lines + job.group - 1) / job.group, sort_lines, &job);
    return;
  }
  Pair *room = team_scratch(2 * (size_t)job.line.n * sizeof *room);
  for (int64_t line = 0; line < lines; line++) {
    job.start = line_start(&job.line, line);
    sort_long_line(&job, room);
  }
}
