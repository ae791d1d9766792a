/* limit.c — derivatives at a kink, as what they tend to beside it.
 *
 * A derivative of a derivative is NaN at a kink (runtime/graph/gradient_live.c), because a
 * subgradient there has no slope.  Yet |x|^3, relu(x)^2 + relu(-x)^2, norm(x)^2 and the Matern
 * kernels are smooth where they are made of kinked parts.  So the nodes between the variables and
 * the derivative are computed once more, at points that stand off by t^2 w, where t is infinitely
 * small (series.h) and w one of several directions: there no kink is hit, and a quotient 0 / 0 has
 * a value.  If the function differentiated has one limit at t = 0 whatever the direction, and its
 * derivative too, then that is its derivative: a function that is continuous, and has a derivative
 * beside the point that is continuous into it from all sides, has it there.  If the limits differ
 * (x |x|) it is NaN, and if they are not finite, or not known (an operation without a form here),
 * it stays as it was.
 *
 * The directions are the two ways along one line, then lines in general position, then sets of
 * signs in which any two elements differ at least once, so that |x| |y| is found out.  A function
 * with so many kinks that none of these directions finds a differing side would be taken for
 * smooth; no practical example is known.
 *
 * Elementwise rows and reductions are computed element by element; what only moves elements is run
 * on their numbers, and what is linear on each coefficient, by the kernels of the plan.  This costs
 * thousands of times the plan's work, and is done only when a value came out NaN, up to WORK_MOST
 * elements; past that the NaN stays.
 */
#include "runtime/plan/limit.h"
#include "runtime/base/stop.h"
#include "runtime/opcodes.h"
#include "runtime/plan/beside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  ELEMENTS_MOST = 1 << 18, /* kept at once: 200 bytes each */
  WORK_MOST = 1 << 19,     /* elements by directions: a second or two */
  LINES = 3,               /* besides the two ways along the first one */
};

typedef struct Limit {
  const LimitAsk *ask;
  const Graph *graph;
  NodeId last;
  bool *moves, *needed; /* by node */
  Series **at; /* by node: its elements; of what does not move kept from way to way; owned */
  int64_t elements;
  Diag diag;
} Limit;

static int64_t count_of(const Limit *limit, NodeId id) {
  return shape_count(&limit->graph->nodes[id].type.shape);
}

static Series *unknowns(int64_t count) {
  Series *all = mem_alloc((size_t)(count + 1) * sizeof *all);
  for (int64_t i = 0; i < count; i++) all[i] = series_unknown();
  return all;
}

/* ---- what is needed ---- */

static void find_moving(Limit *limit) {
  for (int i = 0; i < limit->ask->wrt_count; i++) limit->moves[limit->ask->wrt[i]] = true;
  for (NodeId id = 1; id <= limit->last; id++) {
    const Node *node = &limit->graph->nodes[id];
    for (int i = 0; i < graph_value_inputs(node); i++)
      limit->moves[id] |= limit->moves[node->inputs[i]];
  }
}

static bool is_variable(const Limit *limit, NodeId id) {
  for (int i = 0; i < limit->ask->wrt_count; i++)
    if (limit->ask->wrt[i] == id) return true;
  return false;
}

static void find_needed(Limit *limit) {
  const LimitAsk *ask = limit->ask;
  limit->needed[ask->from] = true;
  for (int i = 0; i < ask->result_count; i++) limit->needed[ask->results[i]] = true;
  for (NodeId id = limit->last; id > 0; id--) {
    const Node *node = &limit->graph->nodes[id];
    if (limit->needed[id]) limit->elements += count_of(limit, id);
    if (!limit->needed[id] || !limit->moves[id] || is_variable(limit, id)) continue;
    for (int i = 0; i < graph_value_inputs(node); i++) limit->needed[node->inputs[i]] = true;
  }
}

/* The elements of a node: those of one that does not move are its values. */
static const Series *series_of(Limit *limit, NodeId id) {
  if (limit->at[id]) return limit->at[id];
  int64_t count = count_of(limit, id);
  const Tensor *value = values_get(limit->ask->values, id, &limit->diag);
  Series *all = unknowns(count);
  for (int64_t i = 0; i < count && value; i++) all[i] = series_number(tensor_get(value, i));
  return limit->at[id] = all;
}

