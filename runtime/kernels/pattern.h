/* pattern.h — how an operand's elements lie in the index space of the output.
 *
 * An operand of another shape than the output's is spread over a block before a loop reads it; its
 * Pattern says how.
 */
#ifndef GD_RUNTIME_KERNELS_PATTERN_H
#define GD_RUNTIME_KERNELS_PATTERN_H

#include "runtime/tensor/tensor.h"

typedef enum PatternKind {
  PATTERN_FULL,   /* one for one */
  PATTERN_SCALAR, /* one element for all */
  PATTERN_TILE,   /* `period` elements again and again: a bias [D] over [N, D] */
  PATTERN_REPEAT, /* each element `period` times: [N, 1] over [N, D] */
  PATTERN_GENERAL /* any other broadcast */
} PatternKind;

typedef struct Pattern {
  PatternKind kind;
  int64_t period;
  /* GENERAL: axes of the output, those of size 1 dropped, neighbours merged where they can be */
  int rank;
  int64_t dim[RANK_MOST];
  int64_t stride[RANK_MOST]; /* of the operand in elements; 0 where it repeats */
} Pattern;

/* `from` broadcasts to `to`, right-aligned */
Pattern pattern_of(const Shape *from, const Shape *to);
/* Writes elements first … first + n - 1 of the output's index space to `block`. */
void pattern_fill(const Pattern *pattern, size_t element, const void *source, int64_t first,
                  int64_t n, void *block);

#endif
