/* place.c — where each value lives.
 *
 * Values that only their own program reads stay in registers and get no place.  A result goes straight into the
 * caller's memory.  The new value of a parameter goes straight into the parameter's memory when it is made in the second half and
 * nobody reads the old value afterwards; within its own program, element by element, old values may be read (build.c
 * sees to it that they are read first).  Everything else shares one slab: a value takes the smallest hole that
 * holds it when its item runs and leaves it when its last reader has run; an elementwise value whose operand
 * ends there takes the operand's very place.
 *
 * What cannot be written in place is moved: results that are leaves or aliases at the end of the first half, stores at
 * the end of all.
 */
#include "runtime/plan/making.h"

#include <assert.h>
#include <string.h>

enum { LINE = 64 };

/* ---- the slab: holes in order of their address ---- */

typedef struct Hole {
  size_t offset, bytes;
} Hole;

typedef struct Slab {
  Hole *holes;
  int count, capacity;
  size_t end;    /* nothing lies beyond */
} Slab;

static size_t round_up(size_t bytes) { return (bytes + LINE - 1) & ~(size_t)(LINE - 1); }

static void remove_hole(Slab *slab, int i) {
  memmove(&slab->holes[i], &slab->holes[i + 1], (size_t)(--slab->count - i) * sizeof(Hole));
}

static size_t slab_take(Slab *slab, size_t bytes) {
  int best = -1;
  bytes = round_up(bytes);
  for (int i = 0; i < slab->count; i++)
    if (slab->holes[i].bytes >= bytes && (best < 0 || slab->holes[i].bytes < slab->holes[best].bytes)) best = i;
  if (best < 0) {
    size_t offset = slab->end;
    Hole *last = slab->count ? &slab->holes[slab->count - 1] : NULL;
    if (last && last->offset + last->bytes == slab->end) { /* let the hole at the end grow */
      offset = last->offset;
      slab->count--;
    }
    slab->end = offset + bytes;
    return offset;
  }
  size_t offset = slab->holes[best].offset;
  slab->holes[best].offset += bytes;
  slab->holes[best].bytes -= bytes;
  if (!slab->holes[best].bytes) remove_hole(slab, best);
  return offset;
}

static void slab_give(Slab *slab, size_t offset, size_t bytes) {
  bytes = round_up(bytes);
  if (!bytes) return;
  int i = 0;
  while (i < slab->count && slab->holes[i].offset < offset) i++;
  if (slab->count == slab->capacity) {
    slab->capacity = slab->capacity ? 2 * slab->capacity : 32;
    slab->holes = mem_grow(slab->holes, (size_t)slab->capacity * sizeof(Hole));
  }
  memmove(&slab->holes[i + 1], &slab->holes[i], (size_t)(slab->count++ - i) * sizeof(Hole));
  slab->holes[i] = (Hole){offset, bytes};
  if (i + 1 < slab->count && offset + bytes == slab->holes[i + 1].offset) {
    slab->holes[i].bytes += slab->holes[i + 1].bytes;
    remove_hole(slab, i + 1);
  }
  if (i > 0 && slab->holes[i - 1].offset + slab->holes[i - 1].bytes == offset) {
    slab->holes[i - 1].bytes += slab->holes[i].bytes;
    remove_hole(slab, i);
  }
}

/* ---- leaves, results, stores ---- */

static void place_inputs(Plan *plan) {
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    if (node->op == OP_INPUT) plan->facts[id].place = (Place){PLACE_BINDING, node->attrs[0], 0};
  }
}

static void add_move(Plan *plan, NodeId node, Place from, Place to, int half) {
  plan->moves[plan->move_count++] = (Move){node, from, to, half};
}

static const Place NOWHERE = {PLACE_NONE, 0, 0};

static void place_results(Plan *plan) {
  for (int k = 0; k < plan->result_count; k++) {
    NodeId id = plan->results[k], root = plan->facts[id].root;
    Facts *facts = &plan->facts[root];
    Place place = {PLACE_RESULT, k, 0};
    if (!facts->leaf && facts->place.kind == PLACE_NONE && facts->offset == 0 && plan->facts[id].offset == 0 && facts->bytes == node_bytes(graph_node(&plan->graph, id))) {
      facts->place = place;
      facts->direct = true;
    } else {
      add_move(plan, id, NOWHERE, place, 1);
    }
  }
}

/* Is INPUT `binding` read by any item but `own` at or after its position, or by `own` otherwise than one for one? */
static bool old_value_read(const Plan *plan, int64_t binding, const Item *own) {
  for (int i = 0; i < plan->item_count; i++) {
    const Item *item = &plan->items[i];
    if (item->half == 1 || (item != own && item->position < own->position)) continue;
    for (int r = 0; r < item->read_count; r++) {
      const Node *node = graph_node(&plan->graph, item->reads[r]);
      if (node->op != OP_INPUT || node->attrs[0] != binding) continue;
      if (item != own) return true;
      for (int n = 0; n < item->count; n++) {
        const Facts *facts = &plan->facts[item->nodes[n]];
        for (int o = 0; o < facts->operand_count; o++) {
          const Operand *operand = &facts->operands[o];
          if (operand->source == item->reads[r] && (operand->pattern.kind != PATTERN_FULL || operand->offset)) return true;
        }
      }
    }
  }
  return false;
}

/* Do the first stores take this binding? */
static bool stored_among(const Plan *plan, int64_t binding, int before) {
  for (int i = 0; i < before; i++)
    if (plan->stores[i].binding == binding) return true;
  return false;
}

