/* formula_read.c — nodes as formulas, and formulas as nodes.
 *
 * Constants become numbers.  Sums and products of elements are collected.  Aliases and casts
 * between floats are skipped.  Everything else is an operation on formulas.  Moves by axes of size
 * 1, which the graph has around products with vectors, are removed, so `@` reads as in the script.
 * Numbers are moved out of `@` and `sum`.
 *
 * Identities used: sigmoid(-z) = 1 - sigmoid(z); exp(log_softmax(z)) = softmax(z); the sum of a row
 * of one_hot is 1; the derivatives of tanh and sigmoid as functions of their values.
 *
 * The conversion back to nodes, with which explain_record.c compares values, reads the simplified
 * formula; from the original nodes it takes only names and the attributes of operations.
 */
#include "lang/gradients/formula_read.h"

#include "runtime/opcodes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static Shape shape_of_node(const Formulas *formulas, NodeId node) {
  return graph_node(formulas->graph, node)->type.shape;
}

/* ---- reading nodes ---- */

static bool passes(Op op) {
  return op == OP_IDENTITY || op == OP_STOP || op == OP_AFTER || op == OP_KINK || op == OP_BEND ||
         op == OP_CUSTOM || op == OP_REQUIRE || op == OP_WHOLE;
}

static NodeId behind(const Node *node) { return node->inputs[node->op == OP_REQUIRE]; }

/* An index or label as i32 reads as what it was. */
static NodeId past(const Formulas *formulas, NodeId id) {
  for (;;) {
    const Node *node = graph_node(formulas->graph, id);
    bool cast = node->op == OP_CAST &&
                graph_node(formulas->graph, node->inputs[0])->type.dtype != DTYPE_BOOL;
    if (formulas->names[id] || !(cast || passes(node->op))) return id;
    id = behind(node);
  }
}

static int64_t without_ones(const Shape *shape, int64_t dims[RANK_MOST]) {
  int count = 0;
  for (int i = 0; i < shape->rank; i++)
    if (shape->dim[i] != 1) dims[count++] = shape->dim[i];
  return count;
}

/* A reshape that only adds or takes away axes of size 1. */
static bool only_ones(const Formulas *formulas, const Node *node) {
  const Shape *from = &graph_node(formulas->graph, node->inputs[0])->type.shape;
  int64_t a[RANK_MOST], b[RANK_MOST], count = without_ones(from, a);
  if (count != without_ones(&node->type.shape, b)) return false;
  return !count || memcmp(a, b, (size_t)count * sizeof a[0]) == 0;
}

/* A product with a vector reads with fewer axes than its node has. */
static bool reads_flat(const Formulas *formulas, NodeId id, int rank) {
  return formulas->of[id] && formulas->of[id]->shape.rank == rank;
}

/* The vector behind a column (last: [n, 1]) or a row ([1, n]); 0: it is none. */
static NodeId vector_behind(const Formulas *formulas, NodeId id, bool last) {
  id = past(formulas, id);
  const Node *node = graph_node(formulas->graph, id);
  const Shape *shape = &node->type.shape;
  if (shape->rank == 2 && shape->dim[last ? 1 : 0] == 1 && reads_flat(formulas, id, 1)) return id;
  if (node->op != OP_RESHAPE || formulas->names[id] || node->type.shape.rank != 2) return 0;
  const Shape *from = &graph_node(formulas->graph, node->inputs[0])->type.shape;
  bool fits = from->rank == 1 && node->type.shape.dim[last ? 1 : 0] == 1;
  return fits ? node->inputs[0] : 0;
}

/* The number behind a matrix [1, 1]; 0: it is none. */
static NodeId number_behind(const Formulas *formulas, NodeId id) {
  id = past(formulas, id);
  const Node *node = graph_node(formulas->graph, id);
  if (node->type.shape.rank == 2 && reads_flat(formulas, id, 0)) return id;
  bool reshaped = node->op == OP_RESHAPE && !formulas->names[id];
  bool number = reshaped && graph_node(formulas->graph, node->inputs[0])->type.shape.rank == 0;
  return number ? node->inputs[0] : 0;
}

