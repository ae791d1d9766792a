/* pool_test.c — pooling against windows looked at place by place. */
#include "runtime/base/isa.h"
#include "runtime/kernels/pool.h"
#include "tests/runtime/kernels/guarded.h"

#include <stdio.h>
#include <string.h>

static View run_two(void (*kernel)(Call *), const View *input, const View *beside, View output,
                    const int64_t *attrs) {
  Fault fault = {0};
  View inputs[2] = {*input, beside ? *beside : (View){0}};
  Call call = {.input_count = beside ? 2 : 1,
               .inputs = inputs,
               .output = output,
               .attrs = attrs,
               .attr_count = 10,
               .fault = &fault};
  kernel(&call);
  cr_assert_eq(fault.status, 0);
  check_guard(&output);
  return output;
}

static View run(void (*kernel)(Call *), const View *input, View output, const int64_t *attrs) {
  return run_two(kernel, input, NULL, output, attrs);
}

/* What comes out along an axis, 0 or 1. */
static int64_t out_size(int64_t size, const int64_t *attrs, int axis) {
  return (size + attrs[4 + axis] + attrs[6 + axis] - attrs[axis]) / attrs[2 + axis] + 1;
}

/* What a window of the image holds, looked at place by place. */
typedef struct Seen {
  double sum;
  int64_t best;
} Seen;
static Seen look(const View *x, int64_t plane, const int64_t *attrs, int64_t oy, int64_t ox) {
  const int64_t height = x->shape.dim[2], width = x->shape.dim[3];
  Seen seen = {0, -1};
  for (int64_t i = 0; i < attrs[0]; i++)
    for (int64_t j = 0; j < attrs[1]; j++) {
      const int64_t y = oy * attrs[2] - attrs[4] + i, at_x = ox * attrs[3] - attrs[5] + j;
      if (y < 0 || y >= height || at_x < 0 || at_x >= width) continue;
      const double value = get(x, plane * height * width + y * width + at_x);
      const double best = seen.best < 0 ? -INFINITY : get(x, plane * height * width + seen.best);
      seen.sum += value;
      if (seen.best < 0 || value > best || (isnan(value) && !isnan(best)))
        seen.best = y * width + at_x;
    }
  return seen;
}

static void check_pool(Dtype dtype, const int64_t sizes[4], const int64_t attrs[8]) {
  const int64_t out_height = out_size(sizes[2], attrs, 0), out_width = out_size(sizes[3], attrs, 1);
  const View x = filled(BLANK(dtype, sizes[0], sizes[1], sizes[2], sizes[3]));
  for (int64_t i = 0; i + 1 < count_of(&x); i += 3) put(&x, i + 1, get(&x, i)); /* ties */
  const View sum = run(kernel_pool_sum, &x, BLANK(dtype, sizes[0], sizes[1], out_height, out_width),
                       attrs);
  const View place = run(kernel_pool_argmax, &x,
                         BLANK(DTYPE_I32, sizes[0], sizes[1], out_height, out_width), attrs);
  const View greatest = run(kernel_pool_max, &x,
                            BLANK(dtype, sizes[0], sizes[1], out_height, out_width), attrs);
  double total = 0, spread = 0; /* <pool(x), dy> = <x, transpose(dy)> */
  const View dy = filled(BLANK(dtype, sizes[0], sizes[1], out_height, out_width));
  int64_t back[10] = {0};
  memcpy(back, attrs, 8 * sizeof attrs[0]);
  back[8] = sizes[2], back[9] = sizes[3];
  const View dx = run(kernel_pool_sum_input, &dy,
                      BLANK(dtype, sizes[0], sizes[1], sizes[2], sizes[3]), back);
  const View chosen = run_two(kernel_pool_max_input, &dy, &x,
                              BLANK(dtype, sizes[0], sizes[1], sizes[2], sizes[3]), attrs);
  for (int64_t i = 0; i < count_of(&sum); i++) {
    const Seen seen = look(&x, i / (out_height * out_width), attrs, i / out_width % out_height,
                           i % out_width);
    cr_assert_float_eq(get(&sum, i), seen.sum, dtype == DTYPE_F32 ? 1e-5 : 1e-14);
    cr_assert_eq(get(&place, i), (double)seen.best);
    const int64_t plane = i / (out_height * out_width) * sizes[2] * sizes[3];
    cr_assert_eq(get(&greatest, i), get(&x, plane + seen.best));
    put(&chosen, plane + seen.best, get(&chosen, plane + seen.best) - get(&dy, i));
    total += get(&sum, i) * get(&dy, i);
  }
  for (int64_t i = 0; i < count_of(&x); i++) /* each dy once, where its greatest is */
    cr_assert_float_eq(get(&chosen, i), 0, dtype == DTYPE_F32 ? 1e-5 : 1e-14);
  for (int64_t i = 0; i < count_of(&x); i++) spread += get(&x, i) * get(&dx, i);
  cr_assert_float_eq(total, spread, dtype == DTYPE_F32 ? 1e-3 : 1e-11);
  free(x.data), free(sum.data), free(place.data), free(dy.data), free(dx.data);
  free(greatest.data), free(chosen.data);
}

