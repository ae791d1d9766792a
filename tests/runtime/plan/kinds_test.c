/* kinds_test.c — plans of every kind that training makes: the bits of the operations alone, on any
 * number of threads, and no allocation.
 *
 * A kind builds a graph and says what is asked of it: a whole step of a classifier with its
 * optimizer, a convolution with its gradients, reductions, indices, draws, factorizations.  Each is
 * built in f32 and f64, and in two sizes, the larger of which is cut into parts for the team.
 * plan_test.c draws graphs of elementwise rows; here are the operations with kernels of their own,
 * and what fusion puts before and behind them.
 *
 * To add a kind, write its builder and name it in KINDS.
 */
#include "runtime/graph/gradient.h"
#include "runtime/graph/simplify.h"
#include "runtime/kernels/team.h"
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

enum { ASKED_MOST = 9 };

typedef struct Kind {
  Trial trial;
  Maker maker;
  Dtype dtype;
  int64_t size; /* of the longest axes */
  NodeId results[ASKED_MOST];
  int result_count;
  Store stores[ASKED_MOST];
  int store_count;
} Kind;

typedef void Build(Kind *kind);

static NodeId bind(Kind *kind, int rank, int64_t a, int64_t b, int64_t c) {
  return trial_bind(&kind->trial, kind->dtype, trial_shape(rank, a, b, c));
}

static void result(Kind *kind, NodeId node) {
  cr_assert(node, "%s", kind->trial.diag.message);
  cr_assert_lt(kind->result_count, ASKED_MOST);
  kind->results[kind->result_count++] = node;
}

static void store(Kind *kind, NodeId into, NodeId node) {
  cr_assert(node, "%s", kind->trial.diag.message);
  kind->stores[kind->store_count++] = (Store){graph_node(&kind->trial.graph, into)->attrs[0], node};
}

static NodeId emit(Kind *kind, Op op, const NodeId *inputs, int count, const int64_t *attrs,
                   int attr_count) {
  NodeId node = graph_emit(&kind->trial.graph, op, inputs, count, attrs, attr_count,
                           &kind->trial.diag);
  cr_assert(node, "%s: %s", op_name(op), kind->trial.diag.message);
  return node;
}
#define INPUTS(...) \
  (const NodeId[]){__VA_ARGS__}, (int)(sizeof((NodeId[]){__VA_ARGS__}) / sizeof(NodeId))
#define ATTRS(...) \
  (const int64_t[]){__VA_ARGS__}, (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))
#define DO1(op, a) make1(&kind->maker, OP_##op, a)
#define DO2(op, a, b) make2(&kind->maker, OP_##op, a, b)
#define NUMBER(x) make_number(&kind->maker, x)

static void differentiate(Kind *kind, NodeId y, const NodeId *wrt, int count, NodeId *into) {
  cr_assert(gradient(&kind->trial.graph, y, 0, wrt, count, into, &kind->trial.diag), "%s",
            kind->trial.diag.message);
}

/* ---- training steps ---- */

static NodeId mean(Kind *kind, NodeId x) {
  int64_t count = shape_count(&make_type(&kind->maker, x)->shape);
  return DO2(DIV, make_sum(&kind->maker, x, ~0u, false), NUMBER((double)count));
}

/* Two dense layers [n, 48] -> [n, 64] -> [n, 10], their biases and a relu, cross entropy by
 * log_softmax, and plain descent. */
static void classifier(Kind *kind) {
  int64_t n = kind->size;
  NodeId x = bind(kind, 2, n, 48, 0), y = bind(kind, 2, n, 10, 0);
  NodeId p[] = {bind(kind, 2, 48, 64, 0), bind(kind, 1, 64, 0, 0), bind(kind, 2, 64, 10, 0),
                bind(kind, 1, 10, 0, 0)},
         g[4];
  NodeId hidden = DO1(RELU, DO2(ADD, make_matmul(&kind->maker, x, p[0], false, false), p[1]));
  NodeId scores = DO2(ADD, make_matmul(&kind->maker, hidden, p[2], false, false), p[3]);
  NodeId loss = DO1(NEG,
                    mean(kind, DO2(MUL, y, emit(kind, OP_LOG_SOFTMAX, INPUTS(scores), ATTRS(1)))));
  differentiate(kind, loss, p, 4, g);
  result(kind, loss);
  for (int i = 0; i < 4; i++) store(kind, p[i], DO2(SUB, p[i], DO2(MUL, NUMBER(0.1), g[i])));
}

