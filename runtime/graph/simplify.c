/* simplify.c — makers of elementwise rows and matrix products, which simplify while they emit.
 *
 * Each simplification is exact to the bit (`shortcut`): x * 1 is x, x + -y is x - y; + - * / of
 * constants are constants; an EXPAND beside an operand of the full shape is dropped, since
 * elementwise kernels broadcast; a transpose before a matrix product is a flag of it; rows that are
 * taken of a shorter table are multiplied in the table.  They matter because gradients are full of
 * them.  x ^ 2, x ^ 3, x ^ -1 and x ^ 0.5 *mean* x * x, x * x * x, 1
 * / x and sqrt(x) when the power is a number of the script, with or without optimization.
 */
#include "runtime/graph/simplify.h"
#include "runtime/graph/promote.h"
#include "runtime/graph/recall.h"
#include "runtime/opcodes.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const Node *node_of(const Maker *maker, NodeId id) { return graph_node(maker->graph, id); }

static bool is_constant(const Maker *maker, NodeId id, double wanted) {
  double value;
  return maker_constant(maker, id, &value) && value == wanted && signbit(value) == signbit(wanted);
}

/* ---- what is known of a result before it is made ---- */

static bool same_shape(const Maker *maker, NodeId a, NodeId b) {
  return shape_equal(&make_type(maker, a)->shape, &make_type(maker, b)->shape);
}

/* Would an elementwise node of a and b be a tensor of just the type of a? */
static bool keeps_type(const Maker *maker, NodeId a, NodeId b) {
  const Type *x = make_type(maker, a), *other = make_type(maker, b);
  if (x->weak && !other->weak) return false;
  return other->shape.rank == 0 || same_shape(maker, a, b);
}

/* Of a float -x: x.  Else 0. */
static NodeId negated(const Maker *maker, NodeId a) {
  const Node *node = node_of(maker, a);
  return node->op == OP_NEG && dtype_floats(node->type.dtype) ? node->inputs[0] : 0;
}

/* Of a float |x|: x.  Else 0. */
static NodeId size_of(const Maker *maker, NodeId a) {
  const Node *node = node_of(maker, a);
  return node->op == OP_ABS && dtype_floats(node->type.dtype) ? node->inputs[0] : 0;
}

/* Is it sign(x)? */
static bool signed_size(const Maker *maker, NodeId a, NodeId x) {
  return node_of(maker, a)->op == OP_SIGN && node_of(maker, a)->inputs[0] == x;
}

/* Of c * x or x * c with a constant c, floats: x, and *factor is c.  Else 0. */
static NodeId scaled(const Maker *maker, NodeId a, NodeId *factor) {
  const Node *node = node_of(maker, a);
  if (node->op != OP_MUL || !dtype_floats(node->type.dtype)) return 0;
  int which = node_of(maker, node->inputs[0])->op == OP_CONST ? 0 : 1;
  *factor = node->inputs[which];
  return node_of(maker, *factor)->op == OP_CONST ? node->inputs[1 - which] : 0;
}

/* What does the same as op(a, b), of one operand op(a), to the last bit, with less; or 0.  A rule a
 * line. */
