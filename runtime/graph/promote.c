/* promote.c — the dtype on which an elementwise row works (LANGUAGE.md section 2).
 *
 * An elementwise row works on operands of one dtype.  promote_operands finds it by the row's class,
 * and casts.  A weak operand (a number of the script) takes the dtype of the tensors beside it, as
 * long as its value means something in that dtype: a fraction among whole tensors makes the result
 * a float, a whole number does not.
 */
#include "runtime/graph/promote.h"
#include "runtime/graph/maker.h"

#include <assert.h>
#include <math.h>

/* What the operands of an elementwise row are, taken together. */
typedef struct Mix {
  bool any_strong; /* is there an operand that is not weak? */
  Dtype strong;    /* the promoted dtype of those */
  bool fraction;   /* a weak operand that is not a known whole number */
  bool fits_i32;   /* every weak operand is whole and fits */
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
    bool whole = maker_constant(maker, inputs[i], &value) && value == trunc(value) &&
                 isfinite(value);
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

bool promote_plain(const Maker *maker, const NodeId *inputs, int count, Dtype *dtype) {
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

/* Beside an f32 in a row that only compares, the number 1e300 is no mistake: it is greater than all
 * an f32 can hold. */
static NodeId cast_operand(Maker *maker, Op op, NodeId a, Dtype dtype) {
  double value;
  bool beyond = a && dtype == DTYPE_F32 && op_compares(op) && maker_constant(maker, a, &value) &&
                !dtype_holds(dtype, value);
  return beyond ? graph_constant(maker->graph, copysign((double)INFINITY, value), dtype)
                : make_cast(maker, a, dtype);
}

static void cast_all(Maker *maker, Op op, NodeId *inputs, int count, Dtype dtype) {
  for (int i = 0; i < count; i++) {
    const Type *type = inputs[i] ? make_type(maker, inputs[i]) : NULL;
    if (!type || type->dtype != dtype || type->weak)
      inputs[i] = cast_operand(maker, op, inputs[i], dtype);
  }
}

Dtype promote_joined(const Maker *maker, const NodeId *inputs, int count) {
  const Mix mix = mix_of(maker, inputs, count);
  return mix.any_strong ? common_dtype(maker, CLASS_SELECT, &mix, any_weak(maker, inputs, count))
                        : maker->graph->real;
}

bool promote_operands(Maker *maker, Op op, NodeId *inputs, int count) {
  OpClass class = op_class(op);
  assert(class != CLASS_NONE);
  Dtype common;
  if (class != CLASS_LOGIC && class != CLASS_SELECT &&
      promote_plain(maker, inputs, count, &common)) {
    if (common != DTYPE_COUNT) cast_all(maker, op, inputs, count, common);
    return true;
  }
  if (class == CLASS_SELECT) {
    int rank = make_type(maker, inputs[0])->shape.rank;
    inputs[0] = make_cast(maker, inputs[0], DTYPE_BOOL);
    inputs++, count--;
    if (!mix_of(maker, inputs, count).any_strong && rank == 0) return true;
    const Dtype dtype = promote_joined(maker, inputs, count);
    for (int i = 0; i < count; i++) inputs[i] = make_cast(maker, inputs[i], dtype);
    return true;
  }
  Mix mix = mix_of(maker, inputs, count);
  Dtype dtype = common_dtype(maker, class, &mix, any_weak(maker, inputs, count));
  for (int i = 0; i < count; i++) inputs[i] = cast_operand(maker, op, inputs[i], dtype);
  return true;
}
