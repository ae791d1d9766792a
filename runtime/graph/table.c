/* table.c — making, emptying and filling the table of nodes (table.h).
 */
#include "runtime/graph/table.h"

#include <string.h>

static size_t table_bytes(const Graph *graph) {
  return ((size_t)graph->table_mask + 1) * sizeof *graph->table;
}

static void fill(Graph *graph) {
  for (NodeId id = 1; id < graph->count; id++) {
    uint32_t slot = (uint32_t)graph->nodes[id].hash & graph->table_mask;
    while (graph->table[slot]) slot = (slot + 1) & graph->table_mask;
    graph->table[slot] = table_entry(graph->nodes[id].hash, id);
  }
}

void table_make(Graph *graph, uint32_t slots) {
  mem_free(graph->table);
  graph->table = mem_zero(slots * sizeof *graph->table);
  graph->table_mask = slots - 1;
  fill(graph);
}

void table_rehash(Graph *graph) {
  memset(graph->table, 0, table_bytes(graph));
  fill(graph);
}

/* A graph of a few nodes in a table of thousands is the plain case at the REPL: then only the slots
 * in use are emptied.  A node's slot lies at or after its home; slots emptied before do not matter,
 * since the id is looked for. */
void table_empty(Graph *graph) {
  if (graph->recall.on || graph->count > graph->table_mask / 16) {
    memset(graph->table, 0, table_bytes(graph));
    return;
  }
  for (NodeId id = 1; id < graph->count; id++) {
    uint32_t slot = (uint32_t)graph->nodes[id].hash & graph->table_mask;
    while ((NodeId)graph->table[slot] != id) slot = (slot + 1) & graph->table_mask;
    graph->table[slot] = 0;
  }
}