/* A column times a number, or a number times a row. */
static const Formula *read_scaled(Formulas *formulas, NodeId vector, NodeId number) {
  const Shape shape = shape_of_node(formulas, vector);
  return formula_product(formulas, formula_read(formulas, vector), 1,
                         formula_read(formulas, number), 1, &shape);
}

typedef struct Product {
  NodeId inputs[2];
  bool turned[2];
  Shape shape;
} Product;

static const Formula *read_product(Formulas *formulas, const Product *product) {
  const NodeId *inputs = product->inputs;
  const bool *turned = product->turned;
  NodeId left = vector_behind(formulas, inputs[0], turned[0]),
         right = vector_behind(formulas, inputs[1], !turned[1]);
  NodeId column = vector_behind(formulas, inputs[0], !turned[0]),
         row = vector_behind(formulas, inputs[1], turned[1]);
  NodeId numbers[2] = {number_behind(formulas, inputs[0]), number_behind(formulas, inputs[1])};
  if (column && numbers[1]) return read_scaled(formulas, column, numbers[1]);
  if (row && numbers[0]) return read_scaled(formulas, row, numbers[0]);
  Formula draft = {.form = FORM_MATMUL, .arg_count = 2, .shape = product->shape};
  const Shape *a = &graph_node(formulas->graph, inputs[0])->type.shape;
  draft.number = a->dim[a->rank - (turned[0] ? 2 : 1)];
  if (column && row && !left && !right) draft.form = FORM_OUTER;
  if (draft.form == FORM_OUTER) left = column, right = row;
  bool vector = draft.form == FORM_MATMUL && (left || right);
  if (vector) draft.shape = shape_of(left && right ? 0 : 1, (int64_t[]){shape_count(&draft.shape)});
  double times[2];
  for (int i = 0; i < 2; i++) {
    NodeId bare = i ? right : left;
    draft.args[i] = formula_draw(formulas, formula_read(formulas, bare ? bare : inputs[i]),
                                 &times[i]);
    draft.turned[i] = turned[i] && !bare;
    double value;
    if (formula_is_number(draft.args[i], &value) && value == 0)
      return formula_number(formulas, 0, &draft.shape);
  }
  return formula_scaled(formulas, formula_intern(formulas, &draft), times[0] * times[1]);
}

/* Joined along the axis that the product adds over; returns the parts, or 0. */
static int parts_along(const Formulas *formulas, NodeId id, bool last, const NodeId **parts) {
  const Node *node = graph_node(formulas->graph, past(formulas, id));
  if (node->op != OP_CONCAT || node->attrs[0] != node->type.shape.rank - (last ? 1 : 2)) return 0;
  *parts = node->inputs;
  return node->input_count;
}

/* What a gradient has joined to one product reads as the sum of its products. */
static const Formula *read_matmul(Formulas *formulas, NodeId id) {
  const Node node = *graph_node(formulas->graph, id);
  Product product = {.inputs = {node.inputs[0], node.inputs[1]},
                     .turned = {node.attrs[0] != 0, node.attrs[1] != 0},
                     .shape = node.type.shape};
  const NodeId *left = NULL, *right = NULL;
  int count = parts_along(formulas, node.inputs[0], !product.turned[0], &left);
  bool joined = count && count == parts_along(formulas, node.inputs[1], product.turned[1], &right);
  for (int i = 0; i < count && joined; i++) {
    const Shape *a = &graph_node(formulas->graph, left[i])->type.shape,
                *b = &graph_node(formulas->graph, right[i])->type.shape;
    joined = a->dim[a->rank - (product.turned[0] ? 2 : 1)] ==
             b->dim[b->rank - (product.turned[1] ? 1 : 2)];
  }
  if (!joined) return read_product(formulas, &product);
  Terms terms = {0};
  Shape shape = node.type.shape;
  for (int i = 0; i < count; i++) {
    product.inputs[0] = left[i];
    product.inputs[1] = right[i];
    const Formula *part = read_product(formulas, &product);
    shape = part->shape;
    formula_terms(formulas, part, 1, &terms);
  }
  return formula_tidy(formulas, &terms, &shape);
}

