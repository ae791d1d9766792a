/* standard.h — the standard names: functions in C (builtin.def), operations (ops.def), and the
 * library written in gd.
 *
 * A standard name gets a slot when a script first mentions it (PLACE_STANDARD), and its value on
 * first use (standard_value.h).  Functions in C hide operations, and operations hide the library.
 */
#ifndef GD_LANG_STANDARD_H
#define GD_LANG_STANDARD_H

#include "lang/machine/kind.h"
#include "lang/names/signature.h"
#include "lang/syntax/nearest.h"
#include "lang/text/report.h"

/* the slot of `training`, which is not stored but read from the Vm */
enum { STANDARD_TRAINING = 0 };
/* no such name; a name of a library file that does not parse, which was reported */
enum { STANDARD_NONE = -1, STANDARD_BROKEN = -2 };

typedef enum StandardKind {
  STANDARD_QUESTION,
  STANDARD_ARGS,
  STANDARD_HERE,
  STANDARD_WORKER,
  STANDARD_WORKERS,
  STANDARD_NATIVE,
  STANDARD_ROW,
  STANDARD_LIBRARY
} StandardKind;

typedef struct Entry {
  const char *name; /* interned */
  StandardKind kind;
  /* STANDARD_HERE: the folder in the source's name, "" or up to a slash; interned.  Else NULL */
  const char *folder;
  const Native *native;
  const OpRow *row;
  ModuleObject *module; /* STANDARD_LIBRARY */
} Entry;

typedef struct Parsed {
  const char *text;     /* the signature's text: its address is the key */
  Signature *signature; /* owned */
} Parsed;

typedef struct Standard {
  Entry *entries;      /* owned; by slot */
  int count, capacity; /* vm->standard_values has the same capacity */
  Parsed *parsed;      /* owned */
  int parsed_count, parsed_capacity;
} Standard;

extern const VmPart STANDARD_PART;

/* The slot of a standard name used in source `file` (0: in none), or one of the constants above.
 * Loads its declaration in the library; errors in that file go into the report. */
int standard_find(Vm *vm, const char *name, uint32_t file, Report *report);
bool standard_is(const Vm *vm, const char *name); /* without loading anything */
/* empty when the arguments cannot be checked before running */
void standard_formals(Vm *vm, int slot, Formals *formals);
void standard_offer(const Vm *vm, Nearest *nearest); /* offers every standard name */
/* every standard name, in any order; NULL past the end */
const char *standard_name(const Vm *vm, int index);
const char *standard_special(int index); /* those that are no functions: training, args, here */

/* Documentation of a name: its signature and sentence; false when there is none.  All borrowed. */
bool standard_doc(const Vm *vm, const char *name, const char **signature, const char **sentence,
                  const char **example, const char **prints);

/* parsed once, kept; by the address of the text */
const Signature *standard_signature(Vm *vm, const char *text);

#endif
