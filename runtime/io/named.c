/* named.c — a list of named tensors: see named.h.
 *
 * A checkpoint asks for each of its fields by name, and a model may have thousands of params: names
 * are found by their hash.
 */
#include "runtime/io/named.h"

#include <string.h>

void named_add(NamedList *list, const char *name, size_t length, Tensor tensor) {
  if (list->count == list->capacity) {
    list->capacity = list->capacity ? list->capacity * 2 : 16;
    list->items = mem_grow(list->items, (size_t)list->capacity * sizeof *list->items);
  }
  lookup_put(&list->places, hash_bytes(name, length, 0), (uint32_t)list->count);
  list->items[list->count++] = (Named){mem_text(name, length), tensor};
}

const Named *named_find(const NamedList *list, const char *name, size_t length) {
  uint32_t at = 0, place;
  while (lookup_next(&list->places, hash_bytes(name, length, 0), &at, &place)) {
    const Named *named = &list->items[place];
    if (strlen(named->name) == length && !memcmp(named->name, name, length)) return named;
  }
  return NULL;
}

void named_free(NamedList *list) {
  for (int64_t i = 0; i < list->count; i++) {
    mem_free(list->items[i].name);
    tensor_release(&list->items[i].tensor);
  }
  mem_free(list->items);
  lookup_free(&list->places);
  *list = (NamedList){0};
}
