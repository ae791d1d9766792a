/* heap.h — the memory of objects: allocation, counted bytes, free lists. */
#ifndef GD_LANG_HEAP_H
#define GD_LANG_HEAP_H

#include "lang/machine/vm.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SPARES_MOST = 0 }; /* no free lists: the sanitizer must see every use after free */
#elif defined(GD_HARSH)
enum { SPARES_MOST = 2 };
#else
enum { SPARES_MOST = 1024 };
#endif
enum { HEAP_COUNT_GRAIN = 64 * 1024 }; /* bytes collected before the budget is updated */

/* counts bytes of an object (negative: freed); raises 71 at vm->current_span when they exceed the
 * budget; polls signals */
void vm_count(Vm *vm, int64_t bytes);
bool vm_full(const Vm *vm, int64_t bytes); /* would vm_count of so many bytes raise? */
/* The bytes that malloc takes for `bytes`: most of a small string is overhead. */
static inline int64_t heap_bytes(size_t bytes) {
  return bytes <= 24 ? 32 : (int64_t)((bytes + 8 + 15) & ~(size_t)15);
}
/* likewise; 0 for none */
static inline int64_t heap_owned_bytes(size_t bytes) { return bytes ? heap_bytes(bytes) : 0; }

/* Objects that are shared and change in place: they are first in the ring (eval/before.c). */
static inline bool heap_changes(Kind kind) {
  return kind == KIND_CELL || kind == KIND_PARAM || kind == KIND_OPTIMIZER || kind == KIND_MODULE;
}
/* returns a new object, cleared, refs 1 */
void *object_new(Vm *vm, Kind kind, size_t bytes);
/* Likewise, but never raises: for an object that becomes the owner of what a raise would leak.  The
 * next vm_count compares its bytes with the budget. */
void *object_new_unchecked(Vm *vm, Kind kind, size_t bytes);
/* frees the memory of an object, or puts it on a free list */
static inline void heap_free(Vm *vm, Object *object) {
  Spares *spares = &vm->spares[object->size_class];
  if (!object->size_class || spares->count >= SPARES_MOST) {
    mem_free(object);
    return;
  }
  object->next = spares->first;
  spares->first = object;
  spares->count++;
}
void heap_free_spares(Vm *vm); /* frees the free lists */

#endif
