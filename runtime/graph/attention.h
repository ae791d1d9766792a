/* attention.h — attention written out in matrices of scores, where no kernel is for it: with a bias
 * that is learned, and for derivatives of derivatives.
 *
 * Heads that share keys are more rows of one matrix of queries: [.., H, T, n] is seen as
 * [.., G, H / G * T, n], which moves nothing.  Everything here is in that shape.
 */
#ifndef GD_RUNTIME_GRAPH_ATTENTION_H
#define GD_RUNTIME_GRAPH_ATTENTION_H

#include "runtime/graph/simplify.h"

/* [.., H, T, n] as [.., groups, H / groups * T, n] */
NodeId attention_grouped(Maker *maker, NodeId a, int64_t groups);
/* Something of as many axes as the scores [.., H, T, S], repeated to their shape and grouped. */
NodeId attention_spread(Maker *maker, NodeId a, const Shape *scores, int64_t groups);
/* Which keys each query sees, of a mask (0: none) and of places; 0 where all are seen. */
NodeId attention_seen(Maker *maker, NodeId mask, bool causal, const Shape *scores, int64_t groups);
/* softmax along the visible keys (0: all), 0 elsewhere; all 0 for a query that sees none. */
NodeId attention_weights(Maker *maker, NodeId scores, NodeId seen);

#endif
