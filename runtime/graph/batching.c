/* batching.c — a rule for each op: the same with one more axis in front of what is mapped.
 *
 * In the rules, a node that is not mapped has the shape of one row, and `b->to` of one that is
 * mapped has an axis of b->rows before it.  Three ways to bring inputs together:
 *   lifted   for ops that broadcast: axes of size 1 between the rows and the axes of an operand
 *            with fewer than the result, so that rows meet rows
 *   whole    for ops that need all operands alike: what is not mapped is repeated
 *   merged   for images: the rows become part of the batch (or, with a kernel for each row, of the
 *            channels, each row a group of its own)
 * An op without a rule is run row by row (`one_by_one`): slow, but always correct.
 *
 * Nodes are visited in ascending order, so inputs come first; nothing recurses.  The new nodes
 * carry the places of the old ones.  They are ordinary nodes: gradients go through them, and a
 * mapping inside another is mapped again.  (JAX calls these batching rules: Bradbury et al., "JAX:
 * composable transformations of Python+NumPy programs", 2018.)
 */
#include "runtime/graph/batching.h"

#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"

#include <string.h>

/* The harsh build runs row by row those ops that otherwise have a rule for their last axes. */
#if defined(GD_HARSH)
enum { ROW_BY_ROW = true };
#else
enum { ROW_BY_ROW = false };
#endif

typedef struct Batching {
  Maker maker;
  const BatchingSpec *spec;
  int64_t rows;
  NodeId first; /* ids below it are not mapped */
  NodeId count; /* nodes before the first new one */
  NodeId *to;   /* by id - first: for all rows; 0: not mapped */
} Batching;

typedef NodeId Rule(Batching *b, const Node *node);

static NodeId mapped(const Batching *b, NodeId id) {
  return id < b->first || id >= b->count ? 0 : b->to[id - b->first];
}

static Shape shape_at(const Batching *b, NodeId id) {
  return graph_node(b->maker.graph, id)->type.shape;
}

static NodeId emit(Batching *b, Op op, const NodeId *inputs, int input_count, const int64_t *attrs,
                   int attr_count) {
  return graph_emit(b->maker.graph, op, inputs, input_count, attrs, attr_count, b->maker.diag);
}

/* [rows, dims...] */
static Shape with_rows(const Batching *b, const Shape *shape) {
  Shape longer = {.rank = shape->rank + 1};
  longer.dim[0] = b->rows;
  for (int axis = 1; axis < longer.rank; axis++) longer.dim[axis] = shape->dim[axis - 1];
  return longer;
}

static NodeId whole(Batching *b, NodeId id) {
  if (mapped(b, id)) return mapped(b, id);
  Shape own = shape_at(b, id), shape = with_rows(b, &own);
  return make_expand(&b->maker, id, &shape);
}

/* For an op whose result for one row has `rank` axes. */
static NodeId lifted(Batching *b, NodeId id, int rank) {
  NodeId all = mapped(b, id);
  if (!all) return make_with_rank(&b->maker, id, rank + 1);
  Shape own = shape_at(b, id), shape = {.rank = rank + 1};
  shape.dim[0] = b->rows;
  for (int axis = 0; axis < rank; axis++)
    shape.dim[axis + 1] = axis < rank - own.rank ? 1 : own.dim[axis - (rank - own.rank)];
  return make_reshape(&b->maker, all, &shape);
}

static NodeId *all_whole(Batching *b, const Node *node) {
  NodeId *inputs = arena_alloc(&b->maker.graph->arena, (size_t)node->input_count * sizeof *inputs);
  for (int i = 0; i < node->input_count; i++) inputs[i] = whole(b, node->inputs[i]);
  return inputs;
}

static int64_t *attrs_of(Batching *b, const Node *node, int more) {
  int64_t *attrs = arena_alloc(&b->maker.graph->arena,
                               (size_t)(node->attr_count + more + 1) * sizeof *attrs);
  if (node->attr_count) memcpy(attrs, node->attrs, (size_t)node->attr_count * sizeof *attrs);
  return attrs;
}

