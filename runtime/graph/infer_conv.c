/* infer_conv.c — the types of convolutions and poolings: images [N, C, H, W].
 *
 * The builders (build_conv.c) have already reported a script's mistakes in its own terms; here it
 * is checked that the sizes fit together, and that the number of places does not overflow.
 */
#include "runtime/graph/infer.h"

#include <assert.h>

extern const Op OP_CONV2D_INPUT;

InferRule infer_conv2d, infer_conv2d_input, infer_conv2d_weight, infer_pool_sum, infer_pool_argmax,
    infer_pool_max_input, infer_pool_sum_input;

/* Places of an image, a window or a result.  It holds too where there are no images, and no other
 * limit does. */
#define PLACES_MOST (INT64_C(1) << 40)

static const char *said(const Infer *rule) {
  return rule->op == OP_CONV2D_INPUT ? "conv_transpose2d" : op_name(rule->op);
}

static bool misfit(const Infer *rule) {
  return infer_fail(rule, "the sizes in `%s` do not match", said(rule));
}

static bool are_images(const Infer *rule) {
  for (int i = 0; i < rule->input_count; i++)
    if (infer_shape(rule, i)->rank != 4) return misfit(rule);
  return true;
}

/* One axis of a window that slides over an image. */
typedef struct Slide {
  int64_t size, window, stride, before, after, dilation;
} Slide;

static bool slide(const Infer *rule, Slide at, int64_t *result) {
  if (at.window < 1 || at.stride < 1 || at.dilation < 1 || at.before < 0 || at.after < 0)
    return misfit(rule);
  int64_t reach, padded;
  bool fits = size_mul(at.window - 1, at.dilation, &reach) && size_add(reach, 1, &reach) &&
              size_add(at.before, at.after, &padded) && size_add(padded, at.size, &padded);
  if (!fits || reach > padded) return misfit(rule);
  *result = (padded - reach) / at.stride + 1;
  return true;
}

static bool few(const Infer *rule, const char *what, const Shape *shape) {
  int64_t places;
  if (size_mul(shape->dim[2], shape->dim[3], &places) && places <= PLACES_MOST) return true;
  return infer_fail(rule, "the %s of `%s` is too large: %lld × %lld positions", what, said(rule),
                    (long long)shape->dim[2], (long long)shape->dim[3]);
}

/* The shape of x * w. */
static bool conv_sizes(const Infer *rule, const Shape *x, const Shape *w, Shape *result) {
  const int64_t *attrs = rule->attrs, groups = attrs[CONV_GROUPS];
  if (groups < 1 || x->dim[1] % groups || w->dim[0] % groups || x->dim[1] / groups != w->dim[1])
    return misfit(rule);
  *result = (Shape){.rank = 4, .dim = {x->dim[0], w->dim[0]}};
  for (int i = 0; i < 2; i++) {
    const Slide axis = {x->dim[2 + i], w->dim[2 + i], attrs[i],
                        attrs[2 + i],  attrs[4 + i],  attrs[6 + i]};
    if (!slide(rule, axis, &result->dim[2 + i])) return false;
  }
  return few(rule, "image", x) && few(rule, "window", w) && few(rule, "result", result);
}

bool infer_conv2d(const Infer *rule, Type *result) {
  assert(rule->attr_count == CONV_ATTRS && dtype_floats(rule->inputs[0]->dtype) &&
         rule->inputs[0]->dtype == rule->inputs[1]->dtype);
  if (!are_images(rule)) return false;
  result->dtype = rule->inputs[0]->dtype;
  return conv_sizes(rule, infer_shape(rule, 0), infer_shape(rule, 1), &result->shape);
}

