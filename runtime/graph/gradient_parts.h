/* gradient_parts.h — inside this room: shares that belong to a part of a node.
 */
#ifndef GD_RUNTIME_GRAPH_GRADIENT_PARTS_H
#define GD_RUNTIME_GRAPH_GRADIENT_PARTS_H

#include "runtime/graph/reverse.h"

/* Like reverse_accumulate, for the gradient dy of `by`, which read a part of its first input: such
 * shares are recorded and combined later (gradient_parts.c). */
void gradient_parts_give(Reverse *reverse, NodeId by, NodeId dy);
/* Adds the recorded shares to a node's gradient, after all its users were visited. */
void gradient_parts_settle(Reverse *reverse, NodeId id);

#endif