/* ---- one operation by its kernel, on numbers ---- */

typedef struct Apart {
  Graph graph;
  Values values;
  NodeId node;
  int count;
  Tensor *given;
} Apart;

static Tensor given_of(void *context, int64_t binding) {
  return tensor_retain(&((const Tensor *)context)[binding]);
}

static void apart_free(Apart *apart) {
  for (int i = 0; i < apart->count; i++) tensor_release(&apart->given[i]);
  mem_free(apart->given);
  values_free(&apart->values);
  graph_free(&apart->graph);
}

/* The same operation on inputs of f64 (whole ones stay so). */
static bool apart_make(Limit *limit, Apart *apart, const Node *node) {
  bool pads = node->op == OP_PAD;
  NodeId *inputs = mem_alloc((size_t)node->input_count * sizeof *inputs);
  int64_t *attrs = mem_alloc((size_t)(node->attr_count + 1) * sizeof *attrs);
  *apart = (Apart){.count = node->input_count};
  apart->given = mem_zero((size_t)node->input_count * sizeof *apart->given);
  graph_init(&apart->graph, DTYPE_F64);
  for (int i = 0; i < node->input_count; i++) {
    Type type = limit->graph->nodes[node->inputs[i]].type;
    type.weak = false;
    if (type.dtype != DTYPE_I32) type.dtype = DTYPE_F64;
    if (!tensor_zeros(&apart->given[i], type.dtype, &type.shape, &limit->diag)) break;
    inputs[i] = graph_input(&apart->graph, &type, i);
  }
  if (node->attr_count) memcpy(attrs, node->attrs, (size_t)node->attr_count * sizeof *attrs);
  if (pads) attrs[node->attr_count - 1] = 0;
  if (!limit->diag.status)
    apart->node = graph_emit(&apart->graph, node->op, inputs, node->input_count, attrs,
                             node->attr_count, &limit->diag);
  apart->values = (Values){.graph = &apart->graph, .binding = given_of, .context = apart->given};
  mem_free(inputs);
  mem_free(attrs);
  return apart->node != 0;
}

static const Tensor *apart_run(Limit *limit, Apart *apart) {
  values_reset(&apart->values);
  return values_get(&apart->values, apart->node, &limit->diag);
}

/* Whole numbers must be known; false where one is not. */
static bool give_numbers(Limit *limit, const Node *node, Apart *apart, int input) {
  const Series *from = series_of(limit, node->inputs[input]);
  for (int64_t i = 0; i < tensor_count(&apart->given[input]); i++) {
    double value = series_limit(&from[i]);
    if (isnan(value)) return false;
    tensor_set(&apart->given[input], i, value);
  }
  return true;
}

/* Of how many inputs the elements move. */
static int moved_inputs(const Node *node) {
  return node->op == OP_CONCAT ? node->input_count : node->op == OP_PLACE ? 2 : 1;
}

/* What moves elements, run on their numbers from 1 on; 0 is what fills up. */
static void move(Limit *limit, const Node *node, Series *into) {
  Apart apart;
  int data = moved_inputs(node);
  int64_t number = 1;
  bool good = apart_make(limit, &apart, node);
  for (int i = 0; i < node->input_count && good; i++) {
    int64_t count = tensor_count(&apart.given[i]);
    if (i >= data) good = give_numbers(limit, node, &apart, i);
    for (int64_t k = 0; k < count && i < data; k++)
      tensor_set(&apart.given[i], k, (double)number++);
  }
  const Tensor *found = good ? apart_run(limit, &apart) : NULL;
  double border = 0;
  if (node->op == OP_PAD) memcpy(&border, &node->attrs[node->attr_count - 1], sizeof border);
  for (int64_t k = 0, count = found ? tensor_count(found) : 0; k < count; k++) {
    int64_t place = (int64_t)tensor_get(found, k) - 1;
    int i = 0;
    into[k] = series_number(border);
    if (place < 0) continue;
    for (; place >= tensor_count(&apart.given[i]); i++) place -= tensor_count(&apart.given[i]);
    into[k] = series_of(limit, node->inputs[i])[place];
  }
  apart_free(&apart);
}

