/* pooled.h — the greatest of windows over a relu over a convolution's bias, which can be taken
 * first.
 *
 * Adding one number to all of a window and a relu keep the order of its values, rounding included,
 * so max(relu(c + b)) is relu(max(c) + b), bit for bit, with a quarter of the sums where windows
 * are 2 x 2, and with nothing kept for the gradient but c.  (Only c and b that are infinities of
 * both signs give something else; and where rounding c + b makes equals of different c, the
 * gradient goes to the greatest c, not to the first of the equals.)  The plan computes it so, and
 * the gradient, which is made before any plan, looks for the greatest in c: both ask here.
 */
#ifndef GD_RUNTIME_GRAPH_POOLED_H
#define GD_RUNTIME_GRAPH_POOLED_H

#include "runtime/graph/graph.h"

typedef struct Pooled {
  NodeId relu, sum, conv, bias; /* the bias: one number for each channel, or one */
} Pooled;

/* `uses[id]`: how often nodes, or whoever else, read it.  false: `pool` is something else, or what
 * stands below it is read by others too. */
bool pooled_find(const Graph *graph, NodeId pool, const uint32_t *uses, Pooled *pooled);

#endif
