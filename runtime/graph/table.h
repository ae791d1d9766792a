/* table.h — inside this room: the hash table that finds an equal node again.
 *
 * Open addressing with linear probing, at most half full.  An entry is the upper half of a node's
 * hash and its id, so that a probe looks at a node only when it is the one, nearly always; 0 is an
 * empty slot.  Probing itself is in graph.c, where each emit does it.
 */
#ifndef GD_RUNTIME_GRAPH_TABLE_H
#define GD_RUNTIME_GRAPH_TABLE_H

#include "runtime/graph/graph.h"

static inline uint64_t table_entry(uint64_t hash, NodeId id) { return (hash >> 32 << 32) | id; }

/* Makes a table of `slots` slots, a power of two, and inserts the nodes of the graph. */
void table_make(Graph *graph, uint32_t slots);
/* Empties the table and inserts the nodes of the graph again. */
void table_rehash(Graph *graph);
/* Empties it.  It holds the nodes of the graph, or recall is on. */
void table_empty(Graph *graph);

#endif
