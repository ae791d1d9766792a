/* infer_reduce.c — the types of reductions, of what runs along an axis, and of linear algebra.
 *
 * A reduction without elements has a value where mathematics gives it one (sum 0, product 1, any
 * false, all true, logsumexp -inf) and is an error where it does not (min, argmax): that depends on
 * the shape alone, so it is reported here and not by a kernel (FAULTS.md, C11).
 */
#include "runtime/graph/infer.h"

#include <assert.h>

InferRule infer_sum, infer_extreme, infer_truth, infer_real_reduce, infer_arg, infer_cumsum,
    infer_recur, infer_softmax, infer_argsort, infer_matmul, infer_square_real, infer_det,
    infer_log_det, infer_solve, infer_trisolve, infer_qr, infer_svd, infer_eigh;

/* ---- reductions: {mask of axes, keep} ---- */

static Shape reduced(const Shape *from, uint32_t mask, bool keep) {
  Shape to = {0};
  for (int axis = 0; axis < from->rank; axis++) {
    bool gone = mask >> axis & 1;
    if (!gone) to.dim[to.rank++] = from->dim[axis];
    else if (keep) to.dim[to.rank++] = 1;
  }
  return to;
}

static bool reduce(const Infer *rule, Type *result) {
  result->shape = reduced(infer_shape(rule, 0), (uint32_t)rule->attrs[0], rule->attrs[1] != 0);
  result->dtype = rule->inputs[0]->dtype;
  return true;
}

/* Is there a result to be made of no elements? */
static bool starves(const Infer *rule, uint32_t mask, const Shape *result) {
  const Shape *from = infer_shape(rule, 0);
  bool empty = false;
  for (int axis = 0; axis < from->rank; axis++)
    empty = empty || ((mask >> axis & 1) && from->dim[axis] == 0);
  if (!empty || shape_count(result) == 0) return false;
  ShapeText text;
  infer_fail(rule, "`%s` of no elements", op_name(rule->op));
  diag_label(rule->diag, "the shape is %s", shape_show(from, text));
  return true;
}

bool infer_sum(const Infer *rule, Type *result) {
  assert(rule->inputs[0]->dtype >= DTYPE_I32);
  return reduce(rule, result);
}

bool infer_extreme(const Infer *rule, Type *result) {
  return reduce(rule, result) && !starves(rule, (uint32_t)rule->attrs[0], &result->shape);
}

bool infer_truth(const Infer *rule, Type *result) {
  assert(rule->inputs[0]->dtype == DTYPE_BOOL);
  return reduce(rule, result);
}

bool infer_real_reduce(const Infer *rule, Type *result) {
  assert(dtype_floats(rule->inputs[0]->dtype));
  return reduce(rule, result);
}

bool infer_arg(const Infer *rule, Type *result) {
  uint32_t mask = 1u << rule->attrs[0];
  assert(rule->attrs[0] < infer_shape(rule, 0)->rank);
  result->shape = reduced(infer_shape(rule, 0), mask, rule->attrs[1] != 0);
  result->dtype = DTYPE_I32;
  return !starves(rule, mask, &result->shape);
}

/* ---- along an axis ---- */

static bool along(const Infer *rule, Type *result) {
  assert(rule->attrs[0] >= 0 && rule->attrs[0] < infer_shape(rule, 0)->rank);
  *result = *rule->inputs[0];
  return true;
}

bool infer_cumsum(const Infer *rule, Type *result) {
  assert(rule->inputs[0]->dtype >= DTYPE_I32);
  return along(rule, result);
}

bool infer_recur(const Infer *rule, Type *result) {
  assert(rule->inputs[0]->dtype == DTYPE_F64 && rule->inputs[1]->dtype == DTYPE_F64);
  assert(shape_equal(infer_shape(rule, 0), infer_shape(rule, 1)));
  return along(rule, result);
}

bool infer_softmax(const Infer *rule, Type *result) {
  assert(dtype_floats(rule->inputs[0]->dtype));
  return along(rule, result);
}

bool infer_argsort(const Infer *rule, Type *result) {
  along(rule, result);
  if (rule->attr_count == 3) result->shape.dim[rule->attrs[0]] = rule->attrs[2];
  result->dtype = DTYPE_I32;
  return true;
}

/* ---- linear algebra ---- */

static int64_t rows_of(const Shape *shape) { return shape->dim[shape->rank - 2]; }
static int64_t columns_of(const Shape *shape) { return shape->dim[shape->rank - 1]; }

/* Leading axes broadcast, as NumPy has it for stacks of matrices. */
static bool lead(const Infer *rule, const Shape *a, const Shape *b, Shape *result) {
  int rank = (a->rank > b->rank ? a->rank : b->rank);
  result->rank = rank;
  for (int back = 2; back < rank; back++) {
    int64_t m = back < a->rank ? a->dim[a->rank - 1 - back] : 1,
            n = back < b->rank ? b->dim[b->rank - 1 - back] : 1;
    if (m != n && m != 1 && n != 1)
      return infer_misfit(rule, "the leading sizes %lld and %lld differ", (long long)m,
                          (long long)n);
    result->dim[rank - 1 - back] = m == 1 ? n : m;
  }
  return true;
}