static NodeId layer(Kind *kind, Op op, NodeId x, NodeId weight, NodeId bias) {
  return make1(&kind->maker, op,
               DO2(ADD, make_matmul(&kind->maker, x, weight, false, false), bias));
}

/* gelu, tanh and sigmoid behind products, and what the backward pass needs of them: their slopes
 * are made in the forward pass. */
static void slopes(Kind *kind) {
  NodeId x = bind(kind, 2, kind->size, 40, 0);
  NodeId p[] = {bind(kind, 2, 40, 48, 0), bind(kind, 1, 48, 0, 0),  bind(kind, 2, 48, 33, 0),
                bind(kind, 1, 33, 0, 0),  bind(kind, 2, 33, 16, 0), bind(kind, 1, 16, 0, 0)},
         g[6];
  NodeId y = layer(kind, OP_SIGMOID,
                   layer(kind, OP_TANH, layer(kind, OP_GELU, x, p[0], p[1]), p[2], p[3]), p[4],
                   p[5]);
  NodeId loss = mean(kind, DO2(MUL, y, y));
  differentiate(kind, loss, p, 6, g);
  result(kind, loss);
  for (int i = 0; i < 6; i++) store(kind, p[i], DO2(SUB, p[i], DO2(MUL, NUMBER(0.1), g[i])));
}

/* A layer, what was before it and normalized rows, of all columns and of half of them: the sums of
 * rows are made as the product goes. */
static void normalized(Kind *kind) {
  NodeId p[] = {bind(kind, 2, kind->size, 64, 0), bind(kind, 2, 64, 64, 0),
                bind(kind, 1, 64, 0, 0)},
         g[3], loss = 0;
  for (int64_t width = 64; width >= 32; width /= 2) {
    NodeId y = DO2(ADD, p[0], DO2(ADD, make_matmul(&kind->maker, p[0], p[1], false, false), p[2]));
    Shape parted = trial_shape(2, kind->size * 64 / width, width, 0);
    NodeId rows = make_reshape(&kind->maker, y, &parted);
    NodeId centred = DO2(SUB, rows,
                         DO2(DIV, make_sum(&kind->maker, rows, 2, true), NUMBER((double)width)));
    NodeId spread = make_sum(&kind->maker, DO1(SQUARE, centred), 2, true);
    NodeId part = mean(kind, DO1(EXP, DO2(DIV, centred, DO1(SQRT, DO2(ADD, spread, NUMBER(1))))));
    loss = loss ? DO2(ADD, loss, part) : part;
  }
  differentiate(kind, loss, p, 3, g);
  result(kind, loss);
  for (int i = 0; i < 3; i++) store(kind, p[i], DO2(SUB, p[i], DO2(MUL, NUMBER(0.1), g[i])));
}

/* p, its two states and the step number; the gradient is that of sum(tanh(p) x). */
static void adam(Kind *kind) {
  NodeId p = bind(kind, 2, kind->size, 130, 0), m = bind(kind, 2, kind->size, 130, 0),
         v = bind(kind, 2, kind->size, 130, 0);
  NodeId x = bind(kind, 2, kind->size, 130, 0),
         t = trial_bind(&kind->trial, DTYPE_F64, trial_shape(0, 0, 0, 0)), g;
  tensor_set(&kind->trial.bound[4], 0, 3);
  for (int64_t i = 0; i < kind->size * 130; i++)
    tensor_set(&kind->trial.bound[2], i, (double)(i % 7));
  NodeId loss = make_sum(&kind->maker, DO2(MUL, DO1(TANH, p), x), ~0u, false);
  differentiate(kind, loss, &p, 1, &g);
  NodeId m2 = DO2(ADD, DO2(MUL, NUMBER(0.9), m), DO2(MUL, NUMBER(0.1), g));
  NodeId v2 = DO2(ADD, DO2(MUL, NUMBER(0.999), v), DO2(MUL, NUMBER(0.001), DO1(SQUARE, g)));
  NodeId rate = DO2(DIV, DO1(SQRT, DO2(SUB, NUMBER(1), DO2(POW, NUMBER(0.999), t))),
                    DO2(SUB, NUMBER(1), DO2(POW, NUMBER(0.9), t)));
  NodeId move = DO2(DIV, m2, DO2(ADD, DO1(SQRT, v2), NUMBER(1e-8)));
  result(kind, loss);
  store(kind, m, m2);
  store(kind, v, v2);
  store(kind, p, DO2(SUB, p, DO2(MUL, make_cast(&kind->maker, rate, kind->dtype), move)));
}

