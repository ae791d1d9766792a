/* defer_test.c — gradients that wait for the second half (defer.c): the bits of the operations
 * alone, the memory they save, and what happens where they are not finite.
 *
 * The step is that of a table tied to both ends of a net, and of a weight beside it: momentum by
 * the gradients y' h + scatter(h, ids) and h' z.
 */
#include "runtime/kernels/team.h"
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

#include <math.h>

#if defined(GD_HARSH)
enum { ROWS = 40, WIDTH = 16, OTHER = 21, BATCH = 5 };
#else
enum { ROWS = 1501, WIDTH = 512, OTHER = 640, BATCH = 36 };
#endif

enum { TABLE, MEMORY, WEIGHT, IDS, Y, Z };
enum { WATCHED_LOSS, WATCHED_TABLE, WATCHED_WEIGHT, WATCHED_LATER, WATCHED };

typedef struct Tied {
  Trial trial;
  Dtype dtype;
  NodeId sum, watched[WATCHED];
  Store stores[3];
} Tied;

static NodeId number(Tied *tied, double value) {
  return make_number(&(Maker){&tied->trial.graph, &tied->trial.diag}, value);
}

static NodeId bind(Tied *tied, int64_t rows, int64_t columns) {
  return trial_bind(&tied->trial, tied->dtype, trial_shape(2, rows, columns, 0));
}

static void begin(Tied *tied, Dtype dtype) {
  *tied = (Tied){.trial = {.seed = 5}, .dtype = dtype};
  Trial *trial = &tied->trial;
  graph_init(&trial->graph, dtype);
  Maker maker = {&trial->graph, &trial->diag};
  NodeId table = bind(tied, ROWS, WIDTH), memory = bind(tied, ROWS, WIDTH),
         weight = bind(tied, WIDTH, OTHER);
  NodeId ids = trial_bind(trial, DTYPE_I32, trial_shape(1, BATCH, 0, 0));
  NodeId y = bind(tied, BATCH, ROWS), z = bind(tied, BATCH, OTHER);
  for (int i = 0; i < BATCH; i++) /* from either end, some twice */
    tensor_set(&trial->bound[IDS], i, i % 3 ? -1 - i : i % 2 * (ROWS - 1));
  NodeId h = trial_1(trial, OP_NEG,
                     trial_emit(trial, OP_GATHER, (NodeId[]){table, ids}, 2, (int64_t[]){0}, 1));
  NodeId rows = trial_emit(trial, OP_SCATTER, (NodeId[]){h, ids}, 2, (int64_t[]){0, ROWS}, 2);
  NodeId of_table = trial_2(trial, OP_ADD, make_matmul(&maker, y, h, true, false), rows),
         of_weight = make_matmul(&maker, h, z, true, false);
  NodeId kept = trial_2(trial, OP_MUL, number(tied, 0.9), memory),
         moved = trial_2(trial, OP_ADD, kept, of_table);
  tied->sum = make_sum(&maker, h, ~0u, false);
  tied->watched[WATCHED_LOSS] = tied->sum;
  tied->watched[WATCHED_TABLE] = of_table;
  tied->watched[WATCHED_WEIGHT] = of_weight;
  tied->watched[WATCHED_LATER] = z;
  tied->stores[0] = (Store){MEMORY, moved};
  tied->stores[1] = (Store){
      TABLE, trial_2(trial, OP_SUB, table, trial_2(trial, OP_MUL, number(tied, 0.1), moved))};
  tied->stores[2] = (Store){
      WEIGHT, trial_2(trial, OP_SUB, weight, trial_2(trial, OP_MUL, number(tied, 0.1), of_weight))};
}

static Plan *plan_of(Tied *tied, const NodeId *results, int count) {
  PlanSpec spec = {.graph = &tied->trial.graph,
                   .results = results,
                   .result_count = count,
                   .watched = tied->watched,
                   .watched_count = WATCHED,
                   .stores = tied->stores,
                   .store_count = COUNT_OF(tied->stores)};
  Plan *plan = plan_make(&spec, &tied->trial.diag);
  cr_assert(plan, "%s", tied->trial.diag.message);
  return plan;
}

