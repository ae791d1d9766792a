/* maker_test.c — what is simplified while it is emitted, and that only what is exact is. */
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

Test(maker, leaves_out_what_does_nothing) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F32, SHAPE(2, 3)), one = make_number(maker, 1),
         zero = make_number(maker, 0);
  NodeId ones = CALL(bench, "ones", NUMBERS_ARG(2, 3)),
         row = bench_input(bench, DTYPE_F32, SHAPE(3));
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

Test(maker, signs_are_moved_to_where_they_cost_nothing) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F32, SHAPE(2, 3)),
         y = bench_input(bench, DTYPE_F32, SHAPE(2, 3)),
         row = bench_input(bench, DTYPE_F32, SHAPE(3));
  NodeId minus = make1(maker, OP_NEG, y), less = make_number(maker, -1),
         two = make_number(maker, 2);
  cr_assert_eq(make1(maker, OP_NEG, minus), y);
  cr_assert_eq(make2(maker, OP_MUL, less, y), minus);
  cr_assert_eq(make2(maker, OP_MUL, y, less), minus);
  cr_assert_eq(make2(maker, OP_ADD, x, minus), make2(maker, OP_SUB, x, y));
  cr_assert_eq(make2(maker, OP_SUB, x, minus), make2(maker, OP_ADD, x, y));
  cr_assert_eq(make1(maker, OP_SQUARE, minus), make1(maker, OP_SQUARE, y));
  cr_assert_eq(make2(maker, OP_MUL, less, make2(maker, OP_MUL, two, x)),
               make2(maker, OP_MUL, make_number(maker, -2), x));
  cr_assert_eq(make1(maker, OP_NEG, make2(maker, OP_MUL, x, two)),
               make2(maker, OP_MUL, make_number(maker, -2), x));
  NodeId wide = make2(maker, OP_MUL, CALL(bench, "full", NUMBERS_ARG(2, 3), number_arg(-1)), row);
  bench_type(bench, wide, "f32[2, 3]");
  NodeId whole = bench_input(bench, DTYPE_I32, SHAPE(3)), whole_minus = make1(maker, OP_NEG, whole);
  cr_assert_eq(graph_node(&bench->graph, make2(maker, OP_ADD, whole, whole_minus))->op, OP_ADD,
               "the least i32 has no negative: it must be told");
  bench_free(bench);
}

Test(maker, rows_of_a_shorter_table_are_multiplied_in_it) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId table = bench_input(bench, DTYPE_F32, SHAPE(5, 3)),
         index = bench_input(bench, DTYPE_I32, SHAPE(4, 6)),
         few = bench_input(bench, DTYPE_I32, SHAPE(9)),
         weight = bench_input(bench, DTYPE_F32, SHAPE(3, 2)),
         bias = bench_input(bench, DTYPE_F32, SHAPE(2));
  NodeId rows = make_permute(maker, make_gather(maker, table, index, 0), (int[]){1, 0, 2});
  NodeId product = make_matmul(maker, rows, weight, false, false);
  bench_type(bench, product, "f32[6, 4, 2]");
  const Node *node = graph_node(&bench->graph, product);
  cr_assert_eq(node->op, OP_GATHER);
  bench_type(bench, node->inputs[0], "f32[5, 2]");
  cr_assert_eq(graph_node(&bench->graph, node->inputs[0])->op, OP_MATMUL);
  node = graph_node(&bench->graph, make2(maker, OP_ADD, product, bias));
  cr_assert_eq(node->op, OP_GATHER);
  cr_assert_eq(graph_node(&bench->graph, node->inputs[0])->op, OP_ADD);
  NodeId turned = make_permute(maker, make_gather(maker, table, index, 0), (int[]){0, 2, 1});
  cr_assert_eq(graph_node(&bench->graph, make_matmul(maker, turned, weight, true, false))->op,
               OP_GATHER, "a turn that the product takes back");
  NodeId wide = bench_input(bench, DTYPE_F32, SHAPE(6, 2));
  cr_assert_neq(graph_node(&bench->graph, make_matmul(maker, turned, wide, false, false))->op,
                OP_GATHER, "the rows are no rows of the table");
  NodeId apart = make_matmul(maker, make_gather(maker, table, few, 0), weight, false, false);
  cr_assert_eq(graph_node(&bench->graph, apart)->op, OP_MATMUL, "the table is not much shorter");
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
  NodeId x = bench_input(bench, DTYPE_F32, SHAPE(2, 3)),
         row = bench_input(bench, DTYPE_F32, SHAPE(3));
  Shape shape = SHAPE(2, 3);
  NodeId wide = make_expand(maker, row, &shape), sum = make2(maker, OP_ADD, wide, x);
  cr_assert_eq(graph_node(&bench->graph, sum)->inputs[0], row);
  bench_type(bench, make2(maker, OP_ADD, wide, wide), "f32[2, 3]");
  bench_type(bench, make2(maker, OP_ADD, wide, row), "f32[2, 3]");
  NodeId exp = make1(maker, OP_EXP, wide);
  cr_assert_eq(graph_node(&bench->graph, exp)->op, OP_EXPAND);
  bench_free(bench);
}

