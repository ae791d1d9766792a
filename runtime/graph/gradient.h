/* gradient.h — derivatives as more nodes: the reverse pass over a graph. */
#ifndef GD_RUNTIME_GRAPH_GRADIENT_H
#define GD_RUNTIME_GRAPH_GRADIENT_H

#include "runtime/graph/graph.h"

/* Emits the gradients of the scalar `y` (or of sum(y * seed) when seed != 0) with respect to each
 * of `wrt` into `into`; 0 where y does not depend on it.  The new nodes carry the spans of the
 * nodes they differentiate, so that a NaN in a gradient is reported at its source line. */
bool gradient(Graph *graph, NodeId y, NodeId seed, const NodeId *wrt, int wrt_count, NodeId *into,
              Diag *diag);

#endif
