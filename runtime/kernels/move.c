/* move.c — kernels that move elements and compute nothing: expand, permute, slice, place, concat,
 * pad, diagonals, triangles; those without inputs: constants, counts; and patch, which adds where
 * place would write.
 *
 * Nearly all of them are one thing: a walk over a box of elements, with a step for each axis on the
 * reading side and one on the writing side.  A repeated axis has step 0, a reversed one a negative
 * step, a permutation exchanges steps.  `Walk` is that box.  Before it is run, axes of size 1 go
 * and axes that can be taken as one are joined, so what is left is short: a copy, rows, or a matrix
 * to transpose, which has a path of its own because along one of its axes every element is in
 * another cache line.
 *
 * Work is cut by size alone into tasks of about TASK elements.
 */
#include <string.h>

#include "runtime/base/isa.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/team.h"

Kernel kernel_const, kernel_expand, kernel_permute, kernel_slice, kernel_place, kernel_patch,
    kernel_concat, kernel_after, kernel_pad, kernel_diag_matrix, kernel_diag_part, kernel_triangle,
    kernel_iota;

enum {
  STRIP = 16,
  /* rows and columns of a tile of a transpose */ SHORT =
      64 /* elements that are moved without a walk */
};
#if defined(GD_HARSH)
enum { TASK = 64 };
#else
enum { TASK = 1 << 15 };
#endif

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Squares of 8 x 8 words and 4 x 4 long words are turned in vectors: pairs of rows are interleaved,
 * by one element, by two, by four, until rows have become columns. */
typedef uint32_t Words __attribute__((vector_size(32), aligned(4), may_alias));
typedef uint64_t Longs __attribute__((vector_size(32), aligned(8), may_alias));
#define LOW_WORDS(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_WORDS(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#define LOW_LONGS(a, b) __builtin_shufflevector(a, b, 0, 4, 2, 6)
#define HIGH_LONGS(a, b) __builtin_shufflevector(a, b, 1, 5, 3, 7)

INLINE void flip_bytes(const uint8_t *x, uint8_t *y, int64_t f, int64_t t) {
  for (int b = 0; b < 8; b++)
    for (int a = 0; a < 8; a++) y[a * t + b] = x[a + b * f];
}

INLINE void flip_halves(const void *from, void *to, int64_t f, int64_t t) {
  const char *x = from;
  char *y = to;
  for (int b = 0; b < 8; b++)
    for (int a = 0; a < 8; a++) memcpy(y + 2 * (a * t + b), x + 2 * (a + b * f), 2);
}

INLINE void flip_words(const void *from, void *to, int64_t f, int64_t t) {
  const char *x = from;
  char *y = to;
  Words row[8], one[8], two[8];
  for (int b = 0; b < 8; b++) row[b] = *(const Words *)(x + 4 * b * f);
  for (int b = 0; b < 8; b += 2)
    one[b] = LOW_WORDS(row[b], row[b + 1]), one[b + 1] = HIGH_WORDS(row[b], row[b + 1]);
  for (int b = 0; b < 8; b += 4) {
    two[b] = LOW_PAIRS(one[b], one[b + 2]), two[b + 1] = HIGH_PAIRS(one[b], one[b + 2]);
    two[b + 2] = LOW_PAIRS(one[b + 1], one[b + 3]), two[b + 3] = HIGH_PAIRS(one[b + 1], one[b + 3]);
  }
  for (int a = 0; a < 4; a++) {
    *(Words *)(y + 4 * a * t) = LOW_HALVES(two[a], two[a + 4]);
    *(Words *)(y + 4 * (a + 4) * t) = HIGH_HALVES(two[a], two[a + 4]);
  }
}

INLINE void flip_longs(const void *from, void *to, int64_t f, int64_t t) {
  const char *x = from;
  char *y = to;
  Longs row[4], one[4];
  for (int b = 0; b < 4; b++) row[b] = *(const Longs *)(x + 8 * b * f);
  for (int b = 0; b < 4; b += 2)
    one[b] = LOW_LONGS(row[b], row[b + 1]), one[b + 1] = HIGH_LONGS(row[b], row[b + 1]);
  for (int a = 0; a < 2; a++) {
    *(Longs *)(y + 8 * a * t) = __builtin_shufflevector(one[a], one[a + 2], 0, 1, 4, 5);
    *(Longs *)(y + 8 * (a + 2) * t) = __builtin_shufflevector(one[a], one[a + 2], 2, 3, 6, 7);
  }
}

