/* recall_test.c — a graph that remembers is, node for node, the graph that would have been built
 * without.
 *
 * Programs of makers, builders and gradients are drawn at random and built again and again in one
 * graph that remembers: unchanged, with one call changed, cut short, with a mistake in the middle,
 * at other places of the script.  After each, every node is compared with that of a new graph.
 */
#include "runtime/graph/gradient.h"
#include "runtime/graph/ops.h"
#include "runtime/graph/recall.h"
#include "runtime/graph/simplify.h"
#include "runtime/graph/verify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

enum { CALLS = 60, NEVER = -1 };

typedef struct Program {
  uint64_t salt;
  int length; /* calls made of CALLS */
  /* the call that is another one, or NEVER: in what it does, an argument, or the operation */
  int changed;
  int moved;   /* the call from which on the span is another one, or NEVER */
  int failing; /* the call after which shapes do not fit, or NEVER */
} Program;

static NodeId one_call(Maker *maker, uint64_t choice, const NodeId *made, int count) {
  NodeId a = made[choice / 16 % (uint64_t)count], b = made[choice / 4096 % (uint64_t)count];
  Arg args[2] = {node_arg(a), {.kind = ARG_NONE}};
  NodeId results[RESULTS_MOST], slope = 0;
  Shape three = SHAPE(3);
  switch (choice % 8) {
    case 0: return make2(maker, OP_ADD, a, b);
    case 1: return make2(maker, OP_MUL, a, make_number(maker, (double)(choice / 65536 % 4)));
    case 2: return make1(maker, choice >> 20 & 1 ? OP_TANH : OP_SIGMOID, a);
    case 3: return make3(maker, OP_WHERE, make2(maker, OP_LT, a, b), a, make_number(maker, 0));
    case 4: return make2(maker, OP_POW, a, make_number(maker, 2));
    case 5:
      return make2(maker, OP_SUB, make_expand(maker, make_sum(maker, a, ~0u, false), &three), b);
    case 6:
      return ops_find("softmax")->build(maker, ops_find("softmax")->op, args, 2, results)
                 ? results[0]
                 : 0;
    default:
      if (!gradient(maker->graph, make_sum(maker, a, ~0u, false), 0, &b, 1, &slope, maker->diag))
        return 0;
      return slope ? slope : a;
  }
}

/* Runs the program; gives the last node, or 0 after the mistake. */
static NodeId build(Graph *graph, const Program *program) {
  Diag diag = {0};
  Maker maker = {graph, &diag};
  Type type = {.dtype = DTYPE_F32, .shape = SHAPE(3)},
       other = {.dtype = DTYPE_F32, .shape = SHAPE(4)};
  graph->span = (Span){0};
  NodeId made[CALLS + 2] = {graph_input(graph, &type, 0), graph_input(graph, &type, 1)};
  for (int i = 0; i < program->length; i++) {
    graph->span = (Span){1,
                         (uint32_t)i + (program->moved != NEVER && i >= program->moved ? 1000 : 0),
                         (uint32_t)i + 1};
    static const uint64_t other_choice[4] = {1, 16, 4096, 1 << 20};
    uint64_t choice = hash_mix(program->salt, (uint64_t)i) +
                      (i == program->changed ? other_choice[i % 4] : 0);
    made[i + 2] = one_call(&maker, choice, made, i + 2);
    cr_assert(made[i + 2], "%s", diag.message);
    if (i == program->failing) {
      cr_assert_eq(make2(&maker, OP_ADD, made[0], graph_input(graph, &other, 2)), 0);
      return 0;
    }
  }
  return made[program->length + 1];
}

static void expect_equal(const Graph *a, const Graph *b) {
  cr_assert_eq(a->count, b->count);
  for (NodeId id = 1; id < a->count; id++) {
    const Node *x = &a->nodes[id], *y = &b->nodes[id];
    cr_assert(x->op == y->op && x->input_count == y->input_count && x->attr_count == y->attr_count,
              "node %u", id);
    cr_assert(!x->input_count || !memcmp(x->inputs, y->inputs, x->input_count * sizeof(NodeId)),
              "node %u", id);
    cr_assert(!x->attr_count ||
                  !memcmp(x->attrs, y->attrs, (size_t)x->attr_count * sizeof(int64_t)),
              "node %u", id);
    cr_assert(x->type.dtype == y->type.dtype && x->type.weak == y->type.weak &&
                  shape_equal(&x->type.shape, &y->type.shape),
              "node %u", id);
    cr_assert(x->hash == y->hash && !memcmp(&x->span, &y->span, sizeof x->span), "node %u", id);
  }
}

