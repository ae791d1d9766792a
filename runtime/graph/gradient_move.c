/* gradient_move.c — gradients of operations that move elements: each is a move back.
 *
 * Pairs that are each other's transpose: SLICE and PAD (or PLACE over zeros, when steps are
 * taken; of many slices a PATCH or CONCAT: gradient_parts.c), GATHER and SCATTER, PICK and DROP,
 * CONCAT and SLICE, DIAG_MATRIX and DIAG_PART.
 */
#include <string.h>

#include "runtime/graph/gradient_parts.h"

extern const Op OP_DIAG_MATRIX, OP_DIAG_PART, OP_GATHER, OP_PAD, OP_PICK, OP_PLACE, OP_RESAMPLE,
    OP_TRIANGLE;

GradientRule gradient_expand, gradient_reshape, gradient_permute, gradient_slice, gradient_patch,
    gradient_place, gradient_concat, gradient_pad, gradient_gather, gradient_scatter, gradient_pick,
    gradient_drop, gradient_resample, gradient_triangle, gradient_diag_matrix, gradient_diag_part;

static NodeId emit(Reverse *reverse, Op op, const NodeId *inputs, int count, const int64_t *attrs,
                   int attr_count) {
  return graph_emit(reverse->maker.graph, op, inputs, count, attrs, attr_count,
                    reverse->maker.diag);
}

/* reverse_accumulate sums over what was repeated. */
void gradient_expand(Reverse *reverse, NodeId id, NodeId dy) {
  reverse_accumulate(reverse, reverse_node(reverse, id).inputs[0], dy);
}

void gradient_reshape(Reverse *reverse, NodeId id, NodeId dy) {
  NodeId x = reverse_node(reverse, id).inputs[0];
  Shape shape = reverse_shape(reverse, x);
  reverse_accumulate(reverse, x, make_reshape(&reverse->maker, dy, &shape));
}

void gradient_permute(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  int back[RANK_MOST];
  for (int axis = 0; axis < node.attr_count; axis++) back[node.attrs[axis]] = axis;
  reverse_accumulate(reverse, node.inputs[0], make_permute(&reverse->maker, dy, back));
}

/* ---- runs along the axes ---- */

void gradient_slice(Reverse *reverse, NodeId id, NodeId dy) {
  gradient_parts_give(reverse, id, dy);
}

void gradient_patch(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  int rank = node.type.shape.rank;
  for (int i = 0; i < node.input_count; i++)
    if (reverse_wants(reverse, node.inputs[i]))
      reverse_accumulate(reverse, node.inputs[i],
                         make_slice(&reverse->maker, dy, node.attrs + rank * (1 + 3 * i)));
}

void gradient_place(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  if (reverse_wants(reverse, node.inputs[0])) {
    const Type hole = reverse_node(reverse, node.inputs[1]).type;
    const NodeId inputs[2] = {dy, make_zeros(&reverse->maker, &hole)};
    reverse_accumulate(reverse, node.inputs[0],
                       emit(reverse, OP_PLACE, inputs, 2, node.attrs, node.attr_count));
  }
  if (reverse_wants(reverse, node.inputs[1]))
    reverse_accumulate(reverse, node.inputs[1], make_slice(&reverse->maker, dy, node.attrs));
}

/* The attributes of a SLICE of a whole tensor. */
static void whole(const Shape *shape, int64_t *runs) {
  for (int axis = 0; axis < shape->rank; axis++) {
    runs[3 * axis] = 0;
    runs[3 * axis + 1] = shape->dim[axis];
    runs[3 * axis + 2] = 1;
  }
}

void gradient_concat(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  int axis = (int)node.attrs[0];
  int64_t runs[3 * RANK_MOST], start = 0;
  for (int i = 0; i < node.input_count; i++) {
    Shape shape = reverse_shape(reverse, node.inputs[i]);
    whole(&shape, runs);
    runs[3 * axis] = shape.dim[axis] ? start : 0;
    start += shape.dim[axis];
    if (reverse_wants(reverse, node.inputs[i]))
      reverse_accumulate(reverse, node.inputs[i], make_slice(&reverse->maker, dy, runs));
  }
}

void gradient_pad(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  Shape shape = reverse_shape(reverse, node.inputs[0]);
  int64_t runs[3 * RANK_MOST];
  whole(&shape, runs);
  for (int axis = 0; axis < shape.rank; axis++)
    runs[3 * axis] = shape.dim[axis] ? node.attrs[2 * axis] : 0;
  reverse_accumulate(reverse, node.inputs[0], make_slice(&reverse->maker, dy, runs));
}

/* ---- by an index ---- */

void gradient_gather(Reverse *reverse, NodeId id, NodeId dy) {
  gradient_parts_give(reverse, id, dy);
}

void gradient_scatter(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  const NodeId inputs[2] = {dy, node.inputs[1]};
  reverse_accumulate(reverse, node.inputs[0], emit(reverse, OP_GATHER, inputs, 2, node.attrs, 1));
}

void gradient_pick(Reverse *reverse, NodeId id, NodeId dy) { gradient_parts_give(reverse, id, dy); }

void gradient_drop(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  const NodeId inputs[2] = {dy, node.inputs[1]};
  reverse_accumulate(reverse, node.inputs[0], emit(reverse, OP_PICK, inputs, 2, node.attrs, 1));
}

void gradient_resample(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  const int64_t axis = node.attrs[0],
                attrs[4] = {axis, reverse_shape(reverse, node.inputs[0]).dim[axis], node.attrs[2],
                            !node.attrs[3]};
  reverse_accumulate(reverse, node.inputs[0], emit(reverse, OP_RESAMPLE, &dy, 1, attrs, 4));
}

/* ---- triangles and diagonals ---- */

void gradient_triangle(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  reverse_accumulate(reverse, node.inputs[0],
                     emit(reverse, OP_TRIANGLE, &dy, 1, node.attrs, node.attr_count));
}

void gradient_diag_matrix(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  reverse_accumulate(reverse, node.inputs[0], emit(reverse, OP_DIAG_PART, &dy, 1, node.attrs, 1));
}

/* The square matrix with dy on the diagonal, cut or padded to the shape of x, which need not be
 * square. */
void gradient_diag_part(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  Shape shape = reverse_shape(reverse, node.inputs[0]);
  NodeId square = emit(reverse, OP_DIAG_MATRIX, &dy, 1, node.attrs, 1);
  if (!square) return;
  Shape made = reverse_shape(reverse, square);
  int64_t runs[3 * RANK_MOST], pads[2 * RANK_MOST + 1] = {0};
  bool pad = false;
  for (int axis = shape.rank - 2; axis < shape.rank; axis++) {
    if (made.dim[axis] > shape.dim[axis]) made.dim[axis] = shape.dim[axis];
    pads[2 * axis + 1] = shape.dim[axis] - made.dim[axis];
    pad = pad || pads[2 * axis + 1];
  }
  whole(&made, runs);
  NodeId cut = make_slice(&reverse->maker, square, runs);
  reverse_accumulate(reverse, node.inputs[0],
                     pad ? emit(reverse, OP_PAD, &cut, 1, pads, 2 * shape.rank + 1) : cut);
}
