/* buffer.h — the elements of tensors: memory with a count of references. */
#ifndef GD_RUNTIME_TENSOR_BUFFER_H
#define GD_RUNTIME_TENSOR_BUFFER_H

#include "runtime/base/diag.h"

/* What is known of all elements of a buffer of floats.  A plan notes it of what it stores
 * (plan/sure.c); any other code that writes to a buffer which a plan has written to must reset it:
 * `= (Limits){0}`. */
typedef struct Limits {
  double low, high; /* no element lies outside */
  /* the plan that stays within them for some more runs (plan/lease.c); or, where none are known,
   * the copy that holds some of its rows (SparseHeld); or NULL … */
  const void *by;
  uint32_t lease; /* … and which of its leases it is, or which state of the copy */
  bool known;     /* they are finite, and these are their limits */
  bool exact;     /* both limits are attained */
} Limits;

typedef struct Buffer {
  int64_t refs; /* holders; touched by the main thread only */
  size_t bytes; /* of elements */
  void *data;   /* on a 64-byte line; owned */
  Limits limits;
  /* of elements that are elsewhere (a mapped file), perhaps unaligned: releases them and the record
   * when the last holder releases; NULL: the elements follow the record */
  void (*give)(struct Buffer *buffer);
} Buffer;

enum { BUFFER_EXTRA = 256 }; /* bytes that a Buffer takes beside its elements, at most */

/* returns a new one, not cleared, or NULL with status 71 when the budget says no */
Buffer *buffer_new(size_t bytes, Diag *diag);
/* returns a new one; for a few bytes, never refused */
Buffer *buffer_small(size_t bytes);
void buffer_retain(Buffer *buffer);
void buffer_release(Buffer *buffer);

#endif
