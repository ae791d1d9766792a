/* move_test.c — every element where it belongs: each kernel against an odometer that says where it
 * comes from. */
#include "runtime/opcodes.h"
#include "tests/runtime/kernels/trial.h"

static const int64_t SIZES[] = {0, 1, 2, 3, 17, 1000};

/* Where element `index` of the output comes from in the input; false: it is `other`. */
typedef bool Source(const Trial *trial, const int64_t *index, int64_t *from);

static void expect(Trial *trial, Op op, Dtype dtype, Shape shape, Source *source, double other) {
  trial_same_on_threads(trial, op, dtype, shape);
  cr_assert_eq(trial->fault.status, 0, "%s", trial->fault.message);
  int64_t count = trial_count(&shape);
  for (int64_t i = 0; i < count; i++) {
    int64_t index[RANK_MOST], from[RANK_MOST] = {0};
    trial_index(&shape, i, index);
    double want = source(trial, index, from)
                      ? trial_get(&trial->input[0], trial_place(&trial->input[0].shape, from))
                      : other;
    cr_assert_eq(trial_get(&trial->output, i), want, "op %d dtype %d element %ld", (int)op,
                 (int)dtype, (long)i);
  }
  trial_free(trial);
}

/* A number for each place, so that no two elements are taken for one another. */
static View *numbered(Trial *trial, Dtype dtype, Shape shape) {
  View *x = trial_input(trial, dtype, shape);
  int64_t count = trial_count(&shape);
  for (int64_t i = 0; i < count; i++)
    trial_set(x, i,
              dtype == DTYPE_BOOL ? (double)(hash_mix(1, (uint64_t)i) & 1)
              : dtype == DTYPE_U8 ? (double)(i % 251)
              : dtype == DTYPE_BF16
                  ? (double)bf16_value((uint16_t)(0x80 + i % 0x7e00)) /* 8 digits: not i itself */
                  : (double)i + 1);
  return x;
}

static bool expand_source(const Trial *trial, const int64_t *index, int64_t *from) {
  const Shape *in = &trial->input[0].shape;
  int missing = trial->output.shape.rank - in->rank;
  for (int i = 0; i < in->rank; i++) from[i] = in->dim[i] == 1 ? 0 : index[missing + i];
  return true;
}

static void check_expand(Dtype dtype, Shape in, Shape out) {
  Trial trial = {0};
  numbered(&trial, dtype, in);
  trial_attrs(&trial, out.dim, out.rank);
  expect(&trial, OP_EXPAND, dtype, out, expand_source, 0);
}

Test(move, expand) {
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    for (int a = 0; a < COUNT_OF(SIZES); a++)
      for (int b = 0; b < COUNT_OF(SIZES); b++) {
        if (SIZES[a] * SIZES[b] > 20000) continue;
        check_expand(dtype, SHAPE(SIZES[a], 1), SHAPE(SIZES[a], SIZES[b]));
        check_expand(dtype, SHAPE(SIZES[b]), SHAPE(SIZES[a], SIZES[b]));
        check_expand(dtype, SHAPE(SIZES[a], 1, SIZES[b]), SHAPE(2, SIZES[a], 3, SIZES[b]));
      }
    check_expand(dtype, SCALAR, SHAPE(40000));
    check_expand(dtype, SCALAR, SCALAR);
    check_expand(dtype, SHAPE(1, 3, 1, 5), SHAPE(2, 3, 4, 5));
  }
}

static bool permute_source(const Trial *trial, const int64_t *index, int64_t *from) {
  for (int i = 0; i < trial->output.shape.rank; i++) from[trial->attrs[i]] = index[i];
  return true;
}

static void check_permute(Dtype dtype, Shape in, const int64_t *order) {
  Trial trial = {0};
  Shape out = in;
  numbered(&trial, dtype, in);
  for (int i = 0; i < in.rank; i++) out.dim[i] = in.dim[order[i]];
  trial_attrs(&trial, order, in.rank);
  expect(&trial, OP_PERMUTE, dtype, out, permute_source, 0);
}

