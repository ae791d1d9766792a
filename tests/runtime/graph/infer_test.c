/* infer_test.c — shapes, dtypes, and what is said when they do not fit. */
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

/* ---- broadcasting, LANGUAGE.md section 3 ---- */

typedef struct Pair {
  Shape a, b;
  const char *result; /* the type, or NULL: an error */
  const char *label;
} Pair;

static void check_pairs(const Pair *pairs, int count) {
  for (int i = 0; i < count; i++) {
    Bench *bench = bench_new(DTYPE_F32);
    NodeId a = bench_input(bench, DTYPE_F32, pairs[i].a),
           b = bench_input(bench, DTYPE_F32, pairs[i].b);
    NodeId sum = make2(&bench->maker, OP_SUB, a, b);
    if (pairs[i].result) bench_type(bench, sum, pairs[i].result);
    else bench_failed(bench, sum, "shapes do not fit in `-`", pairs[i].label);
    bench_free(bench);
  }
}

Test(infer, broadcasting) {
  const Pair pairs[] = {
      {SCALAR, SCALAR, "f32", ""},
      {SCALAR, SHAPE(2, 3), "f32[2, 3]", ""},
      {SHAPE(2, 3), SCALAR, "f32[2, 3]", ""},
      {SHAPE(2, 3), SHAPE(3), "f32[2, 3]", ""},
      {SHAPE(3), SHAPE(2, 3), "f32[2, 3]", ""},
      {SHAPE(2, 1), SHAPE(1, 3), "f32[2, 3]", ""},
      {SHAPE(1, 3), SHAPE(3), "f32[1, 3]", ""},
      {SHAPE(4, 2, 3), SHAPE(2, 1), "f32[4, 2, 3]", ""},
      {SHAPE(0, 3), SHAPE(1, 3), "f32[0, 3]", ""},
      {SHAPE(0, 3), SHAPE(3), "f32[0, 3]", ""},
      {SHAPE(1), SHAPE(0), "f32[0]", ""},
      {SHAPE(5), SHAPE(5, 1), NULL, "[5] - [5, 1]: the result would be [5, 5]"},
      {SHAPE(5, 1), SHAPE(5), NULL, "[5, 1] - [5]: the result would be [5, 5]"},
      {SHAPE(3), SHAPE(4, 1), NULL, "[3] - [4, 1]: the result would be [4, 3]"},
      {SHAPE(2, 3), SHAPE(1, 2, 1), NULL, "the result would be [1, 2, 3]"},
      {SHAPE(3), SHAPE(4), NULL, "[3] - [4]: 3 and 4 differ"},
      {SHAPE(2, 3), SHAPE(2), NULL, "[2, 3] - [2]: 3 and 2 differ"},
      {SHAPE(0), SHAPE(3), NULL, "[0] - [3]: 0 and 3 differ"},
  };
  check_pairs(pairs, COUNT_OF(pairs));
}

Test(infer, broadcasting_of_three) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId c = bench_input(bench, DTYPE_BOOL, SHAPE(2, 3)),
         a = bench_input(bench, DTYPE_F32, SHAPE(3)),
         b = bench_input(bench, DTYPE_F32, SHAPE(2, 1));
  bench_type(bench, make3(&bench->maker, OP_WHERE, c, a, b), "f32[2, 3]");
  NodeId row = bench_input(bench, DTYPE_BOOL, SHAPE(3));
  bench_failed(bench, make3(&bench->maker, OP_WHERE, row, a, b), "shapes do not fit in `where`",
               "where([3], [3], [2, 1]): the result would be [2, 3]");
  bench_free(bench);
}

/* The help says how to write what was meant. */
Test(infer, broadcasting_helps) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId a = bench_input(bench, DTYPE_F32, SHAPE(5)),
         b = bench_input(bench, DTYPE_F32, SHAPE(5, 1)),
         c = bench_input(bench, DTYPE_F32, SHAPE(5, 3));
  make2(&bench->maker, OP_SUB, a, b);
  cr_assert(strstr(bench->diag.help, "index the [5] with `[:, none]`"), "%s", bench->diag.help);
  cr_assert(strstr(bench->diag.help, "`[none, :]`"), "%s", bench->diag.help);
  bench->diag = (Diag){0};
  make2(&bench->maker, OP_SUB, c, a);
  cr_assert(strstr(bench->diag.help, "`[:, none]`"), "%s", bench->diag.help);
  bench_free(bench);
}

