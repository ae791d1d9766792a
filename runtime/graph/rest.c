/* rest.c — which rows does an update leave unchanged?  See rest.h.
 *
 * An abstract value for each node of the shape of the table, for a row of zero gradient:
 *
 *   FIXED   the same for all rows (a number, a scalar computed from whatever)
 *   OLD k   the old value of the param or of a state, to the bit
 *   ZERO    0, of known sign (`plus`) or of either
 *   TRUTH   a comparison whose outcome is known
 *   ROW     anything else; `positive` and `nonneg` where that is known
 *
 * Whatever is not of the table's shape is FIXED: it has no rows, and is computed as before from
 * whole tensors (the norm for `clip:`, a trust ratio).  An operation that is not elementwise and
 * has the table's shape ends the study.
 *
 * The study is made twice: with states of any value, and with states that are zero.  The first
 * says REST_ALWAYS (plain descent, Adagrad), the second REST_FRESH (momentum, Adam: a row rests
 * till it is used for the first time).  Zero times a scalar is zero only if that is finite, and
 * zero divided by one if it is not 0: such scalars become guards, which the caller watches; where
 * one fails, the whole update would have been NaN too.
 *
 * Numbers of a row: 0 * OLD is taken to be zero, since stored values are finite.
 */
#include "runtime/graph/rest.h"
#include "runtime/graph/put.h"
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"

#include <math.h>
#include <string.h>

typedef enum Kind { FIXED, OLD, ZERO, TRUTH, ROW } Kind;

typedef struct Known {
  Kind kind;
  bool plus;             /* ZERO: not -0 */
  bool positive, nonneg; /* FIXED, ROW: if it is a number at all */
  bool truth;            /* TRUTH */
  int old;               /* OLD: which */
  NodeId node;           /* FIXED: what may be guarded */
} Known;

typedef struct Study {
  Maker *maker;
  const RestUpdate *update;
  RestFound *found;
  bool zero_states;
  Shape shape;  /* of the table */
  NodeId first; /* nothing before it has a row */
  NodeId last;
  bool *needed; /* by id - first: in the cone of the new values, and of the table's shape */
  Known *known; /* by id - first */
  bool failed;
} Study;

static const Node *node_of(const Study *study, NodeId id) {
  return graph_node(study->maker->graph, id);
}

/* Does it have rows: the table's shape, or that of a column of it? */
static bool has_rows(const Study *study, NodeId id) {
  const Shape *shape = &node_of(study, id)->type.shape;
  return shape->rank == study->shape.rank && shape->dim[0] == study->shape.dim[0];
}

static int old_of(const RestUpdate *update, NodeId id) {
  for (int i = 0; i < update->count; i++)
    if (update->olds[i] == id) return i;
  return -1;
}

static bool is_share(const Study *study, const Node *node) {
  return node->op == OP_SCATTER && node->attrs[0] == 0 &&
         shape_equal(&node->type.shape, &study->shape);
}

static bool is_alias(const Node *node) {
  return node->op == OP_KINK || node->op == OP_BEND || node->op == OP_STOP ||
         node->op == OP_IDENTITY;
}

static bool is_leaf(const Study *study, NodeId id) {
  return old_of(study->update, id) >= 0 || is_share(study, node_of(study, id));
}

/* ---- what is known ---- */

static Known row(void) { return (Known){.kind = ROW}; }
static Known zero(bool plus) { return (Known){.kind = ZERO, .plus = plus}; }
static Known truth(bool is) { return (Known){.kind = TRUTH, .truth = is}; }

static Known fixed(const Study *study, NodeId id) {
  double value;
  Known known = {.kind = FIXED, .node = id};
  if (!maker_constant(study->maker, id, &value)) return known;
  known.positive = value > 0;
  known.nonneg = value > 0 || (value == 0 && !signbit(value));
  return known;
}

static bool constant(const Study *study, const Known *known, double *value) {
  return known->kind == FIXED && maker_constant(study->maker, known->node, value);
}

static bool is_number(const Study *study, const Known *known, double wanted) {
  double value;
  return constant(study, known, &value) && value == wanted;
}

