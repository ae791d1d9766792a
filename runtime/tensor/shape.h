/* shape.h — the sizes of a tensor along its axes. */
#ifndef GD_RUNTIME_TENSOR_SHAPE_H
#define GD_RUNTIME_TENSOR_SHAPE_H

#include "runtime/tensor/dtype.h"

enum { RANK_MOST = 8 };

typedef struct Shape {
  int32_t rank;           /* 0 to RANK_MOST */
  int64_t dim[RANK_MOST]; /* outermost first; the rest is zero */
} Shape;

Shape shape_of(int rank, const int64_t *dim);
/* Copies a shape into a cleared one, only the axes in use, one by one: they were often just written
 * by narrow stores, and a wide load of those would stall. */
static inline void shape_fill(Shape *cleared, const Shape *from) {
  cleared->rank = from->rank;
  for (int i = 0; i < from->rank; i++) cleared->dim[i] = from->dim[i];
}
static inline bool shape_equal(const Shape *a, const Shape *b) {
  if (a->rank != b->rank) return false;
  for (int i = 0; i < a->rank; i++)
    if (a->dim[i] != b->dim[i]) return false;
  return true;
}
/* elements; the shape must have passed shape_check */
int64_t shape_count(const Shape *shape);
/* dims >= 0, the bytes fit in int64 */
bool shape_check(const Shape *shape, Dtype dtype, Span span, Diag *diag);
void shape_text(const Shape *shape, Text *text); /* "[64, 784]" */
/* the same into a caller's array, which it gives back */
char *shape_show(const Shape *shape, char into[200]);
void shape_strides(const Shape *shape, int64_t strides[RANK_MOST]); /* in elements, row-major */

#endif