Test(move, permute) {
  static const int64_t threes[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    for (int a = 0; a < COUNT_OF(SIZES); a++)
      for (int b = 0; b < COUNT_OF(SIZES); b++) {
        if (SIZES[a] * SIZES[b] > 20000) continue;
        check_permute(dtype, SHAPE(SIZES[a], SIZES[b]), (int64_t[]){1, 0});
        for (int k = 0; k < 6; k++) check_permute(dtype, SHAPE(SIZES[a], 3, SIZES[b]), threes[k]);
      }
    for (int k = 0; k < 6; k++) check_permute(dtype, SHAPE(33, 18, 47), threes[k]);
    check_permute(dtype, SHAPE(784, 128), (int64_t[]){1, 0});
    check_permute(dtype, SHAPE(2, 3, 4, 5), (int64_t[]){3, 1, 0, 2});
    check_permute(dtype, SHAPE(5, 1, 4, 3), (int64_t[]){1, 3, 2, 0});
    check_permute(dtype, SCALAR, (int64_t[]){0});
  }
}

static bool slice_source(const Trial *trial, const int64_t *index, int64_t *from) {
  for (int i = 0; i < trial->output.shape.rank; i++)
    from[i] = trial->attrs[3 * i] + index[i] * trial->attrs[3 * i + 2];
  return true;
}

/* Parts of an axis of n elements: all, some, backwards, one, none. */
static int runs_of(int64_t n, int64_t runs[8][3]) {
  int count = 0;
  const int64_t all[8][3] = {{0, n, 1},
                             {n - 1, n, -1},
                             {0, 0, 1},
                             {n / 2, n > 0, INT64_MAX},
                             {n > 0, n > 1 ? n - 1 : 0, 1},
                             {0, (n + 2) / 3, 3},
                             {n - 1, (n + 1) / 2, -2},
                             {n, 0, -5}};
  for (int i = 0; i < 8; i++) {
    if (n == 0 && all[i][1] > 0) continue;
    memcpy(runs[count++], all[i], sizeof all[i]);
  }
  return count;
}

Test(move, slice) {
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++)
    for (int a = 0; a < COUNT_OF(SIZES); a++)
      for (int b = 0; b < COUNT_OF(SIZES); b++) {
        int64_t rows[8][3], columns[8][3];
        if (SIZES[a] * SIZES[b] > 20000) continue;
        int row_count = runs_of(SIZES[a], rows), column_count = runs_of(SIZES[b], columns);
        for (int r = 0; r < row_count; r++)
          for (int c = 0; c < column_count; c++) {
            Trial trial = {0};
            numbered(&trial, dtype, SHAPE(SIZES[a], SIZES[b]));
            ATTRS(&trial, rows[r][0], rows[r][1], rows[r][2], columns[c][0], columns[c][1],
                  columns[c][2]);
            expect(&trial, OP_SLICE, dtype, SHAPE(rows[r][1], columns[c][1]), slice_source, 0);
          }
      }
}

/* PLACE twice looked at: what lies in the part comes from v, in order, the rest from x. */
static void check_place(Dtype dtype, Shape shape, int64_t runs[][3]) {
  Trial trial = {0};
  Shape part = shape;
  int64_t attrs[3 * RANK_MOST];
  for (int i = 0; i < shape.rank; i++) {
    part.dim[i] = runs[i][1];
    memcpy(attrs + 3 * i, runs[i], sizeof runs[i]);
  }
  numbered(&trial, dtype, shape);
  trial_fill(trial_input(&trial, dtype, part), 8);
  trial_attrs(&trial, attrs, 3 * shape.rank);
  trial_same_on_threads(&trial, OP_PLACE, dtype, shape);
  int64_t count = trial_count(&shape), parts = trial_count(&part);
  double *want = mem_alloc((size_t)count * sizeof *want + 1);
  for (int64_t i = 0; i < count; i++) want[i] = trial_get(&trial.input[0], i);
  for (int64_t i = 0; i < parts; i++) {
    int64_t index[RANK_MOST];
    trial_index(&part, i, index);
    for (int axis = 0; axis < shape.rank; axis++)
      index[axis] = runs[axis][0] + (index[axis] ? index[axis] * runs[axis][2] : 0);
    want[trial_place(&shape, index)] = trial_get(&trial.input[1], i);
  }
  for (int64_t i = 0; i < count; i++) cr_assert_eq(trial_get(&trial.output, i), want[i]);
  mem_free(want);
  trial_free(&trial);
}

Test(move, place) {
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++)
    for (int a = 0; a < COUNT_OF(SIZES); a++)
      for (int b = 0; b < COUNT_OF(SIZES); b++) {
        int64_t rows[8][3], columns[8][3];
        if (SIZES[a] * SIZES[b] > 20000) continue;
        int row_count = runs_of(SIZES[a], rows), column_count = runs_of(SIZES[b], columns);
        for (int r = 0; r < row_count; r++)
          for (int c = 0; c < column_count; c++) {
            int64_t runs[2][3];
            memcpy(runs[0], rows[r], sizeof runs[0]);
            memcpy(runs[1], columns[c], sizeof runs[1]);
            check_place(dtype, SHAPE(SIZES[a], SIZES[b]), runs);
          }
      }
}

