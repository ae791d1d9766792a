/* gradient_reduce.c — gradients of reductions and of what runs along an axis.
 *
 * Where a reduction has a kink, one subgradient is chosen and documented in its row: equal
 * extremes share the gradient equally, and the norm at 0 has the gradient 0 (FAULTS.md, D7).
 * Formulas use the result y where it is more exact than the argument: softmax, logsumexp.
 */
#include <math.h>

#include "runtime/graph/gradient_live.h"

extern const Op OP_AND, OP_CHAIN, OP_CHAIN_DIV, OP_CUMSUM, OP_DIV, OP_EQ, OP_EXP, OP_GT, OP_MUL,
    OP_PORTION, OP_PROD, OP_RECUR, OP_SUB, OP_WHERE;

GradientRule gradient_sum, gradient_prod, gradient_extreme, gradient_logsumexp, gradient_norm2,
    gradient_cumsum, gradient_recur, gradient_softmax, gradient_log_softmax;

static NodeId number(Reverse *reverse, double value) { return make_number(&reverse->maker, value); }

/* What every reduction's rule begins with. */
typedef struct Reduced {
  NodeId x, y, dy; /* y and dy with the reduced axes kept as size 1 */
  Shape shape;     /* of x */
  uint32_t mask;
} Reduced;

static Reduced look(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  Reduced at = {.x = node.inputs[0], .mask = (uint32_t)node.attrs[0]};
  at.shape = reverse_shape(reverse, at.x);
  at.y = reverse_restore_axes(&reverse->maker, id, &at.shape, at.mask);
  at.dy = reverse_restore_axes(&reverse->maker, dy, &at.shape, at.mask);
  return at;
}

void gradient_sum(Reverse *reverse, NodeId id, NodeId dy) {
  Reduced at = look(reverse, id, dy);
  reverse_accumulate(reverse, at.x, make_expand(&reverse->maker, at.dy, &at.shape));
}

/* The product of all but x, along the axes of a mask.  Dividing the product by x fails where x is
 * 0, so zeros are counted and left out: with P the product of what is not 0, it is P / x with no
 * zero, P at the only one, else 0.  P has more factors than any result, and may leave the range of
 * f32 where they do not: it is made in f64, and a factor 0 wins over it. */
static NodeId product_less(Reverse *reverse, NodeId x, uint32_t mask) {
  Maker *maker = &reverse->maker;
  NodeId zero = number(reverse, 0), one = number(reverse, 1);
  NodeId none = make2(maker, OP_EQ, x, zero);
  NodeId safe = make3(maker, OP_WHERE, none, one, x);
  const int64_t attrs[2] = {mask, true};
  NodeId product = graph_emit(maker->graph, OP_PROD, &safe, 1, attrs, 2, maker->diag);
  NodeId zeros = make_sum(maker, none, mask, true), unit = make_cast(maker, one, DTYPE_F64);
  NodeId at_value = make2(
      maker, OP_DIV, make3(maker, OP_WHERE, make2(maker, OP_EQ, zeros, zero), unit, zero), safe);
  NodeId at_zero = make3(maker, OP_WHERE, make2(maker, OP_EQ, zeros, one), unit, zero);
  return make2(maker, OP_CHAIN, make3(maker, OP_WHERE, none, at_zero, at_value), product);
}

/* The same, to be differentiated: at zeros the value says nothing of the derivatives.  Along an
 * axis it is the product of all before and all after, and along several that times the same of the
 * products along the first. */
static NodeId product_less_again(Reverse *reverse, NodeId x, uint32_t mask) {
  Maker *maker = &reverse->maker;
  NodeId less = make_cast(maker, number(reverse, 1), DTYPE_F64);
  for (int axis = 0; axis < RANK_MOST && x; axis++) {
    if (!(mask >> axis & 1)) continue;
    int64_t n = make_type(maker, x)->shape.dim[axis];
    if (n == 0) return x;
    NodeId before = make_running_products(maker, make_moved(maker, x, axis, 1, 1), axis),
           turned = make_run(maker, x, axis, n - 1, n, -1),
           after = make_running_products(maker, make_moved(maker, turned, axis, 1, 1), axis);
    after = make_run(maker, after, axis, n - 1, n, -1);
    less = make2(maker, OP_PORTION, less, make2(maker, OP_PORTION, before, after));
    const int64_t attrs[2] = {1 << axis, true};
    x = graph_emit(maker->graph, OP_PROD, &x, 1, attrs, 2, maker->diag);
  }
  return less;
}

