/* module.h — files that make up a program: the script or session, what it imports, the library's own files. */
#ifndef GD_LANG_MODULE_H
#define GD_LANG_MODULE_H

#include "lang/report.h"
#include "lang/resolve.h"
#include "lang/value.h"

enum { IMPORTS_MOST = 100 };  /* modules that import each other in a chain */

void modules_init(Vm *vm);
void modules_free(Vm *vm);
void modules_mark(Vm *vm);

/* ---- for the command and the REPL ---- */
/* Returns a new module without names, kept until vm_free.  A session's top level may declare a name again. */
ModuleObject *module_new(Vm *vm, const char *name, bool session);
/* Parses source number `file`, resolves it in the module and runs it.  Mistakes go into the report: all that can be known before
 * running, or else the one that ended the run.  Gives the exit status: 0, or that of the first mistake (exit(n) gives n, with an
 * empty report).  `last` may be NULL; else it gets the value of the last statement where that is an expression, KIND_UNSET otherwise;
 * the caller's to release.  In a session a failure leaves the names and values of before.
 * With vm->checking nothing is executed for good: see check.c; mistakes go to vm->hear as well as the status. */
int module_run(Vm *vm, ModuleObject *module, uint32_t file, Report *report, Value *last);
/* The same for a script from a pipe: a line that fails is told to vm->hear, what it assigned is taken back, and the next one runs.
 * False when a mistake can be known before running: then nothing has run, and the report holds it. */
bool module_run_lines(Vm *vm, ModuleObject *module, uint32_t file, Report *report, int *status);

/* ---- for the evaluator ---- */
bool module_is_shelf(const Vm *vm, uint32_t file);               /* a file of the standard library? */
Value module_field(Vm *vm, const Ast *ast, ModuleObject *module);
void module_declare(Resolver *resolver, Ast *import);            /* declares the name and loads the file */
void module_no_member(Report *report, const ModuleObject *module, const Ast *field);
Value run_import(Vm *vm, Frame *frame, const Ast *ast);
Value run_test(Vm *vm, Frame *frame, const Ast *ast);
/* The library file number `index` (shelf.h), loaded and resolved; NULL after reporting what is wrong in it. */
ModuleObject *module_shelf(Vm *vm, int index, Report *report);
void module_ensure_run(Vm *vm, ModuleObject *module);            /* runs its top level once */

/* gd check's memory of one run. */
enum { CHECKER_PLACES = 64, CHECKER_PATHS = 64 };
typedef struct Checker {
  Span places[CHECKER_PLACES];  /* told already */
  int told;
  int status;                   /* of the first */
  double begun;                 /* steps when the top-level statement at hand began */
  /* what is uncertain: check.c, region.c */
  struct Written *written;      /* notes of the open regions; owned */
  int written_count, written_capacity;
  int region;                   /* the first note of the innermost region; -1: none is open */
  int unsure;                   /* stretches under way of which it is not known whether they run */
  int library_unsure;           /* of them, those that were when the script called the library */
  bool may_have_left;           /* a return, break or continue may have been taken in the function or loop at hand */
  bool loop_unsure;             /* how often the loop at hand runs is not known */
  Value returned;               /* held: what the function at hand may have returned; KIND_UNSET: nothing */
  const char *wrote[CHECKER_PATHS]; /* interned: files that the script writes */
  int wrote_count;
} Checker;
Checker *module_checker(Vm *vm);
void check_begin(Vm *vm);       /* check.c: a top-level statement begins */

#endif
