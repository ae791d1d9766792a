/* value.c — objects: allocation, reference counts, freeing; and the plain containers.
 *
 * Every object is in one ring, so nothing leaks: an error is a longjmp that skips releases, and
 * closures make cycles; vm_sweep (vm.c) finds both.  Everything else is freed when its count
 * reaches zero.
 *
 * Freeing is never recursive.  A list nested a hundred thousand deep would overflow the C stack.
 * So an object whose count reaches zero goes on the list `doomed`, and the outermost object_free
 * frees that list one by one.
 *
 * Bytes of objects count against the memory budget of the script (base.h).  An atomic instruction
 * for every tuple would be too slow, so vm_count collects up to COUNT_GRAIN bytes before it updates
 * the budget.
 *
 * A traced step allocates and frees an object for each node, more than the C library caches, so the
 * memory of small freed objects is kept in free lists by size.
 *
 * The plain kinds are cases of the switches here; the others have a KindRow each (kind.h).
 */
#include "lang/machine/kind.h"

#include <math.h>
#include <string.h>

enum { COUNT_GRAIN = 64 * 1024 };
#if defined(__SANITIZE_ADDRESS__)
enum { SPARES_MOST = 0 }; /* no free lists: the sanitizer must see every use after free */
#elif defined(GD_HARSH)
enum { SPARES_MOST = 2 };
#else
enum { SPARES_MOST = 1024 };
#endif

/* ---- counting and making ---- */

void vm_count(Vm *vm, int64_t bytes) {
  if (bytes > 0) vm_poll_signals(vm);
  vm->uncounted += bytes;
  if (LIKELY(vm->uncounted < COUNT_GRAIN && vm->uncounted > -COUNT_GRAIN)) return;
  if (vm->uncounted < 0) {
    mem_release((size_t)-vm->uncounted);
  } else if (!mem_reserve((size_t)vm->uncounted)) {
    vm->uncounted -= bytes;
    Diag diag = {0};
    diag_fail(&diag, STATUS_MEMORY, vm->current_span,
              "out of memory: %lld bytes more do not fit in the %lld allowed", (long long)bytes,
              (long long)mem_budget_bytes());
    diag_help(&diag, "--max-memory sets how much a script may use");
    raise_diag(vm, &diag);
  }
  vm->uncounted = 0;
}

bool vm_full(const Vm *vm, int64_t bytes) {
  size_t most = mem_budget_bytes(), used = mem_used_bytes();
  return used > most ||
         (size_t)(vm->uncounted + bytes > 0 ? vm->uncounted + bytes : 0) > most - used;
}

/* Cleared memory for an object. */
static Object *alloc_memory(Vm *vm, size_t bytes) {
  size_t size_class = (bytes + SPARE_UNIT - 1) / SPARE_UNIT;
  if (size_class >= SPARE_SIZES) return mem_zero(bytes);
  Spares *spares = &vm->spares[size_class];
  Object *object = spares->first;
  if (object) {
    spares->first = object->next;
    spares->count--;
    memset((void *)object, 0, bytes);
  } else {
    object = mem_zero(size_class * SPARE_UNIT);
  }
  object->size_class = (uint8_t)size_class;
  return object;
}

static void free_memory(Vm *vm, Object *object) {
  Spares *spares = &vm->spares[object->size_class];
  if (!object->size_class || spares->count >= SPARES_MOST) {
    mem_free(object);
    return;
  }
  object->next = spares->first;
  spares->first = object;
  spares->count++;
}

void objects_free_spares(Vm *vm) {
  for (int size_class = 0; size_class < SPARE_SIZES; size_class++) {
    for (Object *object = vm->spares[size_class].first, *next; object; object = next) {
      next = object->next;
      mem_free(object);
    }
    vm->spares[size_class] = (Spares){0};
  }
}

void *object_new(Vm *vm, Kind kind, size_t bytes) {
  vm_count(vm, heap_bytes(bytes));
  Object *object = alloc_memory(vm, bytes);
  object->refs = 1;
  object->kind = (uint8_t)kind;
  object->previous = &vm->objects;
  object->next = vm->objects.next;
  object->next->previous = object;
  vm->objects.next = object;
  vm->object_count++;
  return object;
}

static int64_t owned_bytes(size_t bytes) { return bytes ? heap_bytes(bytes) : 0; }

static size_t bytes_with(size_t head, int64_t count, size_t each) {
  return head + (size_t)count * each;
}

