/* fuse.c — which elementwise nodes run as one program.
 *
 * Every node gets a *level*.  Along an edge between two elementwise nodes that walk the same index
 * space one for one (an aligned operand) the level may stay; along any other edge it grows.  Nodes
 * of one level that are connected by aligned edges form a group: no path between them leaves the
 * group, so groups never form a cycle, whatever the graph.
 *
 * Levels are first as low as they can be.  Then an elementwise node moves up to where it is used,
 * if all its users are in one higher level, read it one for one, and it keeps no more than one full
 * operand alive for longer than it need be: the mask of a relu, or 1 - y^2 of a tanh, is then
 * computed in the backward pass from y, which is there anyway, instead of being kept.  A value that
 * must be in memory in any case (a result) may not move up if that keeps an operand alive.  In the
 * second half everything moves up: what it reads is there anyway, and so an optimizer's new state
 * is made in the pass that makes the new parameter, though a scalar (1 - beta^t) had to be waited
 * for.
 *
 * A slope for which there is a loop that makes it with its function (pair.c) does not move away
 * from the function if it would keep their operand: it is as large, and the exponential is taken
 * once.
 *
 * A tail (need.c) stays in the level of its operand, and so in its group; what reads the tail is in
 * a higher one.  The second half starts at a level of its own, so no group lies across.
 */
#include "runtime/plan/internal.h"

#include <assert.h>

enum { LEVEL_HALF = 1 << 28 }; /* where the second half starts */

static void raise(int32_t *level, int32_t to) {
  if (*level < to) *level = to;
}

static void lowest_levels(Plan *plan) {
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    Facts *facts = &plan->facts[id];
    if (!facts->half || facts->leaf) continue;
    facts->level = facts->half == 2 ? LEVEL_HALF : 1;
    for (int i = 0; i < facts->operand_count; i++) {
      const Operand *operand = &facts->operands[i];
      raise(&facts->level, plan->facts[operand->source].level + (operand->aligned ? 0 : 1));
    }
    if (facts->operand_count) continue;
    for (int i = 0; i < node->input_count; i++)
      raise(&facts->level, plan->facts[plan->facts[node->inputs[i]].root].level + 1);
  }
}

/* The one level where all users are that read it aligned; 0 when it has a user of another kind, or
 * none. */
typedef struct Users {
  int32_t level;
  int32_t highest; /* of all users seen */
  bool apart;      /* in several levels, or not aligned */
} Users;

static void note_user(Users *users, int32_t level, bool aligned) {
  if (!aligned || (users->level && users->level != level)) users->apart = true;
  users->level = level;
  raise(&users->highest, level);
}

/* Number of full operands that would stay alive longer if the node moved up to `level`. */
static int prolonged(const Plan *plan, const Facts *facts, int32_t level, const Users *users) {
  int count = 0;
  for (int i = 0; i < facts->operand_count; i++) {
    const Operand *operand = &facts->operands[i];
    bool again = false;
    for (int j = 0; j < i; j++) again |= facts->operands[j].source == operand->source;
    bool counts = (operand->pattern.kind == PATTERN_FULL || operand->part) &&
                  !plan->facts[operand->source].leaf && !plan->facts[operand->source].kept;
    count += !again && counts && users[operand->source].highest < level;
  }
  return count;
}

/* By operand: the function of it that has a slope, if any. */
static NodeId *find_functions(const Plan *plan) {
  NodeId *functions = mem_zero(plan->graph.count * sizeof *functions);
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Facts *facts = &plan->facts[id];
    if (facts->half && !facts->leaf && facts->operand_count == 1 &&
        dispatch_has_twin(graph_node(&plan->graph, id)->op))
      functions[facts->operands[0].source] = id;
  }
  return functions;
}

/* The function that the node is the slope of, when one program can make both from an operand that
 * it makes too; else 0. */
static NodeId twin_of(const Plan *plan, const NodeId *functions, NodeId id) {
  const Facts *facts = &plan->facts[id];
  if (!FUSES || !facts->fusable || !facts->operand_count) return 0;
  NodeId source = facts->operands[0].source, function = functions[source];
  if (!function || !facts->operands[0].aligned || plan->facts[source].level != facts->level ||
      plan->facts[function].level != facts->level)
    return 0;
  const Node *slope = graph_node(&plan->graph, id);
  return dispatch_twin(graph_node(&plan->graph, function)->op, slope->op, slope->type.dtype)
             ? function
             : 0;
}

static bool may_sink(const Plan *plan, const Facts *facts, const Users *mine, const Users *users) {
  if (!facts->fusable || mine->apart || mine->level <= facts->level) return false;
  return facts->half == 2 || prolonged(plan, facts, mine->level, users) <= (facts->kept ? 0 : 1);
}

