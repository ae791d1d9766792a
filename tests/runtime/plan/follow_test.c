/* follow_test.c — which programs run on the rows of a product as they are finished. */
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

/* x y + bias, its sums over `mask`, and what needs them. */
static bool follows(uint32_t mask) {
  Trial trial = {.seed = 4};
  graph_init(&trial.graph, DTYPE_F32);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 48, 64, 0)),
         y = trial_bind(&trial, DTYPE_F32, trial_shape(2, 64, 64, 0)),
         bias = trial_bind(&trial, DTYPE_F32, trial_shape(1, 64, 0, 0)), pair[2] = {x, y};
  NodeId at = trial_2(&trial, OP_ADD, trial_emit(&trial, OP_MATMUL, pair, 2, (int64_t[]){0, 0}, 2),
                      bias),
         sums = trial_emit(&trial, OP_SUM, &at, 1, (int64_t[]){mask, 1}, 2),
         result = trial_2(&trial, OP_MUL, at, sums);
  PlanSpec spec = {.graph = &trial.graph, .results = &result, .result_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  cr_assert(plan, "%s", trial.diag.message);
  bool found = false, then = false;
  for (int i = 0; i < plan->instruction_count; i++) {
    const Instruction *instruction = &plan->instructions[i];
    if (!instruction->node || graph_node(&plan->graph, instruction->node)->op != OP_MATMUL)
      continue;
    found = true;
    then = instruction->then != NULL && instruction->then->program.sums;
  }
  cr_assert(found);
  plan_free(plan);
  trial_end(&trial);
  return then;
}

/* A row of the sums is that of the product; a sum of all waits for all. */
Test(follow, sums_of_rows_are_made_as_the_product_goes) {
  cr_assert_eq(follows(2), FUSES && MAP_BLOCK % 64 == 0);
  cr_assert(!follows(3));
}
