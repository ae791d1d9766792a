/* resample_test.c — an axis in another size against a loop that says what it means, and the
 * transpose against the sum that defines it. */
#include "runtime/opcodes.h"
#include "tests/runtime/kernels/trial.h"

static double weight_at(double distance, bool cubic) {
  double t = fabs(distance);
  if (!cubic) return t < 1 ? 1 - t : 0;
  if (t <= 1) return (1.25 * t - 2.25) * t * t + 1;
  return t < 2 ? ((-0.75 * t + 3.75) * t - 6) * t + 3 : 0;
}

/* The weight of old place j in new place i: what lies beyond an edge is the edge. */
static double weight_of(int64_t i, int64_t j, int64_t old, int64_t new, bool cubic) {
  double centre = ((double)i + 0.5) * ((double)old / (double)new) - 0.5, sum = 0;
  for (int64_t at = (int64_t)floor(centre) - 1; at <= (int64_t)floor(centre) + 2; at++)
    if ((at < 0 ? 0 : at >= old ? old - 1 : at) == j) sum += weight_at(centre - (double)at, cubic);
  return sum;
}

static void check(Dtype dtype, Shape shape, int64_t new, bool cubic, bool back) {
  Trial trial = {0};
  const int64_t outer = shape.dim[0], old = shape.dim[1], inner = shape.dim[2];
  View *x = trial_input(&trial, dtype, SHAPE(outer, back ? new : old, inner));
  trial_fill(x, 7);
  const int64_t of_y = back ? old : new, of_x = back ? new : old;
  ATTRS(&trial, 1, of_y, cubic, back);
  trial_same_on_threads(&trial, OP_RESAMPLE, dtype, SHAPE(outer, of_y, inner));
  const double near = (dtype == DTYPE_F32 ? 1e-6 : 1e-14) * 40 * (double)(new / old + 2);
  for (int64_t i = 0; i < of_y; i++) {
    double *weights = mem_zero((size_t)of_x * sizeof *weights);
    for (int64_t j = 0; j < of_x; j++)
      weights[j] = back ? weight_of(j, i, old, new, cubic) : weight_of(i, j, old, new, cubic);
    for (int64_t o = 0; o < outer; o++)
      for (int64_t k = 0; k < inner; k++) {
        double sum = 0;
        for (int64_t j = 0; j < of_x; j++)
          if (weights[j] != 0) sum += weights[j] * trial_get(x, (o * of_x + j) * inner + k);
        cr_assert_float_eq(trial_get(&trial.output, (o * of_y + i) * inner + k), sum, near);
      }
    mem_free(weights);
  }
  trial_free(&trial);
}

Test(resample, definition) {
  static const int64_t SIZES[] = {1, 2, 3, 17, 300},
                       AROUND[][2] = {{1, 1}, {2, 1}, {17, 1}, {1, 3}, {3, 17}, {1, 130}};
  for (int dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++)
    for (int a = 0; a < COUNT_OF(SIZES); a++)
      for (int b = 0; b < COUNT_OF(SIZES); b++)
        for (int i = 0; i < COUNT_OF(AROUND); i++)
          for (int kind = 0; kind < 4; kind++)
            check((Dtype)dtype, SHAPE(AROUND[i][0], SIZES[a], AROUND[i][1]), SIZES[b], kind & 1,
                  kind >> 1);
}

Test(resample, nothing) {
  for (int back = 0; back < 2; back++) {
    Trial trial = {0};
    trial_input(&trial, DTYPE_F32, SHAPE(0, 3, 2));
    ATTRS(&trial, 1, 5, 0, back);
    trial_same_on_threads(&trial, OP_RESAMPLE, DTYPE_F32, SHAPE(0, 5, 2));
    trial_free(&trial);
  }
}
