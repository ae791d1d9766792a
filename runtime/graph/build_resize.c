/* build_resize.c — `resize`: images in another size.
 *
 * A size is changed along one axis at a time, rows first, since whole rows are moved fastest: by a
 * gather (nearest), or as weighted sums of neighbours (kernels/resample.c).
 */
#include <string.h>

#include "runtime/graph/build.h"

extern const Op OP_DIV, OP_FLOOR, OP_MUL, OP_RESAMPLE;

Builder build_resize;

typedef enum Mode { NEAREST, BILINEAR, BICUBIC } Mode;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

static bool read_mode(Maker *maker, const Arg *arg, Mode *mode) {
  static const char *const NAMES[] = {"nearest", "bilinear", "bicubic"};
  *mode = BILINEAR;
  if (!arg_given(arg)) return true;
  for (int i = 0; i < COUNT_OF(NAMES); i++) {
    *mode = (Mode)i;
    if (strcmp(arg->text, NAMES[i]) == 0) return true;
  }
  return arg_fail(
      maker, arg,
      "`mode:` of `resize` must be \"nearest\", \"bilinear\" or \"bicubic\", not \"%.40s\"",
      arg->text);
}

static NodeId resized(Maker *maker, NodeId x, int axis, int64_t n, Mode mode) {
  if (!x) return 0;
  int64_t size = shape_at(maker, x).dim[axis];
  if (size == n) return x;
  if (mode != NEAREST) {
    const int64_t attrs[4] = {axis, n, mode == BICUBIC, false};
    return graph_emit(maker->graph, OP_RESAMPLE, &x, 1, attrs, 4, maker->diag);
  }
  NodeId places = make_iota(maker, n, DTYPE_F64),
         scaled = make2(maker, OP_MUL, places, make_number(maker, (double)size)),
         at = make2(maker, OP_DIV, scaled, make_number(maker, (double)n));
  return make_gather(maker, x, make_cast(maker, make1(maker, OP_FLOOR, at), DTYPE_I32), axis);
}

int build_resize(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Mode mode;
  int64_t size[2];
  if (!read_mode(maker, &args[3], &mode) ||
      !arg_whole(maker, &args[1], "the height", 1, INT32_MAX, 1, &size[0]) ||
      !arg_whole(maker, &args[2], "the width", 1, INT32_MAX, 1, &size[1]))
    return 0;
  NodeId x = mode == NEAREST ? arg_tensor(maker, &args[0]) : arg_real(maker, &args[0]);
  if (!x) return 0;
  Shape shape = shape_at(maker, x);
  char text[200];
  if (shape.rank < 2)
    return arg_fail(maker, &args[0], "`resize` needs images [.., H, W], not the shape %s",
                    shape_show(&shape, text));
  for (int i = 0; i < 2; i++) {
    if (shape.dim[shape.rank - 2 + i] == 0)
      return arg_fail(maker, &args[0], "`resize` needs images with pixels, not the shape %s",
                      shape_show(&shape, text));
    x = resized(maker, x, shape.rank - 2 + i, size[i], mode);
  }
  return build_one(x, results);
}
