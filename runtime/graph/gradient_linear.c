/* gradient_linear.c — gradients of matrix products, solving and factorizations.
 *
 * Written D for the gradient that arrived and X' for the transpose of X.  Sources: Giles 2008,
 * "Collected matrix derivative results" (product, inverse, determinant, solve, eigenvalues); Murray
 * 2016, "Differentiation of the Cholesky decomposition"; Walter and Lehmann 2018 (QR); Townsend
 * 2016, "Differentiating the singular value decomposition".
 *
 * cholesky and eigh read the lower triangle of their argument alone, so that is where their
 * gradient lies: the share of an element above the diagonal goes to its mirror below.  Factors that
 * are only fixed up to sign or rotation (repeated eigenvalues) have no derivative; the quotients
 * are then infinite, unless nothing reaches them.
 */
#include "runtime/graph/build.h"
#include "runtime/graph/build_linear.h"
#include "runtime/graph/gradient_products.h"
#include "runtime/graph/reverse.h"

extern const Op OP_ADD, OP_CHAIN, OP_CHAIN_DIV, OP_COFACTOR, OP_CONCAT, OP_DIAG_MATRIX,
    OP_DIAG_PART, OP_DIV, OP_GATHER, OP_GE, OP_INVERSE, OP_IOTA, OP_MOD, OP_MUL, OP_NEG, OP_SCATTER,
    OP_SOLVE, OP_SQUARE, OP_SUB, OP_TRIANGLE, OP_TRISOLVE, OP_WHERE;

GradientRule gradient_matmul, gradient_inverse, gradient_det, gradient_log_det, gradient_cofactor,
    gradient_solve, gradient_trisolve, gradient_cholesky, gradient_eigh, gradient_qr, gradient_svd;

static NodeId product(Reverse *reverse, NodeId a, NodeId b) {
  return make_matmul(&reverse->maker, a, b, false, false);
}
static NodeId transposed(Reverse *reverse, NodeId a) { return make_transpose(&reverse->maker, a); }
static NodeId plus(Reverse *reverse, NodeId a, NodeId b) {
  return make2(&reverse->maker, OP_ADD, a, b);
}
static NodeId minus(Reverse *reverse, NodeId a, NodeId b) {
  return make2(&reverse->maker, OP_SUB, a, b);
}
static NodeId negative(Reverse *reverse, NodeId a) { return make1(&reverse->maker, OP_NEG, a); }
static NodeId half(Reverse *reverse, NodeId a) {
  return make2(&reverse->maker, OP_MUL, a, make_number(&reverse->maker, 0.5));
}

static NodeId emit(Reverse *reverse, Op op, NodeId a, NodeId b, const int64_t *attrs,
                   int attr_count) {
  const NodeId inputs[2] = {a, b};
  return graph_emit(reverse->maker.graph, op, inputs, b ? 2 : 1, attrs, attr_count,
                    reverse->maker.diag);
}

static NodeId triangle(Reverse *reverse, NodeId a, bool upper, int64_t k) {
  const int64_t attrs[2] = {upper, k};
  return a ? emit(reverse, OP_TRIANGLE, a, 0, attrs, 2) : 0;
}

/* The solution X of T X = b or T' X = b, with a triangle T. */
static NodeId trisolve(Reverse *reverse, NodeId t, NodeId b, bool upper, bool transpose) {
  const int64_t attrs[2] = {upper, transpose};
  return t && b ? emit(reverse, OP_TRISOLVE, t, b, attrs, 2) : 0;
}

static NodeId diagonal_part(Reverse *reverse, NodeId a) {
  const int64_t middle = 0;
  return a ? emit(reverse, OP_DIAG_PART, a, 0, &middle, 1) : 0;
}

static NodeId diagonal_matrix(Reverse *reverse, NodeId a) {
  const int64_t middle = 0;
  return a ? emit(reverse, OP_DIAG_MATRIX, a, 0, &middle, 1) : 0;
}

