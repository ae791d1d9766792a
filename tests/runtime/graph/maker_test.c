/* maker_test.c — what is simplified while it is emitted, and that only what is exact is. */
#include "tests/runtime/graph/bench.h"

Test(maker, leaves_out_what_does_nothing) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F32, SHAPE(2, 3)), one = make_number(maker, 1), zero = make_number(maker, 0);
  NodeId ones = CALL(bench, "ones", NUMBERS_ARG(2, 3)), row = bench_input(bench, DTYPE_F32, SHAPE(3));
  cr_assert_eq(make2(maker, OP_MUL, x, one), x);
  cr_assert_eq(make2(maker, OP_MUL, one, x), x);
  cr_assert_eq(make2(maker, OP_MUL, x, ones), x);
  cr_assert_eq(make2(maker, OP_DIV, x, one), x);
  cr_assert_eq(make2(maker, OP_SUB, x, zero), x);
  cr_assert_neq(make2(maker, OP_ADD, x, zero), x, "-0 + 0 is 0");
  cr_assert_neq(make2(maker, OP_MUL, row, ones), row, "the shape is another");
  cr_assert_neq(make2(maker, OP_DIV, one, x), x);
  cr_assert_eq(make2(maker, OP_CHAIN, ones, x), x);
  cr_assert_eq(make_sum(maker, x, 0, false), x);
  cr_assert_eq(make_slice(maker, x, (int64_t[]){0, 2, 1, 0, 3, 1}), x);
  bench_free(bench);
}

Test(maker, casts_constants_at_once) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId ones = CALL(bench, "ones", NUMBERS_ARG(2, 3)), wide = make_cast(maker, ones, DTYPE_F64);
  cr_assert_eq(graph_node(&bench->graph, wide)->op, OP_EXPAND);
  bench_type(bench, wide, "f64[2, 3]");
  NodeId tenth = make_cast(maker, make_number(maker, 0.1), DTYPE_F32);
  cr_assert_eq(bench_number(bench, tenth, 0), (double)0.1f);
  bench_free(bench);
}

/* An operand in the full shape needs no expanded partner; without one the expansion stays. */
Test(maker, drops_expansions) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F32, SHAPE(2, 3)), row = bench_input(bench, DTYPE_F32, SHAPE(3));
  Shape shape = SHAPE(2, 3);
  NodeId wide = make_expand(maker, row, &shape), sum = make2(maker, OP_ADD, wide, x);
  cr_assert_eq(graph_node(&bench->graph, sum)->inputs[0], row);
  bench_type(bench, make2(maker, OP_ADD, wide, wide), "f32[2, 3]");
  bench_type(bench, make2(maker, OP_ADD, wide, row), "f32[2, 3]");
  NodeId exp = make1(maker, OP_EXP, wide);
  cr_assert_eq(graph_node(&bench->graph, exp)->op, OP_EXPAND);
  bench_free(bench);
}

Test(maker, plain_powers) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), -3, 2);
  cr_assert_eq(graph_node(&bench->graph, CALL(bench, "^", node_arg(x), number_arg(2)))->op, OP_SQUARE);
  cr_assert_eq(CALL(bench, "^", node_arg(x), number_arg(1)), x);
  bench_prints(bench, CALL(bench, "^", node_arg(x), number_arg(3)), "[-27, 8]");
  bench_prints(bench, CALL(bench, "^", node_arg(x), number_arg(-1)), "[-0.333333, 0.5]");
  bench_prints(bench, CALL(bench, "^", node_arg(x), number_arg(4)), "[81, 16]");
  bench_prints(bench, CALL(bench, "^", node_arg(x), number_arg(0)), "[1, 1]");
  bench_free(bench);
}

/* A stack of rows times one matrix is one product. */
Test(maker, folds_rows) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId x = bench_input(bench, DTYPE_F64, SHAPE(2, 3, 4)), w = bench_input(bench, DTYPE_F64, SHAPE(4, 5));
  bench_fill(bench, 0, -1, 1);
  bench_fill(bench, 1, -1, 1);
  NodeId y = make_matmul(&bench->maker, x, w, false, false);
  bench_type(bench, y, "f64[2, 3, 5]");
  const Node *reshape = graph_node(&bench->graph, y), *product = graph_node(&bench->graph, reshape->inputs[0]);
  cr_assert(reshape->op == OP_RESHAPE && product->op == OP_MATMUL && product->type.shape.rank == 2);
  const int64_t plain[2] = {0, 0};
  NodeId stack = graph_emit(&bench->graph, OP_MATMUL, (NodeId[]){x, w}, 2, plain, 2, &bench->diag);
  for (int i = 0; i < 30; i++) cr_assert_float_eq(bench_number(bench, y, i), bench_number(bench, stack, i), 1e-14);
  bench_free(bench);
}
