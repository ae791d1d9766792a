/* infer_conv.c — the types of convolutions and poolings: images [N, C, H, W].
 *
 * The size that comes out along an axis is, as everywhere (Dumoulin and Visin 2016),
 *     (size + 2 pad - (dilation (kernel - 1) + 1)) / stride + 1
 * rounded down.  Each number in it comes from the script, so each is checked, and so is the
 * arithmetic (FAULTS.md, C12).
 */
#include "runtime/graph/infer.h"

#include <assert.h>

InferRule infer_conv2d, infer_conv2d_input, infer_conv2d_weight, infer_pool_sum, infer_pool_argmax,
    infer_pool_sum_input;

/* Places of an image, a window or a result.  It holds too where there are no images, and no other
 * limit does. */
#define PLACES_MOST (INT64_C(1) << 40)

/* One axis of a window that slides over an image. */
typedef struct Slide {
  int64_t size, kernel, stride, pad, dilation;
} Slide;

static bool slide(const Infer *rule, const char *axis, Slide at, int64_t *result) {
  const char *name = op_name(rule->op);
  if (at.kernel < 1)
    return infer_fail(rule, "the window of `%s` must be at least 1, not %lld", name,
                      (long long)at.kernel);
  if (at.stride < 1)
    return infer_fail(rule, "the stride of `%s` must be at least 1, not %lld", name,
                      (long long)at.stride);
  if (at.dilation < 1)
    return infer_fail(rule, "the dilation of `%s` must be at least 1, not %lld", name,
                      (long long)at.dilation);
  if (at.pad < 0)
    return infer_fail(rule, "the padding of `%s` must be at least 0, not %lld", name,
                      (long long)at.pad);
  int64_t reach, padded;
  bool fits = size_mul(at.kernel - 1, at.dilation, &reach) && size_add(reach, 1, &reach) &&
              size_mul(at.pad, 2, &padded) && size_add(padded, at.size, &padded);
  if (!fits) return infer_fail(rule, "the padding or dilation of `%s` is too large", name);
  if (reach > padded) {
    infer_fail(rule, "the window of `%s` is larger than the image", name);
    return diag_label(rule->diag, "%s: a window of %lld over %lld", axis, (long long)reach,
                      (long long)padded);
  }
  *result = (padded - reach) / at.stride + 1;
  return true;
}

static bool need_images(const Infer *rule, int input, const char *what) {
  if (infer_shape(rule, input)->rank == 4) return true;
  ShapeText text;
  return infer_fail(rule, "`%s` needs %s, not the shape %s", op_name(rule->op), what,
                    shape_show(infer_shape(rule, input), text));
}

static bool few(const Infer *rule, const char *what, const Shape *shape) {
  int64_t places;
  if (size_mul(shape->dim[2], shape->dim[3], &places) && places <= PLACES_MOST) return true;
  return infer_fail(rule, "the %s of `%s` is too large: %lld × %lld places", what,
                    op_name(rule->op), (long long)shape->dim[2], (long long)shape->dim[3]);
}

/* attrs: stride h, w, pad h, w, dilation h, w, groups */
static bool conv_sizes(const Infer *rule, const Shape *x, const Shape *w, Shape *result) {
  const int64_t *attrs = rule->attrs;
  int64_t groups = attrs[6];
  if (groups < 1) return infer_fail(rule, "groups must be at least 1, not %lld", (long long)groups);
  if (x->dim[1] % groups || w->dim[0] % groups) {
    infer_fail(rule, "groups must divide the channels");
    return diag_label(rule->diag, "%lld channels in, %lld out, %lld groups", (long long)x->dim[1],
                      (long long)w->dim[0], (long long)groups);
  }
  if (x->dim[1] / groups != w->dim[1]) {
    return infer_misfit(rule, "%lld channels%s, the weights have %lld",
                        (long long)(x->dim[1] / groups), groups > 1 ? " a group" : "",
                        (long long)w->dim[1]);
  }
  *result = (Shape){.rank = 4, .dim = {x->dim[0], w->dim[0]}};
  if (!slide(rule, "height", (Slide){x->dim[2], w->dim[2], attrs[0], attrs[2], attrs[4]},
             &result->dim[2]))
    return false;
  if (!slide(rule, "width", (Slide){x->dim[3], w->dim[3], attrs[1], attrs[3], attrs[5]},
             &result->dim[3]))
    return false;
  return few(rule, "image", x) && few(rule, "window", w) && few(rule, "result", result);
}

bool infer_conv2d(const Infer *rule, Type *result) {
  assert(rule->attr_count == 7 && dtype_floats(rule->inputs[0]->dtype) &&
         rule->inputs[0]->dtype == rule->inputs[1]->dtype);
  if (!need_images(rule, 0, "images [N, C, H, W]") || !need_images(rule, 1, "weights [O, C, h, w]"))
    return false;
  result->dtype = rule->inputs[0]->dtype;
  return conv_sizes(rule, infer_shape(rule, 0), infer_shape(rule, 1), &result->shape);
}

