/* range.c — bounds on the new values, by interval arithmetic.
 *
 * The second half writes over parameters and states where they are, in one pass, so its results
 * cannot be checked first.  They can be bounded in advance, though: an optimizer's update is a
 * dozen elementwise operations on values whose limits are known (the gradient, whose greatest
 * magnitude the finiteness check computes anyway; the old values, whose limits the last analysis
 * gave; scalars, which can simply be read).  One evaluation of those operations in interval
 * arithmetic (Moore, "Interval Analysis", 1966), some tens of instructions a tensor whatever its
 * size, gives limits of all new values.  Where they are finite the pass may write in place.
 *
 * This file determines what must be known, when the plan is made (plan_ranges), and has the
 * arithmetic (range_work); sure.c uses it.
 *
 * Soundness.  A result in floats differs from the exact one by a rounding, a function of real
 * numbers by some units in the last place: limits are widened outwards by far more (WIDER_…).  What
 * is smaller than a normal number becomes 0, so a limit there moves to 0. (such numbers may lie in
 * memory, but arithmetic takes them for 0).  Limits that come near the greatest number of the dtype
 * are none.  An operation that is not in the list has no limits either: then the careful way is
 * taken, which is slower but as correct, so the list needs only the operations that optimizers use.
 *
 * Interval arithmetic forgets that two operands are the same value.  That costs width, which is
 * harmless, but also signs: with g between -1 and 1, (0.001 g) g is between -0.001 and 0.001, and
 * of its running mean there is no root.  So a Range also says that it is a multiple, of one sign
 * for all elements, of another value (`of`); the product of two multiples of one value has a sign.
 */
#include "runtime/plan/range.h"
#include "runtime/opcodes.h"
#include "runtime/plan/node.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- what is there to be read ---- */

Limits *range_limits(const Plan *plan, int64_t binding) {
  return plan->limits ? plan->limits[binding] : &plan->own_limits[binding];
}

int range_sum(const RangeStep *step) {
  return step->op == OP_ADD ? 1 : step->op == OP_SUB ? -1 : 0;
}

double range_scalar(const RangeStep *step) {
  switch (step->dtype) {
    case DTYPE_BOOL:
    case DTYPE_U8: return *(const uint8_t *)step->at;
    case DTYPE_I32: return *(const int32_t *)step->at;
    case DTYPE_BF16: return (double)bf16_value(*(const uint16_t *)step->at);
    case DTYPE_F32: return (double)*(const float *)step->at;
    default: return *(const double *)step->at;
  }
}

/* ---- what must be known ---- */

typedef struct Search {
  Plan *plan;
  bool *wanted;    /* by node */
  int32_t *number; /* by node: its range step */
  bool *stored;    /* by binding */
  bool *factor;    /* by node: a product that waits reads it */
  NodeId *soft;    /* nodes that the first half is to look at, beside the watched */
  int soft_count;
} Search;

static bool passes(const Node *node, const Facts *facts, NodeId id) {
  return node->op == OP_EXPAND || facts->root != id;
}

/* Is the node's value there before the second half begins? */
static bool is_given(const Plan *plan, NodeId id) {
  const Node *node = graph_node(&plan->graph, id);
  return node->op == OP_CONST || node->op == OP_INPUT ||
         (plan->facts[id].half == 1 && !passes(node, &plan->facts[id], id));
}

static bool stays(const Plan *plan, const Store *store) {
  const Facts *facts = &plan->facts[store->node];
  const Node *root = graph_node(&plan->graph, facts->root);
  return root->op == OP_INPUT && root->attrs[0] == store->binding && facts->offset == 0;
}

static int32_t watched_of(const Plan *plan, NodeId id) {
  for (int i = plan->watch_of[id]; i >= 0; i = plan->watched[i].next)
    if (plan->watched[i].count == node_count(graph_node(&plan->graph, id))) return i;
  return -1;
}

