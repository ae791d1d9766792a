/* infer_move.c — the types of operations that move elements.
 *
 * A builder has read the script's axes and sizes already (build_shape.c), so what remains
 * here is whether the shapes go together.  The attributes' layouts stand in ops.def.
 */
#include "runtime/graph/infer.h"

#include <assert.h>

InferRule infer_expand, infer_reshape, infer_permute, infer_slice, infer_place, infer_patch,
    infer_gather, infer_scatter, infer_pick, infer_drop, infer_last, infer_concat, infer_pad,
    infer_resample, infer_triangle, infer_diag_matrix, infer_diag_part;

static bool too_many_axes(const Infer *rule, int rank) {
  return infer_fail(rule, "a tensor has at most %d axes; the result of `%s` would have %d",
                    RANK_MOST, op_name(rule->op), rank);
}

static bool keep_dtype(const Infer *rule, Type *result) {
  result->dtype = rule->inputs[0]->dtype;
  return true;
}

bool infer_expand(const Infer *rule, Type *result) {
  const Shape *from = infer_shape(rule, 0);
  Shape to = shape_of(rule->attr_count, rule->attrs);
  result->shape = to;
  int lead = to.rank - from->rank;
  bool fits = lead >= 0;
  for (int axis = 0; fits && axis < from->rank; axis++)
    fits = from->dim[axis] == 1 || from->dim[axis] == to.dim[axis + lead];
  if (fits) return keep_dtype(rule, result);
  ShapeText a, b;
  infer_fail(rule, "%s cannot be expanded to %s", shape_show(from, a), shape_show(&to, b));
  if (lead < 0) return diag_label(rule->diag, "%s has more axes than %s", a, b);
  return diag_label(rule->diag, "only axes of size 1, and new leading ones, can be repeated");
}

bool infer_reshape(const Infer *rule, Type *result) {
  const Shape *from = infer_shape(rule, 0);
  result->shape = shape_of(rule->attr_count, rule->attrs);
  if (!shape_check(&result->shape, rule->inputs[0]->dtype, rule->graph->span, rule->diag))
    return false;
  int64_t have = shape_count(from), want = shape_count(&result->shape);
  if (have == want) return keep_dtype(rule, result);
  ShapeText a, b;
  infer_fail(rule, "%s cannot be reshaped to %s", shape_show(from, a),
             shape_show(&result->shape, b));
  return diag_label(rule->diag, "it has %lld elements, not %lld", (long long)have, (long long)want);
}

bool infer_permute(const Infer *rule, Type *result) {
  const Shape *from = infer_shape(rule, 0);
  assert(rule->attr_count == from->rank);
  result->shape.rank = from->rank;
  for (int axis = 0; axis < from->rank; axis++)
    result->shape.dim[axis] = from->dim[rule->attrs[axis]];
  return keep_dtype(rule, result);
}

/* Start, count and step of each axis lie within `from`. */
static bool check_within(const Infer *rule, const Shape *from, const int64_t *runs) {
  for (int axis = 0; axis < from->rank; axis++) {
    int64_t start = runs[3 * axis], count = runs[3 * axis + 1], step = runs[3 * axis + 2];
    if (count == 0) continue;
    int64_t span, last;
    bool inside = count > 0 && step != 0 && start >= 0 && start < from->dim[axis] &&
                  size_mul(count - 1, step, &span) && size_add(start, span, &last) && last >= 0 &&
                  last < from->dim[axis];
    if (!inside)
      return infer_fail(rule, "a slice of axis %d goes beyond its size of %lld", axis,
                        (long long)from->dim[axis]);
  }
  return true;
}

static bool check_runs(const Infer *rule) {
  assert(rule->attr_count == 3 * infer_shape(rule, 0)->rank);
  return check_within(rule, infer_shape(rule, 0), rule->attrs);
}

static Shape run_shape(const Infer *rule) {
  Shape shape = {.rank = infer_shape(rule, 0)->rank};
  for (int axis = 0; axis < shape.rank; axis++) shape.dim[axis] = rule->attrs[3 * axis + 1];
  return shape;
}

bool infer_slice(const Infer *rule, Type *result) {
  result->shape = run_shape(rule);
  return check_runs(rule) && keep_dtype(rule, result);
}

