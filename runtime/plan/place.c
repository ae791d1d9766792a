/* place.c — where each value lives.
 *
 * Values that only their own program reads stay in registers and get no storage.  A result goes
 * straight into the caller's memory, and so does what its program makes it of, if that ends there:
 * the program then works in place.  The new value of a parameter goes straight into the
 * parameter's memory when it is made in the second half and nothing reads the old value afterwards;
 * within its own program, element by element, old values may be read (build.c sees to it that they
 * are read first).  Everything else shares one slab: a value takes the smallest hole that holds it
 * when its item runs and leaves it when its last reader has run; an elementwise value whose operand
 * ends there takes the operand's very place.  What a strip (strip.c) or a bundle
 * (bundle.c) no longer needs stays its own until it ends.  Values that are joined end to end (the
 * gradients of a recurrence's steps) are made where the joined value will lie, which has its place
 * from the first of them on.
 *
 * What cannot be written in place is moved: results that are leaves or aliases at the end of the
 * first half, stores at the end of all.
 */
#include "runtime/plan/node.h"

#include <assert.h>
#include <string.h>

extern const Op OP_CONCAT, OP_PLACE;

enum { LINE = 64 };
#if defined(GD_HARSH)
enum { PART_LEAST = LINE };
#else
enum { PART_LEAST = 4096 }; /* bytes of a value that is made where it will be joined */
#endif

/* ---- the slab: holes in order of their address ---- */

typedef struct Hole {
  size_t offset, bytes;
} Hole;

/* Holes of one size, the last to be made on top: some may be gone since, or grown together with
 * others. */
typedef struct Sized {
  size_t bytes;
  size_t *offsets; /* owned */
  int count, capacity;
} Sized;

typedef struct Slab {
  Hole *holes;
  int count, capacity;
  size_t end;   /* nothing lies beyond */
  Sized *sized; /* owned */
  int sized_count, sized_capacity;
  Lookup sizes; /* of `sized`, by bytes */
  /* of a strip or a bundle: what it no longer needs.  Only a value of as many bytes, whose rows
     then lie where the old ones lay, may take such a place before the strip ends, for threads are
     in different steps of it; the places after `rested` none may. */
  Hole *ended;
  int ended_count, ended_capacity, rested;
} Slab;

static size_t round_up(size_t bytes) { return (bytes + LINE - 1) & ~(size_t)(LINE - 1); }

static void remove_hole(Slab *slab, int i) {
  memmove(&slab->holes[i], &slab->holes[i + 1], (size_t)(--slab->count - i) * sizeof(Hole));
}

