/* gradient_test.c — every gradient rule against central differences, first and second order, in
 * f64.
 *
 * A case calls one row on inputs of given shapes and ranges.  The loss is sum(result * w) with
 * fixed w that look random, so that each element of the gradient is told apart.  The second order
 * is the same with the first gradient in the place of the result.
 */
#include "runtime/graph/gradient.h"
#include "runtime/graph/ops.h"
#include "runtime/graph/simplify.h"
#include "runtime/graph/verify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

enum { OPERANDS_MOST = 3 };

/* What to differentiate: builds the result from bench->nodes. */
typedef NodeId Build(Bench *bench);

typedef struct Operand {
  Shape shape;
  double low, high;
} Operand;

static NodeId weighted(Bench *bench, NodeId node, uint64_t salt) {
  if (!node) return 0;
  const Type type = graph_node(&bench->graph, node)->type;
  if (bench->count == BENCH_INPUTS) cr_assert_fail("too many inputs");
  NodeId weights = bench_input(bench, DTYPE_F64, type.shape);
  for (int64_t i = 0; i < shape_count(&type.shape); i++)
    tensor_set(&bench->inputs[bench->count - 1], i, bench_noise(salt, i) - 0.3);
  return make_sum(&bench->maker, make2(&bench->maker, OP_MUL, node, weights), ~0u, false);
}