static void guard(Study *study, NodeId node) {
  RestFound *found = study->found;
  for (int i = 0; i < found->guard_count; i++)
    if (found->guards[i] == node) return;
  if (!node || found->guard_count == REST_GUARDS) study->failed = true;
  else found->guards[found->guard_count++] = node;
}

static void guard_finite(Study *study, const Known *known) {
  double value;
  if (constant(study, known, &value)) study->failed |= !isfinite(value);
  else guard(study, known->node);
}

static void guard_not_zero(Study *study, const Known *known) {
  double value;
  if (constant(study, known, &value)) study->failed |= value == 0 || isnan(value);
  else guard(study, make2(study->maker, OP_DIV, make_number(study->maker, 1), known->node));
}

static bool never_below(const Known *known) {
  return known->kind == ZERO ? known->plus : known->nonneg || known->positive;
}

/* ---- by operation ---- */

static Known sum_of(Known a, Known b, bool minus) {
  if (b.kind != ZERO && a.kind == ZERO && !minus) {
    Known swap = a;
    a = b;
    b = swap;
  }
  if (a.kind == ZERO && b.kind == ZERO) return zero(minus ? a.plus && b.plus : a.plus || b.plus);
  if (b.kind == ZERO && a.kind != TRUTH) {
    a.nonneg &= a.kind == FIXED || a.kind == ROW;
    return a;
  }
  Known sum = row();
  if (!minus && never_below(&a) && never_below(&b)) {
    sum.nonneg = true;
    sum.positive = a.positive || b.positive;
  }
  return sum;
}

static Known product_of(Study *study, Known a, Known b, bool same) {
  if (a.kind != ZERO && (b.kind == ZERO || is_number(study, &b, 0))) {
    Known swap = a;
    a = b;
    b = swap;
  }
  bool none = a.kind == ZERO || is_number(study, &a, 0);
  Known result = row();
  if (none && b.kind == ZERO) return zero(same || (never_below(&a) && never_below(&b)));
  if (none && b.kind == FIXED) {
    guard_finite(study, &b);
    return zero(never_below(&a) && never_below(&b));
  }
  if (none && b.kind == OLD) return zero(false);
  result.nonneg = same || (never_below(&a) && never_below(&b));
  return result;
}

static Known quotient_of(Study *study, Known a, Known b) {
  if (a.kind == ZERO && b.kind == FIXED) {
    guard_not_zero(study, &b);
    return zero(a.plus && b.positive);
  }
  if (a.kind == ZERO && b.kind == ROW && b.positive) return zero(a.plus);
  Known result = row();
  result.nonneg = never_below(&a) && b.positive;
  return result;
}

static Known compared(const Study *study, Op op, const Known *a, const Known *b) {
  bool zeros = (a->kind == ZERO || is_number(study, a, 0)) &&
               (b->kind == ZERO || is_number(study, b, 0));
  if (!zeros) return row();
  return truth(op == OP_EQ || op == OP_LE || op == OP_GE);
}

static Known chosen(const Known *in) {
  if (in[0].kind == TRUTH) return in[0].truth ? in[1] : in[2];
  if (in[0].kind != FIXED || in[1].kind != in[2].kind) return row();
  Known result = in[1];
  if (result.kind == ZERO) result.plus &= in[2].plus;
  else if (result.kind == OLD && result.old != in[2].old) return row();
  else if (result.kind == TRUTH || result.kind == FIXED) return row();
  result.nonneg &= in[2].nonneg;
  result.positive &= in[2].positive;
  return result;
}

static Known clamped(const Study *study, const Known *in) {
  double low, high;
  if (in[0].kind == ZERO && constant(study, &in[1], &low) && constant(study, &in[2], &high) &&
      low < 0 && high > 0)
    return in[0];
  return row();
}

static Known greater(Op op, const Known *a, const Known *b) {
  if (a->kind == ZERO && b->kind == ZERO) return zero(a->plus && b->plus);
  Known result = row();
  if (op == OP_MAXIMUM) {
    result.nonneg = never_below(a) || never_below(b);
    result.positive = a->positive || b->positive;
  }
  return result;
}

static Known rooted(const Known *a) {
  if (a->kind == ZERO) return *a;
  Known result = row();
  result.nonneg = true; /* or NaN, which the step would have made where the row was used */
  result.positive = a->positive;
  return result;
}