/* ---- linear operations, coefficient by coefficient ---- */

/* Coefficient k of an input; false if it is 0 everywhere. */
static bool coefficient(const Series *from, int k, bool size, Tensor *into) {
  bool some = false;
  for (int64_t i = 0; i < tensor_count(into); i++) {
    double value = size ? fabs(from[i].of[k]) : from[i].of[k];
    some |= value != 0;
    tensor_set(into, i, value);
  }
  return some;
}

static void gather_up(Limit *limit, Apart *apart, Series *sums, int k) {
  const Tensor *part = apart_run(limit, apart);
  for (int64_t i = 0, count = part ? tensor_count(part) : 0; i < count; i++)
    sums[i].of[k] += tensor_get(part, i);
}

/* The first coefficient that is not 0 everywhere. */
static int first_of(const Series *from, int64_t count) {
  for (int k = 0; k < SERIES_TERMS; k++)
    for (int64_t i = 0; i < count; i++)
      if (from[i].of[k] != 0) return k;
  return SERIES_TERMS;
}

static void linear_parts(Limit *limit, const Node *node, Apart *apart, bool two, bool size,
                         Series *sums) {
  const Series *a = series_of(limit, node->inputs[0]),
               *b = two ? series_of(limit, node->inputs[1]) : NULL;
  for (int i = 0; i < SERIES_TERMS; i++) {
    if (!coefficient(a, i, size, &apart->given[0])) continue;
    if (!two) gather_up(limit, apart, sums, i);
    for (int j = 0; j < SERIES_TERMS && two; j++) {
      int k = i + j - SERIES_ZERO;
      if (k >= SERIES_TERMS || !coefficient(b, j, size, &apart->given[1])) continue;
      if (k < 0) limit->diag.status = STATUS_FAILED; /* an order that is not kept */
      else gather_up(limit, apart, sums, k);
    }
  }
}

static void linear(Limit *limit, const Node *node, bool two, Series *into) {
  Apart apart;
  int64_t count = shape_count(&node->type.shape);
  Series *sizes = mem_zero((size_t)(count + 1) * sizeof *sizes);
  bool good = apart_make(limit, &apart, node);
  for (int i = two ? 2 : 1; i < node->input_count && good; i++)
    good = give_numbers(limit, node, &apart, i);
  if (good) {
    int known = SERIES_TERMS;
    if (two) { /* orders that both factors decide */
      int a = first_of(series_of(limit, node->inputs[0]), tensor_count(&apart.given[0])),
          b = first_of(series_of(limit, node->inputs[1]), tensor_count(&apart.given[1])),
          least = a < b ? a : b;
      if (least < SERIES_ZERO) known -= SERIES_ZERO - least;
    }
    memset(into, 0, (size_t)count * sizeof *into);
    linear_parts(limit, node, &apart, two, false, into);
    linear_parts(limit, node, &apart, two, true, sizes);
    for (int64_t i = 0; i < count; i++)
      for (int k = 0; k < SERIES_TERMS; k++)
        into[i].of[k] = k < known ? series_settle(into[i].of[k], sizes[i].of[k]) : NAN;
  }
  apart_free(&apart);
  mem_free(sizes);
}

/* Sums of several inputs: each alone. */
static void patch(Limit *limit, const Node *node, Series *into) {
  Apart apart;
  int64_t count = shape_count(&node->type.shape);
  if (apart_make(limit, &apart, node)) memset(into, 0, (size_t)count * sizeof *into);
  for (int k = 0; k < SERIES_TERMS && apart.node; k++) {
    bool some = false;
    for (int i = 0; i < node->input_count; i++)
      some |= coefficient(series_of(limit, node->inputs[i]), k, false, &apart.given[i]);
    if (some) gather_up(limit, &apart, into, k);
  }
  apart_free(&apart);
}

