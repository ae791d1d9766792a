/* place_test.c — where values live: in a result's place already, if it is made of them. */
#include "runtime/opcodes.h"
#include "runtime/plan/internal.h"
#include "tests/runtime/plan/trial.h"

static void start(Trial *trial) {
  *trial = (Trial){.seed = 5};
  graph_init(&trial->graph, DTYPE_F32);
}

/* The double of x y: the product is made where that will be.  Not where the result may
 * be the memory of an input, which a sum of gradients is: the old sum would be lost. */
Test(place, an_operand_is_made_in_a_results_place) {
  Trial trial;
  start(&trial);
  const NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 40, 30, 0)),
               y = trial_bind(&trial, DTYPE_F32, trial_shape(2, 30, 50, 0));
  const NodeId pair[2] = {x, y},
               product = trial_emit(&trial, OP_MATMUL, pair, 2, (int64_t[]){0, 0}, 2),
               more = trial_2(&trial, OP_ADD, product, product);
  PlanSpec spec = {.graph = &trial.graph, .results = &more, .result_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  cr_assert_eq(plan->slab_bytes, 0, "%zu bytes", plan->slab_bytes);
  plan_free(plan);
  trial_end(&trial);

  start(&trial);
  const NodeId a = trial_bind(&trial, DTYPE_F32, trial_shape(2, 40, 30, 0)),
               b = trial_bind(&trial, DTYPE_F32, trial_shape(2, 30, 50, 0)),
               old = trial_bind(&trial, DTYPE_F32, trial_shape(2, 40, 50, 0));
  const NodeId both[2] = {a, b},
               gradient = trial_emit(&trial, OP_MATMUL, both, 2, (int64_t[]){0, 0}, 2),
               sum = trial_2(&trial, OP_ADD, old, gradient);
  spec = (PlanSpec){.graph = &trial.graph, .results = &sum, .result_count = 1};
  plan = plan_make(&spec, &trial.diag);
  cr_assert_not_null(plan);
  Tensor before, apart = {0}, into = tensor_retain(&trial.bound[2]);
  tensor_copy(&before, &trial.bound[2], &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, &apart, NULL, &trial.diag), RUN_DONE);
  cr_assert_eq(plan_run(plan, pointers, &into, NULL, &trial.diag), RUN_DONE);
  for (int64_t i = 0; i < 2000; i++) {
    cr_assert_neq(tensor_get(&apart, i), tensor_get(&before, i));
    cr_assert_eq(tensor_get(&into, i), tensor_get(&apart, i));
  }
  tensor_release(&before), tensor_release(&apart), tensor_release(&into);
  plan_free(plan);
  trial_end(&trial);
}