/* Builds it in the graph that remembers, and in a new one. */
static void expect_same(Graph *graph, const Program *program) {
  Graph fresh;
  graph_init(&fresh, DTYPE_F32);
  graph_reset(graph);
  cr_assert_eq(build(graph, program), build(&fresh, program));
  expect_equal(graph, &fresh);
  Diag diag = {0};
  cr_assert(graph_verify(graph, &diag), "%s", diag.message);
  graph_free(&fresh);
}

static Graph remembering(void) {
  Graph graph;
  graph_init(&graph, DTYPE_F32);
  recall_start(&graph);
  return graph;
}

Test(recall, the_same_again_is_followed_to_the_end) {
  Graph graph = remembering();
  for (uint64_t salt = 0; salt < 40; salt++) {
    Program program = {salt, CALLS, NEVER, NEVER, NEVER};
    graph_clear(&graph);
    expect_same(&graph, &program);
    size_t kept = graph.kept.total;
    uint32_t calls = graph.recall.count;
    for (int turn = 0; turn < 3; turn++) {
      expect_same(&graph, &program);
      cr_assert(!graph.recall.lost && graph.recall.at == calls && graph.recall.count == calls,
                "every call was that of last time");
      cr_assert_eq(graph.kept.total, kept, "nothing was written");
    }
  }
  graph_free(&graph);
}

Test(recall, whatever_differs_is_built_as_it_is) {
  Graph graph = remembering();
  for (uint64_t salt = 0; salt < 4000; salt++) {
    uint64_t dice = hash_mix(salt, 5);
    int at = (int)(dice / 8 % CALLS);
    Program program = {salt / 20, CALLS, NEVER, NEVER, NEVER};
    expect_same(&graph, &program);
    /* the first may have differed from what was before; this one is noted */
    expect_same(&graph, &program);
    if (dice % 5 == 0) program.changed = at;
    if (dice % 5 == 1) program.moved = at;
    if (dice % 5 == 2) program.failing = at;
    if (dice % 5 == 3) program.length = at;
    expect_same(&graph, &program);
    expect_same(&graph, &program);
  }
  graph_free(&graph);
}

Test(recall, what_was_built_for_nothing_does_not_pile_up) {
  Graph graph = remembering();
  size_t first = 0;
  for (int turn = 0; turn < 100; turn++) {
    Program program = {(uint64_t)turn % 2, CALLS, NEVER, NEVER, NEVER};
    expect_same(&graph, &program);
    if (turn == 0) first = graph.kept.total;
    cr_assert_leq(graph.kept.total, 4 * first);
  }
  graph_free(&graph);
}

Test(recall, a_longer_one_goes_on_where_the_other_ended) {
  Graph graph = remembering();
  for (int length = 0; length <= CALLS; length += 7) {
    Program program = {3, length, NEVER, NEVER, NEVER};
    expect_same(&graph, &program);
    cr_assert(!graph.recall.lost);
  }
  graph_free(&graph);
}

/* The gradient of a CUSTOM node is its owner's to give, each time. */
typedef struct Owner {
  int asked;
  double factor;
} Owner;

static bool give(void *context, Graph *graph, int64_t hook, const NodeId *args, int arg_count,
                 NodeId y, NodeId dy, NodeId *into, Diag *diag) {
  (void)hook, (void)args, (void)arg_count, (void)y;
  Owner *owner = context;
  Maker maker = {graph, diag};
  owner->asked++;
  into[0] = make2(&maker, OP_MUL, dy, make_number(&maker, owner->factor));
  return into[0] != 0;
}

static NodeId custom_slope(Graph *graph) {
  Diag diag = {0};
  Maker maker = {graph, &diag};
  Type type = {.dtype = DTYPE_F32, .shape = SHAPE(3)};
  int64_t hook = 0;
  NodeId x = graph_input(graph, &type, 0), inputs[2] = {make1(&maker, OP_SIN, x), x}, slope = 0;
  NodeId y = make_sum(&maker, graph_emit(graph, OP_CUSTOM, inputs, 2, &hook, 1, &diag), ~0u, false);
  cr_assert(gradient(graph, y, 0, &x, 1, &slope, &diag), "%s", diag.message);
  return slope;
}

Test(recall, custom_gradients_are_asked_each_time) {
  Owner owner = {0};
  Graph graph = remembering(), fresh;
  graph.custom = give;
  graph.custom_context = &owner;
  for (int turn = 0; turn < 6; turn++) {
    owner.factor = turn < 3 ? 2 : 3;
    graph_reset(&graph);
    graph_init(&fresh, DTYPE_F32);
    fresh.custom = give;
    fresh.custom_context = &owner;
    cr_assert_eq(custom_slope(&graph), custom_slope(&fresh));
    expect_equal(&graph, &fresh);
    graph_free(&fresh);
  }
  cr_assert_eq(owner.asked, 12);
  graph_free(&graph);
}
