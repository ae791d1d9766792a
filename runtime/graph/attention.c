/* attention.c — attention in whole matrices; see attention.h. */
#include "runtime/graph/attention.h"

extern const Op OP_AND, OP_LE, OP_SOFTMAX;

/* The score of a masked key: so far below the others that its weight is 0, but finite, so that a
 * query whose keys are all masked makes no NaN. */
static const double FAR = -1e30;

NodeId attention_grouped(Maker *maker, NodeId a, int64_t groups) {
  if (!a) return 0;
  Shape shape = make_type(maker, a)->shape;
  if (shape.rank < 3 || shape.dim[shape.rank - 3] == groups) return a;
  shape.dim[shape.rank - 2] *= groups ? shape.dim[shape.rank - 3] / groups : 0;
  shape.dim[shape.rank - 3] = groups;
  return make_reshape(maker, a, &shape);
}

NodeId attention_spread(Maker *maker, NodeId a, const Shape *scores, int64_t groups) {
  return attention_grouped(maker, make_expand(maker, a, scores), groups);
}

/* bool [1.., T, S]: key s is seen by query t if s <= t + S - T. */
static NodeId past(Maker *maker, const Shape *scores) {
  int64_t queries = scores->dim[scores->rank - 2], keys = scores->dim[scores->rank - 1];
  Shape row = {.rank = scores->rank}, column = row;
  for (int axis = 0; axis < row.rank; axis++) row.dim[axis] = column.dim[axis] = 1;
  row.dim[row.rank - 1] = keys;
  column.dim[row.rank - 2] = queries;
  NodeId key = make_reshape(maker, make_iota(maker, keys, DTYPE_I32), &row);
  NodeId query = make_reshape(maker, make_iota(maker, queries, DTYPE_I32), &column);
  NodeId ahead = graph_constant(maker->graph, (double)(keys - queries), DTYPE_I32);
  return make2(maker, OP_LE, key, make_add(maker, query, ahead));
}

NodeId attention_seen(Maker *maker, NodeId mask, bool causal, const Shape *scores, int64_t groups) {
  NodeId seen = causal ? past(maker, scores) : mask;
  if (causal && mask) seen = make2(maker, OP_AND, seen, mask);
  return seen ? attention_spread(maker, seen, scores, groups) : 0;
}

NodeId attention_weights(Maker *maker, NodeId scores, NodeId seen) {
  if (seen) scores = make_where(maker, seen, scores, make_number(maker, FAR));
  if (!scores) return 0;
  int64_t axis = make_type(maker, scores)->shape.rank - 1;
  NodeId weights = graph_emit(maker->graph, OP_SOFTMAX, &scores, 1, &axis, 1, maker->diag);
  return seen ? make_where(maker, seen, weights, make_number(maker, 0)) : weights;
}