/* [.., n] as rows [.., 1, n] or columns [.., n, 1] for elementwise work beside matrices. */
static NodeId lined_up(Reverse *reverse, NodeId a, bool as_row) {
  if (!a) return 0;
  Shape shape = reverse_shape(reverse, a);
  int64_t n = shape.dim[shape.rank - 1];
  shape.dim[shape.rank - 1] = as_row ? 1 : n;
  shape.dim[shape.rank++] = as_row ? n : 1;
  return make_reshape(&reverse->maker, a, &shape);
}

/* ---- products ---- */

void gradient_matmul(Reverse *reverse, NodeId id, NodeId dy) {
  gradient_products_give(reverse, id, 0, dy);
  gradient_products_give(reverse, id, 1, dy);
}

/* Y = A^-1: -Y' D Y'. */
void gradient_inverse(Reverse *reverse, NodeId id, NodeId dy) {
  NodeId across = transposed(reverse, id);
  reverse_accumulate(reverse, reverse_node(reverse, id).inputs[0],
                     negative(reverse, product(reverse, product(reverse, across, dy), across)));
}

/* One number a matrix, [..], as [.., 1, 1] beside the matrices. */
static NodeId beside(Reverse *reverse, NodeId a) {
  if (!a) return 0;
  Shape shape = reverse_shape(reverse, a);
  for (int i = 0; i < 2; i++) shape.dim[shape.rank++] = 1;
  return make_reshape(&reverse->maker, a, &shape);
}

/* d det(A) is the matrix of A's cofactors (Jacobi), which there is of a singular matrix too. */
void gradient_det(Reverse *reverse, NodeId id, NodeId dy) {
  NodeId a = reverse_node(reverse, id).inputs[0];
  reverse_accumulate(reverse, a,
                     make2(&reverse->maker, OP_MUL, beside(reverse, dy),
                           emit(reverse, OP_COFACTOR, a, 0, NULL, 0)));
}

/* d log |det(A)| is inverse(A)'; the sign is constant. */
void gradient_log_det(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  NodeId a = reverse_node(reverse, id).inputs[0], of_log = build_linear_part(maker, dy, 1, 1, 1),
         inverse = emit(reverse, OP_INVERSE, a, 0, NULL, 0);
  reverse_accumulate(reverse, a, make2(maker, OP_MUL, of_log, transposed(reverse, inverse)));
}

enum { MINORS_MOST = 24 }; /* rows of a matrix whose minors are written out: they are n^4 numbers */

/* i32 [n, n - 1]: in row i the places that are not i. */
static NodeId others(Reverse *reverse, int64_t n) {
  Maker *maker = &reverse->maker;
  const int64_t all[2] = {n, DTYPE_I32}, fewer[2] = {n - 1, DTYPE_I32};
  NodeId i = lined_up(reverse, graph_emit(maker->graph, OP_IOTA, NULL, 0, all, 2, maker->diag),
                      false);
  NodeId p = lined_up(reverse, graph_emit(maker->graph, OP_IOTA, NULL, 0, fewer, 2, maker->diag),
                      true);
  return make2(maker, OP_ADD, p, make_cast(maker, make2(maker, OP_GE, p, i), DTYPE_I32));
}

/* 1 and -1 as on a chess board, [n, n]. */
static NodeId chess_board(Reverse *reverse, int64_t n, Dtype dtype) {
  Maker *maker = &reverse->maker;
  const int64_t all[2] = {n, DTYPE_I32};
  NodeId i = graph_emit(maker->graph, OP_IOTA, NULL, 0, all, 2, maker->diag);
  NodeId odd = make2(maker, OP_MOD,
                     make2(maker, OP_ADD, lined_up(reverse, i, true), lined_up(reverse, i, false)),
                     make_number(maker, 2));
  return make_cast(
      maker, make2(maker, OP_SUB, make_number(maker, 1), make2(maker, OP_ADD, odd, odd)), dtype);
}

/* The last four axes as 0, 2, 1, 3: it is its own inverse. */
static NodeId crossed(Reverse *reverse, NodeId a) {
  if (!a) return 0;
  int rank = reverse_shape(reverse, a).rank, order[RANK_MOST];
  for (int axis = 0; axis < rank; axis++) order[axis] = axis;
  order[rank - 3] = rank - 2;
  order[rank - 2] = rank - 3;
  return make_permute(&reverse->maker, a, order);
}

