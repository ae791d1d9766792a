/* heap.c — the memory of objects.
 *
 * Bytes of objects count against the memory budget of the script (base.h).  An atomic instruction
 * for every tuple would be too slow, so vm_count collects up to HEAP_COUNT_GRAIN bytes before it
 * updates the budget.
 *
 * A traced step allocates and frees an object for each node, more than the C library caches, so the
 * memory of small freed objects is kept in free lists by size.
 */
#include "lang/machine/heap.h"
#include "lang/machine/vm.h"

#include <string.h>

void vm_count(Vm *vm, int64_t bytes) {
  if (bytes > 0) vm_poll_signals(vm);
  vm->uncounted += bytes;
  if (LIKELY(vm->uncounted < HEAP_COUNT_GRAIN && vm->uncounted > -HEAP_COUNT_GRAIN)) return;
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

/* Constant sizes need no call: most objects are tensors (9 units), pairs and strings (5), cells and
 * functions (3). */
static void clear(Object *object, size_t size_class) {
  switch (size_class) {
    case 3: memset((void *)object, 0, 3 * SPARE_UNIT); break;
    case 5: memset((void *)object, 0, 5 * SPARE_UNIT); break;
    case 9: memset((void *)object, 0, 9 * SPARE_UNIT); break;
    default: memset((void *)object, 0, size_class * SPARE_UNIT); break;
  }
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
    clear(object, size_class);
  } else {
    object = mem_zero(size_class * SPARE_UNIT);
  }
  object->size_class = (uint8_t)size_class;
  return object;
}

void heap_free_spares(Vm *vm) {
  for (int size_class = 0; size_class < SPARE_SIZES; size_class++) {
    for (Object *object = vm->spares[size_class].first, *next; object; object = next) {
      next = object->next;
      mem_free(object);
    }
    vm->spares[size_class] = (Spares){0};
  }
}

static void *make(Vm *vm, Kind kind, size_t bytes) {
  Object *object = alloc_memory(vm, bytes);
  object->refs = 1;
  object->kind = (uint8_t)kind;
  Object *after = heap_changes(kind) ? &vm->objects : vm->objects.previous;
  object->previous = after;
  object->next = after->next;
  object->next->previous = object;
  after->next = object;
  vm->object_count++;
  return object;
}

void *object_new(Vm *vm, Kind kind, size_t bytes) {
  vm_count(vm, heap_bytes(bytes));
  return make(vm, kind, bytes);
}

void *object_new_unchecked(Vm *vm, Kind kind, size_t bytes) {
  vm->uncounted += heap_bytes(bytes);
  return make(vm, kind, bytes);
}
