/* arg.c — how builders read the arguments of a call. */
#include "runtime/graph/arg.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* 2^63: what 9223372036854775807, the greatest int64, reads as */
static const double WHOLE_MOST = 9223372036854775808.0;

Span arg_span(const Maker *maker, const Arg *arg) {
  return arg->span.file ? arg->span : maker->graph->span;
}

bool arg_fail(Maker *maker, const Arg *arg, const char *format, ...) {
  if (maker->diag->status) return false;
  va_list list;
  va_start(list, format);
  diag_fail_list(maker->diag, STATUS_FAILED, arg_span(maker, arg), format, list);
  va_end(list);
  return false;
}

NodeId arg_node(Maker *maker, const Arg *arg) {
  if (arg->kind == ARG_NODE) return arg->node;
  if (arg->kind == ARG_NUMBER) return make_number(maker, arg->number);
  if (arg->kind == ARG_BOOL) return graph_constant(maker->graph, arg->number, DTYPE_BOOL);
  arg_fail(maker, arg, "a tensor or a number is expected here");
  return 0;
}

NodeId arg_tensor(Maker *maker, const Arg *arg) {
  NodeId node = arg_node(maker, arg);
  return node && make_type(maker, node)->weak ? make_cast(maker, node, maker->graph->real) : node;
}

NodeId arg_real(Maker *maker, const Arg *arg) {
  NodeId node = arg_node(maker, arg);
  if (!node || dtype_floats(make_type(maker, node)->dtype)) return node;
  return make_cast(maker, node, maker->graph->real);
}

NodeId arg_wide(Maker *maker, const Arg *arg) {
  NodeId x = arg_node(maker, arg);
  return x && make_type(maker, x)->dtype == DTYPE_I32 ? make_cast(maker, x, DTYPE_F64)
                                                      : arg_real(maker, arg);
}

NodeId arg_of_floats(Maker *maker, const Arg *arg, NodeId result) {
  return result && make_type(maker, arg_node(maker, arg))->dtype == DTYPE_I32
             ? make_cast(maker, result, maker->graph->real)
             : result;
}

NodeId arg_setting(Maker *maker, const Arg *arg, double absent, Dtype dtype) {
  if (!arg_given(arg)) return make_number(maker, absent);
  NodeId node = arg_node(maker, arg);
  if (!node) return 0;
  const Type *type = make_type(maker, node);
  char shape[200];
  double known;
  if (type->shape.rank)
    arg_fail(maker, arg, "a number is expected here, this is a tensor of shape %s",
             shape_show(&type->shape, shape));
  else if (type->dtype == DTYPE_BOOL)
    arg_fail(maker, arg, "a number is expected here, this is a bool");
  else if (arg_constant(maker, arg, &known)) return make_number(maker, known);
  else return make_cast(maker, node, dtype);
  return 0;
}

bool arg_constant(const Maker *maker, const Arg *arg, double *value) {
  *value = arg->number;
  if (arg->kind != ARG_NODE || !arg->node) return arg->kind == ARG_NUMBER;
  const Node *node = graph_node(maker->graph, arg->node);
  if (node->leaf != LEAF_CONST) return false;
  memcpy(value, &node->attrs[0], sizeof *value);
  return true;
}

/* Is it a whole number from `least` to `most`?  Says what it found where it is not. */
static bool check_whole(Maker *maker, const Arg *arg, const char *what, double number,
                        int64_t least, int64_t most) {
  if (number == floor(number) && number >= (double)least && number <= (double)most &&
      fabs(number) <= WHOLE_MOST)
    return true;
  Text text = {0};
  text_number(&text, number);
  if (number > WHOLE_MOST) arg_fail(maker, arg, "%s of %s is too large", what, text.data);
  else if ((double)most >= WHOLE_MOST)
    arg_fail(maker, arg, "%s must be a whole number of at least %lld, not %s", what,
             (long long)least, text.data);
  else
    arg_fail(maker, arg, "%s must be a whole number from %lld to %lld, not %s", what,
             (long long)least, (long long)most, text.data);
  text_free(&text);
  return false;
}

/* A number that was checked, as an int64. */
static int64_t whole_of(double number) {
  return number >= WHOLE_MOST ? INT64_MAX : (int64_t)number;
}

bool arg_whole(Maker *maker, const Arg *arg, const char *what, int64_t least, int64_t most,
               int64_t absent, int64_t *result) {
  *result = absent;
  if (!arg_given(arg)) return true;
  double number = arg->number;
  if (arg->kind == ARG_NUMBERS) {
    if (arg->count != 1) return arg_fail(maker, arg, "%s is one number, not %d", what, arg->count);
    number = arg->numbers[0];
  }
  if (!check_whole(maker, arg, what, number, least, most)) return false;
  *result = whole_of(number);
  return true;
}

bool arg_pair(Maker *maker, const Arg *arg, const char *what, int64_t absent, int64_t result[2]) {
  result[0] = result[1] = absent;
  if (!arg_given(arg)) return true;
  const double *numbers = arg->kind == ARG_NUMBERS ? arg->numbers : &arg->number;
  int count = arg->kind == ARG_NUMBERS ? arg->count : 1;
  if (count < 1 || count > 2)
    return arg_fail(maker, arg, "%s is one number or two (height, width), not %d", what, count);
  for (int i = 0; i < 2; i++) {
    double number = numbers[i < count ? i : 0];
    if (!check_whole(maker, arg, what, number, absent, INT64_MAX)) return false;
    result[i] = whole_of(number);
  }
  return true;
}

