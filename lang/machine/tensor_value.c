/* tensor_value.c — making a tensor of the script. */
#include "lang/machine/tensor_value.h"
#include "lang/machine/heap.h"

Value value_tensor(Vm *vm, Tensor tensor) {
  TensorObject *object = object_new_unchecked(vm, KIND_TENSOR, sizeof *object);
  object->tensor = tensor;
  return value_of(KIND_TENSOR, object);
}
