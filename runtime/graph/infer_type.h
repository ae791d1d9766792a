/* infer_type.h — inside this room: the type of a node. */
#ifndef GD_RUNTIME_GRAPH_INFER_TYPE_H
#define GD_RUNTIME_GRAPH_INFER_TYPE_H

#include "runtime/graph/graph.h"

/* The type of op(inputs), or false after filling diag, by the rule named in the row. */
bool infer_type(const Graph *graph, Op op, const Type *const *inputs, int input_count,
                const int64_t *attrs, int attr_count, Type *result, Diag *diag);

#endif