static NodeId shortcut(Maker *maker, Op op, NodeId a, NodeId b) {
  NodeId x, factor;
  switch (op) {
    case OP_MUL:
      /* |x| |x| = x^2 */
      if ((x = size_of(maker, a)) && a == b) return make1(maker, OP_SQUARE, x);
      /* |x| sign(x) = x */
      if (x && signed_size(maker, b, x)) return x;
      if ((x = size_of(maker, b)) && signed_size(maker, a, x)) return x;
      /* x * 1 = x */
      if (is_constant(maker, b, 1) && keeps_type(maker, a, b)) return a;
      /* 1 * x = x */
      if (is_constant(maker, a, 1) && keeps_type(maker, b, a)) return b;
      /* x * -1 = -x */
      if (is_constant(maker, b, -1) && keeps_type(maker, a, b)) return make1(maker, OP_NEG, a);
      /* -1 * x = -x */
      if (is_constant(maker, a, -1) && keeps_type(maker, b, a)) return make1(maker, OP_NEG, b);
      return 0;
    case OP_NEG:
      /* -(-x) = x */
      if ((x = negated(maker, a))) return x;
      /* -(c x) = (-c) x */
      if ((x = scaled(maker, a, &factor)))
        return make2(maker, OP_MUL, make1(maker, OP_NEG, factor), x);
      return 0;
    case OP_ADD:
      /* x + -y = x - y */
      if ((x = negated(maker, b))) return make2(maker, OP_SUB, a, x);
      return 0;
    case OP_SUB:
      /* x - 0 = x, also of -0 */
      if (is_constant(maker, b, 0) && keeps_type(maker, a, b)) return a;
      /* x - -y = x + y */
      if ((x = negated(maker, b))) return make2(maker, OP_ADD, a, x);
      return 0;
    case OP_SQUARE:
      /* (-x)^2 = |x|^2 = x^2 */
      if ((x = negated(maker, a)) || (x = size_of(maker, a))) return make1(maker, OP_SQUARE, x);
      return 0;
    case OP_MAXIMUM:
      /* max(x, -x) = |x| */
      if (negated(maker, a) == b || negated(maker, b) == a) return make1(maker, OP_ABS, a);
      return 0;
    case OP_DIV:
    case OP_CHAIN:
    /* x / 1 = x */
    case OP_CHAIN_DIV: return is_constant(maker, b, 1) && keeps_type(maker, a, b) ? a : 0;
    default: return 0;
  }
}

/* CHAIN is a product that a zero from above always wins, PORTION one in which a zero wins over an
 * infinity; where neither side can be that zero beside an infinity, they are the plain product.
 * (The sign of a zero may differ; a zero gradient has no use for one.) */
static Op plain_chain(const Maker *maker, Op op, NodeId a, NodeId b) {
  double value;
  if (op != OP_CHAIN && op != OP_CHAIN_DIV && op != OP_PORTION) return op;
  bool harmless = maker_constant(maker, a, &value) && value != 0;
  if (!harmless && maker_constant(maker, b, &value)) harmless = isfinite(value) && value != 0;
  if (!harmless) return op;
  return op == OP_CHAIN_DIV ? OP_DIV : OP_MUL;
}

/* Does elementwise work of both have the shape of `other`, because no axis of `shape` is longer? */
static bool goes_into(const Shape *shape, const Shape *other) {
  int lead = other->rank - shape->rank;
  for (int axis = 0; lead >= 0 && axis < shape->rank; axis++) {
    if (shape->dim[axis] != 1 && shape->dim[axis] != other->dim[axis + lead]) return false;
  }
  return lead >= 0;
}

/* Drops an EXPAND where another operand alone makes the shape. */
static void drop_expands(Maker *maker, NodeId *inputs, int count) {
  for (int i = 0; i < count; i++) {
    const Node *node = node_of(maker, inputs[i]);
    if (node->op != OP_EXPAND) continue;
    for (int j = 0; j < count; j++) {
      if (j != i && goes_into(&node->type.shape, &make_type(maker, inputs[j])->shape)) {
        inputs[i] = node->inputs[0];
        break;
      }
    }
  }
}

/* ---- arithmetic of constants ---- */

/* One operation in the dtype's own arithmetic.  These are rounded correctly everywhere, so they are
 * what a kernel would give. */
static bool arithmetic(Op op, double a, double b, Dtype dtype, double *result) {
  bool single = dtype == DTYPE_F32;
  switch (op) {
    case OP_ADD: *result = single ? (double)((float)a + (float)b) : a + b; return true;
    case OP_SUB: *result = single ? (double)((float)a - (float)b) : a - b; return true;
    case OP_MUL: *result = single ? (double)((float)a * (float)b) : a * b; return true;
    case OP_DIV: *result = single ? (double)((float)a / (float)b) : a / b; return true;
    case OP_NEG: *result = -a; return true;
    default: return false;
  }
}

/* Zero or of full precision: kernels flush what is smaller to zero, and what is not finite is for
 * plan_blame to find. */
static bool is_ordinary(double value, Dtype dtype) {
  double least = dtype == DTYPE_F32 ? (double)FLT_MIN : DBL_MIN;
  return isfinite(value) && (value == 0 || fabs(value) >= least);
}