/* The attributes with `more` of `lead` before them. */
static int64_t *attrs_after(Batching *b, const Node *node, const int64_t *lead, int more) {
  int64_t *attrs = attrs_of(b, node, more);
  memmove(attrs + more, attrs, (size_t)node->attr_count * sizeof *attrs);
  memcpy(attrs, lead, (size_t)more * sizeof *attrs);
  return attrs;
}

/* ---- rules of families ---- */

static NodeId elementwise(Batching *b, const Node *node) {
  NodeId inputs[4];
  int rank = node->type.shape.rank;
  for (int i = 0; i < node->input_count; i++) inputs[i] = lifted(b, node->inputs[i], rank);
  return emit(b, node->op, inputs, node->input_count, node->attrs, node->attr_count);
}

/* What works on the last axes, or on elements alone. */
static NodeId same(Batching *b, const Node *node) {
  return emit(b, node->op, all_whole(b, node), node->input_count, node->attrs, node->attr_count);
}

/* The first attribute is an axis. */
static NodeId by_axis(Batching *b, const Node *node) {
  int64_t *attrs = attrs_of(b, node, 0);
  attrs[0]++;
  return emit(b, node->op, all_whole(b, node), node->input_count, attrs, node->attr_count);
}

/* The first attribute is a mask of axes. */
static NodeId by_mask(Batching *b, const Node *node) {
  int64_t *attrs = attrs_of(b, node, 0);
  attrs[0] <<= 1;
  return emit(b, node->op, all_whole(b, node), node->input_count, attrs, node->attr_count);
}

/* Something for each axis stands first. */
static NodeId by_axes(Batching *b, const Node *node, const int64_t *lead, int more) {
  return emit(b, node->op, all_whole(b, node), node->input_count, attrs_after(b, node, lead, more),
              node->attr_count + more);
}

static NodeId named_anew(Batching *b, const Node *node) {
  int64_t serial = b->maker.graph->count;
  NodeId input = whole(b, node->inputs[0]);
  return emit(b, node->op, &input, 1, &serial, 1);
}

/* ---- moves ---- */

static NodeId expand(Batching *b, const Node *node) {
  Shape shape = with_rows(b, &node->type.shape);
  return make_expand(&b->maker, lifted(b, node->inputs[0], node->type.shape.rank), &shape);
}

static NodeId reshape(Batching *b, const Node *node) {
  Shape shape = with_rows(b, &node->type.shape);
  return make_reshape(&b->maker, whole(b, node->inputs[0]), &shape);
}

static NodeId permute(Batching *b, const Node *node) {
  int order[RANK_MOST + 1] = {0};
  for (int axis = 0; axis < node->attr_count; axis++) order[axis + 1] = (int)node->attrs[axis] + 1;
  return make_permute(&b->maker, whole(b, node->inputs[0]), order);
}

static NodeId patch(Batching *b, const Node *node) {
  int rank = node->type.shape.rank, count = rank + 1;
  int64_t *attrs = arena_alloc(&b->maker.graph->arena,
                               (size_t)(count * (1 + 3 * node->input_count)) * sizeof *attrs);
  attrs[0] = b->rows;
  memcpy(attrs + 1, node->attrs, (size_t)rank * sizeof *attrs);
  for (int i = 0; i < node->input_count; i++) {
    int64_t *runs = attrs + count * (1 + 3 * i);
    runs[0] = 0, runs[1] = b->rows, runs[2] = 1;
    memcpy(runs + 3, node->attrs + rank * (1 + 3 * i), 3 * (size_t)rank * sizeof *attrs);
  }
  return emit(b, node->op, all_whole(b, node), node->input_count, attrs,
              count * (1 + 3 * node->input_count));
}