/* The first hole at or behind an offset. */
static int hole_from(const Slab *slab, size_t offset) {
  int low = 0, high = slab->count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (slab->holes[middle].offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

static Sized *sized_of(const Slab *slab, size_t bytes) {
  for (uint32_t at = 0, i; lookup_next(&slab->sizes, hash_mix(bytes, 0), &at, &i);)
    if (slab->sized[i].bytes == bytes) return &slab->sized[i];
  return NULL;
}

static void note_size(Slab *slab, const Hole *hole) {
  Sized *sized = sized_of(slab, hole->bytes);
  if (!sized) {
    if (slab->sized_count == slab->sized_capacity) {
      slab->sized_capacity = slab->sized_capacity ? 2 * slab->sized_capacity : 16;
      slab->sized = mem_grow(slab->sized, (size_t)slab->sized_capacity * sizeof(Sized));
    }
    lookup_put(&slab->sizes, hash_mix(hole->bytes, 0), (uint32_t)slab->sized_count);
    sized = &slab->sized[slab->sized_count++];
    *sized = (Sized){.bytes = hole->bytes};
  }
  if (sized->count == sized->capacity) {
    sized->capacity = sized->capacity ? 2 * sized->capacity : 8;
    sized->offsets = mem_grow(sized->offsets, (size_t)sized->capacity * sizeof(size_t));
  }
  sized->offsets[sized->count++] = hole->offset;
}

/* A hole of just this size, or -1. */
static int exact_hole(Slab *slab, size_t bytes) {
  Sized *sized = sized_of(slab, bytes);
  while (sized && sized->count) {
    size_t offset = sized->offsets[--sized->count];
    int i = hole_from(slab, offset);
    if (i < slab->count && slab->holes[i].offset == offset && slab->holes[i].bytes == bytes)
      return i;
  }
  return -1;
}

/* Most values have the size of an earlier one; only for a new size are all holes searched. */
static int best_hole(Slab *slab, size_t bytes) {
  int best = exact_hole(slab, bytes);
  for (int i = 0; best < 0 && i < slab->count; i++) {
    if (slab->holes[i].bytes < bytes) continue;
    best = i;
    for (int k = i + 1; k < slab->count; k++)
      if (slab->holes[k].bytes >= bytes && slab->holes[k].bytes < slab->holes[best].bytes) best = k;
  }
  return best;
}

static size_t slab_take(Slab *slab, size_t bytes) {
  bytes = round_up(bytes);
  int best = best_hole(slab, bytes);
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
  Hole *hole = &slab->holes[best];
  size_t offset = hole->offset;
  hole->offset += bytes;
  hole->bytes -= bytes;
  if (hole->bytes) note_size(slab, hole);
  else remove_hole(slab, best);
  return offset;
}

static void slab_release(Slab *slab, size_t offset, size_t bytes) {
  bytes = round_up(bytes);
  if (!bytes) return;
  int i = hole_from(slab, offset);
  bool after = i < slab->count && offset + bytes == slab->holes[i].offset,
       before = i > 0 && slab->holes[i - 1].offset + slab->holes[i - 1].bytes == offset;
  if (before) {
    slab->holes[i - 1].bytes += bytes + (after ? slab->holes[i].bytes : 0);
    if (after) remove_hole(slab, i);
    i--;
  } else if (after) {
    slab->holes[i] = (Hole){offset, bytes + slab->holes[i].bytes};
  } else {
    if (slab->count == slab->capacity) {
      slab->capacity = slab->capacity ? 2 * slab->capacity : 32;
      slab->holes = mem_grow(slab->holes, (size_t)slab->capacity * sizeof(Hole));
    }
    memmove(&slab->holes[i + 1], &slab->holes[i], (size_t)(slab->count++ - i) * sizeof(Hole));
    slab->holes[i] = (Hole){offset, bytes};
  }
  note_size(slab, &slab->holes[i]);
}

/* A place that ended in the strip: by_rows, one that can be taken over. */
static void slab_rest(Slab *slab, size_t offset, size_t bytes, bool by_rows) {
  if (slab->ended_count == slab->ended_capacity) {
    slab->ended_capacity = slab->ended_capacity ? 2 * slab->ended_capacity : 32;
    slab->ended = mem_grow(slab->ended, (size_t)slab->ended_capacity * sizeof(Hole));
  }
  slab->ended[slab->ended_count++] = (Hole){offset, bytes};
  if (!by_rows) return;
  Hole *last = &slab->ended[slab->ended_count - 1], *first = &slab->ended[slab->rested];
  Hole swapped = *first;
  *first = *last, *last = swapped;
  slab->rested++;
}

static size_t slab_take_by_rows(Slab *slab, size_t bytes) {
  for (int i = slab->rested - 1; i >= 0; i--) {
    if (slab->ended[i].bytes != bytes) continue;
    const size_t offset = slab->ended[i].offset;
    slab->ended[i] = slab->ended[--slab->rested];
    slab->ended[slab->rested] = slab->ended[--slab->ended_count];
    return offset;
  }
  return slab_take(slab, bytes);
}

static void slab_end_job(Slab *slab) {
  for (int i = 0; i < slab->ended_count; i++)
    slab_release(slab, slab->ended[i].offset, slab->ended[i].bytes);
  slab->ended_count = slab->rested = 0;
}

static void slab_free(Slab *slab) {
  mem_free(slab->ended);
  for (int i = 0; i < slab->sized_count; i++) mem_free(slab->sized[i].offsets);
  mem_free(slab->sized);
  lookup_free(&slab->sizes);
  mem_free(slab->holes);
}

/* ---- leaves, results, stores ---- */

static void place_inputs(Plan *plan) {
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    if (node->leaf == LEAF_INPUT)
      plan->facts[id].place = (Storage){STORAGE_BINDING, node->attrs[0], 0};
  }
}

static void add_move(Plan *plan, NodeId node, Storage from, Storage to, int half) {
  plan->moves[plan->move_count++] = (Move){node, from, to, half};
}

static const Storage NOWHERE = {STORAGE_NONE, 0, 0};

static void place_results(Plan *plan) {
  for (int k = 0; k < plan->result_count; k++) {
    NodeId id = plan->results[k], root = plan->facts[id].root;
    Facts *facts = &plan->facts[root];
    Storage place = {STORAGE_RESULT, k, 0};
    if (!facts->leaf && facts->place.kind == STORAGE_NONE && facts->offset == 0 &&
        plan->facts[id].offset == 0 && facts->bytes == node_bytes(graph_node(&plan->graph, id))) {
      facts->place = place;
      facts->direct = true;
    } else {
      add_move(plan, id, NOWHERE, place, 1);
    }
  }
}

/* ---- what a result takes the place of ---- */

/* Do threads of the item's strip read the value at other rows than their own? */
static bool is_loose(const Facts *facts, const Item *item) {
  return item->strip && facts->loose == item->strip;
}

/* An operand that ends in the program that makes result `id`, read one for one and by no node after
 * it, is made in the result's place already. */
static void pass_on(Plan *plan, const Item *item, NodeId id) {
  const Facts *result = &plan->facts[id];
  for (int r = 0; r < item->read_count; r++) {
    Facts *facts = &plan->facts[item->reads[r]];
    if (facts->leaf || facts->kept || facts->place.kind != STORAGE_NONE || item->read_apart[r] ||
        facts->last != item->position || is_loose(facts, item) || facts->half != result->half ||
        item->read_last[r] > id || facts->bytes != result->bytes ||
        node_element(plan, item->reads[r]) != node_element(plan, id))
      continue;
    facts->place = result->place;
    return;
  }
}

/* Sizes of the inputs, each once: the memory of a result may be that of an input (sums of
 * gradients), which then must not change before its program runs. */
static bool is_input_size(const Plan *plan, const Lookup *sizes, size_t bytes) {
  for (uint32_t at = 0, id; lookup_next(sizes, hash_mix(bytes, 0), &at, &id);)
    if (node_bytes(graph_node(&plan->graph, id)) == bytes) return true;
  return false;
}

static Lookup input_sizes(const Plan *plan) {
  Lookup sizes = {0};
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    if (node->leaf == LEAF_INPUT && !is_input_size(plan, &sizes, node_bytes(node)))
      lookup_put(&sizes, hash_mix(node_bytes(node), 0), id);
  }
  return sizes;
}