static Known elementwise(Study *study, const Node *node, const Known *in) {
  switch (node->op) {
    case OP_ADD: return sum_of(in[0], in[1], false);
    case OP_SUB: return sum_of(in[0], in[1], true);
    case OP_MUL: return product_of(study, in[0], in[1], node->inputs[0] == node->inputs[1]);
    case OP_DIV: return quotient_of(study, in[0], in[1]);
    case OP_SQUARE: return product_of(study, in[0], in[0], true);
    case OP_SQRT: return rooted(&in[0]);
    case OP_ABS:
      if (in[0].kind == ZERO) return zero(true);
      return (Known){.kind = ROW, .nonneg = true};
    case OP_NEG: return in[0].kind == ZERO ? zero(false) : row();
    case OP_SIGN: return in[0].kind == ZERO ? in[0] : row();
    case OP_MINIMUM:
    case OP_MAXIMUM: return greater(node->op, &in[0], &in[1]);
    case OP_CLAMP: return clamped(study, in);
    case OP_WHERE: return chosen(in);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: return compared(study, node->op, &in[0], &in[1]);
    default: return row();
  }
}

/* A wider float holds the same value, and gives it back. */
static Known cast(const Study *study, const Node *node, Known in) {
  bool wider = dtype_floats(node->type.dtype) && in.kind == OLD &&
               node->type.dtype >= node_of(study, study->update->olds[in.old])->type.dtype;
  if (in.kind == OLD && !wider) return row();
  if (in.kind == ZERO && !dtype_floats(node->type.dtype)) return row();
  return in.kind == TRUTH ? row() : in;
}

static Known known_of(const Study *study, NodeId id) {
  return has_rows(study, id) ? study->known[id - study->first] : fixed(study, id);
}

/* FIXED operands alone make something FIXED; it is not looked into. */
static Known judge(Study *study, NodeId id) {
  const Node node = *node_of(study, id);
  int old = old_of(study->update, id);
  if (old > 0 && study->zero_states) return zero(true);
  if (old >= 0) return (Known){.kind = OLD, .old = old};
  if (is_share(study, &node)) return zero(true);
  if (node.op == OP_EXPAND && !has_rows(study, node.inputs[0])) return fixed(study, node.inputs[0]);
  if (is_alias(&node)) return known_of(study, node.inputs[0]);
  if (op_converts(node.op)) return cast(study, &node, known_of(study, node.inputs[0]));
  if (op_class(node.op) == CLASS_NONE || node.input_count > 3) {
    study->failed = true;
    return row();
  }
  Known in[3] = {0};
  for (int i = 0; i < node.input_count; i++) in[i] = known_of(study, node.inputs[i]);
  return elementwise(study, &node, in);
}

/* ---- the study ---- */

/* Marks what has rows below the new values, down to the leaves. */
static void find_needed(Study *study) {
  const RestUpdate *update = study->update;
  size_t span = (size_t)(study->last - study->first) + 1;
  study->needed = arena_alloc(&study->maker->graph->arena, span);
  memset(study->needed, 0, span);
  for (int i = 0; i < update->count; i++)
    if (update->news[i]) study->needed[update->news[i] - study->first] = true;
  study->needed[update->gradient - study->first] = true;
  for (NodeId id = study->last; id >= study->first; id--) {
    const Node *node = node_of(study, id);
    if (!study->needed[id - study->first] || is_leaf(study, id)) continue;
    for (int i = 0, count = is_alias(node) ? 1 : node->input_count; i < count; i++) {
      if (!has_rows(study, node->inputs[i])) continue;
      if (node->inputs[i] < study->first) study->failed = true;
      else study->needed[node->inputs[i] - study->first] = true;
    }
  }
}

/* Shares, and sums of them: asked first, since all that follows goes through the graph. */
static bool made_of_shares(const Study *study, NodeId id, int depth) {
  const Node *node = id ? node_of(study, id) : NULL;
  if (!node || depth == 0) return false;
  return is_share(study, node) ||
         (node->op == OP_ADD && made_of_shares(study, node->inputs[0], depth - 1) &&
          made_of_shares(study, node->inputs[1], depth - 1));
}

