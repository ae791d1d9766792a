/* order.c — in which order the items run.
 *
 * Any topological order is right; this one keeps few bytes alive.  Among the items that could run
 * next, the one is taken that leaves the slab smallest: bytes it frees (values whose last reader it
 * is) against bytes it writes; among equals, the first in the script.  The first half runs before
 * the second.
 *
 * What is made of parameters and constants alone (a weight turned, two joined) could run at any
 * time, and would lie about until it is used.  If it is large, it comes when all else is there that
 * some reader of it needs.
 *
 * Items that can run are in a heap.  An item's growth changes only when it becomes the last to read
 * a value, which happens once a value: then it moves up.  So the pass is linear in what is read,
 * but for the heap's logarithm.
 */
#include "runtime/plan/internal.h"

#include <assert.h>

enum { NOT_EARLY, EARLY_HELD, EARLY_FREE }; /* early: held back until a reader wants it */

typedef struct Ordering {
  Plan *plan;
  int *waits;       /* by item: reads not made yet */
  int *uses;        /* by node: items still to read it; a kept value counts one more */
  int *users;       /* items that read a node, one after the other … */
  int *users_start; /* … by node */
  int64_t *growth;  /* by item that can run: bytes by which the slab would grow */
  bool *apart;      /* by node: it lies in a result's or a binding's memory, not in the slab */
  uint8_t *early;   /* by item: is it one that may come late? */
  int *early_waits; /* by item: of its waits, those for early items */
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
  if (item->at_once) return INT64_MIN / 2; /* before anything else */
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

#if defined(GD_HARSH)
enum { EARLY_LEAST = 256 };
#else
enum { EARLY_LEAST = 1 << 20 }; /* bytes that are worth having late */
#endif

static bool may_come_late(const Ordering *ordering, const Item *item) {
  const Plan *plan = ordering->plan;
  const Facts *facts = &plan->facts[item->nodes[0]];
  const int from = ordering->users_start[item->nodes[0]],
            to = ordering->users_start[item->nodes[0] + 1];
  if (item->half != 1 || item->count != 1 || facts->kept || facts->bytes < EARLY_LEAST ||
      from == to)
    return false;
  for (int r = 0; r < item->read_count; r++)
    if (!plan->facts[item->reads[r]].leaf) return false;
  for (int u = from; u < to; u++)
    if (plan->items[ordering->users[u]].half != 1) return false;
  return true;
}

static void find_early(Ordering *ordering) {
  const Plan *plan = ordering->plan;
  for (int i = 0; i < plan->item_count; i++) {
    const NodeId id = plan->items[i].nodes[0];
    if (!may_come_late(ordering, &plan->items[i])) continue;
    ordering->early[i] = EARLY_HELD;
    for (int u = ordering->users_start[id]; u < ordering->users_start[id + 1]; u++)
      ordering->early_waits[ordering->users[u]]++;
  }
}

/* Does nothing but early items keep this one waiting?  Then they may run. */
static void free_early(Ordering *ordering, int number) {
  const Plan *plan = ordering->plan;
  const Item *item = &plan->items[number];
  if (ordering->waits[number] > ordering->early_waits[number]) return;
  for (int r = 0; r < item->read_count; r++) {
    const int maker = plan->facts[item->reads[r]].item;
    if (maker < 0 || ordering->early[maker] != EARLY_HELD) continue;
    ordering->early[maker] = EARLY_FREE;
    add_ready(ordering, maker);
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
    for (int u = ordering->users_start[id]; u < ordering->users_start[id + 1]; u++) {
      int user = ordering->users[u];
      ordering->early_waits[user] -= ordering->early[number] != NOT_EARLY;
      if (--ordering->waits[user] == 0) add_ready(ordering, user);
      else free_early(ordering, user);
    }
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
                       .at = mem_alloc(items * sizeof(int)),
                       .early = mem_zero(items),
                       .early_waits = mem_zero(items * sizeof(int))};
  plan->order = arena_alloc(&plan->arena, items * sizeof(int));
  for (int k = 0; k < plan->result_count; k++) ordering.apart[plan->results[k]] = true;
  for (int k = 0; k < plan->store_count; k++)
    ordering.apart[plan->stores[k].node] |= plan->facts[plan->stores[k].node].half == 2;
  count_uses(&ordering);
  find_early(&ordering);
  for (int i = 0; i < plan->item_count; i++) ordering.at[i] = -1;
  for (int i = 0; i < plan->item_count; i++) {
    if (ordering.waits[i] > 0) free_early(&ordering, i);
    else if (ordering.early[i] == NOT_EARLY) add_ready(&ordering, i);
  }
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
  mem_free(ordering.early);
  mem_free(ordering.early_waits);
  mem_free(ordering.ready);
  mem_free(ordering.at);
}
