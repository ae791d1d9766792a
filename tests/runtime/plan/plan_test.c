/* plan_test.c — plans against the immediate executor: bits of results and stores, in place, halves,
 * threads, faults. */
#include "runtime/graph/simplify.h"
#include "runtime/kernels/linear.h"
#include "runtime/kernels/team.h"
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

#include <float.h>
#include <math.h>

/* Every elementwise row, by its arguments. */
static const struct {
  Op op;
  int arity;
} ROWS[] = {
#define MAP(ID, signature, kinds, arity, ...) {OP_##ID, arity},
#define OP(ID, ...)
#define FORM(ID, ...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

static NodeId any_node(Trial *trial) {
  return trial->nodes[trial_draw(trial, (uint64_t)trial->count)];
}

static void draw_bound(Trial *trial, int64_t rows, int64_t columns) {
  trial_bind(trial, DTYPE_F32, trial_shape(2, rows, columns, 0));
  trial_bind(trial, DTYPE_F32, trial_shape(2, rows, columns, 0));
  trial_bind(trial, DTYPE_F32, trial_shape(1, columns, 0, 0));
  trial_bind(trial, DTYPE_F32, trial_shape(2, rows, 1, 0));
  trial_bind(trial, DTYPE_F32, trial_shape(0, 0, 0, 0));
  trial_bind(trial, DTYPE_F64, trial_shape(2, rows, columns, 0));
  trial_bind(trial, DTYPE_BOOL, trial_shape(2, rows, columns, 0));
  trial_bind(trial, DTYPE_I32, trial_shape(2, rows, columns, 0));
}

static void draw_node(Trial *trial) {
  NodeId a = any_node(trial), b = any_node(trial), c = any_node(trial);
  const Type *type = &graph_node(&trial->graph, a)->type;
  int rank = type->shape.rank;
  switch (trial_draw(trial, 14)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6: {
      int row = (int)trial_draw(trial, COUNT_OF(ROWS));
      if (ROWS[row].arity == 1) trial_1(trial, ROWS[row].op, a);
      if (ROWS[row].arity == 2) trial_2(trial, ROWS[row].op, a, b);
      if (ROWS[row].arity == 3) trial_3(trial, ROWS[row].op, a, b, c);
      return;
    }
    case 7: {
      NodeId mask = trial_2(trial, trial_draw(trial, 2) ? OP_LT : OP_GE, a, b);
      if (mask) trial_3(trial, OP_WHERE, mask, b, c);
      return;
    }
    case 8: {
      int64_t dtype = trial_draw(trial, 2) ? DTYPE_F64 : DTYPE_F32;
      if (type->dtype != (Dtype)dtype) trial_emit(trial, OP_CAST, &a, 1, &dtype, 1);
      return;
    }
    case 9: {
      int64_t flat = shape_count(&type->shape);
      trial_emit(trial, OP_RESHAPE, &a, 1, rank == 1 ? (int64_t[]){1, flat} : &flat,
                 rank == 1 ? 2 : 1);
      return;
    }
    case 10: {
      const Shape to = graph_node(&trial->graph, trial->nodes[0])->type.shape;
      trial_emit(trial, OP_EXPAND, &a, 1, to.dim, to.rank);
      return;
    }
    case 11: { /* without the first of an axis */
      int axis = rank ? (int)trial_draw(trial, (uint64_t)rank) : 0;
      if (rank == 0 || type->shape.dim[axis] < 2) return;
      int64_t attrs[6] = {0, type->shape.dim[0], 1, 0, type->shape.dim[1], 1};
      attrs[3 * axis]++, attrs[3 * axis + 1]--;
      trial_emit(trial, OP_SLICE, &a, 1, attrs, 3 * rank);
      return;
    }
    case 12: {
      if (rank == 2) trial_emit(trial, OP_PERMUTE, &a, 1, (int64_t[]){1, 0}, 2);
      return;
    }
    default: {
      if (rank == 0 || !dtype_floats(type->dtype)) return;
      int64_t attrs[] = {trial_draw(trial, 2) ? (1 << rank) - 1
                                              : 1 << trial_draw(trial, (uint64_t)rank),
                         (int64_t)trial_draw(trial, 2)};
      trial_emit(trial, OP_SUM, &a, 1, attrs, 2);
    }
  }
}

static void draw_graph(Trial *trial, uint64_t seed, int64_t rows, int64_t columns, int nodes) {
  *trial = (Trial){.seed = seed};
  graph_init(&trial->graph, DTYPE_F32);
  draw_bound(trial, rows, columns);
  trial->nodes[trial->count++] = graph_constant(&trial->graph, 0.25, DTYPE_F32);
  for (int i = 0; i < nodes; i++) draw_node(trial);
}

/* A question about a drawn graph: some results, and for each of the first bindings a store of the
 * same type if there is one. */
typedef struct Question {
  NodeId results[6];
  Store stores[TRIAL_BOUND];
  PlanSpec spec;
} Question;

static void ask(Trial *trial, Question *question) {
  *question = (Question){
      .spec = {.graph = &trial->graph, .results = question->results, .stores = question->stores}};
  for (int i = 0; i < 6; i++)
    question->results[question->spec.result_count++] = i < 3 ? trial->nodes[trial->count - 1 - i]
                                                             : any_node(trial);
  for (int b = 0; b < trial->bound_count; b++) {
    NodeId found = 0;
    for (int tries = 0; tries < 60 && !found; tries++) {
      NodeId id = any_node(trial);
      const Type *type = &graph_node(&trial->graph, id)->type;
      if (type->dtype == trial->bound[b].dtype && shape_equal(&type->shape, &trial->bound[b].shape))
        found = id;
    }
    if (found && trial_draw(trial, 4))
      question->stores[question->spec.store_count++] = (Store){b, found};
  }
}

static void expect_fault(Trial *trial, const PlanSpec *spec) {
  Tensor results[6] = {{0}}, before[TRIAL_BOUND];
  void *pointers[TRIAL_BOUND];
  for (int b = 0; b < trial->bound_count; b++)
    tensor_copy(&before[b], &trial->bound[b], &trial->diag);
  trial->diag.status = 0;
  Plan *plan = plan_make(spec, &trial->diag);
  trial_pointers(trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, results, NULL, &trial->diag), RUN_FAULT);
  cr_assert_neq(trial->diag.message[0], 0);
  for (int b = 0; b < trial->bound_count; b++) {
    cr_assert(same_bits(&before[b], &trial->bound[b]));
    tensor_release(&before[b]);
  }
  for (int i = 0; i < 6; i++) tensor_release(&results[i]);
  plan_free(plan);
}

