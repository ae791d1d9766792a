/* build_test.c — the names of the language: what they make, and what they refuse. */
#include "runtime/graph/ops.h"
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

static NodeId ramp(Bench *bench, Shape shape) {
  NodeId x = bench_input(bench, DTYPE_F32, shape);
  for (int64_t i = 0; i < shape_count(&shape); i++)
    tensor_set(&bench->inputs[bench->count - 1], i, (double)i);
  return x;
}

/* ---- making ---- */

Test(build, making) {
  Bench *bench = bench_new(DTYPE_F32);
  bench_prints(bench, CALL(bench, "zeros", NUMBERS_ARG(2, 2)), "[[0, 0], [0, 0]]");
  bench_prints(bench, CALL(bench, "ones", NUMBERS_ARG(2)), "[1, 1]");
  bench_prints(bench,
               CALL(bench, "full", NUMBERS_ARG(2, 1), node_arg(make_number(&bench->maker, 7))),
               "[[7], [7]]");
  bench_prints(bench, CALL(bench, "eye", number_arg(2)), "[[1, 0], [0, 1]]");
  bench_prints(bench, CALL(bench, "eye", number_arg(2), number_arg(3)), "[[1, 0, 0], [0, 1, 0]]");
  bench_prints(bench, CALL(bench, "arange", number_arg(4)), "[0, 1, 2, 3]");
  bench_prints(bench, CALL(bench, "arange", number_arg(1), number_arg(2), number_arg(0.25)),
               "[1, 1.25, 1.5, 1.75]");
  bench_prints(bench, CALL(bench, "arange", number_arg(3), number_arg(0), number_arg(-1)),
               "[3, 2, 1]");
  bench_type(bench, CALL(bench, "arange", number_arg(-1)), "f32[0]");
  bench_prints(bench, CALL(bench, "linspace", number_arg(0), number_arg(1), number_arg(5)),
               "[0, 0.25, 0.5, 0.75, 1]");
  bench_prints(bench, CALL(bench, "linspace", number_arg(2), number_arg(9), number_arg(1)), "[2]");
  bench_type(bench, CALL(bench, "linspace", number_arg(2), number_arg(9), number_arg(0)), "f32[0]");
  bench_failed(bench, CALL(bench, "full", NUMBERS_ARG(2)), "`full` needs `value:`", "");
  bench_failed(bench, CALL(bench, "arange", number_arg(1), number_arg(2), number_arg(0)),
               "must not be 0", "");
  bench_failed(bench, CALL(bench, "arange", number_arg(INFINITY)), "finite", "");
  bench_free(bench);
}

/* Both ends to the bit, in f32 too. */
Test(build, linspace_ends) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = CALL(bench, "linspace", number_arg(-0.1), number_arg(0.7), number_arg(1000));
  cr_assert_eq(bench_number(bench, x, 0), (double)-0.1f);
  cr_assert_eq(bench_number(bench, x, 999), (double)0.7f);
  bench_free(bench);
}

Test(build, one_hot) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId y = VALUES(bench, DTYPE_F32, SHAPE(2), 2, 0);
  bench_prints(bench, CALL(bench, "one_hot", node_arg(y), number_arg(3)), "[[0, 0, 1], [1, 0, 0]]");
  NodeId bytes = VALUES(bench, DTYPE_U8, SHAPE(2, 1), 1, 0);
  bench_prints(bench, CALL(bench, "one_hot", node_arg(bytes), number_arg(2)),
               "[[[0, 1]], [[1, 0]]]");
  NodeId beyond = VALUES(bench, DTYPE_I32, SHAPE(2), 0, 3);
  bench_fault(bench, CALL(bench, "one_hot", node_arg(beyond), number_arg(3)), "3");
  NodeId below = VALUES(bench, DTYPE_I32, SHAPE(1), -1);
  bench_fault(bench, CALL(bench, "one_hot", node_arg(below), number_arg(3)), "-1");
  bench_failed(bench, CALL(bench, "one_hot", node_arg(y), number_arg(0)),
               "the number of classes must be a whole number", "");
  bench_free(bench);
}

Test(build, an_index_must_be_whole) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId broken = VALUES(bench, DTYPE_F32, SHAPE(3), 1, 1.5, 0);
  bench_fault(bench, make_index(&bench->maker, broken, INT32_MIN, (int64_t)INT32_MAX + 1), "1.5");
  NodeId whole = VALUES(bench, DTYPE_I32, SHAPE(2), 1, 2),
         truth = VALUES(bench, DTYPE_BOOL, SHAPE(2), 1, 0);
  cr_assert_eq(make_index(&bench->maker, whole, INT32_MIN, (int64_t)INT32_MAX + 1), whole);
  bench_type(bench, make_index(&bench->maker, truth, INT32_MIN, (int64_t)INT32_MAX + 1), "i32[2]");
  bench_free(bench);
}

