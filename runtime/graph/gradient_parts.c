/* gradient_parts.c — shares that belong to parts of a node, put together once.
 *
 * x[t] read in a loop takes T parts of x.  If the gradient of each were a tensor of x's own size,
 * zero but for its part, then T of them, made and added up, would be T times the memory and the
 * work of x: quadratic where the script is linear.  So a rule with a share for a part of x only
 * records it (`gradient_parts_give`).  When x is visited, after all its users, the recorded shares
 * become a few nodes (`gradient_parts_settle`):
 *
 *   slices    a CONCAT where they tile x along one axis, else a PATCH: zeros to which each is added
 *             in its place, in the order of giving
 *   indices   GATHER of one axis and PICK of one axis: one SCATTER, one DROP of the shares and
 *             their indices joined
 *
 * A single share is emitted directly: a PAD (a PLACE among zeros when steps are taken), a SCATTER,
 * a DROP.  Where parts overlap so much that together they are larger than x, as windows are, a node
 * is made each time x's size is reached, so that shares need not be alive all at once. Each of
 * these nodes is as large as the shares that it joins, or x, so time and memory are linear in what
 * was read.  Second derivatives need no extra code: the gradient of a PATCH or CONCAT is slices
 * again.
 *
 * Additions happen in the order of giving within a node, then node by node, whole shares first: the
 * graph alone decides the bits.
 */
#include "runtime/graph/gradient_parts.h"

#include <stdlib.h>
#include <string.h>

extern const Op OP_CONCAT, OP_DROP, OP_PAD, OP_PATCH, OP_PICK, OP_PLACE, OP_SCATTER, OP_SLICE;

#if defined(GD_HARSH)
enum { PARTS_MOST = 3 };
#else
/* inputs of a node made here: its attributes are copied more than once */
enum { PARTS_MOST = 1 << 14 };
#endif

void gradient_parts_give(Reverse *reverse, NodeId by, NodeId dy) {
  NodeId x = reverse->maker.graph->nodes[by].inputs[0];
  if (!dy || !reverse_wants(reverse, x)) return;
  if (!reverse->part_of)
    reverse->part_of =
        mem_zero(((size_t)(reverse->last - reverse->first) + 1) * sizeof *reverse->part_of);
  if (reverse->part_count == reverse->part_capacity) {
    reverse->part_capacity = reverse->part_capacity ? 2 * reverse->part_capacity : 16;
    reverse->parts = mem_grow(reverse->parts, (size_t)reverse->part_capacity * sizeof(PartShare));
  }
  uint32_t *before = &reverse->part_of[x - reverse->first];
  reverse->parts[reverse->part_count++] = (PartShare){by, dy, *before};
  *before = reverse->part_count;
}

/* ---- slices ---- */

typedef struct Parts {
  Reverse *reverse;
  NodeId x;
  Type type;        /* of x */
  PartShare *items; /* in the order of giving */
  int count;
} Parts;

static NodeId emit(Reverse *reverse, Op op, const NodeId *inputs, int count, const int64_t *attrs,
                   int attr_count) {
  return graph_emit(reverse->maker.graph, op, inputs, count, attrs, attr_count,
                    reverse->maker.diag);
}

static const Node *taker(const Parts *parts, int i) {
  return graph_node(parts->reverse->maker.graph, parts->items[i].by);
}
static int64_t share_count(const Parts *parts, int i) {
  return shape_count(&make_type(&parts->reverse->maker, parts->items[i].dy)->shape);
}

/* v set among zeros at start, count, step of each axis. */
static NodeId among_zeros(const Parts *parts, NodeId v, const int64_t *runs) {
  Reverse *reverse = parts->reverse;
  const Shape *shape = &parts->type.shape;
  int64_t pads[2 * RANK_MOST + 1] = {0}; /* the last attribute, the value, is the bits of 0.0 */
  bool steps = false;
  for (int axis = 0; axis < shape->rank; axis++) {
    const int64_t *run = runs + 3 * axis;
    steps = steps || (run[2] != 1 && run[1] > 1);
    pads[2 * axis] = run[1] ? run[0] : 0;
    pads[2 * axis + 1] = shape->dim[axis] - pads[2 * axis] - run[1];
  }
  if (!steps) return emit(reverse, OP_PAD, &v, 1, pads, 2 * shape->rank + 1);
  const NodeId inputs[2] = {make_zeros(&reverse->maker, &parts->type), v};
  return emit(reverse, OP_PLACE, inputs, 2, runs, 3 * shape->rank);
}

