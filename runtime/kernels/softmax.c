/* softmax.c — softmax and log_softmax along an axis.
 *
 * The greatest element is taken from all first, so no exponential overflows: softmax([1000, 0]) is
 * [1, 0].  Where the greatest is infinite, x - max is NaN, and so is the sum: such a row is done
 * again by itself.  A NaN makes the whole row NaN, and so does a row of -inf only, whose
 * softmax is undefined.  A single inf gets the weight 1, which is the limit; with several, each is
 * NaN.
 *
 * As in fold.c, x is seen as [outer, n, inner].  With inner = 1 rows are worked on, else columns,
 * 64 side by side.  Sums are made in double.  Every row is computed alone, so bits depend on
 * nothing but its elements.
 */
#include "runtime/kernels/softmax.h"

#include <math.h>

#include "runtime/base/isa.h"
#include "runtime/kernels/approx.h"
#include "runtime/kernels/sum.h"
#include "runtime/kernels/team.h"

Kernel kernel_softmax, kernel_log_softmax;

#if defined(GD_HARSH)
enum { COLUMNS = 16, SHORT = 5, TASK = 40 }; /* COLUMNS: no fewer than the lanes of a vector */
#else
/* columns side by side; longest row transposed; elements in a task */
enum { COLUMNS = 64, SHORT = 31, TASK = 1 << 14 };
#endif

#define REAL float
#define LANES 16
#define EXP exp_f32
#define LOG core_log
#define UNIT_SUM sum_unit_f32
#define INFINITE HUGE_VALF
#define NAMED(name) name##_f32
#include "runtime/kernels/softmax.inc"

#define REAL double
#define LANES 8
#define EXP exp_f64
#define LOG log
#define UNIT_SUM sum_unit_f64
#define INFINITE HUGE_VAL
#define NAMED(name) name##_f64
#include "runtime/kernels/softmax.inc"

typedef struct Job {
  const char *x;
  char *y;
  int64_t outer, n, inner;
  int64_t group; /* outer places in a task; 1 where columns are cut into tiles */
  int64_t tiles; /* of COLUMNS columns */
  bool wide;     /* f64 */
  bool logs;
} Job;

static void do_part(void *context, int64_t task) {
  const Job *job = context;
  int64_t column = task % job->tiles * COLUMNS, outer = task / job->tiles * job->group;
  int64_t group = job->outer - outer < job->group ? job->outer - outer : job->group;
  int64_t width = job->tiles == 1                 ? job->inner
                  : job->inner - column < COLUMNS ? job->inner - column
                                                  : COLUMNS;
  size_t size = job->wide ? sizeof(double) : sizeof(float),
         at = (size_t)(outer * job->n * job->inner + column) * size;
  const char *x = job->x + at;
  char *y = job->y + at;
  if (job->inner == 1) {
    (job->wide ? rows_f64 : rows_f32)(x, y, group, job->n, job->logs);
    return;
  }
  size_t step = (size_t)(job->n * job->inner) * size;
  for (int64_t place = 0; place < group; place++, x += step, y += step)
    (job->wide ? columns_f64 : columns_f32)(x, y, job->n, job->inner, width, job->logs);
}

static void softmax(Call *call, bool logs) {
  const Shape *shape = &call->inputs[0].shape;
  int axis = (int)call->attrs[0];
  if (shape_count(shape) == 0) return;
  Job job = {call->inputs[0].data,
             call->output.data,
             1,
             shape->dim[axis],
             1,
             1,
             1,
             call->output.dtype == DTYPE_F64,
             logs};
  for (int i = 0; i < axis; i++) job.outer *= shape->dim[i];
  for (int i = axis + 1; i < shape->rank; i++) job.inner *= shape->dim[i];
  int64_t one = job.n * job.inner;
  if (one < TASK) job.group = TASK / one;
  else job.tiles = (job.inner + COLUMNS - 1) / COLUMNS;
  team_run((job.outer + job.group - 1) / job.group * job.tiles, do_part, &job);
}

void softmax_rows(Dtype dtype, const void *x, void *y, int64_t rows, int64_t n) {
  (dtype == DTYPE_F64 ? rows_f64 : rows_f32)(x, y, rows, n, false);
}

void softmax_odd(Dtype dtype, const void *x, void *y, int64_t n, int64_t stride) {
  if (dtype == DTYPE_F64) odd_line_f64(x, y, n, stride, false);
  else odd_line_f32(x, y, n, stride, false);
}

void kernel_softmax(Call *call) { softmax(call, false); }
void kernel_log_softmax(Call *call) { softmax(call, true); }