static bool begin(Study *study) {
  const RestUpdate *update = study->update;
  study->shape = node_of(study, update->olds[0])->type.shape;
  if (!made_of_shares(study, update->gradient, REST_GUARDS)) return false;
  study->first = study->last = update->gradient;
  for (int i = 0; i < update->count; i++) {
    if (update->olds[i] < study->first) study->first = update->olds[i];
    if (update->news[i] > study->last) study->last = update->news[i];
  }
  if (study->shape.rank == 0 || !update->gradient) return false;
  for (int i = 0; i < update->count; i++)
    if (update->news[i] && update->news[i] < study->first) return false;
  find_needed(study);
  return !study->failed;
}

static bool find_shares(Study *study) {
  RestFound *found = study->found;
  for (NodeId id = study->first; id <= study->last; id++) {
    const Node *node = node_of(study, id);
    if (!study->needed[id - study->first]) continue;
    if (!shape_equal(&node->type.shape, &study->shape)) return false;
    if (old_of(study->update, id) >= 0 || !is_share(study, node)) continue;
    if (found->scatter_count == REST_GUARDS) return false;
    found->scatters[found->scatter_count++] = id;
  }
  return found->scatter_count > 0;
}

static bool rests(Study *study, bool zero_states) {
  const RestUpdate *update = study->update;
  study->zero_states = zero_states;
  study->failed = false;
  study->found->guard_count = 0;
  for (NodeId id = study->first; id <= study->last && !study->failed; id++)
    if (study->needed[id - study->first]) study->known[id - study->first] = judge(study, id);
  for (int i = 0; i < update->count && !study->failed; i++) {
    if (!update->news[i]) continue;
    Known known = study->known[update->news[i] - study->first];
    bool same = i && zero_states ? known.kind == ZERO && known.plus
                                 : known.kind == OLD && known.old == i;
    study->failed |= !same;
  }
  return !study->failed;
}

RestFound rest_study(Maker *maker, const RestUpdate *update) {
  RestFound found = {.rest = REST_NEVER};
  Study study = {.maker = maker, .update = update, .found = &found};
  if (!begin(&study) || !find_shares(&study)) return found;
  size_t span = (size_t)(study.last - study.first) + 1;
  study.known = arena_alloc(&maker->graph->arena, span * sizeof *study.known);
  if (rests(&study, false)) found.rest = REST_ALWAYS;
  else if (rests(&study, true)) found.rest = REST_FRESH;
  return found;
}

/* ---- the update again ---- */

static NodeId emit_again(Study *study, NodeId id, const NodeId *map, int64_t rows) {
  const Node node = *node_of(study, id);
  Shape shape = study->shape;
  shape.dim[0] = rows;
  if (is_alias(&node)) return map[node.inputs[0] - study->first];
  if (node.op == OP_EXPAND) return make_expand(study->maker, node.inputs[0], &shape);
  NodeId inputs[3];
  for (int i = 0; i < node.input_count; i++)
    inputs[i] = has_rows(study, node.inputs[i]) ? map[node.inputs[i] - study->first]
                                                : node.inputs[i];
  study->maker->graph->span = node.span;
  return graph_emit(study->maker->graph, node.op, inputs, node.input_count, node.attrs,
                    node.attr_count, study->maker->diag);
}

static NodeId stand_in(const Study *study, NodeId id, const NodeId *olds, const NodeId *scatters) {
  int old = old_of(study->update, id);
  if (old >= 0) return olds[old];
  for (int k = 0; k < study->found->scatter_count; k++)
    if (study->found->scatters[k] == id) return scatters[k];
  return 0;
}

bool rest_again(Maker *maker, const RestUpdate *update, const RestFound *found, int64_t rows,
                const NodeId *olds, const NodeId *scatters, NodeId *news, NodeId *gradient) {
  RestFound copy = *found;
  Study study = {.maker = maker, .update = update, .found = &copy};
  if (!begin(&study)) return false;
  size_t span = (size_t)(study.last - study.first) + 1;
  NodeId *map = arena_alloc(&maker->graph->arena, span * sizeof *map);
  Span before = maker->graph->span;
  for (NodeId id = study.first; id <= study.last; id++) {
    if (!study.needed[id - study.first]) continue;
    NodeId given = stand_in(&study, id, olds, scatters);
    map[id - study.first] = given ? given : emit_again(&study, id, map, rows);
    if (!map[id - study.first]) return false;
  }
  maker->graph->span = before;
  for (int i = 0; i < update->count; i++)
    news[i] = update->news[i] ? map[update->news[i] - study.first] : 0;
  *gradient = map[update->gradient - study.first];
  return true;
}