static void check_against_differences(Bench *bench, NodeId loss, NodeId gradient_node, int input,
                                      double tolerance, const char *name, int order) {
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

static void check_case(const char *name, Build *build, const Operand *operands, int count) {
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

/* ---- elementwise rows: all that have a gradient ---- */

static Op map_op;

static NodeId build_map_row(Bench *bench) {
  if (bench->count == 1) return make1(&bench->maker, map_op, bench->nodes[0]);
  if (bench->count == 2) return make2(&bench->maker, map_op, bench->nodes[0], bench->nodes[1]);
  return make3(&bench->maker, map_op, bench->nodes[0], bench->nodes[1], bench->nodes[2]);
}

/* Where a row is smooth, for all operands alike. */
typedef struct Domain {
  Op op;
  double low, high;
} Domain;

static void check_map(Op op, int arity, double low, double high) {
  map_op = op;
  Operand operands[3] = {{SHAPE(2, 3), low, high}, {SHAPE(3), low, high}, {SHAPE(2, 1), low, high}};
  if (op == OP_POLYGAMMA) return; /* its first argument counts; differentiated through digamma */
  /* the second argument follows from the first; differentiated through tanh, sigmoid */
  if (op == OP_TANH_SLOPE || op == OP_SIGMOID_SLOPE) return;
  if (op == OP_WHERE) operands[0] = (Operand){SHAPE(2, 3), 0.2, 0.8};
  if (op == OP_MOD)
    operands[0] = (Operand){SHAPE(2, 3), 2.3, 2.8}, operands[1] = (Operand){SHAPE(3), 1.0, 1.1};
  if (op == OP_CLAMP)
    operands[1] = (Operand){SHAPE(3), low, low + 0.1},
    operands[2] = (Operand){SHAPE(2, 1), high - 0.1, high};
  check_case(op_name(op), build_map_row, operands, arity);
}

Test(gradient, of_every_elementwise_row) {
  static const Domain special[] = {{OP_ACOSH, 1.3, 3},
                                   {OP_FLOOR, 0.2, 0.8},
                                   {OP_CEIL, 0.2, 0.8},
                                   {OP_ROUND, 0.6, 0.9},
                                   {OP_TRUNC, 0.2, 0.8}};
#define MAP(ID, signature, kinds, arity, class, ...)                    \
  if (CLASS_##class != CLASS_COMPARE && CLASS_##class != CLASS_LOGIC) { \
    Domain domain = {OP_##ID, 0.3, 0.9};                                \
    for (int i = 0; i < COUNT_OF(special); i++)                         \
      domain = special[i].op == OP_##ID ? special[i] : domain;          \
    check_map(OP_##ID, arity, domain.low, domain.high);                 \
  }
#define OP(...)
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
}

Test(gradient, of_elementwise_rows_below_zero) {
  static const Op ops[] = {
      OP_ADD,        OP_SUB,      OP_MUL,      OP_DIV,         OP_NEG,         OP_ABS,
      OP_SIGN,       OP_SQUARE,   OP_EXP,      OP_EXPM1,       OP_SIN,         OP_COS,
      OP_TAN,        OP_ASIN,     OP_ACOS,     OP_ATAN,        OP_SINH,        OP_COSH,
      OP_TANH,       OP_ASINH,    OP_ATANH,    OP_ATAN2,       OP_HYPOT,       OP_ERF,
      OP_ERFC,       OP_MINIMUM,  OP_MAXIMUM,  OP_SIGMOID,     OP_LOG_SIGMOID, OP_RELU,
      OP_LEAKY_RELU, OP_ELU,      OP_SELU,     OP_GELU,        OP_SILU,        OP_MISH,
      OP_SOFTPLUS,   OP_SOFTSIGN, OP_HARDTANH, OP_HARDSIGMOID, OP_CHAIN,       OP_CHAIN_DIV};
  static const Op two[] = {OP_ADD,     OP_SUB,     OP_MUL,        OP_DIV, OP_ATAN2, OP_HYPOT,
                           OP_MINIMUM, OP_MAXIMUM, OP_LEAKY_RELU, OP_ELU, OP_CHAIN, OP_CHAIN_DIV};
  for (int i = 0; i < COUNT_OF(ops); i++) {
    int arity = 1;
    for (int j = 0; j < COUNT_OF(two); j++) arity = two[j] == ops[i] ? 2 : arity;
    check_map(ops[i], arity, -0.9, -0.3);
  }
}

/* ---- kinks: the documented choices (FAULTS.md, D7, D8) ---- */

/* The gradient of sum(row(x)) at x, as text. */
static void expect_gradient(const char *name, double at, const char *expected) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), at, at), into;
  NodeId y = CALL(bench, name, node_arg(x));
  cr_assert(gradient(&bench->graph, make_sum(&bench->maker, y, ~0u, false), 0, &x, 1, &into,
                     &bench->diag));
  bench_prints(bench, into, expected);
  bench_free(bench);
}

Test(gradient, at_kinks) {
  expect_gradient("abs", 0, "[0, 0]");
  expect_gradient("relu", 0, "[0, 0]");
  expect_gradient("norm", 0, "[0, 0]");
  expect_gradient("std", 3, "[0, 0]");
  expect_gradient("max", 3, "[0.5, 0.5]");
  expect_gradient("min", 3, "[0.5, 0.5]");
  expect_gradient("sort", 3, "[1, 1]");
  expect_gradient("prod", 0, "[0, 0]");
}

Test(gradient, of_a_branch_not_taken_is_0) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), 0, 2), into;
  NodeId zero = make_number(maker, 0);
  NodeId y = make3(maker, OP_WHERE, make2(maker, OP_GT, x, zero), make1(maker, OP_LOG, x), zero);
  cr_assert(gradient(&bench->graph, make_sum(maker, y, ~0u, false), 0, &x, 1, &into, &bench->diag));
  bench_prints(bench, into, "[0, 0.5]");
  NodeId inverse = make3(maker, OP_WHERE, make2(maker, OP_GT, x, zero),
                         make2(maker, OP_DIV, make_number(maker, 1), x), zero);
  cr_assert(
      gradient(&bench->graph, make_sum(maker, inverse, ~0u, false), 0, &x, 1, &into, &bench->diag));
  cr_assert(bench_number(bench, into, 0) == 0 && bench_number(bench, into, 1) == -0.25);
  NodeId root = make3(maker, OP_WHERE, make2(maker, OP_GT, x, zero), make1(maker, OP_SQRT, x),
                      zero);
  cr_assert(
      gradient(&bench->graph, make_sum(maker, root, ~0u, false), 0, &x, 1, &into, &bench->diag));
  bench_prints(bench, into, "[0, 0.353553]");
  bench_free(bench);
}

/* ---- moving elements ---- */

#define X node_arg(bench->nodes[0])
#define Y node_arg(bench->nodes[1])
#define Z node_arg(bench->nodes[2])

