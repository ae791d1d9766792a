/* build_linear.c — matrix products, solving, factorizations.
 *
 * The rows work on stacks of matrices, [.., m, n].  A vector is made a matrix of one row or
 * column first and the axis taken away afterwards; that is all of NumPy's rule for `@`.  A
 * factorization gives its parts in one tensor (ops.def), and is cut into a tuple here.
 */
#include "runtime/graph/build_linear.h"
#include "runtime/graph/build.h"

#include <float.h>

extern const Op OP_ABS, OP_ADD, OP_DIAG_MATRIX, OP_DIAG_PART, OP_EQ, OP_GT, OP_LOG_DET, OP_LT,
    OP_MUL, OP_NORM2, OP_PROD, OP_QR, OP_SIGN, OP_STOP, OP_TRIANGLE, OP_TRISOLVE, OP_WHERE;

Builder build_matmul, build_dot, build_outer, build_linear, build_trace, build_solve, build_qr,
    build_svd, build_eigh, build_kron, build_solve_triangular, build_lstsq, build_slogdet;

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
      return arg_fail(maker, &args[i], "`%s` needs two vectors, not the shape %s", name,
                      shape_show(&shape, text));
  }
  return true;
}

int build_dot(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId pair[2];
  if (!real_pair(maker, args, pair) || !need_vectors(maker, args, pair, "dot")) return 0;
  int64_t left = shape_at(maker, pair[0]).dim[0], right = shape_at(maker, pair[1]).dim[0];
  if (left != right) {
    arg_fail(maker, &args[1], "`dot` needs two vectors of one length, these have %lld and %lld",
             (long long)left, (long long)right);
    return 0;
  }
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

/* A matrix and its right side, which is a vector or a matrix of as many rows. */
typedef struct System {
  NodeId a, b;
  Shape shape; /* of a */
  bool vector;
} System;

static bool read_system(Maker *maker, const Arg *args, const char *name, bool square,
                        System *system) {
  NodeId pair[2];
  if (!real_pair(maker, args, pair)) return false;
  Shape a = shape_at(maker, pair[0]), b = shape_at(maker, pair[1]);
  char left[200], right[200];
  if (b.rank == 0)
    return arg_fail(maker, &args[1], "`%s` needs a vector or a matrix on its right side", name);
  if (a.rank < 2 || (square && a.dim[a.rank - 1] != a.dim[a.rank - 2]))
    return arg_fail(maker, &args[0], "`%s` needs a %smatrix, not the shape %s", name,
                    square ? "square " : "", shape_show(&a, left));
  int64_t rows = a.dim[a.rank - 2], have = b.dim[b.rank == 1 ? 0 : b.rank - 2];
  if (rows != have) {
    arg_fail(maker, &(Arg){0}, "shapes do not fit in `%s`", name);
    return diag_label(maker->diag, "%s(%s, %s): %lld rows and %lld", name, shape_show(&a, left),
                      shape_show(&b, right), (long long)rows, (long long)have);
  }
  *system = (System){pair[0], as_column(maker, pair[1]), a, b.rank == 1};
  return system->b != 0;
}

static int solution(Maker *maker, const System *system, NodeId x, NodeId *results) {
  return build_one(system->vector ? without_axis(maker, x, 1) : x, results);
}

int build_solve(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  System system;
  if (!read_system(maker, args, "solve", true, &system)) return 0;
  return solution(maker, &system, emit(maker, op, (const NodeId[2]){system.a, system.b}, 2),
                  results);
}

static NodeId trisolve(Maker *maker, NodeId a, NodeId b, bool upper, bool transposed) {
  const NodeId inputs[2] = {a, b};
  const int64_t attrs[2] = {upper, transposed};
  return a && b ? graph_emit(maker->graph, OP_TRISOLVE, inputs, 2, attrs, 2, maker->diag) : 0;
}

static NodeId triangle(Maker *maker, NodeId a, bool upper, int64_t k) {
  const int64_t attrs[2] = {upper, k};
  return a ? graph_emit(maker->graph, OP_TRIANGLE, &a, 1, attrs, 2, maker->diag) : 0;
}

/* A matrix that is not lower triangular, without `upper:`, would silently give a wrong x. */
int build_solve_triangular(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  System system;
  if (!read_system(maker, args, "solve_triangular", true, &system)) return 0;
  bool upper = arg_bool(&args[2], false);
  if (!arg_given(&args[2])) {
    NodeId other = make2(maker, OP_EQ, triangle(maker, system.a, true, 1), make_number(maker, 0));
    system.a = make_require(maker, system.a, other,
                            "`solve_triangular` needs a lower triangle (an upper one with `upper: "
                            "true`; an explicit `upper: false` ignores the rest)");
  }
  return solution(maker, &system, trisolve(maker, system.a, system.b, upper, false), results);
}

/* ---- least squares ---- */

static NodeId diagonal_of(Maker *maker, NodeId a) {
  const int64_t middle = 0;
  return a ? graph_emit(maker->graph, OP_DIAG_PART, &a, 1, &middle, 1, maker->diag) : 0;
}

/* R of a tall matrix, if its columns are independent: what each adds to those before it, on the
 * diagonal, is more than rounding makes of its length. */
static NodeId independent(Maker *maker, NodeId r, int64_t rows, const char *message) {
  NodeId diagonal = diagonal_of(maker, r);
  if (!diagonal) return 0;
  const Type type = *make_type(maker, r);
  const int64_t column[2] = {1 << (type.shape.rank - 2), false}, middle = 0;
  NodeId length = graph_emit(maker->graph, OP_NORM2, &r, 1, column, 2, maker->diag);
  double epsilon = type.dtype == DTYPE_F32 ? FLT_EPSILON : DBL_EPSILON;
  NodeId least = make2(maker, OP_MUL, length, make_number(maker, epsilon * (double)rows));
  NodeId ok = make2(maker, OP_GT, make1(maker, OP_ABS, diagonal), least);
  NodeId sure = make_require(maker, diagonal, ok, message);
  NodeId back = sure ? graph_emit(maker->graph, OP_DIAG_MATRIX, &sure, 1, &middle, 1, maker->diag)
                     : 0;
  return make2(maker, OP_ADD, triangle(maker, r, true, 1), back);
}

/* A = Q R with independent columns: x = R^-1 Q' b.  Of a wide matrix, A' = Q R: of all x with A x =
 * b the shortest is Q R'^-1 b. */
int build_lstsq(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  System system;
  if (!read_system(maker, args, "lstsq", false, &system)) return 0;
  int rank = system.shape.rank;
  int64_t m = system.shape.dim[rank - 2], n = system.shape.dim[rank - 1];
  bool wide = m < n;
  if (wide) system.a = make_transpose(maker, system.a);
  int64_t rows = wide ? n : m, columns = wide ? m : n;
  NodeId packed = emit(maker, OP_QR, &system.a, 1);
  NodeId q = build_linear_part(maker, packed, 0, rows, columns),
         r = independent(
             maker, build_linear_part(maker, packed, rows * columns, columns, columns), rows,
             wide ? "`lstsq` needs linearly independent rows, judged by the diagonal of R"
                  : "`lstsq` needs linearly independent columns (`solve(a' @ a + 1e-6 * eye(n), a' "
                    "@ b)` takes any), judged by the diagonal of R");
  if (!q || !r) return 0;
  NodeId x = wide ? make_matmul(maker, q, trisolve(maker, r, system.b, true, true), false, false)
                  : trisolve(maker, r, make_matmul(maker, q, system.b, true, false), true, false);
  return solution(maker, &system, x, results);
}

/* ---- the determinant's logarithm ---- */

int build_slogdet(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId a = arg_real(maker, &args[0]);
  if (!a) return 0;
  Shape shape = shape_at(maker, a);
  int rank = shape.rank;
  char text[200];
  if (rank < 2 || shape.dim[rank - 1] != shape.dim[rank - 2])
    return arg_fail(maker, &args[0], "`slogdet` needs a square matrix, not the shape %s",
                    shape_show(&shape, text));
  NodeId packed = emit(maker, OP_LOG_DET, &a, 1);
  NodeId sign = without_axis(maker, build_linear_part(maker, packed, 0, 1, PART_VECTOR), 1);
  results[0] = emit(maker, OP_STOP, &sign, 1);
  results[1] = without_axis(maker, build_linear_part(maker, packed, 1, 1, PART_VECTOR), 1);
  return results[0] && results[1] ? 2 : 0;
}

/* ---- the Kronecker product ---- */

/* Axes a0 × b0, a1 × b1 …, each pair of which becomes one. */
int build_kron(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId a = arg_node(maker, &args[0]), b = arg_node(maker, &args[1]);
  if (!a || !b) return 0;
  Shape left = shape_at(maker, a), right = shape_at(maker, b), both;
  int rank = left.rank > right.rank ? left.rank : right.rank;
  if (2 * rank > RANK_MOST)
    return arg_fail(maker, &args[left.rank < rank], "`kron` takes at most %d axes, not %d",
                    RANK_MOST / 2, rank);
  Shape wide_a = {.rank = 2 * rank}, wide_b = wide_a;
  both.rank = rank;
  for (int i = 0; i < rank; i++) {
    int at_a = i - rank + left.rank, at_b = i - rank + right.rank;
    wide_a.dim[2 * i] = at_a < 0 ? 1 : left.dim[at_a];
    wide_b.dim[2 * i + 1] = at_b < 0 ? 1 : right.dim[at_b];
    wide_a.dim[2 * i + 1] = wide_b.dim[2 * i] = 1;
    if (!size_mul(wide_a.dim[2 * i], wide_b.dim[2 * i + 1], &both.dim[i]))
      return arg_fail(maker, &(Arg){0}, "axis %d of the result of `kron` would be too long", i);
  }
  if (left.rank) a = make_reshape(maker, a, &wide_a);
  if (right.rank) b = make_reshape(maker, b, &wide_b);
  NodeId product = make2(maker, OP_MUL, a, b);
  return build_one(rank ? make_reshape(maker, product, &both) : product, results);
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
