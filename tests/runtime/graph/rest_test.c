/* rest_test.c — of which updates it is proved that rows without a gradient rest, and of which it is
 * not.
 *
 * Each update is built by hand for a table [100, 3] of which three rows are read.  That what is
 * computed for some rows is what the whole update computes, to the bit, is tested by trainings
 * (tests/scripts/optimizer/rows_only.gd); here is the proof alone, for updates too that would be
 * wrong by a hair.
 */
#include "runtime/graph/put.h"
#include "runtime/graph/rest.h"
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

typedef struct Table {
  Bench *bench;
  NodeId p, m, g; /* the param, a state, the gradient */
  NodeId rate;    /* a scalar that changes */
} Table;

typedef NodeId Formula(Maker *maker, const Table *table, NodeId *state);

static NodeId number(Maker *maker, double value) { return make_number(maker, value); }

static NodeId add(Maker *maker, NodeId a, NodeId b) { return make2(maker, OP_ADD, a, b); }
static NodeId sub(Maker *maker, NodeId a, NodeId b) { return make2(maker, OP_SUB, a, b); }
static NodeId mul(Maker *maker, NodeId a, NodeId b) { return make2(maker, OP_MUL, a, b); }
static NodeId quotient(Maker *maker, NodeId a, NodeId b) { return make2(maker, OP_DIV, a, b); }

static NodeId descent(Maker *maker, const Table *t, NodeId *state) {
  (void)state;
  return sub(maker, t->p, mul(maker, number(maker, 0.1), t->g));
}

static NodeId ascent_at_a_rate(Maker *maker, const Table *t, NodeId *state) {
  (void)state;
  return add(maker, t->p, mul(maker, t->rate, t->g));
}

static NodeId decay(Maker *maker, const Table *t, NodeId *state) {
  (void)state;
  return sub(maker, descent(maker, t, NULL), mul(maker, number(maker, 1e-9), t->p));
}

static NodeId decay_at_a_rate(Maker *maker, const Table *t, NodeId *state) {
  (void)state;
  return sub(maker, descent(maker, t, NULL), mul(maker, t->rate, t->p));
}

static NodeId squares(Maker *maker, const Table *t, NodeId *state) {
  *state = add(maker, t->m, make1(maker, OP_SQUARE, t->g));
  return sub(maker, t->p,
             quotient(maker, t->g, add(maker, make1(maker, OP_SQRT, *state), number(maker, 1e-8))));
}

/* the same with nothing beside the root: 0 / 0 for a row that was never used */
static NodeId bare_squares(Maker *maker, const Table *t, NodeId *state) {
  *state = add(maker, t->m, make1(maker, OP_SQUARE, t->g));
  return sub(maker, t->p, quotient(maker, t->g, make1(maker, OP_SQRT, *state)));
}

static NodeId momentum(Maker *maker, const Table *t, NodeId *state) {
  *state = add(maker, mul(maker, number(maker, 0.9), t->m), t->g);
  return sub(maker, t->p, mul(maker, t->rate, *state));
}

/* the state of a row without a gradient becomes eps */
static NodeId never_zero(Maker *maker, const Table *t, NodeId *state) {
  *state = add(maker, mul(maker, number(maker, 0.9), t->m), number(maker, 1e-8));
  return sub(maker, t->p, mul(maker, t->rate, t->g));
}

/* a scheduled factor may be below 0, and the state -0 */
static NodeId sign_unknown(Maker *maker, const Table *t, NodeId *state) {
  *state = mul(maker, t->rate, add(maker, t->m, t->g));
  return sub(maker, t->p, *state);
}

static NodeId only_used(Maker *maker, const Table *t, NodeId *state) {
  NodeId used = make2(maker, OP_NE, t->g, number(maker, 0));
  *state = make_where(maker, used, mul(maker, number(maker, 0.9), t->m), t->m);
  return make_where(maker, used, sub(maker, t->p, *state), t->p);
}

static NodeId only_unused(Maker *maker, const Table *t, NodeId *state) {
  (void)state;
  NodeId used = make2(maker, OP_EQ, t->g, number(maker, 0));
  return make_where(maker, used, sub(maker, t->p, number(maker, 1)), t->p);
}

static NodeId clipped(Maker *maker, const Table *t, NodeId *state) {
  (void)state;
  NodeId by = make2(maker, OP_MAXIMUM, make_norm(maker, t->g), number(maker, 1));
  return sub(maker, t->p, quotient(maker, t->g, by));
}

static NodeId row_means(Maker *maker, const Table *t, NodeId *state) {
  (void)state;
  return sub(maker, t->p, make_sum(maker, t->g, 2, true));
}