static void place_ancestors(Plan *plan) {
  Lookup sizes = input_sizes(plan);
  for (int i = 0; i < plan->item_count; i++) {
    const Item *item = &plan->items[i];
    if (!item->program || item_can_fault(plan, item)) continue;
    for (int n = 0; n < item->count; n++) {
      const Facts *facts = &plan->facts[item->nodes[n]];
      if (facts->direct && facts->place.kind == STORAGE_RESULT &&
          !is_input_size(plan, &sizes, facts->bytes))
        pass_on(plan, item, item->nodes[n]);
    }
  }
  lookup_free(&sizes);
}

/* What stores have to know of each binding. */
typedef struct Bound {
  int first, count; /* of its readers in the second half, among Binds.readers */
  bool stored;      /* some store takes it … */
  bool taken;       /* … and one looked at already */
} Bound;

typedef struct Binds {
  Bound *of; /* by binding */
  struct Reader {
    int item, read; /* which of the item's reads it is */
  } * readers;
} Binds;

static int64_t input_binding(const Plan *plan, NodeId id) {
  const Node *node = graph_node(&plan->graph, id);
  return node->leaf == LEAF_INPUT ? node->attrs[0] : -1;
}

static Binds find_readers(const Plan *plan) {
  Binds binds = {mem_zero((size_t)plan->binding_count * sizeof(Bound) + 1), NULL};
  int total = 0;
  for (int pass = 0; pass < 2; pass++) { /* counted, then written */
    for (int i = 0; i < plan->item_count; i++) {
      const Item *item = &plan->items[i];
      for (int r = 0; item->half == 2 && r < item->read_count; r++) {
        int64_t binding = input_binding(plan, item->reads[r]);
        if (binding < 0) continue;
        Bound *bound = &binds.of[binding];
        if (pass) binds.readers[bound->first + bound->count] = (struct Reader){i, r};
        bound->count++;
      }
    }
    for (int64_t b = 0; b < plan->binding_count && !pass; b++) {
      binds.of[b].first = total;
      total += binds.of[b].count;
      binds.of[b].count = 0;
    }
    if (!pass) binds.readers = mem_alloc((size_t)total * sizeof(struct Reader) + 1);
  }
  for (int k = 0; k < plan->store_count; k++) binds.of[plan->stores[k].binding].stored = true;
  return binds;
}

