/* arg.h — inside this room: how a builder reads the arguments of a call.
 *
 * Each arg_… reads one argument.  When it cannot, it fills the maker's Diag at that argument's
 * place and gives false (or no node).
 */
#ifndef GD_RUNTIME_GRAPH_ARG_H
#define GD_RUNTIME_GRAPH_ARG_H

#include "runtime/graph/ops.h"

/* Where to point for an argument: its own place, or the whole expression. */
Span arg_span(const Maker *maker, const Arg *arg);
/* Fails at an argument. */
bool arg_fail(Maker *maker, const Arg *arg, const char *format, ...) PRINTF_LIKE(3, 4);

static inline bool arg_given(const Arg *arg) {
  return arg->kind != ARG_ABSENT && arg->kind != ARG_NONE;
}
static inline bool arg_bool(const Arg *arg, bool absent) {
  return arg_given(arg) ? arg->number != 0 : absent;
}
static inline double arg_number(const Arg *arg, double absent) {
  return arg_given(arg) ? arg->number : absent;
}

/* A number of the script (a weak constant) or a tensor of rank 0, of that dtype; gradients pass. */
NodeId arg_setting(Maker *maker, const Arg *arg, double absent, Dtype dtype);

/* a tensor or a number (weak) or a bool; 0 when it is none */
NodeId arg_node(Maker *maker, const Arg *arg);
/* the same, where a number of the script becomes a tensor of the default float */
NodeId arg_tensor(Maker *maker, const Arg *arg);
/* the same as a float tensor: whole dtypes become the default float */
NodeId arg_real(Maker *maker, const Arg *arg);

/* What means and variances are computed in: i32 in f64, because not every one is an f32 and near
 * 2^31 a variance would be of what was rounded away.  arg_of_floats brings the result back. */
NodeId arg_wide(Maker *maker, const Arg *arg);
NodeId arg_of_floats(Maker *maker, const Arg *arg, NodeId result);

/* is it a number known now? */
bool arg_constant(const Maker *maker, const Arg *arg, double *value);

/* A whole number from `least` to `most`; `what` names it in the message: "k", "n". */
bool arg_whole(Maker *maker, const Arg *arg, const char *what, int64_t least, int64_t most,
               int64_t absent, int64_t *result);
/* One number or two, for height and width, each at least `absent`. */
bool arg_pair(Maker *maker, const Arg *arg, const char *what, int64_t absent, int64_t result[2]);
/* What stands before and after images along height and width; of a row, `before[1]` and `after[1]`.
 */
typedef struct Padding {
  bool same; /* "same": it follows from the sizes */
  int64_t before[2], after[2];
} Padding;
/* "same", "valid" (none), or numbers: one for all ends; of a row (axes 1) before and after; of
 * images (axes 2) height and width, or top, bottom, left, right. */
bool arg_padding(Maker *maker, const Arg *arg, int axes, Padding *result);
/* A shape; with `from` one size may be -1 and follows from the count of elements of `from`. */
bool arg_shape(Maker *maker, const Arg *arg, const Shape *from, Shape *result);
/* An axis of a tensor of that rank, counted from 0; negative counts from the end. */
bool arg_axis(Maker *maker, const Arg *arg, int rank, int absent, int *result);
/* Axes as a mask; none: all of them. */
bool arg_axes(Maker *maker, const Arg *arg, int rank, uint32_t *mask);

#endif