bool infer_place(const Infer *rule, Type *result) {
  if (!check_runs(rule)) return false;
  Shape hole = run_shape(rule);
  assert(rule->inputs[0]->dtype == rule->inputs[1]->dtype);
  result->shape = *infer_shape(rule, 0);
  if (shape_equal(&hole, infer_shape(rule, 1))) return keep_dtype(rule, result);
  ShapeText a, b;
  return infer_fail(rule, "%s does not fit a part of shape %s", shape_show(infer_shape(rule, 1), a),
                    shape_show(&hole, b));
}

/* Only gradients make it: what does not fit is their mistake. */
bool infer_patch(const Infer *rule, Type *result) {
  int rank = infer_shape(rule, 0)->rank;
  assert(rule->attr_count == rank * (1 + 3 * rule->input_count) &&
         dtype_floats(rule->inputs[0]->dtype));
  result->shape = shape_of(rank, rule->attrs);
  for (int i = 0; i < rule->input_count; i++) {
    const int64_t *runs = rule->attrs + rank * (1 + 3 * i);
    assert(infer_shape(rule, i)->rank == rank && rule->inputs[i]->dtype == rule->inputs[0]->dtype);
    for (int axis = 0; axis < rank; axis++)
      assert(infer_shape(rule, i)->dim[axis] == runs[3 * axis + 1]);
    if (!check_within(rule, &result->shape, runs)) return false;
  }
  return keep_dtype(rule, result);
}

/* ---- by an index ---- */

bool infer_gather(const Infer *rule, Type *result) {
  const Shape *x = infer_shape(rule, 0), *index = infer_shape(rule, 1);
  int axis = (int)rule->attrs[0];
  assert(rule->inputs[1]->dtype == DTYPE_I32 && axis >= 0 && axis < x->rank);
  int rank = x->rank - 1 + index->rank;
  if (rank > RANK_MOST) return too_many_axes(rule, rank);
  result->shape.rank = rank;
  int at = 0;
  for (int i = 0; i < axis; i++) result->shape.dim[at++] = x->dim[i];
  for (int i = 0; i < index->rank; i++) result->shape.dim[at++] = index->dim[i];
  for (int i = axis + 1; i < x->rank; i++) result->shape.dim[at++] = x->dim[i];
  return keep_dtype(rule, result);
}

bool infer_scatter(const Infer *rule, Type *result) {
  const Shape *dy = infer_shape(rule, 0), *index = infer_shape(rule, 1);
  int axis = (int)rule->attrs[0];
  assert(rule->inputs[1]->dtype == DTYPE_I32 && axis >= 0 && axis + index->rank <= dy->rank);
  int at = 0;
  for (int i = 0; i < axis; i++) result->shape.dim[at++] = dy->dim[i];
  for (int i = 0; i < index->rank; i++) {
    if (index->dim[i] != dy->dim[axis + i])
      return infer_misfit(rule, "%lld and %lld differ", (long long)dy->dim[axis + i],
                          (long long)index->dim[i]);
  }
  if (at == RANK_MOST) return too_many_axes(rule, at + 1);
  result->shape.dim[at++] = rule->attrs[1];
  if (dy->rank - index->rank + 1 > RANK_MOST)
    return too_many_axes(rule, dy->rank - index->rank + 1);
  for (int i = axis + index->rank; i < dy->rank; i++) result->shape.dim[at++] = dy->dim[i];
  result->shape.rank = at;
  return keep_dtype(rule, result);
}

bool infer_pick(const Infer *rule, Type *result) {
  const Shape *x = infer_shape(rule, 0), *index = infer_shape(rule, 1);
  assert(rule->inputs[1]->dtype == DTYPE_I32);
  if (x->rank != index->rank) return infer_misfit(rule, "the index must have as many axes");
  for (int axis = 0; axis < x->rank; axis++) {
    if (axis != rule->attrs[0] && x->dim[axis] != index->dim[axis]) {
      return infer_misfit(rule, "%lld and %lld differ", (long long)x->dim[axis],
                          (long long)index->dim[axis]);
    }
  }
  result->shape = *index;
  return keep_dtype(rule, result);
}

bool infer_drop(const Infer *rule, Type *result) {
  const Shape *dy = infer_shape(rule, 0), *index = infer_shape(rule, 1);
  assert(rule->inputs[1]->dtype == DTYPE_I32);
  if (!shape_equal(dy, index)) return infer_misfit(rule, "they must be the same");
  result->shape = *dy;
  result->shape.dim[rule->attrs[0]] = rule->attrs[1];
  return keep_dtype(rule, result);
}

