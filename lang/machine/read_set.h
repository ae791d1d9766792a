/* read_set.h — the variables that a recorded step may read.
 *
 * A recorded step contains the values of the variables that its loss and metrics read.  While a
 * training runs, `places` has at least these variables (run/reach.c finds them), and an assignment
 * to one of them counts in `changes`: then the step is recorded again.  Assignments to others, such
 * as a list of losses that a block keeps, cost a look.
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

typedef struct Waiting {
  Value value;      /* borrowed */
  const char *name; /* of the variable or function where it was met; or NULL */
} Waiting;

typedef struct ReadSet { /* all zero: none */
  PointerSet places;     /* of Values; some may be gone, which costs a recording at most */
  uint64_t filter; /* a bit for each place, by its address: most others are told apart by it */
  /* of the search in hand: objects that it has met, and values whose parts it has yet to see */
  PointerSet searched;
  Waiting *waiting; /* owned */
  int waiting_count, waiting_capacity;
  uint64_t changes; /* so far */
  uint64_t round;   /* of the searches: with a change of it there may be more to find */
} ReadSet;

static inline uint64_t read_set_bit(const Value *place) {
  return 1ull << ((uintptr_t)place / sizeof *place % 64);
}
void read_set_add(ReadSet *set, const Value *place);
/* May something below the value be a function, which reads variables?  Looks at a few parts only.
 */
bool read_set_may_read(const Vm *vm, Value value);
/* As read_set_assigned, for a place that passes the filter. */
void read_set_look(const Vm *vm, ReadSet *set, const Value *place, Value value);
/* `place`, or a part of its value, is given this value; KIND_UNSET: one that holds no function. */
static inline void read_set_assigned(const Vm *vm, ReadSet *set, const Value *place, Value value) {
  if (UNLIKELY(set->filter & read_set_bit(place))) read_set_look(vm, set, place, value);
}
/* Something else that a recording contains has changed. */
void read_set_changed(ReadSet *set);
void read_set_clear(ReadSet *set);
ReadSet *read_set_new(void);
void read_set_free(ReadSet *set);

#endif