#define BITS uint8_t
#define SIDE 8
#define FLIP flip_bytes
#define NAMED(name) name##_1
#include "runtime/kernels/move.inc"
#define BITS uint16_t
#define SIDE 8
#define FLIP flip_halves
#define NAMED(name) name##_2
#include "runtime/kernels/move.inc"
#define BITS uint32_t
#define SIDE 8
#define FLIP flip_words
#define NAMED(name) name##_4
#include "runtime/kernels/move.inc"
#define BITS uint64_t
#define SIDE 4
#define FLIP flip_longs
#define NAMED(name) name##_8
#include "runtime/kernels/move.inc"

typedef void Run(const void *x, void *y, int64_t n, int64_t f, int64_t t);
typedef void Turn(const void *x, void *y, const int64_t size[2], int64_t f, int64_t t);

static Run *run_of(size_t size) {
  return size == 1 ? run_1 : size == 2 ? run_2 : size == 4 ? run_4 : run_8;
}

/* ---- the walk ---- */

typedef struct Walk {
  int rank;
  int64_t dim[RANK_MOST];
  int64_t from[RANK_MOST]; /* elements from one place to the next on each axis of x */
  int64_t to[RANK_MOST];   /* and of y */
  const char *x;
  char *y;
  size_t size;         /* bytes of an element */
  Run *add;            /* adds to y instead of writing there; NULL: writes */
  int64_t group;       /* rows in a task */
  int64_t part, parts; /* elements of a row in a task; tasks a row */
} Walk;

/* Drops axes of size 1 and joins neighbours that step as one.  False when there is nothing to move:
 * then the other sizes may be so large that their product has no number. */
static bool walk_simplify(Walk *walk) {
  int rank = 0;
  for (int i = 0; i < walk->rank; i++)
    if (walk->dim[i] == 0) return false;
  for (int i = 0; i < walk->rank; i++) {
    if (walk->dim[i] == 1) continue;
    int64_t dim = walk->dim[i], from = walk->from[i], to = walk->to[i];
    if (rank > 0 && walk->from[rank - 1] == from * dim && walk->to[rank - 1] == to * dim) {
      rank--;
      dim *= walk->dim[rank];
    }
    walk->dim[rank] = dim, walk->from[rank] = from, walk->to[rank] = to;
    rank++;
  }
  if (rank == 0) walk->dim[0] = 1, walk->from[0] = walk->to[0] = 1, rank = 1;
  walk->rank = rank;
  return true;
}

/* Where row number `row` begins, in elements on both sides; rows count over the first `axes` axes.
 */
static void walk_row(const Walk *walk, int axes, int64_t row, int64_t *x, int64_t *y) {
  *x = *y = 0;
  for (int i = axes - 1; i >= 0; i--) {
    int64_t at = row % walk->dim[i];
    row /= walk->dim[i];
    *x += at * walk->from[i];
    *y += at * walk->to[i];
  }
}

static int64_t walk_rows(const Walk *walk, int axes) {
  int64_t rows = 1;
  for (int i = 0; i < axes; i++) rows *= walk->dim[i];
  return rows;
}

static void copy_rows(void *context, int64_t task) {
  const Walk *walk = context;
  int last = walk->rank - 1;
  int64_t n = walk->dim[last], f = walk->from[last], t = walk->to[last], index[RANK_MOST], x, y;
  int64_t first = task / walk->parts * walk->group,
          end = least(first + walk->group, walk_rows(walk, last));
  int64_t skip = task % walk->parts * walk->part, some = least(walk->part, n - skip);
  Run *run = run_of(walk->size);
  walk_row(walk, last, first, &x, &y);
  for (int64_t i = last - 1, row = first; i >= 0; i--)
    index[i] = row % walk->dim[i], row /= walk->dim[i];
  for (int64_t row = first; row < end; row++) {
    const char *source = walk->x + (x + skip * f) * (int64_t)walk->size;
    char *target = walk->y + (y + skip * t) * (int64_t)walk->size;
    if (walk->add) walk->add(source, target, some, f, t);
    else if (f == 1 && t == 1) memcpy(target, source, (size_t)some * walk->size);
    else run(source, target, some, f, t);
    for (int i = last - 1; i >= 0; i--) { /* the next row, like the wheels of a counter */
      x += walk->from[i], y += walk->to[i];
      if (++index[i] < walk->dim[i]) break;
      x -= walk->dim[i] * walk->from[i], y -= walk->dim[i] * walk->to[i];
      index[i] = 0;
    }
  }
}

