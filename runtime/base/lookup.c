/* lookup.c — the table behind lookup.h: open addressing with linear probing, at most half full.
 *
 * A slot holds the upper half of the hash beside the number, so most entries on the probe path are
 * rejected without asking the caller, and growing rehashes nothing: the home of an entry follows
 * from that same half.  Entries of one hash are in insertion order, since each goes to the first
 * free slot behind its home and growing moves them in that order.
 */
#include "runtime/base/lookup.h"

#include <string.h>

#if defined(GD_HARSH)
enum { SLOTS_FIRST = 2 };
#else
enum { SLOTS_FIRST = 16 };
#endif

static void put(Lookup *lookup, uint64_t entry) {
  uint32_t slot = (uint32_t)(entry >> 32) & lookup->mask;
  while (lookup->slots[slot]) slot = (slot + 1) & lookup->mask;
  lookup->slots[slot] = entry;
}

static void grow(Lookup *lookup) {
  uint64_t *old = lookup->slots;
  uint32_t slots = old ? lookup->mask + 1 : 0, start = 0;
  lookup->mask = old ? 2 * slots - 1 : SLOTS_FIRST - 1;
  lookup->slots = mem_zero(((size_t)lookup->mask + 1) * sizeof *lookup->slots);
  while (start < slots && old[start]) start++; /* after a free slot no probe run wraps around */
  for (uint32_t i = 0; i < slots; i++) {
    uint64_t entry = old[(start + i) & (slots - 1)];
    if (entry) put(lookup, entry);
  }
  mem_free(old);
}

void lookup_put(Lookup *lookup, uint64_t hash, uint32_t number) {
  if (!lookup->slots || 2 * lookup->count > lookup->mask) grow(lookup);
  lookup->count++;
  put(lookup, hash >> 32 << 32 | ((uint64_t)number + 1));
}

bool lookup_next(const Lookup *lookup, uint64_t hash, uint32_t *at, uint32_t *number) {
  if (!lookup->slots) return false;
  for (;; ++*at) {
    uint64_t entry = lookup->slots[((uint32_t)(hash >> 32) + *at) & lookup->mask];
    if (!entry) return false;
    if (entry >> 32 != hash >> 32) continue;
    ++*at;
    *number = (uint32_t)entry - 1;
    return true;
  }
}

int lookup_place(Lookup *lookup, const void *list, size_t stride, int count, const void *wanted) {
  const char *records = list;
  const void *here;
  if (count <= LOOKUP_FROM) {
    for (int i = 0; i < count; i++)
      if (memcpy(&here, records + (size_t)i * stride, sizeof here), here == wanted) return i;
    return -1;
  }
  while (lookup->count < (uint32_t)count) {
    memcpy(&here, records + (size_t)lookup->count * stride, sizeof here);
    lookup_put(lookup, lookup_pointer(here), lookup->count);
  }
  for (uint32_t at = 0, i; lookup_next(lookup, lookup_pointer(wanted), &at, &i);)
    if (memcpy(&here, records + (size_t)i * stride, sizeof here), here == wanted) return (int)i;
  return -1;
}

void lookup_clear(Lookup *lookup) {
  if (lookup->count) memset(lookup->slots, 0, ((size_t)lookup->mask + 1) * sizeof *lookup->slots);
  lookup->count = 0;
}

void lookup_free(Lookup *lookup) {
  mem_free(lookup->slots);
  *lookup = (Lookup){0};
}