static RangeStep given(Search *search, NodeId id) {
  const Plan *plan = search->plan;
  const Node *node = graph_node(&plan->graph, id);
  RangeStep step = {.dtype = node->type.dtype,
                    .in = {-1, -1, -1},
                    .index = (int32_t)id,
                    .count = node_count(node)};
  if (node->op == OP_CONST || step.count == 0) {
    step.kind = RANGE_CONST;
    if (node->op == OP_CONST) memcpy(&step.value, &node->attrs[0], sizeof step.value);
    if (step.dtype == DTYPE_F32) step.value = (double)(float)step.value;
  } else if (node->op == OP_INPUT && dtype_computes(step.dtype) && search->stored[node->attrs[0]]) {
    step.kind = RANGE_STORED;
    step.index = (int32_t)node->attrs[0];
  } else if (step.count == 1) {
    step.kind = RANGE_SCALAR;
  } else if (watched_of(plan, id) >= 0) {
    step.kind = RANGE_LOOK;
    step.index = watched_of(plan, id);
  } else if ((node->op == OP_INPUT && !search->factor[id]) || !dtype_computes(step.dtype)) {
    step.kind = RANGE_SEEN;
  } else {
    step.kind = RANGE_LOOK;
    step.index = plan->watch_count + search->soft_count;
    search->soft[search->soft_count++] = id;
  }
  return step;
}

/* Of the sums of a product or a scatter, at most; 0 of any other node. */
static int64_t terms_of(const Plan *plan, const Node *node) {
  if (node->op == OP_SCATTER) return node_count(graph_node(&plan->graph, node->inputs[1]));
  if (node->op != OP_MATMUL) return 0;
  const Shape *a = &graph_node(&plan->graph, node->inputs[0])->type.shape;
  return a->dim[a->rank - (node->attrs[0] ? 2 : 1)];
}

static RangeStep worked_out(const Search *search, NodeId id) {
  const Plan *plan = search->plan;
  const Node *node = graph_node(&plan->graph, id);
  const bool sums = node->op == OP_MATMUL || node->op == OP_SCATTER;
  const MapWork work = sums ? (MapWork){.op = node->op} : node_work(&plan->graph, node);
  bool pass = passes(node, &plan->facts[id], id),
       in_order = node->op != OP_SLICE && node->op != OP_PERMUTE && !sums;
  RangeStep step = {.kind = pass ? RANGE_SAME : RANGE_OP,
                    .op = work.op,
                    .dtype = node->type.dtype,
                    .in = {-1, -1, -1},
                    .count = node_count(node),
                    .terms = terms_of(plan, node)};
  int inputs = pass || work.op == OP_SQUARE || work.op == OP_SCATTER ? 1 : node->input_count;
  for (int i = 0; i < inputs && i < 3; i++) {
    int64_t count = node_count(graph_node(&plan->graph, node->inputs[i]));
    step.in[i] = search->number[node->inputs[i]];
    step.whole[i] = count == 1 || (count == step.count && in_order);
  }
  return step;
}

static void find_wanted(Search *search) {
  const Plan *plan = search->plan;
  for (int k = 0; k < plan->store_count; k++) {
    const Store *store = &plan->stores[k];
    if (!dtype_computes(graph_node(&plan->graph, store->node)->type.dtype)) continue;
    search->stored[store->binding] = true;
    if (!stays(plan, store)) search->wanted[store->node] = true;
  }
  for (int i = 0; i < plan->watch_count; i++)
    if (plan->watched[i].waits) search->wanted[plan->facts[plan->watched[i].node].root] = true;
  for (NodeId id = plan->graph.count - 1; id > 0; id--) {
    const Node *node = graph_node(&plan->graph, id);
    if (!search->wanted[id] || is_given(plan, id)) continue;
    int inputs = passes(node, &plan->facts[id], id) || node->op == OP_SCATTER ? 1
                                                                              : node->input_count;
    for (int i = 0; i < inputs; i++) {
      search->wanted[node->inputs[i]] = true;
      search->factor[plan->facts[node->inputs[i]].root] |= node->op == OP_MATMUL ||
                                                           node->op == OP_SCATTER;
    }
  }
}

/* Appends the nodes whose magnitude alone is needed to the watched; none of them is watched
 * already.
 */
