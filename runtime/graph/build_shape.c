/* build_shape.c — names that move elements: reshape, permute, concat, flip, roll …
 *
 * Nothing here computes; each name becomes one or a few of RESHAPE, PERMUTE, EXPAND, SLICE,
 * CONCAT and the triangle and diagonal rows, whose gradients are moves again.
 */
#include <assert.h>
#include <string.h>

#include "runtime/graph/build.h"
#include "runtime/graph/promote.h"

extern const Op OP_DIAG_MATRIX, OP_DIAG_PART, OP_TRIANGLE;

Builder build_expand, build_reshape, build_flatten, build_permute, build_transpose, build_concat,
    build_stack, build_chunk, build_flip, build_roll, build_tril, build_triu, build_diag;

/* A copy: types lie in the nodes, which move when one is emitted. */
static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

/* ---- one tensor in another shape ---- */

int build_expand(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Shape shape;
  NodeId x = arg_tensor(maker, &args[0]);
  if (!x || !arg_shape(maker, &args[1], NULL, &shape)) return 0;
  return build_one(make_expand(maker, x, &shape), results);
}

int build_reshape(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  if (!x) return 0;
  Shape from = shape_at(maker, x), to;
  if (!arg_shape(maker, &args[1], &from, &to)) return 0;
  return build_one(make_reshape(maker, x, &to), results);
}

int build_flatten(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  if (!x) return 0;
  Shape from = shape_at(maker, x), to = {.rank = 2};
  if (from.rank == 0)
    return arg_fail(maker, &args[0], "`flatten` keeps axis 0; the operand has no axes");
  to.dim[0] = from.dim[0];
  to.dim[1] = 1;
  for (int axis = 1; axis < from.rank; axis++) {
    if (!size_mul(to.dim[1], from.dim[axis], &to.dim[1]))
      return arg_fail(maker, &args[0], "the flattened axis would be too long");
  }
  return build_one(make_reshape(maker, x, &to), results);
}

int build_permute(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  if (!x) return 0;
  int rank = shape_at(maker, x).rank, order[RANK_MOST];
  int count = args[1].kind == ARG_NUMBERS ? args[1].count : arg_given(&args[1]) ? 1 : 0;
  if (count != rank)
    return arg_fail(maker, &args[1], "`permute` needs each of the %d axes once, not %d", rank,
                    count);
  uint32_t seen;
  /* no axis stands twice, so each stands once */
  if (rank && !arg_axes(maker, &args[1], rank, &seen)) return 0;
  for (int i = 0; i < rank; i++) {
    double axis = args[1].kind == ARG_NUMBERS ? args[1].numbers[i] : args[1].number;
    order[i] = (int)axis + (axis < 0 ? rank : 0);
  }
  return build_one(make_permute(maker, x, order), results);
}

int build_transpose(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_one(make_transpose(maker, arg_tensor(maker, &args[0])), results);
}

/* ---- together ---- */

/* The tensors of a rest argument, cast to one dtype, into memory of the graph's arena; the count,
 * or 0. */
static int tensors_of(Maker *maker, const Arg *arg, const char *name, NodeId **nodes) {
  const NodeId *given = arg->kind == ARG_NODES ? arg->nodes : &arg->node;
  int count = arg->kind == ARG_NODES ? arg->count : arg->kind == ARG_NODE ? 1 : 0;
  if (count == 0) return arg_fail(maker, arg, "`%s` needs at least one tensor", name);
  *nodes = arena_alloc(&maker->graph->arena, (size_t)count * sizeof **nodes);
  for (int i = 0; i < count; i++)
    if (!given[i]) return 0;
  const Dtype dtype = promote_joined(maker, given, count);
  for (int i = 0; i < count; i++) {
    if (!((*nodes)[i] = make_cast(maker, given[i], dtype))) return 0;
  }
  return count;
}

int build_concat(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId *nodes;
  int count = tensors_of(maker, &args[0], "concat", &nodes), axis;
  if (!count) return 0;
  int rank = shape_at(maker, nodes[0]).rank;
  if (rank == 0) {
    arg_fail(maker, &args[0], "`concat` joins along an axis, and a number has no axes");
    diag_help(maker->diag, "`stack` puts tensors together along a new axis");
    return 0;
  }
  if (!arg_axis(maker, &args[1], rank, 0, &axis)) return 0;
  return build_one(make_concat(maker, nodes, count, axis), results);
}