/* The one axis that a slice cuts, the others being whole; -1 when it steps or cuts more, or none.
 */
static int cut_axis(const Node *slice, const Shape *shape) {
  int cut = -1;
  for (int axis = 0; axis < shape->rank; axis++) {
    const int64_t *run = slice->attrs + 3 * axis;
    if (run[2] != 1 && run[1] > 1) return -1;
    if (run[1] == shape->dim[axis]) continue;
    if (cut >= 0) return -1;
    cut = axis;
  }
  return cut;
}

typedef struct Tile {
  int64_t start, count;
  NodeId dy;
} Tile;

static int by_start(const void *a, const void *b) {
  const Tile *one = a, *other = b;
  return (one->start > other->start) - (one->start < other->start);
}

/* Shares along the first axis, as rows of matrices: so they are joined for a weight that stands in
 * products with each of them, and the graph has that once. */
static NodeId stacked(const Parts *parts, NodeId *shares) {
  Maker *maker = &parts->reverse->maker;
  const Shape *shape = &parts->type.shape;
  const int64_t first = 0;
  for (int i = 0; i < parts->count && shape->rank > 2; i++) {
    Shape rows = make_type(maker, shares[i])->shape;
    rows.dim[1] *= rows.dim[0];
    rows.rank--;
    memmove(rows.dim, rows.dim + 1, (size_t)rows.rank * sizeof *rows.dim);
    shares[i] = make_reshape(maker, shares[i], &rows);
  }
  return make_reshape(maker, emit(parts->reverse, OP_CONCAT, shares, parts->count, &first, 1),
                      shape);
}

/* The slices one after the other, if they tile x along an axis; else 0. */
static NodeId tiled(const Parts *parts) {
  const Shape *shape = &parts->type.shape;
  int axis = cut_axis(taker(parts, 0), shape);
  int64_t length = 0;
  if (axis < 0 || parts->count > PARTS_MOST) return 0;
  for (int i = 0; i < parts->count; i++) {
    const Node *slice = taker(parts, i);
    if (cut_axis(slice, shape) != axis) return 0;
    length += slice->attrs[3 * axis + 1];
  }
  if (length != shape->dim[axis]) return 0;
  Tile *tiles = mem_alloc((size_t)parts->count * sizeof *tiles);
  NodeId *inputs = mem_alloc((size_t)parts->count * sizeof *inputs);
  for (int i = 0; i < parts->count; i++)
    tiles[i] = (Tile){taker(parts, i)->attrs[3 * axis], taker(parts, i)->attrs[3 * axis + 1],
                      parts->items[i].dy};
  qsort(tiles, (size_t)parts->count, sizeof *tiles, by_start);
  bool tile = true;
  int64_t at = 0, attr = axis;
  for (int i = 0; i < parts->count; at += tiles[i++].count) {
    tile = tile && tiles[i].start == at;
    inputs[i] = tiles[i].dy;
  }
  NodeId joined = !tile       ? 0
                  : axis == 0 ? stacked(parts, inputs)
                              : emit(parts->reverse, OP_CONCAT, inputs, parts->count, &attr, 1);
  mem_free(tiles);
  mem_free(inputs);
  return joined;
}

static NodeId patch(const Parts *parts, int from, int count) {
  if (count == 1) return among_zeros(parts, parts->items[from].dy, taker(parts, from)->attrs);
  const Shape *shape = &parts->type.shape;
  int attr_count = shape->rank * (1 + 3 * count);
  int64_t *attrs = mem_alloc((size_t)attr_count * sizeof *attrs);
  NodeId *inputs = mem_alloc((size_t)count * sizeof *inputs);
  memcpy(attrs, shape->dim, (size_t)shape->rank * sizeof *attrs);
  for (int i = 0; i < count; i++) {
    memcpy(attrs + shape->rank * (1 + 3 * i), taker(parts, from + i)->attrs,
           3 * (size_t)shape->rank * sizeof *attrs);
    inputs[i] = parts->items[from + i].dy;
  }
  NodeId node = emit(parts->reverse, OP_PATCH, inputs, count, attrs, attr_count);
  mem_free(attrs);
  mem_free(inputs);
  return node;
}

/* ---- indices ---- */