/* ---- the rows ---- */

static int64_t index_count(const Maker *maker, NodeId scatter) {
  const Node *node = graph_node(maker->graph, scatter);
  return shape_count(&graph_node(maker->graph, node->inputs[1])->type.shape);
}

int64_t rest_row_count(const Maker *maker, const RestFound *found) {
  int64_t count = 0;
  for (int k = 0; k < found->scatter_count; k++) count += index_count(maker, found->scatters[k]);
  return count;
}

/* All indices of one scatter, in order. */
static NodeId flat_index(Maker *maker, NodeId scatter) {
  const Node node = *graph_node(maker->graph, scatter);
  Shape flat = {.rank = 1, .dim = {index_count(maker, scatter)}};
  maker->graph->span = node.span;
  return make_from_start(maker, make_reshape(maker, node.inputs[1], &flat), node.attrs[1]);
}

static NodeId argsort(Maker *maker, NodeId x) {
  const int64_t attrs[2] = {0, 0};
  return x ? graph_emit(maker->graph, OP_ARGSORT, &x, 1, attrs, 2, maker->diag) : 0;
}

/* Sorted, equal ids stand side by side: a slot is how many changes come before. */
static NodeId slots_of(Maker *maker, NodeId ids, int64_t count) {
  NodeId first = graph_full(maker->graph, 0, DTYPE_I32, &(Shape){.rank = 1, .dim = {1}},
                            maker->diag);
  if (count == 1) return first;
  NodeId order = argsort(maker, ids), sorted = make_pick(maker, ids, order, 0);
  NodeId changes = make_cast(maker,
                             make2(maker, OP_NE, make_run(maker, sorted, 0, 0, count - 1, 1),
                                   make_run(maker, sorted, 0, 1, count - 1, 1)),
                             DTYPE_I32);
  NodeId parts[2] = {first, changes};
  const int64_t attrs[2] = {0, 0};
  NodeId joined = changes ? make_concat(maker, parts, 2, 0) : 0,
         before = joined ? graph_emit(maker->graph, OP_CUMSUM, &joined, 1, attrs, 2, maker->diag)
                         : 0;
  return make_pick(maker, before, argsort(maker, order), 0);
}

RestRows rest_rows(Maker *maker, const RestFound *found) {
  NodeId parts[REST_GUARDS];
  Span before = maker->graph->span;
  for (int k = 0; k < found->scatter_count; k++) parts[k] = flat_index(maker, found->scatters[k]);
  RestRows rows = {.count = rest_row_count(maker, found)};
  rows.ids = found->scatter_count == 1 ? parts[0]
                                       : make_concat(maker, parts, found->scatter_count, 0);
  rows.slots = rows.ids ? slots_of(maker, rows.ids, rows.count) : 0;
  maker->graph->span = before;
  return rows;
}

/* Summed by slot, in the order of the indices as in the whole, and given to each. */
NodeId rest_share(Maker *maker, const RestFound *found, const RestRows *rows, int k) {
  const Node node = *graph_node(maker->graph, found->scatters[k]);
  int64_t own = index_count(maker, found->scatters[k]), start = 0;
  for (int i = 0; i < k; i++) start += index_count(maker, found->scatters[i]);
  Shape shape = node.type.shape;
  shape.dim[0] = own;
  NodeId inputs[2] = {make_reshape(maker, node.inputs[0], &shape),
                      own == rows->count ? rows->slots
                                         : make_run(maker, rows->slots, 0, start, own, 1)};
  const int64_t attrs[2] = {0, rows->count};
  NodeId sums = inputs[0] && inputs[1]
                    ? graph_emit(maker->graph, OP_SCATTER, inputs, 2, attrs, 2, maker->diag)
                    : 0;
  return sums ? make_gather(maker, sums, rows->slots, 0) : 0;
}
