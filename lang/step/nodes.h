/* nodes.h — the nodes of the tree in which the parts of an update are summed (shards.c): their
 * contents, the memory of live nodes, and adding two.
 *
 * A node has the sums, in the dtypes of the accumulators, and the buffers.  Each is a sequence of
 * fields in memory of its own: the sums are known before the parts are computed, but the buffers
 * that a part assigns only afterwards.
 */
#ifndef GD_LANG_NODES_H
#define GD_LANG_NODES_H

#include "lang/step/objective.h"

enum { SLOTS_MOST = 168 };

typedef enum FieldKind { FIELD_F32, FIELD_F64, FIELD_KEPT } FieldKind;

/* A range of bytes. */
typedef struct Field {
  FieldKind kind;
  size_t at;          /* first byte */
  int64_t count;      /* elements; bytes of a FIELD_KEPT */
  int number;         /* of the accumulator */
  ParamObject *param; /* of a buffer, held by the objective; else NULL */
} Field;

/* A sequence of fields. */
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
  bool summed, laid; /* the layout of the sums is known; that of the buffers too */
  struct Room {
    Buffer *at[SLOTS_MOST]; /* held */
    size_t bytes;           /* of each */
  } sum_room, buffer_room;
  bool taken[SLOTS_MOST];
  /* what the sums were laid out for last, and the number of times that this changed */
  const Objective *objective;
  bool ordered;
  int version;
  struct Views {
    Tensor *fields; /* [count], of the sums of a slot; owned */
    int count, version;
  } views[SLOTS_MOST];
} Nodes;

void nodes_begin(Nodes *nodes); /* for the next objective: frees all slots and layouts */
/* Lays out the accumulators in the order of their numbers, or in `order`. */
void nodes_lay_sums(Nodes *nodes, const Objective *objective, const int *order);
/* The objective has more sums than were laid out: all nodes are laid out anew, with zeros there. */
void nodes_grow(Nodes *nodes, const Objective *objective);
void nodes_lay_buffers(Nodes *nodes, ParamObject **buffers, int count);
Subtotal nodes_take(Nodes *nodes);
/* The sums of a node as tensors, by field; borrowed. */
const Tensor *nodes_views(Nodes *nodes, const Subtotal *node);
/* Completes a node that was taken before the buffers were laid out. */
void nodes_complete(Nodes *nodes, Subtotal *node);
/* Where the sums of a node are now: nodes_grow moves them. */
void nodes_find(const Nodes *nodes, Subtotal *node);
void nodes_return(Nodes *nodes, const Subtotal *node);
/* The values of the buffers times the node's rows: those of `stored`, by field, or (NULL) of the
 * params.  Any thread may do it. */
void nodes_pack(const Nodes *nodes, Subtotal *node, const Tensor *stored);
/* left ← left + right.  FIELD_KEPT fields keep the left value.  Any thread may do it. */
void nodes_add(const Nodes *nodes, Subtotal *left, const Subtotal *right);
/* The same of two of which one may be empty; releases right. */
Subtotal nodes_join(Nodes *nodes, Subtotal left, Subtotal right);
/* to ← to + from, for bytes `first` to `end` of a node; on the calling thread alone. */
void layout_add(const Layout *layout, char *to, const char *from, size_t first, size_t end);
void nodes_free(Nodes *nodes);

#endif
