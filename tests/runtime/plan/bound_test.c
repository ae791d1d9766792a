/* bound_test.c — what a step must do at least, counted by hand, and the table that --dump=time
 * prints of it. */
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"
#include "runtime/plan/bound.h"
#include "tests/runtime/plan/trial.h"

#include <stdlib.h>

static Plan *plan_for(Trial *trial, NodeId result) {
  cr_assert(result, "%s", trial->diag.message);
  PlanSpec spec = {.graph = &trial->graph, .results = &result, .result_count = 1};
  Plan *plan = plan_make(&spec, &trial->diag);
  cr_assert(plan);
  return plan;
}

/* The plan's last step does so much. */
static void costs(Trial *trial, NodeId result, double f32, double f64, double bytes) {
  Plan *plan = plan_for(trial, result);
  Cost cost = step_cost(plan, &plan->instructions[plan->instruction_count - 1]);
  cr_assert_eq(cost.operations[0], f32, "%g operations, not %g", cost.operations[0], f32);
  cr_assert_eq(cost.operations[1], f64, "%g operations in f64, not %g", cost.operations[1], f64);
  cr_assert_eq(cost.bytes, bytes, "%g bytes, not %g", cost.bytes, bytes);
  plan_free(plan);
}

Test(bound, of_products) {
  Trial trial;
  trial_start(&trial, 3);
  Maker maker = {&trial.graph, &trial.diag};
  NodeId a = trial_bind(&trial, DTYPE_F32, trial_shape(2, 5, 7, 0)),
         b = trial_bind(&trial, DTYPE_F32, trial_shape(2, 7, 3, 0));
  NodeId stack = trial_bind(&trial, DTYPE_F64, trial_shape(3, 4, 5, 7)),
         turned = trial_bind(&trial, DTYPE_F64, trial_shape(2, 5, 6, 0));
  costs(&trial, make_matmul(&maker, a, b, false, false), 2 * 5 * 3 * 7, 0,
        4 * (5 * 7 + 7 * 3 + 5 * 3));
  costs(&trial, make_matmul(&maker, a, a, true, false), 2 * 7 * 7 * 5, 0, 4 * (5 * 7 + 7 * 7));
  costs(&trial, make_matmul(&maker, stack, turned, true, false), 0, 2 * 4 * 7 * 6 * 5,
        8 * (4 * 5 * 7 + 5 * 6 + 4 * 7 * 6));
  trial_end(&trial);
}

Test(bound, of_programs) {
  Trial trial;
  trial_start(&trial, 3);
  Maker maker = {&trial.graph, &trial.diag};
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 6, 10, 0)),
         bias = trial_bind(&trial, DTYPE_F32, trial_shape(1, 10, 0, 0));
  NodeId y =
      trial_1(&trial, OP_RELU,
              trial_2(&trial, OP_ADD, trial_2(&trial, OP_MUL, x, make_number(&maker, 2)), bias));
  costs(&trial, y, 3 * 60, 0, 4 * (60 + 10 + 60));
  costs(&trial, trial_2(&trial, OP_MUL, x, x), 60, 0, 4 * (60 + 60));
  NodeId wide = make_expand(&maker, bias, &(Shape){2, {6, 10}});
  /* what repeats is read once */
  costs(&trial, trial_2(&trial, OP_ADD, x, wide), 60, 0, 4 * (60 + 10 + 60));
  costs(&trial, make_cast(&maker, x, DTYPE_F64), 0, 60, 4 * 60 + 8 * 60);
  costs(&trial, make_sum(&maker, x, 1, false), 60, 0, 4 * (60 + 10));
  costs(&trial, x, 0, 0, 2 * 4 * 60); /* copied */
  trial_end(&trial);
}

