/* read_set.c — see read_set.h. */
#include "lang/machine/read_set.h"

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

/* May a value of this kind hold functions, which read variables? */
static bool may_read(Kind kind) {
  return kind > KIND_UNKNOWN && kind != KIND_STRING && kind != KIND_TENSOR && kind != KIND_RANGE;
}

void read_set_assigned(ReadSet *set, const Value *place, Kind kind) {
  if (!has(&set->places, place)) return;
  set->changes++;
  if (may_read(kind)) set->round++;
}

void read_set_changed(ReadSet *set) {
  set->changes++;
  set->round++;
}

void read_set_clear(ReadSet *set) {
  pointer_set_clear(&set->places);
  read_set_changed(set);
}

ReadSet *read_set_new(void) { return mem_zero(sizeof(ReadSet)); }

void read_set_free(ReadSet *set) {
  pointer_set_free(&set->places);
  pointer_set_free(&set->searched);
  mem_free(set);
}
