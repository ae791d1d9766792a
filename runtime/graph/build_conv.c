/* build_conv.c — convolution and pooling as the surface calls them.
 *
 * Images are [N, C, H, W]; one number for stride, padding, dilation or window stands for both
 * axes.  A row of length T is an image of height 1.  The transpose of a convolution is the
 * row that is the gradient of one in its images, so it needs no kernel of its own.
 */
#include "runtime/graph/build.h"
#include "runtime/opcodes.h"

Builder build_conv2d, build_conv1d, build_conv_transpose2d, build_max_pool2d, build_avg_pool2d;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

/* x and w as floats of one dtype. */
static bool read_operands(Maker *maker, const Arg *args, NodeId pair[2]) {
  pair[0] = arg_real(maker, &args[0]);
  pair[1] = arg_real(maker, &args[1]);
  if (!pair[0] || !pair[1]) return false;
  Dtype dtype = dtype_promote(make_type(maker, pair[0])->dtype, make_type(maker, pair[1])->dtype);
  pair[0] = make_cast(maker, pair[0], dtype);
  pair[1] = make_cast(maker, pair[1], dtype);
  return pair[0] && pair[1];
}

/* stride, padding, dilation, groups from four arguments, in the layout of CONV2D. */
static bool read_geometry(Maker *maker, const Arg *stride, const Arg *padding, const Arg *dilation,
                          const Arg *groups, int64_t attrs[7]) {
  return arg_pair(maker, stride, "the stride", 1, &attrs[0]) &&
         arg_pair(maker, padding, "the padding", 0, &attrs[2]) &&
         arg_pair(maker, dilation, "the dilation", 1, &attrs[4]) &&
         arg_whole(maker, groups, "groups", 0, INT32_MAX, 1, &attrs[6]);
}

/* Adds a bias [O] to the channels of y [N, O, ..]. */
static NodeId biased(Maker *maker, NodeId y, const Arg *arg) {
  if (!y || !arg_given(arg)) return y;
  NodeId bias = arg_node(maker, arg);
  if (!bias) return 0;
  Shape shape = shape_at(maker, bias), over = shape_at(maker, y), wide = {.rank = over.rank};
  if (shape.rank != 1 || shape.dim[0] != over.dim[1]) {
    char text[200];
    arg_fail(maker, arg, "the bias must be one number for each of the %lld channels, not %s",
             (long long)over.dim[1], shape_show(&shape, text));
    return 0;
  }
  for (int axis = 0; axis < wide.rank; axis++) wide.dim[axis] = axis == 1 ? shape.dim[0] : 1;
  return make2(maker, OP_ADD, y, make_reshape(maker, bias, &wide));
}

int build_conv2d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId pair[2];
  int64_t attrs[7];
  if (!read_operands(maker, args, pair) ||
      !read_geometry(maker, &args[3], &args[4], &args[5], &args[6], attrs))
    return 0;
  return build_one(
      biased(maker, graph_emit(maker->graph, op, pair, 2, attrs, 7, maker->diag), &args[2]),
      results);
}

/* [A, B, T] as [A, B, 1, T], and back. */
static NodeId with_height(Maker *maker, const Arg *arg, NodeId a, const char *what) {
  Shape shape = shape_at(maker, a);
  char text[200];
  if (shape.rank != 3) {
    arg_fail(maker, arg, "`conv1d` needs %s, not the shape %s", what, shape_show(&shape, text));
    return 0;
  }
  shape = (Shape){.rank = 4, .dim = {shape.dim[0], shape.dim[1], 1, shape.dim[2]}};
  return make_reshape(maker, a, &shape);
}

int build_conv1d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId pair[2];
  int64_t attrs[7];
  if (!read_operands(maker, args, pair) ||
      !read_geometry(maker, &args[3], &args[4], &args[5], &args[6], attrs))
    return 0;
  attrs[0] = attrs[4] = 1; /* along the height there is one place only */
  attrs[2] = 0;
  pair[0] = with_height(maker, &args[0], pair[0], "rows [N, C, T]");
  pair[1] = pair[0] ? with_height(maker, &args[1], pair[1], "weights [O, C, t]") : 0;
  NodeId y = graph_emit(maker->graph, OP_CONV2D, pair, 2, attrs, 7, maker->diag);
  if (!y) return 0;
  Shape wide = shape_at(maker, y),
        shape = {.rank = 3, .dim = {wide.dim[0], wide.dim[1], wide.dim[3]}};
  return build_one(biased(maker, make_reshape(maker, y, &shape), &args[2]), results);
}

