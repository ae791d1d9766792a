/* eager_test.c — elementwise operations without a graph: the bits that a graph gives, for every row
 * of the table that they serve. */
#include "runtime/base/stop.h"
#include "runtime/kernels/single.h"
#include "runtime/opcodes.h"
#include "runtime/plan/eager.h"
#include "tests/runtime/plan/trial.h"

#include <math.h>

static int arity(Op op) { return op_class(op) == CLASS_COMPARE ? 2 : single_arity(op); }

static const double NUMBERS[] = {0.5, 2, 0, -0.0, 1, -1, 1e-42, 1e300, INFINITY};

/* The operand number `choice`: a tensor of `shape`, a scalar tensor, or a number. */
static NodeId bind(Trial *trial, Dtype dtype, Shape shape, int choice, EagerOperand *operand) {
  *operand = (EagerOperand){0};
  if (choice >= 2) {
    operand->number = NUMBERS[choice - 2];
    return graph_number(&trial->graph, operand->number);
  }
  NodeId node = trial_bind(trial, dtype, choice == 0 ? shape : (Shape){0});
  Tensor *tensor = &trial->bound[trial->bound_count - 1];
  if (tensor_count(tensor) > 2) tensor_set(tensor, 1, 1e-40); /* subnormal as f32 */
  if (tensor_count(tensor) > 2) tensor_set(tensor, 2, NAN);
  operand->tensor = tensor;
  return node;
}

/* One operation both ways; was it computed without a graph? */
static bool both_ways(Op op, Dtype dtype, Shape shape, const int choices[3]) {
  Trial trial = {.seed = (uint64_t)op + 5};
  graph_init(&trial.graph, DTYPE_F32);
  EagerOperand operands[3];
  NodeId nodes[3] = {0};
  int count = arity(op);
  for (int i = 0; i < count; i++) nodes[i] = bind(&trial, dtype, shape, choices[i], &operands[i]);
  Tensor made;
  bool served = eager_map(op, operands, count, &made);
  if (served) {
    Maker maker = {&trial.graph, &trial.diag};
    NodeId node = count == 1   ? make1(&maker, op, nodes[0])
                  : count == 2 ? make2(&maker, op, nodes[0], nodes[1])
                               : make3(&maker, op, nodes[0], nodes[1], nodes[2]);
    cr_assert(node, "%s", op_name(op));
    Values values = trial_values(&trial);
    const Tensor *wanted = values_get(&values, node, &trial.diag);
    cr_assert(wanted, "%s", op_name(op));
    cr_assert(same_bits(wanted, &made), "%s, %s", op_name(op), dtype_name(dtype));
    values_free(&values);
    tensor_release(&made);
  }
  trial_end(&trial);
  return served;
}

Test(eager, the_bits_of_a_graph) {
  static const int64_t sizes[] = {1, 3, 7, 1000, 1024, 1500};
  int rows = 0;
  for (Op op = 1; op < OP_COUNT; op++) {
    if (!eager_maps(op) || !op_signature(op)[0]) continue;
    rows++;
    for (int s = 0; s < COUNT_OF(sizes); s++)
      for (int choice = 0; choice < 2 + COUNT_OF(NUMBERS); choice++)
        for (Dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++) {
          const Shape shape = trial_shape(1, sizes[s], 0, 0);
          bool served = both_ways(op, dtype, shape, (int[]){0, choice, 0});
          cr_assert(served || choice > 3, "%s is served", op_name(op));
          if (arity(op) > 1) both_ways(op, dtype, shape, (int[]){choice, 0, choice});
        }
  }
  cr_assert_gt(rows, 40);
}

/* What needs a graph, or is an error that a graph reports. */
Test(eager, leaves_the_rest) {
  Tensor f32, f64, whole, row;
  Diag diag = {0};
  Shape three = trial_shape(1, 3, 0, 0), column = trial_shape(2, 3, 1, 0);
  cr_assert(tensor_zeros(&f32, DTYPE_F32, &three, &diag));
  cr_assert(tensor_zeros(&f64, DTYPE_F64, &three, &diag));
  cr_assert(tensor_zeros(&whole, DTYPE_I32, &three, &diag));
  cr_assert(tensor_zeros(&row, DTYPE_F32, &column, &diag));
  const Tensor *others[] = {&f64, &whole, &row};
  Tensor made;
  for (int i = 0; i < COUNT_OF(others); i++) {
    EagerOperand pair[2] = {{.tensor = &f32}, {.tensor = others[i]}};
    cr_assert_not(eager_map(OP_ADD, pair, 2, &made), "%d", i);
  }
  EagerOperand numbers[2] = {{.number = 1}, {.number = 2}};
  cr_assert_not(eager_map(OP_ADD, numbers, 2, &made), "two numbers");
  EagerOperand twice[2] = {{.tensor = &f32}, {.tensor = &f32}};
  cr_assert_not(eager_maps(OP_POW) || eager_maps(OP_MATMUL) || eager_maps(OP_WHERE));
  stop_asked = true;
  cr_assert_not(eager_map(OP_ADD, twice, 2, &made), "an interrupt is reported by the graph's way");
  stop_asked = false;
  tensor_release(&f32);
  tensor_release(&f64);
  tensor_release(&whole);
  tensor_release(&row);
}
