/* build_conv.c — convolution and pooling as the surface calls them.
 *
 * Images are [N, C, H, W]; one number for stride, padding, dilation or window stands for both
 * axes.  Sequences are [N, T, C], as everywhere; one of length T becomes an image [N, C, 1, T], or
 * for a pool, which meets no other channels, [N, 1, T, C] as it lies in memory.  The
 * transpose of a convolution is the row that is the gradient of one in its images, so it needs no
 * kernel of its own.
 *
 * The size that comes out along an axis is, as everywhere (Dumoulin and Visin 2016),
 *     (size + before + after - (dilation (window - 1) + 1)) / stride + 1
 * rounded down.  Padding "same" makes it size / stride, rounded up; where that needs an odd number,
 * the one more comes after.  Each number comes from the script, so each is checked here, where the
 * names of the call and of its arguments are known, and so is the arithmetic (FAULTS.md, C12).
 */
#include "runtime/graph/build.h"

#include <string.h>

extern const Op OP_ADD, OP_CONV2D, OP_CONV2D_INPUT, OP_DIV, OP_POOL_MAX, OP_POOL_SUM;

Builder build_conv2d, build_conv1d, build_conv_transpose1d, build_conv_transpose2d,
    build_max_pool1d, build_max_pool2d, build_avg_pool1d, build_avg_pool2d;

/* A window that slides over images, as a call says it.  What a call does not have is absent. */
typedef struct Sliding {
  Maker *maker;
  const char *name; /* "conv1d" */
  int axes;         /* 1: along a row, the second of each pair below; 2: along height and width */
  Arg stride_arg, padding_arg, dilation_arg;
  int64_t window[2], stride[2], dilation[2];
  Padding padding;
} Sliding;

static const Arg ABSENT = {.kind = ARG_ABSENT};

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

static const char *axis_name(const Sliding *sliding, int axis) {
  return sliding->axes == 1 ? "length" : axis == 0 ? "height" : "width";
}

/* One number for each axis, at least 1; what a row has no axis for is 1. */
static bool read_numbers(const Sliding *sliding, const Arg *arg, const char *what,
                         int64_t numbers[2]) {
  numbers[0] = numbers[1] = 1;
  return sliding->axes == 1 ? arg_whole(sliding->maker, arg, what, 1, INT64_MAX, 1, &numbers[1])
                            : arg_pair(sliding->maker, arg, what, 1, numbers);
}

/* Stride, padding and dilation; without a stride, the window's. */
static bool read_sliding(Sliding *sliding) {
  if (!read_numbers(sliding, &sliding->stride_arg, "the stride", sliding->stride) ||
      !read_numbers(sliding, &sliding->dilation_arg, "the dilation", sliding->dilation))
    return false;
  return arg_padding(sliding->maker, &sliding->padding_arg, sliding->axes, &sliding->padding);
}

/* ---- sizes ---- */

/* What a window covers: dilation (window - 1) + 1. */
static bool reach_of(const Sliding *sliding, int axis, int64_t *reach) {
  return size_mul(sliding->window[axis] - 1, sliding->dilation[axis], reach) &&
         size_add(*reach, 1, reach);
}

/* Padding "same" of an axis of that size: what is needed that the result has size / stride places.
 */
static bool pad_same(Sliding *sliding, int axis, int64_t size) {
  const int64_t stride = sliding->stride[axis];
  int64_t reach, most;
  if (!reach_of(sliding, axis, &reach) || size < 1 ||
      !size_mul((size - 1) / stride, stride, &most) || !size_add(most, reach, &most))
    return false;
  const int64_t both = most > size ? most - size : 0;
  sliding->padding.before[axis] = both / 2;
  sliding->padding.after[axis] = both - both / 2;
  return true;
}

/* Does the window fit into the padded images [.., H, W]?  Says how large both are where not. */
static bool check_fit(Sliding *sliding, const Shape *x) {
  Maker *maker = sliding->maker;
  for (int axis = 0; axis < 2; axis++) {
    const int64_t size = x->dim[2 + axis];
    int64_t reach, padded;
    bool good = !sliding->padding.same || size < 1 || pad_same(sliding, axis, size);
    good = good && reach_of(sliding, axis, &reach) &&
           size_add(sliding->padding.before[axis], sliding->padding.after[axis], &padded) &&
           size_add(padded, size, &padded);
    if (!good)
      return arg_fail(maker, &ABSENT, "the padding or dilation of `%s` is too large",
                      sliding->name);
    if (reach <= padded) continue;
    arg_fail(maker, &ABSENT, "the window of `%s` is larger than the %s", sliding->name,
             sliding->axes == 1 ? "row" : "image");
    return diag_label(maker->diag, "%s: a window of %lld%s over %lld%s", axis_name(sliding, axis),
                      (long long)reach, sliding->dilation[axis] > 1 ? " (dilated)" : "",
                      (long long)padded, padded > size ? " (padded)" : "");
  }
  return true;
}

