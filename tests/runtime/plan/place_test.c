/* place_test.c — where values live: in a result's place already, if it is made of them. */
#include "runtime/opcodes.h"
#include "runtime/plan/internal.h"
#include "tests/runtime/plan/trial.h"

/* The double of x y: the product is made where that will be.  Not where the result may
 * be the memory of an input, which a sum of gradients is: the old sum would be lost. */
Test(place, an_operand_is_made_in_a_results_place) {
  Trial trial;
  trial_start(&trial, 5);
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

  trial_start(&trial, 5);
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

/* Steps of a recurrence, joined end to end: each is made where the joined value lies, also where
 * another join in another order is made of it before, or it comes twice. */
Test(place, what_is_joined_is_made_in_place) {
  enum { STEPS = 4 };
  const Shape sized = trial_shape(2, 64, 32, 0);
  for (int kind = 0; kind < 4; kind++) {
    Trial trial;
    trial_start(&trial, 5);
    Maker maker = {&trial.graph, &trial.diag};
    NodeId x = trial_bind(&trial, DTYPE_F32, sized),
           w = trial_bind(&trial, DTYPE_F32, trial_shape(2, 32, 32, 0)), parts[STEPS], results[3];
    for (int t = 0; t < STEPS; t++)
      parts[t] = x = make1(&maker, OP_TANH, make_matmul(&maker, x, w, false, false));
    if (kind == 2) parts[2] = parts[1];
    const NodeId joined = make_concat(&maker, parts, STEPS, 0);
    int count = 0;
    results[count++] = make_matmul(&maker, joined, joined, true, false);
    if (kind == 1) {
      NodeId turned[STEPS] = {parts[3], parts[2], parts[1], parts[0]};
      results[count++] = make_sum(&maker, make_concat(&maker, turned, STEPS, 0), 1, false);
      results[count++] = make_matmul(&maker, x, w, false, false);
    }
    if (kind == 3) results[count++] = parts[3]; /* the caller's memory */
    PlanSpec spec = {.graph = &trial.graph, .results = results, .result_count = count};
    Plan *plan = plan_make(&spec, &trial.diag);
    cr_assert(plan && !trial.diag.status, "%s", trial.diag.message);
    const Facts *facts = plan->facts;
    int in_place = 0;
    for (NodeId id = 1; id < plan->graph.count; id++) {
      if (!facts[id].joined) continue;
      in_place++;
      cr_assert(facts[id].place.offset >= facts[facts[id].joined].place.offset);
      cr_assert(facts[id].place.offset + facts[id].bytes <=
                facts[facts[id].joined].place.offset + facts[facts[id].joined].bytes);
    }
#if defined(GD_HARSH) /* a concat takes three at a time */
    cr_assert(in_place > 0, "kind %d", kind);
#else
    cr_assert_eq(in_place, kind < 2 ? STEPS : STEPS - 1, "kind %d: %d", kind, in_place);
#endif
    Values values = trial_values(&trial);
    Tensor made[3] = {{0}};
    void *pointers[TRIAL_BOUND];
    trial_pointers(&trial, pointers);
    for (int again = 0; again < 2; again++) {
      plan_poison(plan);
      cr_assert_eq(plan_run(plan, pointers, made, NULL, &trial.diag), RUN_DONE);
    }
    for (int i = 0; i < count; i++) {
      cr_assert(same_bits(&made[i], values_get(&values, results[i], &trial.diag)), "kind %d", kind);
      tensor_release(&made[i]);
    }
    values_free(&values);
    plan_free(plan);
    trial_end(&trial);
  }
}