/* An axis of a node brought to another place. */
static NodeId moved_axis(Batching *b, NodeId id, int from, int to) {
  int rank = shape_at(b, id).rank, order[RANK_MOST], at = 0;
  for (int axis = 0; axis < rank; axis++) {
    if (at == from) at++;
    order[axis] = axis == to ? from : at++;
  }
  return id ? make_permute(&b->maker, id, order) : 0;
}

/* Indices of each row's own part: row r's index i of n becomes r * n + i.  Checked here, as the
 * sum would hide an index that is out of range. */
static NodeId own_indices(Batching *b, NodeId index, int64_t n) {
  Maker *maker = &b->maker;
  const int64_t range[2] = {-n, n}, rows[2] = {b->rows, DTYPE_I32};
  NodeId all = whole(b, index);
  Shape column = {.rank = shape_at(b, all).rank};
  for (int axis = 0; axis < column.rank; axis++) column.dim[axis] = axis ? 1 : b->rows;
  all = emit(b, OP_WHOLE, &all, 1, range, 2);
  NodeId start = make2(maker, OP_MUL, emit(b, OP_IOTA, NULL, 0, rows, 2),
                       graph_constant(maker->graph, (double)n, DTYPE_I32));
  NodeId below = make2(maker, OP_LT, all, graph_constant(maker->graph, 0, DTYPE_I32));
  NodeId again = make2(maker, OP_ADD, all, graph_constant(maker->graph, (double)n, DTYPE_I32));
  return make2(maker, OP_ADD, make_where(maker, below, again, all),
               make_reshape(maker, start, &column));
}

/* Rows of x side by side along the axis that is indexed, which comes first: [rows * n, rest...]. */
static NodeId side_by_side(Batching *b, NodeId x, int axis, int width) {
  NodeId all = moved_axis(b, whole(b, x), axis + 1, 1);
  Shape shape = shape_at(b, all), flat = {.rank = shape.rank - width};
  flat.dim[0] = shape.dim[0];
  for (int i = 1; i <= width; i++) flat.dim[0] *= shape.dim[i];
  for (int i = 1; i < flat.rank; i++) flat.dim[i] = shape.dim[i + width];
  return make_reshape(&b->maker, all, &flat);
}

/* gathered: [rows, index.., the axes before, the axes behind] → [rows, before, index.., behind] */
static NodeId index_back(Batching *b, NodeId all, int axis, int index_rank) {
  int rank = shape_at(b, all).rank, order[RANK_MOST], at = 0;
  order[at++] = 0;
  for (int i = 0; i < axis; i++) order[at++] = 1 + index_rank + i;
  for (int i = 0; i < index_rank; i++) order[at++] = 1 + i;
  while (at < rank) {
    order[at] = at;
    at++;
  }
  return all ? make_permute(&b->maker, all, order) : 0;
}

static NodeId gather(Batching *b, const Node *node) {
  NodeId x = node->inputs[0], index = node->inputs[1];
  int axis = (int)node->attrs[0];
  Shape of_x = shape_at(b, x), of_index = shape_at(b, index);
  int64_t attr = axis + 1;
  if (!mapped(b, index)) return emit(b, OP_GATHER, (NodeId[]){mapped(b, x), index}, 2, &attr, 1);
  attr = axis;
  if (!mapped(b, x)) {
    NodeId all = emit(b, OP_GATHER, (NodeId[]){x, mapped(b, index)}, 2, &attr, 1);
    return all ? moved_axis(b, all, axis, 0) : 0;
  }
  attr = 0;
  NodeId parts[2] = {side_by_side(b, x, axis, 1), own_indices(b, index, of_x.dim[axis])};
  return index_back(b, emit(b, OP_GATHER, parts, 2, &attr, 1), axis, of_index.rank);
}