/* ---- dtypes, LANGUAGE.md section 2 ---- */

static NodeId operand(Bench *bench, const char *name) {
  if (strcmp(name, "2") == 0) return make_number(&bench->maker, 2);
  if (strcmp(name, "0") == 0) return make_number(&bench->maker, 0);
  if (strcmp(name, "-2") == 0) return make_number(&bench->maker, -2);
  if (strcmp(name, "300") == 0) return make_number(&bench->maker, 300);
  if (strcmp(name, "0.5") == 0) return make_number(&bench->maker, 0.5);
  if (strcmp(name, "1e10") == 0) return make_number(&bench->maker, 1e10);
  if (strcmp(name, "inf") == 0) return make_number(&bench->maker, INFINITY);
  Dtype dtype;
  cr_assert(dtype_parse(name, &dtype), "%s", name);
  return bench_input(bench, dtype, SHAPE(2));
}

typedef struct Mixed {
  const char *row, *a, *b, *result;
} Mixed;

Test(infer, promotion) {
  static const Mixed cases[] = {
      {"+", "f32", "0.5", "f32[2]"},      {"+", "f32", "f64", "f64[2]"},
      {"+", "i32", "f32", "f32[2]"},      {"+", "bool", "f64", "f64[2]"},
      {"+", "i32", "2", "i32[2]"},        {"+", "i32", "0.5", "f32[2]"},
      {"+", "u8", "u8", "i32[2]"},        {"+", "bool", "bool", "i32[2]"},
      {"-", "bool", "2", "i32[2]"},       {"*", "bool", "0.5", "f32[2]"},
      {"%", "u8", "2", "i32[2]"},         {"*", "i32", "inf", "f32[2]"},
      {"/", "i32", "i32", "f32[2]"},      {"/", "u8", "2", "f32[2]"},
      {"/", "f64", "i32", "f64[2]"},      {"^", "i32", "2", "i32[2]"},
      {"^", "i32", "u8", "i32[2]"},       {"^", "f64", "2", "f64[2]"},
      {"^", "u8", "0", "i32[2]"},         {"^", "i32", "-2", "f32[2]"},
      {"^", "2", "i32", "f32[2]"},        {"^", "i32", "0.5", "f32[2]"},
      {"atan2", "i32", "2", "f32[2]"},    {"maximum", "u8", "2", "u8[2]"},
      {"maximum", "u8", "300", "i32[2]"}, {"maximum", "u8", "0.5", "f32[2]"},
      {"maximum", "i32", "u8", "i32[2]"}, {"minimum", "bool", "2", "i32[2]"},
      {"<", "i32", "0.5", "bool[2]"},     {"==", "u8", "f32", "bool[2]"},
      {"<", "i32", "1e10", "bool[2]"},    {"and", "f32", "i32", "bool[2]"},
      {"+", "2", "0.5", "number"},        {"/", "2", "0.5", "number"},
      {"<", "2", "0.5", "bool"},          {"@", "i32", "i32", "i32"},
      {"@", "f64", "i32", "f64"},         {"leaky_relu", "i32", "0.5", "f32[2]"},
  };
  for (int i = 0; i < COUNT_OF(cases); i++) {
    Bench *bench = bench_new(DTYPE_F32);
    NodeId a = operand(bench, cases[i].a), b = operand(bench, cases[i].b);
    bench_type(bench, CALL(bench, cases[i].row, node_arg(a), node_arg(b)), cases[i].result);
    bench_free(bench);
  }
}

