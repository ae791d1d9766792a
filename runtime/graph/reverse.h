/* reverse.h — inside this room: the arguments of a gradient rule.
 *
 * A rule is called once for a node that matters, with dy, the gradient that reached it (of the
 * node's own dtype and shape), and gives each input its share by `reverse_accumulate`.  Rules emit
 * ordinary rows through the Maker, so gradients of gradients need nothing more.
 */
#ifndef GD_RUNTIME_GRAPH_REVERSE_H
#define GD_RUNTIME_GRAPH_REVERSE_H

#include "runtime/graph/simplify.h"

/* What gradient_live.c knows of the nodes, by id - first. */
typedef struct Live {
  uint32_t count, capacity;
  bool *known;        /* is the mask known? */
  bool *depends;      /* on a variable? */
  NodeId *mask;       /* where it may be anything but a zero of structure; 0: everywhere */
  bool *known_before; /* the same of those below `first`, by id; NULL until one is asked for */
  NodeId *mask_before;
} Live;

/* A share that belongs to a part of a node: put together with the others when the node's turn
 * comes. */
typedef struct PartShare {
  NodeId by; /* the SLICE, GATHER or PICK that took the part */
  NodeId dy;
  uint32_t before; /* the one given to the same node before, + 1 */
} PartShare;

/* A share of a matrix that stands in several products (gradient_products.c). */
typedef struct ProductShare {
  NodeId by; /* the MATMUL … */
  int side;  /* … of which it is this input */
  NodeId dy;
  uint32_t before; /* the one given to the same node before, + 1 */
} ProductShare;

typedef struct ProductsOf {
  uint32_t count; /* products in which the node stands */
  uint32_t last;  /* the last share given, + 1 */
} ProductsOf;

typedef struct Reverse {
  Maker maker;
  NodeId first;      /* ids below it do not matter */
  NodeId last;       /* what is differentiated */
  const NodeId *wrt; /* by what; 0 for none */
  int wrt_count;
  bool again; /* what is made will be differentiated */
  /* derivatives are differentiated: a zero from above wins only if it is one of structure
   * (gradient_live.c) */
  bool strict;
  Live live;
  NodeId *adjoint;  /* by id - first: the gradient gathered so far, 0 for none */
  bool *matters;    /* by id - first: does a wanted node lie below it along real-valued paths? */
  PartShare *parts; /* owned; NULL until there is one … */
  uint32_t part_count, part_capacity;
  uint32_t *part_of;      /* … by id - first: the last one given, + 1; owned */
  ProductShare *products; /* the same of products; owned */
  uint32_t product_count, product_capacity;
  ProductsOf *products_of; /* by id - first; NULL until there is a product; owned */
  uint32_t *uses;          /* by id (gradient_conv.c); NULL until asked for; owned */
} Reverse;

typedef void GradientRule(Reverse *reverse, NodeId id, NodeId dy);

/* Does anything wanted lie below this node?  A rule asks before making a costly share. */
static inline bool reverse_wants(const Reverse *reverse, NodeId id) {
  return id >= reverse->first && reverse->matters[id - reverse->first];
}

/* Is the gradient of this node itself asked for? */
static inline bool reverse_asked(const Reverse *reverse, NodeId id) {
  for (int i = 0; i < reverse->wrt_count; i++)
    if (reverse->wrt[i] == id) return true;
  return false;
}

/* Adds a share to the gradient of a node.  The share may still have the shape of a broadcast and
 * another float dtype: both are undone here, and only here. */
void reverse_accumulate(Reverse *reverse, NodeId id, NodeId share);

/* The same tensor with its reduced axes back as axes of size 1: elementwise rows stretch it over
 * `shape`. */
NodeId reverse_restore_axes(Maker *maker, NodeId a, const Shape *shape, uint32_t mask);

/* Says that this node cannot be differentiated. */
void reverse_refuse(Reverse *reverse, NodeId id);

static inline Node reverse_node(const Reverse *reverse, NodeId id) {
  return reverse->maker.graph->nodes[id];
} /* a copy: nodes move */
static inline Shape reverse_shape(const Reverse *reverse, NodeId id) {
  return reverse->maker.graph->nodes[id].type.shape;
}

#endif
