/* list.h — the layout of a list, and pushing an item. */
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

#endif