/* ---- places: what only compares is run on ranks, and may give one back ---- */

typedef struct Ranked {
  const Series *value;
  int64_t place;
} Ranked;

static int by_value(const void *a, const void *b) {
  const Ranked *p = a, *q = b;
  int order = series_compare(p->value, q->value);
  return order == 2 ? 0 : order;
}

static void places(Limit *limit, const Node *node, Series *into) {
  Apart apart;
  const Series *from = series_of(limit, node->inputs[0]);
  int64_t count = count_of(limit, node->inputs[0]);
  Ranked *ranked = mem_alloc((size_t)(count + 1) * sizeof *ranked);
  int64_t *member = mem_zero((size_t)(count + 1) * sizeof *member); /* of each rank */
  bool good = apart_make(limit, &apart, node);
  for (int64_t i = 0; i < count; i++) {
    ranked[i] = (Ranked){&from[i], i};
    good = good && !isnan(series_limit(&from[i]));
  }
  qsort(ranked, (size_t)count, sizeof *ranked, by_value);
  double rank = 0;
  for (int64_t i = 0; i < count && good; i++) {
    rank += i && series_compare(ranked[i].value, ranked[i - 1].value) != 0;
    tensor_set(&apart.given[0], ranked[i].place, rank);
    member[(int64_t)rank] = i;
  }
  const Tensor *found = good ? apart_run(limit, &apart) : NULL;
  for (int64_t i = 0; found && i < tensor_count(found); i++) {
    double is = tensor_get(found, i);
    into[i] = node->op == OP_POOL_MAX ? *ranked[member[(int64_t)is]].value : series_number(is);
  }
  apart_free(&apart);
  mem_free(member);
  mem_free(ranked);
}

/* ---- reductions ---- */

/* The place in the result of an element, the reduced axes having size 1. */
static int64_t group_of(const Shape *shape, uint32_t mask, int64_t element) {
  int64_t group = 0, step = 1;
  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    int64_t place = element % shape->dim[axis];
    element /= shape->dim[axis];
    if (mask >> axis & 1) continue;
    group += place * step;
    step *= shape->dim[axis];
  }
  return group;
}

static Series folded(Op op, const Series *sum, const Series *a) {
  Series square;
  switch (op) {
    case OP_PROD: return series_multiply(sum, a);
    case OP_MAX:
    case OP_ANY: return beside_map(OP_MAXIMUM, sum, a, a);
    case OP_MIN:
    case OP_ALL: return beside_map(OP_MINIMUM, sum, a, a);
    case OP_NORM2: square = series_multiply(a, a); return series_add(sum, &square);
    default: return series_add(sum, a);
  }
}

static bool weighs(Op op) { return op == OP_LOGSUMEXP || op == OP_SOFTMAX || op == OP_LOG_SOFTMAX; }

/* exp(a - most), in the place of a. */
static Series weight(const Series *a, double most) {
  Series shift = series_number(most), d = series_subtract(a, &shift);
  return series_exp(&d);
}

static Series ended(Op op, const Series *sum, double most) {
  if (op == OP_NORM2) return series_power(sum, 0.5);
  if (op != OP_LOGSUMEXP && op != OP_LOG_SOFTMAX) return *sum;
  Series shift = series_number(most), log = series_log(sum);
  return series_add(&log, &shift);
}

