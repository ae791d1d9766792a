/* subtrees.c — see subtrees.h.
 *
 * The subtrees are those of one depth (or parts, where there is nothing so deep), the depth that
 * leaves the busiest thread the fewest parts.  Thread t of them computes subtrees t, t + threads …,
 * with a replica of the step, and takes the nodes of its sums from a stack of its own.  What a part
 * makes besides gradients waits in the results of its run until it is asked for, part by part.
 *
 * A part that fails has changed nothing: all parts are then computed again in turn (shards.c), and
 * the first that fails raises its error.
 */
#include "lang/run/subtrees.h"

#include "lang/machine/vm.h"
#include "lang/optimizers/draws.h"
#include "lang/run/feed.h"
#include "lang/run/steps.h"
#include "runtime/compute.h"

#include <assert.h>

/* subtrees, and nodes of a thread */
enum { THREADS_MOST = 16, SUBTREES_MOST = 32, FREE_MOST = 40, NODES_MOST = 96 };

typedef struct PartRun {
  Minibatch minibatch;
  int64_t first, rows; /* in the minibatch of the update */
  Step *step;
  int run; /* of its replica */
} PartRun;

typedef struct Subtree {
  int64_t low, high;
  Subtotal root;
  bool done;
} Subtree;

struct Subtrees {
  SubtreesAsked asked;
  TrainRun *run;
  Nodes *nodes;
  PartRun *parts; /* by part; owned */
  int64_t part_count;
  Subtree list[SUBTREES_MOST];
  int count, threads;
  Subtotal free[THREADS_MOST][FREE_MOST]; /* nodes of a thread that are not in use */
  int free_count[THREADS_MOST];
  Subtotal taken[NODES_MOST]; /* all of them */
  int taken_count;
  const int64_t *order; /* of the minibatch's rows; NULL: as they are stored */
};

/* ---- which subtrees ---- */

/* Subtrees of the tree of parts at a depth: adds them, or only counts the parts of the largest. */
static int64_t cut(Subtrees *subtrees, int64_t low, int64_t high, int depth, bool adds) {
  if (depth == 0 || high - low == 1) {
    if (adds) subtrees->list[subtrees->count++] = (Subtree){.low = low, .high = high};
    return high - low;
  }
  const int64_t middle = low + (high - low) / 2;
  const int64_t left = cut(subtrees, low, middle, depth - 1, adds),
                right = cut(subtrees, middle, high, depth - 1, adds);
  return left > right ? left : right;
}

/* The depth that leaves the busiest thread the fewest parts, and the least such depth. */
static void choose_cut(Subtrees *subtrees, int threads) {
  const int64_t low = subtrees->asked.low, high = subtrees->asked.high;
  int64_t fewest = INT64_MAX;
  int best = 0;
  for (int depth = 1; 1 << depth <= SUBTREES_MOST; depth++) {
    const int64_t subtrees_of = high - low < 1 << depth ? high - low : 1 << depth,
                  parts = cut(subtrees, low, high, depth, false) *
                          ((subtrees_of + threads - 1) / threads);
    if (parts >= fewest) continue;
    fewest = parts;
    best = depth;
  }
  subtrees->count = 0;
  cut(subtrees, low, high, best, true);
  subtrees->threads = subtrees->count < threads ? subtrees->count : threads;
}

static int thread_of(const Subtrees *subtrees, int subtree) { return subtree % subtrees->threads; }

static int levels_of(const Subtree *subtree) {
  int levels = 0;
  for (int64_t parts = subtree->high - subtree->low; parts > 1; parts = (parts + 1) / 2) levels++;
  return levels;
}

/* Nodes that a thread needs: one for each of its roots, and one a level of the tree in hand. */
static int nodes_of(const Subtrees *subtrees, int thread) {
  int roots = 0, levels = 0;
  for (int s = thread; s < subtrees->count; s += subtrees->threads) {
    const int here = levels_of(&subtrees->list[s]);
    roots++;
    if (here > levels) levels = here;
  }
  return roots + levels;
}

