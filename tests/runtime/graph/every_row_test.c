/* every_row_test.c — every name of the table called with arguments that nobody would choose
 * (FAULTS.md, C6, C8, C12, C14).
 *
 * Sizes 0, 1, 2, 3 in every position, ranks 0 to 5, every dtype, numbers of the script, axes and
 * sizes out of range, NaN where a number is wanted.  A call must end in values or in a positioned
 * message; its graph must be legal, and so must the graph of its gradient, which must be workable
 * wherever the value is.
 */
#include "runtime/graph/gradient.h"
#include "runtime/graph/ops.h"
#include "runtime/graph/verify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

enum { POOL = 14, ROUNDS = 300, ELEMENTS_MOST = 4096 };

/* A stream of choices that depends on its seed alone. */
typedef struct Dice {
  uint64_t seed, count;
} Dice;

static int roll(Dice *dice, int sides) {
  return (int)(hash_mix(dice->seed, dice->count++) % (uint64_t)sides);
}

/* ---- operands ---- */

static int likely_rank(const OpRow *row) {
  return strstr(row->name, "2d") ? 4 : strstr(row->name, "1d") ? 3 : 0;
}

/* `likely`: the rank that the row wants, or 0 for any. */
static void fill_pool(Bench *bench, Dice *dice, int likely) {
  for (int i = 0; i < POOL; i++) {
    Shape shape = {.rank = roll(dice, 5)};
    if (roll(dice, 3) == 0) shape.rank = 2; /* matrices are what many rows want */
    if (likely && roll(dice, 6)) shape.rank = likely;
    for (int axis = 0; axis < shape.rank; axis++)
      shape.dim[axis] = roll(dice, 5) == 0 ? 0 : 1 + roll(dice, 3);
    if (shape.rank >= 2 && roll(dice, 2)) shape.dim[shape.rank - 1] = shape.dim[shape.rank - 2];
    bench_input(bench, roll(dice, 2) ? DTYPE_F32 : (Dtype)roll(dice, DTYPE_COUNT), shape);
    for (int64_t j = 0; j < shape_count(&shape); j++)
      tensor_set(&bench->inputs[i], j, roll(dice, bench->inputs[i].dtype == DTYPE_BOOL ? 2 : 4));
  }
}

static NodeId some_node(Bench *bench, Dice *dice) {
  if (roll(dice, 6) == 0) return make_number(&bench->maker, roll(dice, 3) ? roll(dice, 4) : 0.5);
  return bench->nodes[roll(dice, POOL)];
}

static double some_number(Dice *dice) {
  static const double odd[] = {0.5,          NAN,          INFINITY,
                               -INFINITY,    1e300,        9007199254740993.0,
                               4294967296.0, 2147483648.0, -2147483649.0};
  return roll(dice, 8) ? roll(dice, 6) - 2 : odd[roll(dice, COUNT_OF(odd))];
}

static Arg some_numbers(Bench *bench, Dice *dice) {
  int count = roll(dice, 6);
  double *numbers = arena_alloc(&bench->graph.arena, (size_t)(count + 1) * sizeof *numbers);
  for (int i = 0; i < count; i++) numbers[i] = some_number(dice);
  return (Arg){.kind = ARG_NUMBERS, .numbers = numbers, .count = count};
}

static Arg some_nodes(Bench *bench, Dice *dice) {
  int count = roll(dice, 4);
  NodeId *nodes = arena_alloc(&bench->graph.arena, (size_t)(count + 1) * sizeof *nodes),
         same = some_node(bench, dice);
  for (int i = 0; i < count; i++) nodes[i] = roll(dice, 3) ? same : some_node(bench, dice);
  return (Arg){.kind = ARG_NODES, .nodes = nodes, .count = count};
}

static Arg some_arg(Bench *bench, Dice *dice, char kind) {
  static const char *const specs[] = {"ij,jk->ik", "ij->ji",  "i,i->",       "ab,ab->b",    "ii->i",
                                      "->",        "a",       "a,b->ba",     "abc,cd->abd", ",->",
                                      "a-b",       "ab->abc", "...a,a->...", "aa...",       "edge",
                                      "nearest",   "...",     "wrap"};
  static const char *const paddings[] = {"same", "valid", "some"};
  switch (kind) {
    case 'x': return node_arg(some_node(bench, dice));
    case 'o': return roll(dice, 2) ? absent_arg() : node_arg(some_node(bench, dice));
    case 'm':
    case 'n': return roll(dice, 4) ? number_arg(some_number(dice)) : absent_arg();
    case 'b': return bool_arg(roll(dice, 2));
    case 'p':
      if (roll(dice, 4) == 0) return text_arg(paddings[roll(dice, COUNT_OF(paddings))]);
      break;
    case 's': return roll(dice, 2) ? absent_arg() : text_arg(specs[roll(dice, COUNT_OF(specs))]);
    case 'X': return some_nodes(bench, dice);
    case 'I': return some_numbers(bench, dice);
    default: break;
  }
  if (roll(dice, 3)) return absent_arg();
  return roll(dice, 3) ? number_arg(some_number(dice)) : some_numbers(bench, dice);
}

