/* tuple.h — the layout of a tuple. */
#ifndef GD_LANG_TUPLE_H
#define GD_LANG_TUPLE_H

#include "lang/machine/object.h"

struct TupleObject {
  Object head;
  int count;
  int through; /* 1 + the item that integer indices go to: the gradient of a chain is
                * indexed as g.parts.0 and as g.0; 0: they go to the items themselves */
  /* prints it in a line of its own form (the result of `train`); NULL: as a tuple */
  void (*show)(const struct TupleObject *tuple, Text *text);
  const char **names; /* NULL, or for each item an interned name or NULL; owned array */
  Value items[];      /* held */
};

static inline size_t tuple_bytes(int count) {
  return sizeof(TupleObject) + (size_t)count * sizeof(Value);
}
Value value_tuple(Vm *vm, int count); /* returns a new one, items none */
/* The tuple that integer indices count in. */
static inline const TupleObject *tuple_counted(const TupleObject *tuple) {
  return tuple->through ? tuple->items[tuple->through - 1].tuple : tuple;
}

#endif