/* Momentum over two tensors, clipped by the norm of both gradients: programs that end in sums, and
 * wait for them. */
static void clipped_momentum(Kind *kind) {
  NodeId p[] = {bind(kind, 2, kind->size, 256, 0), bind(kind, 1, 90, 0, 0)},
         v[] = {bind(kind, 2, kind->size, 256, 0), bind(kind, 1, 90, 0, 0)}, g[2];
  NodeId loss = DO2(ADD, make_sum(&kind->maker, DO1(SQUARE, DO1(SIGMOID, p[0])), ~0u, false),
                    mean(kind, DO1(SQUARE, p[1])));
  differentiate(kind, loss, p, 2, g);
  NodeId sum = DO2(ADD, make_sum(&kind->maker, DO1(SQUARE, g[0]), ~0u, false),
                   make_sum(&kind->maker, DO1(SQUARE, g[1]), ~0u, false));
  NodeId scale = DO2(MINIMUM, NUMBER(1), DO2(DIV, NUMBER(0.5), DO1(SQRT, sum)));
  result(kind, loss);
  for (int i = 0; i < 2; i++) {
    NodeId velocity = DO2(ADD, DO2(MUL, NUMBER(0.9), v[i]), DO2(MUL, g[i], scale));
    store(kind, v[i], velocity);
    store(kind, p[i], DO2(SUB, p[i], DO2(MUL, NUMBER(0.01), velocity)));
  }
}

/* ---- operations with kernels ---- */

/* Either way round, in stacks, one row, one column, and few sums of very many terms. */
static void products(Kind *kind) {
  int64_t n = kind->size;
  NodeId a = bind(kind, 2, n, 80, 0), b = bind(kind, 2, n, 70, 0), c = bind(kind, 2, 90, 80, 0),
         stack = bind(kind, 3, 3, 80, 20);
  NodeId row = bind(kind, 2, 1, n, 0), column = bind(kind, 2, 80, 1, 0),
         deep = bind(kind, 2, 2, 20 * n, 0);
  result(kind, DO1(RELU, make_matmul(&kind->maker, a, b, true, false)));
  result(kind, make_matmul(&kind->maker, a, c, false, true));
  result(kind, make_matmul(&kind->maker, b, a, true, false));
  result(kind, DO1(TANH, make_matmul(&kind->maker, a, stack, false, false)));
  result(kind, make_matmul(&kind->maker, row, a, false, false));
  result(kind, make_matmul(&kind->maker, a, column, false, false));
  result(kind, make_matmul(&kind->maker, deep, deep, false, true));
}

static void convolution(Kind *kind) {
  int64_t n = kind->size / 8 + 2, window[] = {2, 2, 2, 2, 0, 0, 0, 0};
  Shape images = shape_of(4, (int64_t[]){n, 3, 12, 12}),
        weights = shape_of(4, (int64_t[]){8, 3, 3, 3});
  NodeId x = trial_bind(&kind->trial, kind->dtype, images),
         p[] = {trial_bind(&kind->trial, kind->dtype, weights), bind(kind, 3, 8, 1, 1)}, g[3],
         chosen;
  NodeId y =
      DO1(RELU,
          DO2(ADD, emit(kind, OP_CONV2D, INPUTS(x, p[0]), ATTRS(1, 1, 1, 1, 1, 1, 1, 1, 1)), p[1]));
  NodeId pooled = emit(kind, OP_POOL_SUM, INPUTS(y), window, 8),
         loss = mean(kind, DO1(SQUARE, pooled));
  differentiate(kind, loss, (NodeId[]){p[0], p[1], x}, 3, g);
  result(kind, loss);
  result(kind, g[2]);
  result(kind, emit(kind, OP_POOL_ARGMAX, INPUTS(y), window, 8));
  differentiate(kind, mean(kind, DO1(SQUARE, emit(kind, OP_POOL_MAX, INPUTS(y), window, 8))), &x, 1,
                &chosen);
  result(kind, chosen);
  for (int i = 0; i < 2; i++) store(kind, p[i], DO2(SUB, p[i], g[i]));
}

