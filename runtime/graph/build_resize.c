/* build_resize.c — `resize`: images in another size.
 *
 * A size is changed along one axis at a time, rows first, since whole rows are moved fastest.  Each
 * place of the result is a weighted sum of one (nearest), two (bilinear) or four (bicubic)
 * neighbours, so an axis costs as many gathers.  Pixels are areas: the centre of the first is half
 * a pixel from the edge, and the edges stay where they are (PyTorch's align_corners=False).  Beyond
 * an edge its pixel goes on.
 */
#include <string.h>

#include "runtime/graph/build.h"

extern const Op OP_ADD, OP_CLAMP, OP_DIV, OP_FLOOR, OP_MAXIMUM, OP_MUL, OP_SQUARE, OP_SUB;

Builder build_resize;

typedef enum Mode { NEAREST, BILINEAR, BICUBIC } Mode;

static const double SHARPNESS = -0.75; /* of the cubic, as PyTorch and OpenCV have it */

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

static NodeId number(Maker *maker, double value) { return make_number(maker, value); }
static NodeId plus(Maker *maker, NodeId a, double b) {
  return make2(maker, OP_ADD, a, number(maker, b));
}
static NodeId times(Maker *maker, NodeId a, double b) {
  return make2(maker, OP_MUL, a, number(maker, b));
}
static NodeId one_less(Maker *maker, NodeId a) { return make2(maker, OP_SUB, number(maker, 1), a); }

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

/* The weight of a neighbour at a distance from 0 to 1, and from 1 to 2 (Keys 1981). */
static NodeId cubic_near(Maker *maker, NodeId t) {
  NodeId slope = plus(maker, times(maker, t, SHARPNESS + 2), -(SHARPNESS + 3));
  return plus(maker, make2(maker, OP_MUL, slope, make1(maker, OP_SQUARE, t)), 1);
}
static NodeId cubic_far(Maker *maker, NodeId t) {
  NodeId inner = plus(maker, times(maker, t, SHARPNESS), -5 * SHARPNESS);
  NodeId middle = plus(maker, make2(maker, OP_MUL, inner, t), 8 * SHARPNESS);
  return plus(maker, make2(maker, OP_MUL, middle, t), -4 * SHARPNESS);
}

/* Where the centre of each of n new pixels lies among `size` old ones; the share of the way to the
 * next is what `floor` leaves. */
static NodeId centres(Maker *maker, int64_t size, int64_t n) {
  NodeId middle = plus(maker, make_iota(maker, n, DTYPE_F64), 0.5);
  return plus(maker, times(maker, middle, (double)size / (double)n), -0.5);
}

/* The neighbours of each place, `apart` from `low`, times their weights. */
static NodeId tap(Maker *maker, NodeId x, int axis, NodeId low, int apart, NodeId weight) {
  Shape shape = shape_at(maker, x), along = {.rank = shape.rank - axis};
  NodeId last = number(maker, (double)(shape.dim[axis] - 1));
  NodeId at = make3(maker, OP_CLAMP, plus(maker, low, apart), number(maker, 0), last);
  NodeId taken = make_gather(maker, x, make_cast(maker, at, DTYPE_I32), axis);
  if (!taken || !weight) return taken;
  for (int i = 0; i < along.rank; i++) along.dim[i] = 1;
  along.dim[0] = shape_at(maker, weight).dim[0];
  weight = make_reshape(maker, make_cast(maker, weight, make_type(maker, x)->dtype), &along);
  return make2(maker, OP_MUL, taken, weight);
}

static NodeId resized(Maker *maker, NodeId x, int axis, int64_t n, Mode mode) {
  if (!x) return 0;
  int64_t size = shape_at(maker, x).dim[axis];
  if (size == n) return x;
  if (mode == NEAREST) {
    NodeId scaled = times(maker, make_iota(maker, n, DTYPE_F64), (double)size);
    NodeId at = make2(maker, OP_DIV, scaled, number(maker, (double)n));
    return tap(maker, x, axis, make1(maker, OP_FLOOR, at), 0, 0);
  }
  NodeId centre = centres(maker, size, n);
  if (mode == BILINEAR) centre = make2(maker, OP_MAXIMUM, centre, number(maker, 0));
  NodeId low = make1(maker, OP_FLOOR, centre), share = make2(maker, OP_SUB, centre, low),
         rest = one_less(maker, share);
  if (mode == BILINEAR)
    return make2(maker, OP_ADD, tap(maker, x, axis, low, 0, rest),
                 tap(maker, x, axis, low, 1, share));
  NodeId near = make2(maker, OP_ADD, tap(maker, x, axis, low, 0, cubic_near(maker, share)),
                      tap(maker, x, axis, low, 1, cubic_near(maker, rest)));
  NodeId far = make2(maker, OP_ADD,
                     tap(maker, x, axis, low, -1, cubic_far(maker, plus(maker, share, 1))),
                     tap(maker, x, axis, low, 2, cubic_far(maker, plus(maker, rest, 1))));
  return make2(maker, OP_ADD, near, far);
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
