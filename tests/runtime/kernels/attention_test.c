/* attention_test.c — attention and its gradients against their definition in long double, over
 * heads that share keys, masks of every shape, and sizes around those of a block. */
#include "runtime/kernels/attention.h"
#include "runtime/opcodes.h"
#include "tests/runtime/kernels/trial.h"

typedef struct Sizes {
  int64_t lead, heads, groups, queries, keys, width, made;
  int rank;
  bool causal;
  int mask; /* 0: none; 1: of every score; 2: of each lead and key; 3: of each query and key */
} Sizes;

static Shape tensor_shape(const Sizes *s, int64_t heads, int64_t rows, int64_t columns) {
  if (s->rank == 2) return SHAPE(rows, columns);
  if (s->rank == 3) return SHAPE(heads, rows, columns);
  return SHAPE(s->lead, heads, rows, columns);
}

static Shape mask_shape(const Sizes *s) {
  Shape all = tensor_shape(s, s->heads, s->queries, s->keys);
  if (s->mask == 2) all.dim[all.rank - 2] = 1;
  if (s->mask >= 2 && all.rank > 2) all.dim[all.rank - 3] = 1;
  if (s->mask == 3 && all.rank > 3) all.dim[0] = 1;
  return all;
}

static bool seen(const Sizes *s, const View *mask, int64_t head, int64_t query, int64_t key) {
  if (s->causal && key > query + s->keys - s->queries) return false;
  if (!mask) return true;
  const int64_t places[4] = {head / s->heads, head % s->heads, query, key};
  int64_t index[4];
  for (int axis = 0; axis < s->rank; axis++)
    index[axis] = mask->shape.dim[axis] == 1 ? 0 : places[axis + 4 - s->rank];
  return trial_get(mask, trial_place(&mask->shape, index)) != 0;
}

static long double dot(const View *a, int64_t i, const View *b, int64_t j, int64_t n) {
  long double sum = 0;
  for (int64_t c = 0; c < n; c++)
    sum += (long double)trial_get(a, i * n + c) * (long double)trial_get(b, j * n + c);
  return sum;
}

/* p [keys]: the weights of one query. */
static void weights(const Sizes *s, const View *input, const View *mask, int64_t head,
                    int64_t query, long double *p) {
  long double top = -INFINITY, sum = 0;
  int64_t each = s->heads / s->groups;
  for (int64_t key = 0; key < s->keys; key++) {
    p[key] = seen(s, mask, head, query, key) ? dot(&input[0], head * s->queries + query, &input[1],
                                                   head / each * s->keys + key, s->width)
                                             : -INFINITY;
    top = fmaxl(top, p[key]);
  }
  for (int64_t key = 0; key < s->keys; key++)
    sum += p[key] = top == -INFINITY ? 0 : expl(p[key] - top);
  for (int64_t key = 0; key < s->keys; key++) p[key] = sum > 0 ? p[key] / sum : 0;
}

static void compare(const View *got, const long double *want, double tolerance, const char *what) {
  for (int64_t i = 0; i < trial_count(&got->shape); i++)
    cr_assert(fabs(trial_get(got, i) - (double)want[i]) <= tolerance * (1 + fabs((double)want[i])),
              "%s: element %ld is %.9g, not %.9g", what, (long)i, trial_get(got, i),
              (double)want[i]);
}

/* What reaches q, k and v: one after the other for each matrix of keys. */
static void shares(const Sizes *s, const View *input, const View *mask, long double *want) {
  int64_t each = s->heads / s->groups, heads = s->lead * s->heads, w = s->width, m = s->made,
          of_q = each * s->queries * w, own = of_q + s->keys * (w + m);
  long double *p = mem_alloc(2 * ((size_t)s->keys + 1) * sizeof *p), *reached = p + s->keys;
  for (int64_t i = 0; i < s->lead * s->groups * own; i++) want[i] = 0;
  for (int64_t head = 0; head < heads; head++)
    for (int64_t t = 0; t < s->queries; t++) {
      int64_t group = head / each, query = head * s->queries + t;
      long double *dq = want + group * own + (head % each * s->queries + t) * w,
                  *dk = want + group * own + of_q, *dv = dk + s->keys * w, sum = 0;
      weights(s, input, mask, head, t, p);
      for (int64_t key = 0; key < s->keys; key++) {
        reached[key] = dot(&input[3], query, &input[2], group * s->keys + key, m);
        sum += p[key] * reached[key];
      }
      for (int64_t key = 0; key < s->keys; key++) {
        long double g = p[key] * (reached[key] - sum);
        for (int64_t c = 0; c < w; c++) {
          dq[c] += g * (long double)trial_get(&input[1], (group * s->keys + key) * w + c);
          dk[key * w + c] += g * (long double)trial_get(&input[0], query * w + c);
        }
        for (int64_t c = 0; c < m; c++)
          dv[key * m + c] += p[key] * (long double)trial_get(&input[3], query * m + c);
      }
    }
  mem_free(p);
}

