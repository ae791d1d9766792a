/* noise_test.c — draws are the generator's sequences, however they are cut. */
#include "runtime/base/rng.h"
#include "runtime/opcodes.h"

#include "tests/runtime/kernels/trial.h"

enum { UNIFORM, NORMAL, WHOLE };

static void check(int kind, Dtype dtype, Shape shape, int64_t low, int64_t high) {
  Trial trial = {0};
  View *key = trial_input(&trial, DTYPE_I32, SHAPE(4));
  static const int32_t words[4] = {7, -1, 3, 0};
  memcpy(key->data, words, sizeof words);
  ATTRS(&trial, kind, dtype, 9, low, high);
  for (int i = 0; i < shape.rank; i++) trial.attrs[trial.attr_count++] = shape.dim[i];
  trial_same_on_threads(&trial, OP_DRAW, dtype, shape);
  cr_assert_eq(trial.fault.status, 0);
  int64_t count = trial_count(&shape);
  RngStream stream = rng_stream_of(words, 9);
  void *want = mem_alloc((size_t)count * dtype_bytes(dtype) + 1);
  if (kind == WHOLE) rng_integers(&stream, 0, count, low, high, want);
  else if (kind == UNIFORM && dtype == DTYPE_F32) rng_uniform_f32(&stream, 0, count, want);
  else if (kind == UNIFORM) rng_uniform_f64(&stream, 0, count, want);
  else if (dtype == DTYPE_F32) rng_normal_f32(&stream, 0, count, want);
  else rng_normal_f64(&stream, 0, count, want);
  cr_assert_eq(memcmp(want, trial.output.data, (size_t)count * dtype_bytes(dtype)), 0,
               "kind %d dtype %d", kind, (int)dtype);
  mem_free(want);
  trial_free(&trial);
}

Test(noise, draws_are_the_generators) {
  static const int64_t sizes[] = {0, 1, 2, 3, 17, 1000, 50001};
  for (int a = 0; a < COUNT_OF(sizes); a++) {
    for (Dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++)
      for (int kind = 0; kind < WHOLE; kind++) check(kind, dtype, SHAPE(sizes[a]), 0, 0);
    check(WHOLE, DTYPE_I32, SHAPE(2, sizes[a]), -3, 1000);
  }
  check(NORMAL, DTYPE_F64, SCALAR, 0, 0);
}

Test(noise, an_empty_range_is_a_fault) {
  Trial trial = {0};
  trial_fill(trial_input(&trial, DTYPE_I32, SHAPE(4)), 1);
  ATTRS(&trial, WHOLE, DTYPE_I32, 0, 5, 5, 3);
  trial_run(&trial, OP_DRAW, DTYPE_I32, SHAPE(3));
  cr_assert_str_eq(trial.fault.message, "there is no whole number from 5 to 5 - 1");
  trial_free(&trial);
}