/* ---- shape ---- */

/* The same indices on every line name slices, which are moved whole. */
Test(build, an_index_that_all_lines_share) {
  Bench *bench = bench_new(DTYPE_F32);
  const Arg axis = number_arg(0);
  NodeId x = ramp(bench, SHAPE(3, 2)), column = VALUES(bench, DTYPE_I32, SHAPE(2, 1), 2, 0),
         own = VALUES(bench, DTYPE_I32, SHAPE(2, 2), 2, 0, 1, 1);
  NodeId rows = CALL(bench, "gather", node_arg(x), node_arg(column), axis);
  bench_prints(bench, rows, "[[4, 5], [0, 1]]");
  cr_assert_eq(graph_node(bench->maker.graph, rows)->op, OP_GATHER);
  NodeId picked = CALL(bench, "gather", node_arg(x), node_arg(own), axis);
  bench_prints(bench, picked, "[[4, 1], [2, 3]]");
  cr_assert_eq(graph_node(bench->maker.graph, picked)->op, OP_PICK);
  NodeId sums = CALL(bench, "scatter_add", node_arg(x), node_arg(column), node_arg(rows), axis);
  bench_prints(bench, sums, "[[0, 2], [2, 3], [8, 10]]");
  cr_assert_eq(graph_node(bench->maker.graph, graph_node(bench->maker.graph, sums)->inputs[1])->op,
               OP_SCATTER);
  bench_free(bench);
}

Test(build, reshape) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = ramp(bench, SHAPE(2, 3)), empty = bench_input(bench, DTYPE_F32, SHAPE(0, 3));
  bench_type(bench, CALL(bench, "reshape", node_arg(x), NUMBERS_ARG(3, -1)), "f32[3, 2]");
  bench_type(bench, CALL(bench, "reshape", node_arg(x), number_arg(-1)), "f32[6]");
  bench_type(bench, CALL(bench, "reshape", node_arg(empty), NUMBERS_ARG(3, -1)), "f32[3, 0]");
  bench_failed(bench, CALL(bench, "reshape", node_arg(x), NUMBERS_ARG(-1, -1)),
               "only one size may be -1", "");
  bench_failed(bench, CALL(bench, "reshape", node_arg(x), NUMBERS_ARG(4, -1)),
               "its 6 elements are not a multiple of 4", "");
  bench_failed(bench, CALL(bench, "reshape", node_arg(x), NUMBERS_ARG(0, -1)),
               "cannot be computed beside a size of 0", "");
  bench_failed(bench, CALL(bench, "reshape", node_arg(x), NUMBERS_ARG(2, 2)),
               "[2, 3] cannot be reshaped to [2, 2]", "6 elements, not 4");
  bench_failed(bench, CALL(bench, "reshape", node_arg(x), NUMBERS_ARG(4294967296.0, 4294967296.0)),
               "", "");
  cr_assert_eq(CALL(bench, "reshape", node_arg(x), NUMBERS_ARG(2, 3)), x,
               "the same shape is the same node");
  bench_free(bench);
}

Test(build, permute) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = ramp(bench, SHAPE(2, 3, 4));
  bench_type(bench, CALL(bench, "permute", node_arg(x), NUMBERS_ARG(-1, 0, 1)), "f32[4, 2, 3]");
  bench_failed(bench, CALL(bench, "permute", node_arg(x), NUMBERS_ARG(0, 1, 1)),
               "axis 1 is given twice", "");
  bench_failed(bench, CALL(bench, "permute", node_arg(x), NUMBERS_ARG(0, 1)),
               "each of the 3 axes once, not 2", "");
  bench_failed(bench, CALL(bench, "permute", node_arg(x), NUMBERS_ARG(0, 1, 3)),
               "there is no axis 3", "3 axes: 0 to 2");
  NodeId turned = CALL(bench, "'", node_arg(x));
  cr_assert_eq(CALL(bench, "'", node_arg(turned)), x, "two transposes are none");
  NodeId vector = ramp(bench, SHAPE(5));
  bench_failed(bench, CALL(bench, "'", node_arg(vector)), "swaps the last two axes; [5] has one",
               "");
  bench_free(bench);
}