void gradient_prod(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  Reduced at = look(reverse, id, dy);
  NodeId x = make_cast(maker, at.x, DTYPE_F64);
  NodeId less = reverse->again ? product_less_again(reverse, x, at.mask)
                               : product_less(reverse, x, at.mask);
  less = make_cast(maker, less, make_type(maker, at.x)->dtype);
  reverse_accumulate(reverse, at.x, live_chain(reverse, OP_CHAIN, at.dy, less));
}

void gradient_extreme(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  Reduced at = look(reverse, id, dy);
  NodeId best = make2(maker, OP_EQ, at.x, at.y);
  NodeId ties = make_cast(maker, make_sum(maker, best, at.mask, true),
                          reverse_node(reverse, id).type.dtype);
  NodeId share = make3(maker, OP_WHERE, best, live_chain(reverse, OP_CHAIN_DIV, at.dy, ties),
                       number(reverse, 0));
  if (reverse->again) { /* of several that tie none can move alone */
    NodeId tied = make2(maker, OP_AND, best, make2(maker, OP_GT, ties, number(reverse, 1)));
    share = live_kink(
        reverse, share,
        make3(maker, OP_WHERE, tied, make2(maker, OP_SUB, at.x, at.y), number(reverse, 1)), at.dy);
  }
  reverse_accumulate(reverse, at.x, share);
}

/* softmax(x) = exp(x - y); where y is -inf it is left out, so that a row of -inf has the gradient
 * 0.  Where y is inf, what is finite has 0, and the share of an inf is undefined: NaN. */
void gradient_logsumexp(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  Reduced at = look(reverse, id, dy);
  NodeId finite = make3(maker, OP_WHERE, make2(maker, OP_EQ, at.y, number(reverse, -INFINITY)),
                        number(reverse, 0), at.y);
  NodeId weights = make1(maker, OP_EXP, make2(maker, OP_SUB, at.x, finite));
  reverse_accumulate(reverse, at.x, live_chain(reverse, OP_CHAIN, at.dy, weights));
}

void gradient_norm2(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  Reduced at = look(reverse, id, dy);
  NodeId safe = make3(maker, OP_WHERE, make2(maker, OP_EQ, at.y, number(reverse, 0)),
                      number(reverse, 1), at.y);
  NodeId share = live_chain(reverse, OP_CHAIN, at.dy, make2(maker, OP_DIV, at.x, safe));
  reverse_accumulate(reverse, at.x,
                     reverse->again ? live_kink(reverse, share, at.y, at.dy) : share);
}

/* ---- along an axis ---- */

void gradient_cumsum(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  const int64_t attrs[2] = {node.attrs[0], !node.attrs[1]};
  reverse_accumulate(
      reverse, node.inputs[0],
      graph_emit(reverse->maker.graph, OP_CUMSUM, &dy, 1, attrs, 2, reverse->maker.diag));
}

/* What reaches y[i] goes on to y[i - 1], times a[i]: the same, from the other end. */
void gradient_recur(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  const Node node = reverse_node(reverse, id);
  int axis = (int)node.attrs[0], on = node.attrs[1] ? -1 : 1; /* to the next in its direction */
  const int64_t attrs[3] = {axis, !node.attrs[1], true};
  NodeId inputs[2] = {make_moved(maker, node.inputs[0], axis, -on, 0), dy};
  NodeId reached = inputs[0] ? graph_emit(maker->graph, OP_RECUR, inputs, 2, attrs, 3, maker->diag)
                             : 0;
  if (!reached) return;
  reverse_accumulate(reverse, node.inputs[1], reached);
  reverse_accumulate(reverse, node.inputs[0],
                     live_chain(reverse, OP_CHAIN, reached, make_moved(maker, id, axis, on, 0)));
}

/* What has no weight counts nothing, even if its share is infinite: that of log(y) in y log(y) is
 * where y is 0. */
void gradient_softmax(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  const Node node = reverse_node(reverse, id);
  NodeId mean = make_sum(maker, make2(maker, OP_CHAIN, id, dy), 1u << node.attrs[0], true);
  reverse_accumulate(reverse, node.inputs[0],
                     make2(maker, OP_CHAIN, id, make2(maker, OP_SUB, dy, mean)));
}

void gradient_log_softmax(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  const Node node = reverse_node(reverse, id);
  NodeId total = make_sum(maker, dy, 1u << node.attrs[0], true);
  reverse_accumulate(
      reverse, node.inputs[0],
      make2(maker, OP_SUB, dy, make2(maker, OP_MUL, make1(maker, OP_EXP, id), total)));
}
