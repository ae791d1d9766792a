/* fold.c — reductions over any set of axes.
 *
 * A reduction over a set of axes becomes a few *steps*, each of which sees its input as [outer,
 * count, inner] and leaves [outer, inner].  A step over the innermost axes has inner = 1: rows are
 * folded.  Else columns are folded: the loop runs along the contiguous axis, with a vector of
 * results, which is what the gradient of a bias needs; short rows under columns go along as parts
 * of these, and are folded last.  What a reduction is made of (how rows, columns and two results
 * are joined) is a `Fold`; the dtypes' Folds are expansions of sum.inc, fold.inc and lse.inc.
 *
 * Results are gathered in a type of their own: floats in double, whole numbers in int64 (a sum of
 * 2^31 i32 cannot overflow there; whether the result fits is checked at the end), minima in
 * integers that are ordered like the floats they stand for.  Only the last pass, `finish`, gives
 * the output's dtype.
 *
 * A step is cut into tasks of about TASK elements: groups of outer places, or, where one place has
 * more than that, stretches of `count` and tiles of `inner`; stretches are merged in order.  All by
 * size alone, so the bits are the same on any number of threads.
 */
#include "runtime/kernels/fold.h"
#include "runtime/kernels/team.h"

#include <string.h>

/* elements of a task; of rows that are whole in one */
enum { TASK = FOLD_UNIT * FOLD_BLOCK, ROWS_TASK = TASK / 4 };
#if defined(GD_HARSH)
enum { TILE = 20, ALONE = 30, WIDE = 6, COLUMNS_LEAST = 2 };
#else
enum {
  WIDE = 64,          /* elements that fill vectors */
  COLUMNS_LEAST = 16, /* so many of them are added before one is joined alone */
  TILE = 512,         /* columns in a task */
  ALONE = 1 << 16     /* up to so many elements, one thread is faster than two */
};
#endif

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t parts_of(int64_t n, int64_t size) { return (n + size - 1) / size; }

/* ---- steps ---- */

/* Short rows of a kept axis, then columns of what they leave, as for the bias of a convolution over
 * small images: columns that are as wide as all these rows come first, which fills vectors. */
static void columns_first(FoldStep steps[2]) {
  const FoldStep rows = steps[0], columns = steps[1];
  const int64_t width = columns.inner * rows.count;
  if (rows.inner != 1 || rows.count >= WIDE || width < WIDE || columns.count < COLUMNS_LEAST)
    return;
  steps[0] = (FoldStep){columns.outer, columns.count, width};
  steps[1] = (FoldStep){columns.outer * columns.inner, rows.count, 1};
}

int fold_steps(const Shape *shape, uint32_t mask, FoldStep steps[RANK_MOST + 1]) {
  int count = 0;
  int64_t inner = 1; /* kept elements behind the axis */
  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    if (!(mask >> axis & 1)) {
      inner *= shape->dim[axis];
      continue;
    }
    int64_t group = shape->dim[axis];
    while (axis > 0 && mask >> (axis - 1) & 1) group *= shape->dim[--axis];
    int64_t outer = 1;
    for (int before = 0; before < axis; before++) outer *= shape->dim[before];
    if (group != 1) steps[count++] = (FoldStep){outer, group, inner};
  }
  if (count == 2) columns_first(steps);
  if (count == 0) steps[count++] = (FoldStep){shape_count(shape), 1, 1};
  return count;
}

/* How a step is cut.  Parts lie as [splits][outer * inner]; with one split they are the results. */
typedef struct Cut {
  int64_t split; /* places of `count` in a task */
  int64_t splits;
  int64_t tiles; /* of TILE columns */
  int64_t group; /* outer places in a task */
  int64_t tasks;
} Cut;

static Cut cut_step(const FoldStep *step) {
  int64_t width = least(most(step->inner, 1), TILE);
  Cut cut = {.split = most(1, TASK / width)};
  cut.splits = most(1, parts_of(step->count, cut.split));
  cut.tiles = parts_of(step->inner, TILE);
  cut.group = cut.splits > 1 || cut.tiles > 1 ? 1
                                              : most(1, (step->inner == 1 ? ROWS_TASK : TASK) /
                                                            most(1, step->count * step->inner));
  cut.tasks = parts_of(step->outer, cut.group) * cut.splits * cut.tiles;
  return cut;
}

typedef struct StepJob {
  const Fold *fold;
  const FoldStep *step;
  Cut cut;
  bool later; /* the input is results of an earlier step */
  const char *x;
  char *parts; /* NULL: finish at once */
  FoldFinish *finish;
  Call *call;
} StepJob;

