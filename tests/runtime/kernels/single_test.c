/* single_test.c — one element at a time: the bits of a tensor's loop, for every row of numbers. */
#include "runtime/kernels/loops.h"
#include "runtime/kernels/single.h"
#include "runtime/opcodes.h"

#include "runtime/kernels/map.h"

#include <criterion/criterion.h>
#include <string.h>

enum { COUNT = 5 };

Test(single, arity_is_the_table_s) {
  cr_assert_eq(single_arity(OP_SQRT), 1);
  cr_assert_eq(single_arity(OP_ADD), 2);
  cr_assert_eq(single_arity(OP_CLAMP), 3);
  cr_assert_eq(single_arity(OP_NONE), 0);
  cr_assert_eq(single_arity(OP_SUM), 0, "a reduction");
  cr_assert_eq(single_arity(OP_LT), 0, "gives a bool");
  cr_assert_eq(single_arity(OP_WHERE), 0, "takes a bool");
}

Test(single, same_bits_as_a_loop_over_many) {
  static const double a[COUNT] = {0.3, 0.7, 0.9, 0.1, 0.55}, b[COUNT] = {0.2, 0.4, 0.6, 0.8, 0.5},
                      c[COUNT] = {0.9, 0.8, 0.7, 0.6, 0.5};
  int rows = 0;
  for (int op = 1; op < OP_COUNT; op++) {
    if (!single_arity((Op)op)) continue;
    double out[COUNT];
    float fa[COUNT], fb[COUNT], fc[COUNT], fout[COUNT];
    for (int i = 0; i < COUNT; i++) fa[i] = (float)a[i], fb[i] = (float)b[i], fc[i] = (float)c[i];
    dispatch_table()->op[op][DTYPE_F64](COUNT, a, b, c, out);
    dispatch_table()->op[op][DTYPE_F32](COUNT, fa, fb, fc, fout);
    for (int i = 0; i < COUNT; i++) {
      double one = single_apply((Op)op, DTYPE_F64, (double[]){a[i], b[i], c[i]});
      double narrow = single_apply((Op)op, DTYPE_F32,
                                   (double[]){(double)fa[i], (double)fb[i], (double)fc[i]}),
             wide = (double)fout[i];
      cr_assert(memcmp(&one, &out[i], sizeof one) == 0, "%s in f64", op_name((Op)op));
      cr_assert(memcmp(&narrow, &wide, sizeof wide) == 0, "%s in f32", op_name((Op)op));
    }
    rows++;
  }
  cr_assert_gt(rows, 40);
}
