/* nodes.h — the nodes of the tree in which the parts of an update meet (shards.c): what is in one,
 * the memory of those that live, and how two are added.
 *
 * A node has the sums, in the dtypes of the accumulators, and the buffers, each a run of fields in
 * memory of its own: the sums are known before the parts are worked out, which buffers a part
 * assigns only after it.
 */
#ifndef GD_LANG_NODES_H
#define GD_LANG_NODES_H

#include "lang/learn/objective.h"

enum { SLOTS_MOST = 72 };

typedef enum FieldKind { FIELD_F32, FIELD_F64, FIELD_KEPT } FieldKind;

/* A run of bytes. */
typedef struct Field {
  FieldKind kind;
  size_t at;          /* first byte */
  int64_t count;      /* elements; of FIELD_KEPT bytes */
  int number;         /* of the accumulator */
  ParamObject *param; /* of a buffer, held by the objective; else NULL */
} Field;

/* Fields one after the other. */
typedef struct Layout {
  Field *fields; /* owned */
  int count;
  size_t bytes;
} Layout;

typedef struct Subtotal {
  char *sums, *buffers; /* of the slot */
  int slot;
  double rows; /* 0: empty */
} Subtotal;

typedef struct Nodes {
  Layout sums, buffers;
  bool summed, laid; /* the sums, and the buffers too, are laid out */
  struct Room {
    char *at[SLOTS_MOST]; /* owned */
    size_t bytes;         /* of each */
  } sum_room, buffer_room;
  bool taken[SLOTS_MOST];
} Nodes;

void nodes_begin(Nodes *nodes); /* for the next objective: no slot is taken, nothing laid out */
/* The accumulators in the order of their numbers, or in the one given. */
void nodes_lay_sums(Nodes *nodes, const Objective *objective, const int *order);
void nodes_lay_buffers(Nodes *nodes, ParamObject **buffers, int count);
Subtotal nodes_take(Nodes *nodes);
/* One that was taken before the buffers were laid out. */
void nodes_complete(Nodes *nodes, Subtotal *node);
void nodes_give(Nodes *nodes, const Subtotal *node);
/* left ← left + right, and right is given back.  What is kept is the left one's. */
Subtotal nodes_join(Nodes *nodes, Subtotal left, Subtotal right);
/* to ← to + from, which are bytes `first` to `end` of nodes; by the calling thread alone. */
void layout_add(const Layout *layout, char *to, const char *from, size_t first, size_t end);
void nodes_free(Nodes *nodes);

#endif
