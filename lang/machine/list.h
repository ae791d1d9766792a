/* list.h — the layout of a list, pushing an item, and keeping some. */
#ifndef GD_LANG_LIST_H
#define GD_LANG_LIST_H

#include "lang/machine/object.h"

struct ListObject {
  Object head;
  int64_t count, capacity;
  Value *items; /* held; owned array */
};

Value value_list(Vm *vm, int64_t capacity); /* returns a new one, empty */
/* takes item; the caller is the list's only owner */
void list_push(Vm *vm, ListObject *list, Value item);
/* keeps `count` items from `start` on; the caller is the list's only owner */
void list_keep(Vm *vm, ListObject *list, int64_t start, int64_t count);

#endif