Value value_string(Vm *vm, const char *text, size_t length) {
  vm_count(vm, heap_bytes(length + 1));
  StringObject *string = object_new(vm, KIND_STRING, sizeof *string);
  string->data = mem_text(text, length);
  string->length = length;
  string->capacity = length + 1;
  string->points = -1;
  return value_of(KIND_STRING, string);
}

Value value_tuple(Vm *vm, int count) {
  TupleObject *tuple = object_new(vm, KIND_TUPLE, bytes_with(sizeof *tuple, count, sizeof(Value)));
  tuple->count = count;
  for (int i = 0; i < count; i++) tuple->items[i] = value_none();
  return value_of(KIND_TUPLE, tuple);
}

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
                     owned_bytes((size_t)list->capacity * sizeof(Value)));
    list->items = mem_grow(list->items, (size_t)capacity * sizeof(Value));
    list->capacity = capacity;
  }
  list->items[list->count++] = item;
}

Value value_tensor(Vm *vm, Tensor tensor) {
  TensorObject *object = object_new(vm, KIND_TENSOR, sizeof *object);
  object->tensor = tensor;
  return value_of(KIND_TENSOR, object);
}

/* ---- freeing ---- */

static size_t object_bytes(const Vm *vm, const Object *object) {
  switch ((Kind)object->kind) {
    case KIND_STRING: return sizeof(StringObject);
    case KIND_TENSOR: return sizeof(TensorObject);
    case KIND_TUPLE:
      return bytes_with(sizeof(TupleObject), ((const TupleObject *)object)->count, sizeof(Value));
    case KIND_LIST: return sizeof(ListObject);
    case KIND_RANGE: return sizeof(RangeObject);
    case KIND_CLOSURE:
      return bytes_with(sizeof(ClosureObject), ((const ClosureObject *)object)->cell_count,
                        sizeof(CellObject *));
    case KIND_NATIVE: return sizeof(NativeObject);
    case KIND_CELL: return sizeof(CellObject);
    default: return vm->registry->kinds[object->kind]->bytes(object);
  }
}

/* The bytes counted for it by vm_count. */
static int64_t counted_bytes(const Vm *vm, const Object *object) {
  int64_t bytes = heap_bytes(object_bytes(vm, object));
  if (object->kind == KIND_LIST)
    bytes += owned_bytes((size_t)((const ListObject *)object)->capacity * sizeof(Value));
  if (object->kind == KIND_STRING)
    bytes += owned_bytes(((const StringObject *)object)->capacity) +
             owned_bytes((size_t)((const StringObject *)object)->mark_capacity * sizeof(size_t));
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
  for (size_t i = 0; i < count; i++) free_memory(vm, objects[i]);
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
    free_memory(vm, gone);
  }
  vm->freeing = false;
  if (vm->uncounted < -COUNT_GRAIN) vm_count(vm, 0);
}

/* ---- kinds ---- */

static const char *closure_kind(const ClosureObject *closure) {
  switch (closure->function->kind) {
    case FUNCTION_LOSS: return "a loss";
    case FUNCTION_MODEL: return "a model declaration";
    case FUNCTION_OPTIMIZER: return "an optimizer declaration";
    default: return "a function";
  }
}

const char *kind_name(Value v) {
  static const char *const names[] = {
#define KIND(NAME, functions, phrase, type) phrase,
#include "lang/machine/kinds.def"
#undef KIND
  };
  if (v.kind == KIND_CLOSURE) return closure_kind(v.closure);
  return v.kind < (uint32_t)COUNT_OF(names) ? names[v.kind] : "a value";
}

const char *kind_type(Value v) {
  static const char *const types[] = {
#define KIND(NAME, functions, phrase, type) type,
#include "lang/machine/kinds.def"
#undef KIND
  };
  return v.kind < (uint32_t)COUNT_OF(types) ? types[v.kind] : "none";
}

bool value_unknown(const Vm *vm, Value value) {
  if (value.kind == KIND_UNKNOWN) return true;
  if (!vm->checking) return false;
  if (value.kind == KIND_PARAM) return true;
  return value.kind == KIND_TENSOR && !value.tensor->tensor.buffer;
}

double range_count(const RangeObject *range) {
  double steps = (range->last - range->first) / range->step;
  if (!(steps >= 0)) return 0;
  /* 0..0.3 by 0.1 includes its end, whatever the rounding of 0.3 / 0.1 */
  return floor(steps * (1 + 4e-16)) + 1;
}

double range_at(const RangeObject *range, double index) {
  double value = range->first + index * range->step;
  bool past = range->step > 0 ? value > range->last : value < range->last;
  return past ? range->last : value;
}
