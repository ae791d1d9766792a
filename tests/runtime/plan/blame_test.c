/* blame_test.c — runs that fail: a watched value that is not finite, which node is to blame, what
 * is required, faults of kernels.  Nothing is stored then. */
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

#include <math.h>

Test(blame, nothing_is_stored_when_a_watched_value_is_not_finite) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId w = trial_bind(&trial, DTYPE_F32, trial_shape(1, 4, 0, 0));
  for (int i = 0; i < 4; i++) tensor_set(&trial.bound[0], i, i - 2);
  trial.graph.span = (Span){1, 10, 16};
  NodeId bad = trial_1(&trial, OP_SQRT, w);
  trial.graph.span = (Span){1, 20, 26};
  NodeId worse = trial_2(&trial, OP_MUL, bad, w), fine = trial_1(&trial, OP_NEG, w);
  PlanSpec spec = {.graph = &trial.graph,
                   .watched = (NodeId[]){fine, worse},
                   .watched_count = 2,
                   .stores = (Store[]){{0, fine}},
                   .store_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  int which = -1;
  cr_assert_eq(plan_run(plan, pointers, NULL, &which, &trial.diag), RUN_NOT_FINITE);
  cr_assert_eq(which, 1);
  for (int i = 0; i < 4; i++) cr_assert_eq(tensor_get(&trial.bound[0], i), i - 2);
  cr_assert(plan_blame(plan, pointers, 0, &trial.diag));
  cr_assert_str_eq(trial.diag.message, "`sqrt` of -2 is NaN at [0]");
  cr_assert_eq(trial.diag.span.start, 10);
  plan_free(plan);
  trial_end(&trial);
}

/* A program looks at what it makes block by block: a NaN anywhere is seen, and the run after it
 * starts afresh. */
static bool streams(const Plan *plan) {
  for (int i = 0; i < plan->instruction_count; i++)
    for (int s = 0; plan->instructions[i].kind == INSTRUCTION_PROGRAM &&
                    s < plan->instructions[i].program.count;
         s++)
      if (plan->instructions[i].program.steps[s].most &&
          plan->instructions[i].program.steps[s].out.step)
        return true;
  return false;
}

static void see_in_any_block(int64_t count, bool passes_by) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId w = trial_bind(&trial, DTYPE_F32, trial_shape(1, count, 0, 0));
  float *x = tensor_data(&trial.bound[0]);
  NodeId root = trial_1(&trial, OP_SQRT, w), next = trial_2(&trial, OP_ADD, root, w);
  PlanSpec spec = {.graph = &trial.graph,
                   .watched = &root,
                   .watched_count = 1,
                   .stores = (Store[]){{0, next}},
                   .store_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(streams(plan), dispatch_stream(DTYPE_F32) && (passes_by || MAP_BLOCK < 1024));
  const int64_t places[] = {
      0, 17, MAP_BLOCK, MAP_BLOCK * MAP_CHUNK - 1, 2 * MAP_BLOCK * MAP_CHUNK + 3, count - 1};
  for (int p = 0; p < (int)(sizeof places / sizeof places[0]); p++) {
    for (int64_t i = 0; i < count; i++) x[i] = 4;
    x[places[p]] = -1;
    int which = -1;
    cr_assert_eq(plan_run(plan, pointers, NULL, &which, &trial.diag), RUN_NOT_FINITE);
    cr_assert(which == 0 && x[0] == (p ? 4 : -1));
    x[places[p]] = 4;
    cr_assert_eq(plan_run(plan, pointers, NULL, &which, &trial.diag), RUN_DONE);
    for (int64_t i = 0; i < count; i++) cr_assert(x[i] == 6, "%d of %d", (int)i, (int)count);
  }
  plan_free(plan);
  trial_end(&trial);
}

Test(blame, a_program_sees_what_is_not_finite_in_any_block) {
  see_in_any_block(3 * MAP_BLOCK * MAP_CHUNK + 5, false);
  see_in_any_block((16 << 20) / 4 + 3, true); /* so much goes past the caches (program.c) */
}

