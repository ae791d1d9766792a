/* resample.c — an axis in another size: each new place is a weighted sum of two neighbours among
 * the old ones (linear) or of four (cubic); and the transpose, which spreads a new place over its
 * neighbours.
 *
 * Places are areas: the centre of the first is half a place from the edge, and the edges stay where
 * they are (PyTorch's align_corners=False).  Beyond an edge its place goes on.  x is seen as
 * [outer, n, inner] around the axis; work is cut along outer and inner only, and the transpose adds
 * in the order of the new places, so the bits are the same on any number of threads.
 */
#include <math.h>
#include <string.h>

#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/team.h"

Kernel kernel_resample;

enum { AXIS, SIZE, CUBIC, BACK }; /* places in attrs */
enum { TAPS = 4 };
#if defined(GD_HARSH)
enum { TASK = 64, TILE = 8, PLACES = 5 };
#else
enum { TASK = 1 << 14, TILE = 64, PLACES = 256 };
#endif

static const double SHARPNESS = -0.75; /* of the cubic, as PyTorch and OpenCV have it */

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

typedef struct Job {
  const void *x;
  void *y;
  int64_t outer, old, new, inner; /* old and new places on the axis */
  bool cubic, back;
  int64_t group, tile; /* outer places and columns of a task */
  int64_t tiles;
  Dtype dtype;
} Job;

/* One task's share. */
typedef struct Part {
  int64_t outer, outer_end, column, width;
} Part;

/* ---- where a place lies ---- */

typedef struct Neighbours {
  int32_t at[TAPS];
  double weight[TAPS];
} Neighbours;

/* The weight of a neighbour at a distance from 0 to 1, and from 1 to 2 (Keys 1981). */
INLINE double cubic_near(double t) { return ((SHARPNESS + 2) * t - (SHARPNESS + 3)) * (t * t) + 1; }
INLINE double cubic_far(double t) {
  return ((SHARPNESS * t - 5 * SHARPNESS) * t + 8 * SHARPNESS) * t - 4 * SHARPNESS;
}

INLINE int32_t clamped(double at, int64_t size) {
  return (int32_t)(at < 0 ? 0 : at > (double)(size - 1) ? (double)(size - 1) : at);
}

INLINE Neighbours neighbours(const Job *job, int64_t place) {
  const double ratio = (double)job->old / (double)job->new;
  double centre = ((double)place + 0.5) * ratio - 0.5;
  if (!job->cubic && centre < 0) centre = 0;
  const double low = floor(centre), share = centre - low, rest = 1 - share;
  Neighbours around = {{clamped(low, job->old), clamped(low + 1, job->old),
                        clamped(low - 1, job->old), clamped(low + 2, job->old)},
                       {rest, share}};
  if (!job->cubic) return around;
  around.weight[0] = cubic_near(share), around.weight[1] = cubic_near(rest);
  around.weight[2] = cubic_far(share + 1), around.weight[3] = cubic_far(rest + 1);
  return around;
}

/* ---- the sums ---- */

#define REAL float
#define NAMED(name) name##_f32
#include "runtime/kernels/resample.inc"
#define REAL double
#define NAMED(name) name##_f64
#include "runtime/kernels/resample.inc"

static void resample_part(void *context, int64_t task) {
  const Job *job = context;
  const int64_t outer = task / job->tiles * job->group, column = task % job->tiles * job->tile;
  Part part = {outer, least(outer + job->group, job->outer), column,
               least(job->tile, job->inner - column)};
  if (job->dtype == DTYPE_F32) resample_f32(job, part);
  else resample_f64(job, part);
}

void kernel_resample(Call *call) {
  const Shape *shape = &call->inputs[0].shape;
  const int axis = (int)call->attrs[AXIS];
  const int64_t from = shape->dim[axis], to = call->attrs[SIZE];
  const bool back = call->attrs[BACK] != 0;
  if (shape_count(&call->output.shape) == 0) return;
  Job job = {.x = call->inputs[0].data,
             .y = call->output.data,
             .outer = 1,
             .old = back ? to : from,
             .new = back ? from : to,
             .inner = 1,
             .cubic = call->attrs[CUBIC] != 0,
             .back = back,
             .dtype = call->output.dtype};
  for (int i = 0; i < axis; i++) job.outer *= shape->dim[i];
  for (int i = axis + 1; i < shape->rank; i++) job.inner *= shape->dim[i];
  job.tile = job.outer < 8 && most(from, to) * job.inner > TASK ? TILE : job.inner;
  job.tiles = (job.inner + job.tile - 1) / job.tile;
  job.group = most(1, TASK / (most(from, to) * job.tile));
  team_run((job.outer + job.group - 1) / job.group * job.tiles, resample_part, &job);
}