/* dy, w, {…, H, W}: the images whose convolution with w would have the shape of dy. */
bool infer_conv2d_input(const Infer *rule, Type *result) {
  assert(rule->attr_count == 9 && rule->inputs[0]->dtype == rule->inputs[1]->dtype);
  if (!need_images(rule, 0, "images [N, C, H, W]") || !need_images(rule, 1, "weights [C, O, h, w]"))
    return false;
  const Shape *dy = infer_shape(rule, 0), *w = infer_shape(rule, 1);
  int64_t channels;
  if (rule->attrs[6] < 1)
    return infer_fail(rule, "groups must be at least 1, not %lld", (long long)rule->attrs[6]);
  if (!size_mul(w->dim[1], rule->attrs[6], &channels)) return infer_fail(rule, "too many groups");
  if (dy->dim[1] != w->dim[0])
    return infer_misfit(rule, "%lld channels, the weights have %lld", (long long)dy->dim[1],
                        (long long)w->dim[0]);
  Shape x = {.rank = 4, .dim = {dy->dim[0], channels, rule->attrs[7], rule->attrs[8]}}, there;
  if (!conv_sizes(rule, &x, w, &there)) return false;
  if (!shape_equal(&there, dy))
    return infer_misfit(rule, "images of %lld × %lld do not lead there", (long long)x.dim[2],
                        (long long)x.dim[3]);
  result->dtype = rule->inputs[0]->dtype;
  result->shape = x;
  return true;
}

/* x, dy, {…, kh, kw} */
bool infer_conv2d_weight(const Infer *rule, Type *result) {
  assert(rule->attr_count == 9 && rule->inputs[0]->dtype == rule->inputs[1]->dtype &&
         rule->attrs[6] >= 1);
  if (!need_images(rule, 0, "images [N, C, H, W]") || !need_images(rule, 1, "images [N, O, H, W]"))
    return false;
  const Shape *x = infer_shape(rule, 0), *dy = infer_shape(rule, 1);
  Shape w = {.rank = 4,
             .dim = {dy->dim[1], x->dim[1] / rule->attrs[6], rule->attrs[7], rule->attrs[8]}},
        there;
  if (!conv_sizes(rule, x, &w, &there)) return false;
  if (!shape_equal(&there, dy))
    return infer_misfit(rule, "a window of %lld × %lld does not lead there", (long long)w.dim[2],
                        (long long)w.dim[3]);
  result->dtype = rule->inputs[0]->dtype;
  result->shape = w;
  return true;
}

/* ---- pooling: kh, kw, stride h, w, pad h, w ---- */

static bool pool_sizes(const Infer *rule, const Shape *x, Shape *result) {
  const int64_t *attrs = rule->attrs;
  *result = (Shape){.rank = 4, .dim = {x->dim[0], x->dim[1]}};
  bool good =
      slide(rule, "height", (Slide){x->dim[2], attrs[0], attrs[2], attrs[4], 1}, &result->dim[2]) &&
      slide(rule, "width", (Slide){x->dim[3], attrs[1], attrs[3], attrs[5], 1}, &result->dim[3]);
  if (!good) return false;
  /* or a window could lie in the padding alone */
  if (attrs[4] > attrs[0] / 2 || attrs[5] > attrs[1] / 2) {
    return infer_fail(rule, "the padding of a pool is at most half its window");
  }
  return true;
}

bool infer_pool_sum(const Infer *rule, Type *result) {
  assert(rule->attr_count == 6 && dtype_floats(rule->inputs[0]->dtype));
  if (!need_images(rule, 0, "images [N, C, H, W]")) return false;
  result->dtype = rule->inputs[0]->dtype;
  return pool_sizes(rule, infer_shape(rule, 0), &result->shape);
}

bool infer_pool_argmax(const Infer *rule, Type *result) {
  if (!infer_pool_sum(rule, result)) return false;
  result->dtype = DTYPE_I32;
  return true;
}

bool infer_pool_sum_input(const Infer *rule, Type *result) {
  assert(rule->attr_count == 8);
  if (!need_images(rule, 0, "images [N, C, H, W]")) return false;
  const Shape *dy = infer_shape(rule, 0);
  Shape x = {.rank = 4, .dim = {dy->dim[0], dy->dim[1], rule->attrs[6], rule->attrs[7]}}, there;
  if (!pool_sizes(rule, &x, &there)) return false;
  if (!shape_equal(&there, dy))
    return infer_misfit(rule, "images of %lld × %lld do not lead there", (long long)x.dim[2],
                        (long long)x.dim[3]);
  result->dtype = rule->inputs[0]->dtype;
  result->shape = x;
  return true;
}
