/* gradient_linear_test.c — the rules of products, factorizations, convolution and pooling. */
#include "runtime/graph/ops.h"
#include "runtime/graph/simplify.h"
#include "tests/runtime/graph/differences.h"

/* ---- linear algebra ---- */

static NodeId b_matmul(Bench *bench) { return CALL(bench, "@", X, Y); }
static NodeId b_matmul_tn(Bench *bench) {
  return make_matmul(&bench->maker, bench->nodes[0], bench->nodes[1], true, false);
}
static NodeId b_matmul_nt(Bench *bench) {
  return make_matmul(&bench->maker, bench->nodes[0], bench->nodes[1], false, true);
}
static NodeId b_matmul_tt(Bench *bench) {
  return make_matmul(&bench->maker, bench->nodes[0], bench->nodes[1], true, true);
}
static NodeId b_dot(Bench *bench) { return CALL(bench, "dot", X, Y); }
static NodeId b_outer(Bench *bench) { return CALL(bench, "outer", X, Y); }
static NodeId b_trace(Bench *bench) { return CALL(bench, "trace", X); }
static NodeId b_einsum(Bench *bench) {
  return CALL(bench, "einsum", text_arg("bij,bjk->kib"),
              NODES_ARG(bench->nodes[0], bench->nodes[1]));
}
static NodeId b_einsum3(Bench *bench) {
  return CALL(bench, "einsum", text_arg("i,ij,k->jk"),
              NODES_ARG(bench->nodes[0], bench->nodes[1], bench->nodes[2]));
}

/* One matrix on both sides of products, either way round, twice each, and with itself. */
static NodeId b_products_of_one(Bench *bench) {
  Maker *maker = &bench->maker;
  NodeId w = bench->nodes[0], sum = 0;
  for (int way = 0; way < 16; way++) {
    bool left = way & 1, tw = way & 2, to = way & 4;
    NodeId other = way & 8 ? make1(maker, OP_SIN, bench->nodes[1]) : bench->nodes[1];
    if (to != left) other = make_transpose(maker, other);
    sum = weigh(bench, sum,
                left ? make_matmul(maker, w, other, tw, to) : make_matmul(maker, other, w, to, tw),
                way);
  }
  return weigh(bench, sum, make_matmul(maker, w, w, false, false), 16);
}

Test(gradient, of_a_matrix_in_several_products) {
  CHECK("products of one matrix", b_products_of_one, {SHAPE(3, 3), -1, 1}, {SHAPE(2, 3), -1, 1});
}

/* Products as large as the weight, in the gradient of a recurrence of 8 steps. */
static int products_of_weight(int64_t rows) {
  Bench *bench = bench_new(DTYPE_F32);
  Type type = {.dtype = DTYPE_F32, .shape = SHAPE(5, 5)},
       state = {.dtype = DTYPE_F32, .shape = SHAPE(rows, 5)};
  NodeId w = graph_input(&bench->graph, &type, 0), h = graph_input(&bench->graph, &state, 1), into;
  for (int t = 0; t < 8; t++)
    h = make1(&bench->maker, OP_TANH, make_matmul(&bench->maker, h, w, false, false));
  NodeId sum = make_sum(&bench->maker, h, ~0u, false), before = bench->graph.count;
  cr_assert(gradient(&bench->graph, sum, 0, &w, 1, &into, &bench->diag));
  int count = 0;
  for (NodeId id = before; id < bench->graph.count; id++) {
    const Node *node = graph_node(&bench->graph, id);
    count += node->op == OP_MATMUL && shape_equal(&node->type.shape, &type.shape);
  }
  bench_free(bench);
  return count;
}

Test(gradient, of_a_recurrence_is_one_product, .disabled = FEW_PARTS) {
  cr_expect_eq(products_of_weight(2), 1);
  cr_expect_eq(products_of_weight(100), 8, "many rows are not copied");
}