/* Every cofactor is a signed determinant of a minor, so the gradient of sum(D * cofactor(A)) is
 * that of a sum of determinants: each minor's cofactors, weighed and put back where the minor was
 * taken.  Right at any rank, and so are its own derivatives. */
static NodeId by_minors(Reverse *reverse, NodeId a, NodeId d) {
  Maker *maker = &reverse->maker;
  const Node node = reverse_node(reverse, a);
  int rank = node.type.shape.rank;
  int64_t n = node.type.shape.dim[rank - 1];
  const int64_t row = rank - 2, column = rank, back[2][2] = {{rank, n}, {rank - 2, n}};
  NodeId index = others(reverse, n);
  NodeId rows = emit(reverse, OP_GATHER, a, index, &row, 1); /* [.., i, p, n] */
  /* [.., i, j, p, q] */
  NodeId minors = crossed(reverse, emit(reverse, OP_GATHER, rows, index, &column, 1));
  NodeId weights = beside(reverse,
                          make2(maker, OP_MUL, d, chess_board(reverse, n, node.type.dtype)));
  NodeId shares = crossed(
      reverse, make2(maker, OP_MUL, weights, emit(reverse, OP_COFACTOR, minors, 0, NULL, 0)));
  return emit(reverse, OP_SCATTER, emit(reverse, OP_SCATTER, shares, index, back[0], 2), index,
              back[1], 2);
}

/* Of matrices too large for that: C = det(A) B with B = A^-1' gives sum(D * C) B - C D' B. */
static NodeId by_inverse(Reverse *reverse, NodeId a, NodeId c, NodeId d) {
  Maker *maker = &reverse->maker;
  int rank = reverse_shape(reverse, a).rank;
  NodeId b = transposed(reverse, emit(reverse, OP_INVERSE, a, 0, NULL, 0));
  NodeId weight = make_sum(maker, make2(maker, OP_MUL, d, c), 3u << (rank - 2), true);
  return minus(reverse, make2(maker, OP_MUL, weight, b),
               product(reverse, make_matmul(maker, c, d, false, true), b));
}

void gradient_cofactor(Reverse *reverse, NodeId id, NodeId dy) {
  NodeId a = reverse_node(reverse, id).inputs[0];
  Shape shape = reverse_shape(reverse, a);
  int64_t n = shape.dim[shape.rank - 1];
  if (n < 2) return; /* the one cofactor is 1 */
  bool small = n <= MINORS_MOST && shape.rank + 2 <= RANK_MOST;
  reverse_accumulate(reverse, a,
                     small ? by_minors(reverse, a, dy) : by_inverse(reverse, a, id, dy));
}

/* A X = B: B's share is G = A'^-1 D, A's is -G X'. */
void gradient_solve(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  NodeId share = emit(reverse, OP_SOLVE, transposed(reverse, node.inputs[0]), dy, NULL, 0);
  if (reverse_wants(reverse, node.inputs[0]))
    reverse_accumulate(reverse, node.inputs[0],
                       negative(reverse, make_matmul(&reverse->maker, share, id, false, true)));
  reverse_accumulate(reverse, node.inputs[1], share);
}

void gradient_trisolve(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  bool upper = node.attrs[0] != 0, transpose = node.attrs[1] != 0;
  NodeId share = trisolve(reverse, node.inputs[0], dy, upper, !transpose);
  if (reverse_wants(reverse, node.inputs[0])) {
    NodeId outer = transpose ? make_matmul(&reverse->maker, id, share, false, true)
                             : make_matmul(&reverse->maker, share, id, false, true);
    reverse_accumulate(reverse, node.inputs[0],
                       negative(reverse, triangle(reverse, outer, upper, 0)));
  }
  reverse_accumulate(reverse, node.inputs[1], share);
}

/* ---- factorizations of symmetric matrices ---- */

/* From the gradient S in a full matrix that is used as symmetric: tril(S + S') with the diagonal
 * once. */
static NodeId to_lower(Reverse *reverse, NodeId s) {
  NodeId both = triangle(reverse, plus(reverse, s, transposed(reverse, s)), false, 0);
  return minus(reverse, both, diagonal_matrix(reverse, diagonal_part(reverse, s)));
}

