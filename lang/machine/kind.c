/* kind.c — the fields and items of values of every kind, visited without running anything. */
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/tuple.h"

static bool tuple_fields(const TupleObject *tuple, VisitField *visit, void *context) {
  for (int i = 0; i < tuple->count; i++)
    if (visit(context, tuple->names ? tuple->names[i] : NULL, i, tuple->items[i])) return true;
  return false;
}

static bool list_fields(const ListObject *list, VisitField *visit, void *context) {
  for (int64_t i = 0; i < list->count; i++)
    if (visit(context, NULL, i, list->items[i])) return true;
  return false;
}

bool fields_each(const Vm *vm, Value of, VisitField *visit, void *context) {
  if (of.kind == KIND_TUPLE) return tuple_fields(of.tuple, visit, context);
  if (of.kind == KIND_LIST) return list_fields(of.list, visit, context);
  const KindRow *row = kind_row(vm, of);
  return row && row->fields && row->fields(of, visit, context);
}

bool parts_may(const Vm *vm, Value of) {
  if (of.kind == KIND_TUPLE || of.kind == KIND_LIST) return true;
  const KindRow *row = kind_row(vm, of);
  return row && row->tree;
}

bool parts_each(const Vm *vm, Value of, VisitField *visit, void *context) {
  return parts_may(vm, of) && fields_each(vm, of, visit, context);
}