/* PATCH against its plain twin: zeros, and one input after the other added; so many numbers that
 * threads share them. */
static void check_patch(Dtype dtype, Shape shape, int64_t runs[][3], int inputs) {
  Trial trial = {0};
  int64_t attrs[TRIAL_ATTRS], count = trial_count(&shape);
  int rank = shape.rank;
  double *want = mem_zero((size_t)count * sizeof *want + 1);
  memcpy(attrs, shape.dim, (size_t)rank * sizeof *attrs);
  for (int k = 0; k < inputs; k++) {
    Shape part = shape;
    for (int i = 0; i < rank; i++)
      part.dim[i] = runs[k * rank + i][1],
      memcpy(attrs + rank + 3 * (k * rank + i), runs[k * rank + i], sizeof runs[0]);
    trial_fill(trial_input(&trial, dtype, part), (uint64_t)k);
    for (int64_t i = 0, parts = trial_count(&part); i < parts; i++) {
      int64_t index[RANK_MOST];
      trial_index(&part, i, index);
      for (int axis = 0; axis < rank; axis++)
        index[axis] = runs[k * rank + axis][0] + index[axis] * runs[k * rank + axis][2];
      want[trial_place(&shape, index)] += trial_get(&trial.input[k], i);
    }
  }
  trial_attrs(&trial, attrs, rank * (1 + 3 * inputs));
  trial_same_on_threads(&trial, OP_PATCH, dtype, shape);
  for (int64_t i = 0; i < count; i++) cr_assert_eq(trial_get(&trial.output, i), want[i]);
  mem_free(want);
  trial_free(&trial);
}

Test(move, patch) {
  int64_t windows[6][3] = {{0, 300, 1}, {0, 301, 1}, {7, 200, 1},
                           {3, 250, 1}, {1, 2, 1},   {0, 301, 1}};
  int64_t combs[6][3] = {{299, 100, -3}, {0, 150, 2}, {0, 300, 1},
                         {5, 1, 1},      {0, 0, 1},   {300, 301, -1}};
  for (Dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++) {
    check_patch(dtype, SHAPE(300, 301), windows, 3);
    check_patch(dtype, SHAPE(300, 301), combs, 3);
    check_patch(dtype, SHAPE(301), combs, 2);
    check_patch(dtype, SHAPE(301), combs + 4, 2);
  }
}

Test(move, concat) {
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++)
    for (int a = 0; a < COUNT_OF(SIZES); a++)
      for (int axis = 0; axis < 3; axis++) {
        Trial trial = {0};
        int64_t lengths[3] = {2, SIZES[a], 3}, sum = 5 + SIZES[a];
        Shape shape = SHAPE(4, 5, 6);
        for (int i = 0; i < 3; i++) {
          shape.dim[axis] = lengths[i];
          trial_fill(trial_input(&trial, dtype, shape), (uint64_t)i);
        }
        ATTRS(&trial, axis);
        shape.dim[axis] = sum;
        trial_same_on_threads(&trial, OP_CONCAT, dtype, shape);
        for (int64_t i = 0; i < trial_count(&shape); i++) {
          int64_t index[RANK_MOST];
          int input = 0;
          trial_index(&shape, i, index);
          while (index[axis] >= lengths[input]) index[axis] -= lengths[input++];
          cr_assert_eq(
              trial_get(&trial.output, i),
              trial_get(&trial.input[input], trial_place(&trial.input[input].shape, index)));
        }
        trial_free(&trial);
      }
}

static bool pad_source(const Trial *trial, const int64_t *index, int64_t *from) {
  for (int i = 0; i < trial->output.shape.rank; i++) {
    from[i] = index[i] - trial->attrs[2 * i];
    if (from[i] < 0 || from[i] >= trial->input[0].shape.dim[i]) return false;
  }
  return true;
}

