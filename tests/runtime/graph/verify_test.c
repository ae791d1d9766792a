/* verify_test.c — the check of legality: silent on random graphs and their gradients, loud on
 * broken ones. */
#include "runtime/graph/gradient.h"
#include "runtime/graph/simplify.h"
#include "runtime/graph/verify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

/* One more node made of earlier ones, chosen by `dice`. */
static NodeId grow(Bench *bench, const NodeId *nodes, int count, uint64_t dice) {
  static const Op unary[] = {OP_SIN, OP_TANH, OP_SQUARE, OP_SIGMOID, OP_RELU, OP_NEG},
                  binary[] = {OP_ADD, OP_SUB, OP_MUL, OP_MAXIMUM};
  NodeId a = nodes[dice % (uint64_t)count], b = nodes[dice / 64 % (uint64_t)count];
  switch (dice / 4096 % 6) {
    case 0: return make1(&bench->maker, unary[dice / 32768 % COUNT_OF(unary)], a);
    case 1: return make2(&bench->maker, binary[dice / 32768 % COUNT_OF(binary)], a, b);
    case 2: return make_matmul(&bench->maker, a, b, dice / 32768 & 1, dice / 65536 & 1);
    case 3: return make2(&bench->maker, OP_MUL, a, make_sum(&bench->maker, b, 1, true));
    case 4: return CALL(bench, "softmax", node_arg(a), number_arg((double)(dice / 32768 & 1)));
    default: return make_transpose(&bench->maker, a);
  }
}

Test(verify, random_graphs_and_their_gradients) {
  for (uint64_t round = 0; round < 40; round++) {
    Bench *bench = bench_new(DTYPE_F32);
    NodeId nodes[32];
    int count = 0;
    for (int i = 0; i < 3; i++) nodes[count++] = bench_input(bench, DTYPE_F32, SHAPE(4, 4));
    while (count < 32) {
      NodeId made = grow(bench, nodes, count, hash_mix(round, (uint64_t)count));
      cr_assert(made, "%s: %s", bench->diag.message, bench->diag.label);
      nodes[count++] = made;
    }
    NodeId into[3], again[3], loss = make_sum(&bench->maker, nodes[31], ~0u, false);
    cr_assert(gradient(&bench->graph, loss, 0, bench->nodes, 3, into, &bench->diag), "%s",
              bench->diag.message);
    for (int i = 0; i < 3; i++) {
      if (into[i])
        cr_assert(gradient(&bench->graph, into[i], 0, bench->nodes, 3, again, &bench->diag), "%s",
                  bench->diag.message);
    }
    cr_assert(graph_verify(&bench->graph, &bench->diag), "round %d: %s", (int)round,
              bench->diag.message);
    bench_free(bench);
  }
}

/* Breaks one field of a good graph and puts it back. */
Test(verify, sees_what_is_broken) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = bench_input(bench, DTYPE_F32, SHAPE(2, 3)),
         y = make_sum(&bench->maker, make1(&bench->maker, OP_EXP, x), 1, false);
  cr_assert(graph_verify(&bench->graph, &bench->diag));
  Node *node = &bench->graph.nodes[y], good = *node;
  node->type.shape.dim[0]++;
  cr_assert(!graph_verify(&bench->graph, &bench->diag) &&
            strstr(bench->diag.message, "another type"));
  *node = good;
  node->inputs = &y;
  cr_assert(!graph_verify(&bench->graph, &bench->diag) &&
            strstr(bench->diag.message, "does not come before"));
  *node = good;
  node->attr_count = 1;
  cr_assert(!graph_verify(&bench->graph, &bench->diag) &&
            strstr(bench->diag.message, "number of attributes"));
  *node = good;
  Node *inner = &bench->graph.nodes[node->inputs[0]];
  bench->graph.nodes[x].type.dtype = inner->type.dtype = node->type.dtype = DTYPE_BF16;
  cr_assert(!graph_verify(&bench->graph, &bench->diag) &&
            strstr(bench->diag.message, "computes with bf16"));
  bench->graph.nodes[x].type.dtype = inner->type.dtype = DTYPE_F32;
  *node = good;
  node->op = OP_COUNT;
  cr_assert(!graph_verify(&bench->graph, &bench->diag) &&
            strstr(bench->diag.message, "no operation"));
  bench_free(bench);
}
