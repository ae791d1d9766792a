/* infer.c — what the rules of inference share: their messages, and broadcasting.
 *
 * Broadcasting, LANGUAGE.md section 3.  Axes are compared from the last; sizes must be
 * equal or 1.  Where ranks differ, the result must have the shape that the operands of
 * the highest rank have together, so that an operand of lower rank can repeat itself but never
 * stretch its partner: [N] - [N, 1] would silently be [N, N].  Rank 0 goes with everything.
 */
#include "runtime/graph/infer.h"

#include <ctype.h>
#include <stdio.h>

/* ---- messages ---- */

bool infer_fail(const Infer *rule, const char *format, ...) {
  va_list list;
  va_start(list, format);
  diag_fail_list(rule->diag, STATUS_FAILED, rule->graph->span, format, list);
  va_end(list);
  return false;
}

/* "[2, 3] @ [4, 5]" or "concat([2, 3], [4, 5])" */
static void call_text(const Infer *rule, Text *text) {
  const char *name = op_name(rule->op);
  bool infix = !isalpha((unsigned char)name[0]) && rule->input_count == 2;
  if (!infix) text_format(text, "%s(", name);
  for (int i = 0; i < rule->input_count && i < 4; i++) {
    if (i && infix) text_format(text, " %s ", name);
    if (i && !infix) text_string(text, ", ");
    shape_text(infer_shape(rule, i), text);
  }
  if (rule->input_count > 4) text_string(text, ", …");
  if (!infix) text_char(text, ')');
}

bool infer_misfit(const Infer *rule, const char *format, ...) {
  char why[200];
  va_list list;
  va_start(list, format);
  text_print_list(why, sizeof why, format, list);
  va_end(list);
  Text call = {0};
  call_text(rule, &call);
  diag_fail(rule->diag, STATUS_FAILED, rule->graph->span, "shapes do not fit in `%s`",
            op_name(rule->op));
  diag_label(rule->diag, "%s: %s", call.data, why);
  text_free(&call);
  return false;
}

/* ---- broadcasting ---- */

/* The size of `shape` along an axis counted from the last, 1 beyond its rank. */
static int64_t size_from_end(const Shape *shape, int back) {
  return back < shape->rank ? shape->dim[shape->rank - 1 - back] : 1;
}

/* How to say what was meant: `low` has fewer axes than `high`. */
static void advise(const Infer *rule, const Shape *low, const Shape *high) {
  ShapeText a, b;
  shape_show(low, a);
  shape_show(high, b);
  int64_t n = low->rank == 1 ? low->dim[0] : -1;
  if (n >= 0 && high->rank == 2 && high->dim[0] == n && high->dim[1] == 1) {
    diag_help(rule->diag,
              "element by element, index the %s with `[:, none]`, or the %s with `[:, 0]`; for all "
              "pairs, the %s with `[none, :]`",
              a, b, a);
  } else if (n >= 0 && high->rank == 2 && high->dim[0] == n) {
    diag_help(
        rule->diag,
        "index the %s with `[:, none]` to use it as a column, one value for each row of the %s", a,
        b);
  } else {
    diag_help(rule->diag,
              "give the %s as many axes as the %s, inserting them with none, as in `[:, none]`", a,
              b);
  }
}

static bool broadcast_sizes(const Infer *rule, Shape *shape) {
  for (int back = 0; back < shape->rank; back++) {
    int64_t size = 1;
    for (int i = 0; i < rule->input_count; i++) {
      int64_t other = size_from_end(infer_shape(rule, i), back);
      if (other == size || other == 1) continue;
      if (size == 1) {
        size = other;
        continue;
      }
      infer_misfit(rule, "%lld and %lld differ", (long long)size, (long long)other);
      if (rule->input_count == 2) {
        const Shape *a = infer_shape(rule, 0), *b = infer_shape(rule, 1);
        if (a->rank < b->rank) advise(rule, a, b);
        if (b->rank < a->rank) advise(rule, b, a);
      }
      return false;
    }
    shape->dim[shape->rank - 1 - back] = size;
  }
  return true;
}

/* The restraint: no axis may come out longer than the operands of the highest rank make it. */
static bool check_restraint(const Infer *rule, const Shape *shape) {
  for (int axis = 0; axis < shape->rank; axis++) {
    const Shape *high = NULL;
    int64_t size = 1;
    for (int i = 0; i < rule->input_count; i++) {
      const Shape *one = infer_shape(rule, i);
      if (one->rank != shape->rank) continue;
      high = one;
      if (one->dim[axis] != 1) size = one->dim[axis];
    }
    if (size == shape->dim[axis]) continue;
    ShapeText text;
    infer_misfit(rule, "the result would be %s", shape_show(shape, text));
    for (int i = 0; i < rule->input_count; i++) {
      const Shape *low = infer_shape(rule, i);
      if (low->rank < shape->rank && size_from_end(low, shape->rank - 1 - axis) != 1)
        advise(rule, low, high);
    }
    return false;
  }
  return true;
}

bool infer_broadcast(const Infer *rule, Shape *shape) {
  *shape = (Shape){0};
  bool mixed = false;
  for (int i = 0; i < rule->input_count; i++) {
    int rank = infer_shape(rule, i)->rank;
    if (i && rank != shape->rank) mixed = true;
    if (rank > shape->rank) shape->rank = rank;
  }
  return broadcast_sizes(rule, shape) && (!mixed || check_restraint(rule, shape));
}
