/* maker.c — shorthand that builders, gradient rules and the tracer write nodes with.
 *
 * Two things happen here and nowhere else.
 *
 * Promotion (LANGUAGE.md section 2).  An elementwise row works on operands of one dtype;
 * `promote` finds which, by the row's class, and casts.  A weak operand (a number of the
 * script) takes the dtype of the tensors beside it, as long as it says something in that
 * dtype: a fraction among whole tensors makes the result a float, a whole number does not.
 *
 * Small simplifications while emitting, each exact to the bit (`shortcut`): x * 1 is x, x + -y is x - y; + - * / and casts of
 * constants are constants; an EXPAND beside an operand of the full shape is dropped, since
 * elementwise kernels broadcast; moves of moves are one move; a transpose before a matrix
 * product is a flag of it.  They matter because gradients are full of them.  x ^ 2, x ^ 3, x ^ -1
 * and x ^ 0.5 *mean* x * x, x * x * x, 1 / x and sqrt(x) when the power is a number of the
 * script, with or without optimization.
 */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "runtime/graph/recall.h"
#include "runtime/opcodes.h"

static const Node *node_of(const Maker *maker, NodeId id) { return graph_node(maker->graph, id); }

/* ---- constants ---- */

/* Is it a constant, or one repeated?  Then its value. */
static bool constant_of(const Maker *maker, NodeId id, double *value) {
  const Node *node = node_of(maker, id);
  if (node->op == OP_EXPAND) node = node_of(maker, node->inputs[0]);
  if (node->op != OP_CONST) return false;
  memcpy(value, &node->attrs[0], sizeof *value);
  return true;
}

static bool is_constant(const Maker *maker, NodeId id, double wanted) {
  double value;
  return constant_of(maker, id, &value) && value == wanted && signbit(value) == signbit(wanted);
}

NodeId make_number(Maker *maker, double value) { return graph_number(maker->graph, value); }

NodeId make_zeros(Maker *maker, const Type *type) { return graph_full(maker->graph, 0, type->dtype, &type->shape, maker->diag); }

/* ---- casts ---- */

/* As kernel_cast does it for each element. */
static NodeId cast_constant(Maker *maker, double value, Dtype dtype) {
  if (dtype == DTYPE_BOOL) return graph_constant(maker->graph, value != 0, dtype);
  if (dtype_holds(dtype, value)) return graph_constant(maker->graph, dtype_floats(dtype) ? value : trunc(value) + 0.0 /* no negative zero */, dtype);
  if (!maker->diag->status) dtype_refuse(maker->diag, maker->graph->span, dtype, value);
  return 0;
}

NodeId make_cast(Maker *maker, NodeId a, Dtype dtype) {
  if (!a) return 0;
  const Node *node = node_of(maker, a);
  if (node->type.dtype == dtype && !node->type.weak) return a;
  double value;
  if (node->op == OP_CONST && constant_of(maker, a, &value)) return cast_constant(maker, value, dtype);
  if (node->op == OP_EXPAND) { /* cast the few, then repeat them */
    Shape shape = node->type.shape;
    return make_expand(maker, make_cast(maker, node->inputs[0], dtype), &shape);
  }
  const int64_t attr = dtype;
  return graph_emit(maker->graph, OP_CAST, &a, 1, &attr, 1, maker->diag);
}

/* ---- promotion ---- */

/* What the operands of an elementwise row are, taken together. */
typedef struct Mix {
  bool any_strong;  /* is there an operand that is not weak? */
  Dtype strong;     /* the promoted dtype of those */
  bool fraction;    /* a weak operand that is not a known whole number */
  bool fits_i32;    /* every weak operand is whole and fits */
  bool fits_u8;
} Mix;

static Mix mix_of(const Maker *maker, const NodeId *inputs, int count) {
  Mix mix = {.strong = DTYPE_BOOL, .fits_i32 = true, .fits_u8 = true};
  for (int i = 0; i < count; i++) {
    const Type *type = make_type(maker, inputs[i]);
    if (!type->weak) {
      mix.any_strong = true;
      mix.strong = dtype_promote(mix.strong, type->dtype);
      continue;
    }
    double value;
    bool whole = constant_of(maker, inputs[i], &value) && value == trunc(value) && isfinite(value);
    if (!whole) mix.fraction = true;
    if (!whole || !dtype_holds(DTYPE_I32, value)) mix.fits_i32 = false;
    if (!whole || !dtype_holds(DTYPE_U8, value)) mix.fits_u8 = false;
  }
  return mix;
}

