/* read_set.c — see read_set.h. */
#include "lang/machine/read_set.h"

#include "lang/machine/kind.h"

/* ---- sets of pointers ---- */

static bool has(PointerSet *set, const void *item) {
  return lookup_place(&set->lookup, set->items, sizeof *set->items, set->count, item) >= 0;
}

bool pointer_set_add(PointerSet *set, const void *item) {
  if (has(set, item)) return false;
  if (set->count == set->capacity) {
    set->capacity = set->capacity ? 2 * set->capacity : 32;
    set->items = mem_grow(set->items, (size_t)set->capacity * sizeof *set->items);
  }
  set->items[set->count++] = item;
  return true;
}

void pointer_set_clear(PointerSet *set) {
  set->count = 0;
  lookup_clear(&set->lookup);
}

static void pointer_set_free(PointerSet *set) {
  mem_free(set->items);
  lookup_free(&set->lookup);
  *set = (PointerSet){0};
}

/* ---- reads ---- */

void read_set_add(ReadSet *set, const Value *place) {
  pointer_set_add(&set->places, place);
  set->filter |= read_set_bit(place);
}

enum { PARTS_SEEN = 16, DEPTH_SEEN = 3 }; /* of a value, more of which is not looked at */

typedef struct Look {
  const Vm *vm;
  int depth, parts;
} Look;

static bool may_read(const Look *look, Value value);

static bool look_at(void *context, const char *name, int64_t number, Value value) {
  Look *look = context;
  (void)name;
  (void)number;
  return ++look->parts > PARTS_SEEN || may_read(look, value);
}

static bool may_read(const Look *look, Value value) {
  switch ((Kind)value.kind) {
    case KIND_TUPLE:
    case KIND_LIST:
    case KIND_DICT: {
      Look below = {look->vm, look->depth + 1, 0};
      return look->depth == DEPTH_SEEN || fields_each(look->vm, value, look_at, &below);
    }
    case KIND_STRING:
    case KIND_TENSOR:
    case KIND_RANGE: return false;
    default: return value.kind > KIND_UNKNOWN;
  }
}

bool read_set_may_read(const Vm *vm, Value value) { return may_read(&(Look){.vm = vm}, value); }

void read_set_look(const Vm *vm, ReadSet *set, const Value *place, Value value) {
  if (!has(&set->places, place)) return;
  set->changes++;
  if (read_set_may_read(vm, value)) set->round++;
}

void read_set_changed(ReadSet *set) {
  set->changes++;
  set->round++;
}

void read_set_clear(ReadSet *set) {
  pointer_set_clear(&set->places);
  set->filter = 0;
  read_set_changed(set);
}

ReadSet *read_set_new(void) { return mem_zero(sizeof(ReadSet)); }

void read_set_free(ReadSet *set) {
  pointer_set_free(&set->places);
  pointer_set_free(&set->searched);
  mem_free(set->waiting);
  mem_free(set);
}