Test(bound, of_convolutions) {
  Trial trial;
  trial_start(&trial, 3);
  NodeId x = trial_bind(&trial, DTYPE_F32, shape_of(4, (int64_t[]){2, 3, 8, 8})),
         w = trial_bind(&trial, DTYPE_F32, shape_of(4, (int64_t[]){4, 3, 3, 3}));
  NodeId dy = trial_bind(&trial, DTYPE_F32, shape_of(4, (int64_t[]){2, 4, 8, 8}));
  int64_t attrs[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 8, 8},
          weights[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3};
  double images = 4 * 2 * 3 * 64, filters = 4 * 4 * 27, outputs = 4 * 2 * 4 * 64,
         operations = 2.0 * (2 * 4 * 64) * 27;
  costs(&trial, trial_emit(&trial, OP_CONV2D, (NodeId[]){x, w}, 2, attrs, 9), operations, 0,
        images + filters + outputs);
  costs(&trial, trial_emit(&trial, OP_CONV2D_INPUT, (NodeId[]){dy, w}, 2, attrs, 11), operations, 0,
        images + filters + outputs);
  costs(&trial, trial_emit(&trial, OP_CONV2D_WEIGHT, (NodeId[]){x, dy}, 2, weights, 11), operations,
        0, images + filters + outputs);
  trial_end(&trial);
}

/* Of scores that are not seen nothing is counted: 5 queries see 3 to 7 of 7 keys, 25 of 35. */
Test(bound, of_attention) {
  Trial trial;
  trial_start(&trial, 3);
  NodeId q = trial_bind(&trial, DTYPE_F32, shape_of(4, (int64_t[]){2, 4, 5, 3})),
         k = trial_bind(&trial, DTYPE_F32, shape_of(4, (int64_t[]){2, 2, 7, 3})),
         v = trial_bind(&trial, DTYPE_F32, shape_of(4, (int64_t[]){2, 2, 7, 6})),
         dy = trial_bind(&trial, DTYPE_F32, shape_of(4, (int64_t[]){2, 4, 5, 6}));
  double bytes = 4 * (120 + 84 + 168), made = 4 * 240;
  for (int64_t causal = 0; causal < 2; causal++) {
    double scores = 8 * (causal ? 25 : 35);
    costs(&trial, trial_emit(&trial, OP_ATTENTION, (NodeId[]){q, k, v}, 3, &causal, 1),
          2 * scores * (3 + 6), 0, bytes + made);
    costs(&trial, trial_emit(&trial, OP_ATTENTION_SHARES, (NodeId[]){q, k, v, dy}, 4, &causal, 1),
          2 * scores * (3 * 3 + 2 * 6), 0, 2 * bytes + made);
  }
  trial_end(&trial);
}

/* Of a table, the rows that are asked for. */
Test(bound, of_moves) {
  Trial trial;
  trial_start(&trial, 3);
  NodeId table = trial_bind(&trial, DTYPE_F32, trial_shape(2, 50, 8, 0)),
         index = trial_bind(&trial, DTYPE_I32, trial_shape(1, 3, 0, 0));
  costs(&trial, trial_emit(&trial, OP_GATHER, (NodeId[]){table, index}, 2, (int64_t[]){0}, 1), 0, 0,
        4 * (24 + 3 + 24));
  costs(&trial, trial_emit(&trial, OP_PERMUTE, &table, 1, (int64_t[]){1, 0}, 2), 0, 0, 2 * 4 * 400);
  costs(&trial, trial_emit(&trial, OP_MAX, &table, 1, (int64_t[]){3, 0}, 2), 400, 0, 4 * 401);
  trial_end(&trial);
}

Test(bound, is_the_longer_of_two_times) {
  Peak peak = {.operations = {100, 50}, .sets = 2, .bandwidth = {10, 5}};
  bool moving;
  cr_assert_eq(cost_bound(&(Cost){{300, 100}, 20}, &peak, &moving), 5);
  cr_assert_not(moving);
  cr_assert_eq(cost_bound(&(Cost){{300, 0}, 40}, &peak, &moving), 4);
  cr_assert(moving);
  double large = 2 * (double)peak_set(1);
  cr_assert_eq(cost_bound(&(Cost){{0}, large}, &peak, &moving), large / 5);
}

/* ---- the table ---- */

static void place(void *context, Span span, Text *text) {
  (void)context;
  text_format(text, "net.gd:%u", span.start);
}

/* Takes the next line off `*rest`, and its numbers: microseconds, part of all, bound, reach; false
 * at the end. */
static bool next_line(char **rest, char **line, double numbers[4]) {
  *line = strsep(rest, "\n");
  if (!*line || !**line) return false;
  for (int i = 0; i < 4; i++) numbers[i] = -1;
  char *at = *line;
  for (int i = 0; i < 4; i++) {
    char *end;
    numbers[i] = strtod(at, &end);
    if (end == at) numbers[i] = -1;
    at = end;
  }
  return true;
}