/* S = L'^-1 P L^-1 where P is the lower triangle of L' D with half its diagonal (Murray 2016,
 * section 3). */
void gradient_cholesky(Reverse *reverse, NodeId id, NodeId dy) {
  NodeId inner = make_matmul(&reverse->maker, id, triangle(reverse, dy, false, 0), true, false);
  NodeId p = minus(reverse, triangle(reverse, inner, false, 0),
                   half(reverse, diagonal_matrix(reverse, diagonal_part(reverse, inner))));
  NodeId left = trisolve(reverse, id, p, false, true);
  NodeId s = transposed(reverse, trisolve(reverse, id, transposed(reverse, left), false, true));
  NodeId share = half(reverse, plus(reverse, s, transposed(reverse, s)));
  reverse_accumulate(reverse, reverse_node(reverse, id).inputs[0], to_lower(reverse, share));
}

/* 1 / (v_j - v_i) off the diagonal, 0 on it. */
static NodeId gaps(Reverse *reverse, NodeId v) {
  Maker *maker = &reverse->maker;
  if (!v) return 0;
  NodeId apart = minus(reverse, lined_up(reverse, v, true), lined_up(reverse, v, false));
  Shape shape = reverse_shape(reverse, v), ones = shape;
  for (int axis = 0; axis < ones.rank; axis++)
    ones.dim[axis] = axis == ones.rank - 1 ? shape.dim[axis] : 1;
  NodeId middle = diagonal_matrix(
      reverse,
      graph_full(maker->graph, 1, reverse_node(reverse, v).type.dtype, &ones, maker->diag));
  NodeId safe = make3(maker, OP_WHERE, middle, make_number(maker, 1), apart);
  return make3(maker, OP_WHERE, middle, make_number(maker, 0),
               make2(maker, OP_DIV, make_number(maker, 1), safe));
}

/* A V = V diag(w): V (diag(dw) + (V' dV) * gaps(w)) V'. */
void gradient_eigh(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  NodeId a = reverse_node(reverse, id).inputs[0];
  Shape shape = reverse_shape(reverse, a);
  int64_t n = shape.dim[shape.rank - 1];
  NodeId w = build_linear_part(maker, id, 0, n, PART_VECTOR),
         v = build_linear_part(maker, id, n, n, n);
  NodeId dw = build_linear_part(maker, dy, 0, n, PART_VECTOR),
         dv = build_linear_part(maker, dy, n, n, n);
  NodeId turn = make2(maker, OP_CHAIN, make_matmul(maker, v, dv, true, false), gaps(reverse, w));
  NodeId inner = plus(reverse, diagonal_matrix(reverse, dw), turn);
  NodeId full = make_matmul(maker, product(reverse, v, inner), v, false, true);
  reverse_accumulate(
      reverse, a, to_lower(reverse, half(reverse, plus(reverse, full, transposed(reverse, full)))));
}

/* ---- QR ---- */

/* For a square or tall A: (dQ + Q sym) R'^-1, where sym is the symmetric matrix with the lower
 * triangle of R dR' - dQ' Q. */
static NodeId tall_qr(Reverse *reverse, NodeId q, NodeId r, NodeId dq, NodeId dr) {
  Maker *maker = &reverse->maker;
  NodeId m = minus(reverse, make_matmul(maker, r, dr, false, true),
                   make_matmul(maker, dq, q, true, false));
  NodeId lower = triangle(reverse, m, false, -1);
  NodeId sym = plus(reverse, triangle(reverse, m, false, 0), transposed(reverse, lower));
  NodeId right = plus(reverse, dq, product(reverse, q, sym));
  return transposed(reverse, trisolve(reverse, r, transposed(reverse, right), true, false));
}

static NodeId columns(Reverse *reverse, NodeId a, int64_t start, int64_t count) {
  if (!a) return 0;
  Shape shape = reverse_shape(reverse, a);
  int64_t runs[3 * RANK_MOST];
  for (int axis = 0; axis < shape.rank; axis++) {
    runs[3 * axis] = axis == shape.rank - 1 ? start : 0;
    runs[3 * axis + 1] = axis == shape.rank - 1 ? count : shape.dim[axis];
    runs[3 * axis + 2] = 1;
  }
  return make_slice(&reverse->maker, a, runs);
}

