/* watch.c — see watch.h. */
#include "lang/step/watch.h"

#include <string.h>

extern const Op OP_INPUT;

void watch_open(Tracing *tracing) {
  /* the loss; gradients, and their divisors */
  size_t most = 2 * (size_t)tracing->step->objective->target_count + 1;
  tracing->watched = arena_alloc(&tracing->trace->graph.arena, most * sizeof(NodeId));
  tracing->steady = arena_alloc(&tracing->trace->graph.arena, most * sizeof(bool));
}

void watch_node(Tracing *tracing, NodeId node) {
  Diag diag;
  diag_clear(&diag);
  node = make_wide(&(Maker){&tracing->trace->graph, &diag}, node);
  const Node *input = graph_node(&tracing->trace->graph, node);
  tracing->steady[tracing->watched_count] = input->op == OP_INPUT &&
                                            tracing->trace->bindings[input->attrs[0]].constant;
  tracing->watched[tracing->watched_count++] = node;
}

static void room_for_watched(Tracing *tracing, int more) {
  Arena *arena = &tracing->trace->graph.arena;
  int before = tracing->watched_count;
  NodeId *watched = arena_alloc(arena, (size_t)(before + more) * sizeof *watched);
  bool *steady = arena_alloc(arena, (size_t)(before + more) * sizeof *steady);
  memcpy(watched, tracing->watched, (size_t)before * sizeof *watched);
  memcpy(steady, tracing->steady, (size_t)before * sizeof *steady);
  tracing->watched = watched;
  tracing->steady = steady;
}

/* A plan bounds what it stores as f32 and f64; what is stored as bf16 is looked at before. */
void watch_narrow(Tracing *tracing) {
  const Graph *graph = &tracing->trace->graph;
  int count = 0;
  for (int i = 0; i < tracing->store_count; i++)
    count += graph_node(graph, tracing->stores[i].node)->type.dtype == DTYPE_BF16;
  tracing->step->narrow_at = tracing->watched_count;
  if (count == 0) return;
  room_for_watched(tracing, count);
  for (int i = 0; i < tracing->store_count; i++)
    if (graph_node(graph, tracing->stores[i].node)->type.dtype == DTYPE_BF16)
      watch_node(tracing, tracing->stores[i].node);
}

/* What must be finite of these: new rows, and what the proof that the others rest depends on. */
void watch_rows(Tracing *tracing) {
  Step *step = tracing->step;
  if (step->sparse_count == 0) return;
  room_for_watched(tracing, step->sparse_count * (REST_GUARDS + 1 + REST_STATES));
  for (int i = 0; i < step->sparse_count; i++) {
    SparseTarget *sparse = &step->sparse[i];
    sparse->watch_at = tracing->watched_count;
    for (int k = 0; k < sparse->count; k++) watch_node(tracing, sparse->news[k]);
    for (int k = 0; k < sparse->guard_count; k++) watch_node(tracing, sparse->guards[k]);
  }
}
