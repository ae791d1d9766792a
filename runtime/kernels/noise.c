/* noise.c — random draws.
 *
 * The numbers are those of base/rng.h: element i of a draw is a function of the key (seed and
 * count, or step), the place of the draw, and i.  So a draw may be cut into any blocks, and a step
 * that is run again draws the same numbers.
 */
#include "runtime/base/rng.h"
#include "runtime/kernels/fault.h"
#include "runtime/kernels/team.h"

Kernel kernel_draw;

enum { DRAW_UNIFORM, DRAW_NORMAL, DRAW_WHOLE }; /* attrs[0], as in ops.def */
enum { KIND, DTYPE, PLACE, LOW, HIGH };         /* places in attrs */
#if defined(GD_HARSH)
enum { BLOCK = 10 };
#else
enum { BLOCK = 1 << 13 };
#endif

typedef struct Drawing {
  const Call *call;
  RngStream stream;
  int64_t count;
} Drawing;

static void draw_block(void *context, int64_t block) {
  const Drawing *drawing = context;
  const int64_t *attrs = drawing->call->attrs;
  int64_t first = block * BLOCK,
          n = drawing->count - first < BLOCK ? drawing->count - first : BLOCK;
  bool wide = drawing->call->output.dtype == DTYPE_F64;
  void *out = drawing->call->output.data;
  if (attrs[KIND] == DRAW_WHOLE)
    rng_integers(&drawing->stream, first, n, attrs[LOW], attrs[HIGH], (int32_t *)out + first);
  else if (attrs[KIND] == DRAW_NORMAL && wide)
    rng_normal_f64(&drawing->stream, first, n, (double *)out + first);
  else if (attrs[KIND] == DRAW_NORMAL)
    rng_normal_f32(&drawing->stream, first, n, (float *)out + first);
  else if (wide) rng_uniform_f64(&drawing->stream, first, n, (double *)out + first);
  else rng_uniform_f32(&drawing->stream, first, n, (float *)out + first);
}

void kernel_draw(Call *call) {
  const int32_t *key = call->inputs[0].data;
  Drawing drawing = {call, rng_stream_of(key, (uint64_t)call->attrs[PLACE]),
                     shape_count(&call->output.shape)};
  if (call->attrs[KIND] == DRAW_WHOLE && call->attrs[HIGH] <= call->attrs[LOW]) {
    fault_report(call, "there is no whole number from %lld to %lld - 1",
                 (long long)call->attrs[LOW], (long long)call->attrs[HIGH]);
    return;
  }
  team_run((drawing.count + BLOCK - 1) / BLOCK, draw_block, &drawing);
}