/* Numbers that are computed, as exp(log_sigma), stand before a sum: its factors of no axes. */
static Term draw_scalars(Formulas *formulas, const Formula **inner) {
  Term out = {.times = 1}, in = {.times = 1};
  const Formula *formula = *inner;
  if (formula->form != FORM_SUM || formula->term_count != 1) return out;
  const Term *term = formula->terms;
  Factor *scalars = arena_alloc(&formulas->arena, (size_t)(term->count + 1) * sizeof(Factor)),
         *rest = arena_alloc(&formulas->arena, (size_t)(term->count + 1) * sizeof(Factor));
  for (int i = 0; i < term->count; i++)
    if (term->factors[i].base->shape.rank) rest[in.count++] = term->factors[i];
    else scalars[out.count++] = term->factors[i];
  if (!out.count || !in.count) return (Term){.times = 1};
  out.factors = scalars;
  in.factors = rest;
  in.times = term->times;
  Terms terms = {0};
  formula_add(&terms, in);
  *inner = formula_sum(formulas, &terms, &formula->shape);
  return out;
}

/* Does a constant add up to one number everywhere along its last axis, as rows of labels do? */
static bool same_sums(const Tensor *tensor, uint32_t mask, double *value) {
  const int last = tensor->shape.rank - 1;
  if (last < 0 || mask != 1u << last || tensor->dtype == DTYPE_BOOL) return false;
  const int64_t width = tensor->shape.dim[last], count = tensor_count(tensor);
  if (!width || !count) return false;
  for (int64_t i = 0; i < count; i += width) {
    double sum = 0;
    for (int64_t k = 0; k < width; k++) sum += tensor_get(tensor, i + k);
    if (i && sum != *value) return false;
    *value = sum;
  }
  return isfinite(*value);
}

static const Formula *read_total(Formulas *formulas, NodeId id) {
  const Node node = *graph_node(formulas->graph, id);
  Shape from = shape_of_node(formulas, node.inputs[0]), kept = {0};
  uint32_t mask = (uint32_t)node.attrs[0];
  int64_t count = 1;
  for (int i = 0; i < from.rank; i++)
    if (mask >> i & 1) count *= from.dim[i];
    else kept.dim[kept.rank++] = from.dim[i];
  double times, value;
  const Formula *inner = formula_draw(formulas, formula_read(formulas, node.inputs[0]), &times);
  if (formula_is_number(inner, &value))
    return formula_number(formulas, value * (double)count, &node.type.shape);
  const Tensor *known = inner->form == FORM_NAME ? formulas->constants[inner->node] : NULL;
  if (known && same_sums(known, mask, &value))
    return formula_number(formulas, value * times, &node.type.shape);
  bool rows_of_labels = inner->form == FORM_ONE_HOT && mask == 1u << (from.rank - 1);
  if (rows_of_labels) return formula_number(formulas, times, &node.type.shape);
  if (node.attrs[1]) kept = node.type.shape; /* keep: */
  Term scalars = draw_scalars(formulas, &inner);
  Formula draft = {.form = FORM_TOTAL,
                   .shape = kept,
                   .arg_count = 1,
                   .args = {inner},
                   .axes = mask,
                   .number = count};
  const Formula *total = formula_intern(formulas, &draft);
  Terms terms = {0};
  formula_add(&terms, scalars);
  if (scalars.count)
    total = formula_product(formulas, formula_sum(formulas, &terms, &(Shape){0}), 1, total, 1,
                            &kept);
  return formula_scaled(formulas, total, times);
}