static void same_columns(const char *line, const double numbers[4]) {
  cr_assert_leq(strlen(line), 120u, "%s", line);
  cr_assert(numbers[0] >= 0 && numbers[1] >= 0 && numbers[1] <= 100 && numbers[2] >= 0 &&
                numbers[3] >= 0,
            "%s", line);
  static const int ends[] = {12, 19, 31, 37}; /* where each column ends */
  for (int i = 0; i < 4; i++)
    cr_assert(line[ends[i] - 1] >= '0' && line[ends[i] - 1] <= '9' && line[ends[i]] == ' ',
              "column %d of %s", i, line);
}

/* A product large enough that its bound shows, relu, and the mean of all; 4 runs, watched. */
static Plan *timed_plan(Trial *trial) {
  trial_start(trial, 3);
  Maker maker = {&trial->graph, &trial->diag};
  NodeId x = trial_bind(trial, DTYPE_F32, trial_shape(2, 200, 300, 0)),
         w = trial_bind(trial, DTYPE_F32, trial_shape(2, 300, 100, 0));
  trial->graph.span = (Span){1, 4, 5};
  NodeId y = make_matmul(&maker, x, w, false, false);
  trial->graph.span = (Span){1, 7, 8};
  NodeId total = make_sum(
      &maker, trial_1(trial, OP_EXP, trial_1(trial, OP_NEG, trial_1(trial, OP_RELU, y))), 1, false);
  PlanSpec spec = {.graph = &trial->graph,
                   .results = &total,
                   .result_count = 1,
                   .watched = &total,
                   .watched_count = 1};
  Plan *plan = plan_make(&spec, &trial->diag);
  Tensor result = {0};
  void *pointers[TRIAL_BOUND];
  trial_pointers(trial, pointers);
  plan_timing(plan, true);
  for (int i = 0; i < 4; i++)
    cr_assert_eq(plan_run(plan, pointers, &result, NULL, &trial->diag), RUN_DONE);
  tensor_release(&result);
  return plan;
}

Test(bound, the_table_of_times) {
  Trial trial;
  Text text = {0};
  Plan *plan = timed_plan(&trial);
  plan_print_time(plan, place, NULL, &text);
  char *rest = text.data, *line;
  double numbers[4], part = 0, sum = 0;
  cr_assert(next_line(&rest, &line, numbers) && strstr(line, "GFLOP/s"));
  cr_assert(next_line(&rest, &line, numbers) && strstr(line, "us a run") && strstr(line, "bound"));
  /* each step but the one that runs within the product, and the look at what is watched */
  int within = 0;
  for (int i = 0; i < plan->instruction_count; i++) within += plan->instructions[i].taken;
  cr_assert_eq(within, 1);
  for (int i = 0; i <= plan->instruction_count - within; i++) {
    cr_assert(next_line(&rest, &line, numbers));
    same_columns(line, numbers);
    part += numbers[1], sum += numbers[0];
    if (strstr(line, "@"))
      cr_assert(numbers[2] > 0 && strstr(line, " 12.1M") && strstr(line, "net.gd:4"), "%s", line);
  }
  cr_assert(part > 99 && part < 101, "%g %%", part);
  cr_assert(next_line(&rest, &line, numbers) && strstr(line, "steps  line"));
  for (int i = 0; i < 3; i++) { /* two lines of the script, and no line */
    cr_assert(next_line(&rest, &line, numbers));
    same_columns(line, numbers);
    sum -= numbers[0];
  }
  cr_assert(sum > -0.01 && sum < 0.01, "the lines have the steps' times");
  cr_assert(next_line(&rest, &line, numbers) && strstr(line, "in all, the mean of 3 runs") &&
                numbers[1] == 100 && numbers[2] > 0,
            "%s", line);
  cr_assert_str_eq(rest, "");
  text_free(&text);
  plan_free(plan);
  trial_end(&trial);
}

Test(bound, a_plan_that_never_ran_has_no_table) {
  Trial trial;
  Text text = {0};
  trial_start(&trial, 3);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 3, 0, 0));
  Plan *plan = plan_for(&trial, trial_1(&trial, OP_NEG, x));
  plan_timing(plan, true);
  plan_print_time(plan, NULL, NULL, &text);
  cr_assert_eq(text.length, 0u);
  plan_free(plan);
  trial_end(&trial);
}