/* The transpose of gather: each row adds into a part of its own. */
static NodeId scatter(Batching *b, const Node *node) {
  NodeId dy = node->inputs[0], index = node->inputs[1];
  int axis = (int)node->attrs[0], index_rank = shape_at(b, index).rank;
  int64_t attrs[2] = {axis + 1, node->attrs[1]};
  if (!mapped(b, index)) return emit(b, OP_SCATTER, (NodeId[]){mapped(b, dy), index}, 2, attrs, 2);
  NodeId all = whole(b, dy);
  for (int i = 0; i < index_rank && all; i++) all = moved_axis(b, all, axis + 1 + i, 1 + i);
  attrs[0] = 0, attrs[1] = b->rows * node->attrs[1];
  NodeId added = emit(b, OP_SCATTER, (NodeId[]){all, own_indices(b, index, node->attrs[1])}, 2,
                      attrs, 2);
  if (!added) return 0;
  Shape flat = shape_at(b, added), shape = {.rank = flat.rank + 1};
  shape.dim[0] = b->rows, shape.dim[1] = node->attrs[1];
  for (int i = 1; i < flat.rank; i++) shape.dim[i + 1] = flat.dim[i];
  return moved_axis(b, make_reshape(&b->maker, added, &shape), 1, axis + 1);
}

/* ---- products and systems ---- */

/* Rows of a that meet one matrix are one product. */
static NodeId rows_at_once(Batching *b, const Node *node) {
  NodeId a = mapped(b, node->inputs[0]);
  Shape of_a = shape_at(b, a), flat = {.rank = 2, .dim = {of_a.dim[0] * of_a.dim[1], of_a.dim[2]}};
  NodeId parts[2] = {make_reshape(&b->maker, a, &flat), node->inputs[1]};
  Shape shape = with_rows(b, &node->type.shape);
  return make_reshape(&b->maker, emit(b, node->op, parts, 2, node->attrs, 2), &shape);
}

static NodeId matmul(Batching *b, const Node *node) {
  bool flat = mapped(b, node->inputs[0]) && !mapped(b, node->inputs[1]) && !node->attrs[0] &&
              shape_at(b, node->inputs[0]).rank == 2 && shape_at(b, node->inputs[1]).rank == 2;
  return flat ? rows_at_once(b, node) : elementwise(b, node);
}

/* Rows are a leading axis, or heads where there was none.  A mask need not be repeated. */
static NodeId attention(Batching *b, const Node *node) {
  NodeId inputs[5];
  for (int i = 0; i < node->input_count; i++) {
    Shape shape = shape_at(b, node->inputs[i]);
    bool mask = graph_node(b->maker.graph, node->inputs[i])->type.dtype == DTYPE_BOOL;
    inputs[i] = mask ? lifted(b, node->inputs[i], shape.rank) : whole(b, node->inputs[i]);
  }
  return emit(b, node->op, inputs, node->input_count, node->attrs, node->attr_count);
}

/* ---- images: [N, C, H, W] ---- */

/* The first `width` axes as one. */
static NodeId joined(Batching *b, NodeId id, int width) {
  Shape shape = shape_at(b, id), flat = {.rank = shape.rank - width + 1};
  flat.dim[0] = 1;
  for (int i = 0; i < width; i++) flat.dim[0] *= shape.dim[i];
  for (int i = 1; i < flat.rank; i++) flat.dim[i] = shape.dim[i + width - 1];
  return make_reshape(&b->maker, id, &flat);
}

/* The rows taken out of the batch again. */
static NodeId rows_back(Batching *b, const Node *node, NodeId all) {
  Shape shape = with_rows(b, &node->type.shape);
  return make_reshape(&b->maker, all, &shape);
}

/* What goes image by image: rows are more images. */
static NodeId more_images(Batching *b, const Node *node) {
  NodeId inputs[2] = {joined(b, whole(b, node->inputs[0]), 2), 0};
  if (node->input_count > 1) inputs[1] = node->inputs[1];
  return rows_back(b, node,
                   emit(b, node->op, inputs, node->input_count, node->attrs, node->attr_count));
}

