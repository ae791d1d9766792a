/* bundle_test.c — products, sums and norms that run beside each other: the bits of the immediate
 * executor on any number of threads, what is in which task, and where a bundle must not reach. */
#include "runtime/graph/gradient.h"
#include "runtime/opcodes.h"
#include "tests/runtime/plan/trial.h"

enum { ROWS = 256, RESULTS = 24 };

/* Results over bound tensors: x [ROWS, 96], y [ROWS, 160], z [ROWS, 64]. */
typedef struct Shares {
  Trial trial;
  Maker maker;
  NodeId x, y, z;
  NodeId results[RESULTS];
  int count;
} Shares;

static void begin(Shares *shares, uint64_t seed) {
  *shares = (Shares){.trial = {.seed = seed}};
  graph_init(&shares->trial.graph, DTYPE_F32);
  shares->maker = (Maker){&shares->trial.graph, &shares->trial.diag};
  shares->x = trial_bind(&shares->trial, DTYPE_F32, trial_shape(2, ROWS, 96, 0));
  shares->y = trial_bind(&shares->trial, DTYPE_F32, trial_shape(2, ROWS, 160, 0));
  shares->z = trial_bind(&shares->trial, DTYPE_F32, trial_shape(2, ROWS, 64, 0));
}

static NodeId tell(Shares *shares, NodeId id) {
  cr_assert(id, "%s", shares->trial.diag.message);
  cr_assert_lt(shares->count, RESULTS);
  return shares->results[shares->count++] = id;
}

static NodeId norm(Shares *shares, NodeId of) {
  const int64_t all[2] = {3, 0};
  return graph_emit(&shares->trial.graph, OP_NORM2, &of, 1, all, 2, &shares->trial.diag);
}

/* As of a layer: a' b, the sum of b's rows, and the norm of the product. */
static void share(Shares *shares, NodeId a, NodeId b) {
  Maker *maker = &shares->maker;
  NodeId weight = tell(shares, make_matmul(maker, a, b, true, false));
  tell(shares, make_sum(maker, b, 1, false));
  tell(shares, norm(shares, weight));
}

static Plan *planned(Shares *shares) {
  PlanSpec spec = {
      .graph = &shares->trial.graph, .results = shares->results, .result_count = shares->count};
  Plan *plan = plan_make(&spec, &shares->trial.diag);
  cr_assert(plan, "%s", shares->trial.diag.message);
  return plan;
}

static void compare(Shares *shares, const char *what) {
  trial_compare(&shares->trial, shares->results, shares->count, what, NULL, NULL);
}

Test(bundle, products_with_their_sums) {
  Shares shares;
  begin(&shares, 1);
  Maker *maker = &shares.maker;
  share(&shares, shares.x, shares.y);
  share(&shares, shares.y, shares.x);
  share(&shares, shares.x, shares.z);
  share(&shares, shares.z, shares.x);
  share(&shares, shares.y, shares.z);
  share(&shares, shares.z, shares.y);
  /* what reads of all of them comes behind, what reads of none before */
  NodeId total = make_number(maker, 0);
  for (int i = 2; i < 18; i += 3) total = make2(maker, OP_ADD, total, shares.results[i]);
  tell(&shares, make1(maker, OP_SQRT, total));
  Plan *plan = planned(&shares);
  if (FUSES) {
    cr_assert_eq(plan->bundle_count, 1);
    const Bundle *bundle = &plan->bundles[0];
    int products = 0;
    for (int t = 0; t < bundle->task_count; t++) {
      int here = 0;
      for (int i = bundle->tasks[t]; i < bundle->tasks[t + 1]; i++)
        here += bundle->steps[i].call.op == OP_MATMUL;
      cr_assert_leq(here, 1, "a task multiplies once");
      products += here;
    }
    cr_assert_eq(products, 6);
    cr_assert_eq(bundle->task_count, 6, "sums and norms go with a product");
    cr_assert_eq(bundle->strip, NULL);
    cr_assert_geq(bundle->threads_most, 2);
    cr_assert_leq(bundle->threads_most, 6);
    for (int i = 0; i < bundle->count; i++) cr_assert_eq(bundle->steps[i].kind, INSTRUCTION_KERNEL);
  }
  plan_free(plan);
  compare(&shares, "six products");
  trial_end(&shares.trial);
}

