/* put.h — values put at the places that an index names: of several at one place the last wins. */
#ifndef GD_RUNTIME_GRAPH_PUT_H
#define GD_RUNTIME_GRAPH_PUT_H

#include "runtime/graph/maker.h"

/* An i32 index in range, negative ones counted from the start. */
NodeId make_from_start(Maker *maker, NodeId index, int64_t size);
/* x with out[.., index[.., j, ..], ..] = values[.., j, ..]; index and values have one shape, which
 * is that of x but along the axis. */
NodeId make_put(Maker *maker, NodeId x, NodeId index, NodeId values, int axis);
/* The same for whole slices: index is a vector. */
NodeId make_put_slices(Maker *maker, NodeId x, NodeId index, NodeId values, int axis);

#endif
