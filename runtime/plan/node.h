/* node.h — inside this room: what can be said of one node alone. */
#ifndef GD_RUNTIME_PLAN_NODE_H
#define GD_RUNTIME_PLAN_NODE_H

#include "runtime/plan/internal.h"

/* Is it its first input, said with something for gradients, which a plan leaves away? */
bool node_remark(const Node *node);
bool node_expands(const Node *node);
bool item_can_fault(const Plan *plan, const Item *item);
bool node_requires(const Node *node); /* REQUIRE: may fail whatever its dtype */
/* Does this node only name memory of its first input, from *first elements on? */
bool node_alias(const Graph *graph, const Node *node, int64_t *first);
/* Of a slice or a permutation that is none: how its elements, in order, lie in its first input's
 * memory, from *first on. */
bool node_part(const Graph *graph, const Node *node, Pattern *pattern, int64_t *first);
/* What the machine does for a fusable node.  x ^ 2 is x * x (approx.h says the same of single
 * powers). */
MapWork node_copy_work(Dtype dtype); /* the same element again */
MapWork node_work(const Graph *graph, const Node *node);
void node_write_constant(const Node *node, void *to); /* the value of a CONST */
static inline int64_t node_count(const Node *node) { return shape_count(&node->type.shape); }
static inline size_t node_element(const Plan *plan, NodeId id) {
  return dtype_bytes(graph_node(&plan->graph, id)->type.dtype);
}
static inline size_t node_bytes(const Node *node) {
  return (size_t)node_count(node) * dtype_bytes(node->type.dtype);
}

#endif