/* The same of two inputs that both have a plane for each. */
static NodeId more_planes(Batching *b, const Node *node) {
  NodeId inputs[2];
  for (int i = 0; i < 2; i++) inputs[i] = joined(b, whole(b, node->inputs[i]), 2);
  return rows_back(b, node, emit(b, node->op, inputs, 2, node->attrs, node->attr_count));
}

/* [rows, N, C, H, W] → [N, rows * C, H, W] */
static NodeId more_channels(Batching *b, NodeId id) {
  NodeId turned = moved_axis(b, whole(b, id), 0, 1);
  Shape shape = shape_at(b, turned), flat = {.rank = 4, .dim = {shape.dim[0], 0, shape.dim[3]}};
  flat.dim[1] = shape.dim[1] * shape.dim[2], flat.dim[3] = shape.dim[4];
  return turned ? make_reshape(&b->maker, turned, &flat) : 0;
}

/* A kernel for each row: each row is a run of groups. */
static NodeId more_groups(Batching *b, const Node *node) {
  int64_t *attrs = attrs_of(b, node, 0);
  attrs[CONV_GROUPS] *= b->rows;
  NodeId inputs[2] = {more_channels(b, node->inputs[0]),
                      node->op == OP_CONV2D_WEIGHT ? more_channels(b, node->inputs[1])
                                                   : joined(b, whole(b, node->inputs[1]), 2)};
  NodeId all = emit(b, node->op, inputs, 2, attrs, node->attr_count);
  if (!all || node->op == OP_CONV2D_WEIGHT) return rows_back(b, node, all);
  Shape own = node->type.shape,
        apart = {.rank = 5, .dim = {own.dim[0], b->rows, own.dim[1], own.dim[2], own.dim[3]}};
  return moved_axis(b, make_reshape(&b->maker, all, &apart), 1, 0);
}

static NodeId convolution(Batching *b, const Node *node) {
  bool one_kernel = node->op != OP_CONV2D_WEIGHT && !mapped(b, node->inputs[1]);
  return one_kernel ? more_images(b, node) : more_groups(b, node);
}

/* ---- what belongs to no family ---- */

static NodeId custom(Batching *b, const Node *node) {
  int64_t hook = b->spec->custom(b->spec->context, node->attrs[0]);
  return emit(b, OP_CUSTOM, all_whole(b, node), node->input_count, &hook, 1);
}

/* Row r of a node, in the shape of one. */
static NodeId row_of(Batching *b, NodeId id, int64_t r) {
  NodeId all = mapped(b, id);
  if (!all) return id;
  Shape own = shape_at(b, id);
  int64_t runs[3 * (RANK_MOST + 1)] = {r, 1, 1};
  for (int axis = 0; axis < own.rank; axis++) {
    runs[3 * axis + 3] = 0;
    runs[3 * axis + 4] = own.dim[axis];
    runs[3 * axis + 5] = 1;
  }
  return make_reshape(&b->maker, make_slice(&b->maker, all, runs), &own);
}

/* An op without a rule. */
static NodeId one_by_one(Batching *b, const Node *node) {
  Shape own = node->type.shape, one = with_rows(b, &own);
  Type all = {.dtype = node->type.dtype, .shape = one};
  int64_t axis = 0;
  if (b->rows == 0) return make_zeros(&b->maker, &all);
  one.dim[0] = 1;
  NodeId *parts = arena_alloc(&b->maker.graph->arena, (size_t)b->rows * sizeof *parts);
  NodeId *inputs = arena_alloc(&b->maker.graph->arena, (size_t)node->input_count * sizeof *inputs);
  for (int64_t r = 0; r < b->rows; r++) {
    for (int i = 0; i < node->input_count; i++) inputs[i] = row_of(b, node->inputs[i], r);
    NodeId result = emit(b, node->op, inputs, node->input_count, node->attrs, node->attr_count);
    if (!result) return 0;
    parts[r] = make_reshape(&b->maker, result, &one);
  }
  return b->rows == 1 ? parts[0] : emit(b, OP_CONCAT, parts, (int)b->rows, &axis, 1);
}