static void reductions(Kind *kind) {
  NodeId x = bind(kind, 2, kind->size, 120, 0), y = DO1(SQUARE, x);
  for (int mask = 1; mask <= 3; mask++) result(kind, emit(kind, OP_MAX, INPUTS(y), ATTRS(mask, 0)));
  result(kind, emit(kind, OP_NORM2, INPUTS(x), ATTRS(3, 0)));
  result(kind, emit(kind, OP_LOGSUMEXP, INPUTS(y), ATTRS(2, 1)));
  result(kind, emit(kind, OP_SUM, INPUTS(y), ATTRS(1, 0)));
  result(kind, emit(kind, OP_CUMSUM, INPUTS(y), ATTRS(1, 0)));
  result(kind, emit(kind, OP_ARGMAX, INPUTS(y), ATTRS(0, 0)));
}

static void orders(Kind *kind) {
  NodeId x = bind(kind, 2, kind->size, 120, 0), y = DO2(ADD, x, NUMBER(1)), g;
  NodeId soft = emit(kind, OP_SOFTMAX, INPUTS(y), ATTRS(0)),
         loss = make_sum(&kind->maker, DO2(MUL, soft, x), ~0u, false);
  differentiate(kind, loss, &x, 1, &g);
  result(kind, g);
  result(kind, emit(kind, OP_ARGSORT, INPUTS(y), ATTRS(1, 0)));
  result(kind, emit(kind, OP_ARGSORT, INPUTS(y), ATTRS(0, 1)));
  result(kind, emit(kind, OP_PROD, INPUTS(y), ATTRS(2, 0)));
}

static void attends(Kind *kind) {
  NodeId parts[3], slopes[3];
  for (int i = 0; i < 3; i++) parts[i] = bind(kind, 2, i ? 120 : kind->size, 6, 0);
  NodeId y = emit(kind, OP_ATTENTION, INPUTS(DO1(TANH, parts[0]), parts[1], parts[2]), ATTRS(1));
  differentiate(kind, mean(kind, DO1(SQUARE, y)), parts, 3, slopes);
  for (int i = 0; i < 3; i++) result(kind, DO2(MUL, slopes[i], NUMBER(0.5)));
}

/* Rows of a table by index, one element of each row, and the gradients of both. */
static void indices(Kind *kind) {
  NodeId table = bind(kind, 2, 50, kind->size, 0), rows = bind(kind, 1, 300, 0, 0),
         places = bind(kind, 2, 300, 1, 0), g;
  for (int i = 0; i < 300; i++)
    tensor_set(&kind->trial.bound[1], i, i * 7 % 50), tensor_set(&kind->trial.bound[2], i, i % 9);
  NodeId index = make_index(&kind->maker, rows, 0, 50),
         taken = DO1(TANH, emit(kind, OP_GATHER, INPUTS(table, index), ATTRS(0)));
  NodeId picked = emit(kind, OP_PICK, INPUTS(taken, make_index(&kind->maker, places, 0, 9)),
                       ATTRS(1));
  NodeId loss = DO2(ADD, mean(kind, DO1(SQUARE, picked)), mean(kind, taken));
  differentiate(kind, loss, &table, 1, &g);
  result(kind, picked);
  store(kind, table, DO2(SUB, table, g));
}