int build_stack(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId *nodes;
  int count = tensors_of(maker, &args[0], "stack", &nodes), axis;
  if (!count) return 0;
  Shape shape = shape_at(maker, nodes[0]), longer = shape;
  if (shape.rank == RANK_MOST)
    return arg_fail(maker, &args[0], "a tensor has at most %d axes; `stack` adds one", RANK_MOST);
  if (!arg_axis(maker, &args[1], shape.rank + 1, 0, &axis)) return 0;
  memmove(&longer.dim[axis + 1], &longer.dim[axis],
          (size_t)(shape.rank - axis) * sizeof longer.dim[0]);
  longer.dim[axis] = 1;
  longer.rank++;
  for (int i = 0; i < count; i++) {
    Shape here = shape_at(maker, nodes[i]);
    if (!shape_equal(&here, &shape)) {
      char a[200], b[200];
      arg_fail(maker, &args[0], "`stack` needs tensors of one shape");
      return diag_label(maker->diag, "%s and %s", shape_show(&shape, a), shape_show(&here, b));
    }
    nodes[i] = make_reshape(maker, nodes[i], &longer);
  }
  return build_one(make_concat(maker, nodes, count, axis), results);
}

/* ---- parts ---- */

int build_chunk(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  int64_t n;
  int axis;
  if (!x || !arg_axis(maker, &args[2], shape_at(maker, x).rank, 0, &axis)) return 0;
  if (!arg_whole(maker, &args[1], "the number of parts", 1, CHUNKS_MOST, 1, &n)) return 0;
  int64_t size = shape_at(maker, x).dim[axis], start = 0;
  for (int64_t i = 0; i < n; i++) {
    int64_t count = size / n + (i < size % n);
    if (!(results[i] = make_run(maker, x, axis, start, count, 1))) return 0;
    start += count;
  }
  return (int)n;
}

int build_flip(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  uint32_t mask;
  if (!x || !arg_axes(maker, &args[1], shape_at(maker, x).rank, &mask)) return 0;
  Shape shape = shape_at(maker, x);
  int64_t runs[3 * RANK_MOST];
  for (int i = 0; i < shape.rank; i++) {
    bool back = (mask >> i & 1) && shape.dim[i] > 0;
    runs[3 * i] = back ? shape.dim[i] - 1 : 0;
    runs[3 * i + 1] = shape.dim[i];
    runs[3 * i + 2] = back ? -1 : 1;
  }
  return build_one(make_slice(maker, x, runs), results);
}

static NodeId roll(Maker *maker, NodeId x, int axis, int64_t shift) {
  int64_t size = shape_at(maker, x).dim[axis];
  if (size == 0) return x;
  int64_t cut = ((-shift % size) + size) % size; /* the first element of the result */
  if (cut == 0) return x;
  NodeId parts[2] = {make_run(maker, x, axis, cut, size - cut, 1),
                     make_run(maker, x, axis, 0, cut, 1)};
  return make_concat(maker, parts, 2, axis);
}

int build_roll(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  int64_t shift;
  int axis;
  if (!x || !arg_whole(maker, &args[1], "the shift", -INT32_MAX, INT32_MAX, 0, &shift)) return 0;
  if (arg_given(&args[2])) {
    if (!arg_axis(maker, &args[2], shape_at(maker, x).rank, 0, &axis)) return 0;
    return build_one(roll(maker, x, axis, shift), results);
  }
  Shape shape = shape_at(maker, x), flat = {.rank = 1, .dim = {shape_count(&shape)}};
  return build_one(
      make_reshape(maker, roll(maker, make_reshape(maker, x, &flat), 0, shift), &shape), results);
}

/* ---- triangles and diagonals ---- */

static int triangle(Maker *maker, const Arg *args, bool upper, NodeId *results) {
  NodeId x = arg_tensor(maker, &args[0]);
  int64_t k;
  if (!x || !arg_whole(maker, &args[1], "k", -INT32_MAX, INT32_MAX, 0, &k)) return 0;
  const int64_t attrs[2] = {upper, k};
  return build_one(graph_emit(maker->graph, OP_TRIANGLE, &x, 1, attrs, 2, maker->diag), results);
}

int build_tril(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return triangle(maker, args, false, results);
}

int build_triu(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return triangle(maker, args, true, results);
}

int build_diag(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  int64_t k;
  if (!x || !arg_whole(maker, &args[1], "k", -INT32_MAX, INT32_MAX, 0, &k)) return 0;
  int rank = shape_at(maker, x).rank;
  if (rank == 0) return arg_fail(maker, &args[0], "`diag` needs a vector or a matrix");
  return build_one(graph_emit(maker->graph, rank == 1 ? OP_DIAG_MATRIX : OP_DIAG_PART, &x, 1, &k, 1,
                              maker->diag),
                   results);
}
