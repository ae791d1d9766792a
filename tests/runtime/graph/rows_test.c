/* rows_test.c — what each operation makes of the axis of rows, and how parts are put together.
 *
 * A case builds one expression for 12 rows and for 5 (or 1) of columns x [n, 3] and y [n, 3], an
 * index k [n], a param w [3, 3] and a constant c [3], and says which way its root goes.  Sizes are
 * chosen so that no other axis has the length of the rows.
 */
#include <criterion/criterion.h>
#include <math.h>

#include "runtime/graph/rows.h"
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"

enum { X, Y, K, W, C, LEAVES };

typedef struct Leaves {
  Maker *maker;
  NodeId x, y, k, w, c;
  int64_t n;
} Leaves;

typedef NodeId Build(const Leaves *in);

static NodeId attrs_node(const Leaves *in, Op op, NodeId a, NodeId b, const int64_t *attrs,
                         int count) {
  const NodeId inputs[2] = {a, b};
  return graph_emit(in->maker->graph, op, inputs, b ? 2 : 1, attrs, count, in->maker->diag);
}

static NodeId emit1(const Leaves *in, Op op, NodeId a, int64_t first, int64_t second) {
  return attrs_node(in, op, a, 0, (int64_t[]){first, second}, 2);
}
static NodeId emit0(const Leaves *in, Op op, NodeId a, int64_t attr) {
  return attrs_node(in, op, a, 0, &attr, 1);
}
static NodeId shaped(const Leaves *in, NodeId a, int rank, const int64_t *dims) {
  Shape shape = shape_of(rank, dims);
  return make_reshape(in->maker, a, &shape);
}
static NodeId runs(const Leaves *in, NodeId a, int64_t start, int64_t count, int64_t step) {
  return make_slice(in->maker, a, (int64_t[]){start, count, step, 0, 3, 1});
}

static NodeId minus(const Leaves *in) { return make2(in->maker, OP_SUB, in->x, in->y); }
static NodeId with_constant(const Leaves *in) { return make2(in->maker, OP_MUL, in->x, in->c); }
static NodeId by_count(const Leaves *in) {
  return make2(in->maker, OP_DIV, in->x, make_number(in->maker, (double)in->n));
}
static NodeId with_places(const Leaves *in) {
  return make2(in->maker, OP_MUL, in->k,
               graph_emit(in->maker->graph, OP_IOTA, NULL, 0, (int64_t[]){in->n, DTYPE_I32}, 2,
                          in->maker->diag));
}
static NodeId outer(const Leaves *in) {
  return make2(in->maker, OP_SUB, shaped(in, in->k, 2, (int64_t[]){in->n, 1}),
               shaped(in, in->k, 2, (int64_t[]){1, in->n}));
}
static NodeId flat(const Leaves *in) { return shaped(in, in->x, 1, (int64_t[]){3 * in->n}); }
static NodeId folded_up(const Leaves *in) {
  return shaped(in, flat(in), 3, (int64_t[]){in->n, 3, 1});
}
static NodeId turned(const Leaves *in) { return make_transpose(in->maker, in->x); }
static NodeId wrong_way(const Leaves *in) {
  return shaped(in, turned(in), 2, (int64_t[]){in->n, 3});
}
static NodeId columns(const Leaves *in) {
  return make_slice(in->maker, in->x, (int64_t[]){0, in->n, 1, 1, 2, 1});
}
static NodeId later_rows(const Leaves *in) { return runs(in, in->x, 1, in->n - 1, 1); }
static NodeId backwards(const Leaves *in) { return runs(in, in->x, in->n - 1, in->n, -1); }
static NodeId row_sums(const Leaves *in) { return make_sum(in->maker, in->x, 2, false); }
static NodeId column_sums(const Leaves *in) { return make_sum(in->maker, in->x, 1, false); }
static NodeId mean_of_rows(const Leaves *in) {
  return make2(in->maker, OP_DIV, make_sum(in->maker, in->k, 1, false),
               make_number(in->maker, (double)in->n));
}
static NodeId greatest(const Leaves *in) { return emit1(in, OP_MAX, in->x, 3, 0); }
static NodeId choice(const Leaves *in) { return emit1(in, OP_ARGMAX, in->x, 1, 0); }
static NodeId choice_of_rows(const Leaves *in) { return emit1(in, OP_ARGMAX, in->x, 0, 0); }
static NodeId shares(const Leaves *in) { return emit0(in, OP_SOFTMAX, in->x, 1); }
static NodeId shares_of_rows(const Leaves *in) { return emit0(in, OP_SOFTMAX, in->x, 0); }
static NodeId order_of_rows(const Leaves *in) { return emit1(in, OP_ARGSORT, in->x, 0, 0); }
static NodeId through(const Leaves *in) {
  return make_matmul(in->maker, in->x, in->w, false, false);
}
static NodeId counts(const Leaves *in) { return make_matmul(in->maker, in->x, in->y, true, false); }
static NodeId all_pairs(const Leaves *in) {
  return make_matmul(in->maker, in->x, in->y, false, true);
}
static NodeId looked_up(const Leaves *in) {
  return attrs_node(in, OP_GATHER, in->w, in->k, (int64_t[]){0}, 1);
}
static NodeId rows_by_rows(const Leaves *in) {
  return attrs_node(in, OP_GATHER, in->x, in->k, (int64_t[]){0}, 1);
}
static NodeId binned(const Leaves *in) {
  return attrs_node(in, OP_SCATTER, in->x, in->k, (int64_t[]){0, 7}, 2);
}
static NodeId zeros_of(const Leaves *in) {
  return graph_full(in->maker->graph, 0, DTYPE_F64, &make_type(in->maker, in->x)->shape,
                    in->maker->diag);
}
static NodeId penalty(const Leaves *in) { return make_sum(in->maker, in->w, ~0u, false); }
static NodeId constant(const Leaves *in) { return make1(in->maker, OP_EXP, in->c); }
static NodeId of_means(const Leaves *in) {
  return make2(in->maker, OP_SUB, in->x, column_sums(in));
}

