/* order.c — what depends on the order of elements along an axis: argmin, argmax, cumsum,
 * recurrences, argsort.
 *
 * As in fold.c, x is seen as [outer, n, inner].  NaN wins in argmin and argmax, the first of
 * several, as min and max give NaN; in an order it is greater than any number: last in ascending
 * order, first in descending order, so that a descending order begins with what max gives.  -0 and
 * 0 are equal.
 *
 * Sorting is by keys: each element becomes a whole number without sign that has its place in the
 * order, whatever the dtype and the direction, so there is one sort, of numbers that hold 32 bits
 * of a key and an index, and it is stable: of equal keys the one that came first stays first.
 * Short lines are merged; long ones are distributed by one byte of the key after the other, the
 * lowest first (Knuth, The Art of Computer Programming 3, 5.2.5), which takes time in proportion to
 * their length.  Doubles are sorted by 32 bits of their keys, and the few that are alike in
 * them once more by the others.  Of the first k alone few are held: what comes after the k-th so
 * far is passed over.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/fault.h"
#include "runtime/kernels/team.h"

Kernel kernel_argmin, kernel_argmax, kernel_cumsum, kernel_recur, kernel_argsort;

enum { COLUMNS = 64, TASK = 1 << 15 };
#if defined(GD_HARSH)
enum { INSERT = 2, DEAL = 20, STRETCH = 7 };
#else
/* elements sorted by insertion; from how many on they are dealt */
enum { INSERT = 12, DEAL = 256 };
enum { STRETCH = 1 << 16 }; /* places of a line between two checks for an interrupt */
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

static const Finder ARGMIN[DTYPE_COUNT] = {[DTYPE_BOOL] = {argmin_u8_rows, argmin_u8_columns},
                                           [DTYPE_U8] = {argmin_u8_rows, argmin_u8_columns},
                                           [DTYPE_I32] = {argmin_i32_rows, argmin_i32_columns},
                                           [DTYPE_F32] = {argmin_f32_rows, argmin_f32_columns},
                                           [DTYPE_F64] = {argmin_f64_rows, argmin_f64_columns}};
static const Finder ARGMAX[DTYPE_COUNT] = {[DTYPE_BOOL] = {argmax_u8_rows, argmax_u8_columns},
                                           [DTYPE_U8] = {argmax_u8_rows, argmax_u8_columns},
                                           [DTYPE_I32] = {argmax_i32_rows, argmax_i32_columns},
                                           [DTYPE_F32] = {argmax_f32_rows, argmax_f32_columns},
                                           [DTYPE_F64] = {argmax_f64_rows, argmax_f64_columns}};

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
    job->kind->rows(job->x + (size_t)(row * line->n) * job->size,
                    least(job->group, line->outer - row), line->n, job->out + row);
    return;
  }
  int64_t tiles = (line->inner + COLUMNS - 1) / COLUMNS, outer = task / tiles,
          column = task % tiles * COLUMNS;
  const char *x = job->x + (size_t)(outer * line->n * line->inner + column) * job->size;
  job->kind->columns(x, line->n, line->inner, least(COLUMNS, line->inner - column),
                     job->out + outer * line->inner + column);
}