/* op(a, b) of two constants as a constant, or 0.  Of one: b is a. */
static NodeId fold(Maker *maker, Op op, NodeId a, NodeId b) {
  if (node_of(maker, a)->op != OP_CONST || node_of(maker, b)->op != OP_CONST) return 0;
  const Type type = *make_type(maker, a);
  double left, right, result;
  bool weak = type.weak && make_type(maker, b)->weak;
  if (!dtype_floats(type.dtype) || !maker_constant(maker, a, &left) ||
      !maker_constant(maker, b, &right))
    return 0;
  if (!arithmetic(op, left, right, type.dtype, &result)) return 0;
  bool lost = result == 0 && left != 0 && right != 0 && op != OP_ADD && op != OP_SUB;
  if (lost || !is_ordinary(left, type.dtype) || !is_ordinary(right, type.dtype) ||
      !is_ordinary(result, type.dtype))
    return 0;
  return weak ? make_number(maker, result) : graph_constant(maker->graph, result, type.dtype);
}

/* ---- elementwise ---- */

static NodeId work1(Maker *maker, Op op, NodeId a) {
  if (!promote_operands(maker, op, &a, 1) || !a) return 0;
  const Node *node = node_of(maker, a);
  if (node->op == OP_EXPAND) {
    Shape shape = node->type.shape;
    return make_expand(maker, make1(maker, op, node->inputs[0]), &shape);
  }
  NodeId known = fold(maker, op, a, a);
  if (!known) known = shortcut(maker, op, a, a);
  if (known) return known;
  return graph_emit(maker->graph, op, &a, 1, NULL, 0, maker->diag);
}

/* Is x ^ power whole?  It is where the tensor x is, and the power a tensor of a whole dtype or a
 * whole number that is not negative. */
static bool whole_power(const Maker *maker, NodeId x, NodeId power) {
  const Type *type = make_type(maker, x), *of_power = make_type(maker, power);
  double p;
  if (type->weak || dtype_floats(type->dtype)) return false;
  if (!of_power->weak) return !dtype_floats(of_power->dtype);
  return maker_constant(maker, power, &p) && p >= 0 && p == floor(p);
}

/* Whole tensors whose power is none are taken as floats. */
static NodeId power_operand(Maker *maker, NodeId a) {
  const Type *type = make_type(maker, a);
  return type->weak || dtype_floats(type->dtype) ? a : make_cast(maker, a, maker->graph->real);
}

/* x ^ p for the powers that are plainer said otherwise; 0 for any other. */
static NodeId plain_power(Maker *maker, NodeId x, NodeId power) {
  double p;
  const Type *type = make_type(maker, power);
  if (!type->weak || !maker_constant(maker, power, &p)) return 0;
  /* |x|^4 = x^4 */
  if (fmod(p, 2) == 0 && size_of(maker, x)) return make2(maker, OP_POW, size_of(maker, x), power);
  if (p != 2 && p != 3 && p != 1 && p != -1 && p != 0.5) return 0;
  if (whole_power(maker, x, power)) x = make_cast(maker, x, DTYPE_I32);
  else if (!dtype_floats(make_type(maker, x)->dtype)) x = make_cast(maker, x, maker->graph->real);
  if (p == 1) return x;
  if (p == 2) return make1(maker, OP_SQUARE, x);
  if (p == 3) return make2(maker, OP_MUL, make1(maker, OP_SQUARE, x), x);
  if (p == -1) return make2(maker, OP_DIV, make_number(maker, 1), x);
  return make1(maker, OP_SQRT, x);
}

/* ---- rows of a table ---- */

/* Of x that is rows of a table, taken by an index at least twice as long as the table, and moved
 * along leading axes alone: that index, moved alike, and the table.  Else 0. */
static NodeId table_index(Maker *maker, NodeId x, NodeId *table) {
  const Node node = *node_of(maker, x);
  const Shape of = node.input_count > 0 ? make_type(maker, node.inputs[0])->shape : (Shape){0};
  const int last = node.type.shape.rank - 1;
  if (last < 0 || of.rank == 0) return 0;
  if (node.op == OP_GATHER) {
    *table = node.inputs[0];
    const int64_t count = shape_count(&make_type(maker, node.inputs[1])->shape);
    return of.rank == 2 && node.attrs[0] == 0 && of.dim[0] <= count / 2 ? node.inputs[1] : 0;
  }
  if (of.dim[of.rank - 1] != node.type.shape.dim[last] || of.dim[of.rank - 1] == 0) return 0;
  if (node.op == OP_RESHAPE) {
    Shape lead = node.type.shape;
    lead.rank = last;
    return make_reshape(maker, table_index(maker, node.inputs[0], table), &lead);
  }
  if (node.op != OP_PERMUTE || node.attrs[last] != last) return 0;
  int order[RANK_MOST];
  for (int axis = 0; axis < last; axis++) order[axis] = (int)node.attrs[axis];
  return make_permute(maker, table_index(maker, node.inputs[0], table), order);
}