/* cast(reshape(labels) == iota) is one_hot(labels, k). */
static const Formula *read_one_hot(Formulas *formulas, NodeId id) {
  const Node node = *graph_node(formulas->graph, id);
  const Node test = *graph_node(formulas->graph, node.inputs[0]);
  if (test.op != OP_EQ) return NULL;
  for (int side = 0; side < 2; side++) {
    NodeId other = past(formulas, test.inputs[side]);
    NodeId labels = past(formulas, test.inputs[1 - side]);
    while (graph_node(formulas->graph, other)->op == OP_RESHAPE)
      other = past(formulas, graph_node(formulas->graph, other)->inputs[0]);
    if (graph_node(formulas->graph, other)->op != OP_IOTA) continue;
    const Node *shaped = graph_node(formulas->graph, labels);
    if (shaped->op == OP_RESHAPE && !formulas->names[labels])
      labels = past(formulas, shaped->inputs[0]);
    Formula draft = {.form = FORM_ONE_HOT,
                     .shape = node.type.shape,
                     .node = id,
                     .arg_count = 1,
                     .args = {formula_read(formulas, labels)},
                     .number = node.type.shape.dim[node.type.shape.rank - 1]};
    return formula_intern(formulas, &draft);
  }
  return NULL;
}

static void place_text(const Node *slice, const Shape *from, const Shape *seen, Text *text) {
  text_char(text, '[');
  for (int i = 0; i < from->rank; i++) {
    int64_t start = slice->attrs[3 * i], count = slice->attrs[3 * i + 1],
            step = slice->attrs[3 * i + 2];
    if (i) text_string(text, ", ");
    bool gone = count == 1 && seen->rank < from->rank;
    if (gone) text_format(text, "%lld", (long long)start);
    else if (count == from->dim[i] && step == 1) text_char(text, ':');
    else text_format(text, "%lld:%lld", (long long)start, (long long)(start + count * step));
    if (!gone && step != 1) text_format(text, ":%lld", (long long)step);
  }
  text_char(text, ']');
}

/* a[0], a[1:3]: a slice, and the axes that are gone */
static const Formula *read_place(Formulas *formulas, NodeId slice, NodeId id) {
  const Node node = *graph_node(formulas->graph, slice);
  const Shape from = shape_of_node(formulas, node.inputs[0]), seen = shape_of_node(formulas, id);
  double value;
  if (formula_is_number(formula_read(formulas, node.inputs[0]), &value))
    return formula_number(formulas, value, &seen);
  Text text = {0};
  place_text(&node, &from, &seen, &text);
  Formula draft = {.form = FORM_PLACE,
                   .shape = seen,
                   .node = id,
                   .name = arena_text(&formulas->arena, text.data, text.length),
                   .arg_count = 1,
                   .args = {formula_read(formulas, node.inputs[0])}};
  text_free(&text);
  return formula_intern(formulas, &draft);
}

static const Formula *call_of(Formulas *formulas, Op op, NodeId id, const Formula *const *args,
                              int count) {
  Formula draft = {.form = FORM_CALL,
                   .op = op,
                   .shape = shape_of_node(formulas, id),
                   .node = id,
                   .arg_count = count};
  for (int i = 0; i < count; i++) draft.args[i] = args[i];
  return formula_intern(formulas, &draft);
}

static const Formula *read_reshape(Formulas *formulas, NodeId id) {
  const Node node = *graph_node(formulas->graph, id);
  NodeId inner = past(formulas, node.inputs[0]);
  const Node from = *graph_node(formulas->graph, inner);
  bool gone = only_ones(formulas, &node) && node.type.shape.rank < from.type.shape.rank;
  double value;
  const Formula *read = formula_read(formulas, inner);
  if (formula_is_number(read, &value)) return formula_number(formulas, value, &node.type.shape);
  if (from.type.shape.rank == 0) return read; /* a number meets any shape */
  double before;
  const Formula *bare = formula_draw(formulas, read, &before);
  if (formulas->names[inner] || !gone)
    return formula_scaled(formulas, call_of(formulas, OP_RESHAPE, id, &bare, 1), before);
  if (from.op == OP_SLICE) return read_place(formulas, inner, id);
  if (shape_equal(&read->shape, &node.type.shape)) return read; /* a product with a vector */
  double times;
  const Formula *total = formula_draw(formulas, read, &times);
  if (total->form != FORM_TOTAL || shape_count(&total->shape) != shape_count(&node.type.shape))
    return formula_scaled(formulas, call_of(formulas, OP_RESHAPE, id, &total, 1), times);
  Formula draft = *total;
  draft.shape = node.type.shape;
  return formula_scaled(formulas, formula_intern(formulas, &draft), times);
}