static NodeId b_expand(Bench *bench) { return CALL(bench, "expand", X, NUMBERS_ARG(2, 3)); }
static NodeId b_reshape(Bench *bench) { return CALL(bench, "reshape", X, NUMBERS_ARG(3, -1)); }
static NodeId b_permute(Bench *bench) { return CALL(bench, "permute", X, NUMBERS_ARG(2, 0, 1)); }
static NodeId b_transpose(Bench *bench) { return CALL(bench, "'", X); }
static NodeId b_concat(Bench *bench) {
  return CALL(bench, "concat", NODES_ARG(bench->nodes[0], bench->nodes[1]), number_arg(1));
}
static NodeId b_stack(Bench *bench) {
  return CALL(bench, "stack", NODES_ARG(bench->nodes[0], bench->nodes[1]), number_arg(-1));
}
static NodeId b_pad(Bench *bench) {
  return CALL(bench, "pad", X, NUMBERS_ARG(1, 0, 2, 1), number_arg(3));
}
static NodeId b_flip(Bench *bench) { return CALL(bench, "flip", X, number_arg(1)); }
static NodeId b_roll(Bench *bench) { return CALL(bench, "roll", X, number_arg(-1)); }
static NodeId b_tril(Bench *bench) { return CALL(bench, "tril", X); }
static NodeId b_triu(Bench *bench) { return CALL(bench, "triu", X, number_arg(1)); }
static NodeId b_diag(Bench *bench) { return CALL(bench, "diag", X, number_arg(1)); }
static NodeId b_diag_below(Bench *bench) { return CALL(bench, "diag", X, number_arg(-1)); }
static NodeId b_chunk(Bench *bench) {
  NodeId parts[RESULTS_MOST];
  cr_assert_eq(bench_call_all(bench, "chunk", (Arg[]){X, number_arg(2), number_arg(1)}, 3, parts),
               2);
  return parts[1];
}

static NodeId b_step_slice(Bench *bench) {
  return make_slice(&bench->maker, bench->nodes[0], (int64_t[]){0, 2, 1, 3, 2, -2});
}

static NodeId b_place(Bench *bench) {
  const int64_t runs[6] = {0, 2, 1, 1, 2, 2};
  const NodeId inputs[2] = {bench->nodes[0], bench->nodes[1]};
  return graph_emit(&bench->graph, OP_PLACE, inputs, 2, runs, 6, &bench->diag);
}

/* An op of x and an index, with attributes. */
static NodeId indexed(Bench *bench, Op op, Shape shape, const double *index, const int64_t *attrs,
                      int attr_count) {
  NodeId where = bench_values(bench, DTYPE_I32, shape, index);
  const NodeId inputs[2] = {bench->nodes[0], where};
  return graph_emit(&bench->graph, op, inputs, 2, attrs, attr_count, &bench->diag);
}

static NodeId b_gather(Bench *bench) {
  return indexed(bench, OP_GATHER, SHAPE(2, 2), (double[]){2, 0, 2, -1}, (int64_t[]){1}, 1);
}
static NodeId b_scatter(Bench *bench) {
  return indexed(bench, OP_SCATTER, SHAPE(3), (double[]){2, 0, 2}, (int64_t[]){1, 4}, 2);
}
static NodeId b_pick(Bench *bench) {
  return indexed(bench, OP_PICK, SHAPE(2, 2), (double[]){2, 0, 1, 1}, (int64_t[]){1}, 1);
}
static NodeId b_drop(Bench *bench) {
  return indexed(bench, OP_DROP, SHAPE(2, 3), (double[]){2, 0, 2, 1, 3, 1}, (int64_t[]){1, 4}, 2);
}

