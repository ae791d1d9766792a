/* made.h — data that gd makes up: the same seed and count give the same bits, on any number of
 * threads.
 *
 * Each function gives x [n, …] and y [n] of the asked float dtype (labels are i32), rows in
 * random order where there are classes.  A size below 0 or a setting out of range is refused with
 * status 1.
 */
#ifndef GD_RUNTIME_IO_MADE_H
#define GD_RUNTIME_IO_MADE_H

#include "runtime/base/rng.h"
#include "runtime/base/stop.h"
#include "runtime/tensor/tensor.h"

/* Names the random stream: rng_start(seed, count, place). */
typedef struct MadeKey {
  uint64_t seed, count;
} MadeKey;

/* Two half circles that reach into each other: x [n, 2], y 0 or 1; `noise` is the deviation added
 * to each point. */
bool made_moons(MadeKey key, int64_t n, double noise, Dtype dtype, Tensor *x, Tensor *y,
                Diag *diag);
/* `classes` arms of a spiral, one and a half turns about the origin: x [n, 2], y 0 .. classes - 1.
 */
bool made_spirals(MadeKey key, int64_t n, int64_t classes, double noise, Dtype dtype, Tensor *x,
                  Tensor *y, Diag *diag);
/* `classes` rings about the origin, ring k of radius k + 1, `noise` the deviation added to each
 * point: x [n, 2], y 0 .. classes - 1. */
bool made_rings(MadeKey key, int64_t n, int64_t classes, double noise, Dtype dtype, Tensor *x,
                Tensor *y, Diag *diag);
/* Normal clouds of deviation `spread` about `centers` points of `dims` axes, drawn in [-10,
 * 10]^dims. */
bool made_blobs(MadeKey key, int64_t n, int64_t centers, int64_t dims, double spread, Dtype dtype,
                Tensor *x, Tensor *y, Diag *diag);
/* x [n, 1] uniform in [-1, 1), y [n] = slope x + intercept + noise N(0, 1). */
bool made_line(MadeKey key, int64_t n, double slope, double intercept, double noise, Dtype dtype,
               Tensor *x, Tensor *y, Diag *diag);
/* Digits as if written by hand: x [n, 28, 28] in 0 .. 1, ink is 1; y [n] 0 .. 9, as many of each as
 * n allows. */
bool made_digits(MadeKey key, int64_t n, Dtype dtype, Tensor *x, Tensor *y, Diag *diag);

/* n labels 0 .. classes - 1, i32, each as often as the others give or take one, in random order (of
 * stream 0). */
bool made_labels(MadeKey key, int64_t n, int64_t classes, Tensor *labels, Diag *diag);
/* false, with both released, after a stop */
bool made_whole(Tensor *x, Tensor *y, Diag *diag);

#endif
