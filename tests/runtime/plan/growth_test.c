/* growth_test.c — what running takes grows with what the script reads, counted: bytes of the slab,
 * bytes and operations of all steps.
 *
 * How the making of plans and the running of whole programs grow is counted by `make growth`.
 */
#include "runtime/graph/gradient.h"
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"
#include "runtime/plan/bound.h"

#include "tests/runtime/plan/trial.h"

enum { WIDTH = 64 };

typedef enum Reading {
  READ_ROWS,
  READ_COLUMNS,
  READ_WINDOWS,
  READ_GATHERED,
  READ_STACKED,
  READ_SECOND,
  READING_COUNT
} Reading;
static const char *const NAMES[] = {
    "rows", "columns", "windows", "gathered rows", "rows stacked again", "second order"};
/* Of the slab, in parameters: windows of four keep four times as many tanhs, second order keeps
 * those of the first. */
static const double SLAB_MOST[] = {4, 4, 6, 4, 4, 5};

typedef struct Growth {
  double work; /* operations and bytes of all steps of a run */
  double slab; /* bytes, of the parameter's */
} Growth;

static NodeId part_of(Maker *maker, NodeId x, Reading reading, int64_t t, int64_t reads) {
  int64_t wide = reading == READ_WINDOWS && t + 4 <= reads ? 4 : 1;
  const int64_t rows[6] = {t, wide, 1, 0, WIDTH, 1}, columns[6] = {0, WIDTH, 1, t, 1, 1}, axis = 0;
  if (reading == READ_COLUMNS) return make_slice(maker, x, columns);
  if (reading != READ_GATHERED) return make_slice(maker, x, rows);
  const NodeId inputs[2] = {x,
                            make_reshape(maker, graph_constant(maker->graph, (double)t, DTYPE_I32),
                                         &(Shape){.rank = 1, .dim = {1}})};
  return graph_emit(maker->graph, OP_GATHER, inputs, 2, &axis, 1, maker->diag);
}

/* The loss of all parts, each by an operation and a weight of its own. */
static NodeId loss_of(Maker *maker, NodeId x, Reading reading, int64_t reads) {
  NodeId loss = 0, *parts = mem_alloc((size_t)reads * sizeof *parts);
  for (int64_t t = 0; t < reads; t++) {
    parts[t] = make1(maker, OP_TANH,
                     make2(maker, OP_MUL, part_of(maker, x, reading, t, reads),
                           make_number(maker, 1 / (double)(t + 1))));
    if (reading == READ_STACKED) continue;
    NodeId term = make_sum(maker, parts[t], ~0u, false);
    loss = loss ? make2(maker, OP_ADD, loss, term) : term;
  }
  if (reading == READ_STACKED) {
    NodeId stacked = graph_emit(maker->graph, OP_CONCAT, parts, (int)reads, (const int64_t[]){0}, 1,
                                maker->diag);
    loss = make_sum(maker, make1(maker, OP_SQUARE, stacked), ~0u, false);
  }
  mem_free(parts);
  return loss;
}

static Growth growth_of(Reading reading, int64_t reads) {
  Trial trial = {0};
  graph_init(&trial.graph, DTYPE_F32);
  Maker maker = {&trial.graph, &trial.diag};
  NodeId x = trial_bind(&trial, DTYPE_F32,
                        reading == READ_COLUMNS ? trial_shape(2, WIDTH, reads, 0)
                                                : trial_shape(2, reads, WIDTH, 0)),
         slope;
  NodeId loss = loss_of(&maker, x, reading, reads);
  cr_assert(loss && gradient(&trial.graph, loss, 0, &x, 1, &slope, &trial.diag));
  if (reading == READ_SECOND) {
    NodeId again = make_sum(&maker, make1(&maker, OP_SQUARE, slope), ~0u, false);
    cr_assert(gradient(&trial.graph, again, 0, &x, 1, &slope, &trial.diag));
  }
  PlanSpec spec = {.graph = &trial.graph, .results = &slope, .result_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  cr_assert_not_null(plan);
  Growth growth = {0, (double)plan_slab_bytes(plan) / (double)tensor_bytes(&trial.bound[0])};
  for (int i = 0; i < plan->instruction_count; i++) {
    Cost cost = step_cost(plan, &plan->instructions[i]);
    growth.work += cost.operations[0] + cost.bytes;
  }
  plan_free(plan);
  trial_end(&trial);
  return growth;
}

/* With GD_HARSH few parts are put together at once, so that all ways are gone; linear it is with as
 * many as there are. */
#if defined(GD_HARSH)
enum { FEW_PARTS = true };
#else
enum { FEW_PARTS = false };
#endif

Test(growth, reading_parts_is_linear, .disabled = FEW_PARTS) {
  for (Reading reading = 0; reading < READING_COUNT; reading++) {
    Growth few = growth_of(reading, 64), more = growth_of(reading, 256),
           many = growth_of(reading, 1024);
    cr_expect_leq(more.work, 4.1 * few.work, "%s: %g and %g", NAMES[reading], few.work, more.work);
    cr_expect_leq(many.work, 4.1 * more.work, "%s: %g and %g", NAMES[reading], more.work,
                  many.work);
    cr_expect_leq(many.slab, SLAB_MOST[reading], "%s: %g times the parameter at 1024",
                  NAMES[reading], many.slab);
    cr_expect_leq(few.slab, SLAB_MOST[reading], "%s: %g times the parameter at 64", NAMES[reading],
                  few.slab);
  }
}

/* Bytes of the slab, of the bytes of q, for attention over so many places and its gradients. */
static double slab_of_attention(int64_t places) {
  Trial trial = {0};
  graph_init(&trial.graph, DTYPE_F32);
  Maker maker = {&trial.graph, &trial.diag};
  NodeId parts[3], slopes[3];
  for (int i = 0; i < 3; i++)
    parts[i] = trial_bind(&trial, DTYPE_F32, trial_shape(2, places, 8, 0));
  NodeId y = graph_emit(&trial.graph, OP_ATTENTION, parts, 3, (const int64_t[]){1}, 1, &trial.diag);
  NodeId loss = make_sum(&maker, make1(&maker, OP_SQUARE, y), ~0u, false);
  cr_assert(loss && gradient(&trial.graph, loss, 0, parts, 3, slopes, &trial.diag));
  PlanSpec spec = {.graph = &trial.graph, .results = slopes, .result_count = 3};
  Plan *plan = plan_make(&spec, &trial.diag);
  cr_assert_not_null(plan);
  double slab = (double)plan_slab_bytes(plan) / (double)tensor_bytes(&trial.bound[0]);
  plan_free(plan);
  trial_end(&trial);
  return slab;
}

/* The scores never exist: at 4,096 places they would take 512 times the bytes of q. */
Test(growth, attention_is_linear) {
  for (int64_t places = 64; places <= 4096; places *= 8)
    cr_expect_leq(slab_of_attention(places), 6, "%g times q at %ld", slab_of_attention(places),
                  (long)places);
}