static void add_soft(Plan *plan, const Search *search) {
  Watched *all = arena_alloc(
      &plan->arena, (size_t)(plan->watch_count + search->soft_count) * sizeof(Watched) + 1);
  for (int i = 0; i < plan->watch_count; i++) {
    const Watched *from = &plan->watched[i];
    all[i] = (Watched){.node = from->node,
                       .dtype = from->dtype,
                       .count = from->count,
                       .next = from->next,
                       .steady = from->steady,
                       .waits = from->waits,
                       .range = from->range};
  }
  for (int i = 0; i < search->soft_count; i++) {
    NodeId id = search->soft[i];
    const Node *node = graph_node(&plan->graph, id);
    all[plan->watch_count + i] = (Watched){.node = id,
                                           .dtype = node->type.dtype,
                                           .count = node_count(node),
                                           .next = plan->watch_of[id]};
    plan->watch_of[id] = plan->watch_count + i;
  }
  plan->watched = all;
  plan->look_count = plan->watch_count + search->soft_count;
}

/* By store the steps of its new value and of the old one. */
static void number_stores(Search *search) {
  Plan *plan = search->plan;
  int32_t *old = mem_alloc((size_t)plan->binding_count * sizeof *old + 1);
  for (int64_t b = 0; b < plan->binding_count; b++) old[b] = -1;
  for (int g = 0; g < plan->given_ends[0]; g++)
    old[plan->ranges[plan->givens[g]].index] = plan->givens[g];
  plan->range_of = arena_alloc(&plan->arena, (size_t)plan->store_count * sizeof(int32_t) + 1);
  plan->range_old = arena_alloc(&plan->arena, (size_t)plan->store_count * sizeof(int32_t) + 1);
  for (int k = 0; k < plan->store_count; k++) {
    plan->range_of[k] = search->wanted[plan->stores[k].node] ? search->number[plan->stores[k].node]
                                                             : -1;
    plan->range_old[k] = old[plan->stores[k].binding];
  }
  mem_free(old);
}

/* By kind, so that going over them asks for no kind. */
static void list_givens(Plan *plan) {
  static const RangeKind kinds[] = {RANGE_STORED, RANGE_LOOK, RANGE_SCALAR};
  plan->givens = arena_alloc(&plan->arena, (size_t)plan->range_count * sizeof(int32_t) + 1);
  plan->leasable = true;
  int count = 0;
  for (int k = 0; k < COUNT_OF(kinds); k++) {
    for (int32_t i = 0; i < plan->range_count; i++)
      if (plan->ranges[i].kind == kinds[k]) plan->givens[count++] = i;
    plan->given_ends[k] = count;
  }
  for (int32_t i = 0; i < plan->range_count; i++)
    plan->leasable &= plan->ranges[i].kind != RANGE_SEEN;
}

/* Memory that the analysis reads between the halves must be kept until then, also where the second
 * half has no use for it: an EXPAND of it may be a result of the first. */
static void keep_read(Plan *plan) {
  for (int32_t i = 0; i < plan->range_count; i++) {
    const RangeStep *step = &plan->ranges[i];
    if (step->kind == RANGE_SCALAR || step->kind == RANGE_SEEN)
      plan->facts[plan->facts[step->index].root].kept = true;
  }
}

void plan_ranges(Plan *plan) {
  uint32_t count = plan->graph.count;
  plan->look_count = plan->watch_count;
  Search search = {.plan = plan,
                   .wanted = mem_zero(count),
                   .number = mem_alloc(count * sizeof(int32_t)),
                   .stored = mem_zero((size_t)plan->binding_count + 1),
                   .factor = mem_zero(count),
                   .soft = mem_alloc(count * sizeof(NodeId))};
  find_wanted(&search);
  int steps = 0;
  for (NodeId id = 1; id < count; id++) steps += search.wanted[id];
  plan->ranges = arena_alloc(&plan->arena, (size_t)steps * sizeof(RangeStep) + 1);
  plan->range_values = arena_alloc(&plan->arena, (size_t)steps * sizeof(Range) + 1);
  for (NodeId id = 1; id < count; id++) {
    if (!search.wanted[id]) continue;
    search.number[id] = plan->range_count;
    plan->ranges[plan->range_count++] = is_given(plan, id) ? given(&search, id)
                                                           : worked_out(&search, id);
  }
  keep_read(plan);
  plan->lease = arena_alloc(&plan->arena, (size_t)steps * sizeof(Range) + 1);
  list_givens(plan);
  number_stores(&search);
  for (int i = 0; i < plan->watch_count; i++)
    if (plan->watched[i].waits)
      plan->watched[i].range = search.number[plan->facts[plan->watched[i].node].root];
  if (search.soft_count) add_soft(plan, &search);
  mem_free(search.wanted);
  mem_free(search.number);
  mem_free(search.stored);
  mem_free(search.factor);
  mem_free(search.soft);
}

