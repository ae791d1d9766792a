/* derivatives.c — the column `grads` of the elementwise rows, made into functions.
 *
 * A formula of ops.def is a C expression in dy, y, a, b, c, whose words are the makers below: one
 * for each row that a formula uses.  (A new row used in a formula needs its line here; the compiler
 * says so.)  A share that is not needed is not made.
 */
#include <math.h>

#include "runtime/graph/derivatives.h"
#include "runtime/graph/gradient_live.h"
#include "runtime/opcodes.h"

#define ADD(p, q) make2(maker, OP_ADD, p, q)
#define SUB(p, q) make2(maker, OP_SUB, p, q)
#define MUL(p, q) make2(maker, OP_MUL, p, q)
#define DIV(p, q) make2(maker, OP_DIV, p, q)
#define POW(p, q) make2(maker, OP_POW, p, q)
#define CHAIN(p, q) live_chain(derive->reverse, OP_CHAIN, p, q)
#define CHAIN_DIV(p, q) live_chain(derive->reverse, OP_CHAIN_DIV, p, q)
#define PRODUCT(p, q) live_product(derive->reverse, p, q)
#define KINK(share, d, from_above) \
  (derive->reverse->again ? live_kink(derive->reverse, share, d, from_above) : (share))
#define ONE_LESS(b, a) one_less(derive->reverse, b, a)
#define ONE_LESS_SQUARE(a) one_less_square(derive->reverse, a)
#define POLYGAMMA(p, q) make2(maker, OP_POLYGAMMA, p, q)
#define HYPOT(p, q) make2(maker, OP_HYPOT, p, q)
#define TANH_SLOPE(p, q) make2(maker, OP_TANH_SLOPE, p, q)
#define SIGMOID_SLOPE(p, q) make2(maker, OP_SIGMOID_SLOPE, p, q)
#define GELU_SLOPE(p) make1(maker, OP_GELU_SLOPE, p)
#define EQ(p, q) make2(maker, OP_EQ, p, q)
#define LT(p, q) make2(maker, OP_LT, p, q)
#define LE(p, q) make2(maker, OP_LE, p, q)
#define GT(p, q) make2(maker, OP_GT, p, q)
#define GE(p, q) make2(maker, OP_GE, p, q)
#define AND(p, q) make2(maker, OP_AND, p, q)
#define OR(p, q) make2(maker, OP_OR, p, q)
#define WHERE(p, q, r) make3(maker, OP_WHERE, p, q, r)
#define NEG(p) make1(maker, OP_NEG, p)
#define ABS(p) make1(maker, OP_ABS, p)
#define SIGN(p) make1(maker, OP_SIGN, p)
#define SQUARE(p) make1(maker, OP_SQUARE, p)
#define RSQRT(p) make1(maker, OP_RSQRT, p)
#define EXP(p) make1(maker, OP_EXP, p)
#define EXPM1(p) make1(maker, OP_EXPM1, p)
#define LOG(p) make1(maker, OP_LOG, p)
#define SIN(p) make1(maker, OP_SIN, p)
#define COS(p) make1(maker, OP_COS, p)
#define SINH(p) make1(maker, OP_SINH, p)
#define COSH(p) make1(maker, OP_COSH, p)
#define TANH(p) make1(maker, OP_TANH, p)
#define ERFC(p) make1(maker, OP_ERFC, p)
#define DIGAMMA(p) make1(maker, OP_DIGAMMA, p)
#define FLOOR(p) make1(maker, OP_FLOOR, p)
#define SIGMOID(p) make1(maker, OP_SIGMOID, p)
#define SOFTPLUS(p) make1(maker, OP_SOFTPLUS, p)
#define NUM(value) make_number(maker, value)
#define ZERO 0

/* What a formula sees, and where its shares go. */
typedef struct Derive {
  Reverse *reverse;
  Maker *maker;
  NodeId y, dy, a, b, c;
  bool wants[3]; /* which shares are asked for */
  NodeId share[3];
} Derive;

/* The exponent b - 1 of b a^(b - 1), a finite one where b is 0: so that the derivative is 0 at a =
 * 0 too.  If it will be differentiated by b, only there. */
static NodeId one_less(Reverse *reverse, NodeId b, NodeId a) {
  Maker *maker = &reverse->maker;
  NodeId less = SUB(b, NUM(1));
  return WHERE(EQ(b, NUM(0)), reverse->again ? WHERE(EQ(a, NUM(0)), NUM(1), less) : NUM(1), less);
}

/* 1 - a^2, which keeps its digits near 1 as a product.  Near 0 the derivative of that would be a
 * difference of two numbers near 1: if it will be differentiated, it is 1 - a^2 there. */
static NodeId one_less_square(Reverse *reverse, NodeId a) {
  Maker *maker = &reverse->maker;
  NodeId one = NUM(1), product = MUL(SUB(one, a), ADD(one, a));
  return reverse->again ? WHERE(LT(ABS(a), NUM(0.5)), SUB(one, SQUARE(a)), product) : product;
}

#define D1(first) derive->share[0] = first
#define D2(first, second)                         \
  if (derive->wants[0]) derive->share[0] = first; \
  if (derive->wants[1]) derive->share[1] = second
#define D3(first, second, third)                   \
  if (derive->wants[0]) derive->share[0] = first;  \
  if (derive->wants[1]) derive->share[1] = second; \
  if (derive->wants[2]) derive->share[2] = third
#define NO (void)derive

#define MAP(ID, signature, kinds, arity, class, value, whole, grads, ...)                     \
  static void derive_##ID(Derive *derive) {                                                   \
    Maker *maker = derive->maker;                                                             \
    const NodeId y = derive->y, dy = derive->dy, a = derive->a, b = derive->b, c = derive->c; \
    (void)maker, (void)y, (void)dy, (void)a, (void)b, (void)c;                                \
    grads;                                                                                    \
  }
#define OP(...)
#define FORM(...)
#include "runtime/ops.def"
#undef MAP

/* Formulas of three arguments compare two of them without the third: all are given the rank of the
 * result. */
void derivatives_give(Reverse *reverse, NodeId id, NodeId dy) {
  const Node *node = graph_node(reverse->maker.graph, id); /* until something is emitted */
  const NodeId *inputs = node->inputs;
  int count = node->input_count, rank = node->type.shape.rank;
  Op op = node->op;
  bool square = op == OP_SQUARE || (op == OP_MUL && inputs[0] == inputs[1]);
  if (reverse->again && square && live_square(reverse, inputs[0], dy)) return;
  Derive derive = {.reverse = reverse, .maker = &reverse->maker, .y = id, .dy = dy};
  NodeId *const named[3] = {&derive.a, &derive.b, &derive.c};
  for (int i = 0; i < count; i++) {
    *named[i] = count < 3 ? inputs[i] : make_with_rank(&reverse->maker, inputs[i], rank);
    derive.wants[i] = reverse_wants(reverse, inputs[i]);
  }
  switch (op) {
#define MAP(ID, ...)      \
  case OP_##ID:           \
    derive_##ID(&derive); \
    break;
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
    default: break;
  }
  for (int i = 0; i < count; i++) reverse_accumulate(reverse, inputs[i], derive.share[i]);
}
