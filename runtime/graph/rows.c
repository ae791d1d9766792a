/* rows.c — which nodes of a graph go by rows; see rows.h.
 *
 * Two recordings of one expression differ in the lengths of axes and in numbers made of those
 * lengths, and here and there in a node, because the makers omit what has no effect: a division by
 * the number of rows when it is one, a reshape when rows and columns are equal in number.  So twins
 * are found walking both graphs down from the roots, and such a node that only one of them has is
 * stepped over.
 *
 * Then every node of the whole that was reached gets its fact, in ascending order, from those of
 * its inputs: `rule` says by the operation what becomes of the axis of rows, `settled` compares
 * with the twin.  An operation that is not named in `rule` is across: that is never wrong, only
 * needs more memory.
 */
#include "runtime/graph/rows.h"
#include "runtime/opcodes.h"

#include <math.h>
#include <string.h>

/* ---- twins ---- */

typedef struct Pairs {
  const Graph *from, *into;
  NodeId *pairs; /* by node of `from` */
  NodeId *stack; /* owned; of `from` */
  uint32_t depth, capacity;
} Pairs;

static void visit(Pairs *walk, NodeId from, NodeId into, bool *seen) {
  if (seen[from] && (walk->pairs[from] || !into)) return; /* a twin found on another way counts */
  seen[from] = true;
  walk->pairs[from] = into;
  if (walk->depth == walk->capacity) {
    walk->capacity = walk->capacity ? 2 * walk->capacity : 64;
    walk->stack = mem_grow(walk->stack, walk->capacity * sizeof(NodeId));
  }
  walk->stack[walk->depth++] = from;
}

/* Of a node that the makers may leave out (x / c, x * c, x - c with a constant, a move): which
 * input it would then be; -1: of none such. */
static int left_out(const Graph *graph, const Node *node) {
  if (node->op == OP_RESHAPE || node->op == OP_EXPAND || node->op == OP_SLICE) return 0;
  if (node->op != OP_DIV && node->op != OP_MUL && node->op != OP_SUB) return -1;
  if (graph_node(graph, node->inputs[1])->op == OP_CONST) return 0;
  return node->op == OP_MUL && graph_node(graph, node->inputs[0])->op == OP_CONST ? 1 : -1;
}

/* The same operation of as many inputs, and where its attributes say no lengths, with the same
 * ones: two turns of axes that only the part has made one of would otherwise give each other's
 * operands for twins. */
static bool same_form(const Node *a, const Node *b) {
  if (a->op != b->op || graph_value_inputs(a) != graph_value_inputs(b)) return false;
  switch (a->op) {
    case OP_EXPAND:
    case OP_RESHAPE:
    case OP_SLICE:
    case OP_PLACE:
    case OP_PAD:
    case OP_SCATTER:
    case OP_DROP:
    case OP_LAST:
    case OP_WHOLE:
    case OP_DRAW: return true;
    default:
      return a->attr_count == b->attr_count &&
             (!a->attr_count ||
              !memcmp(a->attrs, b->attrs, (size_t)a->attr_count * sizeof *a->attrs));
  }
}

static void visit_inputs(Pairs *walk, NodeId from, bool *seen) {
  const Node *node = graph_node(walk->from, from);
  NodeId into = walk->pairs[from];
  const Node *twin = into ? graph_node(walk->into, into) : NULL;
  int count = graph_value_inputs(node), left = left_out(walk->from, node);
  while (twin && twin->op != node->op && left < 0 && left_out(walk->into, twin) >= 0) {
    walk->pairs[from] = into = twin->inputs[left_out(walk->into, twin)];
    twin = graph_node(walk->into, into);
  }
  if (count == 0) return;
  if (twin && same_form(node, twin)) {
    for (int i = 0; i < count; i++) visit(walk, node->inputs[i], twin->inputs[i], seen);
    return;
  }
  if (left < 0) walk->pairs[from] = 0;
  for (int i = 0; i < count; i++) visit(walk, node->inputs[i], i == left ? into : 0, seen);
}