static void sink(Plan *plan) {
  Users *users = mem_zero(plan->graph.count * sizeof *users);
  NodeId *functions = find_functions(plan);
  for (NodeId id = plan->graph.count - 1; id > 0; id--) {
    const Node *node = graph_node(&plan->graph, id);
    Facts *facts = &plan->facts[id];
    if (!facts->half || facts->leaf) continue;
    if (may_sink(plan, facts, &users[id], users)) {
      NodeId function = twin_of(plan, functions, id);
      if (function && prolonged(plan, facts, users[id].level, users) == 1)
        users[function].apart = true; /* neither moves */
      else facts->level = users[id].level;
    }
    for (int i = 0; i < facts->operand_count; i++)
      note_user(&users[facts->operands[i].source], facts->level, facts->operands[i].aligned);
    if (facts->operand_count) continue;
    for (int i = 0; i < node->input_count; i++)
      note_user(&users[plan->facts[node->inputs[i]].root], facts->level, false);
  }
  mem_free(functions);
  mem_free(users);
}

/* ---- groups: sets joined along aligned edges ---- */

static NodeId find(NodeId *parent, NodeId id) {
  while (parent[id] != id) id = parent[id] = parent[parent[id]];
  return id;
}

static NodeId *join_groups(const Plan *plan) {
  NodeId *parent = mem_alloc(plan->graph.count * sizeof *parent);
  for (NodeId id = 0; id < plan->graph.count; id++) parent[id] = id;
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Facts *facts = &plan->facts[id];
    for (int i = 0; facts->half && i < facts->operand_count; i++) {
      const Operand *operand = &facts->operands[i];
      if (!operand->aligned || plan->facts[operand->source].level != facts->level) continue;
      NodeId a = find(parent, id), b = find(parent, operand->source);
      if (a < b) parent[b] = a;
      else parent[a] = b;
    }
  }
  return parent;
}

static void make_items(Plan *plan, NodeId *parent) {
  int count = 0;
  for (NodeId id = 1; id < plan->graph.count; id++) {
    Facts *facts = &plan->facts[id];
    if (!facts->half || facts->leaf) continue;
    NodeId first = find(parent, id); /* the lowest of the group */
    if (first == id) facts->item = count++;
    else facts->item = plan->facts[first].item;
  }
  plan->item_count = count;
  plan->items = arena_alloc(&plan->arena, (size_t)count * sizeof(Item) + 1);
  for (NodeId id = 1; id < plan->graph.count; id++)
    if (plan->facts[id].item >= 0 && plan->facts[id].half)
      plan->items[plan->facts[id].item].count++;
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Facts *facts = &plan->facts[id];
    if (facts->item < 0 || !facts->half) continue;
    Item *item = &plan->items[facts->item];
    if (!item->nodes) {
      item->nodes = arena_alloc(&plan->arena, (size_t)item->count * sizeof(NodeId));
      item->count = 0;
      item->program = facts->fusable;
      item->half = facts->half;
    }
    item->nodes[item->count++] = id;
  }
}

/* Which item read a root last, + 1, and where among its reads that is. */
typedef struct Noted {
  int32_t item, at;
} Noted;

/* What the item reads of others, and how, and what must therefore be in memory. */
static void note_reads(Plan *plan, Item *item, int32_t number, Noted *noted) {
  int most = 0;
  for (int n = 0; n < item->count; n++)
    most += graph_node(&plan->graph, item->nodes[n])->input_count;
  item->reads = arena_alloc(&plan->arena, (size_t)most * (2 * sizeof(NodeId) + sizeof(bool)) + 1);
  item->read_last = item->reads + most;
  item->read_apart = (bool *)(item->read_last + most);
  for (int n = 0; n < item->count; n++) {
    const Node *node = graph_node(&plan->graph, item->nodes[n]);
    const Facts *facts = &plan->facts[item->nodes[n]];
    int count = facts->operand_count ? facts->operand_count : node->input_count;
    for (int i = 0; i < count; i++) {
      const Operand *operand = facts->operand_count ? &facts->operands[i] : NULL;
      NodeId root = operand ? operand->source : plan->facts[node->inputs[i]].root;
      if (plan->facts[root].item == number) continue;
      if (noted[root].item != number + 1) {
        noted[root] = (Noted){number + 1, item->read_count};
        plan->facts[root].exported = true;
        item->reads[item->read_count++] = root;
      }
      int at = noted[root].at;
      item->read_last[at] = item->nodes[n];
      item->read_apart[at] |= operand && (operand->pattern.kind != PATTERN_FULL || operand->offset);
    }
  }
}

void plan_fuse(Plan *plan) {
  lowest_levels(plan);
  sink(plan);
  NodeId *parent = join_groups(plan);
  make_items(plan, parent);
  mem_free(parent);
  Noted *noted = mem_zero(plan->graph.count * sizeof *noted);
  for (int i = 0; i < plan->item_count; i++) note_reads(plan, &plan->items[i], i, noted);
  mem_free(noted);
  for (NodeId id = 1; id < plan->graph.count; id++)
    if (plan->facts[id].kept) plan->facts[id].exported = true;
}