/* A wide A is [X Y] with X = Q U square and Y = Q V, R = [U V]: Y's share is Q dV, and Q gains Y
 * dV'. */
void gradient_qr(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  NodeId a = reverse_node(reverse, id).inputs[0];
  Shape shape = reverse_shape(reverse, a);
  int64_t m = shape.dim[shape.rank - 2], n = shape.dim[shape.rank - 1], k = m < n ? m : n;
  NodeId q = build_linear_part(maker, id, 0, m, k), r = build_linear_part(maker, id, m * k, k, n);
  NodeId dq = build_linear_part(maker, dy, 0, m, k),
         dr = triangle(reverse, build_linear_part(maker, dy, m * k, k, n), true, 0);
  if (m >= n) {
    reverse_accumulate(reverse, a, tall_qr(reverse, q, r, dq, dr));
    return;
  }
  NodeId dv = columns(reverse, dr, m, n - m), y = columns(reverse, a, m, n - m);
  NodeId gained = plus(reverse, dq, make_matmul(maker, y, dv, false, true));
  const NodeId parts[2] = {
      tall_qr(reverse, q, columns(reverse, r, 0, m), gained, columns(reverse, dr, 0, m)),
      product(reverse, q, dv)};
  const int64_t axis = shape.rank - 1;
  reverse_accumulate(reverse, a,
                     graph_emit(maker->graph, OP_CONCAT, parts, 2, &axis, 1, maker->diag));
}

/* ---- SVD ---- */

/* (X' dX - dX' X) * f, the rotation of X's columns among themselves. */
static NodeId rotation(Reverse *reverse, NodeId x, NodeId dx, NodeId f) {
  NodeId inner = make_matmul(&reverse->maker, x, dx, true, false);
  return make2(&reverse->maker, OP_CHAIN, minus(reverse, inner, transposed(reverse, inner)), f);
}

/* dX less its part in the space of X's columns, divided by s. */
static NodeId outside(Reverse *reverse, NodeId x, NodeId dx, NodeId s) {
  NodeId within = product(reverse, x, make_matmul(&reverse->maker, x, dx, true, false));
  return make2(&reverse->maker, OP_CHAIN_DIV, minus(reverse, dx, within),
               lined_up(reverse, s, true));
}

/* A = U diag(s) V', with f = gaps(s^2):
 * U (rotation(U) s + s rotation(V) + diag(ds)) V' + outside(U) V' + U outside(V)'. */
void gradient_svd(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  NodeId a = reverse_node(reverse, id).inputs[0];
  Shape shape = reverse_shape(reverse, a);
  int64_t m = shape.dim[shape.rank - 2], n = shape.dim[shape.rank - 1], k = m < n ? m : n;
  NodeId u = build_linear_part(maker, id, 0, m, k),
         s = build_linear_part(maker, id, m * k, k, PART_VECTOR);
  NodeId v = transposed(reverse, build_linear_part(maker, id, m * k + k, k, n));
  NodeId du = build_linear_part(maker, dy, 0, m, k),
         ds = build_linear_part(maker, dy, m * k, k, PART_VECTOR);
  NodeId dv = transposed(reverse, build_linear_part(maker, dy, m * k + k, k, n));
  NodeId f = gaps(reverse, make1(maker, OP_SQUARE, s));
  NodeId turn_u = make2(maker, OP_MUL, rotation(reverse, u, du, f), lined_up(reverse, s, true));
  NodeId turn_v = make2(maker, OP_MUL, rotation(reverse, v, dv, f), lined_up(reverse, s, false));
  NodeId middle = plus(reverse, plus(reverse, turn_u, turn_v), diagonal_matrix(reverse, ds));
  NodeId share = make_matmul(maker, product(reverse, u, middle), v, false, true);
  if (m > k)
    share = plus(reverse, share, make_matmul(maker, outside(reverse, u, du, s), v, false, true));
  if (n > k)
    share = plus(reverse, share, make_matmul(maker, u, outside(reverse, v, dv, s), false, true));
  reverse_accumulate(reverse, a, share);
}