static bool any_weak(const Maker *maker, const NodeId *inputs, int count) {
  for (int i = 0; i < count; i++) {
    if (make_type(maker, inputs[i])->weak) return true;
  }
  return false;
}

/* The one dtype for the operands of a row of that class, of which at least one is strong. */
static Dtype common_dtype(const Maker *maker, OpClass class, const Mix *mix, bool weak) {
  Dtype strong = mix->strong, real = maker->graph->real;
  if (class == CLASS_LOGIC) return DTYPE_BOOL;
  if (dtype_floats(strong)) return strong;
  switch (class) {
  case CLASS_REAL: return real;
  case CLASS_ARITH: return mix->fraction ? real : DTYPE_I32;
  case CLASS_COMPARE: /* exact: no i32 fits f32 in general */
    if (!weak) return strong;
    return mix->fits_i32 ? DTYPE_I32 : DTYPE_F64;
  default:
    if (!weak) return strong;
    if (mix->fraction) return real;
    return strong == DTYPE_U8 && mix->fits_u8 ? DTYPE_U8 : DTYPE_I32;
  }
}

/* The common cases, told without looking further: a float among the operands decides alone, whatever numbers stand beside it, and numbers
 * among themselves stay numbers.  False where it takes more than that; *dtype: the float, or DTYPE_COUNT for numbers alone. */
static bool is_plain(const Maker *maker, const NodeId *inputs, int count, Dtype *dtype) {
  Dtype strong = DTYPE_BOOL;
  bool any_strong = false;
  for (int i = 0; i < count; i++) {
    const Type *type = make_type(maker, inputs[i]);
    if (type->weak) continue;
    strong = dtype_promote(strong, type->dtype);
    any_strong = true;
  }
  *dtype = any_strong ? strong : DTYPE_COUNT;
  return !any_strong || dtype_floats(strong);
}

/* Rows that only ask which is greater: beside an f32 the number 1e300, which it cannot hold, is no mistake but more than all it can. */
static bool only_orders(Op op) { return op_class(op) == CLASS_COMPARE || op == OP_MINIMUM || op == OP_MAXIMUM || op == OP_CLAMP; }

static NodeId cast_operand(Maker *maker, Op op, NodeId a, Dtype dtype) {
  double value;
  bool beyond = a && dtype == DTYPE_F32 && only_orders(op) && constant_of(maker, a, &value) && !dtype_holds(dtype, value);
  return beyond ? graph_constant(maker->graph, copysign((double)INFINITY, value), dtype) : make_cast(maker, a, dtype);
}

static void cast_all(Maker *maker, Op op, NodeId *inputs, int count, Dtype dtype) {
  for (int i = 0; i < count; i++) {
    const Type *type = inputs[i] ? make_type(maker, inputs[i]) : NULL;
    if (!type || type->dtype != dtype || type->weak) inputs[i] = cast_operand(maker, op, inputs[i], dtype);
  }
}

/* Casts the operands of an elementwise row to what it works on. */
static bool promote(Maker *maker, Op op, NodeId *inputs, int count) {
  OpClass class = op_class(op);
  assert(class != CLASS_NONE);
  Dtype common;
  if (class != CLASS_LOGIC && class != CLASS_SELECT && is_plain(maker, inputs, count, &common)) {
    if (common != DTYPE_COUNT) cast_all(maker, op, inputs, count, common);
    return true;
  }
  if (class == CLASS_SELECT) {
    int rank = make_type(maker, inputs[0])->shape.rank;
    inputs[0] = make_cast(maker, inputs[0], DTYPE_BOOL);
    inputs++, count--;
    Mix mix = mix_of(maker, inputs, count);
    if (!mix.any_strong && rank == 0) return true;
    Dtype dtype = mix.any_strong ? common_dtype(maker, class, &mix, any_weak(maker, inputs, count)) : maker->graph->real;
    for (int i = 0; i < count; i++) inputs[i] = make_cast(maker, inputs[i], dtype);
    return true;
  }
  Mix mix = mix_of(maker, inputs, count);
  Dtype dtype = common_dtype(maker, class, &mix, any_weak(maker, inputs, count));
  for (int i = 0; i < count; i++) inputs[i] = cast_operand(maker, op, inputs[i], dtype);
  return true;
}

/* ---- what is known of a result before it is made ---- */

