/* index_test.c — gather, scatter, pick, drop and last against loops over their definitions, and
 * indices that do not fit. */
#include "runtime/opcodes.h"
#include "tests/runtime/kernels/trial.h"

static const int64_t SIZES[] = {1, 2, 3, 17, 1000};

/* Indices from -n to n - 1, with many that come twice. */
static void fill_index(View *index, int64_t n) {
  int64_t count = trial_count(&index->shape);
  for (int64_t i = 0; i < count; i++)
    trial_set(index, i, (double)((int64_t)(hash_mix(3, (uint64_t)i) % (uint64_t)(2 * n)) - n));
}

/* Indices that mostly count on by one, from the last place over the first and back again. */
static void fill_border(View *index, int64_t n) {
  for (int64_t i = 0, at = -1; i < trial_count(&index->shape); i++, at++) {
    if (at >= n || i % 11 == 0) at = i % 3 - 1;
    trial_set(index, i, (double)(at < n ? at : 0));
  }
}

static int64_t named(const View *index, int64_t i, int64_t n) {
  int64_t at = (int64_t)trial_get(index, i);
  return at < 0 ? at + n : at;
}

/* bf16 is moved, not added up. */
static bool adds(Dtype dtype) { return dtype != DTYPE_BF16; }

static double limited(Dtype dtype, double sum) { return dtype == DTYPE_BOOL ? sum != 0 : sum; }

typedef void Fill(View *index, int64_t n);

/* x [outer, n, inner] by index [m], there and back */
static void check_rows_by(Fill *fill, Dtype dtype, int64_t outer, int64_t n, int64_t m,
                          int64_t inner) {
  Trial there = {0}, back = {0};
  View *x = trial_input(&there, dtype, SHAPE(outer, n, inner)),
       *dy = trial_input(&back, dtype, SHAPE(outer, m, inner));
  trial_fill(x, 1);
  trial_fill(dy, 2);
  if (dtype == DTYPE_U8) /* so that 1000 of them fit */
    for (int64_t i = 0; i < trial_count(&dy->shape); i++) trial_set(dy, i, i % 251 == 0);
  View *index = trial_input(&there, DTYPE_I32, SHAPE(m));
  fill(index, n);
  memcpy(trial_input(&back, DTYPE_I32, SHAPE(m))->data, index->data, (size_t)m * 4);
  ATTRS(&there, 1);
  ATTRS(&back, 1, n);
  trial_same_on_threads(&there, OP_GATHER, dtype, SHAPE(outer, m, inner));
  if (adds(dtype)) trial_same_on_threads(&back, OP_SCATTER, dtype, SHAPE(outer, n, inner));
  cr_assert_eq(there.fault.status + back.fault.status, 0, "%s", back.fault.message);
  double *sums = mem_zero((size_t)(outer * n * inner) * sizeof *sums + 1);
  for (int64_t o = 0; o < outer; o++)
    for (int64_t j = 0; j < m; j++)
      for (int64_t i = 0; i < inner; i++) {
        int64_t at = (o * n + named(index, j, n)) * inner + i, to = (o * m + j) * inner + i;
        cr_assert_eq(trial_get(&there.output, to), trial_get(x, at));
        sums[at] += trial_get(dy, to);
      }
  for (int64_t i = 0; adds(dtype) && i < outer * n * inner; i++)
    cr_assert_eq(trial_get(&back.output, i), limited(dtype, sums[i]));
  mem_free(sums);
  trial_free(&there);
  trial_free(&back);
}

static void check_rows(Dtype dtype, int64_t outer, int64_t n, int64_t m, int64_t inner) {
  check_rows_by(fill_index, dtype, outer, n, m, inner);
}

