/* tuple.c — making a tuple. */
#include "lang/machine/tuple.h"
#include "lang/machine/heap.h"

Value value_tuple(Vm *vm, int count) {
  TupleObject *tuple = object_new(vm, KIND_TUPLE, tuple_bytes(count));
  tuple->count = count;
  for (int i = 0; i < count; i++) tuple->items[i] = value_none();
  return value_of(KIND_TUPLE, tuple);
}
