/* fold.h — a reduction over any set of axes, given how its rows, columns and partial results are
 * joined.
 *
 * fold.inc makes a Fold of a kind of reduction and a dtype; fold_axes cuts the work, runs it on the
 * team, and has the results written by `finish`.  sum.c and extreme.c are its users.
 */
#ifndef GD_RUNTIME_KERNELS_FOLD_H
#define GD_RUNTIME_KERNELS_FOLD_H

#include "runtime/kernels/kernel.h"

/* Elements in a unit, units in a block (a task's most elements; sum.h), lanes of a long row in
 * fold.inc. */
enum { FOLD_UNIT = 1024, FOLD_BLOCK = 32, FOLD_LANES = 32 };

/* One stretch of a reduction: x is seen as [outer, count, inner] and becomes [outer, inner]. */
typedef struct FoldStep {
  int64_t outer, count, inner;
} FoldStep;

/* The steps that reduce the axes of `mask`, innermost first unless its rows are short; neighbouring
 * axes are one.  At least one step. */
int fold_steps(const Shape *shape, uint32_t mask, FoldStep steps[RANK_MOST + 1]);

/* How one kind of reduction works on one dtype; the functions' comments stand in fold.inc. */
typedef struct Fold {
  size_t in_bytes;  /* of an element */
  size_t acc_bytes; /* of a gathered result */
  void (*empty)(void *accs, int64_t n);
  void (*rows)(const void *x, int64_t rows, int64_t n, void *accs);
  void (*columns)(const void *x, int64_t rows, int64_t stride, int64_t width, void *accs);
  void (*merge)(void *accs, const void *parts, int64_t n);
} Fold;

/* Turns gathered results first .. first + n - 1 into elements of the output. */
typedef void FoldFinish(Call *call, const void *accs, int64_t first, int64_t n);

/* Reduces the node's mask of axes by `fold`; `finish` turns what was gathered into the output. */
void fold_axes(Call *call, const Fold *fold, FoldFinish *finish);
FoldFinish fold_same; /* for results that are elements of the output already */

#endif