Test(build, axes) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = ramp(bench, SHAPE(2, 3));
  bench_failed(bench, CALL(bench, "sum", node_arg(x), number_arg(2)), "there is no axis 2",
               "the operand has 2 axes: 0 to 1, or -2 to -1");
  bench_failed(bench, CALL(bench, "sum", node_arg(x), number_arg(-3)), "there is no axis -3", "");
  bench_failed(bench, CALL(bench, "sum", node_arg(x), number_arg(9.3e18)), "there is no axis", "");
  bench_failed(bench, CALL(bench, "sum", node_arg(x), number_arg(0.5)),
               "an axis is a whole number, not 0.5", "");
  bench_failed(bench, CALL(bench, "sum", node_arg(x), NUMBERS_ARG(0, -2)), "axis 0 is given twice",
               "");
  bench_failed(bench, CALL(bench, "softmax", number_arg(3)), "the operand has no axes", "");
  bench_type(bench, CALL(bench, "sum", node_arg(x), NUMBERS_ARG(0, 1), bool_arg(true)),
             "f32[1, 1]");
  bench_free(bench);
}

Test(build, joining) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId a = ramp(bench, SHAPE(2, 2)), b = ramp(bench, SHAPE(2, 1)),
         whole = bench_input(bench, DTYPE_I32, SHAPE(2, 2)), r = ramp(bench, SHAPE(2));
  bench_prints(bench, CALL(bench, "concat", NODES_ARG(a, b), number_arg(1)),
               "[[0, 1, 0], [2, 3, 1]]");
  bench_type(bench, CALL(bench, "concat", NODES_ARG(a, whole)), "f32[4, 2]");
  bench_failed(bench, CALL(bench, "concat", NODES_ARG(a, b)), "shapes do not fit in `concat`",
               "concat([2, 2], [2, 1]): 2 and 1 differ on axis 1");
  bench_failed(bench, CALL(bench, "concat", NODES_ARG(a, r)), "shapes do not fit in `concat`",
               "one has 2 axes, another 1");
  bench_prints(bench, CALL(bench, "stack", NODES_ARG(r, r), number_arg(-1)), "[[0, 0], [1, 1]]");
  bench_failed(bench, CALL(bench, "stack", NODES_ARG(a, b)), "`stack` needs tensors of one shape",
               "[2, 2] and [2, 1]");
  bench_failed(bench, CALL(bench, "stack", absent_arg()), "at least one tensor", "");
  NodeId numbers[2] = {make_number(&bench->maker, 1), make_number(&bench->maker, 2)};
  bench_prints(bench, CALL(bench, "stack", NODES_ARG(numbers[0], numbers[1])), "[1, 2]");
  bench_failed(bench, CALL(bench, "concat", NODES_ARG(numbers[0], numbers[1])),
               "a number has no axes", "");
  cr_assert_eq(CALL(bench, "concat", node_arg(a)), a, "of one tensor, it is that tensor");
  bench_free(bench);
}

Test(build, parts_and_borders) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = ramp(bench, SHAPE(5)), m = ramp(bench, SHAPE(2, 3)),
         empty = bench_input(bench, DTYPE_F32, SHAPE(0)), parts[RESULTS_MOST];
  cr_assert_eq(bench_call_all(bench, "chunk", (Arg[]){node_arg(x), number_arg(3)}, 2, parts), 3);
  bench_prints(bench, parts[0], "[0, 1]");
  bench_prints(bench, parts[2], "[4]");
  bench_failed(bench, CALL(bench, "chunk", node_arg(x), number_arg(0)), "the number of parts", "");
  bench_prints(bench, CALL(bench, "flip", node_arg(m)), "[[5, 4, 3], [2, 1, 0]]");
  bench_prints(bench, CALL(bench, "flip", node_arg(m), number_arg(0)), "[[3, 4, 5], [0, 1, 2]]");
  bench_type(bench, CALL(bench, "flip", node_arg(empty)), "f32[0]");
  bench_prints(bench, CALL(bench, "roll", node_arg(x), number_arg(2)), "[3, 4, 0, 1, 2]");
  bench_prints(bench, CALL(bench, "roll", node_arg(x), number_arg(-6)), "[1, 2, 3, 4, 0]");
  bench_prints(bench, CALL(bench, "roll", node_arg(m), number_arg(1)), "[[5, 0, 1], [2, 3, 4]]");
  bench_prints(bench, CALL(bench, "roll", node_arg(m), number_arg(1), number_arg(1)),
               "[[2, 0, 1], [5, 3, 4]]");
  bench_type(bench, CALL(bench, "roll", node_arg(empty), number_arg(1)), "f32[0]");
  bench_prints(bench, CALL(bench, "pad", node_arg(x), NUMBERS_ARG(1, 2)),
               "[0, 0, 1, 2, 3, 4, 0, 0]");
  bench_type(bench, CALL(bench, "pad", node_arg(m), number_arg(1)), "f32[4, 5]");
  bench_prints(bench,
               CALL(bench, "pad", node_arg(m), NUMBERS_ARG(0, 1), number_arg(9), number_arg(1)),
               "[[0, 1, 2, 9], [3, 4, 5, 9]]");
  bench_failed(bench, CALL(bench, "pad", node_arg(m), NUMBERS_ARG(0, 1)),
               "before and after for each of the 2 axes", "");
  bench_failed(bench, CALL(bench, "pad", node_arg(m), number_arg(-1)), "an amount of padding", "");
  NodeId whole = VALUES(bench, DTYPE_I32, SHAPE(1), 7);
  bench_type(bench, CALL(bench, "pad", node_arg(whole), number_arg(1), number_arg(2)), "i32[3]");
  bench_type(bench, CALL(bench, "pad", node_arg(whole), number_arg(1), number_arg(0.5)), "f32[3]");
  bench_free(bench);
}

