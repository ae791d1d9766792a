/* extreme.c — reductions that choose: min, max, any, all.
 *
 * Minima and maxima of floats are computed on integers with the same order as the floats, which
 * vectorises well.  Of nothing, any is false and all is true; min and max are a fault (FAULTS.md,
 * C11).
 */
#include "runtime/base/isa.h"
#include "runtime/kernels/fault.h"
#include "runtime/kernels/fold.h"

Kernel kernel_min, kernel_max, kernel_any, kernel_all;

#define AS_IS(x) (x)

/* ---- the kinds ---- */

#define EITHER(a, b) ((a) | (b))
#define NAMED(name) any_##name
#define IN uint8_t
#define ACC uint8_t
#define EMPTY 0
#define LOAD(x) ((x) != 0)
#define JOIN EITHER
#include "runtime/kernels/fold.inc"

#define BOTH(a, b) ((a) & (b))
#define NAMED(name) all_##name
#define IN uint8_t
#define ACC uint8_t
#define EMPTY 1
#define LOAD(x) ((x) != 0)
#define JOIN BOTH
#include "runtime/kernels/fold.inc"

/* The bits of a float as a whole number that is ordered as floats are, -0 below +0 (IEEE 754-2019,
 * minimum and maximum), with every NaN beyond either end. */
INLINE uint32_t turn_f32(uint32_t bits) {
  return bits ^ ((uint32_t)((int32_t)bits >> 31) & 0x7FFFFFFFu);
}
INLINE uint64_t turn_f64(uint64_t bits) {
  return bits ^ ((uint64_t)((int64_t)bits >> 63) & 0x7FFFFFFFFFFFFFFFu);
}

INLINE int32_t order_f32(uint32_t bits, int32_t nan) {
  return (bits & 0x7FFFFFFFu) > 0x7F800000u ? nan : (int32_t)turn_f32(bits);
}

INLINE int64_t order_f64(uint64_t bits, int64_t nan) {
  return (bits & 0x7FFFFFFFFFFFFFFFu) > 0x7FF0000000000000u ? nan : (int64_t)turn_f64(bits);
}

typedef uint32_t __attribute__((may_alias)) Bits32;
typedef uint64_t __attribute__((may_alias)) Bits64;

#define LESSER(a, b) ((b) < (a) ? (b) : (a))
#define GREATER(a, b) ((b) > (a) ? (b) : (a))

#define NAMED(name) min_f32_##name
#define IN Bits32
#define ACC int32_t
#define EMPTY INT32_MAX
#define LOAD(x) order_f32(x, INT32_MIN)
#define JOIN LESSER
#include "runtime/kernels/fold.inc"

#define NAMED(name) min_f64_##name
#define IN Bits64
#define ACC int64_t
#define EMPTY INT64_MAX
#define LOAD(x) order_f64(x, INT64_MIN)
#define JOIN LESSER
#include "runtime/kernels/fold.inc"

#define NAMED(name) min_i32_##name
#define IN int32_t
#define ACC int32_t
#define EMPTY INT32_MAX
#define LOAD AS_IS
#define JOIN LESSER
#include "runtime/kernels/fold.inc"

#define NAMED(name) min_u8_##name
#define IN uint8_t
#define ACC uint8_t
#define EMPTY UINT8_MAX
#define LOAD AS_IS
#define JOIN LESSER
#include "runtime/kernels/fold.inc"

#define NAMED(name) max_f32_##name
#define IN Bits32
#define ACC int32_t
#define EMPTY INT32_MIN
#define LOAD(x) order_f32(x, INT32_MAX)
#define JOIN GREATER
#include "runtime/kernels/fold.inc"

#define NAMED(name) max_f64_##name
#define IN Bits64
#define ACC int64_t
#define EMPTY INT64_MIN
#define LOAD(x) order_f64(x, INT64_MAX)
#define JOIN GREATER
#include "runtime/kernels/fold.inc"

#define NAMED(name) max_i32_##name
#define IN int32_t
#define ACC int32_t
#define EMPTY INT32_MIN
#define LOAD AS_IS
#define JOIN GREATER
#include "runtime/kernels/fold.inc"

#define NAMED(name) max_u8_##name
#define IN uint8_t
#define ACC uint8_t
#define EMPTY 0
#define LOAD AS_IS
#define JOIN GREATER
#include "runtime/kernels/fold.inc"

/* Back from the order of order_f32 and order_f64: turning again undoes it; the ends stand for NaN.
 */
static void finish_order(Call *call, const void *accs, int64_t first, int64_t n) {
  if (call->output.dtype == DTYPE_F32) {
    const int32_t *order = accs;
    Bits32 *out = (Bits32 *)call->output.data + first;
    for (int64_t i = 0; i < n; i++) {
      bool nan = order[i] == INT32_MAX || order[i] == INT32_MIN;
      out[i] = nan ? 0x7FC00000u : turn_f32((uint32_t)order[i]);
    }
  } else {
    const int64_t *order = accs;
    Bits64 *out = (Bits64 *)call->output.data + first;
    for (int64_t i = 0; i < n; i++) {
      bool nan = order[i] == INT64_MAX || order[i] == INT64_MIN;
      out[i] = nan ? 0x7FF8000000000000u : turn_f64((uint64_t)order[i]);
    }
  }
}

/* ---- kernels ---- */

static void extreme(Call *call, const Fold *const folds[DTYPE_COUNT], const char *name) {
  Dtype dtype = call->inputs[0].dtype;
  if (shape_count(&call->inputs[0].shape) == 0 && shape_count(&call->output.shape) > 0) {
    fault_report(call, "there is no `%s` of 0 elements", name);
    return;
  }
  fold_axes(call, folds[dtype], dtype_floats(dtype) ? finish_order : fold_same);
}

void kernel_min(Call *call) {
  static const Fold *const folds[DTYPE_COUNT] = {[DTYPE_BOOL] = &min_u8_fold,
                                                 [DTYPE_U8] = &min_u8_fold,
                                                 [DTYPE_I32] = &min_i32_fold,
                                                 [DTYPE_F32] = &min_f32_fold,
                                                 [DTYPE_F64] = &min_f64_fold};
  extreme(call, folds, "min");
}

void kernel_max(Call *call) {
  static const Fold *const folds[DTYPE_COUNT] = {[DTYPE_BOOL] = &max_u8_fold,
                                                 [DTYPE_U8] = &max_u8_fold,
                                                 [DTYPE_I32] = &max_i32_fold,
                                                 [DTYPE_F32] = &max_f32_fold,
                                                 [DTYPE_F64] = &max_f64_fold};
  extreme(call, folds, "max");
}

void kernel_any(Call *call) { fold_axes(call, &any_fold, fold_same); }
void kernel_all(Call *call) { fold_axes(call, &all_fold, fold_same); }
