/* recall.h — inside this room: what was built the last time, for a graph that is built again and
 * again (recall.c).
 *
 * Code that builds asks first (`recall_node`, `recall_maker`, `recall_gradient`).  0 or false means
 * that the work has to be done; afterwards `recall_node_done` … records the result.  Calls made in
 * between are part of it and are not recorded separately.
 */
#ifndef GD_RUNTIME_GRAPH_RECALL_H
#define GD_RUNTIME_GRAPH_RECALL_H

#include "runtime/graph/graph.h"

/* Is what comes now compared with last time? */
static inline bool recall_follows(const Graph *graph) {
  return graph->recall.following && !graph->recall.depth;
}

/* from now on, building the same graph again after graph_reset costs next to nothing */
void recall_start(Graph *graph);
void recall_miss(Graph *graph); /* a call differed from that of last time */
/* graph_reset's part: the next building is compared with this one */
void recall_reset(Graph *graph);
void recall_free(Graph *graph);

/* A node that is emitted; `type` of an INPUT, else NULL.  Gives the node it was last time, or 0. */
NodeId recall_node(Graph *graph, Op op, const NodeId *inputs, int input_count, const int64_t *attrs,
                   int attr_count, const Type *type);
NodeId recall_node_done(Graph *graph, NodeId node); /* gives `node`; 0: it could not be */

/* A maker of elementwise nodes. */
NodeId recall_maker(Graph *graph, Op op, const NodeId args[3]);
void recall_begin(Graph *graph);
NodeId recall_maker_done(Graph *graph, Op op, const NodeId args[3], NodeId node);

/* A whole backward pass; begun by recall_begin too. */
bool recall_gradient(Graph *graph, NodeId y, NodeId seed, const NodeId *wrt, int wrt_count,
                     NodeId *into);
bool recall_gradient_done(Graph *graph, NodeId y, NodeId seed, const NodeId *wrt, int wrt_count,
                          const NodeId *into, bool good);

#endif
