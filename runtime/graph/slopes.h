/* slopes.h — what can be said of derivatives before they are taken, or from those that were. */
#ifndef GD_RUNTIME_GRAPH_SLOPES_H
#define GD_RUNTIME_GRAPH_SLOPES_H

#include "runtime/graph/graph.h"

/* Does y depend on x only through operations whose derivative is finite where their value is, so
 * that no zero gradient from above needs to override an infinite derivative? */
bool slopes_finite(const Graph *graph, NodeId x, NodeId y);
/* Was a derivative taken between x and y?  Then a backward pass recognises structural zeros by the
 * values of nodes that are not variables. */
bool slopes_taken(const Graph *graph, NodeId x, NodeId y);
/* Did a backward pass find a kink among the nodes from this one on? */
bool slopes_kinked(const Graph *graph, NodeId from);

#endif