/* x [outer, n, inner] by index [outer, m, inner], there and back */
static void check_places(Dtype dtype, int64_t outer, int64_t n, int64_t m, int64_t inner) {
  Trial there = {0}, back = {0};
  View *x = trial_input(&there, dtype, SHAPE(outer, n, inner)),
       *dy = trial_input(&back, dtype, SHAPE(outer, m, inner));
  trial_fill(x, 1);
  trial_fill(dy, 2);
  if (dtype == DTYPE_U8)
    for (int64_t i = 0; i < trial_count(&dy->shape); i++) trial_set(dy, i, i % 251 == 0);
  View *index = trial_input(&there, DTYPE_I32, SHAPE(outer, m, inner));
  fill_index(index, n);
  memcpy(trial_input(&back, DTYPE_I32, SHAPE(outer, m, inner))->data, index->data,
         (size_t)(outer * m * inner) * 4);
  ATTRS(&there, 1);
  ATTRS(&back, 1, n);
  trial_same_on_threads(&there, OP_PICK, dtype, SHAPE(outer, m, inner));
  if (adds(dtype)) trial_same_on_threads(&back, OP_DROP, dtype, SHAPE(outer, n, inner));
  cr_assert_eq(there.fault.status + back.fault.status, 0, "%s", back.fault.message);
  double *sums = mem_zero((size_t)(outer * n * inner) * sizeof *sums + 1);
  for (int64_t o = 0; o < outer; o++)
    for (int64_t j = 0; j < m; j++)
      for (int64_t i = 0; i < inner; i++) {
        int64_t to = (o * m + j) * inner + i, at = (o * n + named(index, to, n)) * inner + i;
        cr_assert_eq(trial_get(&there.output, to), trial_get(x, at));
        sums[at] += trial_get(dy, to);
      }
  for (int64_t i = 0; adds(dtype) && i < outer * n * inner; i++)
    cr_assert_eq(trial_get(&back.output, i), limited(dtype, sums[i]));
  mem_free(sums);
  trial_free(&there);
  trial_free(&back);
}

static void check_last(int64_t outer, int64_t n, int64_t m, int64_t inner) {
  Trial trial = {0};
  View *index = trial_input(&trial, DTYPE_I32, SHAPE(outer, m, inner));
  fill_index(index, n);
  ATTRS(&trial, 1, n);
  trial_same_on_threads(&trial, OP_LAST, DTYPE_I32, SHAPE(outer, n, inner));
  cr_assert_eq(trial.fault.status, 0);
  for (int64_t to = 0; to < outer * n * inner; to++) {
    int64_t o = to / (n * inner), i = to % inner, j = m - 1;
    while (j >= 0 && named(index, (o * m + j) * inner + i, n) != to / inner % n) j--;
    cr_assert_eq(trial_get(&trial.output, to), (double)j);
  }
  trial_free(&trial);
}

Test(index, the_last_at_each_place) {
  for (int a = 0; a < COUNT_OF(SIZES); a++)
    for (int b = 0; b < COUNT_OF(SIZES); b++)
      for (int64_t outer = 0; outer < 3; outer++) {
        check_last(outer, SIZES[a], SIZES[b], 1);
        check_last(outer, SIZES[a], 2, SIZES[b]);
        check_last(outer, 3, 0, SIZES[b]);
      }
  check_last(2, 50, 40, 700);
  check_last(1, 30, 5000, 2);
}

Test(index, are_their_definitions) {
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++)
    for (int a = 0; a < COUNT_OF(SIZES); a++)
      for (int b = 0; b < COUNT_OF(SIZES); b++) {
        if (SIZES[a] * SIZES[b] > 20000) continue;
        for (int64_t outer = 0; outer < 3; outer++) {
          check_rows(dtype, outer, SIZES[a], SIZES[b], 1);
          check_rows(dtype, outer, SIZES[a], 5, SIZES[b]);
          check_rows(dtype, outer, SIZES[a], 0, SIZES[b]);
          check_places(dtype, outer, SIZES[a], SIZES[b], 1);
          check_places(dtype, outer, SIZES[a], 2, SIZES[b]);
          check_places(dtype, SIZES[b], SIZES[a], 1, 1);
        }
      }
  check_rows(DTYPE_F32, 1, 50, 3, 700);
  check_places(DTYPE_F32, 2, 50, 40, 700);
  check_places(DTYPE_F32, 1, 30, 20000, 2);
}

/* One index for many outer places: some are read at a time, and runs are moved whole. */
Test(index, many_outer_places_share_an_index) {
  static const int64_t many[] = {4, 9, 70, 1000};
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++)
    for (int a = 0; a < COUNT_OF(many); a++)
      for (int64_t inner = 1; inner < 4; inner++)
        for (int64_t n = 1; n < 40; n += 19) {
          check_rows(dtype, many[a], n, 33, inner);
          check_rows_by(fill_border, dtype, many[a], n, 2, inner);
          check_rows_by(fill_border, dtype, many[a], n, 33, inner);
        }
  check_rows(DTYPE_F32, 5, 7, 20000, 1);
  check_rows_by(fill_border, DTYPE_F32, 5, 20000, 20000, 1);
  check_rows_by(fill_border, DTYPE_F32, 5, 300, 300, 70);
}

