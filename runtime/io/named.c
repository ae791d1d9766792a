/* named.c — a list of named tensors: see named.h.
 *
 * Looking a name up walks the list: models have tens of parts, and the readers that must
 * find two of one name among thousands sort instead.
 */
#include "runtime/io/named.h"

#include <string.h>

void named_add(NamedList *list, const char *name, size_t length, Tensor tensor) {
  if (list->count == list->capacity) {
    list->capacity = list->capacity ? list->capacity * 2 : 16;
    list->items = mem_grow(list->items, (size_t)list->capacity * sizeof *list->items);
  }
  list->items[list->count++] = (Named){mem_text(name, length), tensor};
}

const Named *named_find(const NamedList *list, const char *name) {
  for (int64_t i = 0; i < list->count; i++)
    if (strcmp(list->items[i].name, name) == 0) return &list->items[i];
  return NULL;
}

void named_free(NamedList *list) {
  for (int64_t i = 0; i < list->count; i++) {
    mem_free(list->items[i].name);
    tensor_release(&list->items[i].tensor);
  }
  mem_free(list->items);
  *list = (NamedList){0};
}