Test(build, triangles_and_diagonals) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId m = ramp(bench, SHAPE(2, 3)), v = ramp(bench, SHAPE(2));
  bench_prints(bench, CALL(bench, "tril", node_arg(m)), "[[0, 0, 0], [3, 4, 0]]");
  bench_prints(bench, CALL(bench, "triu", node_arg(m), number_arg(1)), "[[0, 1, 2], [0, 0, 5]]");
  bench_prints(bench, CALL(bench, "diag", node_arg(m)), "[0, 4]");
  bench_prints(bench, CALL(bench, "diag", node_arg(m), number_arg(2)), "[2]");
  bench_type(bench, CALL(bench, "diag", node_arg(m), number_arg(7)), "f32[0]");
  bench_prints(bench, CALL(bench, "diag", node_arg(v), number_arg(-1)),
               "[[0, 0, 0], [0, 0, 0], [0, 1, 0]]");
  bench_failed(bench, CALL(bench, "tril", node_arg(v)), "a matrix is needed, not the shape [2]",
               "");
  bench_failed(bench, CALL(bench, "diag", number_arg(1)), "needs a vector or a matrix", "");
  bench_free(bench);
}

Test(build, expand_and_flatten) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId v = ramp(bench, SHAPE(3)), m = ramp(bench, SHAPE(2, 2, 2));
  bench_type(bench, CALL(bench, "expand", node_arg(v), NUMBERS_ARG(4, 3)), "f32[4, 3]");
  bench_failed(bench, CALL(bench, "expand", node_arg(v), NUMBERS_ARG(3, 4)),
               "[3] cannot be expanded to [3, 4]", "axes of size 1");
  bench_failed(bench, CALL(bench, "expand", node_arg(m), NUMBERS_ARG(2, 2)), "cannot be expanded",
               "has more axes");
  bench_type(bench, CALL(bench, "flatten", node_arg(m)), "f32[2, 4]");
  bench_type(bench, CALL(bench, "flatten", node_arg(v)), "f32[3, 1]");
  bench_failed(bench, CALL(bench, "flatten", number_arg(1)), "keeps axis 0", "");
  bench_free(bench);
}

/* ---- reducing ---- */

Test(build, of_nothing) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId none = bench_input(bench, DTYPE_F32, SHAPE(0)),
         rows = bench_input(bench, DTYPE_F32, SHAPE(0, 3));
  bench_prints(bench, CALL(bench, "sum", node_arg(none)), "0");
  bench_prints(bench, CALL(bench, "prod", node_arg(none)), "1");
  bench_prints(bench, CALL(bench, "any", node_arg(none)), "false");
  bench_prints(bench, CALL(bench, "all", node_arg(none)), "true");
  bench_prints(bench, CALL(bench, "logsumexp", node_arg(none)), "-inf");
  cr_assert(isnan(bench_number(bench, CALL(bench, "mean", node_arg(none)), 0)));
  cr_assert(isnan(bench_number(bench, CALL(bench, "var", node_arg(none)), 0)));
  bench_failed(bench, CALL(bench, "max", node_arg(none)), "`max` of no elements",
               "the shape is [0]");
  bench_failed(bench, CALL(bench, "argmin", node_arg(none)), "`argmin` of no elements", "");
  bench_type(bench, CALL(bench, "max", node_arg(rows), number_arg(1)), "f32[0]");
  bench_free(bench);
}