/* Its key is of the recording; where it has rows (from the inputs of a CUSTOM), they are equal. */
static NodeId draw(Batching *b, const Node *node) {
  enum { DIMS_FROM = 5 };
  if (b->rows == 0) return one_by_one(b, node);
  int64_t *attrs = attrs_of(b, node, 1);
  memmove(attrs + DIMS_FROM + 1, attrs + DIMS_FROM,
          (size_t)(node->attr_count - DIMS_FROM) * sizeof *attrs);
  attrs[DIMS_FROM] = b->rows;
  NodeId key = row_of(b, node->inputs[0], 0);
  return emit(b, OP_DRAW, &key, 1, attrs, node->attr_count + 1);
}

static NodeId batched(Batching *b, const Node *node) {
  const int64_t every[3] = {0, b->rows, 1}, nothing[2] = {0};
  switch (node->op) {
#define MAP(ID, ...) case OP_##ID:
#define OP(...)
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
    case OP_SOLVE:
    case OP_TRISOLVE: return elementwise(b, node);
    case OP_MATMUL: return matmul(b, node);
    case OP_ATTENTION:
    case OP_ATTENTION_SHARES: return attention(b, node);
    case OP_CAST:
    case OP_WHOLE:
    case OP_STOP:
    case OP_KINK:
    case OP_BEND:
    case OP_TRIANGLE:
    case OP_DIAG_MATRIX:
    case OP_DIAG_PART:
    case OP_INVERSE:
    case OP_DET:
    case OP_LOG_DET:
    case OP_COFACTOR:
    case OP_CHOLESKY:
    case OP_QR:
    case OP_SVD:
    case OP_EIGH: return ROW_BY_ROW ? one_by_one(b, node) : same(b, node);
    case OP_IDENTITY: return named_anew(b, node);
    case OP_SUM:
    case OP_PROD:
    case OP_MIN:
    case OP_MAX:
    case OP_ANY:
    case OP_ALL:
    case OP_LOGSUMEXP:
    case OP_NORM2: return by_mask(b, node);
    case OP_ARGMIN:
    case OP_ARGMAX:
    case OP_CUMSUM:
    case OP_RECUR:
    case OP_RESAMPLE:
    case OP_SOFTMAX:
    case OP_LOG_SOFTMAX:
    case OP_ARGSORT:
    case OP_PICK:
    case OP_DROP:
    case OP_LAST:
    case OP_CONCAT: return by_axis(b, node);
    case OP_SLICE:
    case OP_PLACE: return by_axes(b, node, every, 3);
    case OP_PAD: return by_axes(b, node, nothing, 2);
    case OP_EXPAND: return expand(b, node);
    case OP_RESHAPE: return reshape(b, node);
    case OP_PERMUTE: return permute(b, node);
    case OP_PATCH: return patch(b, node);
    case OP_GATHER: return gather(b, node);
    case OP_SCATTER: return scatter(b, node);
    case OP_CONV2D:
    case OP_CONV2D_INPUT:
    case OP_CONV2D_WEIGHT: return convolution(b, node);
    case OP_POOL_MAX_INPUT: return more_planes(b, node);
    case OP_POOL_ARGMAX:
    case OP_POOL_MAX:
    case OP_POOL_SUM:
    case OP_POOL_SUM_INPUT: return more_images(b, node);
    case OP_DRAW: return draw(b, node);
    case OP_CUSTOM: return custom(b, node);
    case OP_AFTER: return emit(b, OP_AFTER, all_whole(b, node), node->input_count, NULL, 0);
    default: return one_by_one(b, node);
  }
}

/* ---- the pass ---- */