/* Which of the numbers given is which end's: top, bottom, left, right. */
static bool padding_places(int axes, int count, int places[4]) {
  static const int one[4] = {0}, pair[4] = {0, 0, 1, 1}, all[4] = {0, 1, 2, 3},
                   row[4] = {0, 0, 0, 1};
  const int *from = count == 1                ? one
                    : axes == 1 && count == 2 ? row
                    : axes == 2 && count == 2 ? pair
                    : axes == 2 && count == 4 ? all
                                              : NULL;
  if (from) memcpy(places, from, 4 * sizeof places[0]);
  return from != NULL;
}

bool arg_padding(Maker *maker, const Arg *arg, int axes, Padding *result) {
  *result = (Padding){0};
  if (!arg_given(arg)) return true;
  if (arg->kind == ARG_TEXT) {
    result->same = strcmp(arg->text, "same") == 0;
    if (result->same || strcmp(arg->text, "valid") == 0) return true;
    return arg_fail(maker, arg, "the padding is a number, numbers, \"same\" or \"valid\"");
  }
  const double *numbers = arg->kind == ARG_NUMBERS ? arg->numbers : &arg->number;
  int places[4];
  if (!padding_places(axes, arg->kind == ARG_NUMBERS ? arg->count : 1, places))
    return arg_fail(maker, arg,
                    axes == 1
                        ? "the padding is one number, two (before, after), \"same\" or "
                          "\"valid\", not %d numbers"
                        : "the padding is one number, two (height, width), four (top, bottom, "
                          "left, right), \"same\" or \"valid\", not %d numbers",
                    arg->count);
  for (int end = axes == 1 ? 2 : 0; end < 4; end++) {
    const double number = numbers[places[end]];
    if (!check_whole(maker, arg, "the padding", number, 0, INT64_MAX)) return false;
    *(end % 2 ? &result->after[end / 2] : &result->before[end / 2]) = whole_of(number);
  }
  return true;
}

/* Works the size that was -1 out of the others. */
static bool solve_shape(Maker *maker, const Arg *arg, const Shape *from, Shape *shape,
                        int unknown) {
  int64_t rest = 1, have = shape_count(from);
  for (int axis = 0; axis < shape->rank; axis++) {
    if (axis != unknown && !size_mul(rest, shape->dim[axis], &rest))
      return arg_fail(maker, arg, "the shape has too many elements");
  }
  if (rest == 0) {
    arg_fail(maker, arg, "the size -1 cannot be computed beside a size of 0");
    return false;
  }
  if (have % rest) {
    char text[200];
    arg_fail(maker, arg,
             "%s cannot be reshaped to this: its %lld elements are not a multiple of %lld",
             shape_show(from, text), (long long)have, (long long)rest);
    return false;
  }
  shape->dim[unknown] = have / rest;
  return true;
}

bool arg_shape(Maker *maker, const Arg *arg, const Shape *from, Shape *result) {
  *result = (Shape){0};
  if (!arg_given(arg)) return true;
  const double *numbers = arg->kind == ARG_NUMBERS ? arg->numbers : &arg->number;
  int count = arg->kind == ARG_NUMBERS ? arg->count : 1, unknown = -1;
  if (count > RANK_MOST)
    return arg_fail(maker, arg, "a tensor has at most %d axes, not %d", RANK_MOST, count);
  result->rank = count;
  for (int axis = 0; axis < count; axis++) {
    if (from && numbers[axis] == -1) {
      if (unknown >= 0) return arg_fail(maker, arg, "only one size may be -1");
      unknown = axis;
    } else {
      if (!check_whole(maker, arg, "a size", numbers[axis], 0, INT64_MAX)) return false;
      result->dim[axis] = whole_of(numbers[axis]);
    }
  }
  return unknown < 0 || solve_shape(maker, arg, from, result, unknown);
}

static bool read_axis(Maker *maker, const Arg *arg, double number, int rank, int *result) {
  Text text = {0};
  text_number(&text, number);
  bool good = number == floor(number) && number >= -rank && number < rank;
  if (good) *result = (int)number + (number < 0 ? rank : 0);
  else if (number != floor(number))
    arg_fail(maker, arg, "an axis is a whole number, not %s", text.data);
  else if (rank == 0)
    arg_fail(maker, arg, "there is no axis %s: the operand has no axes", text.data);
  else if (arg_fail(maker, arg, "there is no axis %s", text.data), maker->diag->label[0] == 0) {
    diag_label(maker->diag,
               rank == 1 ? "the operand has 1 axis: 0"
                         : "the operand has %d axes: 0 to %d, or -%d to -1",
               rank, rank - 1, rank);
  }
  text_free(&text);
  return good;
}

bool arg_axis(Maker *maker, const Arg *arg, int rank, int absent, int *result) {
  if (!arg_given(arg)) return read_axis(maker, arg, absent, rank, result);
  if (arg->kind == ARG_NUMBERS && arg->count != 1)
    return arg_fail(maker, arg, "one axis is expected here, not %d", arg->count);
  return read_axis(maker, arg, arg->kind == ARG_NUMBERS ? arg->numbers[0] : arg->number, rank,
                   result);
}

bool arg_axes(Maker *maker, const Arg *arg, int rank, uint32_t *mask) {
  *mask = (1u << rank) - 1;
  if (!arg_given(arg)) return true;
  const double *numbers = arg->kind == ARG_NUMBERS ? arg->numbers : &arg->number;
  int count = arg->kind == ARG_NUMBERS ? arg->count : 1;
  *mask = 0;
  for (int i = 0; i < count; i++) {
    int axis;
    if (!read_axis(maker, arg, numbers[i], rank, &axis)) return false;
    if (*mask >> axis & 1) return arg_fail(maker, arg, "axis %d is given twice", axis);
    *mask |= 1u << axis;
  }
  return true;
}