static bool is_opaque(const RowsStudy *study, NodeId whole, NodeId part, RowsFact *fact);

static void find_twins(const RowsStudy *study, Pairs *walk, const NodeId *roots,
                       const NodeId *twins, int count) {
  bool *seen = mem_zero(walk->from->count);
  RowsFact fact;
  for (int i = 0; i < count; i++)
    if (roots[i]) visit(walk, roots[i], twins[i], seen);
  while (walk->depth > 0) {
    NodeId node = walk->stack[--walk->depth];
    if (study && is_opaque(study, node, walk->pairs[node], &fact)) continue;
    visit_inputs(walk, node, seen);
  }
  mem_free(walk->stack);
  mem_free(seen);
}

void rows_twins(const Graph *from, const Graph *into, const NodeId *roots, const NodeId *twins,
                int count, NodeId *pairs) {
  Pairs walk = {.from = from, .into = into, .pairs = pairs};
  memset(pairs, 0, from->count * sizeof(NodeId));
  find_twins(NULL, &walk, roots, twins, count);
}

/* ---- the axis of rows ---- */

/* Do the two differ in one axis alone, by the number of rows?  Then that axis. */
static bool rows_axis(const RowsStudy *study, const Shape *whole, const Shape *part,
                      RowsFact *fact) {
  int found = -1;
  if (whole->rank != part->rank) return false;
  for (int axis = 0; axis < whole->rank; axis++) {
    if (whole->dim[axis] == part->dim[axis]) continue;
    if (found >= 0) return false;
    found = axis;
  }
  if (found < 0 || whole->dim[found] % study->whole_rows) return false;
  fact->axis = found;
  fact->block = whole->dim[found] / study->whole_rows;
  return part->dim[found] == fact->block * study->part_rows;
}

static bool is_opaque(const RowsStudy *study, NodeId whole, NodeId part, RowsFact *fact) {
  if (!study->opaque || !study->opaque[whole] || !part) return false;
  return rows_axis(study, &graph_node(study->whole, whole)->type.shape,
                   &graph_node(study->part, part)->type.shape, fact);
}

/* Attributes that say lengths are compared by the shapes. */
static bool same_attrs(const Node *a, const Node *b) {
  if (a->op == OP_EXPAND || a->op == OP_RESHAPE) return true;
  if (a->attr_count != b->attr_count) return false;
  bool runs = a->op == OP_SLICE || a->op == OP_PLACE;
  for (int i = 0; i < a->attr_count; i++) {
    /* kind, dtype, lo, hi: draws differ, and are draws all the same */
    if (a->op == OP_DRAW && i != 0 && i != 1 && i != 3 && i != 4) continue;
    if (runs && i % 3 == 1) continue;
    if (a->attrs[i] != b->attrs[i]) return false;
  }
  return true;
}

/* ---- what an operation makes of the axis of rows ---- */

typedef struct Rule {
  const RowsStudy *study;
  const Node *node;
  const RowsFact *facts; /* by node */
} Rule;

static const RowsFact *fact_of(const Rule *rule, int input) {
  return &rule->facts[rule->node->inputs[input]];
}
static const Shape *shape_at(const Rule *rule, int input) {
  return &graph_node(rule->study->whole, rule->node->inputs[input])->type.shape;
}
static bool goes_by(const Rule *rule, int input) { return fact_of(rule, input)->way == ROWS_BY; }

static const RowsFact ACROSS = {.way = ROWS_ACROSS};

static RowsFact by(int axis, int64_t block) {
  return (RowsFact){.way = ROWS_BY, .axis = axis, .block = block};
}
static RowsFact keep_if(const Rule *rule, bool keeps) {
  return keeps ? by(fact_of(rule, 0)->axis, fact_of(rule, 0)->block) : ACROSS;
}

/* Operands side by side, aligned at their last axes: all rows must meet on one axis, along which
 * the others do not change. */
