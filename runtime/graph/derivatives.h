/* derivatives.h — inside this room: the `grads` column of the elementwise rows.
 */
#ifndef GD_RUNTIME_GRAPH_DERIVATIVES_H
#define GD_RUNTIME_GRAPH_DERIVATIVES_H

#include "runtime/graph/reverse.h"

/* The shares of an elementwise node, from the row's formulas. */
void derivatives_give(Reverse *reverse, NodeId id, NodeId dy);

#endif
