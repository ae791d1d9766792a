/* gradient_attention.c — gradients of attention, by a kernel once and written out from then on.
 *
 * With P the weights and D what arrived, A = D v' reaches the weights and G = P (A - sum(P A)) the
 * scores, elementwise and the sum along keys; the shares are dq = G k, dk = G' q, dv = P' D.
 * ATTENTION_SHARES works them out row by row, and never has P or G as a whole.
 *
 * What reaches these shares, call it a, b and c, goes on by the same calculus: B = a k' + q b'
 * reaches G, so Z = P (B - sum(P B)) reaches A, and what reaches P is
 *     B (A - sum(P A)) - A sum(P B) + D c'
 * which becomes Y, what reaches the scores, as A became G.  The shares are then
 *     q: Y k + G b     k: Y' q + G' a     v: Z' D     D: Z v + P c
 * These are ordinary products over the whole of the scores: second derivatives take the memory that
 * the first do not.
 */
#include "runtime/graph/attention.h"
#include "runtime/graph/reverse.h"

extern const Op OP_ADD, OP_ATTENTION_SHARES, OP_MUL, OP_SUB;

GradientRule gradient_attention, gradient_attention_shares;

/* The places of the three shares along the last axis of ATTENTION_SHARES. */
static NodeId part(Reverse *reverse, NodeId all, const Node *node, int which) {
  Maker *maker = &reverse->maker;
  int64_t start = 0, count = 0;
  int axis = reverse_shape(reverse, all).rank - 1;
  int64_t matrices = 1;
  for (int i = 0; i < axis; i++) matrices *= reverse_shape(reverse, all).dim[i];
  for (int i = 0; i <= which; i++) {
    Shape shape = reverse_shape(reverse, node->inputs[i]);
    start += count;
    count = matrices ? shape_count(&shape) / matrices : 0;
  }
  Shape shape = reverse_shape(reverse, node->inputs[which]);
  NodeId run = matrices ? make_run(maker, all, axis, start, count, 1) : 0;
  const Type none = {.dtype = node->type.dtype, .shape = shape};
  return matrices ? make_reshape(maker, run, &shape) : make_zeros(maker, &none);
}

void gradient_attention(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  NodeId inputs[5] = {node.inputs[0], node.inputs[1], node.inputs[2], dy};
  if (node.input_count > 3) inputs[4] = node.inputs[3];
  NodeId all = graph_emit(reverse->maker.graph, OP_ATTENTION_SHARES, inputs, node.input_count + 1,
                          node.attrs, 1, reverse->maker.diag);
  for (int i = 0; i < 3 && all; i++)
    if (reverse_wants(reverse, node.inputs[i]))
      reverse_accumulate(reverse, node.inputs[i], part(reverse, all, &node, i));
}

/* ---- once more ---- */

static NodeId times(Reverse *reverse, NodeId a, NodeId b) {
  return make2(&reverse->maker, OP_MUL, a, b);
}
static NodeId less(Reverse *reverse, NodeId a, NodeId b) {
  return make2(&reverse->maker, OP_SUB, a, b);
}
static NodeId product(Reverse *reverse, NodeId a, NodeId b, bool turn_a, bool turn_b) {
  return a && b ? make_matmul(&reverse->maker, a, b, turn_a, turn_b) : 0;
}
static NodeId plus(Reverse *reverse, NodeId a, NodeId b) { return make_add(&reverse->maker, a, b); }

/* sum(p a) along keys, the axis kept */
static NodeId met(Reverse *reverse, NodeId p, NodeId a) {
  NodeId both = times(reverse, p, a);
  return both ? make_sum(&reverse->maker, both, 1u << (reverse_shape(reverse, both).rank - 1), true)
              : 0;
}
/* what reaches the scores where a reaches the weights p: p (a - sum(p a)) */
static NodeId to_scores(Reverse *reverse, NodeId p, NodeId a) {
  return times(reverse, p, less(reverse, a, met(reverse, p, a)));
}

static void give(Reverse *reverse, NodeId to, NodeId share) {
  if (!share) return;
  Shape shape = reverse_shape(reverse, to);
  reverse_accumulate(reverse, to, make_reshape(&reverse->maker, share, &shape));
}

void gradient_attention_shares(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  const Node node = reverse_node(reverse, id);
  const NodeId to_q = node.inputs[0], k = node.inputs[1], v = node.inputs[2], to_d = node.inputs[3];
  Shape keys = reverse_shape(reverse, k), scores = reverse_shape(reverse, to_q);
  int64_t groups = keys.rank > 2 ? keys.dim[keys.rank - 3] : 1;
  scores.dim[scores.rank - 1] = keys.dim[keys.rank - 2];
  NodeId q = attention_grouped(maker, to_q, groups), d = attention_grouped(maker, to_d, groups);
  NodeId a = attention_grouped(maker, part(reverse, dy, &node, 0), groups),
         b = part(reverse, dy, &node, 1), c = part(reverse, dy, &node, 2);
  NodeId seen = attention_seen(maker, node.input_count > 4 ? node.inputs[4] : 0, node.attrs[0] != 0,
                               &scores, groups);
  NodeId p = attention_weights(maker, product(reverse, q, k, false, true), seen);
  NodeId reached = product(reverse, d, v, false, true); /* A */
  NodeId g = to_scores(reverse, p, reached);
  NodeId back = plus(reverse, product(reverse, a, k, false, true),
                     product(reverse, q, b, false, true)); /* B */
  NodeId z = to_scores(reverse, p, back);
  NodeId of_p = less(reverse,
                     times(reverse, back, less(reverse, reached, met(reverse, p, reached))),
                     times(reverse, reached, met(reverse, p, back)));
  NodeId y = to_scores(reverse, p, plus(reverse, of_p, product(reverse, d, c, false, true)));
  if (reverse_wants(reverse, to_q))
    give(reverse, to_q,
         plus(reverse, product(reverse, y, k, false, false), product(reverse, g, b, false, false)));
  if (reverse_wants(reverse, k))
    give(reverse, k,
         plus(reverse, product(reverse, y, q, true, false), product(reverse, g, a, true, false)));
  if (reverse_wants(reverse, v)) give(reverse, v, product(reverse, z, d, true, false));
  if (reverse_wants(reverse, to_d))
    give(reverse, to_d,
         plus(reverse, product(reverse, z, v, false, false), product(reverse, p, c, false, false)));
}