/* ---- the arithmetic ---- */

static const double WIDER_F32 = 1e-6, WIDER_F64 = 1e-13; /* of rounding: 6e-8 and 1e-16 */

static const Range WILD = {.wild = true};

static Range between(double low, double high) { return (Range){.low = low, .high = high}; }

/* Like fmin and fmax, which are calls; of a NaN they may give either, and the other limit shows it.
 */
static inline double lesser(double a, double b) { return a < b ? a : b; }
static inline double greater(double a, double b) { return a > b ? a : b; }

static Range four(double a, double b, double c, double d) {
  /* an infinity against another, or 0 times one */
  if (isnan(a + b + c + d)) return between((double)NAN, (double)NAN);
  return between(lesser(lesser(a, b), lesser(c, d)), greater(greater(a, b), greater(c, d)));
}

/* Wild where floats of this dtype may not hold it. */
static Range hold(Range range, Dtype dtype) {
  bool single = dtype == DTYPE_F32;
  double tiny = single ? (double)FLT_MIN : DBL_MIN,
         most = (single ? (double)FLT_MAX : DBL_MAX) * 0.999;
  if (range.low > 0 && range.low < 2 * tiny) range.low = 0; /* flushed */
  if (range.high < 0 && range.high > -2 * tiny) range.high = 0;
  if (!(range.low >= -most && range.high <= most)) return WILD;
  return range;
}

static Range settle(Range range, Dtype dtype) {
  double wider = dtype == DTYPE_F32 ? WIDER_F32 : WIDER_F64;
  range.low -= fabs(range.low) * wider;
  range.high += fabs(range.high) * wider;
  return hold(range, dtype);
}

static bool is_point(const Range *range) { return range->low == range->high; }
static bool has_sign(const Range *range) { return range->low >= 0 || range->high <= 0; }
static bool has_zero(const Range *range) { return range->low <= 0 && range->high >= 0; }

static Range square(const Range *a) {
  double low = a->low * a->low, high = a->high * a->high;
  return has_zero(a) ? between(0, greater(low, high))
                     : between(lesser(low, high), greater(low, high));
}

static Range power(const Range *a, const Range *b) {
  bool natural = is_point(b) && b->low >= 0 && b->low == floor(b->low) && b->low < 1024;
  if (a->low > 0 || (a->low >= 0 && b->low > 0))
    return four(pow(a->low, b->low), pow(a->low, b->high), pow(a->high, b->low),
                pow(a->high, b->high));
  if (!natural) return WILD;
  Range ends = four(pow(a->low, b->low), pow(a->high, b->low), pow(a->low, b->low),
                    pow(a->high, b->low));
  if (fmod(b->low, 2) == 0 && has_zero(a)) ends.low = b->low == 0 ? 1 : 0;
  return ends;
}

/* A value that is a multiple of `a`, by factors of one sign. */
static void follows(Range *result, const Range *a, int sign) {
  result->of = a->of;
  result->sign = (int8_t)(a->sign * sign);
}

/* a * b, or with `b` turned upside down a / b, b having been found not to be 0. */
static Range product(const RangeStep *step, const Range *a, const Range *b, bool quotient) {
  Range result = quotient
                     ? four(a->low / b->low, a->low / b->high, a->high / b->low, a->high / b->high)
                     : four(a->low * b->low, a->low * b->high, a->high * b->low, a->high * b->high);
  if (step->whole[0] && step->whole[1] && a->of == b->of) {
    if (a->sign == b->sign) result.low = greater(result.low, 0);
    else result.high = lesser(result.high, 0);
  }
  if (step->whole[0] && has_sign(b)) follows(&result, a, b->low >= 0 ? 1 : -1);
  else if (step->whole[1] && !quotient && has_sign(a)) follows(&result, b, a->low >= 0 ? 1 : -1);
  return result;
}