Test(build, reductions) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId m = VALUES(bench, DTYPE_F32, SHAPE(2, 3), 3, 1, 2, 6, 5, 4), parts[RESULTS_MOST];
  bench_prints(bench, CALL(bench, "mean", node_arg(m), number_arg(0)), "[4.5, 3, 3]");
  bench_prints(bench, CALL(bench, "var", node_arg(m), number_arg(1), bool_arg(true), number_arg(1)),
               "[[1], [1]]");
  bench_prints(bench,
               CALL(bench, "std", node_arg(m), number_arg(1), bool_arg(false), number_arg(1)),
               "[1, 1]");
  bench_prints(bench, CALL(bench, "norm", node_arg(m), number_arg(1), number_arg(1)), "[6, 15]");
  bench_prints(bench, CALL(bench, "norm", node_arg(m), number_arg(INFINITY)), "6");
  bench_prints(bench, CALL(bench, "argmax", node_arg(m)), "3");
  bench_prints(bench, CALL(bench, "argmax", node_arg(m), absent_arg(), bool_arg(true)), "[[3]]");
  bench_prints(bench, CALL(bench, "argmin", node_arg(m), number_arg(1), bool_arg(true)),
               "[[1], [2]]");
  bench_prints(bench, CALL(bench, "argmax", number_arg(5)), "0");
  bench_prints(bench, CALL(bench, "cumsum", node_arg(m)), "[3, 4, 6, 12, 17, 21]");
  bench_prints(bench, CALL(bench, "cumsum", node_arg(m), number_arg(0)), "[[3, 1, 2], [9, 6, 6]]");
  bench_prints(bench, CALL(bench, "sort", node_arg(m), number_arg(1), bool_arg(true)),
               "[[3, 2, 1], [6, 5, 4]]");
  cr_assert_eq(bench_call_all(bench, "topk", (Arg[]){node_arg(m), number_arg(2)}, 2, parts), 2);
  bench_prints(bench, parts[0], "[[3, 2], [6, 5]]");
  bench_prints(bench, parts[1], "[[0, 2], [0, 1]]");
  bench_failed(bench, CALL(bench, "topk", node_arg(m), number_arg(4)),
               "k must be a whole number from 0 to 3, not 4", "");
  bench_failed(bench, CALL(bench, "norm", node_arg(m), number_arg(0)), "must be above 0", "");
  bench_free(bench);
}

/* ---- linear algebra ---- */

Test(build, factorizations) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId a = VALUES(bench, DTYPE_F64, SHAPE(2, 2), 3, 0, 4, 5),
         wide = bench_input(bench, DTYPE_F64, SHAPE(2, 3)), parts[RESULTS_MOST];
  cr_assert_eq(bench_call_all(bench, "qr", (Arg[]){node_arg(a)}, 1, parts), 2);
  for (int i = 0; i < 4; i++)
    cr_assert_float_eq(bench_number(bench, parts[1], i), ((double[]){5, 4, 0, 3})[i], 1e-12);
  NodeId product = make_matmul(&bench->maker, parts[0], parts[1], false, false);
  for (int i = 0; i < 4; i++)
    cr_assert_float_eq(bench_number(bench, product, i), ((double[]){3, 0, 4, 5})[i], 1e-12);
  cr_assert_eq(bench_call_all(bench, "svd", (Arg[]){node_arg(wide)}, 1, parts), 3);
  bench_type(bench, parts[0], "f64[2, 2]");
  bench_type(bench, parts[1], "f64[2]");
  bench_type(bench, parts[2], "f64[2, 3]");
  cr_assert_eq(bench_call_all(bench, "eigh", (Arg[]){node_arg(a)}, 1, parts), 2);
  bench_failed(bench, CALL(bench, "inverse", node_arg(wide)),
               "`inverse` needs a square matrix, not the shape [2, 3]", "");
  bench_failed(bench,
               CALL(bench, "solve", node_arg(a), node_arg(bench_input(bench, DTYPE_F64, SHAPE(3)))),
               "shapes do not fit in `solve`", "solve([2, 2], [3]): 2 rows and 3");
  bench_failed(bench, CALL(bench, "det", number_arg(2)), "needs a square matrix, not the shape []",
               "");
  bench_failed(bench, CALL(bench, "dot", node_arg(a), node_arg(a)),
               "`dot` needs two vectors, not the shape [2, 2]", "");
  bench_free(bench);
}

Test(build, solve_of_a_vector) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId a = VALUES(bench, DTYPE_F64, SHAPE(2, 2), 2, 0, 0, 4),
         b = VALUES(bench, DTYPE_F64, SHAPE(2), 2, 8);
  bench_prints(bench, CALL(bench, "solve", node_arg(a), node_arg(b)), "[1, 2]");
  bench_free(bench);
}