/* A product with a program behind it keeps it, so it is in no bundle. */
Test(bundle, not_of_what_is_followed) {
  Shares shares;
  begin(&shares, 2);
  Maker *maker = &shares.maker;
  NodeId parts[4] = {shares.x, shares.y, shares.x, shares.y};
  for (int i = 0; i < 4; i++) {
    NodeId product = make_matmul(maker, parts[i], i < 2 ? shares.z : parts[3 - i], true, false);
    tell(&shares, make1(maker, OP_TANH, product));
  }
  Plan *plan = planned(&shares);
  int followed = 0;
  for (int i = 0; i < plan->instruction_count; i++) followed += plan->instructions[i].then != NULL;
  cr_assert_eq(followed, FUSES ? 4 : 0);
  cr_assert_eq(plan->bundle_count, 0);
  plan_free(plan);
  compare(&shares, "followed");
  trial_end(&shares.trial);
}

/* The shortest task comes last, and then a program that reads its product, which does not run on
 * the product's rows all the same: other tasks are still at work. */
Test(bundle, a_program_behind_it_waits) {
  Shares shares;
  begin(&shares, 5);
  Maker *maker = &shares.maker;
  NodeId small = tell(&shares, make_matmul(maker, shares.z, shares.z, true, false));
  NodeId others[4] = {make_matmul(maker, shares.x, shares.y, true, false),
                      make_matmul(maker, shares.y, shares.x, true, false),
                      make_matmul(maker, shares.y, shares.z, true, false),
                      make_matmul(maker, shares.z, shares.y, true, false)};
  for (int i = 0; i < 4; i++) tell(&shares, others[i]);
  tell(&shares, make2(maker, OP_DIV, small, norm(&shares, others[3])));
#if !defined(GD_HARSH)
  Plan *plan = planned(&shares);
  bool last = false;
  for (int i = 0; i + 1 < plan->instruction_count; i++) {
    const Instruction *product = &plan->instructions[i];
    last |= product->bundle && product->call.output.shape.rank == 2 &&
            product->call.output.shape.dim[0] == 64 && product->call.output.shape.dim[1] == 64 &&
            product[1].kind == INSTRUCTION_PROGRAM;
    cr_assert(!product->bundle || !product->then);
  }
  cr_assert(!FUSES || last);
  plan_free(plan);
#endif
  compare(&shares, "a program behind");
  trial_end(&shares.trial);
}

/* Products, sums and norms drawn at random, with programs of what they make between them: bundles
 * that begin anywhere, attempts that fail before one that does not. */
Test(bundle, drawn_at_random) {
  enum { DRAWN = 22, ROUNDS = 24 };
  int bundles = 0;
  for (int round = 0; round < ROUNDS; round++) {
    Shares shares;
    char what[40];
    begin(&shares, (uint64_t)round + 10);
    Trial *trial = &shares.trial;
    Maker *maker = &shares.maker;
    NodeId tall[DRAWN + 3] = {shares.x, shares.y, shares.z}, made[DRAWN];
    int tall_count = 3, made_count = 0;
    while (shares.count < DRAWN) {
      NodeId a = tall[trial_draw(trial, (uint64_t)tall_count)],
             b = tall[trial_draw(trial, (uint64_t)tall_count)];
      const uint64_t kind = trial_draw(trial, 8);
      if (kind < 4 || made_count == 0) {
        made[made_count++] = tell(&shares, make_matmul(maker, a, b, true, false));
        continue;
      }
      NodeId c = made[trial_draw(trial, (uint64_t)made_count)],
             d = made[trial_draw(trial, (uint64_t)made_count)];
      if (kind == 4) tell(&shares, make_sum(maker, a, 1, false));
      if (kind == 5) tell(&shares, norm(&shares, c));
      if (kind == 6) tell(&shares, make2(maker, OP_DIV, c, norm(&shares, d)));
      if (kind == 7 && tall_count < DRAWN) tall[tall_count++] = make1(maker, OP_TANH, a);
    }
    Plan *plan = planned(&shares);
    bundles += plan->bundle_count;
    plan_free(plan);
    snprintf(what, sizeof what, "round %d", round);
    compare(&shares, what);
    trial_end(&shares.trial);
  }
  cr_assert(!FUSES || bundles >= ROUNDS / 2, "%d", bundles);
}