static int64_t bits_of(double value) {
  int64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

Test(move, pad) {
  static const int64_t borders[][4] = {{0, 0, 0, 0}, {1, 2, 0, 3}, {0, 0, 2, 0}, {3, 0, 0, 0}};
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++)
    for (int a = 0; a < COUNT_OF(SIZES); a++)
      for (int b = 0; b < COUNT_OF(SIZES); b++)
        for (int k = 0; k < COUNT_OF(borders); k++) {
          if (SIZES[a] * SIZES[b] > 20000) continue;
          const int64_t *border = borders[k];
          double value = dtype == DTYPE_BOOL ? 1 : dtype == DTYPE_U8 ? 200 : -7;
          Trial trial = {0};
          numbered(&trial, dtype, SHAPE(SIZES[a], SIZES[b]));
          ATTRS(&trial, border[0], border[1], border[2], border[3], bits_of(value));
          expect(&trial, OP_PAD, dtype,
                 SHAPE(SIZES[a] + border[0] + border[1], SIZES[b] + border[2] + border[3]),
                 pad_source, value);
        }
}

static bool triangle_source(const Trial *trial, const int64_t *index, int64_t *from) {
  int rank = trial->output.shape.rank;
  memcpy(from, index, (size_t)rank * sizeof *from);
  int64_t above = index[rank - 1] - index[rank - 2];
  return trial->attrs[0] ? above >= trial->attrs[1] : above <= trial->attrs[1];
}

static bool diag_matrix_source(const Trial *trial, const int64_t *index, int64_t *from) {
  int last = trial->output.shape.rank - 1;
  int64_t k = trial->attrs[0];
  memcpy(from, index, (size_t)last * sizeof *from);
  from[last - 1] = k < 0 ? index[last] : index[last - 1];
  return index[last] - index[last - 1] == k;
}

static bool diag_part_source(const Trial *trial, const int64_t *index, int64_t *from) {
  int last = trial->output.shape.rank - 1;
  int64_t k = trial->attrs[0];
  memcpy(from, index, (size_t)(last + 1) * sizeof *from);
  from[last] = index[last] + (k < 0 ? -k : 0);
  from[last + 1] = index[last] + (k > 0 ? k : 0);
  return true;
}

Test(move, triangles_and_diagonals) {
  static const int64_t sizes[] = {0, 1, 2, 3, 17, 60},
                       ks[] = {0, 1, -1, 2, -2, 5, -30, 100, INT64_MAX, INT64_MIN};
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++)
    for (int a = 0; a < COUNT_OF(sizes); a++)
      for (int k = 0; k < COUNT_OF(ks); k++) {
        for (int b = 0; b < COUNT_OF(sizes); b++)
          for (int upper = 0; upper < 2; upper++) {
            Trial trial = {0};
            numbered(&trial, dtype, SHAPE(2, sizes[a], sizes[b]));
            ATTRS(&trial, upper, ks[k]);
            expect(&trial, OP_TRIANGLE, dtype, SHAPE(2, sizes[a], sizes[b]), triangle_source, 0);
          }
        if (ks[k] > 100 || ks[k] < -100) continue;
        int64_t n = sizes[a], far = ks[k] < 0 ? -ks[k] : ks[k];
        Trial trial = {0};
        numbered(&trial, dtype, SHAPE(3, n));
        ATTRS(&trial, ks[k]);
        expect(&trial, OP_DIAG_MATRIX, dtype, SHAPE(3, n + far, n + far), diag_matrix_source, 0);
        Trial back = {0};
        numbered(&back, dtype, SHAPE(3, n + far, n + far));
        ATTRS(&back, ks[k]);
        expect(&back, OP_DIAG_PART, dtype, SHAPE(3, n), diag_part_source, 0);
      }
}

Test(move, counting_and_constants) {
  for (Dtype dtype = DTYPE_I32; dtype < DTYPE_COUNT; dtype++)
    for (int a = 0; a < COUNT_OF(SIZES); a++) {
      Trial trial = {0};
      ATTRS(&trial, SIZES[a], dtype);
      trial_same_on_threads(&trial, OP_IOTA, dtype, SHAPE(SIZES[a]));
      for (int64_t i = 0; i < SIZES[a]; i++)
        cr_assert_eq(trial_get(&trial.output, i),
                     dtype == DTYPE_BF16 ? (double)bf16_value(bf16_near((double)i)) : (double)i);
      trial_free(&trial);
    }
  for (Dtype dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    Trial trial = {0};
    ATTRS(&trial, bits_of(1), dtype, 0);
    trial_run(&trial, OP_CONST, dtype, SCALAR);
    cr_assert_eq(trial_get(&trial.output, 0), 1);
    trial_free(&trial);
  }
}