static Range compared(Op op, const Range *a, const Range *b) {
  bool above = a->low > b->high, below = a->high < b->low,
       points = is_point(a) && is_point(b) && a->low == b->low;
  bool least = a->low >= b->high, most = a->high <= b->low;
  int truth = -1;
  switch (op) {
    case OP_GT: truth = above ? 1 : most ? 0 : -1; break;
    case OP_GE: truth = least ? 1 : below ? 0 : -1; break;
    case OP_LT: truth = below ? 1 : least ? 0 : -1; break;
    case OP_LE: truth = most ? 1 : above ? 0 : -1; break;
    case OP_EQ: truth = points ? 1 : above || below ? 0 : -1; break;
    default: truth = points ? 0 : above || below ? 1 : -1; break;
  }
  return truth < 0 ? between(0, 1) : between(truth, truth);
}

static Range chosen(const RangeStep *step, const Range *c, const Range *a, const Range *b) {
  if (!c->wild && is_point(c)) {
    Range result = c->low != 0 ? *a : *b;
    if (!step->whole[c->low != 0 ? 1 : 2]) result.sign = 0;
    return result;
  }
  if (a->wild || b->wild) return WILD;
  return between(lesser(a->low, b->low), greater(a->high, b->high));
}

/* Functions that never fall, on a domain. */
static Range rising(double (*f)(double), const Range *a, double above) {
  return a->low > above ? between(f(a->low), f(a->high)) : WILD;
}
static double softplus(double x) { return greater(x, 0) + log1p(exp(-fabs(x))); }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

static double size_of(const Range *a) { return greater(fabs(a->low), fabs(a->high)); }

/* A sum of `terms` products, each step of which may round upwards. */
static Range summed(const RangeStep *step, const Range *a, const Range *b) {
  double terms = (double)step->terms,
         most = terms * size_of(a) * size_of(b) * exp(terms * WIDER_F32);
  return between(-most, most);
}

static Range of_one(const RangeStep *step, const Range *a) {
  Range result;
  switch (step->op) {
    case OP_SCATTER: return summed(step, a, &(Range){.low = 1, .high = 1});
    case OP_NEG:
      result = between(-a->high, -a->low);
      follows(&result, a, -1);
      return result;
    case OP_ABS:
      return between(has_zero(a) ? 0 : lesser(fabs(a->low), fabs(a->high)),
                     greater(fabs(a->low), fabs(a->high)));
    case OP_SIGN:
      result = between(a->low > 0    ? 1
                       : a->low == 0 ? 0
                                     : -1,
                       a->high < 0    ? -1
                       : a->high == 0 ? 0
                                      : 1);
      follows(&result, a, 1);
      return result;
    case OP_SQUARE: return square(a);
    case OP_SQRT: return a->low >= 0 ? between(sqrt(a->low), sqrt(a->high)) : WILD;
    case OP_RSQRT: return a->low > 0 ? between(1 / sqrt(a->high), 1 / sqrt(a->low)) : WILD;
    case OP_EXP: return rising(exp, a, -HUGE_VAL);
    case OP_EXPM1: return rising(expm1, a, -HUGE_VAL);
    case OP_LOG: return rising(log, a, 0);
    case OP_LOG2: return rising(log2, a, 0);
    case OP_LOG10: return rising(log10, a, 0);
    case OP_LOG1P: return rising(log1p, a, -1);
    case OP_TANH: return between(-1, 1);
    case OP_SOFTSIGN:
    case OP_HARDTANH:
    case OP_ERF:
    case OP_SIN:
    case OP_COS: return between(-1, 1);
    case OP_ATAN: return rising(atan, a, -HUGE_VAL);
    case OP_ASINH: return rising(asinh, a, -HUGE_VAL);
    case OP_SIGMOID: return rising(sigmoid, a, -HUGE_VAL);
    case OP_SOFTPLUS: return rising(softplus, a, -HUGE_VAL);
    case OP_RELU: return between(greater(a->low, 0), greater(a->high, 0));
    case OP_FLOOR:
    case OP_CEIL:
    case OP_ROUND:
    case OP_TRUNC: return between(a->low - 1, a->high + 1);
    case OP_ISNAN:
    case OP_ISINF: return between(0, 0);
    case OP_ISFINITE: return between(1, 1);
    case OP_NOT: return between(1 - a->high, 1 - a->low);
    case OP_CAST:
      if (step->dtype == DTYPE_BOOL)
        return has_zero(a) ? is_point(a) ? between(0, 0) : between(0, 1) : between(1, 1);
      result = between(a->low, a->high);
      if (step->whole[0]) follows(&result, a, 1);
      return result;
    default: return WILD;
  }
}