Test(gradient, of_products) {
  CHECK("@", b_matmul, {SHAPE(2, 3), -1, 1}, {SHAPE(3, 4), -1, 1});
  CHECK("@ of vectors", b_matmul, {SHAPE(3), -1, 1}, {SHAPE(3), -1, 1});
  CHECK("matrix @ vector", b_matmul, {SHAPE(2, 3), -1, 1}, {SHAPE(3), -1, 1});
  CHECK("vector @ matrix", b_matmul, {SHAPE(3), -1, 1}, {SHAPE(3, 2), -1, 1});
  CHECK("stack @ matrix", b_matmul, {SHAPE(2, 2, 3), -1, 1}, {SHAPE(3, 2), -1, 1});
  CHECK("matrix @ stack", b_matmul, {SHAPE(2, 3), -1, 1}, {SHAPE(2, 3, 2), -1, 1});
  CHECK("stacks that broadcast", b_matmul, {SHAPE(2, 1, 2, 3), -1, 1}, {SHAPE(1, 2, 3, 2), -1, 1});
  CHECK("a' @ b", b_matmul_tn, {SHAPE(3, 2), -1, 1}, {SHAPE(3, 4), -1, 1});
  CHECK("a @ b'", b_matmul_nt, {SHAPE(2, 3), -1, 1}, {SHAPE(4, 3), -1, 1});
  CHECK("a' @ b'", b_matmul_tt, {SHAPE(3, 2), -1, 1}, {SHAPE(4, 3), -1, 1});
  CHECK("dot", b_dot, {SHAPE(3), -1, 1}, {SHAPE(3), -1, 1});
  CHECK("outer", b_outer, {SHAPE(3), -1, 1}, {SHAPE(2), -1, 1});
  CHECK("trace", b_trace, {SHAPE(3, 2), -1, 1});
  CHECK("einsum", b_einsum, {SHAPE(2, 2, 3), -1, 1}, {SHAPE(2, 3, 2), -1, 1});
  CHECK("einsum of three", b_einsum3, {SHAPE(2), -1, 1}, {SHAPE(2, 3), -1, 1}, {SHAPE(2), -1, 1});
}

/* x + 2 on the diagonal: far from singular. */
static NodeId strong(Bench *bench, NodeId x) {
  const Shape shape = graph_node(&bench->graph, x)->type.shape;
  NodeId eye = CALL(bench, "eye", number_arg((double)shape.dim[shape.rank - 2]),
                    number_arg((double)shape.dim[shape.rank - 1]));
  return make2(&bench->maker, OP_ADD, x,
               make2(&bench->maker, OP_MUL, eye, make_number(&bench->maker, 2)));
}

static NodeId part(Bench *bench, const char *name, NodeId a, int which) {
  NodeId parts[RESULTS_MOST];
  cr_assert(bench_call_all(bench, name, (Arg[]){node_arg(a)}, 1, parts) > which, "%s",
            bench->diag.message);
  return parts[which];
}

static NodeId b_inverse(Bench *bench) {
  return CALL(bench, "inverse", node_arg(strong(bench, bench->nodes[0])));
}
static NodeId b_det(Bench *bench) {
  return CALL(bench, "det", node_arg(strong(bench, bench->nodes[0])));
}
static NodeId b_solve(Bench *bench) {
  return CALL(bench, "solve", node_arg(strong(bench, bench->nodes[0])), Y);
}
static NodeId b_cholesky(Bench *bench) {
  return CALL(bench, "cholesky", node_arg(strong(bench, bench->nodes[0])));
}
static NodeId b_qr_q(Bench *bench) { return part(bench, "qr", strong(bench, bench->nodes[0]), 0); }
static NodeId b_qr_r(Bench *bench) { return part(bench, "qr", strong(bench, bench->nodes[0]), 1); }
static NodeId b_svd_u(Bench *bench) {
  return make1(&bench->maker, OP_SQUARE, part(bench, "svd", bench->nodes[0], 0));
}
static NodeId b_svd_s(Bench *bench) { return part(bench, "svd", bench->nodes[0], 1); }
static NodeId b_svd_v(Bench *bench) {
  return make1(&bench->maker, OP_SQUARE, part(bench, "svd", bench->nodes[0], 2));
}
static NodeId b_eigh_values(Bench *bench) { return part(bench, "eigh", bench->nodes[0], 0); }
static NodeId b_eigh_vectors(Bench *bench) {
  return make1(&bench->maker, OP_SQUARE, part(bench, "eigh", bench->nodes[0], 1));
}

static int64_t trisolve_attrs[2];
static NodeId b_trisolve(Bench *bench) {
  const NodeId inputs[2] = {strong(bench, bench->nodes[0]), bench->nodes[1]};
  return graph_emit(&bench->graph, OP_TRISOLVE, inputs, 2, trisolve_attrs, 2, &bench->diag);
}

