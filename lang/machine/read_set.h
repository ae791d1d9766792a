/* read_set.h — the variables that a recorded step may read.
 *
 * A recorded step contains the values of the variables that its loss and metrics read.  While a
 * training runs, `places` has at least these variables (run/reach.c finds them), and an assignment
 * to one of them counts in `changes`: then the step is recorded again.  Assignments to others, such
 * as a list of losses that a block keeps, cost a lookup.
 */
#ifndef GD_LANG_READ_SET_H
#define GD_LANG_READ_SET_H

#include "lang/machine/object.h"
#include "runtime/compute.h"

typedef struct PointerSet { /* all zero: empty */
  const void **items;       /* owned */
  int count, capacity;
  Lookup lookup;
} PointerSet;

bool pointer_set_add(PointerSet *set, const void *item); /* true: it is new */
void pointer_set_clear(PointerSet *set);

typedef struct ReadSet { /* all zero: none */
  PointerSet places;     /* of Values; some may be gone, which costs a recording at most */
  PointerSet searched;   /* objects, by the search in hand */
  uint64_t changes;      /* so far */
  uint64_t round;        /* of the searches: with a change of it there may be more to find */
} ReadSet;

/* `place` got a value of this kind, or a part of its value was replaced (KIND_LIST). */
void read_set_assigned(ReadSet *set, const Value *place, Kind kind);
/* Something else that a recording contains has changed. */
void read_set_changed(ReadSet *set);
void read_set_clear(ReadSet *set);
ReadSet *read_set_new(void);
void read_set_free(ReadSet *set);

#endif