static void moves(Kind *kind) {
  NodeId x = bind(kind, 2, kind->size, 120, 0), y = DO2(MUL, x, NUMBER(2)),
         part = bind(kind, 2, kind->size, 10, 0);
  int64_t some[] = {0, kind->size, 1, 3, 10, 7};
  result(kind, emit(kind, OP_PERMUTE, INPUTS(y), ATTRS(1, 0)));
  result(kind, emit(kind, OP_SLICE, INPUTS(y), some, 6));
  result(kind, emit(kind, OP_PLACE, INPUTS(y, part), some, 6));
  result(kind, emit(kind, OP_CONCAT, INPUTS(y, part, y, part), ATTRS(1)));
  result(kind, emit(kind, OP_PAD, INPUTS(y), ATTRS(1, 2, 3, 0, 0)));
  result(kind, emit(kind, OP_TRIANGLE, INPUTS(y), ATTRS(1, 2)));
  result(kind, emit(kind, OP_DIAG_MATRIX, INPUTS(emit(kind, OP_DIAG_PART, INPUTS(y), ATTRS(0))),
                    ATTRS(1)));
}

/* Dropout, and each kind of draw. */
static void draws(Kind *kind) {
  NodeId key = trial_bind(&kind->trial, DTYPE_I32, trial_shape(1, 4, 0, 0)),
         x = bind(kind, 2, kind->size, 120, 0);
  NodeId even = emit(kind, OP_DRAW, INPUTS(key), ATTRS(0, kind->dtype, 7, 0, 1, kind->size, 120));
  result(kind, make3(&kind->maker, OP_WHERE, DO2(LT, even, NUMBER(0.2)), NUMBER(0),
                     DO2(DIV, x, NUMBER(0.8))));
  result(kind, emit(kind, OP_DRAW, INPUTS(key), ATTRS(1, kind->dtype, 8, 0, 1, kind->size, 120)));
  result(kind, emit(kind, OP_DRAW, INPUTS(key), ATTRS(2, DTYPE_I32, 9, -5, 12, kind->size, 120)));
}

/* Small ones by plain C; 40 rows go to LAPACK where there is one. */
static void factorizations(Kind *kind) {
  int64_t n = kind->size < 100 ? 5 : 40;
  NodeId x = bind(kind, 2, n, n, 0), b = bind(kind, 2, n, 3, 0),
         eye = emit(kind, OP_DIAG_MATRIX, INPUTS(bind(kind, 1, n, 0, 0)), ATTRS(0));
  for (int64_t i = 0; i < n; i++) tensor_set(&kind->trial.bound[2], i, 9);
  NodeId good = DO2(ADD, make_matmul(&kind->maker, x, x, false, true), eye);
  result(kind, emit(kind, OP_SOLVE, INPUTS(good, b), NULL, 0));
  result(kind, emit(kind, OP_CHOLESKY, INPUTS(good), NULL, 0));
  result(kind, emit(kind, OP_INVERSE, INPUTS(good), NULL, 0));
  result(kind, emit(kind, OP_DET, INPUTS(x), NULL, 0));
  result(kind, emit(kind, OP_LOG_DET, INPUTS(x), NULL, 0));
  result(kind, emit(kind, OP_QR, INPUTS(x), NULL, 0));
  result(kind, emit(kind, OP_SVD, INPUTS(x), NULL, 0));
  result(kind, emit(kind, OP_EIGH, INPUTS(good), NULL, 0));
  result(kind, emit(kind, OP_TRISOLVE, INPUTS(good, b), ATTRS(1, 0)));
}

static const struct {
  const char *name;
  Build *build;
} KINDS[] = {{"a classifier's step", classifier},
             {"slopes", slopes},
             {"normalized rows", normalized},
             {"Adam", adam},
             {"clipped momentum", clipped_momentum},
             {"products", products},
             {"convolution", convolution},
             {"reductions", reductions},
             {"softmax and sorting", orders},
             {"attention", attends},
             {"indices", indices},
             {"moves", moves},
             {"draws", draws},
             {"factorizations", factorizations}};

enum { SMALL = 9, LARGE = 600, VARIANTS = 4 };

/* Every kind in every variant: a dtype and a size. */
static void begin(Kind *kind, int number, int variant) {
  Dtype dtype = variant % 2 ? DTYPE_F64 : DTYPE_F32;
  *kind = (Kind){
      .trial = {.seed = (uint64_t)number + 1}, .dtype = dtype, .size = variant / 2 ? LARGE : SMALL};
  graph_init(&kind->trial.graph, dtype);
  kind->maker = (Maker){&kind->trial.graph, &kind->trial.diag};
  KINDS[number].build(kind);
}

