/* rows.h — which nodes of a graph go by rows.
 *
 * The same expression is recorded twice: for all rows of a data set (the *whole*), types alone, and
 * for a minibatch of them (the *part*).  What must be kept of each minibatch, so that in the end
 * the expression can be computed over all rows at once?  rows_study finds, for each node of the
 * whole, its twin in the part and one of four ways:
 *
 *   FREE     has no rows: it is the same for any rows.  It is *known* when it depends on
 *            constants alone; else (a param, a draw without rows) it changes from step to step.
 *   BY       has an axis of rows, each with `block` places; what stands at row i depends on row i
 *            alone and on what is free.
 *   FOLD     a sum (maximum, product …) over the rows of something that goes by rows: that of all
 *            rows is made of those of parts by rows_merge.
 *   ACROSS   needs all rows at once: it must be computed for the whole, from its inputs.
 *
 * The axis of rows is the one whose length differs between whole and part, never one that happens
 * to be as long as there are rows.  A number that depends on how many rows there are (1 / n)
 * differs in the two, so what contains it is across.
 */
#ifndef GD_RUNTIME_GRAPH_ROWS_H
#define GD_RUNTIME_GRAPH_ROWS_H

#include "runtime/graph/graph.h"

typedef enum RowsWay { ROWS_UNSEEN, ROWS_FREE, ROWS_BY, ROWS_FOLD, ROWS_ACROSS } RowsWay;

typedef struct RowsFact {
  RowsWay way;
  bool known; /* depends on constants alone: the whole can work it out by itself */
  int axis;   /* BY: the axis of rows, which has rows * block places */
  int64_t block;
  NodeId twin; /* in the part; 0: it has none there */
} RowsFact;

typedef struct RowsStudy {
  const Graph *whole, *part;
  int64_t whole_rows, part_rows; /* they differ */
  /* by node of the whole: taken to go by rows if it has them, whatever it is made of; or NULL */
  const bool *opaque;
  /* what an INPUT is: way, known, axis, block */
  void (*leaf)(const struct RowsStudy *study, NodeId whole, NodeId part, RowsFact *fact);
  const void *context; /* leaf's */
} RowsStudy;

/* Fills facts[node of the whole] for all that `roots` need; facts is zeroed by the caller.  twins:
 * the roots in the part. */
void rows_study(const RowsStudy *study, const NodeId *roots, const NodeId *twins, int count,
                RowsFact *facts);
/* The twins alone: pairs[node of `from`] is the node of `into`, an equal recording for another
 * number of rows, or 0. */
void rows_twins(const Graph *from, const Graph *into, const NodeId *roots, const NodeId *twins,
                int count, NodeId *pairs);
/* What a FOLD node (its op) gives over two parts. */
double rows_merge(Op op, double a, double b);

#endif