Test(pool, sums_places_and_transpose) {
  /* window, stride, padding before and after */
  static const struct {
    int64_t sizes[4], attrs[8];
  } cases[] = {{{2, 3, 4, 6}, {2, 2, 2, 2}},
               {{1, 3, 7, 75}, {2, 2, 2, 2}},
               {{1, 2, 5, 7}, {2, 2, 2, 2, 0, 0, 1, 1}},
               {{1, 2, 7, 5}, {3, 2, 1, 2, 1, 1, 1, 1}},
               {{1, 1, 1, 1}, {1, 1, 1, 1}},
               {{0, 2, 4, 4}, {2, 2, 2, 2, 1, 1, 1, 1}},
               {{3, 40, 28, 28}, {3, 3, 2, 1, 1, 1, 1, 1}},
               {{1, 2, 6, 7}, {4, 3, 1, 2, 2, 0, 1, 1}},
               {{2, 1, 3, 40}, {1, 2, 1, 2, 0, 1}},
               /* in vectors of windows: overlapping, apart, cut by every edge, in several runs */
               {{2, 3, 11, 57}, {3, 3, 2, 2, 1, 1, 1, 1}},
               {{1, 2, 9, 300}, {3, 3, 1, 1, 1, 1, 1, 1}},
               {{1, 2, 13, 41}, {3, 4, 3, 3, 0, 2, 1, 1}},
               {{1, 1, 10, 64}, {2, 2, 4, 5, 0, 0, 0, 0}},
               {{2, 2, 12, 37}, {5, 5, 2, 1, 2, 2, 2, 2}}};
  for (int i = 0; i < COUNT_OF(cases); i++) {
    check_pool(DTYPE_F32, cases[i].sizes, cases[i].attrs);
    check_pool(DTYPE_F64, cases[i].sizes, cases[i].attrs);
  }
  team_stop();
}

/* The first of equals; a NaN over all, and the first of two. */
Test(pool, the_greatest_of_a_window) {
  static const float values[4][4] = {{1, 3, 3, 2},
                                     {5, NAN, 9, NAN},
                                     {-INFINITY, -INFINITY, -INFINITY, -INFINITY},
                                     {-2, -1, -INFINITY, -1}};
  static const int wanted[4] = {1, 1, 0, 1};
  for (int i = 0; i < 4; i++) {
    const View x = BLANK(DTYPE_F32, 1, 1, 2, 2);
    memcpy(x.data, values[i], sizeof values[i]);
    const View place = run(kernel_pool_argmax, &x, BLANK(DTYPE_I32, 1, 1, 1, 1),
                           (int64_t[8]){2, 2, 2, 2});
    cr_assert_eq(get(&place, 0), wanted[i], "case %d: %g", i, get(&place, 0));
    free(x.data), free(place.data);
  }
}

/* Windows of any size, in vectors and one by one, on every instruction set. */
static void check_odd(Dtype dtype, const int64_t attrs[8]) {
  static const double odd[] = {0, -0.0, 1, 1, -1, NAN, INFINITY, -INFINITY, -INFINITY, 2};
  const View x = BLANK(dtype, 2, 2, 11, 76);
  for (int64_t i = 0; i < count_of(&x); i++)
    put(&x, i, odd[hash_mix(seed++, 97531) % COUNT_OF(odd)]);
  const int64_t height = out_size(11, attrs, 0), width = out_size(76, attrs, 1);
  const View place = run(kernel_pool_argmax, &x, BLANK(DTYPE_I32, 2, 2, height, width), attrs);
  const View greatest = run(kernel_pool_max, &x, BLANK(dtype, 2, 2, height, width), attrs);
  for (int64_t i = 0; i < count_of(&place); i++) {
    const int64_t plane = i / (height * width);
    const Seen seen = look(&x, plane, attrs, i / width % height, i % width);
    cr_assert_eq(get(&place, i), (double)seen.best, "window %ld", (long)i);
    const double value = get(&greatest, i), wanted = get(&x, plane * 11 * 76 + seen.best);
    cr_assert(isnan(wanted) ? isnan(value) : value == wanted && signbit(value) == signbit(wanted));
  }
  free(x.data), free(place.data), free(greatest.data);
}
Test(pool, the_greatest_of_odd_values) {
  static const int64_t attrs[][8] = {{3, 3, 2, 2, 1, 1, 1, 1},
                                     {3, 3, 1, 1, 1, 1, 1, 1},
                                     {2, 3, 3, 3, 0, 1, 1, 0},
                                     {3, 2, 1, 5, 0, 0, 0, 0}};
  for (int isa = ISA_PLAIN; isa <= (int)isa_best(); isa++) {
    isa_choose((Isa)isa);
    for (int i = 0; i < COUNT_OF(attrs); i++) {
      check_odd(DTYPE_F32, attrs[i]);
      check_odd(DTYPE_F64, attrs[i]);
    }
  }
  isa_choose(ISA_UNKNOWN);
  team_stop();
}

