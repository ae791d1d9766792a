/* map.h — the elementwise machine: short programs run over an index space in blocks that stay in
 * the first cache.
 *
 * A program is a list of instructions.  Each applies one loop (a row of ops.def for one dtype, or a
 * conversion) to a block of about a thousand elements: from up to three places to one place.  A
 * place is memory that goes along with the index space (its address moves `step` bytes an element),
 * or a *register*, space for one block that is used again for each (step 0).  Operands of another
 * shape than the output's are expanded by a fill instruction; its Pattern says how their elements
 * repeat.  What is the same in every block (a scalar spread over a block) is filled once, by the
 * instructions before `first`.
 *
 * One operation run eagerly is a program of one instruction; a fused chain of a plan is a longer
 * one.  The loops are the same, so fused and unfused bits are equal.  The index space is linear: a
 * reshape costs nothing.
 *
 * Where two arithmetic operations follow each other, one instruction may do both (a pair): what
 * goes between them stays in the processor's registers.
 *
 * A program may end in sums: of all its elements, or of rows that lie whole in a block.  They are
 * added up as sum.h says, so they too have the bits of the operation alone.  It may also check
 * whether a value is finite while it is in the cache.
 *
 * The idea is that of numexpr (Cooke, Hochberg, Alted).
 */
#ifndef GD_RUNTIME_KERNELS_MAP_H
#define GD_RUNTIME_KERNELS_MAP_H

#include "runtime/kernels/dispatch.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/pattern.h"

Kernel kernel_map, kernel_cast;

#if defined(GD_HARSH)
enum { MAP_BLOCK = 24, MAP_CHUNK = 2 };
#else
/* elements in a block, at most; blocks that are one task of the team */
enum { MAP_BLOCK = 1024, MAP_CHUNK = 32 };
#endif

typedef struct MapPlace {
  char *at;     /* where element 0 is; for a register the room of the calling thread */
  int32_t step; /* bytes from one element of the index space to the next; 0 for registers */
  bool own;     /* a register that each thread needs for itself */
  bool shared;  /* a register filled once, before the threads part */
  /* memory that this step is the first to read: the next block of it is prefetched during this one
   */
  bool fetch;
} MapPlace;

/* The sum of n elements, at most a block. */
typedef double MapSum(int64_t n, const void *x);

typedef struct MapStep {
  MapLoop *loop; /* NULL for a fill or a sum */
  /* of a sum: adds up in[0].  A sum of all keeps the chunks' sums at in[1] until the end. */
  MapSum *sum;
  /* of a sum: elements of a row, which a block is a multiple of; 0: all elements are summed */
  int64_t row;
  MapPlace out, in[3];
  const Pattern *pattern; /* of a fill: of in[0], whose step is not used */
  /* of a check: raised to the greatest magnitude in in[0].  It may copy in[0] to out. */
  _Atomic int *most;
  uint32_t size; /* of a fill or a sum: bytes of an element */
  uint32_t tag;  /* the caller's: which node it is */
} MapStep;

/* Elements of a block for operands that repeat after `period` (a multiple of it if that fits; 0:
 * none do). */
int64_t map_block(int64_t period);

typedef struct MapProgram {
  MapStep *steps;
  int count;     /* of steps */
  int first;     /* the steps before this one run once, over one block */
  int64_t total; /* elements of the index space */
  int64_t block; /* elements of a block */
  /* the least common multiple of the tiles that are filled once; 0: there are none */
  int64_t period;
  size_t own_bytes; /* of the registers that are `own`, from `own` on */
  char *own;        /* the calling thread's */
  bool sums;        /* some step is a sum */
  bool fetches;     /* some place is to be fetched */
} MapProgram;

/* Can a program end in this reduction (SUM's mask of axes) of its index space, with the bits of
 * kernel_sum?  *row as in MapStep. */
bool map_sums(const Shape *shape, uint32_t mask, Dtype dtype, int64_t *row);
MapSum *map_sum(Dtype dtype);

typedef struct MapFault {
  int trouble;   /* bits; 0: none */
  int step;      /* which step */
  int64_t index; /* which element of the index space */
} MapFault;

/* Runs it.  On trouble, the fault of the first block that has one; outputs are then worth nothing.
 */
void map_run(const MapProgram *program, MapFault *fault);
/* The same by parts: what is filled once, on one thread; then, on any threads at a time, the
 * elements from `from` to before `to`, so that in the end each is computed once.  *fault gathers;
 * it begins as {0}.  A part begins at a multiple of what is filled once (`period`) and of the rows
 * that are summed; programs with sums of all elements have no parts. */
/* may parts begin at every multiple of that? */
bool map_parts_at(const MapProgram *program, int64_t multiple);
/* elements of a part that is worth a task of the team; total: it is not worth cutting */
int64_t map_chunk(const MapProgram *program);
void map_fill(const MapProgram *program, MapFault *fault);
static inline void map_begin(const MapProgram *program, MapFault *fault) {
  if (program->first > 0) map_fill(program, fault);
}
void map_part(const MapProgram *program, int64_t from, int64_t to, MapFault *fault);
/* After a fault in a step that does `work`, whose result has that shape: narrows fault->index down
 * to the element, and writes what is wrong with it.  The memory that the program read must be
 * unchanged. */
void map_explain(const MapProgram *program, MapFault *fault, const MapWork *work,
                 const Shape *shape, char *message, size_t size);

#endif
