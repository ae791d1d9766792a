/* build_linear.c — matrix products, solving, factorizations.
 *
 * The rows work on stacks of matrices, [.., m, n].  A vector is made a matrix of one row or
 * column first and the axis taken away afterwards; that is all of NumPy's rule for `@`.  A
 * factorization gives its parts in one tensor (ops.def), and is cut into a tuple here.
 */
#include "runtime/graph/build_linear.h"
#include "runtime/graph/build.h"
#include "runtime/opcodes.h"

Builder build_matmul, build_dot, build_outer, build_linear, build_trace, build_solve, build_qr,
    build_svd, build_eigh;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

static NodeId emit(Maker *maker, Op op, const NodeId *inputs, int count) {
  return graph_emit(maker->graph, op, inputs, count, NULL, 0, maker->diag);
}

/* Both as floats of one dtype. */
static bool real_pair(Maker *maker, const Arg *args, NodeId pair[2]) {
  pair[0] = arg_node(maker, &args[0]);
  pair[1] = arg_node(maker, &args[1]);
  if (!pair[0] || !pair[1]) return false;
  const Type *a = make_type(maker, pair[0]), *b = make_type(maker, pair[1]);
  Dtype dtype = a->weak ? b->dtype : b->weak ? a->dtype : dtype_promote(a->dtype, b->dtype);
  if (!dtype_floats(dtype) || (a->weak && b->weak)) dtype = maker->graph->real;
  pair[0] = make_cast(maker, pair[0], dtype);
  pair[1] = make_cast(maker, pair[1], dtype);
  return pair[0] && pair[1];
}

static NodeId as_row(Maker *maker, NodeId a) {
  Shape from = shape_at(maker, a), to = {.rank = 2, .dim = {1, from.dim[0]}};
  return from.rank == 1 ? make_reshape(maker, a, &to) : a;
}

static NodeId as_column(Maker *maker, NodeId a) {
  Shape from = shape_at(maker, a), to = {.rank = 2, .dim = {from.dim[0], 1}};
  return from.rank == 1 ? make_reshape(maker, a, &to) : a;
}

/* Takes away the last axis, or the one before it, of size 1. */
static NodeId without_axis(Maker *maker, NodeId a, int back) {
  if (!a) return 0;
  Shape shape = shape_at(maker, a);
  if (back == 2) shape.dim[shape.rank - 2] = shape.dim[shape.rank - 1];
  shape.dim[--shape.rank] = 0;
  return make_reshape(maker, a, &shape);
}

/* ---- products ---- */

/* What infer.c would say, for operands that it would only see as matrices. */
static bool product_fails(Maker *maker, const Shape *a, const Shape *b, const char *why,
                          const char *help) {
  if (maker->diag->status) return false;
  char left[200], right[200];
  diag_fail(maker->diag, STATUS_FAILED, maker->graph->span, "shapes do not fit in `@`");
  diag_label(maker->diag, "%s @ %s: %s", shape_show(a, left), shape_show(b, right), why);
  if (help[0]) diag_help(maker->diag, "%s", help);
  return false;
}

static bool check_vectors(Maker *maker, const Shape *a, const Shape *b) {
  if (!a->rank || !b->rank)
    return product_fails(maker, a, b, "a number has no axes", "`*` multiplies by a number");
  if (a->rank > 1 && b->rank > 1) return true;
  int64_t inner = a->dim[a->rank - 1], other = b->dim[b->rank == 1 ? 0 : b->rank - 2];
  if (inner == other) return true;
  Text why = {0};
  text_format(&why, "%lld and %lld differ", (long long)inner, (long long)other);
  bool swapped = a->rank > 1 && a->dim[a->rank - 2] == other;
  product_fails(maker, a, b, why.data, swapped ? "the first transposed would fit: `a' @ b`" : "");
  text_free(&why);
  return false;
}

static bool is_whole(const Maker *maker, NodeId a) {
  return !make_type(maker, a)->weak && !dtype_floats(make_type(maker, a)->dtype);
}

/* Of whole numbers the sums of products are whole too, as `*` and `sum` are: they are made in f64,
 * exact below 2^53, and what does not fit i32 is an error. */
int build_matmul(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId pair[2] = {arg_node(maker, &args[0]), arg_node(maker, &args[1])};
  bool whole = pair[0] && pair[1] && is_whole(maker, pair[0]) && is_whole(maker, pair[1]);
  if (whole)
    pair[0] = make_cast(maker, pair[0], DTYPE_F64), pair[1] = make_cast(maker, pair[1], DTYPE_F64);
  else if (!real_pair(maker, args, pair)) return 0;
  Shape a = shape_at(maker, pair[0]), b = shape_at(maker, pair[1]);
  if (!check_vectors(maker, &a, &b)) return 0;
  NodeId product = make_matmul(maker, as_row(maker, pair[0]), as_column(maker, pair[1]), false,
                               false);
  if (b.rank == 1) product = without_axis(maker, product, 1);
  if (a.rank == 1) product = without_axis(maker, product, b.rank == 1 ? 1 : 2);
  if (whole && product) product = make_cast(maker, product, DTYPE_I32);
  return build_one(product, results);
}

/* Both vectors, or a message. */
static bool need_vectors(Maker *maker, const Arg *args, const NodeId pair[2], const char *name) {
  for (int i = 0; i < 2; i++) {
    Shape shape = shape_at(maker, pair[i]);
    char text[200];
    if (shape.rank != 1)
      return arg_fail(maker, &args[i], "`%s` is of two vectors, not of the shape %s", name,
                      shape_show(&shape, text));
  }
  return true;
}

int build_dot(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId pair[2];
  if (!real_pair(maker, args, pair) || !need_vectors(maker, args, pair, "dot")) return 0;
  return build_matmul(maker, op, args, 2, results);
}