/* Would a store make an element NaN or infinite that was not so before? */
static bool spoils(const Tensor *old, const Tensor *new) {
  bool any = false;
  for (int64_t i = 0; i < tensor_count(old); i++)
    any |= !isfinite(tensor_get(new, i)) && isfinite(tensor_get(old, i));
  return any;
}

/* What the plan says it knows of stored memory must hold.  (What is smaller than a normal number is
 * as good as 0: arithmetic takes it for that.) */
static void expect_limits(const Trial *trial, const Plan *plan, const PlanSpec *spec) {
  for (int i = 0; i < spec->store_count; i++) {
    const Tensor *bound = &trial->bound[spec->stores[i].binding];
    const Limits *limits = &plan->own_limits[spec->stores[i].binding];
    for (int64_t k = 0; limits->known && k < tensor_count(bound); k++)
      cr_assert(tensor_get(bound, k) >= limits->low - (double)FLT_MIN &&
                    tensor_get(bound, k) <= limits->high + (double)FLT_MIN,
                "store %d: %g outside of %g and %g", i, tensor_get(bound, k), limits->low,
                limits->high);
  }
}

/* What is told of a run's results. */
typedef struct Listener {
  const Tensor *results, *expected;
  int count;
} Listener;

/* A result that is told of is there, each once. */
static void hear(void *context, int result) {
  Listener *listener = context;
  cr_assert(same_bits(&listener->results[result], &listener->expected[result]), "result %d",
            result);
  listener->count++;
}

/* Runs the question as a plan and node by node; every bit must agree.  Where a store would spoil
 * what was finite, nothing may change. */
static void compare(Trial *trial, const Question *question, int round) {
  const PlanSpec *spec = &question->spec;
  Values values = trial_values(trial);
  Tensor expected[6 + TRIAL_BOUND], results[6] = {{0}};
  /* whole numbers may not fit; then neither way gives a value */
  for (int i = 0; i < spec->result_count + spec->store_count; i++) {
    NodeId id = i < spec->result_count ? spec->results[i]
                                       : spec->stores[i - spec->result_count].node;
    if (values_get(&values, id, &trial->diag)) continue;
    expect_fault(trial, spec);
    values_free(&values);
    return;
  }
  for (int i = 0; i < spec->result_count; i++)
    expected[i] = tensor_retain(values_get(&values, spec->results[i], &trial->diag));
  for (int i = 0; i < spec->store_count; i++)
    cr_assert(tensor_copy(&expected[6 + i], values_get(&values, spec->stores[i].node, &trial->diag),
                          &trial->diag));
  for (int i = 0; i < spec->result_count; i++) { /* an input's tensor would be written over */
    Tensor copy;
    cr_assert(tensor_copy(&copy, &expected[i], &trial->diag));
    tensor_release(&expected[i]);
    expected[i] = copy;
  }
  Plan *plan = plan_make(spec, &trial->diag);
  cr_assert(plan);
  plan_poison(plan);
  void *pointers[TRIAL_BOUND];
  trial_pointers(trial, pointers);
  int spoilt = -1, which = -1;
  for (int i = spec->store_count - 1; i >= 0; i--)
    if (spoils(&trial->bound[spec->stores[i].binding], &expected[6 + i])) spoilt = i;
  Tensor before[TRIAL_BOUND];
  for (int b = 0; b < trial->bound_count; b++)
    tensor_copy(&before[b], &trial->bound[b], &trial->diag);
  Listener listener = {results, expected, 0};
  plan_tell(plan, hear, &listener);
  cr_assert_eq(plan_run(plan, pointers, results, &which, &trial->diag),
               spoilt < 0 ? RUN_DONE : RUN_NOT_FINITE, "round %d: %s", round, trial->diag.message);
  cr_assert_eq(listener.count, spec->result_count);
  if (spoilt >= 0) {
    cr_assert_eq(which, spoilt);
    for (int b = 0; b < trial->bound_count; b++)
      cr_assert(same_bits(&trial->bound[b], &before[b]), "round %d: binding %d", round, b);
    for (int i = 0; i < spec->store_count; i++)
      tensor_release(&expected[6 + i]),
          expected[6 + i] = tensor_retain(&before[spec->stores[i].binding]);
    cr_assert(plan_blame(plan, pointers, which, &trial->diag), "round %d: nobody is to blame",
              round);
  }
  for (int b = 0; b < trial->bound_count; b++) tensor_release(&before[b]);
  expect_limits(trial, plan, spec);
  for (int i = 0; i < spec->result_count; i++)
    cr_assert(same_bits(&results[i], &expected[i]), "round %d: result %d, %%%u", round, i,
              spec->results[i]);
  for (int i = 0; i < spec->store_count; i++)
    cr_assert(same_bits(&trial->bound[spec->stores[i].binding], &expected[6 + i]),
              "round %d: store %d, %%%u", round, i, spec->stores[i].node);
  for (int i = 0; i < spec->result_count; i++)
    tensor_release(&results[i]), tensor_release(&expected[i]);
  for (int i = 0; i < spec->store_count; i++) tensor_release(&expected[6 + i]);
  values_free(&values);
  plan_free(plan);
}