static Range of_two(const RangeStep *step, const Range *a, const Range *b) {
  switch (step->op) {
    case OP_MATMUL: return summed(step, a, b);
    case OP_ADD: return between(a->low + b->low, a->high + b->high);
    case OP_SUB: return between(a->low - b->high, a->high - b->low);
    case OP_MUL:
    case OP_CHAIN: return product(step, a, b, false);
    case OP_DIV:
    case OP_CHAIN_DIV: return has_zero(b) ? WILD : product(step, a, b, true);
    case OP_MOD: return has_zero(b) ? WILD : between(lesser(b->low, 0), greater(b->high, 0));
    case OP_POW: return power(a, b);
    case OP_MINIMUM: return between(lesser(a->low, b->low), lesser(a->high, b->high));
    case OP_MAXIMUM: return between(greater(a->low, b->low), greater(a->high, b->high));
    case OP_HYPOT:
      return between(0,
                     greater(fabs(a->low), fabs(a->high)) + greater(fabs(b->low), fabs(b->high)));
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: return compared(step->op, a, b);
    case OP_AND: return between(lesser(a->low, b->low), lesser(a->high, b->high));
    case OP_OR: return between(greater(a->low, b->low), greater(a->high, b->high));
    default: return WILD;
  }
}

static Range of_three(const RangeStep *step, const Range *a, const Range *b, const Range *c) {
  if (step->op == OP_WHERE) return chosen(step, a, b, c);
  if (step->op != OP_CLAMP || a->wild || b->wild || c->wild) return WILD;
  return between(lesser(greater(a->low, b->low), c->low),
                 lesser(greater(a->high, b->high), c->high));
}

static Range work(const RangeStep *step, const Range *values) {
  const Range *a = &values[step->in[0]], *b = step->in[1] < 0 ? NULL : &values[step->in[1]],
              *c = step->in[2] < 0 ? NULL : &values[step->in[2]];
  if (c) return of_three(step, a, b, c);
  if (a->wild || (b && b->wild)) return WILD;
  return b ? of_two(step, a, b) : of_one(step, a);
}

/* What gives one of its operands, but for the sign. */
static bool is_exact(Op op) {
  return op == OP_MAXIMUM || op == OP_MINIMUM || op == OP_CLAMP || op == OP_WHERE || op == OP_NEG ||
         op == OP_ABS || op == OP_RELU;
}

Range range_work(const RangeStep *step, const Range *values, int32_t self) {
  Range result;
  if (step->kind == RANGE_SAME) {
    result = values[step->in[0]];
    if (!step->whole[0]) result.sign = 0;
  } else {
    result = work(step, values);
    if (!result.wild && dtype_computes(step->dtype))
      result = (is_exact(step->op) ? hold : settle)(result, step->dtype);
  }
  if (result.sign == 0) result.of = self, result.sign = 1;
  return result;
}

bool range_all_bounded(const Plan *plan, const Range *values) {
  for (int k = 0; k < plan->store_count; k++)
    if (plan->range_of[k] >= 0 && values[plan->range_of[k]].wild) return false;
  for (int i = 0; i < plan->watch_count; i++)
    if (plan->watched[i].waits && values[plan->watched[i].range].wild) return false;
  return true;
}

Range range_given(double low, double high, Dtype dtype, int32_t self) {
  Range range = {.low = low, .high = high, .wild = !(isfinite(low) && isfinite(high))};
  if (!range.wild && dtype_computes(dtype)) range = hold(range, dtype);
  range.of = self;
  range.sign = 1;
  return range;
}