int build_outer(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId a = arg_node(maker, &args[0]), b = arg_node(maker, &args[1]);
  if (!a || !b || !need_vectors(maker, args, (NodeId[2]){a, b}, "outer")) return 0;
  return build_one(make2(maker, OP_MUL, as_column(maker, a), as_row(maker, b)), results);
}

/* ---- one matrix ---- */

int build_linear(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId a = arg_real(maker, &args[0]);
  return build_one(emit(maker, op, &a, 1), results);
}

int build_trace(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId a = arg_node(maker, &args[0]);
  if (!a) return 0;
  if (make_type(maker, a)->weak) a = make_cast(maker, a, maker->graph->real);
  const int64_t middle = 0;
  NodeId diagonal = graph_emit(maker->graph, OP_DIAG_PART, &a, 1, &middle, 1, maker->diag);
  if (!diagonal) return 0;
  return build_one(make_sum(maker, diagonal, 1u << (shape_at(maker, diagonal).rank - 1), false),
                   results);
}

int build_solve(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId pair[2];
  if (!real_pair(maker, args, pair)) return 0;
  Shape a = shape_at(maker, pair[0]), b = shape_at(maker, pair[1]);
  int rank = b.rank;
  if (rank == 0)
    return arg_fail(maker, &args[1], "`solve` needs a vector or a matrix on its right side");
  if (rank == 1 && a.rank >= 2 && a.dim[a.rank - 1] == a.dim[a.rank - 2] &&
      a.dim[a.rank - 1] != b.dim[0]) {
    char left[200], right[200];
    arg_fail(maker, &(Arg){0}, "shapes do not fit in `solve`");
    return diag_label(maker->diag, "solve(%s, %s): %lld rows and %lld", shape_show(&a, left),
                      shape_show(&b, right), (long long)a.dim[a.rank - 1], (long long)b.dim[0]);
  }
  pair[1] = as_column(maker, pair[1]);
  NodeId x = emit(maker, op, pair, 2);
  return build_one(rank == 1 ? without_axis(maker, x, 1) : x, results);
}

/* ---- factorizations: one packed tensor, cut apart ---- */

NodeId build_linear_part(Maker *maker, NodeId packed, int64_t first, int64_t rows,
                         int64_t columns) {
  if (!packed) return 0;
  Shape shape = shape_at(maker, packed);
  int last = shape.rank - 1;
  int64_t runs[3 * RANK_MOST] = {0};
  for (int i = 0; i <= last; i++) {
    runs[3 * i] = i == last ? first : 0;
    runs[3 * i + 1] = i == last ? rows * (columns == PART_VECTOR ? 1 : columns) : shape.dim[i];
    runs[3 * i + 2] = 1;
  }
  if (runs[3 * last + 1] == 0) runs[3 * last] = 0;
  NodeId slice = make_slice(maker, packed, runs);
  shape.dim[last] = rows;
  if (columns != PART_VECTOR) shape.dim[shape.rank++] = columns;
  return make_reshape(maker, slice, &shape);
}

static NodeId factor(Maker *maker, Op op, const Arg *args, int64_t *m, int64_t *n) {
  NodeId a = arg_real(maker, &args[0]), packed = emit(maker, op, &a, 1);
  if (!packed) return 0;
  Shape shape = shape_at(maker, a);
  *m = shape.dim[shape.rank - 2];
  *n = shape.dim[shape.rank - 1];
  return packed;
}

/* LAPACK leaves the signs open; those with a diagonal of R that is not negative are the one answer
 * for a matrix of full rank. */
int build_qr(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  int64_t m = 0, n = 0;
  NodeId packed = factor(maker, op, args, &m, &n);
  if (!packed) return 0;
  int64_t k = m < n ? m : n, middle = 0;
  NodeId q = build_linear_part(maker, packed, 0, m, k),
         r = build_linear_part(maker, packed, m * k, k, n);
  NodeId diagonal = graph_emit(maker->graph, OP_DIAG_PART, &r, 1, &middle, 1, maker->diag);
  if (!diagonal) return 0;
  Shape row = shape_at(maker, diagonal), column = row;
  row.dim[row.rank] = row.dim[row.rank - 1];
  row.dim[row.rank - 1] = 1;
  column.dim[column.rank] = 1;
  row.rank++, column.rank++;
  NodeId negative = make2(maker, OP_LT, diagonal, make_number(maker, 0));
  NodeId one = graph_constant(maker->graph, 1, make_type(maker, diagonal)->dtype);
  NodeId sign = make3(maker, OP_WHERE, negative, make_number(maker, -1), one);
  results[0] = make2(maker, OP_MUL, q, make_reshape(maker, sign, &row));
  results[1] = make2(maker, OP_MUL, r, make_reshape(maker, sign, &column));
  return results[0] && results[1] ? 2 : 0;
}

int build_svd(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  int64_t m = 0, n = 0;
  NodeId packed = factor(maker, op, args, &m, &n);
  int64_t k = m < n ? m : n;
  results[0] = build_linear_part(maker, packed, 0, m, k);
  results[1] = build_linear_part(maker, packed, m * k, k, PART_VECTOR);
  results[2] = build_linear_part(maker, packed, m * k + k, k, n);
  return results[0] && results[1] && results[2] ? 3 : 0;
}

int build_eigh(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  int64_t m = 0, n = 0;
  NodeId packed = factor(maker, op, args, &m, &n);
  results[0] = build_linear_part(maker, packed, 0, n, PART_VECTOR);
  results[1] = build_linear_part(maker, packed, n, n, n);
  return results[0] && results[1] ? 2 : 0;
}