/* Is INPUT `binding` read by any item but `own` at or after its position, or by `own` otherwise
 * than one for one? */
static bool old_value_read(const Plan *plan, const Binds *binds, int64_t binding, const Item *own) {
  const Bound *bound = &binds->of[binding];
  for (int i = bound->first; i < bound->first + bound->count; i++) {
    const Item *item = &plan->items[binds->readers[i].item];
    if (item == own ? item->read_apart[binds->readers[i].read] : item->position >= own->position)
      return true;
  }
  return false;
}

/* A parameter's old value stored into another: when the first is written too, the value is set
 * aside at the end of the first half. */
static Storage set_aside(Plan *plan, const Binds *binds, NodeId id, Slab *slab) {
  int64_t binding = input_binding(plan, plan->facts[id].root);
  if (binding < 0 || !binds->of[binding].stored) return NOWHERE;
  Storage place = {STORAGE_SLAB, 0, slab_take(slab, node_bytes(graph_node(&plan->graph, id)))};
  add_move(plan, id, NOWHERE, place, 1);
  return place;
}

static void place_stores(Plan *plan, Slab *slab) {
  Binds binds = find_readers(plan);
  for (int k = 0; k < plan->store_count; k++) {
    NodeId id = plan->stores[k].node, root = plan->facts[id].root;
    const Node *node = graph_node(&plan->graph, root);
    Facts *facts = &plan->facts[root];
    Storage place = {STORAGE_STORED, plan->stores[k].binding, 0};
    bool again = binds.of[place.index].taken;
    binds.of[place.index].taken = true;
    /* itself */
    if (node->leaf == LEAF_INPUT && node->attrs[0] == place.index && plan->facts[id].offset == 0)
      continue;
    bool direct = !facts->leaf && facts->half == 2 && facts->place.kind == STORAGE_NONE &&
                  plan->facts[id].offset == 0 &&
                  facts->bytes == node_bytes(graph_node(&plan->graph, id)) && !again &&
                  !old_value_read(plan, &binds, place.index, &plan->items[facts->item]);
    if (direct) {
      facts->place = place;
      facts->direct = true;
    } else {
      add_move(plan, id, set_aside(plan, &binds, id, slab), place, 2);
    }
  }
  mem_free(binds.of);
  mem_free(binds.readers);
}

/* ---- the slab's tenants ---- */

/* Operands that end in the program at hand, each read one for one: once the last node that reads
 * one has had its turn, a result may take its place.  They are kept by the size of an element,
 * which with one index space is that of the value. */
typedef struct Heirs {
  /* by node: the first of its item's reads that it is the last to read, + 1; 0 between items */
  int *at;
  int *next;    /* by read: the next one of the same node, + 1 */
  int *free[9]; /* by bytes of an element: reads whose place is free */
  int free_count[9];
  bool *taken; /* by node: its place was taken over */
} Heirs;

/* ---- what is joined ---- */

/* Do its inputs, all of the same size, lie one after the other in it? */
static bool joins_ends(const Plan *plan, const Item *item) {
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  if (item->half != 1 || node->op != OP_CONCAT ||
      plan->facts[item->nodes[0]].place.kind != STORAGE_NONE)
    return false;
  for (int axis = 0; axis < (int)node->attrs[0]; axis++)
    if (node->type.shape.dim[axis] != 1) return false;
  const size_t bytes = node_bytes(graph_node(&plan->graph, node->inputs[0]));
  for (int i = 1; i < node->input_count; i++)
    if (node_bytes(graph_node(&plan->graph, node->inputs[i])) != bytes) return false;
  return bytes >= PART_LEAST && bytes % LINE == 0;
}