Test(plan, fused_equals_node_by_node) {
  static const int64_t shapes[][2] = {{3, 7}, {1, 5}, {40, 10}, {2, 1500}, {300, 3},
                                      {1, 1}, {0, 4}, {64, 33}, {70, 32},  {150, 512}};
  for (int round = 0; round < 200; round++) {
    Trial trial;
    Question question;
    const int64_t *shape = shapes[round % COUNT_OF(shapes)];
    draw_graph(&trial, (uint64_t)round + 1, shape[0], shape[1], 10 + round % 60);
    ask(&trial, &question);
    compare(&trial, &question, round);
    trial_end(&trial);
  }
}

/* The same with values where floats end: the reckoning must not promise what does not hold. */
Test(plan, stores_at_the_ends_of_the_floats) {
  static const double ends[] = {0, -0.0, 1e-45, -1e-38, 1.2e-38, 1e-20, -1e-8, 0.5,  -1,
                                3, 40,   -90,   1e10,   -1e19,   2e19,  1e30,  3e38, -3.4e38};
  for (int round = 0; round < 300; round++) {
    Trial trial;
    Question question;
    draw_graph(&trial, (uint64_t)round + 7001, 4, 9, 6 + round % 40);
    for (int b = 0; b < trial.bound_count; b++)
      for (int64_t i = 0; trial.bound[b].dtype == DTYPE_F32 && i < tensor_count(&trial.bound[b]);
           i++) {
        int64_t span = 1 + (int64_t)trial_draw(&trial, COUNT_OF(ends));
        tensor_set(&trial.bound[b], i,
                   ends[(b * 5 + (int64_t)trial_draw(&trial, (uint64_t)span)) % COUNT_OF(ends)]);
      }
    ask(&trial, &question);
    compare(&trial, &question, round);
    trial_end(&trial);
  }
}

Test(plan, same_bits_on_any_number_of_threads) {
  for (int round = 0; round < 4; round++) {
    Tensor first[6] = {{0}};
    for (int threads = 1; threads <= 4; threads *= 2) {
      Trial trial;
      Question question;
      Tensor results[6] = {{0}};
      team_start(threads);
      draw_graph(&trial, (uint64_t)round + 501, 300, 300, 40);
      ask(&trial, &question);
      question.spec.store_count = 0;
      Plan *plan = plan_make(&question.spec, &trial.diag);
      void *pointers[TRIAL_BOUND];
      trial_pointers(&trial, pointers);
      plan_poison(plan);
      cr_assert_eq(plan_run(plan, pointers, results, NULL, &trial.diag), RUN_DONE);
      for (int i = 0; i < 6; i++) {
        if (threads == 1) first[i] = tensor_retain(&results[i]);
        cr_assert(same_bits(&first[i], &results[i]), "round %d, %d threads, result %d", round,
                  threads, i);
        tensor_release(&results[i]);
      }
      plan_free(plan);
      trial_end(&trial);
    }
    for (int i = 0; i < 6; i++) tensor_release(&first[i]);
  }
  team_stop();
}

/* ---- by hand ---- */

static void start(Trial *trial) {
  *trial = (Trial){.seed = 7};
  graph_init(&trial->graph, DTYPE_F32);
}

static float at(const Tensor *tensor, int64_t i) { return (float)tensor_get(tensor, i); }

/* p = p - 0.1 g; m = 0.9 m + g; and q reads the old p: nothing may be lost. */
Test(plan, stores_write_in_place_and_read_old_values) {
  Trial trial;
  start(&trial);
  Shape shape = trial_shape(1, 3000, 0, 0);
  NodeId p = trial_bind(&trial, DTYPE_F32, shape), m = trial_bind(&trial, DTYPE_F32, shape),
         g = trial_bind(&trial, DTYPE_F32, shape);
  NodeId rate = graph_constant(&trial.graph, 0.1, DTYPE_F32),
         keep = graph_constant(&trial.graph, 0.9, DTYPE_F32);
  NodeId m2 = trial_2(&trial, OP_ADD, trial_2(&trial, OP_MUL, keep, m), g);
  NodeId p2 = trial_2(&trial, OP_SUB, p, trial_2(&trial, OP_MUL, rate, m2));
  NodeId late = trial_2(&trial, OP_ADD, m2, m); /* reads the old m after the new one was made */
  PlanSpec spec = {
      .graph = &trial.graph, .stores = (Store[]){{1, m2}, {0, p2}, {2, late}}, .store_count = 3};
  Tensor before[3];
  for (int i = 0; i < 3; i++) tensor_copy(&before[i], &trial.bound[i], &trial.diag);
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_DONE);
  for (int64_t i = 0; i < 3000; i++) {
    float moved = 0.9f * at(&before[1], i) + at(&before[2], i);
    cr_assert_eq(at(&trial.bound[1], i), moved);
    cr_assert_eq(at(&trial.bound[0], i), at(&before[0], i) - 0.1f * moved);
    cr_assert_eq(at(&trial.bound[2], i), moved + at(&before[1], i));
  }
  cr_assert_eq(plan->instruction_count, 1, "one pass over memory");
  cr_assert_eq(plan->slab_bytes, 128, "nothing but the two constants");
  for (int i = 0; i < 3; i++) tensor_release(&before[i]);
  plan_free(plan);
  trial_end(&trial);
}