/* All terms are below 0: -z, so that sigmoid(-z) is 1 - sigmoid(z). */
static bool negative(const Formula *formula) {
  for (int i = 0; i < formula->term_count; i++)
    if (formula->terms[i].times >= 0) return false;
  return formula->form == FORM_SUM && formula->term_count > 0;
}

static const Formula *one_minus(Formulas *formulas, const Formula *formula, double power) {
  Terms terms = {0};
  formula_add(&terms, (Term){1, 0, NULL});
  formula_add(&terms, formula_term(formulas, formula, -1, power));
  return formula_tidy(formulas, &terms, &formula->shape);
}

static const Formula *sigmoid_of(Formulas *formulas, NodeId id, const Formula *inner) {
  if (!negative(inner)) return call_of(formulas, OP_SIGMOID, id, &inner, 1);
  Terms terms = {0};
  formula_terms(formulas, inner, -1, &terms);
  const Formula *turned = formula_tidy(formulas, &terms, &inner->shape);
  return one_minus(formulas, call_of(formulas, OP_SIGMOID, id, &turned, 1), 1);
}

static const Formula *read_sum(Formulas *formulas, const Node *node) {
  Terms terms = {0};
  formula_terms(formulas, formula_read(formulas, node->inputs[0]), 1, &terms);
  formula_terms(formulas, formula_read(formulas, node->inputs[1]), node->op == OP_SUB ? -1 : 1,
                &terms);
  return formula_tidy(formulas, &terms, &node->type.shape);
}

static const Formula *read_power(Formulas *formulas, const Node *node, NodeId id) {
  const Formula *base = formula_read(formulas, node->inputs[0]);
  const Formula *exponent = formula_read(formulas, node->inputs[1]);
  double power;
  Terms terms = {0};
  if (formula_is_number(exponent, &power) && power != 0) {
    formula_add(&terms, formula_term(formulas, base, 1, power));
    return formula_sum(formulas, &terms, &node->type.shape);
  }
  return call_of(formulas, OP_POW, id, (const Formula *[]){base, exponent}, 2);
}

static const Formula *read_call(Formulas *formulas, NodeId id) {
  const Node node = *graph_node(formulas->graph, id);
  const Formula *args[3] = {0};
  int count = graph_value_inputs(&node);
  if (count > 3) {
    formulas->full = true;
    return formula_number(formulas, 0, &node.type.shape);
  }
  for (int i = 0; i < count; i++) args[i] = formula_read(formulas, node.inputs[i]);
  if (node.op == OP_EXP && args[0]->form == FORM_CALL && args[0]->op == OP_LOG_SOFTMAX) {
    Formula draft = *args[0];
    draft.op = OP_SOFTMAX;
    return formula_intern(formulas, &draft);
  }
  return call_of(formulas, node.op, id, args, count);
}

/* where(c, a, 0) is a where c is true. */
static const Formula *read_where(Formulas *formulas, const Node *node, NodeId id) {
  const Formula *condition = formula_read(formulas, node->inputs[0]);
  const Formula *taken = formula_read(formulas, node->inputs[1]);
  const Formula *other = formula_read(formulas, node->inputs[2]);
  double value;
  bool mask = formula_is_number(other, &value) && value == 0 && condition->form == FORM_CALL;
  if (!mask)
    return call_of(formulas, OP_WHERE, id, (const Formula *[]){condition, taken, other}, 3);
  return formula_product(formulas, taken, 1, condition, 1, &node->type.shape);
}

/* erfc(-x / sqrt(2)) / 2 + x exp(-x^2 / 2) / sqrt(2 pi). */
static const Formula *read_gelu_slope(Formulas *formulas, NodeId id, const Formula *x) {
  Terms square = {0}, terms = {0};
  const Formula *inside = formula_scaled(formulas, x, -0.7071067811865476),
                *below = call_of(formulas, OP_ERFC, id, &inside, 1);
  formula_add(&square, formula_term(formulas, x, -0.5, 2));
  const Formula *power = formula_sum(formulas, &square, &x->shape),
                *bell = call_of(formulas, OP_EXP, id, &power, 1);
  formula_terms(formulas, below, 0.5, &terms);
  formula_terms(formulas, formula_product(formulas, x, 1, bell, 1, &x->shape), 0.3989422804014327,
                &terms);
  return formula_tidy(formulas, &terms, &x->shape);
}

