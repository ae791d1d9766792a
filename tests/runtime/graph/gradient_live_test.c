/* gradient_live_test.c — kinks are told only where a derivative is taken again, plans leave what
 * tells them away, and masks of a long chain need no stack. */
#include "runtime/graph/gradient.h"
#include "runtime/graph/simplify.h"
#include "runtime/graph/verify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

static int count_op(const Graph *graph, Op op) {
  int count = 0;
  for (NodeId id = 1; id < graph->count; id++) count += graph->nodes[id].op == op;
  return count;
}

/* f = relu(x) abs(x) hypot(x, x): the first derivative, as a training step takes it. */
Test(gradient_live, once_nothing_is_added) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F64, SCALAR), slope = 0;
  NodeId f = make2(maker, OP_MUL,
                   make2(maker, OP_MUL, make1(maker, OP_RELU, x), make1(maker, OP_ABS, x)),
                   make2(maker, OP_HYPOT, x, x));
  cr_assert(gradient(&bench->graph, f, 0, &x, 1, &slope, &bench->diag));
  cr_assert_eq(count_op(&bench->graph, OP_KINK), 0);
  bench->graph.again = true;
  cr_assert(gradient(&bench->graph, f, 0, &x, 1, &slope, &bench->diag));
  cr_assert_geq(count_op(&bench->graph, OP_KINK), 3);
  bench->graph.again = false;
  cr_assert(gradient(&bench->graph, slope, 0, &x, 1, &slope, &bench->diag));
  cr_assert(graph_verify(&bench->graph, &bench->diag), "%s", bench->diag.message);
  bench_free(bench);
}

/* Masks through a thirty thousand products, one above the other. */
Test(gradient_live, long_chain) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F64, SCALAR), slope = 0, again = 0;
  NodeId f = make3(maker, OP_WHERE, make2(maker, OP_GT, x, make_number(maker, 0)),
                   make1(maker, OP_LOG, x), make_number(maker, 0));
  for (int i = 0; i < 30000; i++) f = make1(maker, OP_SIN, f);
  bench->graph.again = true;
  cr_assert(gradient(&bench->graph, f, 0, &x, 1, &slope, &bench->diag));
  uint32_t first = bench->graph.count;
  bench->graph.again = false;
  cr_assert(gradient(&bench->graph, slope, 0, &x, 1, &again, &bench->diag));
  cr_assert(again && bench->graph.count < 12 * first, "%u nodes of %u", bench->graph.count, first);
  bench_free(bench);
}
