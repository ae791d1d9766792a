/* verify.h — is a graph legal? */
#ifndef GD_RUNTIME_GRAPH_VERIFY_H
#define GD_RUNTIME_GRAPH_VERIFY_H

#include "runtime/graph/graph.h"

/* Is the graph legal: inputs before users, types as inferred, attrs of the right count?  For tests
 * and the harsh build. */
bool graph_verify(const Graph *graph, Diag *diag);

#endif
