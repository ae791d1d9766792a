/* stores_test.c — what a plan writes into bindings and into memory that it is given: in place, old
 * values read first, updates in one pass, parts of a tensor. */
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

static float at(const Tensor *tensor, int64_t i) { return (float)tensor_get(tensor, i); }

/* p = p - 0.1 g; m = 0.9 m + g; and q reads the old p: nothing may be lost. */
Test(stores, stores_write_in_place_and_read_old_values) {
  Trial trial;
  trial_start(&trial, 7);
  Shape shape = trial_shape(1, 3000, 0, 0);
  NodeId p = trial_bind(&trial, DTYPE_F32, shape), m = trial_bind(&trial, DTYPE_F32, shape),
         g = trial_bind(&trial, DTYPE_F32, shape);
  NodeId rate = graph_constant(&trial.graph, 0.1, DTYPE_F32),
         keep = graph_constant(&trial.graph, 0.9, DTYPE_F32);
  NodeId m2 = trial_2(&trial, OP_ADD, trial_2(&trial, OP_MUL, keep, m), g);
  NodeId p2 = trial_2(&trial, OP_SUB, p, trial_2(&trial, OP_MUL, rate, m2));
  NodeId late = trial_2(&trial, OP_ADD, m2, m); /* reads the old m after the new one was made */
  PlanSpec spec = {
      .graph = &trial.graph, .stores = (Store[]){{1, m2}, {0, p2}, {2, late}}, .store_count = 3};
  Tensor before[3];
  for (int i = 0; i < 3; i++) tensor_copy(&before[i], &trial.bound[i], &trial.diag);
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_DONE);
  for (int64_t i = 0; i < 3000; i++) {
    float moved = 0.9f * at(&before[1], i) + at(&before[2], i);
    cr_assert_eq(at(&trial.bound[1], i), moved);
    cr_assert_eq(at(&trial.bound[0], i), at(&before[0], i) - 0.1f * moved);
    cr_assert_eq(at(&trial.bound[2], i), moved + at(&before[1], i));
  }
  cr_assert_eq(plan->instruction_count, 1, "one pass over memory");
  cr_assert_eq(plan->slab_bytes, 128, "nothing but the two constants");
  for (int i = 0; i < 3; i++) tensor_release(&before[i]);
  plan_free(plan);
  trial_end(&trial);
}

Test(stores, stores_may_swap) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId a = trial_bind(&trial, DTYPE_F32, trial_shape(1, 5, 0, 0)),
         b = trial_bind(&trial, DTYPE_F32, trial_shape(1, 5, 0, 0));
  PlanSpec spec = {.graph = &trial.graph, .stores = (Store[]){{0, b}, {1, a}}, .store_count = 2};
  Tensor before[2];
  for (int i = 0; i < 2; i++) tensor_copy(&before[i], &trial.bound[i], &trial.diag);
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_DONE);
  cr_assert(same_bits(&trial.bound[0], &before[1]) && same_bits(&trial.bound[1], &before[0]));
  for (int i = 0; i < 2; i++) tensor_release(&before[i]);
  plan_free(plan);
  trial_end(&trial);
}

/* Updates of many parameters are dealt out together, but not one that another must see before or
 * after. */
Test(stores, updates_go_together_where_they_may) {
  enum { PARAMS = 7 };
  static const int64_t counts[PARAMS] = {70000, 3, 1, 5000, 40, 40, 40};
  Trial trial;
  trial_start(&trial, 7);
  NodeId value[PARAMS], next[PARAMS];
  Store stores[PARAMS];
  for (int i = 0; i < PARAMS; i++)
    value[i] = trial_bind(&trial, DTYPE_F32, trial_shape(1, counts[i], 0, 0));
  for (int i = 0; i < PARAMS; i++)
    next[i] = trial_2(&trial, OP_ADD, trial_1(&trial, OP_SQUARE, value[i]), value[i]);
  next[4] = trial_2(&trial, OP_MUL, value[4], value[5]); /* reads 5, which is written too … */
  next[6] = trial_2(&trial, OP_SUB, next[5], value[6]);  /* … and this the new 5 */
  for (int i = 0; i < PARAMS; i++) stores[i] = (Store){i, next[i]};
  PlanSpec spec = {.graph = &trial.graph, .stores = stores, .store_count = PARAMS};
  Plan *plan = plan_make(&spec, &trial.diag);
  int batches = 0;
  for (int i = 0; i < plan->instruction_count; i++) batches += plan->instructions[i].batch != NULL;
  if (FUSES) cr_assert_geq(batches, 1);
  Tensor before[PARAMS];
  for (int i = 0; i < PARAMS; i++) tensor_copy(&before[i], &trial.bound[i], &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  for (int threads = 1; threads <= 4; threads *= 2) {
    team_start(threads);
    for (int i = 0; i < PARAMS; i++)
      memcpy(tensor_data(&trial.bound[i]), tensor_data(&before[i]), tensor_bytes(&before[i]));
    plan_poison(plan);
    cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_DONE);
    for (int i = 0; i < PARAMS; i++)
      for (int64_t k = 0; k < counts[i]; k++) {
        float x = (float)tensor_get(&before[i], k), fifth = (float)tensor_get(&before[5], k % 40),
              new_fifth = fifth * fifth + fifth;
        float wanted = i == 4 ? x * fifth : i == 6 ? new_fifth - x : x * x + x;
        cr_assert_eq((float)tensor_get(&trial.bound[i], k), wanted,
                     "parameter %d at %d on %d threads", i, (int)k, threads);
      }
  }
  for (int i = 0; i < PARAMS; i++) tensor_release(&before[i]);
  plan_free(plan);
  trial_end(&trial);
}

/* x = x + x' must not read what it has written (FAULTS.md, C18). */
Test(stores, transpose_of_itself_in_place) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 40, 40, 0));
  NodeId turned = trial_emit(&trial, OP_PERMUTE, &x, 1, (int64_t[]){1, 0}, 2);
  NodeId sum = trial_2(&trial, OP_ADD, x, turned);
  PlanSpec spec = {.graph = &trial.graph, .stores = (Store[]){{0, sum}}, .store_count = 1};
  Tensor before;
  tensor_copy(&before, &trial.bound[0], &trial.diag);
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_DONE);
  for (int64_t i = 0; i < 1600; i++)
    cr_assert_eq(at(&trial.bound[0], i), at(&before, i) + at(&before, i % 40 * 40 + i / 40));
  tensor_release(&before);
  plan_free(plan);
  trial_end(&trial);
}

Test(stores, results_write_given_memory) {
  Trial trial;
  trial_start(&trial, 7);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 9, 0, 0)),
         y = trial_1(&trial, OP_SQUARE, x);
  Tensor results[2] = {{0}};
  Shape shape = trial_shape(1, 9, 0, 0);
  tensor_zeros(&results[1], DTYPE_F32, &shape, &trial.diag);
  void *given = tensor_data(&results[1]);
  PlanSpec spec = {.graph = &trial.graph, .results = (NodeId[]){x, y}, .result_count = 2};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  for (int round = 0; round < 3; round++) {
    tensor_set(&trial.bound[0], 4, round);
    cr_assert_eq(plan_run(plan, pointers, results, NULL, &trial.diag), RUN_DONE);
    cr_assert_eq(tensor_data(&results[1]), given);
    cr_assert_eq(tensor_get(&results[0], 4), round);
    cr_assert_eq(tensor_get(&results[1], 4), round * round);
    if (round == 1) tensor_release(&results[0]);
  }
  tensor_release(&results[0]);
  tensor_release(&results[1]);
  plan_free(plan);
  trial_end(&trial);
}
