/* builtin.h — the standard names: host functions (builtin.def), rows of the table, and the library written in gd.
 *
 * A standard name has a slot from the first time a script mentions it (PLACE_STANDARD), and its value is made the first
 * time the script runs past it.  Host functions hide rows, and rows hide the library.
 */
#ifndef GD_LANG_BUILTIN_H
#define GD_LANG_BUILTIN_H

#include "lang/nearest.h"
#include "lang/call.h"
#include "lang/report.h"

enum { STANDARD_TRAINING = 0 };  /* the slot of `training`, which is no value but a question */
enum { STANDARD_NONE = -1, STANDARD_BROKEN = -2 }; /* no such name; a name of a library file that does not parse, which was reported */

void standard_init(Vm *vm);
void standard_free(Vm *vm);
void standard_mark(Vm *vm);

/* The slot of a standard name that stands in a source (0: in none), or one of the above.  Loads the library file that holds it; what is
 * wrong in there goes into the report. */
int standard_find(Vm *vm, const char *name, uint32_t file, Report *report);
bool standard_is(const char *name);                               /* without loading anything */
void standard_formals(Vm *vm, int slot, Formals *formals);        /* empty when the arguments are not known before running */
Value *standard_value(Vm *vm, int slot);                          /* borrows */
void standard_offer(Nearest *nearest);                            /* every standard name */

/* Documentation of a name: its signature and sentence; false when there is none.  All borrowed. */
bool standard_doc(Vm *vm, const char *name, const char **signature, const char **sentence, const char **example, const char **prints);
/* Every standard name, in no particular order; NULL past the end. */
const char *standard_name(int index);

const Signature *standard_signature(Vm *vm, const char *text);     /* parsed once, kept; by the address of the text */
const Native *native_row(const char *name);                       /* a row of builtin.def, or NULL */

/* Calls the library's function of that name (for natives that share a name with it). */
Value standard_library_call(Vm *vm, const Site *site, const char *name, const Value *args, int count);

/* For natives: the place of an argument, and its value where only one kind will do. */
Span site_at(const Site *site, int index);
const StringObject *arg_string(Vm *vm, const Site *site, const Value *args, int index);
double arg_number(Vm *vm, const Site *site, const Value *args, int index, double absent);
bool arg_bool(Vm *vm, const Site *site, const Value *args, int index, bool absent);
int64_t arg_integer(Vm *vm, const Site *site, const Value *args, int index, int64_t absent, int64_t least, int64_t most);

#endif