static bool same_shape(const Maker *maker, NodeId a, NodeId b) { return shape_equal(&make_type(maker, a)->shape, &make_type(maker, b)->shape); }

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
static bool signed_size(const Maker *maker, NodeId a, NodeId x) { return node_of(maker, a)->op == OP_SIGN && node_of(maker, a)->inputs[0] == x; }

/* Of c * x or x * c with a constant c, floats: x, and *factor is c.  Else 0. */
static NodeId scaled(const Maker *maker, NodeId a, NodeId *factor) {
  const Node *node = node_of(maker, a);
  if (node->op != OP_MUL || !dtype_floats(node->type.dtype)) return 0;
  int which = node_of(maker, node->inputs[0])->op == OP_CONST ? 0 : 1;
  *factor = node->inputs[which];
  return node_of(maker, *factor)->op == OP_CONST ? node->inputs[1 - which] : 0;
}

/* What does the same as op(a, b), of one operand op(a), to the last bit, with less; or 0.  A rule a line. */
static NodeId shortcut(Maker *maker, Op op, NodeId a, NodeId b) {
  NodeId x, factor;
  switch (op) {
  case OP_MUL:
    if ((x = size_of(maker, a)) && a == b) return make1(maker, OP_SQUARE, x);                           /* |x| |x| = x^2 */
    if (x && signed_size(maker, b, x)) return x;                                                        /* |x| sign(x) = x */
    if ((x = size_of(maker, b)) && signed_size(maker, a, x)) return x;
    if (is_constant(maker, b, 1) && keeps_type(maker, a, b)) return a;                                  /* x * 1 = x */
    if (is_constant(maker, a, 1) && keeps_type(maker, b, a)) return b;                                  /* 1 * x = x */
    if (is_constant(maker, b, -1) && keeps_type(maker, a, b)) return make1(maker, OP_NEG, a);           /* x * -1 = -x */
    if (is_constant(maker, a, -1) && keeps_type(maker, b, a)) return make1(maker, OP_NEG, b);           /* -1 * x = -x */
    return 0;
  case OP_NEG:
    if ((x = negated(maker, a))) return x;                                                              /* -(-x) = x */
    if ((x = scaled(maker, a, &factor))) return make2(maker, OP_MUL, make1(maker, OP_NEG, factor), x);  /* -(c x) = (-c) x */
    return 0;
  case OP_ADD:
    if ((x = negated(maker, b))) return make2(maker, OP_SUB, a, x);                                     /* x + -y = x - y */
    return 0;
  case OP_SUB:
    if (is_constant(maker, b, 0) && keeps_type(maker, a, b)) return a;                                  /* x - 0 = x, also of -0 */
    if ((x = negated(maker, b))) return make2(maker, OP_ADD, a, x);                                     /* x - -y = x + y */
    return 0;
  case OP_SQUARE:
    if ((x = negated(maker, a)) || (x = size_of(maker, a))) return make1(maker, OP_SQUARE, x);          /* (-x)^2 = |x|^2 = x^2 */
    return 0;
  case OP_MAXIMUM:
    if (negated(maker, a) == b || negated(maker, b) == a) return make1(maker, OP_ABS, a);               /* max(x, -x) = |x| */
    return 0;
  case OP_DIV:
  case OP_CHAIN:
  case OP_CHAIN_DIV: return is_constant(maker, b, 1) && keeps_type(maker, a, b) ? a : 0;                /* x / 1 = x */
  default: return 0;
  }
}

/* CHAIN is a product that a zero from above always wins, PORTION one in which a zero wins over an infinity; where neither side can be
 * that zero beside an infinity, they are the plain product.  (The sign of a zero may differ; a zero gradient has no use for one.) */
static Op plain_chain(const Maker *maker, Op op, NodeId a, NodeId b) {
  double value;
  if (op != OP_CHAIN && op != OP_CHAIN_DIV && op != OP_PORTION) return op;
  bool harmless = constant_of(maker, a, &value) && value != 0;
  if (!harmless && constant_of(maker, b, &value)) harmless = isfinite(value) && value != 0;
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

/* One operation in the dtype's own arithmetic.  These are rounded correctly everywhere, so they are what a kernel would give. */
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

/* Zero or of full precision: kernels flush what is smaller to zero, and what is not finite is for plan_blame to find. */
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
  if (!dtype_floats(type.dtype) || !constant_of(maker, a, &left) || !constant_of(maker, b, &right)) return 0;
  if (!arithmetic(op, left, right, type.dtype, &result)) return 0;
  bool lost = result == 0 && left != 0 && right != 0 && op != OP_ADD && op != OP_SUB;
  if (lost || !is_ordinary(left, type.dtype) || !is_ordinary(right, type.dtype) || !is_ordinary(result, type.dtype)) return 0;
  return weak ? make_number(maker, result) : graph_constant(maker->graph, result, type.dtype);
}