Test(gradient, of_moves) {
  CHECK("expand", b_expand, {SHAPE(3), -1, 1});
  CHECK("expand of ones", b_expand, {SHAPE(2, 1), -1, 1});
  CHECK("reshape", b_reshape, {SHAPE(2, 6), -1, 1});
  CHECK("permute", b_permute, {SHAPE(2, 3, 2), -1, 1});
  CHECK("'", b_transpose, {SHAPE(2, 2, 3), -1, 1});
  CHECK("concat", b_concat, {SHAPE(2, 3), -1, 1}, {SHAPE(2, 1), -1, 1});
  CHECK("stack", b_stack, {SHAPE(2, 3), -1, 1}, {SHAPE(2, 3), -1, 1});
  CHECK("pad", b_pad, {SHAPE(2, 2), -1, 1});
  CHECK("flip", b_flip, {SHAPE(2, 3), -1, 1});
  CHECK("roll", b_roll, {SHAPE(2, 3), -1, 1});
  CHECK("tril", b_tril, {SHAPE(3, 2), -1, 1});
  CHECK("triu", b_triu, {SHAPE(2, 3, 3), -1, 1});
  CHECK("diag", b_diag, {SHAPE(3), -1, 1});
  CHECK("diag, tall", b_diag, {SHAPE(4, 3), -1, 1});
  CHECK("diag, wide", b_diag, {SHAPE(2, 5), -1, 1});
  CHECK("diag below, tall", b_diag_below, {SHAPE(5, 2), -1, 1});
  CHECK("chunk", b_chunk, {SHAPE(2, 5), -1, 1});
  CHECK("slice by -2", b_step_slice, {SHAPE(2, 4), -1, 1});
  CHECK("place", b_place, {SHAPE(2, 4), -1, 1}, {SHAPE(2, 2), -1, 1});
  CHECK("gather", b_gather, {SHAPE(2, 3), -1, 1});
  CHECK("scatter", b_scatter, {SHAPE(2, 3), -1, 1});
  CHECK("pick", b_pick, {SHAPE(2, 3), -1, 1});
  CHECK("drop", b_drop, {SHAPE(2, 3), -1, 1});
}

/* ---- parts of one tensor, taken many times: their shares are put together (gradient_parts.c) ----
 */

/* Adds tanh(part) times a weight of its own, so that first and second derivatives differ from part
 * to part. */
static NodeId weigh(Bench *bench, NodeId sum, NodeId part, int number) {
  Maker *maker = &bench->maker;
  NodeId term = make_sum(
      maker, make2(maker, OP_MUL, make1(maker, OP_TANH, part), make_number(maker, 0.5 + number)),
      ~0u, false);
  return sum ? make2(maker, OP_ADD, sum, term) : term;
}

/* Slices of rank 2, six numbers each; with them the whole, if wanted. */
static NodeId of_slices(Bench *bench, const int64_t (*runs)[6], int count, bool whole) {
  NodeId sum = whole ? weigh(bench, 0, bench->nodes[0], 9) : 0;
  for (int i = 0; i < count; i++)
    sum = weigh(bench, sum, make_slice(&bench->maker, bench->nodes[0], runs[i]), i);
  return sum;
}

static NodeId b_rows_that_tile(Bench *bench) {
  return of_slices(bench,
                   (const int64_t[][6]){{2, 1, 1, 0, 3, 1}, {0, 2, 1, 0, 3, 1}, {3, 2, 1, 0, 3, 1}},
                   3, true);
}
static NodeId b_columns_that_tile(Bench *bench) {
  return of_slices(bench,
                   (const int64_t[][6]){{0, 5, 1, 2, 1, 1}, {0, 5, 1, 1, 1, 1}, {0, 5, 1, 0, 1, 1}},
                   3, false);
}
static NodeId b_some_rows(Bench *bench) {
  return of_slices(bench, (const int64_t[][6]){{4, 1, 1, 0, 3, 1}, {1, 1, 1, 0, 3, 1}}, 2, false);
}
static NodeId b_windows(Bench *bench) {
  return of_slices(bench,
                   (const int64_t[][6]){{0, 3, 1, 0, 3, 1},
                                        {1, 3, 1, 0, 3, 1},
                                        {2, 3, 1, 0, 3, 1},
                                        {0, 4, 1, 1, 2, 1},
                                        {1, 4, 1, 0, 2, 1}},
                   5, false);
}
static NodeId b_combs(Bench *bench) {
  return of_slices(
      bench, (const int64_t[][6]){{0, 3, 2, 0, 3, 1}, {1, 2, 2, 2, 3, -1}, {4, 5, -1, 1, 1, 1}}, 3,
      true);
}
static NodeId b_one_and_nothing(Bench *bench) {
  return of_slices(bench, (const int64_t[][6]){{0, 0, 1, 0, 3, 1}, {0, 2, 2, 0, 2, 2}}, 2, false);
}