static void results(const Sizes *s, const View *input, const View *mask, long double *want) {
  long double *p = mem_alloc(((size_t)s->keys + 1) * sizeof *p);
  int64_t each = s->heads / s->groups;
  for (int64_t row = 0; row < s->lead * s->heads * s->queries; row++) {
    int64_t head = row / s->queries;
    weights(s, input, mask, head, row % s->queries, p);
    for (int64_t c = 0; c < s->made; c++) {
      want[row * s->made + c] = 0;
      for (int64_t key = 0; key < s->keys; key++)
        want[row * s->made + c] +=
            p[key] * (long double)trial_get(&input[2], (head / each * s->keys + key) * s->made + c);
    }
  }
  mem_free(p);
}

/* Rows of heads [.., h, t, n] in turn, [.., t, h, n]; or back. */
static void turn(View *view, bool back) {
  const Shape *shape = &view->shape;
  const int64_t heads = shape->dim[shape->rank - 3], rows = shape->dim[shape->rank - 2],
                all = heads * rows, row = shape->dim[shape->rank - 1];
  const size_t bytes = (size_t)row * dtype_bytes(view->dtype);
  char *turned = mem_alloc((size_t)trial_count(shape) * dtype_bytes(view->dtype) + 1);
  for (int64_t i = 0; all && i < trial_count(shape) / (row > 0 ? row : 1); i++) {
    const int64_t head = i % all / rows, at = i / all * all + i % all % rows * heads + head,
                  from = back ? at : i, to = back ? i : at;
    memcpy(turned + (size_t)to * bytes, (char *)view->data + (size_t)from * bytes, bytes);
  }
  memcpy(view->data, turned, (size_t)trial_count(shape) * dtype_bytes(view->dtype));
  mem_free(turned);
}

/* Of heads that lie in turn: the same bits, unless their rows are single elements (plan/turn.c). */
static void check_turned(Trial *trial, const Sizes *s, Op op) {
  const int operands = op == OP_ATTENTION ? 3 : 4;
  const Dtype dtype = trial->output.dtype;
  const Shape shape = trial->output.shape;
  const size_t bytes = (size_t)trial_count(&shape) * dtype_bytes(dtype);
  void *plain = mem_alloc(bytes + 1);
  memcpy(plain, trial->output.data, bytes);
  for (int i = 0; i < operands; i++) turn(&trial->input[i], false);
  ATTRS(trial, s->causal, (1 << operands) - 1 + (op == OP_ATTENTION ? ATTENTION_TURNS : 0));
  trial_run(trial, op, dtype, shape);
  if (op == OP_ATTENTION) turn(&trial->output, true);
  cr_assert(memcmp(plain, trial->output.data, bytes) == 0, "turned");
  for (int i = 0; i < operands; i++) turn(&trial->input[i], true);
  ATTRS(trial, s->causal);
  mem_free(plain);
}