static NodeId einsum(Bench *bench, const char *spec, NodeId a, NodeId b) {
  return b ? CALL(bench, "einsum", text_arg(spec), NODES_ARG(a, b))
           : CALL(bench, "einsum", text_arg(spec), NODES_ARG(a));
}

Test(build, einsum) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId m = ramp(bench, SHAPE(2, 3)), n = ramp(bench, SHAPE(3, 2)), v = ramp(bench, SHAPE(3));
  bench_prints(bench, einsum(bench, "ij,jk->ik", m, n), "[[10, 13], [28, 40]]");
  bench_prints(bench, einsum(bench, "ij,jk", m, n), "[[10, 13], [28, 40]]");
  bench_prints(bench, einsum(bench, "ij->ji", m, 0), "[[0, 3], [1, 4], [2, 5]]");
  bench_prints(bench, einsum(bench, "ij->", m, 0), "15");
  bench_prints(bench, einsum(bench, "ij->j", m, 0), "[3, 5, 7]");
  bench_prints(bench, einsum(bench, "ij,j->i", m, v), "[5, 14]");
  bench_prints(bench, einsum(bench, "i,j->ij", v, v), "[[0, 0, 0], [0, 1, 2], [0, 2, 4]]");
  bench_prints(bench, einsum(bench, "ij,ji->", m, n), "50");
  bench_prints(bench, einsum(bench, "ij,ij->ij", m, m), "[[0, 1, 4], [9, 16, 25]]");
  bench_prints(bench, einsum(bench, "ij,kj->ki", m, m), "[[5, 14], [14, 50]]");
  bench_failed(bench, einsum(bench, "ii->i", m, 0), "axis i of `einsum` is 2 in one tensor and 3",
               "");
  bench_failed(bench, einsum(bench, "ij->ik", m, 0), "axis k of the result is in no tensor", "");
  bench_failed(bench, einsum(bench, "ij->ii", m, 0), "occurs twice", "");
  bench_failed(bench, einsum(bench, "ijk->i", m, 0),
               "tensor 1 of `einsum` is [2, 3], its axes are \"ijk\"", "");
  bench_failed(bench, einsum(bench, "ij,ij->i", m, n),
               "axis i of `einsum` is 2 in one tensor and 3 in another", "");
  bench_failed(bench, einsum(bench, "ij,jk->ik", m, 0), "names 2 tensors, 1 are given", "");
  bench_failed(bench, einsum(bench, "abcdefghijklmnopqrstuvwxyz->a", m, 0), "at most 8 axes", "");
  bench_failed(bench, einsum(bench, "i1->i", m, 0), "axes in `einsum` are letters", "");
  bench_failed(bench, einsum(bench, ",,,,,,,,,,,,,,,,,,->", m, 0), "at most 16 tensors", "");
  bench_free(bench);
}

/* ---- convolution: what the script can get wrong (FAULTS.md, C12) ---- */

