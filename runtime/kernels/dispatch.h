/* dispatch.h — which loop of the elementwise machine does an operation. */
#ifndef GD_RUNTIME_KERNELS_DISPATCH_H
#define GD_RUNTIME_KERNELS_DISPATCH_H

#include "runtime/graph/graph.h"

/* Processes n elements; `out` may be an input, at exactly its address.  Returns 0, or the bits of
 * the troubles it found. */
typedef int MapLoop(int64_t n, const void *a, const void *b, const void *c, void *out);

enum {
  TROUBLE_OVERFLOW = 1,  /* a whole result does not fit */
  TROUBLE_DIVISOR = 2,   /* % 0 */
  TROUBLE_RANGE = 4,     /* a value does not fit in the dtype it is converted to */
  TROUBLE_NAN = 8,       /* NaN converted to a whole dtype */
  TROUBLE_REQUIRED = 16, /* a required condition is false */
  TROUBLE_EXPONENT = 32  /* a whole number to a negative power */
};

/* What an instruction does: a MAP row, CAST, or EXPAND (which copies what its operand's Pattern
 * repeats). */
typedef struct MapWork {
  Op op;
  Dtype output;
  Dtype inputs[3];
  const int64_t *attrs; /* of the node: a REQUIRE's text; borrowed */
} MapWork;

const struct MapTable *dispatch_table(void); /* the best for this processor (loops.h) */
/* for tests: "base", "avx2", "avx512"; false when this processor lacks it */
bool dispatch_choose(const char *name);

MapLoop *dispatch_loop(const MapWork *work);
/* second(first(a, b), c), or with `behind` second(c, first(a, b)); NULL when there is no such loop.
 * A first of one operand is given it twice. */
MapLoop *dispatch_pair(Op first, Op second, bool behind, Dtype dtype);
/* does the table have a slope for which dispatch_twin could return a loop? */
bool dispatch_has_twin(Op function);
/* The function whose slope `slope` is (TANH_SLOPE: TANH) with it in one loop; NULL when there is no
 * such loop. */
MapLoop *dispatch_twin(Op function, Op slope, Dtype dtype);
MapLoop *dispatch_stream(Dtype dtype); /* MapTable.stream */
MapLoop *dispatch_most(Dtype dtype);   /* MapTable.most */
MapLoop *dispatch_limits(Dtype dtype); /* MapTable.limits */

#endif
