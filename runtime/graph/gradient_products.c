/* gradient_products.c — the gradient of a matrix that stands in several products, by one product.
 *
 * The weight of a recurrence is read at each step: y_t = h_t W.  Its gradient is the sum of the
 * products h_t' D_t, which is one product of the h_t below each other, transposed, with the D_t
 * below each other.  T products of few rows write and read a matrix of W's size T times; the one
 * writes it once, and copies the rows.  So where a matrix stands in two products or more, a rule
 * only notes its share (`gradient_products_give`), and when the matrix is visited, after all its
 * users, those that contract over the same axis are joined (`gradient_products_settle`).
 *
 *   y = op(a) op(b)   share of a: D op(b)', contracted over the columns of D
 *                     share of b: op(a)' D, contracted over the rows of D
 *
 * It pays while the copied rows are small against the matrices that are not written: rows (m + n)
 * elements against m n, at most COPIES times as many.  Else each share is its own product, as it is
 * where a matrix stands in one.  Stacks of matrices are left alone.
 *
 * The other operand of such products, h_t, has the share D_t W': a kernel transposes W each time.
 * Where W is in many products it is transposed once, as a separate node.
 *
 * The terms of a joined product are added in the order of giving, from the last step to the first;
 * the graph alone decides the bits.
 */
#include "runtime/graph/gradient_products.h"

#include <string.h>

extern const Op OP_CONCAT, OP_MATMUL, OP_PERMUTE;

#if defined(GD_HARSH)
enum { JOINED_MOST = 3 };
#else
enum { JOINED_MOST = 1 << 14 }; /* inputs of a node made here */
#endif
enum {
  COPIES = 4,
  TURNED_LEAST = 8, /* products for which it pays to turn a matrix */
};

/* ---- giving ---- */

static bool is_plain(const Graph *graph, const Node *node) {
  return node->op == OP_MATMUL && graph->nodes[node->inputs[0]].type.shape.rank == 2 &&
         graph->nodes[node->inputs[1]].type.shape.rank == 2;
}

/* By id - first: in how many products each node stands that lie above it; two are enough to know.
 */
static void count_products(Reverse *reverse) {
  const Graph *graph = reverse->maker.graph;
  reverse->products_of =
      mem_zero(((size_t)(reverse->last - reverse->first) + 1) * sizeof *reverse->products_of);
  for (NodeId id = reverse->first; id <= reverse->last; id++) {
    const Node *node = &graph->nodes[id];
    if (!is_plain(graph, node) || !reverse->matters[id - reverse->first]) continue;
    for (int side = 0; side < 2; side++)
      if (reverse_wants(reverse, node->inputs[side]))
        reverse->products_of[node->inputs[side] - reverse->first].count++;
  }
}

/* D b' of a b that stands in many products: b is turned once, for all of them. */
static NodeId by_turned(Reverse *reverse, NodeId dy, NodeId b) {
  Graph *graph = reverse->maker.graph;
  const int64_t order[2] = {1, 0}, straight[2] = {0, 0};
  NodeId inputs[2] = {dy, graph_emit(graph, OP_PERMUTE, &b, 1, order, 2, reverse->maker.diag)};
  return inputs[1] ? graph_emit(graph, OP_MATMUL, inputs, 2, straight, 2, reverse->maker.diag) : 0;
}

static bool is_turned(const Reverse *reverse, const Node *node, int side, NodeId dy) {
  NodeId b = node->inputs[1];
  return side == 0 && !node->attrs[0] && !node->attrs[1] && b >= reverse->first &&
         reverse->products_of[b - reverse->first].count >= TURNED_LEAST &&
         is_plain(reverse->maker.graph, node) &&
         reverse->maker.graph->nodes[dy].type.dtype == node->type.dtype;
}

/* A share by itself. */
static NodeId share_of(Reverse *reverse, const Node *node, int side, NodeId dy) {
  Maker *maker = &reverse->maker;
  NodeId other = node->inputs[1 - side];
  bool ta = node->attrs[0] != 0, tb = node->attrs[1] != 0;
  if (side == 0)
    return ta ? make_matmul(maker, other, dy, tb, true) : make_matmul(maker, dy, other, false, !tb);
  return tb ? make_matmul(maker, dy, other, true, ta) : make_matmul(maker, other, dy, !ta, false);
}

void gradient_products_give(Reverse *reverse, NodeId by, int side, NodeId dy) {
  const Node node = reverse_node(reverse, by);
  NodeId x = node.inputs[side];
  if (!dy || !reverse_wants(reverse, x)) return;
  if (!reverse->products_of) count_products(reverse);
  ProductsOf *of = &reverse->products_of[x - reverse->first];
  if (of->count < 2 || !is_plain(reverse->maker.graph, &node)) {
    reverse_accumulate(reverse, x,
                       is_turned(reverse, &node, side, dy) ? by_turned(reverse, dy, node.inputs[1])
                                                           : share_of(reverse, &node, side, dy));
    return;
  }
  if (reverse->product_count == reverse->product_capacity) {
    reverse->product_capacity = reverse->product_capacity ? 2 * reverse->product_capacity : 16;
    reverse->products = mem_grow(reverse->products,
                                 (size_t)reverse->product_capacity * sizeof(ProductShare));
  }
  reverse->products[reverse->product_count++] = (ProductShare){by, side, dy, of->last};
  of->last = reverse->product_count;
}