/* The last two axes are a transposed matrix: x steps by 1 on the first of them, y on the second. */
static void turn_strip(void *context, int64_t task) {
  const Walk *walk = context;
  int last = walk->rank - 1;
  int64_t x, y, first = task % walk->parts * walk->part;
  walk_row(walk, last - 1, task / walk->parts, &x, &y);
  int64_t size[2] = {least(walk->part, walk->dim[last - 1] - first), walk->dim[last]};
  const char *source = walk->x + (x + first) * (int64_t)walk->size;
  char *target = walk->y + (y + first * walk->to[last - 1]) * (int64_t)walk->size;
  Turn *turn = walk->size == 1   ? turn_1
               : walk->size == 2 ? turn_2
               : walk->size == 4 ? turn_4
                                 : turn_8;
  turn(source, target, size, walk->from[last], walk->to[last - 1]);
}

/* Brings an axis along which x is contiguous next to the last, where y is; false if there is none
 * or it is short. */
static bool walk_turns(Walk *walk) {
  int last = walk->rank - 1, found = -1;
  if (last < 1 || walk->to[last] != 1 || walk->from[last] == 1 || walk->from[last] == 0 ||
      walk->dim[last] < 4)
    return false;
  for (int i = 0; i < last; i++)
    if (walk->from[i] == 1 && walk->dim[i] >= 4) found = i;
  if (found < 0) return false;
  int64_t dim = walk->dim[found], from = walk->from[found], to = walk->to[found];
  for (int i = found; i < last - 1; i++)
    walk->dim[i] = walk->dim[i + 1], walk->from[i] = walk->from[i + 1],
    walk->to[i] = walk->to[i + 1];
  walk->dim[last - 1] = dim, walk->from[last - 1] = from, walk->to[last - 1] = to;
  return true;
}

static void walk_run(Walk *walk) {
  if (!walk_simplify(walk)) return;
  int last = walk->rank - 1;
  if (!walk->add && walk_turns(walk)) {
    walk->part = most(STRIP, TASK / walk->dim[last] / STRIP * STRIP);
    walk->parts = (walk->dim[last - 1] + walk->part - 1) / walk->part;
    team_run(walk_rows(walk, last - 1) * walk->parts, turn_strip, walk);
    return;
  }
  walk->part = least(TASK, walk->dim[last]);
  walk->parts = (walk->dim[last] + walk->part - 1) / walk->part;
  walk->group = walk->parts > 1 ? 1 : most(1, TASK / walk->dim[last]);
  team_run((walk_rows(walk, last) + walk->group - 1) / walk->group * walk->parts, copy_rows, walk);
}

/* A walk over the output of a call, in its order, from its first input. */
static Walk walk_over_output(const Call *call) {
  Walk walk = {.rank = call->output.shape.rank,
               .x = call->inputs[0].data,
               .y = call->output.data,
               .size = dtype_bytes(call->output.dtype)};
  shape_strides(&call->output.shape, walk.to);
  memcpy(walk.dim, call->output.shape.dim, sizeof walk.dim);
  return walk;
}

/* A walk over input number `input`, in its order, into the output, whose strides the caller may
 * change. */
static Walk walk_over_input(const Call *call, int input) {
  const View *view = &call->inputs[input];
  Walk walk = {.rank = view->shape.rank,
               .x = view->data,
               .y = call->output.data,
               .size = dtype_bytes(view->dtype)};
  shape_strides(&view->shape, walk.from);
  shape_strides(&call->output.shape, walk.to);
  memcpy(walk.dim, view->shape.dim, sizeof walk.dim);
  return walk;
}

static void shift(char **y, int64_t elements, size_t size) { *y += elements * (int64_t)size; }

/* ---- filling ---- */

