/* whole.c — WHOLE: an index or a label as i32, checked on the way.
 *
 * Where the language wants an index, a float tensor of whole values will do (LANGUAGE.md section
 * 2).  The values must be whole and lie in lo … hi - 1; the first that does not, in row-major
 * order, is reported before anything is read at that index.
 */
#include "runtime/base/stop.h"
#include "runtime/kernels/fault.h"

#include <math.h>

Kernel kernel_whole;

enum { STRETCH = 1 << 16 }; /* elements between two checks for an interrupt */

/* What may be meant by labels out of 0 … hi - 1. */
static void mend_labels(const Call *call, int64_t hi, double value, Text *text) {
  const View *in = &call->inputs[0];
  double least = value, most = value;
  bool zero = false;
  for (int64_t i = 0, count = shape_count(&call->output.shape); i < count; i++) {
    if (i % STRETCH == 0 && stop_wanted()) return;
    double other = dtype_element(in->dtype, in->data, i);
    least = fmin(least, other);
    most = fmax(most, other);
    zero |= other == 0;
  }
  if (least >= 1 && most == (double)hi)
    text_string(text, "; for labels that count from 1 use y - 1");
  if (least == -1 && most == 1 && hi == 2 && !zero)
    text_string(text, "; for labels of -1 and 1 use (y + 1) / 2");
  if (least != 0 || most < (double)hi) return;
  if (hi == 1)
    text_string(text,
                "; with one class all labels are 0: binary_cross_entropy takes one score a row");
  else text_format(text, "; labels from 0 to %.0f are %.0f classes", most, most + 1);
}

static void refuse(Call *call, double value, int64_t at) {
  Text text = {0};
  text_digits(&text, value, 9);
  int64_t lo = call->attrs[0], hi = call->attrs[1];
  Text mend = {0};
  if (lo == 0) mend_labels(call, hi, value, &mend);
  if (value != floor(value))
    fault_report(call, "an index or a label must be a whole number, element %lld is %s",
                 (long long)at, text.data);
  else
    fault_report(call, "%s is out of range: %lld to %lld are possible (element %lld)%s", text.data,
                 (long long)lo, (long long)hi - 1, (long long)at, mend.data ? mend.data : "");
  fault_at(call, 0, at);
  text_free(&text);
  text_free(&mend);
}

#define WHOLE_LOOP(NAME, TYPE, VALUE)                                           \
  static void NAME(Call *call, int64_t count) {                                 \
    const TYPE *in = call->inputs[0].data;                                      \
    int32_t *out = call->output.data;                                           \
    double lo = (double)call->attrs[0], hi = (double)call->attrs[1];            \
    for (int64_t i = 0; i < count; i++) {                                       \
      if (i % STRETCH == 0 && stop_wanted()) return;                            \
      double value = (double)VALUE(in[i]);                                      \
      bool fine = value >= lo && value < hi && value == (double)(int32_t)value; \
      if (!fine) {                                                              \
        refuse(call, value, i);                                                 \
        return;                                                                 \
      }                                                                         \
      out[i] = (int32_t)value;                                                  \
    }                                                                           \
  }

#define AS_IT_STANDS(x) (x)
WHOLE_LOOP(whole_u8, uint8_t, AS_IT_STANDS)
WHOLE_LOOP(whole_i32, int32_t, AS_IT_STANDS)
WHOLE_LOOP(whole_bf16, uint16_t, bf16_value)
WHOLE_LOOP(whole_f32, float, AS_IT_STANDS)
WHOLE_LOOP(whole_f64, double, AS_IT_STANDS)

void kernel_whole(Call *call) {
  int64_t count = shape_count(&call->output.shape);
  switch (call->inputs[0].dtype) {
    case DTYPE_I32: whole_i32(call, count); break;
    case DTYPE_BF16: whole_bf16(call, count); break;
    case DTYPE_F32: whole_f32(call, count); break;
    case DTYPE_F64: whole_f64(call, count); break;
    default: whole_u8(call, count); break;
  }
}
