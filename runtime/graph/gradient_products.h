/* gradient_products.h — inside this room: a matrix that stands in several products, as the weight
 * of a recurrence does, gets its shares as one product. */
#ifndef GD_RUNTIME_GRAPH_GRADIENT_PRODUCTS_H
#define GD_RUNTIME_GRAPH_GRADIENT_PRODUCTS_H

#include "runtime/graph/reverse.h"

/* Adds the share of input `side` (0 or 1) of a MATMUL whose gradient is dy, now or when that input
 * is visited. */
void gradient_products_give(Reverse *reverse, NodeId by, int side, NodeId dy);
/* Called when x is visited: adds the shares recorded for it. */
void gradient_products_settle(Reverse *reverse, NodeId x);

#endif
