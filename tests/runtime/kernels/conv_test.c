/* conv_test.c — convolutions against their plain twins. */
#include "runtime/base/isa.h"
#include "runtime/kernels/conv.h"
#include "tests/runtime/kernels/guarded.h"

#include <stdio.h>
#include <string.h>

static View run(void (*kernel)(Call *), const View *first, const View *second, View output,
                const int64_t *attrs) {
  Fault fault = {0};
  View inputs[2] = {*first, *second};
  Call call = {.input_count = 2,
               .inputs = inputs,
               .output = output,
               .attrs = attrs,
               .attr_count = 11,
               .fault = &fault};
  kernel(&call);
  cr_assert_eq(fault.status, 0);
  check_guard(&output);
  return output;
}

/* ---- convolution ---- */

typedef struct Case {
  int64_t images, channels, height, width;
  int64_t filters, kernel_height, kernel_width;
  int64_t attrs[9]; /* stride, pad before, pad after, dilation, groups */
} Case;

static const Case CASES[] = {
    {1, 1, 1, 1, 1, 1, 1, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {2, 3, 5, 4, 4, 3, 3, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {2, 3, 5, 4, 4, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    /* stride, one-sided padding, dilation, groups */
    {3, 4, 7, 9, 6, 3, 2, {2, 1, 1, 0, 1, 0, 1, 2, 2}},
    /* padding so wide that whole taps lie in it; depthwise */
    {1, 2, 6, 6, 2, 5, 5, {3, 2, 4, 3, 4, 3, 1, 1, 2}},
    {2, 2, 3, 3, 3, 3, 3, {1, 1, 5, 5, 5, 5, 3, 3, 1}}, /* pixels that meet nothing but padding */
    {2, 5, 6, 7, 7, 1, 1, {1, 1, 0, 0, 0, 0, 1, 1, 1}}, /* the image is its own patches */
    {2, 4, 6, 7, 6, 1, 1, {2, 3, 0, 0, 0, 0, 1, 1, 2}},
    {1, 70, 6, 5, 3, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},  /* more rows of patches than a tile */
    {2, 1, 40, 50, 2, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}}, /* cut along pixels */
    /* one channel's rows do not fit into a tile */
    {1, 1, 70, 90, 2, 17, 17, {1, 1, 3, 3, 3, 3, 1, 1, 1}},
    /* without patches: depthwise, two filters a channel, few channels; strides, phases, wide rows
     */
    {2, 3, 9, 37, 3, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 3}},
    {2, 3, 9, 11, 6, 3, 5, {2, 3, 1, 2, 0, 4, 1, 1, 3}},
    {3, 2, 12, 70, 4, 4, 3, {3, 2, 2, 5, 1, 0, 2, 3, 1}},
    {1, 5, 7, 7, 5, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 5}},
    {2, 1, 6, 5, 7, 2, 2, {4, 5, 0, 0, 3, 1, 1, 1, 1}},
    {1, 1, 300, 200, 1, 3, 3, {2, 1, 1, 1, 1, 1, 1, 1, 1}}, /* several strips */
    {17, 2, 5, 6, 2, 1, 1, {1, 1, 0, 0, 0, 0, 1, 1, 2}},
    /* … square windows that go place by place (window.inc): one plane, few planes, several strips,
       fewer rows than a block, uneven padding */
    {2, 3, 14, 14, 3, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 3}},
    {2, 2, 11, 23, 2, 7, 7, {1, 1, 3, 3, 3, 3, 1, 1, 2}},
    {1, 3, 3, 40, 3, 3, 3, {1, 1, 0, 2, 1, 0, 1, 1, 3}},
    {3, 2, 13, 70, 2, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 2}},
    {2, 3, 25, 33, 5, 5, 5, {1, 1, 2, 0, 1, 3, 1, 1, 1}},
    {1, 1, 300, 200, 1, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {1, 1, 90, 300, 2, 7, 7, {1, 1, 3, 3, 3, 3, 1, 1, 1}},
    /* … a stride apart: pairs that an edge cuts, strides of one axis, less than a lump, several
       strips */
    {2, 3, 15, 21, 3, 3, 3, {2, 2, 1, 1, 1, 1, 1, 1, 3}},
    {2, 2, 16, 40, 2, 5, 5, {2, 2, 2, 2, 2, 2, 1, 1, 2}},
    {1, 2, 13, 38, 2, 7, 7, {2, 2, 3, 4, 3, 1, 1, 1, 2}},
    {2, 3, 9, 19, 3, 3, 3, {1, 2, 0, 1, 1, 0, 1, 1, 3}},
    {2, 3, 9, 18, 3, 3, 3, {2, 1, 1, 0, 0, 3, 1, 1, 3}},
    {1, 2, 4, 3, 2, 5, 5, {2, 2, 4, 4, 4, 4, 1, 1, 2}},
    {1, 3, 7, 2, 3, 3, 3, {2, 2, 5, 6, 0, 1, 1, 1, 3}},
    {1, 1, 90, 301, 1, 5, 5, {2, 2, 2, 2, 2, 2, 1, 1, 1}},
    {1, 3, 12, 33, 40, 3, 3, {2, 2, 2, 3, 1, 1, 1, 1, 1}},
    {1, 9, 8, 36, 3, 3, 4, {2, 2, 1, 2, 1, 1, 1, 3, 1}},
    /* … dw of several filters: blocks of filters and taps that are not whole, strips, groups,
       dilation, phases, channels in parts */
    {3, 2, 17, 32, 17, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {2, 3, 40, 64, 6, 9, 9, {1, 1, 4, 4, 4, 4, 1, 1, 1}},
    {3, 6, 20, 31, 14, 3, 3, {1, 1, 2, 2, 2, 2, 2, 2, 2}},
    {2, 4, 19, 50, 11, 5, 4, {2, 3, 1, 2, 2, 0, 1, 2, 1}},
    {2, 70, 9, 16, 5, 3, 2, {1, 1, 1, 1, 1, 0, 1, 1, 1}},
    {1, 2, 150, 260, 5, 3, 3, {2, 2, 1, 1, 1, 1, 1, 1, 1}},
    /* … steps larger than the window; images whose strips do not fit beside each other; channels
       and filters in parts */
    {2, 1, 160, 160, 16, 3, 3, {10, 10, 0, 0, 0, 0, 1, 1, 1}},
    {2, 1, 136, 136, 16, 8, 8, {8, 8, 0, 0, 0, 0, 1, 1, 1}},
    {2, 1, 96, 96, 5, 9, 9, {6, 6, 4, 4, 4, 4, 1, 1, 1}},
    {5, 40, 16, 16, 38, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}},
    {3, 2, 35, 33, 64, 3, 3, {2, 2, 1, 1, 1, 1, 1, 1, 1}},
    /* … dx whose window slides over zeros too: several strips, one axis, a large plane */
    {1, 2, 290, 231, 2, 3, 3, {2, 2, 1, 1, 1, 1, 1, 1, 2}},
    {1, 1, 41, 210, 1, 7, 7, {2, 1, 3, 3, 0, 1, 1, 1, 1}},
    /* … depthwise, more weights than a slide takes of a group's channels; of several channels */
    {1, 2, 95, 95, 2, 90, 91, {1, 1, 3, 2, 3, 3, 1, 1, 2}},
    {1, 4, 33, 40, 4, 31, 33, {1, 1, 3, 2, 3, 3, 1, 1, 2}},
    /* … many taps */
    {1, 130, 10, 16, 2, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {1, 3, 10, 16, 130, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    /* … many channels and filters, rows that fill vectors */
    {2, 16, 8, 16, 20, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {1, 12, 9, 17, 13, 3, 3, {2, 2, 1, 1, 1, 1, 1, 1, 1}},
    /* with patches: many filters and rows that do not; more taps than go without, cut along pixels
       and within a row; columns apart */
    {2, 3, 5, 10, 40, 2, 2, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {1, 130, 18, 20, 2, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {2, 3, 7, 11, 40, 3, 3, {2, 2, 1, 2, 1, 0, 1, 1, 1}},
    {2, 3, 4, 9, 40, 3, 4, {1, 1, 4, 5, 1, 2, 1, 2, 1}},
    /* … of planes with a border, columns apart: one image's in parts, of several images side by
       side; steps of 3, dilated, groups, wider than a tile */
    {20, 3, 8, 8, 40, 4, 4, {2, 2, 1, 1, 1, 1, 1, 1, 1}},
    {9, 5, 7, 5, 40, 3, 3, {2, 2, 1, 1, 1, 1, 1, 1, 1}},
    {3, 17, 30, 31, 40, 3, 3, {2, 2, 1, 1, 1, 1, 1, 1, 1}},
    {2, 6, 41, 90, 66, 5, 5, {2, 3, 2, 2, 1, 3, 2, 1, 2}},
    {5, 33, 6, 9, 70, 3, 4, {1, 2, 0, 0, 1, 2, 1, 2, 1}},
    {5, 40, 1, 1400, 40, 1, 5, {1, 2, 0, 2, 0, 0, 1, 1, 1}},
    {1, 40, 1, 700, 40, 1, 10, {1, 5, 0, 0, 0, 0, 1, 1, 1}},
    /* … side by side, without a border; turned and not */
    {130, 40, 4, 4, 36, 2, 2, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {31, 36, 5, 6, 40, 3, 4, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {70, 3, 7, 7, 40, 5, 5, {1, 1, 3, 0, 1, 2, 1, 1, 1}},
    /* … made on their side; of dx, rows that meet a part of the window */
    {3, 6, 14, 14, 16, 5, 5, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {3, 6, 9, 11, 40, 3, 4, {2, 1, 0, 0, 0, 0, 2, 1, 2}},
    /* an image to each lane: rows that leave lanes empty; images that do, uneven padding, several
       strips, groups, filters that are no whole block, windows wider than a block of taps */
    {16, 3, 6, 5, 7, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}},
    {33, 6, 14, 14, 16, 5, 5, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {29, 2, 9, 7, 13, 4, 6, {1, 1, 1, 2, 3, 5, 1, 1, 1}},
    {19, 6, 11, 10, 4, 2, 7, {1, 1, 0, 6, 1, 0, 1, 1, 2}},
    {150, 2, 5, 3, 9, 3, 3, {1, 1, 0, 1, 2, 0, 1, 1, 1}},
    {17, 5, 21, 20, 11, 3, 4, {1, 1, 1, 2, 1, 2, 1, 1, 1}},
    {16, 9, 4, 4, 5, 4, 4, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    /* … two places to a vector: rows of an odd number of places, one block and several, strips */
    {8, 1, 28, 28, 6, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}},
    {8, 6, 14, 14, 16, 5, 5, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {7, 6, 9, 11, 8, 5, 4, {1, 1, 1, 0, 2, 1, 1, 1, 1}},
    {24, 4, 8, 7, 13, 3, 6, {1, 1, 1, 3, 0, 2, 1, 1, 1}},
    {39, 6, 5, 3, 4, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 2}},
    {12, 3, 7, 5, 5, 3, 5, {1, 1, 2, 4, 0, 0, 1, 1, 1}},
    {8, 2, 3, 1, 7, 3, 4, {1, 1, 1, 3, 1, 2, 1, 1, 1}},
    {0, 3, 5, 4, 4, 3, 3, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {2, 0, 5, 4, 4, 3, 3, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    {2, 3, 5, 4, 0, 3, 3, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
    /* more padding at one end */
    {2, 3, 7, 9, 4, 3, 4, {1, 1, 0, 3, 2, 1, 1, 1, 1}},
    {2, 4, 8, 6, 4, 4, 2, {2, 3, 1, 0, 3, 2, 1, 2, 4}},
    /* 3 x 3 over many channels: odd sizes, several blocks of bands, one image's bands in two
     * blocks, wide padding, groups */
    {1, 16, 7, 9, 16, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {3, 17, 11, 12, 20, 3, 3, {1, 1, 0, 1, 1, 0, 1, 1, 1}},
    {2, 16, 30, 37, 19, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {1, 18, 6, 5, 16, 3, 3, {1, 1, 4, 3, 3, 5, 1, 1, 1}},
    {2, 34, 9, 8, 32, 3, 3, {1, 1, 1, 2, 0, 0, 1, 1, 2}},
};

/* What comes out along an axis, 0 or 1. */
static int64_t out_size(int64_t size, int64_t kernel, const int64_t *attrs, int axis) {
  const int64_t padded = size + attrs[2 + axis] + attrs[4 + axis];
  return (padded - attrs[6 + axis] * (kernel - 1) - 1) / attrs[axis] + 1;
}

/* x, w and y of a case. */
typedef struct Arrays {
  View x, w, y;
} Arrays;
static Arrays arrays_of(const Case *at, Dtype dtype) {
  const int64_t *attrs = at->attrs;
  return (Arrays){filled(BLANK(dtype, at->images, at->channels, at->height, at->width)),
                  filled(BLANK(dtype, at->filters, at->channels / attrs[8], at->kernel_height,
                               at->kernel_width)),
                  filled(BLANK(dtype, at->images, at->filters,
                               out_size(at->height, at->kernel_height, attrs, 0),
                               out_size(at->width, at->kernel_width, attrs, 1)))};
}

static void (*const KERNELS[3])(Call *) = {kernel_conv2d, kernel_conv2d_input,
                                           kernel_conv2d_weight};
static void (*const PLAIN[3])(Call *) = {kernel_conv2d_plain, kernel_conv2d_input_plain,
                                         kernel_conv2d_weight_plain};

/* The `which`-th of y = x * w, dx from dy and w, dw from x and dy. */
static View work(void (*kernel)(Call *), int which, const Arrays *of, const Case *at) {
  int64_t attrs[11];
  memcpy(attrs, at->attrs, sizeof at->attrs);
  const View *out = which == 0 ? &of->y : which == 1 ? &of->x : &of->w;
  attrs[9] = out->shape.dim[2], attrs[10] = out->shape.dim[3];
  const View result = BLANK(out->dtype, out->shape.dim[0], out->shape.dim[1], out->shape.dim[2],
                            out->shape.dim[3]);
  return run(kernel, which == 1 ? &of->y : &of->x, which == 2 ? &of->y : &of->w, result, attrs);
}

static void check(const Case *at, Dtype dtype, int which) {
  const Arrays of = arrays_of(at, dtype);
  const View fast = work(KERNELS[which], which, &of, at),
             plain = work(PLAIN[which], which, &of, at);
  const double terms = (double)(at->images * of.y.shape.dim[2] * of.y.shape.dim[3] +
                                at->channels * at->kernel_height * at->kernel_width +
                                at->filters * at->kernel_height * at->kernel_width);
  const double tolerance = (dtype == DTYPE_F32 ? FLT_EPSILON : DBL_EPSILON) * (4 + terms);
  for (int64_t i = 0; i < count_of(&plain); i++)
    cr_assert(fabs(get(&fast, i) - get(&plain, i)) <= tolerance,
              "case %d, %s, kernel %d, element %ld: %.9g, not %.9g", (int)(at - CASES),
              dtype == DTYPE_F32 ? "f32" : "f64", which, (long)i, get(&fast, i), get(&plain, i));
  free(fast.data), free(plain.data), free(of.x.data), free(of.w.data), free(of.y.data);
}

Test(conv, all_three_against_the_definition) {
  for (int i = 0; i < COUNT_OF(CASES); i++)
    for (int which = 0; which < 3; which++) {
      check(&CASES[i], DTYPE_F32, which);
      check(&CASES[i], DTYPE_F64, which);
    }
  team_stop();
}

static void check_equal_bits(const Case *large) {
  const Arrays of = arrays_of(large, DTYPE_F32);
  for (int which = 0; which < 3; which++) {
    team_start(1);
    const View one = work(KERNELS[which], which, &of, large);
    for (int threads = 2; threads <= 4; threads += 2) {
      team_start(threads);
      const View more = work(KERNELS[which], which, &of, large);
      cr_assert_eq(memcmp(one.data, more.data, (size_t)count_of(&one) * sizeof(float)), 0,
                   "kernel %d, %d threads", which, threads);
      free(more.data);
    }
    for (int isa = ISA_PLAIN; isa < (int)isa_best(); isa++) {
      isa_choose((Isa)isa);
      const View more = work(KERNELS[which], which, &of, large);
      cr_assert_eq(memcmp(one.data, more.data, (size_t)count_of(&one) * sizeof(float)), 0,
                   "kernel %d, instruction set %d", which, isa);
      free(more.data);
    }
    isa_choose(ISA_UNKNOWN);
    free(one.data);
  }
  free(of.x.data), free(of.w.data), free(of.y.data);
  team_stop();
}

Test(conv, equal_bits_on_threads_and_sets) {
  static const Case cases[] = {{12, 6, 20, 22, 10, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 2}},
                               {12, 6, 20, 22, 6, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 6}},
                               {12, 2, 20, 35, 5, 3, 3, {2, 3, 1, 1, 1, 1, 1, 1, 1}},
                               {5, 3, 20, 35, 3, 5, 5, {2, 2, 2, 1, 2, 2, 1, 1, 3}},
                               {3, 9, 21, 33, 15, 5, 5, {1, 2, 4, 2, 4, 2, 2, 1, 1}},
                               {20, 3, 20, 35, 5, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}},
                               {9, 4, 14, 37, 4, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 4}},
                               {9, 4, 14, 21, 4, 7, 7, {1, 1, 3, 3, 3, 3, 1, 1, 4}},
                               {7, 17, 9, 16, 15, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
                               {9, 5, 6, 10, 40, 3, 3, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
                               {9, 6, 14, 14, 16, 5, 5, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
                               {35, 6, 14, 14, 16, 5, 5, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
                               {30, 4, 9, 7, 10, 5, 7, {1, 1, 2, 3, 2, 1, 1, 1, 2}},
                               {7, 17, 15, 18, 21, 3, 3, {1, 1, 1, 0, 1, 2, 1, 1, 1}},
                               {40, 20, 8, 8, 40, 4, 4, {2, 2, 1, 1, 1, 1, 1, 1, 1}},
                               {9, 17, 30, 31, 40, 3, 3, {2, 2, 1, 1, 1, 1, 1, 1, 1}},
                               {40, 40, 4, 4, 36, 2, 2, {1, 1, 0, 0, 0, 0, 1, 1, 1}}};
  for (int i = 0; i < COUNT_OF(cases); i++) check_equal_bits(&cases[i]);
}

/* One image's results do not depend on how many there are. */
static void check_alone(Case many) {
  Case one = many;
  one.images = 1;
  const int64_t last_image = many.images - 1;
  const Arrays of = arrays_of(&many, DTYPE_F32);
  for (int which = 0; which < 2; which++) {
    const View all = work(KERNELS[which], which, &of, &many);
    Arrays last = of;
    last.x.shape.dim[0] = last.y.shape.dim[0] = 1;
    last.x.data = (float *)of.x.data + last_image * count_of(&last.x);
    last.y.data = (float *)of.y.data + last_image * count_of(&last.y);
    const View alone = work(KERNELS[which], which, &last, &one);
    cr_assert_eq(memcmp((float *)all.data + last_image * count_of(&alone), alone.data,
                        (size_t)count_of(&alone) * sizeof(float)),
                 0, "kernel %d of %ld images", which, (long)many.images);
    free(all.data), free(alone.data);
  }
  free(of.x.data), free(of.w.data), free(of.y.data);
}
Test(conv, an_image_by_itself) {
  check_alone((Case){5, 16, 9, 10, 17, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}});
  check_alone((Case){18, 6, 14, 14, 16, 5, 5, {1, 1, 0, 0, 0, 0, 1, 1, 1}});
  check_alone((Case){31, 3, 7, 6, 9, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}});
  check_alone((Case){31, 40, 7, 6, 40, 4, 4, {2, 2, 1, 1, 1, 1, 1, 1, 1}});
  check_alone((Case){31, 40, 4, 5, 40, 2, 2, {1, 1, 0, 0, 0, 0, 1, 1, 1}});
  team_stop();
}

/* Infinities, NaN and sums beyond the greatest float stand where the definition has them, and there
 * alone. */
static void check_not_finite(Case at) {
  static const double ODD[] = {(double)INFINITY, (double)-INFINITY, (double)NAN, 3e38};
  for (int which = 0; which < 3; which++)
    for (int odd = 0; odd < COUNT_OF(ODD); odd++) {
      const Arrays of = arrays_of(&at, DTYPE_F32);
      const View *into = which == 1 ? &of.y : &of.x;
      put(into, 37, ODD[odd]), put(into, 38, ODD[odd]);
      if (which < 2) put(&of.w, 4, 1.5);
      const View fast = work(KERNELS[which], which, &of, &at),
                 plain = work(PLAIN[which], which, &of, &at);
      for (int64_t i = 0; i < count_of(&plain); i++) {
        const double a = get(&fast, i), b = get(&plain, i);
        /* the order of a sum decides whether it goes beyond the greatest float on the way */
        const bool beyond = ODD[odd] == 3e38 && isinf(b) && fabs(a) > 1e37;
        cr_assert(isnan(b)   ? isnan(a)
                  : isinf(b) ? beyond || a == b
                             : fabs(a - b) <= 1e-3 + 1e-5 * (fabs(b) > 1e30 ? 3e38 : fabs(b)),
                  "kernel %d, %g, element %ld: %.9g, not %.9g", which, ODD[odd], (long)i, a, b);
      }
      free(fast.data), free(plain.data), free(of.x.data), free(of.w.data), free(of.y.data);
    }
}
Test(conv, what_is_not_finite) {
  check_not_finite((Case){2, 16, 9, 10, 17, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}});
  check_not_finite((Case){2, 16, 9, 10, 16, 3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 16}});
  check_not_finite((Case){18, 4, 9, 7, 6, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}});
  check_not_finite((Case){2, 2, 25, 33, 3, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}});
  check_not_finite((Case){2, 2, 25, 33, 7, 5, 5, {1, 1, 2, 2, 2, 2, 1, 1, 1}});
  check_not_finite((Case){2, 3, 25, 33, 3, 5, 5, {2, 2, 2, 2, 2, 2, 1, 1, 3}});
  team_stop();
}
