/* scalar.c — one bool, number or index out of a value.
 *
 * A tensor or param of rank 0 counts as its element, which is computed if it is part of a
 * recording. That makes the recording valid for this element only (trace_elements); a condition on
 * numbers that change from run to run becomes a guard instead (trace_guard).  What is read counts
 * as a constant to gradients: value_as_number notes the place, value_number_now does not, for
 * operations that take the same value as a node too.
 */
#include "lang/tensors/scalar.h"

#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/trace_value.h"

#include <math.h>

bool value_truth(Vm *vm, Span span, Value value) {
  if (value.kind == KIND_BOOL) return value.truth != 0;
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value_is_tensor(value)) {
    Type type = trace_type(vm, value, span);
    bool truth;
    if (type.shape.rank == 0 && value.kind == KIND_TENSOR && !value.tensor->tensor.buffer &&
        type.dtype == DTYPE_BOOL && trace_guard(vm, value.tensor, &truth))
      return truth;
    if (type.shape.rank == 0 && type.dtype == DTYPE_BOOL) {
      Tensor elements = trace_elements(vm, value, span);
      truth = tensor_get(&elements, 0) != 0;
      tensor_release(&elements);
      return truth;
    }
    char shape[200];
    raise_help(vm, span,
               type.shape.rank ? "any(…) or all(…) reduces it to one bool"
                               : "compare it with something: x != 0",
               "a condition must be one bool, this is a tensor %s%s", dtype_name(type.dtype),
               shape_show(&type.shape, shape));
  }
  raise_kind(vm, span, value, "a condition must be a bool",
             value.kind == KIND_NUMBER ? "compare it with something: x != 0"
                                       : "compare it with something: x != none");
}

double value_number_now(Vm *vm, Span span, Value value) {
  if (value.kind == KIND_NUMBER) return value.number;
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (!value_is_tensor(value)) raise_kind(vm, span, value, "a number is expected here", NULL);
  Type type = trace_type(vm, value, span);
  if (type.shape.rank) {
    char shape[200];
    raise_at(vm, span, "a number is expected here, this is a tensor of shape %s",
             shape_show(&type.shape, shape));
  }
  Tensor elements = trace_elements(vm, value, span);
  double number = tensor_get(&elements, 0);
  tensor_release(&elements);
  return number;
}

double value_as_number(Vm *vm, Span span, Value value) {
  if (value.kind == KIND_NUMBER) return value.number;
  trace_read_constant(vm, value, span);
  return value_number_now(vm, span, value);
}

int64_t value_as_index(Vm *vm, Span span, Value value) {
  double number = value_as_number(vm, span, value);
  if (number != floor(number) || fabs(number) >= 9007199254740992.0) {
    Text text = {0};
    text_number(&text, number);
    Diag diag = {0};
    bool large = number == floor(number) && !isinf(number);
    if (large)
      diag_fail(&diag, STATUS_FAILED, span,
                "%s is too large: from 2^53 (9007199254740992) on, numbers no longer tell each "
                "whole one from the next",
                text.data);
    else
      diag_fail(&diag, STATUS_FAILED, span, "a whole number is expected here, this is %s",
                text.data);
    text_free(&text);
    raise_diag(vm, &diag);
  }
  return (int64_t)number;
}