static Plan *plan_of(Kind *kind) {
  PlanSpec spec = {.graph = &kind->trial.graph,
                   .results = kind->results,
                   .result_count = kind->result_count,
                   .stores = kind->stores,
                   .store_count = kind->store_count};
  Plan *plan = plan_make(&spec, &kind->trial.diag);
  cr_assert(plan, "%s", kind->trial.diag.message);
  return plan;
}

static void run(Kind *kind, Plan *plan, Tensor *results) {
  void *pointers[TRIAL_BOUND];
  trial_pointers(&kind->trial, pointers);
  cr_assert_eq(plan_run(plan, pointers, results, NULL, &kind->trial.diag), RUN_DONE, "%s",
               kind->trial.diag.message);
}

/* The results, then the stores, each operation alone. */
static void work_out(Kind *kind, Tensor *expected) {
  Values values = trial_values(&kind->trial);
  for (int i = 0; i < kind->result_count + kind->store_count; i++) {
    NodeId node = i < kind->result_count ? kind->results[i]
                                         : kind->stores[i - kind->result_count].node;
    const Tensor *value = values_get(&values, node, &kind->trial.diag);
    cr_assert(value, "%s", kind->trial.diag.message);
    expected[i] = tensor_retain(value);
  }
  values_free(&values);
}

static void same_as_alone(Kind *kind, const Tensor *expected, const char *name, int variant,
                          int threads) {
  Tensor results[ASKED_MOST] = {{0}};
  Plan *plan = plan_of(kind);
  plan_poison(plan);
  run(kind, plan, results);
  for (int i = 0; i < kind->result_count; i++) {
    cr_assert(same_bits(&results[i], &expected[i]), "%s, variant %d, %d threads: result %d", name,
              variant, threads, i);
    tensor_release(&results[i]);
  }
  for (int i = 0; i < kind->store_count; i++)
    cr_assert(
        same_bits(&kind->trial.bound[kind->stores[i].binding], &expected[kind->result_count + i]),
        "%s, variant %d, %d threads: store %d", name, variant, threads, i);
  plan_free(plan);
}

Test(kinds, same_bits_as_the_operations_alone_on_any_number_of_threads) {
  for (int number = 0; number < COUNT_OF(KINDS); number++)
    for (int variant = 0; variant < VARIANTS; variant++) {
      Kind kind;
      Tensor expected[2 * ASKED_MOST];
      team_start(1);
      begin(&kind, number, variant);
      work_out(&kind, expected);
      for (int threads = 1; threads <= 4; threads *= 2) {
        Kind again;
        team_start(threads);
        begin(&again, number, variant);
        same_as_alone(&again, expected, KINDS[number].name, variant, threads);
        trial_end(&again.trial);
      }
      for (int i = 0; i < kind.result_count + kind.store_count; i++) tensor_release(&expected[i]);
      trial_end(&kind.trial);
    }
  team_stop();
}

/* ---- a plan runs without allocating ---- */

Test(kinds, a_plan_runs_without_allocating) {
  for (int threads = 1; threads <= 2; threads++) {
    team_start(threads);
    for (int number = 0; number < COUNT_OF(KINDS); number++)
      for (int variant = 0; variant < VARIANTS; variant++) {
        Kind kind;
        Tensor results[ASKED_MOST] = {{0}};
        begin(&kind, number, variant);
        Plan *plan = plan_of(&kind);
        trial_warm(); /* for each: what LAPACK works on apart takes the caller's along */
        run(&kind, plan, results);
        uint64_t before = mem_allocations();
        for (int round = 0; round < 5; round++) run(&kind, plan, results);
        cr_assert_eq(mem_allocations(), before,
                     "%s, variant %d, %d threads: %llu allocations in 5 runs", KINDS[number].name,
                     variant, threads, (unsigned long long)(mem_allocations() - before));
        for (int i = 0; i < kind.result_count; i++) tensor_release(&results[i]);
        plan_free(plan);
        trial_end(&kind.trial);
      }
  }
  team_stop();
}
