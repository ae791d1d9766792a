/* ops_test.c — the table as data: every row can be found, and says what it must. */
#include <ctype.h>

#include "runtime/graph/ops.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

/* Parameters of a signature: commas outside of it there are none. */
static int parameters_of(const char *signature) {
  const char *open = strchr(signature, '(');
  if (!open || open[1] == ')') return 0;
  int count = 1;
  for (const char *at = open; *at; at++) count += *at == ',';
  return count;
}

Test(ops, every_row_is_whole) {
  int rows = 0;
  for (const OpRow *row; (row = ops_row(rows)); rows++) {
    cr_assert(row->name[0] && strchr(row->signature, '('), "row %d", rows);
    cr_assert_eq(strncmp(row->name, row->signature, strlen(row->name)), 0);
    cr_assert_eq(parameters_of(row->signature), (int)strlen(row->kinds),
                 "%s has as many kinds as parameters", row->signature);
    for (const char *kind = row->kinds; *kind; kind++)
      cr_assert(strchr("xonmvibsdXIp", *kind), "%s: kind %c", row->signature, *kind);
    cr_assert(row->build && row->sentence[0] && row->example[0] && row->prints[0], "%s",
              row->signature);
    cr_assert_eq(row->check[0] == 0, row->domain[0] == 0, "%s: check and domain go together",
                 row->signature);
    const OpRow *found = ops_find(row->name);
    cr_assert(found == row || (strcmp(row->name, "-") == 0 && found->op == OP_SUB), "%s",
              row->signature);
  }
  cr_assert_gt(rows, 140);
  cr_assert_null(ops_row(-1));
  cr_assert_null(ops_find("no_such_name"));
  cr_assert_null(ops_find(""));
}

/* Every name of LANGUAGE.md section 12 that is a row. */
Test(ops, the_names_of_the_language) {
  static const char names[] =
      "zeros ones full eye arange linspace one_hot normal uniform xavier_normal xavier_uniform "
      "he_normal he_uniform orthogonal reshape permute flatten expand concat stack chunk pad flip "
      "roll tril triu diag abs sign square sqrt rsqrt exp expm1 log log1p log2 log10 sin cos tan "
      "asin acos atan sinh cosh tanh asinh acosh atanh atan2 hypot erf erfc lgamma digamma floor "
      "ceil "
      "round trunc minimum maximum clamp where isnan isinf sigmoid log_sigmoid relu leaky_relu elu "
      "selu gelu silu mish softplus softsign hardtanh hardsigmoid sum mean prod min max argmin "
      "argmax "
      "any all var std norm logsumexp cumsum sort argsort topk softmax log_softmax dot outer "
      "einsum trace det inverse solve cholesky qr svd eigh conv2d max_pool2d avg_pool2d conv1d "
      "conv_transpose1d max_pool1d avg_pool1d "
      "conv_transpose2d rand randn randint permutation bernoulli categorical f32 f64 i32 u8 bool "
      "scatter cumprod logcumsumexp searchsorted slogdet zeros_like ones_like meshgrid tile repeat "
      "gather "
      "windows resize "
      "median quantile kron "
      "solve_triangular lstsq logaddexp idiv isfinite stop_gradient + - * / % ^ @ == != < <= > >= "
      "and or not '";
  char name[32];
  for (const char *at = names; *at; at += strspn(at, " ")) {
    size_t length = strcspn(at, " ");
    memcpy(name, at, length);
    name[length] = 0;
    cr_assert(ops_find(name), "%s is missing", name);
    at += length;
  }
}

Test(ops, names_and_kinds_of_operations) {
  cr_assert_str_eq(op_name(OP_MATMUL), "@");
  cr_assert_str_eq(op_name(OP_SUM), "sum");
  cr_assert_str_eq(op_name(OP_LOG), "log");
  cr_assert_str_eq(op_name(OP_GATHER), "gather");
  cr_assert_str_eq(op_name(OP_DIAG_PART), "diag_part");
  cr_assert_eq(op_class(OP_ADD), CLASS_ARITH);
  cr_assert_eq(op_class(OP_WHERE), CLASS_SELECT);
  cr_assert_eq(op_class(OP_SUM), CLASS_NONE);
  cr_assert(op_differentiable(OP_QR) && op_differentiable(OP_TANH));
  for (int op = 1; op < OP_COUNT; op++)
    cr_assert(op_name((Op)op)[0], "operation %d has no name", op);
  cr_assert(ops_find("rand")->draws && ops_find("he_normal")->draws && !ops_find("zeros")->draws);
}

/* Defaults stand in signatures and are read from there. */
Test(ops, defaults_of_elementwise_rows) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId x = VALUES(bench, DTYPE_F64, SHAPE(2), -1, 2);
  bench_prints(bench, CALL(bench, "leaky_relu", node_arg(x)), "[-0.01, 2]");
  bench_prints(bench, CALL(bench, "leaky_relu", node_arg(x), number_arg(0.5)), "[-0.5, 2]");
  cr_assert_float_eq(bench_number(bench, CALL(bench, "elu", node_arg(x)), 0), expm1(-1), 1e-15);
  bench_free(bench);
}
