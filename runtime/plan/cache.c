/* cache.c — the cache of plans, keyed by the structure of the request.
 *
 * Every node's hash names the whole expression below it, types and bindings included (graph.c), so
 * the key is a mix of the hashes of the nodes asked for and of their places in the script: the same
 * expression written twice has two plans, so that each reports its own line.  The least recently
 * used plan is evicted.
 *
 * A training has a plan to itself, because the plan then caches what it knows of memory that does
 * not change.  The training borrows it: it is out of the cache while the training runs, and back
 * for the next training of the same kind (a loop over rates, a `train` in a function).  A plan with
 * a large slab is not kept, since planning is cheap beside a step that fills so much.
 */
#include "runtime/plan/internal.h"

typedef struct Entry {
  uint64_t key;
  uint64_t used; /* the clock when it was last asked for */
  Plan *plan;    /* owned */
} Entry;

struct PlanCache {
  Entry *entries;
  int count, most;
  uint64_t clock;
  int64_t made;
};

enum { SLAB_KEPT = 16 << 20 }; /* bytes: a plan given back with more is freed */

PlanCache *plan_cache_new(int most) {
  PlanCache *cache = mem_zero(sizeof *cache);
  cache->most = most < 1 ? 1 : most;
  /* not touched before it is used */
  cache->entries = mem_alloc((size_t)cache->most * sizeof(Entry));
  return cache;
}

void plan_cache_free(PlanCache *cache) {
  if (!cache) return;
  for (int i = 0; i < cache->count; i++) plan_free(cache->entries[i].plan);
  mem_free(cache->entries);
  mem_free(cache);
}

static uint64_t mix_node(uint64_t key, const Graph *graph, NodeId id) {
  const Node *node = graph_node(graph, id);
  return hash_mix(hash_mix(key, node->hash), (uint64_t)node->span.file << 32 ^ node->span.start);
}

uint64_t plan_key(const PlanSpec *spec) {
  uint64_t key = hash_mix((uint64_t)spec->result_count << 32 | (uint64_t)spec->watched_count,
                          (uint64_t)spec->store_count);
  for (int i = 0; i < spec->result_count; i++) key = mix_node(key, spec->graph, spec->results[i]);
  for (int i = 0; i < spec->watched_count; i++) key = mix_node(key, spec->graph, spec->watched[i]);
  for (int i = 0; i < spec->store_count; i++)
    key = hash_mix(mix_node(key, spec->graph, spec->stores[i].node),
                   (uint64_t)spec->stores[i].binding);
  return key;
}

/* The entry to be filled: a new one, or that of the plan unused for longest. */
static Entry *make_space(PlanCache *cache) {
  if (cache->count < cache->most) return &cache->entries[cache->count++];
  Entry *oldest = &cache->entries[0];
  for (int i = 1; i < cache->count; i++)
    if (cache->entries[i].used < oldest->used) oldest = &cache->entries[i];
  plan_free(oldest->plan);
  return oldest;
}

Plan *plan_find(PlanCache *cache, const PlanSpec *spec, Diag *diag) {
  uint64_t key = plan_key(spec);
  cache->clock++;
  for (int i = 0; i < cache->count; i++) {
    if (cache->entries[i].key != key) continue;
    cache->entries[i].used = cache->clock;
    return cache->entries[i].plan;
  }
  Plan *plan = plan_make(spec, diag);
  cache->made++;
  if (plan) *make_space(cache) = (Entry){key, cache->clock, plan};
  return plan;
}

int64_t plan_made(const PlanCache *cache) { return cache->made; }

/* ---- lending ---- */

/* A separate key from that of plan_find, made of the place of every node that is needed: one
 * training's recording may come from other functions than another's, and each reports its own
 * lines. */
static uint64_t lend_key(const PlanSpec *spec) {
  const Graph *graph = spec->graph;
  uint64_t key = hash_mix(plan_key(spec), 0x6c656e64);
  bool *needed = mem_zero(graph->count + 1);
  for (int i = 0; i < spec->result_count; i++) needed[spec->results[i]] = true;
  for (int i = 0; i < spec->store_count; i++) needed[spec->stores[i].node] = true;
  for (int i = 0; i < spec->watched_count; i++) {
    needed[spec->watched[i]] = true;
    key = hash_mix(key, spec->steady && spec->steady[i]);
  }
  for (NodeId id = graph->count; id-- > 0;) { /* inputs come before what is made of them */
    if (!needed[id]) continue;
    const Node *node = graph_node(graph, id);
    key = hash_mix(key, (uint64_t)node->span.file << 32 ^ node->span.start);
    for (int i = 0; i < node->input_count; i++) needed[node->inputs[i]] = true;
  }
  mem_free(needed);
  return key;
}

Plan *plan_borrow(PlanCache *cache, const PlanSpec *spec, uint64_t *key, Diag *diag) {
  *key = lend_key(spec);
  for (int i = 0; i < cache->count; i++) {
    if (cache->entries[i].key != *key) continue;
    Plan *plan = cache->entries[i].plan;
    cache->entries[i] = cache->entries[--cache->count];
    return plan;
  }
  cache->made++;
  return plan_make(spec, diag);
}

void plan_release(PlanCache *cache, uint64_t key, Plan *plan) {
  if (plan_slab_bytes(plan) > SLAB_KEPT) {
    plan_free(plan);
    return;
  }
  plan_reset(plan);
  *make_space(cache) = (Entry){key, ++cache->clock, plan};
}
