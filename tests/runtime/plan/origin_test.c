/* origin_test.c — from a refused element up to the row of the data that it was made of. */
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

/* Input 0, f32 [6, 4], is the data; one element is so large that no i32 holds what is made of it.
 */
static NodeId data_of(Trial *trial, int64_t row, int64_t column) {
  trial_start(trial, 11);
  NodeId x = trial_bind(trial, DTYPE_F32, trial_shape(2, 6, 4, 0));
  for (int i = 0; i < 24; i++) tensor_set(&trial->bound[0], i, 1);
  tensor_set(&trial->bound[0], 4 * row + column, 1e12);
  return x;
}

/* The row that a fault in `node` as an i32 is traced to, -1: none. */
static int64_t row_of(Trial *trial, NodeId node) {
  NodeId whole = graph_emit(&trial->graph, OP_CAST, &node, 1, (int64_t[]){DTYPE_I32}, 1,
                            &trial->diag);
  PlanSpec spec = {.graph = &trial->graph, .results = &whole, .result_count = 1};
  Plan *plan = plan_make(&spec, &trial->diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(trial, pointers);
  Tensor result = {0};
  cr_assert_eq(plan_run(plan, pointers, &result, NULL, &trial->diag), RUN_FAULT);
  int64_t row = -1;
  if (!plan_fault_row(plan, (int[]){0}, 1, &row)) row = -1;
  cr_assert_not(plan_fault_row(plan, (int[]){7}, 1, &(int64_t){0}));
  plan_free(plan);
  tensor_release(&result);
  trial_end(trial);
  return row;
}

static NodeId with(Trial *trial, Op op, NodeId a, const int64_t *attrs, int count) {
  return graph_emit(&trial->graph, op, &a, 1, attrs, count, &trial->diag);
}

static NodeId turned(Trial *trial, NodeId a) {
  return with(trial, OP_PERMUTE, a, (int64_t[]){1, 0}, 2);
}

static NodeId product(Trial *trial, NodeId a, NodeId b, bool left_turned) {
  return graph_emit(&trial->graph, OP_MATMUL, (NodeId[]){a, b}, 2, (int64_t[]){left_turned, false},
                    2, &trial->diag);
}

Test(origin, elements_are_followed_through_moves) {
  Trial trial;
  NodeId x = data_of(&trial, 4, 2);
  cr_expect_eq(row_of(&trial, trial_2(&trial, OP_ADD, x, x)), 4);
  x = data_of(&trial, 4, 2);
  cr_expect_eq(row_of(&trial, turned(&trial, x)), 4);
  x = data_of(&trial, 3, 1);
  cr_expect_eq(row_of(&trial, with(&trial, OP_SLICE, x, (int64_t[]){5, 3, -1, 1, 2, 1}, 6)), 3);
  x = data_of(&trial, 5, 3);
  cr_expect_eq(row_of(&trial, with(&trial, OP_RESHAPE, x, (int64_t[]){2, 12}, 2)), 5);
}

Test(origin, rows_are_followed_through_layers) {
  Trial trial;
  NodeId x = data_of(&trial, 2, 3), w = trial_bind(&trial, DTYPE_F32, trial_shape(2, 4, 3, 0));
  for (int i = 0; i < 12; i++) tensor_set(&trial.bound[1], i, 1);
  NodeId y = product(&trial, x, w, false);
  cr_expect_eq(row_of(&trial, with(&trial, OP_SUM, y, (int64_t[]){2, 0}, 2)), 2);
}

Test(origin, what_mixes_rows_has_none) {
  Trial trial;
  NodeId x = data_of(&trial, 2, 3);
  cr_expect_eq(row_of(&trial, with(&trial, OP_SUM, x, (int64_t[]){1, 0}, 2)), -1);
  x = data_of(&trial, 2, 3);
  cr_expect_eq(row_of(&trial, product(&trial, x, x, true)), -1);
  x = data_of(&trial, 2, 3);
  /* rows of what is turned are columns */
  NodeId sums = with(&trial, OP_SUM, turned(&trial, x), (int64_t[]){2, 0}, 2);
  cr_expect_eq(row_of(&trial, sums), -1);
}