/* table[index] W + b: of each row of the table once. */
static NodeId add_in_table(Maker *maker, NodeId a, NodeId b) {
  NodeId table;
  const Type *type = make_type(maker, b);
  const Node *node = node_of(maker, a);
  if (node->op != OP_GATHER || node_of(maker, node->inputs[0])->op != OP_MATMUL ||
      type->shape.rank != 1 ||
      type->shape.dim[0] != node->type.shape.dim[node->type.shape.rank - 1])
    return 0;
  NodeId index = table_index(maker, a, &table);
  return index ? make_gather(maker, make_add(maker, table, b), index, 0) : 0;
}

static NodeId work2(Maker *maker, Op op, NodeId a, NodeId b) {
  if (op == OP_POW) {
    NodeId plain = plain_power(maker, a, b);
    if (plain || maker->diag->status) return plain;
  }
  NodeId inputs[2] = {a, b};
  if (op == OP_POW && !whole_power(maker, a, b)) {
    inputs[0] = power_operand(maker, a);
    inputs[1] = power_operand(maker, b);
    if (!inputs[0] || !inputs[1]) return 0;
  }
  if (!promote_operands(maker, op, inputs, 2) || !inputs[0] || !inputs[1]) return 0;
  op = plain_chain(maker, op, inputs[0], inputs[1]);
  NodeId known = shortcut(maker, op, inputs[0], inputs[1]);
  if (!known) known = fold(maker, op, inputs[0], inputs[1]);
  if (!known && op == OP_ADD) known = add_in_table(maker, inputs[0], inputs[1]);
  if (known) return known;
  drop_expands(maker, inputs, 2);
  return graph_emit(maker->graph, op, inputs, 2, NULL, 0, maker->diag);
}

static NodeId work3(Maker *maker, Op op, NodeId a, NodeId b, NodeId c) {
  NodeId inputs[3] = {a, b, c};
  if (!promote_operands(maker, op, inputs, 3) || !inputs[0] || !inputs[1] || !inputs[2]) return 0;
  drop_expands(maker, inputs, 3);
  return graph_emit(maker->graph, op, inputs, 3, NULL, 0, maker->diag);
}

/* Has it an operand of bf16 (`widest` is the widest float among those whose dtype counts)? */
static bool has_bf16(const Maker *maker, Op op, const NodeId *args, int count, Dtype *widest) {
  bool any = false;
  *widest = DTYPE_BOOL;
  for (int i = 0; i < count; i++) {
    const Type *type = make_type(maker, args[i]);
    if (type->weak) continue;
    any |= type->dtype == DTYPE_BF16;
    if (op == OP_WHERE && i == 0) continue;
    *widest = dtype_promote(*widest, type->dtype);
  }
  return any;
}

NodeId make_wide(Maker *maker, NodeId a) {
  return a ? make_cast(maker, a, dtype_wide(make_type(maker, a)->dtype)) : 0;
}

NodeId make_narrow(Maker *maker, NodeId a, bool narrow) {
  return a && narrow && make_type(maker, a)->dtype == DTYPE_F32 ? make_cast(maker, a, DTYPE_BF16)
                                                                : a;
}

static NodeId make(Maker *maker, Op op, NodeId a, NodeId b, NodeId c);

/* bf16 is computed as f32, and what is of bf16 alone rounded once. */
static NodeId make_of_bf16(Maker *maker, Op op, NodeId *args, int count, Dtype widest) {
  for (int i = 0; i < count; i++)
    if (!make_type(maker, args[i])->weak) args[i] = make_wide(maker, args[i]);
  if (!args[0] || (count > 1 && !args[1]) || (count > 2 && !args[2])) return 0;
  return make_narrow(maker, make(maker, op, args[0], args[1], args[2]), widest == DTYPE_BF16);
}