/* It ends in the join.  (x with a part replaced is made where x lies: place_over.) */
static bool may_be_part(const Plan *plan, const Item *join, NodeId id) {
  const Facts *facts = &plan->facts[id], *root = &plan->facts[facts->root];
  return !root->leaf && !root->kept && !root->joined && root->half == 1 &&
         root->place.kind == STORAGE_NONE && root->last == join->position && facts->offset == 0 &&
         root->bytes == node_bytes(graph_node(&plan->graph, id)) &&
         graph_node(&plan->graph, facts->root)->op != OP_PLACE;
}

static void find_parts(Plan *plan) {
  for (int i = 0; i < plan->item_count; i++) {
    if (!joins_ends(plan, &plan->items[i])) continue;
    const Node *node = graph_node(&plan->graph, plan->items[i].nodes[0]);
    for (int k = 0; k < node->input_count; k++) {
      if (!may_be_part(plan, &plan->items[i], node->inputs[k])) continue;
      Facts *part = &plan->facts[plan->facts[node->inputs[k]].root];
      part->joined = plan->items[i].nodes[0];
      part->place.offset = (size_t)k * part->bytes; /* as yet in the joined value */
    }
  }
}

static void place_part(Plan *plan, NodeId id, Slab *slab) {
  Facts *part = &plan->facts[id], *joined = &plan->facts[part->joined];
  if (joined->place.kind == STORAGE_NONE && joined->joined)
    place_part(plan, part->joined, slab); /* sizes grow each time: it is not deep */
  else if (joined->place.kind == STORAGE_NONE)
    joined->place = (Storage){STORAGE_SLAB, 0, slab_take(slab, joined->bytes)};
  part->place = (Storage){STORAGE_SLAB, 0, joined->place.offset + part->place.offset};
}

/* ---- who takes whose place ---- */

static bool may_leave(const Plan *plan, const Item *item, int r, int64_t total) {
  NodeId of = item->reads[r];
  const Facts *facts = &plan->facts[of];
  return facts->place.kind == STORAGE_SLAB && !facts->kept && !facts->leaf && !facts->joined &&
         facts->last == item->position && !item->read_apart[r] && !is_loose(facts, item) &&
         facts->bytes == (size_t)total * node_element(plan, of);
}

/* Notes what ends here, by the node that reads it last. */
static void find_heirs(const Plan *plan, const Item *item, int64_t total, Heirs *heirs) {
  for (int r = item->read_count - 1; r >= 0; r--) {
    if (!may_leave(plan, item, r, total)) continue;
    heirs->next[r] = heirs->at[item->read_last[r]];
    heirs->at[item->read_last[r]] = r + 1;
  }
}

static void place_output(Plan *plan, const Item *item, NodeId id, int64_t total, Heirs *heirs,
                         Slab *slab) {
  size_t element = node_element(plan, id);
  Facts *facts = &plan->facts[id];
  for (int r = heirs->at[id]; r; r = heirs->next[r - 1]) {
    size_t bytes = node_element(plan, item->reads[r - 1]);
    heirs->free[bytes][heirs->free_count[bytes]++] = r - 1;
  }
  heirs->at[id] = 0;
  if (!facts->exported || facts->place.kind != STORAGE_NONE) return;
  if (facts->joined) {
    place_part(plan, id, slab);
  } else if (facts->bytes == (size_t)total * element && heirs->free_count[element]) {
    NodeId over = item->reads[heirs->free[element][--heirs->free_count[element]]];
    heirs->taken[over] = true;
    facts->place = plan->facts[over].place;
  } else {
    facts->place = (Storage){STORAGE_SLAB, 0,
                             item->strip ? slab_take_by_rows(slab, facts->bytes)
                                         : slab_take(slab, facts->bytes)};
  }
}

/* x with a part replaced, if x ends here: the new value takes the place of x, and only the part is
 * written.  So a loop of x[i] = v does not copy all of x each time. */
static void place_over(Plan *plan, const Item *item, Heirs *heirs) {
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  if (item->program || node->op != OP_PLACE) return;
  NodeId x = plan->facts[node->inputs[0]].root, v = plan->facts[node->inputs[1]].root;
  const Facts *over = &plan->facts[x];
  Facts *facts = &plan->facts[item->nodes[0]];
  bool ends = over->place.kind == STORAGE_SLAB && !over->kept && !over->leaf && !over->joined &&
              over->last == item->position && over->half == facts->half;
  if (!ends || x == v || heirs->taken[x] || facts->place.kind != STORAGE_NONE ||
      plan->facts[node->inputs[0]].offset || over->bytes != facts->bytes)
    return;
  heirs->taken[x] = true;
  facts->place = over->place;
}