static RowsFact broadcast(const Rule *rule) {
  int rank = rule->node->type.shape.rank, axis = -1;
  int64_t block = 0;
  for (int i = 0; i < rule->node->input_count; i++) {
    if (!goes_by(rule, i)) continue;
    int at = fact_of(rule, i)->axis + rank - shape_at(rule, i)->rank;
    if (axis >= 0 && (at != axis || block != fact_of(rule, i)->block)) return ACROSS;
    axis = at;
    block = fact_of(rule, i)->block;
  }
  for (int i = 0; i < rule->node->input_count; i++) {
    int own = axis - rank + shape_at(rule, i)->rank;
    if (!goes_by(rule, i) && own >= 0 && shape_at(rule, i)->dim[own] != 1) return ACROSS;
  }
  return by(axis, block);
}

/* Row-major: what stands before the axis stays before it, and the rows are a factor of the axis
 * that follows. */
static RowsFact reshape(const Rule *rule) {
  const Shape *from = shape_at(rule, 0), *to = &rule->node->type.shape;
  int64_t rows = rule->study->whole_rows, before = 1, now = 1;
  for (int axis = 0; axis < fact_of(rule, 0)->axis; axis++) before *= from->dim[axis];
  for (int axis = 0; axis < to->rank; axis++) {
    if (now == before && to->dim[axis] % rows == 0) return by(axis, to->dim[axis] / rows);
    now *= to->dim[axis];
  }
  return ACROSS;
}

static RowsFact permute(const Rule *rule) {
  for (int axis = 0; axis < rule->node->attr_count; axis++)
    if (rule->node->attrs[axis] == fact_of(rule, 0)->axis) return by(axis, fact_of(rule, 0)->block);
  return ACROSS;
}

/* SLICE, PLACE: the axis of rows must be taken whole. */
static RowsFact runs(const Rule *rule) {
  if (rule->node->op == OP_PLACE && broadcast(rule).way != ROWS_BY) return ACROSS;
  int axis = fact_of(rule, 0)->axis;
  const int64_t *run = rule->node->attrs + 3 * axis;
  return keep_if(rule, goes_by(rule, 0) && run[0] == 0 && run[1] == shape_at(rule, 0)->dim[axis] &&
                           run[2] == 1);
}

static RowsFact gather(const Rule *rule) {
  int axis = (int)rule->node->attrs[0];
  const RowsFact *x = fact_of(rule, 0), *index = fact_of(rule, 1);
  if (x->way == ROWS_BY && index->way == ROWS_BY) return ACROSS;
  if (index->way == ROWS_BY) return by(axis + index->axis, index->block);
  if (x->axis == axis) return ACROSS;
  return by(x->axis < axis ? x->axis : x->axis - 1 + shape_at(rule, 1)->rank, x->block);
}

static RowsFact pick(const Rule *rule) {
  int axis = (int)rule->node->attrs[0];
  const RowsFact *x = fact_of(rule, 0), *index = fact_of(rule, 1);
  if (x->way != ROWS_BY) return index->axis == axis ? by(index->axis, index->block) : ACROSS;
  return keep_if(rule, index->way == ROWS_BY && x->axis == index->axis &&
                           x->block == index->block && x->axis != axis);
}

/* Two operands of one shape, of which rows must meet. */
static RowsFact both_if(const Rule *rule, bool keeps) {
  const RowsFact *a = fact_of(rule, 0), *b = fact_of(rule, 1);
  return keep_if(rule, keeps && a->way == ROWS_BY && b->way == ROWS_BY && a->axis == b->axis &&
                           a->block == b->block);
}

/* Slices of rows added up at the places that the rows name: a sum over rows. */
static RowsFact scatter(const Rule *rule) {
  const RowsFact *dy = fact_of(rule, 0), *index = fact_of(rule, 1);
  bool meets = dy->way == ROWS_BY && index->way == ROWS_BY &&
               dy->axis == index->axis + (int)rule->node->attrs[0] && dy->block == index->block;
  return meets ? (RowsFact){.way = ROWS_FOLD} : ACROSS;
}

static RowsFact reduce(const Rule *rule) {
  uint32_t mask = (uint32_t)rule->node->attrs[0];
  int axis = fact_of(rule, 0)->axis, fewer = 0;
  if (mask >> axis & 1) return (RowsFact){.way = ROWS_FOLD};
  for (int i = 0; i < axis && !rule->node->attrs[1]; i++) fewer += (int)(mask >> i & 1);
  return by(axis - fewer, fact_of(rule, 0)->block);
}