/* Adam: its bias correction is a scalar that depends on the step, and still all is one pass over
 * memory. */
Test(plan, an_update_is_one_pass) {
  Trial trial;
  start(&trial);
  Shape shape = trial_shape(1, 2000, 0, 0);
  NodeId p = trial_bind(&trial, DTYPE_F32, shape), m = trial_bind(&trial, DTYPE_F32, shape),
         v = trial_bind(&trial, DTYPE_F32, shape);
  NodeId g = trial_bind(&trial, DTYPE_F32, shape),
         t = trial_bind(&trial, DTYPE_F64, trial_shape(0, 0, 0, 0));
  tensor_set(&trial.bound[4], 0, 3);
  for (int i = 0; i < 2000; i++) tensor_set(&trial.bound[2], i, 1 + i % 7);
  Maker maker = {&trial.graph, &trial.diag};
#define NUMBER(x) make_number(&maker, x)
  t = make_cast(&maker, t, DTYPE_F32);
  NodeId m2 = trial_2(&trial, OP_ADD, trial_2(&trial, OP_MUL, NUMBER(0.9), m),
                      trial_2(&trial, OP_MUL, NUMBER(0.1), g));
  NodeId v2 = trial_2(&trial, OP_ADD, trial_2(&trial, OP_MUL, NUMBER(0.99), v),
                      trial_2(&trial, OP_MUL, NUMBER(0.01), trial_2(&trial, OP_POW, g, NUMBER(2))));
  NodeId mean =
      trial_2(&trial, OP_DIV, m2,
              trial_2(&trial, OP_SUB, NUMBER(1), trial_2(&trial, OP_POW, NUMBER(0.9), t)));
  NodeId spread =
      trial_2(&trial, OP_DIV, v2,
              trial_2(&trial, OP_SUB, NUMBER(1), trial_2(&trial, OP_POW, NUMBER(0.99), t)));
  NodeId p2 =
      trial_2(&trial, OP_SUB, p,
              trial_2(&trial, OP_DIV, trial_2(&trial, OP_MUL, NUMBER(1e-3), mean),
                      trial_2(&trial, OP_ADD, trial_1(&trial, OP_SQRT, spread), NUMBER(1e-8))));
#undef NUMBER
  Question question = {.results = {0}, .stores = {{1, m2}, {2, v2}, {0, p2}}};
  question.spec = (PlanSpec){.graph = &trial.graph,
                             .results = question.results,
                             .stores = question.stores,
                             .store_count = 3};
  Plan *plan = plan_make(&question.spec, &trial.diag);
  int passes = 0;
  for (int i = 0; i < plan->instruction_count; i++)
    passes += plan->instructions[i].kind == INSTRUCTION_COPY ||
              plan->instructions[i].program.total > 1;
  cr_assert_eq(passes, 1);
  plan_free(plan);
  compare(&trial, &question, 0);
  trial_end(&trial);
}

Test(plan, stores_may_swap) {
  Trial trial;
  start(&trial);
  NodeId a = trial_bind(&trial, DTYPE_F32, trial_shape(1, 5, 0, 0)),
         b = trial_bind(&trial, DTYPE_F32, trial_shape(1, 5, 0, 0));
  PlanSpec spec = {.graph = &trial.graph, .stores = (Store[]){{0, b}, {1, a}}, .store_count = 2};
  Tensor before[2];
  for (int i = 0; i < 2; i++) tensor_copy(&before[i], &trial.bound[i], &trial.diag);
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_DONE);
  cr_assert(same_bits(&trial.bound[0], &before[1]) && same_bits(&trial.bound[1], &before[0]));
  for (int i = 0; i < 2; i++) tensor_release(&before[i]);
  plan_free(plan);
  trial_end(&trial);
}

/* Updates of many parameters are dealt out together, but not one that another must see before or
 * after. */
Test(plan, updates_go_together_where_they_may) {
  enum { PARAMS = 7 };
  static const int64_t counts[PARAMS] = {70000, 3, 1, 5000, 40, 40, 40};
  Trial trial;
  start(&trial);
  NodeId value[PARAMS], next[PARAMS];
  Store stores[PARAMS];
  for (int i = 0; i < PARAMS; i++)
    value[i] = trial_bind(&trial, DTYPE_F32, trial_shape(1, counts[i], 0, 0));
  for (int i = 0; i < PARAMS; i++)
    next[i] = trial_2(&trial, OP_ADD, trial_1(&trial, OP_SQUARE, value[i]), value[i]);
  next[4] = trial_2(&trial, OP_MUL, value[4], value[5]); /* reads 5, which is written too … */
  next[6] = trial_2(&trial, OP_SUB, next[5], value[6]);  /* … and this the new 5 */
  for (int i = 0; i < PARAMS; i++) stores[i] = (Store){i, next[i]};
  PlanSpec spec = {.graph = &trial.graph, .stores = stores, .store_count = PARAMS};
  Plan *plan = plan_make(&spec, &trial.diag);
  int batches = 0;
  for (int i = 0; i < plan->instruction_count; i++) batches += plan->instructions[i].batch != NULL;
  if (FUSES) cr_assert_geq(batches, 1);
  Tensor before[PARAMS];
  for (int i = 0; i < PARAMS; i++) tensor_copy(&before[i], &trial.bound[i], &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  for (int threads = 1; threads <= 4; threads *= 2) {
    team_start(threads);
    for (int i = 0; i < PARAMS; i++)
      memcpy(tensor_data(&trial.bound[i]), tensor_data(&before[i]), tensor_bytes(&before[i]));
    plan_poison(plan);
    cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_DONE);
    for (int i = 0; i < PARAMS; i++)
      for (int64_t k = 0; k < counts[i]; k++) {
        float x = (float)tensor_get(&before[i], k), fifth = (float)tensor_get(&before[5], k % 40),
              new_fifth = fifth * fifth + fifth;
        float wanted = i == 4 ? x * fifth : i == 6 ? new_fifth - x : x * x + x;
        cr_assert_eq((float)tensor_get(&trial.bound[i], k), wanted,
                     "parameter %d at %d on %d threads", i, (int)k, threads);
      }
  }
  for (int i = 0; i < PARAMS; i++) tensor_release(&before[i]);
  plan_free(plan);
  trial_end(&trial);
}