/* dy, w, {…, H, W}: the images whose convolution with w would have the shape of dy. */
bool infer_conv2d_input(const Infer *rule, Type *result) {
  assert(rule->attr_count == CONV_ATTRS + 2 && rule->inputs[0]->dtype == rule->inputs[1]->dtype);
  if (!are_images(rule)) return false;
  const Shape *dy = infer_shape(rule, 0), *w = infer_shape(rule, 1);
  int64_t channels;
  if (!size_mul(w->dim[1], rule->attrs[CONV_GROUPS], &channels))
    return infer_fail(rule, "too many groups");
  Shape x = {.rank = 4,
             .dim = {dy->dim[0], channels, rule->attrs[CONV_ATTRS], rule->attrs[CONV_ATTRS + 1]}},
        there;
  if (!conv_sizes(rule, &x, w, &there)) return false;
  if (!shape_equal(&there, dy)) return misfit(rule);
  result->dtype = rule->inputs[0]->dtype;
  result->shape = x;
  return true;
}

/* x, dy, {…, kh, kw} */
bool infer_conv2d_weight(const Infer *rule, Type *result) {
  assert(rule->attr_count == CONV_ATTRS + 2 && rule->inputs[0]->dtype == rule->inputs[1]->dtype &&
         rule->attrs[CONV_GROUPS] >= 1);
  if (!are_images(rule)) return false;
  const Shape *x = infer_shape(rule, 0), *dy = infer_shape(rule, 1);
  Shape w = {.rank = 4,
             .dim = {dy->dim[1], x->dim[1] / rule->attrs[CONV_GROUPS], rule->attrs[CONV_ATTRS],
                     rule->attrs[CONV_ATTRS + 1]}},
        there;
  if (!conv_sizes(rule, x, &w, &there)) return false;
  if (!shape_equal(&there, dy)) return misfit(rule);
  result->dtype = rule->inputs[0]->dtype;
  result->shape = w;
  return true;
}

/* ---- pooling ---- */

static bool pool_sizes(const Infer *rule, const Shape *x, Shape *result) {
  const int64_t *attrs = rule->attrs;
  *result = (Shape){.rank = 4, .dim = {x->dim[0], x->dim[1]}};
  for (int i = 0; i < 2; i++) {
    const Slide axis = {x->dim[2 + i], attrs[i], attrs[2 + i], attrs[4 + i], attrs[6 + i], 1};
    if (!slide(rule, axis, &result->dim[2 + i])) return false;
    /* or a window could lie in the padding alone */
    if (axis.before >= axis.window || axis.after >= axis.window) return misfit(rule);
  }
  return true;
}

bool infer_pool_sum(const Infer *rule, Type *result) {
  assert(rule->attr_count == POOL_ATTRS && dtype_floats(rule->inputs[0]->dtype));
  if (!are_images(rule)) return false;
  result->dtype = rule->inputs[0]->dtype;
  return pool_sizes(rule, infer_shape(rule, 0), &result->shape);
}

bool infer_pool_argmax(const Infer *rule, Type *result) {
  if (!infer_pool_sum(rule, result)) return false;
  result->dtype = DTYPE_I32;
  return true;
}

bool infer_pool_max_input(const Infer *rule, Type *result) {
  assert(rule->attr_count == POOL_ATTRS);
  if (!are_images(rule)) return false;
  Shape there;
  if (!pool_sizes(rule, infer_shape(rule, 1), &there)) return false;
  if (!shape_equal(&there, infer_shape(rule, 0))) return misfit(rule);
  *result = *rule->inputs[1];
  return true;
}

bool infer_pool_sum_input(const Infer *rule, Type *result) {
  assert(rule->attr_count == POOL_ATTRS + 2);
  if (!are_images(rule)) return false;
  const Shape *dy = infer_shape(rule, 0);
  Shape x = {.rank = 4,
             .dim = {dy->dim[0], dy->dim[1], rule->attrs[POOL_ATTRS], rule->attrs[POOL_ATTRS + 1]}},
        there;
  if (!pool_sizes(rule, &x, &there)) return false;
  if (!shape_equal(&there, dy)) return misfit(rule);
  result->dtype = rule->inputs[0]->dtype;
  result->shape = x;
  return true;
}