Test(build, convolution) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = ramp(bench, SHAPE(1, 4, 6, 5)), w = ramp(bench, SHAPE(2, 4, 3, 3)),
         half = ramp(bench, SHAPE(2, 2, 3, 3)), row = ramp(bench, SHAPE(1, 4, 6));
  bench_type(bench, CALL(bench, "conv2d", node_arg(x), node_arg(w)), "f32[1, 2, 4, 3]");
  bench_type(bench,
             CALL(bench, "conv2d", node_arg(x), node_arg(w), absent_arg(), number_arg(2),
                  NUMBERS_ARG(1, 2)),
             "f32[1, 2, 3, 4]");
  bench_type(bench,
             CALL(bench, "conv2d", node_arg(x), node_arg(half), absent_arg(), absent_arg(),
                  absent_arg(), absent_arg(), number_arg(2)),
             "f32[1, 2, 4, 3]");
  bench_failed(bench, CALL(bench, "conv2d", node_arg(x), node_arg(half)),
               "shapes do not fit in `conv2d`", "4 channels, the weights have 2");
  bench_failed(bench, CALL(bench, "conv2d", node_arg(x), node_arg(w), absent_arg(), number_arg(0)),
               "the stride must be a whole number of at least 1, not 0", "");
  bench_failed(bench,
               CALL(bench, "conv2d", node_arg(x), node_arg(w), absent_arg(), absent_arg(),
                    absent_arg(), number_arg(0)),
               "the dilation must be a whole number of at least 1", "");
  bench_failed(bench,
               CALL(bench, "conv2d", node_arg(x), node_arg(w), absent_arg(), absent_arg(),
                    absent_arg(), absent_arg(), number_arg(0)),
               "groups must be a whole number from 1", "");
  bench_failed(bench,
               CALL(bench, "conv2d", node_arg(x), node_arg(w), absent_arg(), absent_arg(),
                    absent_arg(), absent_arg(), number_arg(3)),
               "groups must divide the channels", "");
  bench_failed(bench,
               CALL(bench, "conv2d", node_arg(x), node_arg(w), absent_arg(), absent_arg(),
                    number_arg(4611686018427387904.0)),
               "", "");
  bench_failed(
      bench,
      CALL(bench, "conv2d", node_arg(x), node_arg(w), absent_arg(), absent_arg(), number_arg(-1)),
      "the padding must be", "");
  bench_failed(bench,
               CALL(bench, "conv2d", node_arg(x), node_arg(w), absent_arg(), NUMBERS_ARG(1, 2, 3)),
               "one number or two (height, width), not 3", "");
  bench_failed(bench, CALL(bench, "conv2d", node_arg(row), node_arg(w)),
               "`conv2d` needs images [N, C, H, W], not the shape [1, 4, 6]", "");
  NodeId wide = ramp(bench, SHAPE(2, 4, 7, 3));
  bench_failed(bench, CALL(bench, "conv2d", node_arg(x), node_arg(wide)), "larger than the image",
               "height: a window of 7 over 6");
  bench_free(bench);
}

Test(build, pooling) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId x = ramp(bench, SHAPE(1, 1, 4, 4));
  bench_prints(bench, CALL(bench, "max_pool2d", node_arg(x), number_arg(2)),
               "[[[[5, 7], [13, 15]]]]");
  bench_prints(bench, CALL(bench, "avg_pool2d", node_arg(x), number_arg(2)),
               "[[[[2.5, 4.5], [10.5, 12.5]]]]");
  bench_type(
      bench,
      CALL(bench, "max_pool2d", node_arg(x), NUMBERS_ARG(3, 2), number_arg(1), NUMBERS_ARG(1, 0)),
      "f32[1, 1, 4, 3]");
  bench_failed(bench,
               CALL(bench, "max_pool2d", node_arg(x), number_arg(2), number_arg(1), number_arg(2)),
               "at most half its window", "");
  bench_failed(bench, CALL(bench, "max_pool2d", node_arg(x), number_arg(0)),
               "must be a whole number of at least 1, not 0", "");
  bench_type(bench,
             CALL(bench, "conv_transpose2d", node_arg(x), node_arg(ramp(bench, SHAPE(1, 2, 3, 3))),
                  absent_arg(), number_arg(2), number_arg(1), number_arg(1)),
             "f32[1, 2, 8, 8]");
  bench_free(bench);
}

/* ---- draws ---- */

static NodeId key(Bench *bench) { return VALUES(bench, DTYPE_I32, SHAPE(4), 42, 0, 7, 0); }

/* A draw's call has the key and the place behind the arguments of the signature. */
static NodeId draw(Bench *bench, const char *name, const Arg *given, int count, NodeId from,
                   double place) {
  const OpRow *row = ops_find(name);
  cr_assert(row && row->draws, "%s is a draw", name);
  Arg args[12] = {{0}};
  int wanted = (int)strlen(row->kinds);
  for (int i = 0; i < wanted; i++) args[i] = i < count ? given[i] : absent_arg();
  args[wanted] = node_arg(from);
  args[wanted + 1] = number_arg(place);
  NodeId results[RESULTS_MOST];
  return row->build(&bench->maker, row->op, args, wanted + 2, results) ? results[0] : 0;
}
#define DRAW(bench, name, from, place, ...) \
  draw(bench, name, (const Arg[]){__VA_ARGS__}, COUNT_OF(((const Arg[]){__VA_ARGS__})), from, place)