/* An index of any rank, one of rank 0 too: its shape takes the axis's place. */
Test(index, gather_by_a_matrix_and_by_a_number) {
  Trial trial = {0};
  trial_fill(trial_input(&trial, DTYPE_F32, SHAPE(4, 5)), 1);
  fill_index(trial_input(&trial, DTYPE_I32, SHAPE(2, 3)), 5);
  ATTRS(&trial, 1);
  trial_run(&trial, OP_GATHER, DTYPE_F32, SHAPE(4, 2, 3));
  for (int64_t i = 0; i < 24; i++)
    cr_assert_eq(trial_get(&trial.output, i),
                 trial_get(&trial.input[0], i / 6 * 5 + named(&trial.input[1], i % 6, 5)));
  trial_free(&trial);
  trial_fill(trial_input(&trial, DTYPE_F32, SHAPE(4, 5)), 1);
  trial_set(trial_input(&trial, DTYPE_I32, SCALAR), 0, -1);
  ATTRS(&trial, 0);
  trial_run(&trial, OP_GATHER, DTYPE_F32, SHAPE(5));
  for (int64_t i = 0; i < 5; i++)
    cr_assert_eq(trial_get(&trial.output, i), trial_get(&trial.input[0], 15 + i));
  trial_free(&trial);
}

/* FAULTS.md C15: said in full, and nothing written. */
static void check_outside(Op op, double bad, int axis, int64_t n, const char *message) {
  bool places = op == OP_PICK || op == OP_DROP, back = op == OP_SCATTER || op == OP_DROP;
  Trial trial = {0};
  Shape around = SHAPE(2, 2), out = around;
  around.dim[axis] = back ? 3 : n;
  out.dim[axis] = back ? n : 3;
  trial_fill(trial_input(&trial, DTYPE_F32, around), 1);
  Shape index = places ? around : SHAPE(3);
  if (places) index.dim[axis] = 3;
  View *view = trial_input(&trial, DTYPE_I32, index);
  for (int64_t i = 0; i < trial_count(&index); i++) trial_set(view, i, 0);
  trial_set(view, trial_count(&index) - 1, bad);
  ATTRS(&trial, axis, n);
  trial_run(&trial, op, DTYPE_F32, out);
  cr_assert_str_eq(trial.fault.message, message);
  const unsigned char *bytes = trial.output.data;
  for (int64_t i = 0; i < trial_count(&out) * 4; i++)
    cr_assert_eq(bytes[i], 0xA5, "something was written");
  trial_free(&trial);
}

Test(index, outside_is_told_before_anything_is_written) {
  static const Op ops[] = {OP_GATHER, OP_SCATTER, OP_PICK, OP_DROP};
  for (int i = 0; i < COUNT_OF(ops); i++) {
    check_outside(ops[i], 12, 0, 10, "index 12 is out of range for axis 0 of size 10");
    check_outside(ops[i], 10, 1, 10, "index 10 is out of range for axis 1 of size 10");
    check_outside(ops[i], -11, 0, 10, "index -11 is out of range for axis 0 of size 10");
    check_outside(ops[i], 2147483647, 0, 10,
                  "index 2147483647 is out of range for axis 0 of size 10");
    check_outside(ops[i], -2147483648.0, 0, 10,
                  "index -2147483648 is out of range for axis 0 of size 10");
    check_outside(ops[i], 0, 0, 0, "index 0 is out of range for axis 0 of size 0");
  }
}

Test(index, sums_that_do_not_fit) {
  Trial trial = {0};
  View *dy = trial_input(&trial, DTYPE_I32, SHAPE(2));
  trial_set(dy, 0, 2147483647), trial_set(dy, 1, 1);
  View *index = trial_input(&trial, DTYPE_I32, SHAPE(2));
  trial_set(index, 0, 0), trial_set(index, 1, 0);
  ATTRS(&trial, 0, 3);
  trial_run(&trial, OP_SCATTER, DTYPE_I32, SHAPE(3));
  cr_assert_str_eq(trial.fault.message,
                   "a sum does not fit an i32, which goes from -2147483648 to 2147483647");
  trial_run(&trial, OP_DROP, DTYPE_I32, SHAPE(3));
  cr_assert_neq(trial.fault.status, 0);
  trial_free(&trial);
}