static const struct {
  const char *what;
  Formula *formula;
  Rest rest;
  int guards;
} UPDATES[] = {
    {"descent", descent, REST_ALWAYS, 0},
    {"ascent at a rate", ascent_at_a_rate, REST_ALWAYS, 1},
    {"decay", decay, REST_NEVER, 0},
    {"decay at a rate", decay_at_a_rate, REST_NEVER, 0},
    {"squares", squares, REST_ALWAYS, 0},
    {"squares with nothing beside the root", bare_squares, REST_NEVER, 0},
    {"momentum", momentum, REST_FRESH, 1},
    {"a state that is never zero", never_zero, REST_NEVER, 0},
    {"a state of unknown sign", sign_unknown, REST_NEVER, 0},
    {"where used", only_used, REST_ALWAYS, 0},
    {"where not used", only_unused, REST_NEVER, 0},
    {"clipped", clipped, REST_ALWAYS, 1},
    {"means of rows", row_means, REST_NEVER, 0},
};

static Table table_new(void) {
  Bench *bench = bench_new(DTYPE_F32);
  Table table = {.bench = bench};
  table.p = bench_input(bench, DTYPE_F32, SHAPE(100, 3));
  NodeId index = bench_input(bench, DTYPE_I32, SHAPE(4)),
         dy = bench_input(bench, DTYPE_F32, SHAPE(4, 3)), inputs[2] = {dy, index};
  const int64_t attrs[2] = {0, 100};
  table.rate = bench_input(bench, DTYPE_F32, SCALAR);
  table.m = bench_input(bench, DTYPE_F32, SHAPE(100, 3));
  table.g = graph_emit(&bench->graph, OP_SCATTER, inputs, 2, attrs, 2, &bench->diag);
  return table;
}

static RestUpdate update_of(const Table *table, Formula *formula) {
  NodeId state = 0, now = formula(&table->bench->maker, table, &state);
  cr_assert(now && !table->bench->diag.status, "%s", table->bench->diag.message);
  return (RestUpdate){
      .olds = {table->p, table->m}, .news = {now, state}, .count = 2, .gradient = table->g};
}

Test(rest, what_is_proved) {
  for (int i = 0; i < COUNT_OF(UPDATES); i++) {
    Table table = table_new();
    RestUpdate update = update_of(&table, UPDATES[i].formula);
    RestFound found = rest_study(&table.bench->maker, &update);
    cr_expect_eq(found.rest, UPDATES[i].rest, "%s: %d", UPDATES[i].what, (int)found.rest);
    if (found.rest != REST_NEVER)
      cr_expect_eq(found.guard_count, UPDATES[i].guards, "%s: %d guards", UPDATES[i].what,
                   found.guard_count);
    bench_free(table.bench);
  }
}

/* A gradient that is no SCATTER, or one plus something else, has no rows at rest. */
Test(rest, whole_gradients) {
  Table table = table_new();
  NodeId whole = add(&table.bench->maker, table.g, mul(&table.bench->maker, table.p, table.rate));
  table.g = whole;
  RestUpdate update = update_of(&table, descent);
  cr_expect_eq(rest_study(&table.bench->maker, &update).rest, REST_NEVER);
  table.g = table.m;
  update = update_of(&table, descent);
  cr_expect_eq(rest_study(&table.bench->maker, &update).rest, REST_NEVER);
  bench_free(table.bench);
}

/* Ids that come twice, from the end too, share a slot, and each gets the sum. */
Test(rest, rows_that_come_twice) {
  static const int32_t index[4] = {7, -93, 99, -1}, ids[4] = {7, 7, 99, 99};
  Table table = table_new();
  Bench *bench = table.bench;
  RestUpdate update = update_of(&table, descent);
  RestFound found = rest_study(&bench->maker, &update);
  RestRows rows = rest_rows(&bench->maker, &found);
  NodeId share = rest_share(&bench->maker, &found, &rows, 0);
  memcpy(tensor_data(&bench->inputs[1]), index, sizeof index);
  for (int i = 0; i < 12; i++) tensor_set(&bench->inputs[2], i, i + 1);
  Tensor named = bench_value(bench, rows.ids), sums = bench_value(bench, share);
  for (int i = 0; i < 4; i++) {
    cr_expect_eq(tensor_get(&named, i), ids[i]);
    for (int k = 0; k < 3; k++)
      cr_expect_eq(tensor_get(&sums, 3 * i + k), (i < 2 ? 5 : 17) + 2 * k, "row %d", i);
  }
  tensor_release(&named);
  tensor_release(&sums);
  bench_free(bench);
}
