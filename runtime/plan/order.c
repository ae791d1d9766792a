/* order.c — in which order the items run.
 *
 * Any topological order is right; this one keeps few bytes alive.  Among the items that could run next, the one is taken
 * that leaves the slab smallest: bytes it frees (values whose last reader it is) against bytes it writes; of equals the
 * one that comes first in the script.  The first half runs before the second.
 */
#include "runtime/plan/making.h"

#include <assert.h>

typedef struct Ordering {
  Plan *plan;
  int *waits;        /* by item: reads not made yet */
  int *uses;         /* by node: items still to read it; a kept value counts one more */
  int *users;        /* items that read a node, one after the other … */
  int *users_start;  /* … by node */
  int *ready;        /* items that can run */
  int ready_count;
} Ordering;

static void count_uses(Ordering *ordering) {
  Plan *plan = ordering->plan;
  for (int i = 0; i < plan->item_count; i++)
    for (int r = 0; r < plan->items[i].read_count; r++) ordering->users_start[plan->items[i].reads[r] + 1]++;
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
static int64_t growth(const Ordering *ordering, const Item *item) {
  const Plan *plan = ordering->plan;
  int64_t bytes = 0;
  for (int n = 0; n < item->count; n++)
    if (plan->facts[item->nodes[n]].exported) bytes += (int64_t)plan->facts[item->nodes[n]].bytes;
  for (int r = 0; r < item->read_count; r++)
    if (ordering->uses[item->reads[r]] == 1 && !plan->facts[item->reads[r]].leaf) bytes -= (int64_t)plan->facts[item->reads[r]].bytes;
  return bytes;
}

static int take_best(Ordering *ordering) {
  const Plan *plan = ordering->plan;
  int best = 0;
  int64_t best_growth = 0;
  for (int i = 0; i < ordering->ready_count; i++) {
    const Item *item = &plan->items[ordering->ready[i]], *other = &plan->items[ordering->ready[best]];
    int64_t mine = growth(ordering, item);
    bool better = item->half != other->half ? item->half < other->half : mine != best_growth ? mine < best_growth : item->nodes[0] < other->nodes[0];
    if (i > 0 && !better) continue;
    best = i;
    best_growth = mine;
  }
  int item = ordering->ready[best];
  ordering->ready[best] = ordering->ready[--ordering->ready_count];
  return item;
}

static void finish(Ordering *ordering, int number, int position) {
  Plan *plan = ordering->plan;
  Item *item = &plan->items[number];
  item->position = position;
  plan->order[position] = number;
  if (item->half == 1) plan->first_half = position + 1;
  for (int r = 0; r < item->read_count; r++) {
    ordering->uses[item->reads[r]]--;
    plan->facts[item->reads[r]].last = position;
  }
  for (int n = 0; n < item->count; n++) {
    NodeId id = item->nodes[n];
    plan->facts[id].last = position;
    for (int u = ordering->users_start[id]; u < ordering->users_start[id + 1]; u++)
      if (--ordering->waits[ordering->users[u]] == 0) ordering->ready[ordering->ready_count++] = ordering->users[u];
  }
}

void plan_order(Plan *plan) {
  size_t items = (size_t)plan->item_count + 1, nodes = plan->graph.count + 1;
  Ordering ordering = {.plan = plan, .waits = mem_zero(items * sizeof(int)), .uses = mem_zero(nodes * sizeof(int)),
                       .users_start = mem_zero((nodes + 1) * sizeof(int)), .ready = mem_alloc(items * sizeof(int))};
  plan->order = arena_alloc(&plan->arena, items * sizeof(int));
  count_uses(&ordering);
  for (int i = 0; i < plan->item_count; i++)
    if (ordering.waits[i] == 0) ordering.ready[ordering.ready_count++] = i;
  for (int position = 0; position < plan->item_count; position++) {
    assert(ordering.ready_count > 0);
    finish(&ordering, take_best(&ordering), position);
  }
  mem_free(ordering.waits);
  mem_free(ordering.uses);
  mem_free(ordering.users);
  mem_free(ordering.users_start);
  mem_free(ordering.ready);
}