/* Memory that is said to stay as it is is looked at once: again only when it is other memory. */
Test(blame, steady_memory_is_looked_at_once) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId w = trial_bind(&trial, DTYPE_F32, trial_shape(1, 4, 0, 0)),
         next = trial_1(&trial, OP_NEG, w);
  const bool steady = true;
  PlanSpec spec = {.graph = &trial.graph,
                   .results = &next,
                   .result_count = 1,
                   .watched = &w,
                   .watched_count = 1,
                   .steady = &steady};
  Plan *plan = plan_make(&spec, &trial.diag);
  float fine[4] = {1, 2, 3, 4}, bad[4] = {1, 2, (float)NAN, 4}, out[4];
  Shape shape = trial_shape(1, 4, 0, 0);
  Tensor result;
  cr_assert(tensor_new(&result, DTYPE_F32, &shape, &trial.diag));
  void *pointers[TRIAL_BOUND] = {fine};
  cr_assert_eq(plan_run(plan, pointers, &result, NULL, &trial.diag), RUN_DONE);
  pointers[0] = bad;
  for (int again = 0; again < 2; again++)
    cr_assert_eq(plan_run(plan, pointers, &result, NULL, &trial.diag), RUN_NOT_FINITE);
  pointers[0] = fine;
  cr_assert_eq(plan_run(plan, pointers, &result, NULL, &trial.diag), RUN_DONE);
  memcpy(out, tensor_data(&result), sizeof out);
  cr_assert_eq(out[3], -4);
  tensor_release(&result);
  plan_free(plan);
  trial_end(&trial);
}

/* The log that `where` leaves aside is infinite too, and comes first; it is not to blame. */
Test(blame, blame_follows_the_way_to_the_watched_value) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 3, 0, 0));
  for (int i = 0; i < 3; i++) tensor_set(&trial.bound[0], i, i);
  NodeId zero = graph_constant(&trial.graph, 0, DTYPE_F32);
  NodeId log = trial_1(&trial, OP_LOG, x), mask = trial_2(&trial, OP_GT, x, zero);
  NodeId masked = trial_emit(&trial, OP_WHERE, (NodeId[]){mask, log, zero}, 3, NULL, 0);
  NodeId watched = trial_2(&trial, OP_DIV, masked, x);
  PlanSpec spec = {.graph = &trial.graph, .watched = &watched, .watched_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_NOT_FINITE);
  cr_assert(plan_blame(plan, pointers, 0, &trial.diag));
  cr_assert_str_eq(trial.diag.message, "`/` of 0 and 0 is NaN at [0]");
  tensor_set(&trial.bound[0], 1, (double)NAN);
  cr_assert(plan_blame(plan, pointers, 0, &trial.diag));
  cr_assert_str_eq(trial.diag.message, "a value was NaN before this step at [1]");
  plan_free(plan);
  trial_end(&trial);
}

/* An infinity that was given is nobody's making: what made NaN of it is told, else what took it
 * first. */
Test(blame, blame_passes_over_what_was_given) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 3, 0, 0)),
         mask = trial_bind(&trial, DTYPE_F32, trial_shape(1, 3, 0, 0));
  for (int i = 0; i < 3; i++)
    tensor_set(&trial.bound[0], i, i), tensor_set(&trial.bound[1], i, i == 2 ? -HUGE_VAL : 0);
  NodeId masked = trial_2(&trial, OP_ADD, x, mask),
         zero = trial_2(&trial, OP_LT, x, graph_constant(&trial.graph, 2, DTYPE_F32));
  NodeId product = trial_2(&trial, OP_MUL, masked,
                           make_cast(&(Maker){&trial.graph, &trial.diag}, zero, DTYPE_F32));
  NodeId root = trial_1(&trial, OP_SQRT,
                        trial_2(&trial, OP_SUB, x, graph_constant(&trial.graph, 1, DTYPE_F32)));
  const NodeId watched[3] = {masked, product, trial_2(&trial, OP_ADD, product, root)};
  static const char *const told[3] = {"`+` of 2 and -inf is -inf at [2]",
                                      "`*` of -inf and 0 is NaN at [2]",
                                      "`sqrt` of -1 is NaN at [0]"};
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  for (int i = 0; i < 3; i++) {
    PlanSpec spec = {.graph = &trial.graph, .watched = &watched[i], .watched_count = 1};
    Plan *plan = plan_make(&spec, &trial.diag);
    trial.diag.status = 0;
    cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_NOT_FINITE);
    cr_assert(plan_blame(plan, pointers, 0, &trial.diag));
    cr_assert_str_eq(trial.diag.message, told[i]);
    plan_free(plan);
  }
  trial_end(&trial);
}

