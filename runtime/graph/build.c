/* build.c — the elementwise rows as the language calls them, and conversions.
 *
 * The builders of other families stand beside this: build_make.c, build_draw.c,
 * build_shape.c, build_reduce.c, build_linear.c, build_einsum.c, build_conv.c.
 */
#include "runtime/graph/build.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

Builder build_map, build_require, build_bf16, build_f32, build_f64, build_i32, build_u8, build_bool,
    build_same;

/* ---- elementwise rows ---- */

/* The number after the `=` of a parameter of the signature, or NaN. */
static double default_of(Op op, int parameter) {
  const char *at = op_signature(op);
  for (int i = 0; i < parameter && at; i++) at = (at = strchr(at, ',')) ? at + 1 : NULL;
  const char *equals = at ? strchr(at, '=') : NULL, *end = at ? at + strcspn(at, ",)") : NULL;
  double number = NAN;
  if (!equals || equals > end) return number;
  while (*++equals == ' ') {}
  number_parse(equals, (size_t)(end - equals), &number);
  return number;
}

int build_map(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  assert(arg_count >= 1 && arg_count <= 3);
  NodeId inputs[3] = {0};
  for (int i = 0; i < arg_count; i++) {
    inputs[i] = arg_given(&args[i]) ? arg_node(maker, &args[i])
                                    : make_number(maker, default_of(op, i));
    if (!inputs[i]) return 0;
  }
  if (arg_count == 1) return build_one(make1(maker, op, inputs[0]), results);
  if (arg_count == 2) return build_one(make2(maker, op, inputs[0], inputs[1]), results);
  return build_one(make3(maker, op, inputs[0], inputs[1], inputs[2]), results);
}

int build_require(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return build_one(
      make_require(maker, arg_node(maker, &args[0]), arg_node(maker, &args[1]), args[2].text),
      results);
}

/* ---- conversions, stop_gradient ---- */

static int convert(Maker *maker, const Arg *arg, Dtype dtype, NodeId *results) {
  return build_one(make_cast(maker, arg_node(maker, arg), dtype), results);
}

int build_bf16(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return convert(maker, &args[0], DTYPE_BF16, results);
}

int build_f32(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return convert(maker, &args[0], DTYPE_F32, results);
}

int build_f64(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return convert(maker, &args[0], DTYPE_F64, results);
}

int build_i32(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return convert(maker, &args[0], DTYPE_I32, results);
}

int build_u8(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return convert(maker, &args[0], DTYPE_U8, results);
}

int build_bool(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  return convert(maker, &args[0], DTYPE_BOOL, results);
}

int build_same(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)arg_count;
  NodeId a = arg_node(maker, &args[0]);
  return build_one(graph_emit(maker->graph, op, &a, 1, NULL, 0, maker->diag), results);
}
