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

#include "runtime/base/diag.h"

/* In order of promotion (LANGUAGE.md section 2; bf16 may come between i32 and f32). */
typedef enum Dtype { DTYPE_BOOL, DTYPE_U8, DTYPE_I32, DTYPE_F32, DTYPE_F64, DTYPE_COUNT } Dtype;

static inline size_t dtype_bytes(Dtype dtype) {
  static const uint8_t bytes[DTYPE_COUNT] = {1, 1, 4, 4, 8};
  return bytes[dtype];
}
static inline bool dtype_floats(Dtype dtype) { return dtype >= DTYPE_F32; }
const char *dtype_name(Dtype dtype);                       /* "f32" */
bool dtype_parse(const char *name, Dtype *dtype);
static inline Dtype dtype_promote(Dtype a, Dtype b) { return a > b ? a : b; }
/* Can the dtype hold the value at all?  A float rounds, but never to infinity; a whole dtype drops the fraction; a bool takes everything. */
bool dtype_holds(Dtype dtype, double value);
bool dtype_refuse(Diag *diag, Span span, Dtype dtype, double value); /* fills diag for one that it does not hold; false */

enum { RANK_MOST = 8 };

typedef struct Shape {
  int32_t rank;           /* 0 to RANK_MOST */
  int64_t dim[RANK_MOST]; /* outermost first; the rest is zero */
} Shape;

Shape shape_of(int rank, const int64_t *dim);
/* Copies a shape into a cleared one: the axes that there are and no more, one by one, since they were often written so just before and
 * a wide load of narrow stores waits for them. */
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
int64_t shape_count(const Shape *shape);         /* elements; the shape must have passed shape_check */
bool shape_check(const Shape *shape, Dtype dtype, Span span, Diag *diag); /* dims >= 0, the bytes fit in int64 */
void shape_text(const Shape *shape, Text *text); /* "[64, 784]" */
char *shape_show(const Shape *shape, char into[200]); /* the same into a caller's array, which it gives back */
void shape_strides(const Shape *shape, int64_t strides[RANK_MOST]); /* in elements, row-major */

/* What is known of all elements of a buffer of floats.  A plan notes it of what it stores (plan/sure.c); whoever else writes to a buffer
 * that a plan has written to forgets it: `= (Limits){0}`. */
typedef struct Limits {
  double low, high;  /* no element lies outside */
  const void *by;    /* the plan that stays within them for some more runs (plan/lease.c), or NULL … */
  uint32_t lease;    /* … and which of its leases it is */
  bool known;        /* they are finite, and these are their limits */
  bool exact;        /* some element lies at each */
} Limits;

typedef struct Buffer {
  int64_t refs;    /* holders; touched by the main thread only */
  size_t bytes;    /* of elements */
  void *data;      /* on a 64-byte line; owned */
  Limits limits;
} Buffer;

enum { BUFFER_EXTRA = 256 }; /* bytes that a Buffer takes beside its elements, at most */

Buffer *buffer_new(size_t bytes, Diag *diag); /* returns a new one, not cleared, or NULL with status 71 when the budget says no */
Buffer *buffer_small(size_t bytes);           /* returns a new one; for a few bytes, never refused */
void buffer_retain(Buffer *buffer);
void buffer_release(Buffer *buffer);

typedef struct Tensor {
  Dtype dtype;
  Shape shape;
  Buffer *buffer;  /* held; NULL: a type without elements */
  size_t offset;   /* bytes into the buffer */
} Tensor;

static inline void *tensor_data(const Tensor *tensor) { return (char *)tensor->buffer->data + tensor->offset; }
static inline int64_t tensor_count(const Tensor *tensor) { return shape_count(&tensor->shape); }
static inline size_t tensor_bytes(const Tensor *tensor) { return (size_t)shape_count(&tensor->shape) * dtype_bytes(tensor->dtype); }

bool tensor_new(Tensor *tensor, Dtype dtype, const Shape *shape, Diag *diag);   /* returns a new one, not cleared */
bool tensor_zeros(Tensor *tensor, Dtype dtype, const Shape *shape, Diag *diag); /* returns a new one, all zero */
Tensor tensor_scalar(Dtype dtype, double value);                                /* returns a new one of rank 0 */
Tensor tensor_retain(const Tensor *tensor);  /* returns the same with one more holder */
void tensor_release(Tensor *tensor);         /* lets go and leaves it empty */
bool tensor_copy(Tensor *copy, const Tensor *tensor, Diag *diag);               /* returns a new one with elements of its own */
double tensor_get(const Tensor *tensor, int64_t index);         /* element `index` in row-major order, as a double */
void tensor_set(Tensor *tensor, int64_t index, double value);   /* converted to the dtype; the value must be in range */
void tensor_fill(Tensor *tensor, int64_t first, int64_t count, double value);   /* `count` elements from `first` on, as tensor_set */
Tensor tensor_view(const Tensor *tensor, const Shape *shape, int64_t first); /* holds the same buffer, from element `first` */
void tensor_text(const Tensor *tensor, Text *text);             /* the literal that would make it, LANGUAGE.md section 2 */

#endif