/* A parameter's old value stored into another: when the first is written too, the value is set aside at the end of the first half. */
static Place set_aside(Plan *plan, NodeId id, Slab *slab) {
  const Node *root = graph_node(&plan->graph, plan->facts[id].root);
  if (root->op != OP_INPUT || !stored_among(plan, root->attrs[0], plan->store_count)) return NOWHERE;
  Place place = {PLACE_SLAB, 0, slab_take(slab, node_bytes(graph_node(&plan->graph, id)))};
  add_move(plan, id, NOWHERE, place, 1);
  return place;
}

static void place_stores(Plan *plan, Slab *slab) {
  for (int k = 0; k < plan->store_count; k++) {
    NodeId id = plan->stores[k].node, root = plan->facts[id].root;
    const Node *node = graph_node(&plan->graph, root);
    Facts *facts = &plan->facts[root];
    Place place = {PLACE_BINDING, plan->stores[k].binding, 0};
    if (node->op == OP_INPUT && node->attrs[0] == place.index && plan->facts[id].offset == 0) continue; /* itself */
    bool direct = !facts->leaf && facts->half == 2 && facts->place.kind == PLACE_NONE && plan->facts[id].offset == 0 &&
                  facts->bytes == node_bytes(graph_node(&plan->graph, id)) && !stored_among(plan, place.index, k) &&
                  !old_value_read(plan, place.index, &plan->items[facts->item]);
    if (direct) {
      facts->place = place;
      facts->direct = true;
    } else {
      add_move(plan, id, set_aside(plan, id, slab), place, 2);
    }
  }
}

/* ---- the slab's tenants ---- */

/* How a program reads the value `of`: one for one only, and by no node behind `writer`? */
static bool read_before(const Plan *plan, const Item *item, NodeId of, NodeId writer) {
  for (int n = 0; n < item->count; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    for (int o = 0; o < facts->operand_count; o++) {
      const Operand *operand = &facts->operands[o];
      if (operand->source != of) continue;
      if (operand->pattern.kind != PATTERN_FULL || operand->offset || item->nodes[n] > writer) return false;
    }
  }
  return true;
}

static bool can_fault(const Plan *plan, const Item *item) {
  for (int n = 0; n < item->count; n++) {
    const Node *node = graph_node(&plan->graph, item->nodes[n]);
    if (!dtype_floats(node->type.dtype) && node->type.dtype != DTYPE_BOOL) return true;
  }
  return false;
}

/* Finds an operand that ends here, of the same elements, whose place `writer` can take. */
static NodeId dying_operand(const Plan *plan, const Item *item, NodeId writer) {
  const Node *node = graph_node(&plan->graph, writer);
  for (int r = 0; r < item->read_count; r++) {
    NodeId of = item->reads[r];
    const Facts *facts = &plan->facts[of];
    if (facts->place.kind != PLACE_SLAB || facts->kept || facts->leaf || facts->last != item->position || facts->bytes != plan->facts[writer].bytes) continue;
    if (dtype_bytes(graph_node(&plan->graph, of)->type.dtype) != dtype_bytes(node->type.dtype)) continue;
    if (read_before(plan, item, of, writer)) return of;
  }
  return 0;
}

static void place_outputs(Plan *plan, const Item *item, Slab *slab, bool *taken) {
  bool in_place = item->program && !can_fault(plan, item);
  for (int n = 0; n < item->count; n++) {
    Facts *facts = &plan->facts[item->nodes[n]];
    if (!facts->exported || facts->place.kind != PLACE_NONE) continue;
    NodeId over = in_place ? dying_operand(plan, item, item->nodes[n]) : 0;
    if (over && !taken[over]) {
      taken[over] = true;
      facts->place = plan->facts[over].place;
    } else {
      facts->place = (Place){PLACE_SLAB, 0, slab_take(slab, facts->bytes)};
    }
  }
}

static void give_back(const Plan *plan, NodeId id, int position, Slab *slab, const bool *taken) {
  const Facts *facts = &plan->facts[id];
  if (facts->place.kind == PLACE_SLAB && !facts->kept && !facts->leaf && facts->last == position && !taken[id]) slab_give(slab, facts->place.offset, facts->bytes);
}

void plan_place(Plan *plan) {
  Slab slab = {0};
  bool *taken = mem_zero(plan->graph.count * sizeof *taken);
  plan->moves = arena_alloc(&plan->arena, (size_t)(plan->result_count + 2 * plan->store_count) * sizeof(Move) + 1);
  place_inputs(plan);
  for (NodeId id = 1; id < plan->graph.count; id++) /* constants lie in the slab from the start */
    if (graph_node(&plan->graph, id)->op == OP_CONST && plan->facts[id].half)
      plan->facts[id].place = (Place){PLACE_SLAB, 0, slab_take(&slab, dtype_bytes(graph_node(&plan->graph, id)->type.dtype))};
  place_results(plan);
  place_stores(plan, &slab);
  for (int position = 0; position < plan->item_count; position++) {
    const Item *item = &plan->items[plan->order[position]];
    place_outputs(plan, item, &slab, taken);
    for (int r = 0; r < item->read_count; r++) give_back(plan, item->reads[r], position, &slab, taken);
    for (int n = 0; n < item->count; n++) give_back(plan, item->nodes[n], position, &slab, taken);
  }
  plan->slab_bytes = slab.end;
  mem_free(slab.holes);
  mem_free(taken);
}