static bool nodes_suffice(const Subtrees *subtrees) {
  int all = 0, most = 0;
  for (int t = 0; t < subtrees->threads; t++) {
    const int here = nodes_of(subtrees, t);
    all += here;
    if (here > most) most = here;
  }
  return all <= NODES_MOST && most <= FREE_MOST;
}

/* The steps of the parts, and a replica of each for every thread that computes such a part. */
static bool find_steps(Subtrees *subtrees, TrainRun *run) {
  const SubtreesAsked *asked = &subtrees->asked;
  int runs[THREADS_MOST] = {0};
  for (int s = 0; s < subtrees->count; s++)
    for (int64_t p = subtrees->list[s].low; p < subtrees->list[s].high; p++) {
      PartRun *part = &subtrees->parts[p];
      const int thread = thread_of(subtrees, s);
      part->first = part_begin(p, asked->rows, run->shards);
      part->rows = part_begin(p + 1, asked->rows, run->shards) - part->first;
      part->step = steps_recorded(run, asked->objective, STEP_FIRST, part->rows);
      part->run = runs[thread]++;
      if (!part->step || !replica_may_be(part->step) ||
          !replica_make(run->vm, part->step, thread, part->run))
        return false;
    }
  return true;
}

static void make_parts(Subtrees *subtrees, int64_t count) {
  if (subtrees->part_count >= count) return;
  subtrees->parts = mem_grow(subtrees->parts, (size_t)count * sizeof *subtrees->parts);
  for (int64_t p = subtrees->part_count; p < count; p++) subtrees->parts[p] = (PartRun){.rows = 0};
  subtrees->part_count = count;
}

bool subtrees_plan(Subtrees **subtrees, TrainRun *run, const SubtreesAsked *asked) {
  const int threads = team_size() < THREADS_MOST ? team_size() : THREADS_MOST;
  if (threads < 2 || asked->high - asked->low < 2) return false;
  if (!*subtrees) *subtrees = mem_zero(sizeof **subtrees);
  Subtrees *all = *subtrees;
  all->asked = *asked;
  all->run = run;
  make_parts(all, run->shards);
  choose_cut(all, threads);
  return nodes_suffice(all) && find_steps(all, run);
}

Step *subtrees_step(const Subtrees *subtrees, int64_t part) { return subtrees->parts[part].step; }

/* ---- what a thread does ---- */

static void aim(const Nodes *nodes, const Subtotal *node, Tensor *sums) {
  const Tensor *views = nodes->views[node->slot].fields;
  for (int i = 0; i < nodes->sums.count; i++) sums[nodes->sums.fields[i].number] = views[i];
}

/* False: the run was not done. */
static bool make_leaf(Subtrees *subtrees, int thread, int64_t number, Subtotal *node) {
  const TrainRun *run = subtrees->run;
  const Nodes *nodes = subtrees->nodes;
  const PartRun *part = &subtrees->parts[number];
  Replica *replica = &part->step->replicas[thread];
  ReplicaRun *made = &replica->runs[part->run];
  feed_copy(run, &part->minibatch, subtrees->order, run->at_row, part->first);
  *node = subtrees->free[thread][--subtrees->free_count[thread]];
  aim(nodes, node, made->results + part->step->sums_at);
  const ReplicaInputs inputs = {.columns = part->minibatch.columns,
                                .column_count = run->pattern ? run->column_count : 0,
                                .key_seed = run->base.key_seed,
                                .key_number = steps_draws(run, part_draws(0, number))};
  replica_run(part->step, replica, made, &inputs);
  node->rows = (double)part->rows;
  if (made->how == RUN_DONE) nodes_pack(nodes, node, replica->stored);
  return made->how == RUN_DONE;
}

static bool make_node(Subtrees *subtrees, int thread, int64_t low, int64_t high, Subtotal *node) {
  if (high - low == 1) return make_leaf(subtrees, thread, low, node);
  const int64_t middle = low + (high - low) / 2;
  Subtotal right;
  if (!make_node(subtrees, thread, low, middle, node) ||
      !make_node(subtrees, thread, middle, high, &right))
    return false;
  nodes_add(subtrees->nodes, node, &right);
  subtrees->free[thread][subtrees->free_count[thread]++] = right;
  return true;
}