/* A chain is one task, which is no bundle. */
Test(bundle, not_of_a_chain) {
  Shares shares;
  begin(&shares, 3);
  Maker *maker = &shares.maker;
  NodeId square = make_matmul(maker, shares.x, shares.x, true, false), power = square;
  for (int i = 0; i < 4; i++) power = make_matmul(maker, power, square, false, false);
  tell(&shares, power);
  tell(&shares, make_sum(maker, power, 1, false));
  Plan *plan = planned(&shares);
  cr_assert_eq(plan->bundle_count, 0);
  plan_free(plan);
  compare(&shares, "a chain");
  trial_end(&shares.trial);
}

/* Values that end within the bundle are not written over by what it, or the strip that comes with
 * it, makes: places are kept.  Several blocks of layers with norms, and all their gradients. */
static NodeId layer_normal(Shares *shares, NodeId x, int64_t width) {
  Maker *maker = &shares->maker;
  NodeId mean = make2(maker, OP_DIV, make_sum(maker, x, 1u << 1, true),
                      make_number(maker, (double)width));
  NodeId centred = make2(maker, OP_SUB, x, mean);
  NodeId squares = make_sum(maker, make2(maker, OP_MUL, centred, centred), 1u << 1, true);
  return make2(maker, OP_DIV, centred,
               make1(maker, OP_SQRT, make2(maker, OP_ADD, squares, make_number(maker, 0.5))));
}

Test(bundle, beside_a_strip) {
  enum { BLOCKS = 10, WIDTH = 64, HIDDEN = 128, MANY = 768 };
  Shares shares = {.trial = {.seed = 4}};
  graph_init(&shares.trial.graph, DTYPE_F32);
  shares.maker = (Maker){&shares.trial.graph, &shares.trial.diag};
  Maker *maker = &shares.maker;
  NodeId x = trial_bind(&shares.trial, DTYPE_F32, trial_shape(2, MANY, WIDTH, 0));
  NodeId up = trial_bind(&shares.trial, DTYPE_F32, trial_shape(3, BLOCKS, WIDTH, HIDDEN));
  NodeId down = trial_bind(&shares.trial, DTYPE_F32, trial_shape(3, BLOCKS, HIDDEN, WIDTH));
  NodeId wrt[2 * BLOCKS];
  const Shape wide = trial_shape(2, WIDTH, HIDDEN, 0), narrow = trial_shape(2, HIDDEN, WIDTH, 0);
  for (int block = 0; block < BLOCKS; block++) {
    NodeId first = make_reshape(maker, make_run(maker, up, 0, block, 1, 1), &wide),
           second = make_reshape(maker, make_run(maker, down, 0, block, 1, 1), &narrow);
    wrt[2 * block] = first, wrt[2 * block + 1] = second;
    NodeId hidden = make1(maker, OP_TANH,
                          make_matmul(maker, layer_normal(&shares, x, WIDTH), first, false, false));
    x = make2(maker, OP_ADD, x, make_matmul(maker, hidden, second, false, false));
  }
  NodeId loss = make_sum(maker, make2(maker, OP_MUL, x, x), 3, false), slopes[2 * BLOCKS];
  cr_assert(gradient(&shares.trial.graph, loss, 0, wrt, 2 * BLOCKS, slopes, &shares.trial.diag),
            "%s", shares.trial.diag.message);
  for (int i = 0; i < 2 * BLOCKS; i++) tell(&shares, slopes[i]);
  tell(&shares, loss);
#if !defined(GD_HARSH) /* there strips are cut short, and most bundles lie apart from them */
  Plan *plan = planned(&shares);
  int beside = 0;
  for (int b = 0; b < plan->bundle_count; b++) beside += plan->bundles[b].strip != NULL;
  cr_assert(!FUSES || beside > 0);
  plan_free(plan);
#endif
  compare(&shares, "beside a strip");
  trial_end(&shares.trial);
}
