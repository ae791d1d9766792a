/* strip_test.c — recurrences whose steps go together through parts of the rows: the bits of the
 * immediate executor on any number of threads, and what is in a strip. */
#include "runtime/kernels/team.h"
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

enum { STEPS = 8, WIDTH = 96, RESULTS = 6, KINDS = 9 };

/* A recurrence over bound tensors: h [rows, n], all x W [steps rows, 2 n], U [n, 2 n], V [2 n, n],
 * a bias [n], a column [rows, 1]. */
typedef struct Cell {
  Trial trial;
  Maker maker;
  int64_t rows;
  NodeId h, above, weight, back, bias, column;
  NodeId before; /* [rows, 2 n], made before all steps, and not by rows */
  NodeId results[RESULTS];
  int result_count;
} Cell;

static void cell_begin(Cell *cell, int64_t rows, uint64_t seed) {
  *cell = (Cell){.trial = {.seed = seed}, .rows = rows};
  Trial *trial = &cell->trial;
  graph_init(&trial->graph, DTYPE_F32);
  cell->maker = (Maker){&trial->graph, &trial->diag};
  cell->h = trial_bind(trial, DTYPE_F32, trial_shape(2, rows, WIDTH, 0));
  cell->above = trial_bind(trial, DTYPE_F32, trial_shape(2, STEPS * rows, 2 * WIDTH, 0));
  cell->weight = trial_bind(trial, DTYPE_F32, trial_shape(2, WIDTH, 2 * WIDTH, 0));
  cell->back = trial_bind(trial, DTYPE_F32, trial_shape(2, 2 * WIDTH, WIDTH, 0));
  cell->bias = trial_bind(trial, DTYPE_F32, trial_shape(1, WIDTH, 0, 0));
  cell->column = trial_bind(trial, DTYPE_F32, trial_shape(2, rows, 1, 0));
  const Shape stacked = trial_shape(3, STEPS, rows, 2 * WIDTH);
  NodeId all = make_reshape(&cell->maker, cell->above, &stacked);
  cell->before = make_sum(&cell->maker, all, 1, false);
}

static void tell(Cell *cell, NodeId id) {
  if (cell->result_count < RESULTS) cell->results[cell->result_count++] = id;
}

/* What else may stand in a step, and where it does not go by rows. */
static NodeId vary(Cell *cell, int kind, int t, NodeId h) {
  Maker *maker = &cell->maker;
  const int64_t rows = cell->rows;
  switch (kind) {
    case 0: return make2(maker, OP_ADD, h, cell->bias);
    case 1: return make2(maker, OP_MUL, h, cell->column);
    case 2: { /* halves of the columns, and their join */
      NodeId half = make2(maker, OP_MUL, make_run(maker, h, 1, 0, WIDTH / 2, 1),
                          make_run(maker, h, 1, WIDTH / 2, WIDTH / 2, 1));
      NodeId parts[2] = {half, make1(maker, OP_SIN, half)};
      return make_concat(maker, parts, 2, 1);
    }
    case 3: { /* a join, and a second weight */
      NodeId parts[2] = {h, make1(maker, OP_SQUARE, h)};
      NodeId joined = make_concat(maker, parts, 2, 1);
      return make1(maker, OP_TANH, make_matmul(maker, joined, cell->back, false, false));
    }
    case 4: /* beside the steps: nothing of them waits for it */
      tell(cell, make_sum(maker, h, 1, false));
      return h;
    case 5: { /* its rows in another order, and the last time in their own */
      NodeId half = make_run(maker, cell->before, 1, t % 2 ? WIDTH : 0, WIDTH, 1);
      return make2(maker, OP_ADD, h, t < 4 ? make_run(maker, half, 0, rows - 1, rows, -1) : half);
    }
    case 6: { /* a weight that is turned */
      NodeId back = make_matmul(maker, h, cell->weight, false, false);
      return make1(maker, OP_TANH, make_matmul(maker, back, cell->weight, false, true));
    }
    case 7: { /* a result as large as what it reads last, which was a weight before */
      if (t != 3 && t != 5) return h;
      NodeId parts[2] = {h, h}, joined = make_concat(maker, parts, 2, 1);
      tell(cell, t == 3 ? make_matmul(maker, joined, cell->before, false, true)
                        : make2(maker, OP_MUL, cell->before, joined));
      return h;
    }
    default: return h;
  }
}