static const Formula *read_arithmetic(Formulas *formulas, NodeId id) {
  const Node node = *graph_node(formulas->graph, id);
  const Formula *a = node.input_count > 0 ? formula_read(formulas, node.inputs[0]) : NULL;
  Terms terms = {0};
  switch (node.op) {
    case OP_ADD:
    case OP_SUB: return read_sum(formulas, &node);
    case OP_NEG:
      formula_terms(formulas, a, -1, &terms);
      return formula_tidy(formulas, &terms, &a->shape);
    case OP_MUL:
    case OP_PORTION:
    case OP_CHAIN:
      return formula_product(formulas, a, 1, formula_read(formulas, node.inputs[1]), 1,
                             &node.type.shape);
    case OP_DIV:
    case OP_CHAIN_DIV:
      return formula_product(formulas, a, 1, formula_read(formulas, node.inputs[1]), -1,
                             &node.type.shape);
    case OP_SQUARE:
      formula_add(&terms, formula_term(formulas, a, 1, 2));
      return formula_sum(formulas, &terms, &node.type.shape);
    case OP_RSQRT:
      formula_add(&terms, formula_term(formulas, call_of(formulas, OP_SQRT, id, &a, 1), 1, -1));
      return formula_sum(formulas, &terms, &node.type.shape);
    case OP_POW: return read_power(formulas, &node, id);
    case OP_SIGMOID: return sigmoid_of(formulas, id, a);
    case OP_TANH_SLOPE: return one_minus(formulas, formula_read(formulas, node.inputs[1]), 2);
    case OP_SIGMOID_SLOPE: {
      const Formula *y = formula_read(formulas, node.inputs[1]);
      return formula_product(formulas, y, 1, one_minus(formulas, y, 1), 1, &node.type.shape);
    }
    case OP_GELU_SLOPE: return read_gelu_slope(formulas, id, a);
    case OP_WHERE: return read_where(formulas, &node, id);
    default: return NULL;
  }
}

static const Formula *read_moved(Formulas *formulas, NodeId id) {
  const Node node = *graph_node(formulas->graph, id);
  double value;
  switch (node.op) {
    case OP_CAST: {
      const Formula *hot = read_one_hot(formulas, id);
      return hot ? hot : formula_read(formulas, node.inputs[0]);
    }
    case OP_EXPAND:
      if (formula_is_number(formula_read(formulas, node.inputs[0]), &value))
        return formula_number(formulas, value, &node.type.shape);
      return NULL;
    case OP_RESHAPE: return read_reshape(formulas, id);
    case OP_SLICE: return read_place(formulas, id, id);
    case OP_MATMUL: return read_matmul(formulas, id);
    case OP_SUM: return read_total(formulas, id);
    default: return NULL;
  }
}

static const Formula *read(Formulas *formulas, NodeId id) {
  const Node node = *graph_node(formulas->graph, id);
  if (node.leaf == LEAF_CONST) {
    double value;
    memcpy(&value, &node.attrs[0], sizeof value);
    return formula_number(formulas, value, &node.type.shape);
  }
  const Tensor *constant = formulas->constants[id];
  double all;
  if (constant && node.type.dtype != DTYPE_BOOL && formula_same_elements(constant, &all))
    return formula_number(formulas, all, &node.type.shape);
  if (formulas->names[id] || node.leaf == LEAF_INPUT) {
    Formula draft = {.form = FORM_NAME, .shape = node.type.shape, .node = id};
    draft.name = formulas->names[id] ? formulas->names[id] : "…";
    return formula_intern(formulas, &draft);
  }
  if (passes(node.op)) return formula_read(formulas, behind(&node));
  const Formula *found = read_arithmetic(formulas, id);
  if (!found) found = read_moved(formulas, id);
  return found ? found : read_call(formulas, id);
}

