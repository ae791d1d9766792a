/* plan_test.c — plans against the immediate executor: bits of results and stores, halves, threads,
 * faults; by hand what a program takes up, memory, the cache. */
#include "runtime/kernels/linear.h"
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
  trial_start(trial, seed);
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

/* Adam: its bias correction is a scalar that depends on the step, and still all is one pass over
 * memory. */
Test(plan, an_update_is_one_pass) {
  Trial trial;
  trial_start(&trial, 7);
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

Test(plan, a_long_chain_takes_little_memory) {
  Trial trial;
  trial_start(&trial, 7);
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
    trial_start(&trial, 7);
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
  trial_start(&trial, 7);
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
  trial_start(&trial, 7);
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

Test(plan, a_slab_over_the_budget_is_refused) {
  Trial trial;
  trial_start(&trial, 7);
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