/* ---- elementwise ---- */

static NodeId work1(Maker *maker, Op op, NodeId a) {
  if (!promote(maker, op, &a, 1) || !a) return 0;
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

enum { WHOLE_POWER_MOST = 62 };

/* x ^ p of whole numbers, p too: products, which are whole, and an error where one does not fit. */
static NodeId whole_power(Maker *maker, NodeId x, int p) {
  NodeId result = 0;
  x = make_cast(maker, x, DTYPE_I32);
  for (NodeId square = x; p; p >>= 1) {
    if (p & 1) result = result ? make2(maker, OP_MUL, result, square) : square;
    if (p > 1) square = make1(maker, OP_SQUARE, square);
  }
  return result;
}

/* x ^ p for the powers that are plainer said otherwise; 0 for any other. */
static NodeId plain_power(Maker *maker, NodeId x, NodeId power) {
  double p;
  const Type *type = make_type(maker, power);
  if (!type->weak || !constant_of(maker, power, &p)) return 0;
  if (fmod(p, 2) == 0 && size_of(maker, x)) return make2(maker, OP_POW, size_of(maker, x), power); /* |x|^4 = x^4 */
  if (!make_type(maker, x)->weak && !dtype_floats(make_type(maker, x)->dtype) && p == floor(p) && p >= 1 && p <= WHOLE_POWER_MOST) return whole_power(maker, x, (int)p);
  if (p != 2 && p != 3 && p != 1 && p != -1 && p != 0.5) return 0;
  if (!dtype_floats(make_type(maker, x)->dtype)) x = make_cast(maker, x, maker->graph->real);
  if (p == 1) return x;
  if (p == 2) return make1(maker, OP_SQUARE, x);
  if (p == 3) return make2(maker, OP_MUL, make1(maker, OP_SQUARE, x), x);
  if (p == -1) return make2(maker, OP_DIV, make_number(maker, 1), x);
  return make1(maker, OP_SQRT, x);
}

static NodeId work2(Maker *maker, Op op, NodeId a, NodeId b) {
  if (op == OP_POW) {
    NodeId plain = plain_power(maker, a, b);
    if (plain || maker->diag->status) return plain;
  }
  NodeId inputs[2] = {a, b};
  if (!promote(maker, op, inputs, 2) || !inputs[0] || !inputs[1]) return 0;
  op = plain_chain(maker, op, inputs[0], inputs[1]);
  NodeId known = shortcut(maker, op, inputs[0], inputs[1]);
  if (!known) known = fold(maker, op, inputs[0], inputs[1]);
  if (known) return known;
  drop_expands(maker, inputs, 2);
  return graph_emit(maker->graph, op, inputs, 2, NULL, 0, maker->diag);
}

static NodeId work3(Maker *maker, Op op, NodeId a, NodeId b, NodeId c) {
  NodeId inputs[3] = {a, b, c};
  if (!promote(maker, op, inputs, 3) || !inputs[0] || !inputs[1] || !inputs[2]) return 0;
  drop_expands(maker, inputs, 3);
  return graph_emit(maker->graph, op, inputs, 3, NULL, 0, maker->diag);
}

/* Each is remembered as a whole, with the casts and constants that it leads to. */
static NodeId make(Maker *maker, Op op, NodeId a, NodeId b, NodeId c) {
  const NodeId args[3] = {a, b, c};
  NodeId known = recall_maker(maker->graph, op, args);
  if (known) return known;
  recall_begin(maker->graph);
  NodeId node = c ? work3(maker, op, a, b, c) : b ? work2(maker, op, a, b) : work1(maker, op, a);
  return recall_maker_done(maker->graph, op, args, node);
}

NodeId make1(Maker *maker, Op op, NodeId a) { return a ? make(maker, op, a, 0, 0) : 0; }
NodeId make2(Maker *maker, Op op, NodeId a, NodeId b) { return a && b ? make(maker, op, a, b, 0) : 0; }
NodeId make3(Maker *maker, Op op, NodeId a, NodeId b, NodeId c) { return a && b && c ? make(maker, op, a, b, c) : 0; }

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
  NodeId inputs[2] = {ok, x};
  int64_t words[REQUIRE_WORDS];
  if (!x || !ok || !promote(maker, OP_REQUIRE, inputs, 2) || !inputs[0] || !inputs[1]) return 0;
  if (make_type(maker, inputs[0])->shape.rank == 0 && is_constant(maker, inputs[0], 1)) return x;
  drop_expands(maker, inputs, 2);
  return graph_emit(maker->graph, OP_REQUIRE, inputs, 2, words, pack_text(text, words), maker->diag);
}

