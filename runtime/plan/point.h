/* point.h — inside this room: where a pointer of a plan points. */
#ifndef GD_RUNTIME_PLAN_POINT_H
#define GD_RUNTIME_PLAN_POINT_H

#include "runtime/plan/internal.h"

/* Makes the pointer at `slot` point to the place (of a node's value, which may be an alias), now or
 * when the plan runs. */
void point_place(Plan *plan, void *slot, Storage place, size_t extra);
void point_node(Plan *plan, void *slot, NodeId id);

#endif