static void check_floats(const Infer *rule) {
  for (int i = 0; i < rule->input_count; i++) {
    assert(dtype_floats(rule->inputs[i]->dtype) &&
           rule->inputs[i]->dtype == rule->inputs[0]->dtype);
  }
  (void)rule;
}

static Shape swapped(const Shape *shape, bool swap) {
  Shape result = *shape;
  if (swap) {
    result.dim[shape->rank - 1] = rows_of(shape);
    result.dim[shape->rank - 2] = columns_of(shape);
  }
  return result;
}

bool infer_matmul(const Infer *rule, Type *result) {
  check_floats(rule);
  Shape a = swapped(infer_shape(rule, 0), rule->attrs[0] != 0),
        b = swapped(infer_shape(rule, 1), rule->attrs[1] != 0);
  assert(a.rank >= 2 && b.rank >= 2);
  const Type first = {.shape = a}, second = {.shape = b};
  /* as the script sees them: a folded transpose is not its business */
  const Type *const shown[2] = {&first, &second};
  Infer visible = *rule;
  visible.inputs = shown;
  if (columns_of(&a) != rows_of(&b)) {
    infer_misfit(&visible, "%lld and %lld differ", (long long)columns_of(&a),
                 (long long)rows_of(&b));
    if (columns_of(&a) == columns_of(&b))
      diag_help(rule->diag, "the second transposed would fit: `a @ b'`");
    else if (rows_of(&a) == rows_of(&b))
      diag_help(rule->diag, "the first transposed would fit: `a' @ b`");
    return false;
  }
  if (!lead(&visible, &a, &b, &result->shape)) return false;
  result->shape.dim[result->shape.rank - 2] = rows_of(&a);
  result->shape.dim[result->shape.rank - 1] = columns_of(&b);
  result->dtype = rule->inputs[0]->dtype;
  return true;
}

static bool need_matrix(const Infer *rule, bool square) {
  check_floats(rule);
  const Shape *shape = infer_shape(rule, 0);
  if (shape->rank >= 2 && (!square || rows_of(shape) == columns_of(shape))) return true;
  ShapeText text;
  return infer_fail(rule, "`%s` needs a %smatrix, not the shape %s", op_name(rule->op),
                    square ? "square " : "", shape_show(shape, text));
}

bool infer_square_real(const Infer *rule, Type *result) {
  if (!need_matrix(rule, true)) return false;
  result->dtype = rule->inputs[0]->dtype;
  result->shape = *infer_shape(rule, 0);
  return true;
}

bool infer_det(const Infer *rule, Type *result) {
  if (!infer_square_real(rule, result)) return false;
  result->shape = reduced(infer_shape(rule, 0), 3u << (infer_shape(rule, 0)->rank - 2), false);
  return true;
}

bool infer_solve(const Infer *rule, Type *result) {
  const Shape *a = infer_shape(rule, 0), *b = infer_shape(rule, 1);
  if (!need_matrix(rule, true)) return false;
  assert(b->rank >= 2);
  if (rows_of(a) != rows_of(b))
    return infer_misfit(rule, "%lld rows and %lld", (long long)rows_of(a), (long long)rows_of(b));
  if (!lead(rule, a, b, &result->shape)) return false;
  result->shape.dim[result->shape.rank - 2] = rows_of(b);
  result->shape.dim[result->shape.rank - 1] = columns_of(b);
  result->dtype = rule->inputs[0]->dtype;
  return true;
}

bool infer_trisolve(const Infer *rule, Type *result) { return infer_solve(rule, result); }

/* [..., m, n] to [..., count], where a factorization packs its results one after the other. */
static bool pack(const Infer *rule, Type *result, int64_t a, int64_t b, int64_t c, int64_t d,
                 int64_t extra) {
  const Shape *from = infer_shape(rule, 0);
  int64_t first, second, count;
  bool fits = size_mul(a, b, &first) && size_mul(c, d, &second) &&
              size_add(first, second, &count) && size_add(count, extra, &count);
  if (!fits) return infer_fail(rule, "the matrix is too large for `%s`", op_name(rule->op));
  result->dtype = rule->inputs[0]->dtype;
  result->shape = *from;
  result->shape.rank = from->rank - 1;
  result->shape.dim[from->rank - 1] = 0;
  result->shape.dim[from->rank - 2] = count;
  return true;
}

bool infer_log_det(const Infer *rule, Type *result) {
  return need_matrix(rule, true) && pack(rule, result, 0, 0, 0, 0, 2);
}

bool infer_qr(const Infer *rule, Type *result) {
  if (!need_matrix(rule, false)) return false;
  int64_t m = rows_of(infer_shape(rule, 0)), n = columns_of(infer_shape(rule, 0)),
          k = m < n ? m : n;
  return pack(rule, result, m, k, k, n, 0);
}

bool infer_svd(const Infer *rule, Type *result) {
  if (!need_matrix(rule, false)) return false;
  int64_t m = rows_of(infer_shape(rule, 0)), n = columns_of(infer_shape(rule, 0)),
          k = m < n ? m : n;
  return pack(rule, result, m, k, k, n, k);
}

bool infer_eigh(const Infer *rule, Type *result) {
  if (!need_matrix(rule, true)) return false;
  int64_t n = columns_of(infer_shape(rule, 0));
  return pack(rule, result, n, n, 0, 0, n);
}