/* ---- moving ---- */

/* A node's own shape, said again, is the node: but never a weak one, which an explicit shape makes a tensor. */
static bool has_shape(const Maker *maker, NodeId a, const Shape *shape) { return shape_equal(&make_type(maker, a)->shape, shape); }

/* Where all elements are one number, said in whatever shape: that number. */
static NodeId scalar_below(const Maker *maker, NodeId a) {
  const Node *node = node_of(maker, a);
  if (node->op != OP_EXPAND && node->op != OP_RESHAPE) return a;
  return make_type(maker, node->inputs[0])->shape.rank == 0 ? node->inputs[0] : a;
}

NodeId make_expand(Maker *maker, NodeId a, const Shape *shape) {
  if (!a) return 0;
  if (has_shape(maker, a, shape)) return a;
  Shape to = *shape; /* the caller's may lie in the nodes, which move */
  if (make_type(maker, a)->weak) a = make_cast(maker, a, maker->graph->real);
  a = scalar_below(maker, a);
  return graph_emit(maker->graph, OP_EXPAND, &a, 1, to.dim, to.rank, maker->diag);
}

NodeId make_reshape(Maker *maker, NodeId a, const Shape *shape) {
  if (!a) return 0;
  if (has_shape(maker, a, shape)) return a;
  Shape to = *shape;
  if (make_type(maker, a)->weak) a = make_cast(maker, a, maker->graph->real);
  if (node_of(maker, a)->op == OP_EXPAND && scalar_below(maker, a) != a) return make_expand(maker, scalar_below(maker, a), &to);
  if (node_of(maker, a)->op == OP_RESHAPE) {
    a = node_of(maker, a)->inputs[0];
    if (has_shape(maker, a, &to)) return a;
  }
  return graph_emit(maker->graph, OP_RESHAPE, &a, 1, to.dim, to.rank, maker->diag);
}

NodeId make_with_rank(Maker *maker, NodeId a, int rank) {
  Shape shape = make_type(maker, a)->shape, longer = {.rank = rank};
  if (shape.rank == 0 || shape.rank == rank) return a;
  for (int axis = 0; axis < rank; axis++) {
    int own = axis - (rank - shape.rank);
    longer.dim[axis] = own < 0 ? 1 : shape.dim[own];
  }
  return make_reshape(maker, a, &longer);
}

NodeId make_permute(Maker *maker, NodeId a, const int *order) {
  if (!a) return 0;
  const Node *node = node_of(maker, a);
  int rank = node->type.shape.rank;
  int64_t attrs[RANK_MOST];
  bool same = true;
  for (int axis = 0; axis < rank; axis++) attrs[axis] = order[axis];
  if (node->op == OP_PERMUTE) {
    for (int axis = 0; axis < rank; axis++) attrs[axis] = node->attrs[order[axis]];
    a = node->inputs[0];
  }
  for (int axis = 0; axis < rank; axis++) same = same && attrs[axis] == axis;
  return same ? a : graph_emit(maker->graph, OP_PERMUTE, &a, 1, attrs, rank, maker->diag);
}

NodeId make_transpose(Maker *maker, NodeId a) {
  if (!a) return 0;
  int rank = make_type(maker, a)->shape.rank, order[RANK_MOST];
  if (rank < 2) {
    char shape[200];
    if (maker->diag->status) return 0;
    diag_fail(maker->diag, STATUS_FAILED, maker->graph->span, "`'` swaps the last two axes; %s has %s", shape_show(&make_type(maker, a)->shape, shape),
              rank ? "one" : "none");
    diag_help(maker->diag, "`x[:, none]` makes a vector a column, `x[none, :]` a row");
    return 0;
  }
  for (int axis = 0; axis < rank; axis++) order[axis] = axis;
  order[rank - 1] = rank - 2;
  order[rank - 2] = rank - 1;
  return make_permute(maker, a, order);
}

