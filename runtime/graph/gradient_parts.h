/* gradient_parts.h — inside this room: shares that belong to a part of a node.
 */
#ifndef GD_RUNTIME_GRAPH_GRADIENT_PARTS_H
#define GD_RUNTIME_GRAPH_GRADIENT_PARTS_H

#include "runtime/graph/reverse.h"

/* Like reverse_give, for dy of `by`, which took a part of its first input: what is made of all such
 * shares is small (gradient_parts.c). */
void gradient_parts_give(Reverse *reverse, NodeId by, NodeId dy);
/* Adds what was so given to a node's gradient, when all its users have had their turn. */
void gradient_parts_settle(Reverse *reverse, NodeId id);

#endif