/* Windows of 2 x 2 side by side, and the gradient, in planes so wide. */
static void check_pairs(Dtype dtype, int64_t width) {
  static const double odd[] = {0, -0.0, 1, 1, -1, NAN, INFINITY, -INFINITY, -INFINITY, 2};
  const int64_t attrs[8] = {2, 2, 2, 2}, columns = width / 2;
  const View x = BLANK(dtype, 2, 3, 12, width);
  for (int64_t i = 0; i < count_of(&x); i++)
    put(&x, i, odd[hash_mix(seed++, 97531) % COUNT_OF(odd)]);
  const View place = run(kernel_pool_argmax, &x, BLANK(DTYPE_I32, 2, 3, 6, columns), attrs);
  const View greatest = run(kernel_pool_max, &x, BLANK(dtype, 2, 3, 6, columns), attrs);
  const View dy = filled(BLANK(dtype, 2, 3, 6, columns));
  const View dx = run_two(kernel_pool_max_input, &dy, &x, BLANK(dtype, 2, 3, 12, width), attrs);
  double left = 0;
  for (int64_t i = 0; i < count_of(&place); i++) {
    const int64_t plane = i / (6 * columns),
                  best = look(&x, plane, attrs, i / columns % 6, i % columns).best,
                  at = plane * 12 * width + best;
    cr_assert_eq(get(&place, i), (double)best, "width %ld, window %ld: %g", (long)width, (long)i,
                 get(&place, i));
    const double value = get(&x, at), is = get(&greatest, i);
    cr_assert(isnan(value) ? isnan(is) : is == value && signbit(is) == signbit(value),
              "width %ld, window %ld: %g", (long)width, (long)i, is);
    cr_assert_eq(get(&dx, at), get(&dy, i), "width %ld, window %ld", (long)width, (long)i);
    put(&dx, at, 0);
  }
  for (int64_t i = 0; i < count_of(&dx); i++) left += fabs(get(&dx, i));
  cr_assert_eq(left, 0, "width %ld", (long)width);
  free(x.data), free(place.data), free(greatest.data), free(dy.data), free(dx.data);
}

/* The same in whole vectors of windows, in what is left of a row, in rows shorter than a vector, on
 * every instruction set. */
Test(pool, the_greatest_of_pairs_of_odd_values) {
  static const int64_t widths[] = {76, 14, 10, 8, 11, 4, 6, 2};
  for (int isa = ISA_PLAIN; isa <= (int)isa_best(); isa++) {
    isa_choose((Isa)isa);
    for (int i = 0; i < COUNT_OF(widths); i++) {
      check_pairs(DTYPE_F32, widths[i]);
      check_pairs(DTYPE_F64, widths[i]);
    }
  }
  isa_choose(ISA_UNKNOWN);
  team_stop();
}

/* A block takes several planes, and the team several blocks. */
Test(pool, threads_give_equal_bits) {
  const View x = filled(BLANK(DTYPE_F32, 8, 60, 30, 31));
  const int64_t attrs[8] = {3, 3, 2, 2, 1, 1, 1, 1};
  team_start(1);
  const View one = run(kernel_pool_sum, &x, BLANK(DTYPE_F32, 8, 60, 15, 16), attrs);
  team_start(3);
  const View more = run(kernel_pool_sum, &x, BLANK(DTYPE_F32, 8, 60, 15, 16), attrs);
  cr_assert_eq(memcmp(one.data, more.data, (size_t)count_of(&one) * sizeof(float)), 0);
  free(x.data), free(one.data), free(more.data);
  team_stop();
}