Test(infer, promotion_of_one) {
  static const Mixed cases[] = {
      {"exp", "i32", "", "f32[2]"},     {"exp", "f64", "", "f64[2]"},
      {"exp", "2", "", "number"},       {"abs", "i32", "", "i32[2]"},
      {"abs", "u8", "", "u8[2]"},       {"relu", "i32", "", "i32[2]"},
      {"floor", "i32", "", "i32[2]"},   {"square", "u8", "", "i32[2]"},
      {"not", "f32", "", "bool[2]"},    {"isnan", "f32", "", "bool[2]"},
      {"sum", "bool", "", "i32"},       {"sum", "u8", "", "i32"},
      {"sum", "f64", "", "f64"},        {"prod", "i32", "", "i32"},
      {"cumsum", "bool", "", "i32[2]"}, {"mean", "i32", "", "f32"},
      {"mean", "f64", "", "f64"},       {"max", "u8", "", "u8"},
      {"any", "f32", "", "bool"},       {"argmax", "f32", "", "i32"},
      {"argsort", "f32", "", "i32[2]"}, {"softmax", "i32", "", "f32[2]"},
      {"norm", "i32", "", "f32"},       {"sort", "u8", "", "u8[2]"},
      {"sum", "2", "", "number"},       {"f64", "f32", "", "f64[2]"},
      {"f64", "2", "", "f64"},          {"i32", "2", "", "i32"},
      {"bool", "0.5", "", "bool"},      {"u8", "f32", "", "u8[2]"},
      {"logsumexp", "2", "", "number"}, {"std", "u8", "", "f32"},
      {"var", "i32", "", "f32"},        {"stop_gradient", "2", "", "number"},
  };
  for (int i = 0; i < COUNT_OF(cases); i++) {
    Bench *bench = bench_new(DTYPE_F32);
    bench_type(bench, CALL(bench, cases[i].row, node_arg(operand(bench, cases[i].a))),
               cases[i].result);
    bench_free(bench);
  }
}

Test(infer, precision_f64_makes_f64_the_default) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId whole = bench_input(bench, DTYPE_I32, SHAPE(2)),
         narrow = bench_input(bench, DTYPE_F32, SHAPE(2));
  bench_type(bench, CALL(bench, "exp", node_arg(whole)), "f64[2]");
  bench_type(bench, CALL(bench, "+", node_arg(whole), number_arg(0.5)), "f64[2]");
  bench_type(bench, CALL(bench, "+", node_arg(narrow), number_arg(0.5)), "f32[2]");
  bench_type(bench, CALL(bench, "zeros", NUMBERS_ARG(2)), "f64[2]");
  bench_type(bench, CALL(bench, "arange", number_arg(3)), "f64[3]");
  bench_free(bench);
}

Test(infer, where_with_numbers) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId c = bench_input(bench, DTYPE_BOOL, SHAPE(2)), x = bench_input(bench, DTYPE_I32, SHAPE(2));
  bench_type(bench, CALL(bench, "where", node_arg(c), number_arg(1), number_arg(0)), "f32[2]");
  bench_type(bench, CALL(bench, "where", node_arg(c), node_arg(x), number_arg(0)), "i32[2]");
  bench_type(bench, CALL(bench, "where", node_arg(c), node_arg(x), number_arg(0.5)), "f32[2]");
  bench_free(bench);
}

/* i32 + 1e10: what does not fit is an error, not a wrap. */
Test(infer, a_whole_number_must_fit) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = bench_input(bench, DTYPE_I32, SHAPE(2));
  bench_failed(bench, CALL(bench, "+", node_arg(x), number_arg(1e10)),
               "10000000000 does not fit in i32", "");
  bench_failed(bench, CALL(bench, "i32", number_arg(NAN)), "NaN has no value in i32", "");
  bench_failed(bench, CALL(bench, "i32", number_arg(1e300)), "does not fit in i32", "");
  bench_failed(bench, CALL(bench, "u8", number_arg(256)), "256 does not fit in u8", "");
  bench_prints(bench, CALL(bench, "i32", number_arg(-0.5)), "0");
  bench_free(bench);
}

/* ---- sizes ---- */

Test(infer, sizes_that_cannot_be) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId huge = CALL(bench, "zeros", NUMBERS_ARG(8589934592.0, 8589934592.0));
  cr_assert_eq(huge, 0);
  cr_assert(bench->diag.status, "a shape of 2^66 elements must be refused");
  bench->diag = (Diag){0};
  bench_type(bench, CALL(bench, "zeros", NUMBERS_ARG(0, 4503599627370496.0)),
             "f32[0, 4503599627370496]");
  bench_type(bench, CALL(bench, "zeros", NUMBERS_ARG(0, 9223372036854775808.0)),
             "f32[0, 9223372036854775807]");
  bench_failed(bench, CALL(bench, "zeros", NUMBERS_ARG(-1)),
               "a size must be a whole number of at least 0, not -1", "");
  bench_failed(bench, CALL(bench, "zeros", NUMBERS_ARG(1.5)), "not 1.5", "");
  bench_failed(bench, CALL(bench, "zeros", NUMBERS_ARG(1e30)), "a size of 1e30 is too large", "");
  bench_failed(bench, CALL(bench, "zeros", NUMBERS_ARG(NAN)), "a size must be", "");
  bench_type(bench, CALL(bench, "zeros", NUMBERS_ARG(1, 1, 1, 1, 1, 1, 1, 1)),
             "f32[1, 1, 1, 1, 1, 1, 1, 1]");
  bench_failed(bench, CALL(bench, "zeros", NUMBERS_ARG(1, 1, 1, 1, 1, 1, 1, 1, 1)),
               "at most 8 axes, not 9", "");
  bench_free(bench);
}

