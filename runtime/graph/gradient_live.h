/* gradient_live.h — inside this room: what may be differentiated twice.
 */
#ifndef GD_RUNTIME_GRAPH_GRADIENT_LIVE_H
#define GD_RUNTIME_GRAPH_GRADIENT_LIVE_H

#include "runtime/graph/reverse.h"

/* dy * k (CHAIN) or dy / k (CHAIN_DIV), 0 where dy is a zero that counts. */
NodeId live_chain(Reverse *reverse, Op op, NodeId dy, NodeId k);
/* a * b, 0 where either is a zero that counts. */
NodeId live_product(Reverse *reverse, NodeId a, NodeId b);
/* `share`, which has a kink or a jump where d is 0; `dy` is what came from above.  For passes with
 * `again`. */
NodeId live_kink(Reverse *reverse, NodeId share, NodeId d, NodeId dy);
/* Gives the shares of a square, dy * a^2, to what a is the root or the norm of.  False: a is
 * neither. */
bool live_square(Reverse *reverse, NodeId a, NodeId dy);
void live_free(Live *live);

#endif
