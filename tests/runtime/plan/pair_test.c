/* pair_test.c — a function and its slope in one loop: in one program, and of the same bits. */
#include "runtime/kernels/loops.h"
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

#include <math.h>

typedef struct Twin {
  Op function, slope;
} Twin;

static const Twin TWINS[] = {
    {OP_GELU, OP_GELU_SLOPE}, {OP_TANH, OP_TANH_SLOPE}, {OP_SIGMOID, OP_SIGMOID_SLOPE}};

/* Of u + bias, where u is a product: the slope is read only behind another product, and could be
 * made there. */
static NodeId draw(Trial *trial, const Twin *twin, NodeId results[2]) {
  trial_start(trial, 3);
  NodeId x = trial_bind(trial, DTYPE_F32, trial_shape(2, 40, 40, 0)),
         bias = trial_bind(trial, DTYPE_F32, trial_shape(1, 40, 0, 0)), pair[2] = {x, x};
  NodeId at = trial_2(trial, OP_ADD, trial_emit(trial, OP_MATMUL, pair, 2, (int64_t[]){0, 0}, 2),
                      bias),
         y = trial_1(trial, twin->function, at),
         slope = twin->function == OP_GELU ? trial_1(trial, twin->slope, at)
                                           : trial_2(trial, twin->slope, at, y);
  pair[0] = y;
  results[0] = trial_emit(trial, OP_MATMUL, pair, 2, (int64_t[]){0, 0}, 2);
  results[1] = trial_2(trial, OP_MUL, slope, results[0]);
  return at;
}

static int item_of(const Plan *plan, Op op) {
  for (NodeId id = 1; id < plan->graph.count; id++)
    if (graph_node(&plan->graph, id)->op == op) return plan->facts[id].item;
  cr_assert(false, "no %s", op_name(op));
  return -1;
}

Test(pair, slopes_are_made_with_their_functions) {
  if (!FUSES) return;
  for (int i = 0; i < COUNT_OF(TWINS); i++) {
    Trial trial;
    NodeId results[2];
    draw(&trial, &TWINS[i], results);
    PlanSpec spec = {.graph = &trial.graph, .results = results, .result_count = 2};
    Plan *plan = plan_make(&spec, &trial.diag);
    cr_assert_eq(item_of(plan, TWINS[i].function), item_of(plan, TWINS[i].slope), "%s",
                 op_name(TWINS[i].function));
    plan_free(plan);
    trial_end(&trial);
  }
}

/* Where operand and function are wanted later in any case, a slope would be one value more to keep.
 */
Test(pair, a_slope_moves_to_its_reader_when_that_keeps_nothing) {
  for (int i = 0; i < COUNT_OF(TWINS); i++) {
    Trial trial;
    NodeId results[2], at = draw(&trial, &TWINS[i], results),
                       y = trial_1(&trial, TWINS[i].function, at);
    results[1] = trial_2(&trial, OP_MUL, trial_2(&trial, OP_MUL, results[1], at), y);
    PlanSpec spec = {.graph = &trial.graph, .results = results, .result_count = 2};
    Plan *plan = plan_make(&spec, &trial.diag);
    cr_assert_neq(item_of(plan, TWINS[i].function), item_of(plan, TWINS[i].slope), "%s",
                  op_name(TWINS[i].function));
    plan_free(plan);
    trial_end(&trial);
  }
}

enum { COUNT = 4099 };

static double sample(int i) {
  static const double far[] = {0,      -0.0, HUGE_VAL, -HUGE_VAL, (double)NAN, 1e-40,
                               -1e-40, 1e30, -40,      40,        0.7,         -0.7};
  return i < COUNT_OF(far) ? far[i] : ((double)(i % 2003) - 1001) * (i % 3 ? 0.007 : 0.05);
}

static void same_as_apart(const Twin *twin, Dtype dtype, const char *level) {
  static double x[COUNT], y[COUNT], slope[COUNT], both[2][COUNT];
  const MapTable *table = dispatch_table();
  MapLoop *loop = dispatch_twin(twin->function, twin->slope, dtype);
  if (!loop) return;
  for (int i = 0; i < COUNT; i++)
    if (dtype == DTYPE_F32) ((float *)(void *)x)[i] = (float)sample(i);
    else x[i] = sample(i);
  table->op[twin->function][dtype](COUNT, x, NULL, NULL, y);
  table->op[twin->slope][dtype](COUNT, x, y, NULL, slope);
  loop(COUNT, x, x, both[1], both[0]);
  for (int i = 0; i < COUNT; i++)
    for (int k = 0; k < 2; k++) {
      const void *alone = k ? slope : y;
      size_t size = dtype_bytes(dtype), at = (size_t)i * size;
      double a = dtype_element(dtype, alone, i), b = dtype_element(dtype, both[k], i);
      cr_assert((a != a && b != b) ||
                    memcmp((const char *)alone + at, (char *)both[k] + at, size) == 0,
                "%s, %s, of %.9g: %.17g alone, %.17g of both", level,
                op_name(k ? twin->slope : twin->function), sample(i), a, b);
    }
}

Test(pair, twins_have_the_bits_of_each_alone) {
  const char *const levels[] = {"base", "avx2", "avx512"};
  for (int level = 0; level < COUNT_OF(levels); level++)
    for (int i = 0; dispatch_choose(levels[level]) && i < COUNT_OF(TWINS); i++) {
      same_as_apart(&TWINS[i], DTYPE_F32, levels[level]);
      same_as_apart(&TWINS[i], DTYPE_F64, levels[level]);
    }
}