/* A GATHER or PICK of the first operand along axis 1. */
static NodeId along(Bench *bench, Op op, Shape shape, const double *index) {
  return indexed(bench, op, shape, index, (int64_t[]){1}, 1);
}

static NodeId b_indices(Bench *bench) {
  NodeId sum = weigh(bench, 0, along(bench, OP_GATHER, SHAPE(2, 2), (double[]){2, 0, 2, -1}), 0);
  sum = weigh(bench, sum, along(bench, OP_GATHER, SHAPE(1), (double[]){1}), 1);
  sum = weigh(bench, sum, along(bench, OP_PICK, SHAPE(5, 1), (double[]){2, 0, 1, 1, -3}), 2);
  sum = weigh(bench, sum,
              along(bench, OP_PICK, SHAPE(5, 2), (double[]){0, 0, 1, 2, 2, 1, 0, -1, 1, 1}), 3);
  sum = weigh(bench, sum, along(bench, OP_GATHER, (Shape){0}, (double[]){-2}), 4);
  return weigh(bench, sum,
               make_slice(&bench->maker, bench->nodes[0], (int64_t[]){1, 2, 1, 0, 3, 1}), 5);
}

static NodeId b_patch(Bench *bench) {
  const int64_t attrs[14] = {4, 5, 1, 2, 1, 0, 3, 2, 3, 3, -1, 4, 2, -2};
  return graph_emit(&bench->graph, OP_PATCH, bench->nodes, 2, attrs, 14, &bench->diag);
}

Test(gradient, of_many_parts) {
  CHECK("rows that tile", b_rows_that_tile, {SHAPE(5, 3), -1, 1});
  CHECK("columns that tile", b_columns_that_tile, {SHAPE(5, 3), -1, 1});
  CHECK("some rows", b_some_rows, {SHAPE(5, 3), -1, 1});
  CHECK("windows", b_windows, {SHAPE(5, 3), -1, 1});
  CHECK("combs", b_combs, {SHAPE(5, 3), -1, 1});
  CHECK("one and nothing", b_one_and_nothing, {SHAPE(5, 3), -1, 1});
  CHECK("indices", b_indices, {SHAPE(5, 3), -1, 1});
  CHECK("patch", b_patch, {SHAPE(2, 3), -1, 1}, {SHAPE(3, 2), -1, 1});
}

/* What a gradient is made of grows with what was read, not with its square: nodes, their inputs and
 * the elements that they hold. */
static double elements_of_gradient(int64_t reads, int axis, bool index) {
  Bench *bench = bench_new(DTYPE_F32);
  Type type = {.dtype = DTYPE_F32, .shape = axis ? SHAPE(8, reads) : SHAPE(reads, 8)};
  NodeId x = bench->nodes[0] = graph_input(&bench->graph, &type, 0), sum = 0, into;
  for (int64_t t = 0; t < reads; t++) {
    const int64_t runs[6] = {axis ? 0 : t, axis ? 8 : 1, 1, axis ? t : 0, axis ? 1 : 8, 1},
                  attr = axis;
    const NodeId inputs[2] = {x, graph_constant(&bench->graph, (double)t, DTYPE_I32)};
    NodeId part = index ? graph_emit(&bench->graph, OP_GATHER, inputs, 2, &attr, 1, &bench->diag)
                        : make_slice(&bench->maker, x, runs);
    sum = weigh(bench, sum, part, (int)t);
  }
  NodeId before = bench->graph.count;
  cr_assert(gradient(&bench->graph, sum, 0, &x, 1, &into, &bench->diag));
  double elements = 0;
  for (NodeId id = before; id < bench->graph.count; id++) {
    const Node *node = graph_node(&bench->graph, id);
    elements += 1 + node->input_count + node->attr_count + (double)shape_count(&node->type.shape);
  }
  bench_free(bench);
  return elements;
}

