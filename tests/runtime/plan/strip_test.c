/* strip_test.c — recurrences, and blocks of layers with norms and attention, whose steps go
 * together through parts of the rows: the bits of the immediate executor on any number of threads,
 * and what is in a strip. */
#include "runtime/graph/gradient.h"
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
  bool attends; /* by six sequences, in strips */
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

typedef struct Looking {
  const Cell *cell;
  const char *what;
} Looking;

static void look(const Plan *plan, void *context) {
  const Looking *looking = context;
  const Cell *cell = looking->cell;
  cr_assert(!FUSES || plan->strip_count > 0, "%s", looking->what);
  for (int s = 0; s < plan->strip_count; s++) {
    cr_assert(plan->strips[s].steps);
    cr_assert_eq(plan->strips[s].rows, cell->rows);
    cr_assert_eq(plan->strips[s].rows % plan->strips[s].units, 0);
  }
  int seen = 0, shares = 0; /* in strips of six sequences */
  for (int i = 0; i < plan->instruction_count; i++) {
    const Instruction *instruction = &plan->instructions[i];
    if (!instruction->strip || instruction->strip->units != 6) continue;
    seen += instruction->call.op == OP_ATTENTION;
    shares += instruction->call.op == OP_ATTENTION_SHARES;
  }
  cr_assert(!FUSES || !cell->attends || (seen > 0 && shares > 0), "%s", looking->what);
}