typedef struct Filling {
  char *y;
  int64_t count;
  size_t size;
  uint64_t value; /* its bytes */
} Filling;

static void fill_part(void *context, int64_t task) {
  const Filling *filling = context;
  int64_t first = task * TASK, n = least(TASK, filling->count - first);
  char *y = filling->y + (size_t)first * filling->size;
  Run *run = run_of(filling->size);
  run(&filling->value, y, n, 0, 1);
}

static Filling filling_of(const View *view, double value) {
  Filling filling = {view->data, shape_count(&view->shape), dtype_bytes(view->dtype), 0};
  union {
    uint8_t small;
    uint16_t half;
    int32_t whole;
    float real;
    double wide;
  } bytes = {.wide = 0};
  switch (view->dtype) {
    case DTYPE_BOOL: bytes.small = value != 0; break;
    case DTYPE_U8: bytes.small = (uint8_t)value; break;
    case DTYPE_I32: bytes.whole = (int32_t)value; break;
    case DTYPE_BF16: bytes.half = bf16_near(value); break;
    case DTYPE_F32: bytes.real = (float)value; break;
    default: bytes.wide = value; break;
  }
  memcpy(&filling.value, &bytes, filling.size);
  return filling;
}

static void fill(const View *view, double value) {
  Filling filling = filling_of(view, value);
  team_run((filling.count + TASK - 1) / TASK, fill_part, &filling);
}

