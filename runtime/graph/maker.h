/* maker.h — shorthand with which builders, gradient rules and the tracer write nodes: constants,
 * casts, moves, sums.
 *
 * Poison in, poison out: what is made of node 0 is node 0.  An error fills `diag`; the first error
 * wins.
 */
#ifndef GD_RUNTIME_GRAPH_MAKER_H
#define GD_RUNTIME_GRAPH_MAKER_H

#include "runtime/graph/graph.h"

typedef struct Maker {
  Graph *graph;
  Diag *diag; /* the first error wins */
} Maker;

/* is it a constant, or one repeated?  Then its value. */
bool maker_constant(const Maker *maker, NodeId id, double *value);

NodeId make_number(Maker *maker, double value);
NodeId make_cast(Maker *maker, NodeId a, Dtype dtype);
NodeId make_expand(Maker *maker, NodeId a, const Shape *shape);
NodeId make_reshape(Maker *maker, NodeId a, const Shape *shape);
/* With axes of size 1 before its own, so that it meets what has more; a number stays one. */
NodeId make_with_rank(Maker *maker, NodeId a, int rank);
NodeId make_permute(Maker *maker, NodeId a, const int *order);
NodeId make_transpose(Maker *maker, NodeId a); /* swaps the last two axes */
/* axes: a bit mask; all: ~0u */
NodeId make_sum(Maker *maker, NodeId a, uint32_t axes, bool keep);
NodeId make_index(Maker *maker, NodeId a, int64_t lo,
                  int64_t hi); /* an index or labels as i32, floats of whole values too: a value not
                                  in lo … hi - 1 is a fault; INT32_MIN, INT32_MAX + 1: any */
NodeId make_slice(Maker *maker, NodeId a, const int64_t *start_count_step); /* three a axis */
/* a[.., start : start + count, ..] along one axis; with step -1 backwards */
NodeId make_run(Maker *maker, NodeId a, int axis, int64_t start, int64_t count, int64_t step);
/* One after the other along an axis they have; of one dtype.  Reuses `nodes`. */
NodeId make_concat(Maker *maker, NodeId *nodes, int count, int axis);
NodeId make_iota(Maker *maker, int64_t count, Dtype dtype); /* 0, 1 … count - 1 */
/* The slices of a along an axis that an i32 index names; the element at each place of one. */
NodeId make_gather(Maker *maker, NodeId a, NodeId index, int axis);
NodeId make_pick(Maker *maker, NodeId a, NodeId index, int axis);
NodeId make_zeros(Maker *maker, const Type *type);
NodeId make_named(Maker *maker, NodeId a);           /* a node of its own with the value of a */
NodeId make_after(Maker *maker, NodeId a, NodeId b); /* the value of a, once b is known */
NodeId make_custom(Maker *maker, const NodeId *inputs, int count, int64_t hook);
static inline const Type *make_type(const Maker *maker, NodeId a) {
  return &maker->graph->nodes[a].type;
}

#endif
