/* known.c — whether a value is known while `gd check` runs the script without numbers. */
#include "lang/machine/known.h"
#include "lang/machine/tensor_value.h"

bool value_unknown(const Vm *vm, Value value) {
  if (value.kind == KIND_UNKNOWN) return true;
  if (!vm->checking) return false;
  if (value.kind == KIND_PARAM) return true;
  return value.kind == KIND_TENSOR && !value.tensor->tensor.buffer;
}