static void find_extreme(Call *call, const Finder kinds[DTYPE_COUNT], const char *name) {
  Dtype dtype = call->inputs[0].dtype;
  ArgJob job = {&kinds[dtype],      line_of(call),        1,
                dtype_bytes(dtype), call->inputs[0].data, call->output.data};
  if (shape_count(&call->output.shape) == 0) return;
  if (job.line.n == 0) {
    fault_report(call, "there is no `%s` of 0 elements", name);
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

/* ---- cumsum and recurrences ---- */

/* Lines are taken some at a time, side by side: their columns where the axis is not the last, else
 * rows, whose sums then do not wait for each other. */
typedef struct ScanJob {
  Call *call;
  Line line;
  bool backward;
  int64_t group; /* rows in a task */
} ScanJob;

/* Where a job's lines begin, and how far apart they are. */
typedef struct Lanes {
  int64_t at, apart, width; /* of rows 1 or ROWS */
} Lanes;

enum { ROWS = 8 };

/* Floats in double, i32 in int64. */
#define SCAN(name, REAL, ACC, next)                                                  \
  INLINE void name##_lanes(const ScanJob *job, Lanes lanes) {                        \
    ACC sum[COLUMNS] = {0};                                                          \
    const REAL *x = job->call->inputs[0].data;                                       \
    const REAL *b = job->call->inputs[job->call->input_count - 1].data;              \
    REAL *y = job->call->output.data;                                                \
    (void)b;                                                                         \
    int64_t n = job->line.n, step = job->line.inner;                                 \
    for (int64_t from = 0; from < n && !stop_wanted(); from += STRETCH)              \
      for (int64_t i = from, end = least(n, from + STRETCH); i < end; i++) {         \
        int64_t row = lanes.at + (job->backward ? n - 1 - i : i) * step;             \
        for (int64_t k = 0; k < lanes.width; k++) {                                  \
          const int64_t at = row + k * lanes.apart;                                  \
          y[at] = (REAL)(sum[k] = next);                                             \
        }                                                                            \
      }                                                                              \
  }                                                                                  \
  FOR_EACH_ISA(void, name, (const ScanJob *job, Lanes lanes), (job, lanes)) {        \
    if (lanes.width == 1) name##_lanes(job, (Lanes){lanes.at, 1, 1});                \
    else if (lanes.apart == 1) name##_lanes(job, (Lanes){lanes.at, 1, lanes.width}); \
    else name##_lanes(job, (Lanes){lanes.at, lanes.apart, ROWS});                    \
  }
SCAN(sum_f32, float, double, sum[k] + (double)x[at])
SCAN(sum_f64, double, double, sum[k] + x[at])
/* 0 times an infinity is 0 */
SCAN(recur_f64, double, double,
     (sum[k] == 0 && fabs(x[at]) > DBL_MAX ? sum[k] : sum[k] * x[at]) + b[at])
/* of a gradient: 0 times anything is 0 */
SCAN(chain_f64, double, double, (sum[k] == 0 ? sum[k] : sum[k] * x[at]) + b[at])

static void sum_i32(const ScanJob *job, Lanes lanes) {
  int64_t sum[COLUMNS] = {0};
  const int32_t *x = job->call->inputs[0].data;
  int32_t *y = job->call->output.data;
  for (int64_t i = 0; i < job->line.n; i++) {
    if (i % STRETCH == 0 && stop_wanted()) return;
    int64_t row = lanes.at + (job->backward ? job->line.n - 1 - i : i) * job->line.inner;
    for (int64_t k = 0; k < lanes.width; k++) {
      const int64_t at = row + k * lanes.apart;
      sum[k] += x[at];
      if (sum[k] != (int32_t)sum[k]) {
        fault_report(job->call,
                     "the sum does not fit an i32, which goes from -2147483648 to 2147483647");
        return;
      }
      y[at] = (int32_t)sum[k];
    }
  }
}

static void scan_lanes(const ScanJob *job, Lanes lanes) {
  Dtype dtype = job->call->output.dtype;
  if (job->call->input_count == 2) (job->call->attrs[2] ? chain_f64 : recur_f64)(job, lanes);
  else if (dtype == DTYPE_I32) sum_i32(job, lanes);
  else if (dtype == DTYPE_F32) sum_f32(job, lanes);
  else sum_f64(job, lanes);
}

static void scan_task(void *context, int64_t task) {
  const ScanJob *job = context;
  const Line *line = &job->line;
  if (line->inner > 1) {
    int64_t tiles = (line->inner + COLUMNS - 1) / COLUMNS, column = task % tiles * COLUMNS;
    scan_lanes(job, (Lanes){task / tiles * line->n * line->inner + column, 1,
                            least(COLUMNS, line->inner - column)});
    return;
  }
  int64_t row = task * job->group, end = least(row + job->group, line->outer);
  while (row < end && !stop_wanted()) {
    int64_t width = end - row < ROWS ? 1 : ROWS;
    scan_lanes(job, (Lanes){row * line->n, line->n, width});
    row += width;
  }
}

static void scan(Call *call) {
  ScanJob job = {call, line_of(call), call->attrs[1] != 0, 1};
  const Line *line = &job.line;
  if (shape_count(&call->output.shape) == 0) return;
  if (line->inner == 1) {
    /* whole lots of rows, but long ones each for itself where they are few */
    job.group = (TASK / line->n + ROWS) / ROWS * ROWS;
    if (line->n > TASK && line->outer < ROWS * ROWS) job.group = 1;
    team_run((line->outer + job.group - 1) / job.group, scan_task, &job);
  } else {
    team_run(line->outer * ((line->inner + COLUMNS - 1) / COLUMNS), scan_task, &job);
  }
}

void kernel_cumsum(Call *call) { scan(call); }
void kernel_recur(Call *call) { scan(call); }

/* ---- argsort ---- */

/* 32 bits of a key, ordered as the elements shall be, above the place where the element was. */
typedef uint64_t Entry;

enum { DIGITS = 4, DIGIT_VALUES = 256 }; /* bytes of a key's half */

/* Negative numbers have all bits turned round, the others the sign's; -0 counts as 0. */
INLINE uint64_t key_f64(double value, bool descending) {
  uint64_t bits;
  const double whole = value + 0.0;
  memcpy(&bits, &whole, sizeof bits);
  const uint64_t key = bits ^ (((uint64_t)0 - (bits >> 63)) | UINT64_C(1) << 63);
  return (value != value ? UINT64_MAX : key) ^ (descending ? UINT64_MAX : 0);
}

INLINE uint64_t key_f32(float value, bool descending) {
  uint32_t bits;
  const float whole = value + 0.0f;
  memcpy(&bits, &whole, sizeof bits);
  const uint32_t key = bits ^ (((uint32_t)0 - (bits >> 31)) | UINT32_C(1) << 31);
  return (value != value ? UINT32_MAX : key) ^ (descending ? UINT32_MAX : 0);
}

INLINE uint64_t key_of(const void *x, Dtype dtype, int64_t i, bool descending) {
  switch (dtype) {
    case DTYPE_F32: return key_f32(((const float *)x)[i], descending);
    case DTYPE_F64: return key_f64(((const double *)x)[i], descending);
    case DTYPE_I32:
      return (((const uint32_t *)x)[i] ^ UINT32_C(1) << 31) ^ (descending ? UINT32_MAX : 0);
    default: return ((const uint8_t *)x)[i] ^ (descending ? UINT8_MAX : 0u);
  }
}

static int64_t place_of(Entry entry) { return (int64_t)(entry & UINT32_MAX); }

static void insert_entries(Entry *entries, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    Entry moved = entries[i];
    int64_t to = i;
    for (; to > 0 && entries[to - 1] > moved; to--) entries[to] = entries[to - 1];
    entries[to] = moved;
  }
}