static double double_of(int64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* ---- kernels: walks ---- */

void kernel_const(Call *call) { fill(&call->output, double_of(call->attrs[0])); }

void kernel_expand(Call *call) {
  Walk walk = walk_over_output(call);
  const Shape *shape = &call->inputs[0].shape;
  int64_t strides[RANK_MOST];
  int missing = walk.rank - shape->rank;
  shape_strides(shape, strides);
  for (int i = 0; i < shape->rank; i++)
    walk.from[missing + i] = shape->dim[i] == 1 ? 0 : strides[i];
  walk_run(&walk);
}

void kernel_permute(Call *call) {
  Walk walk = walk_over_output(call);
  int64_t strides[RANK_MOST];
  shape_strides(&call->inputs[0].shape, strides);
  for (int i = 0; i < walk.rank; i++) walk.from[i] = strides[call->attrs[i]];
  walk_run(&walk);
}

/* Along axis i a part has attrs {start, count, step} at 3 i. */
void kernel_slice(Call *call) {
  Walk walk = walk_over_output(call);
  int64_t strides[RANK_MOST], first = 0;
  if (shape_count(&call->output.shape) == 0) return;
  shape_strides(&call->inputs[0].shape, strides);
  for (int i = 0; i < walk.rank; i++) {
    first += call->attrs[3 * i] * strides[i];
    /* a step past the end may be huge */
    walk.from[i] = walk.dim[i] > 1 ? call->attrs[3 * i + 2] * strides[i] : 0;
  }
  walk.x += first * (int64_t)walk.size;
  walk_run(&walk);
}

void kernel_place(Call *call) {
  Walk whole = walk_over_input(call, 0), part = walk_over_input(call, 1);
  if (whole.x != whole.y) walk_run(&whole);
  if (shape_count(&call->inputs[1].shape) == 0) return;
  for (int i = 0; i < part.rank; i++) {
    shift(&part.y, call->attrs[3 * i] * part.to[i], part.size);
    part.to[i] = part.dim[i] > 1 ? part.to[i] * call->attrs[3 * i + 2] : 0;
  }
  walk_run(&part);
}

/* Each element of x to one of y, one after the other. */
FOR_EACH_ISA(void, add_f32, (const void *from, void *to, int64_t n, int64_t f, int64_t t),
             (from, to, n, f, t)) {
  const float *x = from;
  float *y = to;
  if (f == 1 && t == 1)
    for (int64_t i = 0; i < n; i++) y[i] += x[i];
  else
    for (int64_t i = 0; i < n; i++) y[i * t] += x[i * f];
}

FOR_EACH_ISA(void, add_f64, (const void *from, void *to, int64_t n, int64_t f, int64_t t),
             (from, to, n, f, t)) {
  const double *x = from;
  double *y = to;
  if (f == 1 && t == 1)
    for (int64_t i = 0; i < n; i++) y[i] += x[i];
  else
    for (int64_t i = 0; i < n; i++) y[i * t] += x[i * f];
}

/* One input after the other, so overlapping ones are added in their order, on however many threads.
 */
void kernel_patch(Call *call) {
  int rank = call->output.shape.rank;
  fill(&call->output, 0);
  for (int input = 0; input < call->input_count; input++) {
    const int64_t *runs = call->attrs + rank * (1 + 3 * input);
    if (shape_count(&call->inputs[input].shape) == 0) continue;
    Walk walk = walk_over_input(call, input);
    walk.add = call->output.dtype == DTYPE_F32 ? add_f32 : add_f64;
    for (int i = 0; i < rank; i++) {
      shift(&walk.y, runs[3 * i] * walk.to[i], walk.size);
      walk.to[i] = walk.dim[i] > 1 ? walk.to[i] * runs[3 * i + 2] : 0;
    }
    walk_run(&walk);
  }
}

/* Where no axis before counts, the inputs lie one after the other; of a short result there is
 * nothing to deal out.  The gradient of a few variables read one by one is this. */
static bool concat_short(const Call *call) {
  const Shape *shape = &call->output.shape;
  for (int i = 0; i < (int)call->attrs[0]; i++)
    if (shape->dim[i] != 1) return false;
  if (shape_count(shape) > SHORT) return false;
  char *to = call->output.data;
  const size_t size = dtype_bytes(call->output.dtype);
  for (int input = 0; input < call->input_count; input++) {
    const size_t bytes = (size_t)shape_count(&call->inputs[input].shape) * size;
    /* known here, it is two instructions */
    if (bytes == 8) memcpy(to, call->inputs[input].data, 8);
    else if (bytes && call->inputs[input].data != to) memcpy(to, call->inputs[input].data, bytes);
    to += bytes;
  }
  return true;
}

void kernel_concat(Call *call) {
  if (concat_short(call)) return;
  int axis = (int)call->attrs[0];
  int64_t before = 0;
  for (int input = 0; input < call->input_count; input++) {
    Walk walk = walk_over_input(call, input);
    shift(&walk.y, before * walk.to[axis], walk.size);
    before += walk.dim[axis];
    if (walk.x != walk.y) walk_run(&walk); /* made in its place (plan/place.c) */
  }
}

/* The second input only orders the nodes. */
void kernel_after(Call *call) {
  Walk walk = walk_over_input(call, 0);
  walk_run(&walk);
}

/* Of one axis that is short there is nothing to walk: the gradient of x[i] of a few variables is
 * this. */
static bool pad_short(const Call *call) {
  const View *in = &call->inputs[0], *out = &call->output;
  if (out->shape.rank != 1 || out->shape.dim[0] > SHORT) return false;
  const Filling filling = filling_of(out, double_of(call->attrs[2]));
  const int64_t before = call->attrs[0], n = in->shape.dim[0];
  for (int64_t i = 0; i < filling.count; i++)
    if (i < before || i >= before + n)
      memcpy(filling.y + (size_t)i * filling.size, &filling.value, filling.size);
  memcpy(filling.y + (size_t)before * filling.size, in->data, (size_t)n * filling.size);
  return true;
}

void kernel_pad(Call *call) {
  if (pad_short(call)) return;
  Walk walk = walk_over_input(call, 0);
  fill(&call->output, double_of(call->attrs[2 * walk.rank]));
  if (shape_count(&call->inputs[0].shape) == 0) return;
  for (int i = 0; i < walk.rank; i++) shift(&walk.y, call->attrs[2 * i] * walk.to[i], walk.size);
  walk_run(&walk);
}

/* ---- diagonals and triangles of the last two axes ---- */

/* A walk over n places of the diagonal k of each of `count` matrices [rows, columns], on one of its
 * sides. */
static int64_t diagonal(int64_t k, int64_t rows, int64_t columns, int64_t steps[2]) {
  steps[0] = rows * columns, steps[1] = columns + 1;
  return k < 0 ? -k * columns : k;
}

void kernel_diag_matrix(Call *call) {
  const Shape *shape = &call->inputs[0].shape, *out = &call->output.shape;
  int64_t n = shape->dim[shape->rank - 1], rows = out->dim[out->rank - 2],
          columns = out->dim[out->rank - 1];
  fill(&call->output, 0);
  int64_t count = shape_count(shape);
  if (count == 0) return;
  Walk walk = {.rank = 2,
               .dim = {count / n, n},
               .from = {n, 1},
               .x = call->inputs[0].data,
               .y = call->output.data,
               .size = dtype_bytes(call->output.dtype)};
  shift(&walk.y, diagonal(call->attrs[0], rows, columns, walk.to), walk.size);
  walk_run(&walk);
}

void kernel_diag_part(Call *call) {
  const Shape *shape = &call->inputs[0].shape, *out = &call->output.shape;
  int64_t n = out->dim[out->rank - 1], rows = shape->dim[shape->rank - 2],
          columns = shape->dim[shape->rank - 1];
  int64_t count = shape_count(out);
  if (count == 0) return;
  Walk walk = {.rank = 2,
               .dim = {count / n, n},
               .to = {n, 1},
               .x = call->inputs[0].data,
               .y = call->output.data,
               .size = dtype_bytes(call->output.dtype)};
  walk.x += diagonal(call->attrs[0], rows, columns, walk.from) * (int64_t)walk.size;
  walk_run(&walk);
}

typedef struct Triangle {
  const char *x;
  char *y;
  size_t size;
  int64_t rows, columns, count; /* of a matrix; rows in all */
  int64_t group;                /* rows in a task */
  int64_t k;
  bool upper;
} Triangle;

static void triangle_rows(void *context, int64_t task) {
  const Triangle *job = context;
  int64_t end = least((task + 1) * job->group, job->count);
  for (int64_t row = task * job->group; row < end; row++) {
    /* the first column of the right part */
    int64_t i = row % job->rows, border = job->upper ? i + job->k : i + job->k + 1;
    border = border < 0 ? 0 : least(border, job->columns);
    size_t left = (size_t)border * job->size, all = (size_t)job->columns * job->size,
           at = (size_t)row * all;
    if (job->upper) {
      memset(job->y + at, 0, left);
      memcpy(job->y + at + left, job->x + at + left, all - left);
    } else {
      memcpy(job->y + at, job->x + at, left);
      memset(job->y + at + left, 0, all - left);
    }
  }
}

void kernel_triangle(Call *call) {
  const Shape *shape = &call->output.shape;
  Triangle job = {call->inputs[0].data,
                  call->output.data,
                  dtype_bytes(call->output.dtype),
                  shape->dim[shape->rank - 2],
                  shape->dim[shape->rank - 1],
                  0,
                  1,
                  call->attrs[1],
                  call->attrs[0] != 0};
  if (shape_count(shape) == 0) return;
  job.count = shape_count(shape) / job.columns;
  job.group = most(1, TASK / job.columns);
  /* no further: nothing changes */
  job.k = job.k > job.columns ? job.columns : job.k < -job.rows ? -job.rows : job.k;
  team_run((job.count + job.group - 1) / job.group, triangle_rows, &job);
}

/* ---- counting ---- */

static void count_part(void *context, int64_t task) {
  const View *view = context;
  int64_t first = task * TASK, end = least(first + TASK, shape_count(&view->shape));
  switch (view->dtype) {
    case DTYPE_BOOL:
      for (int64_t i = first; i < end; i++) ((uint8_t *)view->data)[i] = i != 0;
      break;
    case DTYPE_U8:
      for (int64_t i = first; i < end; i++) ((uint8_t *)view->data)[i] = (uint8_t)i;
      break;
    case DTYPE_I32:
      for (int64_t i = first; i < end; i++) ((int32_t *)view->data)[i] = (int32_t)i;
      break;
    case DTYPE_BF16:
      for (int64_t i = first; i < end; i++) ((uint16_t *)view->data)[i] = bf16_near((double)i);
      break;
    case DTYPE_F32:
      for (int64_t i = first; i < end; i++) ((float *)view->data)[i] = (float)i;
      break;
    default:
      for (int64_t i = first; i < end; i++) ((double *)view->data)[i] = (double)i;
      break;
  }
}

void kernel_iota(Call *call) {
  team_run((shape_count(&call->output.shape) + TASK - 1) / TASK, count_part, &call->output);
}
