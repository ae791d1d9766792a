/* simplify.h — makers of elementwise rows and matrix products.
 *
 * They promote their operands as LANGUAGE.md section 2 says, simplify what they can, then emit: x *
 * 1 is x.
 */
#ifndef GD_RUNTIME_GRAPH_SIMPLIFY_H
#define GD_RUNTIME_GRAPH_SIMPLIFY_H

#include "runtime/graph/maker.h"

/* an elementwise op of one argument */
NodeId make1(Maker *maker, Op op, NodeId a);
NodeId make2(Maker *maker, Op op, NodeId a, NodeId b);
NodeId make3(Maker *maker, Op op, NodeId a, NodeId b, NodeId c);
NodeId make_add(Maker *maker, NodeId a, NodeId b);
NodeId make_where(Maker *maker, NodeId condition, NodeId a, NodeId b);
/* a bf16 as f32, others as they are; an f32 as bf16, if it is to be */
NodeId make_wide(Maker *maker, NodeId a);
NodeId make_narrow(Maker *maker, NodeId a, bool narrow);
/* the Euclidean length of all elements of a float node; its squares do not overflow */
NodeId make_norm(Maker *maker, NodeId a);
/* x moved along an axis by less than its length, backwards below 0; what comes in is `before` */
NodeId make_moved(Maker *maker, NodeId x, int axis, int64_t by, double before);
/* the products of the first 1, 2, 3 … elements of an f64 along an axis; after a 0 no infinity
 * counts; the gradient is right at zeros, at any order */
NodeId make_running_products(Maker *maker, NodeId x, int axis);
NodeId make_matmul(Maker *maker, NodeId a, NodeId b, bool a_transposed, bool b_transposed);
/* x, which is a fault with that text where `ok` is false */
NodeId make_require(Maker *maker, NodeId x, NodeId ok, const char *text);

#endif