/* Each is remembered as a whole, with the casts and constants that it leads to. */
static NodeId make(Maker *maker, Op op, NodeId a, NodeId b, NodeId c) {
  const NodeId args[3] = {a, b, c};
  NodeId known = recall_maker(maker->graph, op, args), node;
  if (known) return known;
  recall_begin(maker->graph);
  NodeId wide[3] = {a, b, c};
  const int count = c ? 3 : b ? 2 : 1;
  Dtype widest;
  if (has_bf16(maker, op, wide, count, &widest))
    node = make_of_bf16(maker, op, wide, count, widest);
  else node = c ? work3(maker, op, a, b, c) : b ? work2(maker, op, a, b) : work1(maker, op, a);
  return recall_maker_done(maker->graph, op, args, node);
}

NodeId make1(Maker *maker, Op op, NodeId a) { return a ? make(maker, op, a, 0, 0) : 0; }
NodeId make2(Maker *maker, Op op, NodeId a, NodeId b) {
  return a && b ? make(maker, op, a, b, 0) : 0;
}
NodeId make3(Maker *maker, Op op, NodeId a, NodeId b, NodeId c) {
  return a && b && c ? make(maker, op, a, b, c) : 0;
}

enum { REQUIRE_WORDS = 40 }; /* attributes that hold the text */

/* As much of a text as has room, cut where a character begins. */
static int pack_text(const char *text, int64_t words[REQUIRE_WORDS]) {
  size_t length = strlen(text), most = REQUIRE_WORDS * sizeof *words - 1;
  if (length > most) length = most;
  while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
  memset(words, 0, REQUIRE_WORDS * sizeof *words);
  memcpy(words, text, length);
  return (int)(length / sizeof *words) + 1;
}

NodeId make_require(Maker *maker, NodeId x, NodeId ok, const char *text) {
  if (x && make_type(maker, x)->dtype == DTYPE_BF16)
    return make_narrow(maker, make_require(maker, make_wide(maker, x), ok, text), true);
  NodeId inputs[2] = {ok, x};
  int64_t words[REQUIRE_WORDS];
  if (!x || !ok || !promote_operands(maker, OP_REQUIRE, inputs, 2) || !inputs[0] || !inputs[1])
    return 0;
  if (make_type(maker, inputs[0])->shape.rank == 0 && is_constant(maker, inputs[0], 1)) return x;
  drop_expands(maker, inputs, 2);
  return graph_emit(maker->graph, OP_REQUIRE, inputs, 2, words, pack_text(text, words),
                    maker->diag);
}

NodeId make_add(Maker *maker, NodeId a, NodeId b) { return make2(maker, OP_ADD, a, b); }
NodeId make_where(Maker *maker, NodeId condition, NodeId a, NodeId b) {
  return make3(maker, OP_WHERE, condition, a, b);
}

/* ---- norms and products ---- */

NodeId make_norm(Maker *maker, NodeId a) {
  if (!a) return 0;
  int rank = make_type(maker, a)->shape.rank;
  if (rank == 0) return make1(maker, OP_ABS, a);
  const int64_t attrs[2] = {(1u << rank) - 1, false};
  return graph_emit(maker->graph, OP_NORM2, &a, 1, attrs, 2, maker->diag);
}

NodeId make_moved(Maker *maker, NodeId x, int axis, int64_t by, double before) {
  if (!x) return 0;
  Shape shape = make_type(maker, x)->shape;
  int64_t attrs[2 * RANK_MOST + 1] = {0};
  int64_t far = by > 0 ? by : -by;
  NodeId run = make_run(maker, x, axis, by > 0 ? 0 : far, shape.dim[axis] - far, 1);
  attrs[2 * axis + (by < 0)] = far;
  memcpy(&attrs[2 * shape.rank], &before, sizeof before);
  return run ? graph_emit(maker->graph, OP_PAD, &run, 1, attrs, 2 * shape.rank + 1, maker->diag)
             : 0;
}

NodeId make_running_products(Maker *maker, NodeId x, int axis) {
  Shape shape = x ? make_type(maker, x)->shape : (Shape){0};
  if (!x || shape.dim[axis] < 2) return x;
  int64_t padding[2 * RANK_MOST + 1] = {0};
  const double nothing = -0.0; /* behind the first: -0 + y is y, of y = -0 too */
  memcpy(&padding[2 * shape.rank], &nothing, sizeof nothing);
  padding[2 * axis + 1] = shape.dim[axis] - 1;
  NodeId first = make_run(maker, x, axis, 0, 1, 1),
         inputs[2] = {x, first ? graph_emit(maker->graph, OP_PAD, &first, 1, padding,
                                            2 * shape.rank + 1, maker->diag)
                               : 0};
  const int64_t attrs[3] = {axis, false, false};
  return inputs[1] ? graph_emit(maker->graph, OP_RECUR, inputs, 2, attrs, 3, maker->diag) : 0;
}