/* (size - 1) stride + reach + extra - before - after; checked. */
static bool widen(const Sliding *sliding, int axis, int64_t size, int64_t extra, int64_t *result) {
  int64_t steps, reach, pads;
  return size_mul(size - 1, sliding->stride[axis], &steps) && reach_of(sliding, axis, &reach) &&
         size_add(sliding->padding.before[axis], sliding->padding.after[axis], &pads) &&
         size_add(steps, reach, result) && size_add(*result, extra, result) &&
         size_add(*result, -pads, result);
}

/* ---- operands ---- */

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

/* Is it of as many axes as this needs?  `what` says which shape that is. */
static bool check_rank(const Sliding *sliding, const Arg *arg, NodeId a, const char *what) {
  if (!a) return false;
  const Shape shape = shape_at(sliding->maker, a);
  char text[200];
  return shape.rank == 2 + sliding->axes ||
         arg_fail(sliding->maker, arg, "`%s` needs %s, not the shape %s", sliding->name, what,
                  shape_show(&shape, text));
}

/* Sequences [N, T, C] as [N, C, 1, T]; images as they are. */
static NodeId as_images(const Sliding *sliding, const Arg *arg, NodeId x) {
  const bool rows = sliding->axes == 1;
  if (!check_rank(sliding, arg, x, rows ? "sequences [N, T, C]" : "images [N, C, H, W]")) return 0;
  if (!rows) return x;
  const Shape shape = shape_at(sliding->maker, x),
              wide = {.rank = 4, .dim = {shape.dim[0], 1, shape.dim[1], shape.dim[2]}};
  return make_permute(sliding->maker, make_reshape(sliding->maker, x, &wide),
                      (const int[]){0, 3, 1, 2});
}

/* The way back. */
static NodeId as_given(const Sliding *sliding, NodeId y) {
  if (!y || sliding->axes == 2) return y;
  const Shape wide = shape_at(sliding->maker, y),
              shape = {.rank = 3, .dim = {wide.dim[0], wide.dim[3], wide.dim[1]}};
  return make_reshape(sliding->maker, make_permute(sliding->maker, y, (const int[]){0, 2, 3, 1}),
                      &shape);
}