/* ---- joining ---- */

/* Shares of one matrix that contract alike. */
typedef struct Joint {
  Reverse *reverse;
  NodeId x;
  ProductShare *items; /* in the order of giving */
  int count;
} Joint;

static Node node_of(const Joint *joint, int i) {
  return reverse_node(joint->reverse, joint->items[i].by);
}

static bool alike(const Joint *joint, int i, int j) {
  const Node one = node_of(joint, i), other = node_of(joint, j);
  return joint->items[i].side == joint->items[j].side && one.attrs[0] == other.attrs[0] &&
         one.attrs[1] == other.attrs[1];
}

/* The axis of dy that is contracted, and that of the other operand. */
static int axis_of_dy(const ProductShare *share) { return share->side == 0 ? 1 : 0; }
static int axis_of_other(const Node *node, int side) {
  if (side == 0) return node->attrs[1] ? 0 : 1;
  return node->attrs[0] ? 1 : 0;
}

/* Are the rows that would be copied few against the matrices that would be written? */
static bool pays(const Joint *joint) {
  const Shape x = reverse_shape(joint->reverse, joint->x);
  double copied = 0, written = (double)joint->count * (double)x.dim[0] * (double)x.dim[1];
  for (int i = 0; i < joint->count; i++) {
    const Shape dy = reverse_shape(joint->reverse, joint->items[i].dy);
    copied += (double)dy.dim[axis_of_dy(&joint->items[i])] * (double)(x.dim[0] + x.dim[1]);
  }
  return joint->count > 1 && copied <= COPIES * written;
}

static NodeId concat(const Joint *joint, const NodeId *nodes, int64_t axis) {
  return graph_emit(joint->reverse->maker.graph, OP_CONCAT, nodes, joint->count, &axis, 1,
                    joint->reverse->maker.diag);
}

static void give_joined(const Joint *joint) {
  const Node first = node_of(joint, 0);
  int side = joint->items[0].side;
  NodeId *nodes = mem_alloc(2 * (size_t)joint->count * sizeof *nodes), *dys = nodes + joint->count;
  for (int i = 0; i < joint->count; i++) { /* in the order of the products */
    const int from = joint->count - 1 - i;
    nodes[i] = node_of(joint, from).inputs[1 - side];
    dys[i] = joint->items[from].dy;
  }
  Node whole = first;
  NodeId inputs[2] = {0}, dy;
  whole.inputs = inputs;
  inputs[1 - side] = concat(joint, nodes, axis_of_other(&first, side));
  dy = concat(joint, dys, axis_of_dy(&joint->items[0]));
  mem_free(nodes);
  if (!inputs[1 - side] || !dy) return;
  reverse_accumulate(joint->reverse, joint->x, share_of(joint->reverse, &whole, side, dy));
}

static void give(const Joint *all) {
  Graph *graph = all->reverse->maker.graph;
  for (int from = 0; from < all->count; from += JOINED_MOST) {
    Joint joint = *all;
    joint.items += from;
    joint.count = all->count - from < JOINED_MOST ? all->count - from : JOINED_MOST;
    graph->span = node_of(&joint, 0).span;
    if (pays(&joint)) {
      give_joined(&joint);
      continue;
    }
    for (int i = 0; i < joint.count; i++) {
      const Node node = node_of(&joint, i);
      graph->span = node.span;
      reverse_accumulate(joint.reverse, joint.x,
                         share_of(joint.reverse, &node, joint.items[i].side, joint.items[i].dy));
    }
  }
}

void gradient_products_settle(Reverse *reverse, NodeId x) {
  uint32_t last = reverse->products_of ? reverse->products_of[x - reverse->first].last : 0;
  if (!last) return;
  Joint all = {.reverse = reverse, .x = x};
  for (uint32_t i = last; i; i = reverse->products[i - 1].before) all.count++;
  all.items = mem_alloc(2 * (size_t)all.count * sizeof *all.items);
  ProductShare *chosen = all.items + all.count;
  int left = all.count;
  for (uint32_t i = last; i; i = reverse->products[i - 1].before)
    all.items[--left] = reverse->products[i - 1];
  /* one way of contracting after the other: there are at most eight */
  for (left = all.count; left > 0 && !reverse->maker.diag->status;) {
    Joint kind = {.reverse = reverse, .x = x, .items = chosen};
    all.count = left;
    left = 0;
    for (int i = 0; i < all.count; i++)
      if (alike(&all, 0, i)) chosen[kind.count++] = all.items[i];
    for (int i = 1; i < all.count; i++)
      if (!alike(&all, 0, i)) chosen[kind.count + left++] = all.items[i];
    give(&kind);
    memcpy(all.items, chosen + kind.count, (size_t)left * sizeof *chosen);
  }
  mem_free(all.items);
}
