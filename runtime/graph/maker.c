/* maker.c — shorthand that builders, gradient rules and the tracer write nodes with: constants,
 * casts, moves, sums.
 *
 * Moves are simplified while they are emitted: a move of a move is one move, and what is the same
 * as its operand is its operand.  Elementwise rows and matrix products are in simplify.c.
 */
#include "runtime/graph/maker.h"
#include "runtime/opcodes.h"

#include <math.h>
#include <string.h>

#ifdef GD_HARSH
enum { JOINED_MOST = 3 };
#else
enum { JOINED_MOST = 1 << 14 };
#endif

static const Node *node_of(const Maker *maker, NodeId id) { return graph_node(maker->graph, id); }

/* ---- constants ---- */

bool maker_constant(const Maker *maker, NodeId id, double *value) {
  const Node *node = node_of(maker, id);
  if (node->op == OP_EXPAND) node = node_of(maker, node->inputs[0]);
  if (node->op != OP_CONST) return false;
  memcpy(value, &node->attrs[0], sizeof *value);
  return true;
}

NodeId make_number(Maker *maker, double value) { return graph_number(maker->graph, value); }

NodeId make_zeros(Maker *maker, const Type *type) {
  return graph_full(maker->graph, 0, type->dtype, &type->shape, maker->diag);
}

NodeId make_named(Maker *maker, NodeId a) {
  int64_t serial = maker->graph->count; /* unique to this node, so that no equal one is found */
  return graph_emit(maker->graph, OP_IDENTITY, &a, 1, &serial, 1, maker->diag);
}

NodeId make_after(Maker *maker, NodeId a, NodeId b) {
  NodeId inputs[2] = {a, b};
  return graph_emit(maker->graph, OP_AFTER, inputs, 2, NULL, 0, maker->diag);
}

NodeId make_custom(Maker *maker, const NodeId *inputs, int count, int64_t hook) {
  return graph_emit(maker->graph, OP_CUSTOM, inputs, count, &hook, 1, maker->diag);
}

/* ---- casts ---- */

/* As kernel_cast does it for each element. */
static NodeId cast_constant(Maker *maker, double value, Dtype dtype) {
  if (dtype == DTYPE_BOOL) return graph_constant(maker->graph, value != 0, dtype);
  if (dtype_holds(dtype, value))
    return graph_constant(maker->graph,
                          dtype_floats(dtype) ? value : trunc(value) + 0.0 /* no negative zero */,
                          dtype);
  if (!maker->diag->status) dtype_refuse(maker->diag, maker->graph->span, dtype, value);
  return 0;
}

NodeId make_cast(Maker *maker, NodeId a, Dtype dtype) {
  if (!a) return 0;
  const Node *node = node_of(maker, a);
  if (node->type.dtype == dtype && !node->type.weak) return a;
  double value;
  if (node->op == OP_CONST && maker_constant(maker, a, &value))
    return cast_constant(maker, value, dtype);
  if (node->op == OP_EXPAND) { /* cast the few, then repeat them */
    Shape shape = node->type.shape;
    return make_expand(maker, make_cast(maker, node->inputs[0], dtype), &shape);
  }
  const int64_t attr = dtype;
  return graph_emit(maker->graph, OP_CAST, &a, 1, &attr, 1, maker->diag);
}

/* ---- moving ---- */

/* A node's own shape, said again, is the node: but never a weak one, which an explicit shape makes
 * a tensor. */
static bool has_shape(const Maker *maker, NodeId a, const Shape *shape) {
  return shape_equal(&make_type(maker, a)->shape, shape);
}

/* Where all elements are one number, said in whatever shape: that number. */
static NodeId scalar_below(const Maker *maker, NodeId a) {
  const Node *node = node_of(maker, a);
  if (node->op != OP_EXPAND && node->op != OP_RESHAPE) return a;
  return make_type(maker, node->inputs[0])->shape.rank == 0 ? node->inputs[0] : a;
}

NodeId make_expand(Maker *maker, NodeId a, const Shape *shape) {
  if (!a) return 0;
  if (has_shape(maker, a, shape)) return a;
  Shape to = *shape; /* the caller's may lie in the nodes, which move */
  if (make_type(maker, a)->weak) a = make_cast(maker, a, maker->graph->real);
  a = scalar_below(maker, a);
  return graph_emit(maker->graph, OP_EXPAND, &a, 1, to.dim, to.rank, maker->diag);
}

NodeId make_reshape(Maker *maker, NodeId a, const Shape *shape) {
  if (!a) return 0;
  if (has_shape(maker, a, shape)) return a;
  Shape to = *shape;
  if (make_type(maker, a)->weak) a = make_cast(maker, a, maker->graph->real);
  if (node_of(maker, a)->op == OP_EXPAND && scalar_below(maker, a) != a)
    return make_expand(maker, scalar_below(maker, a), &to);
  if (node_of(maker, a)->op == OP_RESHAPE) {
    a = node_of(maker, a)->inputs[0];
    if (has_shape(maker, a, &to)) return a;
  }
  return graph_emit(maker->graph, OP_RESHAPE, &a, 1, to.dim, to.rank, maker->diag);
}

NodeId make_with_rank(Maker *maker, NodeId a, int rank) {
  Shape shape = make_type(maker, a)->shape, longer = {.rank = rank};
  if (shape.rank == 0 || shape.rank == rank) return a;
  for (int axis = 0; axis < rank; axis++) {
    int own = axis - (rank - shape.rank);
    longer.dim[axis] = own < 0 ? 1 : shape.dim[own];
  }
  return make_reshape(maker, a, &longer);
}

