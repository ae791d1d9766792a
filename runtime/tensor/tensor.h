/* tensor.h — a tensor: a dtype, a shape and a place in a Buffer.
 *
 * Tensors are always contiguous and row-major (the last axis runs fastest).  A view
 * (a reshape, a run of rows) shares the Buffer at another offset; anything else, a
 * transpose for instance, is an operation that makes new elements.  That one rule keeps
 * every kernel and every file format simple; where a copy would cost, the graph folds it
 * away instead (a transpose into the matrix product, a broadcast into an elementwise loop).
 *
 * A Tensor is a small struct passed by value or pointer; it *holds* a reference to its
 * Buffer: tensor_retain / tensor_release.  A Tensor with `buffer == NULL` has a type but
 * no elements (shape inference, `gd check`).  Buffers are on 64-byte lines with at
 * least 64 readable bytes behind the last element.
 */
#ifndef GD_RUNTIME_TENSOR_TENSOR_H
#define GD_RUNTIME_TENSOR_TENSOR_H

#include "runtime/tensor/buffer.h"
#include "runtime/tensor/dtype.h"
#include "runtime/tensor/shape.h"

typedef struct Tensor {
  Dtype dtype;
  Shape shape;
  Buffer *buffer; /* held; NULL: a type without elements */
  size_t offset;  /* bytes into the buffer */
} Tensor;

static inline void *tensor_data(const Tensor *tensor) {
  return (char *)tensor->buffer->data + tensor->offset;
}
static inline int64_t tensor_count(const Tensor *tensor) { return shape_count(&tensor->shape); }
static inline size_t tensor_bytes(const Tensor *tensor) {
  return (size_t)shape_count(&tensor->shape) * dtype_bytes(tensor->dtype);
}

/* returns a new one, not cleared */
bool tensor_new(Tensor *tensor, Dtype dtype, const Shape *shape, Diag *diag);
/* returns a new one, all zero */
bool tensor_zeros(Tensor *tensor, Dtype dtype, const Shape *shape, Diag *diag);
/* returns a new one of rank 0 */
Tensor tensor_scalar(Dtype dtype, double value);
Tensor tensor_retain(const Tensor *tensor); /* returns the same with one more holder */
void tensor_release(Tensor *tensor);        /* releases its buffer and leaves it empty */
/* returns a new one with elements of its own */
bool tensor_copy(Tensor *copy, const Tensor *tensor, Diag *diag);
/* element `index` in row-major order, as a double */
double tensor_get(const Tensor *tensor, int64_t index);
/* converted to the dtype; the value must be in range */
void tensor_set(Tensor *tensor, int64_t index, double value);
/* `count` elements from `first` on, as tensor_set */
void tensor_fill(Tensor *tensor, int64_t first, int64_t count, double value);
/* holds the same buffer, from element `first` */
Tensor tensor_view(const Tensor *tensor, const Shape *shape, int64_t first);
/* the literal that would make it, LANGUAGE.md section 2 */
void tensor_text(const Tensor *tensor, Text *text);
/* one element as it stands there */
void tensor_element_text(const Tensor *tensor, int64_t index, Text *text);

#endif