typedef struct Case {
  const char *name;
  Build *build;
  RowsWay way;
  int axis, block;
  bool known;
} Case;

static const Case CASES[] = {
    {"x - y", minus, ROWS_BY, 0, 1, false},
    {"x * c", with_constant, ROWS_BY, 0, 1, false},
    {"x / n", by_count, ROWS_ACROSS, 0, 0, false},
    {"k * iota", with_places, ROWS_ACROSS, 0, 0, false},
    {"all differences", outer, ROWS_ACROSS, 0, 0, false},
    {"flat", flat, ROWS_BY, 0, 3, false},
    {"flat and back", folded_up, ROWS_BY, 0, 1, false},
    {"x'", turned, ROWS_BY, 1, 1, false},
    {"x' read by rows", wrong_way, ROWS_ACROSS, 0, 0, false},
    {"columns", columns, ROWS_BY, 0, 1, false},
    {"rows from the second on", later_rows, ROWS_ACROSS, 0, 0, false},
    {"rows backwards", backwards, ROWS_ACROSS, 0, 0, false},
    {"sum along a row", row_sums, ROWS_BY, 0, 1, false},
    {"sum over rows", column_sums, ROWS_FOLD, 0, 0, false},
    {"mean of rows", mean_of_rows, ROWS_ACROSS, 0, 0, false},
    {"max", greatest, ROWS_FOLD, 0, 0, false},
    {"argmax of a row", choice, ROWS_BY, 0, 1, false},
    {"argmax over rows", choice_of_rows, ROWS_ACROSS, 0, 0, false},
    {"softmax of a row", shares, ROWS_BY, 0, 1, false},
    {"softmax over rows", shares_of_rows, ROWS_ACROSS, 0, 0, false},
    {"argsort over rows", order_of_rows, ROWS_ACROSS, 0, 0, false},
    {"x @ w", through, ROWS_BY, 0, 1, false},
    {"x' @ y", counts, ROWS_FOLD, 0, 0, false},
    {"x @ y'", all_pairs, ROWS_ACROSS, 0, 0, false},
    {"w[k]", looked_up, ROWS_BY, 0, 1, false},
    {"x[k]", rows_by_rows, ROWS_ACROSS, 0, 0, false},
    {"sums by k", binned, ROWS_FOLD, 0, 0, false},
    {"zeros", zeros_of, ROWS_BY, 0, 1, true},
    {"sum of w", penalty, ROWS_FREE, 0, 0, false},
    {"exp(c)", constant, ROWS_FREE, 0, 0, true},
    {"x less what all rows sum to", of_means, ROWS_ACROSS, 0, 0, false},
};

typedef struct Recorded {
  Graph graph;
  Diag diag;
  NodeId root;
} Recorded;

static void record(Recorded *recorded, int64_t n, Build *build) {
  graph_init(&recorded->graph, DTYPE_F64);
  diag_clear(&recorded->diag);
  Maker maker = {&recorded->graph, &recorded->diag};
  const Type types[LEAVES] = {{DTYPE_F64, false, {2, {n, 3}}},
                              {DTYPE_F64, false, {2, {n, 3}}},
                              {DTYPE_I32, false, {1, {n}}},
                              {DTYPE_F64, false, {2, {3, 3}}},
                              {DTYPE_F64, false, {1, {3}}}};
  NodeId nodes[LEAVES];
  for (int i = 0; i < LEAVES; i++) nodes[i] = graph_input(&recorded->graph, &types[i], i);
  Leaves leaves = {&maker, nodes[X], nodes[Y], nodes[K], nodes[W], nodes[C], n};
  recorded->root = build(&leaves);
  cr_assert(recorded->root, "%s", recorded->diag.message);
}

static void leaf(const RowsStudy *study, NodeId whole, NodeId part, RowsFact *fact) {
  int64_t binding = graph_node(study->whole, whole)->attrs[0];
  (void)part;
  *fact = (RowsFact){.way = binding < W ? ROWS_BY : ROWS_FREE, .known = binding == C, .block = 1};
}