/* from[first .. middle) and from[middle .. end), each in order, to to[first .. end) */
static void merge_entries(const Entry *from, Entry *to, int64_t first, int64_t middle,
                          int64_t end) {
  int64_t a = first, b = middle, out = first;
  while (a < middle && b < end) {
    bool second = from[b] < from[a];
    to[out++] = second ? from[b] : from[a];
    b += second;
    a += !second;
  }
  memcpy(to + out, from + a, (size_t)(middle - a) * sizeof *to);
  out += middle - a;
  memcpy(to + out, from + b, (size_t)(end - b) * sizeof *to);
}

/* Each sorts n entries, with space for as many in `spare`, and gives where the result is: in one of
 * the two.  Places are part of what is compared, so equal keys stay in their order. */
static Entry *merge_sort(Entry *entries, Entry *spare, int64_t n) {
  for (int64_t i = 0; i < n; i += INSERT) insert_entries(entries + i, least(INSERT, n - i));
  for (int64_t run = INSERT; run < n; run *= 2) {
    for (int64_t i = 0; i < n; i += 2 * run)
      merge_entries(entries, spare, i, least(i + run, n), least(i + 2 * run, n));
    Entry *kept = entries;
    entries = spare, spare = kept;
  }
  return entries;
}

static int digit_of(Entry entry, int digit) { return (int)(entry >> (32 + 8 * digit) & 255); }