Test(gradient, of_solving) {
  CHECK("inverse", b_inverse, {SHAPE(3, 3), -0.5, 0.5});
  CHECK("inverse of a stack", b_inverse, {SHAPE(2, 2, 2), -0.5, 0.5});
  CHECK("det", b_det, {SHAPE(3, 3), -0.5, 0.5});
  CHECK("det of a stack", b_det, {SHAPE(2, 2, 2), -0.5, 0.5});
  CHECK("solve", b_solve, {SHAPE(3, 3), -0.5, 0.5}, {SHAPE(3, 2), -1, 1});
  CHECK("solve for a vector", b_solve, {SHAPE(3, 3), -0.5, 0.5}, {SHAPE(3), -1, 1});
  CHECK("cholesky", b_cholesky, {SHAPE(3, 3), -0.5, 0.5});
  for (int i = 0; i < 4; i++) {
    trisolve_attrs[0] = i & 1, trisolve_attrs[1] = i >> 1;
    CHECK("trisolve", b_trisolve, {SHAPE(3, 3), -0.5, 0.5}, {SHAPE(3, 2), -1, 1});
  }
}

Test(gradient, of_factorizations) {
  CHECK("qr, Q", b_qr_q, {SHAPE(3, 3), -0.5, 0.5});
  CHECK("qr, R", b_qr_r, {SHAPE(3, 3), -0.5, 0.5});
  CHECK("qr of a tall one, Q", b_qr_q, {SHAPE(4, 2), -0.5, 0.5});
  CHECK("qr of a tall one, R", b_qr_r, {SHAPE(4, 2), -0.5, 0.5});
  CHECK("qr of a wide one, Q", b_qr_q, {SHAPE(2, 4), -0.5, 0.5});
  CHECK("qr of a wide one, R", b_qr_r, {SHAPE(2, 4), -0.5, 0.5});
  CHECK("svd, U", b_svd_u, {SHAPE(3, 2), -1, 1});
  CHECK("svd, S", b_svd_s, {SHAPE(3, 2), -1, 1});
  CHECK("svd, V", b_svd_v, {SHAPE(3, 2), -1, 1});
  CHECK("svd of a wide one, U", b_svd_u, {SHAPE(2, 3), -1, 1});
  CHECK("svd of a wide one, S", b_svd_s, {SHAPE(2, 3), -1, 1});
  CHECK("svd of a wide one, V", b_svd_v, {SHAPE(2, 3), -1, 1});
  CHECK("eigh, values", b_eigh_values, {SHAPE(3, 3), -1, 1});
  CHECK("eigh, vectors", b_eigh_vectors, {SHAPE(3, 3), -1, 1});
}

/* ---- convolution and pooling ---- */

static NodeId b_conv(Bench *bench) { return CALL(bench, "conv2d", X, Y); }
static NodeId b_conv_all(Bench *bench) {
  return CALL(bench, "conv2d", X, Y, Z, NUMBERS_ARG(2, 1), NUMBERS_ARG(1, 2), NUMBERS_ARG(1, 2),
              number_arg(2));
}
static NodeId b_conv1d(Bench *bench) {
  return CALL(bench, "conv1d", X, Y, Z, number_arg(2), number_arg(1));
}
static NodeId b_conv_transpose(Bench *bench) {
  return CALL(bench, "conv_transpose2d", X, Y, Z, number_arg(2), number_arg(1), number_arg(1));
}
static NodeId b_max_pool(Bench *bench) {
  return CALL(bench, "max_pool2d", X, number_arg(2), number_arg(1), number_arg(1));
}
static NodeId b_avg_pool(Bench *bench) {
  return CALL(bench, "avg_pool2d", X, number_arg(2), number_arg(1), number_arg(1));
}

Test(gradient, of_convolution) {
  CHECK("conv2d", b_conv, {SHAPE(1, 1, 3, 3), -1, 1}, {SHAPE(1, 1, 2, 2), -1, 1});
  CHECK("conv2d with everything", b_conv_all, {SHAPE(2, 2, 4, 4), -1, 1},
        {SHAPE(2, 1, 2, 2), -1, 1}, {SHAPE(2), -1, 1});
  CHECK("conv1d", b_conv1d, {SHAPE(2, 5, 2), -1, 1}, {SHAPE(3, 2, 3), -1, 1}, {SHAPE(3), -1, 1});
  CHECK("conv_transpose2d", b_conv_transpose, {SHAPE(1, 2, 2, 2), -1, 1},
        {SHAPE(2, 1, 3, 3), -1, 1}, {SHAPE(1), -1, 1});
}

Test(gradient, of_pooling) {
  CHECK("max_pool2d", b_max_pool, {SHAPE(1, 2, 3, 3), -1, 1});
  CHECK("avg_pool2d", b_avg_pool, {SHAPE(1, 2, 3, 3), -1, 1});
}
