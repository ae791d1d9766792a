/* graph_test.c — the store of nodes: equal ones exist once, whatever grows, and reset forgets them.
 */
#include "runtime/graph/simplify.h"
#include "runtime/graph/verify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

static bool reaches(const Graph *graph, NodeId from, NodeId node) {
  bool *reached = graph_reached(graph, from);
  bool found = node <= from && reached[node];
  mem_free(reached);
  return found;
}

Test(graph, finds_an_equal_node_again) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F32, SHAPE(3));
  NodeId a = make2(maker, OP_ADD, make1(maker, OP_SIN, x), x),
         b = make2(maker, OP_ADD, make1(maker, OP_SIN, x), x);
  cr_assert_eq(a, b);
  cr_assert_neq(a, make2(maker, OP_SUB, make1(maker, OP_SIN, x), x));
  cr_assert_neq(make_sum(maker, x, 1, false), make_sum(maker, x, 1, true),
                "attributes tell nodes apart");
  cr_assert_neq(graph_number(&bench->graph, 1), graph_constant(&bench->graph, 1, DTYPE_F64),
                "a number is not a tensor");
  cr_assert_eq(graph_constant(&bench->graph, 0.1, DTYPE_F32),
               graph_constant(&bench->graph, (double)0.1f, DTYPE_F32));
  cr_assert_neq(graph_number(&bench->graph, 0.0), graph_number(&bench->graph, -0.0));
  bench_free(bench);
}

Test(graph, inputs_are_told_by_binding_and_type) {
  Bench *bench = bench_new(DTYPE_F32);
  Type one = {.dtype = DTYPE_F32, .shape = SHAPE(3)}, two = {.dtype = DTYPE_F32, .shape = SHAPE(4)};
  NodeId a = graph_input(&bench->graph, &one, 0);
  cr_assert_eq(a, graph_input(&bench->graph, &one, 0));
  cr_assert_neq(a, graph_input(&bench->graph, &one, 1));
  cr_assert_neq(a, graph_input(&bench->graph, &two, 0));
  bench_free(bench);
}

/* Ten thousand nodes through many growths of the array and the table, each found again. */
Test(graph, grows) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  enum { MANY = 10000 };
  static NodeId ids[MANY];
  NodeId x = bench_input(bench, DTYPE_F64, SCALAR);
  for (int i = 0; i < MANY; i++) ids[i] = make2(maker, OP_ADD, x, make_number(maker, i + 1));
  for (int i = 0; i < MANY; i++)
    cr_assert_eq(ids[i], make2(maker, OP_ADD, x, make_number(maker, i + 1)));
  cr_assert(graph_verify(&bench->graph, &bench->diag), "%s", bench->diag.message);
  bench_free(bench);
}

/* The hash of a node names the expression, in whichever graph and after whatever else. */
Test(graph, hashes_are_the_same_in_any_graph) {
  Bench *a = bench_new(DTYPE_F32), *b = bench_new(DTYPE_F32);
  make_number(&b->maker, 99);
  Type type = {.dtype = DTYPE_F32, .shape = SHAPE(2, 3)};
  NodeId x = make1(&a->maker, OP_EXP, graph_input(&a->graph, &type, 4)),
         y = make1(&b->maker, OP_EXP, graph_input(&b->graph, &type, 4));
  cr_assert_neq(x, y);
  cr_assert_eq(graph_node(&a->graph, x)->hash, graph_node(&b->graph, y)->hash);
  bench_free(a);
  bench_free(b);
}

Test(graph, reset_forgets) {
  Bench *bench = bench_new(DTYPE_F64);
  Type type = {.dtype = DTYPE_F64};
  /* a few nodes in a table for few, then for many: both ways of emptying it */
  for (int round = 0; round < 200; round++) {
    int many = round == 100 ? 5000 : 3;
    NodeId x = graph_input(&bench->graph, &type, 0);
    cr_assert_eq(x, 1);
    for (int i = 0; i < many; i++) {
      NodeId factor = graph_constant(&bench->graph, i + 2, DTYPE_F64);
      cr_assert_eq(make2(&bench->maker, OP_MUL, x, factor), (NodeId)(2 * i + 3),
                   "nothing of the round before is found");
    }
    graph_reset(&bench->graph);
  }
  bench_free(bench);
}

Test(graph, reaches) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F64, SHAPE(2)), z = bench_input(bench, DTYPE_F64, SHAPE(2));
  NodeId y = make1(maker, OP_SIN, make1(maker, OP_COS, x));
  cr_assert(reaches(&bench->graph, y, x));
  cr_assert(reaches(&bench->graph, y, y));
  cr_assert(!reaches(&bench->graph, y, z));
  cr_assert(!reaches(&bench->graph, x, y));
  bench_free(bench);
}

/* One mistake is told once: what is made of a missing node is missing, in silence. */
Test(graph, poison_is_silent) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId a = bench_input(bench, DTYPE_F32, SHAPE(3)), b = bench_input(bench, DTYPE_F32, SHAPE(4));
  bench->graph.span = (Span){1, 5, 9};
  NodeId bad = make2(maker, OP_ADD, a, b);
  cr_assert(bad == 0 && bench->diag.status == STATUS_FAILED && bench->diag.span.start == 5);
  Diag first = bench->diag;
  NodeId more = make_sum(maker, make1(maker, OP_EXP, make2(maker, OP_MUL, bad, a)), ~0u, false);
  cr_assert_eq(more, 0);
  cr_assert_eq(make_matmul(maker, a, bad, false, false), 0);
  make2(maker, OP_SUB, a, b);
  cr_assert_str_eq(bench->diag.message, first.message, "the first error wins");
  bench_free(bench);
}

/* FAULTS.md, E3: recording without end is a mistake with a place, and the memory comes back. */
Test(graph, ends_at_the_budget) {
  size_t before = mem_used_bytes();
  Bench *bench = bench_new(DTYPE_F64);
  Type type = {.dtype = DTYPE_F64};
  NodeId x = graph_input(&bench->graph, &type, 0);
  mem_budget(mem_used_bytes() + ((size_t)4 << 20));
  bench->graph.span = (Span){1, 7, 9};
  int made = 0;
  while (made < 1000000 && (x = make1(&bench->maker, OP_SIN, x))) made++;
  cr_assert(made > 1000 && made < 100000, "%d nodes", made);
  cr_assert(bench->diag.status == STATUS_MEMORY && bench->diag.span.start == 7);
  bench_free(bench);
  cr_assert_eq(mem_used_bytes(), before);
}