/* x = x + x' must not read what it has written (FAULTS.md, C18). */
Test(plan, transpose_of_itself_in_place) {
  Trial trial;
  start(&trial);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 40, 40, 0));
  NodeId turned = trial_emit(&trial, OP_PERMUTE, &x, 1, (int64_t[]){1, 0}, 2);
  NodeId sum = trial_2(&trial, OP_ADD, x, turned);
  PlanSpec spec = {.graph = &trial.graph, .stores = (Store[]){{0, sum}}, .store_count = 1};
  Tensor before;
  tensor_copy(&before, &trial.bound[0], &trial.diag);
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_DONE);
  for (int64_t i = 0; i < 1600; i++)
    cr_assert_eq(at(&trial.bound[0], i), at(&before, i) + at(&before, i % 40 * 40 + i / 40));
  tensor_release(&before);
  plan_free(plan);
  trial_end(&trial);
}

Test(plan, nothing_is_stored_when_a_watched_value_is_not_finite) {
  Trial trial;
  start(&trial);
  NodeId w = trial_bind(&trial, DTYPE_F32, trial_shape(1, 4, 0, 0));
  for (int i = 0; i < 4; i++) tensor_set(&trial.bound[0], i, i - 2);
  trial.graph.span = (Span){1, 10, 16};
  NodeId bad = trial_1(&trial, OP_SQRT, w);
  trial.graph.span = (Span){1, 20, 26};
  NodeId worse = trial_2(&trial, OP_MUL, bad, w), fine = trial_1(&trial, OP_NEG, w);
  PlanSpec spec = {.graph = &trial.graph,
                   .watched = (NodeId[]){fine, worse},
                   .watched_count = 2,
                   .stores = (Store[]){{0, fine}},
                   .store_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  int which = -1;
  cr_assert_eq(plan_run(plan, pointers, NULL, &which, &trial.diag), RUN_NOT_FINITE);
  cr_assert_eq(which, 1);
  for (int i = 0; i < 4; i++) cr_assert_eq(tensor_get(&trial.bound[0], i), i - 2);
  cr_assert(plan_blame(plan, pointers, 0, &trial.diag));
  cr_assert_str_eq(trial.diag.message, "`sqrt` of -2 is NaN at [0]");
  cr_assert_eq(trial.diag.span.start, 10);
  plan_free(plan);
  trial_end(&trial);
}

/* A program looks at what it makes block by block: a NaN anywhere is seen, and the run after it
 * starts afresh. */
static bool streams(const Plan *plan) {
  for (int i = 0; i < plan->instruction_count; i++)
    for (int s = 0; plan->instructions[i].kind == INSTRUCTION_PROGRAM &&
                    s < plan->instructions[i].program.count;
         s++)
      if (plan->instructions[i].program.steps[s].most &&
          plan->instructions[i].program.steps[s].out.step)
        return true;
  return false;
}

static void see_in_any_block(int64_t count, bool passes_by) {
  Trial trial;
  start(&trial);
  NodeId w = trial_bind(&trial, DTYPE_F32, trial_shape(1, count, 0, 0));
  float *x = tensor_data(&trial.bound[0]);
  NodeId root = trial_1(&trial, OP_SQRT, w), next = trial_2(&trial, OP_ADD, root, w);
  PlanSpec spec = {.graph = &trial.graph,
                   .watched = &root,
                   .watched_count = 1,
                   .stores = (Store[]){{0, next}},
                   .store_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(streams(plan), dispatch_stream(DTYPE_F32) && (passes_by || MAP_BLOCK < 1024));
  const int64_t places[] = {
      0, 17, MAP_BLOCK, MAP_BLOCK * MAP_CHUNK - 1, 2 * MAP_BLOCK * MAP_CHUNK + 3, count - 1};
  for (int p = 0; p < (int)(sizeof places / sizeof places[0]); p++) {
    for (int64_t i = 0; i < count; i++) x[i] = 4;
    x[places[p]] = -1;
    int which = -1;
    cr_assert_eq(plan_run(plan, pointers, NULL, &which, &trial.diag), RUN_NOT_FINITE);
    cr_assert(which == 0 && x[0] == (p ? 4 : -1));
    x[places[p]] = 4;
    cr_assert_eq(plan_run(plan, pointers, NULL, &which, &trial.diag), RUN_DONE);
    for (int64_t i = 0; i < count; i++) cr_assert(x[i] == 6, "%d of %d", (int)i, (int)count);
  }
  plan_free(plan);
  trial_end(&trial);
}

Test(plan, a_program_sees_what_is_not_finite_in_any_block) {
  see_in_any_block(3 * MAP_BLOCK * MAP_CHUNK + 5, false);
  see_in_any_block((16 << 20) / 4 + 3, true); /* so much goes past the caches (program.c) */
}

/* Memory that is said to stay as it is is looked at once: again only when it is other memory. */
Test(plan, steady_memory_is_looked_at_once) {
  Trial trial;
  start(&trial);
  NodeId w = trial_bind(&trial, DTYPE_F32, trial_shape(1, 4, 0, 0)),
         next = trial_1(&trial, OP_NEG, w);
  const bool steady = true;
  PlanSpec spec = {.graph = &trial.graph,
                   .results = &next,
                   .result_count = 1,
                   .watched = &w,
                   .watched_count = 1,
                   .steady = &steady};
  Plan *plan = plan_make(&spec, &trial.diag);
  float fine[4] = {1, 2, 3, 4}, bad[4] = {1, 2, (float)NAN, 4}, out[4];
  Shape shape = trial_shape(1, 4, 0, 0);
  Tensor result;
  cr_assert(tensor_new(&result, DTYPE_F32, &shape, &trial.diag));
  void *pointers[TRIAL_BOUND] = {fine};
  cr_assert_eq(plan_run(plan, pointers, &result, NULL, &trial.diag), RUN_DONE);
  pointers[0] = bad;
  for (int again = 0; again < 2; again++)
    cr_assert_eq(plan_run(plan, pointers, &result, NULL, &trial.diag), RUN_NOT_FINITE);
  pointers[0] = fine;
  cr_assert_eq(plan_run(plan, pointers, &result, NULL, &trial.diag), RUN_DONE);
  memcpy(out, tensor_data(&result), sizeof out);
  cr_assert_eq(out[3], -4);
  tensor_release(&result);
  plan_free(plan);
  trial_end(&trial);
}

/* The log that `where` leaves aside is infinite too, and comes first; it is not to blame. */
Test(plan, blame_follows_the_way_to_the_watched_value) {
  Trial trial;
  start(&trial);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 3, 0, 0));
  for (int i = 0; i < 3; i++) tensor_set(&trial.bound[0], i, i);
  NodeId zero = graph_constant(&trial.graph, 0, DTYPE_F32);
  NodeId log = trial_1(&trial, OP_LOG, x), mask = trial_2(&trial, OP_GT, x, zero);
  NodeId masked = trial_emit(&trial, OP_WHERE, (NodeId[]){mask, log, zero}, 3, NULL, 0);
  NodeId watched = trial_2(&trial, OP_DIV, masked, x);
  PlanSpec spec = {.graph = &trial.graph, .watched = &watched, .watched_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_NOT_FINITE);
  cr_assert(plan_blame(plan, pointers, 0, &trial.diag));
  cr_assert_str_eq(trial.diag.message, "`/` of 0 and 0 is NaN at [0]");
  tensor_set(&trial.bound[0], 1, (double)NAN);
  cr_assert(plan_blame(plan, pointers, 0, &trial.diag));
  cr_assert_str_eq(trial.diag.message, "a value was NaN before this step at [1]");
  plan_free(plan);
  trial_end(&trial);
}

