/* gradient_test.c — the rules of elementwise rows and reductions, and the pass itself: what it
 * reaches, what it adds up, what it refuses. */
#include "runtime/graph/simplify.h"
#include "tests/runtime/graph/differences.h"

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
    bench->graph.again = true;
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