static void count_digits(const Entry *entries, int64_t n, int64_t counts[DIGITS][DIGIT_VALUES]) {
  for (int64_t from = 0; from < n && !stop_wanted(); from += STRETCH)
    for (int64_t i = from, end = least(n, from + STRETCH); i < end; i++)
      for (int digit = 0; digit < DIGITS; digit++) counts[digit][digit_of(entries[i], digit)]++;
}

static void deal(const Entry *entries, Entry *to, int64_t n, int digit,
                 int64_t next[DIGIT_VALUES]) {
  for (int64_t from = 0; from < n && !stop_wanted(); from += STRETCH)
    for (int64_t i = from, end = least(n, from + STRETCH); i < end; i++)
      to[next[digit_of(entries[i], digit)]++] = entries[i];
}

/* The first entries dealt go to as many places as a byte has values, which would have the system
 * clear as many huge pages between two checks for an interrupt: 200 ms. */
static void touch(Entry *entries, int64_t n) {
  enum { HUGE_ENTRIES = (2 << 20) / sizeof(Entry) };
  for (int64_t i = 0; i < n && !stop_wanted(); i += HUGE_ENTRIES) entries[i] = 0;
}

/* A count or a deal that was stopped is half done, and nothing may follow it. */
static Entry *deal_sort(Entry *entries, Entry *spare, int64_t n) {
  int64_t counts[DIGITS][DIGIT_VALUES] = {{0}};
  count_digits(entries, n, counts);
  touch(spare, n);
  for (int digit = 0; digit < DIGITS && !stop_wanted(); digit++) {
    int64_t *next = counts[digit], before = 0;
    if (next[digit_of(entries[0], digit)] == n) continue; /* the same byte in all */
    for (int value = 0; value < DIGIT_VALUES; value++) {
      int64_t count = next[value];
      next[value] = before;
      before += count;
    }
    deal(entries, spare, n, digit, next);
    Entry *kept = entries;
    entries = spare, spare = kept;
  }
  return entries;
}

static Entry *sort_entries(Entry *entries, Entry *spare, int64_t n) {
  return n < DEAL ? merge_sort(entries, spare, n) : deal_sort(entries, spare, n);
}

typedef struct SortJob {
  Call *call;
  Line line;
  bool descending;
  int64_t wanted; /* of a line, the first of its order */
  int64_t room;   /* entries of a line that are held at once */
  int64_t group;  /* lines in a task */
} SortJob;

/* Where a line begins that has `n` elements. */
static int64_t line_start(const Line *line, int64_t n, int64_t index) {
  return index / line->inner * n * line->inner + index % line->inner;
}

/* The key of an element of the line from `start` on. */
static uint64_t line_key(const SortJob *job, int64_t start, int64_t place) {
  const View *x = &job->call->inputs[0];
  return key_of(x->data, x->dtype, start + place * job->line.inner, job->descending);
}

/* Which 32 bits of the keys of a line are sorted by: those of what they are above `from`, without
 * the `low` lowest. */
typedef struct Scale {
  uint64_t from;
  int low;
} Scale;

static Entry entry_of(uint64_t key, int64_t place, Scale scale) {
  return (key - scale.from) >> scale.low << 32 | (Entry)place;
}

/* Where all are held: of keys that lie close together, such as those of even random numbers, hardly
 * two are alike in the 32 bits then. */
static Scale scale_of(const SortJob *job, int64_t start) {
  const View *x = &job->call->inputs[0];
  const int64_t n = job->line.n, step = job->line.inner;
  if (x->dtype != DTYPE_F64) return (Scale){0, 0};
  uint64_t low = UINT64_MAX, high = 0;
  if (job->room < n) return (Scale){0, 32};
  for (int64_t from = 0; from < n && !stop_wanted(); from += STRETCH)
    for (int64_t i = from, last = least(n, from + STRETCH); i < last; i++) {
      const uint64_t key = key_f64(((const double *)x->data)[start + i * step], job->descending);
      low = key < low ? key : low;
      high = key > high ? key : high;
    }
  Scale scale = {low, 0};
  while ((high - low) >> scale.low > UINT32_MAX) scale.low++;
  return scale;
}