/* Nodes come after their inputs, so all below are read in order first: nothing nests deeply. */
const Formula *formula_read(Formulas *formulas, NodeId node) {
  if (formulas->of[node]) return formulas->of[node];
  bool *needed = graph_reached(formulas->graph, node);
  for (NodeId id = 1; id <= node && !formulas->full; id++)
    if (needed[id] && !formulas->of[id]) formulas->of[id] = read(formulas, id);
  mem_free(needed);
  if (formulas->full && !formulas->of[node])
    formulas->of[node] = formula_number(formulas, 0,
                                        &graph_node(formulas->graph, node)->type.shape);
  return formulas->of[node];
}

/* ---- gradients by parts ---- */

static void part_at(const Node *whole, int64_t start, int64_t count, int64_t step, Text *text) {
  bool element = count == 1 && whole->type.shape.rank == 1;
  if (element) text_format(text, "[%lld]", (long long)start);
  else text_format(text, "[%lld:%lld", (long long)start, (long long)(start + count * step));
  if (!element && step != 1) text_format(text, ":%lld", (long long)step);
  if (!element) text_char(text, ']');
}

/* The places of a pad or a patch by {start, count, step} of each axis; false: it has none. */
static bool place_of(const Node *node, int part, const Shape *own, int64_t place[3 * RANK_MOST]) {
  int rank = node->type.shape.rank;
  if (node->op == OP_PATCH) {
    memcpy(place, node->attrs + rank + 3 * rank * part, (size_t)(3 * rank) * sizeof *place);
    return true;
  }
  for (int axis = 0; axis < rank; axis++) {
    if (node->attrs[2 * axis] < 0 || node->attrs[2 * axis + 1] < 0) return false;
    place[3 * axis] = node->attrs[2 * axis];
    place[3 * axis + 1] = own->dim[axis];
    place[3 * axis + 2] = 1;
  }
  return node->attrs[2 * rank] == 0;
}

/* Two runs of steps have a place in common: they are walked, as they are short. */
static bool runs_meet(const int64_t *a, const int64_t *b) {
  for (int64_t i = 0; i < a[1]; i++) {
    int64_t from = a[0] + i * a[2] - b[0];
    if (from % b[2] == 0 && from / b[2] >= 0 && from / b[2] < b[1]) return true;
  }
  return false;
}

static bool places_meet(const int64_t *a, const int64_t *b, int rank) {
  for (int axis = 0; axis < rank; axis++)
    if (!runs_meet(a + 3 * axis, b + 3 * axis)) return false;
  return true;
}

int formula_read_parts(Formulas *formulas, NodeId gradient, FormulaPart parts[FORMULA_PARTS],
                       bool *meet, bool *rest) {
  const Node node = *graph_node(formulas->graph, past(formulas, gradient));
  bool joined = node.op == OP_CONCAT && node.attrs[0] == 0;
  bool placed = node.op == OP_PATCH || (node.op == OP_PAD && node.type.shape.rank > 0);
  int64_t places[FORMULA_PARTS][3 * RANK_MOST], at = 0, covered = 0;
  *meet = *rest = false;
  if ((!joined && !placed) || node.input_count > FORMULA_PARTS) return 0;
  for (int i = 0; i < node.input_count; i++) {
    const Shape own = graph_node(formulas->graph, node.inputs[i])->type.shape;
    Text text = {0};
    if (joined) {
      part_at(&node, at, own.dim[0], 1, &text);
      at += own.dim[0];
    } else {
      Node slice = node;
      if (!place_of(&node, i, &own, places[i])) return 0;
      for (int k = 0; k < i; k++) *meet |= places_meet(places[i], places[k], node.type.shape.rank);
      slice.attrs = places[i];
      Shape seen = own;
      if (shape_count(&own) == 1) seen.rank = 0;
      place_text(&slice, &node.type.shape, &seen, &text);
    }
    covered += shape_count(&own);
    text_print(parts[i].place, sizeof parts[i].place, "%s", text.data);
    text_free(&text);
    parts[i].node = node.inputs[i];
    while (graph_node(formulas->graph, parts[i].node)->op == OP_RESHAPE)
      parts[i].node = graph_node(formulas->graph, parts[i].node)->inputs[0];
  }
  *rest = *meet || covered < shape_count(&node.type.shape);
  return node.input_count;
}