static NodeId joined(const Parts *parts, const NodeId *nodes, int count, int64_t axis) {
  return count == 1 ? nodes[0] : emit(parts->reverse, OP_CONCAT, nodes, count, &axis, 1);
}

/* The transpose of GATHERs, or of PICKs, along one axis: the shares joined along it, and their
 * indices. */
static NodeId scattered(const Parts *parts, int from, int count) {
  Reverse *reverse = parts->reverse;
  const Node first = *taker(parts, from);
  int axis = (int)first.attrs[0];
  const int64_t attrs[2] = {axis, parts->type.shape.dim[axis]};
  NodeId inputs[2] = {parts->items[from].dy, first.inputs[1]},
         *shares = mem_alloc(2 * (size_t)count * sizeof *shares), *indices = shares + count;
  for (int i = 0; i < count && count > 1; i++) {
    shares[i] = parts->items[from + i].dy;
    indices[i] = taker(parts, from + i)->inputs[1];
    if (first.op == OP_PICK) continue;
    /* however many axes the index had, they are one */
    Shape shape = parts->type.shape, index = {.rank = 1};
    index.dim[0] = shape_count(&make_type(&reverse->maker, indices[i])->shape);
    shape.dim[axis] = index.dim[0];
    shares[i] = make_reshape(&reverse->maker, shares[i], &shape);
    indices[i] = make_reshape(&reverse->maker, indices[i], &index);
  }
  if (count > 1) {
    inputs[0] = joined(parts, shares, count, axis);
    inputs[1] = joined(parts, indices, count, first.op == OP_PICK ? axis : 0);
  }
  mem_free(shares);
  return emit(reverse, first.op == OP_PICK ? OP_DROP : OP_SCATTER, inputs, 2, attrs, 2);
}

/* ---- the whole ---- */

/* Adds x's recorded shares of one kind, in batches as large as x. */
static void give_kind(const Parts *parts, NodeId (*make)(const Parts *, int, int)) {
  int64_t most = shape_count(&parts->type.shape), size = 0;
  for (int i = 0, from = 0; i < parts->count; i++) {
    size += share_count(parts, i);
    if (i + 1 < parts->count && size < most && i + 1 - from < PARTS_MOST) continue;
    parts->reverse->maker.graph->span = taker(parts, from)->span;
    reverse_accumulate(parts->reverse, parts->x, make(parts, from, i + 1 - from));
    from = i + 1;
    size = 0;
  }
}

static void give_slices(const Parts *parts) {
  parts->reverse->maker.graph->span = taker(parts, 0)->span;
  NodeId whole = parts->count > 1 ? tiled(parts) : 0;
  if (whole) reverse_accumulate(parts->reverse, parts->x, whole);
  else give_kind(parts, patch);
}

static bool same_kind(const Parts *parts, int i, int j) {
  const Node *a = taker(parts, i), *b = taker(parts, j);
  return a->op == b->op && (a->op == OP_SLICE || a->attrs[0] == b->attrs[0]);
}

void gradient_parts_settle(Reverse *reverse, NodeId x) {
  uint32_t last = reverse->part_of ? reverse->part_of[x - reverse->first] : 0;
  if (!last) return;
  Parts all = {.reverse = reverse, .x = x, .type = *make_type(&reverse->maker, x)};
  for (uint32_t i = last; i; i = reverse->parts[i - 1].before) all.count++;
  all.items = mem_alloc(2 * (size_t)all.count * sizeof *all.items);
  PartShare *chosen = all.items + all.count;
  int left = all.count;
  for (uint32_t i = last; i; i = reverse->parts[i - 1].before)
    all.items[--left] = reverse->parts[i - 1];
  /* one kind after the other: there are few */
  for (left = all.count; left > 0 && !reverse->maker.diag->status;) {
    Parts kind = all;
    kind.items = chosen;
    kind.count = 0;
    all.count = left;
    left = 0;
    for (int i = 0; i < all.count; i++)
      if (same_kind(&all, 0, i)) chosen[kind.count++] = all.items[i];
    for (int i = 1; i < all.count; i++)
      if (!same_kind(&all, 0, i)) chosen[kind.count + left++] = all.items[i];
    if (taker(&kind, 0)->op == OP_SLICE) give_slices(&kind);
    else give_kind(&kind, scattered);
    memcpy(all.items, chosen + kind.count, (size_t)left * sizeof *chosen);
  }
  mem_free(all.items);
}
