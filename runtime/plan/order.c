/* order.c — in which order the items run.
 *
 * Any topological order is right; this one keeps few bytes alive.  Among the items that could run
 * next, the one is taken that leaves the slab smallest: bytes it frees (values whose last reader it
 * is) against bytes it writes; among equals, the first in the script.  The first half runs before
 * the second.
 *
 * Items that can run are in a heap.  An item's growth changes only when it becomes the last to read
 * a value, which happens once a value: then it moves up.  So the pass is linear in what is read,
 * but for the heap's logarithm.
 */
#include "runtime/plan/internal.h"

#include <assert.h>

typedef struct Ordering {
  Plan *plan;
  int *waits;       /* by item: reads not made yet */
  int *uses;        /* by node: items still to read it; a kept value counts one more */
  int *users;       /* items that read a node, one after the other … */
  int *users_start; /* … by node */
  int64_t *growth;  /* by item that can run: bytes by which the slab would grow */
  bool *apart;      /* by node: it lies in a result's memory, not in the slab */
  int *ready;       /* items that can run: a heap, the best first */
  int *at;          /* by item: where it stands in the heap; -1: not there */
  int ready_count;
} Ordering;

static void count_uses(Ordering *ordering) {
  Plan *plan = ordering->plan;
  for (int i = 0; i < plan->item_count; i++)
    for (int r = 0; r < plan->items[i].read_count; r++)
      ordering->users_start[plan->items[i].reads[r] + 1]++;
  for (NodeId id = 1; id < plan->graph.count; id++) {
    ordering->uses[id] = ordering->users_start[id + 1] + plan->facts[id].kept;
    ordering->users_start[id + 1] += ordering->users_start[id];
  }
  ordering->users = mem_alloc((size_t)ordering->users_start[plan->graph.count] * sizeof(int) + 1);
  int *next = mem_alloc(plan->graph.count * sizeof *next);
  for (NodeId id = 1; id < plan->graph.count; id++) next[id] = ordering->users_start[id];
  for (int i = 0; i < plan->item_count; i++)
    for (int r = 0; r < plan->items[i].read_count; r++) {
      NodeId root = plan->items[i].reads[r];
      ordering->users[next[root]++] = i;
      ordering->waits[i] += !plan->facts[root].leaf;
    }
  mem_free(next);
}

/* Bytes by which the slab would grow. */
static int64_t growth(const Ordering *ordering, int number) {
  const Plan *plan = ordering->plan;
  const Item *item = &plan->items[number];
  int64_t bytes = 0;
  for (int n = 0; n < item->count; n++)
    if (plan->facts[item->nodes[n]].exported && !ordering->apart[item->nodes[n]])
      bytes += (int64_t)plan->facts[item->nodes[n]].bytes;
  for (int r = 0; r < item->read_count; r++)
    if (ordering->uses[item->reads[r]] == 1 && !plan->facts[item->reads[r]].leaf)
      bytes -= (int64_t)plan->facts[item->reads[r]].bytes;
  return bytes;
}

/* ---- the heap ---- */

static bool is_better(const Ordering *ordering, int a, int b) {
  const Item *one = &ordering->plan->items[a], *other = &ordering->plan->items[b];
  if (one->half != other->half) return one->half < other->half;
  if (ordering->growth[a] != ordering->growth[b]) return ordering->growth[a] < ordering->growth[b];
  return one->nodes[0] < other->nodes[0];
}

static void set_at(Ordering *ordering, int place, int item) {
  ordering->ready[place] = item;
  ordering->at[item] = place;
}

/* The item at `place` goes up to where it belongs. */
static void move_up(Ordering *ordering, int place) {
  int item = ordering->ready[place];
  for (int above; place > 0 && is_better(ordering, item, ordering->ready[above = (place - 1) / 2]);
       place = above)
    set_at(ordering, place, ordering->ready[above]);
  set_at(ordering, place, item);
}

/* `item` goes down from the top. */
static void move_down(Ordering *ordering, int item) {
  int place = 0;
  for (int below; (below = 2 * place + 1) < ordering->ready_count; place = below) {
    if (below + 1 < ordering->ready_count &&
        is_better(ordering, ordering->ready[below + 1], ordering->ready[below]))
      below++;
    if (!is_better(ordering, ordering->ready[below], item)) break;
    set_at(ordering, place, ordering->ready[below]);
  }
  set_at(ordering, place, item);
}

static void add_ready(Ordering *ordering, int item) {
  ordering->growth[item] = growth(ordering, item);
  ordering->ready[ordering->ready_count] = item;
  move_up(ordering, ordering->ready_count++);
}

static int take_best(Ordering *ordering) {
  int best = ordering->ready[0], last = ordering->ready[--ordering->ready_count];
  if (ordering->ready_count) move_down(ordering, last);
  ordering->at[best] = -1;
  return best;
}

/* Of the readers of `root` all but one have run: that one will free it. */
static void leave_to_last(Ordering *ordering, NodeId root) {
  const Facts *facts = &ordering->plan->facts[root];
  if (facts->kept || facts->leaf) return;
  for (int u = ordering->users_start[root]; u < ordering->users_start[root + 1]; u++) {
    int item = ordering->users[u];
    if (ordering->at[item] < 0) continue;
    ordering->growth[item] -= (int64_t)facts->bytes;
    move_up(ordering, ordering->at[item]);
    return;
  }
}

static void finish(Ordering *ordering, int number, int position) {
  Plan *plan = ordering->plan;
  Item *item = &plan->items[number];
  item->position = position;
  plan->order[position] = number;
  if (item->half == 1) plan->first_half = position + 1;
  for (int r = 0; r < item->read_count; r++) {
    if (--ordering->uses[item->reads[r]] == 1) leave_to_last(ordering, item->reads[r]);
    plan->facts[item->reads[r]].last = position;
  }
  for (int n = 0; n < item->count; n++) {
    NodeId id = item->nodes[n];
    plan->facts[id].last = position;
    for (int u = ordering->users_start[id]; u < ordering->users_start[id + 1]; u++)
      if (--ordering->waits[ordering->users[u]] == 0) add_ready(ordering, ordering->users[u]);
  }
}

void plan_order(Plan *plan) {
  size_t items = (size_t)plan->item_count + 1, nodes = plan->graph.count + 1;
  Ordering ordering = {.plan = plan,
                       .waits = mem_zero(items * sizeof(int)),
                       .uses = mem_zero(nodes * sizeof(int)),
                       .users_start = mem_zero((nodes + 1) * sizeof(int)),
                       .apart = mem_zero(nodes * sizeof(bool)),
                       .growth = mem_alloc(items * sizeof(int64_t)),
                       .ready = mem_alloc(items * sizeof(int)),
                       .at = mem_alloc(items * sizeof(int))};
  plan->order = arena_alloc(&plan->arena, items * sizeof(int));
  for (int k = 0; k < plan->result_count; k++) ordering.apart[plan->results[k]] = true;
  count_uses(&ordering);
  for (int i = 0; i < plan->item_count; i++) ordering.at[i] = -1;
  for (int i = 0; i < plan->item_count; i++)
    if (ordering.waits[i] == 0) add_ready(&ordering, i);
  for (int position = 0; position < plan->item_count; position++) {
    assert(ordering.ready_count > 0);
    finish(&ordering, take_best(&ordering), position);
  }
  mem_free(ordering.waits);
  mem_free(ordering.uses);
  mem_free(ordering.users);
  mem_free(ordering.users_start);
  mem_free(ordering.apart);
  mem_free(ordering.growth);
  mem_free(ordering.ready);
  mem_free(ordering.at);
}
