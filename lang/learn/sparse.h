/* sparse.h — updates that touch only the rows of a table that a step reads.
 *
 * An embedding of 50,000 vectors of which a minibatch uses 32: the gradient of the other rows is
 * zero, and most optimizers leave a row as it is then, always or until it is used for the first
 * time.  Where runtime/graph/rest.c proves that, the step computes new rows instead of new tensors.
 */
#ifndef GD_LANG_SPARSE_H
#define GD_LANG_SPARSE_H

#include "lang/learn/optimizer.h"

struct Step;
struct Undo;

/* What is remembered of the rows of one param and its states; owned by TargetMemory. */
typedef struct SparseMemory {
  Tensor rows;     /* i32: those that may not rest, and zeros behind them (any row may be there) */
  int64_t count;   /* of those */
  uint8_t *listed; /* by row; owned */
  int64_t steps;   /* OptimizerObject.steps for which this holds … */
  const Buffer *looked; /* … and where the param's elements were: only compared */
  bool refused;         /* -0 or something not finite was seen: dense from here on */
} SparseMemory;

/* results of one target, at most */
enum { SPARSE_RESULTS = 1 + 2 * (1 + REST_STATES) };

/* The update of one target by rows, in one traced step. */
typedef struct SparseTarget {
  ParamObject *param; /* borrowed: a target */
  OptimizerObject *optimizer;
  const NodeId *nodes;            /* while it is traced: the INPUT of each state, or 0; borrowed */
  int64_t steps_an_epoch;         /* for an estimate */
  int count;                      /* of what is stored … */
  int states[1 + REST_STATES];    /* … -1: the param, else the number of the state */
  int64_t row_count;              /* rows that the step reads, and … */
  bool fresh;                     /* … those listed as well */
  NodeId ids;                     /* while it is traced: the rows … */
  NodeId news[1 + REST_STATES];   /* … and their new values, … */
  NodeId listed[1 + REST_STATES]; /* … and those of the rows that are listed */
  NodeId guards[REST_GUARDS];
  int guard_count;
  int binding;   /* of SparseMemory.rows, if fresh */
  int result_at; /* of ids, then news, then listed, among the step's results */
  int watch_at;  /* of news, then listed, then guards, among the watched */
} SparseTarget;

/* Makes of `stores`, those of one target, what is to be stored by rows.  False: they stay. `sparse`
 * has param, optimizer, nodes and steps_an_epoch; `gradient` is the whole one, and becomes that of
 * the rows. */
bool sparse_trace(Vm *vm, Trace *trace, SparseTarget *sparse, NodeId whole, NodeId *gradient,
                  Store *stores, int *store_count);
/* Before a step: do its lists of rows still hold?  Else it is to be traced again. */
bool sparse_holds(Vm *vm, struct Step *step);
/* After a step: stores the rows. */
void sparse_store(Vm *vm, struct Step *step, struct Undo *undo);
void sparse_forget(SparseMemory *memory); /* takes; may be NULL */

#endif