/* ---- the way back ---- */

static NodeId power_node(Maker *maker, NodeId base, double power) {
  if (power == 1) return base;
  return make2(maker, OP_POW, base, make_number(maker, power));
}

static NodeId sum_node(Formulas *formulas, Maker *maker, const Formula *formula) {
  NodeId sum = make_number(maker, 0);
  for (int i = 0; i < formula->term_count; i++) {
    const Term *term = &formula->terms[i];
    NodeId node = make_number(maker, term->times);
    for (int k = 0; k < term->count; k++)
      node = make2(maker, OP_MUL, node,
                   power_node(maker, formula_read_back(formulas, term->factors[k].base),
                              term->factors[k].power));
    sum = make_add(maker, sum, node);
  }
  return sum;
}

static NodeId row_node(Maker *maker, const char *name, const Arg *args, int count) {
  NodeId results[RESULTS_MOST];
  return ops_build(maker, ops_find(name), args, count, results) ? results[0] : 0;
}

/* A node in a shape that it was read from: numbers were read without one. */
static NodeId shaped_node(Maker *maker, NodeId node, const Shape *shape) {
  const Shape own = graph_node(maker->graph, node)->type.shape;
  if (shape_equal(&own, shape)) return node;
  return shape_count(&own) == shape_count(shape) ? make_reshape(maker, node, shape)
                                                 : make_expand(maker, node, shape);
}

static NodeId product_node(Formulas *formulas, Maker *maker, const Formula *formula) {
  Arg args[2] = {{.kind = ARG_NODE}, {.kind = ARG_NODE}};
  for (int i = 0; i < 2; i++) {
    args[i].node = formula_read_back(formulas, formula->args[i]);
    if (args[i].node) args[i].node = shaped_node(maker, args[i].node, &formula->args[i]->shape);
    if (formula->turned[i] && args[i].node) args[i].node = make_transpose(maker, args[i].node);
    if (!args[i].node) return 0;
  }
  return row_node(maker, formula->form == FORM_OUTER ? "outer" : "@", args, 2);
}

static NodeId total_node(Formulas *formulas, Maker *maker, const Formula *formula) {
  NodeId inner = formula_read_back(formulas, formula->args[0]);
  if (!inner) return 0;
  inner = make_expand(maker, inner, &formula->args[0]->shape);
  NodeId sum = make_sum(maker, inner, formula->axes, false);
  return sum ? make_reshape(maker, sum, &formula->shape) : 0;
}

static NodeId call_node(Formulas *formulas, Maker *maker, const Formula *formula) {
  NodeId inputs[3] = {0};
  for (int i = 0; i < formula->arg_count; i++)
    if (!(inputs[i] = formula_read_back(formulas, formula->args[i]))) return 0;
  if (op_class(formula->op) != CLASS_NONE) {
    if (formula->arg_count == 1) return make1(maker, formula->op, inputs[0]);
    if (formula->arg_count == 2) return make2(maker, formula->op, inputs[0], inputs[1]);
    return make3(maker, formula->op, inputs[0], inputs[1], inputs[2]);
  }
  const Node node = *graph_node(formulas->graph, formula->node);
  for (int i = 0; i < formula->arg_count; i++) { /* casts were passed through */
    const Type was = graph_node(formulas->graph, node.inputs[i])->type;
    inputs[i] = shaped_node(maker, make_cast(maker, inputs[i], was.dtype), &was.shape);
    if (!inputs[i]) return 0;
  }
  return graph_emit(formulas->graph, formula->op, inputs, formula->arg_count, node.attrs,
                    node.attr_count, maker->diag);
}

NodeId formula_read_back(Formulas *formulas, const Formula *formula) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = {formulas->graph, &diag};
  switch (formula->form) {
    case FORM_SUM: return sum_node(formulas, &maker, formula);
    case FORM_MATMUL:
    case FORM_OUTER: return product_node(formulas, &maker, formula);
    case FORM_TOTAL: return total_node(formulas, &maker, formula);
    case FORM_CALL: return call_node(formulas, &maker, formula);
    default: return formula->node;
  }
}