NodeId make_slice(Maker *maker, NodeId a, const int64_t *start_count_step) {
  if (!a) return 0;
  const Shape *shape = &make_type(maker, a)->shape;
  bool whole = true;
  for (int axis = 0; axis < shape->rank; axis++) {
    const int64_t *run = start_count_step + 3 * axis;
    whole = whole && run[0] == 0 && run[1] == shape->dim[axis] && run[2] == 1;
  }
  return whole ? a : graph_emit(maker->graph, OP_SLICE, &a, 1, start_count_step, 3 * shape->rank, maker->diag);
}

NodeId make_index(Maker *maker, NodeId a, int64_t lo, int64_t hi) {
  if (!a) return 0;
  const Type *type = make_type(maker, a);
  bool any = lo <= INT32_MIN && hi > INT32_MAX;
  if (type->dtype < DTYPE_I32) a = make_cast(maker, a, DTYPE_I32);
  if (!a || (any && !dtype_floats(make_type(maker, a)->dtype))) return a;
  const int64_t attrs[2] = {lo, hi};
  return graph_emit(maker->graph, OP_WHOLE, &a, 1, attrs, 2, maker->diag);
}

/* ---- reducing and products ---- */

NodeId make_sum(Maker *maker, NodeId a, uint32_t axes, bool keep) {
  if (!a) return 0;
  const Type *type = make_type(maker, a);
  uint32_t all = (1u << type->shape.rank) - 1;
  if (type->dtype < DTYPE_I32) a = make_cast(maker, a, DTYPE_I32);
  if (!(axes & all)) return a;
  const int64_t attrs[2] = {axes & all, keep};
  return graph_emit(maker->graph, OP_SUM, &a, 1, attrs, 2, maker->diag);
}

NodeId make_norm(Maker *maker, NodeId a) {
  if (!a) return 0;
  int rank = make_type(maker, a)->shape.rank;
  if (rank == 0) return make1(maker, OP_ABS, a);
  const int64_t attrs[2] = {(1u << rank) - 1, false};
  return graph_emit(maker->graph, OP_NORM2, &a, 1, attrs, 2, maker->diag);
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

/* [.., m, k] @ [k, n] is one product of all the rows: faster, and its gradient in the weights needs no sum over a stack. */
static NodeId fold_rows(Maker *maker, NodeId inputs[2], bool a_transposed, bool b_transposed) {
  Shape a = make_type(maker, inputs[0])->shape, b = make_type(maker, inputs[1])->shape;
  bool fits = a.rank > 2 && b.rank == 2 && !a_transposed && a.dim[a.rank - 1] == b.dim[b_transposed ? 1 : 0];
  Shape flat = {.rank = 2, .dim = {1, fits ? a.dim[a.rank - 1] : 0}};
  for (int axis = 0; fits && axis < a.rank - 1; axis++) fits = size_mul(flat.dim[0], a.dim[axis], &flat.dim[0]);
  if (!fits) return matmul(maker, inputs, a_transposed, b_transposed);
  inputs[0] = make_reshape(maker, inputs[0], &flat);
  a.dim[a.rank - 1] = b.dim[b_transposed ? 0 : 1];
  return make_reshape(maker, matmul(maker, inputs, false, b_transposed), &a);
}

NodeId make_matmul(Maker *maker, NodeId a, NodeId b, bool a_transposed, bool b_transposed) {
  if (!a || !b) return 0;
  NodeId inputs[2] = {a, b};
  Dtype dtype;
  if (!is_plain(maker, inputs, 2, &dtype) || dtype == DTYPE_COUNT) dtype = maker->graph->real;
  for (int i = 0; i < 2; i++) inputs[i] = make_cast(maker, inputs[i], dtype);
  if (!inputs[0] || !inputs[1]) return 0;
  inputs[0] = untransposed(maker, inputs[0], &a_transposed);
  inputs[1] = untransposed(maker, inputs[1], &b_transposed);
  return fold_rows(maker, inputs, a_transposed, b_transposed);
}

NodeId make_add(Maker *maker, NodeId a, NodeId b) { return make2(maker, OP_ADD, a, b); }
NodeId make_where(Maker *maker, NodeId condition, NodeId a, NodeId b) { return make3(maker, OP_WHERE, condition, a, b); }
