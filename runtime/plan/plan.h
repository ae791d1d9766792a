/* plan.h — a graph made ready to run: one flat list of instructions over one slab of memory.
 *
 * `plan_make` takes what is wanted of a graph and decides everything that does not depend on the
 * numbers: which nodes are needed, their order (few bytes alive), what is fused (runs of
 * elementwise nodes with their broadcasts become one program run on blocks that stay in the first
 * cache), where each value lives (lifetimes, storage used again, elementwise results written over a
 * dead operand), and which new values go straight into the storage of the parameter they replace. A
 * run allocates nothing (but what results are asked to be new) and is the same, bit for bit, on any
 * number of threads.
 *
 * A run has two halves.  First everything that `results` and `watched` need; then, only if every
 * watched value is finite, the `stores`, and these only if all of them are finite too, or were not
 * so before.  So a step that makes a NaN has changed nothing, and can be run again, slowly, by
 * plan_blame, to find the operation that made it.
 *
 * Also here: `Values`, the immediate executor, which computes a graph node by node, when values are
 * requested, and keeps them.  Eager operations, and decisions on data inside a trace, go through
 * it.
 */
#ifndef GD_RUNTIME_PLAN_PLAN_H
#define GD_RUNTIME_PLAN_PLAN_H

#include "runtime/graph/graph.h"

typedef struct Store {
  int64_t binding; /* the INPUT whose memory takes the value */
  NodeId node;     /* the new value; of the binding's type */
} Store;

typedef struct PlanSpec {
  const Graph *graph;    /* borrowed during plan_make only */
  const NodeId *results; /* values for the caller */
  int result_count;
  const NodeId *watched; /* must be finite, else no store is made (floats of any shape) */
  int watched_count;
  /* by watched: memory that stays as it is while the plan lives, for which one look is enough; or
   * NULL */
  const bool *steady;
  /* written when all else is done, each old value being read till then */
  const Store *stores;
  int store_count;
} PlanSpec;

typedef struct Plan Plan;

typedef enum RunOutcome {
  RUN_DONE,
  /* a kernel refused a value; diag holds it with the node's span; nothing was stored */
  RUN_FAULT,
  /* a watched value (number *which), or the new value of a store (number *which - watched_count),
     is NaN or infinite; nothing was stored */
  RUN_NOT_FINITE,
  RUN_INTERRUPTED /* nothing was stored */
} RunOutcome;

/* returns a new one, or NULL (the slab is over the budget) */
Plan *plan_make(const PlanSpec *spec, Diag *diag);
void plan_free(Plan *plan);
/* Runs it.  bindings[b]: memory of INPUT b (of its type; borrowed).  results[k]: with buffer NULL
 * it becomes a new tensor, otherwise its memory is written.  results may be NULL when result_count
 * is 0. */
RunOutcome plan_run(Plan *plan, void *const *bindings, Tensor *results, int *which, Diag *diag);
/* The same, by binding with what the caller's keeps of the limits of memory that is stored to (else
 * it is scanned in each run). */
RunOutcome plan_run_known(Plan *plan, void *const *bindings, Limits *const *limits, Tensor *results,
                          int *which, Diag *diag);
/* Other code has written `part`, and zeros, into memory that a plan stores to: what is known of it
 * holds again. */
void plan_wrote(Limits *limits, const Tensor *part);
/* From now on each run calls `made` with the number of a result as soon as that is complete, always
 * in the same order; NULL ends this. */
typedef void PlanMade(void *context, int result);
void plan_tell(Plan *plan, PlanMade *made, void *context);
/* After RUN_NOT_FINITE: computes again, node by node, what *which needs and fills diag with the
 * first operation, in the script's order, that made a NaN or an infinity out of finite operands:
 * its span, `log` of what, the element.  False when it found none. */
bool plan_blame(Plan *plan, void *const *bindings, int which, Diag *diag);
bool plan_fault_given(const Plan *plan); /* after it found something: was that so before the run? */
/* After RUN_FAULT, and after plan_blame found something: the row of one of these bindings that the
 * refused value came from.  False where it is not known. */
bool plan_fault_row(const Plan *plan, const int *bindings, int count, int64_t *row);
size_t plan_slab_bytes(const Plan *plan);
/* --dump=plan, memory */
void plan_print(const Plan *plan, void (*place)(void *context, Span span, Text *text),
                void *context, Text *text);
void plan_print_memory(const Plan *plan, Text *text);
/* --dump=time: where a run's time goes, by instruction and by line of the script, beside the least
 * that this machine, which is measured then for some milliseconds, would need. */
void plan_timing(Plan *plan, bool on); /* from now on, seconds are counted, from 0 */
/* The seconds of each instruction, summed over the runs, with the place it comes from. */
void plan_time_each(const Plan *plan, void (*each)(void *context, Span span, double seconds),
                    void *context);
void plan_print_time(const Plan *plan, void (*place)(void *context, Span span, Text *text),
                     void *context, Text *text);

/* What a run takes, before it runs: an estimate. */
typedef struct PlanCost {
  double operations; /* of floats; a multiply-add is two */
  double bytes;      /* read and written */
  double seconds;    /* on this machine, with the whole team */
  size_t memory;     /* bytes of its slab, for as long as the plan lives */
  size_t scratch;    /* bytes that a thread keeps from its kernels */
} PlanCost;
PlanCost plan_cost(const Plan *plan); /* measures the machine, for some milliseconds */
/* The work of a run as a count of weighed operations: the same on every machine. */
double plan_work(const Plan *plan);

/* Plans found again by the structure of what is asked. */
typedef struct PlanCache PlanCache;
PlanCache *plan_cache_new(int most); /* keeps so many, the least recently used goes first */
void plan_cache_free(PlanCache *cache);
/* borrows; NULL as plan_make */
Plan *plan_find(PlanCache *cache, const PlanSpec *spec, Diag *diag);
uint64_t plan_key(const PlanSpec *spec);
/* A plan for the caller alone, until it is given back: one that was given back after the same
 * question, or a new one.  `key` is for the way back.  It keeps nothing from its previous user. */
Plan *plan_borrow(PlanCache *cache, const PlanSpec *spec, uint64_t *key, Diag *diag);
void plan_release(PlanCache *cache, uint64_t key, Plan *plan); /* takes it */
int64_t plan_made(const PlanCache *cache);                     /* plans made so far; for tests */

/* ---- the immediate executor ---- */
typedef struct Values {
  const Graph *graph;
  Tensor *tensors; /* by node id; empty where not computed yet; owned */
  uint32_t capacity;
  uint32_t used; /* no tensor at or behind this id */
  /* asked for the value of an INPUT: returns a tensor (one more holder) */
  Tensor (*binding)(void *context, int64_t binding);
  void *context;
} Values;

/* The value of a node, computed now with all it needs (no deeper C stack for long chains); borrows.
 * NULL after filling diag. */
const Tensor *values_get(Values *values, NodeId node, Diag *diag);
/* takes: what is to be the value of a node that has none */
void values_set(Values *values, NodeId node, Tensor value);
void values_reset(Values *values); /* releases every tensor, keeps the table */
void values_free(Values *values);

#endif
