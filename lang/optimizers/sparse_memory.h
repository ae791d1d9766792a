/* sparse_memory.h — the rows of a table that updates by rows have used (step/sparse.h).
 *
 * Of the listed rows of a param and its states a copy is held, one row after the other.  It may be
 * ahead of the storage of a state, which gets it when somebody asks for the states.
 */
#ifndef GD_LANG_SPARSE_MEMORY_H
#define GD_LANG_SPARSE_MEMORY_H

#include "lang/optimizers/optimizer.h"

struct TargetMemory;

/* bytes of rows that one task looks at, or puts where they belong */
enum { SPARSE_PART = 1 << 16 };

/* The listed rows of a param or a state, one after the other, from place 1 on; zeros at 0 and as
 * padding. */
typedef struct SparseHeld {
  Tensor rows;     /* without elements: none are held */
  uint32_t number; /* Limits.lease of the storage if they are its rows; else they are out of date */
  int state;       /* the index of the state */
  bool ahead;      /* of a state: the storage does not have them yet */
} SparseHeld;

/* The used rows of one param and its states; owned by TargetMemory. */
typedef struct SparseMemory {
  Tensor rows;   /* i32: by place, from 1 on, the listed rows, which may not rest; then zeros */
  Tensor places; /* i32: by row: its place; 0: it is not listed */
  int64_t count; /* of listed rows; some of the last step may have no room yet */
  SparseHeld held[1 + REST_STATES];
  int64_t steps;        /* OptimizerObject.steps for which this holds … */
  const Buffer *looked; /* … and the buffer of the param then: only compared */
  bool refused;         /* -0 or a value that is not finite was found: dense from now on */
} SparseMemory;

void sparse_memory_free(SparseMemory *memory); /* takes; may be NULL */
/* how many of the listed rows are held: one found by the last step may have no room yet */
int64_t sparse_memory_count(const SparseMemory *memory);
int64_t sparse_memory_row_length(const Tensor *tensor); /* elements of a row */
size_t sparse_memory_row_bytes(const Tensor *tensor);
/* Stores what is held of a storage, on all threads: no row comes twice. */
void sparse_memory_put_held(const SparseMemory *memory, const SparseHeld *held, Tensor *storage);
/* Stores the rows of a minibatch, of which some may come twice. */
void sparse_memory_put(Tensor *storage, const Tensor *ids, const Tensor *rows);
/* The held rows are those of the storage now; whoever else writes there clears the number. */
void sparse_memory_note(SparseHeld *held, Tensor *storage);
/* Gathers the listed rows of the storage, unless those that are held are up to date. */
void sparse_memory_hold(const SparseMemory *memory, SparseHeld *held, Tensor *storage);
/* The states' storage gets what is held of it. */
void sparse_memory_write_back(struct TargetMemory *target);

#endif
