/* infer_attention.c — the types of attention and its gradients.
 *
 * The builder (build_attention.c) has already reported a script's mistakes in its own terms; here
 * it is checked that the sizes fit together.
 */
#include "runtime/graph/infer.h"

#include <assert.h>

extern const Op OP_ATTENTION;

InferRule infer_attention, infer_attention_shares;

static int64_t dim_back(const Shape *shape, int back) {
  return back <= shape->rank ? shape->dim[shape->rank - back] : 1;
}

/* Is the mask as wide as the scores, or 1, along each axis? */
static bool mask_fits(const Shape *mask, const Shape *q, int64_t keys) {
  if (mask->rank != q->rank) return false;
  for (int axis = 0; axis < mask->rank; axis++) {
    int64_t wanted = axis == mask->rank - 1 ? keys : q->dim[axis];
    if (mask->dim[axis] != 1 && mask->dim[axis] != wanted) return false;
  }
  return true;
}

static bool sizes_fit(const Infer *rule) {
  const Shape *q = infer_shape(rule, 0), *k = infer_shape(rule, 1), *v = infer_shape(rule, 2);
  int rank = q->rank, fixed = rule->op == OP_ATTENTION ? 3 : 4;
  if (rank < 2 || k->rank != rank || v->rank != rank || dim_back(q, 1) != dim_back(k, 1))
    return false;
  for (int axis = 0; axis < rank - 1; axis++) {
    if (k->dim[axis] != v->dim[axis]) return false;
    if (axis < rank - 3 && q->dim[axis] != k->dim[axis]) return false;
  }
  int64_t heads = dim_back(q, 3), groups = dim_back(k, 3);
  if (groups ? heads % groups != 0 : heads != 0) return false;
  return rule->input_count == fixed || mask_fits(infer_shape(rule, fixed), q, dim_back(k, 2));
}

static bool check(const Infer *rule) {
  int fixed = rule->op == OP_ATTENTION ? 3 : 4;
  assert(rule->input_count == fixed ||
         (rule->input_count == fixed + 1 && rule->inputs[fixed]->dtype == DTYPE_BOOL));
  for (int i = 0; i < fixed; i++)
    assert(dtype_floats(rule->inputs[i]->dtype) &&
           rule->inputs[i]->dtype == rule->inputs[0]->dtype);
  return sizes_fit(rule) || infer_fail(rule, "the sizes in `attention` do not match");
}

bool infer_attention(const Infer *rule, Type *result) {
  if (!check(rule)) return false;
  result->dtype = rule->inputs[0]->dtype;
  result->shape = *infer_shape(rule, 0);
  result->shape.dim[result->shape.rank - 1] = dim_back(infer_shape(rule, 2), 1);
  return true;
}

bool infer_attention_shares(const Infer *rule, Type *result) {
  if (!check(rule)) return false;
  const Shape *q = infer_shape(rule, 0), *k = infer_shape(rule, 1), *v = infer_shape(rule, 2);
  int64_t each = dim_back(k, 3) ? dim_back(q, 3) / dim_back(k, 3) : 0;
  result->dtype = rule->inputs[0]->dtype;
  result->shape.rank = q->rank - 1;
  for (int axis = 0; axis < q->rank - 2; axis++) result->shape.dim[axis] = k->dim[axis];
  /* sums and products that count elements there are */
  result->shape.dim[q->rank - 2] = each * dim_back(q, 2) * dim_back(q, 1) +
                                   dim_back(k, 2) * (dim_back(k, 1) + dim_back(v, 1));
  return true;
}