/* Weights [A, B, t] as [A, B, 1, t]; those of images as they are. */
static NodeId as_windows(const Sliding *sliding, const Arg *arg, NodeId w, bool transposed) {
  const bool rows = sliding->axes == 1;
  const char *what = transposed ? rows ? "weights [C, O, t]" : "weights [C, O, h, w]"
                     : rows     ? "weights [O, C, t]"
                                : "weights [O, C, h, w]";
  if (!check_rank(sliding, arg, w, what)) return 0;
  if (!rows) return w;
  const Shape shape = shape_at(sliding->maker, w),
              wide = {.rank = 4, .dim = {shape.dim[0], shape.dim[1], 1, shape.dim[2]}};
  return make_reshape(sliding->maker, w, &wide);
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

/* ---- convolution ---- */

/* The attributes of CONV2D; those of its gradients begin so. */
static void conv_attrs(const Sliding *sliding, int64_t groups, int64_t attrs[CONV_ATTRS]) {
  for (int axis = 0; axis < 2; axis++) {
    attrs[axis] = sliding->stride[axis];
    attrs[2 + axis] = sliding->padding.before[axis];
    attrs[4 + axis] = sliding->padding.after[axis];
    attrs[6 + axis] = sliding->dilation[axis];
  }
  attrs[CONV_GROUPS] = groups;
}

/* The shapes of x and w as the call has them, for a message. */
static void shapes_said(const Sliding *sliding, Shape x, Shape w, char x_text[200],
                        char w_text[200]) {
  if (sliding->axes == 1) {
    x = (Shape){.rank = 3, .dim = {x.dim[0], x.dim[3], x.dim[1]}};
    w = (Shape){.rank = 3, .dim = {w.dim[0], w.dim[1], w.dim[3]}};
  }
  shape_show(&x, x_text), shape_show(&w, w_text);
}

/* Do x of `channels` and w go together?  Of a transposed convolution, w's first axis meets x. */
static bool check_channels(const Sliding *sliding, const Shape *x, const Shape *w, int64_t groups,
                           bool transposed) {
  Maker *maker = sliding->maker;
  const int64_t channels = x->dim[1], out = w->dim[transposed];
  if (channels % groups != 0 || w->dim[0] % groups != 0) {
    arg_fail(maker, &ABSENT, "groups must divide the channels");
    return diag_label(maker->diag, "%lld channels in, %lld out, %lld groups", (long long)channels,
                      (long long)(transposed ? out * groups : out), (long long)groups);
  }
  const int64_t met = transposed ? channels : channels / groups;
  if (met == w->dim[!transposed]) return true;
  char x_text[200], w_text[200];
  shapes_said(sliding, *x, *w, x_text, w_text);
  arg_fail(maker, &ABSENT, "shapes do not fit in `%s`", sliding->name);
  if (sliding->axes == 1 && x->dim[3] == w->dim[!transposed] * (transposed ? 1 : groups))
    diag_help(maker->diag, "sequences are [N, T, C]: permute(x, 0, 2, 1) makes one of [N, C, T]");
  return diag_label(maker->diag, "%s(%s, %s): %lld channels%s, the weights have %lld",
                    sliding->name, x_text, w_text, (long long)met,
                    groups > 1 && !transposed ? " a group" : "", (long long)w->dim[!transposed]);
}

/* x, w and groups of a call, as images; the windows' sizes. */
static bool read_conv(Sliding *sliding, const Arg *args, const Arg *groups_arg, NodeId pair[2],
                      int64_t *groups) {
  Maker *maker = sliding->maker;
  const bool transposed = strncmp(sliding->name, "conv_t", 6) == 0;
  if (!read_operands(maker, args, pair) || !read_sliding(sliding) ||
      !arg_whole(maker, groups_arg, "groups", 1, INT32_MAX, 1, groups))
    return false;
  pair[0] = as_images(sliding, &args[0], pair[0]);
  pair[1] = pair[0] ? as_windows(sliding, &args[1], pair[1], transposed) : 0;
  if (!pair[0] || !pair[1]) return false;
  const Shape x = shape_at(maker, pair[0]), w = shape_at(maker, pair[1]);
  for (int axis = 0; axis < 2; axis++) {
    sliding->window[axis] = w.dim[2 + axis];
    if (w.dim[2 + axis] < 1)
      return arg_fail(maker, &args[1], "the window of `%s` must be at least 1, not %lld",
                      sliding->name, (long long)w.dim[2 + axis]);
  }
  return check_channels(sliding, &x, &w, *groups, transposed);
}

static int build_conv(Sliding sliding, const Arg *args, NodeId *results) {
  Maker *maker = sliding.maker;
  NodeId pair[2];
  int64_t groups, attrs[CONV_ATTRS];
  sliding.stride_arg = args[3], sliding.padding_arg = args[4], sliding.dilation_arg = args[5];
  if (!read_conv(&sliding, args, &args[6], pair, &groups)) return 0;
  const Shape x = shape_at(maker, pair[0]);
  if (!check_fit(&sliding, &x)) return 0;
  conv_attrs(&sliding, groups, attrs);
  NodeId y = graph_emit(maker->graph, OP_CONV2D, pair, 2, attrs, CONV_ATTRS, maker->diag);
  return build_one(as_given(&sliding, biased(maker, y, &args[2])), results);
}

int build_conv2d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_conv((Sliding){.maker = maker, .name = "conv2d", .axes = 2}, args, results);
}
int build_conv1d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_conv((Sliding){.maker = maker, .name = "conv1d", .axes = 1}, args, results);
}

/* The convolution whose gradient this is meets no place beyond its last window, so an extra that is
 * not below the stride first takes away from the padding: what that has cut off is there; what is
 * left comes as `zeros`. */
