/* string.c — making a string. */
#include "lang/machine/string.h"
#include "lang/machine/heap.h"

Value value_string(Vm *vm, const char *text, size_t length) {
  vm_count(vm, heap_bytes(length + 1));
  StringObject *string = object_new(vm, KIND_STRING, sizeof *string);
  string->data = mem_text(text, length);
  string->length = length;
  string->capacity = length + 1;
  string->points = -1;
  return value_of(KIND_STRING, string);
}