/* (size - 1) stride - 2 pad + dilation (kernel - 1) + extra + 1, checked. */
static bool widen(int64_t size, int64_t kernel, int64_t stride, int64_t pad, int64_t dilation,
                  int64_t extra, int64_t *result) {
  int64_t steps, reach, twice;
  return size_mul(size - 1, stride, &steps) && size_mul(kernel - 1, dilation, &reach) &&
         size_mul(pad, 2, &twice) && size_add(steps, reach, result) &&
         size_add(*result, extra + 1, result) && size_add(*result, -twice, result);
}

int build_conv_transpose2d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId pair[2];
  int64_t attrs[9], extra[2];
  if (!read_operands(maker, args, pair) ||
      !read_geometry(maker, &args[3], &args[4], &args[6], &args[7], attrs))
    return 0;
  if (!arg_pair(maker, &args[5], "the output padding", 0, extra)) return 0;
  Shape x = shape_at(maker, pair[0]), w = shape_at(maker, pair[1]);
  if (x.rank != 4 || w.rank != 4) {
    char text[200];
    return arg_fail(maker, &args[x.rank == 4], "`conv_transpose2d` needs %s, not the shape %s",
                    x.rank == 4 ? "weights [C, O, h, w]" : "images [N, C, H, W]",
                    shape_show(x.rank == 4 ? &w : &x, text));
  }
  for (int i = 0; i < 2; i++) {
    if (extra[i] > 0 && extra[i] >= attrs[i] && extra[i] >= attrs[4 + i])
      return arg_fail(maker, &args[5], "the output padding must be smaller than the stride");
    bool fits = widen(x.dim[2 + i], w.dim[2 + i], attrs[i], attrs[2 + i], attrs[4 + i], extra[i],
                      &attrs[7 + i]);
    if (!fits || attrs[7 + i] < 1)
      return arg_fail(maker, &args[4], "no image is left of this size, stride and padding");
  }
  NodeId y = graph_emit(maker->graph, OP_CONV2D_INPUT, pair, 2, attrs, 9, maker->diag);
  return build_one(biased(maker, y, &args[2]), results);
}

/* ---- pooling ---- */

/* x, size, stride, padding; attrs in the layout of POOL_ARGMAX. */
static NodeId read_pool(Maker *maker, const Arg *args, int64_t attrs[6]) {
  NodeId x = arg_real(maker, &args[0]);
  if (!x || !arg_pair(maker, &args[1], "the size", 1, &attrs[0]) ||
      !arg_pair(maker, &args[2], "the stride", 0, &attrs[2]))
    return 0;
  for (int i = 0; i < 2 && !arg_given(&args[2]); i++) attrs[2 + i] = attrs[i];
  return arg_pair(maker, &args[3], "the padding", 0, &attrs[4]) ? x : 0;
}

/* [N, C, H, W] as [N, C, H * W]: places in an image are counted through. */
static NodeId through(Maker *maker, NodeId a) {
  Shape shape = shape_at(maker, a), flat = {.rank = 3, .dim = {shape.dim[0], shape.dim[1]}};
  if (!size_mul(shape.dim[2], shape.dim[3], &flat.dim[2]))
    return arg_fail(maker, &(Arg){0}, "the images are too large");
  return make_reshape(maker, a, &flat);
}

int build_max_pool2d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  int64_t attrs[6];
  NodeId x = read_pool(maker, args, attrs);
  NodeId place = graph_emit(maker->graph, OP_POOL_ARGMAX, &x, 1, attrs, 6, maker->diag);
  if (!place) return 0;
  Shape shape = shape_at(maker, place);
  const NodeId inputs[2] = {through(maker, x), through(maker, place)};
  const int64_t axis = 2;
  NodeId greatest = graph_emit(maker->graph, OP_PICK, inputs, 2, &axis, 1, maker->diag);
  return build_one(make_reshape(maker, greatest, &shape), results);
}

int build_avg_pool2d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  int64_t attrs[6];
  NodeId x = read_pool(maker, args, attrs);
  NodeId sums = graph_emit(maker->graph, OP_POOL_SUM, &x, 1, attrs, 6, maker->diag);
  return build_one(
      make2(maker, OP_DIV, sums, make_number(maker, (double)attrs[0] * (double)attrs[1])), results);
}
