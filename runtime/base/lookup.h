/* lookup.h — an index of a list by hash: at which place of the list is this item?
 *
 * A list that is searched from end to end for each of its own items takes quadratic time, which
 * shows only when it is long.  A Lookup is kept beside such a list and maps hashes to places in it;
 * the list keeps its order.  Several places may share a hash: the caller iterates over them and
 * compares the items.
 *
 *   uint32_t at = 0, place;
 *   while (lookup_next(&lookup, hash, &at, &place))
 *     if (same(items[place], wanted)) …
 */
#ifndef GD_RUNTIME_BASE_LOOKUP_H
#define GD_RUNTIME_BASE_LOOKUP_H

#include "runtime/base/base.h"

typedef struct Lookup { /* all zero: empty, and owns nothing */
  uint64_t *slots;      /* half of a hash, and the number + 1; 0 is free; owned */
  uint32_t mask, count;
} Lookup;

void lookup_put(Lookup *lookup, uint64_t hash, uint32_t number);
/* The next number under this hash, in the order in which they were put; false at the end.  `at` is
 * 0 at first. */
bool lookup_next(const Lookup *lookup, uint64_t hash, uint32_t *at, uint32_t *number);
void lookup_clear(Lookup *lookup); /* keeps the memory */
void lookup_free(Lookup *lookup);

enum { LOOKUP_FROM = 16 }; /* shorter lists are searched linearly */

/* The first place of a pointer in a list, or -1.  `list` is `count` records of `stride` bytes, each
 * beginning with a pointer, and the list only grows; `lookup` belongs to this list, and each call
 * first adds the items that are new. */
int lookup_place(Lookup *lookup, const void *list, size_t stride, int count, const void *wanted);

static inline uint64_t lookup_pointer(const void *pointer) {
  return hash_mix((uint64_t)(uintptr_t)pointer, 0x51ed270b9f2c1a37u);
}

#endif