static void reduce(Limit *limit, const Node *node, Series *into) {
  bool along = node->op == OP_SOFTMAX || node->op == OP_LOG_SOFTMAX;
  uint32_t mask = along ? 1u << node->attrs[0] : (uint32_t)node->attrs[0];
  const Shape *shape = &limit->graph->nodes[node->inputs[0]].type.shape;
  const Series *from = series_of(limit, node->inputs[0]);
  int64_t count = shape_count(shape), groups = 1;
  for (int axis = 0; axis < shape->rank; axis++) groups *= mask >> axis & 1 ? 1 : shape->dim[axis];
  Series *sums = mem_alloc((size_t)(groups + 1) * sizeof *sums);
  double *most = mem_alloc((size_t)(groups + 1) * sizeof *most);
  bool *begun = mem_zero((size_t)groups + 1);
  for (int64_t g = 0; g < groups; g++) most[g] = -INFINITY;
  for (int64_t i = 0; i < count && weighs(node->op); i++) {
    int64_t g = group_of(shape, mask, i);
    most[g] = fmax(most[g], series_limit(&from[i]));
  }
  for (int64_t g = 0; g < groups; g++)
    sums[g] = series_number(node->op == OP_PROD || node->op == OP_ALL);
  for (int64_t i = 0; i < count; i++) {
    int64_t g = group_of(shape, mask, i);
    Series a = weighs(node->op) ? weight(&from[i], most[g]) : from[i];
    bool first = !begun[g] && (node->op == OP_MAX || node->op == OP_MIN);
    sums[g] = first ? a : folded(node->op, &sums[g], &a);
    begun[g] = true;
  }
  for (int64_t g = 0; g < groups; g++) {
    sums[g] = ended(node->op, &sums[g], most[g]);
    if (!along) into[g] = sums[g];
  }
  for (int64_t i = 0; i < count && along; i++) {
    int64_t g = group_of(shape, mask, i);
    Series a = weight(&from[i], most[g]);
    into[i] = node->op == OP_SOFTMAX ? series_divide(&a, &sums[g])
                                     : series_subtract(&from[i], &sums[g]);
  }
  mem_free(sums);
  mem_free(most);
  mem_free(begun);
}

/* ---- nodes ---- */

/* Where the element of an input is that goes into an element of the result. */
static int64_t broadcast_from(const Shape *from, const Shape *to, int64_t element) {
  int64_t place = 0, step = 1;
  for (int axis = to->rank - 1, own = from->rank - 1; axis >= 0 && own >= 0; axis--, own--) {
    if (from->dim[own] != 1) place += element % to->dim[axis] * step;
    element /= to->dim[axis];
    step *= from->dim[own];
  }
  return place;
}

static void elementwise(Limit *limit, const Node *node, Series *into) {
  Series zero = series_number(0);
  const Series *all[3] = {NULL};
  Shape shapes[3];
  for (int i = 0; i < node->input_count; i++) {
    all[i] = series_of(limit, node->inputs[i]);
    shapes[i] = limit->graph->nodes[node->inputs[i]].type.shape;
  }
  for (int64_t k = 0; k < shape_count(&node->type.shape); k++) {
    const Series *operand[3] = {&zero, &zero, &zero};
    for (int i = 0; i < node->input_count; i++)
      operand[i] = &all[i][broadcast_from(&shapes[i], &node->type.shape, k)];
    into[k] = beside_map(node->op, operand[0], operand[1], operand[2]);
  }
}

static void copy(Limit *limit, const Node *node, Series *into) {
  const Series *from = series_of(limit, node->inputs[0]);
  Dtype was = limit->graph->nodes[node->inputs[0]].type.dtype;
  for (int64_t i = 0; i < shape_count(&node->type.shape); i++)
    into[i] = beside_cast(was, node->type.dtype, &from[i]);
}

static void other(Limit *limit, const Node *node, Series *into) {
  switch (node->op) {
    case OP_CAST:
    case OP_WHOLE:
    case OP_STOP:
    case OP_IDENTITY:
    case OP_AFTER:
    case OP_KINK:
    case OP_BEND:
    case OP_CUSTOM: copy(limit, node, into); break;
    case OP_EXPAND:
    case OP_RESHAPE:
    case OP_PERMUTE:
    case OP_SLICE:
    case OP_PLACE:
    case OP_GATHER:
    case OP_PICK:
    case OP_CONCAT:
    case OP_PAD:
    case OP_TRIANGLE:
    case OP_DIAG_MATRIX:
    case OP_DIAG_PART: move(limit, node, into); break;
    case OP_SUM:
    case OP_PROD:
    case OP_MIN:
    case OP_MAX:
    case OP_ANY:
    case OP_ALL:
    case OP_LOGSUMEXP:
    case OP_NORM2:
    case OP_SOFTMAX:
    case OP_LOG_SOFTMAX: reduce(limit, node, into); break;
    case OP_SCATTER:
    case OP_DROP:
    case OP_CUMSUM:
    case OP_RESAMPLE:
    case OP_POOL_SUM:
    case OP_POOL_SUM_INPUT: linear(limit, node, false, into); break;
    case OP_MATMUL:
    case OP_CONV2D:
    case OP_CONV2D_INPUT:
    case OP_CONV2D_WEIGHT: linear(limit, node, true, into); break;
    case OP_PATCH: patch(limit, node, into); break;
    case OP_ARGMIN:
    case OP_ARGMAX:
    case OP_ARGSORT:
    case OP_POOL_ARGMAX:
    case OP_POOL_MAX: places(limit, node, into); break;
    default: break;
  }
}

