/* build_attention.c — attention(q, k, v): checks the arguments and reports errors in the script's
 * terms.
 *
 * Scores that are only masked never exist as a whole (ATTENTION).  A bias may be learned, and its
 * gradient is as large as the scores: with one they are written out (attention.h).
 */
#include "runtime/graph/attention.h"
#include "runtime/graph/build.h"

#include <math.h>

extern const Op OP_AND, OP_DIV, OP_EQ, OP_NE, OP_OR, OP_PERMUTE;

Builder build_attention;

enum { Q, K, V, MASK, CAUSAL, BIAS };

typedef struct Asked {
  NodeId q, k, v; /* of one float dtype; q divided by sqrt(D) */
  NodeId mask;    /* bool, of as many axes as the scores; 0: none */
  NodeId bias;    /* likewise, a float */
  Shape scores;   /* [.., H, T, S] */
  int64_t groups; /* matrices of keys that its heads share */
  bool causal;
} Asked;

typedef char ShapeText[200];

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }
static int64_t dim_back(const Shape *shape, int back) {
  return back <= shape->rank ? shape->dim[shape->rank - back] : 1;
}

static bool misfit(Maker *maker, const Shape *q, const Shape *k, const char *why) {
  ShapeText left, right;
  return arg_fail(maker, &(Arg){0}, "attention: q is %s, k %s; %s", shape_show(q, left),
                  shape_show(k, right), why);
}

static bool check_operands(Maker *maker, const Shape *q, const Shape *k, const Shape *v) {
  ShapeText first, second, third;
  shape_show(q, first), shape_show(k, second), shape_show(v, third);
  if (q->rank < 2 || k->rank != q->rank || v->rank != q->rank)
    return arg_fail(maker, &(Arg){0},
                    "attention: q is %s, k %s, v %s; they must be [.., T, D], [.., S, D] and "
                    "[.., S, E]",
                    first, second, third);
  if (dim_back(q, 1) != dim_back(k, 1)) return misfit(maker, q, k, "their last axes must agree");
  for (int axis = 0; axis < k->rank - 1; axis++)
    if (k->dim[axis] != v->dim[axis])
      return arg_fail(maker, &(Arg){0},
                      "attention: k is %s, v %s; all axes but the last must agree", second, third);
  if (dim_back(k, 2) == 0)
    return arg_fail(maker, &(Arg){0}, "attention: k is %s, there are no keys", second);
  for (int axis = 0; axis < q->rank - 3; axis++)
    if (q->dim[axis] != k->dim[axis])
      return misfit(maker, q, k, "the axes before the heads must agree");
  int64_t heads = dim_back(q, 3), groups = dim_back(k, 3);
  if (groups && heads % groups == 0) return true;
  return heads == groups || arg_fail(maker, &(Arg){0},
                                     "attention: the %lld heads of q %s cannot share the %lld of "
                                     "k %s evenly",
                                     (long long)heads, first, (long long)groups, second);
}

/* q divided by `by`; of heads brought to the front, what it was made of: there the division goes
 * with what makes that, and the permutation may be none (plan/turn.c). */
static NodeId divided(Maker *maker, NodeId q, NodeId by) {
  const Node *node = q ? graph_node(maker->graph, q) : NULL;
  if (!node || node->op != OP_PERMUTE) return make2(maker, OP_DIV, q, by);
  int order[RANK_MOST];
  for (int axis = 0; axis < node->type.shape.rank; axis++) order[axis] = (int)node->attrs[axis];
  return make_permute(maker, make2(maker, OP_DIV, node->inputs[0], by), order);
}

static bool read_operands(Maker *maker, const Arg *args, Asked *asked) {
  NodeId nodes[3];
  Dtype dtype = DTYPE_F32;
  for (int i = 0; i < 3; i++) {
    nodes[i] = arg_real(maker, &args[i]);
    if (!nodes[i]) return false;
    if (!make_type(maker, nodes[i])->weak)
      dtype = dtype_promote(dtype, make_type(maker, nodes[i])->dtype);
  }
  Shape q = shape_at(maker, nodes[Q]), k = shape_at(maker, nodes[K]), v = shape_at(maker, nodes[V]);
  if (!check_operands(maker, &q, &k, &v)) return false;
  for (int i = 0; i < 3; i++) nodes[i] = make_cast(maker, nodes[i], dtype);
  NodeId root = make_number(maker, sqrt((double)dim_back(&q, 1)));
  asked->q = divided(maker, nodes[Q], root);
  asked->k = nodes[K];
  asked->v = nodes[V];
  asked->scores = q;
  asked->scores.dim[q.rank - 1] = dim_back(&k, 2);
  asked->groups = dim_back(&k, 3);
  return asked->q && asked->k && asked->v;
}

