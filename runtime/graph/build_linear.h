/* build_linear.h — inside this room: what random draws share with the builders of linear algebra.
 */
#ifndef GD_RUNTIME_GRAPH_BUILD_LINEAR_H
#define GD_RUNTIME_GRAPH_BUILD_LINEAR_H

#include "runtime/graph/build.h"

/* A part of what a factorization packed (ops.def, QR): [.., rows * columns] from place `first` of
 * the last axis, as [.., rows, columns], or as [.., rows] when columns is PART_VECTOR. */
enum { PART_VECTOR = -1 };
NodeId build_linear_part(Maker *maker, NodeId packed, int64_t first, int64_t rows, int64_t columns);

/* The QR of one matrix (build_linear.c), which an orthogonal draw is made of. */
Builder build_qr;

#endif
