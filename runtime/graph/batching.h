/* batching.h — the computation of one row made that of many: what `vmap` does to a recording.
 *
 * A function was recorded once, on stand-ins for one row of each mapped argument.  batching_run
 * emits it again with an axis of `rows` in front of every node that depends on a stand-in: each op
 * has a rule that says how (batching.c).  What depends on none is left as it is, and shared.
 */
#ifndef GD_RUNTIME_GRAPH_BATCHING_H
#define GD_RUNTIME_GRAPH_BATCHING_H

#include "runtime/graph/graph.h"

/* A mapped argument. */
typedef struct BatchingInput {
  NodeId row; /* stands for one row: batching_stand_in */
  NodeId all; /* [rows, the row's shape...] */
} BatchingInput;

typedef struct BatchingSpec {
  int64_t rows;
  const BatchingInput *inputs;
  int input_count;
  /* nodes from it on were recorded by the function: a DRAW among them differs from row to row */
  NodeId first;
  /* Called at a CUSTOM node: returns the hook of the same gradient for all rows at once. */
  int64_t (*custom)(void *context, int64_t hook);
  void *context;
} BatchingSpec;

/* A node of this type that stands for one row; never the same twice.  0 after filling `diag`. */
NodeId batching_stand_in(Graph *graph, const Type *type, Diag *diag);

/* into[i] is roots[i] for all rows: [rows, its shape...], also where it is the same for all.
 * False after filling `diag`, with the place of the node that cannot have one more axis. */
bool batching_run(Graph *graph, const BatchingSpec *spec, const NodeId *roots, int root_count,
                  NodeId *into, Diag *diag);

/* Does the node depend on one of these?  Linear in the nodes between the first of them and it. */
bool batching_depends(const Graph *graph, NodeId node, const NodeId *on, int count);

#endif