/* An infinity that was given is nobody's making: what made NaN of it is told, else what took it
 * first. */
Test(plan, blame_passes_over_what_was_given) {
  Trial trial;
  start(&trial);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 3, 0, 0)),
         mask = trial_bind(&trial, DTYPE_F32, trial_shape(1, 3, 0, 0));
  for (int i = 0; i < 3; i++)
    tensor_set(&trial.bound[0], i, i), tensor_set(&trial.bound[1], i, i == 2 ? -HUGE_VAL : 0);
  NodeId masked = trial_2(&trial, OP_ADD, x, mask),
         zero = trial_2(&trial, OP_LT, x, graph_constant(&trial.graph, 2, DTYPE_F32));
  NodeId product = trial_2(&trial, OP_MUL, masked,
                           make_cast(&(Maker){&trial.graph, &trial.diag}, zero, DTYPE_F32));
  NodeId root = trial_1(&trial, OP_SQRT,
                        trial_2(&trial, OP_SUB, x, graph_constant(&trial.graph, 1, DTYPE_F32)));
  const NodeId watched[3] = {masked, product, trial_2(&trial, OP_ADD, product, root)};
  static const char *const told[3] = {"`+` of 2 and -inf is -inf at [2]",
                                      "`*` of -inf and 0 is NaN at [2]",
                                      "`sqrt` of -1 is NaN at [0]"};
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  for (int i = 0; i < 3; i++) {
    PlanSpec spec = {.graph = &trial.graph, .watched = &watched[i], .watched_count = 1};
    Plan *plan = plan_make(&spec, &trial.diag);
    trial.diag.status = 0;
    cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_NOT_FINITE);
    cr_assert(plan_blame(plan, pointers, 0, &trial.diag));
    cr_assert_str_eq(trial.diag.message, told[i]);
    plan_free(plan);
  }
  trial_end(&trial);
}

/* In whatever block, behind whatever else the program does, and over a dead operand: the very
 * element is told, and nothing is stored. */