Test(build, draws_are_named_by_key_and_place) {
  Bench *bench = bench_new(DTYPE_F32);
  NodeId from = key(bench);
  NodeId a = DRAW(bench, "rand", from, 0, NUMBERS_ARG(3, 2));
  bench_type(bench, a, "f32[3, 2]");
  cr_assert_eq(a, DRAW(bench, "rand", from, 0, NUMBERS_ARG(3, 2)));
  cr_assert_neq(a, DRAW(bench, "rand", from, 1, NUMBERS_ARG(3, 2)));
  bench_type(bench, DRAW(bench, "randint", from, 1, number_arg(-2), number_arg(3), NUMBERS_ARG(4)),
             "i32[4]");
  bench_type(bench, DRAW(bench, "permutation", from, 1, number_arg(4)), "i32[4]");
  bench_type(bench, DRAW(bench, "bernoulli", from, 1, number_arg(0.5), NUMBERS_ARG(2)), "f32[2]");
  bench_type(bench, DRAW(bench, "categorical", from, 1, node_arg(ramp(bench, SHAPE(5, 3)))),
             "i32[5]");
  bench_failed(bench, DRAW(bench, "randint", from, 1, number_arg(3), number_arg(3)),
               "no numbers to draw from: 3", "");
  bench_failed(bench, DRAW(bench, "bernoulli", from, 1, number_arg(1.5), NUMBERS_ARG(2)),
               "a probability must be from 0 to 1", "");
  bench_failed(
      bench,
      DRAW(bench, "bernoulli", from, 1, node_arg(make_number(&bench->maker, -1)), NUMBERS_ARG(2)),
      "a probability must be from 0 to 1", "");
  bench_free(bench);
}

/* Mean and variance of 20,000 draws against what the names promise. */
static void check_moments(Bench *bench, NodeId node, double mean, double variance) {
  Tensor tensor = bench_value(bench, node);
  int64_t count = tensor_count(&tensor);
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < count; i++) sum += tensor_get(&tensor, i);
  for (int64_t i = 0; i < count; i++)
    squares += pow(tensor_get(&tensor, i) - sum / (double)count, 2);
  double deviation = sqrt(variance);
  cr_assert_float_eq(sum / (double)count, mean, 5 * deviation / sqrt((double)count));
  cr_assert_float_eq(squares / (double)count / variance, 1, 0.06);
  tensor_release(&tensor);
}

Test(build, draws_have_their_moments) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId from = key(bench);
  check_moments(bench, DRAW(bench, "rand", from, 0, NUMBERS_ARG(20000)), 0.5, 1.0 / 12);
  check_moments(bench,
                DRAW(bench, "normal", from, 0, NUMBERS_ARG(20000), number_arg(3), number_arg(2)), 3,
                4);
  check_moments(bench,
                DRAW(bench, "uniform", from, 0, NUMBERS_ARG(20000), number_arg(-1), number_arg(3)),
                1, 16.0 / 12);
  check_moments(bench, DRAW(bench, "he_normal", from, 0, NUMBERS_ARG(100, 200)), 0, 2.0 / 100);
  check_moments(bench, DRAW(bench, "he_uniform", from, 0, NUMBERS_ARG(200, 10, 10)), 0, 2.0 / 100);
  check_moments(bench, DRAW(bench, "xavier_normal", from, 0, NUMBERS_ARG(100, 200)), 0, 2.0 / 300);
  check_moments(bench, DRAW(bench, "xavier_uniform", from, 0, NUMBERS_ARG(100, 200)), 0, 2.0 / 300);
  check_moments(bench, DRAW(bench, "bernoulli", from, 0, number_arg(0.2), NUMBERS_ARG(20000)), 0.2,
                0.16);
  bench_free(bench);
}

Test(build, orthogonal) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId from = key(bench);
  for (int wide = 0; wide < 2; wide++) {
    NodeId q = DRAW(bench, "orthogonal", from, wide, number_arg(wide ? 3 : 5),
                    number_arg(wide ? 5 : 3));
    NodeId gram = make_matmul(&bench->maker, q, q, !wide, wide);
    for (int i = 0; i < 9; i++) cr_assert_float_eq(bench_number(bench, gram, i), i % 4 == 0, 1e-12);
  }
  bench_free(bench);
}

/* A class is drawn as often as its probability says. */
Test(build, categorical_follows_its_logits) {
  Bench *bench = bench_new(DTYPE_F64);
  NodeId logits = bench_input(bench, DTYPE_F64, SHAPE(3)), from = key(bench);
  for (int i = 0; i < 3; i++) tensor_set(&bench->inputs[0], i, log(i + 1.0));
  NodeId many = CALL(bench, "expand", node_arg(logits), NUMBERS_ARG(12000, 3));
  Tensor drawn = bench_value(bench, DRAW(bench, "categorical", from, 0, node_arg(many)));
  double counts[3] = {0};
  for (int64_t i = 0; i < 12000; i++) counts[(int)tensor_get(&drawn, i)]++;
  for (int i = 0; i < 3; i++) cr_assert_float_eq(counts[i], 2000 * (i + 1), 250);
  tensor_release(&drawn);
  bench_free(bench);
}
