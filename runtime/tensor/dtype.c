/* dtype.c — the names of the element types, and what each can hold.
 *
 * A new type is one entry in the enum of tensor.h, one size beside it, and one name here;
 * the order of the enum is the order of promotion.
 */
#include "runtime/tensor/dtype.h"

#include <math.h>
#include <string.h>

static const char *const names[DTYPE_COUNT] = {"bool", "u8", "i32", "bf16", "f32", "f64"};

const char *dtype_name(Dtype dtype) { return (unsigned)dtype < DTYPE_COUNT ? names[dtype] : "?"; }

bool dtype_parse(const char *name, Dtype *dtype) {
  for (int i = 0; i < DTYPE_COUNT; i++) {
    if (strcmp(name, names[i]) != 0) continue;
    *dtype = (Dtype)i;
    return true;
  }
  return false;
}

bool dtype_holds(Dtype dtype, double value) {
  switch (dtype) {
    case DTYPE_U8: return value > -1 && value < 256;
    case DTYPE_I32: return value > -2147483649.0 && value < 2147483648.0;
    case DTYPE_BF16: return !isinf(bf16_value(bf16_near(value))) || isinf(value);
    case DTYPE_F32: return !isinf((float)value) || isinf(value);
    default: return true;
  }
}

bool dtype_refuse(Diag *diag, Span span, Dtype dtype, double value) {
  if (isnan(value))
    return diag_fail(diag, STATUS_FAILED, span, "NaN has no value in %s", dtype_name(dtype));
  Text text = {0};
  text_number(&text, value);
  diag_fail(diag, STATUS_FAILED, span, "%s does not fit in %s", text.data, dtype_name(dtype));
  text_free(&text);
  if (dtype == DTYPE_BF16)
    diag_help(diag, "bf16 goes up to 3.38953e38; f64(…) goes further, infinity is `inf`");
  if (dtype == DTYPE_F32)
    diag_help(diag, "f32 goes up to 3.40282e38; f64(…) and precision(f64) go further, infinity is "
                    "`inf`");
  return false;
}