/* With GD_HARSH few parts are put together at once, so that all ways are gone; linear it is with as
 * many as there are. */
#if defined(GD_HARSH)
enum { FEW_PARTS = true };
#else
enum { FEW_PARTS = false };
#endif

Test(gradient, of_parts_is_linear, .disabled = FEW_PARTS) {
  for (int kind = 0; kind < 4; kind++) {
    double few = elements_of_gradient(64, kind & 1, kind & 2),
           more = elements_of_gradient(256, kind & 1, kind & 2),
           many = elements_of_gradient(1024, kind & 1, kind & 2);
    cr_expect_leq(more, 4.1 * few, "kind %d: %g and %g", kind, few, more);
    cr_expect_leq(many, 4.1 * more, "kind %d: %g and %g", kind, more, many);
  }
}

/* ---- reducing ---- */

static const char *row_name;
static NodeId b_row(Bench *bench) { return CALL(bench, row_name, X); }
static NodeId b_row_axis(Bench *bench) { return CALL(bench, row_name, X, number_arg(1)); }
static NodeId b_row_first_axis(Bench *bench) {
  return CALL(bench, row_name, X, number_arg(0), bool_arg(true));
}

Test(gradient, of_reductions) {
  static const char *const names[] = {"sum",  "prod", "min", "max",
                                      "mean", "var",  "std", "logsumexp"};
  for (int i = 0; i < COUNT_OF(names); i++) {
    row_name = names[i];
    CHECK(names[i], b_row, {SHAPE(2, 3), -2, 2});
    CHECK(names[i], b_row_axis, {SHAPE(2, 3), -2, 2});
    CHECK(names[i], b_row_first_axis, {SHAPE(2, 2, 2), -2, 2});
  }
}

Test(gradient, of_what_runs_along_an_axis) {
  static const char *const names[] = {"cumsum", "softmax", "log_softmax", "sort"};
  for (int i = 0; i < COUNT_OF(names); i++) {
    row_name = names[i];
    CHECK(names[i], b_row_axis, {SHAPE(2, 3), -2, 2});
    CHECK(names[i], b_row_axis, {SHAPE(2, 3, 2), -2, 2});
  }
}

static NodeId b_norm1(Bench *bench) { return CALL(bench, "norm", X, number_arg(1), number_arg(1)); }
static NodeId b_norm2(Bench *bench) { return CALL(bench, "norm", X, number_arg(2), number_arg(1)); }
static NodeId b_norm3(Bench *bench) {
  return CALL(bench, "norm", X, number_arg(3), number_arg(1), bool_arg(true));
}
static NodeId b_norm_most(Bench *bench) { return CALL(bench, "norm", X, number_arg(INFINITY)); }
static NodeId b_topk(Bench *bench) { return CALL(bench, "topk", X, number_arg(2)); }
static NodeId b_var(Bench *bench) {
  return CALL(bench, "var", X, number_arg(0), bool_arg(false), number_arg(1));
}

Test(gradient, of_norms_and_spread) {
  CHECK("norm 1", b_norm1, {SHAPE(2, 3), -2, 2});
  CHECK("norm 2", b_norm2, {SHAPE(2, 3), -2, 2});
  CHECK("norm 3", b_norm3, {SHAPE(2, 3), -2, 2});
  CHECK("norm inf", b_norm_most, {SHAPE(2, 3), -2, 2});
  CHECK("topk", b_topk, {SHAPE(2, 4), -2, 2});
  CHECK("var, ddof 1", b_var, {SHAPE(3, 2), -2, 2});
}