NodeId make_permute(Maker *maker, NodeId a, const int *order) {
  if (!a) return 0;
  const Node *node = node_of(maker, a);
  int rank = node->type.shape.rank;
  int64_t attrs[RANK_MOST];
  bool same = true;
  for (int axis = 0; axis < rank; axis++) attrs[axis] = order[axis];
  if (node->op == OP_PERMUTE) {
    for (int axis = 0; axis < rank; axis++) attrs[axis] = node->attrs[order[axis]];
    a = node->inputs[0];
  }
  for (int axis = 0; axis < rank; axis++) same = same && attrs[axis] == axis;
  return same ? a : graph_emit(maker->graph, OP_PERMUTE, &a, 1, attrs, rank, maker->diag);
}

NodeId make_transpose(Maker *maker, NodeId a) {
  if (!a) return 0;
  int rank = make_type(maker, a)->shape.rank, order[RANK_MOST];
  if (rank < 2) {
    char shape[200];
    if (maker->diag->status) return 0;
    diag_fail(maker->diag, STATUS_FAILED, maker->graph->span,
              "`'` swaps the last two axes; %s has %s",
              shape_show(&make_type(maker, a)->shape, shape), rank ? "one" : "none");
    diag_help(maker->diag, "`x[:, none]` makes a vector a column, `x[none, :]` a row");
    return 0;
  }
  for (int axis = 0; axis < rank; axis++) order[axis] = axis;
  order[rank - 1] = rank - 2;
  order[rank - 2] = rank - 1;
  return make_permute(maker, a, order);
}

NodeId make_slice(Maker *maker, NodeId a, const int64_t *start_count_step) {
  if (!a) return 0;
  const Shape *shape = &make_type(maker, a)->shape;
  bool whole = true;
  for (int axis = 0; axis < shape->rank; axis++) {
    const int64_t *run = start_count_step + 3 * axis;
    whole = whole && run[0] == 0 && run[1] == shape->dim[axis] && run[2] == 1;
  }
  return whole ? a
               : graph_emit(maker->graph, OP_SLICE, &a, 1, start_count_step, 3 * shape->rank,
                            maker->diag);
}

NodeId make_run(Maker *maker, NodeId a, int axis, int64_t start, int64_t count, int64_t step) {
  if (!a) return 0;
  Shape shape = make_type(maker, a)->shape;
  int64_t runs[3 * RANK_MOST];
  for (int i = 0; i < shape.rank; i++) {
    runs[3 * i] = i == axis ? start : 0;
    runs[3 * i + 1] = i == axis ? count : shape.dim[i];
    runs[3 * i + 2] = i == axis ? step : 1;
  }
  return make_slice(maker, a, runs);
}

/* A node holds so many inputs and no more: what is longer is joined in stretches, and these in
 * their turn. */
NodeId make_concat(Maker *maker, NodeId *nodes, int count, int axis) {
  const int64_t attr = axis;
  while (count > JOINED_MOST) {
    int stretches = 0;
    for (int from = 0; from < count; from += JOINED_MOST) {
      int length = count - from < JOINED_MOST ? count - from : JOINED_MOST;
      NodeId part = length == 1 ? nodes[from]
                                : graph_emit(maker->graph, OP_CONCAT, nodes + from, length, &attr,
                                             1, maker->diag);
      if (!part) return 0;
      nodes[stretches++] = part;
    }
    count = stretches;
  }
  return count == 1 ? nodes[0]
                    : graph_emit(maker->graph, OP_CONCAT, nodes, count, &attr, 1, maker->diag);
}

NodeId make_iota(Maker *maker, int64_t count, Dtype dtype) {
  const int64_t attrs[2] = {count, dtype};
  return graph_emit(maker->graph, OP_IOTA, NULL, 0, attrs, 2, maker->diag);
}

/* ---- by an index ---- */

static NodeId by_index(Maker *maker, Op op, NodeId a, NodeId index, int axis) {
  const NodeId inputs[2] = {a, index};
  const int64_t attr = axis;
  return a && index ? graph_emit(maker->graph, op, inputs, 2, &attr, 1, maker->diag) : 0;
}

NodeId make_gather(Maker *maker, NodeId a, NodeId index, int axis) {
  return by_index(maker, OP_GATHER, a, index, axis);
}

NodeId make_pick(Maker *maker, NodeId a, NodeId index, int axis) {
  return by_index(maker, OP_PICK, a, index, axis);
}

NodeId make_index(Maker *maker, NodeId a, int64_t lo, int64_t hi) {
  if (!a) return 0;
  const Type *type = make_type(maker, a);
  bool any = lo <= INT32_MIN && hi > INT32_MAX;
  if (type->dtype < DTYPE_I32) a = make_cast(maker, a, DTYPE_I32);
  if (!a || (any && !dtype_floats(make_type(maker, a)->dtype))) return a;
  const int64_t attrs[2] = {lo, hi};
  return graph_emit(maker->graph, OP_WHOLE, &a, 1, attrs, 2, maker->diag);
}

/* ---- sums ---- */

NodeId make_sum(Maker *maker, NodeId a, uint32_t axes, bool keep) {
  if (!a) return 0;
  const Type *type = make_type(maker, a);
  uint32_t all = (1u << type->shape.rank) - 1;
  if (type->dtype < DTYPE_I32) a = make_cast(maker, a, DTYPE_I32);
  if (!(axes & all)) return a;
  const int64_t attrs[2] = {axes & all, keep};
  return graph_emit(maker->graph, OP_SUM, &a, 1, attrs, 2, maker->diag);
}
