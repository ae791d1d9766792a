/* guarded.h — arrays with elements behind them that nobody may touch, and kernels called on them.
 * For the tests of products and factorizations. */
#ifndef GD_TESTS_RUNTIME_KERNELS_GUARDED_H
#define GD_TESTS_RUNTIME_KERNELS_GUARDED_H

#include "runtime/kernels/kernel.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { GUARD = 16 }; /* elements behind every array that nobody may touch */

static uint64_t seed = 1;
static inline double draw(void) {
  /* -1 to 1 */
  return (double)(hash_mix(hash_mix(seed++, 12345), 6789) >> 11) / 4503599627370496.0 - 1;
}

static inline double get(const View *view, int64_t at) {
  return view->dtype == DTYPE_F32   ? (double)((float *)view->data)[at]
         : view->dtype == DTYPE_F64 ? ((double *)view->data)[at]
                                    : ((int32_t *)view->data)[at];
}
static inline void put(const View *view, int64_t at, double value) {
  if (view->dtype == DTYPE_F32) ((float *)view->data)[at] = (float)value;
  else if (view->dtype == DTYPE_F64) ((double *)view->data)[at] = value;
  else ((int32_t *)view->data)[at] = (int32_t)value;
}

static inline int64_t count_of(const View *view) {
  int64_t count = 1;
  for (int i = 0; i < view->shape.rank; i++) count *= view->shape.dim[i];
  return count;
}

/* A new array filled with NaN (or -7), guard included; free its data. */
static inline View blank(Dtype dtype, int rank, const int64_t *dims) {
  View view = {.dtype = dtype, .shape = {.rank = rank}};
  for (int i = 0; i < rank; i++) view.shape.dim[i] = dims[i];
  const int64_t count = count_of(&view) + GUARD;
  view.data = aligned_alloc(64, ((size_t)count * sizeof(double) + 63) / 64 * 64);
  for (int64_t i = 0; i < count; i++) put(&view, i, dtype == DTYPE_I32 ? -7 : (double)NAN);
  return view;
}
#define BLANK(dtype, ...) \
  blank(dtype, (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__})

static inline View filled(View view) {
  for (int64_t i = 0; i < count_of(&view); i++)
    put(&view, i, view.dtype == DTYPE_I32 ? floor(draw() * 1000) : draw());
  return view;
}

static inline void check_guard(const View *view) {
  for (int64_t i = 0; i < GUARD; i++) {
    const double value = get(view, count_of(view) + i);
    cr_assert(view->dtype == DTYPE_I32 ? value == -7 : isnan(value), "wrote past the end");
  }
}

typedef struct KernelCase {
  View inputs[2];
  View output;
  int64_t attrs[2];
  Fault fault;
} KernelCase;

static inline Fault run_case(KernelCase *test, int input_count, void (*kernel)(Call *)) {
  test->fault = (Fault){0};
  Call call = {.input_count = input_count,
               .inputs = test->inputs,
               .output = test->output,
               .attrs = test->attrs,
               .attr_count = 2,
               .fault = &test->fault};
  kernel(&call);
  check_guard(&test->output);
  return test->fault;
}

/* One input, and an output of which only the beginning may be written. */
static inline void unguarded(KernelCase *test, void (*kernel)(Call *)) {
  test->fault = (Fault){0};
  Call call = {
      .input_count = 1, .inputs = test->inputs, .output = test->output, .fault = &test->fault};
  kernel(&call);
}

static inline double epsilon(Dtype dtype) { return dtype == DTYPE_F32 ? FLT_EPSILON : DBL_EPSILON; }

/* A sum of k products of numbers below 1: partial sums grow as the root of k, and so do, among k
 * roundings of them, those that do not cancel. */
static inline double sum_tolerance(Dtype dtype, int64_t k) {
  return epsilon(dtype) * (4 + (double)k);
}

static inline void expect_near(const View *got, const View *wanted, double tolerance,
                               const char *what) {
  for (int64_t i = 0; i < count_of(wanted); i++) {
    const double a = get(got, i), b = get(wanted, i);
    cr_assert(fabs(a - b) <= tolerance * fmax(1, fabs(b)),
              "%s: element %ld is %.17g, not %.17g (off by %g, allowed %g)", what, (long)i, a, b,
              fabs(a - b), tolerance);
  }
}

static inline void free_case(KernelCase *test, int input_count) {
  for (int i = 0; i < input_count; i++) free(test->inputs[i].data);
  free(test->output.data);
}

#endif
