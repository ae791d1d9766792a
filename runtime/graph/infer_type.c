/* infer_type.c — what type a node has: elementwise rows, leaves, and the way to the other rules.
 *
 * An elementwise node has inputs of one dtype already (maker.c promotes); what is left to
 * decide is the dtype of the result, by the row's class, and the shape, by broadcasting (infer.c).
 *
 * Rules for moving elements stand in infer_move.c, for reductions and linear algebra in
 * infer_reduce.c, for convolutions in infer_conv.c.
 */
#include "runtime/graph/infer_type.h"
#include "runtime/graph/infer.h"
#include "runtime/opcodes.h"

#include <assert.h>

#define MAP(...)
#define OP(ID, signature, kinds, infer, ...) InferRule infer_##infer;
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM

/* ---- elementwise ---- */

/* The common case without the rest: operands of one shape, and numbers beside them.  Borrows; NULL
 * where it is not so. */
static const Shape *shared_shape(const Infer *rule) {
  const Shape *shape = infer_shape(rule, 0);
  for (int i = 1; i < rule->input_count; i++) {
    const Shape *other = infer_shape(rule, i);
    if (other->rank == 0) continue;
    if (shape->rank == 0) shape = other;
    else if (!shape_equal(shape, other)) return NULL;
  }
  return shape;
}

static void check_dtypes(const Infer *rule, OpClass class) {
  int first = class == CLASS_SELECT ? 1 : 0;
  Dtype dtype = rule->inputs[first]->dtype;
  for (int i = first; i < rule->input_count; i++)
    assert(rule->inputs[i]->dtype == dtype && "a maker promotes first");
  assert(class != CLASS_REAL || dtype_floats(dtype));
  assert(class != CLASS_ARITH || dtype >= DTYPE_I32);
  assert(class != CLASS_LOGIC || dtype == DTYPE_BOOL);
  assert(class != CLASS_SELECT || rule->inputs[0]->dtype == DTYPE_BOOL);
  (void)dtype;
}

static bool infer_map(const Infer *rule, Type *result) {
  OpClass class = op_class(rule->op);
  check_dtypes(rule, class);
  bool weak = true;
  for (int i = rule->op == OP_REQUIRE; i < rule->input_count; i++)
    weak = weak && rule->inputs[i]->weak;
  bool truth = class == CLASS_COMPARE || class == CLASS_LOGIC;
  result->dtype = truth ? DTYPE_BOOL : rule->inputs[rule->input_count - 1]->dtype;
  result->weak = weak && !truth;
  const Shape *shared = shared_shape(rule);
  if (!shared) return infer_broadcast(rule, &result->shape);
  shape_fill(&result->shape, shared);
  return true;
}

/* ---- leaves and types ---- */

/* INPUT brings its own type; it is never inferred. */
bool infer_input(const Infer *rule, Type *result) {
  (void)rule, (void)result;
  assert(rule->op != OP_INPUT && "it comes from graph_input");
  return false;
}

bool infer_const(const Infer *rule, Type *result) {
  result->dtype = (Dtype)rule->attrs[1];
  result->weak = rule->attrs[2] != 0;
  return true;
}

bool infer_cast(const Infer *rule, Type *result) {
  result->dtype = (Dtype)rule->attrs[0];
  shape_fill(&result->shape, infer_shape(rule, 0));
  return true;
}

bool infer_whole(const Infer *rule, Type *result) {
  result->dtype = DTYPE_I32;
  shape_fill(&result->shape, infer_shape(rule, 0));
  return true;
}

bool infer_iota(const Infer *rule, Type *result) {
  result->dtype = (Dtype)rule->attrs[1];
  result->shape = shape_of(1, rule->attrs);
  return true;
}

bool infer_same(const Infer *rule, Type *result) {
  *result = *rule->inputs[0];
  return true;
}

bool infer_custom(const Infer *rule, Type *result) {
  assert(rule->input_count >= 1);
  *result = *rule->inputs[0];
  return true;
}

enum { DRAW_DIMS = 5 }; /* where the sizes begin in DRAW's attributes */

bool infer_draw(const Infer *rule, Type *result) {
  assert(rule->inputs[0]->dtype == DTYPE_I32 && shape_count(infer_shape(rule, 0)) == 4);
  int rank = rule->attr_count - DRAW_DIMS;
  if (rank > RANK_MOST)
    return infer_fail(rule, "a tensor has at most %d axes, not %d", RANK_MOST, rank);
  result->dtype = (Dtype)rule->attrs[1];
  result->shape = shape_of(rank, rule->attrs + DRAW_DIMS);
  return true;
}

/* ---- the way in ---- */

bool infer_type(const Graph *graph, Op op, const Type *const *inputs, int input_count,
                const int64_t *attrs, int attr_count, Type *result, Diag *diag) {
  Infer rule = {graph, op, inputs, input_count, attrs, attr_count, diag};
  *result = (Type){0};
  bool good = false;
  switch (op) {
#define MAP(ID, ...)                 \
  case OP_##ID:                      \
    good = infer_map(&rule, result); \
    break;
#define OP(ID, signature, kinds, infer, ...) \
  case OP_##ID:                              \
    good = infer_##infer(&rule, result);     \
    break;
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
    case OP_NONE:
    case OP_COUNT: break;
  }
  return good && shape_check(&result->shape, result->dtype, graph->span, diag);
}
