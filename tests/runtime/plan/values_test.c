/* values_test.c — the immediate executor: values, views, chains longer than any stack, faults,
 * interrupts. */
#include "runtime/base/stop.h"
#include "runtime/kernels/kernels.h"
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

Test(values, works_out_and_keeps) {
  Trial trial;
  trial_start(&trial, 3);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 3, 0, 0));
  for (int i = 0; i < 3; i++) tensor_set(&trial.bound[0], i, i + 1);
  NodeId y = trial_2(&trial, OP_ADD, trial_1(&trial, OP_SQUARE, x),
                     graph_constant(&trial.graph, 0.5, DTYPE_F32));
  Values values = trial_values(&trial);
  const Tensor *tensor = values_get(&values, y, &trial.diag);
  cr_assert(tensor);
  for (int i = 0; i < 3; i++) cr_assert_eq(tensor_get(tensor, i), (i + 1) * (i + 1) + 0.5);
  const void *data = tensor_data(tensor);
  cr_assert_eq(tensor_data(values_get(&values, y, &trial.diag)), data,
               "the second time it is there");
  values_reset(&values);
  tensor_set(&trial.bound[0], 0, 10);
  cr_assert_eq(tensor_get(values_get(&values, y, &trial.diag), 0), 100.5);
  values_free(&values);
  trial_end(&trial);
}

/* A slice or transpose may share memory only where its elements are one run. */
Test(values, views_only_of_runs) {
  Trial trial;
  trial_start(&trial, 3);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(3, 4, 5, 6));
  for (int i = 0; i < 120; i++) tensor_set(&trial.bound[0], i, i);
  Values values = trial_values(&trial);
  static const struct {
    int64_t attrs[9];
    bool run;
  } slices[] = {
      {{1, 2, 1, 0, 5, 1, 0, 6, 1}, true},    {{2, 1, 1, 1, 3, 1, 0, 6, 1}, true},
      {{2, 1, 1, 3, 1, 1, 2, 3, 1}, true},    {{0, 4, 1, 1, 3, 1, 0, 6, 1}, false},
      {{0, 4, 1, 0, 5, 1, 1, 5, 1}, false},   {{0, 1, 1, 0, 5, 1, 1, 5, 1}, false},
      {{0, 2, 2, 0, 5, 1, 0, 6, 1}, false},   {{3, 4, -1, 0, 5, 1, 0, 6, 1}, false},
      {{3, 1, -1, 4, 1, -1, 5, 1, -1}, true},
  };
  for (int s = 0; s < COUNT_OF(slices); s++) {
    const int64_t *a = slices[s].attrs;
    NodeId part = trial_emit(&trial, OP_SLICE, &x, 1, a, 9);
    cr_assert(part);
    const Tensor *tensor = values_get(&values, part, &trial.diag);
    cr_assert_eq(tensor->buffer == trial.bound[0].buffer, slices[s].run, "slice %d", s);
    int64_t at = 0;
    for (int64_t i = 0; i < a[1]; i++)
      for (int64_t j = 0; j < a[4]; j++)
        for (int64_t k = 0; k < a[7]; k++)
          cr_assert_eq(tensor_get(tensor, at++),
                       (double)((a[0] + i * a[2]) * 30 + (a[3] + j * a[5]) * 6 + a[6] + k * a[8]),
                       "slice %d", s);
  }
  /* [1, 5, 6] */
  NodeId row = trial_emit(&trial, OP_SLICE, &x, 1, (int64_t[]){1, 1, 1, 0, 5, 1, 0, 6, 1}, 9);
  static const int64_t orders[][3] = {{1, 0, 2}, {1, 2, 0}, {0, 2, 1}, {2, 1, 0}};
  for (int o = 0; o < COUNT_OF(orders); o++) {
    const Tensor *tensor =
        values_get(&values, trial_emit(&trial, OP_PERMUTE, &row, 1, orders[o], 3), &trial.diag);
    bool keeps = o < 2;
    cr_assert_eq(tensor->buffer == trial.bound[0].buffer, keeps, "order %d", o);
    cr_assert_eq(tensor_get(tensor, 1), keeps ? 31 : 36, "order %d", o);
  }
  values_free(&values);
  trial_end(&trial);
}

Test(values, a_chain_longer_than_any_stack) {
  Trial trial;
  trial_start(&trial, 3);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(0, 0, 0, 0)), y = x;
  tensor_set(&trial.bound[0], 0, 0);
  NodeId one = graph_constant(&trial.graph, 1, DTYPE_F32);
  enum { LONG = 200000 };
  for (int i = 0; i < LONG; i++)
    y = graph_emit(&trial.graph, OP_ADD, (NodeId[]){y, one}, 2, NULL, 0, &trial.diag);
  Values values = trial_values(&trial);
  cr_assert_eq(tensor_get(values_get(&values, y, &trial.diag), 0), LONG);
  values_free(&values);
  trial_end(&trial);
}

Test(values, a_fault_has_the_span_of_its_node) {
  Trial trial;
  trial_start(&trial, 3);
  NodeId x = trial_bind(&trial, DTYPE_I32, trial_shape(1, 2, 0, 0));
  for (int i = 0; i < 2; i++) tensor_set(&trial.bound[0], i, 2147483647 - i);
  trial.graph.span = (Span){1, 4, 9};
  NodeId y = graph_emit(&trial.graph, OP_ADD,
                        (NodeId[]){x, graph_constant(&trial.graph, 1, DTYPE_I32)}, 2, NULL, 0,
                        &trial.diag);
  Values values = trial_values(&trial);
  cr_assert_null(values_get(&values, y, &trial.diag));
  cr_assert_str_eq(trial.diag.message, "2147483647 + 1 does not fit in i32");
  cr_assert_eq(trial.diag.span.start, 4);
  trial.diag.status = 0;
  tensor_set(&trial.bound[0], 0, 5);
  values_reset(&values);
  cr_assert_eq(tensor_get(values_get(&values, y, &trial.diag), 0), 6, "usable afterwards");
  values_free(&values);
  trial_end(&trial);
}

Test(values, an_interrupted_kernel_gives_no_value) {
  Trial trial;
  trial_start(&trial, 3);
  NodeId y = trial_1(&trial, OP_NEG, trial_bind(&trial, DTYPE_F32, trial_shape(1, 100000, 0, 0)));
  Values values = trial_values(&trial);
  stop_asked = 1;
  cr_assert_null(values_get(&values, y, &trial.diag));
  cr_assert_eq(trial.diag.status, STATUS_INTERRUPTED);
  stop_asked = 0;
  trial.diag.status = 0;
  cr_assert(values_get(&values, y, &trial.diag));
  values_free(&values);
  trial_end(&trial);
}