/* ---- products ---- */

Test(infer, products) {
  const Pair good[] = {
      {SHAPE(2, 3), SHAPE(3, 4), "f32[2, 4]", ""},
      {SHAPE(3), SHAPE(3), "f32", ""},
      {SHAPE(2, 3), SHAPE(3), "f32[2]", ""},
      {SHAPE(3), SHAPE(3, 4), "f32[4]", ""},
      {SHAPE(5, 2, 3), SHAPE(3, 4), "f32[5, 2, 4]", ""},
      {SHAPE(5, 2, 3), SHAPE(3), "f32[5, 2]", ""},
      {SHAPE(3), SHAPE(5, 3, 4), "f32[5, 4]", ""},
      {SHAPE(2, 1, 2, 3), SHAPE(6, 3, 4), "f32[2, 6, 2, 4]", ""},
      {SHAPE(2, 0), SHAPE(0, 5), "f32[2, 5]", ""},
  };
  for (int i = 0; i < COUNT_OF(good); i++) {
    Bench *bench = bench_new(DTYPE_F32);
    NodeId a = bench_input(bench, DTYPE_F32, good[i].a),
           b = bench_input(bench, DTYPE_F32, good[i].b);
    bench_type(bench, CALL(bench, "@", node_arg(a), node_arg(b)), good[i].result);
    bench_free(bench);
  }
}

Test(infer, products_that_do_not_fit) {
  const Pair bad[] = {
      {SHAPE(64, 784), SHAPE(768, 128), NULL, "[64, 784] @ [768, 128]: 784 and 768 differ"},
      {SHAPE(3), SHAPE(4), NULL, "[3] @ [4]: 3 and 4 differ"},
      {SHAPE(3), SHAPE(4, 3), NULL, "[3] @ [4, 3]: 3 and 4 differ"},
      {SHAPE(2, 3, 4), SHAPE(5, 4, 2), NULL, "the leading sizes 2 and 5 differ"},
      {SHAPE(2, 3, 4), SHAPE(5, 2), NULL, "[2, 3, 4] @ [5, 2]: 4 and 5 differ"},
      {SCALAR, SHAPE(3), NULL, "[] @ [3]: a number has no axes"},
  };
  for (int i = 0; i < COUNT_OF(bad); i++) {
    Bench *bench = bench_new(DTYPE_F32);
    NodeId a = bench_input(bench, DTYPE_F32, bad[i].a), b = bench_input(bench, DTYPE_F32, bad[i].b);
    bench_failed(bench, CALL(bench, "@", node_arg(a), node_arg(b)), "shapes do not fit in `@`",
                 bad[i].label);
    bench_free(bench);
  }
}

/* A transpose is folded into the product, and the message still shows the shapes of the script. */
Test(infer, a_folded_transpose_does_not_show) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId a = bench_input(bench, DTYPE_F32, SHAPE(2, 3));
  NodeId turned = CALL(bench, "'", node_arg(a));
  bench_failed(bench, CALL(bench, "@", node_arg(turned), node_arg(turned)), "shapes",
               "[3, 2] @ [3, 2]: 2 and 3 differ");
  NodeId good = CALL(bench, "@", node_arg(turned), node_arg(a));
  const Node *node = graph_node(&bench->graph, good);
  cr_assert(node->op == OP_MATMUL && node->attrs[0] == 1 && node->inputs[0] == a);
  make_matmul(&bench->maker, a, a, false, false);
  cr_assert(strstr(bench->diag.help, "`a @ b'`"), "%s", bench->diag.help);
  bench_free(bench);
}