Test(plan, what_is_required_is_told_by_element) {
  for (int at = 0; at < 5000; at += 1249) {
    Trial trial;
    start(&trial);
    NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 50, 100, 0));
    for (int i = 0; i < 5000; i++) tensor_set(&trial.bound[0], i, i == at ? -3 : 1);
    Maker maker = {&trial.graph, &trial.diag};
    NodeId y = trial_2(&trial, OP_MUL, trial_1(&trial, OP_EXP, x), x),
           zero = graph_constant(&trial.graph, 0, DTYPE_F32);
    trial.graph.span = (Span){1, 5, 9};
    NodeId checked = make_require(&maker, x, make2(&maker, OP_GT, y, zero), "x is above 0");
    trial.graph.span = (Span){1, 10, 12};
    NodeId next = make2(&maker, OP_ADD, make2(&maker, OP_MUL, checked, y),
                        graph_constant(&trial.graph, 1, DTYPE_F32));
    PlanSpec spec = {.graph = &trial.graph, .stores = (Store[]){{0, next}}, .store_count = 1};
    Plan *plan = plan_make(&spec, &trial.diag);
    void *pointers[TRIAL_BOUND];
    char told[80];
    trial_pointers(&trial, pointers);
    cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_FAULT);
    snprintf(told, sizeof told, "x is above 0: found -3 at [%d, %d]", at / 100, at % 100);
    cr_assert_str_eq(trial.diag.message, told);
    cr_assert_eq(trial.diag.span.start, 5);
    for (int i = 0; i < 5000; i++) cr_assert_eq(tensor_get(&trial.bound[0], i), i == at ? -3 : 1);
    plan_free(plan);
    trial_end(&trial);
  }
}

Test(plan, a_fault_tells_its_node_and_stores_nothing) {
  Trial trial;
  start(&trial);
  NodeId a = trial_bind(&trial, DTYPE_I32, trial_shape(1, 2000, 0, 0)),
         n = trial_bind(&trial, DTYPE_I32, trial_shape(1, 2000, 0, 0));
  for (int i = 0; i < 2000; i++)
    tensor_set(&trial.bound[0], i, i), tensor_set(&trial.bound[1], i, 7);
  tensor_set(&trial.bound[1], 1500, 2147483647);
  NodeId one = graph_constant(&trial.graph, 1, DTYPE_I32);
  NodeId twice = trial_2(&trial, OP_SUB, a, one);
  trial.graph.span = (Span){1, 5, 9};
  NodeId sum = trial_2(&trial, OP_ADD, twice, n);
  PlanSpec spec = {.graph = &trial.graph, .stores = (Store[]){{0, sum}}, .store_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, NULL, NULL, &trial.diag), RUN_FAULT);
  cr_assert_str_eq(trial.diag.message, "1499 + 2147483647 does not fit in i32");
  cr_assert_eq(trial.diag.span.start, 5);
  for (int i = 0; i < 2000; i++) cr_assert_eq(tensor_get(&trial.bound[0], i), i);
  plan_free(plan);
  trial_end(&trial);
}

Test(plan, a_long_chain_takes_little_memory) {
  Trial trial;
  start(&trial);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 100, 100, 0)), y = x;
  for (int i = 0; i < 50; i++) { /* a kernel between, so that nothing fuses across */
    y = graph_emit(&trial.graph, OP_SUM, &y, 1, (int64_t[]){2, 1}, 2, &trial.diag);
    y = trial_2(&trial, OP_ADD, x, graph_emit(&trial.graph, OP_TANH, &y, 1, NULL, 0, &trial.diag));
  }
  PlanSpec spec = {.graph = &trial.graph, .results = &y, .result_count = 1};
  Plan *plan = plan_make(&spec, &trial.diag);
  cr_assert_lt(plan->slab_bytes, 3 * 40000, "%zu bytes", plan->slab_bytes);
  plan_free(plan);
  trial_end(&trial);
}

/* sum(x * y) and the sums of its rows, x * y never in memory; more elements than one chunk. */
Test(plan, sums_end_programs) {
  for (int threads = 1; threads <= 2; threads++) {
    Trial trial;
    team_start(threads);
    start(&trial);
    NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 300, 256, 0)),
           y = trial_bind(&trial, DTYPE_F32, trial_shape(2, 300, 256, 0));
    NodeId product = trial_2(&trial, OP_MUL, x, y);
    NodeId all = trial_emit(&trial, OP_SUM, &product, 1, (int64_t[]){3, 0}, 2),
           rows = trial_emit(&trial, OP_SUM, &product, 1, (int64_t[]){2, 0}, 2);
    PlanSpec spec = {.graph = &trial.graph, .results = (NodeId[]){all, rows}, .result_count = 2};
    Plan *plan = plan_make(&spec, &trial.diag);
    cr_assert_eq(plan->instruction_count, MAP_BLOCK == 1024 ? 1 : 3);
    if (MAP_BLOCK == 1024) cr_assert_eq(plan->slab_bytes, 0);
    Tensor results[2] = {{0}};
    Values values = trial_values(&trial);
    void *pointers[TRIAL_BOUND];
    trial_pointers(&trial, pointers);
    plan_poison(plan);
    cr_assert_eq(plan_run(plan, pointers, results, NULL, &trial.diag), RUN_DONE);
    cr_assert(same_bits(&results[0], values_get(&values, all, &trial.diag)));
    cr_assert(same_bits(&results[1], values_get(&values, rows, &trial.diag)));
    for (int i = 0; i < 2; i++) tensor_release(&results[i]);
    values_free(&values);
    plan_free(plan);
    trial_end(&trial);
  }
  team_stop();
}