static void place_outputs(Plan *plan, const Item *item, Heirs *heirs, Slab *slab) {
  int64_t total = node_count(graph_node(&plan->graph, item->nodes[0]));
  for (size_t bytes = 1; bytes <= 8; bytes *= 2) heirs->free_count[bytes] = 0;
  if (item->program && !item_can_fault(plan, item)) find_heirs(plan, item, total, heirs);
  place_over(plan, item, heirs);
  for (int n = 0; n < item->count; n++)
    place_output(plan, item, item->nodes[n], total, heirs, slab);
}

static Heirs heirs_new(const Plan *plan) {
  int most = 1;
  for (int i = 0; i < plan->item_count; i++)
    if (plan->items[i].read_count > most) most = plan->items[i].read_count;
  Heirs heirs = {.at = mem_zero(plan->graph.count * sizeof(int)),
                 .next = mem_alloc((size_t)most * sizeof(int)),
                 .taken = mem_zero(plan->graph.count * sizeof(bool))};
  for (size_t bytes = 1; bytes <= 8; bytes *= 2)
    heirs.free[bytes] = mem_alloc((size_t)most * sizeof(int));
  return heirs;
}

static void heirs_free(Heirs *heirs) {
  for (size_t bytes = 1; bytes <= 8; bytes *= 2) mem_free(heirs->free[bytes]);
  mem_free(heirs->at);
  mem_free(heirs->next);
  mem_free(heirs->taken);
}

static void release_ended(const Plan *plan, NodeId id, const Item *item, Slab *slab,
                          const bool *taken) {
  const Facts *facts = &plan->facts[id];
  if (facts->place.kind != STORAGE_SLAB || facts->kept || facts->leaf || facts->joined ||
      facts->last != item->position || taken[id])
    return;
  if (item->strip || item->bundle)
    slab_rest(slab, facts->place.offset, facts->bytes, item->strip && !is_loose(facts, item));
  else slab_release(slab, facts->place.offset, facts->bytes);
}

/* Does a strip end there, or a bundle that runs by itself? */
static bool job_ends(const Plan *plan, int position) {
  const Item *item = &plan->items[plan->order[position]];
  const Strip *strip = item->strip ? &plan->strips[item->strip - 1] : NULL;
  const Bundle *bundle = item->bundle ? &plan->bundles[item->bundle - 1] : NULL;
  return (strip && position == strip->first + strip->count - 1) ||
         (bundle && !bundle->strip && position == bundle->first + bundle->count - 1);
}

void plan_place(Plan *plan) {
  Slab slab = {0};
  Heirs heirs = heirs_new(plan);
  plan->moves = arena_alloc(
      &plan->arena, (size_t)(plan->result_count + 2 * plan->store_count) * sizeof(Move) + 1);
  place_inputs(plan);
  for (NodeId id = 1; id < plan->graph.count; id++) /* constants lie in the slab from the start */
    if (graph_node(&plan->graph, id)->leaf == LEAF_CONST && plan->facts[id].half)
      plan->facts[id].place = (Storage){
          STORAGE_SLAB, 0, slab_take(&slab, dtype_bytes(graph_node(&plan->graph, id)->type.dtype))};
  place_results(plan);
  place_stores(plan, &slab);
  place_ancestors(plan);
  find_parts(plan);
  for (int position = 0; position < plan->item_count; position++) {
    const Item *item = &plan->items[plan->order[position]];
    place_outputs(plan, item, &heirs, &slab);
    for (int r = 0; r < item->read_count; r++)
      release_ended(plan, item->reads[r], item, &slab, heirs.taken);
    for (int n = 0; n < item->count; n++)
      release_ended(plan, item->nodes[n], item, &slab, heirs.taken);
    if (job_ends(plan, position)) slab_end_job(&slab);
  }
  plan->slab_bytes = slab.end;
  slab_free(&slab);
  heirs_free(&heirs);
}