/* prod at zeros: one, two, three of them. */
Test(gradient, of_prod_at_zeros) {
  for (int zeros = 1; zeros <= 3; zeros++) {
    Bench *bench = bench_new(DTYPE_F64);
    NodeId x = VALUES(bench, DTYPE_F64, SHAPE(4), zeros > 0 ? 0 : 2, 3, zeros > 1 ? 0 : -1.5,
                      zeros > 2 ? 0 : 0.5),
           into, again;
    NodeId y = CALL(bench, "prod", node_arg(x));
    cr_assert(gradient(&bench->graph, y, 0, &x, 1, &into, &bench->diag));
    check_against_differences(bench, y, into, 0, 1e-6, "prod", 1);
    NodeId loss = weighted(bench, into, 3);
    cr_assert(gradient(&bench->graph, loss, 0, &x, 1, &again, &bench->diag));
    /* differences would step off the zero: the second derivatives are products of two */
    for (int64_t i = 0; i < 4; i++) {
      double want = 0;
      for (int64_t j = 0; j < 4; j++) {
        double others = 1;
        for (int64_t k = 0; k < 4; k++)
          others *= k == i || k == j ? 1 : tensor_get(&bench->inputs[0], k);
        if (j != i) want += others * (bench_noise(3, j) - 0.3);
      }
      cr_assert_float_eq(bench_number(bench, again, i), want, 1e-12);
    }
    bench_free(bench);
  }
}

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
  CHECK("conv1d", b_conv1d, {SHAPE(2, 2, 5), -1, 1}, {SHAPE(3, 2, 3), -1, 1}, {SHAPE(3), -1, 1});
  CHECK("conv_transpose2d", b_conv_transpose, {SHAPE(1, 2, 2, 2), -1, 1},
        {SHAPE(2, 1, 3, 3), -1, 1}, {SHAPE(1), -1, 1});
}

Test(gradient, of_pooling) {
  CHECK("max_pool2d", b_max_pool, {SHAPE(1, 2, 3, 3), -1, 1});
  CHECK("avg_pool2d", b_avg_pool, {SHAPE(1, 2, 3, 3), -1, 1});
}

/* ---- paths ---- */

Test(gradient, stops_where_it_must) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), 1, 2), into[2];
  NodeId stopped = CALL(bench, "stop_gradient", node_arg(x));
  NodeId y = make_sum(maker, make2(maker, OP_MUL, stopped, x), ~0u, false);
  cr_assert(gradient(&bench->graph, y, 0, &x, 1, into, &bench->diag));
  bench_prints(bench, into[0], "[1, 2]");
  NodeId whole = make_sum(maker, make_cast(maker, make_cast(maker, x, DTYPE_I32), DTYPE_F64), ~0u,
                          false);
  cr_assert(gradient(&bench->graph, whole, 0, &x, 1, into, &bench->diag));
  cr_assert_eq(into[0], 0, "a whole number has no gradient");
  NodeId other = bench_input(bench, DTYPE_F64, SHAPE(2));
  cr_assert(gradient(&bench->graph, y, 0, (NodeId[]){x, other}, 2, into, &bench->diag));
  cr_assert_eq(into[1], 0, "y does not depend on it");
  bench_free(bench);
}

/* Through places alone there is no gradient, and 0 would be a lie; beside a path of values they do
 * not matter. */
Test(gradient, refuses_places) {
  static const char *const names[] = {"argsort", "argmax", "argmin"};
  for (int i = 0; i < COUNT_OF(names); i++) {
    Bench *bench = bench_new(DTYPE_F64);
    NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), 1, 2), into;
    NodeId place = make_cast(&bench->maker, CALL(bench, names[i], node_arg(x)), DTYPE_F64),
           y = make_sum(&bench->maker, place, ~0u, false);
    cr_assert(!gradient(&bench->graph, y, 0, &x, 1, &into, &bench->diag));
    cr_assert(strstr(bench->diag.message, names[i]) &&
                  strstr(bench->diag.message, "cannot be differentiated"),
              "%s", bench->diag.message);
    bench->diag = (Diag){0};
    NodeId beside = make2(&bench->maker, OP_MUL, y, make_sum(&bench->maker, x, ~0u, false));
    cr_assert(gradient(&bench->graph, beside, 0, &x, 1, &into, &bench->diag) && into);
    bench->diag = (Diag){0};
    NodeId stopped = CALL(bench, names[i], node_arg(CALL(bench, "stop_gradient", node_arg(x))));
    cr_assert(gradient(&bench->graph, stopped, 0, &x, 1, &into, &bench->diag) && !into);
    bench_free(bench);
  }
}

