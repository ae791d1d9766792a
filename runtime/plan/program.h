/* program.h — a program of the elementwise machine while it is being drafted.  Private to program.c
 * and pair.c.
 *
 * Drafts are instructions whose operands are named by what they are (memory, a constant, a numbered
 * register) and not yet by address.  A register is written once, by the draft that makes its value,
 * and read by any number behind it.
 */
#ifndef GD_RUNTIME_PLAN_PROGRAM_H
#define GD_RUNTIME_PLAN_PROGRAM_H

#include "runtime/plan/internal.h"

typedef struct Ref {
  enum { REF_NONE, REF_MEMORY, REF_REGISTER, REF_SPREAD } kind;
  int reg; /* number of a virtual register */
  Storage place;
  size_t extra; /* bytes behind the place */
  size_t element;
  char *spread;
} Ref;

typedef struct Draft { /* an instruction before registers are given out */
  MapWork work;
  NodeId node;
  const Pattern *pattern; /* of a fill */
  /* of a pair, for which `work` names the second of the two, or of twins; else NULL */
  MapLoop *loop;
  bool twin; /* it writes to in[2] as well */
  bool sum;
  int64_t row;       /* of a sum */
  _Atomic int *most; /* of a look */
  Ref out, in[3];
} Draft;

typedef struct Register {
  size_t element;
  int last; /* the draft that reads it last */
  bool shared;
  bool units; /* not for a block: the sums of all chunks */
  size_t at;  /* bytes from the program's registers */
} Register;

typedef struct Filled { /* an operand that a register holds already */
  const Operand *operand;
  int reg;
} Filled;

typedef struct Program {
  Plan *plan;
  const Item *item;
  int32_t number; /* of the item */
  int64_t total, block, capacity;
  int64_t period;     /* the least common multiple of the tiles filled once */
  Draft *once, *body; /* run once; for each block */
  int once_count, body_count;
  Register *registers;
  int register_count;
  int *reg_of; /* by node; -1: in memory */
  Filled *filled;
  int filled_count;
  Lookup filled_of; /* those of an operand */
  Lookup inputs_of; /* the item's reads that are a binding */
  /* who reads or writes memory first: 4 times the step of the body, and which input, or 3 */
  Lookup memory_of;
} Program;

/* Whose memory it is: a new value lies where the old one does. */
static inline StorageKind ref_memory(const Ref *ref) {
  return ref->place.kind == STORAGE_STORED ? STORAGE_BINDING : ref->place.kind;
}

static inline bool ref_same_memory(const Ref *a, const Ref *b) {
  return a->kind == REF_MEMORY && b->kind == REF_MEMORY && ref_memory(a) == ref_memory(b) &&
         a->place.index == b->place.index && a->place.offset == b->place.offset &&
         a->extra == b->extra;
}

/* of REF_MEMORY */
static inline uint64_t ref_hash(const Ref *ref) {
  return hash_mix((uint64_t)ref_memory(ref) << 56 ^ (uint64_t)ref->place.index,
                  ref->place.offset + ref->extra);
}

#endif
