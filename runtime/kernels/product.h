/* product.h — the matrix product c = a b, the one loop where most of training's time goes.
 *
 * A Product says what is multiplied; `product_run` works it out on the team.  A caller that does
 * more with rows of the result while they are still in the cache (add a bias, apply an activation,
 * update a weight) passes a callback to `product_run_then`; one that needs other parts (an image's
 * columns) cuts the product itself and calls `product_block` for each.
 *
 * Bits: an element of c is the sum over k in an order that depends on m, n, k, the types and the
 * processor's instruction set alone: never on threads, nor on where a block's edges lie. With AVX2
 * or AVX-512 each step of the sum is one fused multiply-add, on the baseline a product and a sum;
 * so results differ in the last bits between kinds of processors, never between runs on one kind.
 * Zeros of a may be left out (sparse.h), which changes the bits in one case only: a sum that has
 * underflowed to -0 stays -0, where adding +0 would have made it +0.
 */
#ifndef GD_RUNTIME_KERNELS_PRODUCT_H
#define GD_RUNTIME_KERNELS_PRODUCT_H

#include "runtime/kernels/kernel.h"

/* The instruction sets that the inner loops are written for, slowest first. */
typedef enum InstructionSet { SET_BASELINE, SET_AVX2, SET_AVX512, SET_COUNT } InstructionSet;

InstructionSet tiles_set(void);         /* the best this processor has */
bool tiles_has_set(InstructionSet set); /* can it run on this processor? */

typedef struct Product {
  InstructionSet set; /* tiles_set(), or a lesser one in tests */
  Dtype dtype;        /* DTYPE_F32 or DTYPE_F64, of all three */
  int64_t m, n, k;    /* c [m, n] = a [m, k] b [k, n] */
  const void *a;      /* borrowed; [m, k], or [k, m] when a_transposed */
  const void *b;      /* borrowed; [k, n], or [n, k] when b_transposed */
  void *c;            /* borrowed; overlaps neither */
  int64_t a_stride;   /* elements from one stored row of a to the next */
  int64_t b_stride;   /* likewise of b */
  int64_t c_stride;   /* likewise of c */
  bool a_transposed;
  bool b_transposed;
  bool add;   /* c += a b instead of c = a b */
  bool dense; /* a is known to be: zeros are not looked for */
} Product;

/* A product of dense row-major matrices by the best instruction set. */
Product product_dense(Dtype dtype, int64_t m, int64_t n, int64_t k);

/* A part of c: `rows` rows from `row` on, `columns` columns from `column` on, and of the sum, the
 * terms `depth` from `first` on. */
typedef struct Part {
  int64_t row, rows;
  int64_t column, columns;
  int64_t first, depth;
} Part;

/* How a product is cut into parts that one thread computes at a time; by size alone. */
typedef struct Cut {
  int64_t row_parts;    /* parts along m */
  int64_t column_parts; /* parts along n */
  /* parts along k, each with a c of its own that are added in order; 1 unless c is small and k long
   */
  int64_t depth_parts;
  /* the same, but each is one pass of product_block, so that no bit changes: all passes, or 1 */
  int64_t pass_parts;
} Cut;

/* Rewrites the product into the form that is fastest for the inner loops: a c of one column becomes
 * one row, with a and b exchanged.  product_run calls it; a caller that cuts a product itself calls
 * it first. */
void product_turn(Product *product);

Cut product_cut(const Product *product);
static inline int64_t product_parts(const Cut *cut) {
  return cut->row_parts * cut->column_parts * cut->depth_parts * cut->pass_parts;
}
Part product_part(const Product *product, const Cut *cut, int64_t index);

/* Works out one part on the calling thread, into its place in c. */
void product_block(const Product *product, const Part *part);
/* All of it, on the team; calls product_turn first. */
void product_run(Product *product);
/* The same, and calls finish(context, row, rows) for groups of whole rows of c (as c was before
 * turning), each as soon as its rows are complete.  The groups are disjoint, cover all rows and
 * depend on the sizes, the type and the instruction set alone; each begins at a multiple of 4 rows.
 * finish runs on the thread that completed the group, inside its task (so team_scratch is that
 * task's, and team_run runs on the one thread); finishes of different groups may run at the same
 * time, in any order.  When c is one part, or one column, or there are depth_parts, there is one
 * group, finished by the caller's thread when all is done, outside any task unless the caller is in
 * one.  Called from a task, finish leaves team_scratch alone, where sums of other groups may wait.
 * After an interrupt groups are left out: a finish that must not be left half done needs the shield
 * around the whole call.  Rows of c may be overwritten by finish, but a and b must stay as they
 * are. */
void product_run_then(Product *product, void (*finish)(void *context, int64_t row, int64_t rows),
                      void *context);

/* A product that is one part, turned once and run again and again: only a, b and c move. */
typedef struct ReadyProduct {
  Product product;
  int64_t rows; /* of c before turning */
  bool swapped; /* by turning: its a is the caller's b */
} ReadyProduct;

/* Takes a product without a, b and c.  False when it is cut into several parts, or may be. */
bool product_ready(const Product *product, ReadyProduct *ready);
/* As product_run_then. */
void product_run_ready(ReadyProduct *ready, const void *a, const void *b, void *c,
                       void (*finish)(void *context, int64_t row, int64_t rows), void *context);
/* The plain twin: three loops in double. */
void product_plain(const Product *product);

#endif