/* ARGMIN, ARGMAX: {axis, keep}. */
static RowsFact choose(const Rule *rule) {
  int axis = (int)rule->node->attrs[0], own = fact_of(rule, 0)->axis;
  if (axis == own) return ACROSS;
  return by(own - (axis < own && !rule->node->attrs[1]), fact_of(rule, 0)->block);
}

/* Of an operand of a product: its axis that stays (the rows of the first, the columns of the
 * second) and the one that is summed over. */
static int staying(const Rule *rule, int input) {
  return shape_at(rule, input)->rank - 2 + (input == (rule->node->attrs[input] ? 0 : 1));
}
static int summed(const Rule *rule, int input) {
  return 2 * shape_at(rule, input)->rank - 3 - staying(rule, input);
}

/* One operand has rows: on its staying axis, or on a leading one along which the other does not
 * change. */
static RowsFact product_of_one(const Rule *rule, int input) {
  const RowsFact *fact = fact_of(rule, input);
  int rank = rule->node->type.shape.rank, own = shape_at(rule, input)->rank,
      other = shape_at(rule, 1 - input)->rank;
  if (fact->axis == staying(rule, input)) return by(rank - 2 + input, fact->block);
  if (fact->axis == summed(rule, input)) return ACROSS;
  int at = fact->axis - own + other;
  return at < 0 || shape_at(rule, 1 - input)->dim[at] == 1
             ? by(fact->axis + rank - own, fact->block)
             : ACROSS;
}

static RowsFact product(const Rule *rule) {
  if (!goes_by(rule, 0) || !goes_by(rule, 1)) return product_of_one(rule, goes_by(rule, 0) ? 0 : 1);
  const RowsFact *a = fact_of(rule, 0), *b = fact_of(rule, 1);
  int rank = rule->node->type.shape.rank;
  if (a->block != b->block) return ACROSS;
  if (a->axis == summed(rule, 0) && b->axis == summed(rule, 1)) return (RowsFact){.way = ROWS_FOLD};
  int at = a->axis + rank - shape_at(rule, 0)->rank;
  bool leads = at < rank - 2 && at == b->axis + rank - shape_at(rule, 1)->rank;
  return leads ? by(at, a->block) : ACROSS;
}

/* Systems of equations: a right side may have rows beside a matrix that has none, or both have them
 * in front. */
static RowsFact solve(const Rule *rule) {
  int rank = rule->node->type.shape.rank;
  const RowsFact *b = fact_of(rule, 1);
  if (!goes_by(rule, 0))
    return b->axis == shape_at(rule, 1)->rank - 1 ? by(rank - 1, b->block) : ACROSS;
  RowsFact both = broadcast(rule);
  return both.way == ROWS_BY && both.axis < rank - 2 && goes_by(rule, 1) ? both : ACROSS;
}

/* All of one rank: the operands with rows have them on the same leading axis, along which the
 * others do not change.  Shares that heads in several rows have in common would be sums. */
static RowsFact attention(const Rule *rule) {
  int axis = -1, rank = shape_at(rule, 0)->rank;
  int64_t block = 0;
  bool every = true;
  for (int i = 0; i < rule->node->input_count; i++) {
    const RowsFact *fact = fact_of(rule, i);
    if (!goes_by(rule, i)) continue;
    if (axis >= 0 && (fact->axis != axis || fact->block != block)) return ACROSS;
    axis = fact->axis;
    block = fact->block;
  }
  for (int i = 0; i < rule->node->input_count && axis >= 0; i++) {
    if (!goes_by(rule, i) && shape_at(rule, i)->dim[axis] != 1) return ACROSS;
    every = every && (goes_by(rule, i) || i == 4);
  }
  if (axis < 0 || axis >= rank - 2) return ACROSS;
  return every || rule->node->op == OP_ATTENTION ? by(axis, block) : ACROSS;
}