/* Rows and columns of gathered results: joined one by one. */
static void merge_rows(const Fold *fold, const char *x, int64_t rows, int64_t n, char *accs) {
  fold->empty(accs, rows);
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < n; i++)
      fold->merge(accs + (size_t)row * fold->acc_bytes, x + (size_t)(row * n + i) * fold->acc_bytes,
                  1);
}

static void merge_columns(const Fold *fold, const char *x, int64_t rows, int64_t stride,
                          int64_t width, char *accs) {
  for (int64_t row = 0; row < rows; row++)
    fold->merge(accs, x + (size_t)(row * stride) * fold->acc_bytes, width);
}

/* Folds places first .. end - 1 of `count`, columns column .. column + width - 1, of `group` outer
 * places, to accs. */
static void fold_part(const StepJob *job, int64_t outer, int64_t group, const int64_t range[2],
                      int64_t column, int64_t width, char *accs) {
  const Fold *fold = job->fold;
  const FoldStep *step = job->step;
  size_t size = job->later ? fold->acc_bytes : fold->in_bytes;
  int64_t rows = range[1] - range[0];
  const char *x = job->x + (size_t)((outer * step->count + range[0]) * step->inner + column) * size;
  if (step->inner == 1) {
    if (job->later) merge_rows(fold, x, group, rows, accs);
    else fold->rows(x, group, rows, accs);
    return;
  }
  fold->empty(accs, group * width);
  for (int64_t place = 0; place < group; place++) {
    if (job->later) merge_columns(fold, x, rows, step->inner, width, accs);
    else fold->columns(x, rows, step->inner, width, accs);
    x += (size_t)(step->count * step->inner) * size;
    accs += (size_t)width * fold->acc_bytes;
  }
}

static void fold_task(void *context, int64_t task) {
  const StepJob *job = context;
  const FoldStep *step = job->step;
  const Cut *cut = &job->cut;
  int64_t tile = task % cut->tiles, split = task / cut->tiles % cut->splits,
          outer = task / cut->tiles / cut->splits * cut->group;
  int64_t column = tile * TILE, width = least(TILE, step->inner - column),
          group = least(cut->group, step->outer - outer);
  int64_t range[2] = {split * cut->split, least((split + 1) * cut->split, step->count)};
  int64_t place = outer * step->inner + column, results = group * width;
  if (job->parts) {
    char *accs = job->parts +
                 (size_t)(split * step->outer * step->inner + place) * job->fold->acc_bytes;
    fold_part(job, outer, group, range, column, width, accs);
  } else {
    char *accs = team_scratch((size_t)results * job->fold->acc_bytes);
    fold_part(job, outer, group, range, column, width, accs);
    job->finish(job->call, accs, place, results);
  }
}

static void fold_all(void *context, int64_t unused) {
  const StepJob *job = context;
  (void)unused;
  for (int64_t task = 0; task < job->cut.tasks; task++) fold_task(context, task);
}

void fold_axes(Call *call, const Fold *fold, FoldFinish *finish) {
  FoldStep steps[RANK_MOST + 1];
  Cut cuts[RANK_MOST + 1];
  int count = fold_steps(&call->inputs[0].shape, (uint32_t)call->attrs[0], steps);
  size_t bytes = 0, at = 0;
  for (int i = 0; i < count; i++) {
    cuts[i] = cut_step(&steps[i]);
    bytes += (size_t)(steps[i].outer * steps[i].inner * cuts[i].splits) * fold->acc_bytes;
  }
  bool direct = cuts[count - 1].splits == 1; /* the last step finishes in its tasks */
  char *room = direct && count == 1 ? NULL : team_scratch(bytes);
  const char *x = call->inputs[0].data;
  for (int i = 0; i < count; i++) {
    StepJob job = {fold,   &steps[i], cuts[i],
                   i > 0,  x,         direct && i == count - 1 ? NULL : room + at,
                   finish, call};
    if (steps[i].outer * steps[i].count * steps[i].inner <= ALONE) team_run(1, fold_all, &job);
    else team_run(cuts[i].tasks, fold_task, &job);
    if (!job.parts) return;
    int64_t results = steps[i].outer * steps[i].inner;
    for (int64_t split = 1; split < cuts[i].splits; split++)
      fold->merge(job.parts, job.parts + (size_t)(split * results) * fold->acc_bytes, results);
    x = job.parts;
    at += (size_t)(results * cuts[i].splits) * fold->acc_bytes;
  }
  finish(call, x, 0, shape_count(&call->output.shape));
}

void fold_same(Call *call, const void *accs, int64_t first, int64_t n) {
  size_t size = dtype_bytes(call->output.dtype);
  memcpy((char *)call->output.data + (size_t)first * size, accs, (size_t)n * size);
}
