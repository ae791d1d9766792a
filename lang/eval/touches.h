/* touches.h — what each statement of a top level may read and change, found without running it. */
#ifndef GD_LANG_TOUCHES_H
#define GD_LANG_TOUCHES_H

#include "lang/machine/object.h"

/* Flags: what running something may do besides giving a value. */
enum {
  DOES_DRAW = 1,        /* random numbers, or seed() */
  DOES_READ_FILES = 2,  /* or standard input */
  DOES_WRITE_FILES = 4, /* … */
  DOES_CHANGE = 8,      /* params, models, variables of closures: anything within its reach */
  DOES_TRAIN = 16,
  DOES_ALL = 32 /* what follows depends on it: exit(), precision(f64) */
};

/* A set of globals, by slot. */
typedef struct Slots {
  uint64_t *words; /* in the memory of its Touches */
} Slots;

typedef struct Touch { /* of one statement */
  Slots reads;         /* every global that it can come to, through values and functions */
  Slots writes;        /* those of which something else may be found after it */
  uint32_t does;       /* flags */
  bool trains;         /* with a `train`, `race` or `update` that is in no function */
  bool seeds; /* it is seed(n) of a literal, after which draws do not depend on those before */
} Touch;

typedef struct Touches {
  Touch *statements; /* by number */
  uint32_t count;
  int words;        /* of each set */
  uint64_t *memory; /* of all sets; owned, as `statements` */
} Touches;

/* Of a resolved top level of which the statements before `ran` have run: a global whose value is
 * data by then, and that nothing assigns to any more, cannot be changed and is in no set.  False if
 * it is too large to be looked through. */
bool touches_find(Vm *vm, const ModuleObject *module, const Ast *body, uint32_t ran,
                  Touches *touches);
void touches_free(Touches *touches);

bool touches_trains(const Ast *statement); /* Touch.trains */

bool slots_meet(const Touches *touches, Slots a, Slots b);
void slots_join(const Touches *touches, Slots into, Slots from);

#endif