static RowsFact conv(const Rule *rule) {
  const RowsFact *a = fact_of(rule, 0), *b = fact_of(rule, 1);
  bool images = a->way == ROWS_BY && a->axis == 0;
  if (rule->node->op != OP_CONV2D_WEIGHT) return keep_if(rule, images && b->way != ROWS_BY);
  return images && b->way == ROWS_BY && b->axis == 0 && a->block == b->block
             ? (RowsFact){.way = ROWS_FOLD}
             : ACROSS;
}

static RowsFact concat(const Rule *rule) {
  RowsFact all = broadcast(rule);
  for (int i = 0; i < rule->node->input_count; i++)
    if (!goes_by(rule, i)) return ACROSS;
  return all.way == ROWS_BY && all.axis != rule->node->attrs[0] ? all : ACROSS;
}

static RowsFact padded(const Rule *rule) {
  const int64_t *amounts = rule->node->attrs + 2 * fact_of(rule, 0)->axis;
  return keep_if(rule, amounts[0] == 0 && amounts[1] == 0);
}

/* Of a node with an input that goes by rows, and none that is across. */
static RowsFact rule_of(const Rule *rule) {
  const Node *node = rule->node;
  int axis = fact_of(rule, 0)->axis, rank = shape_at(rule, 0)->rank;
  if (op_class(node->op) != CLASS_NONE) return broadcast(rule);
  switch (node->op) {
    case OP_CAST:
    case OP_WHOLE:
    case OP_STOP:
    case OP_IDENTITY:
    case OP_CUSTOM:
    case OP_KINK:
    case OP_BEND: return keep_if(rule, true);
    case OP_EXPAND: return broadcast(rule);
    case OP_RESHAPE: return reshape(rule);
    case OP_PERMUTE: return permute(rule);
    case OP_SLICE:
    case OP_PLACE: return runs(rule);
    case OP_GATHER: return gather(rule);
    case OP_PICK: return pick(rule);
    case OP_SCATTER: return scatter(rule);
    case OP_CONCAT: return concat(rule);
    case OP_PAD: return padded(rule);
    case OP_SUM:
    case OP_PROD:
    case OP_MIN:
    case OP_MAX:
    case OP_ANY:
    case OP_ALL:
    case OP_LOGSUMEXP:
    case OP_NORM2: return reduce(rule);
    case OP_ARGMIN:
    case OP_ARGMAX: return choose(rule);
    case OP_CUMSUM:
    case OP_LAST:
    case OP_RESAMPLE:
    case OP_SOFTMAX:
    case OP_LOG_SOFTMAX:
    case OP_ARGSORT: return keep_if(rule, axis != node->attrs[0]);
    case OP_RECUR: return both_if(rule, axis != node->attrs[0]);
    case OP_DIAG_MATRIX: return keep_if(rule, axis < rank - 1);
    case OP_TRIANGLE:
    case OP_DIAG_PART:
    case OP_INVERSE:
    case OP_COFACTOR:
    case OP_DET:
    case OP_LOG_DET:
    case OP_CHOLESKY:
    case OP_QR:
    case OP_SVD:
    case OP_EIGH: return keep_if(rule, axis < rank - 2);
    case OP_MATMUL: return product(rule);
    case OP_ATTENTION:
    case OP_ATTENTION_SHARES: return attention(rule);
    case OP_SOLVE:
    case OP_TRISOLVE: return solve(rule);
    case OP_CONV2D:
    case OP_CONV2D_INPUT:
    case OP_CONV2D_WEIGHT: return conv(rule);
    case OP_POOL_MAX_INPUT: return both_if(rule, fact_of(rule, 0)->axis < 2);
    case OP_POOL_ARGMAX:
    case OP_POOL_MAX:
    case OP_POOL_SUM:
    case OP_POOL_SUM_INPUT: return keep_if(rule, axis < 2);
    default: return ACROSS;
  }
}

/* ---- facts ---- */

