/* object.c — what objects hold, and how they are freed.
 *
 * Every object is in one ring, so nothing leaks: closures make cycles, and an error is a longjmp
 * that skips what only variables of C held; vm_sweep (vm.c) finds both.  Everything else is freed
 * when its count reaches zero.
 *
 * Freeing is never recursive.  A list nested a hundred thousand deep would overflow the C stack.
 * So an object whose count reaches zero goes on the list `doomed`, and the outermost object_free
 * frees that list one by one.
 *
 * The plain kinds are cases of the switches here; the others have a KindRow each (kind.h).
 */
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"

static size_t object_bytes(const Vm *vm, const Object *object) {
  switch ((Kind)object->kind) {
    case KIND_STRING: return sizeof(StringObject);
    case KIND_TENSOR: return sizeof(TensorObject);
    case KIND_TUPLE: return tuple_bytes(((const TupleObject *)object)->count);
    case KIND_LIST: return sizeof(ListObject);
    case KIND_RANGE: return sizeof(RangeObject);
    case KIND_CLOSURE:
      return sizeof(ClosureObject) +
             (size_t)((const ClosureObject *)object)->cell_count * sizeof(CellObject *);
    case KIND_NATIVE: return sizeof(NativeObject);
    case KIND_CELL: return sizeof(CellObject);
    default: return vm->registry->kinds[object->kind]->bytes(object);
  }
}

/* The bytes counted for it by vm_count. */
static int64_t counted_bytes(const Vm *vm, const Object *object) {
  int64_t bytes = heap_bytes(object_bytes(vm, object));
  const ListObject *list = (const ListObject *)object;
  const StringObject *string = (const StringObject *)object;
  if (object->kind == KIND_LIST) bytes += heap_owned_bytes((size_t)list->capacity * sizeof(Value));
  if (object->kind == KIND_STRING)
    bytes += heap_owned_bytes(string->capacity) +
             heap_owned_bytes((size_t)string->mark_capacity * sizeof(size_t));
  return bytes;
}

void visit_values(Vm *vm, const Value *values, int64_t count, Visit *visit) {
  for (int64_t i = 0; i < count; i++)
    if (value_object(values[i])) visit(vm, values[i]);
}

void visit_cells(Vm *vm, CellObject *const *cells, int count, Visit *visit) {
  for (int i = 0; i < count; i++)
    if (cells[i]) visit(vm, value_of(KIND_CELL, cells[i]));
}

static void each_row_part(Vm *vm, Object *object, Visit *visit) {
  const KindRow *row = vm->registry->kinds[object->kind];
  if (row && row->parts) row->parts(vm, object, visit);
}

void object_each_part(Vm *vm, Object *object, Visit *visit) {
  Value self = value_of((Kind)object->kind, object);
  switch ((Kind)object->kind) {
    case KIND_STRING:
    case KIND_TENSOR:
    case KIND_RANGE: break;
    case KIND_TUPLE: visit_values(vm, self.tuple->items, self.tuple->count, visit); break;
    case KIND_LIST: visit_values(vm, self.list->items, self.list->count, visit); break;
    case KIND_CELL: visit_values(vm, &self.cell->value, 1, visit); break;
    case KIND_NATIVE: visit_values(vm, self.native->extra, 2, visit); break;
    case KIND_CLOSURE:
      visit_cells(vm, self.closure->cells, self.closure->cell_count, visit);
      if (self.closure->module) visit(vm, value_of(KIND_MODULE, self.closure->module));
      break;
    default: each_row_part(vm, object, visit); break;
  }
}

static void free_row_own(Vm *vm, Object *object) {
  const KindRow *row = vm->registry->kinds[object->kind];
  if (row && row->free_own) row->free_own(vm, object);
}

/* Frees what an object owns besides other objects, and returns its bytes to the budget. */
static void free_own(Vm *vm, Object *object) {
  vm->object_count--;
  vm->uncounted -= counted_bytes(vm, object);
  Value self = value_of((Kind)object->kind, object);
  switch ((Kind)object->kind) {
    case KIND_STRING:
      mem_free(self.string->data);
      mem_free(self.string->marks);
      break;
    case KIND_TENSOR: buffer_release(self.tensor->tensor.buffer); break;
    case KIND_TUPLE: mem_free((void *)self.tuple->names); break;
    case KIND_LIST: mem_free(self.list->items); break;
    default: free_row_own(vm, object); break;
  }
}

static void unlink_object(Object *object) {
  object->previous->next = object->next;
  object->next->previous = object->previous;
}

/* Frees objects that refer to each other: reads no other object once the first is freed. */
void objects_free(Vm *vm, Object **objects, size_t count) {
  for (size_t i = 0; i < count; i++) {
    objects[i]->flags |= OBJECT_DOOMED;
    unlink_object(objects[i]);
  }
  for (size_t i = 0; i < count; i++) free_own(vm, objects[i]);
  for (size_t i = 0; i < count; i++) heap_free(vm, objects[i]);
}

static void release_part(Vm *vm, Value value) { value_release(vm, value); }

void object_free(Vm *vm, Object *object) {
  if (object->flags & OBJECT_DOOMED) return; /* a sweep is already freeing it */
  object->flags |= OBJECT_DOOMED;
  unlink_object(object);
  object->next = vm->doomed; /* out of the ring, so `next` is free */
  vm->doomed = object;
  if (vm->freeing) return;
  vm->freeing = true;
  while (vm->doomed) {
    Object *gone = vm->doomed;
    vm->doomed = gone->next;
    object_each_part(vm, gone, release_part);
    free_own(vm, gone);
    heap_free(vm, gone);
  }
  vm->freeing = false;
  if (vm->uncounted < -HEAP_COUNT_GRAIN) vm_count(vm, 0);
}