static RowsFact root_fact(Build *build, int64_t rows, const bool *opaque) {
  Recorded whole, part;
  record(&whole, 12, build);
  record(&part, rows, build);
  RowsFact *facts = mem_zero(whole.graph.count * sizeof *facts);
  RowsStudy study = {.whole = &whole.graph,
                     .part = &part.graph,
                     .whole_rows = 12,
                     .part_rows = rows,
                     .opaque = opaque,
                     .leaf = leaf};
  rows_study(&study, &whole.root, &part.root, 1, facts);
  RowsFact fact = facts[whole.root];
  mem_free(facts);
  graph_free(&whole.graph);
  graph_free(&part.graph);
  return fact;
}

Test(rows, ways) {
  for (int i = 0; i < COUNT_OF(CASES); i++) {
    const Case *it = &CASES[i];
    RowsFact fact = root_fact(it->build, 5, NULL);
    cr_assert(fact.way == it->way, "%s: goes way %d, not %d", it->name, (int)fact.way,
              (int)it->way);
    cr_assert(fact.known == it->known, "%s: known %d", it->name, fact.known);
    if (fact.way == ROWS_BY)
      cr_assert(fact.axis == it->axis && fact.block == it->block, "%s: axis %d, block %ld",
                it->name, fact.axis, (long)fact.block);
    if (fact.way != ROWS_ACROSS) cr_assert(fact.twin, "%s: no twin", it->name);
  }
}

/* Of one row a mean has no division: the sum below it is found all the same. */
Test(rows, twins_of_one_row) {
  Recorded whole, part;
  record(&whole, 12, mean_of_rows);
  record(&part, 1, mean_of_rows);
  NodeId *pairs = mem_zero(whole.graph.count * sizeof *pairs);
  rows_twins(&whole.graph, &part.graph, &whole.root, &part.root, 1, pairs);
  NodeId sum = whole.root;
  while (sum && graph_node(&whole.graph, sum)->op != OP_SUM) sum--;
  cr_assert(sum && pairs[sum] && graph_node(&part.graph, pairs[sum])->op == OP_SUM);
  mem_free(pairs);
  graph_free(&whole.graph);
  graph_free(&part.graph);
}

static NodeId turned_twice(const Leaves *in) {
  /* for 3 rows the two turns are none */
  return make_matmul(in->maker, make_transpose(in->maker, wrong_way(in)), in->y, false, false);
}

/* With as many rows as columns a reshape does nothing and two turns become none: x' then has no
 * twin, least of all x, which has its shape. */
Test(rows, twins_of_as_many_rows_as_columns) {
  Recorded whole, part;
  record(&whole, 12, turned_twice);
  record(&part, 3, turned_twice);
  NodeId *pairs = mem_zero(whole.graph.count * sizeof *pairs);
  rows_twins(&whole.graph, &part.graph, &whole.root, &part.root, 1, pairs);
  for (NodeId id = 1; id < whole.graph.count; id++)
    if (graph_node(&whole.graph, id)->op == OP_PERMUTE)
      cr_assert(!pairs[id] || graph_node(&part.graph, pairs[id])->op == OP_PERMUTE);
  mem_free(pairs);
  graph_free(&whole.graph);
  graph_free(&part.graph);
}

/* What is said to be an output goes by rows, whatever it is made of, unless it has none. */
Test(rows, opaque) {
  bool all[64];
  for (int i = 0; i < COUNT_OF(all); i++) all[i] = true;
  RowsFact fact = root_fact(of_means, 5, all);
  cr_assert(fact.way == ROWS_BY && fact.axis == 0 && fact.block == 1 && !fact.known && fact.twin);
  cr_assert(root_fact(all_pairs, 5, all).way == ROWS_ACROSS);
  cr_assert(root_fact(penalty, 5, all).way == ROWS_FREE);
}

Test(rows, merges) {
  cr_assert(rows_merge(OP_SUM, 2, 3) == 5 && rows_merge(OP_MATMUL, 2, 3) == 5 &&
            rows_merge(OP_PROD, 2, 3) == 6);
  cr_assert(rows_merge(OP_MAX, 2, 3) == 3 && rows_merge(OP_MIN, 2, 3) == 2 &&
            rows_merge(OP_ANY, 0, 1) == 1 && rows_merge(OP_ALL, 0, 1) == 0);
  cr_assert(rows_merge(OP_NORM2, 3, 4) == 5);
  cr_assert(fabs(rows_merge(OP_LOGSUMEXP, 1000, 1000) - 1000 - log(2)) < 1e-9);
  cr_assert(rows_merge(OP_LOGSUMEXP, -INFINITY, -INFINITY) == -INFINITY &&
            rows_merge(OP_LOGSUMEXP, INFINITY, 1) == INFINITY);
  cr_assert(isnan(rows_merge(OP_MAX, NAN, 1)) && isnan(rows_merge(OP_NORM2, INFINITY, NAN)));
}
