/* pooled_test.c — max(relu(c + b)) over windows is planned as relu(max(c) + b), with the same bits.
 */
#include "runtime/opcodes.h"
#include "trial.h"

#include <math.h>

typedef struct Seen {
  Shape relu; /* expected */
} Seen;

static void look(const Plan *plan, void *context) {
  const Seen *seen = context;
  int relus = 0;
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    if (node->op != OP_RELU) continue;
    relus++;
    if (FUSES) cr_assert(shape_equal(&node->type.shape, &seen->relu));
  }
  cr_assert_eq(relus, 1);
}

/* Windows of 3 x 3, a step of 2 apart, with padding; the bias is first or second. */
static void check(Dtype dtype, bool read_apart) {
  Trial trial;
  trial_start(&trial, 5);
  const int64_t images[] = {5, 2, 9, 7}, window[] = {4, 2, 3, 3}, wide[] = {1, 4, 1, 1};
  const int64_t by_one[] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, pool[] = {3, 3, 2, 2, 1, 1, 1, 1};
  const NodeId x = trial_bind(&trial, dtype, shape_of(4, images)),
               w = trial_bind(&trial, dtype, shape_of(4, window)),
               b = trial_bind(&trial, dtype, shape_of(4, wide));
  tensor_set(&trial.bound[0], 20, NAN);
  const NodeId conv = trial_emit(&trial, OP_CONV2D, (NodeId[]){x, w}, 2, by_one, 9),
               sum = dtype == DTYPE_F32 ? trial_2(&trial, OP_ADD, conv, b)
                                        : trial_2(&trial, OP_ADD, b, conv),
               relu = trial_1(&trial, OP_RELU, sum),
               greatest = trial_emit(&trial, OP_POOL_MAX, &relu, 1, pool, 8);
  cr_assert(greatest);
  const NodeId nodes[] = {greatest, conv, relu};
  Seen seen = {graph_node(&trial.graph, read_apart ? relu : greatest)->type.shape};
  trial_compare(&trial, nodes, read_apart ? 3 : 2, "pooled", look, &seen);
  trial_end(&trial);
}

Test(pooled, the_same_bits) {
  check(DTYPE_F32, false);
  check(DTYPE_F64, false);
}

Test(pooled, not_where_something_else_reads_the_relu) { check(DTYPE_F32, true); }