static void split_extra(Sliding *sliding, int axis, int64_t *extra, int64_t *zeros) {
  const int64_t stride = sliding->stride[axis];
  int64_t over = *extra < stride ? 0 : *extra - (stride - 1),
          *after = &sliding->padding.after[axis];
  const int64_t uncut = over < *after ? over : *after;
  *after -= uncut;
  *zeros = over - uncut;
  *extra -= over;
}

/* The sizes of the images that a transposed convolution makes of those of size h × w, and the zeros
 * that follow. */
static bool read_widths(Sliding *sliding, const Arg *extra_arg, const Shape *x, int64_t sizes[2],
                        int64_t zeros[2]) {
  Maker *maker = sliding->maker;
  int64_t extra[2] = {0, 0};
  if (sliding->axes == 1
          ? !arg_whole(maker, extra_arg, "the output padding", 0, INT64_MAX, 0, &extra[1])
          : !arg_pair(maker, extra_arg, "the output padding", 0, extra))
    return false;
  for (int axis = 0; axis < 2; axis++) {
    const int64_t size = x->dim[2 + axis];
    if (extra[axis] > 0 && sliding->padding.same)
      return arg_fail(maker, extra_arg,
                      "with the padding \"same\" the result is stride times as large: leave out "
                      "the output padding");
    if (extra[axis] > 0 && extra[axis] >= sliding->stride[axis] &&
        extra[axis] >= sliding->dilation[axis])
      return arg_fail(maker, extra_arg,
                      "the output padding must be smaller than the stride or the dilation");
    split_extra(sliding, axis, &extra[axis], &zeros[axis]);
    bool fits = sliding->padding.same ? size_mul(size, sliding->stride[axis], &sizes[axis]) &&
                                            pad_same(sliding, axis, sizes[axis])
                                      : widen(sliding, axis, size, extra[axis], &sizes[axis]);
    if (!fits || sizes[axis] < 1)
      return arg_fail(maker, &sliding->padding_arg,
                      "with this size, stride and padding the result is empty");
  }
  return true;
}

/* y with that many zeros after its last places. */
static NodeId followed(Maker *maker, NodeId y, const int64_t zeros[2]) {
  for (int axis = 2; axis < 4 && y; axis++) {
    if (zeros[axis - 2] == 0) continue;
    Type type = *make_type(maker, y);
    type.shape.dim[axis] = zeros[axis - 2];
    NodeId parts[2] = {y, make_zeros(maker, &type)};
    y = make_concat(maker, parts, 2, axis);
  }
  return y;
}

static int build_conv_transpose(Sliding sliding, const Arg *args, NodeId *results) {
  Maker *maker = sliding.maker;
  NodeId pair[2];
  int64_t groups, attrs[CONV_ATTRS + 2], zeros[2];
  sliding.stride_arg = args[3], sliding.padding_arg = args[4], sliding.dilation_arg = args[6];
  if (!read_conv(&sliding, args, &args[7], pair, &groups)) return 0;
  const Shape x = shape_at(maker, pair[0]);
  if (!read_widths(&sliding, &args[5], &x, &attrs[CONV_ATTRS], zeros)) return 0;
  conv_attrs(&sliding, groups, attrs);
  NodeId y = graph_emit(maker->graph, OP_CONV2D_INPUT, pair, 2, attrs, CONV_ATTRS + 2, maker->diag);
  y = followed(maker, y, zeros);
  return build_one(as_given(&sliding, biased(maker, y, &args[2])), results);
}

int build_conv_transpose2d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_conv_transpose((Sliding){.maker = maker, .name = "conv_transpose2d", .axes = 2},
                              args, results);
}
int build_conv_transpose1d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_conv_transpose((Sliding){.maker = maker, .name = "conv_transpose1d", .axes = 1},
                              args, results);
}

/* ---- pooling ---- */

/* Sequences [N, T, C] as [N, 1, T, C]; images as they are. */
static NodeId as_planes(const Sliding *sliding, const Arg *arg, NodeId x) {
  if (sliding->axes == 2) return as_images(sliding, arg, x);
  if (!check_rank(sliding, arg, x, "sequences [N, T, C]")) return 0;
  const Shape shape = shape_at(sliding->maker, x),
              planes = {.rank = 4, .dim = {shape.dim[0], 1, shape.dim[1], shape.dim[2]}};
  return make_reshape(sliding->maker, x, &planes);
}