/* A mask or a bias, with as many axes as the scores. */
static bool read_beside(Maker *maker, const Arg *arg, const char *name, const Shape *scores,
                        NodeId *result) {
  *result = 0;
  if (!arg_given(arg)) return true;
  NodeId node = arg_node(maker, arg);
  if (!node) return false;
  Shape given = shape_at(maker, node);
  bool good = given.rank <= scores->rank;
  for (int back = 1; good && back <= given.rank; back++)
    good = dim_back(&given, back) == dim_back(scores, back) || dim_back(&given, back) == 1;
  ShapeText own, wanted;
  if (!good)
    return arg_fail(maker, arg,
                    "attention: the %s is %s, the scores are %s: [.., queries, keys]; it must have "
                    "their shape, or 1, in each axis from the end",
                    name, shape_show(&given, own), shape_show(scores, wanted));
  *result = make_with_rank(maker, node, scores->rank);
  return *result != 0;
}

/* Numbers other than 0 and 1 are no mask. */
static NodeId truths(Maker *maker, NodeId mask) {
  if (!mask || make_type(maker, mask)->dtype == DTYPE_BOOL) return mask;
  NodeId zero = make_number(maker, 0), one = make_number(maker, 1);
  NodeId good = make2(maker, OP_OR, make2(maker, OP_EQ, mask, zero),
                      make2(maker, OP_EQ, mask, one));
  NodeId sure = make_require(maker, mask, good,
                             "attention: a mask is true or 1 where a key is visible, false or 0 "
                             "elsewhere; `bias:` is added to the scores");
  return sure ? make2(maker, OP_EQ, sure, one) : 0;
}

/* With a bias: an infinitely low one hides, and is not added. */
static NodeId written_out(Maker *maker, const Asked *asked) {
  NodeId q = attention_grouped(maker, asked->q, asked->groups);
  NodeId low = make2(maker, OP_NE, asked->bias, make_number(maker, -INFINITY));
  NodeId added = make_where(maker, low, asked->bias, make_number(maker, 0));
  NodeId mask = asked->mask ? make2(maker, OP_AND, low, asked->mask) : low;
  NodeId seen = attention_seen(maker, mask, asked->causal, &asked->scores, asked->groups);
  NodeId scores = q ? make_matmul(maker, q, asked->k, false, true) : 0;
  scores = make_add(maker, scores, attention_spread(maker, added, &asked->scores, asked->groups));
  NodeId weights = attention_weights(maker, scores, seen);
  NodeId y = weights ? make_matmul(maker, weights, asked->v, false, false) : 0;
  Shape values = shape_at(maker, asked->v), shape = asked->scores;
  shape.dim[shape.rank - 1] = dim_back(&values, 1);
  return y ? make_reshape(maker, y, &shape) : 0;
}

int build_attention(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  Asked asked = {.causal = arg_bool(&args[CAUSAL], false)};
  if (!read_operands(maker, args, &asked) ||
      !read_beside(maker, &args[BIAS], "bias", &asked.scores, &asked.bias) ||
      !read_beside(maker, &args[MASK], "mask", &asked.scores, &asked.mask))
    return 0;
  if (asked.mask) asked.mask = truths(maker, asked.mask);
  if (maker->diag->status) return 0;
  if (asked.bias) return build_one(written_out(maker, &asked), results);
  const NodeId inputs[4] = {asked.q, asked.k, asked.v, asked.mask};
  const int64_t attr = asked.causal;
  return build_one(graph_emit(maker->graph, op, inputs, asked.mask ? 4 : 3, &attr, 1, maker->diag),
                   results);
}
