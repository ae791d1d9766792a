/* sparse.h — updates that touch only the rows of a table that a step reads.
 *
 * If a minibatch uses 32 vectors of an embedding of 50,000, the gradient of the other rows is zero.
 * Most optimizers leave a row with zero gradient unchanged: always, or until its first use.  Where
 * runtime/graph/rest.c proves that, the step computes new rows instead of new tensors.
 */
#ifndef GD_LANG_SPARSE_H
#define GD_LANG_SPARSE_H

#include "lang/optimizers/sparse_memory.h"

struct Step;
struct Undo;

/* maximum number of results of one target */
enum { SPARSE_RESULTS = 1 + (1 + REST_STATES) };

/* The update of one target by rows, in one traced step. */
typedef struct SparseTarget {
  ParamObject *param; /* borrowed: a target */
  OptimizerObject *optimizer;
  const NodeId *nodes;          /* while it is traced: the INPUT of each state, or 0; borrowed */
  int64_t steps_an_epoch;       /* for an estimate */
  int count;                    /* of the values to store … */
  int states[1 + REST_STATES];  /* … -1: the param, else the index of the state */
  int64_t row_count;            /* rows that the step reads, and … */
  bool fresh;                   /* … those listed as well */
  NodeId ids;                   /* while it is traced: the rows … */
  NodeId news[1 + REST_STATES]; /* … and their new values; … */
  NodeId held_nodes[1 + REST_STATES]; /* … the INPUT of what is held, or 0 */
  NodeId guards[REST_GUARDS];
  int guard_count;
  int binding;                  /* of SparseMemory.rows, if fresh */
  int held[1 + REST_STATES];    /* by value to store: which of SparseMemory.held, … */
  int held_at[1 + REST_STATES]; /* … and its binding, if fresh */
  int result_at;                /* of ids, then news, among the step's results */
  int watch_at;                 /* of news, then guards, among the watched */
} SparseTarget;

/* Replaces `stores`, those of one target, by stores of rows.  False: they stay.  The caller sets
 * param, optimizer, nodes and steps_an_epoch of `sparse`; *gradient is the whole one, and becomes
 * that of the rows. */
bool sparse_trace(Vm *vm, Trace *trace, SparseTarget *sparse, NodeId whole, NodeId *gradient,
                  Store *stores, int *store_count);
/* Before a step: are its lists of rows still valid?  If not, it must be traced again. */
bool sparse_holds(Vm *vm, struct Step *step);
/* Before it runs: what it reads of the listed rows, and of the states of its optimizer, is up to
 * date.  `undone`: it may be undone, and all states are written back. */
void sparse_begin(struct Step *step, bool undone);
/* After a step: stores the rows. */
void sparse_store(Vm *vm, struct Step *step, struct Undo *undo);
/* The target that stores held rows to this binding, or NULL; *state is the index of the state, -1:
 * of the param. */
const SparseTarget *sparse_stores(const struct Step *step, int64_t binding, int *state);

#endif