static void make_subtrees(void *context, int64_t thread) {
  Subtrees *subtrees = context;
  for (int s = (int)thread; s < subtrees->count; s += subtrees->threads) {
    Subtree *subtree = &subtrees->list[s];
    subtree->done = make_node(subtrees, (int)thread, subtree->low, subtree->high, &subtree->root);
    if (!subtree->done) return;
  }
}

/* ---- all of them ---- */

static void take_nodes(Subtrees *subtrees) {
  subtrees->taken_count = 0;
  for (int t = 0; t < subtrees->threads; t++) {
    subtrees->free_count[t] = nodes_of(subtrees, t);
    for (int i = 0; i < subtrees->free_count[t]; i++) {
      Subtotal *node = &subtrees->free[t][i];
      *node = nodes_take(subtrees->nodes);
      nodes_complete(subtrees->nodes, node);
      nodes_views(subtrees->nodes, node);
      subtrees->taken[subtrees->taken_count++] = *node;
    }
  }
}

/* All, or all but the roots. */
static void return_nodes(Subtrees *subtrees, bool all) {
  for (int i = 0; i < subtrees->taken_count && all; i++)
    nodes_return(subtrees->nodes, &subtrees->taken[i]);
  for (int t = 0; t < subtrees->threads; t++)
    for (int i = 0; i < subtrees->free_count[t] && !all; i++)
      nodes_return(subtrees->nodes, &subtrees->free[t][i]);
}

/* The inputs of each step that are the same for all parts. */
static void bind(Subtrees *subtrees) {
  const SubtreesAsked *asked = &subtrees->asked;
  TrainRun *run = subtrees->run;
  Step *before = NULL;
  for (int64_t p = asked->low; p < asked->high; p++) {
    PartRun *part = &subtrees->parts[p];
    feed_room(run, &part->minibatch, part->rows);
    if (part->step == before) continue;
    before = part->step;
    const StepAsked one = {.role = STEP_FIRST, .rows = part->rows, .total = asked->total};
    StepContext context = steps_context_for(run, asked->objective, NULL, &one);
    context.column_count = 0;
    replica_bind_all(run->vm, part->step, &context);
  }
}

bool subtrees_run(Subtrees *subtrees, Nodes *nodes, bool *interrupted) {
  TrainRun *run = subtrees->run;
  subtrees->nodes = nodes;
  bind(subtrees);
  subtrees->order = feed_order(run, run->at_row, subtrees->asked.rows);
  take_nodes(subtrees);
  for (int s = 0; s < subtrees->count; s++) subtrees->list[s].done = false;
  team_beside(subtrees->threads, make_subtrees, subtrees);
  bool all = true;
  for (int s = 0; s < subtrees->count; s++) all &= subtrees->list[s].done;
  *interrupted = !all && stop_wanted();
  for (int64_t p = subtrees->asked.low; p < subtrees->asked.high && all; p++)
    if (subtrees->parts[p].step->draws) draws_take(run->vm, &run->base);
  return_nodes(subtrees, !all);
  return all;
}

static const ReplicaRun *run_of(const Subtrees *subtrees, int64_t number) {
  int s = 0;
  while (number >= subtrees->list[s].high) s++;
  const PartRun *part = &subtrees->parts[number];
  return &part->step->replicas[thread_of(subtrees, s)].runs[part->run];
}

const Tensor *subtrees_results(const Subtrees *subtrees, int64_t part, int64_t *rows) {
  *rows = subtrees->parts[part].rows;
  return run_of(subtrees, part)->results;
}

bool subtrees_root(const Subtrees *subtrees, int64_t low, int64_t high, Subtotal *root) {
  for (int s = 0; s < subtrees->count; s++) {
    if (subtrees->list[s].low != low || subtrees->list[s].high != high) continue;
    *root = subtrees->list[s].root;
    return true;
  }
  return false;
}

void subtrees_free(Subtrees *subtrees) {
  if (!subtrees) return;
  for (int64_t p = 0; p < subtrees->part_count; p++)
    for (int i = 0; i < COUNT_OF(subtrees->parts[p].minibatch.columns); i++)
      tensor_release(&subtrees->parts[p].minibatch.columns[i]);
  mem_free(subtrees->parts);
  mem_free(subtrees);
}