/* The way back. */
static NodeId from_planes(const Sliding *sliding, NodeId y) {
  if (!y || sliding->axes == 2) return y;
  const Shape planes = shape_at(sliding->maker, y),
              shape = {.rank = 3, .dim = {planes.dim[0], planes.dim[2], planes.dim[3]}};
  return make_reshape(sliding->maker, y, &shape);
}

static void swap(int64_t pair[2]) {
  int64_t first = pair[0];
  pair[0] = pair[1];
  pair[1] = first;
}

/* The axis of sequences is the first of their planes. */
static void turn(Sliding *sliding) {
  swap(sliding->window);
  swap(sliding->stride);
  swap(sliding->padding.before);
  swap(sliding->padding.after);
}

/* x, size, stride, padding; attrs in the layout of the pools. */
static NodeId read_pool(Sliding *sliding, const Arg *args, int64_t attrs[POOL_ATTRS]) {
  Maker *maker = sliding->maker;
  NodeId x = as_planes(sliding, &args[0], arg_real(maker, &args[0]));
  if (!x || !read_numbers(sliding, &args[1], "the window", sliding->window)) return 0;
  sliding->stride_arg = arg_given(&args[2]) ? args[2] : args[1];
  sliding->padding_arg = args[3];
  const Shape shape = shape_at(maker, x);
  if (!read_sliding(sliding)) return 0;
  if (sliding->axes == 1) turn(sliding);
  if (!check_fit(sliding, &shape)) return 0;
  const Padding *padding = &sliding->padding;
  for (int axis = 0; axis < 2; axis++) {
    const int64_t half = sliding->window[axis] / 2;
    /* or a window could lie in the padding alone */
    if (padding->before[axis] > half || padding->after[axis] > half) {
      arg_fail(maker, &sliding->padding_arg, "the padding of `%s` is at most half its window",
               sliding->name);
      return 0;
    }
    attrs[axis] = sliding->window[axis], attrs[2 + axis] = sliding->stride[axis];
    attrs[4 + axis] = padding->before[axis], attrs[6 + axis] = padding->after[axis];
  }
  return x;
}

static int build_max_pool(Sliding sliding, const Arg *args, NodeId *results) {
  Maker *maker = sliding.maker;
  int64_t attrs[POOL_ATTRS];
  NodeId x = read_pool(&sliding, args, attrs);
  if (!x) return 0;
  NodeId greatest = graph_emit(maker->graph, OP_POOL_MAX, &x, 1, attrs, POOL_ATTRS, maker->diag);
  return build_one(from_planes(&sliding, greatest), results);
}

int build_max_pool2d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_max_pool((Sliding){.maker = maker, .name = "max_pool2d", .axes = 2}, args, results);
}
int build_max_pool1d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_max_pool((Sliding){.maker = maker, .name = "max_pool1d", .axes = 1}, args, results);
}

/* How many places of the image each window has: the pool of an image of ones. */
static NodeId places_of(Maker *maker, NodeId x, const int64_t attrs[POOL_ATTRS]) {
  const Type type = *make_type(maker, x);
  const Shape one = {.rank = 4, .dim = {1, 1, type.shape.dim[2], type.shape.dim[3]}};
  NodeId ones = make_expand(maker, graph_constant(maker->graph, 1, type.dtype), &one);
  return graph_emit(maker->graph, OP_POOL_SUM, &ones, 1, attrs, POOL_ATTRS, maker->diag);
}

static int build_avg_pool(Sliding sliding, const Arg *args, NodeId *results) {
  Maker *maker = sliding.maker;
  int64_t attrs[POOL_ATTRS];
  NodeId x = read_pool(&sliding, args, attrs);
  if (!x) return 0;
  NodeId sums = graph_emit(maker->graph, OP_POOL_SUM, &x, 1, attrs, POOL_ATTRS, maker->diag);
  const bool padded = attrs[4] || attrs[5] || attrs[6] || attrs[7];
  NodeId places = padded && !arg_bool(&args[4], true)
                      ? places_of(maker, x, attrs)
                      : make_number(maker, (double)attrs[0] * (double)attrs[1]);
  return build_one(from_planes(&sliding, make2(maker, OP_DIV, sums, places)), results);
}

int build_avg_pool2d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_avg_pool((Sliding){.maker = maker, .name = "avg_pool2d", .axes = 2}, args, results);
}
int build_avg_pool1d(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_avg_pool((Sliding){.maker = maker, .name = "avg_pool1d", .axes = 1}, args, results);
}