/* Takes a swap of the last two axes out of an operand. */
static NodeId untransposed(const Maker *maker, NodeId a, bool *transposed) {
  const Node *node = node_of(maker, a);
  int rank = node->type.shape.rank;
  if (node->op != OP_PERMUTE || node->attrs[rank - 1] != rank - 2) return a;
  for (int axis = 0; axis < rank - 2; axis++) {
    if (node->attrs[axis] != axis) return a;
  }
  *transposed = !*transposed;
  return node->inputs[0];
}

static NodeId matmul(Maker *maker, const NodeId inputs[2], bool a_transposed, bool b_transposed) {
  const int64_t attrs[2] = {a_transposed, b_transposed};
  return graph_emit(maker->graph, OP_MATMUL, inputs, 2, attrs, 2, maker->diag);
}

enum { TERMS_MOST = 256, COLUMNS_LEAST = 256 };

/* table[index] W = (table W)[index], whose rows are multiplied once.  Of a long sum a few columns
 * are taken in another order (product.c), and left as they are. */
static NodeId multiplied_table(Maker *maker, const NodeId inputs[2], bool b_transposed) {
  NodeId parts[2] = {0, inputs[1]};
  const Shape *b = &make_type(maker, inputs[1])->shape;
  if (b->dim[b_transposed ? 1 : 0] > TERMS_MOST && b->dim[b_transposed ? 0 : 1] < COLUMNS_LEAST)
    return 0;
  NodeId index = table_index(maker, inputs[0], &parts[0]);
  return index ? make_gather(maker, matmul(maker, parts, false, b_transposed), index, 0) : 0;
}

/* [.., m, k] @ [k, n] is one product of all the rows: faster, and its gradient in the weights needs
 * no sum over a stack. */
static NodeId fold_rows(Maker *maker, NodeId inputs[2], bool a_transposed, bool b_transposed) {
  Shape a = make_type(maker, inputs[0])->shape, b = make_type(maker, inputs[1])->shape;
  bool fits = a.rank > 1 && b.rank == 2 && !a_transposed &&
              a.dim[a.rank - 1] == b.dim[b_transposed ? 1 : 0];
  NodeId known = fits ? multiplied_table(maker, inputs, b_transposed) : 0;
  if (known) return known;
  fits = fits && a.rank > 2;
  Shape flat = {.rank = 2, .dim = {1, fits ? a.dim[a.rank - 1] : 0}};
  for (int axis = 0; fits && axis < a.rank - 1; axis++)
    fits = size_mul(flat.dim[0], a.dim[axis], &flat.dim[0]);
  if (!fits) return matmul(maker, inputs, a_transposed, b_transposed);
  inputs[0] = make_reshape(maker, inputs[0], &flat);
  a.dim[a.rank - 1] = b.dim[b_transposed ? 0 : 1];
  return make_reshape(maker, matmul(maker, inputs, false, b_transposed), &a);
}

NodeId make_matmul(Maker *maker, NodeId a, NodeId b, bool a_transposed, bool b_transposed) {
  if (!a || !b) return 0;
  NodeId inputs[2] = {a, b};
  Dtype dtype;
  if (has_bf16(maker, OP_MATMUL, inputs, 2, &dtype))
    return make_narrow(
        maker,
        make_matmul(maker, make_wide(maker, a), make_wide(maker, b), a_transposed, b_transposed),
        dtype == DTYPE_BF16);
  if (!promote_plain(maker, inputs, 2, &dtype) || dtype == DTYPE_COUNT) dtype = maker->graph->real;
  for (int i = 0; i < 2; i++) inputs[i] = make_cast(maker, inputs[i], dtype);
  if (!inputs[0] || !inputs[1]) return 0;
  inputs[0] = untransposed(maker, inputs[0], &a_transposed);
  inputs[1] = untransposed(maker, inputs[1], &b_transposed);
  return fold_rows(maker, inputs, a_transposed, b_transposed);
}