static void compare(Cell *cell, const char *what) {
  Looking looking = {cell, what};
  trial_compare(&cell->trial, cell->results, cell->result_count, what, look, &looking);
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

/* ---- many rows ---- */

enum { DIM = 32, BLOCK_KINDS = 6 };

/* Rows moved to mean 0 and norm 1. */
static NodeId rows_normal(Cell *cell, NodeId x) {
  Maker *maker = &cell->maker;
  NodeId mean = make2(maker, OP_DIV, make_sum(maker, x, 1u << 1, true), make_number(maker, DIM));
  NodeId centred = make2(maker, OP_SUB, x, mean);
  const int64_t last[2] = {1 << 1, 1};
  NodeId norm = graph_emit(&cell->trial.graph, OP_NORM2, &centred, 1, last, 2, &cell->trial.diag);
  NodeId size = make2(maker, OP_ADD, norm, make_number(maker, 0.5));
  return make2(maker, OP_MUL, make2(maker, OP_DIV, centred, size), cell->bias);
}

/* x [rows, DIM] as heads [sequences, 2, rows / sequences, DIM / 2]. */
static NodeId heads(Cell *cell, NodeId x, int64_t sequences, bool in_order) {
  const int64_t dim[4] = {sequences, cell->rows / sequences, 2, DIM / 2};
  const Shape apart = shape_of(4, dim);
  const int order[4] = {in_order ? 0 : 1, in_order ? 2 : 0, in_order ? 1 : 2, 3};
  return make_permute(&cell->maker, make_reshape(&cell->maker, x, &apart), order);
}

static NodeId attend(Cell *cell, NodeId x, NodeId hidden, int64_t sequences, bool masked) {
  Maker *maker = &cell->maker;
  Graph *graph = &cell->trial.graph;
  const int64_t causal = 1, length = cell->rows / sequences;
  NodeId parts[4] = {heads(cell, make2(maker, OP_DIV, x, make_number(maker, 3)), sequences, true),
                     heads(cell, make_run(maker, hidden, 1, 0, DIM, 1), sequences, true),
                     heads(cell, make_run(maker, hidden, 1, DIM, DIM, 1), sequences, true), 0};
  if (masked) { /* which keys are seen is made of the values of all rows */
    const int64_t dim[4] = {sequences, 1, 1, length};
    const Shape keys = shape_of(4, dim);
    NodeId sums = make_sum(maker, x, 1u << 1, false);
    parts[3] = make2(maker, OP_LT, make_reshape(maker, sums, &keys), make_number(maker, 20));
  }
  NodeId seen = graph_emit(graph, OP_ATTENTION, parts, masked ? 4 : 3, &causal, 1,
                           &cell->trial.diag);
  cr_assert(seen, "%s", cell->trial.diag.message);
  const int back[4] = {0, 2, 1, 3};
  const Shape flat = trial_shape(2, cell->rows, DIM, 0);
  return make_reshape(maker, make_permute(maker, seen, back), &flat);
}

/* Two blocks: a norm, a layer of 2 DIM, a layer back; `kind` says what stands between them. */
static NodeId blocks(Cell *cell, int kind) {
  Maker *maker = &cell->maker;
  NodeId x = cell->h;
  for (int block = 0; block < 2; block++) {
    NodeId weight = block ? cell->above : cell->weight, other = block ? cell->column : cell->back;
    NodeId hidden = make_matmul(maker, rows_normal(cell, x), weight, false, false);
    if (kind == 1 || kind == 2) x = attend(cell, x, hidden, kind == 1 ? 6 : 3, false);
    if (kind == 3) x = attend(cell, x, hidden, 6, true);
    if (kind == 4) { /* places before sequences: those are not together */
      const Shape flat = trial_shape(2, cell->rows, DIM, 0);
      NodeId turned = heads(cell, make1(maker, OP_SIN, x), 6, false);
      x = make_matmul(maker, make_reshape(maker, turned, &flat), weight, false, false);
      x = attend(cell, make_run(maker, x, 1, 0, DIM, 1), hidden, 6, false);
    }
    NodeId back = make_matmul(maker, make1(maker, OP_TANH, hidden), other, false, false);
    if (kind == 5 && block == 0) tell(cell, back);
    x = make2(maker, OP_ADD, x, back);
  }
  return rows_normal(cell, x);
}

static void blocks_begin(Cell *cell, int64_t rows, Dtype dtype, uint64_t seed) {
  *cell = (Cell){.trial = {.seed = seed}, .rows = rows};
  Trial *trial = &cell->trial;
  graph_init(&trial->graph, dtype);
  cell->maker = (Maker){&trial->graph, &trial->diag};
  cell->h = trial_bind(trial, dtype, trial_shape(2, rows, DIM, 0));
  cell->weight = trial_bind(trial, dtype, trial_shape(2, DIM, 2 * DIM, 0));
  cell->back = trial_bind(trial, dtype, trial_shape(2, 2 * DIM, DIM, 0));
  cell->above = trial_bind(trial, dtype, trial_shape(2, DIM, 2 * DIM, 0)); /* of the second block */
  cell->column = trial_bind(trial, dtype, trial_shape(2, 2 * DIM, DIM, 0)); /* likewise */
  cell->bias = trial_bind(trial, dtype, trial_shape(1, DIM, 0, 0));
}

/* Values and gradients, where rows or sequences of them go together. */
Test(strip, norms_and_attention) {
  static const int64_t rows[] = {960, 972, 1080};
  for (int round = 0; round < 2 * BLOCK_KINDS; round++) {
    Cell cell;
    char what[40];
    blocks_begin(&cell, rows[round % COUNT_OF(rows)], round % 4 == 3 ? DTYPE_F64 : DTYPE_F32,
                 (uint64_t)round + 1);
    NodeId y = blocks(&cell, round % BLOCK_KINDS),
           loss = make_sum(&cell.maker, make2(&cell.maker, OP_MUL, y, y), 3, false);
    const NodeId wrt[3] = {cell.h, cell.weight, cell.bias};
    NodeId slopes[3];
    cr_assert(gradient(&cell.trial.graph, loss, 0, wrt, 3, slopes, &cell.trial.diag), "%s",
              cell.trial.diag.message);
    tell(&cell, y);
    tell(&cell, loss);
    for (int i = 0; i < 3; i++) tell(&cell, slopes[i]);
#if !defined(GD_HARSH) /* there every weight is read often enough for strips of rows alone */
    cell.attends = round % BLOCK_KINDS == 1;
#endif
    snprintf(what, sizeof what, "blocks, round %d", round);
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