/* x - x' of a vector: one source, read in two patterns by one program. */
Test(plan, one_source_in_two_patterns) {
  Trial trial;
  start(&trial);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 60, 0, 0));
  NodeId column = trial_emit(&trial, OP_RESHAPE, &x, 1, (int64_t[]){60, 1}, 2),
         row = trial_emit(&trial, OP_RESHAPE, &x, 1, (int64_t[]){1, 60}, 2);
  NodeId product = trial_2(&trial, OP_MUL, trial_2(&trial, OP_SUB, column, row),
                           trial_2(&trial, OP_ADD, row, column));
  Question question = {.results = {product}};
  question.spec = (PlanSpec){.graph = &trial.graph,
                             .results = question.results,
                             .result_count = 1,
                             .stores = question.stores};
  Plan *plan = plan_make(&question.spec, &trial.diag);
  cr_assert_eq(plan->instruction_count, 1);
  plan_free(plan);
  compare(&trial, &question, 0);
  trial_end(&trial);
}

/* Columns and heads of a value, read where they lie, unless something else needs them apart. */
Test(plan, parts_are_read_where_they_lie) {
  Trial trial;
  start(&trial);
  NodeId z = trial_bind(&trial, DTYPE_F32, trial_shape(2, 70, 96, 0)),
         h = trial_bind(&trial, DTYPE_F32, trial_shape(3, 10, 7, 48));
  NodeId first = trial_emit(&trial, OP_SLICE, &z, 1, (int64_t[]){0, 70, 1, 0, 48, 1}, 6),
         second = trial_emit(&trial, OP_SLICE, &z, 1, (int64_t[]){69, 70, -1, 48, 48, 1}, 6),
         heads = trial_emit(&trial, OP_PERMUTE, &h, 1, (int64_t[]){1, 0, 2}, 3);
  NodeId flat = trial_emit(&trial, OP_RESHAPE, &heads, 1, (int64_t[]){70, 48}, 2);
  NodeId sum = trial_2(&trial, OP_ADD, trial_2(&trial, OP_MUL, first, second), flat);
  NodeId turned = trial_emit(&trial, OP_MATMUL, (NodeId[]){sum, first}, 2, (int64_t[]){1, 0}, 2);
  Question question = {.results = {sum, turned}};
  question.spec = (PlanSpec){.graph = &trial.graph,
                             .results = question.results,
                             .result_count = 1,
                             .stores = question.stores};
  for (int results = 1; results <= 2; results++) {
    question.spec.result_count = results;
    Plan *plan = plan_make(&question.spec, &trial.diag);
    int slices = 0;
    for (int i = 0; i < plan->instruction_count; i++)
      slices += plan->instructions[i].kind == INSTRUCTION_KERNEL &&
                plan->instructions[i].kernel != kernel_matmul;
    cr_assert_eq(slices, results - 1, "%d", slices);
    plan_free(plan);
    compare(&trial, &question, 0);
  }
  trial_end(&trial);
}

Test(plan, results_write_given_memory) {
  Trial trial;
  start(&trial);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(1, 9, 0, 0)),
         y = trial_1(&trial, OP_SQUARE, x);
  Tensor results[2] = {{0}};
  Shape shape = trial_shape(1, 9, 0, 0);
  tensor_zeros(&results[1], DTYPE_F32, &shape, &trial.diag);
  void *given = tensor_data(&results[1]);
  PlanSpec spec = {.graph = &trial.graph, .results = (NodeId[]){x, y}, .result_count = 2};
  Plan *plan = plan_make(&spec, &trial.diag);
  void *pointers[TRIAL_BOUND];
  trial_pointers(&trial, pointers);
  for (int round = 0; round < 3; round++) {
    tensor_set(&trial.bound[0], 4, round);
    cr_assert_eq(plan_run(plan, pointers, results, NULL, &trial.diag), RUN_DONE);
    cr_assert_eq(tensor_data(&results[1]), given);
    cr_assert_eq(tensor_get(&results[0], 4), round);
    cr_assert_eq(tensor_get(&results[1], 4), round * round);
    if (round == 1) tensor_release(&results[0]);
  }
  tensor_release(&results[0]);
  tensor_release(&results[1]);
  plan_free(plan);
  trial_end(&trial);
}

Test(plan, a_slab_over_the_budget_is_refused) {
  Trial trial;
  start(&trial);
  NodeId x = trial_bind(&trial, DTYPE_F32, trial_shape(2, 3, 1, 0));
  NodeId big = graph_emit(&trial.graph, OP_EXPAND, &x, 1, (int64_t[]){3, INT64_C(1) << 38}, 2,
                          &trial.diag);
  NodeId most = trial_emit(&trial, OP_MAX, &big, 1, (int64_t[]){3, 0}, 2);
  PlanSpec spec = {.graph = &trial.graph, .results = &most, .result_count = 1};
  cr_assert_null(plan_make(&spec, &trial.diag));
  cr_assert_eq(trial.diag.status, STATUS_MEMORY);
  trial_end(&trial);
}

Test(plan, cache_finds_the_same_question) {
  Trial trial;
  Question question;
  draw_graph(&trial, 3, 4, 5, 20);
  ask(&trial, &question);
  PlanCache *cache = plan_cache_new(2);
  Plan *first = plan_find(cache, &question.spec, &trial.diag);
  cr_assert_eq(plan_find(cache, &question.spec, &trial.diag), first);
  PlanSpec other = question.spec;
  other.result_count--;
  cr_assert_neq(plan_find(cache, &other, &trial.diag), first);
  cr_assert_eq(plan_find(cache, &question.spec, &trial.diag), first);
  plan_cache_free(cache);
  trial_end(&trial);
}
