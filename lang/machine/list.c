/* list.c — making a list, pushing an item, and keeping some. */
#include "lang/machine/list.h"
#include "lang/machine/heap.h"
#include "lang/machine/vm.h"

#include <string.h>

Value value_list(Vm *vm, int64_t capacity) {
  ListObject *list = object_new(vm, KIND_LIST, sizeof *list);
  if (capacity > 0) {
    vm_count(vm, heap_bytes((size_t)capacity * sizeof(Value)));
    list->items = mem_alloc((size_t)capacity * sizeof(Value));
    list->capacity = capacity;
  }
  return value_of(KIND_LIST, list);
}

void list_push(Vm *vm, ListObject *list, Value item) {
  vm_poll_signals(vm);
  if (list->count == list->capacity) {
    int64_t capacity = list->capacity < 4 ? 4 : list->capacity + list->capacity / 2;
    vm_count(vm, heap_bytes((size_t)capacity * sizeof(Value)) -
                     heap_owned_bytes((size_t)list->capacity * sizeof(Value)));
    list->items = mem_grow(list->items, (size_t)capacity * sizeof(Value));
    list->capacity = capacity;
  }
  list->items[list->count++] = item;
}

void list_keep(Vm *vm, ListObject *list, int64_t start, int64_t count) {
  for (int64_t i = 0; i < start; i++) value_release(vm, list->items[i]);
  for (int64_t i = start + count; i < list->count; i++) value_release(vm, list->items[i]);
  if (start) memmove(list->items, list->items + start, (size_t)count * sizeof(Value));
  list->count = count;
}