static void check(Dtype dtype, const Sizes *s) {
  Trial trial = {0};
  Shape q = tensor_shape(s, s->heads, s->queries, s->width),
        k = tensor_shape(s, s->groups, s->keys, s->width),
        v = tensor_shape(s, s->groups, s->keys, s->made),
        y = tensor_shape(s, s->heads, s->queries, s->made);
  const Shape shapes[4] = {q, k, v, y};
  for (int i = 0; i < 4; i++) {
    View *view = trial_input(&trial, dtype, shapes[i]);
    trial_fill(view, (uint64_t)(i + s->keys));
    for (int64_t e = 0; e < trial_count(&view->shape); e++)
      trial_set(view, e, trial_get(view, e) / (i < 2 ? 12.0 : 20.0));
  }
  if (s->mask) trial_fill(trial_input(&trial, DTYPE_BOOL, mask_shape(s)), (uint64_t)s->mask);
  View mask = trial.input[4];
  int64_t each = s->heads / s->groups,
          own = each * s->queries * s->width + s->keys * (s->width + s->made);
  Shape all = {.rank = s->rank - 1, .dim = {own}};
  if (s->rank == 3) all = SHAPE(s->groups, own);
  if (s->rank == 4) all = SHAPE(s->lead, s->groups, own);
  int64_t most = trial_count(&all) + trial_count(&y);
  long double *want = mem_alloc((size_t)(most + 1) * sizeof *want);
  double tolerance = dtype == DTYPE_F32 ? 2e-5 : 1e-13;
  ATTRS(&trial, s->causal);
  trial_same_on_threads(&trial, OP_ATTENTION_SHARES, dtype, all);
  shares(s, trial.input, s->mask ? &mask : NULL, want);
  compare(&trial.output, want, tolerance, "shares");
  if (s->rank > 2 && s->width > 1 && s->made > 1) check_turned(&trial, s, OP_ATTENTION_SHARES);
  View dy = trial.input[3]; /* attention has no dy before its mask */
  trial.input[3] = mask;
  trial.inputs = s->mask ? 4 : 3;
  trial_same_on_threads(&trial, OP_ATTENTION, dtype, y);
  results(s, trial.input, s->mask ? &mask : NULL, want);
  compare(&trial.output, want, tolerance, "attention");
  if (s->rank > 2 && s->width > 1 && s->made > 1) check_turned(&trial, s, OP_ATTENTION);
  trial.input[3] = dy;
  trial.input[4] = mask;
  trial.inputs = s->mask ? 5 : 4;
  mem_free(want);
  trial_free(&trial);
}

Test(attention, is_its_definition) {
  static const Sizes cases[] = {
      {1, 1, 1, 1, 1, 1, 1, 2, false, 0},   {1, 1, 1, 3, 17, 5, 2, 2, true, 0},
      {1, 1, 1, 70, 70, 8, 8, 2, true, 0},  {1, 1, 1, 5, 2, 3, 4, 2, true, 0},
      {1, 3, 1, 4, 6, 5, 3, 3, false, 1},   {1, 4, 2, 66, 65, 4, 7, 3, true, 3},
      {2, 4, 2, 3, 6, 5, 2, 4, true, 1},    {2, 4, 4, 2, 9, 3, 3, 4, false, 2},
      {3, 2, 1, 5, 5, 2, 1, 4, true, 2},    {2, 2, 2, 0, 3, 2, 2, 4, false, 0},
      {0, 2, 1, 3, 3, 2, 2, 4, false, 3},   {1, 2, 1, 130, 2100, 3, 2, 4, true, 0},
      {1, 1, 1, 81, 40, 6, 5, 2, false, 0}, {1, 2, 2, 40, 20, 3, 2, 3, true, 0},
      {1, 1, 1, 33, 33, 16, 16, 2, true, 1}};
  for (Dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++)
    for (int i = 0; i < COUNT_OF(cases); i++) check(dtype, &cases[i]);
}

/* A score of infinity takes all of its row; NaN spoils its own row alone; nothing seen is zero. */
Test(attention, odd_rows) {
  Trial trial = {0};
  const double q[] = {1, INFINITY, NAN, 1}, k[] = {1, 2, 0.5}, v[] = {1, 2, 4};
  View *view = trial_input(&trial, DTYPE_F32, SHAPE(4, 1));
  for (int i = 0; i < 4; i++) trial_set(view, i, q[i]);
  view = trial_input(&trial, DTYPE_F32, SHAPE(3, 1));
  for (int i = 0; i < 3; i++) trial_set(view, i, k[i]);
  view = trial_input(&trial, DTYPE_F32, SHAPE(3, 1));
  for (int i = 0; i < 3; i++) trial_set(view, i, v[i]);
  view = trial_input(&trial, DTYPE_BOOL, SHAPE(4, 3));
  for (int i = 0; i < 12; i++) trial_set(view, i, i < 9 && (i < 3 || i > 5 || i == 4));
  ATTRS(&trial, 0);
  trial_run(&trial, OP_ATTENTION, DTYPE_F32, SHAPE(4, 1));
  double e = exp(-1), f = exp(-1.5);
  cr_assert_float_eq(trial_get(&trial.output, 0), (e + 2 + 4 * f) / (1 + e + f), 1e-6);
  cr_assert_eq(trial_get(&trial.output, 1), 2);
  cr_assert(isnan(trial_get(&trial.output, 2)));
  cr_assert_eq(trial_get(&trial.output, 3), 0);
  trial_free(&trial);
}
