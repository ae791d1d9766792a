/* gradient_move_test.c — the rules of operations that move elements, and of many parts of one
 * tensor. */
#include "runtime/graph/ops.h"
#include "tests/runtime/graph/differences.h"

/* ---- moving elements ---- */

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

Test(gradient, of_parts_is_linear, .disabled = FEW_PARTS) {
  for (int kind = 0; kind < 4; kind++) {
    double few = elements_of_gradient(64, kind & 1, kind & 2),
           more = elements_of_gradient(256, kind & 1, kind & 2),
           many = elements_of_gradient(1024, kind & 1, kind & 2);
    cr_expect_leq(more, 4.1 * few, "kind %d: %g and %g", kind, few, more);
    cr_expect_leq(many, 4.1 * more, "kind %d: %g and %g", kind, more, many);
  }
}