Test(gradient, in_an_inner_node_and_a_seed) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), 1, 2), into[2];
  NodeId inner = make1(maker, OP_SQUARE, x), y = make2(maker, OP_MUL, inner, make_number(maker, 3));
  NodeId seed = VALUES(bench, DTYPE_F64, SHAPE(2), 10, 1);
  cr_assert(gradient(&bench->graph, y, seed, (NodeId[]){x, inner}, 2, into, &bench->diag));
  bench_prints(bench, into[0], "[60, 12]");
  bench_prints(bench, into[1], "[30, 3]");
  bench_free(bench);
}

Test(gradient, casts_back) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId x = VALUES(bench, DTYPE_F32, SHAPE(2), 1, 2), z = VALUES(bench, DTYPE_F64, SHAPE(2), 3, 4),
         into[2];
  NodeId y = make_sum(maker, make2(maker, OP_MUL, x, z), ~0u, false);
  bench_type(bench, y, "f64");
  cr_assert(gradient(&bench->graph, y, 0, (NodeId[]){x, z}, 2, into, &bench->diag));
  bench_type(bench, into[0], "f32[2]");
  bench_prints(bench, into[0], "[3, 4]");
  bench_type(bench, into[1], "f64[2]");
  bench_free(bench);
}

static bool custom_rule(void *context, Graph *graph, int64_t hook, const NodeId *args,
                        int arg_count, NodeId y, NodeId dy, NodeId *into, Diag *diag) {
  (void)context, (void)args, (void)y;
  cr_assert(hook == 7 && arg_count == 2);
  Maker maker = {graph, diag};
  into[0] = make2(&maker, OP_MUL, dy, make_number(&maker, 100));
  into[1] = 0;
  return true;
}

Test(gradient, of_a_custom_node) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  bench->graph.custom = custom_rule;
  NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), 1, 2), z = VALUES(bench, DTYPE_F64, SHAPE(2), 1, 2),
         into[2];
  const NodeId inputs[3] = {make1(maker, OP_SIN, x), x, z};
  const int64_t hook = 7;
  NodeId y = make_sum(
      maker, graph_emit(&bench->graph, OP_CUSTOM, inputs, 3, &hook, 1, &bench->diag), ~0u, false);
  cr_assert(gradient(&bench->graph, y, 0, (NodeId[]){x, z}, 2, into, &bench->diag));
  bench_prints(bench, into[0], "[100, 100]");
  cr_assert_eq(into[1], 0);
  bench_free(bench);
}

/* A chain of 100,000 nodes: no recursion anywhere. */
static bool reaches(const Graph *graph, NodeId from, NodeId node) {
  bool *reached = graph_reached(graph, from);
  bool found = node <= from && reached[node];
  mem_free(reached);
  return found;
}

Test(gradient, of_a_long_chain) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  NodeId x = VALUES(bench, DTYPE_F64, SCALAR, 0.5), y = x, into;
  for (int i = 0; i < 100000; i++) y = make1(maker, OP_SIN, y);
  cr_assert(gradient(&bench->graph, y, 0, &x, 1, &into, &bench->diag));
  cr_assert(reaches(&bench->graph, into, x));
  bench_free(bench);
}

/* Nodes of a gradient point at the line that they differentiate. */
Test(gradient, carries_spans) {
  Bench *bench = bench_new(DTYPE_F64);
  Maker *maker = &bench->maker;
  NodeId x = VALUES(bench, DTYPE_F64, SCALAR, 0.5), into;
  bench->graph.span = (Span){1, 10, 20};
  NodeId y = make1(maker, OP_TAN, x);
  bench->graph.span = (Span){1, 30, 40};
  NodeId loss = make1(maker, OP_SQUARE, y);
  bench->graph.span = (Span){1, 50, 60};
  cr_assert(gradient(&bench->graph, loss, 0, &x, 1, &into, &bench->diag));
  cr_assert_eq(graph_node(&bench->graph, into)->span.start, 10);
  cr_assert_eq(bench->graph.span.start, 50);
  bench_free(bench);
}