/* In whatever block, behind whatever else the program does, and over a dead operand: the very
 * element is told, and nothing is stored. */
Test(blame, what_is_required_is_told_by_element) {
  for (int at = 0; at < 5000; at += 1249) {
    Trial trial;
    trial_start(&trial, 7);
    NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 50, 100, 0));
    for (int i = 0; i < 5000; i++) tensor_set(&trial.bound[0], i, i == at ? -3 : 1);
    Maker maker = {&trial.graph, &trial.diag};
    NodeId y = trial_2(&trial, OP_MUL, trial_1(&trial, OP_EXP, x), x),
           zero = graph_constant(&trial.graph, 0, DTYPE_F32);
    trial.graph.span = (Span){1, 5, 9};
    NodeId checked = make_require(&maker, x, make2(&maker, OP_GT, y, zero), "x is above 0");
    trial.graph.span = (Span){1, 10, 12};
    NodeId next = make2(&maker, OP_ADD, make2(&maker, OP_MUL, checked, y),
                        graph_constant(&trial.graph, 1, DTYPE_F32));
    PlanSpec spec = {.graph = &trial.graph, .stores = (Store[]){{0, next}}, .store_count = 1};
    Plan *plan = plan_make(&spec, &trial.diag);
    void *pointers[TRIAL_BOUND];
    char told[80];
    trial_pointers(&trial, pointers);
    cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_FAULT);
    snprintf(told, sizeof told, "x is above 0: found -3 at [%d, %d]", at / 100, at % 100);
    cr_assert_str_eq(trial.diag.message, told);
    cr_assert_eq(trial.diag.span.start, 5);
    for (int i = 0; i < 5000; i++) cr_assert_eq(tensor_get(&trial.bound[0], i), i == at ? -3 : 1);
    plan_free(plan);
    trial_end(&trial);
  }
}

Test(blame, a_fault_tells_its_node_and_stores_nothing) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId a = trial_bind(&trial, DTYPE_I32, trial_shape(1, 2000, 0, 0)),
         n = trial_bind(&trial, DTYPE_I32, trial_shape(1, 2000, 0, 0));
  for (int i = 0; i < 2000; i++)
    tensor_set(&trial.bound[0], i, i), tensor_set(&trial.bound[1], i, 7);
  tensor_set(&trial.bound[1], 1500, 2147483647);
  NodeId one = graph_constant(&trial.graph, 1, DTYPE_I32);
  NodeId twice = trial_2(&trial, OP_SUB, a, one);
  trial.graph.span = (Span){1, 5, 9};
  NodeId sum = trial_2(&trial, OP_ADD, twice, n);
  PlanSpec spec = {.graph = &trial.graph, .stores = (Store[]){{0, sum}}, .store_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_FAULT);
  cr_assert_str_eq(trial.diag.message, "1499 + 2147483647 does not fit in i32");
  cr_assert_eq(trial.diag.span.start, 5);
  for (int i = 0; i < 2000; i++) cr_assert_eq(tensor_get(&trial.bound[0], i), i);
  plan_free(plan);
  trial_end(&trial);
}