static RowsFact from_inputs(const Rule *rule) {
  bool known = rule->node->op != OP_DRAW, rows = false, across = false;
  for (int i = 0; i < graph_value_inputs(rule->node); i++) {
    const RowsFact *fact = fact_of(rule, i);
    known = known && fact->known;
    rows = rows || fact->way == ROWS_BY;
    across = across || fact->way == ROWS_ACROSS || fact->way == ROWS_FOLD;
  }
  RowsFact result = across ? ACROSS : rows ? rule_of(rule) : (RowsFact){.way = ROWS_FREE};
  result.known = known;
  return result;
}

/* The fact, if the twin agrees with it. */
static RowsFact settled(const RowsStudy *study, const Node *node, NodeId twin, RowsFact fact) {
  RowsFact across = {.way = ROWS_ACROSS, .known = fact.known, .twin = twin}, rows = fact;
  fact.twin = twin;
  if (!twin || fact.way == ROWS_ACROSS) return across;
  const Node *part = graph_node(study->part, twin);
  if (part->op != node->op || part->type.dtype != node->type.dtype || !same_attrs(node, part))
    return across;
  bool same = shape_equal(&node->type.shape, &part->type.shape),
       has_rows = rows_axis(study, &node->type.shape, &part->type.shape, &rows);
  switch (fact.way) {
    case ROWS_FOLD: return same ? fact : across;
    case ROWS_BY:
      return has_rows && rows.axis == fact.axis && rows.block == fact.block ? fact : across;
    default: break;
  }
  if (same) return fact;
  if (!has_rows || (node->op != OP_EXPAND && node->op != OP_DRAW)) return across;
  rows.way = ROWS_BY; /* the same at each row, or drawn anew for it */
  rows.twin = twin;
  return rows;
}

static RowsFact leaf_fact(const RowsStudy *study, NodeId id, NodeId twin) {
  const Node *node = graph_node(study->whole, id);
  RowsFact fact = {.way = ROWS_FREE, .known = true};
  if (node->op != OP_INPUT) return settled(study, node, twin, fact);
  study->leaf(study, id, twin, &fact);
  fact.twin = twin;
  return fact;
}

void rows_study(const RowsStudy *study, const NodeId *roots, const NodeId *twins, int count,
                RowsFact *facts) {
  const Graph *whole = study->whole;
  NodeId *pairs = mem_zero(whole->count * sizeof(NodeId));
  Pairs walk = {.from = whole, .into = study->part, .pairs = pairs};
  find_twins(study, &walk, roots, twins, count);
  bool *needed = mem_zero(whole->count);
  for (int i = 0; i < count; i++) needed[roots[i]] = true;
  for (NodeId id = whole->count - 1; id > 0; id--) {
    RowsFact fact = {.way = ROWS_BY, .twin = pairs[id]};
    if (!needed[id]) continue;
    if (is_opaque(study, id, pairs[id], &fact)) {
      facts[id] = fact;
      continue;
    }
    const Node *node = graph_node(whole, id);
    for (int i = 0; i < graph_value_inputs(node); i++) needed[node->inputs[i]] = true;
  }
  for (NodeId id = 1; id < whole->count; id++) {
    if (!needed[id] || facts[id].way != ROWS_UNSEEN) continue;
    Rule rule = {study, graph_node(whole, id), facts};
    facts[id] = rule.node->input_count ? settled(study, rule.node, pairs[id], from_inputs(&rule))
                                       : leaf_fact(study, id, pairs[id]);
  }
  mem_free(needed);
  mem_free(pairs);
}

/* ---- parts put together ---- */

static double log_of_sum(double a, double b) {
  double most = fmax(a, b);
  return isinf(most) ? most : most + log(exp(a - most) + exp(b - most));
}

double rows_merge(Op op, double a, double b) {
  if (isnan(a) || isnan(b)) return (double)NAN;
  switch (op) {
    case OP_PROD: return a * b;
    case OP_MIN:
    case OP_ALL: return fmin(a, b);
    case OP_MAX:
    case OP_ANY: return fmax(a, b);
    case OP_LOGSUMEXP: return log_of_sum(a, b);
    case OP_NORM2: return hypot(a, b);
    default: return a + b;
  }
}