static RunOutcome run(Tied *tied, Plan *plan, int *which) {
  void *pointers[TRIAL_BOUND];
  Tensor sum = {0};
  trial_pointers(&tied->trial, pointers);
  RunOutcome outcome = plan_run(plan, pointers, &sum, which, &tied->trial.diag);
  tensor_release(&sum);
  return outcome;
}

static void alone(Tied *tied, Tensor news[3]) {
  Values values = trial_values(&tied->trial);
  for (int k = 0; k < 3; k++)
    news[k] = tensor_retain(values_get(&values, tied->stores[k].node, &tied->trial.diag));
  values_free(&values);
}

static bool stored(const Tied *tied, const Tensor values[3]) {
  for (int k = 0; k < 3; k++)
    if (!same_bits(&tied->trial.bound[tied->stores[k].binding], &values[k])) return false;
  return true;
}

static void forget(Tensor values[3]) {
  for (int k = 0; k < 3; k++) tensor_release(&values[k]);
}

Test(defer, same_bits_as_the_operations_alone_on_any_number_of_threads) {
  for (int variant = 0; variant < 2; variant++)
    for (int threads = 1; threads <= 4; threads *= 2) {
      Tied tied;
      Tensor news[3];
      team_start(threads);
      begin(&tied, variant ? DTYPE_F64 : DTYPE_F32);
      alone(&tied, news);
      Plan *plan = plan_of(&tied, &tied.sum, 1);
      plan_poison(plan);
      cr_assert_eq(run(&tied, plan, NULL), RUN_DONE, "%s", tied.trial.diag.message);
      cr_assert(stored(&tied, news), "variant %d, %d threads", variant, threads);
      cr_assert_eq(plan->careful_runs, 0);
      forget(news);
      plan_free(plan);
      trial_end(&tied.trial);
    }
  team_stop();
}

Test(defer, gradients_are_never_whole_and_runs_allocate_nothing, .disabled = !FUSES) {
  Tied tied;
  begin(&tied, DTYPE_F32);
  Plan *plan = plan_of(&tied, &tied.sum, 1);
  cr_assert(plan->watched[WATCHED_TABLE].waits && plan->watched[WATCHED_WEIGHT].waits);
  cr_assert_not(plan->watched[WATCHED_LOSS].waits || plan->watched[WATCHED_LATER].waits);
  int blocks = 0, beside = 0;
  for (int i = 0; i < plan->instruction_count; i++) {
    blocks += plan->instructions[i].block_rows > 0;
    beside += plan->instructions[i].beside != NULL;
  }
  cr_assert(blocks == (MAP_BLOCK < 1024 ? 2 : 1) && beside == 1, "%d in blocks, %d beside", blocks,
            beside);
  trial_warm();
  cr_assert_eq(run(&tied, plan, NULL), RUN_DONE);
  const uint64_t before = mem_allocations();
  for (int round = 0; round < 4; round++) cr_assert_eq(run(&tied, plan, NULL), RUN_DONE);
  cr_assert_leq(mem_allocations() - before, 4); /* the result is asked to be new */
  plan_free(plan);
  trial_end(&tied.trial);
}

/* What the caller wants to see does not wait. */
Test(defer, a_gradient_that_is_a_result_is_made_before) {
  Tied tied;
  Tensor news[3], results[2] = {{0}};
  begin(&tied, DTYPE_F32);
  alone(&tied, news);
  Plan *plan = plan_of(&tied, (NodeId[]){tied.sum, tied.watched[WATCHED_WEIGHT]}, 2);
  cr_assert_not(plan->watched[WATCHED_WEIGHT].waits);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&tied.trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, results, NULL, &tied.trial.diag), RUN_DONE);
  cr_assert(stored(&tied, news));
  tensor_release(&results[0]);
  tensor_release(&results[1]);
  forget(news);
  plan_free(plan);
  trial_end(&tied.trial);
}

static void spoil(Tied *tied, int binding, int64_t row, double value) {
  Tensor *tensor = &tied->trial.bound[binding];
  const int64_t columns = tensor->shape.dim[1];
  for (int64_t j = 0; j < columns; j++) tensor_set(tensor, row * columns + j, value);
}