/* ---- ways ---- */

/* Between 0.5 and 1.5, never twice the same: the multiples of the golden section. */
static double size_of(int64_t element, int line) {
  double place = 0.6180339887498949 * (double)(element + 1) + 0.7548776662466927 * line;
  return 0.5 + place - floor(place);
}

/* Ways 0 and 1 are opposite, then a line each, then one for each binary digit of an element's
 * number. */
static double component(int64_t element, int way) {
  if (way < 2) return way ? -size_of(element, 0) : size_of(element, 0);
  double size = size_of(element, way), sign = size_of(element * 7 + 3, way + 11) - 1;
  if (way < 2 + LINES) return sign < 0 ? -size : size;
  return element >> (way - 2 - LINES) & 1 ? -size : size;
}

static int ways_of(const Limit *limit) {
  int64_t elements = 0;
  int digits = 0;
  for (int i = 0; i < limit->ask->wrt_count; i++) elements += count_of(limit, limit->ask->wrt[i]);
  if (elements < 2) return 2;
  while ((int64_t)1 << digits < elements) digits++;
  return 2 + LINES + digits;
}

static void start(Limit *limit, int way) {
  int64_t element = 0;
  for (int v = 0; v < limit->ask->wrt_count; v++) {
    NodeId id = limit->ask->wrt[v];
    int64_t count = count_of(limit, id);
    const Tensor *value = values_get(limit->ask->values, id, &limit->diag);
    Series *all = unknowns(count);
    for (int64_t i = 0; i < count && value; i++, element++) {
      all[i] = series_number(tensor_get(value, i));
      all[i].of[SERIES_ZERO + 2] = component(element, way);
    }
    limit->at[id] = all;
  }
}

static void go(Limit *limit, int way) {
  start(limit, way);
  for (NodeId id = 1; id <= limit->last && !limit->diag.status; id++) {
    const Node *node = &limit->graph->nodes[id];
    if (!limit->needed[id] || !limit->moves[id] || limit->at[id]) continue;
    if (stop_asked) limit->diag.status = STATUS_INTERRUPTED;
    Series *into = unknowns(count_of(limit, id));
    if (op_class(node->op) != CLASS_NONE) elementwise(limit, node, into);
    else other(limit, node, into);
    limit->at[id] = into;
  }
}

static void come_back(Limit *limit) {
  for (NodeId id = 1; id <= limit->last; id++) {
    if (!limit->moves[id]) continue;
    mem_free(limit->at[id]);
    limit->at[id] = NULL;
  }
}

/* ---- limits ---- */

/* What the ways say of one element. */
typedef struct Found {
  double value; /* the limit, NaN where it is not the same from everywhere or not known */
  bool torn;    /* two ways have limits that differ */
} Found;

static void join(Limit *limit, NodeId id, int way, Found *found) {
  double share = limit->graph->nodes[id].type.dtype == DTYPE_F32 ? 1e-5 : 1e-9, scale = 0;
  const Series *all = series_of(limit, id);
  int64_t count = count_of(limit, id);
  for (int64_t i = 0; i < count; i++) scale = fmax(scale, fabs(series_limit(&all[i])));
  for (int64_t i = 0; i < count; i++) {
    double value = series_limit(&all[i]), apart = fabs(value - found[i].value),
           size = fmax(fabs(value), fabs(found[i].value));
    if (way == 0) found[i] = (Found){value, false};
    else if (!(apart <= share * (size + 1e-3 * scale))) {
      found[i].torn |= apart > 1e-3 * (size + 1e-3 * scale);
      found[i].value = NAN;
    }
  }
}