static void cell_step(Cell *cell, int t, int kind) {
  Maker *maker = &cell->maker;
  NodeId above = make_run(maker, cell->above, 0, t * cell->rows, cell->rows, 1);
  NodeId gates = make2(maker, OP_ADD, above,
                       make_matmul(maker, cell->h, cell->weight, false, false));
  NodeId keep = make1(maker, OP_SIGMOID, make_run(maker, gates, 1, 0, WIDTH, 1));
  NodeId next = make1(maker, OP_TANH, make_run(maker, gates, 1, WIDTH, WIDTH, 1));
  NodeId h = make2(maker, OP_ADD, make2(maker, OP_MUL, keep, cell->h),
                   make2(maker, OP_MUL, make1(maker, OP_TANH, keep), next));
  cell->h = vary(cell, kind, t, h);
}

static void run(Cell *cell, const char *what, int threads, Tensor results[RESULTS]) {
  PlanSpec spec = {
      .graph = &cell->trial.graph, .results = cell->results, .result_count = cell->result_count};
  void *pointers[TRIAL_BOUND];
  team_start(threads);
  Plan *plan = plan_make(&spec, &cell->trial.diag);
  cr_assert(plan, "%s", cell->trial.diag.message);
  cr_assert(!FUSES || plan->strip_count > 0, "%s", what);
  for (int s = 0; s < plan->strip_count; s++) {
    cr_assert(plan->strips[s].steps);
    cr_assert_eq(plan->strips[s].rows, cell->rows);
  }
  trial_pointers(&cell->trial, pointers);
  plan_timing(plan, threads == 3); /* then one step after the other */
  for (int again = 0; again < 2; again++) {
    plan_poison(plan);
    cr_assert_eq(plan_run(plan, pointers, results, NULL, &cell->trial.diag), RUN_DONE);
  }
  plan_free(plan);
}

static void compare(Cell *cell, const char *what) {
  Values values = trial_values(&cell->trial);
  for (int threads = 1; threads <= 4; threads++) {
    Tensor results[RESULTS] = {{0}};
    run(cell, what, threads, results);
    for (int i = 0; i < cell->result_count; i++) {
      cr_assert(same_bits(&results[i], values_get(&values, cell->results[i], &cell->trial.diag)),
                "%s, %d threads, result %d", what, threads, i);
      tensor_release(&results[i]);
    }
  }
  values_free(&values);
  team_stop();
}

/* Every kind alone, and several in turn. */
Test(strip, same_bits_as_one_by_one) {
  static const int64_t rows[] = {24, 33, 70};
  for (int round = 0; round < 13; round++) {
    Cell cell;
    char what[40];
    cell_begin(&cell, rows[round % COUNT_OF(rows)], (uint64_t)round + 1);
    for (int t = 0; t < STEPS; t++) {
      cell_step(&cell, t, round < KINDS ? round : (int)trial_draw(&cell.trial, KINDS));
      if (t == STEPS / 2) tell(&cell, cell.h);
    }
    tell(&cell, cell.h);
    snprintf(what, sizeof what, "round %d", round);
    compare(&cell, what);
    trial_end(&cell.trial);
  }
}

#if !defined(GD_HARSH)
/* Layers that each have a weight of their own go the other way. */
Test(strip, only_of_weights_that_are_read_again) {
  Cell cell;
  cell_begin(&cell, 64, 5);
  Maker *maker = &cell.maker;
  NodeId h = make1(maker, OP_TANH, make_matmul(maker, cell.h, cell.weight, false, false));
  h = make1(maker, OP_TANH, make_matmul(maker, h, cell.back, false, false));
  tell(&cell, h);
  PlanSpec spec = {.graph = &cell.trial.graph, .results = cell.results, .result_count = 1};
  Plan *plan = plan_make(&spec, &cell.trial.diag);
  cr_assert_eq(plan->strip_count, 0);
  plan_free(plan);
  trial_end(&cell.trial);
}
#endif