/* Sorts by the 32 bits of the scale, and those alike in them by what is below. */
static Entry *sort_line_entries(const SortJob *job, int64_t start, Scale scale, Entry *entries,
                                int64_t n) {
  Entry *sorted = sort_entries(entries, entries + job->room, n),
        *spare = sorted == entries ? entries + job->room : entries;
  const uint64_t below = (UINT64_C(1) << scale.low) - 1;
  for (int64_t i = 0, end; below != 0 && i < n && !stop_wanted(); i = end) {
    for (end = i + 1; end < n && sorted[end] >> 32 == sorted[i] >> 32;) end++;
    if (end - i == 1) continue;
    for (int64_t k = i; k < end; k++) {
      const int64_t place = place_of(sorted[k]);
      sorted[k] = ((line_key(job, start, place) - scale.from) & below) << 32 | (Entry)place;
    }
    const Entry *run = sort_entries(sorted + i, spare + i, end - i);
    if (run != sorted + i) memcpy(sorted + i, run, (size_t)(end - i) * sizeof *run);
  }
  return sorted;
}

/* The entries of a line in order, those wanted.  Where there is room for a few only, it is filled
 * with what comes before the last one wanted so far, and then sorted and cut. */
static const Entry *sort_line(const SortJob *job, int64_t start, Entry *entries) {
  const View *x = &job->call->inputs[0];
  const int64_t n = job->line.n, step = job->line.inner;
  const Scale scale = scale_of(job, start);
  int64_t held = 0;
  uint64_t bound = UINT64_MAX;
  bool cut = false;
  for (int64_t from = 0; from < n && !stop_wanted(); from += STRETCH)
    for (int64_t i = from, last = least(n, from + STRETCH); i < last; i++) {
      const uint64_t key = key_of(x->data, x->dtype, start + i * step, job->descending);
      if (cut && key >= bound) continue;
      entries[held++] = entry_of(key, i, scale);
      if (held < job->room || job->room == n) continue;
      const Entry *sorted = sort_line_entries(job, start, scale, entries, held);
      held = job->wanted, bound = line_key(job, start, place_of(sorted[held - 1])), cut = true;
      for (int64_t k = 0; k < held; k++) {
        const int64_t place = place_of(sorted[k]);
        entries[k] = entry_of(line_key(job, start, place), place, scale);
      }
    }
  return sort_line_entries(job, start, scale, entries, held);
}

static void sort_lines(void *context, int64_t task) {
  const SortJob *job = context;
  int32_t *out = job->call->output.data;
  const int64_t n = job->wanted, step = job->line.inner,
                end = least((task + 1) * job->group, job->line.outer * step);
  Entry *entries = team_scratch(2 * (size_t)job->room * sizeof *entries);
  for (int64_t line = task * job->group; line < end && !stop_wanted(); line++) {
    const Entry *sorted = sort_line(job, line_start(&job->line, job->line.n, line), entries);
    const int64_t start = line_start(&job->line, n, line);
    for (int64_t from = 0; from < n && !stop_wanted(); from += STRETCH)
      for (int64_t i = from, last = least(n, from + STRETCH); i < last; i++)
        out[start + i * step] = (int32_t)place_of(sorted[i]);
  }
  team_scratch_trim();
}

void kernel_argsort(Call *call) {
  enum { SPARE = 16 };
  SortJob job = {.call = call, .line = line_of(call), .descending = call->attrs[1] != 0};
  int64_t lines = job.line.outer * job.line.inner, n = job.line.n;
  job.wanted = call->attr_count == 3 ? call->attrs[2] : n;
  if (lines == 0 || job.wanted == 0) return;
  job.room = job.wanted <= (n - SPARE) / 4 ? 2 * job.wanted + SPARE : n;
  job.group = (TASK / 4 + n - 1) / n;
  size_t room = 2 * (size_t)job.room * sizeof(Entry) * (size_t)least(team_size(), lines);
  /* a long line needs four times its own room, which the budget must know of */
  if (!fault_reserve(call, "sorting", room)) return;
  team_run((lines + job.group - 1) / job.group, sort_lines, &job);
  mem_release(room);
}
