/* print.h — a graph as text. */
#ifndef GD_RUNTIME_GRAPH_PRINT_H
#define GD_RUNTIME_GRAPH_PRINT_H

#include "runtime/graph/graph.h"

/* One line a node: `%7 = matmul %3 %5 : f32[64, 10]   digits.gd:12` — for --dump=graph,grad.
 * `place` may be NULL. */
void graph_print(const Graph *graph, const NodeId *roots, int root_count,
                 void (*place)(void *context, Span span, Text *text), void *context, Text *text);

#endif
