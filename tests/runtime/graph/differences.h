/* differences.h — gradients of one call against central differences, first and second order, in
 * f64.
 *
 * A case calls one row on inputs of given shapes and ranges.  The loss is sum(result * w) with
 * fixed w that look random, so that each element of the gradient is told apart.  The second order
 * is the same with the first gradient in the place of the result.
 */
#ifndef GD_TESTS_RUNTIME_GRAPH_DIFFERENCES_H
#define GD_TESTS_RUNTIME_GRAPH_DIFFERENCES_H

#include "runtime/graph/gradient.h"
#include "runtime/graph/verify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

enum { OPERANDS_MOST = 3 };

/* With GD_HARSH few parts are joined at once: the tests that count what many of them cost are left
 * out. */
#if defined(GD_HARSH)
enum { FEW_PARTS = true };
#else
enum { FEW_PARTS = false };
#endif

/* What to differentiate: builds the result from bench->nodes. */
typedef NodeId Build(Bench *bench);

typedef struct Operand {
  Shape shape;
  double low, high;
} Operand;

static inline NodeId weighted(Bench *bench, NodeId node, uint64_t salt) {
  if (!node) return 0;
  const Type type = graph_node(&bench->graph, node)->type;
  if (bench->count == BENCH_INPUTS) cr_assert_fail("too many inputs");
  NodeId weights = bench_input(bench, DTYPE_F64, type.shape);
  for (int64_t i = 0; i < shape_count(&type.shape); i++)
    tensor_set(&bench->inputs[bench->count - 1], i, bench_noise(salt, i) - 0.3);
  return make_sum(&bench->maker, make2(&bench->maker, OP_MUL, node, weights), ~0u, false);
}

static inline void check_against_differences(Bench *bench, NodeId loss, NodeId gradient_node,
                                             int input, double tolerance, const char *name,
                                             int order) {
  const double step = 1e-5;
  Tensor *x = &bench->inputs[input];
  for (int64_t i = 0; i < tensor_count(x); i++) {
    double at = tensor_get(x, i);
    tensor_set(x, i, at + step);
    double above = bench_number(bench, loss, 0);
    tensor_set(x, i, at - step);
    double below = bench_number(bench, loss, 0);
    tensor_set(x, i, at);
    double want = (above - below) / (2 * step);
    double got = gradient_node ? bench_number(bench, gradient_node, i) : 0;
    cr_assert(fabs(got - want) <= tolerance * (1 + fabs(want)),
              "%s, order %d, operand %d, element %ld: %.9g, by differences %.9g", name, order,
              input, (long)i, got, want);
  }
}

static inline void check_case(const char *name, Build *build, const Operand *operands, int count) {
  Bench *bench = bench_new(DTYPE_F64);
  for (int i = 0; i < count; i++) {
    bench_input(bench, DTYPE_F64, operands[i].shape);
    bench_fill(bench, i, operands[i].low, operands[i].high);
  }
  NodeId result = build(bench);
  cr_assert(result, "%s: %s (%s)", name, bench->diag.message, bench->diag.label);
  NodeId loss = weighted(bench, result, 5), first[OPERANDS_MOST], second[OPERANDS_MOST];
  cr_assert(gradient(&bench->graph, loss, 0, bench->nodes, count, first, &bench->diag), "%s: %s",
            name, bench->diag.message);
  NodeId again = 0;
  for (int i = 0; i < count; i++) {
    check_against_differences(bench, loss, first[i], i, 2e-7, name, 1);
    if (!first[i]) continue;
    cr_assert(shape_equal(&graph_node(&bench->graph, first[i])->type.shape, &operands[i].shape),
              "%s: the gradient has another shape", name);
    NodeId part = weighted(bench, first[i], 11 + (uint64_t)i);
    again = again ? make2(&bench->maker, OP_ADD, again, part) : part;
  }
  if (again) {
    cr_assert(gradient(&bench->graph, again, 0, bench->nodes, count, second, &bench->diag),
              "%s, order 2: %s", name, bench->diag.message);
    for (int i = 0; i < count; i++)
      check_against_differences(bench, again, second[i], i, 1e-6, name, 2);
  }
  cr_assert(graph_verify(&bench->graph, &bench->diag), "%s: %s", name, bench->diag.message);
  bench_free(bench);
}

#define CHECK(name, build, ...)                           \
  check_case(name, build, (const Operand[]){__VA_ARGS__}, \
             COUNT_OF(((const Operand[]){__VA_ARGS__})))

#define X node_arg(bench->nodes[0])
#define Y node_arg(bench->nodes[1])
#define Z node_arg(bench->nodes[2])

/* Adds tanh(part) times a weight of its own, so that first and second derivatives differ from part
 * to part. */
static inline NodeId weigh(Bench *bench, NodeId sum, NodeId part, int number) {
  Maker *maker = &bench->maker;
  NodeId term = make_sum(
      maker, make2(maker, OP_MUL, make1(maker, OP_TANH, part), make_number(maker, 0.5 + number)),
      ~0u, false);
  return sum ? make2(maker, OP_ADD, sum, term) : term;
}

#endif
