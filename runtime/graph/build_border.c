/* build_border.c — `pad`: a tensor with a border, of one value or of its own elements.
 *
 * A border of one value is a PAD.  The other modes take along each axis the elements that an index
 * names: it counts the places of the result and is folded back onto those of the operand, so any
 * width is allowed, even one larger than the operand.  The gradient adds up where an element was
 * taken more than once.
 */
#include <string.h>

#include "runtime/graph/build.h"

extern const Op OP_ABS, OP_CLAMP, OP_MAXIMUM, OP_MOD, OP_MUL, OP_PAD, OP_SUB, OP_WHERE;

Builder build_pad;

static Shape shape_at(const Maker *maker, NodeId id) { return make_type(maker, id)->shape; }

/* One amount for both ends of every axis, or two for each axis in turn. */
static bool read_amounts(Maker *maker, const Arg *arg, int axes, int64_t *amounts) {
  if (arg->kind == ARG_TEXT) return arg_fail(maker, arg, "an amount of padding is a number");
  const double *numbers = arg->kind == ARG_NUMBERS ? arg->numbers : &arg->number;
  int count = arg->kind == ARG_NUMBERS ? arg->count : arg_given(arg) ? 1 : 0;
  if (count != 1 && count != 2 * axes) {
    if (axes == 1)
      return arg_fail(maker, arg, "`pad` needs 1 amount, or 2: before and after, not %d", count);
    arg_fail(maker, arg,
             "`pad` needs 1 amount, or before and after for each of the %d axes, not %d", axes,
             count);
    diag_help(maker->diag, "`axis:` names the one axis to pad");
    return false;
  }
  for (int i = 0; i < 2 * axes; i++) {
    Arg one = {.kind = ARG_NUMBER, .span = arg->span, .number = numbers[count == 1 ? 0 : i]};
    if (!arg_whole(maker, &one, "an amount of padding", 0, INT64_MAX, 0, &amounts[i])) return false;
  }
  return true;
}

static NodeId pad(Maker *maker, NodeId x, const int64_t *amounts, double value) {
  int rank = shape_at(maker, x).rank;
  int64_t attrs[2 * RANK_MOST + 1], any = 0;
  for (int i = 0; i < 2 * rank; i++) any |= attrs[i] = amounts[i];
  memcpy(&attrs[2 * rank], &value, sizeof value);
  return any ? graph_emit(maker->graph, OP_PAD, &x, 1, attrs, 2 * rank + 1, maker->diag) : x;
}

/* A PAD has only constants: of another value it says where the border is. */
static NodeId pad_by(Maker *maker, NodeId x, const int64_t *amounts, const Arg *value) {
  const Type type = *make_type(maker, x);
  double known = 0;
  NodeId border = arg_setting(maker, value, 0, type.dtype);
  if (!border) return 0;
  if (!arg_given(value) || arg_constant(maker, value, &known)) return pad(maker, x, amounts, known);
  NodeId inside = graph_full(maker->graph, 1, DTYPE_BOOL, &type.shape, maker->diag);
  if (!inside) return 0;
  return make3(maker, OP_WHERE, pad(maker, inside, amounts, 0), pad(maker, x, amounts, 0), border);
}

/* A border other than 0 of a whole tensor: the value must be of its dtype too. */
static NodeId widened(Maker *maker, NodeId x, const Arg *value) {
  if (!arg_given(value) || dtype_floats(make_type(maker, x)->dtype)) return x;
  /* only its dtype is wanted: what x and the number promote to */
  NodeId sum = make2(maker, OP_MAXIMUM, x, arg_node(maker, value));
  return sum ? make_cast(maker, x, make_type(maker, sum)->dtype) : 0;
}

/* ---- borders of the tensor's own elements ---- */

typedef enum Mode { CONSTANT, REFLECT, EDGE, WRAP } Mode;

static bool read_mode(Maker *maker, const Arg *arg, Mode *mode) {
  static const char *const NAMES[] = {"constant", "reflect", "edge", "wrap"};
  *mode = CONSTANT;
  if (!arg_given(arg)) return true;
  for (int i = 0; i < COUNT_OF(NAMES); i++) {
    *mode = (Mode)i;
    if (strcmp(arg->text, NAMES[i]) == 0) return true;
  }
  return arg_fail(maker, arg,
                  "`mode:` of `pad` is \"constant\", \"reflect\", \"edge\" or \"wrap\", not "
                  "\"%.40s\"",
                  arg->text);
}

/* Where on an axis of `size` the places from -before on are taken from. */
static NodeId folded(Maker *maker, int64_t size, int64_t before, int64_t count, Mode mode) {
  NodeId at = make2(maker, OP_SUB, make_iota(maker, count, DTYPE_I32),
                    make_number(maker, (double)before));
  NodeId last = make_number(maker, (double)(size - 1));
  if (mode == EDGE) return make3(maker, OP_CLAMP, at, make_number(maker, 0), last);
  if (mode == WRAP) return make2(maker, OP_MOD, at, make_number(maker, (double)size));
  if (size == 1) return make2(maker, OP_MUL, at, make_number(maker, 0));
  /* there and back again is one period; beyond the last element the way back counts down from it */
  NodeId turn = make2(maker, OP_MOD, at, make_number(maker, (double)(2 * size - 2)));
  return make2(maker, OP_SUB, last, make1(maker, OP_ABS, make2(maker, OP_SUB, last, turn)));
}

static NodeId own_border(Maker *maker, const Arg *arg, NodeId x, const int64_t *amounts,
                         Mode mode) {
  int rank = shape_at(maker, x).rank;
  for (int axis = 0; axis < rank && x; axis++) {
    int64_t size = shape_at(maker, x).dim[axis], before = amounts[2 * axis],
            after = amounts[2 * axis + 1], count;
    if (!before && !after) continue;
    if (size == 0) return arg_fail(maker, arg, "axis %d has no elements to pad from", axis);
    if (!size_add(size, before, &count) || !size_add(count, after, &count) || count > INT32_MAX)
      return arg_fail(maker, arg, "axis %d of the result of `pad` would be too long", axis);
    x = make_gather(maker, x, folded(maker, size, before, count, mode), axis);
  }
  return x;
}

/* ---- the name ---- */

int build_pad(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  NodeId x = arg_tensor(maker, &args[0]);
  Mode mode;
  if (!x || !read_mode(maker, &args[4], &mode) || !(x = widened(maker, x, &args[2]))) return 0;
  int rank = shape_at(maker, x).rank, axis = 0;
  int64_t amounts[2 * RANK_MOST] = {0};
  if (rank == 0) return arg_fail(maker, &args[0], "`pad` needs at least one axis");
  if (mode != CONSTANT && arg_given(&args[2]))
    return arg_fail(maker, &args[2], "`value:` is only for `mode: \"constant\"`");
  if (arg_given(&args[3])) {
    if (!arg_axis(maker, &args[3], rank, 0, &axis) ||
        !read_amounts(maker, &args[1], 1, &amounts[2 * axis]))
      return 0;
  } else if (!read_amounts(maker, &args[1], rank, amounts)) {
    return 0;
  }
  if (mode != CONSTANT) return build_one(own_border(maker, &args[1], x, amounts, mode), results);
  return build_one(pad_by(maker, x, amounts, &args[2]), results);
}