/* Required numbers are never absent: lang/ sees to that. */
static bool required(const OpRow *row, int parameter) {
  const char *at = strchr(row->signature, '(');
  for (int i = 0; i < parameter; i++) at = strchr(at + 1, ',');
  size_t length = strcspn(at + 1, ",)");
  return !memchr(at + 1, '=', length) && !memchr(at + 1, ':', length);
}

/* ---- one call ---- */

static bool small(const Bench *bench, NodeId node) {
  for (NodeId id = 1; id <= node; id++) {
    if (shape_count(&graph_node(&bench->graph, id)->type.shape) > ELEMENTS_MOST) return false;
  }
  return true;
}

/* Works a node out; false when a kernel refused its values, which it must say. */
static bool works(Bench *bench, const OpRow *row, NodeId node) {
  Values values = {.graph = &bench->graph, .binding = bench_binding, .context = bench};
  Diag diag = {0};
  bool good = values_get(&values, node, &diag) != NULL;
  cr_assert(good || diag.message[0], "%s: a fault without a word", row->signature);
  values_free(&values);
  return good;
}

static void differentiate(Bench *bench, const OpRow *row, NodeId result, bool had_values) {
  NodeId into[POOL];
  Diag diag = {0};
  bool good = gradient(&bench->graph, result, 0, bench->nodes, POOL, into, &diag);
  cr_assert(good || diag.message[0], "%s: no gradient and no word", row->signature);
  for (int i = 0; good && i < POOL; i++) {
    if (!into[i]) continue;
    const Shape *wanted = &graph_node(&bench->graph, bench->nodes[i])->type.shape;
    cr_assert(shape_equal(&graph_node(&bench->graph, into[i])->type.shape, wanted),
              "%s: a gradient of another shape", row->signature);
    if (had_values && small(bench, into[i]) && row->op != OP_DET && row->op != OP_SVD)
      works(bench, row, into[i]);
  }
}

/* True when it gave results. */
static bool call(const OpRow *row, uint64_t seed) {
  Bench *bench = bench_new(DTYPE_F32);
  Dice dice = {seed, 0};
  fill_pool(bench, &dice, likely_rank(row));
  bench->graph.span = (Span){1, 3, 5};
  Arg args[16];
  int count = (int)strlen(row->kinds);
  for (int i = 0; i < count; i++) {
    do args[i] = some_arg(bench, &dice, row->kinds[i]);
    while (args[i].kind == ARG_ABSENT && required(row, i));
  }
  if (row->draws) {
    args[count++] = node_arg(VALUES(bench, DTYPE_I32, SHAPE(4), 1, 2, 3, 4));
    args[count++] = number_arg(7);
  }
  NodeId results[RESULTS_MOST] = {0};
  int made = ops_build(&bench->maker, row, args, count, results);
  cr_assert(made > 0 ||
                (bench->diag.status && bench->diag.message[0] && bench->diag.span.file == 1),
            "%s: neither a result nor a message with a place", row->signature);
  for (int i = 0; i < made; i++) {
    cr_assert(results[i] && !bench->diag.status, "%s", row->signature);
    bool valued = small(bench, results[i]) && works(bench, row, results[i]);
    differentiate(bench, row, results[i], valued);
  }
  Diag diag = {0};
  cr_assert(graph_verify(&bench->graph, &diag), "%s: %s", row->signature, diag.message);
  bench_free(bench);
  return made > 0;
}

Test(every_row, survives_any_arguments) {
  const OpRow *row;
  for (int index = 0; (row = ops_row(index)); index++) {
    int good = 0;
    /* a row's rounds stay what they are where others are added */
    uint64_t own = hash_bytes(row->signature, strlen(row->signature), 0);
    uint64_t rounds = likely_rank(row) ? 8 * ROUNDS : ROUNDS; /* much must fit for a convolution */
    for (uint64_t round = 0; round < rounds; round++) good += call(row, hash_mix(own, round));
    cr_assert(good > 0, "%s never got arguments that fit", row->signature);
  }
}
