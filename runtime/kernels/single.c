/* single.c — a row's loop over one element: see single.h.
 *
 * Which rows take numbers and give one is in the table: classes REAL, ARITH and KEEP.  The others
 * give bools (COMPARE, LOGIC) or choose (SELECT).
 */
#include "runtime/kernels/single.h"
#include "runtime/kernels/loops.h"
#include "runtime/opcodes.h"

enum {
  NUMBERS_REAL = 1,
  NUMBERS_ARITH = 1,
  NUMBERS_KEEP = 1,
  NUMBERS_COMPARE = 0,
  NUMBERS_LOGIC = 0,
  NUMBERS_SELECT = 0
};

int single_arity(Op op) {
  static const uint8_t arities[OP_COUNT] = {
#define MAP(ID, signature, kinds, arity, class, ...) [OP_##ID] = NUMBERS_##class * arity,
#define OP(...)
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
  };
  return arities[op];
}

double single_apply(Op op, Dtype dtype, const double *args) {
  MapLoop *loop = dispatch_table()->op[op][dtype];
  int count = single_arity(op);
  if (dtype == DTYPE_F64) {
    double in[3] = {args[0], count > 1 ? args[1] : 0, count > 2 ? args[2] : 0}, out = 0;
    loop(1, &in[0], &in[1], &in[2], &out);
    return out;
  }
  float in[3] = {(float)args[0], count > 1 ? (float)args[1] : 0, count > 2 ? (float)args[2] : 0},
        out = 0;
  loop(1, &in[0], &in[1], &in[2], &out);
  return (double)out;
}