/* An element of a result is a derivative of one element of the function: `each` are of one. */
static bool is_good(const Found *result, const Found *from, int64_t i, int64_t each) {
  return !isnan(result[i].value) && !isnan(from[each ? i / each : 0].value);
}

static void put(const Found *result, const Found *from, int64_t from_count, Tensor *into) {
  int64_t count = tensor_count(into), each = from_count > 1 ? count / from_count : count;
  double most = into->dtype == DTYPE_F32 ? 3e38 : 1e308;
  for (int64_t i = 0; i < count; i++) {
    if (result[i].torn) tensor_set(into, i, NAN);
    else if (is_good(result, from, i, each) && isnan(tensor_get(into, i)) &&
             fabs(result[i].value) <= most)
      tensor_set(into, i, result[i].value);
  }
}

/* Is there still a NaN that a limit may replace? */
static bool hopes(const Limit *limit, const Found *from, int64_t from_count,
                  const Tensor *tensors) {
  const Found *at = from + from_count;
  for (int i = 0; i < limit->ask->result_count; i++) {
    int64_t count = tensor_count(&tensors[i]), each = from_count > 1 ? count / from_count : count;
    for (int64_t k = 0; k < count; k++)
      if (isnan(tensor_get(&tensors[i], k)) && is_good(at, from, k, each)) return true;
    at += count;
  }
  return false;
}

static void mend(Limit *limit, Tensor *tensors) {
  const LimitAsk *ask = limit->ask;
  int64_t from_count = count_of(limit, ask->from), total = from_count;
  for (int i = 0; i < ask->result_count; i++) total += count_of(limit, ask->results[i]);
  Found *all = mem_zero((size_t)(total + 1) * sizeof *all), *at;
  int ways = ways_of(limit);
  for (int way = 0; way < ways && !limit->diag.status; way++) {
    go(limit, way);
    if (limit->diag.status) break;
    join(limit, ask->from, way, at = all);
    at += from_count;
    for (int i = 0; i < ask->result_count; at += count_of(limit, ask->results[i++]))
      join(limit, ask->results[i], way, at);
    come_back(limit);
    if (way == 1 && !hopes(limit, all, from_count, tensors)) break;
  }
  const Tensor *own = values_get(ask->values, ask->from, &limit->diag);
  for (int64_t i = 0; own && i < from_count; i++) /* what has no value has no derivative */
    if (!isfinite(tensor_get(own, i))) all[i].value = NAN;
  at = all + from_count;
  for (int i = 0; i < ask->result_count && !limit->diag.status; i++) {
    if (ask->results[i] != ask->from) put(at, all, from_count, &tensors[i]);
    at += count_of(limit, ask->results[i]);
  }
  mem_free(all);
}

void limit_replace_nan(const LimitAsk *ask, Tensor *tensors) {
  Limit limit = {.ask = ask, .graph = ask->graph, .last = ask->from};
  for (int i = 0; i < ask->result_count; i++)
    if (ask->results[i] > limit.last) limit.last = ask->results[i];
  limit.moves = mem_zero((size_t)limit.last + 1);
  limit.needed = mem_zero((size_t)limit.last + 1);
  limit.at = mem_zero(((size_t)limit.last + 1) * sizeof *limit.at);
  find_moving(&limit);
  find_needed(&limit);
  if (limit.elements <= ELEMENTS_MOST && limit.elements * ways_of(&limit) <= WORK_MOST)
    mend(&limit, tensors);
  for (NodeId id = 0; id <= limit.last; id++) mem_free(limit.at[id]);
  mem_free(limit.moves);
  mem_free(limit.needed);
  mem_free(limit.at);
}
