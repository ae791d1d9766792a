/* subtrees.h — parts of an update (shards.c) computed side by side on the team.
 *
 * The tree of parts is cut into subtrees.  Each thread computes some of them from their parts to
 * their roots, one after the other, so what it adds lies in its own cache.  Bits are those of parts
 * computed in turn: each part has the same inputs, and the tree is the same.
 */
#ifndef GD_LANG_SUBTREES_H
#define GD_LANG_SUBTREES_H

#include "lang/run/run.h"
#include "lang/step/nodes.h"
#include "lang/step/replica.h"

/* The first row of a part of a minibatch of so many rows: floor(i · shards / rows) is `part` from
 * there on. */
static inline int64_t part_begin(int64_t part, int64_t rows, int64_t shards) {
  return (part * rows + shards - 1) / shards;
}

/* Draws belong to the part, its minibatch and the update. */
static inline uint64_t part_draws(int64_t minibatch, int64_t part) {
  return hash_mix((uint64_t)minibatch + 1, (uint64_t)part + 1);
}

/* The parts in question, of the minibatch that is the whole update. */
typedef struct SubtreesAsked {
  int64_t low, high;
  int64_t rows;  /* of the minibatch */
  double total;  /* of the update */
  int objective; /* its number */
} SubtreesAsked;

typedef struct Subtrees Subtrees;

/* Can these parts be computed so?  *subtrees is made if it is NULL. */
bool subtrees_plan(Subtrees **subtrees, TrainRun *run, const SubtreesAsked *asked);
/* The step of a part. */
Step *subtrees_step(const Subtrees *subtrees, int64_t part);
/* Computes them for the run of subtrees_plan, once the nodes are laid out.  False: one failed, and
 * nothing has changed. */
bool subtrees_run(Subtrees *subtrees, Nodes *nodes, bool *interrupted);
/* The rows of a part, and what it made besides gradients. */
const Tensor *subtrees_results(const Subtrees *subtrees, int64_t part, int64_t *rows);
/* Is this node the root of a subtree? */
bool subtrees_root(const Subtrees *subtrees, int64_t low, int64_t high, Subtotal *root);
void subtrees_free(Subtrees *subtrees);

#endif