bool infer_last(const Infer *rule, Type *result) {
  assert(rule->inputs[0]->dtype == DTYPE_I32 && rule->attrs[0] < infer_shape(rule, 0)->rank);
  result->shape = *infer_shape(rule, 0);
  result->shape.dim[rule->attrs[0]] = rule->attrs[1];
  return keep_dtype(rule, result);
}

/* ---- together and apart ---- */

bool infer_concat(const Infer *rule, Type *result) {
  result->shape = *infer_shape(rule, 0);
  int joined = (int)rule->attrs[0];
  for (int i = 1; i < rule->input_count; i++) {
    const Shape *next = infer_shape(rule, i);
    assert(rule->inputs[i]->dtype == rule->inputs[0]->dtype);
    if (next->rank != result->shape.rank)
      return infer_misfit(rule, "one has %d axes, another %d", result->shape.rank, next->rank);
    for (int axis = 0; axis < next->rank; axis++) {
      if (axis == joined) continue;
      if (next->dim[axis] != result->shape.dim[axis]) {
        return infer_misfit(rule, "%lld and %lld differ on axis %d",
                            (long long)result->shape.dim[axis], (long long)next->dim[axis], axis);
      }
    }
    if (!size_add(result->shape.dim[joined], next->dim[joined], &result->shape.dim[joined])) {
      return infer_fail(rule, "axis %d of the result of `concat` would be too long", joined);
    }
  }
  return keep_dtype(rule, result);
}

bool infer_pad(const Infer *rule, Type *result) {
  result->shape = *infer_shape(rule, 0);
  assert(rule->attr_count == 2 * result->shape.rank + 1);
  for (int axis = 0; axis < result->shape.rank; axis++) {
    int64_t *size = &result->shape.dim[axis];
    bool fits = size_add(*size, rule->attrs[2 * axis], size) &&
                size_add(*size, rule->attrs[2 * axis + 1], size);
    if (!fits) return infer_fail(rule, "axis %d of the result of `pad` would be too long", axis);
  }
  return keep_dtype(rule, result);
}

/* ---- triangles and diagonals ---- */

static bool need_matrix(const Infer *rule) {
  if (infer_shape(rule, 0)->rank >= 2) return true;
  ShapeText text;
  return infer_fail(rule, "a matrix is needed, not the shape %s",
                    shape_show(infer_shape(rule, 0), text));
}

bool infer_resample(const Infer *rule, Type *result) {
  assert(dtype_floats(rule->inputs[0]->dtype));
  result->shape = *infer_shape(rule, 0);
  assert(result->shape.dim[rule->attrs[0]] > 0 && rule->attrs[1] > 0);
  result->shape.dim[rule->attrs[0]] = rule->attrs[1];
  return keep_dtype(rule, result);
}

bool infer_triangle(const Infer *rule, Type *result) {
  result->shape = *infer_shape(rule, 0);
  return need_matrix(rule) && keep_dtype(rule, result);
}

bool infer_diag_matrix(const Infer *rule, Type *result) {
  const Shape *x = infer_shape(rule, 0);
  assert(x->rank >= 1);
  if (x->rank == RANK_MOST) return too_many_axes(rule, x->rank + 1);
  int64_t k = rule->attrs[0], size;
  if (!size_add(x->dim[x->rank - 1], k < 0 ? -k : k, &size))
    return infer_fail(rule, "diagonal %lld is too far from the middle", (long long)k);
  result->shape = *x;
  result->shape.dim[x->rank - 1] = size;
  result->shape.dim[x->rank] = size;
  result->shape.rank = x->rank + 1;
  return keep_dtype(rule, result);
}

bool infer_diag_part(const Infer *rule, Type *result) {
  if (!need_matrix(rule)) return false;
  const Shape *x = infer_shape(rule, 0);
  int64_t rows = x->dim[x->rank - 2], columns = x->dim[x->rank - 1], k = rule->attrs[0];
  if (k < 0) rows += k;
  else columns -= k;
  int64_t length = rows < columns ? rows : columns;
  result->shape = *x;
  result->shape.rank = x->rank - 1;
  result->shape.dim[x->rank - 1] = 0;
  result->shape.dim[x->rank - 2] = length < 0 ? 0 : length;
  return keep_dtype(rule, result);
}