/* Factors too large for a bound, of which no two meet: computed apart, looked at, and stored. */
Test(defer, a_product_that_cannot_be_bounded_is_looked_at) {
  Tied tied;
  Tensor news[3];
  begin(&tied, DTYPE_F32);
  spoil(&tied, Z, 0, 1e25);
  spoil(&tied, Z, 1, 0);
  spoil(&tied, Y, 1, 0);
  spoil(&tied, TABLE, ROWS - 2, 1e20); /* which only ids[1] reads */
  for (int i = 2; i < BATCH; i++) tensor_set(&tied.trial.bound[IDS], i, 0);
  tensor_set(&tied.trial.bound[IDS], 0, 0);
  spoil(&tied, TABLE, 0, 1e-3);
  alone(&tied, news);
  Plan *plan = plan_of(&tied, &tied.sum, 1);
  cr_assert_eq(run(&tied, plan, NULL), RUN_DONE, "%s", tied.trial.diag.message);
  cr_assert(stored(&tied, news));
  cr_assert_eq(plan->careful_runs, FUSES);
  forget(news);
  plan_free(plan);
  trial_end(&tied.trial);
}

/* The first in the order of naming is told, whichever half makes it, and nothing is stored. */
Test(defer, the_first_that_is_not_finite_is_told) {
  const struct {
    int binding;
    double value;
    int which;
  } cases[] = {{Y, (double)INFINITY, WATCHED_TABLE},
               {Y, 3e38, WATCHED_TABLE},
               {Z, (double)NAN, WATCHED_WEIGHT}, /* z itself is watched later */
               {Z, 3e38, WATCHED_WEIGHT},
               {TABLE, (double)NAN, WATCHED_LOSS}};
  for (int c = 0; c < COUNT_OF(cases); c++) {
    Tied tied;
    Tensor olds[3];
    begin(&tied, DTYPE_F32);
    for (int i = 0; i < BATCH; i++) tensor_set(&tied.trial.bound[IDS], i, 3);
    spoil(&tied, TABLE, 3, 2);
    spoil(&tied, cases[c].binding, cases[c].binding == TABLE ? 3 : 2, cases[c].value);
    for (int k = 0; k < 3; k++)
      cr_assert(tensor_copy(&olds[k], &tied.trial.bound[tied.stores[k].binding], &tied.trial.diag));
    Plan *plan = plan_of(&tied, &tied.sum, 1);
    int which = -1;
    cr_assert_eq(run(&tied, plan, &which), RUN_NOT_FINITE, "case %d", c);
    cr_assert_eq(which, cases[c].which, "case %d: %d", c, which);
    cr_assert(stored(&tied, olds), "case %d", c);
    forget(olds);
    plan_free(plan);
    trial_end(&tied.trial);
  }
}

/* A table alone has no gather that has checked the indices: its scatter does not wait. */
Test(defer, an_index_that_was_not_checked_is_checked_before) {
  Trial trial = {.seed = 9};
  graph_init(&trial.graph, DTYPE_F32);
  Maker maker = {&trial.graph, &trial.diag};
  NodeId table = trial_bind(&trial, DTYPE_F32, trial_shape(2, ROWS, WIDTH, 0)),
         ids = trial_bind(&trial, DTYPE_I32, trial_shape(1, BATCH, 0, 0)),
         y = trial_bind(&trial, DTYPE_F32, trial_shape(2, BATCH, ROWS, 0)),
         h = trial_bind(&trial, DTYPE_F32, trial_shape(2, BATCH, WIDTH, 0));
  NodeId rows = trial_emit(&trial, OP_SCATTER, (NodeId[]){h, ids}, 2, (int64_t[]){0, ROWS}, 2),
         gradient = trial_2(&trial, OP_ADD, make_matmul(&maker, y, h, true, false), rows);
  PlanSpec spec = {.graph = &trial.graph,
                   .watched = &gradient,
                   .watched_count = 1,
                   .stores = (Store[]){{0, trial_2(&trial, OP_SUB, table, gradient)}},
                   .store_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  tensor_set(&trial.bound[1], BATCH - 1, ROWS);
  const double before = tensor_get(&trial.bound[0], 0);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_FAULT);
  cr_assert(strstr(trial.diag.message, "is out of range for axis 0"), "%s", trial.diag.message);
  cr_assert_eq(tensor_get(&trial.bound[0], 0), before);
  plan_free(plan);
  trial_end(&trial);
}
