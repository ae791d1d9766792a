/* rest.h — which rows does an update leave unchanged?
 *
 * The gradient of a table of which a step reads some rows is a SCATTER: zero but for these rows. An
 * update that is elementwise can then be made for the rows alone, if it provably leaves a row whose
 * gradient is zero unchanged, bit for bit.
 */
#ifndef GD_RUNTIME_GRAPH_REST_H
#define GD_RUNTIME_GRAPH_REST_H

#include "runtime/graph/maker.h"

enum { REST_GUARDS = 8, REST_STATES = 6 };

/* The update of one param, as it stands in the graph.  `olds[0]` is the param's INPUT, the others
 * are those of its states of the same shape; `news` by old: the new value, or 0 where it is kept.
 */
typedef struct RestUpdate {
  NodeId olds[1 + REST_STATES];
  NodeId news[1 + REST_STATES];
  int count;
  NodeId gradient; /* before clipping: what must be finite */
} RestUpdate;

typedef enum Rest {
  REST_NEVER,  /* a row without a gradient may move */
  REST_FRESH,  /* it rests as long as its states are zero */
  REST_ALWAYS, /* it rests */
} Rest;

/* What was found; the other fields hold only where no old value is -0 (which + 0 makes 0) or not
 * finite, and where each guard is finite. */
typedef struct RestFound {
  Rest rest;
  NodeId scatters[REST_GUARDS]; /* those that the gradient is made of */
  int scatter_count;
  NodeId guards[REST_GUARDS];
  int guard_count;
} RestFound;

/* Leaves a graph as it is but for guards. */
RestFound rest_study(Maker *maker, const RestUpdate *update);

/* The update again, for some rows: `olds` and `scatters` (in the order of RestFound) are what stand
 * for the whole ones, all with `rows` in place of the first axis.  Fills news, and the gradient. */
bool rest_again(Maker *maker, const RestUpdate *update, const RestFound *found, int64_t rows,
                const NodeId *olds, const NodeId *scatters, NodeId *news, NodeId *gradient);

/* Rows that a step reads: all indices of the scatters, one after the other, counted from the start;
 * and for each its place among different ones. */
typedef struct RestRows {
  NodeId ids;   /* i32 [count] */
  NodeId slots; /* i32 [count]: the same for the same id, below count */
  int64_t count;
} RestRows;
int64_t rest_row_count(const Maker *maker, const RestFound *found);
RestRows rest_rows(Maker *maker, const RestFound *found);
/* Scatter number k for these rows: each with all that its id gets. */
NodeId rest_share(Maker *maker, const RestFound *found, const RestRows *rows, int k);

#endif