/* A number repeated is that number in any shape. */
Test(maker, repeats_a_number_once) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F32, SCALAR), m = bench_input(bench, DTYPE_F32, SHAPE(4, 3));
  Shape one = SHAPE(1), many = SHAPE(4), column = SHAPE(4, 1);
  NodeId wide = make_reshape(maker, make_expand(maker, make_reshape(maker, x, &one), &many),
                             &column);
  const Node *node = graph_node(&bench->graph, wide);
  cr_assert(node->op == OP_EXPAND && node->inputs[0] == x);
  bench_type(bench, wide, "f32[4, 1]");
  cr_assert_eq(graph_node(&bench->graph, make2(maker, OP_ADD, wide, m))->inputs[0], x);
  bench_free(bench);
}

Test(maker, folds_constants_as_the_kernels_would) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  static const Op ops[] = {OP_ADD, OP_SUB, OP_MUL, OP_DIV};
  for (int i = 0; i < 400; i++) {
    Op op = ops[i % 4];
    double a = (bench_noise(1, i) - 0.5) * 100, b = (bench_noise(2, i) - 0.5) * 100;
    for (Dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++) {
      const NodeId inputs[2] = {graph_constant(&bench->graph, a, dtype),
                                graph_constant(&bench->graph, b, dtype)};
      NodeId folded = make2(maker, op, inputs[0], inputs[1]),
             plain = graph_emit(&bench->graph, op, inputs, 2, NULL, 0, &bench->diag);
      cr_assert_eq(graph_node(&bench->graph, folded)->op, OP_CONST);
      cr_assert_eq(bench_number(bench, folded, 0), bench_number(bench, plain, 0));
    }
  }
  NodeId tiny = graph_constant(&bench->graph, 1e-30, DTYPE_F32),
         zero = graph_constant(&bench->graph, 0, DTYPE_F32);
  cr_assert_eq(graph_node(&bench->graph, make2(maker, OP_MUL, tiny, tiny))->op, OP_MUL,
               "kernels flush what is below the normal range");
  cr_assert_eq(graph_node(&bench->graph, make2(maker, OP_DIV, tiny, zero))->op, OP_DIV,
               "an infinity is made where it can be blamed");
  bench_type(bench, make2(maker, OP_ADD, make_number(maker, 1), make_number(maker, 2)), "number");
  bench_free(bench);
}

Test(maker, plain_powers) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), -3, 2);
  cr_assert_eq(graph_node(&bench->graph, CALL(bench, "^", node_arg(x), number_arg(2)))->op,
               OP_SQUARE);
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
  NodeId x = bench_input(bench, DTYPE_F64, SHAPE(2, 3, 4)),
         w = bench_input(bench, DTYPE_F64, SHAPE(4, 5));
  bench_fill(bench, 0, -1, 1);
  bench_fill(bench, 1, -1, 1);
  NodeId y = make_matmul(&bench->maker, x, w, false, false);
  bench_type(bench, y, "f64[2, 3, 5]");
  const Node *reshape = graph_node(&bench->graph, y),
             *product = graph_node(&bench->graph, reshape->inputs[0]);
  cr_assert(reshape->op == OP_RESHAPE && product->op == OP_MATMUL && product->type.shape.rank == 2);
  const int64_t plain[2] = {0, 0};
  NodeId stack = graph_emit(&bench->graph, OP_MATMUL, (NodeId[]){x, w}, 2, plain, 2, &bench->diag);
  for (int i = 0; i < 30; i++)
    cr_assert_float_eq(bench_number(bench, y, i), bench_number(bench, stack, i), 1e-14);
  bench_free(bench);
}