NodeId batching_stand_in(Graph *graph, const Type *type, Diag *diag) {
  Maker maker = {graph, diag};
  NodeId zeros = make_zeros(&maker, type);
  int64_t serial = graph->count; /* a name unique to this node */
  return zeros ? graph_emit(graph, OP_IDENTITY, &zeros, 1, &serial, 1, diag) : 0;
}

/* By id - first: is it needed for a root? */
static bool *find_needed(const Graph *graph, NodeId first, const NodeId *roots, int root_count) {
  bool *needed = mem_zero(graph->count - first + 1);
  for (int i = 0; i < root_count; i++)
    if (roots[i] >= first) needed[roots[i] - first] = true;
  for (NodeId id = graph->count - 1; id >= first; id--) {
    const Node *node = graph_node(graph, id);
    for (int k = 0; needed[id - first] && k < node->input_count; k++)
      if (node->inputs[k] >= first) needed[node->inputs[k] - first] = true;
  }
  return needed;
}

static bool changes(const Batching *b, const Node *node) {
  bool some = node->op == OP_DRAW;
  for (int k = 0; k < node->input_count; k++) some |= mapped(b, node->inputs[k]) != 0;
  return some;
}

/* Is there room for the axis of the rows? */
static bool has_room(const Batching *b, NodeId id) {
  if (shape_at(b, id).rank < RANK_MOST) return true;
  diag_fail(b->maker.diag, STATUS_FAILED, graph_node(b->maker.graph, id)->span,
            "for all rows of `vmap` together this would have %d axes; a tensor has at most %d",
            RANK_MOST + 1, RANK_MOST);
  return false;
}

/* A gather may read what has no rows as it is; every other rule may have to repeat it. */
static bool all_have_room(const Batching *b, NodeId id, const Node *node) {
  bool room = has_room(b, id);
  for (int i = 0; i < node->input_count && room; i++)
    room = node->op == OP_GATHER || has_room(b, node->inputs[i]);
  return room;
}

static bool run(Batching *b, const bool *needed) {
  Graph *graph = b->maker.graph;
  for (NodeId id = b->first; id < b->count; id++) {
    const Node node = *graph_node(graph, id); /* a copy: nodes move */
    if (!needed[id - b->first] || b->to[id - b->first] || !changes(b, &node)) continue;
    graph->span = node.span;
    if (!all_have_room(b, id, &node)) return false;
    b->to[id - b->first] = batched(b, &node);
    if (!b->to[id - b->first]) return false;
  }
  return true;
}

bool batching_run(Graph *graph, const BatchingSpec *spec, const NodeId *roots, int root_count,
                  NodeId *into, Diag *diag) {
  Batching b = {.maker = {graph, diag},
                .spec = spec,
                .rows = spec->rows,
                .first = spec->first,
                .count = graph->count};
  Span span = graph->span;
  bool *needed = find_needed(graph, b.first, roots, root_count);
  b.to = mem_zero((size_t)(b.count - b.first + 1) * sizeof *b.to);
  for (int i = 0; i < spec->input_count; i++)
    b.to[spec->inputs[i].row - b.first] = spec->inputs[i].all;
  bool fine = run(&b, needed);
  graph->span = span;
  for (int i = 0; i < root_count && fine; i++) {
    into[i] = has_room(&b, roots[i]) ? whole(&b, roots[i]) : 0;
    fine = into[i] != 0;
  }
  mem_free(b.to);
  mem_free(needed);
  if (graph->derived > spec->first) graph->derived = graph->count;
  return fine;
}

bool batching_depends(const Graph *graph, NodeId node, const NodeId *on, int count) {
  NodeId first = node;
  for (int i = 0; i < count; i++)
    if (on[i] < first) first = on[i];
  bool *needed = find_needed(graph, first, &node, 1), depends = false;
  for (int i = 0; i < count && !depends; i++) depends = on[i] <= node && needed[on[i] - first];
  mem_free(needed);
  return depends;
}
